"""A handover is planned, its list is written down and frozen, or it is given up.

Counting is `handover_counting`, signing and the change itself `handover_signing`; who keeps what is `custody`, what
is looked at `handover_desk`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from access import handovers, rules
from access.actors import Actor, Role
from access.handovers import (
    THINGS,
    Carrier,
    Event,
    Handover,
    Kind,
    Line,
    Outside,
    Part,
    Party,
    State,
)
from access.loans import OUT
from access.rules import Action, Denied
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict, Invalid
from archive.handover_steps import is_giver, people_of, step, taking_part, tell_all, treats
from archive.loan_steps import addressee, refuse
from archive.model import KEPT, new_id
from archive.naming import clean
from archive.tables import Transaction
from archive.telling import tell

REASON_MAX = 2000


LINES_MAX = 50_000
DAYS = 7
"""How long a handover should take, unless another day is said."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be handed over, and who takes part. People are named by login name."""

    kind: Kind
    giver: str = ""
    receiver: str = ""
    supervisor: str = ""
    witness: str = ""
    approver: str = ""
    outside: Outside | None = None
    giver_absent: bool = False
    site: str = ""
    class_code: str = ""
    department: str = ""
    location: str = ""
    rights_end: bool = True
    reason: str = ""
    due_on: date | None = None


def plans_without_giver(actor: Actor) -> bool:
    """May this person plan a handover whose giver cannot be there?"""
    answers = actor.roles & {Role.FINAL_APPROVER, Role.SECURITY_OFFICER}
    return rules.may(actor, Action.PLAN_HANDOVER) and bool(answers)


def plan(archive: Archive, actor: Actor, wanted: Plan) -> Handover:
    """Plan a handover. For an absent giver only somebody who answers for the company does that.

    Raises Invalid for people who may not take part, Conflict for what is not possible.
    """
    rules.require(actor, Action.PLAN_HANDOVER)
    if wanted.giver_absent and not plans_without_giver(actor):
        raise Denied(
            Action.PLAN_HANDOVER,
            "giver-absent",
            "A handover without its giver is planned by the final approver or the security officer.",
        )
    with archive.write() as tx:
        at = archive.now()
        parties, known = _parties(tx, wanted)
        refuse(handovers.why_not_parties(wanted.kind, parties, known, giver_absent=wanted.giver_absent))
        giver = next((party.person_id for party in parties if party.part is Part.GIVER), "")
        department = wanted.department or (known[giver].department if wanted.kind is Kind.ACCESSION else "")
        if wanted.site and wanted.site not in {site.code for site in tx.organisation.sites()}:
            raise Invalid(f"There is no site {wanted.site!r}.", "no-such-site")
        if wanted.kind is Kind.ACCESSION and not department:
            raise Invalid("Say which department hands its records in.", "no-department")
        year = at.astimezone().year
        handover = Handover(
            id=new_id(),
            number=f"YJ-{year}-{tx.counters.next(f'handover-{year}'):04}",
            kind=wanted.kind,
            state=State.PLANNED,
            giver_absent=wanted.giver_absent,
            parties=tuple(sorted(parties, key=lambda party: party.part)),
            site=wanted.site,
            class_code=clean(wanted.class_code),
            department=department,
            location=clean(wanted.location),
            rights_end=wanted.rights_end and wanted.kind is Kind.CUSTODIAN,
            reason=wanted.reason.strip()[:REASON_MAX],
            planned_by=actor.id,
            planned_at=at,
            due_on=wanted.due_on or (at.astimezone() + timedelta(days=DAYS)).date(),
        )
        tx.handovers.add(handover)
        tx.ledger.add(
            at,
            actor.id,
            "handover.planned",
            "handover",
            handover.id,
            site=handover.site,
            kind=handover.kind,
            parties={party.part: party.person_id or "outside" for party in handover.parties},
            absent=handover.giver_absent,
            rights_end=handover.rights_end,
        )
        tell_all(archive, tx, handover, "handover.planned", but=actor.id)
        return handover


