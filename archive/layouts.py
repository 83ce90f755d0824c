"""Office files are looked at as they were laid out, where LibreOffice is installed; elsewhere as their text.

The layout is made once, after everything that makes files findable, and kept as the file itself is kept: whoever may
not read the file sees nothing of it. A file that cannot be laid out costs nobody anything: its text is shown, and says
that it is its text.
"""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from io import BytesIO

from archive import indexing
from archive.app import Archive
from archive.errors import NotFound
from archive.model import Component
from archive.tables import Transaction
from archive.tables.jobs import PICTURES
from archive.tables.layouts import Layout
from indexer.errors import Unreadable
from indexer.reading import Reader
from indexer.typesetting import ProgramMissing, WallsMissing, extension

log = logging.getLogger("muniment.layouts")

AT_ONCE = 10
"""Files that are laid out by one start of LibreOffice."""


def lay_out(archive: Archive, reader: Reader, component_ids: Sequence[str]) -> None:
    """Lay out these components, and ask for their pictures, of their layout or of their text. Safe to repeat."""
    with archive.read() as tx:
        found = [component for one in component_ids if (component := _waiting(tx, one)) is not None]
    for component, pdf in zip(found, _typeset(archive, found), strict=True):
        _keep(archive, component, pdf, _pages(archive, reader, component, pdf))


def settle(archive: Archive, tx: Transaction, component_id: str, layout: Layout) -> None:
    """In the caller's transaction: this is the layout, or with none its text is shown; its pictures are asked for."""
    if _waiting(tx, component_id) is not None:
        tx.layouts.put(component_id, layout, archive.now())
    tx.jobs.add(archive.now(), "draw", priority=PICTURES, component=component_id)


def _waiting(tx: Transaction, component_id: str) -> Component | None:
    """The component, if nobody has tried yet. What was drawn already stays as it is: pictures are made once."""
    try:
        component = tx.records.component(component_id)
    except NotFound:
        return None
    tried = tx.layouts.get(component_id) is not None or tx.records.renditions_of(component_id)
    return None if tried or not extension(component.media_type) else component


def _typeset(archive: Archive, components: Sequence[Component]) -> Sequence[bytes]:
    with ExitStack() as held:
        files = [
            (held.enter_context(indexing.opened(archive, component)), extension(component.media_type))
            for component in components
        ]
        try:
            return archive.typesetter.typeset(files)
        except ProgramMissing:
            log.warning("LibreOffice is there no more: text is shown instead of layout")
        except WallsMissing as missing:
            log.warning("LibreOffice cannot be walled in here (%s): text is shown instead of layout", missing)
    return [b""] * len(components)


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
