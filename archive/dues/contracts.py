"""Contracts that end: the notice that stands in law is a deadline, told of 120 and 100 days before the end; what is to
be renewed is signed before the end (民法典 947); who does not go on hands over (949). What
has ended is a task until somebody says what became of it."""

from collections.abc import Iterable
from datetime import date, timedelta

from access.actors import Actor
from access.rules import Action
from archive import contract_desk
from archive.app import Archive
from archive.contract_desk import Row
from archive.dues import Due, Say, Span
from archive.model.contracts import ALERTS_DAYS, undecided

TITLE = {"zh": "合同到期", "en": "Contracts that end"}
DUTY = Action.SEE_CONTRACTS


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    rows = contract_desk.register(archive, actor)
    for row in rows:
        one, link = row.contract, f"/contracts/{row.contract.id}"
        if one.state != "confirmed" or row.after:
            continue
        if one.ended_on is not None:
            if one.exclusive and one.ended_on >= span.today and _nothing_follows(one.ended_on, row, rows):
                said = say(f"《{one.title}》终止，当日起办理移交", f"{one.title} ends: hand over from this day on")
                yield Due(one.id, said, one.ended_on, link, duty=Action.KEEP_CONTRACTS)
        # Decided already: it goes on without a term.
        elif undecided(one, span.today, followed=False):
            said = say(
                f"《{one.title}》已于 {one.ends_on} 到期，请登记去向：续签、移交、终止或转不定期",
                f"{one.title} ended on {one.ends_on}: say whether it was renewed, handed over, ended or goes on",
            )
            yield Due(one.id, said, one.ends_on or span.today, link, duty=Action.CONFIRM_CONTRACTS)
        elif one.ends_on is not None and not one.indefinite:
            for day, sentence in _steps(row, one.ends_on, span.today, say):
                if day <= span.until:
                    yield Due(one.id, sentence, day, link, duty=Action.KEEP_CONTRACTS)


def _nothing_follows(last_day: date, row: Row, rows: Iterable[Row]) -> bool:
    """Does no other exclusive contract of the project hold on the day after?"""
    after = last_day + timedelta(days=1)
    return not any(
        other.contract.site == row.contract.site
        and other.contract.exclusive
        and other.contract.state == "confirmed"
        and other.contract.holds_on(after)
        for other in rows
    )


def _steps(row: Row, ends_on: date, today: date, say: Say) -> Iterable[tuple[date, str]]:
    title, by = row.contract.title, row.notice_by
    if by is not None and today <= by:
        alerts = [ends_on - timedelta(days=days) for days in ALERTS_DAYS]
        told_on = next((day for day in alerts if today <= day < by), by)
        yield (
            told_on,
            say(f"《{title}》如不续约，最迟 {by} 书面通知", f"{title}: give notice by {by} if it is not to be renewed"),
        )
    yield ends_on, say(f"《{title}》到期，续约须在此前签订", f"{title} ends: what follows is signed before")
