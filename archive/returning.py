"""A form that was filled in by hand comes back as a scan, and is recognised by the square on it.

Its serial is closed by the scan, and its form and class are suggested; nobody types them. The scan of a sheet that was
filled in on screen, printed and signed goes to the record of that sheet. A square is only a claim: it closes serials
of the site the scan came in at, if one was said, of forms that are out, and never twice; whoever files the scan as
something else gives the serial back. A scan whose square closes nothing is a record of its own, and says why.

A pile of forms in one scan is divided where its pages bear squares: see `archive.batches`.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from access import rules
from access.actors import SERVICE, Actor
from access.rules import Action
from archive import forms, indexing, naming, versions
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import KEPT, Component, Record
from archive.model.forms import Sheet, Square, marked
from archive.tables import Transaction
from archive.tables.freezing import refuse_frozen
from archive.tables.jobs import NORMAL
from indexer.errors import Unreadable
from indexer.reading import Reader

log = logging.getLogger("muniment.returning")

LOOKED_AT = 2
"""Pages at the beginning of a scan on which a square is looked for."""

WHY_MAX = 500

Said = tuple[str, int, str]
"""What a square says: number and version of the form, and the serial."""


def recognise(archive: Archive, reader: Reader, component_id: str, *, priority: int = NORMAL) -> None:
    """Look for the square of a form on a scan, and give the scan to the form. Safe to repeat.

    A scan that waits to be filed, begins with a square and bears that of another form besides, is a pile to be divided.
    """
    rules.require(SERVICE, Action.CAPTURE)
    try:
        with archive.read() as tx:
            component = tx.records.component(component_id)
            alone = _alone(tx, component)
    except NotFound:
        return
    try:
        with indexing.opened(archive, component) as path:
            pages, marks = reader.marks(path, component.file_name, last=LOOKED_AT)
            found = squares(marks)
            if alone and 1 in found and pages > 1:
                found = squares(reader.marks(path, component.file_name)[1])
    except Unreadable as error:
        log.warning("a scan is not looked through for forms: %s", error.code)
        return
    with archive.write() as tx:
        if alone and 1 in found and len({serial for _, _, serial in found.values()}) > 1:
            tx.jobs.add(archive.now(), "split", priority=priority, component=component_id)
        elif found:
            give(archive, tx, component_id, found[min(found)])


def squares(marks: Sequence[tuple[int, str]]) -> Mapping[int, Said]:
    """The pages that bear the square of a form, and what it says: of several on a page the first."""
    said = [(page, one) for page, text in marks if (one := marked(text)) is not None]
    return dict(reversed(said))


def ours(tx: Transaction, said: Said) -> bool:
    """Is this the square of a form? On blanks of earlier days stands the serial alone, and what only looks like one
    may stand on anything."""
    code, _, serial = said
    return bool(code) or tx.numbering.get(serial) is not None


def give(archive: Archive, tx: Transaction, component_id: str, said: Said) -> None:
    """In the caller's transaction: a scan becomes the copy of the form whose square it bears, or says why not."""
    rules.require(SERVICE, Action.CAPTURE)
    component = tx.records.component(component_id)
    record = tx.records.get(component.record_id)
    if component.part != 1 or record.lifecycle not in ("captured", "filed") or tx.forms.of_record(record.id):
        return
    before = tx.forms.square(record.id)
    if not ours(tx, said) or (before is not None and (before.outcome, before.serial) == ("taken-off", said[2])):
        return
    outcome = _given(archive, tx, record, component_id, said)
    if outcome:
        code, _, serial = said
        tx.forms.note_square(Square(record.id, serial, code[:20], outcome, archive.now(), SERVICE.id))
        if record.lifecycle == "captured" and outcome != "apart":
            _suggest(tx, record.id, record.id)
        tx.ledger.add(
            archive.now(), SERVICE.id, "record.form-not-bound", "record", record.id, site=record.site, serial=serial,
            outcome=outcome,
        )  # fmt: skip
    else:
        tx.forms.forget_square(record.id)


def _given(archive: Archive, tx: Transaction, record: Record, component_id: str, said: Said) -> str:
    """Empty when the scan is the copy of its form now; otherwise why it is not."""
    code, version, serial = said
    issued, known = tx.numbering.get(serial), tx.forms.sheet(serial)
    site = serial.split("-")[1]
    if record.site not in ("", site):
        return "other-site"
    if known is not None and known.how == "screen":
        return _beside(archive, tx, record, component_id, known.record_id, serial)
    own = known if known is not None and serial.startswith(f"{known.form}-") else None
    if issued is None and own is None:
        return "unknown"
    if issued is not None and (issued.record_id or issued.void_reason):
        return "void" if issued.void_reason else "taken"
    if own is not None and (own.record_id or own.void_reason):
        return "void" if own.void_reason else "taken"
    sheet = known or _unknown(tx, code, version, serial, site)
    if sheet is None or (own is None and not serial.startswith(f"{sheet.class_code}-")):
        return "unknown"
    at = archive.now()
    if own is None:
        tx.numbering.fill(serial, record.id)
    tx.forms.put(replace(sheet, record_id=record.id, filled_at=at, filled_by=SERVICE.id, completed_at=at, how="scan"))
    if record.lifecycle == "captured":
        if not record.site:
            tx.records.change(replace(record, site=site))
        _suggest(tx, record.id, record.id)
    tx.index_queue.add(record.id, at)
    tx.ledger.add(
        at, SERVICE.id, "record.form-came-back", "record", record.id, site=site, form=sheet.form, serial=serial
    )
    return ""