def _parties(tx: Transaction, wanted: Plan) -> tuple[list[Party], dict[str, Actor]]:
    parties: list[Party] = []
    known: dict[str, Actor] = {}
    named = {
        Part.GIVER: wanted.giver,
        Part.RECEIVER: wanted.receiver,
        Part.SUPERVISOR: wanted.supervisor,
        Part.WITNESS: wanted.witness if wanted.giver_absent else "",
        Part.APPROVER: wanted.approver if wanted.giver_absent else "",
    }
    for part, login in named.items():
        if wanted.outside is not None and handovers.OUTSIDE.get(wanted.kind) is part:
            outside = Outside(
                *(clean(one) for one in (wanted.outside.name, wanted.outside.organisation, wanted.outside.letter))
            )
            parties.append(Party(part, outside=outside))
            continue
        account = tx.people.called(login.strip()) if login.strip() else None
        if account is None:
            if login.strip():
                raise Invalid("There is nobody of that name who could take part.", "no-such-party")
            continue
        person = account.person
        parties.append(Party(part, person.id))
        if person.active:
            known[person.id] = as_actor(person)
    return parties, known


# ---- The list ----


def add_line(
    archive: Archive, actor: Actor, handover_id: str, title: str, *, thing: str = "", pieces: int = 0, number: str = ""
) -> Line:
    """Put something on the list that is no record of ours: a key, a password, a seal; or what an outsider brings.

    Before it is frozen, and only there: afterwards what turns up is surplus.
    """
    rules.require(actor, Action.TAKE_PART)
    title = clean(title)[:500]
    if not title:
        raise Invalid("Say what it is.", "no-title")
    if thing and thing not in THINGS:
        raise Invalid(f"It is one of: {', '.join(THINGS)}.", "no-such-thing")
    if not 0 <= pieces <= 100_000:
        raise Invalid("Count the pages.", "no-pages")
    with archive.write() as tx:
        handover = taking_part(tx, actor, handover_id)
        if handover.state is not State.PLANNED:
            raise Conflict("The list is frozen: what turns up now is surplus.", "already-frozen")
        if not thing and handover.kind not in (Kind.TAKEOVER, Kind.ACCESSION):
            raise Invalid(
                "Records come on the list by themselves; add keys, passwords, seals and equipment.", "no-such-thing"
            )
        line = Line(
            position=tx.handovers.next_position(handover_id),
            carrier=Carrier.THING if thing else Carrier.PAPER,
            title=title,
            number=clean(number)[:100],
            site=handover.site,
            thing=thing,
            pieces=pieces,
        )
        tx.handovers.add_lines(handover, [line])
        tx.ledger.add(
            archive.now(), actor.id, "handover.listed", "handover", handover_id, site=handover.site, line=line.position
        )
        return line


def remove_line(archive: Archive, actor: Actor, handover_id: str, position: int) -> None:
    """Take something off the list again, before it is frozen."""
    rules.require(actor, Action.TAKE_PART)
    with archive.write() as tx:
        handover = taking_part(tx, actor, handover_id)
        line = tx.handovers.line(handover_id, position)
        if handover.state is not State.PLANNED or line.record_id:
            raise Conflict("The list is frozen: what is not there is missing.", "already-frozen")
        tx.handovers.remove_line(handover_id, position)
        tx.ledger.add(
            archive.now(), actor.id, "handover.unlisted", "handover", handover_id, site=handover.site, line=position
        )


