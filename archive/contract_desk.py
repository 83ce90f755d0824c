"""What people look at: the register of contracts, one contract with its chain, what is wrong, what ends when.

Everything is as far as the records behind the contracts may be found: whoever may not find one is shown a register, a
chain and findings as if it had never come.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import contract_law, contracts
from archive.app import Archive
from archive.model import Record
from archive.model.contracts import (
    CODES,
    KINDS,
    Amendment,
    CheckItem,
    Contract,
    Evidence,
    Finding,
    Project,
    Provision,
    check,
    notice_deadline,
    standing,
    undecided,
)
from archive.tables import Transaction
from archive.tables.loans import NOT_LENT, Standing

STANDINGS = ("draft", "sent-back", "to-come", "in-force", "indefinite", "expired", "terminated", "superseded", "void")
PAPERS_SEEN, PAPERS_MAX = 500, 100
"""So many papers that are in force as no contract yet are looked at and offered to become one; any other is named."""
FINDINGS = CODES
"""What may be wrong with a contract (domain §6.5)."""


@dataclass(frozen=True, slots=True)
class Row:
    """A contract as the register shows it. `contract.originals_at` is where its originals are now: the shelf of the
    record, which follows the paper, or else what somebody wrote."""

    contract: Contract
    record: Record
    standing: str
    days_left: int | None
    """Until and with its last day; below zero: so long ago. None: open end."""
    notice_by: date | None
    before: Contract | None
    after: Contract | None
    lent: Standing = NOT_LENT


@dataclass(frozen=True, slots=True)
class Register:
    rows: Sequence[Row]
    """Those asked for, that end first come first."""
    standings: Mapping[str, int]
    kinds: Mapping[str, int]
    """Of all that this person may find: how many stand how, and are what."""
    findings: Mapping[str, int]
    """Contract → what is wrong with it, counted."""
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the checklist, and what proves it; the record only where it may be found."""

    item: CheckItem
    evidence: Evidence | None
    record: Record | None


@dataclass(frozen=True, slots=True)
class Shown:
    row: Row
    chain: Sequence[Row]
    """All contracts of its project that this person may find, in the order in which they begin."""
    project: Project
    findings: Sequence[Finding]
    """What is wrong in the project."""
    checklist: Sequence[Check]
    amendments: Sequence[tuple[Amendment, Record]]
    provisions: Sequence[Provision]
    """What the law says today."""
    people: Mapping[str, str]
    followers: Sequence[Contract]
    """Those that may be said to be its renewal, where its term is over and nobody has said what became of it."""
    may: frozenset[str]
    """What this person may do with it now: change, confirm, send-back, void, prove, renew, amend, go-on, end."""


def register(archive: Archive, actor: Actor, *, kind: str = "", site: str = "", state: str = "") -> Sequence[Row]:
    """合同清单, as far as the records behind it may be found: those that end first come first."""
    rules.require(actor, Action.SEE_CONTRACTS)
    with archive.read() as tx:
        return _wanted(_rows(archive, tx, actor, tx.contracts.every()), kind, site, state, "")


def desk(
    archive: Archive, actor: Actor, *, kind: str = "", site: str = "", state: str = "", text: str = ""
) -> Register:
    """The register with its totals. `text` stands in a number, a title or the name of a party."""
    rules.require(actor, Action.SEE_CONTRACTS)
    with archive.read() as tx:
        every = _rows(archive, tx, actor, tx.contracts.every())
        faults = Counter(one.contract_id for one, _ in _findings(tx, every, contracts.today(archive)))
        people = tx.people.names({who for row in every for who in (row.contract.drafted_by, row.contract.confirmed_by)})
    stands, kinds = Counter(row.standing for row in every), Counter(row.contract.kind for row in every)
    return Register(
        _wanted(every, kind, site, state, text),
        {name: stands[name] for name in STANDINGS if stands[name]},
        {name: kinds[name] for name in KINDS if kinds[name]},
        faults,
        people,
    )


