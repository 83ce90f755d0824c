"""The handover machine: planned, frozen, counted, explained, signed by several people over one digest, completed.

A handover is a list of lines (its manifest). While it is frozen, nothing of what stands on it is issued, moved,
edited or disposed of; every line is counted; what is not as it should be is explained. Where it stands follows
from its lines; signatures hold for one digest of all of them, and for no other.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from access.actors import Actor, Role
from access.loans import Refusal
from access.rules import MACHINE_ROOM


class Kind(StrEnum):
    CUSTODIAN = "custodian"
    """保管人变动: one custodian hands over to another."""
    ACCESSION = "accession"
    """送档: a department hands a batch to the records office."""
    TAKEOVER = "takeover"
    """接管: somebody from outside hands over to us."""
    EXIT = "exit"
    """撤场: we hand over to somebody outside."""


class Part(StrEnum):
    """Who does what in a handover."""

    GIVER = "giver"
    RECEIVER = "receiver"
    SUPERVISOR = "supervisor"
    """监交人."""
    WITNESS = "witness"
    """Beside the supervisor, when the giver is absent."""
    APPROVER = "approver"
    """The final approver, when the giver is absent."""


class State(StrEnum):
    PLANNED = "planned"
    FROZEN = "frozen"
    COUNTING = "counting"
    DISPUTED = "disputed"
    """All is counted, and something is not explained."""
    RECONCILED = "reconciled"
    SIGNED = "signed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Event(StrEnum):
    FREEZE = "freeze"
    COUNT = "count"
    """Something changed, and something is not counted yet."""
    DISPUTE = "dispute"
    """Something changed; all is counted and not all is explained."""
    RECONCILE = "reconcile"
    """Something changed; all is counted and explained."""
    SIGN = "sign"
    SEAL = "seal"
    """The last signature."""
    COMPLETE = "complete"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow of the machine; `who` and `guard` are for printing."""

    before: State
    event: Event
    after: State
    who: str
    guard: str


S, E = State, Event  # the tables below are read across

FREEZING = (S.FROZEN, S.COUNTING, S.DISPUTED, S.RECONCILED, S.SIGNED)
"""States in which what stands on the manifest is frozen (INV-13)."""

STEPS: tuple[Step, ...] = (
    Step(S.PLANNED, E.FREEZE, S.FROZEN, "whose it is", "nothing of it frozen already; everybody cleared for it"),
    *(Step(s, E.COUNT, S.COUNTING, "giver, receiver, witness", "signatures are void") for s in FREEZING),
    *(Step(s, E.DISPUTE, S.DISPUTED, "giver, receiver, witness", "signatures are void") for s in FREEZING),
    *(Step(s, E.RECONCILE, S.RECONCILED, "giver, receiver, witness", "signatures are void") for s in FREEZING),
    Step(S.RECONCILED, E.SIGN, S.RECONCILED, "next in order", "the password again; the digest of this moment"),
    Step(S.RECONCILED, E.SEAL, S.SIGNED, "last in order", "the password again; the digest of this moment"),
    Step(S.SIGNED, E.COMPLETE, S.COMPLETED, "receiver, supervisor", "one digest; shared passwords changed"),
    *(
        Step(s, E.CANCEL, S.CANCELLED, "supervisor, approver", "a reason; nothing is frozen any more")
        for s in (S.PLANNED, *FREEZING)
    ),
)
"""Every step there is. What is not in the table does not happen."""

_AFTER = {(step.before, step.event): step.after for step in STEPS}

ENDED = frozenset({S.COMPLETED, S.CANCELLED})


def after(state: State, event: Event) -> State | Refusal:
    """Where this step leads."""
    found = _AFTER.get((state, event))
    if found is None:
        return Refusal("no-such-step", f"A handover that is {state} cannot be taken through {event!r}.")
    return found


def standing(*, uncounted: int, unexplained: int) -> Event:
    """What a change of the lines amounts to."""
    if uncounted:
        return E.COUNT
    return E.DISPUTE if unexplained else E.RECONCILE


