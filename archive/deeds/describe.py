"""改著录项: facts of many records are corrected alike; what is left empty stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from access import rules
from access.actors import Actor
from access.rules import NEXT_STEP, Action, Denied
from archive import naming, records
from archive.app import Archive
from archive.errors import Conflict, Invalid
from archive.model import Record
from archive.records import Description
from archive.tables import Transaction
from archive.tables.selections import Changes

FIELDS = ("class_code", "level", "site", "department", "issuer", "parties", "document_date")
"""What may be alike in many records; titles and numbers are said one by one."""

NO_SHELF_THERE = (
    "The other site has no place of the shelf address of this record. Correct its site by itself, with its shelf "
    "address."
)


def may(actor: Actor) -> bool:
    return bool(rules.scope(actor, Action.DESCRIBE).clauses)


def checked(tx: Transaction, actor: Actor, said: Mapping[str, str]) -> Mapping[str, str]:
    if not may(actor):
        raise Denied(Action.DESCRIBE, "not-in-scope", f"The rules do not let you do this. {NEXT_STEP[Action.DESCRIBE]}")
    parties = [one for one in map(naming.clean, said.get("parties", "").splitlines()) if one]
    kept = {name: value for name in FIELDS if (value := naming.clean(said.get(name, "")))}
    kept.update({"parties": "\n".join(parties)} if parties else {})
    if not kept:
        raise Invalid("Say at least one fact that is to be changed.", "nothing-to-change")
    if "class_code" in kept and tx.file_plan.get(kept["class_code"]) is None:
        raise Invalid(f"There is no class {kept['class_code']!r} in the file plan.", "no-such-class")
    if "site" in kept and kept["site"] not in {one.code for one in tx.organisation.sites()}:
        raise Invalid(f"There is no site {kept['site']!r}.", "no-such-site")
    if kept.get("level", "0") not in ("0", "1", "2", "3"):
        raise Invalid("Choose a confidentiality level.", "no-level")
    date = naming.parsed_date(kept.get("document_date", ""))
    return {**kept, "document_date": date.isoformat()} if date else kept


def do(
    archive: Archive, tx: Transaction, actor: Actor, record: Record, said: Mapping[str, str], selection: str
) -> Changes | None:
    values: dict[str, Any] = dict(said)
    if "level" in said:
        values["level"] = int(said["level"])
    if "parties" in said:
        values["parties"] = tuple(said["parties"].splitlines())
    is_now = records.description_of(record)
    wanted = replace(is_now, **values)
    if wanted == is_now:
        rules.require(actor, Action.DESCRIBE, record)
        return None
    changed = corrected(archive, tx, actor, record, wanted, filing=False, selection=selection)
    return differences(record, changed)


def undo(
    archive: Archive,
    tx: Transaction,
    actor: Actor,
    record: Record,
    said: Mapping[str, str],
    changes: Changes,
    selection: str,
) -> None:
    del said
    now = shown(record)
    if any(now[name] != after for name, (_, after) in changes.items()):
        raise Conflict("It has been changed since: what it says now stays.", "changed-since")
    before: dict[str, Any] = {name: was for name, (was, _) in changes.items()}
    if "parties" in before:
        before["parties"] = tuple(before["parties"])
    wanted = replace(records.description_of(record), **before)
    records.correct(archive, tx, actor, record, wanted, filing=False, selection=selection, undoing=True)


def corrected(
    archive: Archive, tx: Transaction, actor: Actor, record: Record, wanted: Description, *, filing: bool,
    selection: str,
) -> Record:  # fmt: skip
    """One of many is corrected or filed. Raises Conflict where its shelf address, which nobody is asked for here, names
    no place at the new site."""
    try:
        return records.correct(archive, tx, actor, record, wanted, filing=filing, selection=selection)
    except Invalid as error:
        if error.code != "no-such-shelf":
            raise
        raise Conflict(NO_SHELF_THERE, "no-shelf-there") from error


def shown(record: Record) -> Mapping[str, Any]:
    """The facts as they are kept in a list of changes."""
    date = record.document_date.isoformat() if record.document_date else ""
    return {**{name: getattr(record, name) for name in FIELDS}, "parties": list(record.parties), "document_date": date}


def differences(before: Record, after: Record) -> Mapping[str, Sequence[Any]] | None:
    was, is_now = shown(before), shown(after)
    return {name: (was[name], is_now[name]) for name in FIELDS if was[name] != is_now[name]} or None
