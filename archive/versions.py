"""A record's file is replaced by its next version; every version stays as it was, byte for byte.

Which one counts is said by one row per file (`current`), so that two who add a version at once make two versions.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import intake, likeness, loan_steps, naming
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import KEPT, Component, Record, Suggestion, checked_level, new_id
from archive.objects import Kept
from archive.tables import Transaction
from archive.tables.freezing import refuse_frozen
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


def attach(
    archive: Archive, tx: Transaction, actor: Actor, record: Record, kept: Kept, name: str, *, priority: int
) -> Component:
    """In the caller's transaction: a file for a record, brought by whoever scans; beside what the record has.

    Raises Conflict (`frozen`) while the record is being handed over (INV-13).
    """
    rules.require(actor, Action.CAPTURE)
    refuse_frozen(tx.connection, [record.id])
    return _append(archive, tx, actor, record, kept, name, why="", part=0, priority=priority)


def join(archive: Archive, tx: Transaction, actor: Actor, new: Record, old: Record, component_id: str) -> None:
    """In the caller's transaction: the one file of a record that waits to be filed belongs beside what another has.

    It is no record of its own any more. Raises Conflict for one with several files, for one at a stricter level or with
    more that is personal than the other, which more people may read, and while the other is frozen.
    """
    rules.require(actor, Action.CAPTURE)
    if new.level > old.level or new.pii > old.pii:
        raise Conflict("The file waits at a stricter level than the record has: say which one holds.", "choose-level")
    refuse_frozen(tx.connection, [new.id, old.id])
    tx.documents.refuse_new_files([new.id, old.id])
    if [one.id for one in tx.records.versions_of(new.id) if not one.parent_id] != [component_id]:
        raise Conflict("It has several files of its own; file it as a record.", "several-files")
    part = max((one.part for one in tx.records.versions_of(old.id)), default=0) + 1
    tx.records.give(component_id, old.id, part=part, version=1, why="")
    tx.records.suggest(new.id, ())
    tx.intake.give(new.id, old.id)
    tx.records.change(replace(new, lifecycle="merged", reason=old.id))
    for one in (new, old):
        tx.index_queue.add(one.id, archive.now())
    tx.ledger.add(
        archive.now(), actor.id, "record.merged", "record", new.id, site=new.site, into=old.id, component=component_id,
        lifecycle="merged",
    )  # fmt: skip
    _log(archive, tx, actor, old, tx.records.component(component_id))


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
    """In the caller's transaction: these bytes are the next version of a part, or with part 0 a part of their own.

    Raises Conflict while the record is being handed over: what is counted is what was there (INV-13).
    """
    rules.require(actor, Action.DESCRIBE, record)
    refuse_frozen(tx.connection, [record.id])
    return _append(archive, tx, actor, record, kept, name, why=why, part=part, priority=priority)


def _append(
    archive: Archive,
    tx: Transaction,
    actor: Actor,
    record: Record,
    kept: Kept,
    name: str,
    *,
    why: str,
    part: int,
    priority: int,
) -> Component:
    at = archive.now()
    tx.documents.refuse_new_files([record.id])
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
        version=max((one.version for one in there if one.part == part), default=0) + 1,
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
    _log(archive, tx, actor, record, component)
    return component


def _log(archive: Archive, tx: Transaction, actor: Actor, record: Record, component: Component, **said: object) -> None:
    tx.ledger.add(
        archive.now(),
        actor.id,
        "record.version-added",
        "record",
        record.id,
        site=record.site,
        component=component.id,
        sha256=component.digest,
        bytes=component.size_bytes,
        part=component.part,
        version=component.version,
        **said,
    )


def _describable(tx: Transaction, actor: Actor, record_id: str) -> Record:
    record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
    rules.require(actor, Action.DESCRIBE, record)
    if record.lifecycle not in ("captured", *KEPT):
        raise Conflict("A record in quarantine gets no new version; retry it first.", "in-quarantine")
    return record


# ---- What came by itself and is the next version of something ----


@dataclass(frozen=True, slots=True)
class Proposal:
    """A record whose next version a file in the queue could be, and how much of their text they share."""

    record: Record
    share: float


def proposals(archive: Archive, actor: Actor, record_id: str) -> Sequence[Proposal]:
    """Of which records could this one be the next version? Only what this actor may describe is proposed."""
    scope = rules.scope(actor, Action.DESCRIBE)
    with archive.read() as tx:
        new = tx.records.found(record_id, scope)
        main = next((one for one in tx.records.versions_of(record_id) if one.current and one.part == 1), None)
        kept = tx.likeness.sketch(main.id) if main else None
        if main is None or kept is None or new.lifecycle != "captured":
            return ()
        own = likeness.unpacked(kept)
        near = {
            component_id: likeness.alike(own, likeness.unpacked(other))
            for component_id, other in tx.likeness.near(main.id).items()
        }
        shares: dict[str, float] = {}
        for component_id, share in near.items():
            if share >= likeness.ALIKE_MIN:
                of_record = tx.records.component(component_id).record_id
                shares[of_record] = max(share, shares.get(of_record, 0.0))
        found = tx.records.admitted(list(shares), scope)
        said = _as_suggested(new, tx.records.suggestions_of(record_id))
    likely = [
        Proposal(old, shares[old.id])
        for old in found.values()
        if old.lifecycle in ("captured", *KEPT)
        and (old.captured_at, old.id) < (new.captured_at, new.id)
        and likeness.next_version(said, old, shares[old.id])
    ]
    return sorted(likely, key=lambda one: -one.share)[:3]


def adopt(
    archive: Archive, actor: Actor, record_id: str, into: str, *, level: int | None = None, why: str = ""
) -> Record:
    """A record that waits to be filed becomes the next version of another; it is no record of its own any more.

    Where the file waits at a stricter level than the record has, `level` says which one holds from now on: the guess
    of an inbox is not taken for the word of a person, in either direction. Never less than the record has (INV-18);
    personal information adds up. Raises Conflict for one that was filed already: what has a number of its own stays.
    """
    with archive.write() as tx:
        new, old = _describable(tx, actor, record_id), _describable(tx, actor, into)
        if new.lifecycle != "captured" or new.id == old.id:
            raise Conflict("Only what waits to be filed becomes a version of another record.", "not-waiting")
        refuse_frozen(tx.connection, [new.id, old.id])
        tx.documents.refuse_new_files([new.id, old.id])
        (main, *others) = [one for one in tx.records.versions_of(new.id) if one.current]
        if others:
            raise Conflict("It has several files of its own; file it as a record.", "several-files")
        both = _with_level_of(new, old, level)
        rules.require(actor, Action.DESCRIBE, both)
        there = [one for one in tx.records.versions_of(old.id) if one.part == 1]
        before = next(one for one in there if one.current)
        tx.records.supersede(before.id)
        main = replace(main, part=1, version=max(one.version for one in there) + 1, why=naming.clean(why)[:WHY_MAX])
        tx.records.give(main.id, old.id, part=main.part, version=main.version, why=main.why)
        tx.records.suggest(new.id, ())
        tx.intake.give(new.id, old.id)
        tx.records.change(replace(new, lifecycle="merged", reason=old.id))
        loan_steps.reclassified(archive, tx, actor.id, old, both)
        both = tx.records.change(both)
        for one in (new, old):
            tx.index_queue.add(one.id, archive.now())
        tx.ledger.add(
            archive.now(), actor.id, "record.merged", "record", new.id, site=new.site, into=old.id, component=main.id,
            lifecycle="merged",
        )  # fmt: skip
        _log(archive, tx, actor, both, main, level=both.level, pii=both.pii, waited_at=new.level)
        return both


def _with_level_of(new: Record, old: Record, level: int | None) -> Record:
    """The record as it is once it has this file."""
    if level is None and new.level > old.level:
        raise Conflict("The file waits at a stricter level than the record has: say which one holds.", "choose-level")
    chosen = old.level if level is None else checked_level(level)
    if chosen < old.level:
        raise Invalid("A level is not lowered here: declassification needs a second person.", "level-lowered")
    return replace(old, level=chosen, pii=max(old.pii, new.pii))


def _as_suggested(record: Record, suggestions: Sequence[Suggestion]) -> Record:
    """The record as it would be filed if what the machine read is right."""
    best: dict[str, str] = {}
    for one in suggestions:
        best.setdefault(one.field, one.value)
    parties = tuple(one.value for one in suggestions if one.field == "parties")
    return replace(
        record,
        title=best.get("title", record.title),
        doc_number=record.doc_number or best.get("doc_number", ""),
        parties=record.parties or parties,
    )
