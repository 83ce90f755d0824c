"""Files at rest in an inbox are taken in, whatever the events said and whenever they came.

Events only make it quick. What decides is looking: a file is at rest when nobody has it open for writing and
its size and time have stood still for a while; this holds at start-up as well. Every inbox is looked through
again and again, so an event that was missed costs time, not a file.
"""

import fcntl
import logging
import os
import re
import threading
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from access.actors import SERVICE
from archive import intake
from archive.app import Archive
from archive.config import Inbox
from archive.errors import ArchiveError, Conflict, NotFound
from archive.intake import Claims
from archive.tables.intake import Resting

log = logging.getLogger("muniment.watcher")

UNFINISHED = re.compile(
    r"^\.|^~\$|^~.*\.tmp$|\.(part|partial|tmp|crdownload|download|swp|filepart)$|^(thumbs\.db|desktop\.ini)$",
    re.IGNORECASE,
)
"""Names that programs give to files they have not finished, or that are no documents."""

MASS = 100
MASS_S = 2.0
"""More than MASS files of one folder first seen within MASS_S of one another are a mass import; single drops
overtake it."""

MASS_AT_ONCE = 16
"""So many files of a mass import are noticed, and put away, in one transaction. After each it is looked whether a
single one waits."""

LATELY = 2 * MASS
"""Among so many files that came last it is looked for single drops while a mass import is taken in."""

TICK_S = 0.05
RETRY_S = 5.0
OPEN_S = 1.0
UNSURE_S = 2.0
"""Where nobody can tell whether a file is open for writing, it has to stand still for so long: network copies pause."""


@dataclass(slots=True)
class _Candidate:
    """A file that may come to rest: when it was first noticed, as it was last seen, since when it has been so, when
    to look again."""

    inbox: Inbox
    first: float
    seen: Resting | None
    since: float
    look_at: float
    in_a_mass: bool = False
    """Found out once: a mass grows only."""


