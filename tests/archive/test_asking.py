"""A question in the words of the house is understood, and a wrong one is explained."""

from datetime import date

import pytest

from access.actors import OPERATOR
from archive import asking, labels, search
from archive.app import Archive
from archive.labels import Beyond
from archive.search import Question
from indexer.errors import BadQuery
from indexer.query import Labelled, Node
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle

TODAY = date(2026, 11, 25)


def root(archive: Archive, typed: str) -> Node | None:
    with archive.read() as tx:
        return asking.understood(tx, typed, TODAY).root


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("类:HT02", {"HT02"}),
        ("类：ｈｔ０２", {"HT02"}),
        ("密级:内部", {"1"}),
        ("密级:>=2", {"2", "3"}),
        ("密级:0..1", {"0", "1"}),
        ("密级:<1", {"0"}),
        ("项目:JF01", {"JF01"}),
        ("部门:SWB", {"SWB"}),
    ],
)
def test_names_of_the_house_are_understood(archive: Archive, typed: str, meant: set[str]) -> None:
    found = root(archive, typed)

    assert isinstance(found, Labelled)
    assert found.allowed == meant


def test_a_class_is_named_by_the_beginning_of_its_code_or_a_part_of_its_name(archive: Archive) -> None:
    by_code, by_name = root(archive, "类:HT"), root(archive, "类:受控文件")

    assert isinstance(by_code, Labelled)
    assert isinstance(by_name, Labelled)
    assert len(by_code.allowed) > 1
    assert all(code.startswith("HT") for code in by_code.allowed)
    assert by_name.allowed == {"GL02"}


@pytest.mark.parametrize(
    ("typed", "kind", "at"),
    [
        ("合同 类:不存在的", "no-class", 4),
        ("密级:5", "no-level", 1),
        ("项目:火星", "no-site", 1),
        ("部门:x9", "no-department", 1),
    ],
)
def test_a_name_that_is_not_there_is_said_with_what_to_write_instead(
    archive: Archive, typed: str, kind: str, at: int
) -> None:
    with pytest.raises(BadQuery) as refused:
        root(archive, typed)

    assert (refused.value.kind, refused.value.at) == (kind, at)
    assert refused.value.instead


def test_labels_and_days_narrow_what_is_found(archive: Archive, reader: Reader) -> None:
    wanted = a_record(archive, "电梯维保", title="电梯合同", level=1)
    a_record(archive, "电梯维保", title="电梯机密", level=2)
    settle(archive, reader)

    def found(typed: str) -> list[str]:
        return [hit.record.id for hit in search.find(archive, OPERATOR, Question(typed)).hits]

    assert found("电梯 密级:1") == [wanted]
    assert found("电梯 -密级:2") == [wanted]
    assert found("电梯 日期:1990..1991") == []
    assert found("电梯 到期:<90天") == []


def test_a_question_without_an_exact_answer_is_answered_by_what_comes_near(archive: Archive, reader: Reader) -> None:
    near = a_record(archive, "业主拒绝交纳物业费的，物业服务人可以催告其在合理期限内支付。", title="催缴办法", level=1)
    a_record(archive, "绿化养护。", title="绿化", level=1)
    hidden = a_record(archive, "业主不交物业费，怎样起诉。", title="底价", level=3)
    settle(archive, reader)
    borrower = a_person(archive, "borrower")

    answer = search.find(archive, borrower, Question("业主不交物业费怎么办"))

    assert answer.relaxed
    assert [hit.record.id for hit in answer.hits] == [near]
    assert hidden not in [hit.record.id for hit in answer.hits]
    assert answer.hits[0].snippets
    assert not search.find(archive, borrower, Question("物业费")).relaxed
    nothing = search.find(archive, borrower, Question("量子力学导论"))
    assert (nothing.total, nothing.relaxed) == (0, False)


def test_what_comes_nearest_stands_behind_the_few_that_answer_literally_and_is_not_counted(
    archive: Archive, reader: Reader
) -> None:
    actor = a_person(archive, "zhao")
    literal = a_record(archive, "前期物业服务合同终止后的交接。", title="交接办法", name="1.txt")
    near = a_record(archive, "合同终止以后，物业要办交接。", title="通知", name="2.txt")
    a_record(archive, "电梯年检。", title="年检", name="3.txt")
    hidden = a_record(archive, "合同终止以后，物业要办的交接。", title="密件", name="4.txt", level=3, class_code="KH01")
    settle(archive, reader)

    answer = search.find(archive, actor, Question("物业服务合同终止"))
    second = search.find(archive, actor, Question("物业服务合同终止", page=2))
    newest = search.find(archive, actor, Question("物业服务合同终止", sort="newest"))

    assert [(hit.record.id, hit.nearest) for hit in answer.hits] == [(literal, False), (near, True)]
    assert answer.total == sum(answer.facets["level"].values()) == 1
    assert not answer.relaxed
    assert hidden not in {hit.record.id for hit in answer.hits}
    assert second.hits == ()
    assert [hit.record.id for hit in newest.hits] == [literal]


@pytest.mark.parametrize(
    ("title", "standing"),
    [
        ("中华人民共和国民法典", "law"),
        ("《中华人民共和国城市房地产管理法》(2019年修正)", "law"),
        ("关于贯彻《中华人民共和国民法典》的通知", ""),
        ("装修管理办法（已废止）", "obsolete"),
        ("作废-装修管理办法", "obsolete"),
        ("合同作废通知", ""),
    ],
)
def test_titles_say_what_stands_in_force(title: str, standing: str) -> None:
    assert labels.standing_of(title) == standing


def test_what_is_known_to_be_no_longer_in_force_needs_no_mark_in_its_title(archive: Archive) -> None:
    with archive.read() as tx:
        record = tx.records.get(a_record(archive, title="电梯管理办法"))

    assert labels.labels_of(record)["standing"] == ""
    assert labels.labels_of(record, known=Beyond(obsolete=True))["standing"] == "obsolete"
