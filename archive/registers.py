"""What stands in the archive, as its printed registers list it: the catalogue, the stamps of a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import fileplan
from archive.app import Archive
from archive.errors import Invalid, NotFound
from archive.model import Record
from archive.model.retention import rule_for
from archive.numbering import Stamp, stamp_of
from archive.tables import Transaction
from archive.tables.numbering import Terms


@dataclass(frozen=True, slots=True)
class Line:
    """A record in the archive, with what is stamped on it."""

    record: Record
    stamp: Stamp
    pages: int
    extended_until: date | None


def catalogue(archive: Archive, actor: Actor, *, site: str = "", year: str = "") -> Sequence[Line]:
    """What is in the archive within what this actor may find, in the order of the codes."""
    rules.require(actor, Action.SEE_ARCHIVE)
    if year and not (year.isdecimal() and 1 <= int(year) <= 9999):
        raise Invalid("This is not a year; write 2026.", "bad-parameter")
    with archive.read() as tx:
        records = tx.records.catalogue(rules.scope(actor, Action.FIND), site=site, year=int(year) if year else None)
        return _lines(tx, records)


def stamps(archive: Archive, actor: Actor, number: str) -> Sequence[Line]:
    """The records of a batch, named by its number."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        accession = tx.numbering.accession_numbered(number.strip())
        issued = tx.numbering.codes_of([accession.id])[accession.id] if accession else ()
        found = tx.records.admitted([one.record_id for one in issued], rules.scope(actor, Action.FIND))
        if not found:
            raise NotFound("There is no such batch.", "no-such-batch")
        return _lines(tx, [found[one.record_id] for one in issued if one.record_id in found])


def _lines(tx: Transaction, records: Sequence[Record]) -> Sequence[Line]:
    ids = [record.id for record in records]
    components, terms = tx.records.components_of(ids), tx.numbering.terms(ids)
    fonds: Mapping[str, str] = {site.code: site.fonds_code for site in tx.organisation.sites()}
    schedules = {one.code: fileplan.schedule_of(one) for one in tx.file_plan.every()}
    found: list[Line] = []
    for record in records:
        said, schedule = terms.get(record.id, Terms(record.id)), schedules[record.class_code]
        pages = sum(one.page_count for one in components[record.id])
        period = rule_for(schedule, said.case).code if schedule else ""
        stamp = stamp_of(record, period, pages, fonds[record.site])
        found.append(Line(record, stamp, pages, said.extended_until))
    return found