class Watcher:
    """Looks through the inboxes of an archive. `now` is a monotonic clock in seconds."""

    def __init__(self, archive: Archive, *, now: Callable[[], float] = time.monotonic) -> None:
        self._archive = archive
        self._now = now
        self._candidates: dict[Path, _Candidate] = {}
        self._noticed: defaultdict[Path, list[float]] = defaultdict(list)
        self._lately: deque[tuple[Path, _Candidate]] = deque(maxlen=LATELY)
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._sites: dict[str, str] = {}
        self._levels: dict[str, int] = {}
        self._learn()

    def run(self, stop: threading.Event) -> None:
        """Watch until told to stop."""
        observers = [o for o in map(self._observe, self._archive.settings.inboxes) if o is not None]
        next_sweep = 0.0
        try:
            while not stop.is_set():
                if self._now() >= next_sweep:
                    self.sweep()
                    next_sweep = self._now() + self._archive.settings.rescan_s
                if not self.step():
                    self._wake.wait(TICK_S if self._candidates else 0.25)
                    self._wake.clear()
        finally:
            for observer in observers:
                observer.stop()
                observer.join()

    def recover(self) -> None:
        """Finish what a kill cut off: sources that are kept but were not moved out of the way yet."""
        with self._archive.read() as tx:
            unfinished = tx.intake.in_state("kept")
        for arrival in unfinished:
            try:
                intake.finish(self._archive, arrival)
            except (ArchiveError, OSError) as error:
                log.error("a kept file cannot be moved out of its inbox yet: %s", _said(error))

    def sweep(self) -> None:
        """Finish what was cut off, forget arrivals whose file has gone, and look through every inbox."""
        try:
            self._learn()
            self.recover()
            intake.forget_the_gone(self._archive)
        except (ArchiveError, OSError) as error:
            log.error("the inboxes are looked through with what was known before: %s", _said(error))
        for inbox in self._archive.settings.inboxes:
            try:
                for path in _files(inbox):
                    self.notice(path, inbox)
            except OSError as error:
                log.error("an inbox cannot be read (%s); check that it exists and its permissions", _said(error))

    def notice(self, path: Path, inbox: Inbox) -> None:
        """Somebody did something to a file: look at it when it has had time to come to rest."""
        if UNFINISHED.search(path.name) or path.name.endswith(".reason.txt"):
            return
        with self._lock:
            now = self._now()
            if known := self._candidates.get(path):
                # Closed at last, perhaps: whoever waits for that need not wait longer than for rest.
                known.look_at = min(known.look_at, max(now, known.since + self._archive.settings.settle_s))
            else:
                candidate = self._candidates[path] = _Candidate(inbox, now, None, now, now)
                self._lately.append((path, candidate))
                self._noticed[path.parent].append(now)
                self._wake.set()

    def step(self) -> bool:
        """Look at the files that may have come to rest by now; take in those that have. True if any was.

        Of a mass import only some are taken in at once, and fewer when a single drop comes meanwhile.
        """
        now, took = self._now(), False
        with self._lock:
            due = [(path, one) for path, one in self._candidates.items() if one.look_at <= now]
            if not self._candidates:
                self._noticed.clear()
        mass: list[tuple[Path, _Candidate]] = []
        for path, candidate in due:
            if self._in_a_mass(path, candidate):
                mass.append((path, candidate))
            elif self._at_rest(path, candidate):
                took = self._take_in([(path, candidate)], mass=False) or took
        at_rest = (one for one in mass if self._at_rest(*one))
        return self._take_in(list(islice(at_rest, MASS_AT_ONCE)), mass=True) or took

    def _in_a_mass(self, path: Path, candidate: _Candidate) -> bool:
        if not candidate.in_a_mass:
            noticed, first = self._noticed[path.parent], candidate.first
            count = bisect_right(noticed, first + MASS_S) - bisect_left(noticed, first - MASS_S)
            candidate.in_a_mass = count > MASS
        return candidate.in_a_mass

    def _a_single_waits(self) -> bool:
        """Has anything come that is of no mass import? Of what came last alone: a mass import is long."""
        now = self._now()
        with self._lock:
            waiting = [(path, one) for path, one in self._lately if self._candidates.get(path) is one]
            self._lately = deque((one for one in waiting if not self._in_a_mass(*one)), LATELY)
            return any(one.look_at <= now for _, one in self._lately)

    def _at_rest(self, path: Path, candidate: _Candidate) -> bool:
        """Has this file come to rest? If not, it is written down when to look again."""
        settle = self._archive.settings.settle_s
        try:
            resting = intake.rest(path)
        except OSError:
            self._forget(path)
            return False
        now = self._now()
        if resting != candidate.seen:
            candidate.seen, candidate.since = resting, now
        if now - candidate.since < settle:
            candidate.look_at = candidate.since + settle
            return False
        written = being_written(path)
        if written:
            candidate.since, candidate.look_at = now, now + max(settle, OPEN_S)
            return False
        if written is None and now - candidate.since < UNSURE_S:
            candidate.look_at = candidate.since + UNSURE_S
            return False
        return True

    def _take_in(self, files: Sequence[tuple[Path, _Candidate]], *, mass: bool) -> bool:
        """Take in files at rest. True if any was; those that could not be are tried again."""
        if not files:
            return False
        try:
            ids = intake.notice_all(
                self._archive, SERVICE, [(path, one.inbox, self._claims(path, one.inbox)) for path, one in files]
            )
        except (ArchiveError, OSError) as error:
            for _, candidate in files:
                self._later(candidate, error)
            return False
        kept: list[tuple[str, Path, _Candidate]] = []
        for arrival_id, (path, candidate) in zip(ids, files, strict=True):
            if mass and kept and self._a_single_waits():
                break
            try:
                if isinstance(arrival_id, OSError):
                    raise arrival_id
                intake.keep(self._archive, SERVICE, arrival_id, path, candidate.inbox, mass=mass)
            except (NotFound, FileNotFoundError):
                self._forget(path)
            except (ArchiveError, OSError) as error:
                self._later(candidate, error)
            else:
                kept.append((arrival_id, path, candidate))
        return self._put_away(kept)

    def _put_away(self, kept: Sequence[tuple[str, Path, _Candidate]]) -> bool:
        try:
            faults = intake.put_away_all(self._archive, [(one, path, of.inbox) for one, path, of in kept])
        except (ArchiveError, OSError) as error:
            faults = [error] * len(kept)
        for (_, path, candidate), fault in zip(kept, faults, strict=True):
            if fault is None:
                self._forget(path)
            else:
                self._later(candidate, fault)
        return None in faults

    def _later(self, candidate: _Candidate, error: ArchiveError | OSError) -> None:
        """Nothing is lost: the file is where it was, and is tried again."""
        if isinstance(error, Conflict) and error.code == "source-changed":
            candidate.seen, candidate.look_at = None, self._now() + self._archive.settings.settle_s
            return
        log.error("a file cannot be taken in yet: %s", _said(error))
        candidate.look_at = self._now() + RETRY_S

    def _forget(self, path: Path) -> None:
        with self._lock:
            self._candidates.pop(path, None)

    def _claims(self, path: Path, inbox: Inbox) -> Claims:
        """What the inbox, and the sub-folders a file lies in, say of it."""
        class_code, site, level = inbox.class_code, inbox.site, inbox.level
        for folder in path.relative_to(inbox.path).parts[:-1]:
            if folder in self._levels:
                class_code = folder
                # A folder may be opened wider by nobody who drops files into it.
                level = max(level, self._levels[folder])
            site = self._sites.get(folder, site)
        return Claims(
            level=level, class_code=class_code, site=site, department=inbox.department, batch=inbox.separators
        )

    def _learn(self) -> None:
        """Which names of sub-folders say something; sites and classes are added while we watch."""
        with self._archive.read() as tx:
            self._sites = {key: s.code for s in tx.organisation.sites() for key in (s.code, s.name, s.fonds_code)}
            self._levels = {c.code: c.level for c in tx.file_plan.every()}

    def _observe(self, inbox: Inbox) -> BaseObserver | None:
        """Events for an inbox: the system's own, else by polling; None if the folder is not to be had at present."""
        for make in (PollingObserver,) if inbox.polling else (Observer, PollingObserver):
            observer = make()
            try:
                for folder in (inbox.path, inbox.done, inbox.quarantine):
                    folder.mkdir(parents=True, exist_ok=True)
                observer.schedule(Events(self, inbox), str(inbox.path), recursive=True)
                observer.start()
            except OSError as error:
                log.error("an inbox cannot be watched by events: %s", _said(error))
            else:
                return observer
        return None


