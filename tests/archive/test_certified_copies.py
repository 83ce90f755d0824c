"""A certified copy: approved like a loan, stamped page by page, and verified by anybody who holds it."""

from dataclasses import replace
from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp

from access.documents import State as Step
from access.loans import External, Form, Loan, State
from access.rules import Denied
from archive import certified_copies, lending, worker
from archive.app import Archive
from archive.errors import Conflict, NotFound
from archive.lending import Wish
from archive.model import new_id
from archive.model.documents import Document, Edition
from archive.tables.certified_copies import CertifiedCopy
from tests.archive.test_lending import a_secret, granted
from tests.builders import Office, a_person, an_office, now
from tests.conftest import NOON


def made(archive: Archive, office: Office) -> tuple[Loan, CertifiedCopy]:
    record_id = a_secret(archive, body="第一条 正文\n" * 90, title="物业服务合同")
    worker.until_idle(archive)
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.COPY),), "诉讼举证", 5))
    for approver in (office.head, office.owner):
        lending.decide(archive, approver, loan.id, yes=True)
    return loan, certified_copies.make(archive, office.second_keeper, loan.id, record_id)


def test_a_copy_is_approved_made_and_verified_by_whoever_holds_it(archive: Archive) -> None:
    office = an_office(archive)
    loan, copy = made(archive, office)

    with archive.read() as tx:
        assert tx.loans.get(loan.id).items[0].state is State.COPIED
    content = certified_copies.fetch(archive, now(archive, office.borrower), copy.code)
    pdf = pypdfium2.PdfDocument(content)
    assert len(pdf) == copy.pages > 1
    page = pdf[1]
    picture = page.render(scale=3).to_pil()
    assert [one.text for one in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)] == [
        certified_copies.grouped(copy.code)
    ]
    text = page.get_textpage().get_text_range()
    assert "核证副本" in text
    assert "诉讼举证" in text
    for typed in (copy.code, certified_copies.grouped(copy.code), f" {copy.code.upper()} "):
        found = certified_copies.verify(archive, typed)
        assert (found.genuine, found.made_on) == (True, NOON.astimezone().date())
    assert not certified_copies.verify(archive, "0" * 16).genuine
    assert not certified_copies.verify(archive, "").genuine


def test_a_copy_of_what_became_obsolete_since_is_not_fetched_without_its_mark(archive: Archive) -> None:
    office = an_office(archive)
    _, copy = made(archive, office)
    today = NOON.astimezone().date()
    document = Document("d" * 16, "QP-01", "程序", "procedure", "SWB", office.owner.id, 12, None, NOON, "x")
    edition = Edition(
        "e" * 16, document.id, 1, "A/0", copy.record_id, Step.WITHDRAWN, "author", NOON, reviewer_id="reviewer",
        approver_id="approver", issued_by="keeper", effective_from=today - timedelta(days=9), effective_until=today,
    )  # fmt: skip
    with archive.write() as tx:
        tx.documents.add(document)
        tx.documents.add_edition(edition)

    with pytest.raises(Conflict, match="became obsolete"):
        certified_copies.fetch(archive, now(archive, office.borrower), copy.code)


def test_a_copy_is_made_once_by_another_and_only_of_what_was_approved(archive: Archive) -> None:
    office = an_office(archive)
    loan, copy = made(archive, office)
    with pytest.raises(Conflict):
        certified_copies.make(archive, office.keeper, loan.id, copy.record_id)
    other = a_secret(archive, body="别的", title="别的")
    pending = lending.request(archive, office.borrower, Wish(((other, Form.COPY),), "举证", 5))
    with pytest.raises(Conflict):
        certified_copies.make(archive, office.keeper, pending.id, other)
    with pytest.raises((Denied, NotFound)):
        certified_copies.make(archive, office.borrower, loan.id, copy.record_id)
    reading = granted(archive, office, other, Form.DIGITAL)
    with pytest.raises(NotFound):
        certified_copies.make(archive, office.keeper, reading.id, other)


def test_a_copy_is_fetched_by_whom_it_was_made_for_and_nobody_else(archive: Archive) -> None:
    office = an_office(archive)
    _, copy = made(archive, office)

    for outsider in (office.colleague, office.head, office.final):
        with pytest.raises(NotFound):
            certified_copies.fetch(archive, now(archive, outsider), copy.code)
    assert certified_copies.fetch(archive, office.keeper, copy.code).startswith(b"%PDF")
    with archive.read() as tx:
        assert tx.ledger.lines(limit=1)[0].action == "copy.fetched"


def test_somebody_from_outside_gets_a_copy_with_the_final_approvers_yes(archive: Archive) -> None:
    office = an_office(archive)
    a_person(archive, "boss", "dept_approver", clearance=3, department="DAS")
    record_id = a_secret(archive, body="正文", title="案卷")
    court = External("李法官", "区法院", "调令 2026-18")

    loan = lending.request(archive, office.keeper, Wish(((record_id, Form.COPY),), "审理案件", 3, external=court))

    with archive.read() as tx:
        posts = [one.ask.post for one in tx.loans.approvals_of([loan.id])[loan.id]]
    assert "final-approver" in posts


def test_the_copy_of_a_destroyed_record_stays_genuine_and_says_so(archive: Archive) -> None:
    office = an_office(archive)
    _, copy = made(archive, office)
    assert not certified_copies.verify(archive, copy.code).destroyed

    with archive.write() as tx:
        record = tx.records.get(copy.record_id)
        tx.records.change(replace(record, lifecycle="archived", archival_code="JF01-HT·2010-D10-SWB-0001"))
        tx.retention.destroy(copy.record_id, new_id)

    found = certified_copies.verify(archive, copy.code)
    assert (found.genuine, found.destroyed, found.pages) == (True, True, copy.pages)
    with pytest.raises((Conflict, NotFound)):
        certified_copies.fetch(archive, now(archive, office.borrower), copy.code)
    with archive.read() as tx:
        assert copy.digest not in {one.digest for one in tx.objects.every()}, "the file went with the record"
