"""What people look at: handovers, their lists, who has signed, and what they themselves are asked.

A line is named to who plays a part and is cleared for it, and otherwise, as to who only planned it, within FIND; a
handover of somebody who is no party and has no duty that shows it does not exist for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from access import handovers, rules
from access.actors import Actor
from access.handovers import ENDED, FREEZING, Handover, Kind, Line, Part, Signature, State
from access.rules import DUTIES, Action
from archive import fileplan
from archive.app import Archive
from archive.errors import NotFound
from archive.handover_counting import COUNTING_PARTS
from archive.handover_packages import BATCH, GIVEN
from archive.handover_steps import treats
from archive.model import Person
from archive.tables import Transaction
from archive.tables.handovers import NO_SUCH_HANDOVER

LINES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Sheet:
    """A handover as one person sees it."""

    handover: Handover
    counts: Mapping[str, int]
    lines: Sequence[Line]
    """Those of this part of the list; `hidden` are the positions whose titles this person may not know."""
    hidden: frozenset[int]
    signatures: Sequence[Signature]
    digest: str
    """Of the whole list at this moment; empty before there is something to sign."""
    people: Mapping[str, Person]
    may: frozenset[str]
    """What this person may do with it: freeze, list, count, explain, sign, complete, cancel, change-password,
    take-in (a package that somebody brings), give (the package of what goes to others)."""
    signs_as: Part | None
    """The part for which this person's password stands next."""
    total: int
    """How many lines there are in this part of the list."""
    obsolete: frozenset[str] = frozenset()
    """Records of these lines that are obsolete editions, as far as this person may know of them."""

    def name(self, part: Part) -> str:
        party = self.handover.party(part)
        if party is None:
            return ""
        if party.outside is not None:
            return f"{party.outside.name}({party.outside.organisation})"
        return self.people[party.person_id].name

    @property
    def freezes(self) -> Part:
        """Who freezes the list."""
        return handovers.freezes(self.handover.kind, giver_absent=self.handover.giver_absent)

    def signed(self, part: Part) -> Signature | None:
        return next((one for one in self.signatures if one.part is part and one.voided_at is None), None)


def listed(archive: Archive, actor: Actor) -> Sequence[tuple[Handover, Mapping[str, int]]]:
    """Those this person has to do with, or all of them for who oversees; newest first."""
    rules.require(actor, Action.TAKE_PART)
    with archive.read() as tx:
        found = tx.handovers.latest() if _oversees(actor) else tx.handovers.of_person(actor.id)
        counts = tx.handovers.counts([one.id for one in found])
        return [(one, counts[one.id]) for one in found]


def numbered(archive: Archive, actor: Actor, number: str) -> str:
    """The id of the handover with this number; empty if there is none of which this person may know."""
    rules.require(actor, Action.TAKE_PART)
    with archive.read() as tx:
        found = tx.handovers.numbered(number)
    known = found is not None and (found.parts_of(actor.id) or actor.id == found.planned_by or _oversees(actor))
    return found.id if found is not None and known else ""


def show(archive: Archive, actor: Actor, handover_id: str, *, which: str = "all", page: int = 1) -> Sheet:
    """One handover with a part of its list: all, open, differences or found."""
    rules.require(actor, Action.TAKE_PART)
    with archive.read() as tx:
        handover = tx.handovers.get(handover_id)
        parts = handover.parts_of(actor.id)
        if not parts and actor.id != handover.planned_by and not _oversees(actor):
            raise NotFound(NO_SUCH_HANDOVER)
        counts = tx.handovers.counts([handover_id])[handover_id]
        which = which if which in ("all", "open", "differences", "found") else "all"
        lines = tx.handovers.some_lines(handover_id, which, offset=(max(page, 1) - 1) * LINES_SHOWN, limit=LINES_SHOWN)
        signatures = tx.handovers.signatures(handover_id)
        signing = handover.state in (State.RECONCILED, State.SIGNED, State.COMPLETED)
        digest = handovers.digest(handover, tx.handovers.lines(handover_id)) if signing else ""
        hidden = _hidden(tx, actor, handover, lines)
        may, signs_as = _may(actor, handover, signatures, digest, counts)
        involved = {party.person_id for party in handover.parties} | {handover.planned_by}
        involved |= {line.owner_id for line in lines} | {line.counted_by for line in lines}
        involved |= {one.person_id for one in signatures}
        return Sheet(
            handover=handover,
            counts=counts,
            lines=lines,
            hidden=hidden,
            signatures=signatures,
            digest=digest,
            people=_known(tx, involved),
            may=may,
            signs_as=signs_as,
            total=counts[which],
            obsolete=_obsolete(archive, tx, lines, hidden),
        )


