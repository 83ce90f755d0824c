"""Contracts that end: the notice that stands in law is a deadline, told of 120 and 100 days before the end; what is to
be renewed is signed before the end (民法典 947)."""

from collections.abc import Iterable
from datetime import date, timedelta

from access.actors import Actor
from access.rules import Action
from archive import contracts
from archive.app import Archive
from archive.contracts import Row
from archive.dues import Due, Say, Span
from archive.model.contracts import ALERTS_DAYS

TITLE = {"zh": "合同到期", "en": "Contracts that end"}
DUTY = Action.SEE_CONTRACTS


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    for row in contracts.register(archive, actor):
        one = row.contract
        # Decided already: it was ended, goes on without a term, or its successor is confirmed.
        if one.state != "confirmed" or one.ends_on is None or one.indefinite or one.ended_on or row.after:
            continue
        link = f"/records/{one.record_id}"
        for day, sentence in _steps(row, one.ends_on, span.today, say):
            if day <= span.until:
                yield Due(one.id, sentence, day, link, duty=Action.KEEP_CONTRACTS)


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
