"""A sentence is asked again by what it is made of, and nothing that was said strictly is given up."""

import csv
import re
from pathlib import Path

import pytest

from indexer import everyday, words
from indexer.loosening import ACCIDENT, FORMAL, PIECES_MAX, loosened
from indexer.query import All, Enough, Labelled, Not, Phrase, Query, parse


def pieces(typed: str) -> list[str]:
    loose = loosened(parse(typed))
    assert loose
    root = loose.root.parts[0] if isinstance(loose.root, All) else loose.root
    assert isinstance(root, Enough)
    assert 1 <= root.least <= len(root.parts)
    return [piece.text for piece in root.parts]


def test_words_that_only_ask_are_left_out() -> None:
    assert pieces("电梯坏了没人修怎么办") == pieces("电梯坏了没人修") == pieces("请问电梯坏了没人修怎么办？")
    assert "怎么" not in pieces("电梯坏了怎么处理")


def test_words_apart_stay_apart() -> None:
    assert pieces("财产混同；转让") == ["财产", "产混", "混同", "转让"]
    assert pieces("3号楼，1203室") == ["3", "号楼", "1203", "室"]


def test_what_papers_call_otherwise_is_looked_for_too_and_counts_less() -> None:
    loose = loosened(parse("二房东不退钱怎么办"))

    assert loose
    assert isinstance(loose.root, Enough)
    weights = {piece.text: piece.weight for piece in loose.root.parts}
    assert weights["转租"] == weights["返还"] == FORMAL
    assert weights["房东"] == 1
    assert "出租" not in weights, "the 二房东 is no 房东"
    assert loose.root.least == 1
    assert "服务" not in pieces("业主不交物业费"), "what may be a name is looked for as it was typed"


def test_every_pair_says_something_and_where_it_is_from() -> None:
    with (Path(everyday.__file__).parent / "everyday.csv").open(encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))

    assert all(re.fullmatch(r"\S+ 第[一二三四五六七八九十百千零]+条", pair["source"]) for pair in pairs)
    assert all(words.fold(pair["everyday"]) == pair["everyday"] != pair["formal"] for pair in pairs)
    assert len({(pair["everyday"], pair["formal"]) for pair in pairs}) == len(pairs)


def test_pairs_that_are_words_count_more_and_characters_are_hints() -> None:
    loose = loosened(parse("电梯维修费谁出"))

    assert loose
    assert isinstance(loose.root, Enough)
    assert {piece.text: piece.weight for piece in loose.root.parts}["电梯"] == 1
    assert {piece.text: piece.weight for piece in loose.root.parts}["梯维"] == ACCIDENT
    assert {"修", "费"} <= {hint.text for hint in loose.root.hints}


def test_what_was_said_strictly_stays() -> None:
    loose = loosened(parse('物业收费标准 "专项维修资金" -作废 类:HT01 =1203'))

    assert loose
    assert isinstance(loose.root, All)
    assert isinstance(loose.root.parts[0], Enough)
    assert loose.root.parts[1:] == (
        Phrase("专项维修资金", quoted=True),
        Not(Phrase("作废")),
        Labelled("class", frozenset({"ht01"})),
        Phrase("1203", whole=True),
    )


@pytest.mark.parametrize(
    "typed",
    ["", "电梯", "租", "1203", "电梯 -作废", '"物业 收费"', "类:HT01", "电梯 扶手", "旧标题", "JF01-HT·2026-0007"],
)
def test_a_single_word_cannot_be_loosened(typed: str) -> None:
    assert loosened(parse(typed)) is None


def test_what_may_be_a_name_needs_half_of_its_pieces() -> None:
    def least(typed: str) -> tuple[int, int]:
        loose = loosened(parse(typed))
        assert loose
        assert isinstance(loose.root, Enough)
        return loose.root.least, len(loose.root.parts)

    assert least("旧条款银杏") == (2, 4)
    assert least("旧条款银杏怎么办") == (1, 4)
    assert least("旧条款银杏；新条款") == (1, 5)


def test_a_loosened_question_stays_small() -> None:
    loose = loosened(Query(Phrase("".join(chr(0x4E00 + i) for i in range(400)))))

    assert loose
    assert isinstance(loose.root, Enough)
    assert len(loose.root.parts) == PIECES_MAX
