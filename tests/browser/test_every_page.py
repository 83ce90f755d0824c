"""Every page that people come to: no link leads nowhere, its HTML is valid, and axe has nothing against it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import html5lib
import pytest
from playwright.sync_api import Browser, BrowserContext

from archive.demo.moving_in import PASSWORD, move_in
from archive.demo.records import demo_records
from tests.browser.reached import Reached, Walk, walk
from tests.browser.serving import served, sign_in

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
IN_DARK = ["color-contrast", "link-in-text-block"]
"""What differs between light and dark; nothing else does."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("company") / "home"
    move_in(home, records=demo_records()[::12])
    return home


@pytest.fixture(scope="module")
def walked(company: Path) -> Walk:
    return walk(company)


@pytest.mark.xdist_group("every page")
def test_no_link_leads_nowhere(walked: Walk) -> None:
    assert not walked.dead_ends
    assert {"search.home", "records.show", "loans.show", "classes.show"} <= {page.kind for page in walked.pages}


@pytest.mark.xdist_group("every page")
def test_axe_finds_nothing_and_the_html_is_valid(walked: Walk, company: Path, browser: Browser) -> None:
    wrong: list[str] = []
    with served(company) as address:
        looking = {login: _signed_in(browser, address, login) for login in {page.login for page in walked.pages}}
        for page in walked.pages:
            wrong += _against(looking[page.login], address, page)
        for context in looking.values():
            context.close()
    assert not wrong, "\n".join(wrong)


def _signed_in(browser: Browser, address: str, login: str) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    if login:
        sign_in(context.new_page(), address, login, PASSWORD)
    return context


def _against(context: BrowserContext, address: str, page: Reached) -> Iterator[str]:
    """What is wrong with this page, each as a line."""
    where = f"{page.kind} ({page.login} at {page.path}"
    window = context.new_page()
    answer = window.goto(address + page.path)
    assert answer is not None
    parser = html5lib.HTMLParser()
    parser.parse(answer.text())
    yield from (f"{where}): {position}: {code} {data}" for position, code, data in parser.errors)
    window.evaluate(AXE)
    for theme, kind, asked in (("light", "tag", RULES), ("dark", "rule", IN_DARK)):
        window.emulate_media(color_scheme=theme)
        found: dict[str, Any] = window.evaluate(
            "([type, values]) => axe.run({runOnly: {type, values}, resultTypes: ['violations']})", [kind, asked]
        )
        for rule in found["violations"]:
            yield from (f"{where}, {theme}): {rule['help']}: {node['html'][:160]}" for node in rule["nodes"])
    window.close()