def show(archive: Archive, actor: Actor, contract_id: str) -> Shown:
    rules.require(actor, Action.SEE_CONTRACTS)
    scope, today = rules.scope(actor, Action.FIND), contracts.today(archive)
    with archive.read() as tx:
        one, _ = contracts.found(tx, actor, contract_id)
        chain = sorted(
            _rows(archive, tx, actor, tx.contracts.of_site(one.site)),
            key=lambda row: (row.contract.begins_on or date.max, row.contract.id),
        )
        project = tx.contracts.project(one.site)
        provisions = contract_law.provisions(tx)
        proved = {evidence.item: evidence for evidence in tx.contracts.evidence(one.id)}
        written = tx.contracts.amendments([one.id])
        ids = {evidence.record_id for evidence in proved.values()} | {paper.record_id for paper in written}
        records = tx.records.admitted(list(ids - {""}), scope)
        items = [item for item in contract_law.checklist(tx) if item.asks(one, today)]
        amendments = [(paper, records[paper.record_id]) for paper in written if paper.record_id in records]
        people = tx.people.names(
            {one.confirmed_by, one.sent_back_by, *one.drafters, one.drafted_by}
            | {evidence.put_by for evidence in proved.values()}
            | {who for paper, _ in amendments for who in (paper.drafted_by, paper.confirmed_by)}
        )
    row = next(row for row in chain if row.contract.id == one.id)
    return Shown(
        row,
        chain,
        project,
        check(project, [each.contract for each in chain], provisions, today),
        [
            Check(
                item, proved.get(item.code), records.get(proved[item.code].record_id) if item.code in proved else None
            )
            for item in items
        ],
        amendments,
        [each for each in provisions if each.holds_on(today)],
        people,
        [each.contract for each in chain if row.standing == "expired" and contracts.may_follow(one, each.contract)],
        _may(actor, row, today),
    )


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that may become a contract, or the renewal of one."""

    record: Record
    alike: bool
    """It names the other party of the contract that it would follow."""


def papers(archive: Archive, actor: Actor, after: str = "") -> Sequence[Paper]:
    """Filed papers of the classes of contracts that nobody has written down as a contract or an amendment yet; with
    `after` those that may follow this contract: of its project, of no earlier day. Those that name its other party come
    first, then the latest."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.read() as tx:
        before = contracts.found(tx, actor, after)[0] if after else None
        scope = rules.scope(actor, Action.FIND)
        site = before.site if before else ""
        found = tx.records.unregistered(scope, list(contracts.KIND_OF_CLASS), site, limit=PAPERS_SEEN)
        written = tx.contracts.of_records([one.id for one in found])
    began = before.begins_on if before else None
    others = {before.party_a, before.party_b} - {archive.settings.company, ""} if before else set[str]()
    fit = [
        Paper(one, not others.isdisjoint(one.parties))
        for one in found
        if (one.id not in written or _is_free(written[one.id], before))
        and (began is None or one.document_date is None or one.document_date >= began)
    ]
    return sorted(fit, key=lambda one: not one.alike)[:PAPERS_MAX]


def _is_free(written: Contract, before: Contract | None) -> bool:
    return written.state == "void" or contracts.may_be_taken_over(written, before)


def findings(archive: Archive, actor: Actor, on: date, *codes: str) -> Sequence[tuple[Finding, Contract]]:
    """What is wrong with the contracts of every project, as far as this person may find them; only these codes."""
    rules.require(actor, Action.SEE_CONTRACTS)
    with archive.read() as tx:
        every = _findings(tx, _rows(archive, tx, actor, tx.contracts.every()), on)
    return [(one, contract) for one, contract in every if not codes or one.code in codes]


def expired(archive: Archive, actor: Actor, on: date) -> Sequence[Row]:
    """Contracts whose term is over, as of a day, and of which nobody has said what became: still counted on, and
    binding nobody."""
    return [row for row in register(archive, actor) if undecided(row.contract, on, followed=row.after is not None)]


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


def of_record(archive: Archive, actor: Actor, record_id: str) -> Contract | None:
    """The contract that a record is; None where it is none, or this person sees no contracts."""
    if not rules.may(actor, Action.SEE_CONTRACTS):
        return None
    with archive.read() as tx:
        tx.records.found(record_id, rules.scope(actor, Action.FIND))
        return tx.contracts.of_records([record_id]).get(record_id)


