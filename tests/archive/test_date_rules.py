"""Days that rules reckon with are right over leap days and year ends, and follow the law of the day they are about."""

from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from archive.model.contracts import Provision, earliest_end, notice_deadline
from archive.model.documents import months_later
from archive.model.measures import a_year_after
from archive.model.retention import Deadline, parse_deadline
from tests.archive.test_contracts import a_term

DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))
ONE = timedelta(days=1)


def ends_a_month(day: date) -> bool:
    return (day + ONE).day == 1


@given(DAYS, st.integers(0, 600))
@example(date(2024, 2, 29), 12)
@example(date(2023, 12, 31), 2)
@example(date(2099, 11, 30), 3)
def test_so_many_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    later = months_later(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and ends_a_month(later))


@given(DAYS)
@example(date(2028, 2, 29))
def test_a_year_later_is_twelve_months_later(day: date) -> None:
    assert a_year_after(day) == months_later(day, 12)


@given(DAYS, st.integers(1, 400), st.integers(1, 24), st.integers(1, 60), st.integers(1, 12))
@example(date(2024, 2, 29), 1, 12, 10, 2)
@example(date(2023, 12, 31), 1, 2, 10, 2)
def test_a_paper_is_filed_by_the_day_its_class_says(
    dated: date, days: int, months: int, after: int, month: int
) -> None:
    def by(said: str) -> date:
        deadline = parse_deadline(said)
        assert isinstance(deadline, Deadline)
        return deadline.ends_on(dated)

    assert by(f"{days} 日") - dated == timedelta(days=days)
    assert by(f"{months} 个月") == months_later(dated, months)
    month_end = by(f"月末后 {after} 日") - timedelta(days=after)
    assert ends_a_month(month_end)
    assert (month_end.year, month_end.month) == (dated.year, dated.month)
    next_year = by(f"次年 {month} 月")
    assert ends_a_month(next_year)
    assert (next_year.year, next_year.month) == (dated.year + 1, month)


@given(DAYS, st.integers(1, 400), st.integers(1, 400), st.integers(-800, 800))
@example(date(2028, 2, 29), 90, 60, 0)
@example(date(2027, 12, 31), 90, 60, 1)
def test_a_changed_law_counts_from_its_first_day_on(changes: date, before: int, after: int, away: int) -> None:
    """The law of the day on which a contract ends says by when it is said that it is not renewed (民法典 947); that of
    the day of the notice says when it may end (946, 948)."""
    law = [
        Provision(code, "法", "1", days, first, last)
        for code in ("not_renewing", "dismissal", "indefinite_end")
        for days, first, last in ((before, date(1900, 1, 1), changes - ONE), (after, changes, None))
    ]
    day = changes + timedelta(days=away)
    in_force = timedelta(days=after if day >= changes else before)
    contract = a_term("1901-01-01", day.isoformat())

    assert notice_deadline(contract, law) == day - in_force
    assert earliest_end(contract, "dismissal", day, law) == day + in_force
    assert earliest_end(a_term("1901-01-01", None), "indefinite-end", day, law) == day + in_force
