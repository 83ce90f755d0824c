"""Rights are given for a while: proposed by one, confirmed by another, ended, and emergencies reviewed.

What a grant opens it opens at the door (`acting.at_the_door`), decided with every request; here it is only written
down who gave it and why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from access import grants, rules
from access.actors import Actor, Role
from access.grants import Grant, Kind
from access.rules import Action
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.loan_steps import refuse
from archive.model import Person, checked_level, new_id
from archive.tables import Transaction
from archive.telling import day, tell

PURPOSE_MAX = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be opened. Empty sets of codes say: any. Instants as they are; None begins now."""

    level_max: int
    purpose: str
    ends_at: datetime
    starts_at: datetime | None = None
    pii_max: int = 0
    classes: frozenset[str] = field(default_factory=frozenset[str])
    sites: frozenset[str] = field(default_factory=frozenset[str])
    departments: frozenset[str] = field(default_factory=frozenset[str])


def give(archive: Archive, actor: Actor, login: str, wanted: Wanted) -> Grant:
    """Open something to somebody. From level 2 on it opens nothing before somebody else has confirmed it.

    Raises Conflict with the reason when the guards say no: nobody gives themselves anything (T6).
    """
    rules.require(actor, Action.GIVE_RIGHTS)
    with archive.write() as tx:
        holder = _holder(tx, login)
        grant = _made(archive, tx, Kind.GRANT, holder.id, actor.id, wanted)
        refuse(grants.why_not_give(actor, as_actor(holder), grant, archive.now()))
        tx.grants.add(grant)
        _log(archive, tx, actor.id, "grant.given", grant)
        if grant.waits:
            tell(archive, tx, _seconds(tx, grant), "grant.asked", ("grant", grant.id))
        else:
            _tell_holder(archive, tx, grant)
    return grant


def confirm(archive: Archive, actor: Actor, grant_id: str) -> Grant:
    """Be the second person of a grant or of an emergency."""
    rules.require(actor, Action.CONFIRM_RIGHTS)
    at = archive.now()
    with archive.write() as tx:
        before = tx.grants.get(grant_id)
        refuse(grants.why_not_confirm(actor, before, at))
        grant = replace(before, confirmed_by=actor.id, confirmed_at=at)
        tx.grants.save(grant, before)
        _log(archive, tx, actor.id, "grant.confirmed", grant)
        _tell_holder(archive, tx, grant)
        if grant.emergency:
            tell(archive, tx, _watchers(tx), "emergency.opened", ("grant", grant.id), until=day(grant.ends_at))
    return grant


def end(archive: Archive, actor: Actor, grant_id: str) -> Grant:
    """Refuse a grant that waits, or withdraw one before its time; the holder may give up their own."""
    at = archive.now()
    with archive.write() as tx:
        before = tx.grants.get(grant_id)
        if actor.id != before.person_id and not rules.may(actor, Action.CONFIRM_RIGHTS):
            rules.require(actor, Action.GIVE_RIGHTS)
        if before.ended_at is not None or before.ends_at <= at:
            raise Conflict("It has ended already.", "no-such-step")
        grant = replace(before, ended_by=actor.id, ended_at=at)
        tx.grants.save(grant, before)
        _log(archive, tx, actor.id, "grant.ended", grant)
        if actor.id != grant.person_id:
            tell(archive, tx, [grant.person_id], "grant.ended", ("grant", grant.id))
    return grant


def ask_emergency(archive: Archive, actor: Actor, wanted: Wanted) -> Grant:
    """Ask to be let in at once (break-glass): for hours, with a reason. It opens when a second person says yes.

    Security officer and auditor are told at once, and again when it is opened (INV-30).
    """
    rules.require(actor, Action.ASK_EMERGENCY)
    with archive.write() as tx:
        grant = _made(archive, tx, Kind.EMERGENCY, actor.id, actor.id, wanted)
        refuse(grants.why_not_ask(actor, grant, archive.now()))
        tx.grants.add(grant)
        _log(archive, tx, actor.id, "emergency.asked", grant)
        tell(archive, tx, {*_seconds(tx, grant), *_watchers(tx)} - {actor.id}, "emergency.asked", ("grant", grant.id))
    return grant


def review(archive: Archive, actor: Actor, grant_id: str, finding: str) -> Grant:
    """Say, after an emergency, whether what was read under it was in order. Until then it stays on the page."""
    rules.require(actor, Action.REVIEW_EMERGENCIES)
    at, finding = archive.now(), finding.strip()[:PURPOSE_MAX]
    if not finding:
        raise Invalid("Say what you found.", "no-finding")
    with archive.write() as tx:
        before = tx.grants.get(grant_id)
        refuse(grants.why_not_review(actor, before, at))
        grant = replace(before, reviewed_by=actor.id, reviewed_at=at, review=finding)
        tx.grants.save(grant, before)
        _log(archive, tx, actor.id, "emergency.reviewed", grant)
    return grant


