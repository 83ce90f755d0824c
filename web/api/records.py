"""Records for programs: hand in, describe, correct, fetch."""

from typing import Any

from flask import Response, request

from archive import records, unlocking, versions
from archive.errors import Conflict, Invalid
from archive.model import Record
from archive.records import Description
from web import current, files, handing_in, sentences
from web.api import RECORD_ID, Answer, Given, Operation, Parameter, body, said, shapes
from web.api.schemas import SCHEMAS, ref

COMPONENT = Parameter(
    "component", {"type": "string"}, "Id of one of its files, in any version; without it, the first as it is now."
)


def hand_in_records(_given: Given) -> Response:
    parts = request.files.getlist("file")
    if not parts:
        raise Invalid("There is no part named file.", "no-file")
    claims = handing_in.claims(request.form)
    # The upload area of the pages asks here too, with the session of a person.
    door = "api" if current.by_token() else "upload"
    if len(parts) == 1:
        handed = _handed(handing_in.hand_in(parts[0], claims, door=door))
        return said(handed, 200 if handed["outcome"] == "duplicate" else 201)
    if claims.title:
        raise Invalid("A title is for a single file; several files get theirs from their names.", "bad-parameter")
    outcomes: list[dict[str, Any]] = []
    for part in parts:
        try:
            outcomes.append(_handed(handing_in.hand_in(part, claims, door=door)))
        except Invalid as error:
            refused = {"name": part.filename or "", "outcome": "refused"}
            outcomes.append({**refused, "code": error.code, "detail": sentences.sentence(error)})
    captured = any(one["outcome"] == "captured" for one in outcomes)
    return said({"files": outcomes}, 201 if captured else 200)


def get_record(given: Given) -> Response:
    view = records.view(current.archive(), current.actor(), given["id"])
    return said(shapes.record(view), headers={"ETag": f'"{view.record.revision}"'})


def change_record(given: Given) -> Response:
    archive, actor = current.archive(), current.actor()
    wanted = dict(body())
    unknown = set(wanted) - set(SCHEMAS["Description"]["properties"])
    if unknown:
        raise Invalid(f"A description has no {min(unknown)!r}.", "bad-body")
    view = records.view(archive, actor, given["id"])
    revision, filing = _revision(wanted), wanted.pop("file", False)
    if not isinstance(filing, bool):
        raise Invalid("file is true or false.", "bad-body")
    description = _description(view.record, wanted)
    try:
        records.describe(archive, actor, given["id"], description, revision=revision, filing=filing)
    except (Invalid, Conflict) as error:
        for one in (error, *error.also):
            one.field = _NAMES.get(one.field, one.field)
        raise
    return get_record(given)


def get_content(given: Given) -> Response:
    return files.original(given["id"], given.get("component", ""))


def get_versions(given: Given) -> Response:
    history = versions.of(current.archive(), current.actor(), given["id"])
    return said({"versions": [shapes.version(one, history.people) for one in history.versions]})


def add_version(given: Given) -> Response:
    part, why = request.form.get("part", "1"), request.form.get("why", "")
    if not part.isascii() or not part.isdigit():
        raise Invalid("part is a number.", "bad-parameter")
    files.new_version(given["id"], request.files.get("file"), why=why, part=int(part), by_program=current.by_token())
    history = versions.of(current.archive(), current.actor(), given["id"])
    return said({"versions": [shapes.version(one, history.people) for one in history.versions]}, 201)


def unlock_record(given: Given) -> Response:
    wanted = body()
    password, component = wanted.get("password"), wanted.get("component", "")
    if not isinstance(password, str) or not isinstance(component, str):
        raise Invalid("password is a word, component the id of a file.", "bad-body")
    unlocking.unlock(current.archive(), current.actor(), given["id"], password, component)
    return get_record(given)


def get_proposals(given: Given) -> Response:
    found = versions.proposals(current.archive(), current.actor(), given["id"])
    return said(
        {"proposals": [{"id": one.record.id, "title": one.record.title, "share": round(one.share, 2)} for one in found]}
    )


def merge_record(given: Given) -> Response:
    wanted = body()
    into, why, level = wanted.get("into"), wanted.get("why", ""), wanted.get("level")
    if not isinstance(into, str) or not isinstance(why, str):
        raise Invalid("into is the id of a record, why a sentence.", "bad-body")
    if level is not None and (not isinstance(level, int) or isinstance(level, bool)):
        raise Invalid("level is a number from 0 to 3.", "bad-body")
    record = versions.adopt(current.archive(), current.actor(), given["id"], into, level=level, why=why)
    return get_record({"id": record.id})


def get_page(given: Given) -> Response:
    return files.page_image(given["id"], given["n"])


def get_thumbnail(given: Given) -> Response:
    return files.thumbnail(given["id"])


def get_text(given: Given) -> Response:
    texts = records.text(current.archive(), current.actor(), given["id"])
    components = records.view(current.archive(), current.actor(), given["id"]).components
    found = [
        {"id": one.id, "file_name": one.file_name, "pages": list(pages)}
        for one, pages in zip(components, texts, strict=True)
    ]
    return said({"components": found})


def _handed(handed: handing_in.HandedIn) -> dict[str, Any]:
    arrival = handed.arrival
    answer: dict[str, Any] = {"name": arrival.name, "outcome": arrival.outcome, "arrival": arrival.id}
    if handed.visible_id:
        answer["id"] = handed.visible_id
    if arrival.reason_code:
        answer |= {"code": arrival.reason_code, "detail": sentences.reason(arrival.reason_code, arrival.reason)}
    return answer


