"""Every engine keeps the promises of `indexer.engines`, whatever it is made of."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# opencc ships without types.

import os
import random
import re
import signal
import subprocess
import sys
import textwrap
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path

import opencc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.engines import EVERYTHING, NOTHING, SORTS, Condition, Engine, Entry, Filter, open_engine
from indexer.errors import IndexBroken, IndexerError
from indexer.query import All, Any, Between, Enough, Labelled, Node, Not, Phrase, Query, parse, spellings
from tests.engines import ENGINES

ROOT = Path(__file__).resolve().parents[2]


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

    Folded; white space gone, but between two runs of letters or of digits, where it is a bar; a run of punctuation
    is one `·`.
    """
    folded = simplify(unicodedata.normalize("NFKC", text).lower())
    pieces = re.findall(r"[一-鿿]|\d+|[^\W\d_一-鿿]+|\s+|(?:[^\w\s]|_)(?:[^\w]|_)*", folded)
    told = "".join(piece if piece.isalnum() else "·" if piece.strip() else " " for piece in pieces)
    return re.sub(r"(?<=\d) (?=\d)|(?<=[a-z]) (?=[a-z])", "|", told).replace(" ", "")


def naive_stands(phrase: Phrase, value: str) -> bool:
    if not phrase.whole:
        return any(_stands(text, value, whole) for text, whole in spellings(phrase))
    return _stands(phrase.text, value, True)


def _stands(text: str, value: str, whole: bool) -> bool:
    asked = plain(text).strip("·|")
    if not whole:
        return asked in plain(value)
    before, behind = (
        r"\d" if edge.isdecimal() else "[a-z]" if edge.isascii() else "$^" for edge in (asked[0], asked[-1])
    )
    return re.search(f"(?<!{before}){re.escape(asked)}(?!{behind})", plain(value)) is not None


@lru_cache(10_000)
def simplify(text: str) -> str:
    return "".join(_simplified(letter) for letter in text)


@lru_cache(10_000)
def _simplified(letter: str) -> str:
    return str(_converter(letter))


_converter = opencc.OpenCC("t2s").convert


def naive_values(entry: Entry, field: str | None, *, with_body: bool) -> list[str]:
    if field is None:
        return [entry.title, *entry.numbers, *entry.parties, *(["\n".join(entry.pages)] if with_body else [])]
    return {"title": [entry.title], "number": list(entry.numbers), "party": list(entry.parties)}[field]


def naive_holds(node: Node | None, entry: Entry, *, with_body: bool) -> bool:
    match node:
        case None:
            return True
        case Phrase():
            return any(naive_stands(node, value) for value in naive_values(entry, node.field, with_body=with_body))
        case Labelled(label, allowed):
            return label in entry.labels and entry.labels[label] in allowed
        case Between("term_to") if not with_body:
            return False
        case Between(label, low, high):
            return label in entry.labels and low <= entry.labels[label] <= high
        case Enough(parts, least, _):
            return sum(naive_holds(part, entry, with_body=with_body) for part in parts) >= least
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
            optional={
                "site": st.sampled_from(["东", "西", ""]),
                "class": st.sampled_from("ABC"),
                "date": st.sampled_from(["20260301", "20260302", "20261231"]),
                "term_to": st.sampled_from(["20260301", "20271231"]),
            },
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
    phrase = st.builds(
        Phrase, texts(4).filter(lambda text: plain(text).strip("·|") != ""), field, st.just(False), st.booleans()
    )
    label = st.one_of(
        st.builds(Labelled, st.just("site"), st.frozensets(st.sampled_from(["东", "西", "", "北"]))),
        st.builds(
            Between,
            st.sampled_from(["date", "term_to"]),
            st.sampled_from(["00000101", "20260302"]),
            st.sampled_from(["20260302", "99991231"]),
        ),
        st.builds(Enough, st.lists(phrase, min_size=1, max_size=3, unique=True).map(tuple), st.integers(1, 2)),
    )
    return st.recursive(
        st.one_of(phrase, phrase, label),
        lambda inner: st.one_of(
            st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Any, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Not, inner),
        ),
        max_leaves=4,
    )


