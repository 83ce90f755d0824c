"""Archives: names in any character set that lead nowhere but down, locked entries, links, bombs and damage."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import Exhausted, Unreadable
from indexer.expanding import safe_name
from indexer.formats import gz, sevenzip, tar
from indexer.formats import zip as zip_format
from indexer.sniff import sniff
from indexer.text import Text
from tests.samples import make


def read(tmp_path: Path, content: bytes, reader: Callable[[Path], Text] = zip_format.read) -> Text:
    path = tmp_path / "f"
    path.write_bytes(content)
    return reader(path)


def names(text: Text) -> list[str]:
    return [child.name for child in text.children]


def codes(text: Text) -> list[tuple[str, str]]:
    return [(caution.code, caution.detail) for caution in text.cautions]


def zip_of(*entries: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info, content in entries:
            archive.writestr(info, content)
    return buffer.getvalue()


def renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    """The archive with other bytes for a name, and without the mark that it is UTF-8."""
    assert len(old) == len(new)
    return content.replace(old, new)


def test_names_from_a_phone_are_read_in_the_set_they_are_in(tmp_path: Path) -> None:
    real = "物业费收缴明细.xls".encode("gb18030")
    stand_in = b"x" * len(real)

    text = read(tmp_path, renamed(make.package({stand_in.decode(): "x"}), stand_in, real))

    assert names(text) == ["物业费收缴明细.xls"]
    assert text.pages == ("物业费收缴明细.xls",)


def test_names_marked_as_unicode_are_unicode_and_the_added_field_counts(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("a.txt")
    added = "通知.txt".encode()
    info.extra = struct.pack("<HHBI", 0x7075, 5 + len(added), 1, 0) + added

    text = read(tmp_path, zip_of((zipfile.ZipInfo("合同/一.txt"), b"1"), (info, b"2")))

    assert names(text) == ["合同/一.txt", "通知.txt"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/abs/文件.txt", "abs/文件.txt"),
        ("C:\\Users\\a.txt", "Users/a.txt"),
        ("a/../../b", "b"),
        ("a\nb\x07c", "abc"),
        ("..", ""),
    ],
)
def test_a_name_leads_nowhere_but_down(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_any_name_becomes_safe(name: str) -> None:
    safe = safe_name(name)

    assert not safe.startswith("/")
    assert ".." not in safe.split("/")
    assert safe == "" or safe.isprintable()


def test_entries_of_the_same_name_are_all_there_and_leftovers_are_not(tmp_path: Path) -> None:
    entries = [(zipfile.ZipInfo(name), b"x") for name in ("a", "__MACOSX/._a", "b/.DS_Store", "Thumbs.db", "b/")]
    with pytest.warns(UserWarning, match="Duplicate"):
        content = zip_of(*entries, (zipfile.ZipInfo("a"), b"y"))

    assert [(child.name, child.content) for child in read(tmp_path, content).children] == [
        ("a", b"x"),
        ("a", b"y"),
    ]


def test_locked_entries_and_links_are_named_and_counted(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    content = bytearray(zip_of((zipfile.ZipInfo("secret.doc"), b"x"), (link, b"/etc/passwd")))
    for mark in (b"PK\3\4", b"PK\1\2"):
        content[content.find(mark) + (6 if mark == b"PK\3\4" else 8)] |= 1

    text = read(tmp_path, bytes(content))

    assert text.pages == ("secret.doc\nlink",)
    assert text.children == ()
    assert codes(text) == [("encrypted", "1"), ("partly-unreadable", "1")]


def test_a_bomb_goes_off_nowhere(tmp_path: Path) -> None:
    with pytest.raises(Exhausted) as raised:
        read(tmp_path, make.package({"0": bytes(100 << 20)}))

    assert raised.value.code == "bomb"


def test_a_package_of_another_program_is_kept_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(make.package({"mimetype": "application/epub+zip", "a.xhtml": "x"}))

    assert sniff(path, "书.epub").media_type == "application/epub+zip"


def tar_of(*entries: tuple[tarfile.TarInfo, bytes], encoding: str = "utf-8") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding=encoding) as archive:
        for info, content in entries:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def test_a_tar_is_taken_apart_and_its_links_are_not_followed(tmp_path: Path) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    content = tar_of((tarfile.TarInfo("../图纸/总平面.txt"), b"plan"), (link, b""), encoding="gb18030")

    text = read(tmp_path, content, tar.read)

    assert [(child.name, child.content) for child in text.children] == [("图纸/总平面.txt", b"plan")]
    assert codes(text) == [("partly-unreadable", "1"), ("has-children", "1")]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_and_packed_tars_are_taken_apart(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    archive = tar_of((tarfile.TarInfo("a.txt"), b"inside"))

    assert names(read(tmp_path, pack(archive), gz.read)) == ["a.txt"]
    assert [child.content for child in read(tmp_path, pack(b"alone"), gz.read).children] == [b"alone"]
    with pytest.raises(Unreadable):
        read(tmp_path, pack(bytes(range(256)) * 500)[:-40], gz.read)


def test_what_is_larger_than_there_is_room_for_is_not_unpacked(tmp_path: Path) -> None:
    text = read(tmp_path, gzip.compress(bytes(130 << 20), 1), gz.read)

    assert text.children == ()
    assert codes(text) == [("partly-unreadable", "1")]


def read_7z(tmp_path: Path, content: bytes) -> Text:
    return read(tmp_path, content, sevenzip.read)


FILES = {"二期/巡查.txt": "三月巡查".encode(), "../../etc/passwd": b"root", "大.txt": b"0123456789" * 50_000}


def test_files_in_a_7z_archive_come_out_under_names_that_lead_nowhere_but_down(tmp_path: Path) -> None:
    text = read_7z(tmp_path, make.seven_zip(FILES))

    assert text.pages == ("二期/巡查.txt\netc/passwd\n大.txt",)
    assert [(child.name, child.content) for child in text.children] == [
        ("二期/巡查.txt", FILES["二期/巡查.txt"]),
        ("etc/passwd", b"root"),
        ("大.txt", FILES["大.txt"]),
    ]
    assert codes(text) == [("has-children", "3")]


@pytest.mark.parametrize(
    ("method", "pack"),
    [
        (b"\0", lambda content: content),
        (b"\4\1\x08", lambda content: zlib.compress(content, wbits=-15)),
        (b"\4\2\2", bz2.compress),
    ],
)
def test_other_methods_of_packing_are_unpacked(method: bytes, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    packed = pack(b"".join(FILES.values()))

    text = read_7z(tmp_path, make.seven_zip(FILES, method=method, properties=b"", packed=packed))

    assert [child.content for child in text.children] == list(FILES.values())


def test_a_locked_7z_archive_is_known_as_locked_and_its_names_are_found(tmp_path: Path) -> None:
    text = read_7z(tmp_path, make.seven_zip(FILES, method=b"\6\xf1\7\1", properties=b"\x13\0", packed=bytes(64)))

    assert "二期/巡查.txt" in text.pages[0]
    assert codes(text) == [("encrypted", "3")]


def test_a_method_of_packing_nobody_here_knows_costs_the_files_not_their_names(tmp_path: Path) -> None:
    text = read_7z(tmp_path, make.seven_zip(FILES, method=b"\3\4\1", properties=bytes(5), packed=bytes(64)))

    assert "大.txt" in text.pages[0]
    assert codes(text) == [("partly-unreadable", "3")]


def test_a_7z_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with pytest.raises(Exhausted) as raised:
        read_7z(tmp_path, make.seven_zip({"零": bytes(300 << 20)}))

    assert raised.value.code == "bomb"


def test_what_was_changed_in_a_7z_archive_is_not_handed_out(tmp_path: Path) -> None:
    whole = bytearray(make.seven_zip({"a": b"abc", "b": b"defgh"}, method=b"\0", properties=b"", packed=b"abcdefgh"))
    whole[33] ^= 1

    text = read_7z(tmp_path, bytes(whole))

    assert names(text) == ["b"]
    assert ("partly-unreadable", "1") in codes(text)
