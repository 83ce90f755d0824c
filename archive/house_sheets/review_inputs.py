"""管理评审输入清单: what a management review is given to look at (1.9; ISO 9001 9.3.2)."""

from dataclasses import dataclass

from access.rules import Action
from archive.errors import Invalid
from archive.tables.house_sheets import Line

TITLE = {"zh": "管理评审输入清单", "en": "Inputs of a management review"}
DUTY = Action.SEE_DOCUMENTS
COLUMNS = ("code", "zh", "en", "source")
KEY = ("code",)
FILE = "review_inputs.csv"


@dataclass(frozen=True, slots=True)
class Input:
    code: str
    zh: str
    en: str
    source: str


def check(line: Line) -> Input:
    if not line["zh"] or not line["source"]:
        raise Invalid("A line needs a code, a name and its source.", "bad-checklist")
    return Input(line["code"], line["zh"], line["en"] or line["zh"], line["source"])