# ---- Who takes part ----


@dataclass(frozen=True, slots=True)
class Outside:
    """Somebody from outside the company: a developer, another company, an owners' committee."""

    name: str
    organisation: str
    letter: str


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part, one of us or somebody from outside."""

    part: Part
    person_id: str = ""
    outside: Outside | None = None


OUTSIDE: Mapping[Kind, Part] = {Kind.TAKEOVER: Part.GIVER, Kind.EXIT: Part.RECEIVER}
"""Which part somebody from outside plays, if any."""

SUPERVISORS = frozenset(
    {Role.DEPT_APPROVER, Role.CLASS_OWNER, Role.FINAL_APPROVER, Role.SECURITY_OFFICER, Role.AUDITOR}
)
"""Who may supervise a handover: somebody with a duty of oversight, who keeps nothing."""


def signers(*, giver_absent: bool) -> tuple[Part, ...]:
    """Who signs, in this order. For an absent giver two more do: a second witness and the final approver."""
    if giver_absent:
        return (Part.RECEIVER, Part.SUPERVISOR, Part.WITNESS, Part.APPROVER)
    return (Part.GIVER, Part.RECEIVER, Part.SUPERVISOR)


def required_role(kind: Kind, part: Part) -> frozenset[Role] | None:
    """What one of us must be to play this part; None for anybody who does not only run the machine."""
    if part is Part.SUPERVISOR:
        return SUPERVISORS
    if part is Part.APPROVER:
        return frozenset({Role.FINAL_APPROVER})
    keeps = part is Part.RECEIVER or (part is Part.GIVER and kind is Kind.EXIT)
    return frozenset({Role.DOCUMENT_CONTROLLER}) if keeps else None


def why_not_parties(
    kind: Kind, parties: Sequence[Party], people: Mapping[str, Actor], *, giver_absent: bool
) -> Refusal | None:
    """May these people do it? `people` are those of ours who are active."""
    wanted = {Part.GIVER, *signers(giver_absent=giver_absent)}
    if {party.part for party in parties} != wanted or len(parties) != len(wanted):
        return Refusal("parties-missing", "Say who gives, who receives and who supervises; somebody for each part.")
    if giver_absent and kind is not Kind.CUSTODIAN:
        return Refusal("giver-absent", "Only a custodian can be absent from a handover.")
    for party in parties:
        if (party.outside is not None) != (OUTSIDE.get(kind) is party.part):
            return Refusal("party-outside", "In this kind of handover somebody else comes from outside.")
        if party.outside is not None:
            if not all(part.strip() for part in (party.outside.name, party.outside.organisation, party.outside.letter)):
                return Refusal(
                    "no-letter", "Somebody from outside has a name, an organisation and a letter with a number."
                )
            continue
        person = people.get(party.person_id)
        if person is None or person.roles & MACHINE_ROOM:
            absent = giver_absent and party.part is Part.GIVER and party.person_id
            if not absent or (person is not None and person.roles & MACHINE_ROOM):
                return Refusal("no-such-party", "There is nobody of that name who could take part.")
            continue
        roles = required_role(kind, party.part)
        if roles is not None and not person.roles & roles:
            return Refusal(
                "party-role", f"The {party.part} must be one of: {', '.join(sorted(roles))}. Name somebody else."
            )
    ours = [party.person_id for party in parties if party.person_id]
    if len(ours) != len(set(ours)):
        return Refusal("same-person", "Giver, receiver, supervisor and witness are different people.")
    return None


def freezes(kind: Kind, *, giver_absent: bool) -> Part:
    """Whose word writes the list down, and shows its titles to everybody who takes part.

    That of whom the records are with: the giver; the receiver, where a department or somebody from outside hands in;
    the final approver, where the giver is absent. Whoever only planned it learns nothing that these do not show them.
    """
    if giver_absent:
        return Part.APPROVER
    return Part.RECEIVER if kind in (Kind.ACCESSION, Kind.TAKEOVER) else Part.GIVER


def who_signs_for(party: Party, parties: Iterable[Party]) -> str:
    """Whose password stands for this signature: one's own; the supervisor's for paper that an outsider signed."""
    if party.outside is None:
        return party.person_id
    return next(one.person_id for one in parties if one.part is Part.SUPERVISOR)


# ---- What is handed over ----


class Carrier(StrEnum):
    PAPER = "paper"
    DIGITAL = "digital"
    THING = "thing"
    """A key, a password, a seal, a piece of equipment: see THINGS."""


THINGS = ("key", "password", "seal", "equipment")


class Found(StrEnum):
    """What counting a line has shown."""

    PRESENT = "present"
    MISSING = "missing"
    DAMAGED = "damaged"
    ON_LOAN = "on_loan"
    MISFILED = "misfiled"
    """It is there, but not where it belongs."""
    SURPLUS = "surplus"
    """It is there, but not on the list."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the manifest: what should be handed over, what was found, and how a difference is explained."""

    position: int
    carrier: Carrier
    title: str
    record_id: str = ""
    """Empty for what is no record of ours: things, and what somebody from outside brings."""
    number: str = ""
    document_date: date | None = None
    level: int = 0
    class_code: str = ""
    retention: str = ""
    location: str = ""
    site: str = ""
    thing: str = ""
    pieces: int = 0
    """Pages of a paper, files of a record, pieces of a thing; 0 when nobody has counted them before."""
    loan: str = ""
    """Number of the loan under which it is out."""
    found: Found | None = None
    found_pieces: int = 0
    confirmed: bool = False
    """The borrower has said that they have it."""
    note: str = ""
    counted_by: str = ""
    counted_at: datetime | None = None
    explanation: str = ""
    owner_id: str = ""
    """Who puts the difference right."""
    settle_by: date | None = None
    changed_at: datetime | None = None
    """When a password was changed, so that the giver knows it no longer."""


