"""What is due is appraised by a group, proposed, approved by another, left to cool off, watched by two, destroyed.

Destroyed is exactly what was approved, less what is left out by name (INV-24). The certificate has two stages:
executed, when no key, object, text or index entry is left here; complete, when no backup can bring it back either.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from access import disposals, rules
from access.actors import SERVICE, Actor
from access.disposals import Event, Refusal, State
from access.rules import Action, Denied
from archive import fileplan, indexing, naming, repairs, retention
from archive.app import Archive
from archive.backups import state as backups
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Record, new_id
from archive.tables import Transaction
from archive.tables.numbering import Terms
from archive.tables.retention import Disposal, Item, Party

LIST_MAX = 500
TEXT_MAX = 4000
YEARS_MAX = 100
NOT_ALL_SEEN = "The list names records that you may not see: somebody who may see all of it has to do this."


@dataclass(frozen=True, slots=True)
class Shown:
    """A list as one person may see it: the records they may find, and what they can do next."""

    disposal: Disposal
    items: Sequence[Item]
    records: Mapping[str, Record]
    parties: Sequence[Party]
    people: Mapping[str, str]
    may: frozenset[str]
    """decide, propose, approve, sign, execute, cancel."""


def open_list(archive: Archive, actor: Actor, ids: Sequence[str], group: Sequence[str]) -> Disposal:
    """Begin the appraisal of records whose term has ended, by a group of at least three (login names)."""
    rules.require(actor, Action.APPRAISE)
    ids = list(dict.fromkeys(ids))
    if not 0 < len(ids) <= LIST_MAX:
        raise Invalid(f"A list has 1 to {LIST_MAX} records.", "bad-list")
    with archive.write() as tx:
        due = retention.due_among(tx, actor, ids, fileplan.today(archive))
        members = _people_of(tx, group)
        if len(members) < disposals.GROUP_MIN:
            raise Invalid("A group for appraisal has at least three people.", "small-group")
        busy = tx.retention.being_appraised(ids, [state.value for state in disposals.OPEN])
        items: list[Item] = []
        components = tx.records.components_of(ids)
        for position, record_id in enumerate(ids, 1):
            one = due.get(record_id)
            if one is None or one.standing.due_on is None or one.standing.rule is None:
                raise NotFound("It is not due, or there is no such record.", "not-due")
            if one.standing.holds:
                raise Conflict("A hold stands on one of these records: release it first, or leave it out.", "held")
            if record_id in busy:
                raise Conflict("One of these records stands in an open list already.", "in-a-list")
            pages = sum(component.page_count for component in components[record_id])
            items.append(Item(record_id, position, pages, one.standing.rule.code, one.standing.due_on))
        at = archive.now()
        year = at.astimezone().year
        number = f"XH-{year}-{tx.counters.next(f'disposal-{year}'):04}"
        disposal = Disposal(new_id(), number, State.APPRAISING, at, actor.id)
        tx.retention.open(disposal, items, members)
        _log(archive, tx, actor.id, "disposal.opened", disposal, records=ids, group=sorted(members))
    return disposal


def decide(
    archive: Archive, actor: Actor, disposal_id: str, record_id: str, decision: str, *, years: int = 0, reason: str
) -> None:
    """Say what becomes of one record, and why: by a member of the group, while it appraises."""
    rules.require(actor, Action.TAKE_PART)
    if decision not in disposals.DECISIONS:
        raise Invalid("A record is kept longer, kept for ever, or destroyed.", "no-decision")
    if not reason.strip():
        raise Invalid("Say why: the reason stands in the report.", "no-decision-reason")
    if decision == "extend" and not 1 <= years <= YEARS_MAX:
        raise Invalid("Say for how many years it is kept longer.", "no-years")
    with archive.write() as tx:
        disposal = _seen(tx, actor, disposal_id)
        _in(disposal, State.APPRAISING)
        if actor.id not in _part(tx, disposal_id, "group"):
            raise Denied(Action.TAKE_PART, "not-your-part", "Only a member of the group decides.")
        item = _item(tx, disposal_id, record_id)
        tx.records.found(record_id, rules.scope(actor, Action.FIND))
        tx.retention.save_item(
            disposal_id,
            replace(
                item,
                decision=decision,
                years=years if decision == "extend" else 0,
                reason=reason.strip()[:TEXT_MAX],
                decided_by=actor.id,
            ),
        )
        _log(archive, tx, actor.id, "disposal.decided", disposal, record=record_id, decision=decision, years=years)


def propose(archive: Archive, actor: Actor, disposal_id: str, report: str, witnesses: Sequence[str]) -> Disposal:
    """Put the report before whoever approves, and name two witnesses. Every record has to be decided."""
    rules.require(actor, Action.TAKE_PART)
    if not report.strip():
        raise Invalid("A proposal has a report: scope, standards, method, findings.", "no-report")
    with archive.write() as tx:
        disposal = _seen(tx, actor, disposal_id)
        group = _part(tx, disposal_id, "group")
        if actor.id not in group:
            raise Denied(Action.TAKE_PART, "not-your-part", "Only a member of the group decides.")
        items = tx.retention.items(disposal_id)
        if any(not item.decision for item in items):
            raise Conflict("Something is not decided yet.", "undecided")
        named = _people_of(tx, witnesses)
        if len(named) != disposals.WITNESSES:
            raise Invalid("Name two witnesses.", "no-witnesses")
        for witness in named:
            _refuse(disposals.why_not_witness(witness, group, ""))
        for witness in named:
            tx.retention.add_party(disposal_id, witness, "witness")
        files = _files(tx, items)
        items = [replace(item, files=files[item.record_id]) for item in items]
        for item in items:
            tx.retention.save_item(disposal_id, item)
        disposal = _step(disposal, Event.PROPOSE)
        disposal = replace(disposal, report=report.strip()[:TEXT_MAX], digest=_digest(items))
        tx.retention.save(disposal)
        _log(archive, tx, actor.id, "disposal.proposed", disposal, digest=disposal.digest)
    return disposal


def approve(archive: Archive, actor: Actor, disposal_id: str, *, yes: bool, reason: str = "") -> Disposal:
    """Approve what is proposed, or send it back with a reason. What is kept gets its new term and the mark at once."""
    rules.require(actor, Action.APPROVE_DISPOSAL)
    if not yes and not reason.strip():
        raise Invalid("Say why it is sent back.", "no-decision-reason")
    with archive.write() as tx:
        disposal = _seen(tx, actor, disposal_id)
        _in(disposal, State.PROPOSED)
        if yes:
            _all_seen(tx, actor, disposal_id)
        group, witnesses = _part(tx, disposal_id, "group"), _part(tx, disposal_id, "witness")
        _refuse(disposals.why_not_approve(actor.id, group, disposal.opened_by))
        if actor.id in witnesses:
            _refuse(disposals.why_not_witness(actor.id, group, actor.id))
        if not yes:
            disposal = replace(_step(disposal, Event.SEND_BACK), digest="")
            tx.retention.forget_signatures(disposal_id)
            tx.retention.save(disposal)
            _log(archive, tx, actor.id, "disposal.sent-back", disposal)
            return disposal
        at = archive.now()
        items = tx.retention.items(disposal_id)
        files = _files(tx, items)
        if _digest([replace(item, files=files[item.record_id]) for item in items]) != disposal.digest:
            raise Conflict("A record got another file since this was proposed: send it back.", "files-changed")
        kept = [item for item in items if item.decision != "destroy"]
        terms = tx.numbering.terms([item.record_id for item in kept])
        for item in kept:
            _keep_longer(archive, tx, item, terms.get(item.record_id, Terms(item.record_id)))
            tx.retention.save_item(disposal_id, replace(item, done_at=at))
        disposal = replace(
            _step(disposal, Event.APPROVE),
            approved_at=at,
            approved_by=actor.id,
            cooling_until=at + timedelta(days=archive.settings.disposal_cooling_days),
        )
        tx.retention.save(disposal)
        _log(archive, tx, actor.id, "disposal.approved", disposal, digest=disposal.digest)
    return disposal


def sign(archive: Archive, actor: Actor, disposal_id: str, digest: str) -> None:
    """A witness has checked the list against what lies there, item by item, and puts their name to its digest."""
    rules.require(actor, Action.TAKE_PART)
    with archive.write() as tx:
        disposal = _seen(tx, actor, disposal_id)
        _in(disposal, State.COOLING_OFF)
        _all_seen(tx, actor, disposal_id)
        party = next((one for one in tx.retention.parties(disposal_id) if one.person_id == actor.id), None)
        if party is None or party.part != "witness":
            raise Denied(Action.TAKE_PART, "not-your-part", "Only a named witness signs.")
        if party.signed_at is not None:
            raise Conflict("You have signed already.", "signed-already")
        if digest != disposal.digest:
            raise Conflict("The list is not the one that was shown to you; look at it again.", "wrong-list-code")
        tx.retention.sign(disposal_id, actor.id, archive.now(), digest)
        _log(archive, tx, actor.id, "disposal.witnessed", disposal, digest=digest)


def execute(archive: Archive, actor: Actor, disposal_id: str) -> Disposal:
    """Destroy what was approved, all of it in one transaction; what is held, lent or handed over meanwhile, got
    another file, or turns out not to be due, is left out by name, never in silence. What the disk still holds of it
    without a key is swept away afterwards."""
    rules.require(actor, Action.APPRAISE)
    with archive.write() as tx:
        disposal = _seen(tx, actor, disposal_id)
        _in(disposal, State.COOLING_OFF)
        _all_seen(tx, actor, disposal_id)
        signed = [one for one in tx.retention.parties(disposal_id) if one.part == "witness" and one.signed_at]
        at = archive.now()
        _refuse(
            disposals.why_not_execute(
                actor.id,
                disposal.approved_by,
                [one.person_id for one in signed if one.digest == disposal.digest],
                disposal.cooling_until,
                at,
            )
        )
        wanted = [item for item in tx.retention.items(disposal_id) if item.decision == "destroy"]
        held = tx.retention.holds_on([item.record_id for item in wanted])
        due = retention.still_due(tx, [item.record_id for item in wanted], fileplan.today(archive))
        files = _files(tx, wanted)
        lent = tx.loans.held_among([item.record_id for item in wanted])
        records = tx.records.many([item.record_id for item in wanted])
        treated = tx.repairs.away([item.record_id for item in wanted])
        for item in wanted:
            left_out = "held" if item.record_id in held else "lent" if item.record_id in lent else ""
            left_out = left_out or ("at-repair" if item.record_id in treated else "")
            left_out = left_out or ("" if item.record_id in due else "not-due")
            left_out = left_out or ("" if item.files == files[item.record_id] else "changed")
            if not left_out:
                try:
                    tx.retention.destroy(item.record_id, new_id)
                except Conflict as refused:
                    left_out = refused.code
            tx.retention.save_item(disposal_id, replace(item, left_out=left_out, done_at=None if left_out else at))
            if not left_out:
                record = records[item.record_id]
                repairs.end_with(archive, tx, actor.id, record, repairs.DESTROYED)
                tx.index_queue.add(record.id, at)
                tx.ledger.add(
                    at,
                    actor.id,
                    "record.destroyed",
                    "record",
                    record.id,
                    site=record.site,
                    disposal=disposal_id,
                    lifecycle="destroyed",
                    level=record.level,
                    record_class=record.class_code,
                )
        disposal = replace(
            _step(disposal, Event.EXECUTE),
            executed_at=at,
            executed_by=actor.id,
            index_name=tx.meta.get("index") or "",
        )
        tx.retention.save(disposal)
        # Segments of an index keep what was dropped until they are merged: a new one holds nothing of it.
        indexing.ask_for_rebuild(tx)
        _log(archive, tx, actor.id, "disposal.executed", disposal, digest=disposal.digest)
    sweep(archive)
    return disposal


def cancel(archive: Archive, actor: Actor, disposal_id: str, reason: str) -> None:
    """Give up a list before it is carried out; what was kept longer by it stays kept longer."""
    rules.require(actor, Action.SEE_ARCHIVE)
    if not reason.strip():
        raise Invalid("Say why the list is given up.", "no-decision-reason")
    with archive.write() as tx:
        disposal = _seen(tx, actor, disposal_id)
        if not (actor.id == disposal.opened_by or actor.roles & rules.DUTIES[Action.APPROVE_DISPOSAL]):
            raise Denied(Action.TAKE_PART, "not-your-part", "Who opened the list gives it up, or who approves.")
        disposal = _step(disposal, Event.CANCEL)
        tx.retention.save(disposal)
        _log(archive, tx, actor.id, "disposal.cancelled", disposal)


def sweep(archive: Archive) -> None:
    """Remove from the disk what is destroyed, and find out whether it is gone from index and backups. Repeatable."""
    with archive.read() as tx:
        lying = tx.retention.debris()
        executed = tx.retention.every(State.EXECUTED)
    for debris_id, kind, what in lying:
        if _removed(archive, kind, what):
            with archive.write() as tx:
                tx.retention.removed(debris_id)
    if not executed:
        return
    archive.tables.checkpoint()
    for disposal in executed:
        with archive.read() as tx:
            index, left = tx.meta.get("index"), tx.retention.debris()
            due = indexing.due(tx)
        at = archive.now()
        if disposal.cleaned_at is None and not left and index != disposal.index_name and not due:
            disposal = replace(disposal, cleaned_at=at)
            with archive.write() as tx:
                tx.retention.save(disposal)
                _log(archive, tx, SERVICE.id, "disposal.cleaned", disposal)
        if disposal.cleaned_at is not None and backups.free_of(archive, disposal.cleaned_at):
            with archive.write() as tx:
                disposal = replace(_step(disposal, Event.CONFIRM), completed_at=at)
                tx.retention.save(disposal)
                _log(archive, tx, SERVICE.id, "disposal.completed", disposal)


# ---- Looking ----


def every(archive: Archive, actor: Actor) -> Sequence[Shown]:
    """The lists of which this person may see something, newest first."""
    rules.require(actor, Action.TAKE_PART)
    with archive.read() as tx:
        shown = _shown(archive, tx, actor, tx.retention.every())
    return [one for one in shown if _may_see(one, actor)]


def show(archive: Archive, actor: Actor, disposal_id: str) -> Shown:
    """Raises NotFound for a list of which this person may find nothing and has no part in."""
    rules.require(actor, Action.TAKE_PART)
    with archive.read() as tx:
        return _shown(archive, tx, actor, [_seen(tx, actor, disposal_id)])[0]


def _shown(archive: Archive, tx: Transaction, actor: Actor, lists: Sequence[Disposal]) -> Sequence[Shown]:
    ids = [one.id for one in lists]
    items, parties = tx.retention.items_of(ids), tx.retention.parties_of(ids)
    listed = {item.record_id for some in items.values() for item in some}
    found = tx.records.admitted(list(listed), rules.scope(actor, Action.FIND))
    names = tx.people.names(
        {one.person_id for some in parties.values() for one in some}
        | {name for one in lists for name in (one.opened_by, one.approved_by, one.executed_by)}
    )
    return [
        Shown(
            disposal,
            [item for item in items[disposal.id] if item.record_id in found],
            {item.record_id: found[item.record_id] for item in items[disposal.id] if item.record_id in found},
            parties[disposal.id],
            names,
            _may(archive, actor, disposal, items[disposal.id], parties[disposal.id], found),
        )
        for disposal in lists
    ]


def _may(
    archive: Archive,
    actor: Actor,
    disposal: Disposal,
    items: Sequence[Item],
    parties: Sequence[Party],
    found: Mapping[str, Record],
) -> frozenset[str]:
    """What this person can do with a list next; `found` holds whatever of it they may find."""
    whole = all(item.record_id in found for item in items)
    group = {one.person_id for one in parties if one.part == "group"}
    state, may = State(disposal.state), set[str]()
    if state is State.APPRAISING and actor.id in group:
        may |= {"decide", "propose"}
    if (
        state is State.PROPOSED
        and whole
        and actor.roles & rules.DUTIES[Action.APPROVE_DISPOSAL]
        and disposals.why_not_approve(actor.id, group, disposal.opened_by) is None
    ):
        may.add("approve")
    if state is State.COOLING_OFF and whole:
        witnesses = [one for one in parties if one.part == "witness"]
        if any(one.person_id == actor.id and one.signed_at is None for one in witnesses):
            may.add("sign")
        signed = [one.person_id for one in witnesses if one.signed_at is not None]
        refusal = disposals.why_not_execute(
            actor.id, disposal.approved_by, signed, disposal.cooling_until, archive.now()
        )
        if refusal is None and actor.roles & rules.DUTIES[Action.APPRAISE]:
            may.add("execute")
    oversees = actor.id == disposal.opened_by or actor.roles & rules.DUTIES[Action.APPROVE_DISPOSAL]
    if state in disposals.OPEN and oversees:
        may.add("cancel")
    return frozenset(may)


def _may_see(shown: Shown, actor: Actor) -> bool:
    """Whoever has a part in it, or looks after the archive; and may find something of what stands in it."""
    part = actor.id in {one.person_id for one in shown.parties} or actor.id == shown.disposal.opened_by
    return bool(shown.records) and (part or bool(actor.roles & rules.DUTIES[Action.SEE_ARCHIVE]))


def _seen(tx: Transaction, actor: Actor, disposal_id: str) -> Disposal:
    disposal = tx.retention.get(disposal_id)
    records = tx.records.admitted(
        [item.record_id for item in tx.retention.items(disposal_id)], rules.scope(actor, Action.FIND)
    )
    part = actor.id == disposal.opened_by or actor.id in {one.person_id for one in tx.retention.parties(disposal_id)}
    if not records or not (part or actor.roles & rules.DUTIES[Action.SEE_ARCHIVE]):
        raise NotFound("There is no such disposal.", "no-such-disposal")
    return disposal


# ---- Steps ----


def _keep_longer(archive: Archive, tx: Transaction, item: Item, terms: Terms) -> None:
    """A new term, with a mark that it was extended and why (实施条例 art. 24)."""
    if item.decision == "permanent":
        tx.numbering.put_terms(replace(terms, permanent=True, reason=item.reason))
    else:
        until = date(fileplan.today(archive).year + 1 + item.years, 1, 1)
        tx.numbering.put_terms(replace(terms, extended_until=until, reason=item.reason))


def _removed(archive: Archive, kind: str, what: str) -> bool:
    """Is it gone from the disk now? A file that cannot be removed yet is tried again."""
    try:
        if kind == "object":
            archive.objects.sweep_away(what)
        else:
            os.unlink(naming.from_text(what))
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _digest(items: Sequence[Item]) -> str:
    """What approver and witnesses put their names to: each record with all its files, and what becomes of it."""
    said = [
        [item.record_id, item.decision, item.years, item.files]
        for item in sorted(items, key=lambda item: item.record_id)
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _files(tx: Transaction, items: Sequence[Item]) -> Mapping[str, str]:
    """Of each record a digest over all the files it has now: what is destroyed is what was approved (INV-24)."""
    found = tx.retention.digests_of([item.record_id for item in items])
    return {record_id: hashlib.sha256("\n".join(ones).encode()).hexdigest() for record_id, ones in found.items()}


def _step(disposal: Disposal, event: Event) -> Disposal:
    state = disposals.after(State(disposal.state), event)
    if state is None:
        raise Conflict("This is not possible in its present state.", "no-such-step")
    return replace(disposal, state=state)


def _in(disposal: Disposal, state: State) -> None:
    if disposal.state != state:
        raise Conflict("This is not possible in its present state.", "no-such-step")


def _all_seen(tx: Transaction, actor: Actor, disposal_id: str) -> None:
    """Raises Conflict for somebody who would answer for the end of a record that they may not even find."""
    ids = [item.record_id for item in tx.retention.items(disposal_id)]
    if len(tx.records.admitted(ids, rules.scope(actor, Action.FIND))) < len(ids):
        raise Conflict(NOT_ALL_SEEN, "not-all-seen")


def _item(tx: Transaction, disposal_id: str, record_id: str) -> Item:
    item = next((one for one in tx.retention.items(disposal_id) if one.record_id == record_id), None)
    if item is None:
        raise NotFound("There is no such record.")
    return item


def _part(tx: Transaction, disposal_id: str, part: str) -> frozenset[str]:
    return frozenset(one.person_id for one in tx.retention.parties(disposal_id) if one.part == part)


def _people_of(tx: Transaction, logins: Sequence[str]) -> frozenset[str]:
    found: set[str] = set()
    for login in filter(None, map(str.strip, logins)):
        account = tx.people.called(login)
        if account is None or not account.person.active or "sysadmin" in account.person.roles:
            raise Invalid("There is nobody of that name who could do this.", "no-such-person")
        found.add(account.person.id)
    return frozenset(found)


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Conflict(refusal.sentence, refusal.code)


def _log(archive: Archive, tx: Transaction, by: str, action: str, disposal: Disposal, **said: object) -> None:
    tx.ledger.add(archive.now(), by, action, "disposal", disposal.id, site="", number=disposal.number, **said)
