"""A dossier is opened for a unit, a machine, a project or a person, filled, chased and closed when it is complete.

Whatever is missing is somebody's to bring: whoever was named for it, or else whoever answers for the dossier. Only
those are named who may find the dossier: nobody is sent after what does not exist for them.

To the rules a dossier is like a record of its site, level and class: whoever may not find it, to them it does not
exist. Of what lies in it everybody is shown what they may find, and no more: a document that somebody may not find is
missing for them, in the matrix, in the percentage and on paper, exactly as if it had never come. That something is
there is information too. It follows that nobody closes a dossier of which they may not see enough; and since what
they see is never more than what is there, what they close is complete.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from access import rules
from access.actors import Actor
from access.rules import Action, Denied
from archive import checklists, fileplan, naming, numbering
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Checking, Conflict, Invalid, NotFound
from archive.model import KEPT, Person, Record, RecordClass, new_id
from archive.model.dossiers import (
    Checklist,
    Debt,
    Dossier,
    Placed,
    Requirement,
    Standing,
    Waiver,
    is_complete,
    percent,
    standings,
)
from archive.model.room_keys import Move, outstanding
from archive.tables import Transaction
from archive.tables.dossiers import NO_SUCH_DOSSIER
from archive.telling import tell

PAGE_MAX = 500


@dataclass(frozen=True, slots=True)
class Folder:
    """A dossier with how it stands, as far as one person may see."""

    dossier: Dossier
    checklist: Checklist
    standings: Sequence[Standing]
    records: Mapping[str, Sequence[tuple[Placed, Record]]]
    """By item: what lies there and may be found."""

    @property
    def complete(self) -> bool:
        return is_complete(self.standings)

    @property
    def percent(self) -> int:
        return percent(self.standings)

    @property
    def missing(self) -> Sequence[Standing]:
        return [one for one in self.standings if one.state == "missing"]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Dossiers of one type against the documents that belong into them."""

    checklists: Sequence[Checklist]
    chosen: Checklist | None
    folders: Sequence[Folder]
    people: Mapping[str, str]
    may_open: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """Documents that are missing from open dossiers, each with its dossier, the earliest due first."""

    rows: Sequence[tuple[Folder, Standing]]
    people: Mapping[str, str]
    """Names of those whose they are to bring."""
    left: frozenset[str]
    """Of these people those who work here no longer."""
    may_chase: bool

    def of(self, person_id: str) -> Sequence[tuple[Folder, Standing]]:
        """What one person has to bring; of nobody in particular: everything."""
        return [each for each in self.rows if not person_id or each[1].owner_id == person_id]


@dataclass(frozen=True, slots=True)
class Chased:
    """How many reminders were sent, and by number of the dossier why some were not."""

    sent: int
    refused: Mapping[str, Conflict | Invalid | NotFound]


@dataclass(frozen=True, slots=True)
class Shown:
    folder: Folder
    waivers: Sequence[Waiver]
    past: Sequence[tuple[Placed, Record]]
    """What was taken out again, as far as it may be found."""
    people: Mapping[str, str]
    may: frozenset[str]
    """What this person may do with it: keep, waive, close."""
    pages: Mapping[str, int]
    """By record: how many pages its files have."""
    keys: Sequence[Move]
    """Keys that were given out, came back or were paid for, oldest first; none for who may not read."""


# ---- Looking ----


def matrix(archive: Archive, actor: Actor, kind: str = "", site: str = "", *, closed: bool | None = False) -> Matrix:
    """The dossiers of a type (that of which there are most), those this person may find."""
    rules.require(actor, Action.SEE_DOSSIERS)
    scope = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        every = tx.dossiers.every(scope, site=site, closed=closed)
        lists = [one.checklist for one in checklists.known(tx).values()]
        if not kind:
            kind = Counter(one.type for one in every).most_common(1)[0][0] if every else lists[0].code
        chosen = next((one for one in lists if one.code == kind), None)
        folders = folders_of(tx, actor, [one for one in every if one.type == kind][:PAGE_MAX])
        people = tx.people.names(_names(folders))
    return Matrix(lists, chosen, folders, people, rules.may(actor, Action.KEEP_DOSSIERS))


