"""What time brings about: loans expire and lapse, the overdue are reminded, queues move on.

`sweep` may run anywhere, at any time, as often as one likes: every step is claimed before it is taken, so
nothing happens twice, and what was missed while nobody swept is made up for without a flood.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from access import loans
from access.actors import SERVICE
from access.approvals import Ask, Concerned, Post
from access.loans import Event, Item, Loan, Rung, State
from archive.app import Archive
from archive.loan_chain import concerned_by
from archive.loan_steps import addressee, next_in_line, people_to_ask, step
from archive.tables import Transaction
from archive.tables.loans import RUNNING, Approval
from archive.telling import day, tell

ASKED_AGAIN_AFTER_DAYS = (1, 3, 7)
TURN_LASTS = timedelta(days=3)
"""Who is told that a paper is free has so long to apply before the next is told."""


def sweep(archive: Archive) -> int:
    """Do everything that is due by now; how many loans were touched. Safe to repeat and to run beside itself."""
    at = archive.now()
    with archive.read() as tx:
        running = tx.loans.with_items_in(RUNNING, due_before=at + timedelta(days=1))
        granted = tx.loans.with_items_in([State.APPROVED])
        late = [one for loan in granted for one in loan.items if loans.was_not_collected(loan, one, at)]
        away = tx.repairs.away([one.record_id for one in late])
        asks = tx.loans.open_asks()
        turns = tx.loans.told_before(at - TURN_LASTS)
    touched = 0
    for loan in running:
        touched += _timed(archive, loan.id, at)
    for loan in granted:
        if any(loans.was_not_collected(loan, item, at) and item.record_id not in away for item in loan.items):
            touched += _lapsed(archive, loan.id, at)
    for ask in asks:
        touched += _asked_again(archive, ask, at)
    for waiting in turns:
        with archive.write() as tx:
            if waiting.id in {one.id for one in tx.loans.waiting_for(waiting.record_id)}:
                tx.loans.leave_queue(waiting.id, served=False)
                if tx.loans.holding(waiting.record_id) is None:
                    next_in_line(archive, tx, waiting.record_id)
                touched += 1
    return touched


def _timed(archive: Archive, loan_id: str, at: datetime) -> int:
    """Expire and remind one loan as it stands now, not as it stood when it was noticed."""
    with archive.write() as tx:
        loan = tx.loans.get(loan_id)
        touched = 0
        for item in loan.items:
            if item.state is State.ACTIVE and item.due_at is not None and at >= item.due_at:
                step(archive, tx, SERVICE.id, loan, item, Event.EXPIRE)
                touched = 1
            else:
                touched |= _reminded(archive, tx, loan, item, at)
        past = any(item.due_at is not None and at >= item.due_at for item in loan.items)
        if loan.renewing and past:
            tx.loans.void_open(loan.id, at)
            tx.loans.save_loan(replace(loan, renewing=False))
        return touched


def _reminded(archive: Archive, tx: Transaction, loan: Loan, item: Item, at: datetime) -> int:
    """Say what the highest rung reached says; the lower ones, if nobody said them in time, are let go."""
    reached = loans.rungs_reached(item, at)
    if not reached:
        return 0
    assert item.due_at is not None
    fresh = [rung for rung in reached if tx.reminders.claim(item.id, item.due_at, rung.days, at)]
    if not fresh or fresh[-1] != reached[-1]:
        return 0
    rung = fresh[-1]
    kind = "loan.due-soon" if rung.days < 0 else "loan.due" if rung.days == 0 else "loan.overdue"
    said = {
        "number": loan.number,
        "item": item.id,
        "due": day(item.due_at),
        "days": str(loans.days_overdue(item, at)),
    }
    tell(archive, tx, [addressee(loan)], kind, ("loan", loan.id), **said)
    others = set(_also(archive, tx, loan, item, rung)) - {addressee(loan)}
    tell(archive, tx, others, "loan.still-out", ("loan", loan.id), **said)
    tx.ledger.add(at, SERVICE.id, "loan.reminded", "loan", loan.id, item=item.id, rung=rung.days)
    return 1


def _also(archive: Archive, tx: Transaction, loan: Loan, item: Item, rung: Rung) -> list[str]:
    """Who besides the borrower hears of it at this rung."""
    record = tx.records.get(item.record_id)
    borrower = tx.people.get(addressee(loan))
    asks = {
        Post.DEPARTMENT_HEAD: Ask(Post.DEPARTMENT_HEAD, department=borrower.department if borrower else ""),
        Post.CLASS_OWNER: Ask(Post.CLASS_OWNER, department=record.department),
        Post.CONTROLLER: Ask(Post.CONTROLLER, site=record.site),
    }
    concerned = Concerned(loan.level, loan.borrower_id, loan.requested_by, frozenset())
    return [p.id for post in rung.also for p in people_to_ask(archive, tx, asks[Post(post)], concerned)]


def _lapsed(archive: Archive, loan_id: str, at: datetime) -> int:
    """Nobody can collect a paper that is at repair: its days begin anew when it is back."""
    with archive.write() as tx:
        loan = tx.loans.get(loan_id)
        away = tx.repairs.away([item.record_id for item in loan.items])
        waiting = [
            item for item in loan.items if loans.was_not_collected(loan, item, at) and item.record_id not in away
        ]
        for item in waiting:
            step(archive, tx, SERVICE.id, loan, item, Event.LAPSE)
        if waiting:
            tell(archive, tx, [addressee(loan)], "loan.lapsed", ("loan", loan.id), number=loan.number)
        return len(waiting) > 0


def _asked_again(archive: Archive, ask: Approval, at: datetime) -> int:
    """Whoever has been asked and has not answered is asked again; a deputy who began meanwhile too."""
    assert ask.asked_at is not None
    reached = [days for days in ASKED_AGAIN_AFTER_DAYS if at >= ask.asked_at + timedelta(days=days)]
    if not reached:
        return 0
    subject = f"{ask.loan_id}/{ask.round}/{ask.position}"
    with archive.write() as tx:
        chain = tx.loans.approvals_of([ask.loan_id])[ask.loan_id]
        still = next(one for one in chain if (one.round, one.position) == (ask.round, ask.position))
        fresh = [days for days in reached if tx.reminders.claim(subject, ask.asked_at, days, at)]
        if still.decision or not fresh or fresh[-1] != reached[-1]:
            return 0
        loan = tx.loans.get(ask.loan_id)
        people = people_to_ask(archive, tx, ask.ask, concerned_by(loan, chain, ask.round))
        tell(archive, tx, (p.id for p in people), "loan.still-asked", ("loan", loan.id), number=loan.number)
        return 1
