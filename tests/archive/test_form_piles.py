"""A pile of filled-in forms is fed into the scanner: each comes back as the form it is, and nothing is lost."""

import io
from dataclasses import replace

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import filling, intake, numbering, records, reports, returning, worker
from archive.app import Archive
from archive.batches import Section, divided
from archive.errors import Conflict, Invalid, NotFound
from archive.intake import Claims
from archive.model import Record
from archive.tables.numbering import Issued
from indexer.reading import Reader
from tests.builders import a_person, drop, take_in_everything
from tests.samples import make


@pytest.fixture
def scanner(archive: Archive) -> Archive:
    inbox = replace(archive.settings.inboxes[0], separators=True, site="JF01")
    archive.settings = replace(archive.settings, inboxes=(inbox,))
    return archive


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=3)


def pile(*papers: bytes) -> bytes:
    writer = PdfWriter()
    for paper in papers:
        for page in PdfReader(io.BytesIO(paper)).pages:
            writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pictures(archive: Archive, reader: Reader, pdf: bytes) -> bytes:
    """As a scanner makes it that knows no PDF: pictures of pages in one file."""
    there = archive.settings.home / "pile.pdf"
    there.write_bytes(pdf)
    count = len(PdfReader(io.BytesIO(pdf)).pages)
    drawn = [reader.page_image(there, "pile.pdf", n, width_px=1240) for n in range(1, count + 1)]
    frames = [Image.open(io.BytesIO(one)).convert("1") for one in drawn]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="group4")
    return out.getvalue()


def scanned(archive: Archive, reader: Reader, content: bytes, name: str = "pile.pdf") -> dict[str, Record]:
    """What waits to be filed after this came out of the scanner, by the name of its file."""
    drop(archive, name, content)
    take_in_everything(archive)
    work(archive, reader)
    found = records.filing_queue(archive, OPERATOR, limit=50)
    return {components[0].file_name: record for record, _, components in found.entries}


def work(archive: Archive, reader: Reader) -> None:
    while worker.run_one(archive, reader, "test", ("split", "read", "find-form")):
        pass


def blanks(archive: Archive, keeper: Actor, count: int, code: str = "F06") -> list[tuple[str, bytes]]:
    given = filling.give_out(archive, keeper, code, "JF01", count)
    return [(one.serial, filling.printed(archive, keeper, [one.serial])) for one in given]


def serial_of(archive: Archive, keeper: Actor, record_id: str) -> str:
    found = filling.of_record(archive, keeper, record_id)
    return found[0].sheet.serial if found else ""


def why_not(archive: Archive, actor: Actor, record_id: str) -> str:
    found = returning.apart(archive, actor, record_id)
    return found.square.outcome if found else ""


def test_a_pile_of_forms_becomes_one_record_for_each_with_the_pages_that_follow_it(
    scanner: Archive, keeper: Actor, reader: Reader
) -> None:
    (one, first), (two, second) = blanks(scanner, keeper, 2)
    back = make.pdf("背面续页")

    waits = scanned(scanner, reader, pile(make.pdf("一份来信"), first, back, second))

    assert {name: serial_of(scanner, keeper, record.id) for name, record in waits.items()} == {
        "pile-1.pdf": "",
        "pile-2.pdf": one,
        "pile-3.pdf": two,
    }
    pages = {name: records.view(scanner, keeper, record.id).components[0].image_pages for name, record in waits.items()}
    assert pages == {"pile-1.pdf": 1, "pile-2.pdf": 2, "pile-3.pdf": 1}
    suggested = {one.field: one.value for one in records.view(scanner, keeper, waits["pile-2.pdf"].id).suggestions}
    assert (suggested["class_code"], suggested["doc_number"]) == ("KH04", one)
    assert numbering.gaps(scanner, keeper) == []


