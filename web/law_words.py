"""The words of laws: standings and ranks as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from web.language import lazy_gettext as _l

STATUSES: Mapping[str, LazyString] = {
    "upcoming": _l("Published, not in force yet"),
    "in_force": _l("In force"),
    "amended": _l("Amended"),
    "partly_repealed": _l("Partly repealed"),
    "repealed": _l("Repealed"),
    "superseded": _l("Superseded"),
    "unknown": _l("To be verified"),
}
RANKS: Mapping[str, LazyString] = {
    "law": _l("Law"),
    "regulation": _l("Regulation"),
    "rule": _l("Ministry rule"),
    "local": _l("Local regulation"),
    "standard": _l("Standard"),
    "other": _l("Other"),
}
