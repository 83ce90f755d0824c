"""What filters, counts, facets and the order of answers look at, for each record; never people.

Most of it is the record's description. What other tables know of it (`Beyond`) is asked in one place; whoever changes
what they say calls `changed` in the same transaction, so that the index catches up. What only a day changes is for
a round to notice.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from archive.model import Component, Record
from archive.tables import Transaction

SCHEME: Final = "4"
"""Raised whenever the same record would get other labels or names: indexes from before answer on while they are rebuilt
by themselves."""

BODY_LEVEL_MAX: Final = 2
"""Nothing of what a record of level 3 says is put into the index: it would be a copy of the secret (domain §0.13)."""

FORMATS: Mapping[str, str] = {
    "application/pdf": "pdf",
    "application/ofd": "ofd",
    "application/msword": "text-document",
    "application/rtf": "text-document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml": "text-document",
    "application/vnd.oasis.opendocument.text": "text-document",
    "application/vnd.ms-excel": "spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml": "spreadsheet",
    "application/vnd.oasis.opendocument.spreadsheet": "spreadsheet",
    "text/csv": "spreadsheet",
    "text/tab-separated-values": "spreadsheet",
    "application/vnd.ms-powerpoint": "slides",
    "application/vnd.openxmlformats-officedocument.presentationml": "slides",
    "application/vnd.oasis.opendocument.presentation": "slides",
    "message/": "mail",
    "application/vnd.ms-outlook": "mail",
    "application/mbox": "mail",
    "image/": "picture",
    "audio/": "recording",
    "video/": "recording",
    "text/html": "web-page",
    "application/xhtml+xml": "web-page",
    "multipart/related": "web-page",
    "text/": "plain-text",
    "application/zip": "package",
    "application/x-tar": "package",
    "application/gzip": "package",
    "application/x-bzip2": "package",
    "application/x-xz": "package",
}
"""Beginning of a media type → the kind of file that people know; the first that fits counts."""
CARRIERS: Final = ("paper", "digital")
"""Where the original is: on a shelf, or only here."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is known of a record besides its description."""

    term_to: date | None = None
    """The last day of a contract's term. It is a part of what the paper says: only who may read it is told."""
    obsolete: bool = False
    """No longer in force, whatever the title says."""


def beyond(tx: Transaction, ids: Sequence[str], today: date) -> Mapping[str, Beyond]:
    """What is known of these records in other tables on this day; nothing for those that are left out.

    Terms are those that were read off the papers, the surest of each; of a confirmed contract what its register says,
    and it is in force until its last day. Obsolete are also editions of controlled documents that do not hold any
    more. A file that a newer version has taken the place of is no entry at all.
    """
    known = {
        record_id: Beyond(term_to=day)
        for record_id, value in tx.records.suggested(ids, "term_to").items()
        if (day := _day(value)) is not None
    }
    for record_id, contract in tx.contracts.of_records(ids).items():
        if contract.state == "confirmed":
            until = contract.until
            last = until - timedelta(days=1) if until is not None else None
            known[record_id] = Beyond(term_to=last, obsolete=until is not None and until <= today)
    for record_id in tx.documents.obsolete(ids, today):
        known[record_id] = replace(known.get(record_id, Beyond()), obsolete=True)
    return known


def changed(tx: Transaction, record_ids: Sequence[str], at: datetime) -> None:
    """What is known of these records besides their description is other than before: the index catches up."""
    for record_id in record_ids:
        tx.index_queue.add(record_id, at)


def rights_of(record: Record) -> Mapping[str, str]:
    """What the rights of a reader look at."""
    return {
        "lifecycle": record.lifecycle,
        "level": str(record.level),
        "pii": str(record.pii),
        "site": record.site,
        "department": record.department,
        "class": record.class_code,
    }


def labels_of(record: Record, components: Sequence[Component] = (), known: Beyond = Beyond()) -> Mapping[str, str]:
    return {
        **rights_of(record),
        "year": str(record.document_date.year) if record.document_date else "",
        "date": f"{record.document_date:%Y%m%d}" if record.document_date else "",
        "term_to": f"{known.term_to:%Y%m%d}" if known.term_to and record.level <= BODY_LEVEL_MAX else "",
        "format": format_of(components[0].media_type) if components else "",
        "carrier": "paper" if record.shelf_location else "digital",
        "standing": "obsolete" if known.obsolete else standing_of(record.title),
    }


_LAW = re.compile(r"《?中华人民共和国[^《》关]{1,30}(?:法|法典)》?(?:$|[\s(（〔第])")
_NO_LONGER = re.compile(
    r"[(（【\[](?:已|现已)?(?:作废|废止|失效|旧版|被代替)[^)）】\]]{0,12}[)）】\]]|^(?:作废|已废止)[-_—:： ]"
)


def standing_of(title: str) -> str:
    """One of the engine's STANDINGS as titles say it: the text of a law, or something marked as no longer in force."""
    if _NO_LONGER.search(title):
        return "obsolete"
    return "law" if _LAW.match(title) else ""


@lru_cache(1024)
def format_of(media_type: str) -> str:
    return next((kind for beginning, kind in FORMATS.items() if media_type.startswith(beginning)), "other")


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
