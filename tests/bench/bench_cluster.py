"""What the embedded and the large form cost as an archive grows: cost curves, with their growth as an exponent.

    python -m tests.bench.bench_cluster --records 10000 --records 100000          (measures what is not measured yet)
    python -m tests.bench.bench_cluster --form large --only search --only backup
    python -m tests.bench.bench_cluster --report docs/pictures/growth.svg         (the table and the plot, nothing else)

The embedded form is SQLite, a folder and `tantivy`; the large one is PostgreSQL, an S3 server and OpenSearch, real
servers on loopback (`tools/servers.py`). The home of the large form is the embedded one moved there with
`move-database`, `move-objects` and a rebuild of the index. The records are those of `bench_search_api`, each with an
original of a few bytes: what is counted here is records and objects, bytes come on top at the speed of the disk.

Every cell is written down in `cells.json` as soon as it is measured, and only what is missing there is measured. Homes
that `bench_search_api --kept` has made are copied with `--copied`, and never changed.
"""

import argparse
import hashlib
import json
import math
import os
import platform
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from access import rules
from access.actors import OPERATOR
from access.loans import Form
from access.rules import Action
from archive import founding, lending, moving, people, sealing
from archive.app import Archive, open_archive
from archive.demo.records import demo_records
from archive.lending import Wish
from archive.moving_database import move_database
from archive.tables.schema.loans import loan_items
from archive.tables.schema.objects import objects
from archive.tables.schema.records import records
from archive.worker import MAKES_FINDABLE
from tests import opensearch, postgresql, s3
from tests.bench import bench_search_api
from tests.bench.bench_intake import serving, varied
from tests.bench.bench_search import questions
from tests.bench.served import BATCH, batched, served
from tests.builders import Office, an_office, now

EMBEDDED, LARGE = "embedded", "large"
SIZES = (10_000, 100_000, 1_000_000)
TEXTS = 2000
FILES, LOANS, LOOKS = 300, 100, 500
PATIENCE_S = 900.0
PORTS: Final = {"postgresql": 55432, "s3": 55433, "web": 8139}
POSTGRESQL = "-c shared_buffers=1GB -c effective_cache_size=4GB -c max_connections=60"
"""It syncs each commit, as it does wherever people rely on it."""
JAVA = "-Xms2g -Xmx2g"
QUIET = 'backup_at = ""\nbackup_drill_at = ""\nfixity_at = ""\n'
"""What goes on at night is measured by itself."""

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Place:
    """An archive of so many records in one of the two forms."""

    form: str
    size: int
    folder: Path
    settings: str = ""
    """What stands at the top of its muniment.toml: where the servers are."""

    @property
    def home(self) -> Path:
        return self.folder / f"{self.form}-{self.size}"

    @property
    def name(self) -> str:
        """Of its database, its bucket, and what its indexes begin with."""
        return f"m{self.size}"

    def opened(self) -> Archive:
        return open_archive(self.home)


Measure = Callable[[Place], Figures]


# ---- The homes ----


def make(place: Place, copied: Mapping[int, Path]) -> Figures:
    """The embedded home: a copy of a kept one, or built; every record gets its original."""
    shutil.rmtree(place.home, ignore_errors=True)
    if place.size in copied:
        subprocess.run(["cp", "-a", "--reflink=auto", str(copied[place.size]), str(place.home)], check=True)
    else:
        bench_search_api.build(place.home, "tantivy", argparse.Namespace(records=place.size, texts=TEXTS))
    founding.found(place.home)
    settled(place)
    archive = place.opened()
    originals(archive)
    archive.close()
    return {"catalogue_mb": megabytes(place.home / "catalogue.db"), "index_mb": megabytes(place.home / "index")}


def settled(place: Place) -> None:
    """The settings of today's servers, above the folders of the inbox."""
    file = place.home / "muniment.toml"
    rest = file.read_text("utf-8").partition("company =")[2]
    file.write_text((place.settings or 'engine = "tantivy"\n') + QUIET + "company =" + rest, "utf-8")


def originals(archive: Archive) -> None:
    """Keep the original of every record that has but its row so far: its id, which is what its digest is of."""
    with archive.read() as tx:
        waiting = tx.connection.execute(sa.select(objects.c.digest).where(objects.c.state != "kept")).scalars().all()
        contents = {hashlib.sha256(one.encode()).hexdigest(): one for one in tx.records.ids()}
    rows = objects.update().where(objects.c.digest == sa.bindparam("its"))
    for batch in batched(waiting, BATCH):
        changed = [_original(archive, digest, contents[digest].encode()) for digest in batch]
        with archive.write() as tx:
            tx.connection.execute(rows, changed)


