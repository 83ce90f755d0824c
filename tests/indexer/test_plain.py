"""Text in whatever encoding Chinese offices use."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import charset
from indexer.formats import plain
from indexer.sniff import sniff

SIMPLIFIED = "阳光花园三号楼的业主反映电梯经常停用，物业服务中心已经派人维修，维修费用从专项资金中列支。\n"
TRADITIONAL = "陽光花園三號樓的業主反映電梯經常停用，物業服務中心已經派人維修，費用從專項資金中列支。\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "gb18030", "gb2312"],
)
def test_simplified_chinese_in_any_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(SIMPLIFIED.encode(encoding))

    assert plain.read(path).pages == (SIMPLIFIED,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030", "big5"])
def test_traditional_chinese_in_any_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(TRADITIONAL.encode(encoding))

    assert plain.read(path).pages == (TRADITIONAL,)


@pytest.mark.parametrize(
    "words", ["姓名,年纪", "字符串标题,日期标题", "合同", "房号：3-1203", "水电费", "甲方（盖章）"]
)
def test_a_few_words_are_enough_to_tell_the_encoding(words: str) -> None:
    assert charset.decode(words.encode("gb18030")).text == words


@pytest.mark.parametrize("words", ["Müller wohnt in Köln", "à la carte, naïve café", "können"])
def test_western_text_is_not_taken_for_chinese(words: str) -> None:
    assert charset.decode(words.encode("cp1252")).text == words


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_characters_without_a_mark_are_told_even_when_all_are_chinese(encoding: str, tmp_path: Path) -> None:
    words = "业主委员会应当自选举产生之日起三十日内备案"
    path = tmp_path / "f"
    path.write_bytes(words.encode(encoding))

    assert plain.read(path).pages == (words,)
    assert sniff(path, "").format == "plain"


def test_a_guess_is_marked_as_one(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(SIMPLIFIED.encode("gb18030"))

    assert [(caution.code, caution.detail) for caution in plain.read(path).cautions] == [
        ("guessed-encoding", "gb18030")
    ]

    path.write_bytes(SIMPLIFIED.encode())
    assert plain.read(path).cautions == ()


def test_one_bad_byte_at_the_end_does_not_change_the_encoding() -> None:
    assert charset.decode(SIMPLIFIED.encode()[:-2]).encoding == "utf-8"


def test_a_few_bad_bytes_do_not_change_the_encoding_of_a_long_text() -> None:
    data = (SIMPLIFIED * 3).encode()
    broken = data[:60] + b"\xff" + data[60:]

    assert charset.decode(broken).text.replace("\ufffd", "") == SIMPLIFIED * 3


def test_a_declared_encoding_is_believed_when_it_fits() -> None:
    assert charset.decode("Договор аренды".encode("cp1251"), declared="windows-1251").text == "Договор аренды"
    assert charset.decode(SIMPLIFIED.encode("gb18030"), declared="base64").text == SIMPLIFIED
    assert charset.decode(SIMPLIFIED.encode(), declared="gbk").text == SIMPLIFIED


@given(st.binary(max_size=300))
def test_any_bytes_become_text(data: bytes) -> None:
    decoded = charset.decode(data)

    assert isinstance(decoded.text, str)
    charset.looks_like_text(data, whole=True)


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=100))
def test_utf8_is_read_as_it_was_written(words: str) -> None:
    if words[0] != "\ufeff":
        assert charset.decode(words.encode()).text == words


def test_nul_and_carriage_returns_do_not_get_out(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes("一\r\n二\r三\0四".encode())

    assert plain.read(path).pages == ("一\n二\n三四",)


def test_an_endless_text_is_cut_and_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.limits.TEXT_CHARS_MAX", 1000)
    path = tmp_path / "f"
    path.write_text("长" * 1200)

    text = plain.read(path)

    assert len(text.pages[0]) == 1000
    assert [caution.code for caution in text.cautions] == ["truncated"]
