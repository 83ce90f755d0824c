"""The key ceremony: three people each take one share of the backup keys, in a session of their own, once.

Whoever begins it never sees a share but their own. Until it is taken, a share lies in the key folder, beside the very
keys that it opens: it gives nothing away that does not lie there already. After three days what was not taken is void.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.backups import escrow, keys, sheet, slots
from archive.backups.slots import COUNT, Slot
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Person
from archive.telling import tell

FILE_NAME = "ceremony.json"
LASTS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """One that was begun: who holds which share, and who has taken theirs."""

    slot: str
    began_at: datetime
    holders: Mapping[str, bool]
    """Person → has taken their share; in the order of the shares."""
    lapsed: bool

    @property
    def complete(self) -> bool:
        return all(self.holders.values())


def standing(archive: Archive, actor: Actor) -> Ceremony | None:
    """The last ceremony that was begun here; None if none was. Says nothing of any share."""
    rules.require(actor, Action.SEE_BACKUPS)
    return _standing(archive)


def waits_for(archive: Archive, actor: Actor) -> bool:
    """Has this person a share to take?"""
    rules.scope(actor, Action.FIND)
    found = _standing(archive)
    return found is not None and not found.lapsed and found.holders.get(actor.id) is False


def begin(archive: Archive, actor: Actor, logins: Sequence[str]) -> Ceremony:
    """Make three shares and tell the three people. One that was begun before and not ended is given up.

    Raises Invalid unless these are three people of the house with rights that somebody else gave them.
    """
    rules.require(actor, Action.RUN)
    with archive.read() as tx:
        accounts = [tx.people.by_login(login.strip()) for login in logins]
    holders = [account.person for account in accounts if account is not None and _fit(account.person)]
    if len({one.id for one in holders}) != COUNT:
        raise Invalid("Name three different people who have an account and a role here.", "three-holders")
    give_up(archive, actor)
    slot, shares = escrow.add_shares(archive, actor)
    _keep(archive, slot.id, archive.now(), {one.id: share for one, share in zip(holders, shares, strict=True)})
    with archive.write() as tx:
        tell(archive, tx, [one.id for one in holders], "share.waits", ("backup", slot.id))
    found = _standing(archive)
    assert found is not None
    return found


def take(archive: Archive, actor: Actor) -> bytes:
    """One's own share on a sheet, as PDF, once: it is kept nowhere afterwards. Raises NotFound when there is none."""
    rules.scope(actor, Action.FIND)
    found = _standing(archive)
    kept = _read(archive)
    share = kept["holders"].get(actor.id) if kept else None
    if kept is None or found is None or found.lapsed or not share:
        raise NotFound("There is no share to take.", "no-share")
    slot = _slot(archive, found.slot)
    about = head_of(archive, found.began_at)
    number = list(found.holders).index(actor.id) + 1
    content = sheet.pdf(about, slot, [share] * COUNT, only=number)
    # First the line: cut off behind it, the share is still here and was seen by nobody, and is taken with that line.
    with archive.write() as tx:
        _still_there(archive, found.slot, actor)
        if not tx.ledger.sought(subject_id=slot.id, actor=actor.id, action="backup-key.share-taken", limit=1):
            tx.ledger.add(archive.now(), actor.id, "backup-key.share-taken", "backup", slot.id, share=number)
    with archive.write():
        # Two who take theirs at the same moment write one after the other, each what the other left.
        holders = _still_there(archive, found.slot, actor)
        _keep(archive, found.slot, found.began_at, {**holders, actor.id: ""})
    return content


def head_of(archive: Archive, made_at: datetime) -> sheet.Sheet:
    """What every sheet with a share says of the archive whose keys it opens."""
    with archive.read() as tx:
        archive_id = tx.meta.get("archive") or ""
    return sheet.Sheet(
        company=archive.settings.company,
        archive=archive_id,
        checks=keys.load(archive.settings.keys).checks,
        made_on=made_at.astimezone().date().isoformat(),
        repositories=tuple(place.location for place in archive.settings.backup_targets),
    )


def give_up(archive: Archive, actor: Actor) -> None:
    """End a ceremony in which not every share was taken; what was taken of it opens nothing any more."""
    rules.require(actor, Action.RUN)
    found = _standing(archive)
    if found is None or found.complete:
        return
    if found.slot in {slot.id for slot in slots.every(archive.settings.keys)}:
        escrow.revoke(archive, actor, found.slot)
    (archive.settings.keys / FILE_NAME).unlink(missing_ok=True)


def _fit(person: Person) -> bool:
    return person.active and bool(person.roles) and not person.must_change_password


def _slot(archive: Archive, slot_id: str) -> Slot:
    found = next((slot for slot in slots.every(archive.settings.keys) if slot.id == slot_id), None)
    if found is None:
        raise Conflict("The shares of this ceremony open nothing any more; begin another.", "share-void")
    return found


def _still_there(archive: Archive, slot: str, actor: Actor) -> Mapping[str, str]:
    """The shares that lie here, if this person's is among them; raises NotFound."""
    kept = _read(archive)
    if kept is None or kept["slot"] != slot or not kept["holders"].get(actor.id):
        raise NotFound("There is no share to take.", "no-share")
    return kept["holders"]


def _standing(archive: Archive) -> Ceremony | None:
    kept = _read(archive)
    if not kept:
        return None
    began_at = datetime.fromisoformat(kept["began_at"])
    holders = {person: not share for person, share in kept["holders"].items()}
    void = kept["slot"] not in {slot.id for slot in slots.every(archive.settings.keys)}
    lapsed = void or (not all(holders.values()) and archive.now() - began_at > LASTS)
    return Ceremony(kept["slot"], began_at, holders, lapsed)


def _read(archive: Archive) -> dict[str, Any] | None:
    file = archive.settings.keys / FILE_NAME
    return json.loads(file.read_text("utf-8")) if file.exists() else None


def _keep(archive: Archive, slot: str, began_at: datetime, holders: Mapping[str, str]) -> None:
    """The shares in their order; an empty one was taken."""
    text = json.dumps({"slot": slot, "began_at": began_at.isoformat(), "holders": dict(holders)})
    keys.replace(archive.settings.keys / FILE_NAME, text)
