"""What came in and is not filed: due by the filing deadline of its class, or a month after it came."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.dues import Due, Say, Span
from archive.model import Record
from archive.model.retention import Deadline, parse_deadline

TITLE = {"zh": "待归档", "en": "To be filed"}
DUTY = Action.SEE_INTAKE

WITHIN = timedelta(days=30)
"""After it came, where neither class nor date has been stated yet."""
SHOWN_MAX = 500


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    with archive.read() as tx:
        waiting = tx.records.listed(rules.scope(actor, Action.FIND), lifecycle="captured", limit=SHOWN_MAX)
        deadlines = {one.code: parse_deadline(one.filing_deadline) for one in tx.file_plan.every()}
    for record in waiting:
        day = _by(record, deadlines)
        if day <= span.until:
            said = say(f"未归档：《{record.title}》", f"Not filed yet: {record.title}")
            yield Due(record.id, said, day, f"/filing/{record.id}", duty=Action.SEE_INTAKE, line="to-file")


def _by(record: Record, deadlines: Mapping[str, Deadline | None]) -> date:
    deadline = deadlines.get(record.class_code)
    if deadline is not None and record.document_date is not None:
        return deadline.ends_on(record.document_date)
    return record.captured_at.astimezone().date() + WITHIN