def show(archive: Archive, actor: Actor, dossier_id: str) -> Shown:
    rules.require(actor, Action.SEE_DOSSIERS)
    scope = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        dossier = tx.dossiers.found(dossier_id, scope)
        (folder,) = folders_of(tx, actor, [dossier])
        keys = tx.room_keys.of([dossier_id])[dossier_id]
        waivers = tx.dossiers.waivers([dossier_id])
        taken = [one for one in tx.dossiers.placed([dossier_id], all_times=True) if one.taken_at is not None]
        found = tx.records.admitted([one.record_id for one in taken], scope)
        past = [(one, found[one.record_id]) for one in taken if one.record_id in found]
        people = tx.people.names(
            {*_names([folder]), dossier.opened_by, dossier.closed_by}
            | {who for one in waivers for who in (one.asked_by, one.decided_by)}
            | {who for one, _ in past for who in (one.put_by, one.taken_by)}
            | {one.by for one in keys}
            | {one.put_by for some in folder.records.values() for one, _ in some}
        )
        here = [record.id for some in folder.records.values() for _, record in some]
        pages = {
            record_id: sum(one.page_count for one in files)
            for record_id, files in tx.records.components_of(here).items()
        }
    told = keys if rules.scope(actor, Action.READ).admits(dossier) else ()
    return Shown(folder, waivers, past, people, _may(actor, folder, outstanding(keys)), pages, told)


def of_record(archive: Archive, actor: Actor, record_id: str) -> Sequence[Dossier]:
    """The dossiers a record lies in, for those who see dossiers and may find both."""
    scope = rules.scope(actor, Action.FIND)
    if not rules.may(actor, Action.SEE_DOSSIERS):
        return []
    with archive.read() as tx:
        tx.records.found(record_id, scope)
        ids = set(tx.dossiers.of_record(record_id))
        return [one for one in tx.dossiers.every(scope) if one.id in ids] if ids else []


def missing(archive: Archive, actor: Actor, *, site: str = "", kind: str = "", dossier: str = "") -> Missing:
    """Everything that is missing from open dossiers this person may find; of one site, type or dossier if said."""
    rules.require(actor, Action.SEE_DOSSIERS)
    scope = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        every = tx.dossiers.every(scope, kind=kind, site=site, closed=False)
        folders = folders_of(tx, actor, [one for one in every if not dossier or one.id == dossier])
        found = [(folder, one) for folder in folders for one in folder.missing]
        owners = {one.owner_id for _, one in found}
        names, left = tx.people.names(owners), tx.people.left(owners)
    found.sort(key=lambda each: (each[1].due_on or date.max, each[0].dossier.number))
    return Missing(found, names, left, rules.may(actor, Action.KEEP_DOSSIERS))


def named(archive: Archive, actor: Actor, said: str) -> str:
    """The id of a dossier named by its id, its address or its number. Raises NotFound."""
    with archive.read() as tx:
        return called(tx, actor, said)


def called(tx: Transaction, actor: Actor, said: str) -> str:
    """The same within a transaction."""
    last = said.strip().rpartition("/")[2]
    for one in tx.dossiers.every(rules.scope(actor, Action.FIND)):
        if last in (one.id, one.number):
            return one.id
    raise NotFound(NO_SUCH_DOSSIER, "no-such-dossier")


def receiving(archive: Archive, actor: Actor) -> Sequence[Dossier]:
    """The open dossiers into which this person may put papers, as many as a list of choices holds."""
    rules.require(actor, Action.KEEP_DOSSIERS)
    with archive.read() as tx:
        return tx.dossiers.every(rules.scope(actor, Action.FIND), closed=False)[:PAGE_MAX]


