"""Has destruction reached the backups? Every keystore of every place is read, and none may hold a key of what is gone.

This is stage 2 of a destruction certificate. The sealed bytes may still lie in a pack for a while; without a key they
are noise. Copies of a repository that somebody made elsewhere are not reached by anybody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.backups import keys, places
from archive.backups.repository import number_of, of, open_repository
from archive.config import BackupTarget
from archive.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Reached:
    """One place."""

    place: str
    clean: bool
    since: datetime | None
    """The moment of the oldest keystore there, when it is clean: what was gone by then can be opened from nowhere."""
    why: str = ""
    """Why it is not clean, or not known to be, in a sentence."""


def objects(archive: Archive, actor: Actor, digests: Collection[str]) -> Sequence[Reached]:
    """Whether any key of these objects (by the digests of their contents) is left in a place, for each place.

    An object that was captured again has a key again, and is not gone.
    """
    rules.require(actor, Action.SEE_BACKUPS)
    wanted = frozenset(bytes.fromhex(archive.objects.address(digest)) for digest in digests)
    return [_place(archive, place, wanted) for place in archive.settings.backup_targets]


def record(archive: Archive, actor: Actor, record_id: str) -> Sequence[Reached]:
    """The same for everything a record consists of, its texts included, as long as its components are known."""
    rules.require(actor, Action.SEE_BACKUPS)
    with archive.read() as tx:
        digests = tx.backups.digests_of(record_id)
    return objects(archive, actor, digests)


def since(reached: Sequence[Reached]) -> datetime | None:
    """From when on every place is clean; None while one is not."""
    moments = [one.since for one in reached if one.clean and one.since is not None]
    return max(moments, default=None) if len(moments) == len(reached) else None


def _place(archive: Archive, place: BackupTarget, wanted: frozenset[bytes]) -> Reached:
    try:
        repository = open_repository(places.opened(archive, place), keys.load(archive.settings.keys))
        sizes = repository.sizes()
        names = sorted(of(sizes, "keystores"))
        for name in names:
            left = sum(key.address in wanted for key in repository.keys(name))
            if left:
                return Reached(place.name, False, None, f"{name} still holds {left} of these keys.")
        moments = {
            number_of(name): datetime.fromisoformat(repository.snapshot(name).taken_at)
            for name in of(sizes, "snapshots")
        }
    except ArchiveError as error:
        return Reached(place.name, False, None, str(error))
    if not names:
        return Reached(place.name, False, None, "There is no keystore there; no backup was completed.")
    oldest = min(number_of(name) for name in names)
    moment = moments.get(oldest)
    return Reached(place.name, moment is not None, moment, "" if moment else "Its oldest keystore is of no snapshot.")
