"""Old workbooks: every kind of cell and string, seams, text around the cells, and what is locked."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import ole
from indexer.errors import Unreadable
from indexer.formats import xls
from indexer.text import Text

BEGIN = struct.pack("<HHHH", 0x600, 5, 0, 0)


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def string(words: str, *, wide: bool = True) -> bytes:
    encoded = words.encode("utf-16-le" if wide else "latin-1")
    return struct.pack("<HB", len(words), wide) + encoded


def cell(kind: int, row: int, column: int, rest: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<HHH", row, column, style) + rest)


def workbook(cells: bytes, shared: bytes = b"", *, begin: bytes = BEGIN, name: bytes = b"\1\0A") -> bytes:
    """The stream of a book with one sheet; `shared` are records that stand before it."""
    head = record(0x809, begin) + shared
    offset = len(head) + 4 + 6 + len(name) + 4
    return (
        head
        + record(0x85, struct.pack("<IBB", offset, 0, 0) + name)
        + record(0x0A)
        + record(0x809, begin)
        + cells
        + record(0x0A)
    )


def read(tmp_path: Path, stream: bytes, name: str = "Workbook") -> Text:
    path = tmp_path / "f"
    path.write_bytes(ole.packed({name: stream}))
    ole.opened.cache_clear()
    return xls.read(path)


def test_every_kind_of_cell_is_shown_as_people_see_it(tmp_path: Path) -> None:
    styles = record(0x41E, struct.pack("<H", 170) + string("yyyy-mm-dd", wide=False))
    styles += record(0xE0, struct.pack("<HHHHHHHHHH", *[0] * 10))
    styles += record(0xE0, struct.pack("<HHHHHHHHHH", 0, 170, *[0] * 8))
    styles += record(0xE0, struct.pack("<HHHHHHHHHH", 0, 2, *[0] * 8))
    cells = b"".join(
        (
            cell(0x204, 0, 0, string("房号")),
            cell(0x203, 0, 1, struct.pack("<d", 46082), style=1),
            cell(0x27E, 0, 2, struct.pack("<i", 38640 << 2 | 3), style=2),
            record(0xBD, struct.pack("<HHHiHiH", 1, 0, 0, 12 << 2 | 2, 0, 15 << 2 | 2, 1)),
            cell(0x205, 1, 2, b"\1\0"),
            cell(0x06, 2, 0, b"\0\0\0\0\0\0\xff\xff" + bytes(6)),
            record(0x207, string("合计")),
            cell(0x06, 2, 1, struct.pack("<d", 0.5) + bytes(6)),
        )
    )

    text = read(tmp_path, workbook(cells, styles))

    assert text.pages == ("房号\t2026-03-01\t386.40\n12\t15\tTRUE\n合计\t0.5",)
    assert text.page_names == ("A",)


def test_a_string_broken_across_records_goes_on_with_a_new_flag(tmp_path: Path) -> None:
    first = struct.pack("<II", 2, 2) + struct.pack("<HB", 8, 1) + "物业服务".encode("utf-16-le")
    shared = record(0xFC, first) + record(0x3C, b"\0ABCD" + string("第二条"))
    cells = cell(0xFD, 0, 0, struct.pack("<I", 0)) + cell(0xFD, 1, 0, struct.pack("<I", 1))

    assert read(tmp_path, workbook(cells, shared)).pages == ("物业服务ABCD\n第二条",)


def test_runs_and_phonetic_guides_behind_a_string_are_skipped(tmp_path: Path) -> None:
    words = "收费".encode("utf-16-le")
    rich = struct.pack("<HBHI", 2, 1 | 8 | 4, 2, 6) + words + bytes(8) + bytes(6)
    shared = record(0xFC, struct.pack("<II", 2, 2) + rich + string("标准"))
    cells = cell(0xFD, 0, 0, struct.pack("<I", 0)) + cell(0xFD, 0, 1, struct.pack("<I", 1))

    assert read(tmp_path, workbook(cells, shared)).pages == ("收费\t标准",)


def test_a_book_of_the_nineties_is_read_in_its_code_page(tmp_path: Path) -> None:
    begin = struct.pack("<HHHH", 0x500, 5, 0, 0)
    name = "收费".encode("gb18030")
    words = "阳光花园".encode("gb18030")
    cells = cell(0x204, 0, 0, struct.pack("<H", len(words)) + words)
    shared = record(0x42, struct.pack("<H", 936))

    text = read(tmp_path, workbook(cells, shared, begin=begin, name=bytes((len(name),)) + name), "Book")

    assert (text.page_names, text.pages) == (("收费",), ("阳光花园",))


def test_a_book_without_a_container_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f"
    words = b"Cash book 1991"
    path.write_bytes(
        record(0x09, struct.pack("<HH", 2, 0x10))
        + record(0x04, struct.pack("<HHBBBB", 0, 0, 0, 0, 0, len(words)) + words)
        + record(0x0A)
    )

    assert xls.read(path).pages == ("Cash book 1991",)


def test_text_boxes_comments_and_margins_come_after_the_cells(tmp_path: Path) -> None:
    box = record(0x1B6, struct.pack("<HHHHHHHI", 0, 0, 0, 0, 0, 4, 0, 0)) + record(
        0x3C, b"\1" + "请核对！".encode("utf-16-le")
    )
    cells = record(0x14, string('&L&"宋体"内部资料')) + box + cell(0x204, 0, 0, string("房号"))

    assert read(tmp_path, workbook(cells)).pages == ("房号\n内部资料\n请核对！",)


def test_the_first_and_the_last_cell_cost_two_cells(tmp_path: Path) -> None:
    cells = cell(0x204, 0, 0, string("头")) + cell(0x204, 65535, 255, string("尾"))

    assert read(tmp_path, workbook(cells)).pages == ("头\n尾",)


def test_a_locked_book_is_kept_and_flagged(tmp_path: Path) -> None:
    text = read(tmp_path, record(0x809, BEGIN) + record(0x2F, bytes(6)))

    assert [caution.code for caution in text.cautions] == ["encrypted"]


def test_a_link_to_another_book_is_flagged(tmp_path: Path) -> None:
    own, other = record(0x1AE, b"\1\0\1\4"), record(0x1AE, b"\1\0" + string("a.xls"))

    text = read(tmp_path, workbook(cell(0x204, 0, 0, string("值")), own + other))

    assert [(caution.code, caution.detail) for caution in text.cautions] == [("external-links", "1")]


def test_a_stream_that_holds_nothing_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read(tmp_path, bytes(64))


PLAIN = st.characters(codec="utf-16-le", max_codepoint=0xFFFF)


@given(st.lists(st.text(PLAIN, max_size=20), max_size=8), st.integers(1, 30))
def test_shared_strings_survive_any_seam(words: list[str], size: int) -> None:
    """Written character by character into records of any length, each continued one with its flag."""
    records: list[bytearray] = [bytearray(struct.pack("<II", len(words), len(words)))]
    for word in words:
        encoded = word.encode("utf-16-le")
        if len(records[-1]) > size:
            records.append(bytearray())
        records[-1] += struct.pack("<HB", len(encoded) // 2, 1)
        for at in range(0, len(encoded), 2):
            if len(records[-1]) > size:
                records.append(bytearray(b"\1"))
            records[-1] += encoded[at : at + 2]
    shared = b"".join(record(0x3C if number else 0xFC, bytes(body)) for number, body in enumerate(records))
    cells = b"".join(cell(0xFD, row, 0, struct.pack("<I", row)) for row in range(len(words)))

    assert xls.Book(workbook(cells, shared)).strings == words
