"""The ledger for people: who read this, what did they read, who could see it on that day, what may they see today.

Answers about a day are folded from what was written down until then: the ledger says which roles, clearance and
sites somebody had and how secret a record was; grants and loans are dated themselves. The rules are those of today.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import cast

from access import rules
from access.actors import Actor
from access.rules import Action, Right
from archive import checklists, forms, house_sheets, laws
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Invalid, NotFound
from archive.house_sheets import protections, review_inputs, validity
from archive.model import Event, Person, Record, lives
from archive.tables import Transaction

READS = ("record.page-read", "record.text-read", "record.downloaded")
"""Events that say that somebody saw content."""

PAGE = 100


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines are looked for; what is empty does not narrow. Days run from the first to before the last."""

    subject: str = ""
    actor: str = ""
    action: str = ""
    """The beginning of an action."""
    first: datetime | None = None
    last: datetime | None = None
    before: int | None = None
    limit: int = PAGE
    subjects: tuple[str, ...] = ()
    """Ids, any of which a line may be about; as `about` gives them."""
    actions: tuple[str, ...] = ()
    """Any of these actions."""
    families: tuple[str, ...] = ()
    """The first words of actions: `loan` is of all that is done with loans, by whatever version of the house."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of the ledger, the newest first, with the names in them as far as they may be told."""

    lines: Sequence[Event]
    people: Mapping[str, str]
    titles: Mapping[str, str]
    more: bool
    numbers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Id → the number or address by which people speak of it."""
    names: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict[tuple[str, str], tuple[str, str]])
    """Kind and code → what it is called in Chinese and in English: classes, laws, forms, lines of checklists."""
    withheld: frozenset[int] = frozenset()
    """Numbers of the lines of which only is told that something happened, when, and by whom."""


NOTHING = Lines((), {}, {}, False)

SUBJECTS_MAX = 500
MACHINES = ("operator", "service")


def whom(archive: Archive, actor: Actor, said: str) -> str:
    """The id of whoever has this name, login name or id: of people who have left too, and of the machine.

    Raises Invalid for nobody, and for several of one name.
    """
    rules.require(actor, Action.SEE_LEDGER)
    with archive.read() as tx:
        account = tx.people.by_login(said)
        if account is not None:
            return account.person.id
        if said in MACHINES or tx.people.get(said) is not None:
            return said
        called = [one.id for one in tx.people.every() if one.name == said]
    if len(called) > 1:
        raise Invalid("Several people have this name: write the login name of the one you mean.", "several-people")
    if not called:
        raise Invalid("Nobody here is called so: write the name or the login name.", "nobody-called-so")
    return called[0]


def about(archive: Archive, actor: Actor, said: str) -> tuple[str, ...]:
    """The ids of what is called so: the number, code or name of anything, the title of a record or words of it, an id.

    Raises Invalid when nothing is that this actor may know of (hidden and absent are the same answer), and when it
    is too much.
    """
    rules.require(actor, Action.SEE_LEDGER)
    find = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        named = [
            *(one.id for one in tx.people.every() if said in (one.id, one.login, one.name)),
            *tx.called.bearing(said),
            *(one.id for one in tx.records.called(said, find)),
            *(one.code for one in tx.organisation.sites() if said in (one.name, one.name_en)),
            *(one.code for one in tx.organisation.departments() if said in (one.name, one.name_en)),
            *(one.code for one in tx.file_plan.every() if said in (one.name_zh, one.name_en)),
            *(code for code, one in laws.known(tx).items() if said in (one.law.name, one.law.number, *one.law.aliases)),
        ]
        named += [said] if tx.ledger.lines(subject_id=said, limit=1) else []
        # Titles are tried when nothing that may be known of is called so: a name of something hidden is no name.
        known = set(named) - _hidden(tx, actor, set(named))
        known = known or set(tx.records.titled(said, find, limit=SUBJECTS_MAX + 1))
    if not known:
        raise Invalid("Nothing that you may know of is called so, or nothing has happened to it.", "no-such-subject")
    if len(known) > SUBJECTS_MAX:
        raise Invalid("Too many records are called so: write more of the title, or the number.", "too-many-subjects")
    return tuple(sorted(known))


def the_record(archive: Archive, actor: Actor, said: str) -> str:
    """The id of the one record with this id, number, or these words in its title. Raises Invalid, as `about` does."""
    rules.require(actor, Action.SEE_LEDGER)
    find = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        known = [one.id for one in tx.records.called(said, find)] or tx.records.titled(said, find, limit=2)
    if not known:
        raise Invalid("Nothing that you may know of is called so, or nothing has happened to it.", "no-such-subject")
    if len(known) > 1:
        raise Invalid("Several records are called so: write the number or the whole title.", "several-records")
    return known[0]


def lines(archive: Archive, actor: Actor, sought: Sought) -> Lines:
    """What happened. `actor` of the question is a login name or an id, `subject` the id of a record, person or loan."""
    rules.require(actor, Action.SEE_LEDGER)
    with archive.read() as tx:
        who = _person_id(tx, sought.actor) if sought.actor else ""
        subject = _person_id(tx, sought.subject) if sought.subject else ""
        asked = {*sought.subjects, subject} - {""}
        subjects = sorted(asked - _hidden(tx, actor, asked))
        if asked and not subjects:
            # Hidden and absent are the same answer here too.
            return NOTHING
        found = tx.ledger.sought(
            subject_ids=subjects,
            actor=who,
            action=sought.action,
            actions=sought.actions,
            families=sought.families,
            first=sought.first,
            last=sought.last,
            before=sought.before,
            limit=sought.limit + 1,
        )
        return _told(tx, actor, found[: sought.limit], more=len(found) > sought.limit)


def was_ever_done(archive: Archive, actor: Actor, action: str) -> bool:
    """Does any line say so? An earlier version of the house wrote down what this one has no word for."""
    rules.require(actor, Action.SEE_LEDGER)
    with archive.read() as tx:
        return bool(tx.ledger.sought(actions=(action,), limit=1))


@dataclass(frozen=True, slots=True)
class Reading:
    """One person read one record on one day: how often, which pages, and under which right."""

    day: str
    person_id: str
    record_id: str
    times: int
    pages: int
    first: datetime
    last: datetime
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readings:
    readings: Sequence[Reading]
    people: Mapping[str, str]
    titles: Mapping[str, str]
    truncated: bool = False
    record: Record | None = None
    """Whose readings they are, where one record was asked about."""


READINGS_MAX = 20_000


def who_read(
    archive: Archive, actor: Actor, record_id: str, first: datetime | None = None, last: datetime | None = None
) -> Readings:
    """Who read this record, by day, from an instant until before another. Level 2 and above and sensitive personal
    information are written down."""
    rules.require(actor, Action.SEE_LEDGER)
    with archive.read() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        found = tx.ledger.sought(subject_id=record_id, actions=READS, first=first, last=last, limit=READINGS_MAX)
        return replace(_readings(tx, actor, found), record=record)


def what_they_read(archive: Archive, actor: Actor, login: str, first: datetime, last: datetime) -> Readings:
    """What somebody read, by day and record; who it is by login name or id."""
    rules.require(actor, Action.SEE_LEDGER)
    with archive.read() as tx:
        person = tx.people.get(_person_id(tx, login))
        if person is None:
            raise NotFound(f"There is nobody with the login name {login!r}.", "no-such-login")
        found = tx.ledger.sought(actor=person.id, actions=READS, first=first, last=last, limit=READINGS_MAX)
        return _readings(tx, actor, found)


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who could see a record, and why."""

    person: Person
    find: tuple[Right, ...]
    read: tuple[Right, ...]


