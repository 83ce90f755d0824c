"""Kinds of fields and states of forms as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from archive.filling import Line
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
_HOW: Mapping[str, LazyString] = {
    "blank": _l("given out, not back yet"),
    "screen": _l("filled in on screen"),
    "scan": _l("scanned back"),
}


def state(line: Line) -> LazyString:
    return _l("to be filled in afterwards") if line.open else _HOW[line.sheet.how]
