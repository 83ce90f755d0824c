"""Controlled documents: written, reviewed and approved by three people, in force one edition at a time (2.5, 2.9).

Behind every edition stands a record, and whoever may not find the record does not know of the edition; a document of
which somebody may find no edition does not exist for them: in no list, no count, no printout.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from access import documents as machine
from access import rules
from access.actors import Actor
from access.documents import Event, State
from access.rules import Action, Denied
from archive import acting, fileplan, labels, naming, numbering
from archive.app import Archive
from archive.errors import Checking, Conflict, Invalid, NotFound
from archive.model import KEPT, Record, new_id
from archive.model.documents import (
    CHECKS,
    KINDS,
    Check,
    Copy,
    Document,
    Edition,
    Reader,
    by_document,
    in_force,
    months_later,
)
from archive.tables import Transaction
from archive.tables.documents import NO_SUCH_DOCUMENT
from archive.tables.numbering import Terms
from archive.telling import tell

TEXT_MAX = 1000
REVIEW_MONTHS = 12
"""How often a document is looked at again unless it is told otherwise (GL02: every year)."""
READ_WITHIN_DAYS = 14
"""By when those who have to know an edition say that they do, after it was issued or took effect."""


@dataclass(frozen=True, slots=True)
class Row:
    """A document as the register shows it, as of one day."""

    document: Document
    editions: Sequence[Edition]
    """Those this person may find, in the order in which they were made."""
    records: Mapping[str, Record]
    """By id of the edition."""
    effective: Edition | None
    """The one in force on the day, if this person may find it."""
    coming: Edition | None
    """Issued, and not in force yet."""
    making: Edition | None
    copies_out: int
    to_recall: int
    """Numbered copies of editions that do not hold any more, and are still out there."""
    unread: int


@dataclass(frozen=True, slots=True)
class Shown:
    row: Row
    day: date
    copies: Sequence[Copy]
    readers: Sequence[Reader]
    checks: Sequence[Check]
    people: Mapping[str, str]
    may: frozenset[str]
    """Deeds this person may do with it now: those of EVENTS by their words, keep, check, receive, acknowledge."""
    deciders: Mapping[Event, Sequence[str]]
    """Review and approval, as far as they are still to come → ids of those who may do it as it stands."""
    lacking: frozenset[Event]
    """Those of them that nobody may do."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is said of a new edition. With the number of a document that there is, it becomes its next edition."""

    number: str
    label: str
    title: str = ""
    kind: str = "procedure"
    department: str = ""
    owner: str = ""
    """Login of who answers for the document; the author unless told."""
    review_months: int = REVIEW_MONTHS
    why: str = ""
    impact: str = ""
    elsewhere: bool = False
    """It is meant that the file has another class or department than the edition before."""


# ---- Looking ----


def register(
    archive: Archive, actor: Actor, *, on: date | None = None, kind: str = "", department: str = "", standing: str = ""
) -> Sequence[Row]:
    """受控文件清单 as of a day (today): by number, as far as the records behind it may be found.

    `standing` keeps those that are effective, to-come, making, obsolete (none in force any more) or due for review.
    """
    rules.require(actor, Action.SEE_DOCUMENTS)
    today = fileplan.today(archive)
    day = on or today
    with archive.read() as tx:
        rows = _rows(tx, actor, tx.documents.every(), day)
    return [
        row
        for row in rows
        if (not kind or row.document.kind == kind)
        and (not department or row.document.department == department)
        and (not standing or _WANTED[standing](row, day))
        and (on is None or on >= today or any(one.effective_from and one.effective_from <= on for one in row.editions))
    ]


_WANTED: Mapping[str, Callable[[Row, date], bool]] = {
    "effective": lambda row, _: row.effective is not None,
    "to-come": lambda row, _: row.coming is not None,
    "making": lambda row, _: row.making is not None,
    "obsolete": lambda row, day: row.effective is None and any(one.obsolete(day) for one in row.editions),
    "review-due": lambda row, day: row.document.review_on is not None and row.document.review_on <= day,
}
STANDINGS = tuple(_WANTED)


