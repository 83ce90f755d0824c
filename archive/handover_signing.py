"""A list is signed by everybody over one digest, and what is on it changes hands at one instant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from access import handovers, rules
from access.actors import Actor, Role
from access.approvals import Post
from access.handovers import (
    Event,
    Found,
    Handover,
    Kind,
    Line,
    Part,
    Signature,
)
from access.rules import Action, Denied
from archive import people, repairs, signing_in
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict, Invalid
from archive.handover_steps import is_giver, people_of, step, taking_part, tell_all, tell_to_sign
from archive.loan_chain import concerned_by
from archive.loan_steps import people_to_ask, refuse
from archive.model import new_id
from archive.tables import Transaction
from archive.telling import tell

BATCH = 400


@dataclass(frozen=True, slots=True)
class Standing:
    """What a list says at one moment, and the revision by which it is known whether it says so still."""

    revision: int
    digest: str
    lines: Sequence[Line]


def _standing(archive: Archive, actor: Actor, handover_id: str) -> Standing:
    """Worked out before anything is written: with fifty thousand lines it takes longer than others should wait."""
    with archive.read() as tx:
        handover, lines = taking_part(tx, actor, handover_id), tx.handovers.lines(handover_id)
        revision = tx.handovers.revision(handover_id)
    return Standing(revision, handovers.digest(handover, lines), lines)


def _digest_now(tx: Transaction, handover_id: str, standing: Standing) -> str:
    """The digest. Raises Conflict (`digest-changed`) if anything has changed since it was worked out."""
    if tx.handovers.revision(handover_id) != standing.revision:
        raise Conflict("The list has changed since: look at it again, and sign again.", "digest-changed")
    return standing.digest


def sign(
    archive: Archive,
    actor: Actor,
    handover_id: str,
    part: Part,
    password: str,
    *,
    seen: str,
    factor: str = "",
    code: str = "",
) -> Handover:
    """Sign the digest of the whole list, with one's password once more, and the code of one's telephone (`factor`).

    `seen` is the digest that was shown. For somebody from outside, who signs the printed list by hand, the supervisor
    enters the code printed on the sheet that was signed: it must be the sheet of this very list.
    """
    rules.require(actor, Action.TAKE_PART)
    standing = _standing(archive, actor, handover_id)
    signing_in.confirm(archive, actor, password, factor)
    with archive.write() as tx:
        handover = taking_part(tx, actor, handover_id)
        now = _digest_now(tx, handover_id, standing)
        given = tx.handovers.signatures(handover_id)
        refuse(handovers.why_not_sign(handover, given, part, actor.id, seen, now))
        party = handover.party(part)
        assert party is not None
        if party.outside is not None and code.strip().lower() != now[:8]:
            raise Invalid("The code is not that of this list: print it again and have it signed.", "wrong-list-code")
        _refuse_the_gone(tx, handover)
        signature = Signature(part, actor.id, now, archive.now())
        tx.handovers.sign(new_id(), handover_id, signature)
        tx.ledger.add(
            archive.now(),
            actor.id,
            "handover.signed",
            "handover",
            handover_id,
            site=handover.site,
            part=part,
            sha256=now,
            on_paper=party.outside is not None,
        )
        last = handover.signers[-1].part is part
        fresh = step(archive, tx, actor.id, handover, Event.SEAL if last else Event.SIGN, sha256=now)
        if last:
            tell_all(archive, tx, handover, "handover.sealed")
        else:
            order = [one.part for one in handover.signers]
            following = handover.signers[order.index(part) + 1]
            tell_to_sign(archive, tx, fresh, handovers.who_signs_for(following, handover.parties))
        return fresh


def _refuse_the_gone(tx: Transaction, handover: Handover) -> None:
    for person in people_of(tx, handover):
        if not person.active and not (handover.giver_absent and is_giver(handover, person)):
            raise Conflict("Somebody who takes part has left: cancel it and plan it anew.", "no-such-party")


def complete(archive: Archive, actor: Actor, handover_id: str) -> Handover:
    """Everything changes hands at one instant: custody, rights, what is open; nothing stays frozen (INV-11, INV-12)."""
    rules.require(actor, Action.TAKE_PART)
    standing = _standing(archive, actor, handover_id)
    lines = standing.lines
    with archive.write() as tx:
        handover = taking_part(tx, actor, handover_id)
        if not handover.parts_of(actor.id) & {Part.RECEIVER, Part.SUPERVISOR}:
            raise Denied(Action.TAKE_PART, "not-your-part", "The receiver or the supervisor completes it.")
        now = _digest_now(tx, handover_id, standing)
        refuse(handovers.why_not_complete(handover, tx.handovers.signatures(handover_id), lines, now))
        _refuse_the_gone(tx, handover)
        known = {person.id: as_actor(person) for person in people_of(tx, handover) if person.active}
        refuse(handovers.why_not_parties(handover.kind, handover.parties, known, giver_absent=handover.giver_absent))
        # Nothing is frozen from here on, so that what changes hands can change.
        fresh = step(archive, tx, actor.id, handover, Event.COMPLETE, sha256=now, lines=len(lines))
        _pass_custody_on(archive, tx, handover, lines)
        if handover.kind is Kind.EXIT:
            _leave(archive, tx, actor, lines)
        if handover.kind is Kind.CUSTODIAN:
            _pass_rights_on(archive, tx, actor.id, handover, {line.site for line in lines if line.record_id})
        tell_all(archive, tx, handover, "handover.completed", but=actor.id)
        return fresh


def _pass_custody_on(archive: Archive, tx: Transaction, handover: Handover, lines: Sequence[Line]) -> None:
    """To the receiver; what is missing to whoever is to find it."""
    at = archive.now()
    by_record: dict[str, list[Line]] = {}
    for line in lines:
        # What is surplus here is somebody else's, until they say otherwise.
        if line.record_id and line.found is not Found.SURPLUS:
            by_record.setdefault(line.record_id, []).append(line)
    receiver = handover.party(Part.RECEIVER)
    assert receiver is not None
    to: dict[tuple[str, str], list[str]] = {}
    for record_id, theirs in by_record.items():
        missing = next((line for line in theirs if not handovers.passes_on(line)), None)
        if missing is not None:
            keeper = ("person", missing.owner_id)
        elif receiver.outside is not None:
            keeper = ("outside", handover.id)
        else:
            keeper = ("person", receiver.person_id)
        to.setdefault(keeper, []).append(record_id)
    for (kind, keeper_id), ids in to.items():
        for start in range(0, len(ids), BATCH):
            tx.custody.pass_on(ids[start : start + BATCH], kind, keeper_id, at, handover.id)


def _leave(archive: Archive, tx: Transaction, actor: Actor, lines: Sequence[Line]) -> None:
    """What went is somebody else's now: of it the description stays, no shelf of ours holds it, nobody reads it here.

    What is missing or still with a borrower has not gone: it is looked for, or taken back at the counter.
    """
    listed = [line for line in lines if line.record_id and line.found is not Found.SURPLUS]
    here = {line.record_id for line in listed if line.found is Found.ON_LOAN or not handovers.passes_on(line)}
    gone = list(dict.fromkeys(line.record_id for line in listed if line.record_id not in here))
    for start in range(0, len(gone), BATCH):
        for record in tx.records.many(gone[start : start + BATCH]).values():
            tx.records.change(replace(record, lifecycle="transferred", shelf_location=""))
            tx.index_queue.add(record.id, archive.now())
            repairs.end_with(archive, tx, actor.id, record, repairs.HANDED_OUT)
            tx.ledger.add(archive.now(), actor.id, "record.handed-out-for-good", "record", record.id, site=record.site)


def _pass_rights_on(archive: Archive, tx: Transaction, by: str, handover: Handover, sites: Collection[str]) -> None:
    """The receiver works at these sites from now on; a giver who gives the post up keeps no right as custodian."""
    at = archive.now()
    giver, receiver = handover.party(Part.GIVER), handover.party(Part.RECEIVER)
    assert giver is not None
    assert receiver is not None
    new = tx.people.get(receiver.person_id)
    old = tx.people.get(giver.person_id)
    assert new is not None
    assert old is not None
    gained = set(sites) - new.sites - {""}
    if gained:
        before, new = new, replace(new, sites=new.sites | gained)
        people.set_rights(archive, tx, by, before, new)
        tx.ledger.add(at, by, "rights.gained", "person", new.id, sites=sorted(gained), handover=handover.id)
    if not handover.rights_end:
        return
    left = tx.custody.sites_of(old.id)
    lost = {site for site in sites if site in old.sites and site not in left}
    roles = old.roles - {Role.DOCUMENT_CONTROLLER.value} if not left else old.roles
    before, old = old, replace(old, roles=roles or frozenset({Role.BORROWER.value}), sites=old.sites - lost)
    people.set_rights(archive, tx, by, before, old)
    for delegation in tx.loans.delegations_of(old.id):
        if delegation.in_force(at):
            tx.loans.end_delegation(delegation.id, at)
    tx.ledger.add(
        at, by, "rights.ended", "person", old.id, sites=sorted(lost), custodian=bool(left), handover=handover.id
    )
    _pass_questions_on(archive, tx, lost)


def _pass_questions_on(archive: Archive, tx: Transaction, sites: Collection[str]) -> None:
    """What the old custodian was asked is asked of whoever holds the post now."""
    for ask in tx.loans.open_asks():
        if ask.ask.post is Post.CONTROLLER and ask.ask.site in sites:
            loan = tx.loans.get(ask.loan_id)
            chain = tx.loans.approvals_of([loan.id])[loan.id]
            asked = people_to_ask(archive, tx, ask.ask, concerned_by(loan, chain, ask.round))
            tell(archive, tx, (person.id for person in asked), "loan.asked", ("loan", loan.id), number=loan.number)
