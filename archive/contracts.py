"""Contracts: drafted by one, confirmed by another, renewed, gone on with, ended (2.10–2.14).

Behind every contract stands a record, and whoever may not find the record does not know of the contract. What people
look at stands in `contract_desk`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from access import rules
from access.actors import OPERATOR, Actor
from access.rules import Action
from archive import contract_law, labels, naming, numbering
from archive.app import Archive
from archive.errors import Checking, Conflict, Invalid, NotFound
from archive.model import Record, new_id
from archive.model.contracts import (
    GROUNDS,
    KINDS,
    NOTICE_OF,
    Contract,
    Evidence,
    Project,
    earliest_end,
    gives_way,
    overlap,
    provision,
)
from archive.tables import Transaction
from archive.tables.contracts import NO_SUCH_CONTRACT
from archive.telling import tell

KIND_OF_CLASS: Mapping[str, str] = {"HT01": "preliminary", "HT02": "service", "HT03": "outsourcing", "HT04": "lease"}
FACTS = frozenset({"contract_number", "party_a", "party_b", "term_from", "term_to"})
"""What is read off contracts only."""
DATES = ("signed_on", "begins_on", "ends_on")
TEXTS = ("number", "title", "party_a", "party_b", "originals_at", "subject")
TEXT_MAX = 500
RUN_OUT = ("expired", "handed-over")
"""Grounds that need no day: the last one that was agreed."""
LAPSED_UNTIL = "contracts-lapsed"
"""Under this name the tables keep until which day it is known which contracts have ended."""


def draft(archive: Archive, actor: Actor, record_id: str, said: Mapping[str, str]) -> Contract:
    """Write a contract down whose paper is this record, named by its id, its address or its reference code.

    What the machine drafted for nobody in particular is taken over. Raises Conflict when somebody has drafted it.
    """
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        return _draft(archive, tx, actor, numbering.meant(tx, actor, record_id), said)


def draft_from_suggestions(archive: Archive, actor: Actor, record_id: str) -> Contract | None:
    """The same with what the machine read off the paper: parties, number, term. None when it stands in the register
    already, its class is none of contracts, or nothing of a contract was read off it: estimates and evaluations lie in
    the same classes. Days that cannot be, each by itself or together, are left to whoever takes the draft over."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        if record.class_code not in KIND_OF_CLASS or tx.contracts.of_records([record_id]):
            return None
        if not any(one.field in FACTS for one in tx.records.suggestions_of(record_id)):
            return None
        said = _suggested(tx, record)
        try:
            return _draft(archive, tx, actor, record_id, said)
        except Invalid:
            # Nothing is written yet: what is said is looked at first.
            undated = {name: value for name, value in said.items() if name not in DATES}
            return _draft(archive, tx, actor, record_id, undated)


