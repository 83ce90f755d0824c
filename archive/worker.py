"""Work that was promised is done: files are read, records are indexed, at least once and visibly.

One process per machine is enough. It drives as many sandboxes as there are readers, and, if nobody else
does, the one writer of the index.
"""

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial

from access.actors import SERVICE
from archive import (
    batches,
    drafting,
    errands,
    handover_counting,
    indexing,
    layouts,
    outbox,
    processes,
    readiness,
    recognising,
    renditions,
    returning,
    rounds,
    selections,
)
from archive.app import Archive
from archive.errors import ArchiveError, Conflict, Misconfigured, OutOfSpace
from archive.model import Job
from archive.tables import Transaction
from archive.tables.jobs import ATTEMPTS_MAX, PICTURES
from archive.tables.layouts import Layout
from indexer.engines import Engine
from indexer.errors import IndexAway, IndexBroken, IndexerError
from indexer.reading import Reader
from indexer.typesetting import TypesetterBroken

log = logging.getLogger("muniment.worker")

Handler = Callable[[Archive, Reader, Job], None]

HANDLERS: Mapping[str, Handler] = {
    "read": lambda archive, reader, job: indexing.read(
        archive, reader, job.payload["component"], priority=job.priority
    ),
    "split": lambda archive, reader, job: batches.split(
        archive, reader, job.payload["component"], priority=job.priority
    ),
    "recognise": lambda archive, reader, job: recognising.recognise(
        archive,
        reader,
        job.payload["component"],
        int(job.payload["first"]),
        int(job.payload["last"]),
        priority=job.priority,
    ),
    "find-form": lambda archive, reader, job: returning.recognise(
        archive, reader, job.payload["component"], priority=job.priority
    ),
    "draw": lambda archive, reader, job: renditions.draw(
        archive, reader, job.payload["component"], priority=job.priority
    ),
    "tell": lambda archive, _reader, job: outbox.deliver(archive, job.payload["notice"], job.payload["channel"]),
    "tell-digest": lambda archive, _reader, job: outbox.digest(archive, job.payload["person"], job.payload["channel"]),
    "draft-contract": lambda archive, _reader, job: drafting.draft(archive, job.payload["record"], job.payload["by"]),
    "run-errand": lambda archive, _reader, job: errands.run(archive, job.payload["errand"]),
    "work-through": lambda archive, _reader, job: selections.work(archive, job.payload["selection"]),
    "check-handover": lambda archive, _reader, job: handover_counting.check_files(archive, job.payload["handover"]),
}
"""Kind of job → use case. A handler is safe to repeat."""

LAY_OUT = layouts.KIND
"""The kind of job of which one start of a program does several: no handler of one."""
KINDS = (*HANDLERS, LAY_OUT)
"""Everything that is done here."""

MAKES_FINDABLE = tuple(kind for kind in HANDLERS if kind != "draw")
"""What somebody waits for; pictures drawn ahead are a convenience."""

LEASE = timedelta(minutes=15)
POLL_S = 0.05
LOOK_S = 1.0
"""How often it is looked for work when nothing was committed: what was put off falls due by itself."""
CALM_S = 1.0
"""So long after the last job that somebody waits for, pictures are drawn ahead."""
LAYOUTS_S = 1.0
"""How often it is looked whether an office file is to be laid out."""
WATCHED_EVERY_S = 5.0
"""How often it is asked whether the index is still there."""
ROUNDS_S = 5.0
"""How often it is looked whether a round is due."""
REST_AFTER_S = 120.0
"""A reader without work for so long gives back the memory of what recognises words."""


