"""The machine of controlled documents: three people, no way around review and approval, no change of the past."""

from datetime import date

import pytest

from access.documents import ENDED, IN_FORCE_ONCE, STEPS, Event, State, after, why_not, why_not_from

DAY = date(2026, 3, 2)


def test_no_way_leads_into_force_past_review_and_approval():
    def reaches(states: set[State], without: Event) -> set[State]:
        while True:
            more = {to for (of, event), to in STEPS.items() if of in states and event is not without} | states
            if more == states:
                return states
            states = more

    assert State.ISSUED in reaches({State.DRAFT}, Event.DROP)
    for event in (Event.SUBMIT, Event.REVIEW, Event.APPROVE, Event.ISSUE):
        assert not reaches({State.DRAFT}, event) & IN_FORCE_ONCE


def test_what_has_ended_never_holds_again():
    assert all(to in ENDED for (of, _), to in STEPS.items() if of in ENDED)
    assert after(State.SUPERSEDED, Event.ISSUE) is None


@pytest.mark.parametrize(
    ("event", "who", "code"),
    [
        (Event.REVIEW, "author", "own-document"),
        (Event.APPROVE, "author", "own-document"),
        (Event.APPROVE, "reviewer", "own-document-review"),
    ],
)
def test_author_reviewer_and_approver_are_three_people(event: Event, who: str, code: str):
    refusal = why_not(event, who, "author", "reviewer")

    assert refusal is not None
    assert refusal.code == code
    assert why_not(event, "somebody else", "author", "reviewer") is None


def test_only_what_is_new_here_may_have_been_in_force_before():
    before = date(2024, 1, 1)

    assert why_not_from(before, DAY, True, None, None) is None
    assert why_not_from(before, DAY, False, date(2020, 1, 1), None) is not None
    assert why_not_from(DAY, DAY, False, before, None) is None


def test_the_next_edition_begins_after_the_one_before_has_begun_and_not_before_it_has_ended():
    later = date(2026, 4, 1)

    assert why_not_from(DAY, DAY, False, DAY, None) is not None
    assert why_not_from(later, DAY, False, DAY, None) is None
    assert why_not_from(DAY, DAY, False, date(2025, 1, 1), later) is not None
    assert why_not_from(later, DAY, False, date(2025, 1, 1), later) is None