def lines_of(archive: Archive, actor: Actor, said: str) -> tuple[Dossier, Checklist]:
    """An open dossier named by its id, address or number, and the lines under which papers lie in it.

    Raises NotFound, or Conflict for one that is closed.
    """
    rules.require(actor, Action.KEEP_DOSSIERS)
    with archive.read() as tx:
        dossier = open_for(tx, actor, called(tx, actor, said))
        return dossier, _checklist(tx, dossier.type)


def folders_of(tx: Transaction, actor: Actor, dossiers: Sequence[Dossier]) -> Sequence[Folder]:
    """How these dossiers stand within what this person may find."""
    ids = [one.id for one in dossiers]
    placed, debts = tx.dossiers.placed(ids), tx.dossiers.debts(ids)
    found = tx.records.admitted(list({one.record_id for one in placed}), rules.scope(actor, Action.FIND))
    waivers: dict[str, list[Waiver]] = {}
    for waiver in tx.dossiers.waivers(ids):
        waivers.setdefault(waiver.dossier_id, []).append(waiver)
    lists: dict[tuple[str, int | None], Checklist] = {}
    folders: list[Folder] = []
    for dossier in dossiers:
        version = (dossier.type, dossier.closed_version)
        if version not in lists:
            lists[version] = checklists.by_version(tx, *version).checklist
        own: dict[str, list[tuple[Placed, Record]]] = {}
        for one in placed:
            if one.dossier_id == dossier.id and one.record_id in found:
                own.setdefault(one.item, []).append((one, found[one.record_id]))
        # What a closed dossier held went the way of its retention; an open one lacks it.
        counts = Counter(
            item for item, some in own.items() for _, record in some if record.lifecycle in KEPT or dossier.closed_at
        )
        stands = standings(lists[version], dossier, counts, waivers.get(dossier.id, ()), debts[dossier.id])
        folders.append(Folder(dossier, lists[version], stands, own))
    return folders


# ---- Doing ----


@dataclass(frozen=True, slots=True)
class Opening:
    """What a dossier is opened with; `owner` is the login of who answers for it."""

    type: str
    site: str
    subject: str
    title: str
    owner: str = ""
    facts: frozenset[str] = frozenset()
    level: int | None = None
    """Never below that of its class."""
    note: str = ""


def open_dossier(archive: Archive, actor: Actor, said: Opening) -> Dossier:
    """Open a dossier. A unit or machine has one open dossier of a type: a second raises Conflict."""
    rules.require(actor, Action.KEEP_DOSSIERS)
    subject, title = naming.clean(said.subject)[:60], naming.clean(said.title)[:300]
    check = Checking()
    for name, given in (("subject", subject), ("title", title)):
        if not given:
            why = "A dossier needs a title and what it is for: a unit, a machine, a project."
            check.wrong(Invalid(why, "no-subject", field=name))
    with archive.write() as tx:
        checklist = _checklist(tx, said.type)
        if said.site not in actor.sites or said.site not in {one.code for one in tx.organisation.sites()}:
            check.wrong(Invalid("There is no such site.", "no-such-site", field="site"))
        record_class = _class(tx, checklist.class_code)
        level = record_class.level if said.level is None else said.level
        if not record_class.level <= level <= 3:
            check.wrong(Invalid("A dossier is at least as confidential as its class.", "level-below-class"))
        if said.owner.strip():
            check.read("owner", _working_here, tx, said.owner)
        check.end()
        stem = f"{checklist.code}-{said.site}"
        at = archive.now()
        dossier = Dossier(
            id=new_id(),
            number=f"{stem}-{tx.counters.next(f'dossier-{stem}'):04}",
            type=checklist.code,
            class_code=checklist.class_code,
            site=said.site,
            department=actor.department,
            subject=subject,
            title=title,
            level=level,
            pii=record_class.pii,
            facts=said.facts & set(checklist.conditions),
            owner_id=actor.id,
            opened_on=fileplan.today(archive),
            opened_at=at,
            opened_by=actor.id,
            note=said.note.strip()[:2000],
        )
        if not rules.scope(actor, Action.FIND).admits(dossier):
            raise Denied(Action.KEEP_DOSSIERS, "not-in-scope", "Your clearance does not reach this dossier.")
        if tx.dossiers.is_open(dossier.type, dossier.site, subject):
            raise Conflict("There is an open dossier for this already.", "dossier-open")
        if said.owner.strip():
            dossier = replace(dossier, owner_id=_bearer(tx, dossier, said.owner))
        tx.dossiers.add(dossier)
        tx.ledger.add(
            at, actor.id, "dossier.opened", "dossier", dossier.id, site=dossier.site, type=dossier.type,
            number=dossier.number,
        )  # fmt: skip
        return dossier


