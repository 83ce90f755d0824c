"""Store-rooms are inspected against the eight protections (八防): each item with a result, a bad one with a measure.

A bad item opens a corrective action of its own. The items are a sheet that the company may change; an inspection keeps
the items and the words of the day it was written down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

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
from archive.tables.house_sheets import Line

TEXT_MAX = 500


@dataclass(frozen=True, slots=True)
class Inspected:
    """A room and its inspections, the latest first, each with the items as they were called then."""

    location: Location
    found: Sequence[tuple[Inspection, Mapping[str, InspectionItem]]]
    items: Sequence[InspectionItem]
    """What is looked at today."""
    version: int
    """That of the sheet of today."""
    people: Mapping[str, str]


def items(tx: Transaction) -> Sequence[InspectionItem]:
    """What is looked at today."""
    return [protections.check(one) for one in house_sheets.lines(tx, "protections")]


def called(archive: Archive, code: str, at: datetime) -> InspectionItem | None:
    """An item as it was called at a moment; None if there was none."""
    with archive.read() as tx:
        return _named(house_sheets.held_at(tx, "protections", [at])[at]).get(code)


def inspect(
    archive: Archive, actor: Actor, location_id: str, results: Mapping[str, tuple[str, str]], *,
    on: date | None = None, note: str = "", version: int | None = None,
) -> Inspection:  # fmt: skip
    """Write down an inspection: item → result and measure. Raises Invalid when an item is left out, or bad and nobody
    says what is done about it. `version` is that of the sheet that was seen: Conflict when there is a newer one."""
    rules.require(actor, Action.KEEP_ROOMS)
    today = archive.now().astimezone().date()
    clean = {item: (result, naming.clean(measure)[:TEXT_MAX]) for item, (result, measure) in results.items()}
    if any(result not in RESULTS or (result == "bad" and not measure) for result, measure in clean.values()):
        raise Invalid("Where something is not as it should be, say what is done about it.", "bad-inspection")
    if (on or today) > today:
        raise Invalid("This day has not come yet.", "bad-inspection")
    with archive.write() as tx:
        if version not in (None, house_sheets.newest(tx, "protections").version):
            raise Conflict("Somebody else has changed what is inspected meanwhile; look again.", "checklist-changed")
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
        then = house_sheets.held_at(tx, "protections", [one.entered_at for one in found])
        newest = house_sheets.newest(tx, "protections")
        named = [(one, _named(then[one.entered_at])) for one in found]
        return Inspected(location, named, list(_named(newest.rows).values()), newest.version, people)


def _named(lines: Sequence[Line]) -> Mapping[str, InspectionItem]:
    return {line["code"]: protections.check(line) for line in lines}
