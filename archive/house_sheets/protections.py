"""八防检查项目: what is looked at when a store-room is inspected."""

from access.rules import Action
from archive.errors import Invalid
from archive.model.climate import InspectionItem
from archive.tables.house_sheets import Line

TITLE = {"zh": "八防检查项目", "en": "What is inspected in store-rooms"}
DUTY = Action.SEE_ARCHIVE
COLUMNS = ("code", "zh", "en", "looked_at", "looked_at_en", "source")
KEY = ("code",)
FILE = "inspection_items.csv"


def check(line: Line) -> InspectionItem:
    if not line["zh"] or not line["source"]:
        raise Invalid("A line needs a code, a name and its source.", "bad-checklist")
    looked_at = line["looked_at"]
    return InspectionItem(
        line["code"], line["zh"], line["en"] or line["zh"], looked_at, line["looked_at_en"] or looked_at,
        line["source"],
    )  # fmt: skip
