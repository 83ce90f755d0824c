"""A level is lowered: proposed by one, agreed to by another, done on its day or after its event (INV-18).

This is the only place where the level of a filed record, or what it holds of personal information, goes down.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from access import declassification, rules
from access.actors import SERVICE, Actor, Role
from access.declassification import Proposal
from access.rules import Action
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict, NotFound
from archive.loan_steps import refuse
from archive.model import KEPT, Record, checked_level, new_id
from archive.tables import Transaction
from archive.telling import tell

REASON_MAX = 2000

log = logging.getLogger("muniment.declassifying")


@dataclass(frozen=True, slots=True)
class Lowering:
    """What is proposed. A day or an event, one of them; None keeps what the record has."""

    level: int
    reason: str
    due_on: date | None = None
    event: str = ""
    pii: int | None = None


def propose(archive: Archive, actor: Actor, record_id: str, lowering: Lowering) -> Proposal:
    """Propose that a record becomes less secret. Raises NotFound, Denied, or Conflict when one runs already."""
    with archive.write() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        rules.require(actor, Action.DECLASSIFY, record)
        proposal = Proposal(
            new_id(),
            record.id,
            record.level,
            checked_level(lowering.level),
            record.pii,
            record.pii if lowering.pii is None else lowering.pii,
            lowering.reason.strip()[:REASON_MAX],
            lowering.due_on,
            lowering.event.strip()[:REASON_MAX],
            actor.id,
            archive.now(),
        )
        refuse(declassification.why_not_propose(proposal))
        tx.declassifications.add(proposal)
        _log(archive, tx, actor.id, "declassification.proposed", proposal, record)
        tell(archive, tx, _seconds(tx, record, proposal), "lowering.asked", ("record", record.id))
    return proposal


def decide(archive: Archive, actor: Actor, proposal_id: str, *, yes: bool, remark: str = "") -> Proposal:
    """Be the second person: agree or refuse. Agreed and already due, it is done at once."""
    at, remark = archive.now(), remark.strip()[:REASON_MAX]
    with archive.write() as tx:
        before, record = _seen(tx, actor, proposal_id)
        rules.require(actor, Action.AGREE_TO_DECLASSIFY, record)
        refuse(declassification.why_not_decide(actor, before))
        if not yes and not remark:
            raise Conflict("Say why: whoever proposed it reads it.", "no-reason")
        proposal = replace(
            before, decision="agreed" if yes else "refused", decided_by=actor.id, decided_at=at, remark=remark
        )
        tx.declassifications.save(proposal, before)
        _log(archive, tx, actor.id, "declassification.agreed" if yes else "declassification.refused", proposal, record)
        tell(archive, tx, [proposal.proposed_by], "lowering.decided", ("record", record.id))
        return _done_if_ripe(archive, tx, actor.id, proposal)


def has_happened(archive: Archive, actor: Actor, proposal_id: str) -> Proposal:
    """Say that the event has happened that an agreed proposal waits for: the level goes down."""
    with archive.write() as tx:
        before, record = _seen(tx, actor, proposal_id)
        rules.require(actor, Action.DECLASSIFY, record)
        if not before.waits or before.due_on is not None or before.happened_by:
            raise Conflict("This waits for no event.", "no-such-step")
        proposal = replace(before, happened_by=actor.id)
        tx.declassifications.save(proposal, before)
        _log(archive, tx, actor.id, "declassification.event", proposal, record)
        return _done_if_ripe(archive, tx, actor.id, proposal)


def sweep(archive: Archive) -> int:
    """Do what has become due; how many. Safe to repeat. What is being handed over is done when that is finished."""
    with archive.read() as tx:
        ripe = [proposal for proposal in tx.declassifications.running() if proposal.ripe(_today(archive))]
    done = 0
    for proposal in ripe:
        try:
            with archive.write() as tx:
                _done_if_ripe(archive, tx, SERVICE.id, tx.declassifications.get(proposal.id))
        except Conflict as refused:
            log.info("lowering the level of record %s waits: %s", proposal.record_id, refused.code)
        else:
            done += 1
    return done


@dataclass(frozen=True, slots=True)
class Entry:
    """A proposal with its record, and whether this actor may be the second person or report the event."""

    proposal: Proposal
    record: Record
    may_decide: bool
    may_report: bool


@dataclass(frozen=True, slots=True)
class Board:
    entries: Sequence[Entry]
    names: Mapping[str, str]


def board(archive: Archive, actor: Actor) -> Board:
    """What is proposed or waits, of the records this actor may propose or decide about."""
    scopes = [rules.scope(actor, action) for action in (Action.DECLASSIFY, Action.AGREE_TO_DECLASSIFY)]
    scope = rules.Scope(tuple(clause for one in scopes for clause in one.clauses))
    with archive.read() as tx:
        running = tx.declassifications.running(scope)
        records = tx.records.many([one.record_id for one in running])
        return Board([_entry(actor, one, records[one.record_id]) for one in running], _names(tx, running))


def of_record(archive: Archive, actor: Actor, record_id: str) -> Board:
    """What was ever proposed about one record, for those who may propose it."""
    with archive.read() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        if not rules.scope(actor, Action.DECLASSIFY).admits(record):
            return Board((), {})
        found = tx.declassifications.of(record_id)
        return Board([_entry(actor, one, record) for one in found], _names(tx, found))


def _entry(actor: Actor, proposal: Proposal, record: Record) -> Entry:
    second = rules.scope(actor, Action.AGREE_TO_DECLASSIFY).admits(record)
    may_decide = second and declassification.why_not_decide(actor, proposal) is None
    may_report = proposal.waits and not proposal.due_on and rules.scope(actor, Action.DECLASSIFY).admits(record)
    return Entry(proposal, record, may_decide, may_report)


def _names(tx: Transaction, proposals: Sequence[Proposal]) -> Mapping[str, str]:
    return tx.people.names(who for one in proposals for who in (one.proposed_by, one.decided_by, one.happened_by))


def _seen(tx: Transaction, actor: Actor, proposal_id: str) -> tuple[Proposal, Record]:
    """The proposal, if its record may be found: a hidden record has no proposals."""
    proposal = tx.declassifications.get(proposal_id)
    try:
        return proposal, tx.records.found(proposal.record_id, rules.scope(actor, Action.FIND))
    except NotFound:
        raise NotFound("There is no such proposal.") from None


def _done_if_ripe(archive: Archive, tx: Transaction, by: str, proposal: Proposal) -> Proposal:
    """Lower the level, if it is time, and if the record still is what was agreed about."""
    if not proposal.ripe(_today(archive)):
        return proposal
    record = tx.records.get(proposal.record_id)
    if (record.level, record.pii) != (proposal.level_from, proposal.pii_from) or record.lifecycle not in KEPT:
        fresh = replace(proposal, void=True)
        tx.declassifications.save(fresh, proposal)
        _log(archive, tx, by, "declassification.void", fresh, record)
        tell(archive, tx, [proposal.proposed_by], "lowering.void", ("record", record.id))
        return fresh
    tx.records.change(replace(record, level=proposal.level_to, pii=proposal.pii_to))
    tx.index_queue.add(record.id, archive.now())
    fresh = replace(proposal, done_at=archive.now())
    tx.declassifications.save(fresh, proposal)
    tx.ledger.add(
        archive.now(),
        by,
        "record.declassified",
        "record",
        record.id,
        site=record.site,
        proposal=proposal.id,
        level=proposal.level_to,
        pii=proposal.pii_to,
        before=[proposal.level_from, proposal.pii_from],
    )
    return fresh


def _log(archive: Archive, tx: Transaction, by: str, action: str, proposal: Proposal, record: Record) -> None:
    tx.ledger.add(
        archive.now(),
        by,
        action,
        "record",
        record.id,
        site=record.site,
        proposal=proposal.id,
        to=[proposal.level_to, proposal.pii_to],
        due=proposal.due_on.isoformat() if proposal.due_on else "",
    )


def _seconds(tx: Transaction, record: Record, proposal: Proposal) -> list[str]:
    """Who could be the second person."""
    holding = tx.people.holding(role.value for role in (Role.CLASS_OWNER, Role.SECURITY_OFFICER, Role.FINAL_APPROVER))
    return [
        person.id
        for person in holding
        if person.id != proposal.proposed_by
        and rules.scope(as_actor(person), Action.AGREE_TO_DECLASSIFY).admits(record)
    ]


def _today(archive: Archive) -> date:
    return archive.now().astimezone().date()
