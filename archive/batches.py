"""A batch of scanned papers is divided at its separator sheets, and pages go to the record their label names.

Only what comes through an inbox with `separators` is looked at so: elsewhere a code on a page is part of the paper.
The batch itself stays as it was captured, byte for byte; the papers cut out of it are records of their own.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from access import rules
from access.actors import SERVICE
from access.rules import Action
from archive import indexing, intake, versions
from archive.app import Archive
from archive.errors import Conflict
from archive.intake import Claims
from archive.model import KEPT, Component, Record
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
    try:
        with indexing.opened(archive, component) as path:
            pages, marks = reader.marks(path, component.file_name)
            with archive.read() as tx:
                targets = {page: target for page, said in marks if (target := _target(tx, record, said)) is not None}
            for section in divided(pages, targets):
                content = reader.cut(path, component.file_name, section.first, section.last)
                cut.append((section, archive.objects.keep(BytesIO(content))))
    except Unreadable as error:
        log.warning("a batch is read as it is: %s", error)
        cut = []
    with archive.write() as tx:
        record = tx.records.get(record.id)
        if record.lifecycle != "captured":
            return
        if not cut:
            tx.jobs.add(archive.now(), "read", priority=priority, component=component_id)
            return
        _put(archive, tx, record, component, cut, priority)


def divided(pages: int, targets: Mapping[int, str]) -> Sequence[Section]:
    """The papers of a batch: separator sheets (page → record id, or empty) belong to none. None: nothing to divide."""
    if not targets:
        return ()
    sections: list[Section] = []
    starts = [(0, "") if 1 not in targets else None, *sorted(targets.items())]
    places = [one for one in starts if one is not None]
    for number, (sheet, record_id) in enumerate(places):
        last = places[number + 1][0] - 1 if number + 1 < len(places) else pages
        if sheet + 1 <= last:
            sections.append(Section(sheet + 1, last, record_id))
    return sections


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
    tx.records.change(replace(batch, lifecycle="merged", reason="split"))
    tx.records.suggest(batch.id, ())
    tx.index_queue.add(batch.id, at)
    tx.ledger.add(at, SERVICE.id, "record.split", "record", batch.id, site=batch.site, papers=len(cut), apart=apart)
