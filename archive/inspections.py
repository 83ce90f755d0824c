"""Store-rooms are inspected against the eight protections (八防): each item with a result, a bad one with a measure.

A bad item opens a corrective action of its own. The items are a sheet that the company may change; what was looked at
before keeps its name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import climate, house_sheets, locations, naming
from archive.app import Archive
from archive.errors import Conflict, Invalid
from archive.house_sheets import protections
from archive.model import new_id
from archive.model.climate import RESULTS, Inspection, InspectionItem
from archive.model.rooms import Location
from archive.tables import Transaction

TEXT_MAX = 500


@dataclass(frozen=True, slots=True)
class Inspected:
    """A room and its inspections, the latest first; the items of today, and every one there ever was, by its code."""

    location: Location
    found: Sequence[Inspection]
    items: Sequence[InspectionItem]
    known: Mapping[str, InspectionItem]
    people: Mapping[str, str]


def items(tx: Transaction) -> Sequence[InspectionItem]:
    """What is looked at today."""
    return [protections.check(one) for one in house_sheets.lines(tx, "protections")]


def known(archive: Archive) -> Mapping[str, InspectionItem]:
    """Every item there ever was, as it was called last."""
    with archive.read() as tx:
        return _known(tx)


def inspect(
    archive: Archive, actor: Actor, location_id: str, results: Mapping[str, tuple[str, str]], *,
    on: date | None = None, note: str = "",
) -> Inspection:  # fmt: skip
    """Write down an inspection: item → result and measure. Raises Invalid when an item is left out, or bad and nobody
    says what is done about it."""
    rules.require(actor, Action.KEEP_ROOMS)
    today = archive.now().astimezone().date()
    clean = {item: (result, naming.clean(measure)[:TEXT_MAX]) for item, (result, measure) in results.items()}
    if any(result not in RESULTS or (result == "bad" and not measure) for result, measure in clean.values()):
        raise Invalid("Where something is not as it should be, say what is done about it.", "bad-inspection")
    if (on or today) > today:
        raise Invalid("This day has not come yet.", "bad-inspection")
    with archive.write() as tx:
        if set(results) != {one.code for one in items(tx)}:
            raise Invalid("Say of every item whether it is as it should be.", "bad-inspection")
        location = locations.seen(tx, actor, location_id)
        locations.require_site(actor, location.site)
        if location.kind != "room" or location.closed_at is not None:
            raise Conflict("A store-room in use is inspected.", "bad-inspection")
        at = archive.now()
        one = Inspection(new_id(), location_id, on or today, actor.id, at, naming.clean(note)[:TEXT_MAX], clean)
        tx.climate.add_inspection(one)
        bad = [item for item, (result, _) in clean.items() if result == "bad"]
        tx.ledger.add(at, actor.id, "room.inspected", "location", location_id, site=location.site, bad=bad)
        waiting = {one.item for one in tx.climate.actions_in([location_id]) if one.closed_at is None}
        for item in bad:
            if item not in waiting:
                climate.open_action(archive, tx, actor.id, location, "inspection", at, item=item)
        return one


def every(archive: Archive, actor: Actor, location_id: str) -> Inspected:
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        location = locations.seen(tx, actor, location_id)
        found = tx.climate.inspections_in([location_id])
        people = tx.people.names({one.inspected_by for one in found})
        return Inspected(location, found, items(tx), _known(tx), people)


def _known(tx: Transaction) -> Mapping[str, InspectionItem]:
    every = [house_sheets.shipped("protections"), *(one.rows for one in reversed(tx.house_sheets.every("protections")))]
    return {line["code"]: protections.check(line) for lines in every for line in lines}
