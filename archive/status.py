"""How the archive is doing: what came in, what waits, how old the oldest is, whether the index follows."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import indexing, latency, readiness, reconciling
from archive.app import Archive
from archive.errors import NotFound
from archive.latency import Latency
from archive.reconciling import Books
from archive.tables.backups import RUN
from archive.tables.jobs import DeadJob

LATELY = timedelta(weeks=6)
LAST_BACKUP = "last-backup"
"""Under this name the tables keep when the last backup was completed."""

GIVEN_UP = (
    ", GIVEN UP: building it anew ended the program {} times; see its memory and its log, then: muniment index rebuild"
)
"""What follows in a line when nothing builds it any more."""
INDEX_TROUBLES = {
    "": "",
    "gone": ", GONE: the running service builds it anew by itself ({} records)",
    "away": ", AWAY: its server does not answer",
    "short": ", {} records are missing in it",
}
"""What follows the numbers of the index in a line, by its trouble."""


@dataclass(frozen=True, slots=True)
class Status:
    """Counts and ages only: nothing here says what is kept."""

    company: str
    inbox: str
    records: Mapping[str, int]
    """By lifecycle."""
    files_seen: Mapping[str, int]
    """seen = captured + duplicate + quarantined + waiting."""
    files_seen_today: Mapping[str, int]
    oldest_waiting: datetime | None
    jobs: Mapping[str, int]
    """By kind and state, as `read waiting`."""
    dead_jobs: Sequence[DeadJob]
    reading_stopped: int
    """Files of which a person stopped the reading; their other pages are not read until somebody says so."""
    index: str
    """Engine and number of the index in use; empty while there is none."""
    index_backlog: int
    index_lag_s: float
    """Age of the oldest record that the index has not caught up with."""
    index_trouble: str
    """`gone`, `away` (its server does not answer) or `short`; empty while it is well."""
    index_missing: int
    """Records that should be in the index by now and are not; all of them while it is gone."""
    index_given_up: int
    """How often a rebuild was begun that ended its process every time; 0 while it is not given up."""
    index_wanted: str
    """`rebuild` or `stop` while that is asked for and not done yet; empty otherwise."""
    index_progress: str
    """How far a rebuild is, as `1200/3400`; empty when none is under way."""
    objects: int
    bytes_kept: int
    bytes_stored: int
    disk_free: int
    ledger_lines: int
    ledger_head: str
    last_backup: datetime | None
    backups: Mapping[str, int]
    """How many backups of the last weeks ended how: done, failed, or stopped by a person; or are under way."""
    books: Books
    """Whether every file that was seen adds up, per day and inbox; what lies about; how fast files come in."""
    searches: Latency
    """How long searches took in the last thirty days."""


def of(archive: Archive, actor: Actor) -> Status:
    rules.require(actor, Action.SEE_STATUS)
    at = archive.now()
    sums = reconciling.books(archive, actor, days=1)
    index = readiness.index_state(archive)
    midnight = at.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    with archive.read() as tx:
        backlog, since = tx.index_queue.backlog()
        objects, size, stored = tx.objects.totals()
        seq, head = tx.ledger.head()
        return Status(
            company=archive.settings.company,
            inbox=str(archive.settings.inboxes[0].path),
            records=tx.records.by_lifecycle(),
            files_seen=tx.intake.counts(),
            files_seen_today=tx.intake.counts(since=midnight),
            oldest_waiting=tx.intake.oldest_waiting(),
            jobs={f"{kind} {state}": count for (kind, state), count in tx.jobs.counts().items()},
            dead_jobs=tx.jobs.dead(),
            reading_stopped=tx.recognitions.stopped(),
            index=tx.meta.get("index") or "",
            index_backlog=backlog,
            index_lag_s=max(0.0, (at - since).total_seconds()) if since else 0.0,
            index_trouble=index.trouble,
            index_missing=index.missing,
            index_given_up=indexing.given_up(tx),
            index_wanted=tx.meta.get(indexing.INDEX_WANTED) or "",
            index_progress=tx.meta.get("index-progress") or "",
            objects=objects,
            bytes_kept=size,
            bytes_stored=stored,
            disk_free=shutil.disk_usage(archive.settings.home).free,
            ledger_lines=seq,
            ledger_head=head,
            last_backup=datetime.fromisoformat(backup) if (backup := tx.meta.get(LAST_BACKUP)) else None,
            backups=tx.backups.outcomes(RUN, at - LATELY),
            books=sums,
            searches=latency.lately(archive, tx),
        )


def retry_jobs(archive: Archive, actor: Actor, job_id: int | None = None) -> int:
    """Try a job again that was given up, or all of them; how many there are now to be done.

    Raises NotFound when no such job lies there.
    """
    rules.require(actor, Action.RUN)
    with archive.write() as tx:
        wanted = [job.id for job in tx.jobs.dead()] if job_id is None else [job_id]
        revived = [one for one in wanted if tx.jobs.revive(one, archive.now())]
        if job_id is not None and not revived:
            raise NotFound("There is no such job that was given up.", "no-such-job")
        for one in revived:
            tx.ledger.add(archive.now(), actor.id, "job.retried", "job", str(one))
    return len(revived)
