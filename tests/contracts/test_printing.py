"""Every form of a printout holds all of it, and nothing in it is taken for a formula or printed as an empty box."""

import csv
import io
from datetime import date
from itertools import pairwise

import pytest
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from archive import printing
from archive.errors import Invalid
from archive.printing import (
    Code,
    Column,
    Facts,
    Foot,
    Label,
    Labels,
    NewPage,
    Printout,
    Signatures,
    Table,
    Words,
)

ROWS = tuple((number, f"第{number}件 电梯维保合同", date(2026, 3, 1), "=1+1") for number in range(1, 121))
PRINTOUT = Printout(
    "归档文件目录",
    (
        Facts((("全宗号", "JF01"), ("年度", "2026")), abreast=2),
        Table((Column("序号", 0.5, number=True), Column("题名", 3), Column("日期"), Column("备注")), ROWS),
        Words("以上共一百二十件。"),
        Code("JF01-HT·2026", "扫码核对"),
        NewPage(),
        Signatures(("移交人", "接收人", "监交人")),
    ),
    about=("静芳物业",),
    foot=Foot("打印：张三", "ABCD-1234", "第 {page} 页 / 共 {pages} 页"),
)


@pytest.mark.parametrize("form", printing.forms())
def test_a_form_has_a_media_type_and_prints_without_rows(form: str) -> None:
    empty = Printout("空表", (Table((Column("序号"), Column("题名")), ()),))

    assert "/" in printing.media_type(form)
    assert printing.render(empty, form)


def test_paper_shows_every_row_numbers_its_sheets_and_repeats_the_head() -> None:
    document = PdfDocument(printing.render(PRINTOUT, "pdf"))
    sheets = [page.get_textpage().get_text_range() for page in document]

    assert len(sheets) > 3
    for number, text in enumerate(sheets, 1):
        assert f"第 {number} 页 / 共 {len(sheets)} 页" in text
        assert "ABCD-1234" in text
    assert sum("题名" in text for text in sheets) == len(sheets) - 1
    every = "".join(sheets)
    assert all(f"第{number}件" in every for number in range(1, 121))
    assert "移交人" in sheets[-1]
    document.close()


def test_no_word_is_broken_in_two_where_another_column_has_room_to_give() -> None:
    heads = (Column("No.", 0.3), Column("What became of it", 6), Column("Reference code", 0.5), Column("Version", 0.2))
    rows = ((1, "superseded", "JF01-GL·2010-D10-SWB-0001", "confidential"),)
    document = PdfDocument(printing.render(Printout("Register", (Table(heads, rows),)), "pdf"))

    text = document[0].get_textpage().get_text_range()
    for word in ("Reference", "Version", "confidential", "superseded", "GL·2010-D10-SWB-0001"):
        assert word in text
    document.close()


def test_a_word_in_a_narrow_chinese_cell_is_broken_only_where_it_is_longer_than_its_cell() -> None:
    long = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" * 2
    narrow = tuple((f"{'字' * count}RapidOCR识别", "无") for count in range(20))
    wide = (*((f"{'字' * count}识别（SHA-256）。", "无") for count in range(20)), (f"见{long}", "无"))
    tables = (Table((Column("说明", 0.1), Column("其他", 5)), narrow), Table((Column("说明"), Column("其他", 3)), wide))
    document = PdfDocument(printing.render(Printout("目录", tables), "pdf"))

    lines = [line.strip() for sheet in document for line in sheet.get_textpage().get_text_range().splitlines()]
    document.close()
    assert sum("RapidOCR" in line for line in lines) == sum("SHA-256" in line for line in lines) == 20
    assert [line for line in lines if line.startswith(("）", "。")) or line.endswith("（")] == []
    assert "ABCDEF" in "".join(lines)
    assert long not in lines


def test_a_line_of_chinese_with_a_number_in_it_is_full() -> None:
    said = "一" * 15 + "2026-11-26" + "字" * 200
    blocks = (Words(said), Words(said, heading=True), Table((Column("说明"),), (), caption=said, nothing=said))
    document = PdfDocument(printing.render(Printout("目录", blocks, about=(said,)), "pdf"))

    lines = [line.strip() for sheet in document for line in sheet.get_textpage().get_text_range().splitlines()]
    document.close()
    breaks = [len(line) for line, after in pairwise(lines) if "字" in line and after.startswith("字")]
    assert min(breaks) > 30, breaks


