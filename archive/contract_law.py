"""What the law says of contracts and what makes one valid, out of two sheets that a company may change.

A notice is reckoned by the law of the day on which a contract ends, a contract is checked by the list of the day it was
signed.
"""

from collections.abc import Sequence
from datetime import date

from archive import house_sheets
from archive.house_sheets import deadlines, validity
from archive.model.contracts import CheckItem, Contract, Provision
from archive.tables import Transaction


def provisions(tx: Transaction) -> Sequence[Provision]:
    """What the law says, each with the days between which it holds."""
    return [deadlines.check(one) for one in house_sheets.lines(tx, "deadlines")]


def shipped_provisions() -> Sequence[Provision]:
    """What the law said when this was shipped."""
    return [deadlines.check(one) for one in house_sheets.shipped("deadlines")]


def unproved(tx: Transaction, one: Contract, today: date) -> Sequence[CheckItem]:
    """The lines of the checklist that are asked of a contract and that nothing proves."""
    return [line for line in checklist(tx) if line.asks(one, today) and line.code not in one.evidence]


def checklist(tx: Transaction) -> Sequence[CheckItem]:
    """The validity checklist (2.12), those of its lines that hold no more included."""
    return [validity.check(one) for one in house_sheets.lines(tx, "validity")]
