"""A tenant receives keys, gives them back or pays for them; a dossier is not closed while any is out (INV-27)."""

from collections.abc import Sequence
from dataclasses import dataclass

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import dossiers, naming
from archive.app import Archive
from archive.errors import Conflict, Invalid
from archive.model.dossiers import Dossier
from archive.model.room_keys import Balance, Move, What, balances

KEY_MAX, HOLDER_MAX, NOTE_MAX, NUMBER_MAX = 40, 100, 500, 1000


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted at a window: so many keys of one kind, and who signed for them."""

    what: str
    """issued, returned or compensated."""
    key: str
    number: int
    holder: str = ""
    note: str = ""
    """For what is paid for: the number of the receipt."""


def count(archive: Archive, actor: Actor, dossier_id: str, said: Counted) -> Balance:
    """Write down that keys were given out, came back or were paid for; how they stand now.

    Raises Invalid for what is incomplete, Conflict when more would come back than are out.
    """
    rules.require(actor, Action.KEEP_DOSSIERS)
    if said.what not in set(What):
        raise Invalid("Keys are issued, returned or compensated.", "no-such-move")
    what, key, holder, note = What(said.what), naming.clean(said.key), naming.clean(said.holder), said.note.strip()
    if len(holder) > HOLDER_MAX or len(note) > NOTE_MAX:
        raise Invalid("Who received the keys, or the receipt, is said in too many words: shorten it.", "keys-too-long")
    if not key or len(key) > KEY_MAX:
        raise Invalid("Say which key it is, in 40 characters at most.", "no-key")
    if not 1 <= said.number <= NUMBER_MAX:
        raise Invalid("Say how many keys, from 1 to 1,000.", "no-number")
    if what is What.ISSUED and not holder:
        raise Invalid("Say who received the keys and signed for them.", "no-holder")
    if what is What.COMPENSATED and not note:
        raise Invalid("Say how it was paid for: the number of the receipt.", "no-receipt")
    with archive.write() as tx:
        dossier = dossiers.open_for(tx, actor, dossier_id)
        lines = [one for one in tx.room_keys.of([dossier_id])[dossier_id] if one.key == key]
        at = archive.now()
        move = Move(dossier_id, key, len(lines) + 1, what, said.number, holder, note, at, actor.id)
        (balance,) = balances([*lines, move])
        if balance.outstanding < 0:
            raise Conflict("More keys would come back than are out: count again.", "keys-not-out")
        tx.room_keys.add(move, balance.outstanding)
        tx.ledger.add(
            at, actor.id, "dossier.keys-counted", "dossier", dossier_id, site=dossier.site, what=what,
            number=said.number, outstanding=balance.outstanding,
        )  # fmt: skip
        return balance


def lists(
    archive: Archive, actor: Actor, *, site: str = "", dossier: str = ""
) -> Sequence[tuple[Dossier, Sequence[Move]]]:
    """Keys of one dossier, or of every open one at a site where any were given out; those this person may read.

    Raises NotFound for a dossier there is not.
    """
    chosen = dossiers.named(archive, actor, dossier) if dossier else ""
    scope = rules.scope(actor, Action.READ)
    with archive.read() as tx:
        some = tx.dossiers.every(scope, site=site, closed=None if chosen else False)
        some = [one for one in some if chosen in ("", one.id)]
        moves = tx.room_keys.of([one.id for one in some])
    return [(one, moves[one.id]) for one in some if moves[one.id]]
