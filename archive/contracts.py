"""Contracts: drafted by one, confirmed by another, a chain per project; what ends when, what is wrong (2.10–2.14).

Behind every contract stands a record, and whoever may not find the record does not know of the contract: not in a
list, not in a chain, not in a count.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.resources import files

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import labels, naming
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Record, new_id
from archive.model.contracts import (
    KINDS,
    Contract,
    Deadline,
    Finding,
    Project,
    check,
    notice_deadline,
    overlap,
    standing,
)
from archive.tables import Transaction
from archive.tables.contracts import NO_SUCH_CONTRACT

KIND_OF_CLASS: Mapping[str, str] = {"HT01": "preliminary", "HT02": "service", "HT03": "outsourcing", "HT04": "lease"}
DATES = ("signed_on", "begins_on", "ends_on")
TEXTS = ("number", "title", "party_a", "party_b", "originals_at", "subject")
TEXT_MAX = 500
LAPSED_UNTIL = "contracts-lapsed"
"""Under this name the tables keep until which day it is known which contracts have ended."""


@dataclass(frozen=True, slots=True)
class CheckItem:
    """A line of the validity checklist (2.12), for the kinds it belongs to."""

    code: str
    kinds: frozenset[str]
    zh: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class Row:
    """A contract as the register shows it."""

    contract: Contract
    record: Record
    standing: str
    days_left: int | None
    notice_by: date | None
    before: Contract | None
    after: Contract | None


@dataclass(frozen=True, slots=True)
class Shown:
    row: Row
    chain: Sequence[Row]
    """All contracts of its project that this person may find."""
    project: Project
    findings: Sequence[Finding]
    checklist: Sequence[CheckItem]
    people: Mapping[str, str]


def draft(archive: Archive, actor: Actor, record_id: str, said: Mapping[str, str]) -> Contract:
    """Write a contract down whose paper is this record. Raises Conflict when it stands in the register already."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        return _draft(archive, tx, actor, record_id, said)


def draft_from_suggestions(archive: Archive, actor: Actor, record_id: str) -> Contract | None:
    """The same with what the machine read off the paper: parties, number, term. None when it stands in the register
    already, or its class is none of contracts."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        if record.class_code not in KIND_OF_CLASS or tx.contracts.of_records([record_id]):
            return None
        best: dict[str, str] = {}
        for one in tx.records.suggestions_of(record_id):
            best.setdefault(one.field, one.value)
        said = {
            "number": best.get("contract_number", record.doc_number),
            "party_a": best.get("party_a", record.parties[0] if record.parties else ""),
            "party_b": best.get("party_b", record.parties[1] if len(record.parties) > 1 else ""),
            "begins_on": best.get("term_from", ""),
            "ends_on": best.get("term_to", ""),
            "signed_on": record.document_date.isoformat() if record.document_date else "",
        }
        return _draft(archive, tx, actor, record_id, said)


def change(archive: Archive, actor: Actor, contract_id: str, said: Mapping[str, str], *, revision: int) -> Contract:
    """Correct a draft. What is confirmed is not corrected: it is renewed, ended or voided."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        before = _found(tx, actor, contract_id)[0]
        if before.state != "draft":
            raise Conflict("Only a draft is corrected.", "not-a-draft")
        after = _with(tx, actor, replace(before, drafted_by=actor.id, revision=revision), said)
        after = tx.contracts.change(after)
        _write_down(archive, tx, actor, after, "contract.changed")
        return after


def confirm(archive: Archive, actor: Actor, contract_id: str, *, revision: int) -> Contract:
    """The review (2.14): somebody else than who drafted it says that it is so. From now on it counts.

    Raises Conflict when an exclusive contract of the project holds on the same days (INV-15). A preliminary contract
    that still ran ends on the day before (物业管理条例 26, 民法典 940).
    """
    rules.require(actor, Action.CONFIRM_CONTRACTS)
    with archive.write() as tx:
        one = _found(tx, actor, contract_id)[0]
        if one.state != "draft":
            raise Conflict("Only a draft is confirmed.", "not-a-draft")
        if one.drafted_by == actor.id:
            raise Conflict("Who drafted a contract does not confirm it: somebody else does.", "own-draft")
        if one.begins_on is None or (one.ends_on is None and not one.indefinite):
            raise Invalid("A contract has a first day, and a last one or an open end.", "term-missing")
        one = replace(one, state="confirmed", confirmed_by=actor.id, revision=revision)
        if one.exclusive:
            for other in tx.contracts.of_site(one.site):
                _make_room(archive, tx, actor, other, one)
        after = tx.contracts.change(one)
        _write_down(archive, tx, actor, after, "contract.confirmed")
        return after


