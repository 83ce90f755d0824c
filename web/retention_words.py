"""The words of holds and disposals: states, decisions and parts as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from access.disposals import State
from web.language import lazy_gettext as _l

STATES: Mapping[str, LazyString] = {
    State.APPRAISING: _l("Being appraised"),
    State.PROPOSED: _l("Proposed, waits for approval"),
    State.COOLING_OFF: _l("Approved, cooling off"),
    State.EXECUTED: _l("Executed"),
    State.COMPLETE: _l("Complete: no backup can bring it back"),
    State.CANCELLED: _l("Given up"),
}
DECISIONS: Mapping[str, LazyString] = {
    "": _l("not decided yet"),
    "extend": _l("kept longer"),
    "permanent": _l("kept for ever"),
    "destroy": _l("to be destroyed"),
}
PARTS: Mapping[str, LazyString] = {"group": _l("Group for appraisal"), "witness": _l("Witness")}
LEFT_OUT: Mapping[str, LazyString] = {
    "held": _l("left out: a hold stands on it"),
    "lent": _l("left out: it is lent"),
    "at-repair": _l("left out: it is at repair"),
    "frozen": _l("left out: it is being handed over"),
    "not-due": _l("left out: its term has not ended"),
    "changed": _l("left out: it got another file since it was approved"),
}
