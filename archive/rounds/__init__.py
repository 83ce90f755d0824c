"""What comes round by itself. One file per round in this folder; the file name is its name.

A round module has `schedule(settings) -> Schedule` and `run(archive)`. The tables remember when each is due next, so
that it is run once however many workers there are, and made up for once after the archive stood still.
`tests/contracts/test_rounds.py` holds every module to these words.
"""

import logging
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from cronsim import CronSim, CronSimError

from archive.app import Archive
from archive.config import Settings
from archive.errors import ArchiveError, Misconfigured
from archive.tables.ledger import CLOCK_TOLERANCE
from indexer.errors import IndexerError

log = logging.getLogger("muniment.rounds")

Schedule = timedelta | str | None
"""Every so long; or at the times of a cron expression, in the server's time; or never."""

LEASE = timedelta(hours=12)
"""A round that has not ended after so long is taken for dead. One whose process is gone is found out at once."""

AGAIN_AFTER = timedelta(minutes=10)
"""A round that failed is tried again after this, if it would not come round sooner."""


class Round(Protocol):
    def schedule(self, settings: Settings) -> Schedule: ...

    def run(self, archive: Archive) -> None:
        """Do what is due by now. Safe to repeat: a round that is cut off is run again from its beginning."""
        ...


def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def open_round(name: str) -> Round:
    return cast("Round", import_module(f"{__name__}.{name}"))


def due(archive: Archive) -> Sequence[str]:
    """Which rounds are due now; new ones, those with a new schedule, and those that a clock which was ahead put off,
    are written down on the way."""
    if not archive.settings.rounds:
        return ()
    at = archive.now()
    with archive.read() as tx:
        known = {row.name: row for row in tx.rounds.every()}
    found: list[str] = []
    for name in names():
        schedule = open_round(name).schedule(archive.settings)
        row = known.get(name)
        if row is None or row.schedule != str(schedule) or _too_far(row.next_at, schedule, at):
            with archive.write() as tx:
                tx.rounds.plan(name, str(schedule), _first(schedule, at))
                row = tx.rounds.get(name)
        if row.next_at is not None and row.next_at <= at and (row.lease_until is None or row.lease_until <= at):
            found.append(name)
    return found


def go(archive: Archive, which: str, worker: str) -> bool:
    """Run this round if it is still due and nobody else runs it. What goes wrong is written down, not raised."""
    with archive.write() as tx:
        if not tx.rounds.claim(which, archive.now(), worker, LEASE):
            return False
    error = ""
    try:
        open_round(which).run(archive)
    except (ArchiveError, IndexerError) as failed:
        error = str(failed)
    except OSError as failed:
        # Without the path it names.
        error = os.strerror(failed.errno or 0)
    except Exception as failed:  # noqa: BLE001 — what nobody foresaw must not end the other rounds; it is written down
        error = type(failed).__name__
    if error:
        log.error("round %s failed: %s", which, error)
    at = archive.now()
    following = _next(open_round(which).schedule(archive.settings), at)
    if error and following is not None:
        following = min(following, at + AGAIN_AFTER)
    with archive.write() as tx:
        tx.rounds.ended(which, at, following, error)
    return True


def run_due(archive: Archive) -> int:
    """Run what is due, one after the other, in this process; how many there were."""
    return sum(go(archive, name, f"here/{os.getpid()}") for name in due(archive))


def _first(schedule: Schedule, at: datetime) -> datetime | None:
    return at if isinstance(schedule, timedelta) else _next(schedule, at)


def _too_far(next_at: datetime | None, schedule: Schedule, at: datetime) -> bool:
    """Is it planned later than its schedule ever would be now? Then the clock was ahead, and has been set back."""
    latest = _next(schedule, at + CLOCK_TOLERANCE)
    return next_at is not None and latest is not None and next_at > latest


def _next(schedule: Schedule, at: datetime) -> datetime | None:
    if schedule is None:
        return None
    return at + schedule if isinstance(schedule, timedelta) else next_time(schedule, at)


def next_time(expression: str, at: datetime) -> datetime:
    """The next instant of a cron expression after `at`. Raises Misconfigured for one that cannot be understood."""
    try:
        return next(CronSim(expression, at.astimezone())).astimezone(at.tzinfo)
    except (CronSimError, StopIteration):
        raise Misconfigured(
            f"The schedule {expression!r} is no cron expression; write minute, hour, day, month and weekday, "
            "as in 30 2 * * * for half past two every night."
        ) from None
