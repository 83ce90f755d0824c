"""Every place is served: run, checked, repaired and tidied one after the other; what became of each is written down."""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import TypeVar

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import processes
from archive.app import Archive
from archive.backups import check, create, forget, state
from archive.backups import repair as repairing
from archive.backups.check import Checked
from archive.backups.create import Run
from archive.backups.repair import Repaired
from archive.backups.state import STOP
from archive.backups.targets import Target, open_target
from archive.config import BackupTarget
from archive.errors import ArchiveError, Conflict, Misconfigured, NotFound, Stopped
from archive.model import new_id
from archive.tables.backups import FORGET, REPAIR, RUN, STOPPED, VERIFY, BackupRun
from archive.threads import GoesOn, Progress

log = logging.getLogger("muniment.backup")

SERVED_FOR = timedelta(hours=6)
"""A place backed up so recently is not served again when the night is repeated for another one's sake."""

PROGRESS_S = 2.0

TOO_LATE = "It was asked to stop too late: it had ended by then, and counts like any other."
STOPS = {
    RUN: Stopped("It was stopped; earlier snapshots are whole, and the next backup goes on with what was copied."),
    VERIFY: Stopped(
        "The check was stopped before its end; it says nothing of what it had not looked at yet.", "check-stopped"
    ),
}
"""What may be stopped, and what is said of it then: neither takes anything away before its end."""

PROBLEMS_MAX = 200
"""So many are kept of one check, to be looked at."""

T = TypeVar("T")


def named(archive: Archive, name: str) -> BackupTarget:
    """The place of this name; the first one for an empty name."""
    places = archive.settings.backup_targets
    if not name:
        return places[0]
    for place in places:
        if name in (place.name, place.location):
            return place
    raise NotFound(f"There is no place {name!r}; there are: {', '.join(p.name for p in places)}.", "no-place")


def opened(archive: Archive, place: BackupTarget) -> Target:
    """The target of a place, with its credentials; paths are below the home unless they are absolute."""
    credentials = archive.settings.home / place.credentials if place.credentials else None
    return open_target(place.location, credentials)


def run(archive: Archive, actor: Actor, place: BackupTarget, *, anew: bool = False, progress: Progress) -> Run:
    """Back up to one place; raises what `create.run` raises, written down."""
    rules.require(actor, Action.RUN)
    with recorded(archive, place.name, RUN, progress) as (row, told, goes_on):
        done = create.run(
            archive,
            actor,
            opened(archive, place),
            anew=anew,
            append_only=place.append_only,
            distrusted=state.distrusted(archive, place),
            progress=told,
            goes_on=goes_on,
        )
        row(
            snapshot=done.snapshot,
            number=done.number,
            taken_at=datetime.fromisoformat(done.taken_at),
            objects=done.objects,
            objects_new=done.objects_new,
            bytes=done.bytes_written,
            problems=len(done.missing),
            details={"missing": list(done.missing), "warnings": list(done.warnings)},
        )
    return done


def verify(
    archive: Archive,
    actor: Actor,
    place: BackupTarget,
    *,
    all_bytes: bool,
    share: tuple[int, int] | None = None,
    progress: Progress,
) -> Checked:
    """Check one place. Packs found damaged are remembered: the next run copies again what was in them."""
    rules.require(actor, Action.RUN)
    with recorded(archive, place.name, VERIFY, progress) as (row, told, goes_on):
        target = opened(archive, place)
        done = check.verify(archive, actor, target, all_bytes=all_bytes, share=share, progress=told, goes_on=goes_on)
        row(
            snapshot=done.newest,
            number=done.number,
            taken_at=datetime.fromisoformat(done.taken_at) if done.taken_at else None,
            objects=done.objects,
            bytes=done.bytes,
            problems=len(done.problems),
            details={
                "all_bytes": all_bytes,
                "share": list(share) if share else [],
                **_found(done),
            },
        )
    return done


def repair(
    archive: Archive, actor: Actor, place: BackupTarget, *, give_up: bool = False, progress: Progress
) -> Repaired:
    """Repair one place as far as it goes; see `archive.backups.repair`. It counts as a check of every byte."""
    rules.require(actor, Action.RUN)
    with recorded(archive, place.name, REPAIR, progress) as (row, told, _):
        target = opened(archive, place)
        done = repairing.repair(archive, actor, target, give_up=give_up, append_only=place.append_only, progress=told)
        after = done.after
        row(
            snapshot=after.newest,
            number=after.number,
            taken_at=datetime.fromisoformat(after.taken_at) if after.taken_at else None,
            objects=after.objects,
            bytes=after.bytes,
            problems=len(after.problems) + len(done.missing),
            details={
                "all_bytes": True,
                "share": [],
                **_found(after),
                "found": [asdict(problem) for problem in done.found[:PROBLEMS_MAX]],
                "saved": sum(pack.saved for pack in done.packs),
                "copied_again": done.copied_again,
                "missing": list(done.missing[:PROBLEMS_MAX]),
                "lost_snapshots": [asdict(one) for one in done.lost_snapshots[:PROBLEMS_MAX]],
                "given_up": done.given_up,
                "refused": done.refused,
            },
        )
    return done


def _found(checked: Checked) -> dict[str, object]:
    """What is kept of a check. Damaged packs are all remembered, so that what was in them is copied again."""
    return {
        "keystores_since": checked.keystores_since,
        "problems": [asdict(problem) for problem in checked.problems[:PROBLEMS_MAX]],
        "damaged": [one.name for one in checked.problems if one.kind == "damaged" and one.name.startswith("packs/")],
    }


