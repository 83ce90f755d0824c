"""Kinds of reviews, grades of findings and states of measures as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from archive.house_sheets.review_inputs import Input
from web import language
from web.language import lazy_gettext as _l

KINDS: Mapping[str, LazyString] = {
    "management": _l("management review"),
    "internal": _l("internal audit"),
    "external": _l("external audit"),
}
GRADES: Mapping[str, LazyString] = {
    "observation": _l("observation"),
    "minor": _l("minor nonconformity"),
    "major": _l("major nonconformity"),
}
STATES: Mapping[str, LazyString] = {
    "open": _l("under way"),
    "done": _l("done, to be looked at"),
    "closed": _l("closed, it worked"),
}


def named(one: Input) -> str:
    """An input of a management review."""
    return one.zh if language.language() == "zh" else one.en
