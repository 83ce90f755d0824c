"""阅知: the people whom a law is for have read it as it holds now, and each of them said so (2.3).

Whoever keeps the register asks people by name, a department as a whole, or everybody who was asked before, each time
by a day. An ask that is open goes on with the law when it changes; what somebody has read is what it was then, and
stays. Who is late is reminded every week, and whoever keeps the laws has it as a task.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta

from access import rules
from access.actors import SERVICE, Actor
from access.rules import Action
from archive import fileplan, laws, naming
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Person
from archive.model.laws import Law, LawReader
from archive.tables import Transaction
from archive.telling import tell

WITHIN_DAYS = 14
REMINDED_EVERY_DAYS = 7


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody a law is for, and whether they have read it."""

    reader: LawReader
    law: Law
    """As it is now."""
    newest: int
    person: str
    department: str
    asked_by: str

    @property
    def stale(self) -> bool:
        """They read it, and it has changed since."""
        return self.reader.read_at is not None and self.reader.version < self.newest

    def late(self, day: date) -> bool:
        return self.reader.read_at is None and self.reader.due_on < day


def lines(archive: Archive, actor: Actor, *, code: str = "", mine: bool = False) -> Sequence[Line]:
    """Who was asked to read which law, those who have not first; of one law, or what is asked of oneself."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    with archive.read() as tx:
        known = laws.known(tx)
        readers = tx.laws.readers(code=code, person_id=actor.id if mine else "")
        people = {one.id: one for one in tx.people.every()}
    found = [
        Line(
            one,
            known[one.code].law,
            known[one.code].version,
            people[one.person_id].name,
            people[one.person_id].department,
            people[one.asked_by].name if one.asked_by in people else one.asked_by,
        )
        for one in readers
        if one.code in known
    ]
    return sorted(
        found, key=lambda line: (line.reader.read_at is not None, line.reader.due_on, line.law.name, line.person)
    )


def ask(
    archive: Archive, actor: Actor, code: str, logins: Sequence[str] = (), *, department: str = "",
    again: bool = False, due_on: str = "",
) -> int:  # fmt: skip
    """These people, a department, or everybody who was asked before are to read a law as it is now; how many were
    asked who have not read it so yet. Each is told.

    Raises Invalid when this asks nobody, or somebody who may not see the register.
    """
    rules.require(actor, Action.KEEP_DOCUMENTS)
    today = fileplan.today(archive)
    due = naming.parsed_date(due_on) or today + timedelta(days=WITHIN_DAYS)
    if due < today:
        raise Invalid("The day must lie ahead.", "not-ahead")
    with archive.write() as tx:
        law, version = _newest(tx, code)
        before = tx.laws.readers(code=code)
        others = {one.person_id for one in before} if again else set[str]()
        people = {one.id: one for one in _people(tx, logins, department, others)}
        if not people:
            raise Invalid("There is nobody of that name.", "no-such-person")
        done = {one.person_id for one in before if one.version == version and one.read_at is not None}
        asked, at = [one for one in people if one not in done], archive.now()
        for person_id in asked:
            tx.laws.ask(LawReader(code, version, person_id, at, actor.id, due))
        tx.ledger.add(
            at, actor.id, "law.asked-to-read", "law", code, version=version, people=len(asked), due=due.isoformat()
        )
        tell(archive, tx, asked, "law.to-read", ("law", code), law=law.name, due=str(due))
        return len(asked)


def acknowledge(archive: Archive, actor: Actor, code: str, *, version: int) -> LawReader:
    """Whoever was asked says that they have read the law; for oneself only. `version` is the one that was read: raises
    Conflict if it has changed since it was shown."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    with archive.write() as tx:
        _, newest = _newest(tx, code)
        if version != newest:
            raise Conflict("Somebody else has changed it meanwhile: look at it again.", "revision")
        waiting = [one for one in tx.laws.readers(code=code, person_id=actor.id) if one.read_at is None]
        if not waiting:
            raise Conflict("You were not asked to read it, or have said already that you did.", "not-asked-to-read")
        after = replace(waiting[0], read_at=archive.now())
        tx.laws.save_reader(after)
        tx.ledger.add(archive.now(), actor.id, "law.acknowledged", "law", code, version=version)
        return after


def sweep(archive: Archive) -> int:
    """Remind who is late, once a week, and tell whoever asked; how many were reminded. Safe to repeat."""
    today, reminded = fileplan.today(archive), 0
    with archive.write() as tx:
        known = laws.known(tx)
        active = {one.id for one in tx.people.every() if one.active}
        for one in tx.laws.readers():
            since = one.reminded_on or one.due_on
            waits = REMINDED_EVERY_DAYS if one.reminded_on else 1
            if one.read_at is not None or one.code not in known or one.person_id not in active:
                continue
            if today < since + timedelta(days=waits):
                continue
            tx.laws.save_reader(replace(one, reminded_on=today))
            law = known[one.code].law.name
            tell(archive, tx, [one.person_id], "law.still-to-read", ("law", one.code), law=law, due=str(one.due_on))
            tx.ledger.add(archive.now(), SERVICE.id, "law.reader-reminded", "law", one.code, person=one.person_id)
            reminded += 1
    return reminded


def departments(archive: Archive, actor: Actor) -> Mapping[str, str]:
    """Departments whose people can be asked, by code."""
    rules.require(actor, Action.KEEP_DOCUMENTS)
    with archive.read() as tx:
        return {one.code: one.name for one in tx.organisation.departments()}


# ---- Parts ----


def _newest(tx: Transaction, code: str) -> tuple[Law, int]:
    known = laws.known(tx)
    if code not in known:
        raise NotFound("There is no such law in the register.", "no-such-law")
    return known[code].law, known[code].version


def _people(tx: Transaction, logins: Sequence[str], department: str, before: Set[str]) -> Sequence[Person]:
    """Those named have to be there; of a department or of those asked before only who can still read it."""
    named: list[Person] = []
    for login in dict.fromkeys(logins):
        account = tx.people.called(login.strip())
        if account is None or not _can_read(account.person):
            raise Invalid("There is nobody of that name.", "no-such-person")
        named.append(account.person)
    others = [
        one
        for one in tx.people.every()
        if (one.id in before or (department and one.department == department)) and _can_read(one)
    ]
    return [*named, *others]


def _can_read(person: Person) -> bool:
    return person.active and rules.may(as_actor(person), Action.SEE_DOCUMENTS)
