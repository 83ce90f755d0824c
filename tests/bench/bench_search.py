"""What a search costs, beside stock Whoosh in the same run: `python tests/bench/bench_search.py --records 20000`.

The records are invented: words of two to four characters drawn by Zipf's law from 30,000, lengths log-normal around
560 characters, titles, numbers, parties, rooms and labels like those of the house. Stock Whoosh gets the same
text as dictionary words (rjieba) in its TEXT field, everything else as it comes. Times are milliseconds.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# Whoosh and rjieba are only partly typed.

import argparse
import math
import platform
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from indexer.engines import EVERYTHING, NOTHING, Condition, Engine, Entry, open_engine
from indexer.query import Query, parse
from indexer.snippets import Marker

Value = TypeVar("Value")

COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等"
    "部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内"
    "数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管"
    "特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海"
    "口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名"
)
TRADE = (
    "物业 服务 合同 业主 小区 电梯 维修 资金 专项 管理 委员会 甲方 乙方 停车 收费 标准 消防 设施 验收 档案 保洁 绿化 "
    "保安 公共 部位 房屋 水泵 配电 招标 会议 纪要 通知 整改 检查 记录 客户 投诉 装修 押金 钥匙 交付 移交 承接 查验 "
    "竣工 图纸 "
)
DOMAIN = TRADE.split()
SITES = ("东苑", "西苑", "南苑", "北苑", "滨河花园", "阳光家园", "翠竹里", "梧桐院")
CLASSES = tuple(f"WY{i:02d}" for i in range(12))
READER = (
    (Condition("level", frozenset("1")),),
    (Condition("level", frozenset("2")), Condition("department", frozenset({"工程", "客服"}))),
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=20_000)
    options.add_argument("--engine", default="whoosh")
    options.add_argument(
        "--stock", action=argparse.BooleanOptionalAction, default=True, help="measure stock Whoosh too"
    )
    chosen = options.parse_args()
    print(f"{chosen.records} records, {platform.processor() or platform.machine()}, Python {platform.python_version()}")
    folder = Path(tempfile.mkdtemp(prefix="bench-search-"))
    try:
        measure(chosen.engine, chosen.records, folder / "own")
        if chosen.stock:
            measure_stock(chosen.records, folder / "stock")
    finally:
        shutil.rmtree(folder)


def records(count: int) -> Iterator[Entry]:
    chance = random.Random(1)
    words, weights = vocabulary(chance)
    for number in range(count):
        length = int(min(3000, max(120, chance.lognormvariate(math.log(280), 0.7))))
        drawn = chance.choices(words, cum_weights=weights, k=length)
        marks = chance.choices(("", "", "", "", "，", "。", "、", "\n"), k=length)
        room = f"{chance.randint(1, 30)}号楼{chance.choice('ABCD')}座{chance.randint(101, 3204)}"
        site = chance.choice(SITES)
        yield Entry(
            id=f"{number:08d}",
            title=f"{site}{''.join(drawn[:3])}{chance.choice(DOMAIN)}{chance.choice(DOMAIN)}",
            numbers=(f"{chance.choice(CLASSES)}-HT·{chance.randint(2008, 2026)}-D30-{number:06d}",),
            parties=(f"{''.join(drawn[3:5])}物业管理有限公司",),
            pages=("".join(a + b for a, b in zip(drawn, marks, strict=True)) + room,),
            labels={
                "level": chance.choice("11112223"),
                "class": chance.choice(CLASSES),
                "site": site,
                "department": chance.choice(("工程", "客服", "财务", "行政")),
                "year": str(chance.randint(2008, 2026)),
            },
            date=chance.randint(2008, 2026) * 10000 + 101,
            captured=1_700_000_000 + number,
        )


def vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    made = {"".join(chance.choices(COMMON, k=chance.choice((2, 2, 2, 3, 4)))) for _ in range(30_000)}
    words = [*DOMAIN, *sorted(made - set(DOMAIN))]
    total, weights = 0.0, list[float]()
    for rank in range(1, len(words) + 1):
        total += 1 / (rank + 20)
        weights.append(total)
    return words, weights


def questions(count: int) -> dict[str, list[str]]:
    """Per kind some thirty questions; rare, middling and common are so by the law the records are made by."""
    chance = random.Random(2)
    words, _ = vocabulary(random.Random(1))

    def some(low: int, high: int) -> list[str]:
        return chance.sample(words[low:high], 30)

    common, middling, rare = some(0, 40), some(300, 2000), some(15_000, 29_000)
    return {
        "rare word": rare,
        "middling word": middling,
        "common word": common,
        "two words": [f"{a} {b}" for a, b in zip(common, middling, strict=True)],
        "two common words": [f"{a} {b}" for a, b in zip(common, reversed(common), strict=True)],
        "either of two": [f"{a} OR {b}" for a, b in zip(common, reversed(common), strict=True)],
        "phrase of two words": [a + b for a, b in zip(common, reversed(common), strict=True)],
        "one character": chance.sample(COMMON, 30),
        "room": [f"{chance.randint(1, 30)}号楼{chance.choice('ABCD')}座" for _ in range(30)],
        "number": [f"D30-{chance.randrange(count):06d}" for _ in range(30)],
        "sentence": [f"{a}{b}没有{c}怎么办" for a, b, c in zip(common, middling, rare, strict=True)],
    }


def measure(name: str, count: int, folder: Path) -> None:
    entries = list(records(count))
    letters = sum(len(entry.pages[0]) for entry in entries)
    engine = open_engine(name, folder, writable=True)
    began = time.perf_counter()
    slowest = 0.0
    for start in range(0, count, 500):
        batch_began = time.perf_counter()
        engine.put(entries[start : start + 500])
        slowest = max(slowest, time.perf_counter() - batch_began)
    took = time.perf_counter() - began
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"\n## {name}: put {count / took:.0f} records/s, {letters / took / 1e6:.2f} M characters/s, {took:.0f} s")
    print(
        f"slowest put of 500: {slowest * 1000:.0f} ms; index {size / 1e6:.0f} MB, {len(list(folder.iterdir()))} files"
    )
    print(f"peak memory of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    engine.close()

    print("\n| question | cold p50 | cold p95 | warm p50 | warm p95 | median found |\n|---|---|---|---|---|---|")
    plain: dict[str, Any] = {"find": EVERYTHING, "read": EVERYTHING}
    limited = {"find": READER, "read": READER}
    literal = (kind for kind in questions(count) if kind != "sentence")  # a sentence is loosened by who asks
    ways: list[tuple[str, str, dict[str, Any]]] = [(kind, kind, {}) for kind in literal]
    ways += [
        ("common word, reader's rights", "common word", limited),
        (
            "common word, rights, one class",
            "common word",
            {**limited, "narrow": ((Condition("class", frozenset(CLASSES[:1])),),)},
        ),
        ("common word, newest first", "common word", {"sort": "newest"}),
        ("common word, by title", "common word", {"sort": "title"}),
        ("common word, page 50", "common word", {"offset": 980}),
        ("common word, rights, 4 facets", "common word", {**limited, "facets": ("class", "site", "year", "level")}),
    ]
    for title, kind, settings in ways:
        asked = [parse(typed) for typed in questions(count)[kind]]
        engine = open_engine(name, folder, writable=False)
        engine.search(Query(None), find=EVERYTHING, read=NOTHING)  # maps the files; the system has read them before

        def ask(query: Query, engine: Engine = engine, settings: dict[str, Any] = settings) -> int:
            return engine.search(query, **{**plain, **settings}).total

        cold, found = timed(ask, asked)
        warm, _ = timed(ask, asked * 3)
        print(f"| {title} | {line(cold)} | {line(warm)} | {statistics.median(found):.0f} |")
        engine.close()
    everything(name, folder)
    changes(name, folder, entries[:100])
    lines = [parse(typed) for typed in questions(count)["two words"]]
    spent, _ = timed(lambda query: len([*map(Marker(query).snippet, [entry.pages for entry in entries[:20]])]), lines)
    print(f"| snippets of 20 records | {line(spent)} | | | |")


def everything(name: str, folder: Path) -> None:
    engine = open_engine(name, folder, writable=False)
    ways: list[tuple[str, dict[str, Any]]] = [
        ("everything, newest first", {"sort": "newest"}),
        ("everything, 4 facets", {"facets": ("class", "site", "year", "level")}),
    ]
    for title, settings in ways:
        ask = partial(engine.search, find=READER, read=READER, **settings)
        spent, found = timed(lambda query, ask=ask: ask(query).total, [Query(None)] * 20)
        print(f"| {title} | {line(spent[:1])} | {line(spent[1:])} | {found[0]} |")
    engine.close()


def changes(name: str, folder: Path, entries: Sequence[Entry]) -> None:
    engine = open_engine(name, folder, writable=True)
    reader = open_engine(name, folder, writable=False)
    reader.count()

    def replace(entry: Entry) -> int:
        engine.put([entry])
        return 0

    put: list[float] = []
    refresh: list[float] = []
    for i in range(300):
        spent, _ = timed(replace, [entries[i % len(entries)]])
        put += spent
        spent, _ = timed(lambda _: reader.count(), [0])
        refresh += spent
    print(f"| put of one record (replacing) | {line(put)} | | | max {max(put):.0f} ms |")
    print(f"| refresh of a reader after it | {line(refresh)} | | | max {max(refresh):.0f} ms |")
    engine.close()
    reader.close()


def measure_stock(count: int, folder: Path) -> None:
    import rjieba
    from whoosh import fields, index
    from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
    from whoosh.qparser.default import QueryParser

    folder.mkdir()
    text = fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True)  # pyright: ignore[reportArgumentType]
    schema = fields.Schema(
        id=fields.ID(stored=True, unique=True), body=text, level=fields.KEYWORD, date=fields.NUMERIC(sortable=True)
    )
    stock = index.create_in(str(folder), schema)
    began = time.perf_counter()
    writer = stock.writer()
    for entry in records(count):
        words = " ".join(rjieba.cut_for_search(f"{entry.title} {entry.numbers[0]} {entry.pages[0]}"))
        writer.add_document(id=entry.id, body=words, level=entry.labels["level"], date=entry.date)
    writer.commit()
    took = time.perf_counter() - began
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"\n## stock Whoosh: {count / took:.0f} records/s, {took:.0f} s, index {size / 1e6:.0f} MB")
    print("\n| question | first p50 | first p95 | again p50 | again p95 | median found |\n|---|---|---|---|---|---|")
    parser = QueryParser("body", schema)
    searcher = stock.searcher()
    for kind, asked in questions(count).items():
        if kind == "one character":
            continue  # words are the terms; there is no way to ask
        parsed = [parser.parse(stock_question(typed, rjieba.cut)) for typed in asked]
        cold, found = timed(lambda query: len(searcher.search(query, limit=20)), parsed)
        warm, _ = timed(lambda query: len(searcher.search(query, limit=20)), parsed)
        print(f"| {kind} | {line(cold)} | {line(warm)} | {statistics.median(found):.0f} |")
    common = [parser.parse(stock_question(typed, rjieba.cut)) for typed in questions(count)["common word"][:10]]
    spent, _ = timed(lambda query: len(searcher.search(query, limit=1000, sortedby="date", reverse=True)), common)
    print(f"| common word, newest first, page 50 | {line(spent)} | | | |")
    spent, _ = timed(lambda query: len(searcher.search(query, limit=None, groupedby="date").groups()), common)
    print(f"| common word, one facet | {line(spent)} | | | |")
    searcher.close()
    put: list[float] = []
    for entry in records(10):
        spent, _ = timed(lambda one: stock_put(stock, one), [entry])
        put += spent
    print(f"| put of one record (replacing) | {line(put)} | | | max {max(put):.0f} ms |")


def stock_put(stock: object, entry: Entry) -> int:
    writer = stock.writer()  # type: ignore[attr-defined]
    writer.update_document(id=entry.id, body=entry.title, level=entry.labels["level"], date=entry.date)
    writer.commit()
    return 0


def stock_question(typed: str, cut: Callable[[str], list[str]]) -> str:
    """Each word as a phrase of dictionary words, because that is how it is in the index."""
    return " ".join(word if word == "OR" else '"' + " ".join(cut(word)) + '"' for word in typed.split())


def timed(work: Callable[[Value], int], arguments: Iterable[Value]) -> tuple[list[float], list[int]]:
    """Milliseconds and result of each call."""
    spent: list[float] = []
    results: list[int] = []
    for argument in arguments:
        began = time.perf_counter()
        results.append(work(argument))
        spent.append((time.perf_counter() - began) * 1000)
    return spent, results


def line(spent: Sequence[float]) -> str:
    ordered = sorted(spent)
    return f"{statistics.median(ordered):.2f} | {ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]:.2f}"


if __name__ == "__main__":
    main()
