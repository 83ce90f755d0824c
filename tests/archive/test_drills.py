"""A drill draws by chance that can be repeated, times both ways by the archive's own clock, and is filed."""

import pytest

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import drills, latency, records
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Drill
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.conftest import Clock


@pytest.fixture
def auditor(archive: Archive) -> Actor:
    return a_person(archive, "auditor", "auditor", clearance=3, department="PZB")


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")


def shelved(archive: Archive, count: int = 4) -> list[str]:
    return [
        a_record(archive, f"正文{n}", title=f"合同{n}", name=f"{n}.txt", shelf_location=f"一号库房-0{n}柜")
        for n in range(count)
    ]


def answered(archive: Archive, actor: Actor, drill: Drill, clock: Clock, *seconds: float) -> Drill:
    """Each question is answered after so long; None gives it up."""
    for taken in seconds:
        running = drills.start(archive, actor, drill.id).running
        assert running is not None
        clock.advance(seconds=taken)
        with archive.read() as tx:
            record = tx.records.get(running.record_id)
        done = drills.reached(archive, actor, record, page=running.way == "catalogue")
        assert done is not None
        assert done[1].seconds == taken
    return drills.one(archive, actor, drill.id).drill


def test_both_ways_are_drawn_and_the_same_start_value_draws_the_same(
    archive: Archive, auditor: Actor, keeper: Actor
) -> None:
    shelved(archive)
    first = drills.begin(archive, auditor, login="keeper", each=2, seed="20260302")
    drills.close(archive, auditor, first.id, early=True)
    # The report of the first is a record by now, and could be drawn: not by the same start value from the same site.
    again = drills.begin(archive, auditor, login="keeper", each=2, seed="20260302")

    assert sorted(task.way for task in first.tasks) == ["catalogue", "catalogue", "shelf", "shelf"]
    assert first.population == 4
    if again.population_digest == first.population_digest:
        assert [(t.way, t.record_id) for t in again.tasks] == [(t.way, t.record_id) for t in first.tasks]
    other = drills.begin(archive, auditor, each=2)
    assert other.seed
    assert other.seed != first.seed


def test_the_clock_runs_from_question_to_the_right_record_and_judges_by_the_limit(
    archive: Archive, auditor: Actor, keeper: Actor, clock: Clock
) -> None:
    shelved(archive)
    drill = drills.begin(archive, auditor, login="keeper", each=1, limit_s=60)

    drill = answered(archive, keeper, drill, clock, 12.5, 61)

    assert [task.seconds for task in drill.tasks] == [12.5, 61]
    assert {task.outcome for task in drill.tasks} == {"page", "shelf"}
    assert drill.passed == 1
    with pytest.raises(Conflict, match="Every question"):
        drills.start(archive, keeper, drill.id)


def test_a_wrong_record_stops_nothing_nor_does_somebody_else(archive: Archive, auditor: Actor, keeper: Actor) -> None:
    ids = shelved(archive)
    drill = drills.begin(archive, auditor, login="keeper", each=1)
    running = drills.start(archive, keeper, drill.id).running
    assert running is not None
    with archive.read() as tx:
        right, wrong = tx.records.get(running.record_id), tx.records.get((set(ids) - {running.record_id}).pop())

    assert drills.reached(archive, keeper, wrong, page=True) is None
    assert drills.reached(archive, auditor, right, page=True) is None
    with pytest.raises(Conflict, match="being answered"):
        drills.start(archive, keeper, drill.id)
    with pytest.raises(Conflict, match="Only whoever is timed"):
        drills.give_up(archive, auditor, drill.id)
    assert drills.reached(archive, keeper, right, page=True) is not None


def test_the_report_is_filed_as_a_record_that_can_be_read(
    archive: Archive, keeper: Actor, clock: Clock, reader: Reader
) -> None:
    shelved(archive)
    drill = drills.begin(archive, keeper, each=1, seed="4711")
    answered(archive, keeper, drill, clock, 3, 4)
    latency.noted(archive, 7.0)

    closed = drills.close(archive, keeper, drill.id)
    settle(archive, reader)

    view = records.view(archive, keeper, closed.record_id)
    assert (view.record.lifecycle, view.record.class_code, view.record.doc_number) == ("filed", "GL06", drill.number)
    text = "".join(page for pages in records.text(archive, keeper, closed.record_id) for page in pages)
    for said in ("一分钟检索演练报告", "4711", "2 / 2", "合同", "8 / 8 / 8 ms (1)"):
        assert said in text, said
    assert drills.close(archive, keeper, drill.id).record_id == closed.record_id
    with pytest.raises(Conflict, match="closed"):
        drills.start(archive, keeper, drill.id)