def test_a_serial_twice_in_a_pile_and_one_that_is_void_or_was_never_given_out_are_records_that_say_why(
    scanner: Archive, keeper: Actor, reader: Reader
) -> None:
    (one, first), (lost, void), (strange, never) = blanks(scanner, keeper, 3)
    numbering.void(scanner, keeper, lost, "遗失")
    with scanner.write() as tx:  # as if another archive had printed it
        tx.connection.exec_driver_sql(f"DELETE FROM form_sheets WHERE serial = '{strange}'")
        tx.connection.exec_driver_sql(f"DELETE FROM reference_codes WHERE code = '{strange}'")

    copy = filling.printed(scanner, keeper, [one], language="en")  # another paper with the same square

    waits = scanned(scanner, reader, pile(first, void, never, copy))

    said = {name: why_not(scanner, keeper, record.id) for name, record in waits.items()}
    assert said == {"pile-1.pdf": "", "pile-2.pdf": "void", "pile-3.pdf": "unknown", "pile-4.pdf": "taken"}
    assert serial_of(scanner, keeper, waits["pile-1.pdf"].id) == one
    twice = returning.apart(scanner, keeper, waits["pile-4.pdf"].id)
    assert twice is not None
    assert twice.form == "房间复检记录"
    assert twice.holder is not None
    assert twice.holder.id == waits["pile-1.pdf"].id
    (suggested,) = [
        one.value
        for one in records.view(scanner, keeper, waits["pile-2.pdf"].id).suggestions
        if one.field == "class_code"
    ]
    assert suggested == "KH04"


def test_a_serial_of_another_site_is_told_and_closes_nothing(scanner: Archive, keeper: Actor, reader: Reader) -> None:
    other = filling.give_out(scanner, keeper, "F06", "YL02", 1)
    (_, ours) = blanks(scanner, keeper, 1)[0]

    waits = scanned(scanner, reader, pile(ours, filling.printed(scanner, keeper, [other[0].serial])))

    assert why_not(scanner, keeper, waits["pile-2.pdf"].id) == "other-site"
    assert [one.code for one in numbering.gaps(scanner, keeper)] == [other[0].serial]


