"""The lines shown around a hit are those of the original, and mark what matched."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.query import Phrase, Query, parse
from indexer.snippets import Marker, Parts
from indexer.words import fold


def marked(parts: Parts) -> str:
    return "".join(f"[{text}]" if hit else text for text, hit in parts)


def lines(pages: list[str], typed: str, width: int = 40) -> list[tuple[int, str]]:
    return [(found.page, marked(found.parts)) for found in Marker(parse(typed)).snippet(pages, width=width)]


def test_a_snippet_names_the_page_and_shows_the_original_letters() -> None:
    pages = ["封面", "第一条。業主委員會應當於三十日内备案。"]

    assert lines(pages, "业主委员会") == [(2, "[業主委員會]應當於三十日内备案。")]


def test_blanks_and_line_breaks_inside_a_phrase_are_part_of_the_match() -> None:
    assert lines(["物业服务合\n同由双方签订，合　同一式两份"], "合同", width=60) == [
        (1, "物业服务[合 同]由双方签订，[合\u3000同]一式两份")
    ]


def test_a_part_of_a_number_is_marked_unless_the_whole_one_was_asked_for() -> None:
    assert lines(["A座12030室，A座1203室"], "1203") == [(1, "A座[1203]0室，A座[1203]室")]
    assert lines(["A座12030室，A座1203室"], "=1203", width=60) == [(1, "A座12030室，A座[1203]室")]
    assert lines(["A座12030室"], "=1203") == []


def test_another_way_to_write_it_is_marked() -> None:
    assert lines(["签于二〇二六年三月一日。"], "2026-3-1") == [(1, "签于[二〇二六年三月一日]。")]


def test_any_punctuation_matches_any_other_but_not_none() -> None:
    assert lines(["编号：JF01－HT·2026"], "JF01-HT-2026") == [(1, "编号：[JF01－HT·2026]")]
    assert lines(["JF01HT2026"], "JF01-HT-2026") == []


def test_characters_that_fold_to_several_are_marked_whole() -> None:
    assert lines(["建筑面积120㎡。"], "m2") == [(1, "建筑面积120[㎡]。")]
    assert lines(["建筑面积120㎡。"], "120m") == [(1, "建筑面积[120㎡]。")] or lines(["建筑面积120㎡。"], "120m") == []


def test_the_line_with_most_of_the_words_comes_before_others() -> None:
    pages = ["合同。" * 20, "电梯。" * 20, "电梯维保合同另行签订。"]

    assert [line.page for line in Marker(parse("电梯 合同")).snippet(pages, most=1)] == [3]


def test_words_looked_for_in_a_field_or_excluded_are_not_marked_in_the_body() -> None:
    assert lines(["物业服务合同作废"], "合同 题名:物业 -作废") == [(1, "物业服务[合同]作废")]


def test_a_body_without_the_words_has_no_snippet() -> None:
    assert Marker(parse("物业合同")).snippet(["物业，合同"]) == ()
    assert Marker(parse("物业")).snippet([]) == ()
    assert Marker(parse("")).snippet(["物业"]) == ()


def test_a_title_is_shown_whole() -> None:
    assert (
        marked(Marker(parse("服务合同 2026")).highlight("《物業服務合同》（2026）")) == "《物業[服務合同]》（[2026]）"
    )
    assert marked(Marker(parse("物业 档号:b")).highlight("<b>物业</b>")) == "<b>[物业]</b>"
    assert Marker(parse("物业")).highlight("") == ()


@given(st.text("物業业合同ab1２ ，\n　㎡…e\u0301", max_size=200), st.text("物业合同ab12，", min_size=1, max_size=4))
def test_marking_changes_no_letter(text: str, phrase: str) -> None:
    marker = Marker(Query(Phrase(fold(phrase))))

    parts = marker.highlight(text)

    assert "".join("".join(piece.split()) for piece, _ in parts) == "".join(text.split())
    for line in marker.snippet([text], width=20):
        assert any(hit for _, hit in line.parts)
        ends = line.parts[0] == ("…", False), line.parts[-1] == ("…", False)
        inside = line.parts[ends[0] : len(line.parts) - ends[1]]
        shown = "".join("".join(piece.split()) for piece, _ in inside)
        assert shown in "".join(text.split())


def test_a_megabyte_has_at_most_three_lines() -> None:
    text = "物业服务条款，甲方：某某物业管理有限公司。\n" * 16_000

    found = Marker(parse("物业 公司")).snippet([text])

    assert len(found) == 3
    assert all(len(marked(line.parts)) < 200 for line in found)


def test_once_there_is_a_line_better_ones_are_looked_for_only_so_far() -> None:
    between = ["无关。" * 500] * 100

    near = [page for page, _ in lines(["电梯。", *between[:50], "电梯保养。"], "电梯 保养")]
    far = [page for page, _ in lines(["电梯。", *between * 2, "电梯保养。"], "电梯 保养")]

    assert (near, far) == ([1, 52], [1])
    assert [page for page, _ in lines([*between * 2, "电梯保养。"], "电梯 保养")] == [201]
