"""Somebody waits for a paper that somebody else has, or that is at repair; first come, first served."""

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.errors import Conflict
from archive.loan_steps import addressee, next_in_line
from archive.model import new_id
from archive.tables.loans import Waiting


def reserve(archive: Archive, actor: Actor, record_id: str) -> int:
    """Wait for a paper that somebody else has, or that is at repair; the place in the queue, from 1."""
    with archive.write() as tx:
        tx.records.found(record_id, rules.scope(actor, Action.BORROW))
        holding = tx.loans.holding(record_id)
        if holding is None and not tx.repairs.away([record_id]):
            raise Conflict("It is free: apply for it.", "is-free")
        if holding is not None and actor.id == addressee(holding):
            raise Conflict("It is you who has it, or has asked for it.", "own-loan")
        waiting = Waiting(new_id(), record_id, actor.id, archive.now(), None)
        tx.loans.reserve(waiting)
        tx.ledger.add(archive.now(), actor.id, "reservation.made", "record", record_id, reservation=waiting.id)
        return len(tx.loans.waiting_for(record_id))


def give_up(archive: Archive, actor: Actor, record_id: str) -> None:
    """Wait no longer."""
    rules.scope(actor, Action.BORROW)
    with archive.write() as tx:
        for waiting in tx.loans.waiting_for(record_id):
            if waiting.person_id == actor.id:
                tx.loans.leave_queue(waiting.id, served=False)
                tx.ledger.add(archive.now(), actor.id, "reservation.given-up", "record", record_id)
                if tx.loans.holding(record_id) is None:
                    next_in_line(archive, tx, record_id)
