"""Names from outside."""

import errno
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import naming
from archive.errors import Invalid


@given(st.text())
def test_a_safe_name_is_never_a_path_and_never_too_long(name: str) -> None:
    safe = naming.safe_name(name)

    assert safe
    assert "/" not in safe
    assert "\x00" not in safe
    assert safe not in (".", "..")
    assert len(safe.encode()) <= naming.NAME_BYTES_MAX
    assert naming.safe_name(safe) == safe


@given(st.binary(min_size=1, max_size=40).filter(lambda raw: b"\x00" not in raw and b"/" not in raw))
def test_any_path_is_written_down_and_read_back(raw: bytes) -> None:
    path = Path(os.fsdecode(b"/inbox/x" + raw))

    text = naming.as_text(path)

    assert text.encode("utf-8")
    assert naming.from_text(text) == path


@pytest.mark.parametrize(
    ("name", "title"),
    [("合同.docx", "合同"), ("2026.3.1通知", "2026.3.1通知"), (".x", ".x"), ("a.tar.gz", "a.tar"), ("无", "无")],
)
def test_a_first_title_is_the_name_without_its_ending(name: str, title: str) -> None:
    assert naming.title_from(name) == title


def test_dates_as_people_write_them() -> None:
    for text in ("2026-03-01", "2026/3/1", "2026年3月1日", "2026.3.1", "2026-3-1"):
        assert naming.parsed_date(text) == date(2026, 3, 1)
    assert naming.parsed_date("") is None
    for text in ("2026-02-30", "gestern", "03-01-2026"):
        with pytest.raises(Invalid, match="write 2026-03-01"):
            naming.parsed_date(text)


def test_moving_never_replaces_anything(tmp_path: Path) -> None:
    for body in ("一", "二", "三"):
        source = tmp_path / "x.txt"
        source.write_text(body)
        naming.move_into(source, tmp_path / "done", Path("x.txt"))

    assert {path.name: path.read_text() for path in (tmp_path / "done").iterdir()} == {
        "x.txt": "一",
        "x (2).txt": "二",
        "x (3).txt": "三",
    }


def test_a_move_that_was_cut_off_is_finished_not_doubled(tmp_path: Path) -> None:
    source, target = tmp_path / "x.txt", tmp_path / "done" / "x.txt"
    source.write_text("content")
    target.parent.mkdir()
    os.link(source, target)

    assert naming.move_into(source, tmp_path / "done", Path("x.txt")) == target
    assert not source.exists()
    assert [path.name for path in target.parent.iterdir()] == ["x.txt"]


@pytest.mark.parametrize("links", [True, False])
def test_what_is_saved_at_the_place_of_a_file_while_it_moves_stays_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """A scanner that saves again under the same name; on a share without hard links too."""
    source, done = tmp_path / "scan.pdf", tmp_path / "done"
    source.write_text("old")
    if not links:

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

        monkeypatch.setattr("archive.naming.os.link", refuse)

    def saved_again(folder: Path) -> None:
        monkeypatch.undo()
        (tmp_path / "new").write_text("new")
        os.replace(tmp_path / "new", source)

    monkeypatch.setattr("archive.naming.sync_folder", saved_again)
    target = naming.move_into(source, done, Path("scan.pdf"))

    assert (target.read_text(), source.read_text()) == ("old", "new")


def test_a_file_that_is_another_by_now_is_not_moved(tmp_path: Path) -> None:
    source, done = tmp_path / "scan.pdf", tmp_path / "done"
    source.write_text("another")

    (moved,) = naming.move_all([(source, done, Path("scan.pdf"))], still=[lambda: False])

    assert isinstance(moved, FileNotFoundError)
    assert source.read_text() == "another"


def test_a_file_that_cannot_be_taken_away_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done, unlink = tmp_path / "done", Path.unlink
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == "a.txt":
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    kept, moved = naming.move_all([(tmp_path / n, done, Path(n)) for n in ("a.txt", "b.txt")])

    assert isinstance(kept, PermissionError)
    assert moved == done / "b.txt"
    assert (tmp_path / "a.txt").exists()


def test_many_files_move_at_once_and_one_that_cannot_holds_up_no_other(tmp_path: Path) -> None:
    for name in ("a.txt", "c.txt"):
        (tmp_path / name).write_text(name)
    done = tmp_path / "done"

    first, gone, last = naming.move_all([(tmp_path / n, done, Path("in", n)) for n in ("a.txt", "b.txt", "c.txt")])

    assert (first, last) == (done / "in" / "a.txt", done / "in" / "c.txt")
    assert isinstance(gone, FileNotFoundError)
    assert [path.name for path in tmp_path.iterdir()] == ["done"]


@pytest.mark.parametrize("code", ["KH01", "01", "2.14", "甲3", "preliminary_ends", "03柜", "A-1", "x" * 20])
def test_a_code_is_taken_as_it_is_written(code: str) -> None:
    assert naming.checked_code(f" {code} ") == code


@pytest.mark.parametrize(
    "code",
    ["", " ", "-", ".", "a b", "a/b", "a\\b", "a\tb", "a\x00b", "a\u202eb", "a\u200bb", "<b>", "=1", "x" * 21, "a-"],
)
def test_what_is_no_code_is_refused_with_what_a_code_is(code: str) -> None:
    with pytest.raises(Invalid, match="1 to 20 letters") as refused:
        naming.checked_code(code)
    assert refused.value.code == "odd-code"
