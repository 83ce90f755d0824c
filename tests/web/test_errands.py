"""Long work in pages: begun by a form, looked at, stopped, fetched; and nobody else's."""

from collections.abc import Callable

import pytest

from archive import evidence_packages, worker
from archive.app import Archive
from indexer.reading import Reader
from tests.builders import a_person
from tests.web.conftest import Visitor

YEAR = {"kind": "evidence", "from": "2026-01-01", "to": "2026-12-31"}


def test_a_package_is_asked_for_looked_at_stopped_and_fetched(
    archive: Archive, signed_in: Callable[[str], Visitor], reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        evidence_packages, "_files", lambda *_about: iter([(evidence_packages.RECORDS["zh"], b"record\r\n")])
    )
    a_person(archive, "keeper", "document_controller", clearance=2)
    a_person(archive, "other", "document_controller", clearance=2)
    keeper, other = signed_in("keeper"), signed_in("other")

    stopped = keeper.post("/errands", YEAR).location
    assert "data-going" in keeper.get(stopped).text
    assert keeper.post(f"{stopped}/stop", {}).status_code == 303
    assert "data-going" not in keeper.get(f"{stopped}/state").text

    made = keeper.post("/errands", YEAR).location
    assert made != stopped
    assert worker.run_one(archive, reader, "here", ("run-errand",))
    while worker.run_one(archive, reader, "here", ("run-errand",)):
        pass
    assert f"{made}/result" in keeper.get(made).text
    assert keeper.get(f"{made}/result").data.startswith(b"PK")
    assert made.rpartition("/")[2] in keeper.get("/evidence").text
    late = keeper.post(f"{made}/stop", {}, follow_redirects=True).text
    assert "停止请求到得太晚" in late
    assert "已停止" not in late
    assert "停止请求到得太晚" in keeper.get(made).text, "its history says so"
    assert f"{made}/result" in keeper.get(made).text, "and it is as good as before"

    for address in ("", "/state", "/result"):
        assert other.get(made + address).status_code == 404
    assert other.post(f"{made}/stop", {}).status_code == 404
    assert keeper.post("/errands", {"kind": "evidence", "from": "2026-02-01", "to": "x"}).status_code == 303
    assert keeper.post("/errands", {"kind": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "marked"),
    [("2026-03-02", "2026-03-01", 2), ("2026-02-01", "x", 1), ("1026-02-01", "2026-01-01", 2)],
)
def test_a_period_that_cannot_be_is_marked_beside_its_form_which_keeps_it(
    archive: Archive, signed_in: Callable[[str], Visitor], first: str, last: str, marked: int
) -> None:
    a_person(archive, "keeper", "document_controller", clearance=2)
    keeper = signed_in("keeper")

    again = keeper.post("/errands", {"kind": "evidence", "from": first, "to": last}).location

    page = keeper.get(again).text
    form = page.partition('id="work"')[2]
    assert form.count('aria-invalid="true" aria-describedby="problem"') == marked
    assert form.count('id="problem"') == 1
    assert f'name="from" required value="{first}"' in form
    assert f'name="to" required value="{last}"' in form


@pytest.mark.parametrize("page", ["/evidence", "/measures"])
def test_a_year_that_cannot_be_one_is_said_beside_what_is_shown_instead(
    archive: Archive, signed_in: Callable[[str], Visitor], page: str
) -> None:
    a_person(archive, "keeper", "document_controller", clearance=2)
    keeper = signed_in("keeper")
    for said in ("二零二六", "26"):
        shown = keeper.get(f"{page}?year={said}").text
        assert "年度请写四位数字" in shown
        assert "现显示 2026 年" in shown
        assert f'value="{said}" aria-invalid="true"' in shown
    assert "年度请写四位数字" not in keeper.get(f"{page}?year=2025年").text
    assert keeper.get("/evidence?year=2300").status_code == 200
