"""What a reader typed becomes a question, and hardly ever an error."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import BadQuery
from indexer.query import LETTERS_MAX, All, Any, Between, Labelled, Node, Not, Phrase, parse, phrases

P = Phrase
TODAY = date(2026, 11, 25)


def quoted(text: str, field: str | None = None) -> Phrase:
    return Phrase(text, field, quoted=True)


def label(name: str, *values: str) -> Labelled:
    return Labelled(name, frozenset(values))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("物业 合同", All((P("物业"), P("合同")))),
        ("物业　合同", All((P("物业"), P("合同")))),
        ("物业 AND 合同", All((P("物业"), P("合同")))),
        ("“物业 合同”", quoted("物业 合同")),
        ('"abc 「', quoted("abc 「")),
        ("「物業」服務", All((quoted("物业"), P("服务")))),
        ("a OR b c", Any((P("a"), All((P("b"), P("c")))))),
        ("a｜b|c", Any((P("a"), P("b"), P("c")))),
        ("（a　OR b) c", All((Any((P("a"), P("b"))), P("c")))),
        ("合同 -作废", All((P("合同"), Not(P("作废"))))),
        ("合同 －（作废 OR 终止）", All((P("合同"), Not(Any((P("作废"), P("终止"))))))),
        ("档号：JF01-HT·2026-0007", P("jf01-ht·2026-0007", "number")),
        ("题名: (物业 OR 电梯) 2026", All((Any((P("物业", "title"), P("电梯", "title"))), P("2026")))),
        ("a -档号:x", All((P("a"), Not(P("x", "number"))))),
        ("注意:物业", P("注意:物业")),
        ("https://example.org", P("https://example.org")),
        ("京建发（2019）3号", P("京建发(2019)3号")),
        ("关于“物业费”的通知", P("关于“物业费”的通知")),
        ("3-1202", P("3-1202")),
        ("- 合同", P("合同")),
        ("OR 合同 OR", P("合同")),
        ("((合同", P("合同")),
        ("合同 )", P("合同")),
        ("合同 合同 。", P("合同")),
        ("合同 或 电梯", Any((P("合同"), P("电梯")))),
        ("合同 非 作废", All((P("合同"), Not(P("作废"))))),
        ("非 机动车", All((P("非"), P("机动车")))),
        ("或", P("或")),
        ("合同 NOT 作废", All((P("合同"), Not(P("作废"))))),
        ("＝3号楼", P("3号楼", whole=True)),
        ("甲方：“某 公司”", quoted("某 公司", "party")),
        ("类:HT01,HT02 合同", All((label("class", "ht01", "ht02"), P("合同")))),
        ("密级:(1 OR 2)", Any((label("level", "1"), label("level", "2")))),
        ("合同 -项目:东苑", All((P("合同"), Not(label("site", "东苑"))))),
        ("日期:2025..2026", Between("date", "20250101", "20261231")),
        ("日期：2025-2026", Between("date", "20250101", "20261231")),
        ("日期:2026年3月", Between("date", "20260301", "20260331")),
        ("日期:2025-03-01..2026/4", Between("date", "20250301", "20260430")),
        ("日期:>=2025-03", Between("date", "20250301", "99991231")),
        ("日期:＜2025", Between("date", "00000101", "20241231")),
        ("日期:..2025", Between("date", "00000101", "20251231")),
        ("日期:<30天", Between("date", "20261026", "20261125")),
        ("日期:去年", Between("date", "20250101", "20251231")),
        ("日期:上月", Between("date", "20261001", "20261031")),
        ("到期:<90天", Between("term_to", "20261125", "20270223")),
        ("到期:>90天", Between("term_to", "20270224", "99991231")),
        ("到期：３０天内", Between("term_to", "20261125", "20261225")),
        ("到期:已过期", Between("term_to", "00000101", "20261124")),
    ],
)
def test_typed_text_means(typed: str, meant: Node) -> None:
    assert parse(typed, today=TODAY).root == meant


@pytest.mark.parametrize("typed", ["", "  \u3000\n"])
def test_nothing_typed_asks_for_everything(typed: str) -> None:
    assert parse(typed).root is None


@pytest.mark.parametrize(
    ("typed", "said", "at", "instead"),
    [
        ("-合同", "only words to leave out", 1, ""),
        ("-(合同 物业) -电梯", "only words to leave out", 1, ""),
        ("。。。", "nothing to look for", 1, ""),
        ("() OR", "nothing to look for", 1, ""),
        ("合" * (LETTERS_MAX + 1), "at most 500", 501, ""),
        (" ".join(map(str, range(60))), "more than 40 words", 0, ""),
        ("合同 题名:", "nothing is said", 4, "题名:合同"),
        ("合同 日期:", "nothing is said", 4, "日期:2025..2026"),
        ("合同 日期:上古", "is no time", 4, "2025..2026"),
        ("日期:2026-02-30", "no day", 1, "2026-03-01"),
        ("日期:2026..2025", "ends before it begins", 1, "2025..2026"),
        ("(" * 20 + "a", "deep", 13, ""),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_place_and_what_to_write_instead(
    typed: str, said: str, at: int, instead: str
) -> None:
    with pytest.raises(BadQuery, match=said) as refused:
        parse(typed, today=TODAY)

    assert (refused.value.at, refused.value.instead) == (at, instead)


@pytest.mark.parametrize(
    ("typed", "remarked"),
    [
        ('合同 "物业', [("open-quote", 4, '"')]),
        ("(合同", [("open-bracket", 3, "(")]),
        ("合同 ) 物业", [("stray-sign", 4, ")")]),
        ("合同 OR", [("stray-sign", 4, "OR")]),
        ("注意:物业", [("unknown-field", 1, "注意")]),
        ("https://example.org 12:30", []),
        ("合同 -作废", []),
    ],
)
def test_what_was_only_half_said_is_remarked(typed: str, remarked: list[tuple[str, int, str]]) -> None:
    assert [(one.kind, one.at, one.found) for one in parse(typed).remarks] == remarked


@given(st.text("物业a1 \u3000\"“”'「」()（）-－|｜:：OR题名档号日期类<=.2·。\n", max_size=60) | st.text(max_size=600))
def test_no_typing_breaks_it_and_every_phrase_can_be_looked_for(typed: str) -> None:
    try:
        query = parse(typed)
    except BadQuery:
        return

    assert all(any(letter.isalnum() or ord(letter) > 127 for letter in phrase.text) for phrase in phrases(query.root))
    assert all(phrase.field in (None, "title", "number", "party") for phrase in phrases(query.root))


@given(st.recursive(st.sampled_from("abc"), lambda inner: st.lists(inner, min_size=2, max_size=3)))
def test_brackets_may_nest(tree: object) -> None:
    def typed(node: object) -> str:
        return node if isinstance(node, str) else "(" + " ".join(map(typed, node)) + ")"  # type: ignore[arg-type]

    assert {phrase.text for phrase in phrases(parse(typed(tree)).root)} == set(typed(tree)) - set("() ")
