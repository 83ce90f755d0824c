"""The register of laws: what is gone is gone for whoever relies on it, and only what was read is marked as verified."""

from datetime import date

import pytest

from access.rules import Denied
from archive import documents, dues, faults, law_reading, laws
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model.laws import Law, named_in
from indexer.reading import Reader
from tests.archive.test_documents import Company
from tests.builders import a_person, settle
from tests.conftest import Clock

PROPERTY_LAW = {
    "code": "WQF", "name": "中华人民共和国物权法", "aliases": "物权法", "rank": "law", "status": "repealed",
    "ended_on": "2021-01-01", "successor": "MFD",
}  # fmt: skip


@pytest.fixture
def company(archive: Archive) -> Company:
    return Company(archive)


def citing(company: Company, archive: Archive, reader: Reader, body: str) -> documents.Edition:
    one = company.issued(day="2018-06-01", record=company.record(body))
    settle(archive, reader)
    laws.sweep(archive)
    return one


def test_the_starter_set_is_whole_and_marks_as_verified_only_what_was_read(company: Company, archive: Archive) -> None:
    lines = {line.law.code: line.law for line in laws.register(archive, company.clerk)}

    assert len(lines) > 25
    for law in lines.values():
        assert not law.successor or law.successor in lines
        assert bool(law.verified_on) == (law.status != "unknown" and law.code not in ("WQF", "HTF"))
        assert law.verified_on is None or law.source
    assert (lines["DABF"].status, lines["DABF"].successor) == ("repealed", "DATL")


def test_what_a_text_names_is_found_by_name_or_alias_and_nothing_else() -> None:
    known = [Law("A", "中华人民共和国物权法", ("物权法",)), Law("B", "物业管理条例")]

    assert named_in("依据《物权法》、《物业管理条例（2018修订）》制定。", known) == ["A", "B"]
    assert named_in("《中华人民共和国物权法》第七十六条", known) == ["A"]
    assert named_in("物权法、《物权法释义》", known) == []


def test_a_document_in_force_that_names_a_repealed_law_is_a_fault_and_a_task_until_it_is_changed(
    company: Company, archive: Archive, reader: Reader, clock: Clock
) -> None:
    one = citing(company, archive, reader, "依据《中华人民共和国物权法》制定本规定。")

    (found,) = faults.every(archive, company.keeper, kind="repealed_law")
    assert found.fault.subject == one.id
    assert "民法典" in found.fault.sentence
    (task,) = [task for task in dues.every(archive, company.author, kind="laws") if task.mine]
    assert (task.due.person, task.due.on) == (company.author.id, date(2021, 1, 1))

    company.issued("A/1", record=company.record("依据《中华人民共和国民法典》制定本规定。"))
    settle(archive, reader)
    laws.sweep(archive)

    assert faults.every(archive, company.keeper, kind="repealed_law") == []
    assert [row.document.number for row, _ in laws.show(archive, company.keeper, "MFD").line.cited_by] == ["QP-01"]


def test_who_may_not_find_a_document_is_not_told_that_it_names_a_law(
    company: Company, archive: Archive, reader: Reader
) -> None:
    citing(company, archive, reader, "依据《物权法》制定。")
    elsewhere = a_person(archive, "elsewhere", "borrower", clearance=1, sites=("YL02",))

    assert not laws.show(archive, elsewhere, "WQF").line.cited_by
    assert faults.every(archive, elsewhere, kind="repealed_law") == []


