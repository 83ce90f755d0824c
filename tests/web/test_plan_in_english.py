"""The file plan is written in Chinese; an English page says it in the English of a house sheet."""

import re
from collections.abc import Callable

from access.actors import OPERATOR
from archive import fileplan, house_sheets
from archive.app import Archive
from archive.house_sheets.plan_words import plain
from tests.builders import a_person, a_record
from tests.web.conftest import Visitor

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_every_case_trigger_remark_source_and_document_of_the_plan_that_is_shipped_has_its_english(
    archive: Archive,
) -> None:
    english = fileplan.english(archive)
    said: set[str] = set()
    for entry in fileplan.plan(archive, OPERATOR):
        for rule in entry.rules:
            said |= {rule.case, rule.trigger, rule.remark}
        said |= set(re.split("[;；]", entry.record_class.mandate)) | set(entry.record_class.required_documents)

    assert {plain(one) for one in said} - english.keys() - {""} == set()


def test_every_post_of_the_plan_that_is_shipped_is_in_english_on_the_page_of_the_plan(
    archive: Archive, signed_in: Callable[[str], Visitor]
) -> None:
    a_person(archive, "keeper", "document_controller", clearance=3)
    visitor = signed_in("keeper")
    visitor.client.set_cookie("muniment_language", "en")

    page = visitor.get("/classes").text
    assert "Information administrator (not the auditor)" in page
    assert CHINESE.findall(page[page.index("<table") : page.rindex("</table>")]) == []


def test_a_class_and_a_record_of_it_are_in_english_on_an_english_page(
    archive: Archive, signed_in: Callable[[str], Visitor]
) -> None:
    record = a_record(archive, "text", title="A contract", class_code="HT03", shelf_location="")
    a_person(archive, "reader", "document_controller", clearance=3)
    visitor = signed_in("reader")
    visitor.client.set_cookie("muniment_language", "en")

    page = visitor.get("/classes/HT03").text
    assert "major</b>: 30 years" in page
    assert "from the day it ended" in page
    assert "Order No. 10 of the National Archives Administration" in page
    assert "Quotations or tender" in page
    assert "the day it ended → 10 years; major: the day it ended → 30 years" in visitor.get(f"/records/{record}").text


def test_a_house_says_it_in_its_own_english_and_what_it_does_not_say_stays_as_it_was_written(
    archive: Archive, signed_in: Callable[[str], Visitor]
) -> None:
    a_person(archive, "keeper", "document_controller", clearance=3)
    own = "code,zh,en,source\ntrigger-1,终止日,its last day,house\n".encode()
    house_sheets.load(archive, OPERATOR, "plan_words", own, version=0, reason="our words")
    visitor = signed_in("keeper")
    assert "终止日" in visitor.get("/classes/HT03").text

    visitor.client.set_cookie("muniment_language", "en")
    page = visitor.get("/classes/HT03").text
    assert "from its last day" in page
    assert "<b>重大</b>" in page
