"""冻结: one hold is put on many records; who placed it does not release it, so it is not undone here either."""

from collections.abc import Mapping

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import holds
from archive.app import Archive
from archive.errors import Invalid, NotFound
from archive.model import Record, new_id
from archive.tables import Transaction
from archive.tables.selections import Changes


def may(actor: Actor) -> bool:
    return rules.may(actor, Action.HOLD)


def checked(tx: Transaction, actor: Actor, said: Mapping[str, str]) -> Mapping[str, str]:
    """`reason`: the dispute, the case, the audit."""
    del tx
    rules.require(actor, Action.HOLD)
    reason = said.get("reason", "").strip()
    if not reason:
        raise Invalid("Say why it is held: the dispute, the case, the audit.", "no-hold-reason")
    return {"reason": reason[: holds.REASON_MAX], "hold": new_id()}


def do(
    archive: Archive, tx: Transaction, actor: Actor, record: Record, said: Mapping[str, str], selection: str
) -> Changes | None:
    """The first record that comes under it makes the hold: there is none without records."""
    del selection
    try:
        hold = tx.retention.hold(said["hold"])
    except NotFound:
        hold = holds.begin(archive, tx, actor, said["hold"], said["reason"])
    holds.cover(archive, tx, actor, hold, [record.id])
    return {"hold": ("", hold.number)}
