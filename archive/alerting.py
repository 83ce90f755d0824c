"""What looks unusual in the ledger is noticed: many readings in an hour, readings out of hours, many refusals.

An alert says that somebody should look, not that somebody did wrong. It is raised once for each person, kind and
hour, told to the security officers, and stays open until one of them or an auditor has written down what it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from access import rules
from access.actors import SERVICE, Actor, Role
from access.rules import Action, Denied
from archive import config
from archive.app import Archive
from archive.auditing import READS
from archive.errors import Conflict, Invalid
from archive.model import Alert, Event, new_id
from archive.tables import Transaction
from archive.telling import tell

REFUSALS = ("access.refused", "sign-in.refused")
SEEN = "alerts-seen"
"""Up to which line of the ledger everything was looked at."""
BATCH = 5000
REFUSALS_LOGGED_PER_MINUTE = 20
"""So many refusals of one person are written down in a minute; more would only fill the ledger."""


def refused(archive: Archive, actor: Actor, denied: Denied, subject: str = "") -> None:
    """Write down that somebody was refused at the door: what they wanted, and of what."""
    at = archive.now()
    with archive.write() as tx:
        since = at - timedelta(minutes=1)
        recent = tx.ledger.recent(actor.id, since, limit=REFUSALS_LOGGED_PER_MINUTE * 2)
        if sum(event.action == REFUSALS[0] for event in recent) < REFUSALS_LOGGED_PER_MINUTE:
            tx.ledger.add(
                at,
                actor.id,
                "access.refused",
                "record" if subject else "person",
                subject or actor.id,
                wanted=denied.action,
                reason=denied.reason,
            )


def sweep(archive: Archive) -> int:
    """Look at every line that nobody has looked at; how many alerts were raised. Safe to repeat."""
    raised = 0
    while True:
        with archive.write() as tx:
            seen = int(tx.meta.get(SEEN) or 0)
            lines = tx.ledger.after(seen, limit=BATCH)
            for kind, person_id, hour in _touched(archive, lines):
                raised += _raised(archive, tx, kind, person_id, hour)
            if lines:
                tx.meta.put(SEEN, str(lines[-1].seq))
        if len(lines) < BATCH:
            return raised


@dataclass(frozen=True, slots=True)
class Board:
    alerts: Sequence[Alert]
    people: Mapping[str, tuple[str, str]]
    """Id → login and name of those whom the alerts are about, and of those who closed them."""


def board(archive: Archive, actor: Actor) -> Board:
    rules.require(actor, Action.SEE_ALERTS)
    with archive.read() as tx:
        return Board(tx.alerts.listed(), {one.id: (one.login, one.name) for one in tx.people.every()})


def close(archive: Archive, actor: Actor, alert_id: str, finding: str) -> None:
    """Write down what it was. Nobody closes what is said about themselves."""
    rules.require(actor, Action.SEE_ALERTS)
    finding = finding.strip()[:2000]
    if not finding:
        raise Invalid("Say what you found.", "no-finding")
    with archive.write() as tx:
        alert = tx.alerts.get(alert_id)
        if alert.person_id == actor.id:
            raise Conflict("Somebody else looks into what is said about you.", "own-alert")
        if not tx.alerts.close(alert_id, actor.id, archive.now(), finding):
            raise Conflict("Somebody has closed it already.", "no-such-step")
        tx.ledger.add(archive.now(), actor.id, "alert.closed", "person", alert.person_id, alert=alert.id)


def _touched(archive: Archive, lines: Sequence[Event]) -> Sequence[tuple[str, str, datetime]]:
    """Which hours of which people are to be counted anew."""
    opens, closes = config.hours(archive.settings.office_hours)
    found: dict[tuple[str, str, datetime], None] = {}
    for line in lines:
        hour = line.at.replace(minute=0, second=0, microsecond=0)
        if line.action in READS:
            found[("many-reads", line.actor, hour)] = None
            if not opens <= line.at.astimezone().time() < closes:
                found[("off-hours", line.actor, hour)] = None
        elif line.action in REFUSALS:
            found[("refusals", line.actor, hour)] = None
    return list(found)


def _raised(archive: Archive, tx: Transaction, kind: str, person_id: str, hour: datetime) -> int:
    settings, end = archive.settings, hour + timedelta(hours=1)
    actions = REFUSALS if kind == "refusals" else READS
    events = tx.ledger.sought(actor=person_id, actions=actions, first=hour, last=end, limit=10 * BATCH)
    # Of readings the records count, not the pages: who reads one long file reads one thing.
    count = len(events) if kind == "refusals" else len({event.subject_id for event in events})
    bound = {"many-reads": settings.reads_per_hour, "refusals": settings.refusals_per_hour, "off-hours": 0}[kind]
    if count <= bound:
        return 0
    alert = Alert(new_id(), person_id, kind, hour, count, archive.now())
    if not tx.alerts.raise_once(alert):
        return 0
    tx.ledger.add(
        archive.now(), SERVICE.id, "alert.raised", "person", person_id, alert=alert.id, kind=kind, count=count
    )
    officers = [one.id for one in tx.people.holding([Role.SECURITY_OFFICER.value]) if one.id != person_id]
    tell(archive, tx, officers, "alert.raised", ("alert", alert.id))
    return 1
