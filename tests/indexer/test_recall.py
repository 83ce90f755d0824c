"""On real Chinese text: a substring is found wherever it stands, and elsewhere only in another form."""

import gzip
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.engines import EVERYTHING, Engine, Entry
from indexer.engines.whoosh import open_engine
from indexer.forms import other_forms
from indexer.query import Phrase, Query
from indexer.words import HAN_RANGES, fold

CORPUS = Path(os.environ.get("MUNIMENT_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")
ARTICLES = CORPUS / "e_bench" / "stard_lawref" / "articles_national.jsonl.gz"
COUNT = 3000


@pytest.fixture(scope="module")
def articles() -> list[Entry]:
    if not ARTICLES.exists():
        pytest.skip(f"there is no collection of laws at {ARTICLES}")
    with gzip.open(ARTICLES, "rt", encoding="utf8") as lines:
        every = [json.loads(line) for line in lines]
    chosen = random.Random(4).sample(every, COUNT)
    return [Entry(one["id"], f"{one['law']} {one['article']}", pages=(one["text"],)) for one in chosen]


@pytest.fixture(scope="module")
def engine(articles: list[Entry], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine(tmp_path_factory.mktemp("laws") / "index", writable=True)
    for start in range(0, COUNT, 500):
        opened.put(articles[start : start + 500])
    yield opened
    opened.close()


@pytest.mark.parametrize("length", [1, 2, 3, 4, 8])
def test_a_substring_of_a_law_is_found_wherever_it_stands(articles: list[Entry], engine: Engine, length: int) -> None:
    chance = random.Random(length)
    plain = {one.id: ("".join(fold(one.title).split()), "".join(fold(one.pages[0]).split())) for one in articles}
    asked = 0
    while asked < 60:
        text = chance.choice(chance.choice(list(plain.values())))
        start = chance.randrange(max(1, len(text) - length))
        piece = text[start : start + length]
        if not all(any(first <= ord(sign) <= last for first, last in HAN_RANGES) for sign in piece):
            continue
        asked += 1

        hits = engine.search(Query(Phrase(piece)), find=EVERYTHING, read=EVERYTHING, limit=COUNT)

        forms = (piece, *other_forms(piece))
        assert {hit.id for hit in hits.hits} == {
            key for key, values in plain.items() if any(form in v for v in values for form in forms)
        }