def is_difference(line: Line, kind: Kind) -> bool:
    """Is what was found not what should be there?"""
    if line.found is None:
        return False
    if line.found is Found.ON_LOAN:
        # Who hands over for good hands over things, not promises.
        return not line.confirmed or kind is Kind.EXIT
    if line.found is Found.PRESENT:
        return line.pieces > 0 and line.found_pieces != line.pieces
    return True


def is_explained(line: Line) -> bool:
    return bool(line.explanation and line.owner_id and line.settle_by)


def needs_explanation(line: Line, kind: Kind) -> bool:
    return is_difference(line, kind) and not is_explained(line)


def passes_on(line: Line) -> bool:
    """Does what the line stands for change hands? What is missing stays with whoever is to find it."""
    return line.found not in (None, Found.MISSING)


def why_not_count(line: Line, found: Found, pieces: int) -> Refusal | None:
    """May this line be counted so?"""
    if found is Found.SURPLUS:
        return Refusal("not-surplus", "It stands on the list: it is not surplus.")
    if found is Found.ON_LOAN and not line.loan:
        return Refusal("not-on-loan", "No loan is known for it: it is missing, or it is there.")
    if found in (Found.MISSING, Found.ON_LOAN) and pieces:
        return Refusal("pieces-of-nothing", "What is not there has no pages.")
    return None


def why_not_explain(line: Line, kind: Kind, explanation: str, owner: Actor | None) -> Refusal | None:
    if not is_difference(line, kind):
        return Refusal("no-difference", "It is as it should be: there is nothing to explain.")
    if not explanation.strip():
        return Refusal("no-explanation", "Say how the difference came about.")
    if owner is None or owner.roles & MACHINE_ROOM:
        return Refusal("no-owner", "Name somebody who puts it right.")
    return None


# ---- The digest everybody signs ----


