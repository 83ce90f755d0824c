"""Values of the archive as the JSON that programs get."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from archive.model import Arrival, Component, Record, Suggestion
from archive.reconciling import Books
from archive.records import View
from archive.search import Found
from indexer.snippets import Snippet
from web import sentences


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def described(record: Record) -> Mapping[str, Any]:
    return {
        "title": record.title,
        "class": record.class_code,
        "level": record.level,
        "site": record.site,
        "department": record.department,
        "number": record.doc_number,
        "issuer": record.issuer,
        "parties": list(record.parties),
        "date": record.document_date.isoformat() if record.document_date else None,
        "location": record.shelf_location,
    }


def record(view: View) -> Mapping[str, Any]:
    kept = view.record
    return {
        "id": kept.id,
        **described(kept),
        "lifecycle": kept.lifecycle,
        "code": kept.archival_code,
        "pii": kept.pii,
        "captured_at": moment(kept.captured_at),
        "captured_by": view.captured_by,
        "revision": kept.revision,
        "may_read": view.may_read,
        "may_download": view.may_download,
        "may_describe": view.may_describe,
        "refusal": sentences.translated(view.refusal) or view.refusal,
        "components": [component(one) for one in view.components],
        "versions": [version(one, view.people) for one in view.versions],
        "suggestions": [suggestion(one) for one in view.suggestions],
    }


def component(kept: Component) -> Mapping[str, Any]:
    return {
        "id": kept.id,
        "file_name": kept.file_name,
        "media_type": kept.media_type,
        "size_bytes": kept.size_bytes,
        "sha256": kept.digest,
        "pages": kept.page_count,
        "image_pages": kept.image_pages,
        "cautions": [{"code": code, "detail": detail} for code, detail in kept.cautions],
        "part": kept.part,
        "version": kept.version,
        "parent": kept.parent_id or None,
        "place": kept.place,
    }


def version(kept: Component, people: Mapping[str, str]) -> Mapping[str, Any]:
    assert kept.added_at is not None
    return {
        "component": kept.id,
        "part": kept.part,
        "version": kept.version,
        "current": kept.current,
        "file_name": kept.file_name,
        "size_bytes": kept.size_bytes,
        "sha256": kept.digest,
        "added_at": moment(kept.added_at),
        "added_by": people.get(kept.added_by, kept.added_by),
        "why": kept.why,
    }


def suggestion(one: Suggestion) -> Mapping[str, Any]:
    return {
        "field": one.field,
        "value": one.value,
        "confidence": one.confidence,
        "page": one.page,
        "quote": one.quote,
    }


def lines(snippets: Sequence[Snippet]) -> list[dict[str, Any]]:
    return [
        {
            "page": snippet.page,
            "text": "".join(text for text, _ in snippet.parts),
            "parts": [{"text": text, "match": match} for text, match in snippet.parts],
        }
        for snippet in snippets
    ]


def hit(found: Found) -> Mapping[str, Any]:
    return {
        "id": found.record.id,
        **described(found.record),
        "lifecycle": found.record.lifecycle,
        "code": found.record.archival_code,
        "page": found.page,
        "component": found.file.id if found.file else None,
        "snippets": lines(found.snippets),
        "nearest": found.nearest,
        "may_read": found.may_read,
        "may_apply": found.may_apply,
        "obsolete_since": found.obsolete.since.isoformat() if found.obsolete else None,
        "format": found.format,
        "lending": {
            "lent": found.standing.lent,
            "back": moment(found.standing.back_at) if found.standing.back_at else None,
            "own_loan": found.standing.own_loan,
            "own_state": found.standing.own_state,
            "own_due": moment(found.standing.own_due_at) if found.standing.own_due_at else None,
        },
    }


def arrival(one: Arrival) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "source": one.source,
        "name": one.name,
        "size_bytes": one.size_bytes,
        "state": one.state,
        "outcome": one.outcome,
        "seen_at": moment(one.seen_at),
        "record": one.record_id,
        "reason_code": one.reason_code,
        "reason": sentences.reason(one.reason_code, one.reason),
    }


def books(found: Books) -> Mapping[str, Any]:
    return {
        "balanced": found.balanced,
        "unexplained": found.unexplained,
        "last_hour": found.last_hour,
        "to_read": found.to_read,
        "sums": [
            {
                "day": one.day,
                "source": one.source,
                "seen": one.seen,
                "filed": one.filed,
                "duplicate": one.duplicate,
                "quarantined": one.quarantined,
                "waiting": one.waiting,
            }
            for one in found.sums
        ],
        "left": [
            {"inbox": one.inbox, "count": one.count, "oldest": moment(one.oldest), "minutes": one.minutes}
            for one in found.left
        ],
    }
