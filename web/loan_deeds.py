"""What can be done with a loan, for pages and for programs: each deed is one use case and a line of words."""

from collections.abc import Callable, Mapping

from access.loans import Loan
from archive import lending
from web import current

DEEDS: Mapping[str, Callable[[str, str], Loan]] = {
    "approve": lambda loan, said: lending.decide(current.archive(), current.actor(), loan, yes=True, reason=said),
    "refuse": lambda loan, said: lending.decide(current.archive(), current.actor(), loan, yes=False, reason=said),
    "cancel": lambda loan, said: lending.cancel(current.archive(), current.actor(), loan, said),
    "renew": lambda loan, _said: lending.renew(current.archive(), current.actor(), loan),
    "call-back": lambda loan, said: lending.call_back(current.archive(), current.actor(), loan, said),
    "close": lambda loan, said: lending.close(current.archive(), current.actor(), loan, said),
}
"""What can be done with a loan, each with one press and a line of words."""
