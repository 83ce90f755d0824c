"""What leaves the company leaves as a package that others can check, and what comes in as one is checked as a whole.

Out: the files of a signed exit with their list, streamed to whoever of ours hands it over, line by line in the ledger;
beside the untouched file of an obsolete edition lies its copy with the mark 作废, and the list says so (INV-14).
In: a package of a take-over; validated first, then each file is captured as usual and stands on the list.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from access import rules
from access.actors import Actor
from access.handovers import Carrier, Found, Handover, Kind, Line, Part, State
from access.rules import Action, Denied
from archive import bags, fileplan, intake, naming, obsolescence, renditions
from archive.app import Archive
from archive.bags import Entry
from archive.errors import Conflict
from archive.handover_steps import taking_part
from archive.intake import Claims
from archive.model import Component, Record
from archive.printing import harmless
from archive.tables.jobs import NORMAL
from indexer.errors import Unreadable

BATCH = 400
COLUMNS = (
    "line", "carrier", "number", "code", "title", "date", "class", "level", "retention", "location", "site",
    "pieces", "found", "explanation", "file", "original_name", "media_type", "bytes", "sha256", "obsolete",
    "marked_copy",
)  # fmt: skip
GIVEN = frozenset({State.SIGNED, State.COMPLETED})


@dataclass(frozen=True, slots=True)
class Package:
    """A package on its way out; `pieces` are made while they are read."""

    file_name: str
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class _Packed:
    """A file that goes, and what it is called inside; `mark` is what its marked copy says, empty for what holds."""

    line: Line
    file: Component
    name: str
    mark: str = ""

    @property
    def marked(self) -> str:
        """Name of its marked copy; the two lie side by side."""
        head, tail = self.name[:9], self.name[9:]
        return f"{head}{renditions.marked_name(tail)}" if self.mark else ""


def give(archive: Archive, actor: Actor, handover_id: str) -> Package:
    """The files of an exit everybody has signed for, with the whole list, as one package for the receiver.

    Given to a party who may download every record on it as it stood while it was ours; raises Denied for others,
    Conflict before all have signed.
    """
    rules.require(actor, Action.TAKE_PART)
    with archive.read() as tx:
        handover = taking_part(tx, actor, handover_id)
        if not handover.parts_of(actor.id):
            raise Denied(Action.TAKE_PART, "not-your-part", "Who takes part in a handover may have its package.")
        if handover.kind is not Kind.EXIT or handover.state not in GIVEN:
            raise Conflict("A package is made of what goes to others, when everybody has signed.", "no-package")
        lines = tx.handovers.lines(handover_id)
        going = [line.record_id for line in lines if line.carrier is Carrier.DIGITAL and line.record_id]
        records: dict[str, Record] = {}
        files: dict[str, tuple[Component, ...]] = {}
        for start in range(0, len(going), BATCH):
            records |= tx.records.many(going[start : start + BATCH])
            files |= tx.records.components_of(going[start : start + BATCH])
        ended = tx.documents.obsolete(going, fileplan.today(archive))
    for record in records.values():
        rules.require(actor, Action.DOWNLOAD, _as_it_stood(record))
    marks = {record_id: obsolescence.words(one) for record_id, one in ended.items()}
    packed = [
        _Packed(
            line,
            file,
            f"{line.position:05}-{n:02}-{naming.safe_name(file.file_name)[-60:]}",
            marks.get(file.record_id, ""),
        )
        for line in lines
        if line.carrier is Carrier.DIGITAL and line.record_id
        for n, file in enumerate(files[line.record_id], 1)
        if not (line.found is Found.DAMAGED and file.id in line.note.split(", "))
    ]
    with archive.write() as tx:
        at = archive.now()
        for record in records.values():
            tx.ledger.add(
                at, actor.id, "record.downloaded", "record", record.id, site=record.site, handover=handover_id
            )
        tx.ledger.add(
            at, actor.id, "handover.package-given", "handover", handover_id, site=handover.site, files=len(packed)
        )
    rows = _rows(lines, records, packed)
    info = {
        "Source-Organization": archive.settings.company,
        "External-Identifier": handover.number,
        "Internal-Sender-Identifier": handover.id,
        "Bagging-Date": at.astimezone().date().isoformat(),
        "Bag-Software-Agent": "Muniment",
    }
    entries = _entries(archive, handover, rows, packed)
    return Package(f"{handover.number}.zip", bags.streamed(entries, info, at))


def _as_it_stood(record: Record) -> Record:
    return replace(record, lifecycle="filed") if record.lifecycle == "transferred" else record


def _entries(
    archive: Archive,
    handover: Handover,
    rows: Sequence[Mapping[str, Any]],
    packed: Sequence[_Packed],
) -> Iterator[Entry]:
    table = io.StringIO()
    written = csv.writer(table)
    written.writerow(COLUMNS)
    written.writerows([harmless(row[column]) for column in COLUMNS] for row in rows)
    said = {"number": handover.number, "kind": handover.kind, "lines": rows}
    yield bags.entry("list.csv", table.getvalue().encode("utf-8-sig"))
    yield bags.entry("list.json", json.dumps(said, ensure_ascii=False, indent=1).encode())
    for one in packed:
        file = one.file
        yield Entry(f"files/{one.name}", file.digest, file.size_bytes, archive.objects.pieces(file.digest))
        if one.mark:
            yield bags.entry(f"files/{one.marked}", _marked(archive, one))


def _marked(archive: Archive, one: _Packed) -> bytes:
    try:
        return renditions.marked_copy(archive, one.file, one.mark)
    except (Conflict, Unreadable):
        return renditions.marked_leaf(f"{one.mark}；原件见 {one.name}")


def _rows(
    lines: Sequence[Line], records: Mapping[str, Record], packed: Sequence[_Packed]
) -> Sequence[Mapping[str, Any]]:
    """A row for every file that is packed, and one for every line of which none is."""
    of: dict[int, list[_Packed]] = {}
    for one in packed:
        of.setdefault(one.line.position, []).append(one)
    return [
        {
            "line": line.position,
            "carrier": str(line.carrier),
            "number": line.number,
            "code": records[line.record_id].archival_code if line.record_id in records else "",
            "title": line.title,
            "date": line.document_date.isoformat() if line.document_date else "",
            "class": line.class_code,
            "level": line.level,
            "retention": line.retention,
            "location": line.location,
            "site": line.site,
            "pieces": line.pieces,
            "found": str(line.found or ""),
            "explanation": line.explanation,
            "file": f"files/{one.name}" if one else "",
            "original_name": one.file.file_name if one else "",
            "media_type": one.file.media_type if one else "",
            "bytes": one.file.size_bytes if one else "",
            "sha256": one.file.digest if one else "",
            "obsolete": one.mark if one else "",
            "marked_copy": f"files/{one.marked}" if one and one.mark else "",
        }
        for line in lines
        for one in of.get(line.position, [None])
    ]


def take_in(archive: Archive, actor: Actor, handover_id: str, source: BinaryIO) -> Sequence[Line]:
    """Take in a package that somebody brings to a take-over: every file is captured, and stands on the list.

    It is validated first: raises Invalid with nothing taken in. Cut off in the middle it is handed in again: what came
    in already does not come in twice.
    """
    rules.require(actor, Action.CAPTURE)
    with archive.read() as tx:
        site = _awaiting(taking_part(tx, actor, handover_id), actor).site
    with bags.opened(source, archive.settings.work) as payload:
        for path in payload.values():
            intake.check_size(archive, path.stat().st_size)
        came: list[tuple[str, str]] = []
        for name, path in payload.items():
            with path.open("rb") as file:
                came.append(
                    (name, intake.hand_in(archive, actor, file, name, Claims(site=site), priority=NORMAL).record_id)
                )
    with archive.write() as tx:
        handover = _awaiting(taking_part(tx, actor, handover_id), actor)
        visible = tx.records.admitted([record_id for _, record_id in came], rules.scope(actor, Action.FIND))
        position = tx.handovers.next_position(handover_id)
        lines: list[Line] = []
        listed: set[str] = set()
        for name, record_id in came:
            record = visible.get(record_id)
            known = record is not None and (
                record.id in listed or tx.handovers.line_of(handover_id, record.id, Carrier.DIGITAL) is not None
            )
            if known:
                continue
            listed.add(record_id)
            lines.append(
                Line(
                    position=position + len(lines),
                    carrier=Carrier.DIGITAL,
                    title=naming.clean(name)[:500],
                    # Of a record out of their sight only what they brought is said.
                    record_id=record.id if record else "",
                    level=record.level if record else Claims().level,
                    site=handover.site,
                    pieces=1,
                )
            )
        tx.handovers.add_lines(handover, lines)
        tx.ledger.add(
            archive.now(),
            actor.id,
            "handover.package-taken-in",
            "handover",
            handover_id,
            site=handover.site,
            files=len(came),
            lines=len(lines),
        )
        return lines


def _awaiting(handover: Handover, actor: Actor) -> Handover:
    if Part.RECEIVER not in handover.parts_of(actor.id):
        raise Denied(Action.TAKE_PART, "not-your-part", "The receiver takes in what somebody brings.")
    if handover.kind is not Kind.TAKEOVER or handover.state is not State.PLANNED:
        raise Conflict("A package is taken in while a take-over is planned, before its list is frozen.", "no-package")
    return handover