def suggested(archive: Archive, actor: Actor, record_id: str) -> Mapping[str, str]:
    """What a form for a contract begins with: what the record says, and what the machine read off its paper."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.read() as tx:
        record = tx.records.found(numbering.meant(tx, actor, record_id), rules.scope(actor, Action.FIND))
        said = _suggested(tx, record)
    return {
        **said,
        "record": record.id,
        "title": record.title,
        "kind": KIND_OF_CLASS.get(record.class_code, "other"),
        "originals_at": record.shelf_location,
    }


def change(archive: Archive, actor: Actor, contract_id: str, said: Mapping[str, str], *, revision: int) -> Contract:
    """Correct a draft. What is confirmed is not corrected: it is amended, renewed, ended or voided.

    Whoever writes in a draft has drafted it, and does not confirm it. What was sent back waits for its review again;
    raises Conflict when nothing of it was changed.
    """
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        before = found(tx, actor, contract_id)[0]
        if before.state != "draft":
            raise Conflict("Only a draft is corrected.", "not-a-draft")
        drafters = tuple(dict.fromkeys((*before.drafters, before.drafted_by, actor.id)))
        said_now = _with(tx, actor, before, said, today(archive))
        if before.sent_back_why and said_now == before:
            raise Conflict("It was sent back: change what the review found.", "sent-back-unchanged")
        after = tx.contracts.change(_to_review(archive, replace(said_now, drafters=drafters, revision=revision)))
        _write_down(archive, tx, actor.id, after, "contract.changed")
        return after


def confirm(archive: Archive, actor: Actor, contract_id: str, *, revision: int, despite: str = "") -> Contract:
    """The review (2.14): somebody else than who wrote it down says that it is so. From now on it counts.

    Raises Invalid when lines of the validity checklist are not proved (2.12) and nobody says despite what it holds;
    that reason stands in the ledger. Raises Conflict when it was sent back and nobody changed it since, and when an
    exclusive contract of the project holds on the same days (INV-15). A preliminary contract that still ran ends on the
    day before, where the law of that day says so (物业管理条例 26, 民法典 940).
    """
    rules.require(actor, Action.CONFIRM_CONTRACTS)
    with archive.write() as tx:
        one = found(tx, actor, contract_id)[0]
        if one.state != "draft":
            raise Conflict("Only a draft is confirmed.", "not-a-draft")
        if actor.id in (one.drafted_by, *one.drafters):
            raise Conflict("Who drafted a contract does not confirm it: somebody else does.", "own-draft")
        if one.sent_back_why:
            raise Conflict("It was sent back: somebody changes it before it is confirmed.", "sent-back")
        if one.begins_on is None or (one.ends_on is None and not one.indefinite):
            raise Invalid("A contract has a first day, and a last one or an open end.", "term-missing")
        unproved = [line.code for line in contract_law.unproved(tx, one, today(archive))]
        despite = " ".join(despite.split())[:TEXT_MAX] if unproved else ""
        if unproved and not despite:
            raise Invalid("Not every line of the checklist is proved: say why it is confirmed.", "not-proved")
        one = replace(
            one, state="confirmed", confirmed_by=actor.id, revision=revision, waits_since=None,
            confirmed_despite=despite,
        )  # fmt: skip
        if one.exclusive:
            for other in tx.contracts.of_site(one.site):
                _make_room(archive, tx, actor, other, one)
        after = tx.contracts.change(one)
        left_open: Mapping[str, object] = {"unproved": unproved, "why": despite} if unproved else {}
        _write_down(archive, tx, actor.id, after, "contract.confirmed", **left_open)
        return after


def send_back(archive: Archive, actor: Actor, contract_id: str, why: str, *, revision: int) -> Contract:
    """The review found something: the draft is not confirmed, and whoever wrote in it is told and has a task. They
    correct it, or prove what was not proved, or void it; then it is reviewed again. Raises Invalid when nobody says
    why."""
    rules.require(actor, Action.CONFIRM_CONTRACTS)
    why = " ".join(why.split())[:TEXT_MAX]
    if not why:
        raise Invalid("Say why it is sent back: whoever drafted it reads it.", "no-send-back-reason")
    with archive.write() as tx:
        one = found(tx, actor, contract_id)[0]
        if one.state != "draft":
            raise Conflict("Only a draft is sent back.", "not-a-draft")
        if actor.id in (one.drafted_by, *one.drafters):
            raise Conflict("Who drafted a contract does not review it: somebody else does.", "own-draft")
        if one.sent_back_why:
            raise Conflict("It was sent back already.", "sent-back")
        back = replace(one, sent_back_by=actor.id, sent_back_why=why, waits_since=archive.now(), revision=revision)
        after = tx.contracts.change(back)
        _write_down(archive, tx, actor.id, after, "contract.sent-back", why=why)
        tell(archive, tx, writers(one), "contract.sent-back", ("contract", one.id), number=one.number or "–")
        return after


def renew(archive: Archive, actor: Actor, contract_id: str, record_id: str, said: Mapping[str, str]) -> Contract:
    """Draft the contract that follows this one (民法典 947): it begins where this one ends unless told otherwise.

    A draft of it that is there already is taken over: it is of both who wrote in it, and a third confirms it.
    """
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        before = found(tx, actor, contract_id)[0]
        if before.state != "confirmed":
            raise Conflict("Only what is confirmed is renewed.", "not-confirmed")
        record_id = numbering.meant(tx, actor, record_id)
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        if record.site != before.site:
            raise Conflict("What follows a contract belongs to the same project.", "other-project")
        taken_on = {
            "kind": "service" if before.kind == "preliminary" else before.kind,
            "party_a": before.party_a if before.kind != "preliminary" else "",
            "party_b": before.party_b,
            "subject": before.subject,
            "begins_on": before.until.isoformat() if before.until else "",
        }
        filled = {name: value for name, value in {**_suggested(tx, record), **said}.items() if value}
        return _draft(archive, tx, actor, record_id, {**taken_on, **filled}, predecessor=before)


def go_on(archive: Archive, actor: Actor, contract_id: str, *, revision: int) -> Contract:
    """The term has ended, nobody decided, the service goes on: the contract holds without end (民法典 948)."""
    rules.require(actor, Action.CONFIRM_CONTRACTS)
    with archive.write() as tx:
        one = found(tx, actor, contract_id)[0]
        if one.state != "confirmed" or one.indefinite or one.ended_on is not None or one.ends_on is None:
            raise Conflict("Only a confirmed contract with a term that was not ended goes on without one.", "no-term")
        if today(archive) <= one.ends_on:
            raise Conflict("Its term has not ended yet.", "not-ended")
        if provision(contract_law.provisions(tx), "goes_on", one.ends_on) is None:
            raise Conflict("The law of the day on which it ended does not let it go on without a term.", "no-provision")
        after = replace(one, indefinite=True, revision=revision)
        refuse_overlap(tx, after)
        after = tx.contracts.change(after)
        _write_down(archive, tx, actor.id, after, "contract.went-on")
        return after


def end(
    archive: Archive,
    actor: Actor,
    contract_id: str,
    last_day: str,
    *,
    revision: int,
    why: str,
    notice_on: str = "",
) -> Contract:
    """It was terminated: this was, or will be, its last day, and why.

    A term that ran out ends on its last day, without a day being said; what was handed over after it too, and with it
    the project, if it is a service contract (民法典 949). Dismissal by the owners and the end of a contract without a
    term take notice so long before as the law of the day of the notice says (946, 948); Invalid with the first day that
    is possible. An end that still lies ahead may be said anew; one that has come stays.
    """
    rules.require(actor, Action.CONFIRM_CONTRACTS)
    if why not in GROUNDS or why == "succeeded":
        raise Invalid("Say why it ends.", "no-ground")
    with archive.write() as tx:
        one = found(tx, actor, contract_id)[0]
        day, noticed = naming.parsed_date(last_day), naming.parsed_date(notice_on)
        if why in RUN_OUT and not last_day.strip():
            day = one.ends_on
        if why == "expired" and (one.indefinite or one.ends_on is None or day != one.ends_on):
            raise Invalid("Only a term runs out, on the last day that was agreed.", "not-run-out")
        if why == "handed-over" and day is not None and today(archive) < day:
            raise Invalid("It is handed over when it has ended.", "not-handed-over")
        if one.state != "confirmed" or day is None or one.begins_on is None or day < one.begins_on:
            raise Invalid("Say the last day of a confirmed contract, not before its first.", "bad-end")
        if one.ended_on is not None and (one.ended_why == "succeeded" or one.ended_on < today(archive)):
            raise Conflict("It has ended already.", "ended-already")
        if one.ends_on is not None and not one.indefinite and day > one.ends_on:
            raise Invalid("It ends no later than agreed.", "bad-end")
        if why == "indefinite-end" and not one.indefinite:
            raise Invalid("Only a contract without a term ends like this.", "not-indefinite")
        if why in NOTICE_OF:
            if noticed is None:
                raise Invalid("Say on which day notice was given in writing.", "no-notice")
            earliest = earliest_end(one, why, noticed, contract_law.provisions(tx))
            if day < earliest:
                raise Invalid(f"With notice on {noticed} it ends on {earliest} at the earliest.", "notice-too-short")
        after = replace(one, ended_on=day, ended_why=why, notice_on=noticed, revision=revision)
        refuse_overlap(tx, after)
        after = tx.contracts.change(after)
        _write_down(archive, tx, actor.id, after, "contract.ended", why=why)
        project = tx.contracts.project(one.site)
        if why == "handed-over" and one.exclusive and project.given_up_on is None:
            tx.contracts.put_project(replace(project, given_up_on=day))
            tx.ledger.add(archive.now(), actor.id, "project.stated", "site", one.site, site=one.site)
        return after


def follow(archive: Archive, actor: Actor, contract_id: str, successor_id: str, *, revision: int) -> Contract:
    """It was renewed: this contract of the same project, which stands in the register by itself, follows it.

    Raises Conflict when that is none that begins later and follows nothing, or when something follows it already.
    """
    rules.require(actor, Action.CONFIRM_CONTRACTS)
    with archive.write() as tx:
        one, later = found(tx, actor, contract_id)[0], found(tx, actor, successor_id)[0]
        if one.state != "confirmed" or any(
            other.predecessor_id == one.id and other.state == "confirmed" for other in tx.contracts.of_site(one.site)
        ):
            raise Conflict("Something follows it already, or it is not confirmed.", "followed-already")
        if not may_follow(one, later):
            raise Conflict("What follows it is confirmed, of the same project, begins later and follows nothing.",
                           "follows-not")  # fmt: skip
        after = tx.contracts.change(replace(one, revision=revision))
        tx.contracts.change(replace(later, predecessor_id=one.id))
        _write_down(archive, tx, actor.id, after, "contract.followed", successor=later.id)
        return after


def may_follow(one: Contract, later: Contract) -> bool:
    """May this contract be said to be the renewal of that one?"""
    begins = one.begins_on is not None and later.begins_on is not None and one.begins_on < later.begins_on
    alike = later.kind == one.kind or (later.exclusive and one.exclusive)
    ours = later.site == one.site and later.state == "confirmed" and not later.predecessor_id
    return begins and alike and ours


def lapse(archive: Archive) -> None:
    """Those whose last day has passed since this was last asked are no longer in force: searches learn of it."""
    day = today(archive)
    with archive.write() as tx:
        since = naming.parsed_date(tx.meta.get(LAPSED_UNTIL) or "") or date.min
        if since == day:
            return
        ended = [
            one.record_id
            for one in tx.contracts.every()
            if one.state == "confirmed" and one.until is not None and since < one.until <= day
        ]
        labels.changed(tx, ended, archive.now())
        tx.meta.put(LAPSED_UNTIL, day.isoformat())


def void(archive: Archive, actor: Actor, contract_id: str) -> None:
    """A draft that was none: it counts for nothing any more. Its record may be drafted anew."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        one = found(tx, actor, contract_id)[0]
        if one.state != "draft":
            raise Conflict("Only a draft is voided.", "not-a-draft")
        gone = tx.contracts.change(replace(one, state="void", sent_back_by="", sent_back_why="", waits_since=None))
        _write_down(archive, tx, actor.id, gone, "contract.voided")


