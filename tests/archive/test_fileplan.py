"""The file plan is data with a past: changed class by class, out and in as a table, never forgetting what it was."""

import io
from datetime import date

import pytest

from access.actors import OPERATOR
from access.rules import Denied
from archive import fileplan, intake, records, sheets
from archive.app import Archive
from archive.errors import Conflict, Invalid
from archive.intake import Claims
from archive.records import Description
from tests.builders import a_person, a_record
from tests.conftest import Clock


def rows(archive: Archive) -> list[dict[str, str]]:
    return [dict(row) for row in sheets.rows(fileplan.dump(archive))]


def table(lines: list[dict[str, str]]) -> bytes:
    return sheets.as_csv(fileplan.COLUMNS, [[line[name] for name in fileplan.COLUMNS] for line in lines])


@pytest.mark.parametrize("workbook", [False, True])
def test_what_is_exported_is_imported_without_a_change(archive: Archive, workbook: bool):
    done = fileplan.load(archive, OPERATOR, fileplan.dump(archive, workbook=workbook))

    assert (done.new, done.changed, done.same) == ([], [], 45)


def test_a_change_is_a_version_with_its_day_and_reason_and_the_past_can_be_asked(archive: Archive, clock: Clock):
    before = fileplan.today(archive)
    clock.advance(days=40)
    shown = fileplan.show(archive, OPERATOR, "FW01")

    fileplan.change(archive, OPERATOR, "FW01", {"retention": "5 年"}, version=shown.version, reason="保险公司要求")

    shown = fileplan.show(archive, OPERATOR, "FW01")
    newest, changes = shown.versions[0]
    assert (newest.version, newest.valid_from, newest.reason) == (2, fileplan.today(archive), "保险公司要求")
    assert changes == {"retention": ("一般: 3 年;重大: D10", "5 年")}
    then = {entry.record_class.code: entry.record_class for entry in fileplan.plan(archive, OPERATOR, on=before)}
    now = {entry.record_class.code: entry.record_class for entry in fileplan.plan(archive, OPERATOR)}
    assert (then["FW01"].retention, now["FW01"].retention) == ("一般: 3 年;重大: D10", "5 年")


def test_two_who_change_a_class_at_once_do_not_overwrite_each_other(archive: Archive):
    fileplan.change(archive, OPERATOR, "FW01", {"retention": "5 年"}, version=1, reason="甲")

    with pytest.raises(Conflict):
        fileplan.change(archive, OPERATOR, "FW01", {"retention": "4 年"}, version=1, reason="乙")


def test_a_change_without_a_reason_and_a_schedule_that_cannot_be_computed_are_refused(archive: Archive):
    for said, reason in (({"retention": "5 年"}, " "), ({"retention": "随建筑"}, "甲"), ({"retention": ""}, "甲")):
        with pytest.raises(Invalid):
            fileplan.change(archive, OPERATOR, "FW01", said, version=1, reason=reason)

    assert fileplan.show(archive, OPERATOR, "FW01").version == 1


def test_a_table_with_one_wrong_line_changes_nothing_and_names_the_line(archive: Archive):
    lines = rows(archive)
    lines[0]["name_zh"] = "改了"
    lines[7]["level"] = "9"

    with pytest.raises(Invalid, match="Line 9"):
        fileplan.load(archive, OPERATOR, table(lines))

    assert rows(archive)[0]["name_zh"] != "改了"


def test_comparing_a_table_says_what_importing_it_would_do_and_does_nothing(archive: Archive):
    lines = rows(archive)
    lines[0]["responsible_post"] = "总经理"
    lines.append({**lines[1], "code": "ZZ01", "name_zh": "新类"})

    found = fileplan.compare(archive, OPERATOR, table(lines))

    assert [one.code for one in found.new] == ["ZZ01"]
    assert [list(changes) for _, changes in found.changed] == [["responsible_post"]]
    assert len(rows(archive)) == 45


def test_a_class_that_is_renumbered_is_closed_and_the_crosswalk_leads_to_its_successor(archive: Archive):
    record_id = a_record(archive, class_code="FW02")

    new = fileplan.renumber(archive, OPERATOR, "FW02", "fw12", "与集团一致")

    assert (new.code, new.closed_on) == ("FW12", None)
    assert [(one.old_code, one.new_code) for one in fileplan.crosswalk(archive, OPERATOR)] == [("FW02", "FW12")]
    view = records.view(archive, OPERATOR, record_id)
    assert view.record.class_code == "FW02", "what stands in a class stays in it"
    with pytest.raises(Invalid, match="closed"):
        a_record(archive, "另一份", class_code="FW02", name="other.txt")
    said = Description("题名", "FW02", 1, "JF01", "SWB")
    other = a_record(archive, "第三份", class_code="FW01", name="third.txt")
    with pytest.raises(Invalid, match="closed"):
        records.describe(archive, OPERATOR, other, said, revision=1, filing=False)
    records.describe(archive, OPERATOR, record_id, said, revision=view.record.revision, filing=False)


def test_a_class_takes_no_code_that_is_taken(archive: Archive):
    with pytest.raises(Conflict):
        fileplan.renumber(archive, OPERATOR, "FW02", "FW01", "x")


def test_only_those_whose_duty_it_is_change_the_plan(archive: Archive):
    somebody = a_person(archive, "somebody", "class_owner", clearance=3)

    for attempt in (
        lambda: fileplan.load(archive, somebody, fileplan.dump(archive)),
        lambda: fileplan.change(archive, somebody, "FW01", {}, version=1, reason="x"),
        lambda: fileplan.renumber(archive, somebody, "FW01", "FW11", "x"),
        lambda: fileplan.review(archive, somebody, "FW01"),
    ):
        with pytest.raises(Denied):
            attempt()


def test_the_next_review_follows_from_the_last_and_the_cycle(archive: Archive, clock: Clock):
    entry = fileplan.show(archive, OPERATOR, "HT02").entry
    assert entry.review_due is not None
    assert 88 <= (entry.review_due - date(2026, 3, 2)).days <= 93, "every quarter, counted from its first version"

    clock.advance(days=80)
    fileplan.review(archive, OPERATOR, "HT02")

    again = fileplan.show(archive, OPERATOR, "HT02").entry.review_due
    assert again is not None
    assert 78 <= (again - entry.review_due).days <= 82
    assert fileplan.show(archive, OPERATOR, "WY05").entry.review_due is None, "reviewed when something happens"


def test_counts_are_those_of_what_one_may_find(archive: Archive):
    a_record(archive, "一", level=1, name="1.txt")
    a_record(archive, "二", level=3, name="2.txt")
    nobody = a_person(archive, "nobody", clearance=1)

    assert fileplan.show(archive, OPERATOR, "HT02").entry.records == 2
    assert fileplan.show(archive, nobody, "HT02").entry.records == 1


def test_a_file_cannot_be_handed_into_a_closed_class(archive: Archive):
    fileplan.renumber(archive, OPERATOR, "FW02", "FW12", "x")

    with pytest.raises(Invalid):
        intake.hand_in(archive, OPERATOR, io.BytesIO(b"x"), "x.txt", Claims(class_code="FW02"), door="command")
