"""Old Word documents: pieces, fields, cells, what stands beside the body, and the years before."""

import struct
from pathlib import Path

import pytest

from indexer import ole
from indexer.errors import Unreadable
from indexer.formats import doc
from indexer.text import Text
from tests.samples import make

TEXT_AT = 2048


def word(*pieces: str | bytes, lengths: tuple[int, ...] | None = None, formatting: bytes = b"") -> ole.Streams:
    """A document of these pieces: strings in two bytes per character, bytes in one."""
    total = sum(map(len, pieces))
    head = bytearray(TEXT_AT)
    struct.pack_into("<HH6xH", head, 0, 0xA5EC, 193, 0x200)
    struct.pack_into("<H", head, 32, 14)
    struct.pack_into("<H", head, 62, 22)
    for number, length in enumerate(lengths or (total,)):
        struct.pack_into("<I", head, 64 + 4 * (3 + number), length)
    struct.pack_into("<H", head, 152, 93)
    borders, places, content = [0], b"", b""
    for piece in pieces:
        at = TEXT_AT + len(content)
        places += struct.pack("<HIH", 0, at if isinstance(piece, str) else at * 2 | 0x40000000, 0)
        content += piece.encode("utf-16-le") if isinstance(piece, str) else piece
        borders.append(borders[-1] + len(piece))
    table = struct.pack(f"<{len(borders)}I", *borders) + places
    map_ = formatting + b"\2" + struct.pack("<I", len(table)) + table
    struct.pack_into("<II", head, 154 + 8 * 33, 16, len(map_))
    return {"WordDocument": bytes(head) + content, "1Table": bytes(16) + map_}


def read(tmp_path: Path, streams: ole.Streams) -> Text:
    path = tmp_path / "f"
    path.write_bytes(ole.packed(streams))
    ole.opened.cache_clear()
    return doc.read(path)


def test_pieces_of_one_and_two_bytes_make_one_text(tmp_path: Path) -> None:
    text = read(tmp_path, word("物业服", "务合同\r", b"No. 12\x96A\r", formatting=b"\1\3\0abc"))

    assert text.pages == ("物业服务合同\nNo. 12\u2013A",)
    assert text.cautions == ()


def test_notes_headers_and_text_boxes_come_after_the_body(tmp_path: Path) -> None:
    parts = ("正文\r", "脚注\r", "页眉\r", "", "批注\r", "尾注\r", "文本框\r", "")

    text = read(tmp_path, word("".join(parts), lengths=tuple(map(len, parts))))

    assert text.pages[0].split("\n") == ["正文", "脚注", "页眉", "批注", "尾注", "文本框"]


def test_a_field_shows_what_it_came_to_and_not_how(tmp_path: Path) -> None:
    text = read(tmp_path, word('见\x13 HYPERLINK "x" \x14第\x13 PAGE \x145\x15页\x15。\r'))

    assert text.pages == ("见第5页。",)


def test_a_field_that_fetches_is_flagged(tmp_path: Path) -> None:
    text = read(tmp_path, word('值\x13 DDEAUTO excel "a" \x14旧\x15\r'))

    assert [caution.code for caution in text.cautions] == ["active-content"]


def test_cells_are_parted_by_tabs_and_rows_by_lines(tmp_path: Path) -> None:
    text = read(tmp_path, word("房号\x07业主\x07\x071203\x07张三\x07\x07后文\r"))

    assert text.pages == ("房号\t业主\n1203\t张三\n后文",)


def test_a_text_shorter_than_it_says_is_read_and_flagged(tmp_path: Path) -> None:
    text = read(tmp_path, word("读到这里\r", lengths=(5000,)))

    assert text.pages == ("读到这里",)
    assert [caution.code for caution in text.cautions] == ["partly-unreadable"]


def test_a_document_of_the_nineties_is_read_in_the_characters_it_seems_to_have(tmp_path: Path) -> None:
    words = "阳光花园物业管理合同\r甲方：业主委员会，乙方：物业公司。\r".encode("gb18030")
    head = struct.pack("<HH20xII", 0xA5DC, 101, 512, 512 + len(words)).ljust(512, b"\0")

    text = read(tmp_path, {"WordDocument": head + words})

    assert text.pages == ("阳光花园物业管理合同\n甲方：业主委员会，乙方：物业公司。",)
    assert [(caution.code, caution.detail) for caution in text.cautions] == [("guessed-encoding", "gb18030")]


def test_a_locked_document_is_kept_and_flagged(tmp_path: Path) -> None:
    text = read(tmp_path, {"WordDocument": bytes(11) + b"\1" + bytes(52)})

    assert [caution.code for caution in text.cautions] == ["encrypted"]


def test_embedded_files_and_documents_are_handed_over(tmp_path: Path) -> None:
    inner = word("附件正文\r")
    native = ole.Compound(make.packed_object("清单.txt", "C:\\清单.txt", b"list")).read("\x01Ole10Native")

    text = read(tmp_path, {**word("见附件\r"), "ObjectPool": {"_1": {"\x01Ole10Native": native}, "_2": inner}})

    assert [child.name for child in text.children] == ["清单.txt", "_2.doc"]
    path = tmp_path / "inner"
    path.write_bytes(text.children[1].content)
    ole.opened.cache_clear()
    assert doc.read(path).pages == ("附件正文",)
    assert "清单.txt" in text.pages[0]


def test_the_summary_is_metadata(tmp_path: Path) -> None:
    words = "装修协议".encode("gb18030") + b"\0"
    properties = struct.pack("<II", 1, 24) + struct.pack("<II", 2, 32) + struct.pack("<IHH", 2, 936, 0)
    properties += struct.pack("<II", 30, len(words)) + words
    summary = bytes(24) + struct.pack("<I16xI", 1, 48) + struct.pack("<II", len(properties) + 8, 2) + properties

    text = read(tmp_path, {**word("正文\r"), "\x05SummaryInformation": summary})

    assert text.metadata == {"title": "装修协议"}


@pytest.mark.parametrize("table", [b"", b"\2\xff\xff\xff\xff", b"\1\xff\xff", b"\7"])
def test_a_broken_map_is_refused(table: bytes, tmp_path: Path) -> None:
    streams = dict(word("正文\r"))

    with pytest.raises(Unreadable) as raised:
        read(tmp_path, {**streams, "1Table": bytes(16) + table})

    assert raised.value.code == "damaged"
