"""A batch of scanned papers is divided at its separator sheets and at the squares of forms; pages go to the record
their label names.

A separator sheet belongs to no paper; a page with the square of a form is the first of its paper, which goes on until
the next. After the sheet of a record everything belongs to that record, up to the next sheet.

Only what comes through an inbox with `separators` is looked at so: elsewhere a code on a page is part of the paper, but
for a pile of forms (`archive.returning`). The batch itself stays as it was captured, byte for byte; the papers cut out
of it are records of their own.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from access import rules
from access.actors import SERVICE
from access.rules import Action
from archive import indexing, intake, returning, versions
from archive.app import Archive
from archive.errors import Conflict
from archive.intake import Claims
from archive.model import KEPT, UNREAD, Component, Record
from archive.objects import Kept
from archive.tables import Transaction
from indexer.errors import Unreadable
from indexer.reading import Reader

log = logging.getLogger("muniment.batches")

SPLIT = "MUNIMENT SPLIT"
"""On a separator sheet: what follows is another paper."""
RECORD = "MUNIMENT RECORD "
"""On a sheet for one record, followed by its id: what follows belongs to it."""


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that belong together, counted from 1, and the record they are for; empty for one of their own."""

    first: int
    last: int
    record_id: str = ""


def split(archive: Archive, reader: Reader, component_id: str, *, priority: int) -> None:
    """Divide a batch, or have it read as it is where it has no separators. Safe to repeat."""
    rules.require(SERVICE, Action.CAPTURE)
    with archive.read() as tx:
        component = tx.records.component(component_id)
        record = tx.records.get(component.record_id)
    if record.lifecycle != "captured":
        return
    cut: list[tuple[Section, Kept]] = []
    squares: Mapping[int, returning.Said] = {}
    try:
        with indexing.opened(archive, component) as path:
            pages, marks = reader.marks(path, component.file_name)
            with archive.read() as tx:
                targets = {page: target for page, said in marks if (target := _target(tx, record, said)) is not None}
                squares = {page: one for page, one in returning.squares(marks).items() if returning.ours(tx, one)}
            # One on the first pages and no other: it is that form, with whatever lies on it.
            pile = squares if len(squares) > 1 or min(squares, default=0) > returning.LOOKED_AT else ()
            for section in divided(pages, targets, pile):
                content = reader.cut(path, component.file_name, section.first, section.last)
                cut.append((section, archive.objects.keep(BytesIO(content))))
    except Unreadable as error:
        log.warning("a batch is read as it is: %s", error)
        cut = []
    with archive.write() as tx:
        record = tx.records.get(record.id)
        if record.lifecycle != "captured":
            return
        if cut:
            _put(archive, tx, record, component, cut, squares, priority)
            return
        if tx.records.component(component_id).media_type == UNREAD:
            tx.jobs.add(archive.now(), "read", priority=priority, component=component_id)
        if squares:
            returning.give(archive, tx, component_id, squares[min(squares)])


def divided(pages: int, targets: Mapping[int, str], squares: Collection[int] = ()) -> Sequence[Section]:
    """The papers of a batch: separator sheets (page → record id, or empty) belong to none, a page with a square begins
    one, but among what goes to a record. None: nothing to divide."""
    sections: list[Section] = []
    begun, record_id = 1, ""
    for page in sorted({*targets, *squares}):
        if page not in targets and record_id:
            continue
        if begun < page:
            sections.append(Section(begun, page - 1, record_id))
        begun, record_id = (page + 1, targets[page]) if page in targets else (page, "")
    if begun <= pages:
        sections.append(Section(begun, pages, record_id))
    return sections if targets or len(sections) > 1 else ()


def _target(tx: Transaction, batch: Record, said: str) -> str | None:
    """What a code means: the id of a record, empty for a paper of its own; None for a code that is no separator.

    Whoever fills this inbox adds only to records of its site, and to none that is gone or in quarantine.
    """
    if said == SPLIT:
        return ""
    if not said.startswith(RECORD):
        return None
    record = tx.records.many([said.removeprefix(RECORD)]).get(said.removeprefix(RECORD))
    if record is None or record.lifecycle not in ("captured", *KEPT) or batch.site not in ("", record.site):
        # The sheet was meant as a separator all the same.
        return ""
    return record.id


def _attached(archive: Archive, tx: Transaction, record_id: str, kept: Kept, name: str, priority: int) -> str:
    """Pages are added to the record their sheet names. Otherwise the code of why not: they are a paper of their own,
    for nothing that was scanned is lost."""
    record = tx.records.get(record_id)
    if record.lifecycle not in ("captured", *KEPT):
        return f"record-{record.lifecycle}"
    try:
        versions.attach(archive, tx, SERVICE, record, kept, name, priority=priority)
    except Conflict as refused:
        return refused.code
    return ""


def _put(
    archive: Archive,
    tx: Transaction,
    batch: Record,
    component: Component,
    cut: Sequence[tuple[Section, Kept]],
    squares: Mapping[int, returning.Said],
    priority: int,
) -> None:
    at = archive.now()
    stem, dot, ending = component.file_name.rpartition(".")
    claims = Claims(level=batch.level, class_code=batch.class_code, site=batch.site, department=batch.department)
    # Papers that could not be added to the record of their sheet: own record, that record, why.
    apart: list[str] = []
    for number, (section, kept) in enumerate(cut, 1):
        name = f"{stem or ending}-{number}{dot}{ending if stem else ''}"
        refused = ""
        record_id, outcome = section.record_id, "captured"
        if section.record_id:
            refused = _attached(archive, tx, section.record_id, kept, name, priority)
        if refused or not section.record_id:
            record_id, outcome = intake.capture(archive, tx, SERVICE, kept, name, claims, priority)
        if refused:
            apart.append(f"{record_id} {section.record_id} {refused}")
        intake.came(
            archive, tx, f"scan:{component.id}:{number}", name, kept.size_bytes, outcome, record_id, door="scan"
        )
        if section.first in squares and outcome == "captured" and (refused or not section.record_id):
            (file,) = tx.records.versions_of(record_id)
            returning.give(archive, tx, file.id, squares[section.first])
    tx.records.change(replace(batch, lifecycle="merged", reason="split"))
    tx.records.suggest(batch.id, ())
    tx.index_queue.add(batch.id, at)
    tx.ledger.add(at, SERVICE.id, "record.split", "record", batch.id, site=batch.site, papers=len(cut), apart=apart)
