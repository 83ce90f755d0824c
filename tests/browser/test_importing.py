"""The files of an import go out once, however often somebody presses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from archive import importing, people
from archive.app import open_archive
from tests.browser.serving import served, sign_in
from tests.builders import PASSWORD, a_person

pytestmark = pytest.mark.xdist_group("browser")


def test_two_presses_send_a_file_once(home: Path, window: Callable[[], Page], tmp_path: Path):
    archive = open_archive(home)
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    table = "文件,题名\n甲.txt,甲\n乙.txt,乙\n".encode()
    begun = importing.begin(archive, people.named(archive, "keeper"), table, "清单.csv")
    archive.close()
    (tmp_path / "甲.txt").write_text("甲的正文")
    with served(home) as address:
        page = window()
        sign_in(page, address, "keeper", PASSWORD)
        page.goto(f"{address}/intake/import/{begun.id}")
        sent: list[str] = []
        page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
        page.get_by_label("文件", exact=True).set_input_files(tmp_path / "甲.txt")
        page.evaluate("const one = document.querySelector('form.import button'); one.click(); one.click()")
        expect(page.get_by_text("2 行中已导入 1 行")).to_be_visible()
        assert len(sent) == 1
