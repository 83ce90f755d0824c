"""修复: a paper is damaged, somebody treats it, says what was done, and somebody else sees it on its shelf again.

While it is away it cannot be lent, and whoever asks where it is reads until when. A case is known to those who may
find its record; its steps are taken by who keeps the rooms and hands out the paper. That it is back is never said by
anybody who treated it: where nobody else keeps the rooms, the final approver says it. A paper that is lost on the way
is missing like one that a stocktake does not find, until it is found or the final approver gives it up.
"""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from access import approvals, rules
from access import repairs as machine
from access.actors import Actor, Role
from access.approvals import Ask, Concerned, Post
from access.loans import Event as LoanEvent
from access.loans import Form, Item, Loan
from access.loans import State as LoanState
from access.repairs import Event, State
from access.rules import Action, Denied
from archive import fileplan, handover_steps, house_sheets, locations, naming
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.house_sheets import damage
from archive.house_sheets.damage import Damage
from archive.loan_steps import addressee, end, next_in_line, no_paper_any_more, people_to_ask
from archive.model import Person, Record, new_id
from archive.model.repairs import URGENCIES, Repair
from archive.tables import Transaction
from archive.tables.repairs import NO_SUCH_REPAIR
from archive.telling import tell

TEXT_MAX = 1000
PAGES_MAX = 100_000
FINAL = Ask(Post.FINAL_APPROVER)


@dataclass(frozen=True, slots=True)
class Shown:
    repair: Repair
    record: Record
    damage: Damage
    """As it was called when the case was opened."""
    people: Mapping[str, str]
    stocktake: str
    """The number of the stocktake it was seen in; empty: in none."""
    loan: str
    may: frozenset[Event]
    treaters: frozenset[str]
    """Everybody who ever treated it, or wrote down what was done."""
    left: bool
    """Does whoever treats it no longer work here?"""
    alone: bool
    """Does nobody keep the rooms who has not treated it, so that the final approver has to look?"""
    day: date

    @property
    def overdue(self) -> bool:
        return self.repair.overdue(self.day)


@dataclass(frozen=True, slots=True)
class Blank:
    """What is known before a case is opened: the paper, where it was seen damaged, by whom and when."""

    record: Record
    kinds: Sequence[Damage]
    stocktake: str
    loan: str
    seen_by: str
    seen_on: date
    running: Repair | None = None
    """The case of it that is not closed: no other one is opened meanwhile."""


def every(
    archive: Archive, actor: Actor, state: str = "", *, offset: int = 0, most: int | None = None
) -> Sequence[Shown]:
    """The cases of papers that this person may find, the latest first."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        found = tx.repairs.within(rules.scope(actor, Action.FIND), state, offset=offset, most=most)
        return _shown(archive, tx, actor, found)


def counts(archive: Archive, actor: Actor) -> Mapping[State, int]:
    """How many of them there are in each state."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        return tx.repairs.counts(rules.scope(actor, Action.FIND))


def running(archive: Archive, actor: Actor) -> Sequence[Shown]:
    """Those that are not closed."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        return _shown(archive, tx, actor, tx.repairs.running())


def to_close(archive: Archive, actor: Actor) -> Sequence[Shown]:
    """Those that this person may close now: treated papers to be seen on their shelf, lost ones to be given up."""
    return [one for one in running(archive, actor) if one.may & {Event.PUT_BACK, Event.WRITE_OFF}]


def show(archive: Archive, actor: Actor, repair_id: str) -> Shown:
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        return _one(archive, tx, actor, repair_id)


def of_record(archive: Archive, actor: Actor, record: Record) -> tuple[Sequence[Shown], bool]:
    """The cases of a paper, and whether this person may open one."""
    if not rules.may(actor, Action.SEE_ARCHIVE):
        return (), False
    with archive.read() as tx:
        found = _shown(archive, tx, actor, tx.repairs.of_record(record.id))
    free = all(one.repair.state not in machine.RUNNING for one in found)
    return found, free and bool(record.shelf_location) and _keeps(actor, record)


def seen_at(
    archive: Archive, actor: Actor, among: Collection[str], *, stocktake: str = "", loan: str = ""
) -> Mapping[str, Shown]:
    """By record the latest case of what was seen damaged in this stocktake or when this loan came back; else, of these
    records, the one that is not closed."""
    if not rules.may(actor, Action.SEE_ARCHIVE):
        return {}
    with archive.read() as tx:
        from_there = tx.repairs.seen_at(stocktake=stocktake, loan=loan)
        found = [*tx.repairs.running_among(among).values(), *reversed(from_there)]
        return {one.record.id: one for one in _shown(archive, tx, actor, found)}


def blank(archive: Archive, actor: Actor, record_id: str, *, stocktake: str = "", loan: str = "") -> Blank:
    """What a case about this paper would begin with; NotFound where it was not seen damaged there."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.read() as tx:
        record = _paper(tx, actor, record_id)
        return _blank(archive, tx, actor, record, stocktake, loan)


