"""What Outlook saves: properties in two spellings, bodies in three, recipients, attachments and letters inside."""

import struct
from pathlib import Path

import pytest

from indexer import ole
from indexer.errors import Unreadable
from indexer.formats import msg
from indexer.text import Text

FACTS = "__properties_version1.0"


def wide(number: int, words: str) -> dict[str, bytes]:
    return {f"__substg1.0_{number:04X}001F": words.encode("utf-16-le")}


def narrow(number: int, content: bytes) -> dict[str, bytes]:
    return {f"__substg1.0_{number:04X}001E": content}


def facts(head: int, **numbers: int) -> dict[str, bytes]:
    """The table of small properties: `p3FFD0003=936`."""
    rows = (struct.pack("<IIQ", int(name[1:], 16), 6, value) for name, value in numbers.items())
    return {FACTS: bytes(head) + b"".join(rows)}


def read(tmp_path: Path, streams: ole.Streams) -> Text:
    path = tmp_path / "f"
    path.write_bytes(ole.packed(streams))
    ole.opened.cache_clear()
    return msg.read(path)


def test_people_dates_and_words_are_on_the_page(tmp_path: Path) -> None:
    to = {**facts(8, p0C150003=1), **wide(0x3001, "李四"), **wide(0x39FE, "li@example.com")}
    copy = {**facts(8, p0C150003=2), **wide(0x3001, "王五"), **wide(0x3003, "/O=CORP/CN=WANG")}
    # 2026-03-02 01:30 in steps of 100 ns since 1601.
    letter = {
        **facts(32, p00390040=134168886000000000),
        **wide(0x37, "车库漏水"),
        **wide(0xC1A, "张三"),
        **wide(0x5D01, "zhang@example.com"),
        **wide(0x1000, "请派人查看。\r\n"),
        "__recip_version1.0_#00000000": to,
        "__recip_version1.0_#00000001": copy,
    }

    text = read(tmp_path, letter)

    assert text.pages[0].split("\n")[:4] == [
        "主题：车库漏水",
        "发件人：张三 <zhang@example.com>",
        "收件人：李四 <li@example.com>",
        "抄送：王五",
    ]
    assert "请派人查看" in text.pages[0]
    assert text.metadata["title"] == "车库漏水"
    assert text.metadata["created"].startswith("2026-0")


def test_narrow_strings_are_read_in_the_code_page_of_the_letter(tmp_path: Path) -> None:
    letter = {
        **facts(32, p3FFD0003=936),
        **narrow(0x37, "通知".encode("gb18030") + b"\0"),
        **narrow(0x1000, b"Plain text\0"),
    }

    text = read(tmp_path, letter)

    assert text.metadata["title"] == "通知"
    assert text.pages[0].endswith("Plain text")


def test_of_several_bodies_the_one_that_says_most_is_read(tmp_path: Path) -> None:
    html = {"__substg1.0_10130102": "<p>二期<b>车位</b>费 300 元</p>".encode("gb18030")}

    text = read(tmp_path, {**facts(32, p3FDE0003=936), **wide(0x1000, "见网页"), **html})

    assert "二期车位费 300 元" in text.pages[0]


def test_a_packed_body_is_unpacked(tmp_path: Path) -> None:
    # The example of the specification: words as they are, then what they repeat.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )

    text = read(tmp_path, {**facts(32), "__substg1.0_10090102": packed})

    assert msg.unpacked(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert "hello world" in text.pages[0]


def test_attachments_and_letters_inside_are_handed_over(tmp_path: Path) -> None:
    photo = {**facts(8), **wide(0x3707, "照片.jpg"), "__substg1.0_37010102": b"\xff\xd8\xff"}
    inner = {**facts(24, p3FFD0003=936), **narrow(0x37, "原信".encode("gb18030")), **wide(0x1000, "原信正文")}
    letter = {**facts(8), **wide(0x3001, "原信"), "__substg1.0_3701000D": inner}

    text = read(
        tmp_path,
        {
            **facts(32),
            **wide(0x37, "转发"),
            "__attach_version1.0_#00000000": photo,
            "__attach_version1.0_#00000001": letter,
        },
    )

    assert [child.name for child in text.children] == ["照片.jpg", "原信.msg"]
    assert text.children[0].content == b"\xff\xd8\xff"
    path = tmp_path / "inner"
    path.write_bytes(text.children[1].content)
    ole.opened.cache_clear()
    assert msg.read(path).metadata["title"] == "原信"


@pytest.mark.parametrize(
    ("kind", "code"), [("IPM.Note.SMIME", "encrypted"), ("IPM.Note.SMIME.MultipartSigned", "signed")]
)
def test_signed_and_locked_letters_are_flagged(kind: str, code: str, tmp_path: Path) -> None:
    text = read(tmp_path, {**facts(32), **wide(0x1A, kind), **wide(0x37, "密")})

    assert code in {caution.code for caution in text.cautions}


def test_a_letter_without_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read(tmp_path, facts(32))
