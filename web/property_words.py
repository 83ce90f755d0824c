"""The four properties, the occasions of a test and what is asked, as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from archive.model.properties import Item
from web import language
from web.language import lazy_gettext as _l

PROPERTIES: Mapping[str, LazyString] = {
    "authenticity": _l("Authenticity"),
    "integrity": _l("Integrity"),
    "usability": _l("Usability"),
    "safety": _l("Safety"),
}
OCCASIONS: Mapping[str, LazyString] = {
    "capture": _l("when it comes in"),
    "accession": _l("when it is accepted"),
    "transfer": _l("before it is handed over"),
    "scheduled": _l("on schedule"),
}
WEIGHTS: Mapping[str, LazyString] = {
    "must": _l("must be passed"),
    "note": _l("is noted"),
    "off": _l("is not made"),
}


def name(item: Item) -> str:
    return item.zh if language.language() == "zh" else item.en