def open_case(
    archive: Archive, actor: Actor, record_id: str, *, kind: str, said: str, urgency: str = "usual",
    seen_on: date | None = None, stocktake: str = "", loan: str = "",
) -> Repair:  # fmt: skip
    """Say what is wrong with a paper. `stocktake` and `loan` are the ids of where it was seen damaged: then the day and
    whoever saw it are those of there. Raises Conflict while another case of it is not closed."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        record = _paper(tx, actor, record_id)
        seen = _blank(archive, tx, actor, record, stocktake, loan)
        on = seen.seen_on if stocktake or loan else (seen_on or seen.seen_on)
        words = said.strip()[:TEXT_MAX]
        if kind not in {one.code for one in seen.kinds} or not words or urgency not in URGENCIES:
            raise Invalid("Say which kind of damage it is, in words what is wrong, and how urgent it is.", "bad-damage")
        if on > fileplan.today(archive):
            raise _ahead("seen_on")
        if seen.running is not None:
            raise Conflict("There is a case of this paper that is not closed; go on with that.", "repair-runs")
        at = archive.now()
        year = at.astimezone().year
        made = Repair(
            new_id(),
            f"XF-{year}-{tx.counters.next(f'repair-{year}'):04}",
            record_id,
            kind,
            words,
            urgency,
            on,
            seen.seen_by,
            at,
            actor.id,
            "stocktake" if stocktake else "loan" if loan else "hand",
            stocktake,
            loan,
        )
        tx.repairs.add(made)
        tx.ledger.add(at, actor.id, "repair.opened", "repair", made.id, site=record.site, source=made.source)
        return made


def treat(
    archive: Archive, actor: Actor, repair_id: str, *, due_on: date | None, by: str = "", company: str = "",
    out_on: date | None = None, pages: int | None = None,
) -> Repair:  # fmt: skip
    """The paper leaves its shelf: somebody of us (`by`, a login) or a company treats it until a day. Said again, it is
    another's, or due on another day."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        one, record = _step(archive, tx, actor, repair_id, Event.TREAT)
        if bool(by.strip()) == bool(company.strip()):
            raise Invalid("Name either somebody with an account or a company who treats it.", "no-treater")
        account = tx.people.called(by.strip()) if by.strip() else None
        if by.strip() and (account is None or not _may_mend(account.person, record)):
            raise Invalid("Name somebody with an account who sees to it.", "no-such-person")
        today = fileplan.today(archive)
        out = out_on or one.out_on or today
        if out > today:
            raise _ahead("out_on")
        if due_on is None:
            raise Invalid("Say by which day it is due back.", "no-due-day", field="due_on")
        if due_on < out:
            raise _before_away("due_on")
        if _is_out(tx, record.id):
            raise Conflict("This paper is on loan or lost: it is treated when it is back.", "paper-out")
        after = replace(
            one,
            treated_by=account.person.id if account is not None else "",
            company=naming.clean(company)[:200],
            out_on=out,
            due_on=due_on,
            pages_before=_pages(pages) if pages is not None else one.pages_before,
        )
        tx.repairs.refuse_frozen(record.id)
        _saved(archive, tx, actor, record, after, "repair.begun", due=due_on.isoformat())
        granted = _granted(tx, record.id)
        if granted is not None and due_on != one.due_on:
            _tell_at_repair(archive, tx, actor, record, granted[0], due_on)
        return after