def test_what_was_never_asked_counts_for_nothing_and_is_not_closed_away_by_a_slip(
    archive: Archive, keeper: Actor, clock: Clock
) -> None:
    shelved(archive)
    drill = drills.begin(archive, keeper, each=2, seed="4711")
    drills.start(archive, keeper, drill.id)
    clock.advance(seconds=5)
    with pytest.raises(Conflict, match="never asked"):
        drills.close(archive, keeper, drill.id)

    closed = drills.close(archive, keeper, drill.id, early=True)

    assert (closed.passed, closed.asked) == (0, 1)
    with archive.read() as tx:
        assert [task.outcome for task in tx.drills.get(drill.id).tasks] == ["given-up", "", "", ""]
    said = drills.printout(archive, closed, {}, zh=True)
    assert [row[-2:] for table in said.tables for row in table.rows] == [("未找到", "不合格"), *[("未问", "")] * 3]


def test_what_an_auditor_closes_waits_described_in_the_filing_queue(archive: Archive, auditor: Actor, keeper: Actor):
    shelved(archive)
    drill = drills.begin(archive, auditor, login="keeper", each=1)

    closed = drills.close(archive, auditor, drill.id, early=True)

    waiting = records.filing_queue(archive, keeper).entries
    assert [(record.id, record.class_code) for record, *_ in waiting] == [(closed.record_id, "GL06")]


def test_only_what_both_may_find_is_drawn_and_nothing_of_level_three(archive: Archive, auditor: Actor) -> None:
    a_person(archive, "li", clearance=1)
    for level in (1, 2, 3):
        a_record(archive, f"正文{level}", title=f"合同{level}", level=level, name=f"{level}.txt", shelf_location="A-01")

    drawn = drills.begin(archive, auditor, login="li", each=20)

    assert drawn.population == 1
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    assert drills.begin(archive, keeper, each=20).population == 2


def test_the_report_says_no_more_than_its_reader_may_find(archive: Archive, keeper: Actor) -> None:
    a_record(archive, title="保密合同", level=2, shelf_location="A-01")
    low = a_person(archive, "low", "document_controller", clearance=1)
    drill = drills.begin(archive, keeper, each=1)

    assert next(iter(drills.one(archive, keeper, drill.id).records.values())).title == "保密合同"
    assert drills.one(archive, low, drill.id).records == {}


def test_who_may_do_what(archive: Archive, auditor: Actor, keeper: Actor) -> None:
    shelved(archive)
    li, wang = a_person(archive, "li"), a_person(archive, "wang")
    a_person(archive, "root", "sysadmin", clearance=0)
    with pytest.raises(Denied):
        drills.begin(archive, li)
    for login in ("root", "nobody"):
        with pytest.raises(Invalid, match="Name somebody"):
            drills.begin(archive, auditor, login=login)
    with pytest.raises(Invalid, match="Name somebody"):
        drills.begin(archive, OPERATOR)
    with pytest.raises(Invalid, match="1 to 20"):
        drills.begin(archive, auditor, login="li", each=0)
    with pytest.raises(Invalid, match="nothing to draw"):
        drills.begin(archive, auditor, login="li", site="YL02")

    drill = drills.begin(archive, auditor, login="li", each=1)
    with pytest.raises(Conflict, match="not been closed"):
        drills.begin(archive, keeper, login="li")
    assert [one.drill.id for one in drills.every(archive, li)] == [drill.id]
    assert drills.every(archive, wang) == []
    with pytest.raises(NotFound):
        drills.one(archive, wang, drill.id)
    with pytest.raises(Denied):
        drills.close(archive, li, drill.id, early=True)


def test_durations_are_counted_and_written_down_once_a_minute(archive: Archive, auditor: Actor, clock: Clock) -> None:
    for took in (*[2.0] * 94, *[30.0] * 4, *[900.0] * 2):
        latency.noted(archive, took)
    assert latency.of(archive, auditor) == latency.Latency(100, 2, 40, 1000)

    with archive.read() as tx:
        assert tx.searches.times(latency.EPOCH) == {}
    clock.advance(minutes=1)
    latency.noted(archive, 10**9)
    with archive.read() as tx:
        assert sum(tx.searches.times(latency.EPOCH).values()) == 101
    assert latency.of(archive, auditor).searches == 101
    clock.advance(days=31)
    assert latency.of(archive, auditor) == latency.Latency(0)
    assert sum(latency.since_the_beginning(archive, auditor).values()) == 101
