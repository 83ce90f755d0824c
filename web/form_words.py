"""Kinds of fields and states of forms as something a person reads."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import LazyString

from archive.filling import Line
from archive.model.forms import Sheet
from web.language import lazy_gettext as _l

KINDS: Mapping[str, LazyString] = {
    "text": _l("words"),
    "long": _l("several lines"),
    "date": _l("a day"),
    "number": _l("a number"),
    "choice": _l("one of several"),
    "sign": _l("a signature by hand"),
}
COLUMNS: Mapping[str, LazyString] = {
    "field": _l("Field"),
    "kind": _l("Takes"),
    "choices": _l("To choose from (separated by ;)"),
    "needed": _l("Needed"),
    "afterwards": _l("Filled in afterwards"),
}
TALLY: Mapping[str, LazyString] = {
    "out": _l("given out, not back yet"),
    "scan": _l("scanned back"),
    "void": _l("void"),
    "screen": _l("filled in on screen"),
}
"""Whose copies are listed."""
_HOW: Mapping[str, LazyString] = {
    "blank": _l("given out, not back yet"),
    "void": _l("void"),
    "screen": _l("filled in on screen"),
    "scan": _l("scanned back"),
}
SQUARES: Mapping[str, LazyString] = {
    "taken": _l("This serial has come back already. Is it the same paper scanned again, or a copy of a blank?"),
    "unknown": _l("This serial was never given out here. File it as what it is, or look for its blank."),
    "void": _l("This serial was declared void, as lost or spoilt. The paper has come back all the same: file it."),
    "other-site": _l("This serial is of another site than the scan came in at. File it where it belongs."),
    "apart": _l("This form was filled in on screen, and the scan could not be put beside it. File it as a record."),
    "taken-off": _l("The serial was taken off this record: it is another paper."),
}
"""Why the square on a scan bound nothing, and what to do."""


def begun_at(sheet: Sheet) -> datetime:
    """When it was filled in on screen, or given out; that it came back is said apart."""
    return sheet.filled_at if sheet.how == "screen" and sheet.filled_at else sheet.given_at


def state(line: Line) -> LazyString:
    if line.issued is not None and line.issued.void_reason:
        return _HOW["void"]
    return _l("to be filled in afterwards") if line.open else _HOW[line.sheet.how]
