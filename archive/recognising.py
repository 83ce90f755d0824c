"""Words are read off pictures of pages, page by page, and put together with what the file says itself.

A page that was read is never read again: a killed worker goes on with the pages that are left. Several readers take
a long scan apart, and each steps back after any page when something more urgent waits, so that three hundred pages
hold nobody up. Whoever may correct a record may stop the reading between two pages; it goes on when somebody says so.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import indexing, records
from archive.app import Archive
from archive.errors import Conflict, NotFound
from archive.model import Component, RecognisedPage
from archive.tables import Transaction
from archive.tables.freezing import refuse_frozen
from archive.tables.jobs import NORMAL
from indexer.errors import Unreadable
from indexer.reading import Reader
from indexer.recognition import LOW_CONFIDENCE
from indexer.text import Text

log = logging.getLogger("muniment.recognising")

NAMED_MAX = 12
"""So many page numbers are named in a caution."""


def recognise(
    archive: Archive, reader: Reader, component_id: str, first: int, last: int, *, priority: int = NORMAL
) -> None:
    """Read these pages of a component that wait to be read, and put the whole together after the last one.

    Safe to repeat. When something more urgent waits, what is left becomes a job of its own.
    """
    try:
        with archive.read() as tx:
            component = tx.records.component(component_id)
            page = tx.recognitions.following(component_id, first, last)
    except NotFound:
        return
    if page is not None:
        with indexing.opened(archive, component) as path:
            while page is not None:
                _recognise_page(archive, reader, component, page, path)
                with archive.read() as tx:
                    # Asked before every page: somebody may have stopped it, or another reader taken some.
                    page = tx.recognitions.following(component_id, first, last)
                if page is not None and _somebody_waits(archive, priority):
                    with archive.write() as tx:
                        again = {"component": component_id, "first": str(page), "last": str(last)}
                        tx.jobs.add(archive.now(), "recognise", priority=priority, **again)
                    return
    with archive.read() as tx:
        pages = tx.recognitions.pages(component_id)
    if _waiting(pages):
        with archive.write() as tx:
            _show_progress(archive, tx, component)
    else:
        put_together(archive, component_id)


def stop(archive: Archive, actor: Actor, record_id: str, component_id: str) -> None:
    """No further page of this file is read off its picture until somebody goes on with it; those read stay searchable.

    A page under way is finished. Raises NotFound, Denied, Conflict (`not-running`) where nothing is being read,
    Conflict (`frozen`) while the record is being handed over.
    """
    with archive.write() as tx:
        component = _correctable(tx, actor, record_id, component_id)
        if not component.being_recognised or not _waiting(tx.recognitions.pages(component_id)):
            raise Conflict("Nothing is being read off the pictures of this file.", "not-running")
        tx.recognitions.stop(component_id, actor.id)
        _show_progress(archive, tx, component)
        _write_down(archive, tx, actor, component, "record.reading-stopped")


def go_on(archive: Archive, actor: Actor, record_id: str, component_id: str) -> None:
    """The pages that were left when somebody stopped are read after all; raises as `stop`, Conflict (`not-stopped`)."""
    with archive.write() as tx:
        component = _correctable(tx, actor, record_id, component_id)
        waiting = _waiting(tx.recognitions.pages(component_id))
        if not waiting or not tx.recognitions.stopped_by([component_id]):
            raise Conflict("The reading of this file is not stopped.", "not-stopped")
        tx.recognitions.stop(component_id, "")
        indexing.ask_for_pages(archive, tx, component_id, waiting, NORMAL)
        _show_progress(archive, tx, component)
        _write_down(archive, tx, actor, component, "record.reading-resumed")


def _correctable(tx: Transaction, actor: Actor, record_id: str, component_id: str) -> Component:
    """This file of the record, for whoever may correct what is said of it."""
    record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
    rules.require(actor, Action.READ, record)
    rules.require(actor, Action.DESCRIBE, record)
    refuse_frozen(tx.connection, [record_id])
    for one in tx.records.components_of([record_id])[record_id]:
        if one.id == component_id:
            return one
    raise NotFound("There is no such file.")


def _write_down(archive: Archive, tx: Transaction, actor: Actor, component: Component, action: str) -> None:
    record = tx.records.get(component.record_id)
    tx.ledger.add(archive.now(), actor.id, action, "record", record.id, site=record.site, component=component.id)


def put_together(archive: Archive, component_id: str) -> None:
    """Every page that could be read was read: keep the whole text, say how it came about, suggest what it shows."""
    with archive.read() as tx:
        found = tx.recognitions.get(component_id)
        read = tx.recognitions.pages(component_id)
        component = tx.records.component(component_id)
    if found is None:
        return
    chosen = records.chosen_pages(archive, found, read)
    pages = [page.text for page in chosen]
    content = json.dumps(pages, ensure_ascii=False).encode()
    kept = archive.objects.keep(BytesIO(content)) if any(page.strip() for page in pages) else None
    cautions = [
        *(caution for caution in found.cautions if kept is None or caution[0] != "no-text"),
        *_cautions(read, [page.caution for page in chosen]),
    ]
    learnt = indexing.learn(archive, component, Text(tuple(pages), metadata=found.metadata))
    with archive.write() as tx:
        # As it stands now: a newer version may have taken its place meanwhile.
        component = tx.records.component(component_id)
        if kept is not None:
            kept.declare(tx)
        tx.recognitions.stop(component_id, "")  # nothing is left that was stopped
        tx.records.set_text(component_id, kept.digest if kept else None, cautions)
        indexing.remember(archive, tx, component, learnt)
        if component.current:
            tx.index_queue.add(component.record_id, archive.now())


def _waiting(pages: Sequence[RecognisedPage]) -> list[int]:
    return [page.page for page in pages if page.state == "waiting"]


def _somebody_waits(archive: Archive, priority: int) -> bool:
    with archive.read() as tx:
        return tx.jobs.more_urgent(archive.now(), priority)


def _recognise_page(archive: Archive, reader: Reader, component: Component, page: int, path: Path) -> None:
    """A page that cannot be read costs itself only."""
    try:
        found = reader.recognise(path, component.file_name, page)
    except Unreadable as error:
        log.warning("page %d of component %s: %s", page, component.id, error.code)
        with archive.write() as tx:
            tx.recognitions.save(component.id, RecognisedPage(page, "failed", code=error.code))
        return
    kept = archive.objects.keep(BytesIO(found.text.encode())) if found.text else None
    with archive.write() as tx:
        if kept is not None:
            kept.declare(tx)
        done = RecognisedPage(
            page, "done", kept.digest if kept else "", found.confidence, found.turned, found.seals, ""
        )
        tx.recognitions.save(component.id, done)


def _show_progress(archive: Archive, tx: Transaction, component: Component) -> None:
    """What was read so far becomes searchable; the record says how far it is."""
    found, pages = tx.recognitions.get(component.id), tx.recognitions.pages(component.id)
    if found is not None and _waiting(pages):
        cautions = records.pending(found.cautions, pages, stopped=bool(found.stopped_by))
        tx.records.set_text(component.id, found.layer_digest or None, cautions)
        tx.index_queue.add(component.record_id, archive.now())


def _cautions(read: Sequence[RecognisedPage], chosen: Sequence[str]) -> Iterator[tuple[str, str]]:
    """How the words were come by; pages are named, so that a person can look at them."""
    yield from _named("recognised", [page.page for page in read if page.digest])
    yield from _named(
        "low-confidence", [page.page for page in read if page.confidence < LOW_CONFIDENCE and page.digest]
    )
    yield from _named("partly-unreadable", [page.page for page in read if page.state == "failed"])
    yield from _named("seals", [page.page for page in read if page.seals])
    for code in sorted({code for code in chosen if code}):
        yield from _named(code, [number for number, other in enumerate(chosen, 1) if other == code])


def _named(code: str, pages: Sequence[int]) -> Iterator[tuple[str, str]]:
    if pages:
        more = f" … {len(pages)}" if len(pages) > NAMED_MAX else ""
        yield code, ", ".join(map(str, pages[:NAMED_MAX])) + more
