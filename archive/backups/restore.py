"""An archive comes back from its backup: authenticated byte by byte, the keys put in place last.

It needs the repository and the key folder, nothing else. Cut off, it can be done again; until its end the new home
does not pass for an archive.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from access.actors import OPERATOR
from archive import anchoring, config, indexing, keyring
from archive.app import Archive, Clock, utc_now
from archive.backups import keys
from archive.backups.rebuilding import MARK, Rebuilding, Restored
from archive.backups.repository import Repository, Snapshot, of, open_repository
from archive.backups.targets import Target
from archive.errors import Misconfigured, NotFound
from archive.threads import Progress, silent

__all__ = ["MARK", "Restored", "restore"]


def restore(
    target: Target,
    keys_folder: Path,
    home: Path,
    *,
    snapshot: str = "",
    index: bool = True,
    scratch: bool = False,
    agreed_by: Sequence[str] = (),
    anchors: Sequence[Path] = (),
    now: Clock = utc_now,
    progress: Progress = silent,
) -> Restored:
    """Restore the newest snapshot, or the one whose id or number is given, into an empty or new folder.

    What was destroyed since stays destroyed; holds, and people who have left, are as the newest snapshot says. The
    ledger is held against every anchor the newest snapshot knows, and against those in the files `anchors`.
    Without `index`, the service builds the search index when it is started. A `scratch` copy keeps silent whatever
    its settings say: no message leaves it, nothing comes round. `agreed_by` are those who agreed that it replaces a
    live archive. Raises Invalid when the folder is
    not empty, Misconfigured for a wrong key or place, Corrupt naming what is damaged, OutOfSpace.
    """
    began = time.monotonic()
    home = home.expanduser().absolute()
    master = keyring.load(keys_folder)
    repository = open_repository(target, keys.load(keys_folder))
    with target.lock(exclusive=False):
        restoring = Rebuilding(repository, master, keys_folder, home, progress, scratch=scratch)
        newest = chosen(repository, "")
        restored = restoring.all(chosen(repository, snapshot), newest, now, agreed_by, _notes(anchors))
    restored = replace(restored, seconds=round(time.monotonic() - began, 3))
    if not index:
        return restored
    began = time.monotonic()
    # Not as the environment says: it may name the catalogue of the archive that is still in use.
    with closing(opened(home, now)) as archive, indexing.writing(archive):
        fresh = indexing.rebuild(archive, OPERATOR, None)
        indexed = fresh.count()
        fresh.close()
    return replace(restored, indexed=indexed, index_seconds=round(time.monotonic() - began, 3))


def opened(home: Path, now: Clock) -> Archive:
    """A restored archive, whatever the environment says: that may speak of the one which is still in use."""
    return Archive(config.load(home, {}), now=now)


def chosen(repository: Repository, wanted: str) -> Snapshot:
    names = sorted(of(repository.sizes(), "snapshots"))
    if not names:
        raise NotFound(f"There is no snapshot in {repository.target.location}; no backup was completed.", "no-snapshot")
    if not wanted:
        return repository.snapshot(names[-1])
    matching = [name for name in names if _matches(name, wanted)]
    if len(matching) != 1:
        raise NotFound(f"There is no snapshot {wanted!r} (or more than one); see: muniment backup list", "no-snapshot")
    return repository.snapshot(matching[0])


def _matches(name: str, wanted: str) -> bool:
    number, _, snapshot_id = name.removeprefix("snapshots/").partition("-")
    if len(wanted) >= 6:
        return snapshot_id.startswith(wanted.lower())
    return wanted.isdigit() and int(wanted) == int(number)


def at(repository: Repository, moment: datetime) -> Snapshot:
    """The newest snapshot that is not of a later moment. Raises NotFound if there is none."""
    for name in sorted(of(repository.sizes(), "snapshots"), reverse=True):
        snapshot = repository.snapshot(name)
        if datetime.fromisoformat(snapshot.taken_at) <= moment:
            return snapshot
    raise NotFound(
        f"There is no snapshot of {moment:%Y-%m-%d %H:%M} or before; see: muniment backup list", "no-snapshot"
    )


def _notes(files: Sequence[Path]) -> Mapping[int, str]:
    """Line → digest, from files with anchors in them."""
    found: dict[int, str] = {}
    for path in files:
        try:
            lines = anchoring.FORM.findall(path.read_text("utf-8", "replace"))
        except OSError as error:
            raise Misconfigured(f"The anchor {path} cannot be read ({error.strerror}).") from None
        if not lines:
            raise Misconfigured(f"There is no anchor in {path}.")
        found.update((int(seq), digest) for _archive, seq, digest, _at in lines)
    return found
