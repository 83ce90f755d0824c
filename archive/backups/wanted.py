"""Somebody at a door wants a backup, a check, a repair or a rehearsal now: it is noted, and done by the worker."""

import logging
from collections.abc import Callable, Mapping

from access import rules
from access.actors import SERVICE, Actor
from access.rules import Action
from archive.app import Archive
from archive.backups import drill, places, state
from archive.errors import Invalid, Stopped

log = logging.getLogger("muniment.backup")

WANTED = "backup-wanted"


def _nothing(_done: int, _total: int) -> None:
    """Whoever asked looks at the page."""


def _run(archive: Archive, place: str) -> None:
    places.run(archive, SERVICE, places.named(archive, place), progress=_nothing)
    places.verify(archive, SERVICE, places.named(archive, place), all_bytes=False, progress=_nothing)


def _verify(archive: Archive, place: str) -> None:
    places.verify(archive, SERVICE, places.named(archive, place), all_bytes=True, progress=_nothing)


def _repair(archive: Archive, place: str) -> None:
    places.repair(archive, SERVICE, places.named(archive, place), progress=_nothing)


def _drill(archive: Archive, place: str) -> None:
    drill.rehearse(archive, SERVICE, places.named(archive, place), progress=_nothing)


DEEDS: Mapping[str, Callable[[Archive, str], None]] = {
    "run": _run,
    "verify": _verify,
    "repair": _repair,
    "drill": _drill,
}
"""What can be asked for."""


def ask(archive: Archive, actor: Actor, deed: str, place: str) -> None:
    """Ask for it. Asked twice before it is begun, it is done once."""
    rules.require(actor, Action.RUN)
    if deed not in DEEDS:
        raise Invalid(f"There is no {deed!r}; there are: {', '.join(DEEDS)}.", "no-deed")
    name = places.named(archive, place).name
    with archive.write() as tx:
        waiting = _waiting(tx.meta.get(WANTED))
        tx.meta.put(WANTED, "\n".join(dict.fromkeys([*waiting, f"{deed} {name}"])))
        tx.ledger.add(archive.now(), actor.id, "backup.asked", "backup", name[:64], deed=deed)


def waiting(archive: Archive) -> list[str]:
    """What has been asked for and not begun, as `run disk`."""
    with archive.read() as tx:
        return _waiting(tx.meta.get(WANTED))


def serve(archive: Archive) -> None:
    """Do what was asked for, one after the other. What fails is in the record of the runs, and asked for no more."""
    while True:
        if not waiting(archive):
            return
        with archive.write() as tx:
            first, *rest = _waiting(tx.meta.get(WANTED))
            tx.meta.put(WANTED, "\n".join(rest))
        deed, _, place = first.partition(" ")
        try:
            DEEDS[deed](archive, place)
        except Stopped as stopped:
            log.info("%s", stopped)
        finally:
            state.watch(archive)


def _waiting(text: str | None) -> list[str]:
    return text.split("\n") if text else []
