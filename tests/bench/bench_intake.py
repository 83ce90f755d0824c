"""How long from a drop to a hit, alone and during a mass import, and how many files a minute get through.

The service runs as people run it (`muniment serve`); the drops are made and looked for in this process, through
the same search as everybody's. Before a run the demo company's records are in the archive.
"""

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from access.actors import OPERATOR, SERVICE
from archive import founding, indexing, intake, search, status, worker
from archive.app import Archive, open_archive
from archive.demo.moving_in import move_in
from archive.demo.records import demo_records
from archive.intake import Claims
from archive.model import Site
from archive.search import Question
from archive.status import Status
from archive.watcher import being_written

HAN = "梧桐银杏海棠紫薇木槿石榴忍冬连翘迎春腊梅丹桂玉兰丁香蔷薇芍药茉莉栀子含笑瑞香结香"
PATIENCE_S = 60.0
LOOKED_EVERY_S = 0.005
LOOKED_EVERY_WHILE_BUSY_S = 0.1
"""During an import: whoever looks all the time takes half a processor from it."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--drops", type=int, default=60, help="single files dropped into an idle archive")
    options.add_argument("--files", type=int, default=10_000, help="files of the mass import")
    options.add_argument("--each", type=int, default=30, help="files of each type, stage by stage")
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-intake-"))
    try:
        stages(folder / "stages", chosen.each)
        run(folder / "home", chosen.drops, chosen.files)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def stages(home: Path, each: int) -> None:
    """What one file of each type costs at each stage, one by one in one process, and files a minute by type."""
    founding.found(home, company="测量", sites=(Site("JF01", "JF", "JF", "JF01"),))
    archive = open_archive(home)
    by_type: dict[str, list[bytes]] = {}
    for seed in range(1, 40):
        for record in demo_records(seed):
            by_type.setdefault(record.format, []).append(record.content())
        if all(len(found) >= each for found in by_type.values()):
            break
    print("| type | n | stabilise ms | store ms | read ms | index ms | files/min |\n|---|---|---|---|---|---|---|")
    with archive.new_reader() as reader, indexing.writing(archive):
        reader.start()
        writer = indexing.open_writer(archive) or indexing.rebuild(archive, SERVICE, None)
        for kind, contents in sorted(by_type.items()):
            spent = [0.0] * 4
            for number, content in enumerate(contents[:each]):
                path = home / f"{number}.{kind}"
                path.write_bytes(content)
                marks = [time.perf_counter()]
                intake.rest(path)
                being_written(path)
                marks.append(time.perf_counter())
                with path.open("rb") as source:
                    intake.hand_in(archive, OPERATOR, source, path.name, Claims(), door="command")
                marks.append(time.perf_counter())
                while worker.run_one(archive, reader, "bench", worker.MAKES_FINDABLE):
                    pass
                marks.append(time.perf_counter())
                indexing.catch_up(archive, [writer])
                marks.append(time.perf_counter())
                spent = [total + after - before for total, before, after in zip(spent, marks, marks[1:], strict=False)]
            count = min(each, len(contents))
            cells = " | ".join(f"{1000 * one / count:.1f}" for one in spent)
            print(f"| {kind} | {count} | {cells} | {count / sum(spent) * 60:.0f} |", flush=True)
        writer.close()
    archive.close()
    print("\nOne file at a time. In service several are read at once, and the index takes up to 200 in one commit.\n")


def run(home: Path, drops: int, files: int) -> None:
    move_in(home)
    with serving(home) as archive:
        search.find(archive, OPERATOR, Question("预热"))
        print("| what | n | p50 s | p95 s | p99 s | max s |\n|---|---|---|---|---|---|", flush=True)
        row("one file dropped, idle: closed → found", [seconds_to_hit(archive) for _ in range(drops)])
        mass_import(archive, files)


@contextmanager
def serving(home: Path) -> Generator[Archive]:
    """The whole service, as people run it, and the archive opened beside it."""
    service = subprocess.Popen(
        [sys.executable, "-m", "archive.cli", "--home", str(home), "serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"PATH": "/usr/bin:/bin", "MUNIMENT_PORT": "0"},
    )
    assert service.stdout is not None
    service.stdout.readline()
    archive = open_archive(home)
    try:
        yield archive
    finally:
        archive.close()
        service.terminate()
        service.wait()


def seconds_to_hit(archive: Archive, looked_every_s: float = LOOKED_EVERY_S) -> float:
    """Drop a text with words nobody has used before; the time until a search for them finds it."""
    words = "".join(random.choices(HAN, k=10))
    path = archive.settings.inboxes[0].path / f"{words[:4]}{random.randrange(10**6)}.txt"
    path.write_text(f"急件:{words},请查收。", "utf-8")
    began = time.perf_counter()
    while not search.find(archive, OPERATOR, Question(f'"{words}"', size=1)).total:
        if time.perf_counter() - began > PATIENCE_S:
            return float("inf")
        time.sleep(looked_every_s)
    took = time.perf_counter() - began
    time.sleep(0.2)
    return took


def mass_import(archive: Archive, files: int) -> None:
    """Many files of the usual mix at once, and single ones dropped among them."""
    inbox = archive.settings.inboxes[0].path
    staging = inbox.parent / "staging"
    staging.mkdir()
    records = demo_records(seed=1)
    size = 0
    for number in range(files):
        record = records[number % len(records)]
        content = record.content() if number < len(records) else varied(record.content(), number)
        size += len(content)
        (staging / f"{number}-{record.file_name}").write_bytes(content)
    before = sum(status.of(archive, OPERATOR).records.values())
    began = time.perf_counter()
    staging.rename(inbox / "batch")
    among: list[float] = []
    while True:
        among.append(seconds_to_hit(archive, LOOKED_EVERY_WHILE_BUSY_S))
        now = status.of(archive, OPERATOR)
        here = sum(now.records.values()) - before - len(among)
        if here >= files and not _to_do(now) and not now.index_backlog:
            break
        if time.perf_counter() - began > 3600:
            print("the import did not end within an hour")
            return
    took = time.perf_counter() - began
    row(f"the same while {files} files are imported", among)
    print(
        f"\n{files} files of the usual mix ({size >> 20} MB), dropped at once: {took:.1f} s, "
        f"{files / took * 60:.0f} files/min"
    )


def _to_do(now: Status) -> int:
    """Jobs that make files findable; pictures and layouts come when there is nothing else to do."""
    kinds = {f"{kind} {state}" for kind in worker.MAKES_FINDABLE for state in ("waiting", "running")}
    return sum(count for kind, count in now.jobs.items() if kind in kinds)


def varied(content: bytes, number: int) -> bytes:
    """The same file with other bytes at its end, where every format used here ignores or keeps them harmlessly."""
    return content + b"\n" + str(number).encode() if content[:2] != b"PK" else _commented(content, number)


def _commented(package: bytes, number: int) -> bytes:
    """A zip package with a comment, so that it is not a duplicate."""
    comment = str(number).encode()
    end = package.rindex(b"PK\x05\x06")
    return package[: end + 20] + len(comment).to_bytes(2, "little") + comment


def row(what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    print(
        f"| {what} | {len(ordered)} | {statistics.median(ordered):.2f} | {at(0.95):.2f} | {at(0.99):.2f} "
        f"| {ordered[-1]:.2f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