def test_where_there_is_nothing_to_list_paper_says_so() -> None:
    empty = Printout("Register", (Table((Column("No."), Column("Title")), (), nothing="Nothing is listed."),))
    document = PdfDocument(printing.render(empty, "pdf"))

    assert "Nothing is listed." in document[0].get_textpage().get_text_range()
    document.close()


def test_the_same_printout_is_the_same_file_and_has_the_same_digest() -> None:
    assert printing.render(PRINTOUT, "pdf") == printing.render(PRINTOUT, "pdf")
    other = Printout("归档文件目录", PRINTOUT.blocks[1:], PRINTOUT.about)
    assert printing.digest(PRINTOUT) != printing.digest(other)


def test_no_cell_of_a_workbook_or_of_csv_is_a_formula() -> None:
    sheet = load_workbook(io.BytesIO(printing.render(PRINTOUT, "xlsx"))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "'=1+1" in {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)

    text = printing.render(PRINTOUT, "csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["序号", "题名", "日期", "备注"]
    assert rows[1] == ["1", "第1件 电梯维保合同", "2026-03-01", "'=1+1"]
    assert len(rows) == 121


def test_what_has_no_table_is_refused_as_csv() -> None:
    with pytest.raises(Invalid, match="no table"):
        printing.render(Printout("催还通知", (Words("请归还。"),)), "csv")
    with pytest.raises(Invalid, match="no form"):
        printing.render(PRINTOUT, "docx")


def test_labels_fill_sheets_of_a4() -> None:
    sheet = Printout("标签", (Labels(tuple(Label(f"盒 {n}", ("JF01", "2026"), f"BOX-{n}") for n in range(30))),))

    document = PdfDocument(printing.render(sheet, "pdf"))

    assert len(document) == 2
    assert "盒 29" in document[1].get_textpage().get_text_range()
    document.close()


def test_a_stamp_stands_on_every_sheet() -> None:
    stamped = PdfDocument(printing.render(Printout("制度", PRINTOUT.blocks, stamp="作废"), "pdf"))

    assert all("作废" in page.get_textpage().get_text_range() for page in stamped)
    stamped.close()


def test_a_cell_higher_than_a_sheet_goes_on_over_the_next() -> None:
    long = Printout("长", (Table((Column("说明"),), (("字" * 20_000,),)),))

    document = PdfDocument(printing.render(long, "pdf"))

    assert len(document) > 1
    document.close()


def test_words_of_one_length_are_not_broken_where_the_widest_of_them_has_room() -> None:
    ids = tuple(("甲", f"illi{number:04}illi1111") for number in range(30))
    heads = (Column("题名", 6), Column("标识", 0.6))
    document = PdfDocument(
        printing.render(Printout("目录", (Table(heads, (*ids, ("乙", "wmwm0000wmwmmmmm"))),)), "pdf")
    )

    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "wmwm0000wmwmmmmm" in text


def test_a_row_is_not_divided_between_sheets_and_the_head_stands_on_each_once() -> None:
    rows = tuple((number, "\n".join(f"{number}-{line}" for line in range(1, 12))) for number in range(1, 20))
    document = PdfDocument(
        printing.render(Printout("目录", (Table((Column("序号", 0.5, number=True), Column("说明")), rows),)), "pdf")
    )
    sheets = [page.get_textpage().get_text_range() for page in document]
    document.close()

    assert [text.count("说明") for text in sheets] == [1] * len(sheets)
    for number in range(1, 20):
        assert any(f"{number}-1\r\n" in text and f"{number}-11" in text for text in sheets)


@pytest.mark.parametrize("count", range(40, 46))
def test_whoever_signs_sees_the_last_row_on_the_same_sheet(count: int) -> None:
    rows = tuple((number, f"第{number}件") for number in range(1, count + 1))
    table = Table((Column("序号", 0.5, number=True), Column("题名")), rows)
    document = PdfDocument(printing.render(Printout("目录", (table, Signatures(("移交人", "接收人")))), "pdf"))
    sheets = [page.get_textpage().get_text_range() for page in document]
    document.close()

    assert "移交人" in sheets[-1]
    assert f"第{count}件" in sheets[-1]
    assert [text.count("题名") for text in sheets] == [1] * len(sheets)
