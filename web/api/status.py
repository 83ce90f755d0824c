"""How the archive is doing, and who is asking, for programs."""

from flask import Response

from archive import status
from archive.errors import Invalid
from web import current, sentences
from web.api import Answer, Given, Operation, body, said, shapes
from web.api.schemas import ref


def get_status(_given: Given) -> Response:
    now = status.of(current.archive(), current.actor())
    return said(
        {
            "records": dict(now.records),
            "files_seen": dict(now.files_seen),
            "files_seen_today": dict(now.files_seen_today),
            "oldest_waiting": shapes.moment(now.oldest_waiting) if now.oldest_waiting else None,
            "jobs": dict(now.jobs),
            "dead_jobs": [
                {"id": job.id, "kind": job.kind, "error": sentences.kind_of(job.error)} for job in now.dead_jobs
            ],
            "index": now.index,
            "index_backlog": now.index_backlog,
            "index_lag_s": round(now.index_lag_s, 3),
            "index_trouble": now.index_trouble,
            "index_missing": now.index_missing,
            "index_progress": now.index_progress,
            "objects": now.objects,
            "bytes_kept": now.bytes_kept,
            "bytes_stored": now.bytes_stored,
            "disk_free": now.disk_free,
            "searches": {
                "count": now.searches.searches,
                "p50_ms": now.searches.p50_ms,
                "p95_ms": now.searches.p95_ms,
                "p99_ms": now.searches.p99_ms,
            },
            "ledger_lines": now.ledger_lines,
            "ledger_head": now.ledger_head,
            "books": shapes.books(now.books),
            "last_backup": shapes.moment(now.last_backup) if now.last_backup else None,
        }
    )


def retry_jobs(_given: Given) -> Response:
    wanted = body().get("job")
    if wanted is not None and type(wanted) is not int:
        raise Invalid("job is the number of a job.", "bad-body")
    return said({"retried": status.retry_jobs(current.archive(), current.actor(), wanted)})


def get_me(_given: Given) -> Response:
    person = current.person()
    return said(
        {
            "id": person.id,
            "login": person.login,
            "name": person.name,
            "department": person.department,
            "clearance": person.clearance,
            "roles": sorted(person.roles),
            "sites": sorted(person.sites),
        }
    )


OPERATIONS = (
    Operation(
        "GET", "/status", "Counts, backlog, lag, ages.", get_status, {200: Answer("How it is doing.", ref("Status"))}
    ),
    Operation(
        "POST",
        "/jobs/retry",
        "Try a job again that was given up; without a number, all of them.",
        retry_jobs,
        {200: Answer("How many are to be done again.", ref("Retried"))},
        body={"application/json": ref("RetryJobs")},
    ),
    Operation("GET", "/people/me", "Who you are here.", get_me, {200: Answer("You.", ref("Person"))}),
)