def freeze(archive: Archive, actor: Actor, handover_id: str) -> Handover:
    """Write the list down and freeze what is on it: no new loan, no move, no edit, until it is completed (INV-13).

    By whom the records are with (`handovers.freezes`): the list names them to everybody who takes part, whom somebody
    else may have chosen. Who borrowed or treats a paper is asked to confirm it; files are compared with their digests
    by a job.
    """
    rules.require(actor, Action.TAKE_PART)
    with archive.write() as tx:
        handover = taking_part(tx, actor, handover_id)
        whose = handovers.freezes(handover.kind, giver_absent=handover.giver_absent)
        if whose not in handover.parts_of(actor.id):
            raise Denied(
                Action.TAKE_PART,
                "not-yours-to-freeze",
                f"The {whose} freezes the list: it shows what they keep to everybody who takes part. Ask them.",
            )
        at = archive.now()
        own = tx.handovers.lines(handover_id)
        listed = _listed(tx, handover)
        if len(listed) > LINES_MAX:
            raise Invalid(f"A handover has at most {LINES_MAX} records: divide it.", "too-many-lines")
        tx.handovers.freeze(handover_id, listed)
        tx.handovers.write_down(handover, max((line.position for line in own), default=0) + 1)
        tx.handovers.freeze(handover_id, {one.record_id for one in own} - {""})
        lines = tx.handovers.counts([handover_id])[handover_id]["all"]
        if not lines:
            raise Conflict("There is nothing to hand over.", "nothing-to-hand-over")
        highest = tx.handovers.highest_level(handover_id)
        for person in people_of(tx, handover):
            if person.clearance < highest and not (handover.giver_absent and is_giver(handover, person)):
                raise Conflict("Somebody who has to sign is not cleared for everything on the list.", "party-clearance")
        fresh = step(archive, tx, actor.id, handover, Event.FREEZE, lines=lines)
        out = {line.loan for line in tx.handovers.on_loan(handover_id)}
        for loan in tx.loans.with_items_in(OUT) if out else ():
            if loan.number in out:
                tell(archive, tx, [addressee(loan)], "handover.confirm", ("handover", handover_id), number=loan.number)
        for case in tx.repairs.running() if out else ():
            treater = tx.people.get(case.treated_by) if case.number in out and case.treated_by else None
            if treater is not None and treats(tx, as_actor(treater), case):
                tell(archive, tx, [treater.id], "handover.confirm", ("handover", handover_id), number=case.number)
        tx.jobs.add(at, "check-handover", handover=handover_id)
        tell_all(archive, tx, handover, "handover.frozen", but=actor.id)
        return fresh


def _listed(tx: Transaction, handover: Handover) -> Sequence[str]:
    """The records that change hands."""
    if handover.kind is Kind.TAKEOVER:
        return ()
    receiver, giver = handover.party(Part.RECEIVER), handover.party(Part.GIVER)
    keeper = receiver if handover.kind is Kind.ACCESSION else giver
    assert keeper is not None
    person = tx.people.get(keeper.person_id)
    assert person is not None
    return tx.custody.listed(
        rules.scope(as_actor(person), Action.HAND_OUT),
        {*KEPT, "captured"} if handover.kind is Kind.ACCESSION else KEPT,
        keeper_id=giver.person_id if giver else "",
        site=handover.site,
        class_code=handover.class_code,
        department=handover.department,
        location=handover.location,
    )


def cancel(archive: Archive, actor: Actor, handover_id: str, reason: str) -> Handover:
    """Give a handover up: nothing is frozen any more, everything stays with whom it was."""
    rules.require(actor, Action.TAKE_PART)
    if not reason.strip():
        raise Invalid("Say why it is given up.", "no-reason")
    with archive.write() as tx:
        handover = taking_part(tx, actor, handover_id)
        early = handover.state is State.PLANNED and actor.id == handover.planned_by
        if not early and not handover.parts_of(actor.id) & {Part.SUPERVISOR, Part.APPROVER}:
            raise Denied(Action.TAKE_PART, "not-your-part", "Once it is frozen the supervisor gives it up.")
        tx.handovers.void_signatures(handover_id, archive.now())
        fresh = step(archive, tx, actor.id, replace(handover, ended_reason=reason.strip()[:REASON_MAX]), Event.CANCEL)
        tell_all(archive, tx, handover, "handover.cancelled", but=actor.id)
        return fresh
