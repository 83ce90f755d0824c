"""Office files are looked at as they were laid out, where LibreOffice is installed; elsewhere as their text.

The layout is made once, after everything that makes files findable, and kept as the file itself is kept: whoever may
not read the file sees nothing of it. A file that cannot be laid out costs nobody anything: its text is shown, and says
that it is its text. When it is the machine that cannot (no LibreOffice, no walls), nothing is held against the file:
its text is shown until the machine can.
"""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from io import BytesIO

from archive import indexing
from archive.app import Archive
from archive.errors import NotFound
from archive.model import Component, new_id
from archive.tables import Transaction
from archive.tables.jobs import PICTURES
from archive.tables.layouts import Layout
from indexer import formats
from indexer.errors import Unreadable
from indexer.reading import Reader
from indexer.typesetting import LAID_OUT, ProgramMissing, WallsMissing, extension

log = logging.getLogger("muniment.layouts")

AT_ONCE = 10
"""Files that are laid out by one start of LibreOffice."""


KIND = "lay-out"
"""The kind of job."""
CAUGHT_UP_WITH = 1000
"""So many files are asked for at once when the machine can lay out what it could not before."""


def lay_out(archive: Archive, reader: Reader, component_ids: Sequence[str]) -> None:
    """Lay out these components, and ask for their pictures, of their layout or of their text. Safe to repeat."""
    with archive.read() as tx:
        found = [component for one in component_ids if (component := _waiting(tx, one)) is not None]
    try:
        pdfs = _typeset(archive, found)
    except (ProgramMissing, WallsMissing) as missing:
        log.warning("text is shown instead of layout, until this machine can: %s", missing)
        with archive.write() as tx:
            for component in found:
                show_text(archive, tx, component.id)
        return
    for component, pdf in zip(found, pdfs, strict=True):
        _keep(archive, component, pdf, _pages(archive, reader, component, pdf))


def settle(archive: Archive, tx: Transaction, component_id: str, layout: Layout) -> None:
    """In the caller's transaction: this is the layout, or with none its text is shown; its pictures are asked for."""
    if _waiting(tx, component_id) is not None:
        tx.layouts.put(component_id, layout, archive.now())
        if layout.digest:
            # Of its text, from when it could not be laid out here.
            tx.retention.forget_pictures(component_id, new_id)
    show_text(archive, tx, component_id)


def show_text(archive: Archive, tx: Transaction, component_id: str) -> None:
    """In the caller's transaction: ask for the pictures of what there is: its text, as long as it has no layout."""
    tx.jobs.add(archive.now(), "draw", priority=PICTURES, component=component_id)


def catch_up(archive: Archive) -> None:
    """Ask for the layout of what could not be laid out on this machine before. Safe to repeat.

    Raises WallsMissing or TypesetterBroken when it still cannot; where LibreOffice is not installed there is nothing
    to be done.
    """
    kinds = [kind for name in LAID_OUT for kind in formats.get(name).MEDIA_TYPES]
    with archive.read() as tx:
        busy, owed = tx.jobs.wanted(KIND), tx.layouts.owed(kinds, limit=CAUGHT_UP_WITH)
        dead = {one.payload["component"]: one.id for one in tx.jobs.dead() if one.kind == KIND}
    if busy or not owed or archive.typesetter.binary is None:
        return
    archive.typesetter.typeset(())
    with archive.write() as tx:
        for component_id in owed:
            if component_id in dead:
                tx.jobs.revive(dead[component_id], archive.now())
            else:
                tx.jobs.add(archive.now(), KIND, priority=PICTURES + 1, component=component_id)


def _waiting(tx: Transaction, component_id: str) -> Component | None:
    """The component, if nobody has tried yet."""
    try:
        component = tx.records.component(component_id)
    except NotFound:
        return None
    return None if tx.layouts.get(component_id) is not None or not extension(component.media_type) else component


def _typeset(archive: Archive, components: Sequence[Component]) -> Sequence[bytes]:
    if not components:
        return ()
    with ExitStack() as held:
        files = [
            (held.enter_context(indexing.opened(archive, component)), extension(component.media_type))
            for component in components
        ]
        return archive.typesetter.typeset(files)


def _pages(archive: Archive, reader: Reader, component: Component, pdf: bytes) -> int:
    """How many pages there are to look at. A layout is as little trusted as its file: only the sandbox opens it."""
    if not pdf:
        log.warning("component %s cannot be laid out", component.id)
        return 0
    with indexing.plain(archive, (pdf,)) as path:
        try:
            return reader.read(path, "layout.pdf").image_pages
        except Unreadable as error:
            log.warning("the layout of component %s cannot be read: %s", component.id, error.code)
            return 0


def _keep(archive: Archive, component: Component, pdf: bytes, pages: int) -> None:
    kept = archive.objects.keep(BytesIO(pdf)) if pages else None
    with archive.write() as tx:
        if kept is not None and _waiting(tx, component.id) is not None:
            kept.declare(tx)
        settle(archive, tx, component.id, Layout(kept.digest, pages) if kept else Layout())
