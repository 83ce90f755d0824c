"""A picture of every page: `python -m tests.browser.screenshots FOLDER [--home HOME]`.

In Chinese and English, light and dark, on a desk (1280) and on a phone (390). Without a home, the demo company
is made in a temporary folder.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from access.actors import OPERATOR
from archive import intake, people, records, search, worker
from archive.app import open_archive
from archive.demo.moving_in import PASSWORD, move_in
from archive.intake import Claims
from archive.search import Question
from tests.browser.serving import chromium, launch, served, sign_in

CONTROLLER, STAFF = "shenyanqiu", "mizhaoyang"
VIEWPORTS: Mapping[str, tuple[int, int]] = {"desk": (1280, 860), "phone": (390, 844)}


def places(home: Path) -> Mapping[str, tuple[str, str]]:
    """Name of the picture → who looks, and at which address."""
    archive = open_archive(home)
    try:
        intake.hand_in(archive, OPERATOR, io.BytesIO(b"\x7fELF broken"), "安装程序.exe", Claims(site="JF01"))
        worker.until_idle(archive)
        actor = people.named(archive, CONTROLLER)
        long = search.find(archive, actor, Question("应急预案 演练")).hits[0]
        staff = people.named(archive, STAFF)
        pages = (search.find(archive, staff, Question("", page=page, size=100)).hits for page in (1, 2, 3))
        locked = next(hit for hits in pages for hit in hits if not hit.may_read)
        waiting = records.filing_queue(archive, actor, limit=2).entries[0][0]
    finally:
        archive.close()
    return {
        "sign-in": ("", "/sign-in"),
        "home": (CONTROLLER, "/"),
        "found": (CONTROLLER, "/?q=电梯+维保"),
        "nothing": (STAFF, "/?q=不存在的词语"),
        "found-locked": (STAFF, f"/?q={locked.record.title[-6:]}"),
        "bad-query": (STAFF, "/?q=-合同"),
        "record": (CONTROLLER, f"/records/{long.record.id}?q=演练"),
        "record-text": (CONTROLLER, f"/records/{long.record.id}?q=演练&view=text"),
        "record-locked": (STAFF, f"/records/{locked.record.id}"),
        "edit": (CONTROLLER, f"/records/{long.record.id}/edit"),
        "filing": (CONTROLLER, f"/filing/{waiting.id}"),
        "intake": (CONTROLLER, "/intake"),
        "hand-in": ("qiaoyining", "/upload"),
        "status": (CONTROLLER, "/status"),
        "account": (CONTROLLER, "/account"),
        "password": (CONTROLLER, "/account/password"),
        "not-found": (STAFF, "/records/nothing"),
        "denied": (STAFF, "/status"),
    }


def take(folder: Path, home: Path, executable: str, only: Callable[[str], bool]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    addresses = places(home)
    with served(home) as address, sync_playwright() as playwright:
        browser = launch(playwright, executable)
        cookies: dict[str, list[dict[str, object]]] = {"": []}
        for login in {login for login, _ in addresses.values() if login}:
            context = browser.new_context()
            sign_in(context.new_page(), address, login, PASSWORD)
            cookies[login] = context.cookies()  # type: ignore[assignment]
            context.close()
        for language in ("zh", "en"):
            for theme in ("light", "dark"):
                for device, (width, height) in VIEWPORTS.items():
                    for name, (login, path) in addresses.items():
                        file = f"{name}-{language}-{theme}-{device}.png"
                        if not only(file):
                            continue
                        context = browser.new_context(
                            viewport={"width": width, "height": height}, color_scheme=theme, device_scale_factor=1
                        )
                        context.add_cookies(cookies[login])  # type: ignore[arg-type]
                        context.add_cookies([{"name": "muniment_language", "value": language, "url": address}])
                        shoot(context.new_page(), address + path, folder / file)
                        context.close()
                        count += 1
        browser.close()
    return count


def shoot(page: Page, address: str, file: Path) -> None:
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address, wait_until="networkidle")
    # Where columns scroll by themselves, what fits the window is what people see.
    page.screenshot(path=file, full_page=page.locator("body.filing-page").count() == 0)
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
        home = given.home or Path(temporary) / "home"
        move_in(home)
        count = take(given.folder, home, executable, lambda file: given.only in file)
    print(f"{count} pictures in {given.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
