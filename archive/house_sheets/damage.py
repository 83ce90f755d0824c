"""破损种类: what can be wrong with a paper, as repair cases name it."""

from dataclasses import dataclass

from access.rules import Action
from archive.errors import Invalid
from archive.tables.house_sheets import Line

TITLE = {"zh": "破损种类", "en": "Kinds of damage"}
DUTY = Action.SEE_ARCHIVE
COLUMNS = ("code", "zh", "en", "source")
KEY = ("code",)
FILE = "damage_kinds.csv"


@dataclass(frozen=True, slots=True)
class Damage:
    code: str
    zh: str
    en: str
    source: str


def check(line: Line) -> Damage:
    if not line["zh"] or not line["source"]:
        raise Invalid("A line needs a code, a name and its source.", "bad-checklist")
    return Damage(line["code"], line["zh"], line["en"] or line["zh"], line["source"])
