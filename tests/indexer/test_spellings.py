"""Names are found by their characters and by how these sound."""

import pytest

from indexer.engines import EVERYTHING, NOTHING, Condition
from indexer.spellings import Named, Spellings


def named(id: str, *titles: str, **labels: str) -> Named:
    return Named(id, labels, tuple(("title", title) for title in titles))


@pytest.fixture
def spellings() -> Spellings:
    made = Spellings()
    made.put(
        [
            named("a", "物业合同", level="1"),
            named("b", "JF大厦物业服务合同", level="2"),
            named("c", "重庆分公司女工名册", level="1"),
            named("d", "银行存款日记账（2025年）", level="1"),
            named("e", "消防演练", level="1"),
        ]
    )
    return made


def found(spellings: Spellings, typed: str, **more: object) -> list[str]:
    return [match.text for match in spellings.match(typed, find=EVERYTHING, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("chongqing", "重庆分公司女工名册"),
        ("cqfgs", "重庆分公司女工名册"),
        ("nvgong", "重庆分公司女工名册"),
        ("nugong", "重庆分公司女工名册"),
        ("yinhang", "银行存款日记账（2025年）"),
        ("yhck", "银行存款日记账（2025年）"),
        ("rjz2025", "银行存款日记账（2025年）"),
        ("xiaof", "消防演练"),
        ("xiao fang", "消防演练"),
        ("XF", "消防演练"),
        ("演l", "消防演练"),
    ],
)
def test_every_way_to_type_a_name_finds_it(spellings: Spellings, typed: str, title: str) -> None:
    assert found(spellings, typed) == [title]


def test_names_that_begin_so_come_before_names_that_contain_it_and_whole_ones_before_those_with_gaps(
    spellings: Spellings,
) -> None:
    assert found(spellings, "wyht") == ["物业合同", "JF大厦物业服务合同"]
    assert found(spellings, "物业") == ["物业合同", "JF大厦物业服务合同"]
    assert found(spellings, "wyht", limit=1) == ["物业合同"]


def test_what_the_filter_does_not_admit_takes_no_part(spellings: Spellings) -> None:
    one = ((Condition("level", frozenset("2")),),)

    assert [match.text for match in spellings.match("wyht", find=one)] == ["JF大厦物业服务合同"]
    assert spellings.match("wyht", find=NOTHING) == ()
    by_id = ((Condition("id", frozenset({"a", "unknown"})),),)
    assert [match.ids for match in spellings.match("wy", find=by_id)] == [("a",)]
    assert spellings.match("wy", find=((Condition("unknown", frozenset("x")),),)) == ()


def test_an_entry_replaced_or_gone_is_found_by_its_old_name_no_more(spellings: Spellings) -> None:
    spellings.put([named("a", "电梯合同", level="1")], gone=["b", "unknown"])

    assert found(spellings, "wyht") == []
    assert found(spellings, "dtht") == ["电梯合同"]


def test_names_learned_together_keep_apart_whatever_they_are_made_of() -> None:
    odd = ["", "\x00", "（）", "𠮷祥物业", "e\u0301\x00物业", "\u0301合同", "ＷＹ·物业", "物" * 300]
    together, alone = Spellings(), Spellings()
    together.put([named(str(n), title) for n, title in enumerate([*odd, "物业合同"])])
    for n, title in enumerate([*odd, "物业合同"]):
        alone.put([named(str(n), title)])

    for typed in ("wy", "wyht", "物业", "合同", "é", "wu"):
        assert together.match(typed, find=EVERYTHING) == alone.match(typed, find=EVERYTHING)
    assert found(together, "wyht") == ["物业合同"]
    assert found(together, "合同")[0] == "\u0301合同"


def test_a_name_borne_by_several_is_found_once_with_its_bearers(spellings: Spellings) -> None:
    spellings.put([named(f"x{n}", "停车场协议", level="1") for n in range(20)])

    (match,) = spellings.match("tccxy", find=EVERYTHING)

    assert len(match.ids) == 8
    assert match.part == "停车场协议"


def test_characters_may_stand_for_what_sounds_like_them(spellings: Spellings) -> None:
    (match, *_) = spellings.match("物业何同", find=EVERYTHING, by_sound=True)

    assert match.part == "物业合同"
    assert spellings.match("物业何同", find=EVERYTHING) == ()


@pytest.mark.parametrize("typed", ["", "   ", "!!", "𠮷", "\x00", "w" * 500, "（）", "é", "ü", "٣"])
def test_nothing_that_is_typed_does_harm(spellings: Spellings, typed: str) -> None:
    assert spellings.match(typed, find=EVERYTHING) == ()
    assert Spellings().match(typed, find=EVERYTHING) == ()
