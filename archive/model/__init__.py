"""The things an archive keeps, as plain frozen values. Names are the field's own (docs/glossary.md)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from archive.errors import Invalid

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """A public id: 16 characters, 80 random bits, so that nothing can be learned from it or guessed."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


def may_be_id(said: str) -> bool:
    """Can these characters be a public id?"""
    return len(said) == 16 and set(said) <= set(_ALPHABET)


LIFECYCLES = ("captured", "filed", "archived", "destroyed", "transferred", "quarantined", "merged")
"""Where a record stands (domain §6.1). Custody, loans and holds are dimensions of their own.

captured → filed (described, in a class) → archived (it has its reference code) → destroyed or transferred, of which
the description stays as a tombstone. Merged is what turned out, before it was filed, to be a version of another.
"""

KEPT = ("filed", "archived")
"""What is described and here: what can be found, read, lent."""

GONE = ("destroyed", "transferred")
"""What is here no more; its description stays."""

PII = {"-": 0, "P": 1, "S": 2}
"""Personal information: none, personal, sensitive."""


@dataclass(frozen=True, slots=True)
class Site:
    code: str
    name: str
    name_en: str
    fonds_code: str


@dataclass(frozen=True, slots=True)
class Department:
    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    login: str
    name: str
    employee_no: str
    department: str
    clearance: int
    roles: frozenset[str]
    sites: frozenset[str]
    active: bool = True
    must_change_password: bool = False
    email: str = ""


@dataclass(frozen=True, slots=True)
class RecordClass:
    """A class of the file plan: it gives retention and default access. A record has exactly one (INV-03)."""

    code: str
    name_zh: str
    name_en: str
    retention: str
    level: int
    pii: int
    responsible_post: str
    required_documents: tuple[str, ...]
    pattern: str
    review_cycle: str
    standard_clause: str
    mandate: str = ""
    """The law or rule that the retention period stands on."""
    filing_deadline: str = ""
    vital: bool = False
    """Needed to begin again after a disaster."""
    closed_on: date | None = None
    """Since when it takes no new records."""


BEING_RECOGNISED = "being-recognised"
"""The caution of a component some of whose pages have yet to be read off their pictures."""
READING_STOPPED = "reading-stopped"
"""The caution of a component of which a person stopped the reading: the pages read until then are searchable."""
UNREAD = "application/octet-stream"
"""The media type of what nobody has looked into."""


@dataclass(frozen=True, slots=True)
class Component:
    """One bitstream of a record, exactly as it was captured."""

    id: str
    record_id: str
    file_name: str
    media_type: str
    size_bytes: int
    digest: str
    """SHA-256 of the bytes, in hexadecimal."""
    text_digest: str = ""
    """Digest of the object that holds the text read from it; empty while it has not been read."""
    page_count: int = 0
    image_pages: int = 0
    """How many page images can be shown."""
    cautions: tuple[tuple[str, str], ...] = ()
    part: int = 1
    """Which of the files of its record it is; usually there is one."""
    version: int = 1
    """Which version of that file, counted from 1."""
    current: bool = True
    """The version that is shown and searched; every other one stays as it was."""
    added_at: datetime | None = None
    added_by: str = ""
    why: str = ""
    """Why there is a new version; empty for the first."""
    parent_id: str = ""
    """The component it was found in: a mail, an archive; empty for what came by itself."""
    root_id: str = ""
    """The component that came by itself, however deep this one lies in it; empty for that one."""
    place: str = ""
    """Where it lies in its parent, as a path to be read, never to be opened."""
    position: int = 0
    """Which of its parent's files it is."""
    depth: int = 0
    """How many files it is inside of."""

    @property
    def unread(self) -> bool:
        """Are there words of it that nobody has read yet?"""
        return (self.media_type == UNREAD and not self.cautions) or self.being_recognised

    @property
    def being_recognised(self) -> bool:
        """Are words being read off its pages, so that its text grows from page to page?"""
        return any(code == BEING_RECOGNISED for code, _ in self.cautions)

    @property
    def partly_recognised(self) -> bool:
        """Is its text put together from the pages read so far, whether more are under way or not?"""
        return self.being_recognised or any(code == READING_STOPPED for code, _ in self.cautions)

    @property
    def locked(self) -> bool:
        """Could a password open this file, or what is inside it?"""
        codes = {code for code, _ in self.cautions}
        return "encrypted" in codes and "unlocked" not in codes


