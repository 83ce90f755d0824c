"""A file that came with a password is unlocked by somebody who knows it, and read again.

The password is used once, in the sandbox, and is kept and written down nowhere. What is kept is a copy without the
lock, sealed like everything else: text and pictures of pages are made from it. The original stays as it came.
"""

from io import BytesIO

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import indexing
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Component
from archive.tables import Transaction
from archive.tables.freezing import refuse_frozen
from archive.tables.jobs import URGENT
from indexer.errors import Unreadable


def unlock(archive: Archive, actor: Actor, record_id: str, password: str, component_id: str = "") -> Component:
    """Open the record's locked file (or the one that is named) with its password; it is read again in a moment.

    Raises NotFound, Denied, Conflict (`not-locked`) where nothing is locked, Invalid (`wrong-file-password`,
    `cannot-unlock`), Conflict (`frozen`) while the record is being handed over.
    """
    with archive.read() as tx:
        component = _locked(tx, actor, record_id, component_id)
    if not password:
        raise Invalid("Enter the password of the file.", "no-password")
    try:
        with indexing.opened(archive, component) as path:
            content = archive.reader.unlock(path, component.file_name, password)
    except Unreadable as error:
        raise Invalid(str(error), error.code) from None
    kept = archive.objects.keep(BytesIO(content))
    with archive.write() as tx:
        # As it stands now: opening took its time, and the record may have been closed to this person meanwhile.
        component = _locked(tx, actor, record_id, component.id)
        kept.declare(tx)
        tx.unlocked.put(component.id, kept.digest, actor.id, archive.now())
        tx.jobs.add(archive.now(), "read", priority=URGENT, component=component.id)
        tx.ledger.add(
            archive.now(),
            actor.id,
            "record.unlocked",
            "record",
            record_id,
            site=tx.records.get(record_id).site,
            component=component.id,
        )
    return component


def _locked(tx: Transaction, actor: Actor, record_id: str, component_id: str) -> Component:
    record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
    rules.require(actor, Action.READ, record)
    rules.require(actor, Action.DESCRIBE, record)
    refuse_frozen(tx.connection, [record_id])
    components = tx.records.components_of([record_id]).get(record_id, ())
    if component_id and component_id not in {one.id for one in components}:
        raise NotFound("There is no such file.")
    for one in components:
        if component_id in ("", one.id) and one.locked:
            return one
    raise Conflict("No file here is locked by a password.", "not-locked")
