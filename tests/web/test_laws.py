"""The pages of the register of laws."""

import io

import pytest

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
