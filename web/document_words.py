"""The words of controlled documents: kinds, standings, deeds and outcomes as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from web.language import lazy_gettext as _l

KINDS: Mapping[str, LazyString] = {
    "manual": _l("Manual"),
    "policy": _l("Policy"),
    "procedure": _l("Procedure"),
    "instruction": _l("Work instruction"),
    "duty": _l("Duties of a post"),
    "standard": _l("Working standard"),
    "plan": _l("Plan for emergencies"),
    "form": _l("Form template"),
}
STANDINGS: Mapping[str, LazyString] = {
    "draft": _l("Draft"),
    "review": _l("Waits for review"),
    "reviewed": _l("Reviewed, waits for approval"),
    "approved": _l("Approved, waits to be issued"),
    "to-come": _l("Issued, not in force yet"),
    "effective": _l("In force"),
    "obsolete": _l("Obsolete"),
    "retained": _l("Obsolete, kept for reference"),
    "released": _l("Obsolete, released"),
    "dropped": _l("Given up"),
}
FILTERS: Mapping[str, LazyString] = {
    "effective": _l("In force"),
    "to-come": _l("Issued, not in force yet"),
    "making": _l("In the making"),
    "review-due": _l("Review is due"),
    "obsolete": _l("No edition in force"),
}
DONE: Mapping[str, LazyString] = {
    "submit": _l("%(number)s is submitted; it waits for its review."),
    "take-back": _l("%(number)s is taken back: it is a draft again."),
    "review": _l("%(number)s is reviewed; it waits for its approval."),
    "approve": _l("%(number)s is approved; it waits to be issued."),
    "send-back": _l("%(number)s is sent back; its author is told."),
    "drop": _l("The draft of %(number)s is given up."),
    "issue": _l("%(number)s is issued; hand its copies out."),
    "withdraw": _l("%(number)s is withdrawn; call its copies back."),
    "retain": _l("The obsolete edition of %(number)s is kept for reference."),
    "release": _l("The obsolete edition of %(number)s is kept no longer: its term runs."),
    "check": _l("The review of %(number)s is written down; the next one is due on its day."),
    "hand-out": _l("A copy of %(number)s is handed out; its holder is told and signs for it."),
    "hand-over": _l("The new copy of %(number)s is handed out; call the old one back."),
    "call-back": _l("It is written down what became of the copy of %(number)s."),
    "receive": _l("You have signed for your copy of %(number)s."),
    "ask": _l("The readers of %(number)s are told; each says that they have read it."),
    "acknowledge": _l("You have said that you have read %(number)s."),
}
"""What is said after a deed, and what comes next."""
OUTCOMES: Mapping[str, LazyString] = {
    "returned": _l("came back"),
    "destroyed": _l("destroyed by two"),
    "lost": _l("lost"),
}
CHECKS: Mapping[str, LazyString] = {
    "stays": _l("It holds as it is"),
    "change": _l("It is to be changed"),
    "withdraw": _l("It is to be withdrawn"),
}
