"""What rooms are told with: kinds of places, findings, conditions and alarms as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from web.language import lazy_gettext as _l

KINDS: Mapping[str, LazyString] = {
    "room": _l("Store-room"),
    "cabinet": _l("Cabinet"),
    "shelf": _l("Shelf"),
    "box": _l("Box"),
}
EVENTS: Mapping[str, LazyString] = {
    "location.added": _l("set it up"),
    "location.changed": _l("changed what is said of it"),
    "location.renamed": _l("gave it another code"),
    "location.moved": _l("moved it with everything in it"),
    "location.closed": _l("took it out of use"),
}
SIZES: Mapping[str, LazyString] = {
    "70x37": _l("Sheet, 70 × 37 mm"),
    "105x57": _l("Sheet, 105 × 57 mm"),
    "52x30": _l("Sheet, 52 × 30 mm"),
    "60x40": _l("Label printer, 60 × 40 mm"),
    "50x30": _l("Label printer, 50 × 30 mm"),
}