@dataclass(frozen=True, slots=True)
class Seers:
    """Who could see a record at an instant, and how secret it was then."""

    record: Record
    at: datetime
    known: bool
    """False when the record was not here yet."""
    seers: Sequence[Seer]


def who_could_see(archive: Archive, actor: Actor, record_id: str, at: datetime | None = None) -> Seers:
    """Who could find and read this record at that instant; now if none is given."""
    rules.require(actor, Action.SEE_ACCESS)
    at = at or archive.now()
    with archive.read() as tx:
        now = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        record = record_at(tx, now, at)
        if record is None:
            return Seers(now, at, False, ())
        seers: list[Seer] = []
        for somebody in tx.people.every():
            person = person_at(tx, somebody, at)
            if person is None or not person.active:
                continue
            then = actor_at(tx, person, at)
            find, read = (rules.rights(then, action, record) for action in (Action.FIND, Action.READ))
            if find:
                seers.append(Seer(person, find, read))
        return Seers(record, at, True, seers)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one person may see at an instant: how many records of each level, and by which rights."""

    person: Person
    at: datetime
    reach: Mapping[str, Mapping[int, int]]
    """find, read, download → level → how many filed records."""
    rules: Mapping[str, Sequence[str]]
    """find, read, download → the rules that open anything to them."""
    loans: Sequence[str]
    grants: Sequence[str]


def what_may_they_see(archive: Archive, actor: Actor, login: str) -> Seen:
    """What somebody may see today. Counts only: who oversees need not know titles above their own clearance."""
    rules.require(actor, Action.SEE_ACCESS)
    at = archive.now()
    with archive.read() as tx:
        account = tx.people.called(login)
        if account is None:
            raise NotFound(f"There is nobody with the login name {login!r}.", "no-such-login")
        person = account.person
        then = actor_at(tx, person, at) if person.active else replace(as_actor(person), roles=frozenset())
        actions = (Action.FIND, Action.READ, Action.DOWNLOAD)
        return Seen(
            person,
            at,
            {action: tx.records.by_level(rules.scope(then, action)) for action in actions},
            {action: rules.opening_rules(then, action) for action in actions},
            [loan.number for loan in tx.loans.of_borrower(person.id) if loan.open],
            [grant.id for grant in tx.grants.in_force(person.id, at)],
        )


RIGHTS = (
    "person.added", "person.opened", "person.changed", "person.deactivated", "grant.given", "grant.confirmed",
    "grant.ended", "delegation.given", "delegation.ended",
)  # fmt: skip
"""Events after which somebody may more, or less, than before."""
CHANGES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody may more or less from this line on. `before` and `after` are what an account was trusted with; both
    None for a grant or a delegation, of which `event` says what it opens."""

    event: Event
    before: Person | None
    after: Person | None


