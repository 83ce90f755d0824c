"""The forms of the house as values: which fields each has, and what may stand in them; a form that was filled in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

KINDS = ("text", "long", "date", "number", "choice", "sign")
"""What a field takes. `sign` is a place to sign by hand: nothing is typed there."""
VALUE_MAX = 2000
MARK = "MUNIMENT FORM "
"""Before number, version and serial in the square of a form; the serial alone on blanks of earlier days."""

_SERIAL = re.compile(r"[A-Z0-9]{2,10}-[A-Z0-9]{2,10}-[0-9]{6}-[0-9]{4,}")
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is filled in."""

    name: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    needed: bool = False
    afterwards: bool = False
    """Filled in when it is over: the lessons of a reception, what came of a defect."""


@dataclass(frozen=True, slots=True)
class Form:
    code: str
    name: str
    aliases: tuple[str, ...]
    class_code: str
    level: int
    occasion: str
    """When it is filled in, and by when."""
    fields: tuple[Field, ...]
    source: str = ""
    """Where it is written that there is such a form."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    def part(self, *, afterwards: bool) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.afterwards is afterwards)


@dataclass(frozen=True, slots=True)
class FormVersion:
    version: int
    """0: as it was shipped."""
    changed_at: datetime
    changed_by: str
    reason: str
    form: Form


@dataclass(frozen=True, slots=True)
class Sheet:
    """One copy of a form under its serial: a blank that is out, or what was filled in as the record it became."""

    serial: str
    form: str
    version: int
    site: str
    level: int
    class_code: str
    given_at: datetime
    given_by: str
    record_id: str = ""
    filled_at: datetime | None = None
    filled_by: str = ""
    completed_at: datetime | None = None
    """When what is filled in afterwards was; a paper that was scanned back is complete as it is."""
    how: str = "blank"
    """blank, screen or scan."""
    given_to: str = ""
    """Who has the blank. With a serial of its class, this and why it is void stand beside the reference codes."""
    void_reason: str = ""

    @property
    def counted_by_form(self) -> bool:
        """Does it bear a serial of the form itself, because its class counts none?"""
        return self.serial.startswith(f"{self.form}-")

    # To the rules a sheet without a record is like a filed one of its class.
    @property
    def id(self) -> str:
        return self.record_id

    @property
    def pii(self) -> int:
        return 0

    @property
    def lifecycle(self) -> str:
        return "filed"

    @property
    def department(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Square:
    """The square of a form on a scan that is no copy of it: what it says, and why it bound nothing."""

    record_id: str
    serial: str
    form: str
    """Number of the form, as the square says it; empty on a blank of earlier days."""
    outcome: str
    """taken: it has come back with another record; unknown: never given out; void; other-site; apart: its record took
    no further file; taken-off: somebody said that it is another form."""
    at: datetime
    by: str
    reason: str = ""


def mark(form: Form, version: int, serial: str) -> str:
    """What the square on a form says."""
    return f"{MARK}{form.code}.{version} {serial}"


def marked(said: str) -> tuple[str, int, str] | None:
    """Number, version and serial that a square says; without the first two on an old blank. None: no form of ours."""
    if said.startswith(MARK):
        head, _, serial = said.removeprefix(MARK).partition(" ")
        code, _, version = head.partition(".")
        if version.isascii() and version.isdigit() and _SERIAL.fullmatch(serial):
            return code, int(version), serial
        return None
    return ("", 0, said) if _SERIAL.fullmatch(said) else None


def wrong(field: Field, value: str) -> bool:
    """Does this not fit into the field? Nothing fits everywhere but where something is needed."""
    if not value:
        return field.needed
    if field.kind == "date":
        try:
            date.fromisoformat(value)
        except ValueError:
            return True
        return False
    if field.kind == "number":
        return _NUMBER.fullmatch(value) is None
    if field.kind == "choice":
        return value not in field.choices
    return field.kind == "sign" or len(value) > VALUE_MAX


def filled(fields: Sequence[Field], said: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Every field with what stands in it, in their order."""
    return [(one.name, said.get(one.name, "")) for one in fields]
