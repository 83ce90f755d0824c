"""Which papers get a label."""

from collections.abc import Sequence

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import selections
from archive.app import Archive
from archive.errors import Invalid
from archive.model import Record

LABELS_MAX = 960
"""Forty sheets: more is printed shelf by shelf."""


def papers(archive: Archive, actor: Actor, *, record_id: str, location: str, selection: str = "") -> Sequence[Record]:
    """One paper, those of a selection as they were chosen, or those below a shelf address, in the order of the
    shelves; of those this actor hands out."""
    scope = rules.scope(actor, Action.HAND_OUT)
    if selection:
        found = selections.records_of(archive, actor, selection, Action.HAND_OUT)
    else:
        with archive.read() as tx:
            if record_id:
                return [tx.records.found(record_id.strip(), scope)]
            found = tx.records.on_shelf(scope, location, limit=LABELS_MAX + 1)
    if len(found) > LABELS_MAX:
        raise Invalid(f"At most {LABELS_MAX} labels are printed at once: say a shelf.", "too-many-labels")
    return found