def rights_changes(
    archive: Archive, actor: Actor, first: datetime, last: datetime
) -> tuple[Sequence[Change], Mapping[str, str]]:
    """Whose rights changed from an instant until before another, oldest first, and the names of all concerned.

    Raises Invalid when there are more than can be told at once.
    """
    rules.require(actor, Action.SEE_ACCESS)
    with archive.read() as tx:
        found = tx.ledger.sought(actions=RIGHTS, first=first, last=last, limit=CHANGES_MAX + 1)
        if len(found) > CHANGES_MAX:
            raise Invalid("Rights changed too often in these days to be told at once: narrow them.", "too-many-changes")
        concerned = {event.subject_id for event in found}
        accounts = {one.id: one for one in tx.people.every() if one.id in concerned}
        lived = {person_id: tx.ledger.until("person", person_id, None) for person_id in accounts}
        changes: list[Change] = []
        for event in reversed(found):
            account = accounts.get(event.subject_id) if event.action.startswith("person.") else None
            if account is None:
                changes.append(Change(event, None, None))
                continue
            before, after = (
                _person_after([one for one in lived[account.id] if one.seq <= seq], account)
                for seq in (event.seq - 1, event.seq)
            )
            changes.append(Change(event, _open(before), _open(after)))
        return changes, tx.people.names(concerned | {one.event.actor for one in changes})


def _open(account: Person | None) -> Person | None:
    return account if account is not None and account.active else None


# ---- Folding ----


def actor_at(tx: Transaction, person: Person, at: datetime) -> Actor:
    """The actor somebody was at an instant, with the loans and grants that were open then."""
    return replace(
        as_actor(person),
        on_loan=tx.loans.read_at(person.id, at),
        openings=tuple(grant.opening for grant in tx.grants.in_force(person.id, at)),
    )


def person_at(tx: Transaction, now: Person, at: datetime) -> Person | None:
    """What somebody was trusted with at an instant; None if they were not here yet."""
    return _person_after(tx.ledger.until("person", now.id, at), now)


def _person_after(events: Sequence[Event], now: Person) -> Person | None:
    found: Person | None = None
    for event in events:
        said = event.payload
        if event.action in ("person.added", "person.opened", "person.changed"):
            found = replace(
                now,
                roles=_codes(said, "roles", now.roles),
                sites=_codes(said, "sites", now.sites),
                clearance=_number(said, "clearance", now.clearance),
                department=_text(said, "department", now.department),
                active=True,
            )
        elif event.action == "person.deactivated" and found is not None:
            found = replace(found, active=False)
    return found


def record_at(tx: Transaction, now: Record, at: datetime) -> Record | None:
    """How secret a record was at an instant, and whose; None if it was not here yet."""
    if at < now.captured_at:
        return None
    told = lives.life(event for event in tx.ledger.until("record", now.id, at))
    known = {one.name: getattr(told, one.name) for one in fields(told)}
    return replace(now, **{name: value for name, value in known.items() if value is not None})


def _codes(said: Mapping[str, object], name: str, default: frozenset[str]) -> frozenset[str]:
    value = said.get(name)
    return frozenset(str(one) for one in cast("list[object]", value)) if isinstance(value, list) else default


def _number(said: Mapping[str, object], name: str, default: int) -> int:
    value = said.get(name)
    return value if isinstance(value, int) else default


