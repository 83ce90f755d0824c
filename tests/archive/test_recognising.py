"""A scan becomes findable by its words, page by page, whatever is killed and whoever else is in a hurry."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from access.actors import OPERATOR
from archive import checking, indexing, intake, recognising, records, search, status, worker
from archive.app import Archive
from archive.errors import Conflict
from archive.intake import Claims
from archive.model import Component
from archive.search import Question
from indexer.errors import Unreadable
from indexer.reading import Reader
from indexer.recognition import Recognised
from tests.builders import settle
from tests.samples import make

SMALL = (640, 200)


def handed_in(archive: Archive, content: bytes, name: str) -> str:
    claims = Claims(name, "HT02", 1, "JF01", "SWB")
    return intake.hand_in(archive, OPERATOR, io.BytesIO(content), name, claims, door="command").record_id


def a_scan(archive: Archive, *words: str, form: str = "TIFF") -> str:
    return handed_in(archive, make.scanned(*(make.sheet(word, size=SMALL) for word in words), form=form), "扫描.tif")


def component(archive: Archive, record_id: str) -> Component:
    (one,) = records.view(archive, OPERATOR, record_id).components
    return one


def cautions(archive: Archive, record_id: str) -> dict[str, str]:
    return dict(component(archive, record_id).cautions)


def found(archive: Archive, words: str) -> list[str]:
    return [hit.record.id for hit in search.find(archive, OPERATOR, Question(words)).hits]


class Counting(Reader):
    """Notes which pages are recognised, and dies before the one it is told to die at."""

    def __init__(self, *, dies_at: int = 0) -> None:
        super().__init__()
        self.read_pages: list[int] = []
        self._dies_at = dies_at

    def recognise(self, path: Path, name: str, page: int) -> Recognised:
        if page == self._dies_at:
            raise KeyboardInterrupt
        self.read_pages.append(page)
        return super().recognise(path, name, page)


class Unable(Reader):
    """Cannot read some pages, as where the sandbox had to be killed."""

    def __init__(self, *pages: int) -> None:
        super().__init__()
        self._pages = pages

    def recognise(self, path: Path, name: str, page: int) -> Recognised:
        if page in self._pages:
            raise Unreadable("The reader crashed on this file.", "crashed")
        return super().recognise(path, name, page)


class Interrupted(Counting):
    """Somebody stops the reading of a record while this page of it is being read."""

    def __init__(self, archive: Archive, record_id: str, page: int) -> None:
        super().__init__()
        self._archive, self._record_id, self._page = archive, record_id, page

    def recognise(self, path: Path, name: str, page: int) -> Recognised:
        if page == self._page:
            file = component(self._archive, self._record_id)
            recognising.stop(self._archive, OPERATOR, self._record_id, file.id)
        return super().recognise(path, name, page)


def do_all(archive: Archive, reader: Reader, kinds: Sequence[str]) -> None:
    while (job := next_job(archive, kinds)) is not None:
        worker.HANDLERS[job.kind](archive, reader, job)
        with archive.write() as tx:
            tx.jobs.done(job.id)


def next_job(archive: Archive, kinds: Sequence[str]):
    with archive.write() as tx:
        return tx.jobs.claim(archive.now(), "test/0", worker.LEASE, kinds)


def test_a_scan_is_found_by_its_words_and_says_how_they_were_come_by(archive: Archive, reader: Reader) -> None:
    record_id = handed_in(archive, make.scanned(make.sheet("电梯年检报告", sealed=True)), "扫描.pdf")
    settle(archive, reader)

    assert found(archive, "年检") == [record_id]
    assert records.text(archive, OPERATOR, record_id) == [["电梯年检报告"]]
    assert cautions(archive, record_id) == {"recognised": "1", "seals": "1"}


def test_a_scan_is_there_at_once_and_says_that_its_words_are_to_come(archive: Archive, reader: Reader) -> None:
    record_id = a_scan(archive, "电梯年检", "消防年检")
    do_all(archive, reader, ["read"])

    assert cautions(archive, record_id) == {"being-recognised": "0/2"}
    assert list(records.text(archive, OPERATOR, record_id)[0]) == ["", ""]


def test_what_was_read_before_a_kill_is_not_read_again(archive: Archive, reader: Reader) -> None:
    record_id = a_scan(archive, "第一页", "第二页", "第三页")
    do_all(archive, reader, ["read"])
    job = next_job(archive, ["recognise"])
    assert job is not None
    with Counting(dies_at=3) as dying, pytest.raises(KeyboardInterrupt):
        worker.HANDLERS["recognise"](archive, dying, job)
    assert dying.read_pages == [1, 2]

    with archive.write() as tx:
        tx.jobs.release("test/0", archive.now())
    with Counting() as again:
        settle(archive, again)

    assert again.read_pages == [3]
    assert records.text(archive, OPERATOR, record_id) == [["第一页", "第二页", "第三页"]]
    assert cautions(archive, record_id) == {"recognised": "1, 2, 3"}


def test_a_long_scan_steps_back_for_what_is_more_urgent(archive: Archive, reader: Reader) -> None:
    a_scan(archive, *(f"第{word}页" for word in "一二三四"))
    do_all(archive, reader, ["read"])
    job = next_job(archive, ["recognise"])
    assert job is not None
    urgent = handed_in(archive, "消防演练通知".encode(), "通知.txt")

    with Counting() as counting:
        worker.HANDLERS["recognise"](archive, counting, job)
        assert counting.read_pages == [1]
        with archive.write() as tx:
            tx.jobs.done(job.id)
        following = next_job(archive, list(worker.HANDLERS))
        assert following is not None
        assert (following.kind, following.payload["component"]) == ("read", component(archive, urgent).id)
        do_all(archive, counting, ["read", "recognise"])
        assert counting.read_pages == [1, 2, 3, 4]


def test_several_readers_share_a_long_scan_and_short_ones_go_first(archive: Archive, reader: Reader) -> None:
    long = make.scanned(*(make.sheet(str(page), size=(64, 64)) for page in range(20)), form="TIFF")
    handed_in(archive, long, "长.tif")
    short = a_scan(archive, "短")
    do_all(archive, reader, ["read"])

    jobs = [job for _ in range(4) if (job := next_job(archive, ["recognise"])) is not None]

    assert jobs[0].payload["component"] == component(archive, short).id
    assert [(job.payload["first"], job.payload["last"]) for job in jobs[1:]] == [("1", "8"), ("9", "16"), ("17", "20")]


def test_pages_are_searchable_before_the_last_one_was_read(archive: Archive, reader: Reader) -> None:
    record_id = a_scan(archive, "电梯年检", "消防年检")
    do_all(archive, reader, ["read"])
    recognising.recognise(archive, reader, component(archive, record_id).id, 1, 1)

    assert cautions(archive, record_id) == {"being-recognised": "1/2"}
    with indexing.writing(archive):
        writer = indexing.open_writer(archive) or indexing.rebuild(archive, OPERATOR, None)
        indexing.catch_up(archive, [writer])
        writer.close()
    assert found(archive, "电梯") == [record_id]
    assert found(archive, "消防") == []


def test_a_page_that_cannot_be_read_costs_itself_only(archive: Archive) -> None:
    record_id = a_scan(archive, "电梯年检", "消防年检")
    with Unable(2) as unable:
        settle(archive, unable)

    assert found(archive, "电梯") == [record_id]
    assert cautions(archive, record_id) == {"recognised": "1", "partly-unreadable": "2"}


def test_a_garbled_text_layer_gives_way_to_the_picture_and_the_record_says_so(archive: Archive, reader: Reader) -> None:
    record_id = handed_in(archive, make.garbled_pdf("云麓花园物业服务合同"), "乱码.pdf")
    settle(archive, reader)

    assert found(archive, "物业服务合同") == [record_id]
    assert cautions(archive, record_id) == {"recognised": "1", "text-layer-replaced": "1"}


def test_reading_a_file_again_does_not_recognise_it_again(archive: Archive, reader: Reader) -> None:
    record_id = a_scan(archive, "电梯年检")
    settle(archive, reader)
    with archive.write() as tx:
        tx.jobs.add(archive.now(), "read", component=component(archive, record_id).id)

    with Counting() as counting:
        settle(archive, counting)

    assert counting.read_pages == []
    assert records.text(archive, OPERATOR, record_id) == [["电梯年检"]]


def test_a_stopped_reading_ends_after_the_page_under_way_and_what_was_read_is_found(archive: Archive) -> None:
    record_id = a_scan(archive, "电梯年检", "消防年检", "水箱清洗")
    with Interrupted(archive, record_id, 2) as interrupted:
        settle(archive, interrupted)

    assert interrupted.read_pages == [1, 2]
    assert cautions(archive, record_id) == {"reading-stopped": "2/3"}
    assert (found(archive, "消防"), found(archive, "水箱"), found(archive, "扫描")) == ([record_id], [], [record_id])
    assert records.text(archive, OPERATOR, record_id) == [["电梯年检", "消防年检", ""]]
    assert status.of(archive, OPERATOR).reading_stopped == 1
    assert not [one for one in checking.verify(archive, OPERATOR).findings if one.serious]


def test_nothing_but_a_person_goes_on_with_a_stopped_reading(archive: Archive) -> None:
    record_id = a_scan(archive, "电梯年检", "消防年检", "水箱清洗")
    with Interrupted(archive, record_id, 1) as interrupted:
        settle(archive, interrupted)
    file = component(archive, record_id)

    with Counting() as counting:
        with archive.write() as tx:
            # As after a kill, and as when the index finds a text spoilt.
            tx.jobs.add(archive.now(), "recognise", component=file.id, first="1", last="3")
            tx.jobs.add(archive.now(), "read", component=file.id)
        indexing.want_rebuild(archive, OPERATOR)
        settle(archive, counting)
        assert counting.read_pages == []
        assert cautions(archive, record_id) == {"reading-stopped": "1/3"}
        assert found(archive, "电梯") == [record_id]

        recognising.go_on(archive, OPERATOR, record_id, file.id)
        assert cautions(archive, record_id) == {"being-recognised": "1/3"}
        settle(archive, counting)

    assert counting.read_pages == [2, 3]
    assert cautions(archive, record_id) == {"recognised": "1, 2, 3"}
    assert found(archive, "水箱") == [record_id]
    with archive.read() as tx:
        told = [line.action for line in tx.ledger.lines(subject_id=record_id)]
    assert [action for action in told if "reading-" in action] == ["record.reading-resumed", "record.reading-stopped"]


def test_what_is_read_through_cannot_be_stopped_nor_gone_on_with(archive: Archive, reader: Reader) -> None:
    record_id = a_scan(archive, "电梯年检")
    settle(archive, reader)
    file = component(archive, record_id)

    with pytest.raises(Conflict) as refused:
        recognising.stop(archive, OPERATOR, record_id, file.id)
    assert refused.value.code == "not-running"
    with pytest.raises(Conflict) as refused:
        recognising.go_on(archive, OPERATOR, record_id, file.id)
    assert refused.value.code == "not-stopped"