def test_a_label_that_an_entry_does_not_have_is_not_the_empty_one(engine: Engine) -> None:
    engine.put([Entry("none", "甲", labels={"level": "1"}), Entry("empty", "乙", labels={"level": "1", "site": ""})])
    ours: Filter = ((Condition("level", frozenset("1")), Condition("site", frozenset({"", "东"}))),)

    assert {hit.id for hit in engine.search(Query(None), find=ours, read=ours).hits} == {"empty"}


@pytest.mark.parametrize("name", ENGINES)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
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
            assert hits.facets[label] == Counter(
                known[key].labels[label] for key in wanted if label in known[key].labels
            )
    engine.close()


@pytest.mark.parametrize("name", ENGINES)
def test_every_substring_of_every_text_is_found(name: str, tmp_path: Path) -> None:
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
        if not plain(phrase).strip("·|"):
            continue
        query = Query(Phrase(phrase))

        found = {hit.id for hit in engine.search(query, find=EVERYTHING, read=EVERYTHING, limit=100).hits}

        assert found == naive_search(
            entries, query, find=EVERYTHING, read=EVERYTHING, narrow=EVERYTHING, hide=frozenset()
        ), phrase
    engine.close()


# Order


ORDERS: dict[str, Callable[[Entry], tuple[object, ...]]] = {
    "newest": lambda entry: (-(entry.date or 0),),
    "oldest": lambda entry: (entry.date or 99999999,),
    "arrival": lambda entry: (-entry.captured,),
    "title": lambda entry: (simplify(unicodedata.normalize("NFKC", entry.title).lower()).encode("gb18030"),),
}


@pytest.mark.parametrize("sort", ORDERS)
def test_pages_in_order_make_up_the_whole_answer_once(engine: Engine, sort: str) -> None:
    chance = random.Random(5)
    known = {
        f"r{i}": Entry(
            f"r{i}",
            "".join(chance.choices("物业服务合同阿二张3a", k=chance.randint(1, 4))),
            date=chance.choice([None, 20240101, 20250101, 20260101]),
            captured=chance.randint(0, 3),
        )
        for i in range(57)
    }
    entries = list(known.values())
    for start in range(0, len(entries), 13):
        engine.put(entries[start : start + 13])

    pages = [
        engine.search(Query(None), find=EVERYTHING, read=NOTHING, sort=sort, offset=offset, limit=10)
        for offset in range(0, 70, 10)
    ]

    shown = [hit.id for page in pages for hit in page.hits]
    assert sorted(shown) == sorted(known)
    assert [ORDERS[sort](known[key]) for key in shown] == sorted(ORDERS[sort](entry) for entry in known.values())
    assert {page.total for page in pages} == {57}


def test_relevance_comes_best_first_and_a_title_beats_a_mention(engine: Engine) -> None:
    filler = "本条款由双方另行约定。" * 40
    engine.put(
        [
            Entry("mention", "会议纪要", pages=(filler + "电梯" + filler,)),
            Entry("often", "会议纪要", pages=("电梯维保电梯年检电梯" + filler,)),
            Entry("title", "电梯维保合同", pages=(filler,)),
            Entry("none", "会议纪要", pages=(filler,)),
        ]
    )

    hits = engine.search(Query(Phrase("电梯")), find=EVERYTHING, read=EVERYTHING).hits

    assert [hit.id for hit in hits] == ["title", "often", "mention"]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_what_has_the_number_comes_before_what_speaks_of_it(engine: Engine) -> None:
    engine.put(
        [
            Entry("speaks", "往来函件登记", pages=("关于 JF01-0007 的函。" * 50,)),
            Entry("has", "电梯维保", numbers=("JF01-0007",), pages=("说明。" * 50,)),
            Entry("other", "电梯维保", numbers=("JF01-0008",)),
        ]
    )

    hits = engine.search(Query(Phrase("jf01-0007")), find=EVERYTHING, read=EVERYTHING).hits

    assert [hit.id for hit in hits] == ["has", "speaks"]


