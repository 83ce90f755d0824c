"""Workbooks: a page per sheet, cells as people see them."""

from datetime import date, datetime, time
from pathlib import Path

import pytest

from indexer.errors import Unreadable
from indexer.formats import xlsx
from indexer.text import Text
from tests.samples import make

EPOCH = datetime(1899, 12, 30)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "f"


def read(path: Path, content: bytes) -> Text:
    path.write_bytes(content)
    return xlsx.read(path)


def shared(strings: str) -> bytes:
    """A workbook whose only cell is the first of these shared strings."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>'
    )
    parts = {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strings}
    return make.with_parts(make.xlsx({"表": []}), parts)


def test_sheets_are_pages_with_names(path: Path) -> None:
    text = read(path, make.xlsx({"一期": [["房号", "业主"], [1203, "张三"]], "二期": [["空置"]], "三期": []}))

    assert text.page_names == ("一期", "二期", "三期")
    assert text.pages == ("房号\t业主\n1203\t张三", "空置", "")


def test_dates_times_and_truths_are_readable(path: Path) -> None:
    row = [date(2026, 3, 1), datetime(2026, 3, 1, 8, 30), time(17, 5), True, 386.5]

    text = read(path, make.xlsx({"表": [row]}))

    assert text.pages == ("2026-03-01\t2026-03-01 08:30\t17:05\tTRUE\t386.5",)


@pytest.mark.parametrize(
    ("value", "code", "seen"),
    [
        ("1203", "General", "1203"),
        ("1203.0", "General", "1203"),
        ("44010519800101123", "General", "44010519800101123"),
        ("0.30000000000000004", "General", "0.3"),
        ("0.1234", "0.00%", "12.34%"),
        ("0.5", "0%", "50%"),
        ("1203.5", "#,##0.00", "1203.50"),
        ("7", "0000", "0007"),
        ("46082", 'yyyy"年"m"月"d"日"', "2026-03-01"),
        ("46082", "[$-804]yyyy/m/d;@", "2026-03-01"),
        ("46082.354166666664", "yyyy-mm-dd hh:mm", "2026-03-01 08:30"),
        ("0.7118055555555555", "h:mm", "17:05"),
        ("1", "d", "1900-01-01"),
        ("61", "d", "1900-03-01"),
        ("3.5", "[Red]0.0", "3.5"),
        ("-2", '"赤字"0', "-2"),
        ("1e400", "General", "1e400"),
        ("不是数", "0.00", "不是数"),
        ("99999999", "yyyy-mm-dd", "99999999"),
    ],
)
def test_a_number_is_shown_as_its_format_shows_it(value: str, code: str, seen: str) -> None:
    assert xlsx.shown(value, code, EPOCH) == seen


def test_rich_text_is_joined_and_its_pronunciation_left_out(path: Path) -> None:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>物业</t></r><r><t>合同</t></r>'
        "<rPh><t>ウーイエ</t></rPh></si></sst>"
    )
    text = read(path, shared(strings))

    assert text.pages == ("物业合同",)


def test_escaped_characters_are_characters(path: Path) -> None:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>第一行_x000D_\n第二行_x0000_</t></si></sst>"
    )

    assert read(path, shared(strings)).pages == ("第一行\n第二行",)


def test_comments_drawings_and_page_headers_belong_to_their_sheet(path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.chart import BarChart
    from openpyxl.comments import Comment

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "收缴率"
    sheet["A1"].comment = Comment("按实收口径", "会计")
    assert sheet.oddHeader is not None
    assert sheet.oddHeader.center is not None
    sheet.oddHeader.center.text = "财务部内部"
    chart = BarChart()
    chart.title = "季度对比图"
    sheet.add_chart(chart, "C1")
    book.create_sheet("空")
    book.save(path)

    text = xlsx.read(path)

    assert all(words in text.pages[0] for words in ("收缴率", "按实收口径", "财务部内部", "季度对比图"))
    assert text.pages[1] == ""


def test_a_sheet_as_wide_and_long_as_they_come_costs_its_cells_only(path: Path) -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>头</t></is></c></row>'
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>尾</t></is></c></row></sheetData></worksheet>'
    )

    text = read(path, make.with_parts(make.xlsx({"表": []}), {"xl/worksheets/sheet1.xml": sheet}))

    assert text.pages == ("头\n尾",)


def test_an_entity_bomb_in_the_strings_does_not_unfold(path: Path) -> None:
    bomb = (
        make.entity_bomb()
        .replace("DOCTYPE r", "DOCTYPE sst")
        .replace("<r>", "<sst><si><t>")
        .replace("</r>", "</t></si></sst>")
    )

    text = read(path, shared(bomb))

    assert sum(map(len, text.pages)) < 100


def test_one_damaged_sheet_costs_only_itself(path: Path) -> None:
    good = make.xlsx({"坏": [["甲"]], "好": [["乙"]]})

    text = read(path, make.with_parts(good, {"xl/worksheets/sheet1.xml": "<worksheet"}))

    assert text.pages == ("", "乙")
    assert [caution.code for caution in text.cautions] == ["partly-unreadable"]


def test_a_workbook_without_readable_sheets_is_refused(path: Path) -> None:
    with pytest.raises(Unreadable):
        read(path, make.with_parts(make.xlsx({"表": [["a"]]}), {"xl/workbook.xml": "<workbook/>"}))
