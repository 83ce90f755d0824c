"""The policy, told case by case."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.actors import ADMINISTRATORS, OPERATOR, PEOPLE_ROLES, SERVICE, Actor, Opening, Role, conflict
from access.rules import DUTIES, POLICY, TOKEN_SCOPES, Action, Denied, Right, may, require, rights, scope


@dataclass(frozen=True)
class Paper:
    level: int = 1
    pii: int = 0
    lifecycle: str = "filed"
    site: str = "JF01"
    department: str = "SWB"
    id: str = "r"
    class_code: str = "HT02"


def actor(*roles: Role, clearance: int = 2, department: str = "SWB", sites: tuple[str, ...] = ("JF01",)) -> Actor:
    return Actor("a", "a", frozenset(roles or (Role.BORROWER,)), clearance, department, frozenset(sites))


openings = st.builds(
    Opening,
    st.just("g"),
    st.integers(0, 3),
    st.integers(0, 2),
    st.frozensets(st.sampled_from(["HT02", "KH01"])),
    st.frozensets(st.sampled_from(["JF01", "YL02"])),
    st.frozensets(st.sampled_from(["SWB", "KFB"])),
    st.booleans(),
)
actors = st.builds(
    Actor,
    st.just("a"),
    st.just("a"),
    st.frozensets(st.sampled_from(PEOPLE_ROLES), min_size=1, max_size=3),
    st.integers(0, 3),
    st.sampled_from(["", "SWB", "KFB"]),
    st.frozensets(st.sampled_from(["JF01", "YL02"])),
    st.frozensets(st.sampled_from(["r", "s"])),
    openings=st.lists(openings, max_size=2).map(tuple),
    only=st.none() | st.sampled_from(list(TOKEN_SCOPES.values())),
)
papers = st.builds(
    Paper,
    st.integers(0, 3),
    st.integers(0, 2),
    st.sampled_from(["captured", "filed", "archived", "destroyed", "transferred", "quarantined"]),
    st.sampled_from(["", "JF01", "YL02"]),
    st.sampled_from(["", "SWB", "KFB"]),
    st.sampled_from(["r", "s", "t"]),
    st.sampled_from(["HT02", "KH01"]),
)


@given(actors, papers)
def test_what_may_be_read_may_be_found_and_what_may_be_downloaded_may_be_read(who: Actor, paper: Paper) -> None:
    who = replace(who, only=None)
    find, read, download = (scope(who, action).admits(paper) for action in (Action.FIND, Action.READ, Action.DOWNLOAD))

    assert download <= read <= find


@given(actors, papers)
def test_nobody_reaches_above_their_clearance(who: Actor, paper: Paper) -> None:
    for action in POLICY:
        if scope(who, action).admits(paper):
            assert paper.level <= who.clearance


@given(actors, papers)
def test_only_document_controllers_see_what_nobody_has_filed(who: Actor, paper: Paper) -> None:
    unfiled = paper.lifecycle in ("captured", "quarantined")
    if unfiled and any(scope(who, action).admits(paper) for action in POLICY):
        assert Role.DOCUMENT_CONTROLLER in who.roles


@given(actors, papers)
def test_of_what_has_gone_the_description_is_shown_and_nothing_can_be_done_with_it(who: Actor, paper: Paper) -> None:
    if paper.lifecycle in ("destroyed", "transferred"):
        assert not any(scope(who, action).admits(paper) for action in POLICY if action is not Action.FIND)
        if scope(who, Action.FIND).admits(paper):
            assert who.roles & {Role.DOCUMENT_CONTROLLER, Role.AUDITOR, Role.FINAL_APPROVER}


@given(actors, papers)
def test_who_runs_the_archive_is_shown_nothing(who: Actor, paper: Paper) -> None:
    """INV-23, whatever other roles somebody has managed to collect."""
    administrator = replace(who, roles=who.roles | {Role.SYSADMIN}, clearance=3)

    assert not any(scope(administrator, action).admits(paper) for action in POLICY)
    assert not any(scope(SERVICE, action).admits(paper) for action in POLICY)


@given(papers)
def test_nobody_without_a_role_reaches_anything(paper: Paper) -> None:
    nobody = Actor("n", "n", frozenset(), 3, "SWB", frozenset({"JF01"}))

    assert not any(scope(nobody, action).admits(paper) for action in POLICY)


def test_a_level_two_record_is_found_with_clearance_but_read_only_by_its_owners() -> None:
    paper = Paper(level=2)

    assert scope(actor(), Action.FIND).admits(paper)
    assert not scope(actor(), Action.READ).admits(paper)
    assert scope(actor(Role.CLASS_OWNER), Action.READ).admits(paper)
    assert not scope(actor(Role.CLASS_OWNER, department="KFB"), Action.READ).admits(paper)
    assert not scope(actor(clearance=1), Action.FIND).admits(paper)


def test_even_the_existence_of_a_level_three_record_is_hidden_from_the_cleared() -> None:
    paper = Paper(level=3)

    assert not scope(actor(clearance=3), Action.FIND).admits(paper)
    assert scope(actor(Role.CLASS_OWNER, clearance=3), Action.FIND).admits(paper)
    assert scope(actor(Role.DOCUMENT_CONTROLLER, clearance=3), Action.FIND).admits(paper)


def test_internal_papers_are_open_at_ones_own_sites_only() -> None:
    assert scope(actor(clearance=1, department="KFB"), Action.READ).admits(Paper(level=1))
    assert not scope(actor(clearance=1, sites=("YL02",)), Action.FIND).admits(Paper(level=1))


def test_personal_information_stays_in_its_department() -> None:
    paper = Paper(level=1, pii=1)

    assert scope(actor(clearance=1), Action.READ).admits(paper)
    assert not scope(actor(clearance=1, department="KFB"), Action.READ).admits(paper)


def test_an_auditor_sees_that_records_exist_without_reading_them() -> None:
    auditor = actor(Role.AUDITOR, clearance=3, department="PZB", sites=())

    assert scope(auditor, Action.FIND).admits(Paper(level=3))
    assert not scope(auditor, Action.READ).admits(Paper(level=2))


def test_a_controller_works_with_what_has_no_site_yet_but_not_with_other_sites() -> None:
    controller = actor(Role.DOCUMENT_CONTROLLER)

    assert scope(controller, Action.FILE).admits(Paper(lifecycle="captured", site="", level=2))
    assert not scope(controller, Action.FILE).admits(Paper(lifecycle="captured", site="YL02", level=2))


def test_a_refusal_says_why_and_what_to_do() -> None:
    with pytest.raises(Denied, match="Apply to borrow") as refusal:
        require(actor(), Action.READ, Paper(level=2))
    assert refusal.value.reason == "not-in-scope"

    with pytest.raises(Denied, match="document_controller"):
        require(actor(), Action.SEE_INTAKE)


@given(actors, papers)
def test_what_is_permitted_has_a_right_and_what_has_a_right_is_permitted(who: Actor, paper: Paper) -> None:
    for action in POLICY:
        assert bool(rights(who, action, paper)) == scope(who, action).admits(paper)


def test_a_grant_opens_its_class_site_and_department_and_nothing_beside_them() -> None:
    opening = Opening("g", 2, 0, frozenset({"HT02"}), frozenset({"JF01"}), frozenset({"SWB"}))
    holder = replace(actor(department="KFB"), openings=(opening,))

    assert rights(holder, Action.READ, Paper(level=2)) == (Right("granted", "g"),)
    for other in (
        Paper(level=2, class_code="KH01"),
        Paper(level=2, site="YL02"),
        Paper(level=2, department="GCB"),
        Paper(level=2, pii=1),
        Paper(level=3),
    ):
        assert not scope(holder, Action.READ).admits(other)
    assert not scope(holder, Action.DOWNLOAD).admits(Paper(level=2))


def test_a_lower_clearance_of_the_session_narrows_a_grant_too() -> None:
    holder = replace(actor(clearance=1), openings=(Opening("g", 3, 2), Opening("e", 3, 2, emergency=True)))

    assert not scope(holder, Action.READ).admits(Paper(level=2))


@given(actors, papers)
def test_a_token_made_for_something_does_nothing_else(who: Actor, paper: Paper) -> None:
    for only in TOKEN_SCOPES.values():
        narrowed = replace(who, only=only)
        for action in Action:
            if only is not None and action not in only:
                allowed = may(narrowed, action) if action in DUTIES else scope(narrowed, action).admits(paper)
                assert not allowed


def test_every_action_is_in_exactly_one_table() -> None:
    assert set(POLICY) | set(DUTIES) == set(Action)
    assert not set(POLICY) & set(DUTIES)


@pytest.mark.parametrize("first", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("second", sorted(ADMINISTRATORS))
def test_the_three_administrators_are_three_people(first: Role, second: Role) -> None:
    assert (conflict(frozenset({first, second})) is None) == (first == second)


def test_a_system_administrator_holds_no_other_role() -> None:
    assert conflict(frozenset({Role.SYSADMIN, Role.BORROWER}))
    assert conflict(OPERATOR.roles)