def thin(archive: Archive, actor: Actor, place: BackupTarget, *, only_say: bool = False) -> forget.Forgot:
    """Forget in one place what the rule of the settings does not keep."""
    rules.require(actor, Action.RUN)
    keep = forget.keep(archive.settings)
    if only_say:
        return forget.forget(archive, actor, opened(archive, place), keep, only_say=True)
    with recorded(archive, place.name, FORGET, lambda _done, _total: None) as (row, _, _):
        done = forget.forget(archive, actor, opened(archive, place), keep)
        row(bytes=done.bytes, details={"forgotten": len(done.snapshots), "kept": done.kept, "packs": done.packs})
    return done


def night(archive: Archive, actor: Actor) -> None:
    """What every night brings: back up to every place, see whether it is whole, read a share of its bytes, thin it out.

    A place that fails, or in which a person stops what is under way, keeps no other from being served. Raises
    Misconfigured in the end if one failed.
    """
    rules.require(actor, Action.RUN)
    failed: list[str] = []
    for place in archive.settings.backup_targets:
        try:
            if not _served(archive, place):
                run(archive, actor, place, progress=_unwatched)
            nights = archive.settings.backup_verify_nights
            share = (archive.now().astimezone().toordinal() % nights, nights)
            if verify(archive, actor, place, all_bytes=False, share=share, progress=_unwatched).problems:
                failed.append(f"{place.name}: damage was found")
            elif not place.append_only:
                thin(archive, actor, place)
        except Stopped as stopped:
            log.info("%s", stopped)
        except (ArchiveError, OSError) as error:
            failed.append(f"{place.name}: {error}")
    if failed:
        raise Misconfigured("; ".join(failed))


def _served(archive: Archive, place: BackupTarget) -> bool:
    with archive.read() as tx:
        last = tx.backups.newest(RUN, place=place.name)
    # A moment that is still to come was written by a clock that has been set back since.
    return last is not None and timedelta(0) <= archive.now() - last.began_at < SERVED_FOR


def _unwatched(_done: int, _total: int) -> None:
    """Progress that only the tables are told."""


@contextmanager
def recorded(
    archive: Archive, place: str, kind: str, progress: Progress
) -> Generator[tuple[Callable[..., None], Progress, GoesOn]]:
    """A row that says what is under way, how far it is, and how it ended. What is done asks it whether it goes on."""
    row = BackupRun(new_id(), place, kind, archive.now(), worker=processes.this())
    abandoned(archive)
    with archive.write() as tx:
        tx.ledger.believe(archive.now())
        tx.backups.save(row)
    told_at = archive.now()

    def goes_on() -> None:
        with archive.read() as tx:
            unwanted = tx.meta.get(STOP + row.id)
        if unwanted:
            raise Stopped(str(STOPS[kind]), STOPS[kind].code)

    def told(done: int, total: int) -> None:
        nonlocal told_at
        progress(done, total)
        if (archive.now() - told_at).total_seconds() > PROGRESS_S:
            told_at = archive.now()
            with archive.write() as tx:
                tx.backups.progress(row.id, done, total)
            goes_on()

    def fill(**values: object) -> None:
        nonlocal row
        row = replace(row, **values)  # pyright: ignore[reportArgumentType] — the fields of the row, by name

    try:
        yield fill, told, goes_on
    except BaseException as error:
        outcome, reason = "failed", str(error) if isinstance(error, ArchiveError) else type(error).__name__
        if isinstance(error, Stopped | KeyboardInterrupt):
            outcome, reason = STOPPED, str(STOPS.get(kind, reason))
        with archive.write() as tx:
            tx.meta.forget(STOP + row.id)
            tx.backups.save(replace(row, ended_at=archive.now(), outcome=outcome, reason=reason))
        raise
    with archive.write() as tx:
        late = bool(tx.meta.get(STOP + row.id))
        tx.meta.forget(STOP + row.id)
        ended = replace(row, ended_at=archive.now(), outcome="done" if row.outcome == "running" else row.outcome)
        tx.backups.save(replace(ended, reason=ended.reason or TOO_LATE) if late else ended)


def stop(archive: Archive, actor: Actor, run_id: str) -> None:
    """Ask that no more be done of what is under way in a place; what was whole stays whole.

    It is asked while bytes are copied or read, every few seconds, and between its other steps, and ends as stopped
    then. What is past the last of them ends by itself, and well: then, and when it had ended before it was asked, its
    row says that it came too late.

    Raises NotFound, or Conflict for what has ended.
    """
    rules.require(actor, Action.RUN)
    with archive.write() as tx:
        found = tx.backups.get(run_id)
        if found is None:
            raise NotFound("There is no such run.", "no-run")
        if found.kind not in STOPS or found.outcome not in ("running", "done"):
            raise Conflict("It has ended, or cannot be stopped.", "not-running")
        tx.ledger.add(archive.now(), actor.id, "backup.stopped", "backup", run_id, kind=found.kind)
        if found.outcome == "running":
            tx.meta.put(STOP + run_id, "stop")
            return
        tx.backups.save(replace(found, reason=found.reason or TOO_LATE))
    raise Conflict(TOO_LATE, "stop-too-late")


def abandoned(archive: Archive) -> Sequence[BackupRun]:
    """What was under way when its process was killed: it failed, and says so.

    Of a process on another machine nothing is known; it is given a day.
    """
    at = archive.now()
    with archive.read() as tx:
        running = tx.backups.running()
    if not any(_dead(run, at) for run in running):
        return ()
    with archive.write() as tx:
        dead = [run for run in tx.backups.running() if _dead(run, at)]
        for one in dead:
            tx.meta.forget(STOP + one.id)
            tx.backups.save(replace(one, ended_at=at, outcome="failed", reason="It was cut off."))
    return dead


def _dead(run: BackupRun, at: datetime) -> bool:
    return processes.gone(run.worker) or abs(at - run.began_at) > timedelta(hours=24)
