"""Every page there is: no link leads nowhere, its HTML is valid, it fits a telephone, nothing on it moves while it
comes, axe has nothing against it, and it speaks its reader's language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import axe_playwright_python
import html5lib
import pytest
from playwright.sync_api import Browser, BrowserContext

from archive import signing_in
from archive.app import open_archive
from archive.demo.moving_in import PASSWORD, move_in
from archive.demo.records import demo_records
from tests.browser.corners import DOWNLOADS, KEEPER, NOT_A_PAGE, visit
from tests.browser.reached import Reached, Walk, walk
from tests.browser.serving import served, sign_in
from tools import translate
from web import ledger_words, session
from web.create_app import create_app

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
IN_DARK = ["color-contrast", "link-in-text-block"]
"""What differs between light and dark; nothing else does."""
ILL_BUILT = """() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const ids = all('[id]').map(one => one.id);
  const named = ['aria-labelledby', 'aria-describedby', 'aria-controls', 'list', 'form'];
  const missing = (name) => all(`[${name}]`).flatMap(one => one.getAttribute(name).split(/ +/))
    .filter(id => !document.getElementById(id));
  return [
    ...ids.filter((id, n) => ids.indexOf(id) !== n).map(id => `two have the id ${id}`),
    ...all('label').filter(one => !one.control).map(one => `a label of nothing: ${one.textContent}`),
    ...named.flatMap(name => missing(name).map(id => `${name} names ${id}, which is not there`)),
  ];
}"""
"""What a parser lets pass, and what one page must not have."""
WATCH_SHIFTS = """
window.shifts = [];
const watch = new PerformanceObserver(list => window.shifts.push(...list.getEntries()));
watch.observe({type: 'layout-shift', buffered: true});
"""
SHIFTED = "window.shifts.flatMap(one => one.value < 0.0005 ? [] : one.sources.map(at => at.node?.outerHTML ?? ''))"
"""What stood elsewhere a moment before, by the definition of the browsers (Layout Instability, W3C draft)."""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BADLY_LAID = """() => {
  const said = (one) => (one.textContent || one.value || '').trim().replace(/\\s+/g, ' ').slice(0, 40);
  const box = (one) => one.getBoundingClientRect();
  const found = [];
  for (const menu of document.querySelectorAll('details.menu')) {
    if (!box(menu).width) continue;
    const was = menu.open;
    menu.open = true;
    for (const list of menu.querySelectorAll('.menu-list')) {
      const { left, right } = box(list);
      if (left < 0 || right > innerWidth) found.push(`a menu leaves the window: ${said(list)}`);
    }
    menu.open = was;
  }
  for (const end of document.querySelectorAll('.form-end')) {
    const under = end.nextElementSibling;
    const over = under && box(under).height && box(end).bottom - box(under).top;
    if (over > 1 && box(end).top < box(under).bottom) found.push(`the end of a form lies over: ${said(under)}`);
  }
  for (const button of document.querySelectorAll('main :is(button, .button):not(.menu-list *)')) {
    const next = button.nextElementSibling || button.closest('form, p, div')?.nextElementSibling;
    if (!next || !box(button).height || !box(next).height || !next.matches('button, .button, details, .card')) continue;
    const beside = box(next).left >= box(button).right || box(next).right <= box(button).left;
    if (!beside && box(next).top >= box(button).top && box(next).top - box(button).bottom < 2)
      found.push(`${said(button)} touches ${said(next)}`);
  }
  return found;
}"""
"""What somebody sees and no tool for accessibility minds."""
LONG_NAME = "Huaixu Property Management and Facility Services Company Limited"
CUT = """name => {
  const brand = document.querySelector('.brand-name'), ways = document.querySelector('.main-nav');
  brand.textContent = name;
  return [brand.scrollHeight - brand.clientHeight, brand.scrollWidth - brand.clientWidth,
    ways.scrollWidth - ways.clientWidth].map(more => Math.max(more, 0));
}"""
"""How much of a company's name and of the ways beside it does not fit the head of a page."""
PHONE, DESK = (360, 780), (1280, 860)
NOT_SAID = re.compile(
    r"<(?P<no>script|style|svg|code|pre|textarea)\b.*?</(?P=no)>|<(?P<other>\w+)\b[^>]*\slang=.*?</(?P=other)>",
    re.DOTALL,
)
"""Of a page's body: what is no sentence, and what says itself in which language it is."""
UNFILLED = re.compile(r"%\(\w+\)[sd]")
"""A place for a word that nobody filled in."""
HALF = re.compile(r"[\u4e00-\u9fff）》”][:;,](?=\s|$)")
"""A sign of another script behind Chinese: here it is ：；，."""
LONG = 6
"""Chinese of fewer characters may as well be a name that people gave."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("company") / "home"
    move_in(home, records=demo_records()[::12])
    return home


@pytest.fixture(scope="module")
def corners(company: Path) -> Sequence[Reached]:
    return [Reached(kind, login, path, "") for kind, login, path in visit(company)]


@pytest.fixture(scope="module")
def walked(company: Path, corners: Sequence[Reached]) -> Walk:
    return walk(company)


@pytest.mark.xdist_group("every page")
def test_no_link_leads_nowhere(walked: Walk) -> None:
    assert not walked.dead_ends
    assert {"search.home", "records.show", "loans.show", "classes.show"} <= {page.kind for page in walked.pages}


@pytest.mark.xdist_group("every page")
def test_every_address_is_looked_at_or_it_is_said_why_not(walked: Walk, corners: Sequence[Reached]) -> None:
    looked_at = {page.kind for page in walked.pages} | {page.kind for page in corners}
    assert looked_at | walked.on_the_way | NOT_A_PAGE.keys() | DOWNLOADS >= walked.kinds
    assert walked.kinds >= NOT_A_PAGE.keys() | DOWNLOADS
    assert not looked_at & NOT_A_PAGE.keys()


@pytest.mark.xdist_group("every page")
def test_every_page_speaks_its_readers_language(walked: Walk, corners: Sequence[Reached], company: Path) -> None:
    said = {one.id: one.string for one in translate.chinese() if one.id and isinstance(one.id, str)}
    foreign: Mapping[str, set[str]] = {
        "zh": {english for english, chinese in said.items() if " " in english and english != chinese},
        "en": {chinese for english, chinese in said.items() if len(chinese) >= LONG and english != chinese},
    }
    wrong: list[str] = []
    with closing(open_archive(company)) as archive:
        app = create_app(archive)
        pages = (*walked.pages, *corners)
        secrets = {
            login: signing_in.sign_in(archive, login, PASSWORD).secret for login in {one.login for one in pages} - {""}
        }
        for page in pages:
            client = app.test_client()
            if page.login:
                client.set_cookie(session.COOKIE, secrets[page.login])
            for reader, not_theirs in foreign.items():
                client.set_cookie("muniment_language", reader)
                texts = _said(client.get(page.path, follow_redirects=True).text)
                wrong += (
                    f"{page.kind} in {reader}: {one}"
                    for one in texts
                    if one in not_theirs
                    or one in ledger_words.ACTIONS
                    or UNFILLED.search(one)
                    or (reader == "zh" and HALF.search(one))
                )
    assert not wrong, "\n".join(wrong)


def _said(page: str) -> Iterator[str]:
    """Every piece of text on a page."""
    body = NOT_SAID.sub("", page.partition("<body")[2])
    return (unescape(text).strip() for text in re.findall(r">([^<>]+)(?=<)", body))


@pytest.mark.xdist_group("every page")
def test_axe_finds_nothing_and_the_html_is_valid(
    walked: Walk, corners: Sequence[Reached], company: Path, browser: Browser
) -> None:
    wrong: list[str] = []
    known = {page.kind for page in walked.pages}
    pages = [*walked.pages, *(page for page in corners if page.kind not in known)]
    with served(company) as address:
        looking = {login: _signed_in(browser, address, login) for login in {page.login for page in pages}}
        for page in pages:
            wrong += _against(looking[page.login], address, page)
        for context in looking.values():
            context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.xdist_group("every page")
def test_the_head_of_a_page_has_room_for_the_name_of_a_company(company: Path, browser: Browser) -> None:
    with served(company) as address:
        context = _signed_in(browser, address, KEEPER)
        context.add_cookies([{"name": "muniment_language", "value": "en", "url": address}])
        window = context.new_page()
        window.goto(address)
        assert window.evaluate(CUT, LONG_NAME) == [0, 0, 0]
        context.close()


def _signed_in(browser: Browser, address: str, login: str) -> BrowserContext:
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, reduced_motion="reduce")
    if login:
        sign_in(context.new_page(), address, login, PASSWORD)
    context.add_init_script(WATCH_SHIFTS)
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
    yield from (f"{where}): {said}" for said in window.evaluate(ILL_BUILT))
    yield from (f"{where}) moves while it comes: {moved[:160]}" for moved in window.evaluate(SHIFTED))
    window.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    if (wider := window.evaluate(WIDER)) > 0:
        yield f"{where}): {wider} pixels wider than a telephone"
    yield from (f"{where}, telephone): {said}" for said in window.evaluate(BADLY_LAID))
    window.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    yield from (f"{where}, desk): {said}" for said in window.evaluate(BADLY_LAID))
    window.evaluate(AXE)
    for theme, kind, asked in (("light", "tag", RULES), ("dark", "rule", IN_DARK)):
        window.emulate_media(color_scheme=theme)
        found: dict[str, Any] = window.evaluate(
            "([type, values]) => axe.run({runOnly: {type, values}, resultTypes: ['violations']})", [kind, asked]
        )
        for rule in found["violations"]:
            yield from (f"{where}, {theme}): {rule['help']}: {node['html'][:160]}" for node in rule["nodes"])
    window.close()
