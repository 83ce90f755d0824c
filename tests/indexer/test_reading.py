"""The door to reading: what comes out is what was promised, whoever sent it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import reading as door
from indexer.errors import Exhausted, Unreadable
from indexer.reading import Reader, Reading
from indexer.text import CAUTIONS, Caution, Child, Text
from tests.samples import make

CLEAN = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=40)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(time_s=20) as open_reader:
        yield open_reader


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "f"


def codes(reading: Reading) -> list[str]:
    return [caution.code for caution in reading.text.cautions]


def test_a_kind_without_a_reader_is_kept_without_text(reader: Reader, path: Path) -> None:
    path.write_bytes(b"8BPS\0\1" + bytes(200))

    reading = reader.read(path, "门禁海报.psd")

    assert (reading.media_type, reading.format, codes(reading)) == ("image/vnd.adobe.photoshop", None, ["no-reader"])
    assert reading.image_pages == 0
    with pytest.raises(Unreadable) as raised:
        reader.page_image(path, "门禁海报.psd", 1, width_px=100)
    assert raised.value.code == "no-such-page"


def test_a_locked_office_file_is_kept_and_flagged(reader: Reader, path: Path) -> None:
    path.write_bytes(make.compound({"EncryptedPackage": bytes(64)}))

    assert codes(reader.read(path, "工资表.xlsx")) == ["encrypted"]


def test_a_misnamed_file_is_read_and_flagged(reader: Reader, path: Path) -> None:
    path.write_bytes(make.docx("其实是文档"))

    reading = reader.read(path, "照片.jpg")

    assert "其实是文档" in reading.text.pages[0]
    assert codes(reading) == ["misnamed"]


def test_a_refusal_has_a_code_and_a_sentence(reader: Reader, path: Path) -> None:
    path.write_bytes(b"MZ" + bytes(200))

    with pytest.raises(Unreadable) as raised:
        reader.read(path, "setup.exe")

    assert raised.value.code == "executable"
    assert str(raised.value) == "The file is a program."


def test_a_bomb_exhausts_only_itself(reader: Reader, path: Path) -> None:
    path.write_bytes(make.bomb())

    with pytest.raises(Exhausted) as raised:
        reader.read(path, "a.docx")

    assert raised.value.code == "bomb"


def test_pages_of_a_scan_can_be_looked_at(reader: Reader, path: Path) -> None:
    path.write_bytes(make.scan())

    assert reader.read(path, "扫描.pdf").image_pages == 1
    assert reader.page_image(path, "扫描.pdf", 1, width_px=300).startswith(b"\x89PNG")


def test_the_cap_on_text_holds_for_pages_together(reader: Reader, path: Path) -> None:
    path.write_text("物业" * 10_500_000)

    reading = reader.read(path, "长.txt")

    assert sum(map(len, reading.text.pages)) == 20_000_000
    assert codes(reading) == ["truncated"]


@given(
    pages=st.lists(CLEAN, max_size=4),
    title=CLEAN.filter(bool),
    children=st.lists(st.tuples(CLEAN, st.binary(max_size=50)), max_size=3),
    cautions=st.lists(st.tuples(st.sampled_from(sorted(CAUTIONS)), CLEAN), max_size=3),
)
def test_a_reading_survives_the_way_out(
    pages: list[str], title: str, children: list[tuple[str, bytes]], cautions: list[tuple[str, str]]
) -> None:
    text = Text(
        tuple(pages),
        tuple(f"表{n}" for n in range(len(pages))),
        {"title": title},
        tuple(Child(*child) for child in children),
        tuple(Caution(*caution) for caution in cautions),
    )
    reading = Reading("text/plain", "plain", text, 3)

    assert door.unpack(door.pack(reading)) == reading


GOOD = Reading("text/plain", "plain", Text(("字",)))


@pytest.mark.parametrize(
    "forged",
    [
        replace(GOOD, format="os"),
        replace(GOOD, image_pages=-1),
        replace(GOOD, media_type="x" * 300),
        replace(GOOD, text=Text(("字",), page_names=("一", "二"))),
        replace(GOOD, text=Text(("字",), cautions=(Caution("all-is-well"),))),
        replace(GOOD, text=Text(("字",), metadata={"title": "x" * 3000})),
    ],
)
def test_an_answer_that_breaks_a_promise_is_nonsense(forged: Reading) -> None:
    with pytest.raises(Unreadable) as raised:
        door.unpack(door.pack(forged))

    assert raised.value.code == "crashed"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_reading_or_nonsense(data: bytes) -> None:
    with pytest.raises(Unreadable):
        door.unpack(data)


def test_forged_text_brings_in_neither_nul_nor_half_characters() -> None:
    packed = door.pack(GOOD).replace('"字"'.encode(), b'"\\u0000\\ud800"')
    head = packed[8:]

    text = door.unpack(len(head).to_bytes(8, "big") + head).text

    assert text.pages == ("",)
