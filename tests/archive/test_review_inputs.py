"""A management review is closed with every input shown by records, or with a reason for what is missing (1.9)."""

import pytest

from access.actors import Actor
from access.rules import Denied
from archive import house_sheets, measures, reports, review_inputs
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model.measures import Review
from tests.builders import a_person, a_record
from tests.conftest import Clock


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=2)


@pytest.fixture
def review(archive: Archive, keeper: Actor) -> Review:
    day = archive.now().date().isoformat()
    made = measures.plan(archive, keeper, "management", title="年度管理评审", on=day, lead="keeper")
    return measures.hold(archive, keeper, made.id, on=day)


def tick_all(archive: Archive, keeper: Actor, review: Review, record: str) -> None:
    for one in review_inputs.show(archive, keeper, review.id).missing:
        review_inputs.tick(archive, keeper, review.id, one.code, [record])


def test_a_review_is_closed_when_every_input_is_ticked_with_a_record(
    archive: Archive, keeper: Actor, review: Review
) -> None:
    record, other = a_record(archive, "满意度调查"), a_record(archive, "内审报告")
    with pytest.raises(Invalid) as refused:
        review_inputs.close(archive, keeper, review.id)
    assert refused.value.code == "inputs-missing"

    tick_all(archive, keeper, review, record)
    review_inputs.tick(archive, keeper, review.id, "c6", [f"/records/{other}"], note="三次内审")

    shown = review_inputs.show(archive, keeper, review.id)
    assert shown.missing == []
    (audits,) = [one for one in shown.lines if one.input.code == "c6"]
    assert [one.id for one in audits.records] == [record, other]
    closed = review_inputs.close(archive, keeper, review.id, why="无")
    assert (closed.closed_by, closed.closed_why) == (keeper.id, ""), "a reason is for what is missing"
    for late in (
        lambda: review_inputs.close(archive, keeper, review.id),
        lambda: review_inputs.untick(archive, keeper, review.id, "c6"),
        lambda: review_inputs.tick(archive, keeper, review.id, "a", [record]),
        lambda: measures.find(archive, keeper, review.id, grade="minor", clause="", said="迟到的发现"),
    ):
        with pytest.raises(Conflict):
            late()


def test_with_inputs_missing_it_is_closed_with_a_reason_and_the_ledger_names_them(
    archive: Archive, keeper: Actor, review: Review
) -> None:
    tick_all(archive, keeper, review, a_record(archive, "资料"))
    review_inputs.untick(archive, keeper, review.id, "c7")
    with pytest.raises(NotFound):
        review_inputs.untick(archive, keeper, review.id, "c7")

    assert review_inputs.close(archive, keeper, review.id, why="本年无外部供方").closed_why == "本年无外部供方"

    with archive.read() as tx:
        (line,) = [one for one in tx.ledger.after(0, limit=1000) if one.action == "review.closed"]
    assert line.payload["missing"] == ["c7"]


def test_an_input_is_ticked_with_records_that_can_be_found_and_with_nothing_else(
    archive: Archive, keeper: Actor, review: Review
) -> None:
    secret = a_record(archive, "核心", level=3)
    for said in ([], [" "]):
        with pytest.raises(Invalid):
            review_inputs.tick(archive, keeper, review.id, "a", said)
    for absent in (secret, "0000000000000000"):
        with pytest.raises(NotFound):
            review_inputs.tick(archive, keeper, review.id, "a", [absent])
    with pytest.raises(NotFound):
        review_inputs.tick(archive, keeper, review.id, "zz", [a_record(archive, "资料")])
    with pytest.raises(Denied):
        review_inputs.tick(archive, a_person(archive, "reader"), review.id, "a", [])


def test_records_that_show_an_input_are_shown_to_those_who_may_find_them(
    archive: Archive, keeper: Actor, review: Review
) -> None:
    review_inputs.tick(archive, keeper, review.id, "a", [a_record(archive, "机密", level=2)])
    other = a_person(archive, "other", "document_controller", clearance=1)

    (line,) = [one for one in review_inputs.show(archive, other, review.id).lines if one.tick]

    assert line.records == []


def test_what_was_ticked_keeps_its_words_and_a_closed_review_asks_for_what_was_asked_then(
    archive: Archive, keeper: Actor, review: Review, clock: Clock
) -> None:
    clock.advance(hours=1)
    tick_all(archive, keeper, review, a_record(archive, "资料"))
    clock.advance(hours=1)
    renamed = {"code": "a", "zh": "上次评审决议落实", "en": "", "source": "公司"}
    house_sheets.change(archive, keeper, "review_inputs", renamed, version=0, reason="简化")
    more = {"code": "g", "zh": "合同到期情况", "en": "", "source": "公司"}
    house_sheets.change(archive, keeper, "review_inputs", more, version=1, reason="增加一项")
    clock.advance(hours=1)

    shown = review_inputs.show(archive, keeper, review.id)
    assert [one.code for one in shown.missing] == ["g"]
    assert shown.lines[0].input.zh == "以往管理评审所采取措施的情况"
    review_inputs.close(archive, keeper, review.id, why="合同另行评审")
    clock.advance(hours=1)
    house_sheets.change(archive, keeper, "review_inputs", {"code": "g"}, version=2, reason="撤回", remove=True)

    assert [one.code for one in review_inputs.show(archive, keeper, review.id).missing] == ["g"]
    sheet = reports.print_out(
        archive, keeper, "review_inputs", {"number": review.number}, form="csv", language="zh"
    ).content.decode("utf-8-sig")
    assert sheet.count("☑") == 12
    assert sheet.count("☐") == 1


def test_an_audit_has_no_inputs_and_a_review_that_was_not_held_is_not_closed(archive: Archive, keeper: Actor) -> None:
    audit = measures.plan(archive, keeper, "internal", title="内审", on="2026-03-02", lead="keeper")
    with pytest.raises(NotFound):
        review_inputs.show(archive, keeper, audit.id)
    planned = measures.plan(archive, keeper, "management", title="评审", on="2026-03-02", lead="keeper", site="JF01")
    with pytest.raises(Conflict):
        review_inputs.close(archive, keeper, planned.id, why="无")
    elsewhere = a_person(archive, "elsewhere", "document_controller", clearance=2, sites=("YL02",))
    with pytest.raises(NotFound):
        review_inputs.show(archive, elsewhere, planned.id)
