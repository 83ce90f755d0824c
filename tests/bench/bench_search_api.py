"""What a search costs through the HTTP API as the least privileged person, beside the raw engine in the same run.

    python -m tests.bench search_api [--records 100000] [--engine whoosh] [--port 8138]
    python -m tests.bench.bench_search_api --records 1000000 --engine tantivy --kept /var/tmp/million    (12 GB)

The records are those of `bench_search`; their texts are objects, of which there are --texts, shared. First the index
is built as `muniment index rebuild` builds it, then once more while the API goes on answering. Cold is the first time
a question is asked after the server has started, warm the times after it. The raw engine, beside them, is asked for the
first time too, since it remembers its answers: what stands there compares with cold. Times are milliseconds.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from access import rules
from access.rules import Action
from archive import people, search
from archive.app import open_archive
from archive.model import Record
from indexer.engines import EVERYTHING, Condition, Entry, embedded, names
from indexer.query import parse
from tests.bench.bench_search import questions, records
from tests.bench.served import Served, found, insert, least_privileged, record_of, served

SITES = ("JF01", "YL02")
KINDS: dict[str, tuple[str, dict[str, object]]] = {
    "rare word": ("rare word", {}),
    "common word": ("common word", {}),
    "two words": ("two words", {}),
    "phrase": ("phrase of two words", {}),
    "one character": ("one character", {}),
    "filter": ("common word", {"class": "HT02", "from": "2015"}),
    "sorted by title": ("common word", {"sort": "title"}),
    "sorted by date": ("common word", {"sort": "newest"}),
    "page 50": ("common word", {"page": 50}),
    "part of a number": ("number", {}),
    "a sentence that nothing answers literally": ("sentence", {}),
}
"""Every one of them with the page's facets, as always through the API."""
NARROWED = ((Condition("class", frozenset({"HT02"})), Condition("year", frozenset(map(str, range(2015, 2077))))),)
"""The filter above, as the engine is asked."""

REBUILD = """
import resource, sys, time
from pathlib import Path
from access.actors import SERVICE
from archive import indexing
from archive.app import open_archive
archive = open_archive(Path(sys.argv[1]))
began = time.monotonic()
with indexing.writing(archive):
    indexing.rebuild(archive, SERVICE, indexing.open_writer(archive)).close()
print(time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


IMPORT = """
import sys
from pathlib import Path
from archive import indexing
from archive.app import open_archive
from tests.bench.bench_search_api import arriving
from tests.bench.served import batched, insert
archive = open_archive(Path(sys.argv[1]))
with indexing.writing(archive):
    writer = indexing.open_writer(archive)
    for batch in batched(arriving(int(sys.argv[2])), 200):
        insert(archive, batch)
        with archive.write() as tx:
            for record in batch:
                tx.index_queue.add(record.id, archive.now())
        while indexing.catch_up(archive, [writer]):
            pass
    writer.close()
"""
"""Records come in and are indexed as they come, 200 at once; reading their files is measured elsewhere."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--texts", type=int, default=2000)
    options.add_argument("--engine", choices=names(), action="append")
    options.add_argument("--again", type=int, default=3, help="how often each question is asked once more")
    options.add_argument("--arriving", type=int, default=10_000, help="records that come in while questions are asked")
    options.add_argument("--rest", type=float, default=0, help="seconds after the start, while names are being learned")
    options.add_argument("--port", type=int, default=8138)
    options.add_argument("--kept", type=Path, help="the home is made here, left here, and asked again the next time")
    options.add_argument("--only", choices=("build", "ask"), help="make the home, or ask a kept one and change nothing")
    chosen = options.parse_args()
    for engine in chosen.engine or embedded():
        if chosen.kept:
            measure(chosen.kept / engine, engine, chosen)
            continue
        with tempfile.TemporaryDirectory(prefix="bench-search-api-") as folder:
            measure(Path(folder) / "home", engine, chosen)