def state(archive: Archive, actor: Actor, dossier_id: str, facts: Collection[str], note: str) -> None:
    """Say what holds for a dossier: decorated, moved out, …; which documents apply follows from it."""
    rules.require(actor, Action.KEEP_DOSSIERS)
    with archive.write() as tx:
        dossier = open_for(tx, actor, dossier_id)
        holds = frozenset(facts) & set(_checklist(tx, dossier.type).conditions)
        tx.dossiers.save(replace(dossier, facts=holds, note=note.strip()[:2000]))
        tx.ledger.add(
            archive.now(), actor.id, "dossier.stated", "dossier", dossier_id, site=dossier.site, facts=sorted(holds)
        )


def hand_on(archive: Archive, actor: Actor, dossier_id: str, owner: str) -> None:
    """Let somebody else answer for a dossier; what the one before had to bring goes with it."""
    rules.require(actor, Action.KEEP_DOSSIERS)
    with archive.write() as tx:
        dossier = open_for(tx, actor, dossier_id)
        owner_id = _bearer(tx, dossier, owner)
        if owner_id == dossier.owner_id:
            raise Conflict("They answer for it already.", "answers-already")
        for debt in tx.dossiers.debts([dossier_id])[dossier_id].values():
            if debt.owner_id == dossier.owner_id:
                tx.dossiers.owe(replace(debt, owner_id=owner_id))
        tx.dossiers.save(replace(dossier, owner_id=owner_id))
        tx.ledger.add(
            archive.now(), actor.id, "dossier.handed-on", "dossier", dossier_id, site=dossier.site, owner=owner_id
        )
        tell(archive, tx, [owner_id], "dossier.handed-on", ("dossier", dossier_id), number=dossier.number)


def put(archive: Archive, actor: Actor, dossier_id: str, item: str, record_id: str) -> None:
    """Put a filed record into a dossier, under an item of its checklist: by what people call it (`numbering.meant`).

    One record may lie in several dossiers (domain §4, note b): it is never copied.
    """
    rules.require(actor, Action.KEEP_DOSSIERS)
    with archive.write() as tx:
        record = tx.records.found(numbering.meant(tx, actor, record_id), rules.scope(actor, Action.FIND))
        lay(archive, tx, actor, dossier_id, item, record)


def lay(archive: Archive, tx: Transaction, actor: Actor, dossier_id: str, item: str, record: Record) -> Placed:
    """The same within a transaction, of a record that was found."""
    rules.require(actor, Action.KEEP_DOSSIERS)
    dossier = open_for(tx, actor, dossier_id)
    _item(_checklist(tx, dossier.type), item)
    if record.lifecycle not in KEPT:
        raise Conflict("Only what is filed and still here is put into a dossier.", "not-filed")
    if tx.dossiers.lies(dossier_id, item, record.id):
        raise Conflict("It lies there already.", "in-dossier")
    at = archive.now()
    placed = Placed(new_id(), dossier_id, item, record.id, at, actor.id)
    tx.dossiers.put(placed)
    tx.ledger.add(at, actor.id, "dossier.filled", "dossier", dossier_id, site=dossier.site, item=item)
    tx.ledger.add(at, actor.id, "record.put-in-dossier", "record", record.id, site=record.site, dossier=dossier_id)
    return placed


def take(archive: Archive, actor: Actor, dossier_id: str, placed_id: str, reason: str) -> None:
    """Take a record out of a dossier, and say why; that it lay there stays written."""
    rules.require(actor, Action.KEEP_DOSSIERS)
    with archive.write() as tx:
        lift(archive, tx, actor, dossier_id, placed_id, reason)