def show(archive: Archive, actor: Actor, document_id: str, *, on: date | None = None) -> Shown:
    rules.require(actor, Action.SEE_DOCUMENTS)
    day = on or fileplan.today(archive)
    with archive.read() as tx:
        row = _row(tx, actor, tx.documents.get(document_id), day)
        ids = [one.id for one in row.editions]
        copies, readers = tx.documents.copies(ids), tx.documents.readers(ids)
        checks = tx.documents.checks(document_id)
        deciders = _to_come(archive, tx, row)
        people = tx.people.names(
            {row.document.owner_id, row.document.created_by}
            | {who for one in row.editions for who in (one.author_id, one.reviewer_id, one.approver_id, one.issued_by)}
            | {who for one in copies for who in (one.holder_id, one.handed_by, one.recalled_by, one.witness_id)}
            | {who for one in readers for who in (one.person_id, one.asked_by)}
            | {one.checked_by for one in checks}
            | {who for some in deciders.values() for who in some}
        )
    may = _may(actor, row, copies, readers, fileplan.today(archive))
    lacking = frozenset(event for event, who in deciders.items() if not who)
    if Event.REVIEW in lacking:
        may -= {Event.SUBMIT.value}
    return Shown(row, day, copies, readers, checks, people, may, deciders, lacking)