def _original(archive: Archive, digest: str, content: bytes) -> dict[str, object]:
    address, key = archive.objects.address(digest), sealing.new_key()
    path = archive.settings.objects / address[:2] / address
    path.parent.mkdir(exist_ok=True, mode=0o700)
    with path.open("wb") as file:
        stored = sealing.seal(iter([content]), file, key, address)
    wrapped = sealing.wrap(archive.keys.wrapping, key, address)
    told = {"address": address, "size_bytes": len(content), "stored_bytes": stored, "wrapped_key": wrapped}
    return {**told, "state": "kept", "its": digest}


def move_catalogue(place: Place) -> Figures:
    """SQLite → PostgreSQL, with a home beside it that has the keys and the settings."""
    source = Place(EMBEDDED, place.size, place.folder)
    shutil.rmtree(place.home, ignore_errors=True)
    place.home.mkdir(mode=0o700)
    for name in ("keys", "inbox"):
        shutil.copytree(source.home / name, place.home / name)
    for name in ("muniment.toml", "token"):
        shutil.copy(source.home / name, place.home / name)
    settled(place)
    server = sa.create_engine(_database("postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {place.name}")
        connection.exec_driver_sql(f"CREATE DATABASE {place.name} TEMPLATE template0")
        archive = source.opened()
        began = time.perf_counter()
        moved = move_database(archive, OPERATOR, _database(place.name))
        took = time.perf_counter() - began
        archive.close()
        size = connection.exec_driver_sql(f"SELECT pg_database_size('{place.name}')").scalar_one()
    server.dispose()
    return {"seconds": took, "rows": moved.rows, "catalogue_mb": size / 1e6}


def move_files(place: Place) -> Figures:
    archive = Place(EMBEDDED, place.size, place.folder).opened()
    bucket = place.folder / "s3" / "data" / place.name
    shutil.rmtree(bucket, ignore_errors=True)
    bucket.mkdir()
    began = time.perf_counter()
    moved = moving.move_objects(archive, OPERATOR, _store(place), str(place.folder / "s3.toml"))
    took = time.perf_counter() - began
    archive.close()
    return {"seconds": took, "objects": moved.objects, "copied": moved.copied}


def index(place: Place) -> Figures:
    """As `muniment index rebuild` builds it; the server's part of the memory and of the processors is not its own."""
    done = subprocess.run(
        [sys.executable, "-c", bench_search_api.REBUILD, str(place.home)], stdout=subprocess.PIPE, text=True, check=True
    )
    seconds, memory = map(float, done.stdout.split())
    with urllib.request.urlopen(f"{os.environ['BENCH_SEARCH']}/{place.name}-*/_stats/store") as answer:
        size = json.load(answer)["_all"]["primaries"]["store"]["size_in_bytes"]
    return {"seconds": seconds, "memory_mb": memory, "index_mb": size / 1e6}


# ---- What is measured ----


def search(place: Place) -> Figures:
    """Every kind of question, thirty of each, through the HTTP API as the least privileged person."""
    asked = questions(place.size)
    every = [(text, given) for kind, given in bench_search_api.KINDS.values() for text in asked[kind]]
    token = (place.home / "token").read_text("ascii")
    with served(place.home, token, PORTS["web"]) as api:
        cold = [api.search(text, **given)[1] for text, given in every]
        warm = [api.search(text, **given)[1] for text, given in every]
        memory = api.memory_mb()
    told = {
        "cold_p50": at(cold, 0.5),
        "cold_p95": at(cold, 0.95),
        "warm_p50": at(warm, 0.5),
        "warm_p95": at(warm, 0.95),
    }
    return {**told, "memory_mb": memory}


def loans(place: Place) -> Figures:
    """Requests of one paper each, both answered yes; and what every page asks: may this person read that record?"""
    archive = place.opened()
    with archive.read() as tx:
        known = tx.people.by_login("borrower")
        lent = sa.select(loan_items.c.record_id)
        mine = sa.select(records.c.id).where(records.c.level == 2, records.c.site == "JF01", records.c.id.not_in(lent))
        papers = list(tx.connection.execute(mine.limit(10 * LOANS)).scalars())
    office = _office(archive) if known else an_office(archive)
    asked: list[float] = []
    decided: list[float] = []
    for record_id in papers[-LOANS:]:
        began = time.perf_counter()
        loan = lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), "查证", 3))
        asked.append(time.perf_counter() - began)
        for approver in (office.head, office.owner):
            began = time.perf_counter()
            lending.decide(archive, approver, loan.id, yes=True)
            decided.append(time.perf_counter() - began)
    began = time.perf_counter()
    for number in range(LOOKS):
        borrower = now(archive, office.borrower)
        with archive.read() as tx:
            record = tx.records.get(papers[number % len(papers)])
        rules.scope(borrower, Action.READ).admits(record)
    looks = LOOKS / (time.perf_counter() - began)
    archive.close()
    return {
        "decisions_s": len(decided) / sum(decided),
        "decision_p95_ms": at(decided, 0.95) * 1000,
        "requests_s": len(asked) / sum(asked),
        "door_s": looks,
    }