@dataclass(frozen=True, slots=True)
class Handover:
    """Who hands what over to whom, and how far it has come. Its lines are kept apart: there may be thousands."""

    id: str
    number: str
    kind: Kind
    state: State
    giver_absent: bool
    parties: tuple[Party, ...]
    site: str
    """Only what belongs to this site; empty for all sites."""
    class_code: str
    department: str
    location: str
    """Only what lies below this shelf address."""
    rights_end: bool
    """The giver gives up the post: what they may do as custodian ends with the handover."""
    reason: str
    planned_by: str
    planned_at: datetime
    due_on: date
    frozen_at: datetime | None = None
    completed_at: datetime | None = None
    ended_reason: str = ""

    def party(self, part: Part) -> Party | None:
        return next((party for party in self.parties if party.part is part), None)

    @property
    def signers(self) -> tuple[Party, ...]:
        """Those who sign, in order."""
        order = signers(giver_absent=self.giver_absent)
        return tuple(party for part in order for party in self.parties if party.part is part)

    def parts_of(self, person_id: str) -> frozenset[Part]:
        return frozenset(party.part for party in self.parties if person_id and party.person_id == person_id)


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody has signed a digest; `voided_at` when something changed afterwards."""

    part: Part
    person_id: str
    """Whose password stands for it."""
    digest: str
    signed_at: datetime
    voided_at: datetime | None = None


def digest(handover: Handover, lines: Iterable[Line]) -> str:
    """SHA-256 of the whole manifest: everything that was agreed, line by line. Another count is another digest."""
    said = {
        "number": handover.number,
        "kind": handover.kind,
        "parties": [asdict(party) for party in handover.parties],
        "giver_absent": handover.giver_absent,
        "rights_end": handover.rights_end,
        "scope": [handover.site, handover.class_code, handover.department, handover.location],
        "frozen_at": handover.frozen_at,
        "lines": [[getattr(line, name) for name in _SIGNED] for line in sorted(lines, key=lambda line: line.position)],
    }
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


_SIGNED = tuple(field.name for field in fields(Line))
"""Every field of a line is signed."""


def _plain(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()


def why_not_sign(
    handover: Handover, given: Sequence[Signature], part: Part, person_id: str, seen: str, now: str
) -> Refusal | None:
    """May this person sign as this part? `seen` is the digest they were shown, `now` that of this moment."""
    if handover.state is not S.RECONCILED:
        return Refusal("not-to-be-signed", "It is signed when everything is counted and every difference explained.")
    valid = {one.part for one in given if one.voided_at is None}
    following = next((party for party in handover.signers if party.part not in valid), None)
    if following is None or following.part is not part:
        return Refusal("not-your-turn", "The giver signs first, then the receiver, then the supervisor.")
    if who_signs_for(following, handover.parties) != person_id:
        return Refusal("not-your-part", "Everybody signs for themselves.")
    if seen != now:
        return Refusal("digest-changed", "The list has changed since you saw it: look at it again before you sign.")
    return None


def why_not_complete(handover: Handover, given: Sequence[Signature], lines: Iterable[Line], now: str) -> Refusal | None:
    """INV-11: different people, one digest, every line counted, every difference explained."""
    lines = list(lines)
    if handover.state is not S.SIGNED:
        return Refusal("not-signed", "It is completed when everybody has signed.")
    valid = [one for one in given if one.voided_at is None]
    if {one.part for one in valid} != {party.part for party in handover.signers}:
        return Refusal("not-signed", "It is completed when everybody has signed.")
    if any(one.digest != now for one in valid):
        return Refusal("digest-changed", "The list has changed since it was signed: everybody signs again.")
    if any(line.found is None or needs_explanation(line, handover.kind) for line in lines):
        return Refusal("not-reconciled", "Something is not counted or not explained.")
    if any(line.thing == "password" and line.changed_at is None and passes_on(line) for line in lines):
        return Refusal("password-not-changed", "A shared password has to be changed before the handover is completed.")
    return None
