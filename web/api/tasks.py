"""What falls due and what is wrong, for programs."""

from datetime import date

from flask import Response

from archive import dues, faults
from archive.errors import Invalid
from web import current, language
from web.api import Answer, Given, Operation, Parameter, said
from web.api.schemas import ref


def get_tasks(given: Given) -> Response:
    found = dues.every(
        current.archive(),
        current.actor(),
        until=_day(given.get("until", "")),
        kind=given.get("kind", ""),
        mine=given["of"] == "mine",
        language=language.language(),
    )
    return said(
        {
            "tasks": [
                {
                    "kind": task.kind,
                    "title": task.title,
                    "subject": task.due.subject,
                    "sentence": task.due.sentence,
                    "due": task.due.on.isoformat(),
                    "days": task.days,
                    "mine": task.mine,
                    "link": task.due.link,
                }
                for task in found
            ]
        }
    )


def get_faults(given: Given) -> Response:
    found = faults.every(
        current.archive(),
        current.actor(),
        on=_day(given.get("on", "")),
        kind=given.get("kind", ""),
        language=language.language(),
    )
    return said(
        {
            "faults": [
                {
                    "kind": one.kind,
                    "title": one.title,
                    "severity": one.severity,
                    "subject": one.fault.subject,
                    "sentence": one.fault.sentence,
                    "link": one.fault.link,
                }
                for one in found
            ]
        }
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(f"{text!r} is no date; write it as 2026-03-01.", "not-a-date") from None


OPERATIONS = (
    Operation(
        "GET",
        "/tasks",
        "What falls due, the most urgent first.",
        get_tasks,
        {200: Answer("The tasks.", ref("Tasks"))},
        (
            Parameter("of", {"type": "string", "enum": ["mine", "all"], "default": "mine"}, "Yours, or all."),
            Parameter("kind", {"type": "string", "enum": list(dues.names())}, "Only of this kind."),
            Parameter("until", {"type": "string"}, "Until this day; else for the next thirty days."),
        ),
    ),
    Operation(
        "GET",
        "/faults",
        "What is not as it has to be, the gravest first.",
        get_faults,
        {200: Answer("The faults.", ref("Faults"))},
        (
            Parameter("kind", {"type": "string", "enum": list(faults.names())}, "Only of this kind."),
            Parameter("on", {"type": "string"}, "As of this day; else today."),
        ),
    ),
)
