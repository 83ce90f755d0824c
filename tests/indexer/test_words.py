"""Text folds and splits the same way for an entry and for a question."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import places, words

ANYTHING = st.text(st.characters(codec="utf-8"))
ESTATE = st.text("物業业服务３號号楼ＡAa座1202㎡①…é é ｶﾞが（）-·/　\n\u200bxİﬁ")


@pytest.mark.parametrize(
    ("found", "compared"),
    [
        ("３號樓Ａ座１２０３", "3号楼a座1203"),
        ("㎡①…", "m21..."),
        ("京物业〔2026〕3号", "京物业〔2026〕3号"),
        ("ｶﾞｽ e\u0301", "ガス é"),
        ("乾隆皇后髮後", "干隆皇后发后"),
        ("", ""),
    ],
)
def test_width_case_and_script_do_not_distinguish_texts(found: str, compared: str) -> None:
    assert words.fold(found) == compared


@given(ANYTHING | ESTATE)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert words.fold(words.fold(text)) == words.fold(text)


@given(ANYTHING | ESTATE)
def test_folding_agrees_with_unicode_for_the_texts_it_settles_at_once(text: str) -> None:
    by_unicode = unicodedata.normalize("NFKC", text).lower()

    assert words.fold(by_unicode) == words.fold(text) or "Σ" in text or "İ" in text or not by_unicode.isprintable()


@given(ANYTHING | ESTATE)
def test_offsets_lead_back_to_the_character_a_folded_one_came_from(text: str) -> None:
    folded, found = words.fold_with_offsets(text)
    offsets = np.array(found)

    assert folded == words.fold(text)
    assert len(offsets) == len(folded) + 1
    assert offsets[-1] == len(text)
    assert (offsets[1:] >= offsets[:-1]).all()
    for i, letter in enumerate(folded):
        if text[offsets[i]].isascii() and text[offsets[i] + 1 : offsets[i] + 2].isascii():
            assert letter == text[offsets[i]].lower()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("3号楼A座1203", ["3", "号", "楼", "a", "座", "1203", "", "", ""]),
        ("GB/T 89-26", ["gb", "", None, "t", "89", "", None, "26", ""]),
        ("JF01-HT·26", ["jf", "", "01", "", None, "ht", "", None, "26", ""]),
        ("合　同\n书", ["合", "同", "书"]),
        ("甲方：，乙", ["甲", "方", None, "乙"]),
        ("ab cd", ["ab", "", "cd", ""]),
        ("⻓⻔⻚", ["长", "门", "页"]),
        ("……", []),
    ],
)
def test_a_text_divides_into_places(text: str, places: list[str | None]) -> None:
    taken = {token.position + i: token.text * (i == 0) for token in words.split(text) for i in range(len(token.text))}

    assert [taken.get(i) for i in range(min(taken, default=0), max(taken, default=-1) + 1)] == places


@given(ANYTHING | ESTATE)
def test_splitting_covers_every_visible_letter_once(text: str) -> None:
    tokens = words.split(text)

    assert "".join(token.text for token in tokens) == "".join(
        letter
        for letter in words.fold(text)
        if ((letter.isalnum() or unicodedata.category(letter)[0] == "M") and letter not in words.INVISIBLE)
        or is_han(letter)
    )
    assert [token.position for token in tokens] == sorted({token.position for token in tokens})


def is_han(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in words.HAN_RANGES)


@given(ANYTHING | ESTATE)
def test_an_entry_and_a_question_have_the_same_places(text: str) -> None:
    spots = places.spots_of(((text,), (), (), ()))
    positions = ((spots.places & (1 << 30) - 1) >> places.PLACE_SHIFT).tolist()

    assert positions == [place for token in words.split(text) for place in range(token.position, token.end)]
    for step in places.pattern_of(text).steps:
        assert any(step.low <= key < step.high for key in spots.keys.tolist())


def test_the_scheme_has_a_name_that_a_change_of_tables_would_change() -> None:
    assert words.scheme().startswith(f"{words.SCHEME}-")
