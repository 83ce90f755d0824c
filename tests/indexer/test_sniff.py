"""What a file really is, whatever its name says."""

from pathlib import Path

import pytest

from indexer.errors import Unreadable
from indexer.sniff import sniff
from tests.samples import make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "content"


def test_a_name_decides_nothing_that_the_content_says(path: Path) -> None:
    path.write_bytes(make.docx("报修单"))

    for name in ("报修单.pdf", "报修单.txt", "报修单.exe", ""):
        assert sniff(path, name).format == "docx"
    assert sniff(path, "报修单.pdf").misnamed
    assert not sniff(path, "报修单.docx").misnamed
    assert not sniff(path, "报修单.第二版").misnamed


def test_a_name_breaks_the_tie_between_kinds_of_text(path: Path) -> None:
    path.write_text("业主,房号\n张三,1203\n")

    assert sniff(path, "名单.csv").format == "csv"
    assert sniff(path, "名单.md").format == "markdown"
    assert sniff(path, "名单.txt").format == "plain"
    assert not any(sniff(path, f"名单.{extension}").misnamed for extension in ("csv", "md", "txt", "html", "log"))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (make.scan(form="PNG"), "image/png"),
        (make.scan(form="JPEG"), "image/jpeg"),
        (make.scan(form="TIFF"), "image/tiff"),
        (make.compound({"PP40": bytes(64)}), "application/vnd.ms-powerpoint"),
        (
            make.package({"[Content_Types].xml": "<Types/>", "visio/document.xml": "<VisioDocument/>"}),
            "application/vnd.ms-visio.drawing",
        ),
    ],
)
def test_a_kind_without_a_reader_is_recognised_and_kept(content: bytes, media_type: str, path: Path) -> None:
    path.write_bytes(content)

    sniffed = sniff(path, "")

    assert sniffed.media_type == media_type
    assert sniffed.keep
    assert not sniffed.encrypted


def test_a_locked_office_file_is_known_at_first_sight(path: Path) -> None:
    path.write_bytes(make.compound({"EncryptionInfo": bytes(64), "EncryptedPackage": bytes(64)}))

    assert sniff(path, "").encrypted


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"MZ\x90\0\3\0\0\0" + bytes(200), "executable"),
        (b"\x7fELF\2\1\1\0" + bytes(200), "executable"),
        (b"#!/bin/sh\nrm -rf /\n", "executable"),
        (b"Rar!\x1a\x07\x01\0" + bytes(200), "unsupported-archive"),
        (make.docx("截断")[:2000], "damaged-archive"),
        (bytes(range(256)) * 8, "unknown-format"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_stable_code(content: bytes, code: str, path: Path) -> None:
    path.write_bytes(content)

    with pytest.raises(Unreadable) as raised:
        sniff(path, "文件.bin")

    assert raised.value.code == code
    assert str(raised.value).endswith(".")


def test_text_that_begins_like_a_program_is_still_text(path: Path) -> None:
    path.write_text("MZ-2026 号合同\nBM 座 3 单元\n")

    assert sniff(path, "").format == "plain"


def test_a_few_characters_are_no_pdf_whatever_the_name_says(path: Path) -> None:
    path.write_text("404 Not Found\n")

    with pytest.raises(Unreadable) as raised:
        sniff(path, "合同.pdf")
    assert raised.value.code == "damaged"

    # Office programs do open text under their old names, and other programs export it so.
    assert sniff(path, "导出.xls").format == "plain"


def test_a_web_page_exported_as_a_workbook_is_a_web_page(path: Path) -> None:
    path.write_bytes(
        '<html><head><meta charset="gbk"></head><table><tr><td>收费</td></tr></table></html>'.encode("gbk")
    )

    sniffed = sniff(path, "收费.xls")

    assert sniffed.format == "html"
    assert sniffed.misnamed
