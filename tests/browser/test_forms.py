"""A form filled in on screen, and a blank that was printed, filled in by hand, scanned and found at its serial."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from archive import worker
from archive.app import open_archive
from tests.browser.serving import served, sign_in
from tests.builders import PASSWORD, a_person

pytestmark = pytest.mark.xdist_group("browser")


def test_a_form_is_filled_in_on_screen_and_completed_afterwards(home: Path, window: Callable[[], Page]):
    archive = open_archive(home)
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    archive.close()
    with served(home) as address:
        page = window()
        sign_in(page, address, "keeper", PASSWORD)
        page.goto(f"{address}/forms")
        page.get_by_role("link", name="会务贵宾接待工作单", exact=True).click()
        page.get_by_role("link", name="填写", exact=True).click()
        page.get_by_label("来访单位").fill("云麓街道办")
        page.get_by_label("来访人数").fill("六")
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("不符")
        expect(page.get_by_label("来访单位")).to_have_value("云麓街道办")
        page.get_by_label("来访人数").fill("6")
        page.get_by_role("button", name="提交", exact=True).dblclick()
        expect(page.locator("h1")).to_contain_text("待补填")
        page.get_by_label("经验与不足").fill("提前半小时到岗")
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.locator("h1")).to_contain_text("在线填写")
        page.goto(f"{address}/forms/F01")
        expect(page.locator("td.number")).to_have_count(1)


def test_a_blank_is_printed_filled_in_by_hand_scanned_and_found_at_its_serial(
    home: Path, window: Callable[[], Page], tmp_path: Path
):
    archive = open_archive(home)
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    with served(home) as address, archive.new_reader() as reader:
        page = window()
        sign_in(page, address, "keeper", PASSWORD)
        page.goto(f"{address}/forms/F06")
        with page.expect_download() as printed:
            page.get_by_role("button", name="取号并打印").click()
        blank = tmp_path / "blank.pdf"
        printed.value.save_as(blank)
        sheet = Image.open(io.BytesIO(reader.page_image(blank, "blank.pdf", 1, width_px=1240))).convert("L")
        ImageDraw.Draw(sheet).text((500, 420), "A1202  2026-03-02", fill=0)
        scan = tmp_path / "scan.png"
        sheet.save(scan)

        page.goto(f"{address}/intake")
        page.set_input_files("#files", scan)
        page.get_by_role("button", name="提交文件", exact=True).click()
        expect(page.locator(".upload-results li.good")).to_have_count(1)
        while worker.run_one(archive, reader, "scanner/1", ("read", "find-form")):
            pass

        page.goto(f"{address}/forms/F06")
        page.locator("td.number a").click()
        expect(page.locator("h1")).to_contain_text("扫描收回")
        page.locator(".hit-facts a").click()
        expect(page.locator("body")).to_contain_text("房间复检记录 KH04-")
    archive.close()
