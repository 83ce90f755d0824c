"""The words of files inside are found with the file they came in."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from indexer import limits
from indexer.errors import Unreadable
from indexer.inside import gathered
from indexer.reading import Reader, Reading
from indexer.text import Caution, Child, Text
from tests.samples import make


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(time_s=20) as open_reader:
        yield open_reader


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "f"


def codes(reading: Reading) -> list[str]:
    return [caution.code for caution in reading.text.cautions]


def test_words_of_attachments_and_archive_members_are_found(reader: Reader, path: Path) -> None:
    book = make.xlsx({"一期": [["房号", 1203]]})
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "a@example.com", "收缴"
    letter.set_content("见附件")
    letter.add_attachment(
        make.package({"表/收缴.xlsx": book, "说明.docx": make.docx("分项说明")}),
        maintype="application",
        subtype="zip",
        filename="资料.zip",
    )
    path.write_bytes(letter.as_bytes())

    reading = reader.read(path, "收缴.eml")

    pages = dict(zip(reading.text.page_names, reading.text.pages, strict=True))
    assert pages["资料.zip ▸ 表/收缴.xlsx ▸ 一期"] == "房号\t1203"
    assert pages["资料.zip ▸ 说明.docx"].strip() == "分项说明"
    assert "见附件" in pages[""]
    assert [child.name for child in reading.text.children] == ["资料.zip"]
    assert reader.page_image(path, "收缴.eml", reading.image_pages, width_px=100).startswith(b"\x89PNG")


def test_archives_in_archives_end_at_the_agreed_depth(reader: Reader, path: Path) -> None:
    content = make.package({"最里面.txt": "最深的话"})
    for depth in range(limits.NESTING_MAX + 1):
        content = make.package({f"{depth}.zip": content})
    path.write_bytes(content)

    reading = reader.read(path, "")

    assert "最深的话" not in "".join(reading.text.pages)
    assert "partly-unreadable" in codes(reading)


def test_a_file_inside_that_cannot_be_read_costs_only_itself(reader: Reader, path: Path) -> None:
    inside = {"a.exe": b"MZ" + bytes(200), "b.docx": make.docx("截断")[:2000], "c.txt": "好的"}
    path.write_bytes(make.package(inside))

    reading = reader.read(path, "")

    assert reading.text.pages[1:] == ("好的",)
    assert reading.text.page_names == ("", "c.txt")
    assert codes(reading) == ["has-children", "partly-unreadable"]


def test_a_bomb_inside_goes_off_nowhere(reader: Reader, path: Path) -> None:
    path.write_bytes(make.package({"a.docx": make.with_parts(make.docx("x"), {"word/document.xml": bytes(120 << 20)})}))

    assert "partly-unreadable" in codes(reader.read(path, ""))


def test_a_locked_file_inside_is_told(reader: Reader, path: Path) -> None:
    path.write_bytes(make.package({"工资.xlsx": make.compound({"EncryptedPackage": bytes(64)})}))

    assert "encrypted" in codes(reader.read(path, ""))


def test_pages_without_words_are_left_out_and_text_inside_is_text() -> None:
    outer = Text(("",), children=(Child("a", b"x"), Child("b", b"y")), cautions=(Caution("no-text"),))
    inner = {"a": Text(("", "字")), "b": Text((" ",))}

    text = gathered(outer, lambda _, name: inner[name])

    assert (text.pages, text.page_names, text.cautions) == (("", "字"), ("", "a"), ())


def test_all_pages_together_keep_to_the_limit() -> None:
    outer = Text(("外",), children=(Child("a", b"x"), Child("b", b"x")))

    text = gathered(outer, lambda _, name: Text(("字" * (limits.TEXT_CHARS_MAX - 10),)))

    assert sum(map(len, text.pages)) == limits.TEXT_CHARS_MAX
    assert [caution.code for caution in text.cautions] == ["truncated"]


@pytest.mark.parametrize("error", [Unreadable("x"), MemoryError(), KeyError("x"), RecursionError()])
def test_whatever_a_reader_raises_inside_the_outside_is_read(error: Exception) -> None:
    def read(path: Path, name: str) -> Text:
        raise error

    text = gathered(Text(("外",), children=(Child("a", b"x"),)), read)

    assert text.pages == ("外",)
    assert [caution.code for caution in text.cautions] == ["partly-unreadable"]
