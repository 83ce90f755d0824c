"""Work goes on, whatever one job, one object or one moment does."""

import errno
import io
import os
import threading
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from access.actors import OPERATOR
from archive import errands, indexing, intake, processes, records, search, selections, status, worker
from archive.app import Archive
from archive.errors import Misconfigured
from archive.intake import Claims
from archive.model import Job
from archive.search import Question
from archive.tables import Transaction
from archive.tables.jobs import ATTEMPTS_MAX
from indexer.engines import Engine
from indexer.errors import IndexBroken
from indexer.reading import Reader
from tests import homes
from tests.builders import a_person, a_record, drop, settle, take_in_everything
from tests.conftest import Clock
from tests.samples import make


class Impatient(threading.Event):
    """Says when to stop, and never waits."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def test_a_job_that_kills_its_worker_every_time_dies_in_the_end(archive: Archive) -> None:
    a_record(archive)
    nobody = f"{processes.machine()}/{1 << 30}/x"
    for _ in range(ATTEMPTS_MAX):
        with archive.write() as tx:
            assert tx.jobs.claim(archive.now(), nobody, worker.LEASE, ("read",)) is not None
        worker.recover(archive)

    with archive.write() as tx:
        assert tx.jobs.claim(archive.now(), nobody, worker.LEASE, ("read",)) is None
        assert [job.kind for job in tx.jobs.dead()] == ["read"]


def test_a_job_whose_lease_runs_out_every_time_dies_in_the_end(archive: Archive, clock: Clock) -> None:
    a_record(archive)
    for _ in range(ATTEMPTS_MAX):
        with archive.write() as tx:
            assert tx.jobs.claim(archive.now(), "elsewhere/1/x", worker.LEASE, ("read",)) is not None
        clock.advance(hours=1)

    with archive.write() as tx:
        assert tx.jobs.claim(archive.now(), "elsewhere/1/x", worker.LEASE, ("read",)) is None
        assert [job.kind for job in tx.jobs.dead()] == ["read"]


def test_indexing_goes_on_when_the_disk_has_room_again(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, tried = Impatient(), 0

    def full_once(_archive: Archive, _writers: list[Engine]) -> int:
        nonlocal tried
        tried += 1
        if tried == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        stop.set()
        return 0

    monkeypatch.setattr(indexing, "catch_up", full_once)
    worker._index_on(archive, stop)

    assert tried == 2


def test_the_worker_ends_when_one_of_its_threads_does(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def unforeseen(_archive: Archive, _stop: threading.Event) -> None:
        raise ValueError

    monkeypatch.setattr(worker, "_index_on", unforeseen)

    assert not worker.run(archive, threading.Event()), "an init system would take that for a good end"


def test_one_spoilt_text_stops_neither_indexing_nor_search_and_is_read_anew(archive: Archive, reader: Reader) -> None:
    spoilt_id = a_record(archive, "重要的正文", title="甲")
    settle(archive, reader)
    with archive.read() as tx:
        (component,) = tx.records.components_of([spoilt_id])[spoilt_id]
        row = tx.objects.get(component.text_digest)
    assert row is not None
    path = homes.sealed(archive, row.address)
    path.write_bytes(path.read_bytes()[:-1])

    assert [hit.record.id for hit in search.find(archive, OPERATOR, Question("正文")).hits] == [spoilt_id]

    other_id = a_record(archive, "别的正文", title="乙")
    with archive.write() as tx:
        tx.index_queue.add(spoilt_id, archive.now())
    settle(archive, reader)

    assert {hit.record.id for hit in search.find(archive, OPERATOR, Question("正文")).hits} == {spoilt_id, other_id}
    assert records.text(archive, OPERATOR, spoilt_id) == [["重要的正文"]]


def test_the_name_of_a_file_is_found_by_those_alone_who_may_read_it(archive: Archive, reader: Reader) -> None:
    """INV-19: files are listed to those who may read; for all others a search must not know their names either."""
    a_record(archive, "正文", title="来信一件", level=2, name="张大山投诉.txt")
    settle(archive, reader)
    reads = a_person(archive, "reads", "document_controller", clearance=2)
    finds = a_person(archive, "finds", "borrower", clearance=2, department="XRB")

    assert search.find(archive, reads, Question("张大山")).total == 1
    assert search.find(archive, finds, Question("来信")).total == 1
    assert search.find(archive, finds, Question("张大山")).total == 0


def test_what_waits_to_be_read_never_waits_behind_pictures_or_somebody_elses_scan(
    archive: Archive, reader: Reader
) -> None:
    """Handing in at a page is urgent; what followed from it, pictures and pages of scans, held up every inbox."""
    scan = make.scanned(make.sheet("停水通知"))
    intake.hand_in(archive, OPERATOR, io.BytesIO("已读".encode()), "a.txt", Claims(), door="upload")
    intake.hand_in(archive, OPERATOR, io.BytesIO(scan), "b.pdf", Claims(), door="upload")
    for _ in range(2):
        assert worker.run_one(archive, reader, "test", ("read",))
    drop(archive, "c.txt", "收件夹里的文件")
    take_in_everything(archive)

    with archive.write() as tx:
        order = [tx.jobs.claim(archive.now(), "test", timedelta(minutes=1), tuple(worker.HANDLERS)) for _ in range(4)]

    assert [job.kind for job in order if job] == ["read", "recognise", "draw", "draw"]


def test_a_job_that_takes_longer_than_its_lease_is_not_done_by_another(archive: Archive, clock: Clock) -> None:
    a_record(archive)
    ours, theirs = f"{processes.machine()}/{os.getpid()}/reader", "another-machine/1/reader"
    with archive.write() as tx:
        held = tx.jobs.claim(archive.now(), ours, worker.LEASE, ("read",))
        assert held is not None
    for _ in range(4):
        clock.advance(minutes=10)
        worker.hold(archive)
        with archive.write() as tx:
            assert tx.jobs.claim(archive.now(), theirs, worker.LEASE, ("read",)) is None

    clock.advance(minutes=16)  # the process has ended, and nobody renews it
    with archive.write() as tx:
        taken = tx.jobs.claim(archive.now(), theirs, worker.LEASE, ("read",))
    assert taken is not None
    assert taken.id == held.id


class TwentyTimes(Impatient):
    """Stops what has been told to wait twenty times."""

    waited = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waited += 1
        if self.waited == 20:
            self.set()
        return self.is_set()


def test_a_job_whose_end_could_not_be_written_is_done_again_by_a_process_that_lives_on(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off from the database in the middle: its lease is renewed as long as the process lives, so nobody else
    would ever do it."""
    a_record(archive)
    write, away, times = archive.write, 0, 0

    def reachable_or_not() -> AbstractContextManager[Transaction]:
        nonlocal away
        if away:
            away -= 1
            raise Misconfigured("The catalogue cannot be opened.")
        return write()

    def cut_off_the_first_time(_archive: Archive, _reader: Reader, _job: Job) -> None:
        nonlocal away, times
        times += 1
        away = 2 if times == 1 else 0

    monkeypatch.setattr(archive, "write", reachable_or_not)
    monkeypatch.setattr(worker, "HANDLERS", {"read": cut_off_the_first_time})
    monkeypatch.setattr(indexing, "after_reading", lambda *_: None)
    worker._read_on(archive, TwentyTimes(), worker.Calm())

    assert times == 2
    with archive.read() as tx:
        assert [kind for kind, _ in tx.jobs.counts() if kind == "read"] == []


