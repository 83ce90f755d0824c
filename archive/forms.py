"""表单登记: the forms of the house as data, each under one number, whatever names it goes by; blanks bear a serial.

The standard itself calls two of them by two names: a form is found by any of its names. Serials are those of
`archive.numbering`: given out first, printed on the blank, and asked for when the blank does not come back (INV-26).
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import numbering
from archive.app import Archive
from archive.errors import Invalid, NotFound

SHIPPED = Path(__file__).parent / "data" / "forms.csv"
"""The twenty forms of articles 2 to 5 of the standard (domain §1.3)."""


@dataclass(frozen=True, slots=True)
class Form:
    code: str
    name: str
    aliases: tuple[str, ...]
    class_code: str
    level: int
    fields: tuple[str, ...]
    """What the standard asks to be filled in."""
    occasion: str
    """When it is filled in, and by when."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


def every(archive: Archive, actor: Actor) -> Sequence[Form]:
    """The register of forms: it says nothing of what was filled in."""
    del archive
    rules.require(actor, Action.SEE_DOCUMENTS)
    return _shipped()


def called(archive: Archive, actor: Actor, name: str) -> Form:
    """The form of this number, or of any of its names. Raises NotFound."""
    wanted = name.strip().strip("《》")
    for one in every(archive, actor):
        if wanted.upper() == one.code or wanted in one.names:
            return one
    raise NotFound("There is no such form in the register.", "form-not-registered")


def blanks(archive: Archive, actor: Actor, form: Form, first: str, count: int) -> Sequence[str]:
    """Serials of blanks that were given out and have not come back, from this one on: to be printed on the form.

    Raises Invalid when the serial was not given out for the class of the form.
    """
    outstanding = [
        gap.code
        for gap in numbering.gaps(archive, actor)
        if gap.kind == "outstanding" and form.class_code in gap.series
    ]
    if first not in outstanding:
        raise Invalid("Give out serials for the class of this form first (Missing numbers).", "no-blank-serial")
    start = outstanding.index(first)
    return outstanding[start : start + count]


@lru_cache(maxsize=1)
def _shipped() -> Sequence[Form]:
    rows = csv.DictReader(io.StringIO(SHIPPED.read_text("utf-8-sig")))
    return [
        Form(
            row["code"],
            row["name"],
            tuple(filter(None, row["aliases"].split(";"))),
            row["class_code"],
            int(row["level"]),
            tuple(row["fields"].split(";")),
            row["occasion"],
        )
        for row in rows
    ]
