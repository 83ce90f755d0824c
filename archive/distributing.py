"""Controlled documents reach people: numbered copies are handed out, received and called back; who has to know says so.

Every copy has a number of its document that is never given to another place, and ends in one of three ways: it came
back, two people destroyed it, or it is lost and somebody said how.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import acting, fileplan, naming
from archive.app import Archive
from archive.documents import READ_WITHIN_DAYS, TEXT_MAX, Row, edition_of, rows_of
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Person, new_id
from archive.model.documents import OUTCOMES, Copy, Document, Edition, Reader
from archive.tables import Transaction
from archive.telling import tell

PLACE_MAX = 120


@dataclass(frozen=True, slots=True)
class Line:
    """A numbered copy as the register of distribution shows it."""

    copy: Copy
    edition: Edition
    row: Row
    obsolete: bool
    """Its edition does not hold any more."""

    @property
    def number(self) -> str:
        """受控号."""
        return f"{self.row.document.number}-{self.copy.number:02}"


@dataclass(frozen=True, slots=True)
class Mine:
    """What one person is asked to read, and which copies they have or are to confirm."""

    to_read: Sequence[tuple[Reader, Edition, Row]]
    copies: Sequence[Line]


# ---- Looking ----


def lines(
    archive: Archive, actor: Actor, *, on: date | None = None, number: str = ""
) -> tuple[Sequence[Line], Mapping[str, str]]:
    """发放回收登记: every numbered copy of what this person may find, and the names of all who stand in it.

    `number` keeps the copies of one document.
    """
    rules.require(actor, Action.SEE_DOCUMENTS)
    day = on or fileplan.today(archive)
    with archive.read() as tx:
        rows = rows_of(tx, actor, [one.id for one in tx.documents.every() if number in ("", one.number)], day)
        found = _lines(tx, rows, day)
        people = tx.people.names(
            {who for one in found for who in (one.copy.holder_id, one.copy.handed_by, one.copy.recalled_by)}
            | {one.copy.witness_id for one in found}
        )
    return found, people


def mine(archive: Archive, actor: Actor) -> Mine:
    rules.require(actor, Action.SEE_DOCUMENTS)
    day = fileplan.today(archive)
    with archive.read() as tx:
        asked = tx.documents.asked_of(actor.id)
        editions = {one.edition_id: tx.documents.edition(one.edition_id) for one in asked}
        rows = rows_of(tx, actor, [one.id for one in tx.documents.every()], day)
        seen = {one.id for row in rows.values() for one in row.editions}
        to_read = [
            (one, editions[one.edition_id], rows[editions[one.edition_id].document_id])
            for one in asked
            if one.edition_id in seen and not editions[one.edition_id].obsolete(day)
        ]
        own = [line for line in _lines(tx, rows, day) if line.copy.holder_id == actor.id and line.copy.out]
    return Mine(to_read, own)


# ---- Numbered copies ----


def hand_out(archive: Archive, actor: Actor, edition_id: str, holder: str, place: str) -> Copy:
    """A numbered copy goes to somebody, for a place: the next number of the document. Its holder is told."""
    rules.require(actor, Action.KEEP_DOCUMENTS)
    if not naming.clean(place):
        raise Invalid("Say where the copy is kept: a post, a counter, a notice board.", "no-copy-place")
    with archive.write() as tx:
        one, document = _given_out(archive, tx, actor, edition_id)
        person = _somebody(tx, one, holder)
        number, at = tx.documents.last_copy(document.id) + 1, archive.now()
        copy = Copy(new_id(), one.id, number, person.id, naming.clean(place)[:PLACE_MAX], at, actor.id)
        tx.documents.add_copy(copy)
        _write_down(archive, tx, actor, one, copy, "document.copy-handed-out")
        tell(
            archive,
            tx,
            [person.id],
            "controlled.copy",
            ("document", document.id),
            number=_named(document, copy),
        )
        return copy


def hand_over(archive: Archive, actor: Actor, copy_id: str) -> Copy:
    """The copy of the new edition that was planned for a place is handed out there."""
    rules.require(actor, Action.KEEP_DOCUMENTS)
    with archive.write() as tx:
        copy = tx.documents.copy(copy_id)
        one, document = _given_out(archive, tx, actor, copy.edition_id)
        if copy.handed_at is not None or copy.recalled_at is not None:
            raise Conflict("This copy was handed out already.", "copy-handed-out")
        after = replace(copy, handed_at=archive.now(), handed_by=actor.id)
        tx.documents.save_copy(after)
        _write_down(archive, tx, actor, one, after, "document.copy-handed-out")
        tell(
            archive,
            tx,
            [copy.holder_id],
            "controlled.copy",
            ("document", document.id),
            number=_named(document, copy),
        )
        return after


def receive(archive: Archive, actor: Actor, copy_id: str) -> Copy:
    """签收: its holder says that they have it; nobody says so for another."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    with archive.write() as tx:
        copy = tx.documents.copy(copy_id)
        one = edition_of(tx, actor, copy.edition_id)
        if copy.holder_id != actor.id:
            raise NotFound("There is no such copy.", "no-such-copy")
        if not copy.out or copy.received_at is not None:
            raise Conflict("This copy was not handed out, or its holder has signed for it already.", "copy-received")
        after = replace(copy, received_at=archive.now())
        tx.documents.save_copy(after)
        _write_down(archive, tx, actor, one, after, "document.copy-received")
        return after


