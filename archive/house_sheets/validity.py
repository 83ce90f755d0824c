"""合同有效性核对表: what makes a contract valid (2.12), each line with the days between which it is asked."""

from access.rules import Action
from archive import naming
from archive.errors import Invalid
from archive.model.contracts import KINDS, CheckItem
from archive.tables.house_sheets import Line

TITLE = {"zh": "合同有效性核对表", "en": "Validity checklist"}
DUTY = Action.SEE_CONTRACTS
COLUMNS = ("code", "kinds", "zh", "en", "valid_from", "valid_to", "source")
KEY = ("code", "valid_from")
FILE = "validity_checklist.csv"


def check(line: Line) -> CheckItem:
    kinds = frozenset(line["kinds"].split())
    if not line["zh"] or not line["source"]:
        raise Invalid("A line needs a code, a name and its source.", "bad-checklist")
    if not kinds or not kinds <= {"*", *KINDS}:
        raise Invalid(f"Kinds are * or some of: {', '.join(KINDS)}.", "bad-checklist")
    first, last = naming.parsed_date(line["valid_from"]), naming.parsed_date(line["valid_to"])
    if first is None or (last is not None and last < first):
        raise Invalid("Say from which day it holds, and until when where it holds no more.", "bad-checklist")
    return CheckItem(line["code"], kinds, line["zh"], line["en"] or line["zh"], first, last, line["source"])
