"""What repair cases are told with: states, urgency and kinds of damage as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from access.repairs import State
from archive.house_sheets.damage import Damage
from web import language
from web.language import lazy_gettext as _l

STATES: Mapping[str, LazyString] = {
    State.OPEN: _l("to be mended"),
    State.IN_TREATMENT: _l("in treatment"),
    State.MENDED: _l("mended, not yet on its shelf"),
    State.BEYOND_REPAIR: _l("cannot be mended, not yet on its shelf"),
    State.BACK: _l("back on its shelf"),
    State.DROPPED: _l("nothing to be done"),
}
URGENCIES: Mapping[str, LazyString] = {"usual": _l("usual"), "urgent": _l("urgent")}


def kind(damage: Damage) -> str:
    return damage.zh if language.language() == "zh" else damage.en