def lift(archive: Archive, tx: Transaction, actor: Actor, dossier_id: str, placed_id: str, reason: str) -> None:
    """The same within a transaction."""
    rules.require(actor, Action.KEEP_DOSSIERS)
    if not reason.strip():
        raise Invalid("Say why it is taken out.", "no-reason")
    dossier = open_for(tx, actor, dossier_id)
    placed = next((one for one in tx.dossiers.placed([dossier_id]) if one.id == placed_id), None)
    if placed is None:
        raise NotFound("That does not lie in this dossier.", "not-in-dossier")
    record = tx.records.found(placed.record_id, rules.scope(actor, Action.FIND))
    at = archive.now()
    tx.dossiers.take(placed_id, at, actor.id, reason.strip()[:500])
    tx.ledger.add(at, actor.id, "dossier.emptied", "dossier", dossier_id, site=dossier.site, item=placed.item)
    tx.ledger.add(at, actor.id, "record.taken-from-dossier", "record", record.id, site=record.site, dossier=dossier_id)


def owe(
    archive: Archive,
    actor: Actor,
    dossier_id: str,
    item: str,
    *,
    owner: str,
    due_on: str,
    promised_by: str = "",
    note: str = "",
) -> None:
    """Say who sees to it that a missing document comes, and by when. Whoever it is gets a notice."""
    rules.require(actor, Action.KEEP_DOSSIERS)
    due = naming.parsed_date(due_on)
    if due is None:
        raise Invalid("Say by when it is due.", "no-due-date")
    with archive.write() as tx:
        dossier = open_for(tx, actor, dossier_id)
        _lacking(tx, actor, dossier, item)
        owner_id = _bearer(tx, dossier, owner) if owner.strip() else dossier.owner_id
        at = archive.now()
        tx.dossiers.owe(
            Debt(dossier_id, item, owner_id, promised_by.strip()[:200], due, note.strip()[:500], at, actor.id)
        )
        tx.ledger.add(
            at, actor.id, "dossier.owed", "dossier", dossier_id, site=dossier.site, item=item, owner=owner_id,
            due=due.isoformat(),
        )  # fmt: skip
        tell(archive, tx, [owner_id], "dossier.owed", ("dossier", dossier_id), number=dossier.number, due=str(due))


def chase(archive: Archive, actor: Actor, dossier_id: str, items: Collection[str], due_on: str = "") -> None:
    """Remind whoever has to bring these missing documents of one dossier; how often that was done stays written.

    `due_on` is for those that nothing sets a day for: without a day nobody is reminded. One notice to each person,
    of the day that comes first; what they have to bring stands in their tasks.
    """
    rules.require(actor, Action.KEEP_DOSSIERS)
    day = _day_ahead(archive, due_on)
    with archive.write() as tx:
        dossier = open_for(tx, actor, dossier_id)
        at = archive.now()
        days: dict[str, list[date]] = {}
        for item in dict.fromkeys(items):
            stands = _lacking(tx, actor, dossier, item)
            due = stands.due_on or day
            if due is None:
                raise Invalid("Say by when it is due.", "no-due-date")
            owner = tx.people.get(stands.owner_id)
            if owner is None or not owner.active:
                raise Conflict("Whoever should bring it no longer works here: name somebody else.", "bearer-left")
            if not _may_bear(owner, dossier):
                raise Conflict("Whoever should bring it may not see this dossier: name somebody else.", "bearer-blind")
            debt = stands.debt or Debt(dossier_id, item, owner.id, "", due, "", at, actor.id)
            tx.dossiers.owe(replace(debt, chased_at=at, chases=debt.chases + 1))
            tx.ledger.add(
                at, actor.id, "dossier.chased", "dossier", dossier_id, site=dossier.site, item=item, owner=owner.id
            )
            days.setdefault(owner.id, []).append(due)
        for owner_id, theirs in days.items():
            tell(
                archive, tx, [owner_id], "dossier.chased", ("dossier", dossier_id), number=dossier.number,
                due=str(min(theirs)),
            )  # fmt: skip