def renew(archive: Archive, actor: Actor, contract_id: str, record_id: str, said: Mapping[str, str]) -> Contract:
    """Draft the contract that follows this one (民法典 947): it begins where this one ends unless told otherwise."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        before = _found(tx, actor, contract_id)[0]
        if before.state != "confirmed":
            raise Conflict("Only what is confirmed is renewed.", "not-confirmed")
        taken_on = {
            "kind": "service" if before.kind == "preliminary" else before.kind,
            "party_a": before.party_a if before.kind != "preliminary" else "",
            "party_b": before.party_b,
            "subject": before.subject,
            "begins_on": before.until.isoformat() if before.until else "",
        }
        filled = {name: value for name, value in said.items() if value}
        return _draft(archive, tx, actor, record_id, {**taken_on, **filled}, predecessor=before)


def go_on(archive: Archive, actor: Actor, contract_id: str) -> Contract:
    """The term has ended, nobody decided, the service goes on: the contract holds without end (民法典 948)."""
    rules.require(actor, Action.CONFIRM_CONTRACTS)
    with archive.write() as tx:
        one = _found(tx, actor, contract_id)[0]
        if one.state != "confirmed" or one.indefinite or one.ended_on is not None or one.ends_on is None:
            raise Conflict("Only a confirmed contract with a term that was not ended goes on without one.", "no-term")
        if _today(archive) <= one.ends_on:
            raise Conflict("Its term has not ended yet.", "not-ended")
        after = replace(one, indefinite=True)
        if after.exclusive:
            for other in tx.contracts.of_site(one.site):
                if other.id != one.id and other.state == "confirmed" and other.exclusive and overlap(after, other):
                    raise Conflict("Another contract of this project holds on the same days.", "overlap")
        after = tx.contracts.change(after)
        _write_down(archive, tx, actor, after, "contract.went-on")
        return after


def end(archive: Archive, actor: Actor, contract_id: str, last_day: str) -> Contract:
    """It was terminated: this was, or will be, its last day."""
    rules.require(actor, Action.CONFIRM_CONTRACTS)
    with archive.write() as tx:
        one = _found(tx, actor, contract_id)[0]
        day = naming.parsed_date(last_day)
        if one.state != "confirmed" or day is None or one.begins_on is None or day < one.begins_on:
            raise Invalid("Say the last day of a confirmed contract, not before its first.", "bad-end")
        if one.ends_on is not None and not one.indefinite and day > one.ends_on:
            raise Invalid("It ends no later than agreed.", "bad-end")
        after = tx.contracts.change(replace(one, ended_on=day))
        _write_down(archive, tx, actor, after, "contract.ended")
        return after


def lapse(archive: Archive) -> None:
    """Those whose last day has passed since this was last asked are no longer in force: searches learn of it."""
    today = _today(archive)
    with archive.write() as tx:
        since = naming.parsed_date(tx.meta.get(LAPSED_UNTIL) or "") or date.min
        if since == today:
            return
        ended = [
            one.record_id
            for one in tx.contracts.every()
            if one.state == "confirmed" and one.until is not None and since < one.until <= today
        ]
        labels.changed(tx, ended, archive.now())
        tx.meta.put(LAPSED_UNTIL, today.isoformat())


def void(archive: Archive, actor: Actor, contract_id: str) -> None:
    """A draft that was none: it counts for nothing any more."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        one = _found(tx, actor, contract_id)[0]
        if one.state != "draft":
            raise Conflict("Only a draft is voided.", "not-a-draft")
        _write_down(archive, tx, actor, tx.contracts.change(replace(one, state="void")), "contract.voided")


