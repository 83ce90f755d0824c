"""How good the order of answers is, through the HTTP API, on a public set of questions about law (STARD).

    python -m tests.bench stard [--engine whoosh] [--port 8139]

58,827 articles of Chinese law are records; 1,235 questions and as many lists of keywords have articles that answer
them. nDCG@10 and recall@10 stand beside BM25 over pairs of characters, worked out here as the script that comes with
the set does it. The numbers of `indexer.answers` and `indexer.loosening` were chosen on every fifth of these questions;
what they are worth, the other four fifths say. The set lies beside the project, or where MUNIMENT_CORPUS says.
"""

import argparse
import gzip
import json
import math
import os
import re
import statistics
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archive import indexing, labels
from archive.app import Archive
from indexer.engines import Entry, embedded, names
from tests.bench.served import batched, found, insert, least_privileged, record_of, served

CORPUS = Path(os.environ.get("MUNIMENT_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")
FOLDER = CORPUS / "e_bench" / "stard_lawref"
TOP = 10
Best = Callable[[str], Sequence[str]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--engine", choices=names(), action="append")
    options.add_argument("--port", type=int, default=8139)
    chosen = options.parse_args()
    if not FOLDER.exists():
        print(f"skipped: there is no set of questions at {FOLDER}")
        return
    articles = list(read())
    print("| how | questions nDCG@10 | recall@10 | keywords nDCG@10 | recall@10 |\n|---|---|---|---|---|")
    base = judged("BM25 over pairs of characters", baseline(articles))
    for engine in chosen.engine or embedded():
        with tempfile.TemporaryDirectory(prefix="bench-stard-") as folder:
            home = Path(folder) / "home"
            archive = found(home, engine)
            insert(archive, map(record_of, articles))
            token = least_privileged(archive)
            fill(archive, engine, articles)
            archive.close()
            with served(home, token, chosen.port) as api:

                def best(asked: str) -> list[str]:
                    answer, _ = api.search(asked[:500], size=TOP)
                    return [hit["id"] for hit in answer["hits"]]

                ours = judged(f"`{engine}`, through the API", best)
        for (which, mine), theirs in zip(ours.items(), base.values(), strict=True):
            gains = " | ".join(f"{100 * (a / b - 1):+.1f} %" for a, b in zip(mine, theirs, strict=True))
            print(f"| … against the baseline, {which} | {gains} |", flush=True)


def read() -> Iterator[Entry]:
    for name in ("articles_national", "articles_gold_extra"):
        with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf8") as lines:
            for line in lines:
                one = json.loads(line)
                yield Entry(f"r{one['id']}", f"{one['law']} {one['article']}", pages=(one["text"],))


def fill(archive: Archive, engine: str, articles: Sequence[Entry]) -> None:
    """The entries as the archive makes them, but for the reading of files."""
    name = f"{engine}-900"
    writer = archive.open_index(name, writable=True)
    with indexing.writing(archive):
        for batch in batched(articles, 1000):
            writer.put(
                [Entry(one.id, one.title, pages=one.pages, labels=labels.labels_of(record_of(one))) for one in batch]
            )
    writer.close()
    with archive.write() as tx:
        tx.meta.put("index", name)


CHOSEN_ON = "the fifth the numbers were chosen on"
HELD_OUT = "the other four fifths"


def judged(how: str, best: Best) -> Mapping[str, list[float]]:
    """nDCG@10 and recall@10 of questions, then of keywords, for both shares of the questions; prints them."""
    right: dict[str, set[str]] = defaultdict(set)
    for line in (FOLDER / "qrels_article_train.tsv").read_text("utf-8").splitlines():
        question, _, article, _ = line.split("\t")
        right[question].add(f"r{article}")
    rows = [line.split("\t") for line in (FOLDER / "queries_train.tsv").read_text("utf-8").splitlines()[1:]]
    figures: dict[str, list[float]] = {}
    for which, some in ((CHOSEN_ON, rows[::5]), (HELD_OUT, [row for n, row in enumerate(rows) if n % 5])):
        figures[which] = []
        for column in (3, 4):
            scores = [_score(best(row[column]), right[row[0]]) for row in some if row[column]]
            figures[which] += [statistics.fmean(score) for score in zip(*scores, strict=True)]
        print(f"| {how}, {which} | " + " | ".join(f"{one:.3f}" for one in figures[which]) + " |", flush=True)
    return figures


def _score(ids: Sequence[str], right: set[str]) -> tuple[float, float]:
    gain = sum(1 / math.log2(rank + 2) for rank, found in enumerate(ids[:TOP]) if found in right)
    ideal = sum(1 / math.log2(rank + 2) for rank in range(min(TOP, len(right))))
    return gain / ideal, len(right & set(ids[:TOP])) / len(right)


def baseline(articles: Sequence[Entry]) -> Best:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    lengths = np.zeros(len(articles), np.float32)
    for number, entry in enumerate(articles):
        counts = Counter(_pairs(f"{entry.title} {entry.pages[0]}"))
        lengths[number] = sum(counts.values())
        for pair, count in counts.items():
            found[pair].append((number, count))
    postings: Mapping[str, NDArray[np.float32]] = {pair: np.array(where, np.float32) for pair, where in found.items()}
    ids = [entry.id for entry in articles]
    norm = 0.25 + 0.75 * lengths / lengths.mean()

    def best(asked: str) -> list[str]:
        scores = np.zeros(len(articles), np.float32)
        for pair in set(_pairs(asked)) & postings.keys():
            numbers, counts = postings[pair][:, 0].astype(np.int64), postings[pair][:, 1]
            rarity = math.log(1 + (len(articles) - len(numbers) + 0.5) / (len(numbers) + 0.5))
            scores[numbers] += rarity * counts * 2.2 / (counts + 1.2 * norm[numbers])
        order = np.argsort(-scores, kind="stable")[:TOP]
        return [ids[number] for number in order.tolist() if scores[number] > 0]

    return best


def _pairs(text: str) -> list[str]:
    pairs: list[str] = []
    for run in re.findall("[一-鿿]+|[A-Za-z0-9]+", unicodedata.normalize("NFKC", text)):
        han = "一" <= run[0] <= "鿿"
        pairs += ([run[i : i + 2] for i in range(len(run) - 1)] or [run]) if han else [run.lower()]
    return pairs


if __name__ == "__main__":
    main()