def test_what_is_called_exactly_as_was_typed_comes_first(engine: Engine) -> None:
    contract, number = "云麓花园 绿化养护（服务）合同", "YL-HT-2026-003"
    engine.put(
        [
            Entry("speaks", f"{contract}、{contract} {number} {number}", pages=(f"{contract}。{number}。" * 20,)),
            Entry("law", f"{contract}法", numbers=(f"{number}-1", number * 2), labels={"standing": "law"}),
            Entry("is", contract, numbers=("别的号", number), pages=("说明。" * 400,), labels={"standing": "obsolete"}),
        ]
    )

    for typed in (contract, "雲麓花園绿化养护(服务)合同", f'"{contract}"', number, "ｙｌ-ht-2026-003"):
        hits = engine.search(parse(typed), find=EVERYTHING, read=EVERYTHING).hits
        assert hits[0].id == "is"
        assert {hit.id for hit in hits} == {"speaks", "law", "is"}


def test_the_name_of_a_file_counts_as_a_whole_for_those_alone_who_may_read_it(engine: Engine) -> None:
    engine.put(
        [
            Entry("titled", "盘点表", numbers=("A",), pages=("x" * 90,), labels={"level": "1"}),
            Entry("named", "盘点表 其二", names=("盘点表-附件",), pages=("盘点表-附件.xlsx",), labels={"level": "2"}),
            Entry("speaks", "盘点表-附件与盘点表-附件", pages=("盘点表-附件" * 9,), labels={"level": "1"}),
        ]
    )
    asked = parse("盘点表-附件")

    def found(read: Filter) -> list[str]:
        return [hit.id for hit in engine.search(asked, find=EVERYTHING, read=read).hits]

    assert found(EVERYTHING) == ["named", "speaks"]
    assert found(level("1")) == ["speaks"]
    assert engine.search(parse("盘点表"), find=EVERYTHING, read=level("1")).hits[0].id == "titled"


def test_a_law_comes_first_and_what_is_no_longer_in_force_last(engine: Engine) -> None:
    engine.put(
        [
            Entry("old", "装修管理办法", pages=("装修押金",), labels={"standing": "obsolete"}),
            Entry("new", "装修管理办法", pages=("装修押金",), labels={"standing": ""}),
            Entry("law", "装修管理办法", pages=("装修押金",), labels={"standing": "law"}),
        ]
    )

    hits = engine.search(Query(Phrase("装修押金")), find=EVERYTHING, read=EVERYTHING).hits

    assert [hit.id for hit in hits] == ["law", "new", "old"]


def test_an_unknown_order_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="sort"):
        engine.search(Query(None), find=EVERYTHING, read=EVERYTHING, sort="size")


def test_a_limit_of_nothing_still_counts(engine: Engine) -> None:
    engine.put([Entry("a", "物业"), Entry("b", "物业")])

    hits = engine.search(Query(Phrase("物业")), find=EVERYTHING, read=NOTHING, limit=0)

    assert (hits.total, hits.hits) == (2, ())


# What may not be seen


def level(value: str) -> Filter:
    return ((Condition("level", frozenset(value)),),)


def test_no_count_depends_on_what_may_not_be_found(engine: Engine) -> None:
    engine.put([Entry(f"open{i}", f"物业合同{i}", pages=("电梯" * i,), labels={"level": "1"}) for i in range(5)])
    query = Query(All((Phrase("物业"), Phrase("合同"))))
    before = engine.search(query, find=level("1"), read=level("1"), facets=("level",))

    engine.put([Entry(f"hidden{i}", "物业合同物业", pages=("合同",), labels={"level": "3"}) for i in range(50)])

    after = engine.search(query, find=level("1"), read=level("1"), facets=("level",))
    assert after.total == before.total == 5
    assert after.facets == before.facets
    assert {hit.id for hit in after.hits} == {hit.id for hit in before.hits}


def test_a_body_that_may_not_be_read_moves_nothing(engine: Engine) -> None:
    """Neither that a word is in the body nor that it is not can be told from the answer."""
    engine.put(
        [
            Entry("with", "物业合同", pages=("物业" * 50,), labels={"level": "2"}),
            Entry("without", "物业合同", pages=("电梯" * 50,), labels={"level": "2"}),
        ]
    )

    found = engine.search(Query(Phrase("物业")), find=EVERYTHING, read=NOTHING)
    left_out = engine.search(Query(All((Phrase("合同"), Not(Phrase("电梯"))))), find=EVERYTHING, read=NOTHING)

    assert len({hit.score for hit in found.hits}) == 1
    assert left_out.total == 2


