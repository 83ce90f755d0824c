"""A form that was filled in by hand comes back as a scan, and is recognised by the square on it.

Its serial is closed by the scan, and its form and class are suggested; nobody types them. The scan of a sheet that was
filled in on screen, printed and signed goes to the record of that sheet. A square is only a claim: it closes serials
of the site the scan came in at, if one was said, of forms that are out, and never twice; whoever files the scan as
something else gives the serial back.
"""

import logging
from dataclasses import replace

from access import rules
from access.actors import SERVICE
from access.rules import Action
from archive import forms, indexing, versions
from archive.app import Archive
from archive.errors import Conflict, NotFound
from archive.model import KEPT, Record
from archive.model.forms import Sheet, marked
from archive.tables import Transaction
from indexer.errors import Unreadable
from indexer.reading import Reader

log = logging.getLogger("muniment.returning")

LOOKED_AT = 2
"""Pages at the beginning of a scan on which a square is looked for."""


def recognise(archive: Archive, reader: Reader, component_id: str) -> None:
    """Look for the square of a form on a scan, and give the scan to the form. Safe to repeat."""
    rules.require(SERVICE, Action.CAPTURE)
    try:
        with archive.read() as tx:
            component = tx.records.component(component_id)
    except NotFound:
        return
    try:
        with indexing.opened(archive, component) as path:
            _, marks = reader.marks(path, component.file_name, last=LOOKED_AT)
    except Unreadable as error:
        log.warning("a scan is not looked through for forms: %s", error.code)
        return
    said = next((found for _, text in marks if (found := marked(text)) is not None), None)
    if said is not None:
        with archive.write() as tx:
            _give(archive, tx, component_id, *said)


def _give(archive: Archive, tx: Transaction, component_id: str, code: str, version: int, serial: str) -> None:
    component = tx.records.component(component_id)
    record, issued, known = tx.records.get(component.record_id), tx.numbering.get(serial), tx.forms.sheet(serial)
    if component.part != 1 or record.lifecycle not in ("captured", "filed") or tx.forms.of_record(record.id):
        return
    site = serial.split("-")[1]
    if record.site not in ("", site):
        return
    if known is not None and known.record_id:
        _beside(archive, tx, record, component_id, known.record_id, serial)
    elif issued is not None and not issued.record_id and not issued.void_reason:
        sheet = known or _unknown(tx, code, version, serial, site)
        if sheet is None or not serial.startswith(f"{sheet.class_code}-"):
            return
        at = archive.now()
        tx.numbering.fill(serial, record.id)
        tx.forms.put(
            replace(sheet, record_id=record.id, filled_at=at, filled_by=SERVICE.id, completed_at=at, how="scan")
        )
        if record.lifecycle == "captured":
            if not record.site:
                tx.records.change(replace(record, site=site))
            _suggest(tx, record.id, record.id)
        tx.index_queue.add(record.id, at)
        tx.ledger.add(
            at, SERVICE.id, "record.form-came-back", "record", record.id, site=site, form=sheet.form, serial=serial
        )


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


def _beside(archive: Archive, tx: Transaction, scan: Record, component_id: str, record_id: str, serial: str) -> None:
    """The form's record is there already: a scan that waits to be filed at the same site is another file of it.

    A square is what anybody can print: it puts nothing into the records of a site the scan did not come in at, and
    opens nothing that waits at a stricter level to who may read the form. Whoever files it is told what it says.
    """
    record = tx.records.get(record_id)
    if scan.lifecycle != "captured" or record.lifecycle not in ("captured", *KEPT):
        return
    if scan.id == record.id or scan.site != record.site:
        return
    try:
        versions.join(archive, tx, SERVICE, scan, record, component_id)
    except Conflict as refused:
        log.info("a scan stays a record of its own: %s", refused.code)
        _suggest(tx, scan.id, record.id)
        return
    tx.ledger.add(archive.now(), SERVICE.id, "record.form-signed", "record", record.id, site=record.site, serial=serial)