def _text(said: Mapping[str, object], name: str, default: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else default


# ---- Telling ----


def _person_id(tx: Transaction, said: str) -> str:
    account = tx.people.by_login(said)
    return account.person.id if account else said


def _told(tx: Transaction, actor: Actor, found: Sequence[Event], *, more: bool) -> Lines:
    about = [_ids_in(event) for event in found]
    hidden = _hidden(tx, actor, {one for ids in about for one in ids})
    withheld = frozenset(event.seq for event, ids in zip(found, about, strict=True) if ids & hidden)
    told = [_masked(event) if event.seq in withheld else event for event in found]
    named = sorted({event.actor for event in told} | {one for event in told for one in _ids_in(event)})
    titles, numbers = _titles(tx, actor, named), tx.called.numbers(named)
    people = tx.people.names(one for one in named if one not in titles and one not in numbers)
    return Lines(told, people, titles, more, numbers, _called(tx, told), withheld)


def _called(tx: Transaction, told: Sequence[Event]) -> Mapping[tuple[str, str], tuple[str, str]]:
    """What codes in these lines stand for, as far as they are no secret of a record: read where a line has some."""
    kinds = {event.action.partition(".")[0] for event in told}
    found = {("class", one.code): (one.name_zh, one.name_en) for one in tx.file_plan.every()}
    if "law" in kinds:
        found |= {("law", code): (one.law.name, one.law.name) for code, one in laws.known(tx).items()}
    if kinds & {"form", "record", "serial", "serials"}:
        found |= {("form", code): (one.form.name, one.form.name) for code, one in forms.known(tx).items()}
    if kinds & {"dossier", "checklist"}:
        kept = {code: one.checklist for code, one in checklists.known(tx).items()}
        found |= {("dossier", code): (one.name_zh, one.name_en) for code, one in kept.items()}
    for sheet, used in ((protections, {"room", "room-action"}), (validity, {"contract"}), (review_inputs, {"review"})):
        code = sheet.__name__.rpartition(".")[2]
        if kinds & used:
            found |= {(code, line["code"]): (line["zh"], line["en"]) for line in house_sheets.lines(tx, code)}
    return found


_ID = re.compile(r"(?<![0-9a-z])[0-9a-z]{16}(?![0-9a-z])")
_BATCH = 500


def _ids_in(event: Event) -> frozenset[str]:
    return frozenset(_ID.findall(f"{event.subject_id} {json.dumps(dict(event.payload), default=str)}"))


def _hidden(tx: Transaction, actor: Actor, ids: set[str]) -> frozenset[str]:
    """Those of these ids that are of a record or dossier which the actor may not find, or of what is about one."""
    hidden: set[str] = set()
    every, scope = sorted(ids), rules.scope(actor, Action.FIND)
    for start in range(0, len(every), _BATCH):
        behind = tx.records.behind(every[start : start + _BATCH])
        records = sorted({record for found in behind.values() for record in found})
        admitted: set[str] = set()
        for at in range(0, len(records), _BATCH):
            admitted |= tx.records.admitted(records[at : at + _BATCH], scope).keys()
        hidden |= {one for one, found in behind.items() if found - admitted}
        hidden |= tx.dossiers.hidden(every[start : start + _BATCH], scope)
    return frozenset(hidden)


def _masked(event: Event) -> Event:
    """That something happened, when, and by whom: a ledger with holes proves nothing. Not what it was about,
    nor where."""
    return replace(event, subject_id="", site="", payload={})


def _titles(tx: Transaction, actor: Actor, ids: Sequence[str]) -> Mapping[str, str]:
    admitted = tx.records.admitted(ids, rules.scope(actor, Action.FIND))
    return {record_id: record.title for record_id, record in admitted.items()}


@dataclass(slots=True)
class _Heap:
    """The readings of one person, record and day while they are counted."""

    first: datetime
    last: datetime
    times: int = 0
    pages: set[object] = field(default_factory=set[object])
    rights: set[str] = field(default_factory=set[str])


def _readings(tx: Transaction, actor: Actor, found: Sequence[Event]) -> Readings:
    heaps: dict[tuple[str, str, str], _Heap] = {}
    for event in found:
        key = (event.at.astimezone().strftime("%Y-%m-%d"), event.actor, event.subject_id)
        heap = heaps.setdefault(key, _Heap(event.at, event.at))
        heap.first, heap.last = min(heap.first, event.at), max(heap.last, event.at)
        heap.times += 1
        heap.pages.add((event.payload.get("component"), event.payload.get("page")))
        heap.rights.add(_text(event.payload, "right", "borrowed" if "loan" in event.payload else ""))
    readings = [
        Reading(
            day, who, what, heap.times, len(heap.pages), heap.first, heap.last, tuple(sorted(filter(None, heap.rights)))
        )
        for (day, who, what), heap in heaps.items()
    ]
    people = tx.people.names(one.person_id for one in readings)
    titles = _titles(tx, actor, list({one.record_id for one in readings}))
    readings = [one if one.record_id in titles else replace(one, record_id="") for one in readings]
    return Readings(readings, people, titles, len(found) == READINGS_MAX)


def a_day(at: datetime) -> tuple[datetime, datetime]:
    """The first instant of that day at the server, and of the next."""
    first = at.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return first, first + timedelta(days=1)