# The order of answers


def order(engine: Engine, typed: str) -> list[str]:
    found = engine.search(parse(typed), find=EVERYTHING, read=EVERYTHING)
    return [hit.id for hit in found.hits]


def test_words_that_stand_near_each_other_come_before_words_that_stand_apart(engine: Engine) -> None:
    between = "其他约定见附件。" * 20
    engine.put(
        [
            Entry("apart", "协议", pages=(f"电梯{between}保养{between}",)),
            Entry("near", "协议", pages=(f"{between}电梯每半月保养{between}",)),
            Entry("turned", "协议", pages=(f"保养{between}{between}电梯",)),
        ]
    )

    assert order(engine, "电梯 保养")[0] == order(engine, "保养 电梯")[0] == "near"


def test_nearness_in_a_body_that_may_not_be_read_counts_for_nothing(engine: Engine) -> None:
    between = "其他约定见附件。" * 20
    engine.put(
        [
            Entry("near", "电梯合同保养", pages=("电梯保养",), labels={"level": "2"}),
            Entry("apart", "电梯合同保养", pages=(f"电梯{between}保养",), labels={"level": "2"}),
        ]
    )

    found = engine.search(parse("电梯 保养"), find=EVERYTHING, read=NOTHING)

    assert len({hit.score for hit in found.hits}) == 1


def test_a_heading_says_more_than_a_line(engine: Engine) -> None:
    line = "双方应当按照约定履行各自的义务。\n"
    engine.put(
        [
            Entry("line", "协议", pages=(f"{line * 5}第三条 付款方式\n说到违约责任与其他。\n{line * 5}",)),
            Entry("heading", "协议", pages=(f"{line * 5}第三条 违约责任\n说到付款方式与其他。\n{line * 5}",)),
        ]
    )

    assert order(engine, "违约责任") == ["heading", "line"]
    assert order(engine, "付款方式") == ["line", "heading"]


def test_what_is_no_longer_in_force_comes_behind_its_like(engine: Engine) -> None:
    body = ("电梯维保管理办法全文",)
    engine.put(
        [
            Entry("old", "电梯维保管理办法", pages=body, labels={"standing": "obsolete"}, captured=2),
            Entry("new", "电梯维保管理办法", pages=body, labels={"standing": ""}, captured=1),
        ]
    )

    assert order(engine, "电梯维保") == ["new", "old"]


def test_a_term_is_known_to_those_alone_who_may_read_the_body(engine: Engine) -> None:
    engine.put([Entry("a", "合同", labels={"level": "2", "term_to": "20260301"}), Entry("b", "合同")])
    asked = Query(Between("term_to", "20260101", "20261231"))

    assert [hit.id for hit in engine.search(asked, find=EVERYTHING, read=EVERYTHING).hits] == ["a"]
    assert engine.search(asked, find=EVERYTHING, read=NOTHING).total == 0
    assert engine.search(Query(Not(asked.root)), find=EVERYTHING, read=NOTHING).total == 2  # type: ignore[arg-type]


# Changing


def test_a_replaced_entry_is_found_by_its_new_words_only(engine: Engine) -> None:
    engine.put([Entry("a", "旧题名", pages=("旧正文",)), Entry("a", "中间题名")])
    engine.put([Entry("a", "新题名", labels={"class": "B"})])
    engine.put([Entry("a", "新题名", labels={"class": "C"})])

    def total(text: str) -> int:
        return engine.search(Query(Phrase(text)), find=EVERYTHING, read=EVERYTHING).total

    assert (total("旧"), total("中间"), total("新题名"), engine.count()) == (0, 0, 1, 1)
    assert engine.search(Query(None), find=EVERYTHING, read=NOTHING, facets=("class",)).facets == {"class": {"C": 1}}


