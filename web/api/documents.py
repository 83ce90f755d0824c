"""Controlled documents for programs: the register as of any day, one document, drafting, and every deed of its page."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.datastructures import MultiDict

from archive import documents, naming
from archive.documents import Draft, Row
from archive.errors import Invalid
from archive.model.documents import KINDS, Edition
from web import current, document_deeds
from web.api import Answer, Given, Operation, Parameter, body, said
from web.api.schemas import TEXT, ref
from web.api.shapes import moment

DOCUMENT_ID = Parameter("id", TEXT, "Id of the document.", "path")
ON = Parameter("on", TEXT, "As of this day; else today.")


def get_documents(given: Given) -> Response:
    rows = documents.register(
        current.archive(),
        current.actor(),
        on=_day(given),
        kind=given.get("kind", ""),
        standing=given.get("standing", ""),
    )
    return said({"documents": [_row(row) for row in rows]})


def get_document(given: Given) -> Response:
    return _document(given["id"], given)


def draft_document(_given: Given) -> Response:
    values = _texts(body(("record", "number", "label")))
    draft = Draft(
        number=values["number"],
        label=values["label"],
        title=values.get("title", ""),
        kind=values.get("kind", "procedure"),
        department=values.get("department", ""),
        owner=values.get("owner", ""),
        why=values.get("why", ""),
        impact=values.get("impact", ""),
        elsewhere=bool(values.get("elsewhere")),
    )
    made = documents.draft(current.archive(), current.actor(), values["record"], draft)
    answer = _document(made.document_id, {})
    answer.status_code = 201
    return answer


def change_document(given: Given) -> Response:
    values = _texts(body(("deed",)))
    document_deeds.do(current.archive(), current.actor(), given["id"], values["deed"], MultiDict(values))
    return _document(given["id"], {})


def _document(document_id: str, given: Given) -> Response:
    shown = documents.show(current.archive(), current.actor(), document_id, on=_day(given))
    people = shown.people
    return said(
        {
            **_row(shown.row),
            "editions": [{**_edition(one), "standing": one.standing(shown.day)} for one in shown.row.editions],
            "copies": [
                {
                    "id": one.id,
                    "edition": one.edition_id,
                    "number": f"{shown.row.document.number}-{one.number:02}",
                    "holder": people.get(one.holder_id, one.holder_id),
                    "place": one.place,
                    "handed_at": moment(one.handed_at) if one.handed_at else None,
                    "received_at": moment(one.received_at) if one.received_at else None,
                    "recalled_at": moment(one.recalled_at) if one.recalled_at else None,
                    "outcome": one.outcome or None,
                }
                for one in shown.copies
            ],
            "readers": [
                {
                    "edition": one.edition_id,
                    "person": people.get(one.person_id, one.person_id),
                    "due": one.due_on.isoformat(),
                    "read_at": moment(one.read_at) if one.read_at else None,
                }
                for one in shown.readers
            ],
            "may": sorted(shown.may),
        }
    )


def _row(row: Row) -> Mapping[str, Any]:
    document = row.document
    return {
        "id": document.id,
        "number": document.number,
        "title": document.title,
        "kind": document.kind,
        "department": document.department,
        "review_on": document.review_on.isoformat() if document.review_on else None,
        "effective": _edition(row.effective) if row.effective else None,
        "copies_out": row.copies_out,
        "to_recall": row.to_recall,
        "unread": row.unread,
    }


def _edition(one: Edition) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "record": one.record_id,
        "state": one.state.value,
        "revision": one.revision,
        "effective_from": one.effective_from.isoformat() if one.effective_from else None,
        "effective_until": one.effective_until.isoformat() if one.effective_until else None,
        "why": one.why,
        "impact": one.impact,
    }


def _day(given: Given) -> Any:
    return naming.parsed_date(given["on"]) if given.get("on") else None


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Everything as text; a revision may be a number."""
    for name, value in values.items():
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise Invalid(f"{name} is not of the right type.", "bad-body")
    return {name: str(value) for name, value in values.items()}


OPERATIONS = (
    Operation(
        "GET",
        "/documents",
        "Controlled documents, with the edition in force on a day.",
        get_documents,
        {200: Answer("Documents.", ref("Documents"))},
        (
            ON,
            Parameter("kind", {"type": "string", "enum": list(KINDS)}, "Only of this kind."),
            Parameter(
                "standing", {"type": "string", "enum": list(documents.STANDINGS)}, "Only those of which this holds."
            ),
        ),
    ),
    Operation(
        "POST",
        "/documents",
        "The file of a record becomes the draft of an edition.",
        draft_document,
        {201: Answer("The document.", ref("DocumentWithEditions"))},
        body={"application/json": ref("DocumentToDraft")},
    ),
    Operation(
        "GET",
        "/documents/{id}",
        "One controlled document: editions, numbered copies, who has to know it.",
        get_document,
        {200: Answer("The document.", ref("DocumentWithEditions"))},
        (DOCUMENT_ID, ON),
    ),
    Operation(
        "POST",
        "/documents/{id}/deeds",
        "Do something to a document: submit, review, approve, issue, hand a copy out, acknowledge …",
        change_document,
        {200: Answer("The document.", ref("DocumentWithEditions"))},
        (DOCUMENT_ID,),
        body={"application/json": ref("DocumentDeed")},
    ),
)
