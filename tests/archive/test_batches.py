"""A scanned batch is divided at the very separator sheets that the house prints."""

import io
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from pypdf import PdfReader, PdfWriter

from access.actors import OPERATOR
from access.handovers import Kind
from archive import batches, handover, intake, reconciling, records, reports, worker
from archive.app import Archive
from archive.batches import Section, divided
from archive.errors import Invalid, NotFound
from archive.handover import Plan
from indexer.reading import Reader
from tests.builders import a_person, a_record, an_office, drop, settle, take_in_everything
from tests.samples import make


@pytest.fixture
def scanner(archive: Archive) -> Archive:
    inbox = replace(archive.settings.inboxes[0], separators=True, site="JF01")
    archive.settings = replace(archive.settings, inboxes=(inbox,))
    return archive


def sheets(archive: Archive, **asked: str) -> bytes:
    return reports.print_out(archive, OPERATOR, "separators", asked, form="pdf", language="zh").content


def bound(*papers: bytes) -> bytes:
    writer = PdfWriter()
    for paper in papers:
        for page in PdfReader(io.BytesIO(paper)).pages:
            writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def waiting(archive: Archive) -> list[str]:
    """The texts of what waits to be filed, in the order of its names."""
    found = records.filing_queue(archive, OPERATOR)
    by_name = sorted((components[0].file_name, record.id) for record, _, components in found.entries)
    return ["".join(records.text(archive, OPERATOR, record_id)[0]).strip() for _, record_id in by_name]


def test_a_batch_becomes_the_papers_between_its_separator_sheets(scanner: Archive, reader: Reader) -> None:
    split = sheets(scanner, sheets="1")
    drop(scanner, "批.pdf", bound(make.pdf("第一份海棠"), split, make.pdf("第二份丹桂"), split, make.pdf("第三份玉兰")))
    take_in_everything(scanner)
    settle(scanner, reader)

    assert waiting(scanner) == ["第一份海棠", "第二份丹桂", "第三份玉兰"]
    assert reconciling.books(scanner, OPERATOR).balanced
    with scanner.read() as tx:
        assert tx.records.by_lifecycle() == {"captured": 3, "merged": 1}


def test_pages_after_the_sheet_of_a_record_are_added_to_it(scanner: Archive, reader: Reader) -> None:
    record_id = a_record(scanner, "合同正文")
    drop(scanner, "批.pdf", bound(sheets(scanner, records=record_id), make.pdf("补充的附页")))
    take_in_everything(scanner)
    settle(scanner, reader)

    files = records.view(scanner, OPERATOR, record_id).components
    assert [one.part for one in files] == [1, 2]
    assert records.text_of(scanner, OPERATOR, record_id, files[1].id)[0].strip() == "补充的附页"
    assert waiting(scanner) == []


def test_a_sheet_for_a_record_of_another_site_adds_nothing_to_it(scanner: Archive, reader: Reader) -> None:
    elsewhere = a_record(scanner, "别处的合同", site="YL02")
    drop(scanner, "批.pdf", bound(sheets(scanner, records=elsewhere), make.pdf("不该归入")))
    take_in_everything(scanner)
    settle(scanner, reader)

    assert len(records.view(scanner, OPERATOR, elsewhere).components) == 1
    assert waiting(scanner) == ["不该归入"]


def test_pages_for_a_record_that_is_handed_over_become_a_paper_of_their_own(scanner: Archive, reader: Reader) -> None:
    """INV-13: what is counted is what was there."""
    office = an_office(scanner)
    record_id = a_record(scanner, "合同正文")
    wanted = Plan(Kind.ACCESSION, giver="owner", receiver="keeper", supervisor="head", department="SWB", site="JF01")
    going = handover.plan(scanner, office.keeper, wanted)
    with scanner.write() as tx:
        tx.handovers.freeze(going.id, {record_id})
    drop(scanner, "批.pdf", bound(sheets(scanner, records=record_id), make.pdf("补充的附页")))
    take_in_everything(scanner)
    settle(scanner, reader)

    assert len(records.view(scanner, OPERATOR, record_id).components) == 1
    assert waiting(scanner) == ["补充的附页"]
    with scanner.read() as tx:
        (split,) = [line for line in tx.ledger.after(0, limit=1000) if line.action == "record.split"]
    assert str(split.payload["apart"][0]).endswith(f" {record_id} frozen")


