"""Pages are shown as pictures: drawn in the sandbox, once, and kept as the file itself is kept.

The first pages and a thumbnail of every file are drawn ahead, after everything that makes files findable; further
pages when somebody turns to them. Whoever may not read a record sees none of them. What is obsolete is drawn like
everything else, and shown with its mark only: on a page, as a thumbnail, in the file that is handed out.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from access.actors import Actor
from archive import indexing, obsolescence, records, stamping, watermark
from archive.app import Archive
from archive.errors import Conflict, NotFound
from archive.model import Component
from archive.tables import Transaction
from archive.tables.jobs import NORMAL
from archive.tables.layouts import Layout
from indexer.reading import Reader

THUMBNAIL_PX, PAGE_PX = 240, 960
"""Widths in which pages are drawn ahead."""
AT_ONCE = 4
"""Pictures drawn while the file is open, before it is asked whether something more urgent waits."""
LAYOUT_NAME = "layout.pdf"
MARKED_PX, MARKED_PAGES_MAX = 1440, 500
"""Width of the pages of a marked copy, and how many it may have."""


def page_image(
    archive: Archive, actor: Actor, record_id: str, page: int, *, width_px: int, component_id: str = ""
) -> bytes:
    """A page of a record as PNG, for those who may read it.

    Under a loan it carries a watermark that says who reads it, when, and under which loan.

    Raises NotFound, Denied, or Unreadable if the page cannot be drawn.
    """
    found = records.page(archive, actor, record_id, page, width_px=width_px, component_id=component_id)
    png = _shown(archive, found.component, found.digest, page, width_px)
    return watermark.marked(png, found.sitting.mark) if found.sitting else png


def thumbnail(archive: Archive, actor: Actor, record_id: str, component_id: str = "") -> bytes:
    """The first page of a record's file as a small PNG, for those who may read it without a loan.

    A loan opens pages one by one, each counted and marked; nothing of it is shown in passing. Raises NotFound,
    Denied, or Unreadable if the page cannot be drawn.
    """
    found = records.first_page(archive, actor, record_id, width_px=THUMBNAIL_PX, component_id=component_id)
    return _shown(archive, found.component, found.digest, 1, THUMBNAIL_PX)


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A file on its way out of the house."""

    file_name: str
    media_type: str
    pieces: Iterator[bytes]
    size_bytes: int
    sha256: str
    """Of the original; that of a marked copy is nobody's business."""
    marked: bool = False


def handed_out(archive: Archive, actor: Actor, record_id: str, component_id: str = "") -> HandedOut:
    """A file of a record as people get it: the original byte for byte; of what is obsolete its pages with the mark, as
    PDF (INV-14).

    Raises NotFound, Denied and Corrupt as `records.original` does; Conflict when the pages of what is obsolete cannot
    be shown, and Unreadable when one cannot be drawn.
    """
    component = records.given_out(archive, actor, record_id, component_id)
    mark = obsolescence.mark_of(archive, component)
    if not mark:
        pieces = archive.objects.pieces(component.digest)
        return HandedOut(component.file_name, component.media_type, pieces, component.size_bytes, component.digest)
    pdf = marked_copy(archive, component, mark)
    name = marked_name(component.file_name)
    return HandedOut(name, "application/pdf", iter((pdf,)), len(pdf), component.digest, marked=True)


def marked_copy(archive: Archive, component: Component, mark: str) -> bytes:
    """Every page of an obsolete file under its mark, as PDF; nobody is asked, whoever calls has asked.

    Raises Conflict when it has no pages to show or too many, and Unreadable when one cannot be drawn.
    """
    if not 0 < component.image_pages <= MARKED_PAGES_MAX:
        raise Conflict("It is obsolete and cannot be shown with its mark; ask for its paper.", "obsolete-not-shown")
    with archive.read() as tx:
        drawn = {
            page: tx.records.rendition(component.id, page, MARKED_PX) or ""
            for page in range(1, component.image_pages + 1)
        }
    pictures = (
        watermark.obsolete(_picture(archive, component, digest, page, MARKED_PX), obsolescence.CHARACTERS, mark)
        for page, digest in drawn.items()
    )
    return stamping.bound(pictures, mark)


