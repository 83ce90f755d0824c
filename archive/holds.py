"""Holds 冻结: records that somebody may need in a dispute, an audit or an accident are not disposed of.

Many records under one hold, many holds on one record; a hold is asked about at the one place where content is
destroyed, inside the transaction (INV-04).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Record, new_id
from archive.tables import Transaction
from archive.tables.records import NO_SUCH_RECORD
from archive.tables.retention import Hold

REASON_MAX = 2000


@dataclass(frozen=True, slots=True)
class Shown:
    """A hold with those of its records that this person may find."""

    hold: Hold
    records: Sequence[Record]
    people: Mapping[str, str]


def place(archive: Archive, actor: Actor, ids: Sequence[str], reason: str) -> Hold:
    """Put a hold on records. Raises NotFound for one that may not be found: then on none."""
    rules.require(actor, Action.HOLD)
    if not ids:
        raise Invalid("A hold is put on records: name them.", "no-records")
    with archive.write() as tx:
        hold = begin(archive, tx, actor, new_id(), reason)
        cover(archive, tx, actor, hold, ids)
    return hold


def begin(archive: Archive, tx: Transaction, actor: Actor, hold_id: str, reason: str) -> Hold:
    """Within a transaction that puts it on a record: a hold with its number."""
    rules.require(actor, Action.HOLD)
    if not reason.strip():
        raise Invalid("Say why it is held: the dispute, the case, the audit.", "no-hold-reason")
    at = archive.now()
    year = at.astimezone().year
    number = f"DJ-{year}-{tx.counters.next(f'hold-{year}'):04}"
    hold = Hold(hold_id, number, reason.strip()[:REASON_MAX], at, actor.id)
    tx.retention.place(hold)
    return hold


def add(archive: Archive, actor: Actor, hold_id: str, ids: Sequence[str]) -> None:
    """Put more records under a hold that stands."""
    rules.require(actor, Action.HOLD)
    with archive.write() as tx:
        hold = tx.retention.hold(hold_id)
        cover(archive, tx, actor, hold, ids)


def release(archive: Archive, actor: Actor, hold_id: str, reason: str) -> None:
    """End a hold. Whoever placed it does not release it alone: a second person says that it is over."""
    rules.require(actor, Action.HOLD)
    if not reason.strip():
        raise Invalid("Say why the hold ends.", "no-hold-reason")
    with archive.write() as tx:
        hold = _standing(tx, hold_id)
        if hold.placed_by == actor.id:
            raise Conflict("Who placed a hold does not release it: somebody else does.", "own-hold")
        held = tx.retention.records_of_holds([hold_id])[hold_id]
        if not tx.records.admitted(held, rules.scope(actor, Action.FIND)):
            raise NotFound("There is no such hold.", "no-such-hold")
        tx.retention.release(hold_id, archive.now(), actor.id, reason.strip()[:REASON_MAX])
        tx.ledger.add(archive.now(), actor.id, "hold.released", "hold", hold_id, number=hold.number)


def every(archive: Archive, actor: Actor) -> Sequence[Shown]:
    """The holds that stand on anything this person may find, the newest first; released ones after."""
    rules.require(actor, Action.SEE_ARCHIVE)
    scope = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        every_hold = tx.retention.holds()
        under = tx.retention.records_of_holds([hold.id for hold in every_hold])
        found = tx.records.admitted(list({one for some in under.values() for one in some}), scope)
        names = tx.people.names({name for hold in every_hold for name in (hold.placed_by, hold.released_by)})
    shown = [Shown(hold, [found[one] for one in under[hold.id] if one in found], names) for hold in every_hold]
    return sorted((one for one in shown if one.records), key=lambda one: one.hold.released_at is not None)


def _standing(tx: Transaction, hold_id: str) -> Hold:
    hold = tx.retention.hold(hold_id)
    _require_standing(hold)
    return hold


def _require_standing(hold: Hold) -> None:
    if hold.released_at is not None:
        raise Conflict("This hold has been released.", "hold-released")


def cover(archive: Archive, tx: Transaction, actor: Actor, hold: Hold, ids: Sequence[str]) -> None:
    """Within a transaction: records come under a hold that stands. Raises NotFound for one that may not be found, and
    Conflict for a hold that was released: then none."""
    rules.require(actor, Action.HOLD)
    _require_standing(hold)
    wanted = list(dict.fromkeys(record_id.strip() for record_id in ids))
    found = tx.records.admitted(wanted, rules.scope(actor, Action.FIND))
    if len(found) < len(wanted):
        raise NotFound(NO_SUCH_RECORD)
    if any(record.lifecycle == "destroyed" for record in found.values()):
        raise Conflict("It has been destroyed: there is nothing to hold.", "is-destroyed")
    tx.retention.add_to_hold(hold.id, wanted, archive.now(), actor.id)
    for record_id in wanted:
        tx.ledger.add(
            archive.now(), actor.id, "hold.placed", "record", record_id, site=found[record_id].site, hold=hold.id,
            number=hold.number,
        )  # fmt: skip