@dataclass(frozen=True, slots=True)
class Board:
    """What is given and asked, as one person may see it; with the names of everybody in it."""

    waiting: Sequence[Grant]
    to_review: Sequence[Grant]
    grants: Sequence[Grant]
    people: Mapping[str, Person]


def board(archive: Archive, actor: Actor) -> Board:
    """All of it for those who give, confirm, review or oversee; their own for everybody else."""
    everything = any(rules.may(actor, duty) for duty in (Action.GIVE_RIGHTS, Action.CONFIRM_RIGHTS, Action.SEE_ACCESS))
    with archive.read() as tx:
        if everything:
            waiting, to_review, listed = tx.grants.waiting(), tx.grants.to_review(), tx.grants.listed()
        else:
            rules.require(actor, Action.ASK_EMERGENCY)
            waiting, to_review, listed = (), (), tx.grants.of(actor.id)
        return Board(waiting, to_review, listed, {person.id: person for person in tx.people.every()})


def overdue_reviews(archive: Archive) -> int:
    """Remind the auditors of emergencies that nobody has reviewed in time, once a day; how many there are."""
    at, count = archive.now(), 0
    with archive.read() as tx:
        late = [grant for grant in tx.grants.to_review() if grants.reviewed_by(grant) < at]
    for grant in late:
        with archive.write() as tx:
            today = at.replace(hour=0, minute=0, second=0, microsecond=0)
            if tx.reminders.claim(f"review/{grant.id}", today, 0, at):
                auditors = [person.id for person in tx.people.holding([Role.AUDITOR.value])]
                tell(archive, tx, auditors, "emergency.review-late", ("grant", grant.id))
        count += 1
    return count


def end_all_of(archive: Archive, tx: Transaction, by: str, person_id: str, *, above: int = -1) -> None:
    """Somebody leaves or loses clearance: what was given to them above this level ends with it."""
    at = archive.now()
    for before in tx.grants.of(person_id):
        if before.ended_at is None and before.ends_at > at and before.level_max > above:
            grant = replace(before, ended_by=by, ended_at=at)
            tx.grants.save(grant, before)
            _log(archive, tx, by, "grant.ended", grant)


def _made(archive: Archive, tx: Transaction, kind: Kind, holder: str, giver: str, wanted: Wanted) -> Grant:
    at = archive.now()
    if wanted.pii_max not in (0, 1, 2):
        raise Invalid("Personal information is 0, 1 or 2.")
    known = (
        (wanted.classes, {one.code for one in tx.file_plan.every()}, "class"),
        (wanted.sites, {one.code for one in tx.organisation.sites()}, "site"),
        (wanted.departments, {one.code for one in tx.organisation.departments()}, "department"),
    )
    for codes, there, what in known:
        if codes - there:
            raise Invalid(f"There is no {what} {min(codes - there)!r}.", f"no-such-{what}")
    return Grant(
        new_id(),
        kind,
        holder,
        checked_level(wanted.level_max),
        wanted.pii_max,
        wanted.purpose.strip()[:PURPOSE_MAX],
        wanted.starts_at or at,
        wanted.ends_at,
        giver,
        at,
        wanted.classes,
        wanted.sites,
        wanted.departments,
    )


def _log(archive: Archive, tx: Transaction, by: str, action: str, grant: Grant) -> None:
    tx.ledger.add(
        archive.now(),
        by,
        action,
        "person",
        grant.person_id,
        grant=grant.id,
        kind=grant.kind,
        level=grant.level_max,
        pii=grant.pii_max,
        classes=sorted(grant.classes),
        sites=sorted(grant.sites),
        departments=sorted(grant.departments),
        starts=grant.starts_at.isoformat(),
        ends=grant.ends_at.isoformat(),
    )


def _holder(tx: Transaction, login: str) -> Person:
    account = tx.people.called(login.strip())
    if account is None or not account.person.active:
        raise NotFound(f"There is nobody with the login name {login!r}.", "no-such-login")
    return account.person


def _seconds(tx: Transaction, grant: Grant) -> set[str]:
    """Who could be the second person."""
    found = tx.people.holding([Role.SECURITY_OFFICER.value, Role.FINAL_APPROVER.value])
    return {one.id for one in found if one.id not in (grant.person_id, grant.given_by)}


def _watchers(tx: Transaction) -> set[str]:
    return {one.id for one in tx.people.holding([Role.SECURITY_OFFICER.value, Role.AUDITOR.value])}


def _tell_holder(archive: Archive, tx: Transaction, grant: Grant) -> None:
    tell(archive, tx, [grant.person_id], "grant.opened", ("grant", grant.id), until=day(grant.ends_at))


def hours_from(at: datetime, hours: float) -> datetime:
    """The end of an emergency that begins now."""
    return at + timedelta(hours=min(max(hours, 0.0), 1000.0))
