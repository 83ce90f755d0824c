"""入卷: many records are put into one dossier, under one item of its checklist."""

from collections.abc import Mapping

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import dossiers
from archive.app import Archive
from archive.errors import Conflict, Invalid
from archive.model import Record
from archive.tables import Transaction
from archive.tables.selections import Changes

WHY = "The selection it was put in with was undone."


def may(actor: Actor) -> bool:
    return rules.may(actor, Action.KEEP_DOSSIERS)


def checked(tx: Transaction, actor: Actor, said: Mapping[str, str]) -> Mapping[str, str]:
    """`dossier` is its number, id or address; `item` a line of its checklist."""
    rules.require(actor, Action.KEEP_DOSSIERS)
    named, item = said.get("dossier", "").strip(), said.get("item", "").strip()
    if not named or not item:
        raise Invalid("Say which dossier, and which line of its checklist.", "no-dossier-line")
    dossier = dossiers.open_for(tx, actor, dossiers.called(tx, actor, named))
    dossiers.require_item(tx, dossier, item)
    return {"dossier": dossier.id, "item": item, "number": dossier.number}


def do(
    archive: Archive, tx: Transaction, actor: Actor, record: Record, said: Mapping[str, str], selection: str
) -> Changes | None:
    del selection
    try:
        placed = dossiers.lay(archive, tx, actor, said["dossier"], said["item"], record)
    except Conflict as error:
        if error.code == "in-dossier":
            return None
        raise
    return {"dossier": ("", f"{said['number']} {said['item']}"), "placed": ("", placed.id)}


def undo(
    archive: Archive,
    tx: Transaction,
    actor: Actor,
    record: Record,
    said: Mapping[str, str],
    changes: Changes,
    selection: str,
) -> None:
    del record, selection
    dossiers.lift(archive, tx, actor, said["dossier"], changes["placed"][1], WHY)
