"""What a record is, told from the lines of the ledger alone (INV-16)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from archive.model import Event

ENDINGS: Mapping[str, str] = {
    "record.quarantined": "quarantined",
    "record.retried": "captured",
    "record.split": "merged",
    "record.merged": "merged",
    "record.accessioned": "archived",
    "record.handed-out-for-good": "transferred",
    "record.destroyed": "destroyed",
}
"""Lines that say by their name what the record is from then on."""
TELLING = (
    "record.captured", "record.filed", "record.described", "record.declassified", "record.version-added", *ENDINGS
)  # fmt: skip
"""Every line after which a record may be something else. No other line changes what `Life` tells."""


@dataclass(frozen=True, slots=True)
class Life:
    """What decides who may see a record. None: no line has said."""

    lifecycle: str | None = None
    level: int | None = None
    pii: int | None = None
    site: str | None = None
    department: str | None = None
    class_code: str | None = None


def life(events: Iterable[Event]) -> Life:
    """What a record is after these lines, the oldest first; lines that tell nothing of it are passed over."""
    found = Life()
    for event in events:
        if event.action not in TELLING:
            continue
        said = event.payload
        found = replace(
            found,
            lifecycle=_text(said.get("lifecycle", ENDINGS.get(event.action)), found.lifecycle),
            level=_number(said.get("level"), found.level),
            pii=_number(said.get("pii"), found.pii),
            site=event.site,
            department=_text(said.get("department"), found.department),
            class_code=_text(said.get("record_class"), found.class_code),
        )
    return found


def _number(said: object, before: int | None) -> int | None:
    return said if isinstance(said, int) else before


def _text(said: object, before: str | None) -> str | None:
    return said if isinstance(said, str) else before
