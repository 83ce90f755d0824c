"""The page of printouts: found by name, each in its group, with choices instead of codes to know by heart."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from archive import reports
from archive.app import Archive
from tests.builders import a_person, a_record
from tests.web.conftest import Visitor, browser_of


@pytest.fixture
def office(archive: Archive, app: Flask) -> Callable[[str], Visitor]:
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    a_person(archive, "weiqichen", "sysadmin", clearance=0)
    return lambda login: browser_of(app, archive, login)


def test_every_printout_stands_in_its_group_and_is_found_by_a_piece_of_its_name(office: Callable[[str], Visitor]):
    keeper = office("keeper")
    page = keeper.get("/reports/").text
    for group in {reports.open_report(name).GROUP for name in ("labels", "catalogue", "stocktake", "due", "faults")}:
        assert f'href="#{group}"' in page
        assert f'id="{group}"' in page
    for q in ("卷内", "contents of a dossier", "dossier_cont"):
        assert re.findall(r'<form [^>]*id="(\w+)"', keeper.get("/reports/", query_string={"q": q}).text) == [
            "dossier_contents"
        ]
    assert "没有这个名称的打印件" in keeper.get("/reports/?q=xyz").text


def test_what_is_a_choice_is_chosen_by_its_name(office: Callable[[str], Visitor]):
    page = office("keeper").get("/reports/?q=controlled_documents").text
    assert '<option value="procedure" >程序文件</option>' in page
    assert re.search(r'<select name="department".*?<option value="KFB"', page, re.DOTALL)
    wrong = office("keeper").get("/reports/laws.csv?status=old")
    assert (wrong.status_code, "请从列表中选择" in wrong.text) == (422, True)


def test_whoever_may_print_little_has_a_short_page(office: Callable[[str], Visitor]):
    page = office("weiqichen").get("/reports/").text
    assert set(re.findall(r'<form [^>]*id="(\w+)"', page)) == {"fixity", "people"}


def test_a_label_is_asked_for_by_the_document_number_that_stands_on_it(
    archive: Archive, office: Callable[[str], Visitor]
):
    keeper = office("keeper")
    for body, number in (("甲", "客服-7"), ("乙", "客服-8"), ("丙", "客服-8")):
        a_record(archive, body, doc_number=number)

    assert keeper.get("/reports/labels.pdf", query_string={"record": "客服-7"}).status_code == 200
    assert keeper.get("/reports/labels.pdf", query_string={"record": "客服-8"}).status_code == 404, "two bear it"


@pytest.mark.parametrize("name", ["catalogue", "measures", "repairs"])
def test_a_year_that_is_none_marks_its_field(archive: Archive, signed_in: Callable[[str], Visitor], name: str) -> None:
    a_person(archive, "keeper", "document_controller", clearance=2)

    again = signed_in("keeper").get(f"/reports/{name}.pdf?year=26")

    assert again.status_code == 422
    field = re.search(r'<input name="year"[^>]*value="26"[^>]*>', again.text)
    assert field is not None
    assert 'aria-invalid="true" aria-describedby="problem"' in field[0]
    assert again.text.count('aria-invalid="true"') == 1
