"""A file that came with a request is handed in: the same for the page and for programs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO, cast

from werkzeug.datastructures import FileStorage

from archive import intake, records
from archive.errors import Invalid, NotFound
from archive.intake import Claims
from archive.model import Arrival
from web import current


@dataclass(frozen=True, slots=True)
class HandedIn:
    arrival: Arrival
    visible_id: str
    """Id of the record, if whoever handed it in may find it; else empty."""


def hand_in(file: FileStorage, claims: Claims, *, door: str, together: str = "") -> HandedIn:
    """Files that are handed in `together` can be asked for together afterwards (`intake.handed_in`)."""
    archive, actor = current.archive(), current.actor()
    arrival = intake.hand_in(
        archive, actor, cast(BinaryIO, file.stream), file.filename or "", claims, door=door, together=together
    )
    # The same answer whether the bytes were new or a twin of what is out of their sight: a file of which somebody has
    # a copy must not tell them whether the archive has it too.
    (said,) = intake.told(archive, actor, [arrival])
    try:
        records.view(archive, actor, arrival.record_id)
    except NotFound:
        return HandedIn(replace(said, record_id=""), "")
    return HandedIn(said, arrival.record_id)


def claims(said: Mapping[str, str]) -> Claims:
    """What a form says of the files in it. A class without a level brings its own; nothing stated is level 2."""
    class_code, level = said.get("class", ""), said.get("level", "")
    if level not in ("", "0", "1", "2", "3"):
        raise Invalid("A confidentiality level is 0, 1, 2 or 3.", "bad-parameter")
    return Claims(
        title=said.get("title", ""),
        class_code=class_code,
        level=int(level) if level else _level_of(class_code),
        site=said.get("site", ""),
        department=said.get("department", ""),
        doc_number=said.get("number", ""),
        issuer=said.get("issuer", ""),
        parties=tuple(filter(None, (party.strip() for party in said.get("parties", "").replace(";", ";").split(";")))),
        document_date=said.get("date", ""),
        shelf_location=said.get("location", ""),
    )


def _level_of(class_code: str) -> int:
    vocabulary = records.vocabulary(current.archive(), current.actor())
    return next((one.level for one in vocabulary.classes if one.code == class_code), Claims().level)
