"""What somebody does next: one line for each kind of work that waits for them, pressing ones first, with how much.

Counted is within what they may find, by the same rules as the pages the lines lead to. What nobody waits for is not
said: an empty desk is an empty list.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from access import rules
from access.actors import Actor, Role
from access.loans import OUT, State
from access.rules import Action
from archive import disposal, distributing, dues, loan_desk, locations, passwords, repairs, setting_up
from archive.app import Archive
from archive.backups import ceremony, state
from archive.dues import Task

HELD = OUT | {State.ACTIVE}
"""What somebody has, on paper or on screen."""
ANCHOR_DAYS = 7

Count = Callable[[Archive, Actor], int]


@dataclass(frozen=True, slots=True)
class Work:
    """So much of one kind of work; `pressing` is what is late, lost or shown if nobody does it."""

    code: str
    count: int
    pressing: bool


def of(archive: Archive, actor: Actor) -> Sequence[Work]:
    """What waits for this person, in the order in which it should be done."""
    found = [Work(code, count(archive, actor), pressing) for code, pressing, count in _lines(actor)]
    return [work for work in found if work.count]


def tasks(archive: Archive, actor: Actor, when: str = "", language: str = "zh") -> Sequence[Task]:
    """What falls due for this person and no other line of their desk counts: all of it, or what is late or near.

    This reads more than the lines of the desk do: contracts, dossiers, laws, terms that end. It is for the page it
    stands on alone, or for what comes when the rest of a page is there.
    """
    counted = {code for code, _, _ in _lines(actor)}
    mine = [one for one in dues.every(archive, actor, mine=True, language=language) if one.due.line not in counted]
    return [one for one in mine if not when or (one.days < 0) == (when == "late")]


def _lines(actor: Actor) -> Sequence[tuple[str, bool, Count]]:
    return [
        (code, pressing, count)
        for code, pressing, duty, roles, count in _KINDS
        if (not roles or actor.roles & roles) and (duty is None or rules.may(actor, duty))
    ]


def _share(archive: Archive, actor: Actor) -> int:
    return int(ceremony.waits_for(archive, actor))


def _own_late(archive: Archive, actor: Actor) -> int:
    at = archive.now()
    return sum(slip.due_at is not None and slip.due_at < at for slip in _own_out(archive, actor))


def _own(archive: Archive, actor: Actor) -> int:
    return sum(any(one.state in HELD for one in slip.loan.items) for slip in loan_desk.mine(archive, actor))


def _own_out(archive: Archive, actor: Actor) -> Sequence[loan_desk.Slip]:
    return [slip for slip in loan_desk.mine(archive, actor) if any(one.state in OUT for one in slip.loan.items)]


def _decide(archive: Archive, actor: Actor) -> int:
    return len(loan_desk.to_decide(archive, actor))


def _late(archive: Archive, actor: Actor) -> int:
    return len(loan_desk.overdue(archive, actor))


def _counter(archive: Archive, actor: Actor) -> int:
    return len(loan_desk.to_hand_out(archive, actor))


def _settle(archive: Archive, actor: Actor) -> int:
    return len(loan_desk.to_settle(archive, actor))


def _repairs(archive: Archive, actor: Actor) -> int:
    return len(repairs.to_close(archive, actor))


def _records(lifecycle: str, action: Action) -> Count:
    def count(archive: Archive, actor: Actor) -> int:
        with archive.read() as tx:
            return tx.records.count(rules.scope(actor, action), lifecycle)

    return count


def _stocktakes(archive: Archive, actor: Actor) -> int:
    with archive.read() as tx:
        return sum(one.closed_at is None for one in tx.stocktakes.every(locations.sites_of(actor)))


def _reading(archive: Archive, actor: Actor) -> int:
    return len(distributing.mine(archive, actor).to_read)


def _disposals(archive: Archive, actor: Actor) -> int:
    return sum(bool(one.may - {"cancel"}) for one in disposal.every(archive, actor))


def _alerts(archive: Archive, actor: Actor) -> int:
    rules.require(actor, Action.SEE_ALERTS)
    with archive.read() as tx:
        return sum(one.closed_at is None for one in tx.alerts.listed())


def _reviews(archive: Archive, actor: Actor) -> int:
    rules.require(actor, Action.REVIEW_EMERGENCIES)
    with archive.read() as tx:
        return len(tx.grants.to_review())


def _grants(archive: Archive, actor: Actor) -> int:
    rules.require(actor, Action.CONFIRM_RIGHTS)
    with archive.read() as tx:
        return len(tx.grants.waiting())


def _resets(archive: Archive, actor: Actor) -> int:
    return len(passwords.resets(archive, actor))


def _without_rights(archive: Archive, actor: Actor) -> int:
    rules.require(actor, Action.SEE_PEOPLE)
    with archive.read() as tx:
        return sum(one.active and not one.roles for one in tx.people.every())


def _anchor(archive: Archive, actor: Actor) -> int:
    """Lines of the ledger that were written down nowhere else, once it is more than a week since."""
    rules.require(actor, Action.SEE_LEDGER)
    with archive.read() as tx:
        last = max(tx.anchors.every(), key=lambda one: one.seq, default=None)
        lines, _ = tx.ledger.head()
    if last is not None and (archive.now() - last.at).days < ANCHOR_DAYS:
        return 0
    return lines - (last.seq if last else 0)


def _set_up(archive: Archive, actor: Actor) -> int:
    found = setting_up.of(archive, actor)
    return len(found.steps) - found.done


def _backups(archive: Archive, actor: Actor) -> int:
    rules.require(actor, Action.SEE_BACKUPS)
    return len(state.noted(archive))


def _dead_jobs(archive: Archive, actor: Actor) -> int:
    rules.require(actor, Action.RUN)
    with archive.read() as tx:
        return len(tx.jobs.dead())


_KEEPER, _MACHINE = frozenset({Role.DOCUMENT_CONTROLLER}), frozenset({Role.SYSADMIN})
_OFFICER, _AUDITOR = frozenset({Role.SECURITY_OFFICER}), frozenset({Role.AUDITOR})

_KINDS: Sequence[tuple[str, bool, Action | None, frozenset[Role], Count]] = (
    ("share", True, None, frozenset(), _share),
    ("own-late", True, Action.DECIDE_LOANS, frozenset(), _own_late),
    ("decide", True, Action.DECIDE_LOANS, frozenset(), _decide),
    ("settle", True, Action.DECIDE_LOANS, frozenset(), _settle),
    ("quarantine", True, Action.SEE_INTAKE, _KEEPER, _records("quarantined", Action.FIND)),
    ("late", True, Action.SEE_LOANS, _KEEPER, _late),
    ("alerts", True, Action.SEE_ALERTS, _OFFICER | _AUDITOR, _alerts),
    ("reviews", True, Action.REVIEW_EMERGENCIES, frozenset(), _reviews),
    ("grants", True, Action.CONFIRM_RIGHTS, frozenset(), _grants),
    ("resets", True, Action.GIVE_RIGHTS, _OFFICER, _resets),
    ("backups", True, Action.RUN, _MACHINE, _backups),
    ("dead-jobs", True, Action.RUN, _MACHINE, _dead_jobs),
    ("without-rights", False, Action.GIVE_RIGHTS, _OFFICER, _without_rights),
    ("counter", False, Action.SEE_LOANS, _KEEPER, _counter),
    ("repairs", False, Action.CLOSE_REPAIRS, frozenset(), _repairs),
    ("to-file", False, Action.SEE_INTAKE, _KEEPER, _records("captured", Action.FIND)),
    ("accession", False, Action.ACCESSION, _KEEPER, _records("filed", Action.FIND)),
    ("stocktakes", False, Action.KEEP_ROOMS, _KEEPER, _stocktakes),
    ("disposals", False, Action.TAKE_PART, frozenset(), _disposals),
    ("reading", False, Action.SEE_DOCUMENTS, frozenset(), _reading),
    ("own", False, Action.DECIDE_LOANS, frozenset(), _own),
    ("anchor", False, Action.ANCHOR, _AUDITOR, _anchor),
    ("set-up", False, Action.SET_UP, _MACHINE, _set_up),
)
"""Code, pressing, the duty and the roles it is for, and how it is counted; in the order in which it should be done."""