def manifest(archive: Archive, actor: Actor, handover_id: str) -> tuple[Sheet, Sequence[Line]]:
    """The whole list for a printout: only what this person may know of it is named."""
    sheet = show(archive, actor, handover_id)
    with archive.read() as tx:
        lines = tx.handovers.lines(handover_id)
        involved = {line.owner_id for line in lines} | set(sheet.people)
        hidden = _hidden(tx, actor, sheet.handover, lines)
        people = _known(tx, involved)
        obsolete = _obsolete(archive, tx, lines, hidden)
    return Sheet(
        sheet.handover,
        sheet.counts,
        lines,
        hidden,
        sheet.signatures,
        sheet.digest,
        people,
        sheet.may,
        sheet.signs_as,
        len(lines),
        obsolete,
    ), lines


def _obsolete(archive: Archive, tx: Transaction, lines: Sequence[Line], hidden: frozenset[int]) -> frozenset[str]:
    """Nobody takes over an edition that holds no more as if it held (INV-14)."""
    shown = [line.record_id for line in lines if line.record_id and line.position not in hidden]
    day = fileplan.today(archive)
    return frozenset(
        record_id
        for start in range(0, len(shown), BATCH)
        for record_id in tx.documents.obsolete(shown[start : start + BATCH], day)
    )


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A borrower is asked whether they have a paper that is being handed over."""

    handover: Handover
    line: Line


def confirmations(archive: Archive, actor: Actor) -> Sequence[Confirmation]:
    """What this person has borrowed, or treats, and is asked to confirm."""
    rules.require(actor, Action.TAKE_PART)
    with archive.read() as tx:
        own = {loan.number for loan in tx.loans.of_borrower(actor.id)}
        own |= {case.number for case in tx.repairs.running() if treats(tx, actor, case)}
        return [
            Confirmation(handover, line)
            for handover in tx.handovers.under_way()
            if handover.state in FREEZING
            for line in tx.handovers.on_loan(handover.id)
            if line.loan in own and not line.confirmed
        ]


def _may(
    actor: Actor, handover: Handover, signatures: Sequence[Signature], digest: str, counts: Mapping[str, int]
) -> tuple[frozenset[str], Part | None]:
    parts = handover.parts_of(actor.id)
    part_taken = bool(parts) or actor.id == handover.planned_by
    may: set[str] = set()
    if handover.state is State.PLANNED and part_taken:
        may.add("list")
    if (
        handover.state is State.PLANNED
        and handovers.freezes(handover.kind, giver_absent=handover.giver_absent) in parts
    ):
        may.add("freeze")
    if handover.state in FREEZING:
        may |= {"count"} if parts & COUNTING_PARTS else set()
        may |= {"explain"} if part_taken and counts["differences"] else set()
        may |= {"change-password"} if Part.RECEIVER in parts or handover.kind is Kind.EXIT else set()
    if handover.state is State.PLANNED and handover.kind is Kind.TAKEOVER and Part.RECEIVER in parts:
        may.add("take-in")
    if handover.state in GIVEN and handover.kind is Kind.EXIT and Part.GIVER in parts:
        may.add("give")
    early = handover.state is State.PLANNED and actor.id == handover.planned_by
    if handover.state not in ENDED and (early or parts & {Part.SUPERVISOR, Part.APPROVER}):
        may.add("cancel")
    if handover.state is State.SIGNED and parts & {Part.RECEIVER, Part.SUPERVISOR}:
        may.add("complete")
    signs_as = None
    for party in handover.signers:
        if handovers.why_not_sign(handover, signatures, party.part, actor.id, digest, digest) is None:
            signs_as = party.part
            may.add("sign")
    return frozenset(may), signs_as


def _hidden(tx: Transaction, actor: Actor, handover: Handover, lines: Sequence[Line]) -> frozenset[int]:
    """Lines of records whose titles this person may not know."""
    takes_part = bool(handover.parts_of(actor.id))
    asked = [line for line in lines if line.record_id and not (takes_part and line.level <= actor.clearance)]
    scope = rules.scope(actor, Action.FIND)
    known: set[str] = set()
    for start in range(0, len(asked), 400):
        known |= set(tx.records.admitted([line.record_id for line in asked[start : start + 400]], scope))
    return frozenset(line.position for line in asked if line.record_id not in known)


def _oversees(actor: Actor) -> bool:
    return bool(actor.roles & DUTIES[Action.SEE_HANDOVERS])


def _known(tx: Transaction, ids: set[str]) -> dict[str, Person]:
    found = {person_id: tx.people.get(person_id) for person_id in sorted(ids - {"", "service"})}
    return {person_id: person for person_id, person in found.items() if person is not None}
