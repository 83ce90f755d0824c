"""条款证据对照表: what proves a clause of the standard or a goal: classes of records, pages, printouts (1.6).

A company adds its goals as lines of their own.
"""

import re
from dataclasses import dataclass

from access.rules import Action
from archive.errors import Invalid
from archive.tables.house_sheets import Line

TITLE = {"zh": "条款证据对照表", "en": "What proves which clause"}
DUTY = Action.SEE_DOCUMENTS
COLUMNS = ("code", "zh", "en", "classes", "pages", "printouts", "source")
KEY = ("code",)
FILE = "evidence.csv"
_PAGE = re.compile(r"/[a-z][a-z/-]*")


@dataclass(frozen=True, slots=True)
class Proof:
    """A clause or a goal, and where its evidence lies."""

    code: str
    zh: str
    en: str
    classes: tuple[str, ...]
    pages: tuple[str, ...]
    printouts: tuple[str, ...]
    source: str


def check(line: Line) -> Proof:
    if not line["zh"] or not line["source"]:
        raise Invalid("A line needs a code, a name and its source.", "bad-checklist")
    classes, pages, printouts = (tuple(line[name].split()) for name in ("classes", "pages", "printouts"))
    if not all(map(_PAGE.fullmatch, pages)):
        raise Invalid("A page is the beginning of an address of this house, as /laws.", "bad-checklist")
    return Proof(line["code"], line["zh"], line["en"] or line["zh"], classes, pages, printouts, line["source"])
