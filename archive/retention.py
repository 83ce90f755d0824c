"""Whose term has ended: computed from class, case, trigger and what was decided, never stored.

That a term has ended proposes; it destroys nothing (INV-05).
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from access import rules
from access.actors import Actor
from access.rules import Action, Scope
from archive import fileplan, naming
from archive.app import Archive
from archive.errors import Conflict, Invalid
from archive.model import Record
from archive.model.retention import Rule, rule_for
from archive.tables import Transaction
from archive.tables.numbering import Terms
from archive.tables.retention import Hold

DUE_MAX = 2000
"""How many are looked at together, unless somebody asks for another number, or for all (None)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How long a record is kept: by which rule, from when, until when."""

    rule: Rule | None
    """None where the schedule of its class cannot be read."""
    terms: Terms
    began_on: date | None
    """None while the event its term runs from has not been stated."""
    due_on: date | None
    """The first day on which it may be appraised; None: permanent, or not known yet."""
    holds: Sequence[Hold] = ()


@dataclass(frozen=True, slots=True)
class Due:
    record: Record
    standing: Standing


def standing(archive: Archive, actor: Actor, record_id: str) -> tuple[Standing, tuple[Rule, ...]] | None:
    """How long this record is kept, and the rules of its class; None while it has no class."""
    with archive.read() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        record_class = tx.file_plan.get(record.class_code) if record.class_code else None
        if record_class is None:
            return None
        schedule = fileplan.schedule_of(record_class)
        terms = tx.numbering.terms([record_id]).get(record_id, Terms(record_id))
        held = tx.retention.holds_on([record_id]).get(record_id, ())
        return replace(_standing(record, schedule, terms), holds=held), schedule


def state(archive: Archive, actor: Actor, record_id: str, *, case: str, began_on: str) -> None:
    """Say which case of its class a record is, and when the event happened from which its term runs."""
    with archive.write() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        rules.require(actor, Action.DESCRIBE, record)
        record_class = tx.file_plan.get(record.class_code) if record.class_code else None
        if record_class is None:
            raise Conflict("It has no class yet: without one it has no retention period.", "no-class")
        schedule = fileplan.schedule_of(record_class)
        if case and case not in {rule.case for rule in schedule}:
            raise Invalid("The class has no such case.", "no-such-case")
        day = naming.parsed_date(began_on)
        if day is not None and day > fileplan.today(archive):
            raise Invalid("What has not happened yet triggers nothing.", "future-trigger")
        terms = tx.numbering.terms([record_id]).get(record_id, Terms(record_id))
        if record.archival_code and case != terms.case:
            stamped, wanted = rule_for(schedule, terms.case).code, rule_for(schedule, case).code
            if stamped != wanted and record_class.pattern == "I":
                raise Conflict("The period is part of the reference code, which never changes.", "code-stands")
        tx.numbering.put_terms(replace(terms, case=case, began_on=day))
        tx.ledger.add(
            archive.now(), actor.id, "record.terms-stated", "record", record_id, site=record.site,
            began_on=day.isoformat() if day else "",
        )  # fmt: skip


def due(
    archive: Archive, actor: Actor, on: date | None = None, *, offset: int = 0, limit: int | None = DUE_MAX
) -> Sequence[Due]:
    """What may be appraised by a day (today), the longest overdue first, within what this person may find.

    However many there are, no more are kept in memory than are asked for: `limit` after the first `offset`.
    """
    rules.require(actor, Action.SEE_ARCHIVE)
    day = on or fileplan.today(archive)

    def order(one: Due) -> tuple[date, str]:
        return one.standing.due_on or day, one.record.archival_code

    with archive.read() as tx:
        ended = _ended(tx, rules.scope(actor, Action.FIND), day)
        found = sorted(ended, key=order) if limit is None else heapq.nsmallest(offset + limit, ended, key=order)
        return _held(tx, found[offset:])


def _ended(tx: Transaction, scope: Scope, day: date) -> Iterator[Due]:
    """Whose term has ended by a day, class by class; holds are not looked at."""
    for record_class in tx.file_plan.every():
        schedule = fileplan.schedule_of(record_class)
        years = [rule.years for rule in schedule if rule.years is not None]
        if not years:
            continue
        before = date(max(day.year - min(years), 1), 1, 1)
        for records in tx.records.of_class_before(scope, record_class.code, before):
            terms = tx.numbering.terms([record.id for record in records])
            for record in records:
                how = _standing(record, schedule, terms.get(record.id, Terms(record.id)))
                if how.due_on is not None and how.due_on <= day:
                    yield Due(record, how)


def due_among(tx: Transaction, actor: Actor, ids: Sequence[str], day: date) -> Mapping[str, Due]:
    """Those of these records that may be appraised by a day, within what this person may find. In a transaction."""
    schedules = {one.code: fileplan.schedule_of(one) for one in tx.file_plan.every()}
    terms = tx.numbering.terms(ids)
    found: list[Due] = []
    for record in tx.records.admitted(ids, rules.scope(actor, Action.FIND)).values():
        how = _standing(record, schedules.get(record.class_code, ()), terms.get(record.id, Terms(record.id)))
        if record.lifecycle == "archived" and how.due_on is not None and how.due_on <= day:
            found.append(Due(record, how))
    return {one.record.id: one for one in _held(tx, found)}


def _held(tx: Transaction, found: Sequence[Due]) -> Sequence[Due]:
    held = tx.retention.holds_on([one.record.id for one in found])
    return [replace(one, standing=replace(one.standing, holds=held.get(one.record.id, ()))) for one in found]


def still_due(tx: Transaction, ids: Sequence[str], day: date) -> frozenset[str]:
    """Those of these records whose term has ended by this day, as everything about them stands now."""
    terms = tx.numbering.terms(ids)
    schedules = {one.code: fileplan.schedule_of(one) for one in tx.file_plan.every()}
    found: set[str] = set()
    for record in tx.records.many(ids).values():
        due_on = _standing(record, schedules.get(record.class_code, ()), terms.get(record.id, Terms(record.id))).due_on
        if due_on is not None and due_on <= day:
            found.add(record.id)
    return frozenset(found)


def _standing(record: Record, schedule: tuple[Rule, ...], terms: Terms) -> Standing:
    if not schedule:
        return Standing(None, terms, None, None)
    rule = rule_for(schedule, terms.case)
    began = terms.began_on if rule.by_event else record.document_date
    ends = rule.ends_on(began) if began is not None else None
    if terms.permanent:
        ends = None
    elif terms.extended_until is not None and ends is not None:
        ends = max(ends, terms.extended_until)
    return Standing(rule, terms, began, ends)
