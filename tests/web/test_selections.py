"""Many records are chosen and worked on together in pages, by people without scripts too."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest

from access.actors import Actor
from archive.app import Archive
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.web.conftest import Visitor

SignIn = Callable[[str], Visitor]


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=3)


def chosen(visitor: Visitor, **form: object) -> str:
    answer = visitor.post("/selections", form)
    assert answer.status_code == 303, answer.text
    return str(answer.location).rpartition("/")[2]


def test_hits_are_marked_tried_done_and_undone(
    archive: Archive, keeper: Actor, signed_in: SignIn, reader: Reader
) -> None:
    ids = [a_record(archive, f"电梯{text}", title=f"电梯维保{text}") for text in "甲乙"]
    a_record(archive, "别的", title="别的")
    settle(archive, reader)
    visitor = signed_in("keeper")
    page = visitor.get("/?q=电梯维保").text
    assert all(f'name="record" value="{one}" form="select"' in page for one in ids)

    one = chosen(visitor, which="all", q="电梯维保")
    tried = visitor.post(f"/selections/{one}/try", {"deed": "describe", "site": "YL02"})
    assert tried.status_code == 303
    page = visitor.get(f"/selections/{one}").text
    assert page.count("将会处理") >= 2
    assert "别的" not in page

    assert visitor.post(f"/selections/{one}/do", {}).status_code == 303
    with archive.read() as tx:
        assert {tx.records.get(each).site for each in ids} == {"YL02"}
    assert "撤销这 2 份" in visitor.get(f"/selections/{one}/state").text

    assert visitor.post(f"/selections/{one}/undo", {}).status_code == 303
    with archive.read() as tx:
        assert {tx.records.get(each).site for each in ids} == {"JF01"}


def test_what_was_entered_stays_beside_what_is_wrong_with_it(
    archive: Archive, keeper: Actor, signed_in: SignIn
) -> None:
    visitor = signed_in("keeper")
    one = chosen(visitor, which="picked", record=a_record(archive))

    answer = visitor.post(f"/selections/{one}/try", {"deed": "describe", "issuer": "甲方", "document_date": "早"})
    assert answer.status_code == 422
    assert 'value="甲方"' in answer.text
    assert 'role="alert"' in answer.text
    assert visitor.post(f"/selections/{one}/try", {"deed": "nothing"}).status_code == 422
    assert visitor.post(f"/selections/{one}/nothing", {}).status_code == 404
    assert visitor.post("/selections", {"which": "picked"}).status_code == 303, "nothing was marked: back to the list"


def test_they_are_lent_labelled_listed_and_given_out(archive: Archive, keeper: Actor, signed_in: SignIn) -> None:
    ids = [a_record(archive, text, title=f"合同{text}", shelf_location="A-1") for text in "甲乙"]
    other = a_record(archive, "丙", title="合同丙")
    visitor = signed_in("keeper")
    one = chosen(visitor, which="picked", record=ids)

    lent = visitor.get(f"/selections/{one}/lend")
    assert sorted(re.findall(r"record=([0-9a-z]{16})", lent.location)) == sorted(ids)
    assert f'href="/selections/{one}"' in visitor.get(lent.location).text, "there is a way back to what was chosen"
    table = visitor.get(f"/reports/search_results.csv?selection={one}").text
    assert all(each in table for each in ids)
    assert other not in table
    assert visitor.get(f"/reports/labels.pdf?selection={one}").status_code == 200
    assert visitor.get(f"/reports/location_labels.pdf?selection={one}").status_code == 200
    package = zipfile.ZipFile(io.BytesIO(visitor.get(f"/selections/{one}/files.zip").data))
    assert len(package.namelist()) == 3


def test_nobody_reaches_a_selection_of_somebody_else(archive: Archive, keeper: Actor, signed_in: SignIn) -> None:
    one = chosen(signed_in("keeper"), which="picked", record=a_record(archive))
    a_person(archive, "other", "document_controller", clearance=3)
    other = signed_in("other")

    for address in ("", "/state", "/lend", "/files.zip"):
        assert other.get(f"/selections/{one}{address}").status_code == 404
    for step in ("try", "do", "stop", "go-on", "undo"):
        assert other.post(f"/selections/{one}/{step}", {"deed": "describe", "site": "YL02"}).status_code in (404, 422)
        assert one not in other.get("/selections").text
    for report in ("search_results", "labels", "location_labels"):
        assert other.get(f"/reports/{report}.pdf?selection={one}").status_code == 404
