"""Tables come out of spreadsheets as they went in, and a table from outside harms nobody."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import sheets
from archive.errors import Invalid

HEADS = ("编号", "名称")
cells = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
    .map(str.strip)
    .filter(lambda cell: not cell.startswith("'"))
)


@given(st.lists(st.tuples(cells.filter(bool), cells), min_size=1, max_size=8))
def test_what_is_exported_is_imported_again(lines: list[tuple[str, str]]):
    expected = [dict(zip(HEADS, line, strict=True)) for line in lines]

    assert sheets.rows(sheets.as_csv(HEADS, lines)) == expected


def test_a_workbook_comes_back_with_its_dates_and_numbers_as_people_write_them():
    content = sheets.as_xlsx(HEADS, [("HT01", 7), (date(2026, 3, 1), "=1+1")])

    assert sheets.rows(content) == [
        {"编号": "HT01", "名称": "7"},
        {"编号": "2026-03-01", "名称": "=1+1"},
    ]


def test_a_formula_is_shown_not_run():
    assert b"'=HYPERLINK" in sheets.as_csv(HEADS, [("a", '=HYPERLINK("x")')])


def test_a_table_of_an_old_chinese_excel_is_read():
    assert sheets.rows("编号,名称\nHT01,合同\n".encode("gb18030")) == [{"编号": "HT01", "名称": "合同"}]


def test_a_short_line_is_filled_up():
    assert sheets.rows("编号,名称\nHT01\n".encode()) == [{"编号": "HT01", "名称": ""}]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.UNPACKED_MAX + 1))
    return out.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"\xff\xfe\x00", b"\n\n", bomb()])
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes):
    with pytest.raises(Invalid):
        sheets.rows(content)
