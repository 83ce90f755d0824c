"""What is on a frozen list is counted: labels scanned, files compared, what is out confirmed, differences explained."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from access import handovers, rules
from access.actors import SERVICE, Actor
from access.handovers import (
    FREEZING,
    Carrier,
    Found,
    Handover,
    Kind,
    Line,
    Part,
)
from access.rules import Action, Denied
from archive import properties
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.handover_steps import changed, frozen, save_line, taking_part, treats
from archive.loan_steps import addressee, refuse
from archive.naming import clean
from archive.tables import Transaction
from archive.tables.handovers import NO_SUCH_HANDOVER

REASON_MAX = 2000


FILES_AT_ONCE = 25
LINES_AT_ONCE = 500
COUNTING_PARTS = frozenset({Part.GIVER, Part.RECEIVER, Part.WITNESS})


def scan(
    archive: Archive, actor: Actor, handover_id: str, label: str, *, pages: int | None = None, location: str = ""
) -> Line:
    """A label was scanned: its paper is there, with all its pages unless another number is said.

    Raises NotFound for a label that is on no line: what is there and not on the list is `surplus`.
    """
    rules.require(actor, Action.TAKE_PART)
    record_id = label.strip().rpartition("/")[2]
    with archive.read() as tx:
        _counting(tx, actor, handover_id)
        line = tx.handovers.line_of(handover_id, record_id, Carrier.PAPER) if record_id else None
    if line is None:
        raise NotFound("This is not on the list. If it lies here, count it as surplus.", "not-on-list")
    misplaced = bool(location.strip()) and clean(location) != line.location
    found = Found.MISFILED if misplaced else Found.PRESENT
    note = clean(location) if misplaced else ""
    return count(
        archive, actor, handover_id, line.position, found, pieces=line.pieces if pages is None else pages, note=note
    )


def count(
    archive: Archive, actor: Actor, handover_id: str, position: int, found: Found, *, pieces: int = 0, note: str = ""
) -> Line:
    """Say what was found for one line. Whatever is changed after somebody has signed makes all signatures void."""
    rules.require(actor, Action.TAKE_PART)
    if not 0 <= pieces <= 100_000:
        raise Invalid("Count the pages.", "no-pages")
    if found in (Found.DAMAGED, Found.MISFILED) and not note.strip():
        raise Invalid("Say what is wrong with it.", "no-note")
    with archive.write() as tx:
        handover = _counting(tx, actor, handover_id)
        line = tx.handovers.line(handover_id, position)
        if line.carrier is Carrier.DIGITAL:
            raise Conflict("Files are compared with their digests by the archive itself.", "files-count-themselves")
        refuse(handovers.why_not_count(line, found, pieces))
        same = (line.found, line.found_pieces, line.note) == (found, pieces, note.strip())
        if same:
            return line
        fresh = replace(
            line,
            found=found,
            found_pieces=pieces,
            confirmed=False,
            note=note.strip()[:REASON_MAX],
            counted_by=actor.id,
            counted_at=archive.now(),
            explanation="",
            owner_id="",
            settle_by=None,
        )
        tx.ledger.add(
            archive.now(),
            actor.id,
            "handover.counted",
            "handover",
            handover_id,
            site=handover.site,
            line=position,
            found=found,
            pieces=pieces,
        )
        save_line(archive, tx, actor.id, handover, fresh)
        return fresh


def surplus(archive: Archive, actor: Actor, handover_id: str, label: str, note: str) -> Line:
    """Something lies here that is not on the list: it goes on it, and is explained like any difference."""
    rules.require(actor, Action.TAKE_PART)
    with archive.write() as tx:
        handover = _counting(tx, actor, handover_id)
        said = label.strip().rpartition("/")[2]
        record = next(iter(tx.records.admitted([said], rules.scope(actor, Action.FIND)).values()), None)
        title = record.title if record else clean(label)
        if not title:
            raise Invalid("Say what it is.", "no-title")
        if record is not None and tx.handovers.line_of(handover_id, record.id, Carrier.PAPER):
            raise Conflict("It stands on the list: it is not surplus.", "not-surplus")
        line = Line(
            position=tx.handovers.next_position(handover_id),
            carrier=Carrier.PAPER,
            title=title[:500],
            record_id=record.id if record else "",
            number=record.doc_number if record else "",
            level=record.level if record else 0,
            class_code=record.class_code if record else "",
            location=record.shelf_location if record else "",
            site=handover.site,
            found=Found.SURPLUS,
            note=note.strip()[:REASON_MAX],
            counted_by=actor.id,
            counted_at=archive.now(),
        )
        tx.handovers.add_lines(handover, [line])
        tx.ledger.add(
            archive.now(),
            actor.id,
            "handover.counted",
            "handover",
            handover_id,
            site=handover.site,
            line=line.position,
            found=line.found,
            pieces=0,
        )
        changed(archive, tx, actor.id, handover)
        return line


def explain(
    archive: Archive, actor: Actor, handover_id: str, position: int, explanation: str, owner: str, settle_by: date
) -> Line:
    """Say how a difference came about, who puts it right and by when."""
    rules.require(actor, Action.TAKE_PART)
    with archive.write() as tx:
        handover = frozen(taking_part(tx, actor, handover_id))
        line = tx.handovers.line(handover_id, position)
        account = tx.people.called(owner.strip())
        active = as_actor(account.person) if account and account.person.active else None
        refuse(handovers.why_not_explain(line, handover.kind, explanation, active))
        if settle_by < archive.now().astimezone().date():
            raise Invalid("The day by which it is put right lies in the past.", "settle-by")
        assert active is not None
        fresh = replace(line, explanation=explanation.strip()[:REASON_MAX], owner_id=active.id, settle_by=settle_by)
        tx.ledger.add(
            archive.now(),
            actor.id,
            "handover.explained",
            "handover",
            handover_id,
            site=handover.site,
            line=position,
            owner=active.id,
            settle_by=settle_by.isoformat(),
        )
        save_line(archive, tx, actor.id, handover, fresh)
        return fresh


def confirm(archive: Archive, actor: Actor, handover_id: str, position: int) -> Line:
    """Who borrowed a paper, or treats it, says: I have it. Nobody says that for them; what a company treats is
    explained like any other difference."""
    rules.require(actor, Action.TAKE_PART)
    with archive.write() as tx:
        handover = tx.handovers.get(handover_id)
        line = tx.handovers.line(handover_id, position)
        out = _has(tx, actor, line)
        if out is None:
            raise NotFound(NO_SUCH_HANDOVER)
        frozen(handover)
        fresh = replace(
            line, found=Found.ON_LOAN, found_pieces=0, confirmed=True, counted_by=actor.id, counted_at=archive.now()
        )
        if line.found is Found.ON_LOAN and line.confirmed:
            return line
        tx.ledger.add(
            archive.now(),
            actor.id,
            "handover.confirmed",
            "handover",
            handover_id,
            site=handover.site,
            line=position,
            **out,
        )
        save_line(archive, tx, actor.id, handover, fresh)
        return fresh


def password_changed(archive: Archive, actor: Actor, handover_id: str, position: int) -> Line:
    """The receiver has changed a shared password: the giver knows it no longer."""
    rules.require(actor, Action.TAKE_PART)
    with archive.write() as tx:
        handover = frozen(taking_part(tx, actor, handover_id))
        line = tx.handovers.line(handover_id, position)
        if Part.RECEIVER not in handover.parts_of(actor.id) and handover.kind is not Kind.EXIT:
            raise Denied(Action.TAKE_PART, "not-your-part", "The receiver changes shared passwords.")
        if line.thing != "password":
            raise Invalid("Only a password is changed.", "no-such-thing")
        fresh = replace(line, changed_at=archive.now())
        tx.ledger.add(
            archive.now(),
            actor.id,
            "handover.password-changed",
            "handover",
            handover_id,
            site=handover.site,
            line=position,
        )
        save_line(archive, tx, actor.id, handover, fresh)
        return fresh


def check_files(archive: Archive, handover_id: str) -> None:
    """The job behind every frozen handover: each file is read back and compared with its digest (INV-02)."""
    while True:
        with archive.read() as tx:
            handover = tx.handovers.get(handover_id)
            waiting = tx.handovers.some_lines(handover_id, "files", limit=FILES_AT_ONCE)
            files = tx.records.components_of([line.record_id for line in waiting])
            rows = {file.digest: tx.objects.get(file.digest) for line in waiting for file in files[line.record_id]}
        if handover.state not in FREEZING:
            return
        if not waiting:
            _test_before_it_leaves(archive, handover)
            return
        wrong = {digest: archive.objects.intact(row) if row else "it is gone" for digest, row in rows.items()}
        with archive.write() as tx:
            handover = tx.handovers.get(handover_id)
            if handover.state not in FREEZING:
                return
            damaged = 0
            for line in waiting:
                bad = [file.id for file in files[line.record_id] if wrong[file.digest]]
                damaged += bool(bad)
                fresh = replace(
                    line,
                    found=Found.DAMAGED if bad else Found.PRESENT,
                    # What came in a package and is no record of theirs was compared when it came.
                    found_pieces=len(files[line.record_id]) - len(bad) if line.record_id else line.pieces,
                    note=", ".join(bad),
                    counted_by="service",
                    counted_at=archive.now(),
                )
                tx.handovers.save_line(handover, fresh)
            tx.ledger.add(
                archive.now(),
                "service",
                "handover.files-checked",
                "handover",
                handover_id,
                site=handover.site,
                files=len(rows),
                damaged=damaged,
            )
            changed(archive, tx, "service", handover)


def _test_before_it_leaves(archive: Archive, handover: Handover) -> None:
    """The four-property test of what is handed over, once for each handover.

    The run is written down first, then its lines, some at a time, so that nobody waits for fifty thousand; whoever
    finds some of them missing, because the power went, tests those again.
    """
    with archive.read() as tx:
        runs = tx.properties.of_subject(handover.id)
        ids = tx.handovers.files_of(handover.id)
        if runs:
            ids = tx.properties.without_line(runs[0].id, ids)
    if not ids:
        return
    examined = properties.examine(archive, ids, "transfer")
    with archive.write() as tx:
        runs = tx.properties.of_subject(handover.id)
        run = runs[0] if runs else properties.begin(archive, tx, SERVICE.id, examined, ("handover", handover.id))
    for start in range(0, len(examined.results), LINES_AT_ONCE):
        with archive.write() as tx:
            properties.write_down(tx, run, examined, examined.results[start : start + LINES_AT_ONCE])


def _counting(tx: Transaction, actor: Actor, handover_id: str) -> Handover:
    handover = frozen(taking_part(tx, actor, handover_id))
    if not handover.parts_of(actor.id) & COUNTING_PARTS:
        raise Denied(Action.TAKE_PART, "not-your-part", "Giver and receiver count; the supervisor looks on.")
    return handover


def _has(tx: Transaction, actor: Actor, line: Line) -> Mapping[str, str] | None:
    """Under which loan or repair case this person has the paper of a line: what it is called, and its id."""
    if not line.loan:
        return None
    loan = tx.loans.numbered(line.loan)
    if loan is not None:
        return {"loan": loan.id} if addressee(loan) == actor.id else None
    case = tx.repairs.numbered(line.loan)
    return {"repair": case.id} if case is not None and treats(tx, actor, case) else None
