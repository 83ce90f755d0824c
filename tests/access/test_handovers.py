"""The handover machine as a table, who may take part, and the digest that signatures hold for."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import handovers
from access.actors import Actor, Role
from access.handovers import (
    ENDED,
    FREEZING,
    STEPS,
    Carrier,
    Event,
    Found,
    Handover,
    Kind,
    Line,
    Outside,
    Part,
    Party,
    Signature,
    State,
)
from access.loans import Refusal

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
OTHERS = Outside("王工", "建设单位", "介绍信 12 号")


def a_person(id: str, *roles: Role) -> Actor:
    return Actor(id, id, frozenset(roles or (Role.BORROWER,)))


PEOPLE = {
    one.id: one
    for one in (
        a_person("old", Role.DOCUMENT_CONTROLLER),
        a_person("new", Role.DOCUMENT_CONTROLLER),
        a_person("boss", Role.DEPT_APPROVER),
        a_person("final", Role.FINAL_APPROVER),
        a_person("clerk"),
        a_person("root", Role.SYSADMIN),
    )
}
THREE = (Party(Part.GIVER, "old"), Party(Part.RECEIVER, "new"), Party(Part.SUPERVISOR, "boss"))
FOUR = (*THREE, Party(Part.WITNESS, "clerk"), Party(Part.APPROVER, "final"))


def a_handover(state: State = State.RECONCILED, kind: Kind = Kind.CUSTODIAN, *parties: Party) -> Handover:
    absent = any(party.part is Part.APPROVER for party in parties)
    return Handover(
        "h", "YJ-2026-0001", kind, state, absent, parties or THREE, "JF01", "", "", "", True, "", "old", AT,
        date(2026, 3, 9), AT,
    )  # fmt: skip


def a_line(found: Found | None = Found.PRESENT, **more: object) -> Line:
    line = Line(1, Carrier.PAPER, "合同", "r", pieces=12, found=found, found_pieces=12 if found is Found.PRESENT else 0)
    return replace(line, **more)  # type: ignore[arg-type]


def signed(handover: Handover, lines: Iterable[Line]) -> list[Signature]:
    now = handovers.digest(handover, lines)
    return [
        Signature(party.part, handovers.who_signs_for(party, handover.parties), now, AT) for party in handover.signers
    ]


def test_every_state_is_reached_and_left_or_final() -> None:
    assert {step.after for step in STEPS} | {State.PLANNED} == set(State)
    assert set(State) - {step.before for step in STEPS} == ENDED
    assert {step.event for step in STEPS} == set(Event)
    assert len({(step.before, step.event) for step in STEPS}) == len(STEPS)


@given(st.sampled_from(State), st.sampled_from(Event))
def test_what_is_not_in_the_table_does_not_happen(state: State, event: Event) -> None:
    allowed = {(step.before, step.event): step.after for step in STEPS}

    reached = handovers.after(state, event)

    assert reached == allowed.get((state, event), reached)
    assert isinstance(reached, Refusal) == ((state, event) not in allowed)


@given(st.lists(st.sampled_from(Event), max_size=12))
def test_nothing_is_completed_that_was_not_frozen_reconciled_and_signed(events: list[Event]) -> None:
    state, been = State.PLANNED, [State.PLANNED]
    for event in events:
        reached = handovers.after(state, event)
        if not isinstance(reached, Refusal):
            state = reached
            been.append(state)

    if State.COMPLETED in been:
        assert been[-2:] == [State.SIGNED, State.COMPLETED]
        assert {State.FROZEN, State.RECONCILED} <= set(been)
        assert all(one in FREEZING for one in been[been.index(State.FROZEN) : -1])


@pytest.mark.parametrize(
    ("kind", "parties", "code"),
    [
        (Kind.CUSTODIAN, THREE, None),
        (Kind.CUSTODIAN, FOUR, None),
        (Kind.CUSTODIAN, THREE[:2], "parties-missing"),
        (Kind.CUSTODIAN, (*THREE[:2], Party(Part.SUPERVISOR, "old")), "party-role"),
        (Kind.CUSTODIAN, (*THREE[:2], Party(Part.SUPERVISOR, "root")), "no-such-party"),
        (Kind.CUSTODIAN, (*THREE[:2], Party(Part.SUPERVISOR, "gone")), "no-such-party"),
        (Kind.CUSTODIAN, (THREE[0], Party(Part.RECEIVER, "clerk"), THREE[2]), "party-role"),
        (Kind.CUSTODIAN, (Party(Part.GIVER, "new"), *THREE[1:]), "same-person"),
        (Kind.CUSTODIAN, (*FOUR[:3], Party(Part.WITNESS, "final"), FOUR[4]), "same-person"),
        (Kind.ACCESSION, (Party(Part.GIVER, "clerk"), *THREE[1:]), None),
        (Kind.ACCESSION, FOUR, "giver-absent"),
        (Kind.TAKEOVER, THREE, "party-outside"),
        (Kind.TAKEOVER, (Party(Part.GIVER, outside=OTHERS), *THREE[1:]), None),
        (Kind.TAKEOVER, (Party(Part.GIVER, outside=replace(OTHERS, letter=" ")), *THREE[1:]), "no-letter"),
        (Kind.EXIT, (THREE[0], Party(Part.RECEIVER, outside=OTHERS), THREE[2]), None),
        (Kind.EXIT, (Party(Part.GIVER, "clerk"), Party(Part.RECEIVER, outside=OTHERS), THREE[2]), "party-role"),
    ],
)
def test_different_people_with_the_right_duties_take_part(
    kind: Kind, parties: tuple[Party, ...], code: str | None
) -> None:
    absent = any(party.part is Part.APPROVER for party in parties)

    refusal = handovers.why_not_parties(kind, parties, PEOPLE, giver_absent=absent)

    assert (refusal.code if refusal else None) == code


def test_a_giver_who_has_left_can_be_named_as_absent() -> None:
    parties = (Party(Part.GIVER, "gone"), *FOUR[1:])

    assert handovers.why_not_parties(Kind.CUSTODIAN, parties, PEOPLE, giver_absent=True) is None


@given(st.sampled_from([field.name for field in fields(Line)]))
def test_the_digest_covers_every_field_of_a_line(name: str) -> None:
    line = a_line()
    other = {
        "position": 2,
        "carrier": Carrier.DIGITAL,
        "found": Found.DAMAGED,
        "confirmed": True,
        "document_date": date(2020, 1, 1),
        "settle_by": date(2020, 1, 1),
        "counted_at": AT,
        "changed_at": AT,
        "level": 3,
        "pieces": 11,
        "found_pieces": 11,
    }.get(name, "other")

    changed = replace(line, **{name: other})  # type: ignore[arg-type]

    assert handovers.digest(a_handover(), [line]) != handovers.digest(a_handover(), [changed])


def test_the_digest_covers_who_takes_part_and_not_the_order_of_lines() -> None:
    one, two = a_line(), a_line(position=2)
    exchanged = a_handover(State.RECONCILED, Kind.CUSTODIAN, *THREE[:2], Party(Part.SUPERVISOR, "final"))

    assert handovers.digest(a_handover(), [one, two]) == handovers.digest(a_handover(), [two, one])
    assert handovers.digest(a_handover(), [one]) != handovers.digest(exchanged, [one])


@pytest.mark.parametrize(
    ("line", "kind", "difference"),
    [
        (a_line(), Kind.CUSTODIAN, False),
        (a_line(found_pieces=11), Kind.CUSTODIAN, True),
        (a_line(pieces=0, found_pieces=7), Kind.CUSTODIAN, False),
        (a_line(None), Kind.CUSTODIAN, False),
        (a_line(Found.MISSING), Kind.CUSTODIAN, True),
        (a_line(Found.DAMAGED), Kind.CUSTODIAN, True),
        (a_line(Found.MISFILED), Kind.CUSTODIAN, True),
        (a_line(Found.SURPLUS), Kind.CUSTODIAN, True),
        (a_line(Found.ON_LOAN), Kind.CUSTODIAN, True),
        (a_line(Found.ON_LOAN, confirmed=True), Kind.CUSTODIAN, False),
        (a_line(Found.ON_LOAN, confirmed=True), Kind.EXIT, True),
    ],
)
def test_what_a_difference_is(line: Line, kind: Kind, difference: bool) -> None:
    assert handovers.is_difference(line, kind) == difference
    explained = replace(line, explanation="已查", owner_id="new", settle_by=date(2026, 4, 1))
    assert not handovers.needs_explanation(explained, kind)


@pytest.mark.parametrize("parties", [THREE, FOUR])
def test_they_sign_in_order_each_once_and_nobody_for_another(parties: tuple[Party, ...]) -> None:
    handover, lines = a_handover(State.RECONCILED, Kind.CUSTODIAN, *parties), [a_line()]
    now = handovers.digest(handover, lines)
    given: list[Signature] = []

    for party in handover.signers:
        for other in (*handover.signers, Party(Part.GIVER, "clerk")):
            refusal = handovers.why_not_sign(handover, given, other.part, other.person_id, now, now)
            assert (refusal is None) == (other == party)
        assert handovers.why_not_sign(handover, given, party.part, party.person_id, "stale", now)
        given.append(Signature(party.part, party.person_id, now, AT))

    assert len({one.person_id for one in given}) >= 3
    assert handovers.why_not_complete(replace(handover, state=State.SIGNED), given, lines, now) is None


def test_an_outsider_signs_on_paper_and_the_supervisor_vouches_for_it() -> None:
    handover = a_handover(State.RECONCILED, Kind.TAKEOVER, Party(Part.GIVER, outside=OTHERS), *THREE[1:])
    now = handovers.digest(handover, [a_line()])

    assert handovers.why_not_sign(handover, [], Part.GIVER, "new", now, now)
    assert handovers.why_not_sign(handover, [], Part.GIVER, "boss", now, now) is None


def test_nothing_is_completed_with_a_void_signature_another_digest_or_an_open_difference() -> None:
    handover, line = a_handover(State.SIGNED), a_line()
    given = signed(handover, [line])
    now = handovers.digest(handover, [line])
    changed = replace(line, found=Found.MISSING, found_pieces=0)

    def why_not(given: list[Signature], line: Line, now: str) -> str:
        refusal = handovers.why_not_complete(handover, given, [line], now)
        return refusal.code if refusal else ""

    assert why_not(given, line, now) == ""
    assert why_not([replace(given[0], voided_at=AT), *given[1:]], line, now) == "not-signed"
    assert why_not(given[:2], line, now) == "not-signed"
    assert why_not(given, changed, handovers.digest(handover, [changed])) == "digest-changed"
    assert why_not(signed(handover, [changed]), changed, handovers.digest(handover, [changed])) == "not-reconciled"
    password = replace(line, carrier=Carrier.THING, thing="password", record_id="")
    assert why_not(signed(handover, [password]), password, handovers.digest(handover, [password])) == (
        "password-not-changed"
    )


def test_what_is_missing_stays_with_whoever_is_to_find_it() -> None:
    assert not handovers.passes_on(a_line(Found.MISSING))
    assert all(handovers.passes_on(a_line(found)) for found in Found if found is not Found.MISSING)
