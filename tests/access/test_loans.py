"""The loan machine as a table: complete, printable, and nothing beside it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import loans
from access.loans import ENDED, HOLDING, LADDER, STEPS, Event, Form, Item, Loan, Refusal, State

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def item(state: State = State.ON_LOAN, form: Form = Form.PAPER, *, days: int = 7) -> Item:
    return Item("i", "r", form, state, AT, AT + timedelta(days=days), pages_out=12, condition_out="good")


def loan(*items: Item, renewals: int = 0, renewals_max: int = 1) -> Loan:
    return Loan("l", "JY-2026-000001", "b", "b", None, "audit", 2, 0, 7, 7, renewals_max, AT, items, AT, renewals)


def test_every_state_is_reached_and_left_or_final() -> None:
    after = {step.after for step in STEPS} | {State.SUBMITTED}
    before = {step.before for step in STEPS}

    assert after == set(State)
    assert set(State) - before == ENDED


def test_every_event_is_in_the_table_and_no_step_stands_there_twice() -> None:
    arrows = [(step.before, step.event, form) for step in STEPS for form in Form if step.form in (None, form)]

    assert {step.event for step in STEPS} == set(Event)
    assert len(arrows) == len(set(arrows))


@given(st.sampled_from(State), st.sampled_from(Form), st.sampled_from(Event))
def test_what_is_not_in_the_table_does_not_happen(state: State, form: Form, event: Event) -> None:
    allowed = {(step.before, step.event) for step in STEPS if step.form in (None, form)}

    taken = loans.taken(item(state, form), event, AT)

    assert isinstance(taken, Item) == ((state, event) in allowed)


def test_overdue_is_derived_and_no_state() -> None:
    out = item(days=7)

    assert not loans.is_overdue(out, AT + timedelta(days=7))
    assert loans.is_overdue(out, AT + timedelta(days=7, seconds=1))
    assert loans.days_overdue(out, AT + timedelta(days=10, hours=3)) == 3
    assert loans.days_overdue(replace(out, state=State.RETURNED), AT + timedelta(days=10)) == 0
    assert not any("overdue" in state for state in State)


def test_a_digital_item_opens_at_its_start_and_closes_at_the_instant_it_is_due() -> None:
    reading = item(State.ACTIVE, Form.DIGITAL, days=3)

    assert not loans.is_readable(reading, AT - timedelta(microseconds=1))
    assert loans.is_readable(reading, AT)
    assert loans.is_readable(reading, AT + timedelta(days=3, microseconds=-1))
    assert not loans.is_readable(reading, AT + timedelta(days=3))
    assert not loans.is_readable(replace(reading, state=State.REVOKED), AT)


@pytest.mark.parametrize(
    ("state", "form"), [(s, f) for s in State for f in Form if (s, f) != (State.ACTIVE, Form.DIGITAL)]
)
def test_nothing_but_an_active_digital_item_opens_anything(state: State, form: Form) -> None:
    assert not loans.is_readable(item(state, form), AT)


def test_a_page_missing_or_a_worse_condition_is_no_ordinary_return() -> None:
    assert loans.came_back(item(), pages=12, condition="good") is Event.RETURN
    assert loans.came_back(item(), pages=11, condition="good") is Event.RETURN_DAMAGED
    assert loans.came_back(item(), pages=13, condition="good") is Event.RETURN_DAMAGED
    assert loans.came_back(item(), pages=12, condition="worn") is Event.RETURN_DAMAGED
    assert loans.came_back(replace(item(), condition_out="worn"), pages=12, condition="good") is Event.RETURN


def test_a_damaged_return_cannot_be_closed_before_it_is_settled() -> None:
    damaged = item(State.RETURNED_DAMAGED)

    assert isinstance(loans.taken(damaged, Event.CLOSE, AT), Refusal)
    settled = loans.taken(damaged, Event.SETTLE, AT)
    assert isinstance(settled, Item)
    assert isinstance(loans.taken(settled, Event.CLOSE, AT), Item)


@pytest.mark.parametrize(
    ("given_loan", "later", "waits", "code"),
    [
        (loan(item()), timedelta(days=1), False, None),
        (loan(item()), timedelta(days=7), False, "renewed-too-late"),
        (loan(item(), renewals=1), timedelta(days=1), False, "no-renewals-left"),
        (loan(item()), timedelta(days=1), True, "somebody-waits"),
        (loan(item(State.RECALLED)), timedelta(days=1), False, "recalled"),
        (loan(item(State.RETURNED)), timedelta(days=1), False, "nothing-to-renew"),
        (replace(loan(item()), renewing=True), timedelta(days=1), False, "renewal-pending"),
    ],
)
def test_a_renewal_is_asked_for_in_time_and_not_too_often(
    given_loan: Loan, later: timedelta, waits: bool, code: str | None
) -> None:
    refusal = loans.why_not_renew(given_loan, AT + later, somebody_waits=waits)

    assert (refusal.code if refusal else None) == code


def test_five_working_days_leave_out_the_week_end() -> None:
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    friday = datetime(2026, 3, 6, 9, tzinfo=UTC)

    assert loans.collect_until(monday) == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert loans.collect_until(friday) == datetime(2026, 3, 13, 9, tzinfo=UTC)


def test_the_ladder_ends_when_it_is_back() -> None:
    due = AT + timedelta(days=7)

    assert [rung.days for rung in loans.rungs_reached(item(), due - timedelta(days=2))] == []
    assert [rung.days for rung in loans.rungs_reached(item(), due)] == [-1, 0]
    assert [rung.days for rung in loans.rungs_reached(item(), due + timedelta(days=400))] == [r.days for r in LADDER]
    assert not loans.rungs_reached(item(State.RETURNED), due + timedelta(days=400))
    assert [r.days for r in loans.rungs_reached(item(State.ACTIVE, Form.DIGITAL), due + timedelta(days=9))] == [-1]


def test_a_paper_that_is_lost_or_damaged_is_not_free() -> None:
    assert {State.LOST, State.RETURNED_DAMAGED} <= HOLDING
    assert not HOLDING & ENDED