def state_project(archive: Archive, actor: Actor, site: str, said: Mapping[str, str]) -> None:
    """Say when a project was taken over, when its owners' committee was filed, when it was given up."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    if site not in actor.sites:
        raise NotFound("There is no such site.", "no-such-site")
    with archive.write() as tx:
        days = {
            name: naming.parsed_date(said.get(name, "")) for name in ("taken_over_on", "committee_on", "given_up_on")
        }
        tx.contracts.put_project(Project(site, **days))
        tx.ledger.add(archive.now(), actor.id, "project.stated", "site", site, site=site)


def register(archive: Archive, actor: Actor, *, kind: str = "", site: str = "", state: str = "") -> Sequence[Row]:
    """合同清单, as far as the records behind it may be found: those that end first come first."""
    rules.require(actor, Action.SEE_CONTRACTS)
    with archive.read() as tx:
        rows = _rows(archive, tx, actor, tx.contracts.every())
    wanted = [
        row
        for row in rows
        if (not kind or row.contract.kind == kind)
        and (not site or row.contract.site == site)
        and (not state or row.standing == state)
    ]
    return sorted(wanted, key=lambda row: (row.contract.until or date.max, row.contract.number))


def show(archive: Archive, actor: Actor, contract_id: str) -> Shown:
    rules.require(actor, Action.SEE_CONTRACTS)
    with archive.read() as tx:
        one, _ = _found(tx, actor, contract_id)
        chain = _rows(archive, tx, actor, tx.contracts.of_site(one.site))
        project = tx.contracts.project(one.site)
        names = tx.people.names([one.drafted_by, one.confirmed_by])
    known = {row.contract.id for row in chain}
    return Shown(
        next(row for row in chain if row.contract.id == one.id),
        chain,
        project,
        [
            finding
            for finding in check(project, [row.contract for row in chain], deadlines(), _today(archive))
            if finding.contract_id in known
        ],
        [item for item in checklist() if "*" in item.kinds or one.kind in item.kinds],
        names,
    )


def findings(archive: Archive, actor: Actor, on: date) -> Sequence[tuple[Finding, Contract]]:
    """What is wrong with the contracts of every project, as far as this person may find them."""
    rules.require(actor, Action.SEE_CONTRACTS)
    with archive.read() as tx:
        rows = _rows(archive, tx, actor, tx.contracts.every())
        projects = {row.contract.site: tx.contracts.project(row.contract.site) for row in rows}
    found: list[tuple[Finding, Contract]] = []
    for site, project in projects.items():
        own = {row.contract.id: row.contract for row in rows if row.contract.site == site}
        found += [(one, own[one.contract_id]) for one in check(project, list(own.values()), deadlines(), on)]
    return found


def expiries(archive: Archive, actor: Actor, record_ids: Sequence[str]) -> Mapping[str, date | None]:
    """Record → the last day of the confirmed contract it is (None: open end): what search calls 到期."""
    scope = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        known = tx.records.admitted(record_ids, scope)
        return {
            record_id: None if one.until is None else one.until - timedelta(days=1)
            for record_id, one in tx.contracts.of_records(list(known)).items()
            if one.state == "confirmed"
        }


def deadlines() -> Sequence[Deadline]:
    """The notice periods of the law, each with the days between which it holds."""
    return [
        Deadline(
            row["code"],
            row["law"],
            row["article"],
            int(row["days"]),
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        for row in _data("statutory_deadlines.csv")
    ]


def checklist() -> Sequence[CheckItem]:
    return [
        CheckItem(row["code"], frozenset(row["kinds"].split()), row["zh"], row["en"], row["source"])
        for row in _data("validity_checklist.csv")
    ]


def _data(name: str) -> Sequence[Mapping[str, str]]:
    return list(csv.DictReader(io.StringIO((files("archive") / "data" / name).read_text("utf-8-sig"))))


def _make_room(archive: Archive, tx: Transaction, actor: Actor, other: Contract, one: Contract) -> None:
    """Nothing exclusive holds on the days of `one`: a preliminary contract ends, anything else is in the way."""
    if other.id == one.id or other.state != "confirmed" or not other.exclusive or overlap(other, one) is None:
        return
    assert one.begins_on is not None
    assert other.begins_on is not None
    ends = other.kind == "preliminary" and one.kind == "service" and other.begins_on < one.begins_on
    goes_on = other.indefinite and other.ended_on is None and one.predecessor_id == other.id
    if not (ends or (goes_on and other.begins_on < one.begins_on)):
        raise Conflict("Another contract of this project holds on the same days.", "overlap")
    ended = tx.contracts.change(replace(other, ended_on=one.begins_on - timedelta(days=1)))
    _write_down(archive, tx, actor, ended, "contract.ended")


def _draft(
    archive: Archive,
    tx: Transaction,
    actor: Actor,
    record_id: str,
    said: Mapping[str, str],
    predecessor: Contract | None = None,
) -> Contract:
    record = tx.records.found(record_id.strip(), rules.scope(actor, Action.FIND))
    if tx.contracts.of_records([record.id]):
        raise Conflict("This record stands in the register of contracts already.", "contract-there")
    if not record.site:
        raise Conflict("A contract belongs to a project: file its record first.", "no-project")
    blank = Contract(
        id=new_id(),
        record_id=record.id,
        number=record.doc_number,
        title=record.title,
        kind=KIND_OF_CLASS.get(record.class_code, "other"),
        site=record.site,
        party_a="",
        party_b="",
        state="draft",
        drafted_by=actor.id,
        predecessor_id=predecessor.id if predecessor else "",
        originals_at=record.shelf_location,
    )
    made = _with(tx, actor, blank, said)
    tx.contracts.add(made, archive.now())
    _write_down(archive, tx, actor, made, "contract.drafted")
    return made


def _with(tx: Transaction, actor: Actor, one: Contract, said: Mapping[str, str]) -> Contract:
    """The contract with what was said of it. Raises Invalid for what cannot be."""
    kind = said.get("kind", one.kind)
    if kind not in KINDS:
        raise Invalid(f"A contract is one of: {', '.join(KINDS)}.", "no-such-kind")
    texts = {name: " ".join(said[name].split())[:TEXT_MAX] for name in TEXTS if name in said}
    days = {name: naming.parsed_date(said[name]) for name in DATES if name in said}
    numbers = {name: _number(said[name]) for name in ("originals", "notice_days") if name in said}
    evidence = one.evidence
    if "evidence" in said:
        known = {item.code for item in checklist()}
        evidence = tuple(sorted(set(said["evidence"].split()) & known))
    if said.get("predecessor"):
        before, _ = _found(tx, actor, said["predecessor"])
        one = replace(one, predecessor_id=before.id)
    made = replace(
        one,
        kind=kind,
        evidence=evidence,
        indefinite=said["indefinite"] in ("1", "yes", "true") if "indefinite" in said else one.indefinite,
        **texts,
        **days,
        notice_days=numbers.get("notice_days", one.notice_days),
        originals=(numbers["originals"] or 0) if "originals" in numbers else one.originals,
    )
    if made.begins_on is not None and made.ends_on is not None and made.ends_on < made.begins_on:
        raise Invalid("A contract does not end before it begins.", "bad-term")
    return made


def _number(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or int(text) > 3650:
        raise Invalid(f"{text!r} is no number of days or copies.", "bad-number")
    return int(text)


def _found(tx: Transaction, actor: Actor, contract_id: str) -> tuple[Contract, Record]:
    one = tx.contracts.get(contract_id)
    record = tx.records.admitted([one.record_id], rules.scope(actor, Action.FIND)).get(one.record_id)
    if record is None:
        raise NotFound(NO_SUCH_CONTRACT)
    return one, record


def _rows(archive: Archive, tx: Transaction, actor: Actor, found: Sequence[Contract]) -> Sequence[Row]:
    records = tx.records.admitted([one.record_id for one in found], rules.scope(actor, Action.FIND))
    shown = [one for one in found if one.record_id in records]
    by_id = {one.id: one for one in shown}
    after = {one.predecessor_id: one for one in shown if one.predecessor_id and one.state == "confirmed"}
    today, law = _today(archive), deadlines()
    return [
        Row(
            one,
            records[one.record_id],
            standing(one, today, after),
            (one.until - today).days - 1 if one.until is not None else None,
            notice_deadline(one, law),
            by_id.get(one.predecessor_id),
            after.get(one.id),
        )
        for one in shown
    ]


def _write_down(archive: Archive, tx: Transaction, actor: Actor, one: Contract, action: str) -> None:
    tx.ledger.add(
        archive.now(), actor.id, action, "record", one.record_id, site=one.site, contract=one.id, revision=one.revision
    )
    if one.state == "confirmed":  # what is in force comes before what is not, in every search
        labels.changed(tx, [one.record_id], archive.now())


def _today(archive: Archive) -> date:
    return archive.now().astimezone().date()