def prove(archive: Archive, actor: Actor, contract_id: str, item: str, *, record: str = "", note: str = "") -> None:
    """Say what proves a line of the validity checklist: a record, or words on where it can be seen. At any time, for
    papers come later than contracts."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        one = found(tx, actor, contract_id)[0]
        asked = [line for line in contract_law.checklist(tx) if line.code == item and line.asks(one, today(archive))]
        if not asked:
            raise NotFound("There is no such line in the checklist.", "no-such-item")
        record_id = ""
        if record.strip():
            record_id = tx.records.found(numbering.meant(tx, actor, record), rules.scope(actor, Action.FIND)).id
        note = " ".join(note.split())[:TEXT_MAX]
        if not record_id and not note:
            raise Invalid("Name the record that proves it, or say where it can be seen.", "no-evidence")
        tx.contracts.prove(Evidence(one.id, item, record_id, note, archive.now(), actor.id))
        if one.sent_back_why:
            one = tx.contracts.change(_to_review(archive, one))
        _write_down(archive, tx, actor.id, one, "contract.proved", item=item)


def disprove(archive: Archive, actor: Actor, contract_id: str, item: str) -> None:
    """It does not prove that: the line is open again. What was said stays in the ledger."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        one = found(tx, actor, contract_id)[0]
        if not tx.contracts.disprove(one.id, item):
            raise NotFound("There is no such line in the checklist.", "no-such-item")
        _write_down(archive, tx, actor.id, one, "contract.disproved", item=item)


