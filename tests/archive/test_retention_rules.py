"""A retention schedule is read as it is written: trigger, term and action, and when a term ends."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import fileplan
from archive.errors import Invalid
from archive.model.retention import Rule, parse, rule_for


@pytest.mark.parametrize(
    ("schedule", "rules"),
    [
        ("Y", (Rule("", "", None, True, "keep"),)),
        ("D30", (Rule("", "", 30, True, "review"),)),
        ("3 年", (Rule("", "", 3, False, "review"),)),
        ("终止日 → D10", (Rule("", "终止日", 10, True, "review"),)),
        ("评审年度→D30", (Rule("", "评审年度", 30, True, "review"),)),
        ("项目退出 -> D30 -> 移交", (Rule("", "项目退出", 30, True, "transfer"),)),
        ("Y(所有权=全体业主)", (Rule("", "", None, True, "keep", "所有权=全体业主"),)),
        (
            "一般:D10;重大:终止日 → D30",
            (Rule("一般", "", 10, True, "review"), Rule("重大", "终止日", 30, True, "review")),
        ),
    ],
)
def test_a_schedule_is_read_as_it_is_written(schedule: str, rules: tuple[Rule, ...]):
    assert parse(schedule) == rules


@pytest.mark.parametrize(
    "schedule", ["", ";", "随建筑", "D", "D0", "→ ", "永久", "a → b → c → D10", ": D10", "D10;D30"]
)
def test_what_cannot_be_read_is_refused_instead_of_guessed(schedule: str):
    with pytest.raises(Invalid):
        parse(schedule)


def test_every_class_that_is_shipped_has_a_schedule_that_can_be_computed_and_a_mandate():
    classes = fileplan.parse(fileplan.SHIPPED.read_bytes())

    assert len(classes) == 45
    for one in classes:
        assert parse(one.retention), one.code
        assert one.mandate, one.code


def test_a_term_runs_from_the_first_of_january_after_its_trigger():
    (rule,) = parse("终止日 → D10")

    assert rule.ends_on(date(2026, 12, 31)) == date(2037, 1, 1)
    assert rule.ends_on(date(2026, 1, 1)) == date(2037, 1, 1)
    assert rule.ends_on(date(2024, 2, 29)) == date(2035, 1, 1)
    assert parse("Y")[0].ends_on(date(2026, 1, 1)) is None


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(1, 100))
def test_a_term_never_ends_early(began: date, years: int):
    (rule,) = parse(f"D{years}")
    ends = rule.ends_on(began)

    assert ends is not None
    whole_years = ends.year - began.year - ((ends.month, ends.day) < (began.month, began.day))
    assert years <= whole_years <= years + 1


def test_where_no_case_is_stated_the_first_rule_holds():
    rules = parse("一般: D10; 证照: Y")

    assert rule_for(rules, "").years == 10
    assert rule_for(rules, "证照").years is None
    assert rule_for(rules, "取消了的情形").years == 10
