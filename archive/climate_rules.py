"""What is asked of store-rooms is data with a first day and a source: ranges, how often to look, when to act.

The house begins with the shipped table; whoever keeps rooms sets another from a day on, here or as a table. What held
before stays, so that an old sheet is judged by what was asked then.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from access import rules
from access.actors import OPERATOR, Actor
from access.rules import Action
from archive import locations, naming, sheets
from archive.app import Archive
from archive.errors import Invalid
from archive.model import new_id
from archive.model.climate import Rule, shown
from archive.tables import Transaction

SHIPPED = Path(__file__).parent / "data" / "room_rules.csv"
"""The ranges that are usual for paper and for other media, each with where it comes from (domain §6)."""
SHIPPED_AT = datetime(2026, 1, 1, tzinfo=UTC)

TENTHS = ("temperature_min", "temperature_max", "humidity_min", "humidity_max")
WHOLE = ("a_day", "flat_hours", "inspect_days", "act_days")
SWINGS = ("swing_temperature", "swing_humidity")
"""How far readings of a day may lie apart; a table without them asks nothing of it."""
COLUMNS = ("address", "media", "begins_on", *TENTHS, *SWINGS, *WHOLE, "source")
SOURCE_MAX = 500


def every(archive: Archive, actor: Actor) -> Sequence[Rule]:
    """Every rule there ever was that concerns rooms this person sees."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        seen = {one.id for one in tx.rooms.every(locations.sites_of(actor))}
        return [one for one in known(tx) if one.location_id in seen or not one.location_id]


def set_rule(archive: Archive, actor: Actor, said: Mapping[str, str]) -> Rule:
    """From a day on this is asked of a room, of rooms for some media, or of all; `said` has COLUMNS.

    Raises Invalid for what no room can be asked, and when nobody says where it comes from.
    """
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        return _set(archive, tx, actor, said)


def dump(archive: Archive, actor: Actor, *, workbook: bool = False) -> bytes:
    """The rules as a table that `load` takes again."""
    held = every(archive, actor)
    with archive.read() as tx:
        addresses = {one.id: one.address for one in tx.rooms.every()}
    lines = [
        (addresses.get(one.location_id, ""), one.media, one.begins_on.isoformat(),
         *(shown(getattr(one, name)) for name in (*TENTHS, *SWINGS)), *(getattr(one, name) for name in WHOLE),
         one.source)
        for one in held
    ]  # fmt: skip
    return sheets.as_xlsx(COLUMNS, lines, title="room-rules") if workbook else sheets.as_csv(COLUMNS, lines)


def load(archive: Archive, actor: Actor, table: bytes) -> int:
    """Take rules from such a table; all or none, Invalid names the line. How many are new."""
    rules.require(actor, Action.KEEP_ROOMS)
    new = 0
    with archive.write() as tx:
        held = {_content(one) for one in known(tx)}
        for number, row in enumerate(sheets.rows(table), 2):
            try:
                said = _read(tx, actor, row)
                if _content(said) not in held:
                    _set(archive, tx, actor, row)
                    new += 1
            except Invalid as error:
                raise Invalid(f"Line {number}: {error}", error.code) from None
    return new


def known(tx: Transaction) -> Sequence[Rule]:
    """Those of the house, and the shipped ones that they stand on."""
    return [*tx.climate.rules(), *_shipped()]


def _set(archive: Archive, tx: Transaction, actor: Actor, said: Mapping[str, str]) -> Rule:
    one = _read(tx, actor, said, id=new_id(), set_at=archive.now())
    tx.climate.add_rule(one)
    tx.ledger.add(
        archive.now(), actor.id, "room-rule.set", "location", one.location_id or "every-room", media=one.media,
        begins_on=one.begins_on.isoformat(), **{name: getattr(one, name) for name in (*TENTHS, *SWINGS, *WHOLE)},
    )  # fmt: skip
    return one


def _read(
    tx: Transaction | None, actor: Actor, row: Mapping[str, str], *, id: str = "", set_at: datetime = SHIPPED_AT
) -> Rule:
    said = {name: naming.clean(row.get(name) or "") for name in COLUMNS}
    location_id = ""
    if said["address"]:
        assert tx is not None
        place = locations.resolve(tx, actor, said["address"]).location
        if place is None or place.kind != "room":
            raise Invalid("Readings are taken in a store-room.", "bad-rule")
        locations.require_site(actor, place.site)
        location_id = place.id
    try:
        numbers = {name: tenths(said[name]) for name in TENTHS} | {name: int(said[name]) for name in WHOLE}
        numbers |= {name: tenths(said[name] or "0") for name in SWINGS}
        begins_on = date.fromisoformat(said["begins_on"])
    except ValueError:
        raise Invalid("Say the range, the numbers and the first day, as 14, 24 and 2026-03-01.", "bad-rule") from None
    right = (
        numbers["temperature_min"] < numbers["temperature_max"]
        and 0 <= numbers["humidity_min"] < numbers["humidity_max"] <= 1000
        and all(0 <= numbers[name] <= 1000 for name in SWINGS)
        and 0 <= numbers["a_day"] <= 2
        and 0 <= numbers["flat_hours"] <= 1000
        and 0 <= numbers["inspect_days"] <= 1000
        and 0 < numbers["act_days"] <= 366
    )
    if not right:
        raise Invalid("Such a range, or such a number of days or hours, asks nothing of a room.", "bad-rule")
    if not said["source"]:
        raise Invalid("Say where this rule comes from.", "no-source")
    return Rule(
        id, location_id, said["media"][:100], begins_on, **numbers, source=said["source"][:SOURCE_MAX],
        set_by=actor.id, set_at=set_at,
    )  # fmt: skip


def tenths(text: str) -> int:
    """18.5 → 185. Raises ValueError for what is no number with one place."""
    try:
        value = Decimal(text.strip().replace(",", ".").rstrip("℃%° ")) * 10
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite() or abs(value) > 10_000 or value != int(value):
        raise ValueError(text)
    return int(value)


def _content(one: Rule) -> tuple[object, ...]:
    names = ("location_id", "media", "begins_on", *TENTHS, *SWINGS, *WHOLE, "source")
    return tuple(getattr(one, name) for name in names)


@lru_cache(maxsize=1)
def _shipped() -> Sequence[Rule]:
    return [_read(None, OPERATOR, row, id=f"shipped-{at}") for at, row in enumerate(sheets.rows(SHIPPED.read_bytes()))]