def call_back(archive: Archive, actor: Actor, copy_id: str, outcome: str, *, witness: str = "", note: str = "") -> Copy:
    """回收: the copy came back, was destroyed before a second person, or is lost, and somebody says how."""
    rules.require(actor, Action.KEEP_DOCUMENTS)
    if outcome not in OUTCOMES:
        raise Invalid(f"A copy was: {', '.join(OUTCOMES)}.", "no-such-outcome")
    if outcome == "lost" and not note.strip():
        raise Invalid("Say how it was lost.", "no-document-reason")
    with archive.write() as tx:
        copy = tx.documents.copy(copy_id)
        one = edition_of(tx, actor, copy.edition_id)
        if not copy.out:
            raise Conflict("This copy is not out.", "copy-not-out")
        witness_id = ""
        if outcome == "destroyed":
            witness_id = _person(tx, witness).id
            if witness_id == actor.id:
                raise Invalid("What is destroyed on paper is destroyed by two people.", "one-witness")
        after = replace(
            copy, recalled_at=archive.now(), recalled_by=actor.id, outcome=outcome, witness_id=witness_id,
            note=note.strip()[:TEXT_MAX],
        )  # fmt: skip
        tx.documents.save_copy(after)
        _write_down(archive, tx, actor, one, after, "document.copy-called-back")
        return after


# ---- Who has to know ----


def ask_to_read(archive: Archive, actor: Actor, edition_id: str, logins: Sequence[str], due_on: str = "") -> int:
    """These people have to know the edition and say so by a day; how many were asked. Each is told.

    Raises Invalid for somebody who may not read it: they could not know it.
    """
    rules.require(actor, Action.KEEP_DOCUMENTS)
    today = fileplan.today(archive)
    due = naming.parsed_date(due_on) or date.fromordinal(today.toordinal() + READ_WITHIN_DAYS)
    if due < today:
        raise Invalid("The day lies ahead.", "not-ahead")
    with archive.write() as tx:
        one, document = _given_out(archive, tx, actor, edition_id)
        people = [_somebody(tx, one, login) for login in dict.fromkeys(logins)]
        if not people:
            raise Invalid("Say who has to know it.", "no-such-person")
        at = archive.now()
        for person in people:
            tx.documents.ask(Reader(one.id, person.id, at, actor.id, due))
        tx.ledger.add(
            at, actor.id, "document.asked-to-read", "record", one.record_id, site=_site(tx, one), edition=one.id,
            people=len(people), due=due.isoformat(),
        )  # fmt: skip
        tell(
            archive, tx, [person.id for person in people], "controlled.to-read", ("document", document.id),
            number=f"{document.number} {one.label}", due=str(due),
        )  # fmt: skip
        return len(people)


def acknowledge(archive: Archive, actor: Actor, edition_id: str) -> None:
    """阅知: whoever was asked says that they have read it; for oneself only, and only what one may read."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    with archive.write() as tx:
        one = edition_of(tx, actor, edition_id)
        rules.require(actor, Action.READ, tx.records.get(one.record_id))
        at = archive.now()
        if not tx.documents.has_read(one.id, actor.id, at):
            raise Conflict("You were not asked to read it, or have said already that you did.", "not-asked-to-read")
        tx.ledger.add(
            at, actor.id, "document.acknowledged", "record", one.record_id, site=_site(tx, one), edition=one.id
        )


# ---- Parts ----


def _lines(tx: Transaction, rows: Mapping[str, Row], day: date) -> Sequence[Line]:
    editions = {one.id: (one, row) for row in rows.values() for one in row.editions}
    found = [
        Line(copy, *editions[copy.edition_id], editions[copy.edition_id][0].obsolete(day))
        for copy in tx.documents.copies(list(editions))
    ]
    return sorted(found, key=lambda line: (line.row.document.number, line.copy.number, line.edition.ordinal))


def _given_out(archive: Archive, tx: Transaction, actor: Actor, edition_id: str) -> tuple[Edition, Document]:
    one = edition_of(tx, actor, edition_id)
    if one.effective_from is None or one.obsolete(fileplan.today(archive)):
        raise Conflict("Only what is issued and not obsolete is distributed.", "not-issued")
    return one, tx.documents.get(one.document_id)


def _person(tx: Transaction, login: str) -> Person:
    account = tx.people.called(login.strip())
    if account is None or not account.person.active:
        raise Invalid("There is nobody of that name.", "no-such-person")
    return account.person


def _somebody(tx: Transaction, one: Edition, login: str) -> Person:
    """Somebody who may read the edition by their standing: neither paper nor duty goes to who may not know it."""
    person = _person(tx, login)
    if not rules.scope(acting.as_actor(person), Action.READ).admits(tx.records.get(one.record_id)):
        raise Invalid("This person may not read the document: give them the right first.", "may-not-read")
    return person


def _site(tx: Transaction, one: Edition) -> str:
    return tx.records.get(one.record_id).site


def _named(document: Document, copy: Copy) -> str:
    return f"{document.number}-{copy.number:02}"


def _write_down(archive: Archive, tx: Transaction, actor: Actor, one: Edition, copy: Copy, action: str) -> None:
    tx.ledger.add(
        archive.now(), actor.id, action, "record", one.record_id, site=_site(tx, one), edition=one.id, copy=copy.id,
        number=copy.number, outcome=copy.outcome,
    )  # fmt: skip
