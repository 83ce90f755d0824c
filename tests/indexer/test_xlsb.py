"""Binary workbooks: every kind of cell, what stands around them, and what is damaged."""

import struct
from pathlib import Path

import pytest

from indexer.errors import Unreadable
from indexer.formats import xlsb
from indexer.text import Text
from tests.samples import make

SHEET = "xl/worksheets/sheet1.bin"


def record(kind: int, body: bytes = b"") -> bytes:
    head = bytes((kind,)) if kind < 128 else bytes((kind & 0x7F | 0x80, kind >> 7))
    size = len(body)
    return head + bytes((size & 0x7F | 0x80, size >> 7)) + body


def wide(words: str) -> bytes:
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def cell(kind: int, column: int, rest: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<II", column, style) + rest)


def row(number: int, *cells: bytes) -> bytes:
    return record(0, struct.pack("<I", number)) + b"".join(cells)


def read(tmp_path: Path, sheet: bytes, parts: dict[str, str | bytes] | None = None) -> Text:
    path = tmp_path / "f"
    path.write_bytes(make.with_parts(xlsb.sample(), {SHEET: sheet, **(parts or {})}))
    return xlsb.read(path)


def test_every_kind_of_cell_is_shown_as_people_see_it(tmp_path: Path) -> None:
    styles = record(44, struct.pack("<H", 170) + wide("yyyy-mm-dd")) + record(617)
    styles += record(47, struct.pack("<HHI", 0, 0, 0)) + record(47, struct.pack("<HHI", 0, 170, 0)) + record(618)
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.bin"/>'
        '<Relationship Id="r3" Type="x/styles" Target="styles.bin"/></Relationships>'
    )
    sheet = row(0, cell(6, 0, wide("房号")), cell(5, 1, struct.pack("<d", 46082), style=1), cell(4, 2, b"\1"))
    sheet += row(
        1, cell(2, 0, struct.pack("<i", 12345 << 2 | 3)), cell(8, 1, wide("合计")), cell(62, 2, b"\1" + wide("注"))
    )

    text = read(tmp_path, sheet, {"xl/styles.bin": styles, "xl/_rels/workbook.bin.rels": rels})

    assert text.pages == ("房号\t2026-03-01\tTRUE\n123.45\t合计\t注",)
    assert text.page_names == ("一期",)


def test_the_first_and_the_last_cell_cost_two_cells(tmp_path: Path) -> None:
    sheet = row(0, cell(6, 0, wide("头"))) + row(1_048_575, cell(6, 16_383, wide("尾")))

    assert read(tmp_path, sheet).pages == ("头\n尾",)


def test_comments_and_margins_come_after_the_cells(tmp_path: Path) -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="x/comments" Target="../comments1.bin"/></Relationships>'
    )
    sheet = row(0, cell(6, 0, wide("房号"))) + record(479, b"\0\0" + wide("&L内部资料") + b"\xff" * 4)

    text = read(
        tmp_path,
        sheet,
        {"xl/worksheets/_rels/sheet1.bin.rels": rels, "xl/comments1.bin": record(637, b"\0" + wide("请核对"))},
    )

    assert text.pages == ("房号\n内部资料\n请核对",)


def test_a_link_to_a_program_is_flagged(tmp_path: Path) -> None:
    text = read(
        tmp_path,
        row(0, cell(6, 0, wide("值"))),
        {"xl/externalLinks/externalLink1.bin": record(360, b"\1\0" + wide("cmd"))},
    )

    assert [caution.code for caution in text.cautions] == ["active-content"]


def test_a_sheet_that_breaks_off_is_read_until_there(tmp_path: Path) -> None:
    text = read(tmp_path, row(0, cell(6, 0, wide("读到这里")), cell(7, 1, b"")))

    assert text.pages == ("读到这里",)
    assert [caution.code for caution in text.cautions] == ["partly-unreadable"]


def test_a_record_that_claims_too_much_is_damage(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as raised:
        read(tmp_path, b"\0\xff\xff\xff\x7f" + bytes(100))

    assert raised.value.code == "damaged"


def test_a_book_without_sheets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read(tmp_path, b"", {"xl/workbook.bin": b"\x9c\1\4abcd"})