def _may(actor: Actor, row: Row, today: date) -> frozenset[str]:
    one = row.contract
    keeps = rules.may(actor, Action.KEEP_CONTRACTS)
    decides = rules.may(actor, Action.CONFIRM_CONTRACTS)
    runs = one.state == "confirmed" and one.ended_on is None
    reviews = decides and row.standing == "draft" and actor.id not in (one.drafted_by, *one.drafters)
    deeds = {
        "change": keeps and one.state == "draft",
        "void": keeps and one.state == "draft",
        "confirm": reviews,
        "send-back": reviews,
        "prove": keeps and one.state != "void",
        "renew": keeps and one.state == "confirmed" and row.after is None,
        "amend": keeps and runs,
        "decide-amendment": decides and runs,
        "end": decides and one.state == "confirmed" and (one.ended_on is None or one.ended_on >= today),
        "go-on": decides and runs and not one.indefinite and one.ends_on is not None and one.ends_on < today,
        "say-what-became": decides and row.standing == "expired",
        "state-project": keeps and one.site in actor.sites,
    }
    return frozenset(name for name, may in deeds.items() if may)


def _wanted(rows: Sequence[Row], kind: str, site: str, state: str, text: str) -> Sequence[Row]:
    text = text.strip().lower()
    found = [
        row
        for row in rows
        if (not kind or row.contract.kind == kind)
        and (not site or row.contract.site == site)
        and (not state or row.standing == state)
        and (not text or text in _said(row.contract).lower())
    ]
    return sorted(found, key=lambda row: (row.contract.until or date.max, row.contract.number, row.contract.id))


def _said(one: Contract) -> str:
    return "\n".join((one.number, one.title, one.party_a, one.party_b))


def _findings(tx: Transaction, rows: Sequence[Row], on: date) -> Sequence[tuple[Finding, Contract]]:
    provisions = contract_law.provisions(tx)
    by_site: dict[str, dict[str, Contract]] = {}
    for row in rows:
        # What the machine read off a paper is a proposal: it is in nobody's way before somebody takes it over.
        if contracts.nobodys(row.contract):
            continue
        by_site.setdefault(row.contract.site, {})[row.contract.id] = row.contract
    return [
        (one, own[one.contract_id])
        for site, own in by_site.items()
        for one in check(tx.contracts.project(site), list(own.values()), provisions, on)
    ]


def _followers(shown: Sequence[Contract]) -> Mapping[str, Contract]:
    """Contract → the confirmed one that follows it: as was said, or, of the service contracts of a project, the next.

    What was ended before its time has no next one by itself.
    """
    held = [one for one in shown if one.state == "confirmed" and one.begins_on is not None]
    served = sorted((one for one in held if one.exclusive), key=lambda one: (one.site, one.begins_on or date.max))
    by_time = {
        one.id: following
        for one, following in pairwise(served)
        if one.site == following.site and one.ended_why in ("", "succeeded") and not one.indefinite
    }
    return by_time | {one.predecessor_id: one for one in held if one.predecessor_id}


def _rows(archive: Archive, tx: Transaction, actor: Actor, every: Sequence[Contract]) -> Sequence[Row]:
    records = tx.records.admitted([one.record_id for one in every], rules.scope(actor, Action.FIND))
    lent = tx.loans.standings(list(records), actor.id, archive.now())
    shown = [
        replace(one, originals_at=records[one.record_id].shelf_location or one.originals_at)
        for one in every
        if one.record_id in records
    ]
    by_id = {one.id: one for one in shown}
    after = _followers(shown)
    today, law = contracts.today(archive), contract_law.provisions(tx)
    return [
        Row(
            one,
            records[one.record_id],
            standing(one, today, after),
            (one.until - today).days - 1 if one.until is not None else None,
            notice_deadline(one, law) if one.ended_on is None and one.id not in after else None,
            by_id.get(one.predecessor_id),
            after.get(one.id),
            lent.get(one.record_id, NOT_LENT),
        )
        for one in shown
    ]