def chase_all(archive: Archive, actor: Actor, wanted: Collection[tuple[str, str]], due_on: str = "") -> Chased:
    """Remind of missing documents of many dossiers, each said as dossier and item; what one dossier refuses stops no
    other. Raises Invalid for a day that is none or has passed, before anything is sent."""
    _day_ahead(archive, due_on)
    items: dict[str, list[str]] = {}
    for dossier_id, item in wanted:
        items.setdefault(dossier_id, []).append(item)
    sent, refused = 0, dict[str, Conflict | Invalid | NotFound]()
    for dossier_id, some in items.items():
        try:
            chase(archive, actor, dossier_id, some, due_on)
        except NotFound as error:
            refused[""] = error
        except (Conflict, Invalid) as error:
            with archive.read() as tx:
                number = tx.dossiers.found(dossier_id, rules.scope(actor, Action.FIND)).number
            refused[number] = error
        else:
            sent += len(some)
    return Chased(sent, refused)


def ask_waiver(archive: Archive, actor: Actor, dossier_id: str, item: str, reason: str) -> Waiver:
    """Ask that a missing document need not be there; somebody else decides."""
    rules.require(actor, Action.KEEP_DOSSIERS)
    if not reason.strip():
        raise Invalid("Say why the document need not be there.", "no-reason")
    with archive.write() as tx:
        dossier = open_for(tx, actor, dossier_id)
        stands = _lacking(tx, actor, dossier, item)
        if not stands.requirement.waivable:
            raise Conflict("This document is not waived: a dossier without it is not complete.", "not-waivable")
        if stands.waiver is not None and stands.waiver.decided_at is None:
            raise Conflict("It has been asked already.", "waiver-asked")
        at = archive.now()
        waiver = Waiver(new_id(), dossier_id, item, reason.strip()[:500], at, actor.id)
        tx.dossiers.ask(waiver)
        tx.ledger.add(at, actor.id, "dossier.waiver-asked", "dossier", dossier_id, site=dossier.site, item=item)
        return waiver


def decide_waiver(
    archive: Archive, actor: Actor, dossier_id: str, waiver_id: str, *, yes: bool, answer: str = ""
) -> None:
    """Say yes or no to a waiver: never whoever asked for it."""
    rules.require(actor, Action.APPROVE_WAIVER)
    with archive.write() as tx:
        dossier = open_for(tx, actor, dossier_id)
        waiver = next((one for one in tx.dossiers.waivers([dossier_id]) if one.id == waiver_id), None)
        if waiver is None:
            raise NotFound("There is no such waiver.", "no-such-waiver")
        if waiver.decided_at is not None:
            raise Conflict("It has been decided already.", "waiver-decided")
        if waiver.asked_by == actor.id:
            raise Denied(Action.APPROVE_WAIVER, "own-waiver", "Nobody waives what they asked to have waived.")
        at = archive.now()
        tx.dossiers.decide(waiver_id, at, actor.id, granted=yes, answer=answer.strip()[:500])
        tx.ledger.add(
            at, actor.id, "dossier.waiver-decided", "dossier", dossier_id, site=dossier.site, item=waiver.item,
            granted=yes,
        )  # fmt: skip
        tell(archive, tx, [waiver.asked_by], "dossier.waiver-decided", ("dossier", dossier_id), number=dossier.number)