def measure(home: Path, engine: str, chosen: argparse.Namespace) -> None:
    print(f"\n### {engine}, {chosen.records} records\n\n| what | figure |\n|---|---|")
    if not (home / "token").exists():
        build(home, engine, chosen)
    if chosen.only == "build":
        return
    token = (home / "token").read_text("ascii")
    with served(home, token, chosen.port) as api:
        api.search("合同")
        time.sleep(chosen.rest)
        raw = _raw(home, chosen)
        print("\n| question | cold p50 / p95 | warm p50 / p95 / p99 | raw engine cold p50 / p95 |\n|---|---|---|---|")
        for kind, (asked, parameters) in KINDS.items():
            texts_asked = questions(chosen.records)[asked]
            cold = [api.search(text, **parameters)[1] for text in texts_asked]
            again = [api.search(text, **parameters)[1] for text in texts_asked * chosen.again]
            warm = _figures(again, 0.5, 0.95, 0.99)
            print(f"| {kind} | {_figures(cold, 0.5, 0.95)} | {warm} | {_figures(raw[kind], 0.5, 0.95)} |", flush=True)
        if chosen.only == "ask":
            return
        with _rebuild(home) as rebuilding:
            print(f"| any, while the index is built anew | | {_meanwhile(rebuilding, api, chosen)} | |", flush=True)
        with _import(home, chosen) as importing:
            print(f"| any, while {chosen.arriving} records come in | | {_meanwhile(importing, api, chosen)} | |")
        print(f"\nPeak memory of the server {api.memory_mb():.0f} MB.", flush=True)


def build(home: Path, engine: str, chosen: argparse.Namespace) -> None:
    archive = found(home, engine)
    entries = (_at_home(number, entry) for number, entry in enumerate(records(chosen.records)))
    texts = [entry.pages for entry in records(min(chosen.texts, chosen.records))]
    insert(archive, map(record_of, entries), texts)
    token = least_privileged(archive)
    archive.close()
    seconds, memory = map(float, _rebuild(home).communicate()[0].split())
    print(f"| building the index | {seconds:.0f} s = {chosen.records / seconds:.0f} records/s |")
    print(f"| … peak memory | {memory:.0f} MB |")
    print(f"| … on the disk | {_size_mb(home / 'index'):.0f} MB |", flush=True)
    (home / "token").write_text(token, "ascii")


def _at_home(number: int, entry: Entry) -> Entry:
    labels = {**entry.labels, "site": SITES[number % len(SITES)], "class": "HT02", "department": "SWB"}
    return replace(entry, id=f"r{number:015}", labels=labels)


def _rebuild(home: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", REBUILD, str(home)], stdout=subprocess.PIPE, text=True)


def _import(home: Path, chosen: argparse.Namespace) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", IMPORT, str(home), str(chosen.arriving)], text=True)


def arriving(count: int) -> Iterator[Record]:
    for number, entry in enumerate(records(count)):
        yield replace(record_of(_at_home(number, entry)), id=f"n{number:015}")


def _meanwhile(process: "subprocess.Popen[str]", api: Served, chosen: argparse.Namespace) -> str:
    """All kinds of questions in turn while a process is at work; none may go unanswered."""
    asked = [(text, given) for kind, given in KINDS.values() for text in questions(chosen.records)[kind][:5]]
    spent: list[float] = []
    while process.poll() is None:
        text, given = asked[len(spent) % len(asked)]
        spent.append(api.search(text, **given)[1])
        time.sleep(0.02)
    if process.returncode:
        raise RuntimeError("What was to go on meanwhile has failed.")
    return _figures(spent, 0.5, 0.95, 0.99)


def _raw(home: Path, chosen: argparse.Namespace) -> dict[str, list[float]]:
    """The same questions put to the engine alone, in this process, within the same rights, each for the first time."""
    archive = open_archive(home)
    actor = people.named(archive, "least")
    find, read = (search.as_filter(rules.scope(actor, action)) for action in (Action.FIND, Action.READ))
    with archive.read() as tx:
        engine = archive.engine(tx.meta.get("index") or "")
    spent: dict[str, list[float]] = {}
    for kind, (asked, given) in KINDS.items():
        sort, offset = str(given.get("sort", "relevance")), 20 * (int(str(given.get("page", 1))) - 1)
        narrow = NARROWED if "class" in given else EVERYTHING
        times: list[float] = []
        for text in questions(chosen.records)[asked]:
            query = parse(text)
            began = time.perf_counter()
            engine.search(query, find=find, read=read, narrow=narrow, sort=sort, offset=offset, facets=search.FACETS)
            times.append((time.perf_counter() - began) * 1000)
        spent[kind] = times
    archive.close()
    return spent


def _at(spent: Sequence[float], share: float) -> float:
    ordered = sorted(spent)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def _figures(spent: Sequence[float], *shares: float) -> str:
    return " / ".join(f"{_at(spent, share):.1f}" for share in shares)


def _size_mb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


if __name__ == "__main__":
    main()
