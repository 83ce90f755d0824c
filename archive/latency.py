"""How long searches take, continuously: counts of durations, and nothing of who searched for what."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.tables import Transaction

UP_TO_MS = (1, 2, 3, 5, 8, 12, 18, 27, 40, 60, 90, 135, 200, 300, 450, 700, 1000, 1500, 2500, 5000, 10_000, 60_000)
"""Durations are counted in classes up to these; what took longer counts as the last."""
WRITTEN_EVERY = timedelta(minutes=1)
LOOKED_BACK = timedelta(days=30)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles in milliseconds: of the class in which the search lies, so never better than it was."""

    searches: int
    p50_ms: int = 0
    p95_ms: int = 0
    p99_ms: int = 0


def noted(archive: Archive, took_ms: float) -> None:
    """Count one search; what was counted is written down once a minute."""
    up_to = next((bound for bound in UP_TO_MS if took_ms <= bound), UP_TO_MS[-1])
    paces, at = archive.paces, archive.now()
    with paces.turn:
        paces.counts[up_to] += 1
        if paces.since is None:
            paces.since = at
        due = at - paces.since >= WRITTEN_EVERY
    if due:
        write(archive)


def write(archive: Archive) -> None:
    """Write down what was counted in this process."""
    paces, at = archive.paces, archive.now()
    with paces.turn:
        counts, paces.counts, paces.since = paces.counts, Counter(), None
    if counts:
        with archive.write() as tx:
            tx.searches.took(at.replace(minute=0, second=0, microsecond=0), counts)


def of(archive: Archive, actor: Actor) -> Latency:
    """Of the last thirty days."""
    rules.require(actor, Action.SEE_STATUS)
    with archive.read() as tx:
        return lately(archive, tx)


def since_the_beginning(archive: Archive, actor: Actor) -> Mapping[int, int]:
    """Counts that only grow, for programs that watch them."""
    rules.require(actor, Action.SEE_STATUS)
    with archive.read() as tx:
        return counted(archive, tx, EPOCH)


def lately(archive: Archive, tx: Transaction) -> Latency:
    return percentiles(counted(archive, tx, archive.now() - LOOKED_BACK))


def counted(archive: Archive, tx: Transaction, since: datetime) -> Mapping[int, int]:
    """How many searches took up to so many milliseconds, those not written down yet included."""
    total = Counter(tx.searches.times(since))
    with archive.paces.turn:
        total.update(archive.paces.counts)
    return dict(sorted(total.items()))


def percentiles(counts: Mapping[int, int]) -> Latency:
    total = sum(counts.values())

    def at(share: float) -> int:
        seen = 0
        for up_to_ms, count in sorted(counts.items()):
            seen += count
            if seen >= share * total:
                return up_to_ms
        return 0

    return Latency(total, at(0.5), at(0.95), at(0.99)) if total else Latency(0)
