"""The approval matrix and the separation of duties, told case by case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import approvals
from access.actors import PEOPLE_ROLES, Actor, Role
from access.approvals import Ask, Case, Concerned, Condition, Delegation, Post, Terms
from access.loans import Form
from archive import approval_matrix

AT = datetime(2026, 3, 2, tzinfo=UTC)
HEAD, KEEPER, OWNER, FINAL, OFFICER = Post
SHIPPED = approval_matrix.shipped()

cases = st.builds(Case, st.integers(0, 3), st.integers(0, 2), st.booleans(), st.sampled_from(Form), st.booleans())


def posts(level: int, form: Form, *, pii: int = 0, reach: bool = False, external: bool = False) -> tuple[Post, ...]:
    terms = approvals.terms(SHIPPED, Case(level, pii, reach, form, external))
    assert terms is not None
    return terms.posts


def somebody(id: str, *roles: Role, department: str = "KFB", clearance: int = 3) -> Actor:
    return Actor(id, id, frozenset(roles or (Role.BORROWER,)), clearance, department, frozenset({"JF01"}))


def concerned(*earlier: str, level: int = 2, borrower: str = "b", by: str = "b") -> Concerned:
    return Concerned(level, borrower, by, frozenset(earlier))


def test_the_matrix_says_what_the_standard_says() -> None:
    assert posts(0, Form.PAPER, reach=True) == ()
    assert posts(1, Form.PAPER, reach=True) == (KEEPER,)
    assert posts(1, Form.DIGITAL) == (HEAD, KEEPER)
    assert posts(2, Form.DIGITAL) == (HEAD, OWNER)
    assert posts(3, Form.DIGITAL) == (HEAD, OWNER, FINAL, OFFICER)
    assert posts(1, Form.DIGITAL, pii=2) == (HEAD, KEEPER, OWNER)
    assert posts(1, Form.PAPER, external=True) == (HEAD, KEEPER, FINAL)


def test_terms_are_the_shortest_and_renewals_the_fewest() -> None:
    assert approvals.terms(SHIPPED, Case(2, 0, False, Form.DIGITAL)) == Terms((HEAD, OWNER), 7, 1)
    assert approvals.terms(SHIPPED, Case(2, 2, False, Form.DIGITAL)) == Terms((HEAD, OWNER), 3, 0)
    paper = approvals.terms(SHIPPED, Case(1, 2, False, Form.PAPER))
    assert paper is not None
    assert (paper.days_max, paper.renewals_max) == (3, 0)
    assert Condition.ON_SITE in paper.conditions


@given(cases)
def test_only_what_is_open_anyway_needs_no_loan(case: Case) -> None:
    open_anyway = case.within_reach and case.form is Form.DIGITAL and case.level < 2

    assert (approvals.terms(SHIPPED, case) is None) == open_anyway


@given(cases, cases)
def test_a_bundle_is_never_easier_than_one_of_its_items(one: Case, other: Case) -> None:
    first, second = approvals.terms(SHIPPED, one), approvals.terms(SHIPPED, other)
    if first is None or second is None:
        return

    both = approvals.strictest(first, second)

    for terms in (first, second):
        assert set(terms.posts) <= set(both.posts)
        assert both.days_max <= terms.days_max
        assert both.renewals_max <= terms.renewals_max


@given(cases)
def test_a_higher_level_is_never_easier(case: Case) -> None:
    lower, higher = (
        approvals.terms(SHIPPED, case),
        approvals.terms(SHIPPED, replace(case, level=min(case.level + 1, 3))),
    )
    if lower is None or higher is None:
        return

    assert higher.days_max <= lower.days_max
    assert higher.renewals_max <= lower.renewals_max


rows = st.sampled_from(range(len(SHIPPED)))
changed_terms = st.builds(
    Terms,
    st.lists(st.sampled_from(Post), unique=True).map(lambda some: tuple(post for post in Post if post in some)),
    st.integers(0, 400),
    st.integers(-1, 13),
)


@given(st.lists(st.tuples(rows, changed_terms), max_size=4))
def test_no_matrix_that_may_hold_opens_a_secret_to_one_person_alone(changes: list[tuple[int, Terms]]) -> None:
    """INV-06: whatever a company writes, from level 2 on somebody else agrees, and at level 3 two."""
    matrix = list(SHIPPED)
    for number, terms in changes:
        matrix[number] = replace(matrix[number], terms=terms)

    if approvals.why_not_matrix(tuple(matrix)) is None:
        for case in approvals.CASES:
            terms = approvals.terms(tuple(matrix), case)
            assert (terms is None) == approvals.is_open(case)
            if terms is not None:
                assert len(terms.posts) >= {2: 1, 3: 2}.get(case.level, 0)
                assert 1 <= terms.days_max <= approvals.DAYS_MAX
                assert terms.posts or (case.within_reach and not case.external and case.pii < 2)


def test_what_may_not_be_loosened_is_refused_and_named() -> None:
    def without(**changes: object) -> str:
        """The code of the refusal when every line of level 3 says this instead."""
        loosened = tuple(
            replace(row, terms=replace(row.terms, **changes)) if row.level == 3 else row  # type: ignore[arg-type]
            for row in SHIPPED
        )
        refusal = approvals.why_not_matrix(loosened)
        return refusal.code if refusal else ""

    assert approvals.why_not_matrix(SHIPPED) is None
    assert without(posts=(HEAD, OWNER)) == ""
    assert without(posts=(OWNER,)) == "matrix-too-loose"
    assert without(days_max=8) == "matrix-easier"
    assert without(days_max=0) == "matrix-numbers"
    refusal = approvals.why_not_matrix(SHIPPED[1:])
    assert refusal is not None
    assert refusal.code == "matrix-gap"


@given(st.frozensets(st.sampled_from(PEOPLE_ROLES)), st.sampled_from(Post), st.integers(0, 3))
def test_nobody_approves_their_own_request_whatever_they_are(roles: frozenset[Role], post: Post, level: int) -> None:
    """INV-06."""
    borrower = Actor("b", "b", roles, 3, "KFB", frozenset({"JF01"}))
    ask = Ask(post, department="KFB", site="JF01")

    assert approvals.why_not_decide(ask, borrower, concerned(level=level)) is not None
    assert approvals.why_not_decide(ask, borrower, concerned(level=level, borrower="x")) is not None


def test_a_deputy_does_not_approve_for_the_borrower_who_is_the_head() -> None:
    head, deputy = somebody("h", Role.DEPT_APPROVER), somebody("d")
    mine = concerned(borrower="h", by="h")

    refusal = approvals.why_not_decide(Ask(HEAD, department="KFB"), deputy, mine, principal=head)

    assert refusal is not None
    assert refusal.code == "own-request"


def test_from_level_two_on_every_approval_is_another_persons() -> None:
    both = somebody("x", Role.DEPT_APPROVER, Role.CLASS_OWNER)
    ask = Ask(OWNER, department="KFB")

    assert approvals.why_not_decide(ask, both, concerned()) is None
    assert approvals.why_not_decide(ask, both, concerned("x")) is not None
    assert approvals.why_not_decide(ask, both, concerned("x", level=1)) is None
    deputy = somebody("d")
    assert approvals.why_not_decide(ask, deputy, concerned("x"), principal=both) is not None
    assert approvals.why_not_decide(ask, deputy, concerned("d"), principal=both) is not None


def test_a_post_is_held_in_its_own_department_and_at_its_own_site() -> None:
    assert approvals.holds(Ask(HEAD, department="KFB"), somebody("x", Role.DEPT_APPROVER))
    assert not approvals.holds(Ask(HEAD, department="SWB"), somebody("x", Role.DEPT_APPROVER))
    assert not approvals.holds(Ask(HEAD), somebody("x", Role.DEPT_APPROVER, department=""))
    assert approvals.holds(Ask(KEEPER, site="JF01"), somebody("x", Role.DOCUMENT_CONTROLLER))
    assert not approvals.holds(Ask(KEEPER, site="YL02"), somebody("x", Role.DOCUMENT_CONTROLLER))
    assert not approvals.holds(Ask(FINAL), somebody("x", Role.DEPT_APPROVER))


def test_the_final_approver_stands_in_for_head_and_owner_only() -> None:
    final = somebody("x", Role.FINAL_APPROVER, department="ZJB")

    assert [post for post in Post if approvals.holds(Ask(post, "KFB", "JF01"), final)] == [HEAD, OWNER, FINAL]


def test_an_approver_is_cleared_for_what_is_approved() -> None:
    low = somebody("x", Role.DEPT_APPROVER, clearance=1)

    assert approvals.why_not_decide(Ask(HEAD, department="KFB"), low, concerned(level=1)) is None
    refusal = approvals.why_not_decide(Ask(HEAD, department="KFB"), low, concerned(level=2))
    assert refusal is not None
    assert refusal.code == "clearance"


def test_a_delegation_holds_from_its_first_instant_until_its_last() -> None:
    week = Delegation("d", "p", "q", AT, AT + timedelta(days=7))

    assert not week.in_force(AT - timedelta(seconds=1))
    assert week.in_force(AT)
    assert not week.in_force(AT + timedelta(days=7))
    assert not replace(week, revoked_at=AT + timedelta(days=1)).in_force(AT + timedelta(days=1))


@pytest.mark.parametrize(("first", "last"), [(0, 0), (3, 1), (-9, -1), (0, 32)])
def test_a_delegation_is_dated_and_ends(first: int, last: int) -> None:
    assert approvals.why_not_delegate(AT + timedelta(days=first), AT + timedelta(days=last), AT) is not None
    assert approvals.why_not_delegate(AT, AT + timedelta(days=14), AT) is None


def test_a_purpose_is_needed_for_secrets_and_for_people() -> None:
    """INV-29."""
    assert [(level, pii) for level in range(4) for pii in range(3) if not approvals.purpose_needed(level, pii)] == [
        (0, 0),
        (1, 0),
    ]