def marked_leaf(mark: str) -> bytes:
    """One empty page under the mark, as PDF: it lies beside an obsolete file whose own pages cannot be shown."""
    leaf = watermark.obsolete(watermark.leaf(MARKED_PX), obsolescence.CHARACTERS, mark)
    return stamping.bound([leaf], mark)


def marked_name(file_name: str) -> str:
    """What the marked copy of a file is called: the mark comes first, so that nobody takes it for the file."""
    return f"{obsolescence.CHARACTERS}-{Path(file_name).stem}.pdf"


def draw(archive: Archive, reader: Reader, component_id: str, *, priority: int = NORMAL) -> None:
    """Draw the thumbnail and the first pages of a component ahead. Safe to repeat; a page that cannot be drawn is left.

    When something more urgent waits, what is left becomes a job of its own.
    """
    try:
        with archive.read() as tx:
            component = tx.records.component(component_id)
            drawn = tx.records.renditions_of(component_id)
            layout = tx.layouts.get(component_id)
    except NotFound:
        return
    wanted = [one for one in _ahead(archive, component) if one not in drawn]
    if not wanted:
        return
    now, later = wanted[:AT_ONCE], wanted[AT_ONCE:]
    with _looked_at(archive, component, layout) as (path, name):
        pictures = reader.page_images(path, name, now)
    for (page, width_px), png in zip(now, pictures, strict=True):
        if png:
            _keep(archive, component, layout, page, width_px, png)
    if later and any(pictures):
        with archive.write() as tx:
            tx.jobs.add(archive.now(), "draw", priority=priority, component=component_id)


def _ahead(archive: Archive, component: Component) -> list[tuple[int, int]]:
    if not component.image_pages:
        return []
    pages = min(component.image_pages, archive.settings.pages_drawn)
    return [(1, THUMBNAIL_PX), *((page, PAGE_PX) for page in range(1, pages + 1))]


def _shown(archive: Archive, component: Component, digest: str, page: int, width_px: int) -> bytes:
    """The picture as everybody may see it who may see it at all: with its mark if it is obsolete."""
    png = _picture(archive, component, digest, page, width_px)
    mark = obsolescence.mark_of(archive, component)
    return watermark.obsolete(png, obsolescence.CHARACTERS, mark) if mark else png


def _picture(archive: Archive, component: Component, digest: str, page: int, width_px: int) -> bytes:
    """The plain picture, the same for everybody: marks are drawn over it and never kept."""
    if digest:
        return archive.objects.read(digest)
    with archive.read() as tx:
        layout = tx.layouts.get(component.id)
    with _looked_at(archive, component, layout) as (path, name):
        png = archive.reader.page_image(path, name, page, width_px=width_px)
    _keep(archive, component, layout, page, width_px, png)
    return png


@contextmanager
def _looked_at(archive: Archive, component: Component, layout: Layout | None) -> Generator[tuple[Path, str]]:
    """What pages are drawn from, and what it is called: the layout of the file, if it has one, else the file."""
    if layout is None or not layout.digest:
        with indexing.opened(archive, component) as path:
            yield path, component.file_name
    else:
        with indexing.plain(archive, archive.objects.pieces(layout.digest)) as path:
            yield path, LAYOUT_NAME


def _is_final(archive: Archive, tx: Transaction, component: Component, layout: Layout | None) -> bool:
    """Is what was drawn of this what will be shown from now on? Not the text of what is about to be laid out."""
    known = tx.layouts.get(component.id)
    waits = known is None and archive.typesetter.lays_out(component.media_type)
    return known == layout and not (waits and tx.jobs.wanted("lay-out", component.id))


def _keep(archive: Archive, component: Component, layout: Layout | None, page: int, width_px: int, png: bytes) -> None:
    kept = archive.objects.keep(BytesIO(png))
    with archive.write() as tx:
        if _is_final(archive, tx, component, layout):
            kept.declare(tx)
            tx.records.add_rendition(component.id, page, width_px, kept.digest)