def close(archive: Archive, actor: Actor, dossier_id: str) -> None:
    """Close a dossier that is complete (INV-25): its retention can begin. Raises Conflict while anything is missing,
    or a key is out (INV-27)."""
    rules.require(actor, Action.KEEP_DOSSIERS)
    with archive.write() as tx:
        dossier = open_for(tx, actor, dossier_id)
        (folder,) = folders_of(tx, actor, [dossier])
        if not folder.complete:
            raise Conflict("It is not complete: documents are missing that nobody has waived.", "not-complete")
        if outstanding(tx.room_keys.of([dossier_id])[dossier_id]):
            raise Conflict("Keys are still out: they come back or are paid for before it is closed.", "keys-out")
        version = checklists.by_version(tx, dossier.type, None).version
        at = archive.now()
        tx.dossiers.save(replace(dossier, closed_at=at, closed_by=actor.id, closed_version=version))
        tx.ledger.add(
            at, actor.id, "dossier.closed", "dossier", dossier_id, site=dossier.site, number=dossier.number,
            version=version,
        )  # fmt: skip


# ---- Parts ----


def _day_ahead(archive: Archive, said: str) -> date | None:
    """The day by which something is to come, if one was said. Raises Invalid for one that has passed."""
    if not said.strip():
        return None
    day = naming.parsed_date(said)
    if day is None:
        raise Invalid("This is not a date; write 2026-03-01.", "not-a-date")
    if day < fileplan.today(archive):
        raise Invalid("The day by which it is to come has passed: choose today or later.", "due-day-passed")
    return day


def _may(actor: Actor, folder: Folder, keys_out: int) -> frozenset[str]:
    if folder.dossier.closed_at is not None:
        return frozenset()
    deeds = {"keep"} if rules.may(actor, Action.KEEP_DOSSIERS) and folder.dossier.site in actor.sites else set[str]()
    if deeds and folder.complete and not keys_out:
        deeds.add("close")
    if rules.may(actor, Action.APPROVE_WAIVER):
        deeds.add("waive")
    return frozenset(deeds)


def _names(folders: Sequence[Folder]) -> set[str]:
    return {folder.dossier.owner_id for folder in folders} | {
        one.owner_id for folder in folders for one in folder.standings
    }


def open_for(tx: Transaction, actor: Actor, dossier_id: str) -> Dossier:
    """An open dossier that this person may find. Raises NotFound, or Conflict for one that is closed."""
    dossier = tx.dossiers.found(dossier_id, rules.scope(actor, Action.FIND))
    if dossier.closed_at is not None:
        raise Conflict("This dossier is closed.", "dossier-closed")
    return dossier


def _lacking(tx: Transaction, actor: Actor, dossier: Dossier, item: str) -> Standing:
    (folder,) = folders_of(tx, actor, [dossier])
    _item(folder.checklist, item)
    stands = next(one for one in folder.standings if one.requirement.item == item)
    if stands.state != "missing":
        raise Conflict("This document is not missing.", "not-missing")
    return stands


def require_item(tx: Transaction, dossier: Dossier, item: str) -> None:
    """Raises NotFound for what is no line of its checklist."""
    _item(_checklist(tx, dossier.type), item)


def _item(checklist: Checklist, item: str) -> Requirement:
    found = next((one for one in checklist.requirements if one.item == item), None)
    if found is None:
        raise NotFound("There is no such line in the checklist.", "no-such-item")
    return found


def _checklist(tx: Transaction, code: str) -> Checklist:
    return checklists.by_version(tx, code, None).checklist


def _class(tx: Transaction, code: str) -> RecordClass:
    found = tx.file_plan.get(code)
    if found is None:
        raise NotFound("There is no such class in the file plan.", "no-such-class")
    return found


def _bearer(tx: Transaction, dossier: Dossier, login: str) -> str:
    """The id of somebody who is named for a dossier or for what it lacks: they work here, and may find it."""
    person = _working_here(tx, login)
    if not _may_bear(person, dossier):
        raise Invalid("They may not see this dossier: name somebody who may.", "may-not-bear", field="owner")
    return person.id


def _working_here(tx: Transaction, said: str) -> Person:
    account = tx.people.called(said)
    if account is None or not account.person.active:
        raise Invalid("There is nobody of that name.", "no-such-person")
    return account.person


def _may_bear(person: Person, dossier: Dossier) -> bool:
    actor = as_actor(person)
    return rules.may(actor, Action.SEE_DOSSIERS) and rules.scope(actor, Action.FIND).admits(dossier)
