"""A record's file is replaced by its next version; every version stays as it was, byte for byte.

Which one counts is said by one row per file (`current`), so that two who add a version at once make two versions.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import intake, naming
from archive.app import Archive
from archive.errors import Conflict, NotFound
from archive.model import Component, Record, new_id
from archive.objects import Kept
from archive.tables import Transaction
from archive.tables.intake import Resting
from archive.tables.jobs import URGENT

WHY_MAX = 500


@dataclass(frozen=True, slots=True)
class History:
    """Every version of every file of a record, newest first, and the names of those who added them."""

    record: Record
    versions: Sequence[Component]
    people: Mapping[str, str] = field(default_factory=dict[str, str])


def of(archive: Archive, actor: Actor, record_id: str) -> History:
    """NotFound if the record may not be found, Denied if it may not be read."""
    with archive.read() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        rules.require(actor, Action.READ, record)
        found = tx.records.versions_of(record_id)
        return History(record, found, tx.people.names(one.added_by for one in found))


def numbered(archive: Archive, actor: Actor, record_id: str, version: int, *, part: int = 1) -> Component:
    """The version of this number. NotFound if there is none."""
    for one in of(archive, actor, record_id).versions:
        if (one.part, one.version) == (part, version):
            return one
    raise NotFound(f"The record has no version {version}.", "no-such-version")


def add(
    archive: Archive,
    actor: Actor,
    record_id: str,
    source: BinaryIO,
    name: str,
    *,
    why: str = "",
    part: int = 1,
    door: str = "upload",
) -> Component:
    """A new file for a record becomes the next version of its file number `part`; part 0 adds a file to it.

    Answered only when it is safe. Raises Conflict when these very bytes are the current version already.
    """
    rules.require(actor, Action.CAPTURE)
    with archive.read() as tx:
        _describable(tx, actor, record_id)
    size = source.seek(0, os.SEEK_END)
    intake.check_size(archive, size)
    kept = archive.objects.keep(source)
    with archive.write() as tx:
        record = _describable(tx, actor, record_id)
        component = append(archive, tx, actor, record, kept, naming.safe_name(name), why=why, part=part)
        arrival_id = tx.intake.notice(
            new_id(), door, "", component.file_name, Resting(f"{door}:{new_id()}", size, 0, 0), {}, archive.now()
        )
        tx.intake.keep(arrival_id, "captured", record.id, archive.now())
        tx.intake.finish(arrival_id, "")
    return component


def append(
    archive: Archive,
    tx: Transaction,
    actor: Actor,
    record: Record,
    kept: Kept,
    name: str,
    *,
    why: str,
    part: int,
    priority: int = URGENT,
) -> Component:
    """In the caller's transaction: these bytes are the next version of a part, or with part 0 a part of their own."""
    rules.require(actor, Action.DESCRIBE, record)
    at = archive.now()
    there = tx.records.versions_of(record.id)
    if part == 0:
        part, before = max((one.part for one in there), default=0) + 1, None
    else:
        before = next((one for one in there if one.part == part and one.current), None)
        if before is None:
            raise NotFound("The record has no such file.", "no-such-part")
        if before.digest == kept.digest:
            raise Conflict("These very bytes are the current version already.", "same-version")
    kept.declare(tx)
    component = Component(
        new_id(),
        record.id,
        name,
        "application/octet-stream",
        kept.size_bytes,
        kept.digest,
        part=part,
        version=before.version + 1 if before else 1,
        added_at=at,
        added_by=actor.id,
        why=naming.clean(why)[:WHY_MAX],
    )
    if before is not None:
        tx.records.supersede(before.id)
    tx.records.add_component(component)
    tx.jobs.add(at, "read", priority=priority, component=component.id)
    # The words of the version before must not be found any more, nor those of the new one before it is read.
    tx.index_queue.add(record.id, at)
    tx.ledger.add(
        at,
        actor.id,
        "record.version-added",
        "record",
        record.id,
        site=record.site,
        component=component.id,
        sha256=kept.digest,
        bytes=kept.size_bytes,
        part=component.part,
        version=component.version,
    )
    return component


def _describable(tx: Transaction, actor: Actor, record_id: str) -> Record:
    record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
    rules.require(actor, Action.DESCRIBE, record)
    if record.lifecycle == "quarantined":
        raise Conflict("A record in quarantine gets no new version; retry it first.", "in-quarantine")
    return record
