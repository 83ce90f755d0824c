"""What every page costs the server on a large archive: its time, and its weight before it is packed.

    python -m tests.bench pages
    python -m tests.bench.bench_pages --kept HOME     (a home of `bench_search_api`, which is copied first)

Every page that needs no argument, one record, one reader and a few searches, each asked by the first of these people
who may see it: document controller, final approver, security officer, auditor, system administrator. The server runs
in this process: what is measured is what it does, without the network. Milliseconds are the median of seven after one
that is not counted. Then the document controller opens some of them in Chromium: until a page is interactive, which is
when its scripts have run; the median of three, on the same machine. Then a contract of which only words are
remembered is looked for by the keyboard alone, from several pages, with the pauses of somebody who types.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import sync_playwright

from access.actors import OPERATOR
from archive import founding, people, records, search, signing_in
from archive.app import Archive, open_archive
from archive.demo.moving_in import move_in
from archive.people import NewPerson
from archive.search import Question
from tests.browser.keyboard import find
from tests.browser.serving import chromium, launch, served, sign_in
from web import session
from web.create_app import create_app

PASSWORD = "Wisteria-Court-2026"
ROLES = ("document_controller", "final_approver", "security_officer", "auditor", "sysadmin")
TIMES = 7
LIMIT_MS, LIMIT_KB = 150, 100
OPENED = (
    "/",
    "/?q=合同",
    "/?q=电梯 维保",
    "/filing",
    "/accession",
    "/loans",
    "/rooms",
    "/tasks",
    "/faults",
    "/evidence",
)
DRILLED_FROM = ("/", "/loans/counter", "/evidence", "/account")
PAUSE_MS = 200
"""Between two keys: five characters a second."""
AIM_S = 15
SEARCHES = ("/?q=合同", "/?q=电梯 维保", "/?q=&level=2&sort=title", "/results?q=合同")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", type=Path, help="A home with records; the demo company if not given.")
    parser.add_argument("--browser", action="store_true", help="Only what is measured in a browser.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        home = Path(folder) / "home"
        if chosen.kept:
            shutil.copytree(chosen.kept, home)
            founding.found(home)
        else:
            move_in(home)
        archive = open_archive(home)
        try:
            app = create_app(archive)
            visitors = {role: _visitor(app, archive, role) for role in ROLES}
            failed = 0 if chosen.browser else measured(archive, app, visitors)
            named = _contracts(archive)
        finally:
            archive.close()
        return interactive(home, named) or failed


def measured(archive: Archive, app: Flask, visitors: dict[str, FlaskClient]) -> int:
    with archive.read() as tx:
        count = sum(tx.records.by_lifecycle().values())
    print(f"{count:,} records\n\n| page | asked by | server, ms | kB |\n|---|---|---:|---:|")
    lines = [line for address in _addresses(app, archive) for line in _line(address, visitors)]
    for address, role, milliseconds, size in sorted(lines, key=lambda line: -line[2]):
        mark = " **" if milliseconds > LIMIT_MS or size > LIMIT_KB else ""
        print(f"| `{address}`{mark} | {role} | {milliseconds:.0f} | {size:.0f} |")
    slow = [line for line in lines if line[2] > LIMIT_MS]
    heavy = [line for line in lines if line[3] > LIMIT_KB]
    print(f"\n{len(lines)} pages; {len(slow)} above {LIMIT_MS} ms, {len(heavy)} above {LIMIT_KB} kB")
    return bool(slow or heavy)


def interactive(home: Path, named: Sequence[str]) -> bool:
    """Print how long pages take in a browser, and the drill by keyboard; True if that took longer than it may."""
    executable = chromium()
    if executable is None:
        return False
    with served(home) as address, sync_playwright() as playwright:
        browser = launch(playwright, executable)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        sign_in(page, address, "measured-document_controller", PASSWORD)
        print("\n| page | interactive, ms |\n|---|---:|")
        for shown in OPENED:
            taken: list[float] = []
            for _ in range(3):
                page.goto(address + shown)
                taken.append(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
            print(f"| `{shown}` | {statistics.median(taken):.0f} |")
        print("\n| looked for | from | keys | s | of it the machine, s | opened |\n|---|---|---:|---:|---:|---|")
        slow = False
        for start, words in zip(cycle(DRILLED_FROM), named, strict=False):
            page.goto(address + start)
            found = find(page, words, pause_ms=PAUSE_MS)
            slow = slow or found.seconds > AIM_S
            row = f"{found.keys} | {found.seconds:.1f} | {found.waited:.1f} | {found.title}, {found.shelf}"
            print(f"| {words} | `{start}` | {row} |")
        browser.close()
    return slow


def _contracts(archive: Archive) -> Sequence[str]:
    """Words that somebody remembers of eight contracts: the first of a title, without its number."""
    actor = people.named(archive, "measured-document_controller")
    hits = search.find(archive, actor, Question("合同", size=100)).hits
    titles = dict.fromkeys(hit.record.title[:14] for hit in hits if "合同" in hit.record.title[:14])
    return list(titles)[:8]


def _visitor(app: Flask, archive: Archive, role: str) -> FlaskClient:
    login = f"measured-{role}"
    people.add(archive, OPERATOR, NewPerson(login, login, frozenset({role}), 0 if role == "sysadmin" else 3), PASSWORD)
    client = app.test_client()
    client.set_cookie(session.COOKIE, signing_in.sign_in(archive, login, PASSWORD).secret)
    return client


def _addresses(app: Flask, archive: Archive) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and "<" not in rule.rule and not rule.rule.startswith("/api/"):
            yield rule.rule
    actor = people.named(archive, "measured-document_controller")
    hit = search.find(archive, actor, Question("合同")).hits[0].record.id
    yield from SEARCHES
    yield from (f"/records/{hit}", f"/records/{hit}/viewer?view=text", f"/records/{hit}/edit")
    waiting = records.filing_queue(archive, actor, limit=1).entries
    if waiting:
        yield f"/filing/{waiting[0][0].id}"


def _line(address: str, visitors: dict[str, FlaskClient]) -> Iterator[tuple[str, str, float, float]]:
    for role, visitor in visitors.items():
        answer = visitor.get(address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            taken: list[float] = []
            for _ in range(TIMES):
                began = time.perf_counter()
                visitor.get(address)
                taken.append((time.perf_counter() - began) * 1000)
            yield address, role, statistics.median(taken), len(answer.data) / 1000
            return


if __name__ == "__main__":
    sys.exit(main())
