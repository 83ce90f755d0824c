"""What the README promises a stranger: their own file is found, lent, taken back, and restored from a backup."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from archive.demo.company import PEOPLE
from archive.demo.moving_in import PASSWORD, move_in
from tests.browser.serving import served, sign_in
from tests.browser.test_journey import contract, expect_eventually

pytestmark = pytest.mark.xdist_group("browser")

HOUSE = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
FOUND_AGAIN = ".venv/bin/muniment --home restored find"
"""With which both say that the file is found in what came back."""


def commands(readme: str) -> list[str]:
    """The commands that the first five minutes end with, as they stand there."""
    text = (HOUSE / readme).read_text("utf-8")
    block = re.search(r"```sh\n([^`]*backup run\n[^`]*)```", text)
    assert block is not None
    return block[1].splitlines()


def run(command: str, folder: Path) -> str:
    program, *rest = shlex.split(command)
    assert program == ".venv/bin/muniment"
    done = subprocess.run(
        [sys.executable, "-m", "archive.cli", *rest], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_both_readmes_name_the_same_commands_and_people_who_exist() -> None:
    assert commands(READMES[0]) == commands(READMES[1])
    for readme in READMES:
        text = (HOUSE / readme).read_text("utf-8")
        named = {login for login in re.findall(r"`([a-z]+)`", text) if login in {person.login for person in PEOPLE}}
        assert {"shenyanqiu", "yuxinmiao", "zongwenbin", "tanhuai"} <= named
        assert PASSWORD in text
        assert FOUND_AGAIN in text


def test_a_stranger_finds_lends_takes_back_and_restores_a_file_of_their_own(
    tmp_path: Path, window: Callable[[], Page]
) -> None:
    home = tmp_path / "muniment-demo"
    move_in(home, records=())
    with served(home, "-m", "archive.cli", "serve") as address:
        # 1. Drop a file.
        (home / "inbox" / "my contract.docx").write_bytes(contract())

        # 2. File it, with the shelf where its paper stands.
        keeper = window()
        sign_in(keeper, address, "shenyanqiu", PASSWORD)
        expect_eventually(
            keeper, lambda: keeper.goto(f"{address}/filing") and keeper.locator("text=my contract").count() > 0
        )
        keeper.click("text=my contract")
        expect_eventually(
            keeper, lambda: keeper.reload() and keeper.locator("#title").input_value() == "云麓花园电梯维护保养合同"
        )
        keeper.fill("#class_code-picker", "外包")
        keeper.keyboard.press("Enter")
        keeper.select_option("#site", "YL02")
        keeper.select_option("#department", "GCB")
        keeper.fill("#shelf_location", "二号库房-01柜-1层-01盒")
        keeper.keyboard.press("Control+Enter")
        expect(keeper.locator(".flash")).to_contain_text("已归档")

        # 3. and 4. A colleague, who may know of it but not read it, finds it by its title and asks for the paper.
        colleague = window()
        sign_in(colleague, address, "yuxinmiao", PASSWORD)
        expect_eventually(
            colleague, lambda: colleague.goto(f"{address}/?q=电梯 合同") and colleague.locator(".locked").count() > 0
        )
        expect(colleague.locator(".shelf")).to_contain_text("二号库房-01柜-1层-01盒")
        colleague.click(".hit-end a.button")
        record_id = colleague.url.rpartition("=")[2]
        colleague.check("input[name=form][value=paper]", force=True)
        colleague.fill("#purpose", "核对保养频次")
        colleague.click("form.card button.primary")
        expect(colleague.locator("h1")).to_contain_text("JY-")
        for login in ("zongwenbin", "tanhuai"):
            approver = window()
            sign_in(approver, address, login, PASSWORD)
            approver.goto(f"{address}/loans/to-approve")
            approver.locator("main .card", has_text="核对保养频次").locator("button.primary").click()
            expect(approver.locator(".flash")).to_be_visible()
        keeper.goto(f"{address}/loans/counter")
        for said in ("已借出 3 页", "已收回，3 页完好无缺"):
            keeper.fill("#record", record_id)
            keeper.keyboard.press("Enter")
            keeper.fill("#pages", "3")
            keeper.keyboard.press("Enter")
            expect(keeper.locator(".flash")).to_contain_text(said)
        colleague.reload()
        expect(colleague.locator("main")).to_contain_text("已归还")

        # 6. Back up and restore, while it is served.
        for command in commands("README.md"):
            run(command, tmp_path)
    found = run(f"{FOUND_AGAIN} 曳引机", tmp_path)
    assert "云麓花园电梯维护保养合同" in found
