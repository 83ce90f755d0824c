"""Does search find what SQL LIKE finds? 2,000 random substrings of random records, on every engine.

    python -m tests.bench recall [--records 3000] [--substrings 2000]

The stored text is folded as questions are, without white space, as LIKE has no idea of letter-spaced titles. What is
found beyond that stands there in another form, or with other punctuation.
"""

import argparse
import random
import re
import sqlite3
import tempfile
from pathlib import Path

from indexer import words
from indexer.engines import EVERYTHING, embedded, open_engine
from indexer.query import Phrase, Query
from tests.bench.bench_search import records


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=3000)
    options.add_argument("--substrings", type=int, default=2000)
    chosen = options.parse_args()
    chance = random.Random(6)
    entries = list(records(chosen.records))
    plain = {
        entry.id: [bare(text) for text in (entry.title, *entry.numbers, *entry.parties, *entry.pages)]
        for entry in entries
    }
    catalogue = sqlite3.connect(":memory:")
    catalogue.execute("CREATE TABLE texts (id TEXT, text TEXT)")
    catalogue.executemany("INSERT INTO texts VALUES (?, ?)", [(key, text) for key in plain for text in plain[key]])
    asked: list[str] = []
    while len(asked) < chosen.substrings:
        text = chance.choice(plain[chance.choice(entries).id])
        start, length = chance.randrange(len(text)), chance.randint(1, 8)
        piece = text[start : start + length]
        if words.split(piece):
            asked.append(piece)
    print("| engine | substrings | records LIKE finds | of them found | recall |\n|---|---|---|---|---|")
    for name in embedded():
        with tempfile.TemporaryDirectory(prefix="bench-recall-") as folder:
            engine = open_engine(name, Path(folder) / "index", writable=True)
            for start in range(0, len(entries), 500):
                engine.put(entries[start : start + 500])
            there = found = 0
            for piece in asked:
                like = "%" + re.sub(r"([\\%_])", r"\\\1", piece) + "%"
                rows = catalogue.execute("SELECT DISTINCT id FROM texts WHERE text LIKE ? ESCAPE '\\'", (like,))
                right = {row[0] for row in rows}
                hits = engine.search(Query(Phrase(piece)), find=EVERYTHING, read=EVERYTHING, limit=len(entries))
                there += len(right)
                found += len(right & {hit.id for hit in hits.hits})
            engine.close()
        print(f"| `{name}` | {len(asked)} | {there} | {found} | {100 * found / there:.2f} % |", flush=True)


def bare(text: str) -> str:
    return "".join(words.fold(text).split())


if __name__ == "__main__":
    main()
