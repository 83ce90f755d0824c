"""The words of handovers: kinds, parts, states and findings as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from access.handovers import Carrier, Found, Kind, Part, State
from web.language import lazy_gettext as _l

KINDS: Mapping[Kind, LazyString] = {
    Kind.CUSTODIAN: _l("Change of custodian"),
    Kind.ACCESSION: _l("A department hands in"),
    Kind.TAKEOVER: _l("Taken over from outside"),
    Kind.EXIT: _l("Handed over to outside"),
}
PARTS: Mapping[Part, LazyString] = {
    Part.GIVER: _l("Giver"),
    Part.RECEIVER: _l("Receiver"),
    Part.SUPERVISOR: _l("Supervisor"),
    Part.WITNESS: _l("Second witness"),
    Part.APPROVER: _l("Final approver"),
}
STATES: Mapping[State, LazyString] = {
    State.PLANNED: _l("Planned"),
    State.FROZEN: _l("Frozen"),
    State.COUNTING: _l("Being counted"),
    State.DISPUTED: _l("Differences to explain"),
    State.RECONCILED: _l("To be signed"),
    State.SIGNED: _l("Signed by everybody"),
    State.COMPLETED: _l("Completed"),
    State.CANCELLED: _l("Given up"),
}
CARRIERS: Mapping[Carrier, LazyString] = {
    Carrier.PAPER: _l("Paper"),
    Carrier.DIGITAL: _l("Files"),
    Carrier.THING: _l("Thing"),
}
THINGS: Mapping[str, LazyString] = {
    "key": _l("Key"),
    "password": _l("Password"),
    "seal": _l("Seal"),
    "equipment": _l("Equipment"),
}
FOUND: Mapping[Found, LazyString] = {
    Found.PRESENT: _l("Present"),
    Found.MISSING: _l("Missing"),
    Found.DAMAGED: _l("Damaged"),
    Found.ON_LOAN: _l("On loan or at repair"),
    Found.MISFILED: _l("In another place"),
    Found.SURPLUS: _l("Not on the list"),
}
WHICH: Mapping[str, LazyString] = {
    "all": _l("All"),
    "open": _l("Not counted"),
    "differences": _l("Differences"),
    "found": _l("Counted"),
}