def run(archive: Archive, stop: threading.Event) -> bool:
    """Work until told to stop; true if that is why it ended. A job under way is finished first.

    When one of its threads ends by what nobody foresaw, the process ends: started again, it does all its work, and
    not a part of it in silence.
    """
    recover(archive)
    readers = archive.settings.readers or os.cpu_count() or 1
    calm = Calm()
    duties = {f"reader-{n}": partial(_read_on, calm=calm) for n in range(readers)}
    duties |= {"typesetter": partial(_lay_out_on, calm=calm)}
    duties |= {"indexer": _index_on, "rounds": _go_round, "leases": _hold_on}
    broken = threading.Event()
    threads = [
        threading.Thread(target=_to_the_end, args=(duty, archive, stop, broken), name=name)
        for name, duty in duties.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return not broken.is_set()


def _hold_on(archive: Archive, stop: threading.Event) -> None:
    """A job may take longer than its lease: while this process lives, what it has under way is not done twice."""
    while not stop.wait(LEASE.total_seconds() / 3):
        try:
            hold(archive)
        except (ArchiveError, OSError) as error:
            log.error("leases are not renewed: %s", _said(error))


def hold(archive: Archive) -> None:
    """Renew the leases of everything that this process has under way."""
    with archive.write() as tx:
        tx.jobs.hold(_process(), archive.now() + LEASE)


def _process() -> str:
    """How the name of every worker of this process begins."""
    return f"{processes.machine()}/{os.getpid()}"


def _to_the_end(
    duty: Callable[[Archive, threading.Event], None], archive: Archive, stop: threading.Event, broken: threading.Event
) -> None:
    try:
        duty(archive, stop)
    except Exception as error:  # noqa: BLE001 — said, and the process ends
        log.error("%s ended by %s; the worker ends", threading.current_thread().name, type(error).__name__)
        broken.set()
    finally:
        stop.set()


def _said(error: Exception) -> str:
    """Without the path that an OSError names."""
    return os.strerror(error.errno or 0) if isinstance(error, OSError) else str(error)


def run_one(archive: Archive, reader: Reader, worker: str, kinds: Sequence[str] = tuple(HANDLERS)) -> bool:
    """Do the next job of these kinds that is due. False if there was none."""
    job = _taken(archive, worker, kinds)
    if job is not None:
        _do(archive, reader, job, worker, tuple)
    return job is not None


def _taken(archive: Archive, worker: str, kinds: Sequence[str]) -> Job | None:
    """The next job of these kinds that is due; it is this worker's from now on."""
    with archive.read() as tx:
        if not tx.jobs.waiting(archive.now(), kinds):
            return None
    with archive.write() as tx:
        return _claim(archive, tx, worker, kinds)


def _do(archive: Archive, reader: Reader, job: Job, worker: str, then: Callable[[], Sequence[str]]) -> Job | None:
    """Do a job, and take the next one of the kinds wanted `then` in the transaction in which this one ends."""
    try:
        HANDLERS[job.kind](archive, reader, job)
    except Exception as error:  # noqa: BLE001 — the one place that catches all: it writes down what it caught
        _give_back(archive, job, error)
        return None
    with archive.write() as tx:
        tx.jobs.done(job.id)
        _ended(archive, tx, job)
        wanted = then()
        return _claim(archive, tx, worker, wanted) if wanted else None


def lay_out_some(archive: Archive, reader: Reader, worker: str) -> bool:
    """Lay out the next office files that wait, several at once, when nothing that matters more is due."""
    with archive.read() as tx:
        if tx.jobs.more_urgent(archive.now(), PICTURES) or not tx.jobs.waiting(archive.now(), (LAY_OUT,)):
            return False
    claimed: list[Job] = []
    with archive.write() as tx:
        while len(claimed) < layouts.AT_ONCE and (job := _claim(archive, tx, worker, (LAY_OUT,))):
            claimed.append(job)
    try:
        layouts.lay_out(archive, reader, [job.payload["component"] for job in claimed])
    except Exception as error:  # noqa: BLE001 — as in run_one
        for job in claimed:
            _give_back(archive, job, error)
    else:
        with archive.write() as tx:
            for job in claimed:
                tx.jobs.done(job.id)
    return bool(claimed)


def _claim(archive: Archive, tx: Transaction, worker: str, kinds: Sequence[str]) -> Job | None:
    return tx.jobs.claim(archive.now(), worker, LEASE, kinds, buried=partial(_buried, archive, tx))


def _buried(archive: Archive, tx: Transaction, job: Job) -> None:
    """In the transaction in which a job is given up because it ended its worker every time."""
    if job.kind == LAY_OUT:
        layouts.settle(archive, tx, job.payload["component"], Layout())
    _given_up(archive, tx, job)


def _ended(archive: Archive, tx: Transaction, job: Job) -> None:
    """In the transaction in which a job is there no more."""
    if job.kind == "read":
        indexing.after_reading(archive, tx, job.payload["component"])
    elif job.kind == LAY_OUT:
        layouts.settle(archive, tx, job.payload["component"], Layout())


def _given_up(archive: Archive, tx: Transaction, job: Job) -> None:
    """In the transaction in which a job is hopeless: nobody is told for ever that what they asked for is under way."""
    if job.kind == "run-errand":
        errands.broke_off(archive, tx, job.payload["errand"])
    elif job.kind == "work-through":
        selections.broke_off(archive, tx, job.payload["selection"])


def recover(archive: Archive) -> None:
    """Clear up after processes of this machine that were killed: remove their plain temporary files, give back
    the jobs they still hold."""
    archive.settings.work.mkdir(mode=0o700, exist_ok=True)
    processes.clear(archive.settings.work)
    with archive.write() as tx:
        for worker in tx.jobs.workers():
            host, _, rest = worker.partition("/")
            if host == processes.machine() and not processes.alive(rest.partition("/")[0]):
                tx.jobs.release(worker, archive.now(), buried=partial(_buried, archive, tx))
        for worker in tx.rounds.workers():
            host, _, rest = worker.partition("/")
            if host == processes.machine() and not processes.alive(rest.partition("/")[0]):
                tx.rounds.release(worker)


def _give_back(archive: Archive, job: Job, error: Exception) -> None:
    hopeless = job.attempts >= ATTEMPTS_MAX and not isinstance(error, OutOfSpace)
    wait = timedelta(seconds=min(300, 2**job.attempts))
    expected = isinstance(error, ArchiveError | IndexerError)
    # Ids and kinds only; the text of an unexpected error may quote a document and stays out of the log.
    log.warning("job %s %s: %s", job.id, job.kind, error if expected else type(error).__name__)
    with archive.write() as tx:
        tx.jobs.give_back(job.id, archive.now() + wait, str(error) if expected else type(error).__name__, dead=hopeless)
        if hopeless and isinstance(error, TypesetterBroken):
            layouts.show_text(archive, tx, job.payload["component"])
        elif hopeless:
            _ended(archive, tx, job)
            _given_up(archive, tx, job)


def _take_back(archive: Archive, worker: str, stop: threading.Event) -> None:
    """What this worker could not write an end to, because the catalogue was away, is to be done again: this process
    lives, and would hold on to it for as long. If it ends now and the catalogue is still away, the next one does it."""
    try:
        with archive.write() as tx:
            tx.jobs.release(worker, archive.now(), buried=partial(_buried, archive, tx))
    except ArchiveError:
        if not stop.is_set():
            raise


class Calm:
    """Since when nothing has been done that somebody waits for; of all threads of this process."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def disturb(self) -> None:
        self._since = time.monotonic()

    def __bool__(self) -> bool:
        return time.monotonic() - self._since > CALM_S


class _Look:
    """Is it time to look for work? When anything was committed since; else now and then, for what was put off."""

    def __init__(self, changed: Callable[[], bool]) -> None:
        self._changed = changed
        self._again = 0.0

    def due(self) -> bool:
        now = time.monotonic()
        if not self._changed() and now < self._again:
            return False
        self._again = now + LOOK_S
        return True


class _Watch:
    """Is the index still there, and whole? Nobody need write into it for that to be noticed; looking takes a hundredth
    of the time at most."""

    def __init__(self, tolerated: int = 0) -> None:
        self._tolerated = tolerated
        """So many were missing when it was built anew for that: it would not help to do it again."""
        self._again = 0.0

    def missing(self, archive: Archive, index: Engine) -> int:
        """How many records are missing in it, if it has to be built anew for that. Raises IndexBroken if it is gone."""
        began = time.monotonic()
        if began < self._again:
            return 0
        try:
            return readiness.falls_short(archive, index, self._tolerated)
        except IndexAway:
            return 0
        finally:
            now = time.monotonic()
            self._again = now + max(WATCHED_EVERY_S, 100 * (now - began))


def _read_on(archive: Archive, stop: threading.Event, calm: Calm) -> None:
    worker = f"{_process()}/{secrets.token_hex(4)}"
    with archive.new_reader() as reader, archive.tables.changes() as changed:
        reader.start()
        look, job = _Look(changed), None
        busy_at, stood_still = time.monotonic(), False
        while job is not None or not stop.is_set():
            try:
                if stood_still:
                    _take_back(archive, worker, stop)
                    stood_still = False
                if job is None and look.due():
                    job = _taken(archive, worker, _wanted(calm))
                if job is not None:
                    if job.kind in MAKES_FINDABLE:
                        calm.disturb()
                    job = _do(archive, reader, job, worker, lambda: () if stop.is_set() else _wanted(calm))
                    busy_at = time.monotonic()
                elif time.monotonic() - busy_at > REST_AFTER_S:
                    reader.rest()
                    busy_at = float("inf")
                else:
                    stop.wait(POLL_S)
            except (ArchiveError, OSError) as error:
                log.error("reading stands still: %s", _said(error))
                job, stood_still = None, True
                stop.wait(2)
        if stood_still:
            _take_back(archive, worker, stop)


def _wanted(calm: Calm) -> Sequence[str]:
    """Pictures ahead are for when nobody waits: not between two files of a mass import."""
    return tuple(HANDLERS) if calm else MAKES_FINDABLE


def _lay_out_on(archive: Archive, stop: threading.Event, calm: Calm) -> None:
    worker, stood_still = f"{_process()}/layouts", False
    with archive.new_reader() as reader:
        while not stop.is_set():
            try:
                if stood_still:
                    _take_back(archive, worker, stop)
                    stood_still = False
                if not (calm and lay_out_some(archive, reader, worker)):
                    reader.close()
                    stop.wait(LAYOUTS_S)
            except (ArchiveError, OSError) as error:
                log.error("laying out stands still: %s", _said(error))
                stood_still = True
                stop.wait(2)
        if stood_still:
            _take_back(archive, worker, stop)


def _go_round(archive: Archive, stop: threading.Event) -> None:
    """Each round that is due in a thread of its own: a long one holds up no other. Those under way are waited for."""
    running: dict[str, threading.Thread] = {}
    while not stop.is_set():
        running = {name: thread for name, thread in running.items() if thread.is_alive()}
        try:
            for name in rounds.due(archive):
                if name not in running:
                    running[name] = threading.Thread(target=_go, args=(archive, name, stop), name=f"round-{name}")
                    running[name].start()
        except ArchiveError as error:
            log.error("rounds stand still: %s", error)
        stop.wait(ROUNDS_S)
    for thread in running.values():
        thread.join()


def _go(archive: Archive, which: str, stop: threading.Event) -> None:
    worker = f"{_process()}/round-{which}"
    try:
        rounds.go(archive, which, worker)
        return
    except ArchiveError as error:
        log.error("round %s was not written down: %s", which, error)
    while not stop.wait(2):
        # As with jobs: this process lives, and the round would be taken to be under way for hours.
        try:
            with archive.write() as tx:
                tx.rounds.release(worker)
        except ArchiveError:
            continue
        return


def _index_on(archive: Archive, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with ExitStack() as held:
                ours = held.enter_context(indexing.writing(archive))
                _write_index(archive, stop, ours)
        except Conflict:
            # Another process writes the index; take over when it goes away.
            stop.wait(1)
        except indexing.CutShort:
            log.info("the rebuild of the index is begun again by whoever writes the index next")
        except (ArchiveError, IndexerError, OSError) as error:
            # A full disk too: it is tried again until there is room.
            log.error("indexing stands still: %s", _said(error))
            stop.wait(2)


def _write_index(archive: Archive, stop: threading.Event, ours: Callable[[], bool]) -> None:
    writer: Engine | None = indexing.open_writer(archive)
    try:
        if writer is None:
            if not indexing.may_rebuild(archive):
                stop.wait(LOOK_S)
                return
            writer = _rebuilt(archive, None, stop)
        with archive.tables.changes() as changed:
            look, watch = _Look(changed), _Watch()
            while not stop.is_set() and ours():
                if (missing := watch.missing(archive, writer)) and indexing.may_rebuild(archive):
                    progress = indexing.progress_of(archive)
                    writer = indexing.mend(archive, SERVICE, writer, missing, progress=progress, ends=stop.is_set)
                    watch = _Watch(tolerated=missing)
                if not look.due():
                    stop.wait(POLL_S)
                    continue
                if indexing.rebuild_wanted(archive):
                    _take_up_engine(archive)
                    writer = _rebuilt(archive, writer, stop)
                while not stop.is_set() and ours() and indexing.catch_up(archive, [writer]):
                    pass
    except IndexBroken as error:
        log.error("the index is broken: %s", error)
        if not indexing.may_rebuild(archive):
            stop.wait(LOOK_S)
            return
        with archive.write() as tx:
            tx.meta.put(indexing.INDEX_WANTED, "rebuild")
        writer = _rebuilt(archive, None, stop)
    finally:
        if writer is not None:
            writer.close()


def _rebuilt(archive: Archive, live: Engine | None, stop: threading.Event) -> Engine:
    return indexing.rebuild(archive, SERVICE, live, progress=indexing.progress_of(archive), ends=stop.is_set)


def _take_up_engine(archive: Archive) -> None:
    try:
        archive.take_up_engine()
    except Misconfigured as error:
        log.error("the index is built with the engine as before: %s", error)


def _left(archive: Archive) -> int:
    """How many jobs that make files findable are still to be done."""
    with archive.read() as tx:
        counts = tx.jobs.counts()
    return sum(n for (kind, state), n in counts.items() if kind in MAKES_FINDABLE and state != "dead")


def until_idle(archive: Archive, *, limit_s: float = 600.0, progress: Callable[[int, int], None] | None = None) -> None:
    """Do all work that makes files findable in this process and return: for commands that need no service running.

    `progress` is told how many jobs are done, and of how many as far as is known: reading brings more of them.
    Raises Conflict when another process writes the index.
    """
    ends = time.monotonic() + limit_s
    with archive.new_reader() as reader, indexing.writing(archive):
        recover(archive)
        writer = indexing.open_writer(archive) or indexing.rebuild(archive, SERVICE, None)
        try:
            done = 0
            while time.monotonic() < ends:
                worked = run_one(archive, reader, f"{_process()}/idle", MAKES_FINDABLE)
                if not (worked or indexing.catch_up(archive, [writer])):
                    return
                if worked and progress is not None:
                    done += 1
                    progress(done, done + _left(archive))
        finally:
            writer.close()