def finish(
    archive: Archive, actor: Actor, repair_id: str, *, mended: bool, work: str, materials: str = "",
    pages: int | None = None, done_on: date | None = None,
) -> Repair:  # fmt: skip
    """Write down what was done with which materials, or why it cannot be mended."""
    rules.require(actor, Action.KEEP_ROOMS)
    event = Event.MEND if mended else Event.GIVE_UP
    with archive.write() as tx:
        one, record = _step(archive, tx, actor, repair_id, event)
        if not work.strip():
            raise Invalid("Say what was done, or why it cannot be mended.", "no-work")
        today = fileplan.today(archive)
        day = done_on or today
        if day > today:
            raise _ahead("done_on")
        if one.out_on is not None and day < one.out_on:
            raise _before_away("done_on")
        after = replace(
            one,
            done_on=day,
            done_by=actor.id,
            work=work.strip()[:TEXT_MAX],
            materials=materials.strip()[:TEXT_MAX],
            pages_after=_pages(pages),
        )
        return _saved(archive, tx, actor, record, after, "repair.mended" if mended else "repair.given-up")


def put_back(archive: Archive, actor: Actor, repair_id: str) -> Repair:
    """Somebody else than those who treated it sees it on its shelf: it can be lent again, and who waits for it is told.
    Whom it was granted to before has the days to collect it anew."""
    rules.require(actor, Action.CLOSE_REPAIRS)
    with archive.write() as tx:
        one, record = _step(archive, tx, actor, repair_id, Event.PUT_BACK)
        refusal = machine.why_not_put_back(actor.id, _hands(tx, one))
        if refusal is not None:
            raise Denied(Action.CLOSE_REPAIRS, refusal.code, refusal.sentence)
        at = archive.now()
        after = replace(one, closed_at=at, closed_by=actor.id)
        saved = _saved(archive, tx, actor, record, after, "repair.put-back")
        handover_steps.paper_moved(archive, tx, actor.id, record.id)
        granted = _granted(tx, record.id)
        if granted is not None:
            loan, item = granted
            tx.loans.save_item(replace(item, collect_from=at), item.state)
            tell(archive, tx, [addressee(loan)], "loan.ready", ("loan", loan.id), number=loan.number)
        elif tx.loans.holding(record.id) is None:
            next_in_line(archive, tx, record.id)
        return saved


def lose(archive: Archive, actor: Actor, repair_id: str, how: str) -> Repair:
    """The paper did not come back, or is not where it should be: it is missing. The final approver is told, and what
    was asked for or granted of it is cancelled."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        one, record = _step(archive, tx, actor, repair_id, Event.LOSE)
        at = archive.now()
        after = replace(one, lost_at=at, lost_by=actor.id, loss=_said(one.loss, how))
        _saved(archive, tx, actor, record, after, "repair.lost")
        handover_steps.paper_moved(archive, tx, actor.id, record.id)
        loan = tx.loans.holding(record.id)
        if loan is not None:
            only, ids = (LoanEvent.CANCEL,), frozenset({record.id})
            end(archive, tx, actor.id, loan, reason="paper-missing", only=only, records=ids, forms=(Form.PAPER,))
        asked = (FINAL, Ask(Post.CLASS_OWNER, department=record.department))
        concerned = Concerned(record.level, "", actor.id, frozenset())
        people = {one.id for ask in asked for one in people_to_ask(archive, tx, ask, concerned)}
        tell(archive, tx, people, "repair.lost", ("repair", one.id), number=one.number)
        return after


def find(archive: Archive, actor: Actor, repair_id: str, where: str) -> Repair:
    """A lost paper is there again: its case goes on where somebody treats it, until somebody else sees it on its
    shelf."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        one, record = _step(archive, tx, actor, repair_id, Event.FIND)
        found = _saved(archive, tx, actor, record, replace(one, loss=_said(one.loss, where)), "repair.found")
        handover_steps.paper_moved(archive, tx, actor.id, record.id, out=one.number)
        return found


