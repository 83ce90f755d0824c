"""From every page a named paper is a few keys and its words away."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from archive import worker
from archive.app import open_archive
from tests.browser.keyboard import find
from tests.browser.serving import served, sign_in
from tests.builders import PASSWORD, a_person, a_record

pytestmark = pytest.mark.xdist_group("browser")

FROM = ("/", "/account", "/loans", "/evidence", "/filing", "/help", "/upload", "/?q=消防", "/loans/counter")


def test_a_named_contract_is_found_and_opened_from_any_page_without_a_mouse(home: Path, window: Callable[[], Page]):
    archive = open_archive(home)
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    for n, title in enumerate(("电梯维保合同", "保洁服务合同", "消防检测报告")):
        a_record(archive, f"正文{n}", title=title, name=f"{n}.txt", shelf_location=f"库房-0{n}盒")
    worker.until_idle(archive)
    archive.close()
    with served(home) as address:
        page = window()
        sign_in(page, address, "keeper", PASSWORD)
        for start in FROM:
            page.goto(address + start)
            found = find(page, "保洁服务合同")
            assert (found.title, found.shelf) == ("保洁服务合同", "库房-01盒"), start
            assert page.locator("#viewer img.page").count() == 1