def locate(
    archive: Archive, actor: Actor, contract_id: str, *, originals: str, originals_at: str, revision: int
) -> Contract:
    """Say how many originals there are, and where those are that do not stand on the shelf of the record."""
    rules.require(actor, Action.KEEP_CONTRACTS)
    with archive.write() as tx:
        one = found(tx, actor, contract_id)[0]
        said = {"originals": originals, "originals_at": originals_at}
        located = _with(tx, actor, one, said, today(archive))
        if located != one:
            located = _to_review(archive, located)
        after = tx.contracts.change(replace(located, revision=revision))
        _write_down(archive, tx, actor.id, after, "contract.located")
        return after


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


# ---- Parts, for what else is done with contracts ----


def found(tx: Transaction, actor: Actor, contract_id: str) -> tuple[Contract, Record]:
    """The contract and its record. Raises NotFound when there is none, or none whose record may be found."""
    one = tx.contracts.get(contract_id)
    record = tx.records.admitted([one.record_id], rules.scope(actor, Action.FIND)).get(one.record_id)
    if record is None:
        raise NotFound(NO_SUCH_CONTRACT)
    return one, record


def writers(one: Contract) -> Sequence[str]:
    """The people who wrote in the draft."""
    return [who for who in dict.fromkeys((one.drafted_by, *one.drafters)) if who != OPERATOR.id]


