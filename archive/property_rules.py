"""What is tested of the four properties, and when, is data with a first day and a source.

The house begins with the shipped table. Whoever keeps the file plan says from a day on that a test must be passed, is
only noted, or is left out, and on which occasions it is made; here or as a table. What was asked before stays.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import naming, sheets
from archive.app import Archive
from archive.errors import Invalid
from archive.model import new_id
from archive.model.properties import OCCASIONS, WEIGHTS, Item
from archive.tables import Transaction

SHIPPED = Path(__file__).parent / "data" / "property_items.csv"
LASTING = Path(__file__).parent / "data" / "lasting_formats.csv"
COLUMNS = ("code", "property", "zh", "en", "occasions", "weight", "begins_on", "source")
SOURCE_MAX = 500


def every(archive: Archive, actor: Actor, on: date | None = None) -> Sequence[Item]:
    """The tests as they are on a day (today)."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        return held(tx, on or archive.now().astimezone().date())


def set_item(archive: Archive, actor: Actor, said: Mapping[str, str]) -> Item:
    """From a day on a test is made so; `said` has code, occasions (separated by spaces), weight, begins_on and source.

    Raises Invalid for what is no test, and when nobody says where it comes from.
    """
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    with archive.write() as tx:
        return _set(archive, tx, actor, said)


def dump(archive: Archive, actor: Actor, *, workbook: bool = False) -> bytes:
    """The tests of today as a table that `load` takes again."""
    lines = [
        (
            one.code,
            one.property,
            one.zh,
            one.en,
            " ".join(one.occasions),
            one.weight,
            one.begins_on.isoformat(),
            one.source,
        )
        for one in every(archive, actor)
    ]
    return sheets.as_xlsx(COLUMNS, lines, title="properties") if workbook else sheets.as_csv(COLUMNS, lines)


def load(archive: Archive, actor: Actor, table: bytes) -> int:
    """Take what is asked from such a table; all or none, Invalid names the line. How many tests changed."""
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    changed, today = 0, archive.now().astimezone().date()
    with archive.write() as tx:
        for number, row in enumerate(sheets.rows(table), 2):
            try:
                said = _read(row)
                now = next(one for one in held(tx, max(said.begins_on, today)) if one.code == said.code)
                if (now.occasions, now.weight, now.source) != (said.occasions, said.weight, said.source):
                    _set(archive, tx, actor, row)
                    changed += 1
            except Invalid as error:
                raise Invalid(f"Line {number}: {error}", error.code) from None
    return changed


def held(tx: Transaction, on: date) -> Sequence[Item]:
    """Each test as it is on a day: what the company said last of those that have begun, or else as it was shipped."""
    found = {one.code: one for one in _shipped()}
    said = sorted(tx.properties.rules(), key=lambda row: (row["begins_on"], row["set_at"]))
    for row in said:
        if row["begins_on"] <= on and row["code"] in found:
            found[row["code"]] = replace(
                found[row["code"]],
                occasions=tuple(row["occasions"]),
                weight=row["weight"],
                begins_on=row["begins_on"],
                source=row["source"],
                set_by=row["set_by"],
                set_at=row["set_at"],
            )
    return list(found.values())


@lru_cache(maxsize=1)
def lasting() -> frozenset[str]:
    """The media types for keeping long."""
    with LASTING.open(encoding="utf-8-sig", newline="") as file:
        return frozenset(row["media_type"] for row in csv.DictReader(file))


def _set(archive: Archive, tx: Transaction, actor: Actor, said: Mapping[str, str]) -> Item:
    one, at = _read(said), archive.now()
    tx.properties.add_rule(
        {
            "id": new_id(),
            "code": one.code,
            "occasions": list(one.occasions),
            "weight": one.weight,
            "begins_on": one.begins_on,
            "source": one.source,
            "set_by": actor.id,
            "set_at": at,
        }
    )
    tx.ledger.add(
        at, actor.id, "property-rule.set", "property-rule", one.code, occasions=list(one.occasions), weight=one.weight,
        begins_on=one.begins_on.isoformat(),
    )  # fmt: skip
    return replace(one, set_by=actor.id, set_at=at)


def _read(row: Mapping[str, str]) -> Item:
    said = {name: naming.clean(row.get(name) or "") for name in COLUMNS}
    known = next((one for one in _shipped() if one.code == said["code"]), None)
    if known is None:
        raise Invalid("There is no such test.", "bad-property-rule")
    occasions = tuple(name for name in OCCASIONS if name in said["occasions"].split())
    try:
        begins_on = date.fromisoformat(said["begins_on"])
    except ValueError:
        raise Invalid(f"{said['begins_on']!r} is no date; write it as 2026-03-01.", "not-a-date") from None
    if set(said["occasions"].split()) - set(OCCASIONS) or said["weight"] not in WEIGHTS:
        raise Invalid("Say on which occasions it is made, and whether it must be passed.", "bad-property-rule")
    if not said["source"]:
        raise Invalid("Say where this rule comes from.", "no-source")
    return replace(
        known, occasions=occasions, weight=said["weight"], begins_on=begins_on, source=said["source"][:SOURCE_MAX]
    )


@lru_cache(maxsize=1)
def _shipped() -> Sequence[Item]:
    with SHIPPED.open(encoding="utf-8-sig", newline="") as file:
        return [
            Item(
                code=row["code"],
                property=row["property"],
                zh=row["zh"],
                en=row["en"],
                weight=row["weight"],
                source=row["source"],
                occasions=tuple(row["occasions"].split()),
                begins_on=date.fromisoformat(row["begins_on"]),
            )
            for row in csv.DictReader(file)
        ]
