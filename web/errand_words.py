"""Kinds and states of long work as something a person reads, and the page on which each is asked for."""

from collections.abc import Mapping

from flask_babel import LazyString

from web.language import lazy_gettext as _l

KINDS: Mapping[str, LazyString] = {"evidence": _l("Evidence package")}
STATES: Mapping[str, LazyString] = {
    "waiting": _l("waits its turn"),
    "running": _l("under way"),
    "done": _l("done"),
    "failed": _l("failed"),
    "stopped": _l("stopped"),
}
FROM: Mapping[str, str] = {"evidence": "evidence.index"}
ENTERED: Mapping[str, tuple[str, ...]] = {"evidence": ("from", "to")}
"""What the form on that page asks for, which is kept when it is wrong."""
