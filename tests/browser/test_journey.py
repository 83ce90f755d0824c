"""A document's way through the pages, as the people see it who send it on."""

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from archive import worker
from archive.app import Archive, open_archive
from tests.browser.serving import served, sign_in
from tests.builders import PASSWORD, a_person, a_record, an_unfiled_record

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def running(home: Path) -> Iterator[tuple[Archive, str]]:
    """A served archive whose files are read and indexed as they come."""
    archive = open_archive(home)
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    a_person(archive, "visitor", "borrower", clearance=0)
    stop = threading.Event()
    working = threading.Thread(target=worker.run, args=(archive, stop))
    working.start()
    try:
        with served(home) as address:
            yield archive, address
    finally:
        stop.set()
        working.join()
        archive.close()


def contract() -> bytes:
    document = Document()
    document.add_heading("云麓花园电梯维护保养合同", 0)
    lines = ("编号:YL02-WB-2025-3", "甲方:槐序物业服务有限公司", "乙方:安升电梯有限公司", "每半月至少保养一次曳引机。")
    for line in (*lines, "签订日期:2025年3月8日"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_contract_is_handed_in_filed_found_and_hidden_from_who_may_not_see_it(
    running: tuple[Archive, str], window: Callable[[], Page]
):
    _, address = running
    page = window()
    sign_in(page, address, "keeper", PASSWORD)

    page.goto(f"{address}/intake")
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    page.set_input_files("#files", {"name": "扫描0042.docx", "mimeType": media_type, "buffer": contract()})
    page.set_input_files("#files", {"name": "错选.txt", "mimeType": "text/plain", "buffer": "错选".encode()})
    chosen = page.locator(".upload-chosen li")
    expect(chosen).to_have_count(2)
    expect(page.locator(".upload-sum")).to_contain_text("尚未提交")
    expect(page.locator(".upload-results li")).to_have_count(0)
    chosen.filter(has_text="错选.txt").get_by_role("button").click()
    expect(chosen).to_have_count(1)
    page.get_by_role("button", name="提交文件", exact=True).click()
    expect(page.locator(".upload-results li.good")).to_contain_text("已收到")
    expect(page.locator("#intake-state")).to_contain_text("扫描0042.docx")
    expect(page.locator("#intake-state")).not_to_contain_text("错选.txt")

    page.goto(f"{address}/filing")
    expect(page.locator(".queue")).to_contain_text("扫描0042")
    # Read in the background; the suggestions are there on the next look.
    expect_eventually(page, lambda: page.locator("#title").input_value() == "云麓花园电梯维护保养合同")
    expect(page.locator("#doc_number")).to_have_value("YL02-WB-2025-3")
    expect(page.locator("#document_date")).to_have_value("2025-03-08")
    expect(page.locator("#parties")).to_have_value("槐序物业服务有限公司\n安升电梯有限公司")
    expect(page.locator("img.page")).to_be_visible()
    page.fill("#class_code-picker", "外包")
    page.keyboard.press("Enter")
    expect(page.locator("#class_code-picker")).to_have_value("HT03 外包、采购、维保合同")
    expect(page.locator("input[name=level][value='2']")).to_be_checked()
    page.select_option("#site", "YL02")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".flash")).to_contain_text("已归档：云麓花园电梯维护保养合同")

    page.keyboard.press("/")
    page.wait_for_selector("form.search")
    page.fill("#q", "至少保养一次曳引机")
    expect_eventually(page, lambda: found(page, "至少保养一次曳引机"))
    expect(page.locator(".snippet mark").first).to_have_text("至少保养一次曳引机")
    assert "q=" in page.url, "what is searched for is in the address"
    page.keyboard.press("Escape")
    page.fill("#q", "曳引机")
    expect(page.locator(".snippet mark")).to_have_text("曳引机")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("云麓花园电梯维护保养合同")
    page.click("text=文字")
    expect(page.locator(".page.text mark")).to_have_text("曳引机")
    with page.expect_download() as download:
        page.click("text=原件")
    assert download.value.suggested_filename == "扫描0042.docx"
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    hidden = page.url

    other = window()
    sign_in(other, address, "visitor", PASSWORD)
    other.fill("#q", "曳引机")
    expect(other.locator(".nothing h2")).to_have_text("没有找到您可以查看的档案")
    expect(other.locator(".facet")).to_have_count(0)
    answer = other.goto(hidden)
    assert answer is not None
    assert answer.status == 404
    assert "电梯" not in other.content()


def test_pages_are_turned_with_the_arrows_and_the_address_follows(
    running: tuple[Archive, str], window: Callable[[], Page]
):
    archive, address = running
    body = "\n".join(f"第{number}条 本条正文" for number in range(400))
    record_id = a_record(archive, body, title="长篇规程", level=0, class_code="GL02")
    page = window()
    sign_in(page, address, "visitor", PASSWORD)
    page.goto(f"{address}/records/{record_id}")
    expect_eventually(page, lambda: page.locator("img.page").count() == 1)
    expect(page.locator(".page-of")).to_contain_text("第 1 页")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".page-of")).to_contain_text("第 2 页")
    assert "page=2" in page.url
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".page-of")).to_contain_text("第 1 页")


def test_what_was_entered_stays_when_something_is_missing(running: tuple[Archive, str], window: Callable[[], Page]):
    archive, address = running
    record_id = an_unfiled_record(archive, "随手一记")
    page = window()
    sign_in(page, address, "keeper", PASSWORD)
    page.goto(f"{address}/filing/{record_id}")
    page.fill("#title", "一季度会议纪要")
    page.fill("#issuer", "总经办")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#class_code-problem")).to_contain_text("请选择类目")
    expect(page.locator("#title")).to_have_value("一季度会议纪要")
    expect(page.locator("#issuer")).to_have_value("总经办")


def test_on_a_telephone_each_cell_of_a_table_says_what_it_is(running: tuple[Archive, str], window: Callable[[], Page]):
    archive, address = running
    an_unfiled_record(archive, "随手一记")
    page = window()
    page.set_viewport_size({"width": 400, "height": 860})
    sign_in(page, address, "keeper", PASSWORD)
    page.goto(f"{address}/intake")
    cell = page.locator("#intake-state td[data-head='已收录']").first
    expect(cell).to_be_visible()
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"已收录"'


def test_the_pages_can_be_used_without_a_mouse_and_without_scripts(
    running: tuple[Archive, str], window: Callable[[], Page]
):
    _, address = running
    page = window()
    page.goto(f"{address}/sign-in")
    page.keyboard.type("visitor")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("form.search")
    page.goto(f"{address}/account")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip", "the first stop leads past the navigation"

    assert page.context.browser is not None
    plain = page.context.browser.new_context(java_script_enabled=False)
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    without = plain.new_page()
    without.goto(f"{address}/?q=合同")
    expect(without.locator(".total")).to_be_visible()
    plain.close()


def found(page: Page, text: str) -> bool:
    page.fill("#q", "")
    page.fill("#q", text)
    try:
        page.wait_for_selector(".hit", timeout=1500)
    except Exception:  # noqa: BLE001 — Playwright's timeout: not found yet
        return False
    return True


def expect_eventually(page: Page, holds: Callable[[], bool]) -> None:
    """Look again, loading the page anew, until it holds; fails after twenty looks."""
    for _ in range(20):
        if holds():
            return
        page.wait_for_timeout(300)
        page.reload()
    assert holds()