def _office(archive: Archive) -> Office:
    """Of an earlier run that was cut off."""
    logins = ("borrower", "colleague", "head", "owner", "final", "officer", "keeper", "second")
    return Office(*(people.named(archive, login) for login in logins))


def intake(place: Place) -> Figures:
    """Files of the usual mix dropped at once into the running service, until the last one can be found."""
    made, salt, size = demo_records(seed=1), time.time_ns(), 0
    with serving(place.home) as archive:
        inbox = archive.settings.inboxes[0].path
        staging = inbox.parent / f"staging-{salt}"
        staging.mkdir()
        for number in range(FILES):
            one = made[number % len(made)]
            content = varied(one.content(), salt + number)
            (staging / f"{number}-{one.file_name}").write_bytes(content)
            size += len(content)
        before = _still(archive)[0]
        time.sleep(5)  # the service has started, and has nothing to do
        began = time.perf_counter()
        staging.rename(inbox / f"batch-{salt}")
        while _still(archive) != (before + FILES, 0):
            if time.perf_counter() - began > PATIENCE_S:
                raise RuntimeError("The import did not end.")
            time.sleep(0.1)
        took = time.perf_counter() - began
    return {"files_min": FILES / took * 60, "seconds": took, "bytes": size}


def _still(archive: Archive) -> tuple[int, int]:
    """How many files have come in, and how much is still to be done before all of them can be found."""
    with archive.read() as tx:
        seen, jobs, (backlog, _) = tx.intake.counts(), tx.jobs.counts(), tx.index_queue.backlog()
    waiting = sum(jobs.get((kind, state), 0) for kind in MAKES_FINDABLE for state in ("waiting", "running"))
    return seen["captured"] + seen["duplicate"], waiting + backlog + seen["waiting"]


