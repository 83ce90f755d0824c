"""Somebody decides in somebody else's place, from a day to a day."""

from datetime import datetime

from access import approvals, rules
from access.actors import Actor, Role
from access.approvals import Delegation
from access.rules import Action, Denied
from archive.app import Archive
from archive.errors import Invalid, NotFound
from archive.loan_steps import refuse
from archive.model import new_id
from archive.telling import day, tell


def delegate(archive: Archive, actor: Actor, login: str, starts_at: datetime, ends_at: datetime) -> Delegation:
    """Let somebody else decide in one's place, from a day to a day (T7)."""
    rules.require(actor, Action.DECIDE_LOANS)
    if not actor.roles & frozenset(approvals.ROLE_OF.values()):
        raise Denied(Action.DECIDE_LOANS, "no-post", "Only somebody who approves has something to delegate.")
    refuse(approvals.why_not_delegate(starts_at, ends_at, archive.now()))
    with archive.write() as tx:
        account = tx.people.called(login.strip())
        if account is None or not account.person.active or Role.SYSADMIN in account.person.roles:
            raise Invalid("There is nobody of that name who could decide for you.", "no-such-person")
        if account.person.id == actor.id:
            raise Invalid("A deputy is somebody else.", "own-deputy")
        delegation = Delegation(new_id(), actor.id, account.person.id, starts_at, ends_at)
        tx.loans.add_delegation(delegation)
        tx.ledger.add(
            archive.now(),
            actor.id,
            "delegation.given",
            "person",
            account.person.id,
            delegation=delegation.id,
            first=day(starts_at),
            last=day(ends_at),
        )
        dates = {"first": day(starts_at), "last": day(ends_at)}
        tell(archive, tx, [account.person.id], "delegation.given", ("delegation", delegation.id), **dates)
    return delegation


def end_delegation(archive: Archive, actor: Actor, delegation_id: str) -> None:
    """Decide oneself again. What the deputy decided stays decided."""
    rules.require(actor, Action.DECIDE_LOANS)
    with archive.write() as tx:
        delegation = tx.loans.delegation(delegation_id)
        if delegation is None or delegation.principal_id != actor.id:
            raise NotFound("There is no such delegation.")
        tx.loans.end_delegation(delegation_id, archive.now())
        tx.ledger.add(
            archive.now(), actor.id, "delegation.ended", "person", delegation.delegate_id, delegation=delegation_id
        )
