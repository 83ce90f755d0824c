"""What repair cases are told with: states, urgency and kinds of damage as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from access.repairs import State
from archive import repairs
from archive.house_sheets.damage import Damage
from web import language
from web.language import lazy_gettext as _l

URGENCIES: Mapping[str, LazyString] = {"usual": _l("usual"), "urgent": _l("urgent")}


def state(code: str) -> str:
    zh, en = repairs.STATES[State(code)]
    return zh if language.language() == "zh" else en


def kind(damage: Damage) -> str:
    return damage.zh if language.language() == "zh" else damage.en
