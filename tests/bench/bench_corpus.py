"""All files of the corpus dropped at once into a running service: what became of each, and how the web answers.

Prints the table of misses; exit status 1 when a row is not accounted for, a job is dead, or more than one in a hundred
of the readable ones is not found by its own words.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from pathlib import Path

from archive import founding
from archive.app import Archive, open_archive
from archive.model import Site
from archive.watcher import UNFINISHED
from archive.worker import MAKES_FINDABLE
from tests.corpus import CORPUS, SEARCHED, Row, expected_of, miss, rows

HOURS_MAX = 2.0


def main() -> int:
    if not (CORPUS / "MANIFEST.tsv").exists():
        print(f"no corpus at {CORPUS}")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="bench-corpus-"))
    try:
        return run(folder / "home")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(home: Path) -> int:
    founding.found(home, company="试用物业", sites=(Site("JF01", "JF大厦", "JF Tower", "JF01"),))
    service = subprocess.Popen(
        [sys.executable, "-m", "archive.cli", "--home", str(home), "serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"PATH": "/usr/bin:/bin", "MUNIMENT_PORT": "0"},
    )
    assert service.stdout is not None
    address = service.stdout.readline().split()[1]
    archive = open_archive(home)
    ended = threading.Event()
    web, memory = _Web(address, ended), _Memory(service.pid, ended)
    try:
        began = time.monotonic()
        inbox = archive.settings.inboxes[0].path
        for number, row in enumerate(rows()):
            (inbox / str(number)).mkdir(parents=True)
            shutil.copyfile(row.path, inbox / str(number) / row.name)
        print(f"{len(rows())} files dropped in {time.monotonic() - began:.1f} s", flush=True)
        _wait(archive, began)
        return _report(archive, inbox, time.monotonic() - began, web, memory)
    finally:
        ended.set()
        archive.close()
        service.terminate()
        service.wait()


def _to_take_in() -> list[Row]:
    """Without what systems and programs under way leave in folders, which stays lying where it is."""
    return [row for row in rows() if not UNFINISHED.search(row.name)]


def _wait(archive: Archive, began: float) -> None:
    """Until every file has its outcome, is read, recognised and indexed."""
    said_at = 0.0
    while time.monotonic() - began < HOURS_MAX * 3600:
        with archive.read() as tx:
            done = len(tx.intake.in_state("done"))
            left = sum(n for (kind, state), n in tx.jobs.counts().items() if kind in MAKES_FINDABLE and state != "dead")
            behind, _ = tx.index_queue.backlog()
        if done >= len(_to_take_in()) and not left and not behind:
            return
        if time.monotonic() - said_at > 30:
            said_at = time.monotonic()
            print(f"{said_at - began:6.0f} s: {done} done, {left} jobs, {behind} to index", flush=True)
        time.sleep(0.5)


def _report(archive: Archive, inbox: Path, took: float, web: "_Web", memory: "_Memory") -> int:
    with archive.read() as tx:
        arrivals = {arrival.path: arrival for arrival in tx.intake.in_state("done")}
        dead = tx.jobs.dead()
    misses: list[str] = []
    searched = unfound = 0
    outcomes: Counter[tuple[str, str]] = Counter()
    for number, row in enumerate(rows()):
        arrival = arrivals.get(str(inbox / str(number) / row.name))
        kind = expected_of(row)
        outcomes[kind, arrival.outcome if arrival else "left lying"] += 1
        why = miss(archive, row, arrival)
        if kind in SEARCHED:
            searched += 1
            unfound += bool(why)
        if why:
            misses.append(f"| {row.path.relative_to(CORPUS)} | {kind} | {why} |")
    print("\n| expected | outcome | rows |\n|---|---|---|")
    print(*(f"| {kind} | {outcome} | {n} |" for (kind, outcome), n in sorted(outcomes.items())), sep="\n")
    print("\n| file | expected | miss |\n|---|---|---|", *misses, sep="\n")
    print(f"\n{len(arrivals)} of {len(rows())} accounted for in {took:.0f} s; {len(dead)} dead jobs")
    print(f"{searched - unfound} of {searched} readable files found by their own words")
    print(f"web meanwhile: p50 {web.percentile(50):.0f} ms, p95 {web.percentile(95):.0f} ms, {len(web.took)} requests")
    print(f"memory of all processes together, at most: {memory.most_mb:.0f} MB")
    return int(len(arrivals) < len(_to_take_in()) or bool(dead) or unfound > 0.01 * searched)


class _Web:
    """Asks for a page four times a second, and notes how long it takes."""

    def __init__(self, address: str, ended: threading.Event) -> None:
        self.took: list[float] = []
        self._address, self._ended = address, ended
        threading.Thread(target=self._ask, daemon=True).start()

    def _ask(self) -> None:
        while not self._ended.wait(0.25):
            began = time.perf_counter()
            with urllib.request.urlopen(f"{self._address}/sign-in", timeout=30) as answer:
                answer.read()
            self.took.append(1000 * (time.perf_counter() - began))

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.took, n=100)[percent - 1] if len(self.took) > 1 else 0.0


class _Memory:
    """The service and all processes below it, once a second: proportional shares, so that nothing counts twice."""

    def __init__(self, pid: int, ended: threading.Event) -> None:
        self.most_mb = 0.0
        self._pid, self._ended = pid, ended
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while not self._ended.wait(1.0):
            self.most_mb = max(self.most_mb, sum(map(_share_mb, _below(self._pid))))


def _below(pid: int) -> list[int]:
    try:
        children = [
            int(word)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for word in (task / "children").read_text().split()
        ]
    except OSError:
        return []
    return [pid, *(one for child in children for one in _below(child))]


def _share_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    sys.exit(main())
