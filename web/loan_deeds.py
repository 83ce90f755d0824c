"""What can be done with a loan, for pages and for programs: each deed is one use case and a line of words."""

from collections.abc import Callable, Mapping

from flask_babel import LazyString

from access.loans import Form, Loan, State
from archive import lending
from web import current, loan_words, words
from web.language import gettext
from web.language import lazy_gettext as _l

DEEDS: Mapping[str, Callable[[str, str], Loan]] = {
    "approve": lambda loan, said: lending.decide(current.archive(), current.actor(), loan, yes=True, reason=said),
    "refuse": lambda loan, said: lending.decide(current.archive(), current.actor(), loan, yes=False, reason=said),
    "cancel": lambda loan, said: lending.cancel(current.archive(), current.actor(), loan, said),
    "renew": lambda loan, _said: lending.renew(current.archive(), current.actor(), loan),
    "call-back": lambda loan, said: lending.call_back(current.archive(), current.actor(), loan, said),
    "close": lambda loan, said: lending.close(current.archive(), current.actor(), loan, said),
}
"""What can be done with a loan, each with one press and a line of words."""

DONE: Mapping[str, LazyString] = {
    "refuse": _l("%(number)s is refused; who asked is told."),
    "cancel": _l("%(number)s is cancelled."),
    "renew": _l("The renewal of %(number)s is asked for."),
    "call-back": _l("%(number)s is called back; the borrower is told."),
    "close": _l("%(number)s is closed."),
}


def over_the_counter(loan: Loan, record_id: str) -> str:
    """What became of a paper at the counter, and what comes next."""
    item = next(one for one in loan.items if (one.record_id, one.form) == (record_id, Form.PAPER))
    facts = {"out": item.pages_out, "back": item.pages_in, "condition": loan_words.PAPER.get(item.condition_in, "")}
    if item.state is State.ON_LOAN and item.due_at is not None:
        return gettext("Handed out with %(out)s pages, due back on %(day)s.", day=words.date_of(item.due_at), **facts)
    if item.state is State.RETURNED_DAMAGED:
        return gettext(
            "Taken back: %(back)s of %(out)s pages, condition: %(condition)s. The final approver is told and decides; "
            "until then it is not lent.",
            **facts,
        )
    if item.state is State.LOST:
        return gettext("Reported lost. The final approver is told and decides; until then it is not lent.")
    return gettext("Taken back whole, with all %(out)s pages. What is left is to close the loan.", **facts)


def done(deed: str, loan: Loan) -> str:
    """What is said after a deed: with which loan, and what comes next."""
    if deed == "approve":
        if loan.renewing or any(item.state is State.SUBMITTED for item in loan.items):
            return gettext("You approved %(number)s; the next one is asked.", number=loan.number)
        return gettext("You approved %(number)s; nobody else has to.", number=loan.number)
    return str(DONE[deed]) % {"number": loan.number}