def write_off(archive: Archive, actor: Actor, repair_id: str, why: str) -> Repair:
    """The final approver gives a lost paper up: it has no shelf any more. Never who treated it, or says it is lost."""
    rules.require(actor, Action.CLOSE_REPAIRS)
    with archive.write() as tx:
        one, record = _step(archive, tx, actor, repair_id, Event.WRITE_OFF)
        refusal = machine.why_not_write_off(actor.id, _hands(tx, one), one.lost_by)
        if refusal is not None:
            raise Denied(Action.CLOSE_REPAIRS, refusal.code, refusal.sentence)
        after = replace(one, loss=_said(one.loss, why), closed_at=archive.now(), closed_by=actor.id)
        _saved(archive, tx, actor, record, after, "repair.written-off")
        no_paper_any_more(archive, tx, actor.id, record)
        return after


def drop(archive: Archive, actor: Actor, repair_id: str, why: str) -> Repair:
    """Nothing has to be done to the paper after all."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        one, record = _step(archive, tx, actor, repair_id, Event.DROP)
        if not why.strip():
            raise Invalid("Say why nothing has to be done.", "no-reason")
        after = replace(one, work=why.strip()[:TEXT_MAX], closed_at=archive.now(), closed_by=actor.id)
        return _saved(archive, tx, actor, record, after, "repair.dropped")


SAID: Mapping[Event, Callable[[Archive, Actor, str, str], Repair]] = {
    Event.DROP: drop,
    Event.LOSE: lose,
    Event.FIND: find,
    Event.WRITE_OFF: write_off,
}
"""The steps that are taken by saying why, or what happened."""


DESTROYED, HANDED_OUT = "档案已销毁", "档案已移出"
"""What is written down of a case whose record is not here any more."""


def end_with(archive: Archive, tx: Transaction, by: str, record: Record, why: str) -> None:
    """In the transaction in which a record goes: nothing is mended any more of what is not there."""
    for one in tx.repairs.of_record(record.id):
        if one.state is State.OPEN:
            at = archive.now()
            tx.repairs.save(replace(one, state=State.DROPPED, work=why, closed_at=at, closed_by=by))
            tx.ledger.add(at, by, "repair.dropped", "repair", one.id, site=record.site)


# ---- Parts ----


def _shown(archive: Archive, tx: Transaction, actor: Actor, found: Sequence[Repair]) -> Sequence[Shown]:
    known = tx.records.admitted([one.record_id for one in found], rules.scope(actor, Action.FIND))
    found = [one for one in found if one.record_id in known]
    people = tx.people.names(
        {who for one in found for who in (one.seen_by, one.opened_by, one.treated_by, one.done_by, one.closed_by)}
    )
    sheets = house_sheets.held_at(tx, "damage", (one.opened_at for one in found))
    walks = tx.stocktakes.numbers({one.stocktake_id for one in found})
    lent = tx.loans.numbers({one.loan_id for one in found})
    kinds = {at: {line["code"]: damage.check(line) for line in lines} for at, lines in sheets.items()}
    treaters = tx.repairs.treaters([one.id for one in found])
    hands = {one.id: treaters[one.id] | ({one.treated_by, one.done_by} - {""}) for one in found}
    left = tx.people.left({one.treated_by for one in found if one.treated_by})
    waits = any(machine.after(one.state, Event.PUT_BACK) for one in found)
    keepers = [as_actor(one) for one in tx.people.holding([Role.DOCUMENT_CONTROLLER.value])] if waits else []
    alone = {
        one.id: machine.after(one.state, Event.PUT_BACK) is not None
        and not any(_keeps(keeper, known[one.record_id]) for keeper in keepers if keeper.id not in hands[one.id])
        for one in found
    }
    return [
        Shown(
            one,
            known[one.record_id],
            kinds[one.opened_at].get(one.kind) or Damage(one.kind, one.kind, one.kind, ""),
            people,
            walks.get(one.stocktake_id, ""),
            lent.get(one.loan_id, ""),
            _may(actor, one, known[one.record_id], hands[one.id], alone=alone[one.id]),
            hands[one.id],
            one.treated_by in left,
            alone[one.id],
            fileplan.today(archive),
        )
        for one in found
    ]


def _one(archive: Archive, tx: Transaction, actor: Actor, repair_id: str) -> Shown:
    found = _shown(archive, tx, actor, [tx.repairs.get(repair_id)])
    if not found:
        raise NotFound(NO_SUCH_REPAIR, "no-such-repair")
    return found[0]


def _may(actor: Actor, one: Repair, record: Record, hands: frozenset[str], *, alone: bool) -> frozenset[Event]:
    keeps, final = _keeps(actor, record), rules.may(actor, Action.CLOSE_REPAIRS) and approvals.holds(FINAL, actor)
    by = {Event.PUT_BACK: keeps or (final and alone), Event.WRITE_OFF: final}
    events = {event for event in Event if machine.after(one.state, event) and by.get(event, keeps)}
    if machine.why_not_put_back(actor.id, hands):
        events.discard(Event.PUT_BACK)
    if machine.why_not_write_off(actor.id, hands, one.lost_by):
        events.discard(Event.WRITE_OFF)
    return frozenset(events)


def _hands(tx: Transaction, one: Repair) -> frozenset[str]:
    """Everybody who treated the paper, or wrote down what was done to it."""
    return tx.repairs.treaters([one.id])[one.id] | ({one.treated_by, one.done_by} - {""})


def _keeps(actor: Actor, record: Record) -> bool:
    return rules.may(actor, Action.KEEP_ROOMS) and rules.scope(actor, Action.HAND_OUT).admits(record)


def _paper(tx: Transaction, actor: Actor, record_id: str) -> Record:
    record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
    rules.require(actor, Action.HAND_OUT, record)
    if not record.shelf_location:
        raise Invalid("No shelf address is known: there is no paper to mend.", "no-paper-to-mend")
    return record


def _blank(archive: Archive, tx: Transaction, actor: Actor, record: Record, stocktake: str, loan: str) -> Blank:
    kinds = [damage.check(one) for one in house_sheets.lines(tx, "damage")]
    running = tx.repairs.running_among([record.id]).get(record.id)
    blank = Blank(record, kinds, "", "", actor.id, fileplan.today(archive), running)
    if stocktake and loan:
        raise Invalid("It was seen in a stocktake or after a loan, not in both.", "bad-damage")
    if stocktake:
        with _unseen():
            walk = tx.stocktakes.get(stocktake)
        sites = locations.sites_of(actor)
        line = next((one for one in walk.lines if one.record_id == record.id and one.harmed), None)
        if line is None or line.seen_at is None or (sites is not None and walk.site not in sites):
            raise _not_seen()
        on = line.seen_at.astimezone().date()
        return replace(blank, stocktake=walk.number, seen_by=line.seen_by, seen_on=on)
    if loan:
        with _unseen():
            lent = tx.loans.get(loan)
        item = next((one for one in lent.items if one.record_id == record.id and one.harmed), None)
        if item is None:
            raise _not_seen()
        on = (item.ended_at or archive.now()).astimezone().date()
        return replace(blank, loan=lent.number, seen_by=item.received_by, seen_on=on)
    return blank


def _not_seen() -> NotFound:
    return NotFound("This paper was not seen damaged there.", "not-seen-damaged")


@contextmanager
def _unseen() -> Generator[None]:
    """Whether there is such a stocktake or loan at all is told to nobody who names it by its id."""
    try:
        yield
    except NotFound:
        raise _not_seen() from None


def _step(archive: Archive, tx: Transaction, actor: Actor, repair_id: str, event: Event) -> tuple[Repair, Record]:
    shown = _one(archive, tx, actor, repair_id)
    final = approvals.holds(FINAL, actor)
    if event is Event.WRITE_OFF and not final:
        raise Denied(Action.CLOSE_REPAIRS, "not-asked", "It is the final-approver who gives up what is lost.")
    if event is not Event.WRITE_OFF and not (event is Event.PUT_BACK and final and shown.alone):
        rules.require(actor, Action.HAND_OUT, shown.record)
    after = machine.after(shown.repair.state, event)
    if after is None:
        raise Conflict("This is not what comes next for this case; look at how it stands.", "no-such-repair-step")
    return replace(shown.repair, state=after), shown.record


def _saved(
    archive: Archive, tx: Transaction, actor: Actor, record: Record, after: Repair, action: str, **details: str
) -> Repair:
    tx.repairs.save(after)
    tx.ledger.add(archive.now(), actor.id, action, "repair", after.id, site=record.site, **details)
    return after


def _said(before: str, now: str) -> str:
    if not now.strip():
        raise Invalid("Say what happened.", "no-note")
    return "\n".join(filter(None, (before, now.strip()[:TEXT_MAX])))


def _granted(tx: Transaction, record_id: str) -> tuple[Loan, Item] | None:
    """The loan for which somebody may collect this paper, and its item."""
    loan = tx.loans.holding(record_id)
    if loan is None:
        return None
    items = (one for one in loan.items if (one.record_id, one.form) == (record_id, Form.PAPER))
    return next(((loan, one) for one in items if one.state is LoanState.APPROVED), None)


def _tell_at_repair(archive: Archive, tx: Transaction, actor: Actor, record: Record, loan: Loan, due_on: date) -> None:
    """Whoever may collect it learns that it is away, and so does who would hand it out."""
    concerned = Concerned(loan.level, loan.borrower_id, loan.requested_by, frozenset())
    keepers = people_to_ask(archive, tx, Ask(Post.CONTROLLER, site=record.site), concerned)
    told = {addressee(loan), *(one.id for one in keepers)} - {actor.id}
    tell(archive, tx, told, "loan.at-repair", ("loan", loan.id), number=loan.number, due=due_on.isoformat())


def menders(archive: Archive, actor: Actor, repair_id: str) -> Sequence[Person]:
    """Those of us who could treat this paper."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.read() as tx:
        record = _one(archive, tx, actor, repair_id).record
        rules.require(actor, Action.HAND_OUT, record)
        able = tx.people.holding(role.value for role in rules.DUTIES[Action.SEE_ARCHIVE])
        return [one for one in able if _may_mend(one, record)]