def _revision(wanted: dict[str, Any]) -> int:
    stated = wanted.pop("revision", None)
    if stated is None:
        stated = (request.headers.get("If-Match") or "").removeprefix("W/").strip('"')
    try:
        return int(stated)
    except (TypeError, ValueError, OverflowError):
        said_how = "Say which revision you saw: as revision in the body, or as If-Match."
        raise Invalid(said_how, "revision-missing") from None


def _description(record: Record, wanted: dict[str, Any]) -> Description:
    """What stands, with what is wanted changed."""
    values = {**shapes.described(record), **wanted}
    texts = {name: values[name] or "" for name in _TEXTS}
    wrong = next((name for name, value in texts.items() if not isinstance(value, str)), None)
    parties: Any = values["parties"] or []
    if not isinstance(parties, list) or not all(isinstance(party, str) for party in parties):  # pyright: ignore[reportUnknownVariableType] — JSON is checked here
        wrong = "parties"
    if type(values["level"]) is not int:
        wrong = "level"
    if wrong:
        raise Invalid(f"{wrong} is not of the right type.", "bad-body")
    return Description(
        title=texts["title"],
        class_code=texts["class"],
        level=values["level"],
        site=texts["site"],
        department=texts["department"],
        doc_number=texts["number"],
        issuer=texts["issuer"],
        parties=tuple(parties),  # pyright: ignore[reportUnknownArgumentType] — just checked
        document_date=texts["date"],
        shelf_location=texts["location"],
    )


_TEXTS = ("title", "class", "site", "department", "number", "issuer", "date", "location")
_NAMES = {
    "class_code": "class",
    "doc_number": "number",
    "document_date": "date",
    "shelf_location": "location",
}
"""What programs call the fields that are called otherwise here."""
_BYTES = {"type": "string", "contentMediaType": "application/octet-stream"}

OPERATIONS = (
    Operation(
        "POST",
        "/records",
        "Hand in one file, or several; answered only when they are safely kept.",
        hand_in_records,
        {
            201: Answer("Captured.", {"oneOf": [ref("Handed"), ref("HandedFiles")]}),
            200: Answer("Nothing new: it was here already.", {"oneOf": [ref("Handed"), ref("HandedFiles")]}),
        },
        body={"multipart/form-data": ref("Upload")},
    ),
    Operation(
        "GET",
        "/records/{id}",
        "What is known of a record. Its files are listed only to those who may read it.",
        get_record,
        {200: Answer("The record; ETag is its revision.", ref("Record"))},
        (RECORD_ID,),
    ),
    Operation(
        "PATCH",
        "/records/{id}",
        "Correct what is said of a record, or file it.",
        change_record,
        {
            200: Answer("The record as it stands now.", ref("Record")),
            428: Answer("No revision was stated.", ref("Problem"), "application/problem+json"),
        },
        (RECORD_ID,),
        body={"application/json": ref("Description")},
    ),
    Operation(
        "GET",
        "/records/{id}/content",
        "A file of the record exactly as it was captured.",
        get_content,
        {200: Answer("The bytes; ETag is their SHA-256.", _BYTES, "application/octet-stream")},
        (RECORD_ID, COMPONENT),
    ),
    Operation(
        "GET",
        "/records/{id}/versions",
        "Every version of the files of a record, newest first.",
        get_versions,
        {200: Answer("The versions.", ref("Versions"))},
        (RECORD_ID,),
    ),
    Operation(
        "POST",
        "/records/{id}/versions",
        "Hand in the next version of a file; answered only when it is safely kept. Any version is fetched as content.",
        add_version,
        {201: Answer("The versions there are now.", ref("Versions"))},
        (RECORD_ID,),
        body={"multipart/form-data": ref("NewVersion")},
    ),
    Operation(
        "POST",
        "/records/{id}/unlock",
        "Open a file that is locked by a password, so that it is read. The password is kept nowhere.",
        unlock_record,
        {200: Answer("The record; its file is read in a moment.", ref("Record"))},
        (RECORD_ID,),
        body={"application/json": ref("Unlock")},
    ),
    Operation(
        "GET",
        "/records/{id}/proposals",
        "Of which records this one, which waits to be filed, could be the next version.",
        get_proposals,
        {200: Answer("The records, likeliest first.", ref("Proposals"))},
        (RECORD_ID,),
    ),
    Operation(
        "POST",
        "/records/{id}/merge",
        "Make what waits to be filed the next version of another record.",
        merge_record,
        {200: Answer("The other record as it stands now.", ref("Record"))},
        (RECORD_ID,),
        body={"application/json": ref("Merge")},
    ),
    Operation(
        "GET",
        "/records/{id}/pages/{n}",
        "A page as a picture.",
        get_page,
        {200: Answer("The picture.", {"type": "string", "contentMediaType": "image/png"}, "image/png")},
        (
            RECORD_ID,
            Parameter("n", {"type": "integer", "minimum": 1}, "Page, counted from 1.", "path"),
            Parameter("width", {"type": "integer", "enum": list(files.WIDTHS), "default": files.WIDTHS[1]}, "Pixels."),
            COMPONENT,
        ),
    ),
    Operation(
        "GET",
        "/records/{id}/thumbnail",
        "The first page as a small picture, for those who may read the record without a loan.",
        get_thumbnail,
        {200: Answer("The picture.", {"type": "string", "contentMediaType": "image/png"}, "image/png")},
        (RECORD_ID, COMPONENT),
    ),
    Operation(
        "GET",
        "/records/{id}/text",
        "The text read from each file of a record, page by page.",
        get_text,
        {200: Answer("The text.", ref("RecordText"))},
        (RECORD_ID,),
    ),
)