def test_a_change_of_the_register_is_a_version_and_makes_every_text_be_looked_through_again(
    company: Company, archive: Archive, reader: Reader
) -> None:
    citing(company, archive, reader, "依据《本市物业管理办法》制定。")
    said = {"code": "BSWY", "name": "本市物业管理办法", "rank": "local", "status": "repealed", "ended_on": "2020-01-01"}

    laws.state(archive, company.keeper, said, version=0, reason="已由新条例替代")
    assert laws.sweep(archive) == 1

    assert len(faults.every(archive, company.keeper, kind="repealed_law")) == 1
    with pytest.raises(Conflict):
        laws.state(archive, company.keeper, said, version=0, reason="再改")
    laws.state(archive, company.keeper, said | {"status": "in_force", "ended_on": ""}, version=1, reason="核对后更正")
    laws.sweep(archive)
    assert faults.every(archive, company.keeper, kind="repealed_law") == []
    assert [one.reason for one in laws.show(archive, company.keeper, "BSWY").versions] == [
        "核对后更正",
        "已由新条例替代",
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"name": ""}, "no-law-name"), ({"status": "gone"}, "no-such-standing"), ({"successor": "WQF"}, "own-successor"),
     ({"successor": "NOWHERE"}, "no-such-law")],
)  # fmt: skip
def test_what_cannot_be_is_refused(company: Company, archive: Archive, changed: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        laws.state(archive, company.keeper, PROPERTY_LAW | changed, version=0, reason="核对")
    assert refused.value.code == code


def test_the_table_that_is_exported_is_taken_again_and_changes_nothing(company: Company, archive: Archive) -> None:
    for workbook in (False, True):
        table = laws.dump(archive, company.keeper, workbook=workbook)
        assert laws.load(archive, company.keeper, table, reason="导入") == []


def test_whom_a_law_binds_is_reviewed_and_falls_due_again(company: Company, archive: Archive, clock: Clock) -> None:
    review = laws.review(archive, company.head, "WYTL", applies=True, note="第二十六条适用商务部")

    assert review.next_on == date(2026, 5, 31)
    clock.advance(days=120)
    assert "WYTL" in {task.due.subject for task in dues.every(archive, company.head, kind="laws")}
    with pytest.raises(Denied):
        laws.review(archive, company.clerk, "WYTL", applies=True, note="x")
    with pytest.raises(NotFound):
        laws.review(archive, company.head, "NOWHERE", applies=True, note="x")


# ---- Who has read it ----


def _read(archive: Archive, company: Company) -> list[tuple[str, int, bool]]:
    return sorted((one.person, one.reader.version, one.reader.read_at is not None)
                  for one in law_reading.lines(archive, company.keeper, code="WYTL"))  # fmt: skip


def test_the_people_a_law_is_for_read_it_as_a_task_and_say_so_themselves(company: Company, archive: Archive) -> None:
    assert law_reading.ask(archive, company.keeper, "WYTL", ["clerk", "head"], due_on="2026-03-09") == 2

    with archive.read() as tx:
        assert "law.to-read" in {one.kind for one in tx.notices.of(company.clerk.id)}
    (task,) = [one for one in dues.every(archive, company.clerk, kind="laws") if one.mine]
    assert (task.due.on, task.due.link) == (date(2026, 3, 9), "/laws/WYTL#reading")
    law_reading.acknowledge(archive, company.clerk, "WYTL", version=0)
    assert not [one for one in dues.every(archive, company.clerk, kind="laws") if one.mine]
    with pytest.raises(Conflict, match="not asked"):
        law_reading.acknowledge(archive, company.clerk, "WYTL", version=0)
    assert _read(archive, company) == [("clerk", 0, True), ("head", 0, False)]
    assert law_reading.ask(archive, company.keeper, "WYTL", again=True) == 1, "who has read it is not asked again"


def test_what_was_read_stays_what_it_was_and_what_waits_is_read_as_the_law_is_now(
    company: Company, archive: Archive
) -> None:
    law_reading.ask(archive, company.keeper, "WYTL", ["clerk", "head"])
    law_reading.acknowledge(archive, company.clerk, "WYTL", version=0)
    said = {"code": "WYTL", "name": "物业管理条例", "rank": "regulation", "status": "amended"}
    laws.state(archive, company.keeper, said, version=0, reason="修订")

    assert _read(archive, company) == [("clerk", 0, True), ("head", 1, False)]
    with pytest.raises(Conflict, match="changed it meanwhile"):
        law_reading.acknowledge(archive, company.head, "WYTL", version=0)
    assert [one.stale for one in law_reading.lines(archive, company.clerk, code="WYTL", mine=True)] == [True]
    assert law_reading.ask(archive, company.keeper, "WYTL", again=True) == 2
    law_reading.acknowledge(archive, company.clerk, "WYTL", version=1)
    assert _read(archive, company) == [("clerk", 0, True), ("clerk", 1, True), ("head", 1, False)]


def test_who_is_late_is_reminded_every_week_and_is_a_task_of_whoever_keeps_the_register(
    company: Company, archive: Archive, clock: Clock
) -> None:
    law_reading.ask(archive, company.keeper, "WYTL", department="KFB", due_on="2026-03-04")
    asked = len(law_reading.lines(archive, company.keeper, code="WYTL"))
    assert asked > 1
    assert law_reading.sweep(archive) == 0

    clock.advance(days=3)
    assert [law_reading.sweep(archive) for _ in range(2)] == [asked, 0]
    clock.advance(days=6)
    assert law_reading.sweep(archive) == 0
    clock.advance(days=1)
    assert law_reading.sweep(archive) == asked
    late = [one for one in dues.every(archive, company.keeper, kind="laws") if one.due.subject == "WYTL-late"]
    assert [one.due.on for one in late] == [date(2026, 3, 4)]


def test_only_who_keeps_the_register_asks_and_nobody_who_may_not_see_it_is_asked(
    company: Company, archive: Archive
) -> None:
    a_person(archive, "system", "sysadmin")
    for logins, department in ((["nobody-here"], ""), (["system"], ""), ([], "NOWHERE")):
        with pytest.raises(Invalid):
            law_reading.ask(archive, company.keeper, "WYTL", logins, department=department)
    with pytest.raises(Denied):
        law_reading.ask(archive, company.clerk, "WYTL", ["head"])
    with pytest.raises(NotFound):
        law_reading.ask(archive, company.keeper, "NOWHERE", ["clerk"])
    with pytest.raises(Invalid):
        law_reading.ask(archive, company.keeper, "WYTL", ["clerk"], due_on="2026-03-01")