def test_a_worker_that_is_told_to_end_while_it_stands_still_gives_back_what_it_had(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_record(archive)
    stop, write, away = Impatient(), archive.write, False

    def reachable_or_not() -> AbstractContextManager[Transaction]:
        nonlocal away
        if away:
            stop.set()
            raise Misconfigured("The catalogue cannot be opened.")
        return write()

    def cut_off(_archive: Archive, _reader: Reader, _job: Job) -> None:
        nonlocal away
        away = True

    def there_again(timeout: float | None = None) -> bool:
        nonlocal away
        away = False
        return stop.is_set()

    monkeypatch.setattr(archive, "write", reachable_or_not)
    monkeypatch.setattr(stop, "wait", there_again)
    monkeypatch.setattr(worker, "HANDLERS", {"read": cut_off})
    worker._read_on(archive, stop, worker.Calm())

    with archive.read() as tx:
        assert [state for kind, state in tx.jobs.counts() if kind == "read"] == ["waiting"]


def test_a_worker_that_is_told_to_end_finishes_what_it_has_under_way_and_begins_nothing_else(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where ends are counted in seconds, one job more may be one that is killed."""
    for text in ("甲", "乙"):
        a_record(archive, text)
    stop, begun = Impatient(), list[int]()

    def told_to_end(_archive: Archive, _reader: Reader, job: Job) -> None:
        begun.append(job.id)
        stop.set()

    monkeypatch.setattr(worker, "HANDLERS", {"read": told_to_end})
    monkeypatch.setattr(indexing, "after_reading", lambda *_: None)
    worker._read_on(archive, stop, worker.Calm())

    assert len(begun) == 1
    with archive.read() as tx:
        counts = tx.jobs.counts()
    assert {state: n for (kind, state), n in counts.items() if kind == "read"} == {"waiting": 1}


@pytest.mark.parametrize("calm", [False, True])
def test_pictures_are_drawn_ahead_only_when_nobody_has_waited_for_a_while(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, calm: bool
) -> None:
    drawn: list[Job] = []

    def draw(_archive: Archive, _reader: Reader, job: Job) -> None:
        drawn.append(job)

    monkeypatch.setattr(worker, "HANDLERS", {"draw": draw})
    monkeypatch.setattr(worker, "CALM_S", -1 if calm else 3600)
    with archive.write() as tx:
        tx.jobs.add(archive.now(), "draw", component="x")

    worker._read_on(archive, TwentyTimes(), worker.Calm())

    assert len(drawn) == calm


def test_what_somebody_waits_for_is_not_under_way_for_ever_when_it_kills_its_worker_every_time(
    archive: Archive,
) -> None:
    """Buried with its job only, a selection waited and an errand ran for ever."""
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    ids = [a_record(archive, str(n)) for n in range(selections.CHUNK + 1)]
    chosen = selections.choose(archive, keeper, ids=ids).id
    selections.ask(archive, keeper, chosen, "describe", {"site": "YL02"})
    asked = errands.begin(archive, keeper, "evidence", {"from": "2026-01-01", "to": "2026-01-31"})
    nobody, kinds = f"{processes.machine()}/{1 << 30}/x", ("work-through", "run-errand")
    for _ in range(ATTEMPTS_MAX):
        with archive.write() as tx:
            assert [tx.jobs.claim(archive.now(), nobody, worker.LEASE, kinds) for _ in kinds].count(None) == 0
        worker.recover(archive)

    ended = errands.one(archive, keeper, asked.id)
    assert (ended.state, ended.reason) == ("failed", "Something went wrong; tell the system administrator.")
    standing = selections.standing(archive, keeper, chosen)
    assert (standing.left, standing.count("chosen")) == (0, 1), "it can be gone on with"
    selections.go_on(archive, keeper, chosen)


def test_without_an_index_that_ends_the_worker_every_time_all_other_work_goes_on(archive: Archive) -> None:
    with archive.write() as tx:
        tx.meta.put(indexing.BEGUN, str(ATTEMPTS_MAX))
        tx.meta.put(indexing.INDEX_WANTED, "rebuild")
        tx.meta.put(indexing.LABELS_OF_INDEX, "of an earlier release")
        before = tx.meta.get("index")

    worker._write_index(archive, Impatient(), lambda: True)

    now = status.of(archive, OPERATOR)
    assert (now.index, now.index_wanted, now.index_given_up) == (before or "", "", ATTEMPTS_MAX)


def test_a_broken_index_that_is_not_built_anew_any_more_is_not_looked_at_without_a_pause(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with archive.write() as tx:
        tx.meta.put(indexing.BEGUN, str(ATTEMPTS_MAX))
    stop, tried = TwentyTimes(), 0

    def broken(_archive: Archive, _writers: list[Engine]) -> int:
        nonlocal tried
        tried += 1
        if tried == 50:
            stop.set()
        raise IndexBroken("A segment is missing.")

    monkeypatch.setattr(indexing, "catch_up", broken)
    worker._index_on(archive, stop)

    assert (tried, stop.waited) == (20, 20)
    assert not [one for one in caplog.records if "begun no more" in one.message], "nothing was asked for"


def test_ends_that_a_worker_is_told_of_do_not_count_against_the_rebuild_they_cut_off(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 1)
    monkeypatch.setattr(indexing, "REBUILD_BATCH", 1)
    for text in ("甲", "乙", "丙"):
        a_record(archive, text)
    indexing.want_rebuild(archive, OPERATOR)
    before = status.of(archive, OPERATOR).index

    for _ in range(ATTEMPTS_MAX + 1):
        stop = Impatient()

        def told_to_end(done: int, _total: int, stop: threading.Event = stop) -> None:
            if done == 1:
                stop.set()

        with monkeypatch.context() as patched:
            patched.setattr(indexing, "progress_of", lambda _, told=told_to_end: told)
            worker._index_on(archive, stop)
        now = status.of(archive, OPERATOR)
        assert (now.index, now.index_wanted, now.index_given_up) == (before, "rebuild", 0)
    assert indexing.rebuild_wanted(archive)
