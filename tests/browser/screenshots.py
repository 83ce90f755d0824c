"""A picture of every page: `python -m tests.browser.screenshots FOLDER [--home HOME] [--only PART]`.

Every page that links lead to, and those that none leads to (`corners`), each as somebody who may see it: in Chinese
and English, light and dark, on a desk (1280) and on a phone (400). A page that is wider than its window, and text that
is cut off without saying so, are named on the way. The home of a demo company is copied first; without one, the company
is made in a temporary folder.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, sync_playwright

from archive.demo.moving_in import PASSWORD, move_in
from tests.browser.corners import visit
from tests.browser.reached import Reached, walk
from tests.browser.serving import chromium, launch, served, sign_in

VIEWPORTS: Mapping[str, tuple[int, int]] = {"desk": (1280, 860), "phone": (400, 844)}
LOCALES: Mapping[str, str] = {"zh": "zh-CN", "en": "en-GB"}
"""In which language the browser says what is its own: fields of dates, and the choice of files."""
THEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")
LENGTH = "document.documentElement.scrollHeight"
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  const cut = [...document.querySelectorAll('main *, header *')].filter(one =>
    one.children.length === 0 && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
    && getComputedStyle(one).overflowX === 'hidden' && getComputedStyle(one).textOverflow !== 'ellipsis'
    && !one.closest('.unseen'));
  return [...(wide > 0 ? [`wider than the window by ${wide}`] : []),
    ...cut.map(one => `cut off: ${one.className} ${one.textContent.slice(0, 40)}`)];
}"""


def every_page(home: Path) -> Sequence[Reached]:
    """All there is to look at in this home of the demo company, which `corners` adds a little to."""
    corners = [Reached(kind, login, path, "") for kind, login, path in visit(home)]
    walked = walk(home).pages
    known = {page.kind for page in walked}
    return (*walked, *(page for page in corners if page.kind not in known))


def take(folder: Path, home: Path, pages: Sequence[Reached], executable: str, only: Callable[[str], bool]) -> int:
    """Pictures of these pages whose names are among those wanted; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with served(home) as address, sync_playwright() as playwright:
        browser = launch(playwright, executable)
        cookies: dict[str, Any] = {"": []}
        for login in {page.login for page in pages if page.login}:
            context = browser.new_context()
            sign_in(context.new_page(), address, login, PASSWORD)
            cookies[login] = context.cookies()
            context.close()
        for language, theme, device in _variants():
            width, height = VIEWPORTS[device]
            for login in cookies:
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=theme, locale=LOCALES[language]
                )
                context.add_cookies(cookies[login])
                context.add_cookies([{"name": "muniment_language", "value": language, "url": address}])
                window = context.new_page()
                for page in pages:
                    file = f"{page.kind.replace(' ', '-')}-{language}-{theme}-{device}.png"
                    if page.login == login and only(file):
                        shoot(window, address + page.path, folder / file)
                        count += 1
                context.close()
        browser.close()
    return count


def _variants() -> Iterator[tuple[str, Literal["light", "dark"], str]]:
    for language in LOCALES:
        for theme in THEMES:
            for device in VIEWPORTS:
                yield language, theme, device


def shoot(window: Page, address: str, file: Path) -> None:
    wrong: list[str] = []
    window.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    window.goto(address, wait_until="networkidle")
    wrong += window.evaluate(TOO_WIDE)
    # Where columns scroll by themselves, what fits the window is what people see. Elsewhere the window is made as long
    # as the page, so that what stays at its lower edge covers nothing.
    size = window.viewport_size
    if size and window.locator("body.filing-page").count() == 0:
        window.set_viewport_size({**size, "height": max(size["height"], window.evaluate(LENGTH))})
    window.screenshot(path=file)
    if size:
        window.set_viewport_size(size)
    for line in wrong:
        print(f"{file.name}: {line}", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description="Write a picture of every page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--only", default="", help="Only pictures whose name contains this.")
    given = parser.parse_args()
    executable = chromium()
    if executable is None:
        print("There is no Chromium on this machine; no pictures were made.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        if given.home:
            shutil.copytree(given.home, home)
        move_in(home)
        count = take(given.folder, home, every_page(home), executable, lambda file: given.only in file)
    print(f"{count} pictures in {given.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