class Events(FileSystemEventHandler):
    """Passes on which file was touched; everything else is found out by looking."""

    def __init__(self, watcher: Watcher, inbox: Inbox) -> None:
        self._watcher = watcher
        self._inbox = inbox

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in ("opened", "closed_no_write", "deleted"):
            return
        for raw in (event.src_path, event.dest_path):
            path = Path(os.fsdecode(raw)) if raw else None
            if path is None or _put_away(path, self._inbox):
                continue
            if event.is_directory:
                # Files may have been written into a new folder before it was watched. That a known one has changed is
                # said with each of its files that comes or goes: looked through each time, ten thousand cost minutes.
                for inside in _files(self._inbox, path) if event.event_type != "modified" else ():
                    self._watcher.notice(inside, self._inbox)
            elif path.is_relative_to(self._inbox.path):
                self._watcher.notice(path, self._inbox)


def _files(inbox: Inbox, below: Path | None = None) -> Iterator[Path]:
    """Everything that is not a folder in an inbox, except what was put away. Links are not followed."""
    folders = [below or inbox.path]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:
            continue
        for entry in entries:
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if not _put_away(path, inbox):
                    folders.append(path)
            else:
                yield path


def _put_away(path: Path, inbox: Inbox) -> bool:
    return any(path == folder or path.is_relative_to(folder) for folder in (inbox.done, inbox.quarantine))


def _said(error: ArchiveError | OSError) -> str:
    """Without the path that an OSError names: logs carry no names."""
    return str(error) if isinstance(error, ArchiveError) else os.strerror(error.errno or 0)


def being_written(path: Path) -> bool | None:
    """Has some process on this machine the file open for writing? None if that cannot be told.

    A read lease is granted only when nobody has (fcntl(2), F_SETLEASE). Where leases are not to be had
    (network shares, other people's files) standing still decides alone.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(handle)
    return False
