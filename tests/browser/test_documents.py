"""A controlled document is issued by its people in their browsers, and the old edition is seen marked."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from archive import worker
from archive.app import Archive, open_archive
from tests.archive.test_documents import Company, red
from tests.browser.serving import served, sign_in
from tests.builders import PASSWORD

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def running(home: Path) -> Iterator[tuple[Archive, Company, str]]:
    archive = open_archive(home)
    company = Company(archive)
    with served(home) as address:
        yield archive, company, address
    archive.close()


def test_issuing_a_controlled_document_and_seeing_the_old_one_marked(
    running: tuple[Archive, Company, str], window: Callable[[], Page]
) -> None:
    archive, company, address = running
    record = company.record("第一条 房间钥匙由客户服务部统一保管。")
    old = company.issued(day="2024-05-01", record=record)
    company.approved("A/1")
    worker.until_idle(archive)
    page = window()
    sign_in(page, address, "keeper", PASSWORD)

    page.goto(f"{address}/records/{record}")
    expect(page.locator("main .problem")).to_have_count(0)
    assert _red_of(page) == 0
    page.goto(f"{address}/documents/{old.document_id}")
    expect(page.locator("main h2").first).to_have_text("有效")
    page.click("button:has-text('发布')")
    expect(page.locator(".flash")).to_have_text("QP-01 已发布，请发放受控副本。")
    expect(page.locator("main a.button.primary").first).to_contain_text("A/1")

    page.goto(f"{address}/records/{record}")
    expect(page.locator("main .problem")).to_contain_text("作废")
    expect(page.locator("a:has-text('带作废标识的副本')")).to_be_visible()
    assert _red_of(page) > 20_000


def _red_of(page: Page) -> int:
    """Red pixels of the page that is shown in the viewer, as the browser got it."""
    source = page.locator("img.page").get_attribute("src")
    answer = page.request.get(page.url.partition("/records/")[0] + str(source))
    return red(Image.open(io.BytesIO(answer.body())).convert("RGB"))
