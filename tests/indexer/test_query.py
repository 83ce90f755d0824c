"""What a reader typed becomes a question, and hardly ever an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import BadQuery
from indexer.query import LETTERS_MAX, PIECES_MAX, All, Any, Node, Not, Phrase, Query, loosened, parse, phrases, wanted

P = Phrase


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("物业 合同", All((P("物业"), P("合同")))),
        ("物业　合同", All((P("物业"), P("合同")))),
        ("物业 AND 合同", All((P("物业"), P("合同")))),
        ("“物业 合同”", P("物业 合同")),
        ('"abc 「', P("abc 「")),
        ("「物業」服務", All((P("物业"), P("服务")))),
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
        ("题名:", P("题名:")),
    ],
)
def test_typed_text_means(typed: str, meant: Node) -> None:
    assert parse(typed).root == meant


@pytest.mark.parametrize("typed", ["", "  \u3000\n"])
def test_nothing_typed_asks_for_everything(typed: str) -> None:
    assert parse(typed).root is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-合同", "only words to leave out"),
        ("-(合同 物业) -电梯", "only words to leave out"),
        ("。。。", "nothing to look for"),
        ("() OR", "nothing to look for"),
        ("合" * (LETTERS_MAX + 1), "at most 500"),
        (" ".join(map(str, range(60))), "more than 40 words"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(typed: str, said: str) -> None:
    with pytest.raises(BadQuery, match=said):
        parse(typed)


@given(st.text("物业a1 \u3000\"“”'「」()（）-－|｜:：OR题名档号·。\n", max_size=60) | st.text(max_size=600))
def test_no_typing_breaks_it_and_every_phrase_can_be_looked_for(typed: str) -> None:
    try:
        query = parse(typed)
    except BadQuery:
        return

    assert query.root is None or list(wanted(query.root))
    assert all(any(letter.isalnum() or ord(letter) > 127 for letter in phrase.text) for phrase in phrases(query.root))
    assert all(phrase.field in (None, "title", "number", "party") for phrase in phrases(query.root))


@given(st.recursive(st.sampled_from("abc"), lambda inner: st.lists(inner, min_size=2, max_size=3)))
def test_brackets_may_nest(tree: object) -> None:
    def typed(node: object) -> str:
        return node if isinstance(node, str) else "(" + " ".join(map(typed, node)) + ")"  # type: ignore[arg-type]

    assert {phrase.text for phrase in phrases(parse(typed(tree)).root)} == set(typed(tree)) - set("() ")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("电梯坏了", Any((P("电梯"), P("梯坏"), P("坏了")))),
        ("3号楼，1203", Any((P("3"), P("号楼"), P("1203")))),
        ("题名:业主会 -作废", All((Any((P("业主", "title"), P("主会", "title"))), Not(P("作废"))))),
        ("电梯 谁修", Any((P("电梯"), P("谁修")))),
    ],
)
def test_a_sentence_can_be_loosened_to_its_pieces(typed: str, meant: Node) -> None:
    loose = loosened(parse(typed))

    assert loose
    assert loose.root == meant
    assert loose.typed == typed


@pytest.mark.parametrize("typed", ["", "电梯", "租", "1203", "电梯 -作废"])
def test_a_single_word_cannot_be_loosened(typed: str) -> None:
    assert loosened(parse(typed)) is None


def test_a_loosened_question_stays_small() -> None:
    loose = loosened(Query(Phrase("".join(chr(0x4E00 + i) for i in range(400)))))

    assert loose
    assert len(list(phrases(loose.root))) == PIECES_MAX
