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
}
"""What is said after a step with an edition, and what comes next."""
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