def _alone(tx: Transaction, component: Component) -> bool:
    """Is this the one file of a record that waits to be filed, and is no copy of a form?"""
    record = tx.records.get(component.record_id)
    if record.lifecycle != "captured" or tx.forms.of_record(record.id):
        return False
    return [one.id for one in tx.records.versions_of(record.id)] == [component.id]


def _suggest(tx: Transaction, scan_id: str, form_record_id: str) -> None:
    said = forms.suggested(tx, form_record_id)
    fields = {one.field for one in said}
    read = [one for one in tx.records.suggestions_of(scan_id) if one.field not in fields]
    tx.records.suggest(scan_id, (*said, *read))


def _unknown(tx: Transaction, code: str, version: int, serial: str, site: str) -> Sheet | None:
    """A blank that was printed without being written down one by one: its square says what it is."""
    every = forms.known(tx)
    issued = tx.numbering.get(serial)
    if code not in every:
        of_class = [one for one in every.values() if serial.startswith(f"{one.form.class_code}-")]
        if len(of_class) != 1:
            return None
        code = of_class[0].form.code
    if issued is None:
        return None
    form = forms.by_version(tx, code, version).form
    return Sheet(serial, code, version, site, form.level, form.class_code, issued.issued_at, issued.issued_by)


def _beside(archive: Archive, tx: Transaction, scan: Record, component_id: str, record_id: str, serial: str) -> str:
    """The form was filled in on screen: a scan that waits to be filed at the same site is another file of its record.
    Otherwise why it is not.

    A square is what anybody can print: it puts nothing into the records of a site the scan did not come in at, and
    opens nothing that waits at a stricter level to who may read the form. Whoever files it is told what it says.
    """
    record = tx.records.get(record_id)
    if scan.lifecycle != "captured" or record.lifecycle not in ("captured", *KEPT):
        return "apart"
    if scan.site != record.site:
        return "other-site"
    try:
        versions.join(archive, tx, SERVICE, scan, record, component_id)
    except Conflict as refused:
        log.info("a scan stays a record of its own: %s", refused.code)
        _suggest(tx, scan.id, record.id)
        return "apart"
    tx.ledger.add(archive.now(), SERVICE.id, "record.form-signed", "record", record.id, site=record.site, serial=serial)
    return ""


# ---- A serial that was bound to the wrong paper ----


def take_off(archive: Archive, actor: Actor, serial: str, why: str) -> Record:
    """The scan is no copy of this form: its serial is out again, and it stays a record like any other.

    Raises Conflict for what was filled in on screen, and for a serial that is a reference code by now (INV-01).
    """
    rules.require(actor, Action.ACCESSION)
    if not why.strip():
        raise Invalid("Say by what one sees that it is another paper.", "no-take-off-reason")
    with archive.write() as tx:
        sheet = tx.forms.sheet(serial)
        named = [sheet.record_id] if sheet is not None and sheet.record_id else []
        found = tx.records.admitted(named, rules.scope(actor, Action.FIND))
        if sheet is None or sheet.record_id not in found:
            raise NotFound("No record has come back under this serial.", "not-come-back")
        record = found[sheet.record_id]
        rules.require(actor, Action.DESCRIBE, record)
        if sheet.how == "screen":
            raise Conflict("It was filled in here, under this serial: there is nothing to take off.", "filled-in-here")
        if record.archival_code == serial:
            raise Conflict("The serial is the reference code of the record by now, and that stays.", "serial-is-code")
        refuse_frozen(tx.connection, [record.id])
        at, said = archive.now(), naming.clean(why)[:WHY_MAX]
        tx.forms.give_back(record.id)
        tx.numbering.give_back(serial)
        tx.forms.note_square(Square(record.id, serial, sheet.form, "taken-off", at, actor.id, said))
        suggested = {one.value for one in forms.said_of(tx, sheet)}
        tx.records.suggest(
            record.id, [one for one in tx.records.suggestions_of(record.id) if one.value not in suggested]
        )
        if record.doc_number == serial:
            record = tx.records.change(replace(record, doc_number=""))
        tx.index_queue.add(record.id, at)
        tx.ledger.add(
            at, actor.id, "record.form-given-back", "record", record.id, site=record.site, serial=serial, why=said
        )
        return record


# ---- A scan whose square bound nothing ----


@dataclass(frozen=True, slots=True)
class Apart:
    """What the square on a scan says, and why the scan is no copy of that form."""

    square: Square
    form: str
    """Name of the form; empty where the square names none that is known."""
    holder: Record | None
    """The record that came back under the serial, if this person may find it."""


def apart(archive: Archive, actor: Actor, record_id: str) -> Apart | None:
    """For whoever describes the record: why its square bound nothing; None where there is nothing to tell."""
    with archive.read() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        if not rules.scope(actor, Action.DESCRIBE).admits(record):
            return None
        square = tx.forms.square(record_id)
        if square is None:
            return None
        form = forms.known(tx).get(square.form)
        sheet = tx.forms.sheet(square.serial)
        holder = [sheet.record_id] if sheet is not None and sheet.record_id else []
        found = tx.records.admitted(holder, rules.scope(actor, Action.FIND))
        return Apart(square, form.form.name if form else "", next(iter(found.values()), None))
