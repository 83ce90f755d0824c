"""Intake, the filing queue and the file plan for programs."""

from flask import Response

from archive import intake, reconciling, records
from web import current
from web.api import Answer, Given, Operation, Parameter, said, shapes
from web.api.schemas import COUNT, ref


def get_intake(_given: Given) -> Response:
    overview = intake.overview(current.archive(), current.actor())
    return said(
        {
            "seen_today": sum(overview.today.values()),
            "today": dict(overview.today),
            "total": dict(overview.counts),
            "books": shapes.books(reconciling.books(current.archive(), current.actor())),
            "oldest_waiting": shapes.moment(overview.oldest_waiting) if overview.oldest_waiting else None,
            "waiting": [shapes.arrival(one) for one in overview.waiting],
            "quarantined": [shapes.arrival(one) for one in overview.quarantined],
            "recent": [shapes.arrival(one) for one in overview.recent],
        }
    )


def retry_arrival(given: Given) -> Response:
    return said(shapes.arrival(intake.retry(current.archive(), current.actor(), given["id"])))


def get_filing_queue(given: Given) -> Response:
    queue = records.filing_queue(current.archive(), current.actor(), offset=given["offset"], limit=given["limit"])
    return said(
        {
            "total": queue.total,
            "records": [
                {
                    "id": record.id,
                    **shapes.described(record),
                    "revision": record.revision,
                    "captured_at": shapes.moment(record.captured_at),
                    "file_names": [component.file_name for component in components],
                    "suggestions": [shapes.suggestion(one) for one in suggestions],
                }
                for record, suggestions, components in queue.entries
            ],
        }
    )


def get_classes(_given: Given) -> Response:
    vocabulary = records.vocabulary(current.archive(), current.actor())
    return said(
        {
            "classes": [
                {
                    "code": one.code,
                    "name_zh": one.name_zh,
                    "name_en": one.name_en,
                    "retention": one.retention,
                    "level": one.level,
                    "pii": one.pii,
                    "responsible_post": one.responsible_post,
                    "required_documents": list(one.required_documents),
                }
                for one in vocabulary.classes
            ]
        }
    )


OPERATIONS = (
    Operation(
        "GET",
        "/intake",
        "What came in, what waits, what lies in quarantine, and whether it adds up.",
        get_intake,
        {200: Answer("seen = captured + duplicate + quarantined + waiting.", ref("Intake"))},
    ),
    Operation(
        "POST",
        "/intake/{id}/retry",
        "Try a file from quarantine again.",
        retry_arrival,
        {200: Answer("The arrival as it stands now.", ref("Arrival"))},
        (Parameter("id", {"type": "string"}, "Id of the arrival.", "path"),),
    ),
    Operation(
        "GET",
        "/filing",
        "Records that wait to be filed, oldest first, each with what the machine suggests.",
        get_filing_queue,
        {200: Answer("The queue.", ref("FilingQueue"))},
        (
            Parameter("offset", {**COUNT, "maximum": 1_000_000, "default": 0}, "How many to leave out."),
            Parameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "How many to show."),
        ),
    ),
    Operation("GET", "/classes", "The file plan.", get_classes, {200: Answer("Every class.", ref("Classes"))}),
)
