"""A handover moves: lines are saved, its state follows from them, signatures are void. In somebody's transaction.

The use cases around it, and those in which a frozen paper comes back, ask the rules; here the machine moves.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from access import handovers, rules
from access.actors import Actor
from access.handovers import ENDED, FREEZING, Carrier, Event, Found, Handover, Line, Part, State
from access.loans import Refusal
from access.rules import Action
from archive.app import Archive
from archive.errors import Conflict, NotFound
from archive.model import Person
from archive.model.repairs import Repair
from archive.tables import Transaction
from archive.tables.handovers import NO_SUCH_HANDOVER
from archive.telling import tell

DONE = {
    Event.FREEZE: "handover.frozen",
    Event.SEAL: "handover.sealed",
    Event.COMPLETE: "handover.completed",
    Event.CANCEL: "handover.cancelled",
}
"""What the ledger calls the steps that are deeds of their own; the others follow from a line that was saved."""


def treats(tx: Transaction, actor: Actor, case: Repair) -> bool:
    """Does this person treat a paper of which they may know? Its record may have become stricter since."""
    mine = case.treated_by == actor.id
    return mine and bool(tx.records.admitted([case.record_id], rules.scope(actor, Action.FIND)))


def step(archive: Archive, tx: Transaction, by: str, handover: Handover, event: Event, /, **said: Any) -> Handover:
    """Take it through one step. Raises Conflict if the machine has no such step."""
    reached = handovers.after(handover.state, event)
    if isinstance(reached, Refusal):
        raise Conflict(reached.sentence, reached.code)
    at = archive.now()
    changes: dict[str, Any] = {"state": reached}
    if event is Event.FREEZE:
        changes["frozen_at"] = at
    if event is Event.COMPLETE:
        changes["completed_at"] = at
    fresh = replace(handover, **changes)
    tx.handovers.save(fresh, handover.state)
    if event in DONE:
        tx.ledger.add(at, by, DONE[event], "handover", handover.id, site=handover.site, **said)
    if reached in ENDED:
        tx.handovers.thaw(handover.id)
    return fresh


def save_line(archive: Archive, tx: Transaction, by: str, handover: Handover, line: Line) -> Handover:
    """Save a line and let everything follow that hangs on it."""
    tx.handovers.save_line(handover, line)
    return changed(archive, tx, by, handover)


def changed(archive: Archive, tx: Transaction, by: str, handover: Handover) -> Handover:
    """Some line has changed: no signature holds any more, and the handover stands where its lines say."""
    signed = tx.handovers.void_signatures(handover.id, archive.now())
    if signed:
        tx.ledger.add(
            archive.now(), by, "handover.signatures-void", "handover", handover.id, site=handover.site, were=len(signed)
        )
        tell(archive, tx, signed, "handover.void", ("handover", handover.id), number=handover.number)
    if handover.state is State.PLANNED:
        return handover
    uncounted, unexplained = tx.handovers.unsettled(handover.id)
    event = handovers.standing(uncounted=uncounted, unexplained=unexplained)
    before, fresh = handover.state, step(archive, tx, by, handover, event)
    if fresh.state is State.RECONCILED and before is not State.RECONCILED:
        first = fresh.signers[0]
        tell_to_sign(archive, tx, fresh, handovers.who_signs_for(first, fresh.parties))
    return fresh


def tell_to_sign(archive: Archive, tx: Transaction, handover: Handover, person_id: str) -> None:
    tell(archive, tx, [person_id], "handover.sign", ("handover", handover.id), number=handover.number)


def paper_moved(archive: Archive, tx: Transaction, by: str, record_id: str, *, out: str = "") -> None:
    """A frozen paper came back, or is lost: it is on loan no longer, and is counted anew. So is one that was lost at
    repair and is found: `out` is the number of its case."""
    handover = tx.handovers.frozen_by(record_id)
    if handover is None or handover.state not in FREEZING:
        return
    line = tx.handovers.line_of(handover.id, record_id, Carrier.PAPER)
    if line is None or line.loan == out:
        return
    fresh = replace(line, loan=out, confirmed=False)
    if out or line.found is Found.ON_LOAN:
        fresh = replace(fresh, found=None, counted_by="", counted_at=None, explanation="", owner_id="", settle_by=None)
    tx.ledger.add(
        archive.now(), by, "handover.paper-moved", "handover", handover.id, site=handover.site, line=line.position
    )
    save_line(archive, tx, by, handover, fresh)


def tell_all(archive: Archive, tx: Transaction, handover: Handover, kind: str, *, but: str = "") -> None:
    """Everybody who takes part is told, except whoever did it."""
    tell(archive, tx, ours(handover) - {but}, kind, ("handover", handover.id), number=handover.number)


# ---- Who takes part ----


def ours(handover: Handover) -> set[str]:
    return {party.person_id for party in handover.parties if party.person_id}


def people_of(tx: Transaction, handover: Handover) -> Sequence[Person]:
    found = [tx.people.get(person_id) for person_id in sorted(ours(handover))]
    return [person for person in found if person is not None]


def is_giver(handover: Handover, person: Person) -> bool:
    return Part.GIVER in handover.parts_of(person.id)


def taking_part(tx: Transaction, somebody: Actor, handover_id: str) -> Handover:
    """The handover, for who plays a part in it or planned it; for everybody else there is none."""
    handover = tx.handovers.get(handover_id)
    if not handover.parts_of(somebody.id) and somebody.id != handover.planned_by:
        raise NotFound(NO_SUCH_HANDOVER)
    return handover


def frozen(handover: Handover) -> Handover:
    if handover.state not in FREEZING:
        raise Conflict("Freeze the list first.", "not-frozen")
    return handover