def test_what_is_remembered_of_an_answer_ends_with_the_next_change_and_is_nobody_elses(engine: Engine) -> None:
    def found(find: Filter, hide: frozenset[str] = frozenset()) -> tuple[int, list[str]]:
        hits = engine.search(Query(Phrase("物业")), find=find, read=NOTHING, hide=hide)
        return hits.total, sorted(hit.id for hit in hits.hits)

    engine.put([Entry("a", "物业", labels={"site": "JF01"}), Entry("b", "物业", labels={"site": "YL02"})])
    here = ((Condition("site", frozenset({"JF01"})),),)
    assert [found(EVERYTHING) for _ in range(2)] == [(2, ["a", "b"])] * 2
    assert [found(here) for _ in range(2)] == [(1, ["a"])] * 2
    assert found(EVERYTHING, frozenset("a")) == (1, ["b"])

    engine.put([Entry("c", "物业", labels={"site": "JF01"})])
    assert found(here) == (2, ["a", "c"])
    engine.drop(["a"])
    assert (found(EVERYTHING), found(here)) == ((2, ["b", "c"]), (1, ["c"]))


def test_dropping_forgets_and_dropping_again_is_no_error(engine: Engine) -> None:
    engine.put([Entry("a", "物业"), Entry("b", "物业")])

    engine.drop(["a", "never"])
    engine.drop(["a"])
    engine.drop([])
    engine.put([])

    assert engine.ids() == {"b"}
    assert [hit.id for hit in engine.search(Query(Phrase("物业")), find=EVERYTHING, read=NOTHING).hits] == ["b"]


def test_clear_forgets_everything_and_the_index_goes_on(engine: Engine) -> None:
    engine.put([Entry("a", "物业")])

    engine.clear()

    assert (engine.count(), engine.ids()) == (0, frozenset())
    engine.put([Entry("b", "物业")])
    assert engine.ids() == {"b"}


def test_many_changes_one_at_a_time_leave_what_one_would_expect(name: str, tmp_path: Path) -> None:
    """Long enough for every kind of merge to happen while entries are replaced and forgotten."""
    chance = random.Random(3)
    engine = open_engine(name, tmp_path / "index", writable=True)
    known: dict[str, Entry] = {}
    text = "物业服务合同管理费收取标准甲方乙方小区业主委员会" * 40
    for step in range(120):
        batch = [
            Entry(f"r{chance.randrange(150)}", f"第{step}次", pages=("".join(chance.sample(text, 600)),))
            for _ in range(chance.choice((1, 1, 1, 30)))
        ]
        engine.put(batch)
        known |= {entry.id: entry for entry in batch}
        if step % 5 == 0:
            gone = f"r{chance.randrange(150)}"
            engine.drop([gone])
            known.pop(gone, None)

    assert engine.ids() == known.keys()
    again = open_engine(name, tmp_path / "index", writable=False)
    for key, entry in chance.sample(sorted(known.items()), 40):
        hits = again.search(Query(Phrase(entry.title)), find=EVERYTHING, read=EVERYTHING, limit=100)
        assert hits.total == sum(other.title == entry.title for other in known.values())
        assert key in {hit.id for hit in hits.hits}
    for phrase in ("物", "甲", "业主", "合同管"):
        found = again.search(Query(Phrase(phrase)), find=EVERYTHING, read=EVERYTHING, limit=500)
        assert {hit.id for hit in found.hits} == {k for k, e in known.items() if phrase in e.title + "\n" + e.pages[0]}
    again.close()
    engine.close()


# Several processes


