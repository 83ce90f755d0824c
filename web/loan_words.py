"""The words of lending: states, forms, posts and conditions as something a person reads."""

from collections.abc import Mapping, Sequence

from flask_babel import LazyString

from access.approvals import Condition, Post
from access.loans import CONDITIONS, Event, Form, State
from web.language import lazy_gettext as _l

STATES: Mapping[State, LazyString] = {
    State.SUBMITTED: _l("Waiting for approval"),
    State.APPROVED: _l("Approved, to be collected"),
    State.REJECTED: _l("Refused"),
    State.CANCELLED: _l("Cancelled"),
    State.LAPSED: _l("Lapsed"),
    State.ON_LOAN: _l("On loan"),
    State.ACTIVE: _l("Open on screen"),
    State.RECALLED: _l("Called back"),
    State.COPIED: _l("Copy made"),
    State.RETURNED: _l("Returned"),
    State.RETURNED_DAMAGED: _l("Returned damaged"),
    State.LOST: _l("Lost"),
    State.REPLACED: _l("Replaced"),
    State.WRITTEN_OFF: _l("Written off"),
    State.EXPIRED: _l("Expired"),
    State.REVOKED: _l("Ended early"),
    State.CLOSED: _l("Closed"),
}
FORMS: Mapping[Form, LazyString] = {
    Form.DIGITAL: _l("On screen"),
    Form.PAPER: _l("On paper"),
    Form.COPY: _l("Certified copy"),
}
POSTS: Mapping[Post, LazyString] = {
    Post.DEPARTMENT_HEAD: _l("Department head"),
    Post.CONTROLLER: _l("Document controller"),
    Post.CLASS_OWNER: _l("Class owner"),
    Post.FINAL_APPROVER: _l("Final approver"),
    Post.SECURITY_OFFICER: _l("Security officer"),
}
HELD_TO: Mapping[Condition, LazyString] = {
    Condition.IN_COMPANY: _l("It stays within the company."),
    Condition.SEALED_COVER: _l("It travels in a sealed cover."),
    Condition.ON_SITE: _l("It is read on site and not taken out."),
    Condition.SUPERVISED: _l("It is read under supervision."),
    Condition.CERTIFIED_COPY: _l("A certified copy is given instead of the original."),
}
PAPER: Mapping[str, LazyString] = dict(
    zip(CONDITIONS, (_l("Good"), _l("Worn"), _l("Damaged")), strict=True),
)
DECISIONS: Mapping[str, LazyString] = {
    "": _l("open"),
    "approved": _l("approved"),
    "rejected": _l("refused"),
    "void": _l("not asked any more"),
}
NOTES: Mapping[str, LazyString] = {
    "left": _l("left the company"),
    "rights-changed": _l("the rights of the borrower changed"),
    "reclassified": _l("the record became stricter"),
    "paper-missing": _l("The paper was lost when it was to be mended."),
}
"""Lines of a note that nobody typed."""


def noted(note: str) -> Sequence[str]:
    """A note line by line."""
    return [str(NOTES.get(line, line)) for line in note.splitlines()]


SETTLEMENTS: Mapping[Event, LazyString] = {
    Event.SETTLE: _l("Settled: mended, completed, or kept as it is"),
    Event.REPLACE: _l("Replaced"),
    Event.WRITE_OFF: _l("Written off"),
}