def nobodys(one: Contract) -> bool:
    """Is it a draft in which nobody has written but the machine?"""
    return one.state == "draft" and {*one.drafters, one.drafted_by} == {OPERATOR.id}


def refuse_overlap(tx: Transaction, one: Contract) -> None:
    """Raises Conflict when another exclusive contract of the project holds on one of its days (INV-15)."""
    if not one.exclusive:
        return
    for other in tx.contracts.of_site(one.site):
        if other.id != one.id and other.state == "confirmed" and other.exclusive and overlap(one, other):
            raise Conflict("Another contract of this project holds on the same days.", "overlap")


def today(archive: Archive) -> date:
    return archive.now().astimezone().date()


def _write_down(archive: Archive, tx: Transaction, by: str, one: Contract, action: str, **more: object) -> None:
    tx.ledger.add(
        archive.now(), by, action, "record", one.record_id, site=one.site, contract=one.id,
        revision=one.revision, **more,
    )  # fmt: skip
    if one.state == "confirmed":  # what is in force comes before what is not, in every search
        labels.changed(tx, [one.record_id], archive.now())


def _to_review(archive: Archive, one: Contract) -> Contract:
    """A draft that was sent back and changed waits for its review again."""
    if not one.sent_back_why:
        return one
    return replace(one, sent_back_by="", sent_back_why="", waits_since=archive.now())


def _make_room(archive: Archive, tx: Transaction, actor: Actor, other: Contract, one: Contract) -> None:
    """Nothing exclusive holds on the days of `one`: what gives way to it ends, anything else is in the way."""
    if other.id == one.id or other.state != "confirmed" or not other.exclusive or overlap(other, one) is None:
        return
    if one.begins_on is None or not gives_way(other, one, contract_law.provisions(tx)):
        raise Conflict("Another contract of this project holds on the same days.", "overlap")
    ended = replace(other, ended_on=one.begins_on - timedelta(days=1), ended_why="succeeded")
    _write_down(archive, tx, actor.id, tx.contracts.change(ended), "contract.ended", why="succeeded")


def _suggested(tx: Transaction, record: Record) -> Mapping[str, str]:
    best: dict[str, str] = {}
    for one in tx.records.suggestions_of(record.id):
        best.setdefault(one.field, one.value)
    return {
        "number": best.get("contract_number", record.doc_number),
        "party_a": best.get("party_a", record.parties[0] if record.parties else ""),
        "party_b": best.get("party_b", record.parties[1] if len(record.parties) > 1 else ""),
        "begins_on": best.get("term_from", ""),
        "ends_on": best.get("term_to", ""),
        "signed_on": record.document_date.isoformat() if record.document_date else "",
    }