@contextmanager
def child(name: str, folder: Path, body: str) -> "Generator[subprocess.Popen[str]]":
    """A Python process of its own with an open, writable `engine`. It ends when it has done what it should."""
    program = f"""
import sys
from pathlib import Path
from indexer.engines import EVERYTHING, Entry, open_engine
from indexer.query import Phrase, Query
engine = open_engine({name!r}, Path({str(folder)!r}), writable=True)
def say(value):
    print(value, flush=True)
{textwrap.dedent(body)}
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process


def test_what_was_put_is_seen_in_another_process_at_once(name: str, tmp_path: Path) -> None:
    engine = open_engine(name, tmp_path / "index", writable=True)
    answers = """
        for line in sys.stdin:
            say(engine.search(Query(Phrase(line.strip())), find=EVERYTHING, read=EVERYTHING).total)
        """

    with child(name, tmp_path / "index", answers) as reader:
        assert reader.stdin
        assert reader.stdout
        for i in range(31):
            reader.stdin.write("电梯\n")
            reader.stdin.flush()
            assert int(reader.stdout.readline()) == i
            engine.put([Entry(f"r{i}", f"电梯第{i}号")])
        engine.drop(["r3"])
        reader.stdin.write("电梯\n")
        reader.stdin.flush()
        assert int(reader.stdout.readline()) == 30
    engine.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_in_the_middle_of_writing_leaves_the_index_as_before_or_as_after(
    name: str, tmp_path: Path, seed: int
) -> None:
    folder = tmp_path / "index"
    open_engine(name, folder, writable=True).close()
    writes = """
        for batch in range(100000):
            engine.put([Entry(f"b{batch}-{i}", f"第{batch}批", pages=("物业服务合同" * 300,)) for i in range(20)])
            if batch: engine.drop([f"b{batch - 1}-0"])
            say(batch)
        """
    with child(name, folder, writes) as writer:
        assert writer.stdout
        seen = [int(writer.stdout.readline()) for _ in range(3 + 4 * seed)]
        for _ in range(random.Random(seed).randrange(200_000)):  # some moment within the next put
            pass
        writer.send_signal(signal.SIGKILL)
        acknowledged = max([*seen, *(int(line) for line in writer.stdout.read().split())])

    engine = open_engine(name, folder, writable=True)

    batches = Counter(key.split("-")[0] for key in engine.ids())
    assert set(batches) >= {f"b{batch}" for batch in range(acknowledged + 1)}
    assert set(batches) <= {f"b{batch}" for batch in range(acknowledged + 2)}
    assert set(batches.values()) <= {19, 20}
    found = engine.search(Query(Phrase("合同物业")), find=EVERYTHING, read=EVERYTHING)
    assert found.total == engine.count() == sum(batches.values())
    engine.put([Entry("after", "恢复之后")])
    assert engine.search(Query(Phrase("恢复之后")), find=EVERYTHING, read=NOTHING).total == 1
    engine.close()


def test_two_writers_take_turns_and_nothing_is_lost(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    open_engine(name, folder, writable=True).close()
    writes = """
        for i in range(25):
            engine.put([Entry(f"WHO{i}", "物业服务合同")])
        engine.close()
        """

    with ExitStack() as both:
        writers = [both.enter_context(child(name, folder, writes.replace("WHO", who))) for who in "ab"]
    assert [writer.returncode for writer in writers] == [0, 0]

    engine = open_engine(name, folder, writable=False)
    assert engine.ids() == {f"{who}{i}" for who in "ab" for i in range(25)}
    engine.close()


def test_searches_from_many_threads_while_writing_see_whole_states(engine: Engine) -> None:
    """Every put brings two entries; no search may ever see one of them."""
    stop = threading.Event()
    wrong: list[object] = []

    def look() -> None:
        while not stop.is_set():
            try:
                total = engine.search(Query(Phrase("成对")), find=EVERYTHING, read=EVERYTHING, facets=("class",)).total
                if total % 2:
                    wrong.append(total)
            except Exception as error:  # noqa: BLE001 - reported below
                wrong.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for i in range(60):
        engine.put([Entry(f"a{i}", "成对", labels={"class": str(i % 3)}), Entry(f"b{i}", "别的", pages=("成对",))])
    stop.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert engine.count() == 120


def test_an_index_opened_for_reading_refuses_to_write(name: str, tmp_path: Path) -> None:
    engine = open_engine(name, tmp_path / "index", writable=False)

    assert engine.count() == 0
    with pytest.raises(IndexBroken, match="reading"):
        engine.put([Entry("a", "物业")])
    engine.close()


def test_a_damaged_index_says_that_it_must_be_rebuilt(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    engine = open_engine(name, folder, writable=True)
    engine.put([Entry("a", "物业", pages=("合同" * 1000,))])
    engine.close()
    for file in folder.iterdir():
        with file.open("r+b") as opened:
            opened.truncate(file.stat().st_size // 2)

    with pytest.raises(IndexBroken, match="rebuild"):
        open_engine(name, folder, writable=True)


def test_an_engine_whose_library_is_missing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tantivy", None)
    monkeypatch.delitem(sys.modules, "indexer.engines.tantivy", raising=False)

    with pytest.raises(IndexerError, match="tantivy"):
        open_engine("tantivy", tmp_path, writable=False)
