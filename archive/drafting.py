"""The filed paper of a contract becomes a draft in the register of contracts, with what was read off it.

It is drafted for whoever filed the paper, once, as soon as it is both filed and read, whichever comes last; somebody
else confirms it. Of what the shell of the server filed it is nobody's yet: whoever keeps the register takes it over. A
draft that was voided is not drafted again.
"""

import logging

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import contracts
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict, NotFound
from archive.model import KEPT, Record
from archive.tables import Transaction
from archive.tables.jobs import BULK

log = logging.getLogger("muniment.drafting")


def want(archive: Archive, tx: Transaction, record: Record, by: str) -> None:
    """In the transaction that files or reads a paper: ask for its draft, if it is that of a contract."""
    if record.lifecycle in KEPT and record.class_code in contracts.KIND_OF_CLASS:
        tx.jobs.add(archive.now(), "draft-contract", priority=BULK, record=record.id, by=by)


def draft(archive: Archive, record_id: str, by: str) -> None:
    """Draft it, unless it stands in the register, or is not read yet: then it is asked for again. Safe to repeat."""
    with archive.read() as tx:
        actor = _who(tx, by)
        main = next((one for one in tx.records.components_of([record_id]).get(record_id, ()) if one.part == 1), None)
    if actor is None or main is None or main.unread:
        return
    try:
        contracts.draft_from_suggestions(archive, actor, record_id)
    except (Conflict, Denied, NotFound) as error:
        # Somebody without the duty filed it, or the record is gone: whoever keeps the register drafts it by hand.
        log.info("no contract is drafted for record %s: %s", record_id, error)


def _who(tx: Transaction, by: str) -> Actor | None:
    """Whoever filed it, if that is a person still at work, or the shell of the server."""
    if by == OPERATOR.id:
        return OPERATOR
    person = tx.people.get(by)
    return None if person is None or not person.active else as_actor(person)