def _may_mend(person: Person, record: Record) -> bool:
    """Whoever treats a paper finds its record, and is told when it is due."""
    them = as_actor(person)
    sees = rules.scope(them, Action.FIND).admits(record) and rules.may(them, Action.SEE_ARCHIVE)
    return person.active and sees


def _is_out(tx: Transaction, record_id: str) -> bool:
    loan = tx.loans.holding(record_id)
    away = (LoanState.ON_LOAN, LoanState.RECALLED, LoanState.LOST)
    return loan is not None and any(
        one.record_id == record_id and one.form is Form.PAPER and one.state in away for one in loan.items
    )


def _pages(said: int | None) -> int | None:
    if said is not None and not 0 <= said <= PAGES_MAX:
        raise Invalid(f"Write how many pages there are, from 0 to {PAGES_MAX}.", "bad-pages", field="pages")
    return said


def _ahead(field: str) -> Invalid:
    return Invalid("This day has not come yet.", "day-ahead", field=field)


def _before_away(field: str) -> Invalid:
    return Invalid("This day lies before the one on which it left its shelf.", "before-away", field=field)


STATES: Mapping[State, tuple[str, str]] = {
    State.OPEN: ("待修复", "to be mended"),
    State.IN_TREATMENT: ("修复中", "in treatment"),
    State.MENDED: ("已修复，待上架", "mended, not yet on its shelf"),
    State.BEYOND_REPAIR: ("无法修复，待上架", "cannot be mended, not yet on its shelf"),
    State.LOST: ("遗失", "lost"),
    State.BACK: ("已上架", "back on its shelf"),
    State.DROPPED: ("无需修复", "nothing to be done"),
    State.WRITTEN_OFF: ("遗失核销", "given up as lost"),
}
"""What pages and printouts say of a case."""