def test_pictures_of_sheets_are_divided_as_well(scanner: Archive, reader: Reader, tmp_path: Path) -> None:
    """A scanner that makes TIFF: black on white, and nothing else."""
    papers = (make.pdf("甲"), sheets(scanner, sheets="1"), make.pdf("乙"))
    frames = [pypdfium2.PdfDocument(paper)[0].render(scale=2).to_pil().convert("1") for paper in papers]
    frames[0].save(tmp_path / "x.tif", save_all=True, append_images=frames[1:], compression="group4")
    drop(scanner, "批.tif", (tmp_path / "x.tif").read_bytes())
    take_in_everything(scanner)
    assert worker.run_one(scanner, reader, "test", ("split",))

    names = sorted(components[0].file_name for _, _, components in records.filing_queue(scanner, OPERATOR).entries)
    assert names == ["批-1.tif", "批-2.tif"]


def test_a_paper_without_separators_is_one_paper_and_so_is_one_with_some_other_code(
    scanner: Archive, reader: Reader
) -> None:
    drop(scanner, "单.pdf", make.pdf("一份普通文件"))
    drop(scanner, "字.txt", "不是扫描件")
    take_in_everything(scanner)
    settle(scanner, reader)

    assert waiting(scanner) == ["一份普通文件", "不是扫描件"]


def test_where_no_scanner_is_a_separator_sheet_is_a_page_like_any_other(archive: Archive, reader: Reader) -> None:
    drop(archive, "批.pdf", bound(make.pdf("甲"), sheets(archive, sheets="1"), make.pdf("乙")))
    take_in_everything(archive)
    settle(archive, reader)

    assert len(records.filing_queue(archive, OPERATOR).entries) == 1


def test_dividing_again_divides_nothing_again(scanner: Archive, reader: Reader) -> None:
    drop(scanner, "批.pdf", bound(make.pdf("甲"), sheets(scanner, sheets="1"), make.pdf("乙")))
    take_in_everything(scanner)
    settle(scanner, reader)
    with scanner.read() as tx:
        (batch,) = [one for one in tx.records.every_component() if one.file_name == "批.pdf"]
    batches.split(scanner, reader, batch.id, priority=5)
    settle(scanner, reader)

    assert len(records.filing_queue(scanner, OPERATOR).entries) == 2
    assert intake.overview(scanner, OPERATOR).counts["captured"] == 3


@pytest.mark.parametrize(
    ("pages", "targets", "sections"),
    [
        (3, {}, ()),
        (3, {2: ""}, (Section(1, 1), Section(3, 3))),
        (4, {1: "r"}, (Section(2, 4, "r"),)),
        (5, {1: "", 2: "", 5: ""}, (Section(3, 4),)),
        (2, {1: "", 2: ""}, ()),
    ],
)
def test_separators_at_the_ends_and_in_a_row_make_no_empty_papers(
    pages: int, targets: dict[int, str], sections: tuple[Section, ...]
) -> None:
    assert tuple(divided(pages, targets)) == sections


def test_a_sheet_says_where_to_scan_to_and_is_not_printed_where_nothing_divides(archive: Archive) -> None:
    said = PdfReader(io.BytesIO(sheets(archive, sheets="1"))).pages[0].extract_text()
    assert "scans" in said.replace("\n", ""), "the folder that a new archive has for a scanner"
    plain = tuple(one for one in archive.settings.inboxes if not one.separators)
    archive.settings = replace(archive.settings, inboxes=plain)
    with pytest.raises(Invalid) as refused:
        sheets(archive, sheets="1")
    assert refused.value.code == "no-scanner-folder"


def test_sheets_for_records_out_of_sight_are_not_printed_and_not_too_many(archive: Archive) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=1)
    secret = a_record(archive, "核心", level=3)
    with pytest.raises(NotFound):
        reports.print_out(archive, keeper, "separators", {"records": secret}, form="pdf", language="zh")
    with pytest.raises(Invalid):
        sheets(archive, sheets="100000")
