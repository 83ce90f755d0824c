"""A management review is held every year, findings are counted, and nobody closes a measure that was theirs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from access.actors import Actor
from access.rules import Denied
from archive import dues, faults, measures
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.measures import Wish
from archive.model.measures import a_year_after
from tests.builders import a_person, a_record
from tests.conftest import Clock


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=2)


def test_a_year_after_a_leap_day_is_the_last_of_february() -> None:
    assert a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert a_year_after(date(2026, 12, 31)) == date(2027, 12, 31)


def test_the_management_review_is_due_a_year_after_the_last_and_a_fault_the_day_after(
    archive: Archive, keeper: Actor, clock: Clock
) -> None:
    assert faults.every(archive, keeper, kind="review_missing") == []
    held = clock().date()
    one = measures.plan(archive, keeper, "management", title="年度管理评审", on=held.isoformat(), lead="keeper")
    with pytest.raises(Invalid):
        measures.hold(archive, keeper, one.id, on=(held + timedelta(days=1)).isoformat())
    measures.hold(archive, keeper, one.id, on=held.isoformat())
    with pytest.raises(Conflict):
        measures.hold(archive, keeper, one.id, on=held.isoformat())

    due = a_year_after(held)
    assert faults.every(archive, keeper, kind="review_missing", on=due) == []
    (found,) = faults.every(archive, keeper, kind="review_missing", on=due + timedelta(days=1))
    assert str(held) in found.fault.sentence
    tasks = dues.every(archive, keeper, kind="measures", until=due)
    assert [task.due.on for task in tasks] == [due]


def test_a_measure_is_done_by_its_owner_and_closed_by_another(archive: Archive, keeper: Actor) -> None:
    owner, other = a_person(archive, "owner", "class_owner"), a_person(archive, "clerk", "borrower")
    opened = measures.open_measure(archive, keeper, Wish("压力表过期", "送检", "owner", "2026-03-20", "JF01"))
    with pytest.raises(Conflict):
        measures.close(archive, keeper, opened.id, worked=True, answer="看过")
    with pytest.raises(Denied):
        measures.done(archive, other, opened.id, evidence="已送检")
    record = a_record(archive, site="JF01")

    done = measures.done(archive, owner, opened.id, evidence="检定证书", record=record)

    assert done.record_id == record
    with pytest.raises(Denied, match="Nobody closes"):
        measures.close(archive, owner, opened.id, worked=True, answer="好")
    back = measures.close(archive, keeper, opened.id, worked=False, answer="证书不是这块表的")
    assert (back.state, back.evidence) == ("open", "")
    measures.done(archive, owner, opened.id, evidence="检定证书")
    assert measures.close(archive, keeper, opened.id, worked=True, answer="编号相符").state == "closed"
    with pytest.raises(Conflict):
        measures.done(archive, owner, opened.id, evidence="再来")


def test_what_is_not_done_in_time_is_due_and_then_a_fault(archive: Archive, keeper: Actor) -> None:
    owner = a_person(archive, "owner", "class_owner")
    opened = measures.open_measure(archive, keeper, Wish("压力表过期", "送检", "owner", "2026-03-20", "JF01"))

    (task,) = dues.every(archive, owner, kind="measures")
    assert (task.mine, task.due.on) == (True, date(2026, 3, 20))
    assert faults.every(archive, keeper, kind="measure_overdue", on=date(2026, 3, 20)) == []
    (found,) = faults.every(archive, keeper, kind="measure_overdue", on=date(2026, 3, 21))
    assert found.fault.subject == opened.id


def test_findings_of_external_audits_are_counted_by_site_and_year(archive: Archive, keeper: Actor) -> None:
    a_person(archive, "auditor", "auditor", department="PZB")
    with pytest.raises(Invalid, match="Nobody audits"):
        measures.plan(archive, keeper, "internal", title="内审", on="2026-03-01", lead="auditor", department="PZB")
    for kind, year in (("external", 2025), ("external", 2026), ("internal", 2026)):
        one = measures.plan(archive, keeper, kind, title="审核", on=f"{year}-01-31", lead="auditor")
        for site in ("JF01", "YL02"):
            measures.find(archive, keeper, one.id, grade="minor", clause="7.5", said="旧版", site=site)
    with pytest.raises(Invalid):
        measures.find(archive, keeper, one.id, grade="bad", clause="", said="x")

    found = measures.board(archive, keeper, year=2026).counts("external")

    assert {site: per["minor"] for site, per in found.items()} == {"JF01": 1, "YL02": 1}


def test_who_works_elsewhere_knows_of_no_measure_here(archive: Archive, keeper: Actor) -> None:
    opened = measures.open_measure(archive, keeper, Wish("压力表过期", "送检", "keeper", "2026-03-20", "JF01"))
    elsewhere = a_person(archive, "elsewhere", "document_controller", sites=("YL02",))

    assert measures.board(archive, elsewhere).measures == []
    with pytest.raises(NotFound):
        measures.done(archive, elsewhere, opened.id, evidence="x")
    with pytest.raises(Invalid):
        measures.open_measure(archive, elsewhere, Wish("a", "b", "keeper", "2026-03-20", "JF01"))


def test_a_measure_is_given_to_somebody_who_can_see_it_and_answers_a_finding_of_its_review(
    archive: Archive, keeper: Actor
) -> None:
    a_person(archive, "elsewhere", "class_owner", sites=("YL02",))
    a_person(archive, "auditor", "auditor", department="PZB")
    ours, other = (
        measures.plan(archive, keeper, "internal", title=title, on="2026-03-01", lead="auditor", site="JF01")
        for title in ("一季度内审", "专项内审")
    )
    found = measures.find(archive, keeper, other.id, grade="minor", clause="2.5", said="台账缺页")

    with pytest.raises(Invalid) as refused:
        measures.open_measure(archive, keeper, Wish("压力表过期", "送检", "elsewhere", "2026-03-20", "JF01"))
    assert refused.value.code == "no-such-person"
    wish = Wish("台账缺页", "补齐", "keeper", "2026-03-20", "JF01", review_id=ours.id, finding_id=found.id)
    with pytest.raises(NotFound):
        measures.open_measure(archive, keeper, wish)
    assert measures.open_measure(archive, keeper, replace(wish, review_id=other.id)).finding_id == found.id
