"""A live archive is put back to an earlier state: only when two people agreed who neither asked for it nor are one.

To restore is a way to undo: what was filed since, who was shut out since. So it takes a reason, two others, and a line
in the ledger of both states. The state of today is set aside, not removed.
"""

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from access import rules
from access.actors import Actor
from access.rules import Action, Denied
from archive import indexing
from archive.app import Archive, Clock, open_archive, utc_now
from archive.backups import keys, places, restore
from archive.backups.rebuilding import Restored
from archive.backups.repository import open_repository
from archive.errors import Conflict, Invalid, NotFound
from archive.model import new_id
from archive.store.local import sync_folder
from archive.tables import Transaction
from archive.tables.backups import WISH_DAYS, RestoreWish
from archive.telling import tell
from archive.threads import Progress


def wish(archive: Archive, actor: Actor, place: str, snapshot: str, reason: str) -> RestoreWish:
    """Ask that this archive be put back to a snapshot. Those who may agree are told."""
    rules.require(actor, Action.RUN)
    if not reason.strip():
        raise Invalid("Say why the archive is to be put back.", "reason-missing")
    where = places.named(archive, place)
    repository = open_repository(places.opened(archive, where), keys.load(archive.settings.keys))
    chosen = restore.chosen(repository, snapshot)
    asked = RestoreWish(new_id(), where.name, chosen.id, reason.strip(), actor.id, archive.now())
    with archive.write() as tx:
        tx.backups.wish(asked)
        people = [
            p.id for p in tx.people.holding(["final_approver", "security_officer", "auditor"]) if p.id != actor.id
        ]
        tell(archive, tx, people, "restore.asked", ("restore", asked.id))
        tx.ledger.add(archive.now(), actor.id, "restore.asked", "restore", asked.id, snapshot=chosen.id)
    return asked


def agree(archive: Archive, actor: Actor, wish_id: str) -> RestoreWish:
    """Agree; the second one who does opens the way. Raises Denied for whoever asked or has agreed already."""
    rules.require(actor, Action.AGREE_TO_RESTORE)
    with archive.write() as tx:
        asked = _open(tx, wish_id, archive.now())
        if actor.id in (asked.wished_by, asked.first_by, asked.second_by):
            raise Denied(
                Action.AGREE_TO_RESTORE, "second-person", "You have spoken on this already; somebody else has to agree."
            )
        if asked.second_by is not None:
            raise Conflict("Two people have agreed already.", "wish-ended")
        if asked.first_by is None:
            asked = replace(asked, first_by=actor.id, first_at=archive.now())
        else:
            asked = replace(asked, second_by=actor.id, second_at=archive.now())
        tx.backups.wish(asked)
        tx.ledger.add(archive.now(), actor.id, "restore.agreed", "restore", asked.id, snapshot=asked.snapshot)
    return asked


def refuse(archive: Archive, actor: Actor, wish_id: str) -> RestoreWish:
    """One is enough to refuse."""
    rules.require(actor, Action.AGREE_TO_RESTORE)
    with archive.write() as tx:
        asked = replace(_open(tx, wish_id, archive.now()), ended="refused", ended_by=actor.id, ended_at=archive.now())
        tx.backups.wish(asked)
        tx.ledger.add(archive.now(), actor.id, "restore.refused", "restore", asked.id, snapshot=asked.snapshot)
    return asked


def wishes(archive: Archive, actor: Actor) -> Sequence[RestoreWish]:
    """Every wish, the newest first."""
    rules.require(actor, Action.SEE_BACKUPS)
    with archive.read() as tx:
        return tx.backups.wishes()


def carry_out(
    home: Path, actor: Actor, wish_id: str, *, progress: Progress, now: Clock = utc_now
) -> tuple[Restored, Path]:
    """Put the archive at this home back; what was restored, and where the state of today was set aside.

    The wish is used up when everything lies there restored, not before: what was cut off or found damage is tried
    again. Raises Conflict unless two have agreed, for a wish that is too old, or while the service runs.
    """
    rules.require(actor, Action.RUN)
    home = home.expanduser().absolute()
    fresh = home.with_name(f"{home.name}.restored")
    # Nobody else may be at work on it: the writer of the index runs wherever the service does.
    with closing(open_archive(home, now=now)) as archive, indexing.writing(archive):
        with archive.write() as tx:
            asked = _open(tx, wish_id, now())
            if not asked.agreed:
                raise Conflict("Two people have to agree before the archive is put back.", "not-agreed")
            tx.ledger.add(now(), actor.id, "restore.begun", "restore", asked.id, snapshot=asked.snapshot)
        target = places.opened(archive, places.named(archive, asked.place))
        agreed_by = tuple(person for person in (asked.first_by, asked.second_by) if person)
        restored = restore.restore(
            target, home / "keys", fresh, snapshot=asked.snapshot, index=False, agreed_by=agreed_by, progress=progress
        )
        at = now()
        with archive.write() as tx:
            tx.backups.wish(replace(asked, ended="used", ended_by=actor.id, ended_at=at))
    aside = home.with_name(f"{home.name}.before-{at:%Y%m%d-%H%M%S}")
    os.rename(home, aside)
    os.rename(fresh, home)
    sync_folder(home.parent)
    return restored, aside


def _open(tx: Transaction, wish_id: str, at: datetime) -> RestoreWish:
    asked = next((one for one in tx.backups.wishes() if one.id == wish_id), None)
    if asked is None:
        raise NotFound("There is no such wish to restore.", "no-wish")
    if asked.ended:
        raise Conflict("This wish to restore has ended.", "wish-ended")
    if at > asked.lapses_at:
        raise Conflict(f"It was asked for more than {WISH_DAYS} days ago: ask again, and for agreement.", "wish-lapsed")
    return asked
