"""The pages of the register of laws."""

import io
from collections.abc import Callable

import pytest
from flask import Flask

from archive.app import Archive
from tests.archive.test_documents import Company
from tests.web.test_documents import visitors


@pytest.fixture
def company(archive: Archive) -> Company:
    return Company(archive)


@pytest.mark.usefixtures("company")
def test_a_law_is_added_reviewed_and_repealed_in_the_pages(archive: Archive) -> None:
    keeper, head, clerk = visitors(archive, "keeper", "head", "clerk")
    said = {"code": "BSWY", "name": "本市物业管理条例", "rank": "local", "status": "in_force", "reason": "新收集"}

    assert keeper.post("/laws", said).status_code == 303
    assert keeper.post("/laws", said | {"name": ""}).status_code == 422
    assert head.post("/laws/BSWY/review", {"applies": "yes", "said": "第九条适用客服部"}).status_code == 303
    gone = said | {"status": "repealed", "ended_on": "2026-03-01", "version": "1", "reason": "市人大公告"}
    assert keeper.post("/laws/BSWY/state", gone).status_code == 303

    page = clerk.get("/laws/BSWY").text
    assert "第九条适用客服部" in page
    assert "市人大公告" in page
    assert "BSWY" not in clerk.get("/laws?status=in_force").text
    assert "本市物业管理条例" in clerk.get("/laws?status=repealed").text
    assert clerk.post("/laws", said).status_code in (403, 422)


@pytest.mark.usefixtures("company")
def test_the_table_goes_out_and_comes_in(archive: Archive) -> None:
    (keeper,) = visitors(archive, "keeper")

    table = keeper.get("/laws/table?form=xlsx").data
    assert keeper.post("/laws/import", {"table": (io.BytesIO(table), "laws.xlsx")}).status_code == 303
    assert keeper.post("/laws/import", {"table": (io.BytesIO(b"x"), "laws.csv")}).status_code == 422


def test_somebody_is_asked_to_read_a_law_and_says_so_on_its_page(company: Company, archive: Archive) -> None:
    keeper, clerk, author = visitors(archive, "keeper", "clerk", "author")

    assert keeper.post("/laws/WYTL/ask", {"people": "clerk，head", "day": "2026-03-09"}).status_code == 303
    assert keeper.post("/laws/WYTL/ask", {"people": "nobody-here"}).status_code == 422
    assert clerk.post("/laws/WYTL/ask", {"people": "head"}).status_code in (403, 422)
    page = clerk.get("/laws/WYTL").text
    assert "0 / 2" in page
    assert "/laws/WYTL/acknowledge" in page
    assert "/laws/WYTL/acknowledge" not in author.get("/laws/WYTL").text
    assert clerk.post("/laws/WYTL/acknowledge", {"version": "0"}).status_code == 303
    assert author.post("/laws/WYTL/acknowledge", {"version": "0"}).status_code == 422
    assert "1 / 2" in keeper.get("/laws/WYTL").text
    assert keeper.get("/reports/law_readings.csv?law=wytl").text.count(company.clerk.name) == 1


@pytest.mark.usefixtures("company")
def test_a_program_takes_laws_in_asks_for_readers_and_acknowledges(
    app: Flask, token_of: Callable[[str], dict[str, str]]
) -> None:
    keeper, clerk, client = token_of("keeper"), token_of("clerk"), app.test_client()
    line = {"code": "BSWY", "name": "本市物业管理条例", "rank": "local", "status": "in_force"}

    for changed in (["BSWY"], []):
        answer = client.post("/api/v1/laws/import", json={"lines": [line], "reason": "新收集"}, headers=keeper)
        assert answer.json == {"changed": changed}
    assert client.post("/api/v1/laws/import", json={"lines": ["x"], "reason": "x"}, headers=keeper).status_code == 422
    assert client.post("/api/v1/laws/import", json={"lines": [line], "reason": "x"}, headers=clerk).status_code == 403
    assert "BSWY" in {one["code"] for one in client.get("/api/v1/laws?status=in_force", headers=clerk).json["laws"]}
    asked = client.post("/api/v1/laws/BSWY/readers", json={"people": ["clerk"]}, headers=keeper)
    assert asked.json["readers"][0]["read_at"] is None
    read = client.post("/api/v1/laws/BSWY/acknowledgement", json={"version": 1}, headers=clerk)
    assert read.json["readers"][0]["read_at"]
    assert client.post("/api/v1/laws/BSWY/acknowledgement", json={"version": 1}, headers=clerk).status_code == 409
    assert client.post("/api/v1/laws/BSWY/readers", json={"people": "clerk"}, headers=keeper).status_code == 422
    assert client.get("/api/v1/laws/NOWHERE", headers=clerk).status_code == 404
