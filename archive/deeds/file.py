"""归档: what waits in the filing queue is filed, many papers in one class at one site."""

from collections.abc import Mapping
from dataclasses import replace

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import records
from archive.app import Archive
from archive.deeds import describe
from archive.model import KEPT, Record
from archive.tables import Transaction
from archive.tables.selections import Changes


def may(actor: Actor) -> bool:
    return bool(rules.scope(actor, Action.FILE).clauses)


def checked(tx: Transaction, actor: Actor, said: Mapping[str, str]) -> Mapping[str, str]:
    """Nothing needs to be said: then each is filed under the class and site it has."""
    wanted = {name: said.get(name, "") for name in ("class_code", "site", "department")}
    return describe.checked(tx, actor, wanted) if any(wanted.values()) else {}


def do(
    archive: Archive, tx: Transaction, actor: Actor, record: Record, said: Mapping[str, str], selection: str
) -> Changes | None:
    if record.lifecycle in KEPT:
        return None
    wanted = replace(records.description_of(record), **said)
    filed = describe.corrected(archive, tx, actor, record, wanted, filing=True, selection=selection)
    return {"lifecycle": (record.lifecycle, filed.lifecycle), **(describe.differences(record, filed) or {})}
