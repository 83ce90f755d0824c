"""Objects move to another store: copied as they lie, each compared, and nothing is removed from where it was.

Afterwards the settings name the other store. Moving may be cut off and begun again, and may be done once more after the
service was stopped: what is there already is not sent again.
"""

import hashlib
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.errors import Conflict, Corrupt, Invalid, NotFound
from archive.store import Store, open_store
from archive.tables import checks
from archive.tables.objects import StoredObject
from archive.threads import Progress, Shared, silent, together

BATCH = 1000
PIECE = 1 << 20
AT_ONCE = 16
"""Objects on their way to a server: each waits for its answers most of the time, however few the processors are."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How many objects lie in the other store now, how many of them were copied this time, and their sealed bytes."""

    objects: int
    copied: int
    bytes: int


def move_objects(archive: Archive, actor: Actor, to: str, credentials: str = "", progress: Progress = silent) -> Moved:
    """Copy every kept object to the store `to`, named as the setting `store` is.

    Raises Conflict if objects lie there that this archive does not know: they would be another archive's. Raises
    Corrupt if one reads back differently, NotFound if one is missing here; `muniment verify` says which.
    """
    rules.require(actor, Action.RUN)
    settings = archive.settings
    if to == settings.store:
        raise Invalid(f"The objects are in {to} already.", "same-store")
    target = open_store(replace(settings, store=to, store_credentials=credentials))
    empty = _of_this_archive(archive, target) == 0
    with archive.read() as tx:
        total = tx.objects.totals()[2]
    rows, moved, copied, done, lock = Shared(archive.objects.kept()), 0, 0, 0, threading.Lock()

    def work(failed: Callable[[], bool]) -> None:
        nonlocal moved, copied, done
        for row in rows:
            if failed():
                return
            needed = empty or not _there(target, row)
            if needed and not _copy(archive, target, row):
                continue
            with lock:
                moved, copied, done = moved + 1, copied + needed, done + row.stored_bytes
                progress(done, total)

    together(work, AT_ONCE, waiting=to != "local" or settings.store != "local")
    with archive.write() as tx:
        tx.ledger.add(
            archive.now(),
            actor.id,
            "objects.moved",
            "archive",
            tx.meta.get("archive") or "",
            to=to.partition(":")[0],
            objects=moved,
            copied=copied,
        )
    return Moved(moved, copied, done)


def _copy(archive: Archive, target: Store, row: StoredObject) -> bool:
    """Copy one object and read it back; False if it was destroyed meanwhile."""
    staged = target.staging()
    try:
        try:
            with archive.objects.sealed(row) as sealed, staged.open("xb") as file:
                shutil.copyfileobj(sealed, file, PIECE)
        except NotFound:
            if _destroyed(archive, row):
                return False
            raise
        with staged.open("rb") as file:
            sent = _digest(file)
        target.put(row.address, staged)
    finally:
        staged.unlink(missing_ok=True)
    with target.open(row.address) as there:
        if _digest(there) != sent:
            raise Corrupt("An object reads back differently from the other store; check that store and move again.")
    if _destroyed(archive, row):
        # Whoever destroyed it looked for it where it was; here it must not come to life again.
        target.remove(row.address)
        return False
    return True


def _there(target: Store, row: StoredObject) -> bool:
    try:
        return target.size(row.address) == row.stored_bytes
    except NotFound:
        return False


def _destroyed(archive: Archive, row: StoredObject) -> bool:
    with archive.read() as tx:
        return tx.objects.get(row.digest) is None


def _of_this_archive(archive: Archive, target: Store) -> int:
    """How many objects lie there, all of them this archive's.

    Raises Conflict for objects of strangers, or of an interrupted move that were destroyed here since.
    """
    addresses, found = target.addresses(), 0
    while some := list(islice(addresses, BATCH)):
        with archive.read() as tx:
            unknown = checks.unknown(tx.connection, some)
        if unknown:
            raise Conflict(
                f"{len(unknown)} objects lie there that this archive does not know; name an empty place.",
                "other-objects",
            )
        found += len(some)
    return found


def _digest(file: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.digest()