def people_of(archive: Archive, actor: Actor, rows: Sequence[Row]) -> Mapping[str, str]:
    """The names of those who own, wrote, reviewed and approved what somebody was shown."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    with archive.read() as tx:
        return tx.people.names(
            {row.document.owner_id for row in rows}
            | {who for row in rows for one in row.editions for who in (one.author_id, one.reviewer_id, one.approver_id)}
        )


def of_record(archive: Archive, actor: Actor, record_id: str) -> tuple[Document, Edition] | None:
    """Which edition of which document a record is; None for one that is none, and for who may not see documents."""
    if not rules.may(actor, Action.SEE_DOCUMENTS):
        return None
    with archive.read() as tx:
        tx.records.found(record_id, rules.scope(actor, Action.FIND))
        edition = tx.documents.of_records([record_id]).get(record_id)
        return None if edition is None else (tx.documents.get(edition.document_id), edition)


# ---- Making an edition ----


def draft(archive: Archive, actor: Actor, record_id: str, said: Draft) -> Edition:
    """The file of this record becomes the draft of an edition; of a new document, or the next of one that there is.

    A change needs a reason. Raises Conflict while another edition of it is in the making, and for a file of another
    class or department than the edition before, unless that is said to be meant.
    """
    rules.require(actor, Action.DRAFT_DOCUMENTS)
    number, label, check = _line(said.number)[:60], _line(said.label)[:20], Checking()
    for name, given in (("number", number), ("label", label)):
        if not given:
            why = "A controlled document has a number, and each edition its own label."
            check.wrong(Invalid(why, "no-document-number", field=name))
    with archive.write() as tx:
        record = tx.records.found(numbering.meant(tx, actor, record_id), rules.scope(actor, Action.FIND))
        rules.require(actor, Action.READ, record)
        if record.lifecycle not in KEPT:
            why = "Only what is filed becomes an edition: file its record first."
            check.wrong(Conflict(why, "edition-not-filed", field="record"))
        elif tx.documents.of_records([record.id]):
            why = "This record is an edition of a controlled document already."
            check.wrong(Conflict(why, "edition-there", field="record"))
        if not number:
            check.end()  # of which document it is to be decides what else is asked
        document = tx.documents.by_number(number)
        if document is None:
            document = _new_document(archive, tx, actor, number, said, check)
        else:
            row = _row(tx, actor, document, fileplan.today(archive))
            document, last = row.document, row.records[row.editions[-1].id]
            if not said.elsewhere and (record.class_code, record.department) != (last.class_code, last.department):
                why = "This file has another class or department than the edition before: is it the right one?"
                check.wrong(Conflict(why, "edition-elsewhere", field="record"))
        before = tx.documents.editions_of(document.id)
        if any(one.state in machine.IN_THE_MAKING for one in before):
            why = "Another edition of this document is in the making."
            check.wrong(Conflict(why, "edition-in-the-making", field="number"))
        if any(one.label == label and one.state is not State.DROPPED for one in before):
            check.wrong(Conflict("This document has an edition of that label.", "label-taken", field="label"))
        if before and not said.why.strip():
            check.wrong(Invalid("Say why the document is changed.", "no-edition-reason", field="why"))
        check.end()
        edition = Edition(
            new_id(),
            document.id,
            len(before) + 1,
            label,
            record.id,
            State.DRAFT,
            actor.id,
            archive.now(),
            why=said.why.strip()[:TEXT_MAX],
            impact=said.impact.strip()[:TEXT_MAX],
        )
        tx.documents.add_edition(edition)
        _write_down(archive, tx, actor, edition, "document.drafted")
        return edition


def submit(archive: Archive, actor: Actor, edition_id: str, *, revision: int) -> Edition:
    """Ask for its review. From here on its record gets no other file.

    Raises Conflict where nobody else who reviews documents may read the file: it would wait for ever.
    """
    rules.require(actor, Action.DRAFT_DOCUMENTS)
    with archive.write() as tx:
        one = _edition(tx, actor, edition_id)
        if one.state is State.DRAFT and not _who_may(archive, tx, Event.REVIEW, one):
            raise Conflict(
                "Nobody else who reviews documents may read this file: choose another file, or have somebody given "
                "access.",
                "nobody-to-review",
            )
        after = _stepped(tx, actor, edition_id, Event.SUBMIT, revision)
        _write_down(archive, tx, actor, after, "document.submitted")
        return after


def review(archive: Archive, actor: Actor, edition_id: str, *, revision: int) -> Edition:
    """审核: somebody else than who wrote it says that it is right."""
    rules.require(actor, Action.REVIEW_DOCUMENTS)
    with archive.write() as tx:
        after = _stepped(tx, actor, edition_id, Event.REVIEW, revision, reviewer_id=actor.id, reviewed_at=archive.now())
        _write_down(archive, tx, actor, after, "document.reviewed")
        return after


def approve(archive: Archive, actor: Actor, edition_id: str, *, revision: int) -> Edition:
    """批准: neither by who wrote it nor by who reviewed it."""
    rules.require(actor, Action.APPROVE_DOCUMENTS)
    with archive.write() as tx:
        after = _stepped(
            tx, actor, edition_id, Event.APPROVE, revision, approver_id=actor.id, approved_at=archive.now()
        )
        _write_down(archive, tx, actor, after, "document.approved")
        return after


def send_back(archive: Archive, actor: Actor, edition_id: str, reason: str, *, revision: int) -> Edition:
    """It is a draft again, and whoever reviewed or approved it has not. Its author is told."""
    rules.require(actor, Action.REVIEW_DOCUMENTS)
    with archive.write() as tx:
        after = _stepped(
            tx, actor, edition_id, Event.SEND_BACK, revision, said=_reason(reason), reviewer_id="", reviewed_at=None,
            approver_id="", approved_at=None,
        )  # fmt: skip
        _write_down(archive, tx, actor, after, "document.sent-back")
        document = tx.documents.get(after.document_id)
        tell(archive, tx, [after.author_id], "controlled.sent-back", ("document", document.id), number=document.number)
        return after


def take_back(archive: Archive, actor: Actor, edition_id: str, *, revision: int) -> Edition:
    """撤回: its author makes it a draft again, as long as nobody has approved it; a review of it counts no more."""
    rules.require(actor, Action.DRAFT_DOCUMENTS)
    with archive.write() as tx:
        after = _stepped(tx, actor, edition_id, Event.TAKE_BACK, revision, said="", reviewer_id="", reviewed_at=None)
        _write_down(archive, tx, actor, after, "document.taken-back")
        return after


def drop(archive: Archive, actor: Actor, edition_id: str, *, revision: int) -> Edition:
    """A draft that is not carried on: another may be begun."""
    rules.require(actor, Action.DRAFT_DOCUMENTS)
    with archive.write() as tx:
        after = _stepped(tx, actor, edition_id, Event.DROP, revision)
        _write_down(archive, tx, actor, after, "document.dropped")
        return after


def issue(
    archive: Archive, actor: Actor, edition_id: str, effective_from: str, *, revision: int, carry: bool = True
) -> Edition:
    """发布: from this day on the edition holds, and the one before does not any more, from the same instant (INV-14).

    Whoever had a numbered copy is to get one of the new edition under the same number (`carry`), and whoever had to
    know the old one has to know the new one; those who have copies of the old one are told that they are called back.
    """
    rules.require(actor, Action.KEEP_DOCUMENTS)
    today, at = fileplan.today(archive), archive.now()
    day = naming.parsed_date(effective_from) or today
    with archive.write() as tx:
        one = _edition(tx, actor, edition_id)
        _next(one.state, Event.ISSUE)
        document = tx.documents.get(one.document_id)
        issued = [each for each in tx.documents.editions_of(one.document_id) if each.state in machine.IN_FORCE_ONCE]
        last = issued[-1] if issued else None
        refusal = machine.why_not_from(
            day, today, last is None, last.effective_from if last else None, last.effective_until if last else None
        )
        if refusal is not None:
            raise Invalid(refusal.sentence, refusal.code)
        if last is not None and last.effective_until is None:
            ended = tx.documents.change(replace(last, state=_next(last.state, Event.SUPERSEDE), effective_until=day))
            _write_down(archive, tx, actor, ended, "document.superseded")
            labels.changed(tx, [ended.record_id], at)
        after = _stepped(
            tx, actor, edition_id, Event.ISSUE, revision, issued_by=actor.id, issued_at=at, effective_from=day
        )
        _write_down(archive, tx, actor, after, "document.issued")
        labels.changed(tx, [after.record_id], at)
        tx.documents.save(replace(document, review_on=months_later(day, document.review_months)))
        if last is not None:
            _call_back(archive, tx, document, last)
            if carry:
                _carry_over(archive, tx, actor, last, after, max(day, today))
        return after


def withdraw(archive: Archive, actor: Actor, edition_id: str, day: str, reason: str, *, revision: int) -> Edition:
    """From this day on nothing holds in its place. Copies are called back."""
    rules.require(actor, Action.APPROVE_DOCUMENTS)
    today = fileplan.today(archive)
    until = naming.parsed_date(day) or today
    with archive.write() as tx:
        one = _edition(tx, actor, edition_id)
        if until < today or (one.effective_from is not None and until < one.effective_from):
            raise Invalid(
                "What was in force in the past does not change: choose today or later.", "effective-in-the-past"
            )
        after = _stepped(tx, actor, edition_id, Event.WITHDRAW, revision, effective_until=until, said=_reason(reason))
        _write_down(archive, tx, actor, after, "document.withdrawn")
        labels.changed(tx, [after.record_id], archive.now())
        document = tx.documents.get(after.document_id)
        tx.documents.save(replace(document, review_on=None))
        _call_back(archive, tx, document, after)
        return after


def retain(archive: Archive, actor: Actor, edition_id: str, reason: str, *, revision: int) -> Edition:
    """作废留存: an obsolete edition is kept for reference, because somebody who may approve says so."""
    rules.require(actor, Action.APPROVE_DOCUMENTS)
    with archive.write() as tx:
        _obsolete(archive, _edition(tx, actor, edition_id))
        after = _stepped(tx, actor, edition_id, Event.RETAIN, revision, said=_reason(reason))
        _write_down(archive, tx, actor, after, "document.retained")
        return after


def release(archive: Archive, actor: Actor, edition_id: str, *, revision: int) -> Edition:
    """Nobody needs the obsolete edition for reference: the term of its class runs from the day it became obsolete.

    Where the period is part of a reference code that stands, that one goes on to count.
    """
    rules.require(actor, Action.KEEP_DOCUMENTS)
    with archive.write() as tx:
        one = _edition(tx, actor, edition_id)
        _obsolete(archive, one)
        out = [copy for copy in tx.documents.copies([one.id]) if copy.out]
        if out:
            raise Conflict("Copies of it are still out: call them back first.", "copies-out")
        after = _stepped(tx, actor, edition_id, Event.RELEASE, revision)
        _write_down(archive, tx, actor, after, "document.released")
        record = tx.records.get(one.record_id)
        record_class = tx.file_plan.get(record.class_code)
        rule = next(
            (
                rule
                for rule in (fileplan.schedule_of(record_class) if record_class else ())
                if rule.by_event and any(word in rule.case + rule.trigger for word in ("作废", "废止", "停用"))
            ),
            None,
        )
        if rule is not None and not record.archival_code:
            terms = tx.numbering.terms([record.id]).get(record.id, Terms(record.id))
            tx.numbering.put_terms(replace(terms, case=rule.case, began_on=one.effective_until))
        return after


def check(archive: Archive, actor: Actor, document_id: str, outcome: str, note: str, *, next_on: str = "") -> Check:
    """定期评审: somebody looked whether it still holds; the day of the next look follows from its cycle unless told."""
    rules.require(actor, Action.REVIEW_DOCUMENTS)
    if outcome not in CHECKS:
        raise Invalid(f"A review finds one of: {', '.join(CHECKS)}.", "no-such-outcome")
    if outcome != "stays" and not note.strip():
        raise Invalid("Say what is to be changed, or why it is to be withdrawn.", "no-document-reason")
    today = fileplan.today(archive)
    with archive.write() as tx:
        row = _row(tx, actor, tx.documents.get(document_id), today)
        if row.effective is None:
            raise Conflict("No edition of it is in force: there is nothing to review.", "nothing-in-force")
        following = naming.parsed_date(next_on) or months_later(today, row.document.review_months)
        if following <= today:
            raise Invalid("The next review lies ahead.", "not-ahead")
        one = Check(new_id(), document_id, archive.now(), actor.id, outcome, note.strip()[:TEXT_MAX], following)
        tx.documents.add_check(one)
        tx.documents.save(replace(row.document, review_on=following))
        tx.ledger.add(
            one.checked_at, actor.id, "document.checked", "document", document_id,
            site=row.records[row.effective.id].site, outcome=outcome, next_on=following.isoformat(),
        )  # fmt: skip
        return one


# ---- What time brings about ----

SWEPT = "documents-swept-until"
"""Under this name the tables keep the last day whose beginning was looked at."""


def sweep(archive: Archive) -> int:
    """The index learns which editions ceased to hold as days began. No mark waits for it. Safe to repeat."""
    today = fileplan.today(archive)
    with archive.write() as tx:
        kept = tx.meta.get(SWEPT)
        ended = tx.documents.ended_between(date.fromisoformat(kept) if kept else date.min, today)
        if kept != today.isoformat():
            labels.changed(tx, ended, archive.now())
            tx.meta.put(SWEPT, today.isoformat())
            return len(ended)
    return 0


# ---- Parts ----


def rows_of(tx: Transaction, actor: Actor, document_ids: Sequence[str], day: date) -> Mapping[str, Row]:
    """These documents by id, as far as this person may find any of their editions."""
    wanted = [one for one in tx.documents.every() if one.id in set(document_ids)]
    return {row.document.id: row for row in _rows(tx, actor, wanted, day)}


def _rows(tx: Transaction, actor: Actor, documents: Sequence[Document], day: date) -> Sequence[Row]:
    editions = (
        tx.documents.editions()
        if len(documents) > 1
        else tx.documents.editions_of(documents[0].id)
        if documents
        else ()
    )
    found = tx.records.admitted([one.record_id for one in editions], rules.scope(actor, Action.FIND))
    shown = by_document(one for one in editions if one.record_id in found)
    ids = [one.id for some in shown.values() for one in some]
    copies, readers = tx.documents.copies(ids), tx.documents.readers(ids)
    rows: list[Row] = []
    for document in documents:
        own = shown.get(document.id, ())
        if not own:
            continue
        effective = in_force(own, day)
        over = {one.id for one in own if one.obsolete(day)}
        rows.append(
            Row(
                document,
                own,
                {one.id: found[one.record_id] for one in own},
                effective,
                next((one for one in own if one.standing(day) == "to-come"), None),
                next((one for one in own if one.state in machine.IN_THE_MAKING), None),
                sum(copy.out for copy in copies if effective is not None and copy.edition_id == effective.id),
                sum(copy.out for copy in copies if copy.edition_id in over),
                sum(
                    reader.read_at is None
                    for reader in readers
                    if effective is not None and reader.edition_id == effective.id
                ),
            )
        )
    return rows


def _row(tx: Transaction, actor: Actor, document: Document, day: date) -> Row:
    found = _rows(tx, actor, [document], day)
    if not found:
        raise NotFound(NO_SUCH_DOCUMENT, "no-such-document")
    return found[0]


def edition_of(tx: Transaction, actor: Actor, edition_id: str) -> Edition:
    """Raises NotFound when there is none, or none whose record this person may find."""
    one = tx.documents.edition(edition_id)
    if not tx.records.admitted([one.record_id], rules.scope(actor, Action.FIND)):
        raise NotFound(NO_SUCH_DOCUMENT, "no-such-document")
    return one


_edition = edition_of


def _stepped(tx: Transaction, actor: Actor, edition_id: str, event: Event, revision: int, **changes: object) -> Edition:
    """The edition after this step, as whoever asked saw it. The machine is asked here and nowhere else."""
    one = _edition(tx, actor, edition_id)
    if event in _READ_FIRST:
        rules.require(actor, Action.READ, tx.records.get(one.record_id))
    refusal = machine.why_not(event, actor.id, one.author_id, one.reviewer_id)
    if refusal is not None:
        raise Denied(_ASKED[event], refusal.code, refusal.sentence)
    after = replace(one, state=_next(one.state, event), revision=revision, **changes)  # type: ignore[arg-type]  # fields of an edition, said by the callers above
    return tx.documents.change(after)


_READ_FIRST = (Event.SUBMIT, Event.REVIEW, Event.APPROVE)
"""Nobody passes on what they may not read."""
_ASKED: Mapping[Event, Action] = {
    Event.REVIEW: Action.REVIEW_DOCUMENTS, Event.APPROVE: Action.APPROVE_DOCUMENTS,
    Event.TAKE_BACK: Action.DRAFT_DOCUMENTS,
}  # fmt: skip


def may_step(somebody: Actor, event: Event, one: Edition, record: Record) -> bool:
    """Is this person one of those who may take this step with the edition, as far as it is theirs to take?"""
    if machine.why_not(event, somebody.id, one.author_id, one.reviewer_id) is not None:
        return False
    return event not in _READ_FIRST or bool(rules.rights(somebody, Action.READ, record))


def _who_may(archive: Archive, tx: Transaction, event: Event, one: Edition) -> Sequence[str]:
    """Ids of those who may review or approve this edition now, with what is lent and granted to them."""
    record, duty = tx.records.get(one.record_id), _ASKED[event]
    found: list[str] = []
    for person in tx.people.every():
        actor = acting.as_actor(person)
        if not person.active or not rules.may(actor, duty):
            continue
        if not may_step(actor, event, one, record):
            opened = acting.again(archive, tx, person.id, clearance=person.clearance)
            if opened is None or not may_step(opened, event, one, record):
                continue
        found.append(person.id)
    return found


def _to_come(archive: Archive, tx: Transaction, row: Row) -> Mapping[Event, Sequence[str]]:
    """What is in the making is still to be reviewed and approved, and by whom that may be done."""
    one = row.making
    if one is None or one.state is State.APPROVED:
        return {}
    steps = (Event.APPROVE,) if one.state is State.REVIEWED else (Event.REVIEW, Event.APPROVE)
    return {event: _who_may(archive, tx, event, one) for event in steps}


def _next(state: State, event: Event) -> State:
    after = machine.after(state, event)
    if after is None:
        raise Conflict("This step is not possible in its present state.", "no-such-step")
    return after


def _obsolete(archive: Archive, one: Edition) -> None:
    if not one.obsolete(fileplan.today(archive)):
        raise Conflict("It still holds: only an obsolete edition is kept for reference or released.", "still-in-force")


def _new_document(
    archive: Archive, tx: Transaction, actor: Actor, number: str, said: Draft, check: Checking
) -> Document:
    """Raises what was noted before, with what is wrong here."""
    title = _line(said.title)[:300]
    if not title:
        check.wrong(Invalid("A controlled document needs a title.", "no-title", field="title"))
    if said.kind not in KINDS:
        check.wrong(Invalid(f"A controlled document is one of: {', '.join(KINDS)}.", "no-such-kind", field="kind"))
    if not 1 <= said.review_months <= 120:
        check.wrong(Invalid("A document is reviewed every 1 to 120 months.", "bad-review-cycle", field="months"))
    if said.department and said.department not in {one.code for one in tx.organisation.departments()}:
        check.wrong(Invalid("There is no such department.", "no-such-department", field="department"))
    owner_id = actor.id
    if said.owner.strip():
        account = tx.people.called(said.owner.strip())
        if account is None or not account.person.active:
            check.wrong(Invalid("There is nobody of that name.", "no-such-person", field="owner"))
        else:
            owner_id = account.person.id
    check.end()
    document = Document(
        new_id(), number, title, said.kind, said.department or actor.department, owner_id, said.review_months, None,
        archive.now(), actor.id,
    )  # fmt: skip
    tx.documents.add(document)
    return document


def _call_back(archive: Archive, tx: Transaction, document: Document, ended: Edition) -> None:
    """Every numbered copy of what ends is called back: its holder is told by when."""
    holders = {copy.holder_id for copy in tx.documents.copies([ended.id]) if copy.out}
    what = f"{document.number} {ended.label}"
    tell(
        archive, tx, holders, "controlled.recalled", ("document", document.id), number=what,
        day=str(ended.effective_until or fileplan.today(archive)),
    )  # fmt: skip


def _carry_over(archive: Archive, tx: Transaction, actor: Actor, last: Edition, new: Edition, day: date) -> None:
    """The distribution list goes on: the same people at the same places, whoever is still here."""
    at, document = archive.now(), tx.documents.get(new.document_id)
    copies = [copy for copy in tx.documents.copies([last.id]) if copy.recalled_at is None]
    readers = tx.documents.readers([last.id])
    here = {person.id for person in tx.people.every() if person.active}
    for copy in copies:
        if copy.holder_id in here:
            tx.documents.add_copy(Copy(new_id(), new.id, copy.number, copy.holder_id, copy.place))
    due = date.fromordinal(day.toordinal() + READ_WITHIN_DAYS)
    asked = sorted({one.person_id for one in readers} & here)
    for person_id in asked:
        tx.documents.ask(Reader(new.id, person_id, at, actor.id, due))
    tell(
        archive, tx, asked, "controlled.to-read", ("document", document.id), number=f"{document.number} {new.label}",
        due=str(due),
    )  # fmt: skip


def _may(actor: Actor, row: Row, copies: Sequence[Copy], readers: Sequence[Reader], today: date) -> frozenset[str]:
    deeds: set[str] = set()
    making = row.making
    if making is not None:
        offered = {
            Event.SUBMIT: Action.DRAFT_DOCUMENTS, Event.DROP: Action.DRAFT_DOCUMENTS,
            Event.REVIEW: Action.REVIEW_DOCUMENTS, Event.APPROVE: Action.APPROVE_DOCUMENTS,
            Event.SEND_BACK: Action.REVIEW_DOCUMENTS, Event.ISSUE: Action.KEEP_DOCUMENTS,
            Event.TAKE_BACK: Action.DRAFT_DOCUMENTS,
        }  # fmt: skip
        deeds |= {
            event.value
            for event, duty in offered.items()
            if machine.after(making.state, event) is not None
            and rules.may(actor, duty)
            and may_step(actor, event, making, row.records[making.id])
        }
    elif rules.may(actor, Action.DRAFT_DOCUMENTS):
        deeds.add("draft")
    if any(one.state is State.ISSUED for one in row.editions) and rules.may(actor, Action.APPROVE_DOCUMENTS):
        deeds.add(Event.WITHDRAW.value)
    if any(one.obsolete(today) for one in row.editions):
        deeds |= {Event.RETAIN.value} if rules.may(actor, Action.APPROVE_DOCUMENTS) else set[str]()
        deeds |= {Event.RELEASE.value} if rules.may(actor, Action.KEEP_DOCUMENTS) else set[str]()
    if rules.may(actor, Action.KEEP_DOCUMENTS):
        deeds.add("keep")
    if row.effective is not None and rules.may(actor, Action.REVIEW_DOCUMENTS):
        deeds.add("check")
    if any(copy.holder_id == actor.id and copy.out and copy.received_at is None for copy in copies):
        deeds.add("receive")
    effective = row.effective.id if row.effective is not None else ""
    if any((one.person_id, one.edition_id) == (actor.id, effective) and one.read_at is None for one in readers):
        deeds.add("acknowledge")
    return frozenset(deeds)


def _write_down(archive: Archive, tx: Transaction, actor: Actor, one: Edition, action: str) -> None:
    days = {
        name: day.isoformat()
        for name, day in (("effective_from", one.effective_from), ("effective_until", one.effective_until))
        if day is not None
    }
    tx.ledger.add(
        archive.now(), actor.id, action, "record", one.record_id, site=tx.records.get(one.record_id).site,
        document=one.document_id, edition=one.id, label=one.label, revision=one.revision, **days,
    )  # fmt: skip


def _reason(said: str) -> str:
    if not said.strip():
        raise Invalid("Say why; it stays written.", "no-document-reason")
    return said.strip()[:TEXT_MAX]


def _line(said: str) -> str:
    return " ".join(naming.clean(said).split())
