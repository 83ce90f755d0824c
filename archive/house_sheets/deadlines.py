"""法定期限: what the law says of the end of contracts, each line with the days between which it holds.

A law that changes gets a second line from the day on which it holds; the first one gets its last day.
"""

from access.rules import Action
from archive import naming
from archive.errors import Invalid
from archive.model.contracts import PROVISIONS, Provision
from archive.tables.house_sheets import Line

TITLE = {"zh": "法定期限", "en": "Statutory deadlines"}
DUTY = Action.SEE_CONTRACTS
COLUMNS = ("code", "law", "article", "days", "valid_from", "valid_to", "source", "says")
KEY = ("code", "valid_from")
FILE = "statutory_deadlines.csv"
DAYS_MAX = 3660


def check(line: Line) -> Provision:
    if line["code"] not in PROVISIONS:
        raise Invalid(f"A provision is one of: {', '.join(PROVISIONS)}.", "bad-checklist")
    days = line["days"]
    if days and (not days.isascii() or not days.isdigit() or int(days) > DAYS_MAX):
        raise Invalid("A number of days is expected.", "bad-checklist")
    if not line["law"] or not line["source"]:
        raise Invalid("A provision names its law and where it was read.", "bad-checklist")
    first, last = naming.parsed_date(line["valid_from"]), naming.parsed_date(line["valid_to"])
    if first is None or (last is not None and last < first):
        raise Invalid("Say from which day it holds, and until when where it holds no more.", "bad-checklist")
    return Provision(
        line["code"], line["law"], line["article"], int(days) if days else None, first, last, line["source"],
        line["says"],
    )  # fmt: skip
