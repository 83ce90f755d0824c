"""The four properties of a record (四性, DA/T 70-2018): authentic, whole, usable, safe; what each test
looks at, without I/O.

A test answers with nothing (None: it does not apply, or could not be made), with "" when it is passed, or with what is
wrong: names of fields, numbers and codes, never words of a description.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from unicodedata import category, normalize

from archive.model import UNREAD, Component, Record, RecordClass

PROPERTIES = ("authenticity", "integrity", "usability", "safety")
"""真实性、完整性、可用性、安全性."""
OCCASIONS = ("capture", "accession", "transfer", "scheduled")
"""接收、归档、移交、定期."""
WEIGHTS = ("must", "note", "off")
"""must: without it nothing is accepted, and an alarm is raised. note: it is written down. off: not tested."""

WHOLE_RUN = ("total-count", "total-bytes")
"""Tests of everything together: their results stand under no record."""

NOT_KEPT = "not kept"


@dataclass(frozen=True, slots=True)
class Item:
    """A test, and what the company asks of it from a day on."""

    code: str
    property: str
    zh: str
    en: str
    occasions: tuple[str, ...]
    weight: str
    begins_on: date
    source: str
    set_by: str = ""
    set_at: datetime | None = None

    def asked_at(self, occasion: str) -> bool:
        return self.weight != "off" and occasion in self.occasions


@dataclass(frozen=True, slots=True)
class Case:
    """A record with all that its tests look at."""

    record: Record
    record_class: RecordClass | None
    components: Sequence[Component]
    """Every file that is shown, with those inside it."""
    files: Sequence[tuple[str, str, int]]
    """Every file of every version: component, digest and size as the catalogue has them."""
    damage: Mapping[str, str]
    """Digest → what is wrong with its bytes; empty: they are what was kept."""
    sizes: Mapping[str, int]
    """Digest → how many bytes were kept under it; none: it is not kept."""
    medium: Mapping[str, str] | None
    """Digest → why the store does not give it back; empty: it does. None: nobody has looked."""
    steps: frozenset[str]
    """The ledger lines of the record: their actions."""
    known: Mapping[str, frozenset[str]]
    """site and department → the codes there are."""
    twin: bool
    """Another record has the same number, title, date and site."""
    gap: int
    """How many numbers of its series were counted and never written."""
    lasting: frozenset[str]
    """The media types for keeping long."""
    on: date
    virus: str | None = None
    """What a scanner found; None: there is none."""


@dataclass(frozen=True, slots=True)
class Tested:
    """What became of one record: which tests it failed, and which did not apply. Every other one is passed."""

    record_id: str
    """Empty: the whole run."""
    failed: tuple[tuple[str, str], ...]
    """Test and what is wrong."""
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """四性检测: some records were tested on an occasion."""

    id: str
    number: str
    occasion: str
    subject_kind: str
    """accession or handover; empty where the occasion is its own subject."""
    subject_id: str
    begun_at: datetime
    ended_at: datetime
    run_by: str
    records: int
    bytes_read: int
    items: Mapping[str, tuple[str, int, int, int]]
    """Test → its weight then, and how many passed it, failed it, and were not tested."""
    failed: int
    """How many records failed a test that must be passed."""

    @property
    def passed(self) -> bool:
        return not any(weight == "must" and failed for weight, _, failed, _ in self.items.values())


Check = Callable[[Case], str | None]

_TITLE_MAX = 500
_EARLIEST = date(1900, 1, 1)
_CODE = re.compile(
    r"[A-Z0-9]+-[A-Z]+·(?:\d{4}-(?:Y|D\d+)-[A-Z0-9]+-\d{4,}|[A-Z0-9]+-\d{4,}-\d{3,})|[A-Z0-9]+-[A-Z0-9]+-\d{6}-\d{4,}"
)
_REPLACED = "\N{REPLACEMENT CHARACTER}"


def _words(record: Record) -> Mapping[str, str]:
    return {
        "title": record.title,
        "doc_number": record.doc_number,
        "issuer": record.issuer,
        "parties": "".join(record.parties),
        "shelf_location": record.shelf_location,
    }


def _named(wrong: Sequence[str]) -> str:
    return ", ".join(wrong)


def _digest(case: Case) -> str:
    return _named([one for one, digest, _ in case.files if case.damage.get(digest, NOT_KEPT)])


def _metadata_form(case: Case) -> str:
    record = case.record
    wrong = ["title"] if not 0 < len(record.title) <= _TITLE_MAX else []
    wrong += ["level"] if record.level not in range(4) else []
    wrong += ["pii"] if record.pii not in range(3) else []
    return _named(wrong)


def _metadata_range(case: Case) -> str:
    record = case.record
    wrong = [
        name
        for name, value in (("site", record.site), ("department", record.department))
        if value and value not in case.known[name]
    ]
    return _named([*wrong, *(["class"] if record.class_code and case.record_class is None else [])])


def _metadata_plausible(case: Case) -> str | None:
    dated = case.record.document_date
    if dated is None:
        return None
    return "" if _EARLIEST <= dated <= case.record.captured_at.astimezone().date() else "document_date"


def _special_characters(case: Case) -> str:
    return _named(
        [name for name, text in _words(case.record).items() if {category(sign) for sign in text} & {"Cc", "Cf", "Co"}]
    )


def _code_form(case: Case) -> str | None:
    code = case.record.archival_code
    return None if not code else "" if _CODE.fullmatch(code) else "archival_code"


def _no_twin(case: Case) -> str:
    return "doc_number, title" if case.twin else ""


def _file_facts(case: Case) -> str:
    return _named([one for one, digest, size in case.files if case.sizes.get(digest, size) != size])


def _linked(case: Case) -> str:
    return "" if case.components and all(digest in case.sizes for _, digest, _ in case.files) else "component"


def _required_fields(case: Case) -> str:
    record, pattern = case.record, case.record_class.pattern if case.record_class else ""
    needed = {
        "title": record.title,
        "class": record.class_code,
        "site": record.site,
        "document_date": record.document_date,
        **({"department": record.department} if pattern == "I" else {}),
    }
    return _named([name for name, value in needed.items() if not value])


def _process(case: Case) -> str:
    wrong = [] if "record.captured" in case.steps else ["record.captured"]
    if case.record.archival_code and "record.accessioned" not in case.steps:
        wrong.append("record.accessioned")
    return _named(wrong)


def _continuity(case: Case) -> str | None:
    return None if not case.record.archival_code else f"{case.gap}" if case.gap else ""


def _content_whole(case: Case) -> str:
    return _without(case, lambda one: not one.parent_id, "partly-unreadable")


def _attachments(case: Case) -> str | None:
    return _without(case, lambda one: bool(one.parent_id), "partly-unreadable", "unreadable")


def _in_scope(case: Case) -> str | None:
    if case.record_class is None:
        return "class"
    closed = case.record_class.closed_on
    return "class" if closed is not None and closed <= case.record.captured_at.astimezone().date() else ""


def _description_readable(case: Case) -> str:
    return _named(
        [name for name, text in _words(case.record).items() if _REPLACED in text or normalize("NFC", text) != text]
    )


def _long_term_format(case: Case) -> str:
    return _named(sorted({one.media_type for one in case.components} - case.lasting))


def _opens(case: Case) -> str:
    return _named(
        [
            one.id
            for one in case.components
            if (one.media_type == UNREAD and not one.cautions) or _codes(one) & {"unreadable"}
        ]
    )


def _no_lock(case: Case) -> str:
    return _named([one.id for one in case.components if one.locked])


def _environment(case: Case) -> str:
    return _named(sorted({one.media_type for one in case.components if "no-reader" in _codes(one)}))


def _virus(case: Case) -> str | None:
    return case.virus


def _nothing_superfluous(case: Case) -> str:
    return _named([one.id for one in case.components if _codes(one) & {"active-content"}])


def _medium(case: Case) -> str | None:
    if case.medium is None:
        return None
    return _named([one for one, digest, _ in case.files if case.medium.get(digest, NOT_KEPT)])


def _process_controlled(case: Case) -> str:
    return "" if case.record.captured_by and all(one.added_by for one in case.components) else "captured_by"


def _codes(one: Component) -> set[str]:
    return {code for code, _ in one.cautions}


def _without(case: Case, which: Callable[[Component], bool], *cautions: str) -> str:
    return _named([one.id for one in case.components if which(one) and _codes(one) & {*cautions}])


CHECKS: Mapping[str, Check] = {
    "digest": _digest,
    "metadata-form": _metadata_form,
    "metadata-range": _metadata_range,
    "metadata-plausible": _metadata_plausible,
    "special-characters": _special_characters,
    "code-form": _code_form,
    "no-twin": _no_twin,
    "file-facts": _file_facts,
    "linked": _linked,
    "required-fields": _required_fields,
    "process": _process,
    "continuity": _continuity,
    "content-whole": _content_whole,
    "attachments": _attachments,
    "in-scope": _in_scope,
    "description-readable": _description_readable,
    "long-term-format": _long_term_format,
    "opens": _opens,
    "no-lock": _no_lock,
    "environment": _environment,
    "virus": _virus,
    "nothing-superfluous": _nothing_superfluous,
    "medium": _medium,
    "process-controlled": _process_controlled,
}
"""Every test of one record; `archive/data/property_items.csv` says what each is called and when it is made."""


def tested(case: Case, codes: Sequence[str]) -> Tested:
    """One record, put to these tests."""
    answers = [(code, CHECKS[code](case)) for code in codes]
    return Tested(
        case.record.id,
        tuple((code, wrong) for code, wrong in answers if wrong),
        tuple(code for code, wrong in answers if wrong is None),
    )