NIGHT = """
import os, resource, sys, time
from pathlib import Path
from access.actors import OPERATOR
from archive.app import open_archive
from archive.backups import create
from archive.backups.targets import open_target
archive = open_archive(Path(sys.argv[1]))
os.sync()
began = time.monotonic()
create.run(archive, OPERATOR, open_target(sys.argv[2]), anew=bool(sys.argv[3]))
os.sync()
print(time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def _night(place: Place, repository: Path, anew: str) -> tuple[float, float]:
    command = [sys.executable, "-c", NIGHT, str(place.home), str(repository), anew]
    seconds, memory = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    return float(seconds), float(memory)


def backup(place: Place) -> Figures:
    """The first night, and the next one when nothing has changed; each synced at its end."""
    repository = place.folder / f"backup-{place.form}-{place.size}"
    shutil.rmtree(repository, ignore_errors=True)

    first, again = (_night(place, repository, anew) for anew in ("anew", ""))
    told = {"first_s": first[0], "again_s": again[0], "memory_mb": max(first[1], again[1])}
    size = megabytes(repository)
    shutil.rmtree(repository)
    return {**told, "repository_mb": size}


MOVES: Mapping[str, Measure] = {
    "move-database": move_catalogue,
    "move-objects": move_files,
    "index": index,
}
MEASURES: Mapping[str, Measure] = {
    "search": search,
    "loans": loans,
    "intake": intake,
    "backup": backup,
}


# ---- The servers ----


@contextmanager
def servers(folder: Path) -> Generator[None]:
    """The three of the large form; what they keep is there again the next time."""
    with ExitStack() as stack:
        stack.enter_context(postgresql.serving(PORTS["postgresql"], kept=folder / "postgresql", settings=POSTGRESQL))
        (folder / "s3").mkdir(exist_ok=True)
        objects_server = stack.enter_context(s3.serving(folder / "s3", f"http://127.0.0.1:{PORTS['s3']}"))
        objects_server.credentials(folder / "s3.toml")
        os.environ["BENCH_SEARCH"] = stack.enter_context(opensearch.serving(kept=folder / "opensearch", java=JAVA))
        yield


def _database(name: str) -> str:
    return f"postgresql+psycopg://postgres@127.0.0.1:{PORTS['postgresql']}/{name}"


def _store(place: Place) -> str:
    return f"s3:http://127.0.0.1:{PORTS['s3']}/{place.name}/archive"


def large(size: int, folder: Path) -> Place:
    bare = Place(LARGE, size, folder)
    settings = {
        "database": _database(bare.name),
        "store": _store(bare),
        "store_credentials": str(folder / "s3.toml"),
        "engine": "opensearch",
        "engine_address": f"{os.environ['BENCH_SEARCH']}/{bare.name}",
    }
    return Place(LARGE, size, folder, "".join(f'{name} = "{value}"\n' for name, value in settings.items()))


# ---- Cells and what is said of them ----


class Cells:
    """What has been measured, in a file that is whole at any moment."""

    def __init__(self, file: Path, *, anew: bool) -> None:
        self._file = file
        self._anew = anew
        self.known: dict[str, dict[str, float]] = {}
        self._read()

    def _read(self) -> None:
        if self._file.exists():
            self.known = json.loads(self._file.read_text())

    def get(self, form: str, size: int, what: str) -> Figures | None:
        return self.known.get(f"{form} {size} {what}")

    def measure(self, place: Place, what: str, act: Measure) -> None:
        if self.get(place.form, place.size, what) is not None and not self._anew:
            return
        figures = act(place)
        self._read()  # another run may have measured something meanwhile
        self.known[f"{place.form} {place.size} {what}"] = {**figures, "load": os.getloadavg()[0]}
        aside = self._file.with_suffix(".new")
        aside.write_text(json.dumps(self.known, indent=1) + "\n")
        aside.replace(self._file)
        told = ", ".join(f"{name} {value:.1f}" for name, value in figures.items())
        print(f"{datetime.now(UTC):%H:%M:%S} {place.form} {place.size} {what}: {told}", flush=True)


@dataclass(frozen=True, slots=True)
class Curve:
    """One figure as the archive grows. Its cost is what it takes: of a rate, the time for one."""

    title: str
    what: str
    figure: str
    rate: bool = False

    def points(self, cells: Cells, form: str) -> Sequence[tuple[int, float]]:
        found = ((size, cells.get(form, size, self.what)) for size in SIZES)
        return [(size, one[self.figure]) for size, one in found if one is not None]

    def exponent(self, points: Sequence[tuple[int, float]]) -> float | None:
        """Of growth of the cost: the slope of the line of least squares through the logarithms."""
        if len(points) < 2:
            return None
        xs, ys = [math.log(size) for size, _ in points], [math.log(max(value, 1e-9)) for _, value in points]
        x, y = sum(xs) / len(xs), sum(ys) / len(ys)
        slope = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)
        return -slope if self.rate else slope


CURVES = (
    Curve("intake, files/min", "intake", "files_min", rate=True),
    Curve("search p95, first time, ms", "search", "cold_p95"),
    Curve("search p95, again, ms", "search", "warm_p95"),
    Curve("decisions on loans/s", "loans", "decisions_s", rate=True),
    Curve("a person at the door and one record/s", "loans", "door_s", rate=True),
    Curve("backup, first night, s", "backup", "first_s"),
    Curve("backup, nothing changed, s", "backup", "again_s"),
    Curve("move-database, s", "move-database", "seconds"),
    Curve("move-objects, s", "move-objects", "seconds"),
    Curve("index built anew, s", "index", "seconds"),
    Curve("catalogue (PostgreSQL), MB", "move-database", "catalogue_mb"),
    Curve("catalogue (SQLite), MB", "home", "catalogue_mb"),
    Curve("index (tantivy), MB", "home", "index_mb"),
    Curve("index (OpenSearch), MB", "index", "index_mb"),
)
DRAWN = (CURVES[0], CURVES[1], CURVES[3], CURVES[5])


def table(cells: Cells) -> str:
    lines = [f"| what | form | {' | '.join(f'{size:,}' for size in SIZES)} | cost grows as |", "|---" * 6 + "|"]
    for curve in CURVES:
        for form in (EMBEDDED, LARGE):
            points = dict(curve.points(cells, form))
            if points:
                grows = curve.exponent(list(points.items()))
                values = " | ".join(_figure(points[size]) if size in points else "" for size in SIZES)
                grown = "" if grows is None else f"N^{grows:.2f}"
                lines.append(f"| {curve.title} | {form} | {values} | {grown} |")
    return "\n".join(lines)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


WIDE, HIGH, EDGE, RIGHT = 330, 220, 44, 34
COLOURS = {EMBEDDED: "#1f6f8b", LARGE: "#b5483a"}


def plot(cells: Cells) -> str:
    """Four curves beside each other, both axes logarithmic."""
    box = f"0 0 {2 * WIDE} {2 * HIGH + 30}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for number, curve in enumerate(DRAWN):
        parts.append(f'<g transform="translate({number % 2 * WIDE},{number // 2 * HIGH})">{_panel(curve, cells)}</g>')
    for number, form in enumerate((EMBEDDED, LARGE)):
        x, y = EDGE + number * 90, 2 * HIGH + 14
        parts.append(f'<path d="M{x} {y}h18" stroke="{COLOURS[form]}" stroke-width="2"/>')
        parts.append(f'<text x="{x + 24}" y="{y + 4}">{form}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _panel(curve: Curve, cells: Cells) -> str:
    drawn = {form: curve.points(cells, form) for form in (EMBEDDED, LARGE)}
    values = [value for points in drawn.values() for _, value in points] or [1.0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)) + 1e-9)
    high = max(high, low + 1)
    first, last = math.log10(SIZES[0]), math.log10(SIZES[-1])

    def x(size: float) -> float:
        return EDGE + (math.log10(size) - first) / (last - first) * (WIDE - EDGE - RIGHT)

    def y(value: float) -> float:
        return HIGH - 26 - (math.log10(value) - low) / (high - low) * (HIGH - 60)

    parts = [f'<text x="{EDGE}" y="20" font-weight="bold">{curve.title}</text>']
    for power in range(low, high + 1):
        parts.append(f'<path d="M{EDGE} {y(10**power):.1f}H{WIDE - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{EDGE - 5}" y="{y(10**power) + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    parts += [f'<text x="{x(size):.1f}" y="{HIGH - 8}" text-anchor="middle">{size:,}</text>' for size in SIZES]
    for form, points in drawn.items():
        line = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[form]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(n):.1f}" cy="{y(v):.1f}" r="3" fill="{COLOURS[form]}"/>' for n, v in points]
    return "".join(parts)


def machine() -> str:
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr.partition("\n")[0]
    return (
        f"{os.cpu_count()} processors, {platform.platform()}, Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}, tantivy {version('tantivy')}, psycopg {version('psycopg')}, "
        f"{opensearch.PLACE.stem}, {java}"
    )


def at(spent: Sequence[float], share: float) -> float:
    ordered = sorted(spent)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def _ended(_signal: int, _frame: object) -> None:
    """So that the servers are stopped, whoever ends this."""
    sys.exit(1)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--folder", type=Path, default=Path("/var/tmp/bench-cluster"))
    options.add_argument("--records", type=int, action="append", choices=SIZES)
    options.add_argument("--form", choices=(EMBEDDED, LARGE), action="append")
    options.add_argument("--only", choices=("home", *MOVES, *MEASURES), action="append")
    options.add_argument("--anew", action="store_true", help="measure once more what is known")
    options.add_argument("--copied", action="append", default=[], help="SIZE=FOLDER of a kept home to copy")
    options.add_argument("--report", type=Path, help="print the table, write the plot here, measure nothing")
    chosen = options.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    cells = Cells(chosen.folder / "cells.json", anew=chosen.anew)
    if chosen.report:
        chosen.report.write_text(plot(cells), "utf-8")
        print(table(cells))
        return
    print(machine(), flush=True)
    copied = {int(size): Path(folder) for size, _, folder in (one.partition("=") for one in chosen.copied)}
    wanted: dict[str, Measure] = {"home": partial(make, copied=copied), **MOVES, **MEASURES}
    signal.signal(signal.SIGTERM, _ended)
    with ExitStack() as stack:
        if LARGE in (chosen.form or (LARGE,)):
            stack.enter_context(servers(chosen.folder))
        for size in chosen.records or SIZES[:2]:
            for form in chosen.form or (EMBEDDED, LARGE):
                place = Place(EMBEDDED, size, chosen.folder) if form == EMBEDDED else large(size, chosen.folder)
                if place.home.exists():
                    settled(place)
                    founding.found(place.home)  # a kept one may be of an earlier version
                for what, act in wanted.items():
                    if what in (MOVES if form == EMBEDDED else ("home",)) or what not in (chosen.only or wanted):
                        continue
                    cells.measure(place, what, act)


if __name__ == "__main__":
    main()