def test_a_pile_that_is_uploaded_is_divided_when_it_begins_with_a_form(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    serials, papers = zip(*blanks(archive, keeper, 2), strict=True)
    tiff = pictures(archive, reader, pile(*papers))
    handed = intake.hand_in(archive, OPERATOR, io.BytesIO(tiff), "一叠.tif", Claims(site="JF01"), door="command")

    work(archive, reader)

    found = records.filing_queue(archive, OPERATOR).entries
    assert {serial_of(archive, keeper, record.id) for record, _, _ in found} == set(serials)
    with archive.read() as tx:
        whole = tx.records.get(handed.record_id)
    assert (whole.lifecycle, whole.reason) == ("merged", "split")


def test_a_form_that_lies_in_an_uploaded_report_divides_nothing(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    serials, papers = zip(*blanks(archive, keeper, 2), strict=True)
    tiff = pictures(archive, reader, pile(make.pdf("一份报告"), *papers))
    handed = intake.hand_in(archive, OPERATOR, io.BytesIO(tiff), "报告.tif", Claims(site="JF01"), door="command")

    work(archive, reader)

    assert [record.id for record, _, _ in records.filing_queue(archive, OPERATOR).entries] == [handed.record_id]
    assert serial_of(archive, keeper, handed.record_id) == serials[0]


def test_what_only_looks_like_a_serial_divides_no_pile(scanner: Archive, keeper: Actor, reader: Reader) -> None:
    """Blanks of earlier days bear the serial alone: another's number of the same shape is none of ours."""
    with scanner.read() as tx:
        assert not returning.ours(tx, ("", 0, "SN-ZX-202601-0007"))
    with scanner.write() as tx:
        tx.numbering.issue(Issued("KH04-JF01-202601-0007", "KH04-JF01-202601", 7, scanner.now(), keeper.id))
        assert returning.ours(tx, ("", 0, "KH04-JF01-202601-0007"))


def test_after_the_sheet_of_a_record_forms_belong_to_that_record(
    scanner: Archive, keeper: Actor, reader: Reader
) -> None:
    (_, first), (_, second) = blanks(scanner, keeper, 2)
    home = intake.hand_in(
        scanner, OPERATOR, io.BytesIO(make.pdf("客户档案")), "x.pdf", Claims(site="JF01", level=1), door="command"
    )
    sheet = reports.print_out(
        scanner, OPERATOR, "separators", {"records": home.record_id}, form="pdf", language="zh"
    ).content

    scanned(scanner, reader, pile(sheet, first, second))

    assert [one.part for one in records.view(scanner, OPERATOR, home.record_id).components] == [1, 2]
    assert len(numbering.gaps(scanner, keeper)) == 2


@pytest.mark.parametrize(
    ("pages", "targets", "squares", "sections"),
    [
        (3, {}, {1}, ()),
        (5, {}, {1, 3, 4}, (Section(1, 2), Section(3, 3), Section(4, 5))),
        (5, {3: ""}, {1, 4}, (Section(1, 2), Section(4, 5))),
        (5, {2: "r"}, {1, 3, 4}, (Section(1, 1), Section(3, 5, "r"))),
        (4, {}, {3, 4}, (Section(1, 2), Section(3, 3), Section(4, 4))),
    ],
)
def test_no_page_of_a_pile_is_left_out_and_none_is_in_two_papers(
    pages: int, targets: dict[int, str], squares: set[int], sections: tuple[Section, ...]
) -> None:
    assert tuple(divided(pages, targets, squares)) == sections


def test_a_serial_is_taken_off_the_wrong_paper_is_out_again_and_the_record_remains(
    scanner: Archive, keeper: Actor, reader: Reader
) -> None:
    (serial, paper) = blanks(scanner, keeper, 1)[0]
    (record,) = scanned(scanner, reader, paper).values()
    with pytest.raises(Invalid):
        returning.take_off(scanner, keeper, serial, " ")

    returning.take_off(scanner, keeper, serial, "方块是复印的，实为维修单")

    assert [(one.code, one.kind) for one in numbering.gaps(scanner, keeper)] == [(serial, "outstanding")]
    view = records.view(scanner, keeper, record.id)
    assert view.record.lifecycle == "captured"
    assert serial not in [one.value for one in view.suggestions]
    assert view.history[0].action == "record.form-given-back"
    told = returning.apart(scanner, keeper, record.id)
    assert told is not None
    assert (told.square.outcome, told.square.reason) == ("taken-off", "方块是复印的，实为维修单")
    with pytest.raises(NotFound):
        returning.take_off(scanner, keeper, serial, "再来一次")

    # Read once more it is not bound again; its own paper still can be.
    with scanner.write() as tx:
        tx.jobs.add(scanner.now(), "find-form", component=view.components[0].id)
    work(scanner, reader)
    assert serial_of(scanner, keeper, record.id) == ""
    there = filling.printed(scanner, keeper, [serial], language="en")
    own = scanned(scanner, reader, there, "own.pdf")["own.pdf"]
    assert serial_of(scanner, keeper, own.id) == serial


def test_what_is_filed_under_the_serial_as_its_document_number_says_it_no_more(
    scanner: Archive, keeper: Actor, reader: Reader
) -> None:
    (serial, paper) = blanks(scanner, keeper, 1)[0]
    (record,) = scanned(scanner, reader, paper).values()
    said = records.Description("房间复检记录", "KH04", 1, "JF01", "KFB", doc_number=serial, document_date="2026-03-01")
    revision = records.view(scanner, keeper, record.id).record.revision
    records.describe(scanner, keeper, record.id, said, revision=revision, filing=True)

    returning.take_off(scanner, keeper, serial, "装错了方块")

    assert records.view(scanner, keeper, record.id).record.doc_number == ""


def test_no_serial_is_taken_off_what_was_filled_in_here_or_bears_it_as_its_reference_code(
    scanner: Archive, keeper: Actor, reader: Reader
) -> None:
    """INV-01: a reference code stays with its record."""
    filled = filling.fill(scanner, keeper, "F06", "JF01", {"房号": "A1202", "检查日期": "2026-03-01"})
    (serial, paper) = blanks(scanner, keeper, 1)[0]
    record = scanned(scanner, reader, paper)["pile.pdf"]
    said = records.Description("房间复检记录", "KH04", 1, "JF01", "KFB", doc_number=serial, document_date="2026-03-01")
    revision = records.view(scanner, keeper, record.id).record.revision
    records.describe(scanner, keeper, record.id, said, revision=revision, filing=True)
    a_person(scanner, "manager", "class_owner")
    numbering.accept(scanner, keeper, [record.id], numbering.HandOver("manager"))

    for one, code in ((filled.serial, "filled-in-here"), (serial, "serial-is-code")):
        with pytest.raises(Conflict) as refused:
            returning.take_off(scanner, keeper, one, "不对")
        assert refused.value.code == code
    with pytest.raises(Denied):
        returning.take_off(scanner, a_person(scanner, "machinist", "sysadmin"), serial, "不对")
