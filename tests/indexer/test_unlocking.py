"""A locked file is the same file without its lock, for whoever knows the password."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import formats
from indexer.errors import Unreadable
from indexer.reading import Reader, Reading
from tests.samples import make

PASSWORD = "密码 Kaisuo-7731"
MEMBERS = {"合同/保洁.txt": "项目代号白鹭".encode(), "电梯.txt": "项目代号夜鹭".encode() * 900}
LOCKED = {
    "zip": make.locked_zip(MEMBERS, PASSWORD.encode(), aes=False),
    "zip of an old Windows": make.locked_zip(MEMBERS, PASSWORD.encode("gb18030"), aes=False),
    "zip of WinZip": make.locked_zip(MEMBERS, PASSWORD.encode(), aes=True),
    "7z": make.locked_seven_zip(MEMBERS, PASSWORD),
}


def read(reader: Reader, tmp_path: Path, content: bytes, name: str) -> Reading:
    path = tmp_path / "content"
    path.write_bytes(content)
    return reader.read(path, name)


def unlocked(reader: Reader, tmp_path: Path, content: bytes, password: str) -> bytes:
    path = tmp_path / "locked"
    path.write_bytes(content)
    return reader.unlock(path, "locked", password)


@pytest.mark.parametrize("kind", LOCKED)
def test_an_archive_is_opened_with_its_password_and_has_every_file(reader: Reader, tmp_path: Path, kind: str) -> None:
    before = read(reader, tmp_path, LOCKED[kind], "资料")
    assert "encrypted" in {caution.code for caution in before.text.cautions}
    assert not before.text.children

    after = read(reader, tmp_path, unlocked(reader, tmp_path, LOCKED[kind], PASSWORD), "资料")

    assert {child.name: child.content for child in after.text.children} == MEMBERS
    assert after.format == before.format
    assert "encrypted" not in {caution.code for caution in after.text.cautions}


@pytest.mark.parametrize("kind", LOCKED)
def test_another_password_opens_nothing(reader: Reader, tmp_path: Path, kind: str) -> None:
    for password in ("kaisuo", "密码", "x" * 300):
        with pytest.raises(Unreadable) as raised:
            unlocked(reader, tmp_path, LOCKED[kind], password)
        assert raised.value.code == "wrong-file-password"


@pytest.mark.parametrize("lock", [make.locked_odf, make.wholly_locked_odf])
def test_a_document_is_opened_with_its_password(
    reader: Reader, tmp_path: Path, lock: Callable[[bytes, str], bytes]
) -> None:
    module = formats.get("odf")
    locked = lock(module.sample(), PASSWORD)
    assert "encrypted" in {caution.code for caution in read(reader, tmp_path, locked, "协议.odt").text.cautions}

    opened = read(reader, tmp_path, unlocked(reader, tmp_path, locked, PASSWORD), "协议.odt")

    assert module.SAMPLE_PHRASE in opened.text.pages[0]
    assert opened.text.cautions == ()
    with pytest.raises(Unreadable) as raised:
        unlocked(reader, tmp_path, locked, "wrong")
    assert raised.value.code == "wrong-file-password"


def test_a_lock_that_would_cost_a_gigabyte_to_open_is_left_alone(reader: Reader, tmp_path: Path) -> None:
    locked = make.wholly_locked_odf(formats.get("odf").sample(), PASSWORD, memory_kib=1 << 10)
    dear = make.with_parts(
        locked, {"META-INF/manifest.xml": _manifest(locked).replace('memory="1024"', 'memory="1048576"')}
    )

    with pytest.raises(Unreadable) as raised:
        unlocked(reader, tmp_path, dear, PASSWORD)
    assert raised.value.code == "cannot-unlock"


def _manifest(document: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        return package.read("META-INF/manifest.xml").decode()


@pytest.mark.parametrize("name", ["zip", "sevenzip", "odf"])
def test_what_is_not_locked_is_not_unlocked(reader: Reader, tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable) as raised:
        unlocked(reader, tmp_path, formats.get(name).sample(), PASSWORD)

    assert raised.value.code == "cannot-unlock"


def test_an_archive_that_asks_for_days_of_work_is_refused(reader: Reader, tmp_path: Path) -> None:
    hostile = make.seven_zip({"a": b"x"}, method=b"\6\xf1\7\1", properties=b"\x59\x0f" + bytes(16), packed=bytes(16))

    with pytest.raises(Unreadable) as raised:
        unlocked(reader, tmp_path, hostile, PASSWORD)

    assert raised.value.code == "damaged-archive"