@dataclass(frozen=True, slots=True)
class Record:
    """The smallest unit of arrangement 件: content and metadata.

    `document_date` is a claim of the document; `captured_at` is the server's. `revision` counts changes of
    the description, so that two people who edit at once do not overwrite each other.
    """

    id: str
    title: str
    lifecycle: str
    level: int
    pii: int
    class_code: str
    site: str
    department: str
    doc_number: str
    issuer: str
    parties: tuple[str, ...]
    document_date: date | None
    shelf_location: str
    captured_at: datetime
    captured_by: str
    revision: int
    reason: str = ""
    """Why it is in quarantine; empty otherwise."""
    archival_code: str = ""
    """The reference code 档号, given once at accession; empty until then."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A fact read by the machine, with where it was read. A person confirms it or not."""

    field: str
    value: str
    confidence: float
    page: int
    """Counted from 1; 0 when it was not read from the text."""
    start: int = 0
    end: int = 0
    """Where on the page; the catalogue keeps no words of the text itself."""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Recognition:
    """A component with pages that are read off their pictures, and what the file itself says of it."""

    component_id: str
    layer_digest: str
    """The text in the file, without what was recognised; empty if there is none."""
    page_count: int
    metadata: Mapping[str, str]
    cautions: tuple[tuple[str, str], ...]
    stopped_by: str = ""
    """Who stopped the reading of its pages; empty while it may go on."""


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """What became of one page that is read off its picture."""

    page: int
    state: str
    """waiting, done or failed."""
    digest: str = ""
    """Of the words; empty if there are none."""
    confidence: float = 0.0
    turned: int = 0
    seals: int = 0
    code: str = ""
    """Why it failed."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came in, and what became of it (the intake row)."""

    id: str
    source: str
    """watch, upload, command or api."""
    inbox: str
    path: str
    name: str
    size_bytes: int
    state: str
    """waiting → kept → done; or quarantined."""
    seen_at: datetime
    record_id: str = ""
    outcome: str = ""
    """captured, duplicate or quarantined; empty while waiting."""
    reason_code: str = ""
    reason: str = ""
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    site: str
    payload: Mapping[str, object] = field(default_factory=dict[str, object])
    previous: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know. `details` holds ids, numbers and codes; words are found when it is shown."""

    id: str
    person_id: str
    at: datetime
    kind: str
    subject_kind: str
    subject_id: str
    details: Mapping[str, str] = field(default_factory=dict[str, str])
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the ledger, written down outside: the line it was, and its digest."""

    id: str
    at: datetime
    seq: int
    digest: str
    means: str
    """file, email or slip."""
    place: str
    made_by: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Something unusual that one person did within one hour. `kind`: many-reads, off-hours or refusals."""

    id: str
    person_id: str
    kind: str
    hour: datetime
    count: int
    raised_at: datetime
    closed_by: str = ""
    closed_at: datetime | None = None
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody has signed in. `mark` tells it from others without opening it."""

    mark: str
    person_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    clearance: int | None
    """How high this session reaches, where that was narrowed at sign-in."""
    device: str
    address: str


@dataclass(frozen=True, slots=True)
class Token:
    """What a program carries to act as somebody; the secret itself is not kept."""

    id: str
    person_id: str
    name: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    scope: str
    clearance: int | None


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A question somebody keeps under a name. Theirs alone: what it finds is decided each time it is asked."""

    id: str
    person_id: str
    name: str
    question: Mapping[str, object]
    alert: str
    """none, at-once or daily: whether they are told of new records."""
    created_at: datetime
    looked_at: datetime | None = None
    """When its owner last looked at what is new."""


@dataclass(frozen=True, slots=True)
class DrillTask:
    """One question of a drill. `way` is catalogue (from a line to the thing) or shelf (from a place to its line)."""

    position: int
    way: str
    record_id: str
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    outcome: str = ""
    """page, shelf or given-up; empty while it has not been answered."""

    @property
    def seconds(self) -> float | None:
        """From question to answer; None if it was never asked."""
        if self.started_at is None or self.stopped_at is None:
            return None
        return (self.stopped_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Drill:
    """A person is timed: what was drawn, from how many, and how it ended."""

    id: str
    number: str
    conductor_id: str
    person_id: str
    site: str
    seed: str
    population: int
    population_digest: str
    limit_s: int
    created_at: datetime
    closed_at: datetime | None = None
    record_id: str = ""
    """The record its report is filed as."""
    tasks: tuple[DrillTask, ...] = ()

    @property
    def running(self) -> DrillTask | None:
        """The question that is being answered."""
        return next((task for task in self.tasks if task.started_at is not None and not task.outcome), None)

    def in_time(self, task: DrillTask) -> bool:
        return task.outcome in ("page", "shelf") and task.seconds is not None and task.seconds <= self.limit_s

    @property
    def asked(self) -> int:
        """How many of its questions were put."""
        return sum(task.started_at is not None for task in self.tasks)

    @property
    def passed(self) -> int:
        return sum(self.in_time(task) for task in self.tasks)


@dataclass(frozen=True, slots=True)
class Job:
    """Work to do later, at least once."""

    id: int
    kind: str
    payload: Mapping[str, str]
    attempts: int
    priority: int


def checked_level(level: int) -> int:
    if level not in (0, 1, 2, 3):
        raise Invalid(f"A confidentiality level is 0, 1, 2 or 3, not {level}.")
    return level
