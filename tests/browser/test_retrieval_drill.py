"""A retrieval drill from the first question to the filed report, without a mouse."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from archive import worker
from archive.app import open_archive
from tests.browser.serving import served, sign_in
from tests.builders import PASSWORD, a_person, a_record

pytestmark = pytest.mark.xdist_group("browser")


def test_a_drill_is_run_and_filed_by_the_keyboard_alone(home: Path, window: Callable[[], Page]):
    archive = open_archive(home)
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    for n, title in enumerate(("电梯维保合同", "保洁服务合同", "消防检测报告")):
        a_record(
            archive, f"正文{n}", title=title, name=f"{n}.txt", shelf_location=f"库房-0{n}盒", doc_number=f"HT-0{n}7"
        )
    worker.until_idle(archive)
    archive.close()
    with served(home) as address:
        page = window()
        sign_in(page, address, "keeper", PASSWORD)
        page.goto(f"{address}/evidence/drill")
        page.focus("#each")
        page.keyboard.press("Control+A")
        page.keyboard.type("1")
        page.keyboard.press("Enter")

        for more in (True, False):
            start = page.get_by_role("button", name="开始下一题")
            expect(start).to_be_focused()
            page.keyboard.press("Enter")
            question = page.locator(".drill-question")
            expect(question).to_be_visible()
            asked = question.inner_text()
            expect(page.get_by_role("link", name="检索").last).to_be_focused()
            page.keyboard.press("Enter")
            expect(page.locator("#q")).to_be_focused()
            page.keyboard.type(asked.split()[1 if "库房" in asked else 0])
            page.keyboard.press("Enter")
            expect(page.locator(".hit-link")).to_have_count(1)
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            expect(page.locator(".flash").first).to_contain_text("秒")
            if more:
                expect(page.get_by_role("link", name="继续检索演练")).to_be_focused()
                page.keyboard.press("Enter")
        page.goto(f"{address}/evidence/drill")
        page.locator("table a.number").press("Enter")
        expect(page.locator("h1")).to_contain_text("2 / 2")
        page.get_by_role("button", name="结束").press("Enter")
        expect(page.get_by_role("link", name="已归档")).to_be_visible()
