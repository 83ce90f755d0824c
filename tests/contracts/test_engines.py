"""Every engine keeps the promises of `indexer.engines`, whatever it is made of."""

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import opencc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.engines import EVERYTHING, SORTS, Condition, Engine, Entry, Filter, names, open_engine
from indexer.query import All, Any, Node, Not, Phrase, Query

ENGINES = names()
ROOT = Path(__file__).resolve().parents[2]
NO_FIELD = {None: ("title", "numbers", "parties")}


@pytest.fixture(params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def engine(name: str, tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(name, tmp_path / "index", writable=True)
    yield opened
    opened.close()


# The naive model: what an engine must answer, said as plainly as possible.


@lru_cache(10_000)
def plain(text: str) -> str:
    """The text as a string in which a phrase matches exactly where it is a substring.

    Folded; white space gone; a run of punctuation is one `·`; each run of letters or digits stands between
    bars, so that it matches whole or not at all. Han characters stand as they are: any substring of them matches.
    """
    folded = simplify(unicodedata.normalize("NFKC", text).lower())
    pieces = re.findall(r"[一-鿿]|\d+|[^\W\d_一-鿿]+|\s+|(?:[^\w\s]|_)(?:[^\w]|_)*", folded)
    return "".join(
        piece if re.match(r"[一-鿿]", piece) else f"|{piece}|" if piece.isalnum() else "·" if piece.strip() else ""
        for piece in pieces
    )


@lru_cache(10_000)
def simplify(text: str) -> str:
    return "".join(str(_converter().convert(letter)) for letter in text)


@lru_cache(1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def naive_values(entry: Entry, field: str | None, *, with_body: bool) -> list[str]:
    if field is None:
        return [entry.title, *entry.numbers, *entry.parties, *(["\n".join(entry.pages)] if with_body else [])]
    return {"title": [entry.title], "number": list(entry.numbers), "party": list(entry.parties)}[field]


def naive_holds(node: Node | None, entry: Entry, *, with_body: bool) -> bool:
    match node:
        case None:
            return True
        case Phrase(text, field):
            return any(
                plain(text).strip("·") in plain(value) for value in naive_values(entry, field, with_body=with_body)
            )
        case All(parts):
            return all(naive_holds(part, entry, with_body=with_body) for part in parts)
        case Any(parts):
            return any(naive_holds(part, entry, with_body=with_body) for part in parts)
        case Not(part):
            return not naive_holds(part, entry, with_body=with_body)


def naive_admits(conditions: Filter, entry: Entry) -> bool:
    known = {**entry.labels, "id": entry.id}
    return any(all(c.label in known and known[c.label] in c.allowed for c in group) for group in conditions)


def naive_search(
    entries: Sequence[Entry], query: Query, *, find: Filter, read: Filter, narrow: Filter, hide: frozenset[str]
) -> set[str]:
    return {
        entry.id
        for entry in entries
        if entry.id not in hide
        and naive_admits(find, entry)
        and naive_admits(narrow, entry)
        and naive_holds(query.root, entry, with_body=naive_admits(read, entry))
    }


# Records like those of the house: few characters, so that everything collides with everything.

LETTERS = "物业服务合同3号楼A座1202甲方乙，。（）-·/ \n　ｂ號樓電梯"


@dataclass(frozen=True)
class World:
    entries: tuple[Entry, ...]


def texts(size_max: int) -> st.SearchStrategy[str]:
    return st.text(LETTERS, max_size=size_max)


def entries_(size_max: int = 12) -> st.SearchStrategy[list[Entry]]:
    entry = st.builds(
        Entry,
        id=st.sampled_from([f"r{i}" for i in range(20)]),
        title=texts(12),
        numbers=st.lists(texts(8), max_size=2).map(tuple),
        parties=st.lists(texts(6), max_size=2).map(tuple),
        pages=st.lists(texts(30), max_size=3).map(tuple),
        labels=st.fixed_dictionaries(
            {"level": st.sampled_from("123")},
            optional={"site": st.sampled_from(["东", "西", ""]), "class": st.sampled_from("ABC")},
        ),
        date=st.none() | st.integers(20200101, 20200105),
        captured=st.integers(0, 5),
    )
    return st.lists(entry, max_size=size_max, unique_by=lambda e: e.id)


def filters() -> st.SearchStrategy[Filter]:
    condition = st.one_of(
        st.builds(Condition, st.just("level"), st.frozensets(st.sampled_from("1234"))),
        st.builds(Condition, st.just("site"), st.frozensets(st.sampled_from(["东", "西", "", "北"]))),
        st.builds(Condition, st.just("id"), st.frozensets(st.sampled_from([f"r{i}" for i in range(25)]))),
        st.builds(Condition, st.just("unknown"), st.frozensets(st.sampled_from(["", "x"]))),
    )
    groups = st.lists(st.lists(condition, max_size=2).map(tuple), max_size=3).map(tuple)
    return st.one_of(st.just(EVERYTHING), groups)


def nodes() -> st.SearchStrategy[Node]:
    field = st.sampled_from([None, None, None, "title", "number", "party"])
    phrase = st.builds(Phrase, texts(4).filter(lambda text: plain(text).strip("·") != ""), field)
    return st.recursive(
        phrase,
        lambda inner: st.one_of(
            st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Any, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Not, inner),
        ),
        max_leaves=4,
    )


@pytest.mark.parametrize("name", ENGINES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_an_engine_finds_and_counts_exactly_what_the_plain_reading_of_the_rules_does(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = open_engine(name, tmp_path_factory.mktemp("index") / "index", writable=True)
    known: dict[str, Entry] = {}
    for batch in data.draw(st.lists(entries_(), min_size=1, max_size=3)):
        engine.put(batch)
        known |= {entry.id: entry for entry in batch}
    dropped = data.draw(st.lists(st.sampled_from([f"r{i}" for i in range(22)]), max_size=4))
    engine.drop(dropped)
    known = {key: entry for key, entry in known.items() if key not in dropped}
    assert engine.ids() == known.keys()
    assert engine.count() == len(known)

    for _ in range(8):
        query = Query(data.draw(st.none() | nodes()))
        find, read, narrow = data.draw(filters()), data.draw(filters()), data.draw(filters())
        hide = data.draw(st.frozensets(st.sampled_from([f"r{i}" for i in range(20)]), max_size=3))
        sort = data.draw(st.sampled_from(SORTS))

        hits = engine.search(
            query,
            find=find,
            read=read,
            narrow=narrow,
            hide=hide,
            sort=sort,
            limit=50,
            facets=("level", "site", "unknown"),
        )

        wanted = naive_search(list(known.values()), query, find=find, read=read, narrow=narrow, hide=hide)
        assert {hit.id for hit in hits.hits} == wanted
        assert hits.total == len(hits.hits) == len(wanted)
        for label in ("level", "site", "unknown"):
            assert hits.facets[label] == Counter(known[key].labels[label] for key in wanted if label in known[key].labels)
        for hit in hits.hits:
            if hit.in_body:
                assert naive_admits(read, known[hit.id])
    engine.close()


@pytest.mark.parametrize("name", ENGINES)
def test_every_substring_of_every_text_is_found(name: str, tmp_path: Path) -> None:
    """Han: any substring. Letters and digits: from the beginning of a run to the end of one."""
    chance = random.Random(7)
    engine = open_engine(name, tmp_path / "index", writable=True)
    alphabet = "物业服务合同管理费收取标准甲方乙方小区业主委员会楼座号一二三123ABCxyz，。、（）-/ \n"
    entries = [
        Entry(f"r{i}", "".join(chance.choices(alphabet, k=10)), pages=("".join(chance.choices(alphabet, k=200)),))
        for i in range(60)
    ]
    engine.put(entries)

    for _ in range(400):
        source = chance.choice(entries)
        text = chance.choice((source.title, source.pages[0]))
        start = chance.randrange(len(text))
        phrase = text[start : start + chance.randint(1, 8)]
        if not plain(phrase).strip("·"):
            continue
        query = Query(Phrase(phrase))

        found = {hit.id for hit in engine.search(query, find=EVERYTHING, read=EVERYTHING, limit=100).hits}

        assert found == naive_search(
            entries, query, find=EVERYTHING, read=EVERYTHING, narrow=EVERYTHING, hide=frozenset()
        ), phrase
    engine.close()