def _draft(
    archive: Archive,
    tx: Transaction,
    actor: Actor,
    record_id: str,
    said: Mapping[str, str],
    predecessor: Contract | None = None,
) -> Contract:
    record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
    before = tx.contracts.of_records([record.id]).get(record.id)
    if before is not None and may_be_taken_over(before, predecessor):
        drafters = tuple(dict.fromkeys((*before.drafters, before.drafted_by, actor.id)))
        follows = predecessor.id if predecessor else before.predecessor_id
        # What the machine drafted for nobody is from now on of whoever took it over.
        by = actor.id if nobodys(before) else before.drafted_by
        taken = replace(
            before, drafted_by=by, drafters=drafters, predecessor_id=follows, sent_back_by="", sent_back_why="",
            waits_since=archive.now(),
        )  # fmt: skip
        made = tx.contracts.change(_with(tx, actor, taken, said, today(archive)))
        _write_down(archive, tx, actor.id, made, "contract.changed")
        return made
    if (before is not None and before.state != "void") or tx.contracts.is_amendment(record.id):
        raise Conflict("This record stands in the register of contracts already.", "contract-there")
    if not record.site:
        raise Conflict("A contract belongs to a project: file its record first.", "no-project")
    blank = Contract(
        id=before.id if before else new_id(),
        record_id=record.id,
        number=record.doc_number,
        title=record.title,
        kind=KIND_OF_CLASS.get(record.class_code, "other"),
        site=record.site,
        party_a="",
        party_b="",
        state="draft",
        drafted_by=actor.id,
        drafters=(actor.id,),
        predecessor_id=predecessor.id if predecessor else "",
        waits_since=archive.now(),
        revision=before.revision if before else 1,
    )
    made = _with(tx, actor, blank, said, today(archive))
    if before is None:
        tx.contracts.add(made, archive.now())
    else:
        made = tx.contracts.change(made)
    _write_down(archive, tx, actor.id, made, "contract.drafted")
    return made


def may_be_taken_over(before: Contract, predecessor: Contract | None) -> bool:
    """A draft that says of no contract yet that it follows it, or in which nobody has written but the machine."""
    if before.state != "draft":
        return False
    follows = predecessor is not None and not before.predecessor_id and before.id != predecessor.id
    return follows or nobodys(before)


def _with(tx: Transaction, actor: Actor, one: Contract, said: Mapping[str, str], on: date) -> Contract:
    """The contract with what was said of it. Raises Invalid for what cannot be."""
    check = Checking()
    kind = said.get("kind", one.kind)
    if kind not in KINDS:
        check.wrong(Invalid(f"A contract is one of: {', '.join(KINDS)}.", "no-such-kind", field="kind"))
    texts = {name: " ".join(said[name].split())[:TEXT_MAX] for name in TEXTS if name in said}
    days = {name: check.read(name, naming.parsed_date, said[name]) for name in DATES if name in said}
    check.read("signed_on", naming.not_ahead, days.get("signed_on"), on)
    numbers = {name: check.read(name, _number, said[name]) for name in ("originals", "notice_days") if name in said}
    if "predecessor" in said:
        before = found(tx, actor, said["predecessor"])[0] if said["predecessor"] else None
        if before is not None and (before.site != one.site or before.id == one.id):
            check.wrong(Conflict("What follows a contract belongs to the same project.", "other-project"))
        one = replace(one, predecessor_id=before.id if before else "")
    made = replace(
        one,
        kind=kind,
        indefinite=said["indefinite"] in ("1", "yes", "true") if "indefinite" in said else one.indefinite,
        **texts,
        **days,
        notice_days=numbers.get("notice_days", one.notice_days),
        originals=(numbers["originals"] or 0) if "originals" in numbers else one.originals,
    )
    if not made.title:
        check.wrong(Invalid("A contract has a title.", "no-title", field="title"))
    if made.begins_on is not None and made.ends_on is not None and made.ends_on < made.begins_on:
        check.wrong(Invalid("A contract does not end before it begins.", "bad-term", field="ends_on"))
    if (
        said.get("signed_on")
        and made.signed_on is not None
        and made.ends_on is not None
        and made.signed_on > made.ends_on
    ):
        check.wrong(Invalid("A contract is not signed after it ended.", "signed-too-late", field="signed_on"))
    check.end()
    return made


def _number(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or int(text) > 3650:
        raise Invalid(f"{text!r} is no number; enter one in digits, such as 3.", "bad-number")
    return int(text)
