"""The words of the pages: every code of the house as something a person reads, in their language. What goes
wrong has words of its own in `web.sentences`.

Source strings are English; `translations/` holds the Chinese. Tables, so that a test can ask whether
anything is missing.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import g
from flask_babel import LazyString

from access import rules
from access.actors import Role
from access.rules import Action
from archive import certified_copies, config, fileplan, forms, records
from archive.house_sheets.plan_words import plain
from archive.model import Department, Event, RecordClass, Site
from web import current, language
from web.language import gettext
from web.language import lazy_gettext as _l

# ---- Names of things ----

_LEVELS: Mapping[int, LazyString] = {
    0: _l("Public"),
    1: _l("Internal"),
    2: _l("Confidential"),
    3: _l("Core secret"),
}


class Levels(Mapping[int, object]):
    """The names of the levels: this company's own where it has given them names, else those of the house."""

    def __getitem__(self, level: int) -> object:
        own = config.level_names(current.archive().settings.level_names)
        return own[level] if own else _LEVELS[level]

    def __iter__(self) -> Iterator[int]:
        return iter(_LEVELS)

    def __len__(self) -> int:
        return len(_LEVELS)


LEVELS = Levels()
LEVEL_HELP: Mapping[int, LazyString] = {
    0: _l("Everybody who has signed in may read it."),
    1: _l("Staff of the site may read it."),
    2: _l("Staff of the site may know that it exists; reading it needs a permission."),
    3: _l("Nobody without a permission learns that it exists."),
}
LIFECYCLES: Mapping[str, LazyString] = {
    "captured": _l("Waiting to be filed"),
    "filed": _l("Filed"),
    "archived": _l("In the archive"),
    "destroyed": _l("Destroyed"),
    "transferred": _l("Handed over to others"),
    "quarantined": _l("In quarantine"),
    "merged": _l("A version of another record"),
}
PII: Mapping[int, LazyString] = {
    0: _l("None"),
    1: _l("Personal information"),
    2: _l("Sensitive personal information"),
}
ROLES: Mapping[str, LazyString] = {
    Role.DOCUMENT_CONTROLLER: _l("Document controller"),
    Role.RECORDS_LIAISON: _l("Records liaison"),
    Role.BORROWER: _l("Borrower"),
    Role.CLASS_OWNER: _l("Class owner"),
    Role.DEPT_APPROVER: _l("Department approver"),
    Role.FINAL_APPROVER: _l("Final approver"),
    Role.AUDITOR: _l("Auditor"),
    Role.SECURITY_OFFICER: _l("Security officer"),
    Role.SYSADMIN: _l("System administrator"),
    Role.OPERATOR: _l("Server operator"),
    Role.SERVICE: _l("Archive service"),
}
FIELDS: Mapping[str, LazyString] = {
    "title": _l("Title"),
    "class_code": _l("Class"),
    "level": _l("Confidentiality level"),
    "site": _l("Site"),
    "department": _l("Department"),
    "doc_number": _l("Document number"),
    "issuer": _l("Issued by"),
    "parties": _l("Parties"),
    "document_date": _l("Document date"),
    "shelf_location": _l("Shelf address"),
    "contract_number": _l("Contract number"),
    "party_a": _l("First party"),
    "party_b": _l("Second party"),
    "term_from": _l("In force from"),
    "term_to": _l("In force until"),
    "amount": _l("Amount"),
    "room": _l("Room"),
}
OUTCOMES: Mapping[str, LazyString] = {
    "": _l("On its way"),
    "captured": _l("Captured"),
    "duplicate": _l("Already here"),
    "quarantined": _l("In quarantine"),
}
HANDED_IN: Mapping[str, LazyString] = {
    **OUTCOMES,
    "captured": _l("Received, to be read next; you are told if it cannot be read"),
}
"""What is said to whoever hands in a file: nobody has read it yet."""
IMPORTED: Mapping[str, LazyString] = {
    **OUTCOMES,
    "ready": _l("Waits for its file"),
    "problem": _l("Cannot be taken in"),
    "refused": _l("Not taken in"),
    "taken": _l("Captured"),
}
COLUMNS_OF_IMPORTS: Mapping[str, LazyString] = {
    "file": _l("Must be there: the name of the file, with its folder where two have one name"),
    "title": _l("Without it, the title is suggested from what is read, and confirmed when the record is filed"),
    "class": _l("The code of a class of the file plan, as HT02; a row that has one is filed by it"),
    "level": _l("0 to 3, or 公开, 内部, 普通商密, 核心商密; without it, that of the class"),
    "site": _l("Code or name of a site"),
    "department": _l("Code of a department"),
    "number": _l("The number that the paper itself has"),
    "issuer": _l("Who issued it"),
    "parties": _l("Names, separated by semicolons"),
    "date": _l("As 2026-03-01"),
    "location": _l("Where the paper stands"),
}
"""What belongs into a column of the table of an import."""
SOURCES: Mapping[str, LazyString] = {
    "watch": _l("Inbox"),
    "upload": _l("Upload"),
    "command": _l("Command line"),
    "api": _l("Program"),
    "mail": _l("Mailbox"),
    "import": _l("Bulk import"),
    "scan": _l("Scanner"),
}
SORTS: Mapping[str, LazyString] = {
    "relevance": _l("Best match"),
    "newest": _l("Newest document first"),
    "oldest": _l("Oldest document first"),
    "arrival": _l("Latest arrival first"),
    "title": _l("By title"),
}
_BROWSERS = (
    ("MicroMessenger", _l("WeChat")),
    ("DingTalk", _l("DingTalk")),
    ("Edg", "Edge"),
    ("QQBrowser", _l("QQ Browser")),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari/", "Safari"),
)
"""Signs of browsers, of which many bear those of others too: the first that is found is meant."""
_SYSTEMS = (
    ("HarmonyOS", _l("HarmonyOS")),
    ("Android", _l("Android")),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
FACETS: Mapping[str, LazyString] = {
    "class": _l("Class"),
    "level": _l("Confidentiality level"),
    "site": _l("Site"),
    "department": _l("Department"),
    "year": _l("Year"),
    "format": _l("Kind of file"),
    "carrier": _l("Carrier"),
}
FORMATS: Mapping[str, LazyString] = {
    "pdf": _l("PDF"),
    "ofd": _l("OFD"),
    "text-document": _l("Text document"),
    "spreadsheet": _l("Spreadsheet"),
    "slides": _l("Slides"),
    "mail": _l("E-mail"),
    "picture": _l("Picture"),
    "recording": _l("Recording"),
    "web-page": _l("Web page"),
    "plain-text": _l("Plain text"),
    "package": _l("Archive file"),
    "other": _l("Other"),
}
CARRIERS: Mapping[str, LazyString] = {
    "paper": _l("On a shelf"),
    "digital": _l("Only digital"),
}
ALERTS: Mapping[str, LazyString] = {
    "none": _l("do not tell me"),
    "at-once": _l("tell me at once"),
    "daily": _l("tell me once a day"),
}
DRILL_WAYS: Mapping[str, LazyString] = {
    "catalogue": _l("line → thing"),
    "shelf": _l("shelf → line"),
}
DRILL_OUTCOMES: Mapping[str, LazyString] = {
    "page": _l("page shown"),
    "shelf": _l("shelf named"),
    "given-up": _l("not found"),
}
PROPOSALS: Mapping[str, LazyString] = {
    "question": _l("asked before"),
    "title": _l("title"),
    "number": _l("number"),
    "party": _l("party"),
}
JOBS: Mapping[str, LazyString] = {
    "read": _l("Read a file"),
    "split": _l("Divide a batch"),
    "recognise": _l("Read words off pictures"),
    "find-form": _l("Look for the square of a form"),
    "lay-out": _l("Lay an office file out"),
    "draw": _l("Draw pages ahead"),
    "tell": _l("Send a notice"),
    "run-errand": _l("Make what was asked for"),
    "tell-digest": _l("Send a digest"),
    "work-through": _l("Work on many records"),
    "draft-contract": _l("Draft a contract"),
    "check-handover": _l("Check the files of a handover"),
}
JOB_STATES: Mapping[str, LazyString] = {
    "waiting": _l("waiting"),
    "running": _l("running"),
    "dead": _l("given up"),
}

# ---- What happened ----

DETAILS: Mapping[str, LazyString] = {
    "attachments": _l("attachments"),
    "dde": _l("calls of programs"),
    "entities": _l("entities"),
    "fields": _l("fields"),
    "formula": _l("formulas"),
    "macros": _l("macros"),
    "script": _l("scripts"),
}
"""What a caution is about, where a format says it in a word; page numbers and counts need none."""

CAUTIONS: Mapping[str, LazyString] = {
    "encrypted": _l("Protected by a password: it is kept, but its text could not be read."),
    "unlocked": _l("Protected by a password that was given: it was read from an unlocked copy kept beside it."),
    "no-text": _l("No text was found: it can be found by its title and number only."),
    "no-reader": _l("It is kept, but this kind of file cannot be read yet: it can be found by its title only."),
    "truncated": _l("Longer than the reading limit: the end of its text is not searchable."),
    "partly-unreadable": _l("Some pages or parts could not be read."),
    "misnamed": _l("The content is of another kind than the file name says."),
    "signed": _l("Carries a digital signature; it is kept exactly as it came."),
    "active-content": _l("Contains macros or other active content; it is never executed."),
    "external-links": _l("Refers to content outside itself; it is never fetched."),
    "has-children": _l("Contains other files."),
    "unreadable": _l("Could not be read; it is kept exactly as it came, and can be found by its name."),
    "being-recognised": _l("Words are still being read off its pictures; they become searchable bit by bit."),
    "reading-stopped": _l("Somebody stopped the reading of its pictures; the pages read until then are searchable."),
    "recognised": _l("Pages that are pictures; their words were read off by machine."),
    "low-confidence": _l("Pages whose words the machine is unsure of: compare them with the picture."),
    "seals": _l("Pages with seals."),
    "text-layer-mended": _l("Pages with letters that were encoded wrongly in the file; they were put right."),
    "text-layer-replaced": _l("Pages whose text in the file is garbled: words were read off the picture instead."),
    "text-layer-doubtful": _l("Pages whose text looks garbled, and whose picture gives no better words."),
    "guessed-encoding": _l("The character set was guessed."),
    "repaired": _l("Was damaged and read after repair in memory; the original is unchanged."),
}
EVENTS: Mapping[str, LazyString] = {
    "record.captured": _l("captured the file"),
    "record.filed": _l("filed the record"),
    "record.handed-out-for-good": _l("handed the paper over to somebody outside"),
    "record.terms-stated": _l("stated from when its term runs"),
    "record.destroyed": _l("destroyed its content"),
    "record.accessioned": _l("accepted it into the archive as %(code)s"),
    "record.described": _l("corrected the description"),
    "record.moved": _l("moved the paper"),
    "record.quarantined": _l("put it in quarantine"),
    "record.retried": _l("tried it again"),
    "record.split": _l("divided the batch into its papers"),
    "record.merged": _l("made it a version of another record"),
    "record.version-added": _l("added version %(version)s"),
    "record.unlocked": _l("unlocked a file"),
    "record.reading-stopped": _l("stopped the reading of its pictures"),
    "record.reading-resumed": _l("had the reading of its pictures gone on with"),
    "record.downloaded": _l("downloaded the original"),
    "record.page-read": _l("read page %(page)s"),
    "record.thumbnail-shown": _l("saw a small picture of page 1"),
    "record.text-read": _l("read the text"),
    "document.drafted": _l("drafted an edition of a controlled document"),
    "document.submitted": _l("submitted it for review"),
    "document.reviewed": _l("reviewed it"),
    "document.approved": _l("approved it"),
    "document.sent-back": _l("sent it back"),
    "document.taken-back": _l("took it back"),
    "document.dropped": _l("gave the draft up"),
    "document.issued": _l("issued it"),
    "document.superseded": _l("replaced it by the next edition"),
    "document.withdrawn": _l("withdrew it"),
    "document.retained": _l("kept the obsolete edition for reference"),
    "document.released": _l("released the obsolete edition to its retention period"),
    "document.checked": _l("reviewed whether it still holds"),
    "document.copy-handed-out": _l("handed out a numbered copy"),
    "document.copy-received": _l("received a numbered copy"),
    "document.copy-called-back": _l("took a numbered copy back"),
    "document.asked-to-read": _l("asked people to read it"),
    "document.acknowledged": _l("acknowledged it"),
    "contract.drafted": _l("drafted the contract"),
    "contract.changed": _l("corrected the draft of the contract"),
    "contract.confirmed": _l("confirmed the contract"),
    "contract.ended": _l("ended the contract"),
    "contract.followed": _l("said which contract renewed it"),
    "contract.went-on": _l("let the contract go on without a term"),
    "contract.sent-back": _l("reviewed the draft of the contract and sent it back"),
    "contract.voided": _l("voided the draft of the contract"),
    "contract.proved": _l("proved a line of the validity checklist"),
    "contract.disproved": _l("took back the proof of a line of the checklist"),
    "contract.located": _l("said where the originals are"),
    "contract.amendment-drafted": _l("drafted an amendment"),
    "contract.amended": _l("confirmed an amendment"),
    "contract.amendment-voided": _l("voided the draft of an amendment"),
    "record.form-filled": _l("filled in the form"),
    "record.form-completed": _l("filled in what is filled in afterwards"),
    "record.form-came-back": _l("recognised it as a form that came back"),
    "record.form-given-back": _l("found that it is no copy of that form: its serial is out again"),
    "record.form-not-bound": _l("read the square of a form that bound nothing"),
    "record.form-signed": _l("put the signed sheet beside it"),
    "record.put-in-dossier": _l("put it into a dossier"),
    "record.taken-from-dossier": _l("took it out of a dossier"),
    "record.declassified": _l("lowered the level"),
    "file.duplicate": _l("handed in the same file again"),
    "declassification.proposed": _l("proposed to lower the level"),
    "declassification.agreed": _l("agreed to lower the level"),
    "declassification.refused": _l("refused to lower the level"),
    "declassification.event": _l("said that the event has happened"),
    "declassification.void": _l("found the proposal void: the record had changed"),
}

CROWDS: Mapping[str, LazyString] = {
    "record.page-read": _l("read the content"),
    "record.text-read": _l("read the content"),
    "record.downloaded": _l("downloaded the original"),
}
"""Events that come in crowds, and what is said of several at once."""


def may(duty: str) -> bool:
    """May who is signed in do this duty? For what a page offers; the use case asks the rule itself."""
    person = current.person_or_none()
    return person is not None and rules.may(current.actor(), Action(duty))


# ---- How things look in a line ----


def class_name(record_class: RecordClass) -> str:
    return record_class.name_en if language.language() == "en" else record_class.name_zh


def place_name(place: Any) -> str:
    """The name of a site or a department."""
    return place.name_en or place.name if language.language() == "en" else place.name


def place(code: str) -> str:
    """The name of the site or department with this code; the code itself where there is none. Read once a request."""
    known: dict[str, Site | Department] | None = g.get("places")
    if known is None:
        said = records.vocabulary(current.archive(), current.actor())
        known = g.places = {one.code: one for one in (*said.sites, *said.departments)}
    return place_name(known[code]) if code in known else code


def posts(text: str) -> str:
    """Departments and posts as data has them, several with signs between: each in the reader's language, where it is
    known; any other as it was written."""
    if language.language() != "zh":
        place("")
        known: dict[str, Site | Department] = g.places
        names = {**_plan_in_english(), **{plain(one.name): place_name(one) for one in known.values()}}
        text = re.sub(r"[^;；/、,，]+", lambda found: names.get(plain(found[0]), found[0]), text)
    return re.sub(r"\s*[;；、,，]\s*", gettext(", "), text)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history: what somebody did, so many times in a row."""

    event: Event
    times: int


def condensed(history: Sequence[Event]) -> Sequence[Line]:
    """The history with readings in a row by the same person drawn together, so that the rest can be seen."""
    lines: list[Line] = []
    for event in history:
        last = lines[-1] if lines else None
        if last and event.action in CROWDS and last.event.actor == event.actor and _alike(last.event, event):
            lines[-1] = Line(last.event, last.times + 1)
        else:
            lines.append(Line(event, 1))
    return lines


def _alike(one: Event, other: Event) -> bool:
    return str(CROWDS.get(one.action)) == str(CROWDS.get(other.action))


def deed(line: Line) -> str:
    """What was done, as the rest of a sentence that begins with who did it."""
    event = line.event
    if line.times > 1:
        return str(CROWDS[event.action])
    said = EVENTS.get(event.action)
    return str(said) % event.payload if said else event.action


def years(count: int) -> str:
    """A term, as the field says it."""
    return gettext("1 year") if count == 1 else gettext("%(years)s years", years=count)


def device(said: str) -> str:
    """What a browser says of itself, as its owner knows it: by its name and the system it runs on."""
    known = (next((name for sign, name in names if sign in said), "") for names in (_BROWSERS, _SYSTEMS))
    return " · ".join(filter(None, map(str, known))) or said[:70]


def retention(period: str) -> str:
    """A retention period of the file plan, its letters spelt out: Y is permanent, D10 a term of ten years."""
    if language.language() != "zh":
        return fileplan.spelt(period, _plan_in_english())
    period = re.sub(r"(?<![A-Za-z])D(\d+)", lambda found: years(int(found[1])), period)
    period = re.sub(r"(?<![A-Za-z])Y(?![A-Za-z])", lambda _: gettext("permanent"), period)
    return re.sub(r"[:;] ?", lambda found: "：" if found[0][0] == ":" else "；", period)


def phrase(text: str) -> str:
    """A case, trigger, source or required document of the file plan in the reader's language; as it was written where
    nobody has put it into English."""
    return text if language.language() == "zh" or not text else fileplan.phrase(text, _plan_in_english())


def _plan_in_english() -> Mapping[str, str]:
    """Read once a request."""
    known: Mapping[str, str] | None = g.get("plan_phrases")
    if known is None:
        known = g.plan_phrases = fileplan.english(current.archive())
    return known


def on_form(text: str) -> str:
    """Name of a form, a field, a choice or an occasion in the reader's language; as it was written where nobody has
    put it into English. What is filled in, and what a form is called on paper, stays as it is."""
    if language.language() == "zh":
        return text
    known: Mapping[str, str] | None = g.get("form_phrases")
    if known is None:
        known = g.form_phrases = forms.english(current.archive())
    return forms.phrase(text, known)


def who(person_id: str, names: Mapping[str, str]) -> str:
    """A person by name; the machine by what it is."""
    return str(ROLES[person_id]) if person_id in ("operator", "service") else names.get(person_id, person_id)


def moment(at: datetime | None) -> str:
    """The server's local time, to the minute."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M") if at else ""


def date_of(at: datetime | None) -> str:
    """The server's local day of an instant."""
    return at.astimezone().date().isoformat() if at else ""


def day(value: date | None) -> str:
    return value.isoformat() if value else ""


def size(size_bytes: int) -> str:
    for unit, step in (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)):
        if size_bytes >= step:
            amount = size_bytes / step
            return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:.0f} {unit}"
    return gettext("%(count)s bytes", count=size_bytes)


def ago(since: datetime | None) -> str:
    """How long something has been waiting."""
    if since is None:
        return ""
    return lasting((current.archive().now() - since).total_seconds())


def lasting(seconds: float) -> str:
    """How long it took, or takes, as roughly as people say it."""
    seconds = max(0, int(seconds))
    if seconds < 60:
        return gettext("%(count)s s", count=seconds)
    if seconds < 3600:
        return gettext("%(count)s min", count=seconds // 60)
    if seconds < 48 * 3600:
        return gettext("%(count)s h", count=seconds // 3600)
    return gettext("%(count)s days", count=seconds // 86400)


def number(value: int) -> str:
    return f"{value:,}"


SEVERITIES: Mapping[str, LazyString] = {"high": _l("grave"), "middle": _l("middling"), "low": _l("slight")}

FILTERS: Mapping[str, Callable[..., str]] = {
    "code": certified_copies.grouped,
    "moment": moment,
    "date_of": date_of,
    "day": day,
    "size": size,
    "ago": ago,
    "lasting": lasting,
    "number": number,
    "class_name": class_name,
    "place_name": place_name,
    "place": place,
    "phrase": phrase,
    "on_form": on_form,
    "retention": retention,
}
