"""A certified copy is made of what was approved: page by page, stamped, marked, with a code anybody can verify.

What verifying says is whether the code is genuine and of which day: never of what, never for whom.
"""

import io
from dataclasses import dataclass
from datetime import date

from access import rules
from access.actors import Actor
from access.loans import Event, Form, Item, Loan, State
from access.rules import Action, Denied
from archive import renditions, stamping
from archive.app import Archive
from archive.errors import Conflict, NotFound
from archive.loan_steps import addressee, step
from archive.model import new_id
from archive.tables import Transaction
from archive.tables.certified_copies import CertifiedCopy
from archive.tables.freezing import refuse_frozen
from archive.tables.loans import NO_SUCH_LOAN
from archive.telling import tell

WIDTH_PX = 1440
PAGES_MAX = 300


def make(archive: Archive, actor: Actor, loan_id: str, record_id: str) -> CertifiedCopy:
    """Make the copy that was approved; by a document controller, never for themselves.

    Raises Conflict when it is not approved, is made already, or has nothing that can be shown.
    """
    with archive.read() as tx:
        loan, item = _approved(tx, actor, loan_id, record_id)
        files = tx.records.components_of([record_id])[record_id]
        keeper = tx.people.get(actor.id)
    pages = [(file.id, page) for file in files for page in range(1, file.image_pages + 1)]
    if not pages or len(pages) > PAGES_MAX:
        raise Conflict(f"A copy is made of 1 to {PAGES_MAX} pages that can be shown.", "nothing-to-copy")
    at, code = archive.now(), new_id()
    stamp = stamping.Stamp(
        company=archive.settings.company,
        number=loan.number,
        keeper=keeper.name if keeper else actor.name,
        day=at.astimezone().date(),
        code=grouped(code),
        purpose=loan.purpose,
    )
    pictures = (
        renditions.page_image(archive, actor, record_id, page, width_px=WIDTH_PX, component_id=file)
        for file, page in pages
    )
    kept = archive.objects.keep(io.BytesIO(stamping.copied(pictures, len(pages), stamp)))
    copy = CertifiedCopy(code, item.id, loan_id, record_id, kept.digest, len(pages), actor.id, at)
    with archive.write() as tx:
        # As it stands now: drawing took its time, and what was approved may be so no more.
        loan, item = _approved(tx, actor, loan_id, record_id)
        if [file.digest for file in tx.records.components_of([record_id])[record_id]] != [one.digest for one in files]:
            raise Conflict("The record got another file while the copy was made: make it again.", "changed-meanwhile")
        kept.declare(tx)
        step(archive, tx, actor.id, loan, item, Event.CERTIFY, issued_by=actor.id, pages_out=len(pages))
        tx.certified_copies.add(copy)
        tell(archive, tx, [addressee(loan)], "loan.copied", ("loan", loan.id), number=loan.number)
    return copy


def _approved(tx: Transaction, actor: Actor, loan_id: str, record_id: str) -> tuple[Loan, Item]:
    """The loan and the item a copy may be made for, by this person, at this moment."""
    loan = tx.loans.get(loan_id)
    record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
    rules.require(actor, Action.HAND_OUT, record)
    item = next((one for one in loan.items if (one.record_id, one.form) == (record_id, Form.COPY)), None)
    if item is None:
        raise NotFound(NO_SUCH_LOAN)
    if actor.id == addressee(loan):
        raise Denied(Action.HAND_OUT, "own-loan", "Nobody hands out to themselves, nor takes back from themselves.")
    if item.state is not State.APPROVED:
        raise Conflict(f"This copy cannot be made: it is {item.state}.", "no-such-step")
    if record.level > loan.level or record.pii > loan.pii:
        raise Conflict("The record became stricter since it was approved: apply again.", "reclassified")
    refuse_frozen(tx.connection, [record_id])
    return loan, item


def fetch(archive: Archive, actor: Actor, code: str) -> bytes:
    """The copy as a file, for whom it was made and for who keeps the record. Every time is written down."""
    with archive.write() as tx:
        copy = tx.certified_copies.get(plain(code))
        if copy is None:
            raise NotFound("There is no such copy.")
        loan = tx.loans.get(copy.loan_id)
        keeps = rules.scope(actor, Action.HAND_OUT).admits(tx.records.get(copy.record_id))
        # For somebody from outside the controller who vouches for them hands it over.
        if actor.id not in (loan.borrower_id, loan.requested_by) and not keeps:
            raise NotFound("There is no such copy.")
        if copy.digest is None:
            raise Conflict("The record has been destroyed since, and the copy kept here with it.", "copy-destroyed")
        if tx.documents.obsolete([copy.record_id], archive.now().astimezone().date()):
            # It was made without the mark, when it still held (INV-14).
            raise Conflict("It became obsolete since: a new copy carries the mark.", "obsolete")
        tx.ledger.add(
            archive.now(), actor.id, "copy.fetched", "loan", loan.id, record=copy.record_id, sha256=copy.digest
        )
    return archive.objects.read(copy.digest)


@dataclass(frozen=True, slots=True)
class Verified:
    """What everybody may know of a code."""

    genuine: bool
    made_on: date | None = None
    pages: int = 0
    destroyed: bool = False
    """The record was destroyed since, as its term had ended: the paper is all there is."""


def verify(archive: Archive, code: str) -> Verified:
    """Is this the code of a copy that was given away, and of which day? Asked by anybody."""
    with archive.read() as tx:
        copy = tx.certified_copies.get(plain(code))
    if copy is None:
        return Verified(False)
    return Verified(True, copy.made_at.astimezone().date(), copy.pages, destroyed=copy.digest is None)


def grouped(code: str) -> str:
    """A code as people read and type it: ABCD-EFGH-JKMN-PQRS."""
    return "-".join(code[at : at + 4].upper() for at in range(0, len(code), 4))


def plain(code: str) -> str:
    return code.replace("-", "").replace(" ", "").lower()[:32]
