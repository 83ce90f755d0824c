"""`muniment doctor` names each usual mistake and how to mend it, and says nothing when there is none."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from access.actors import OPERATOR
from access.rules import Denied
from archive import doctoring
from archive.app import Archive
from archive.config import Inbox
from archive.doctoring import Symptom
from tests.builders import a_person
from tests.conftest import Clock


def found(archive: Archive) -> Mapping[str, Symptom]:
    return {one.code: one for one in doctoring.symptoms(archive, OPERATOR)}


def test_keys_that_others_can_look_into_are_serious_and_come_first(archive: Archive) -> None:
    archive.settings.keys.chmod(0o750)

    first, *_ = doctoring.symptoms(archive, OPERATOR)

    assert found(archive)["open-folder"].serious
    assert first.serious
    archive.settings.keys.chmod(0o700)
    assert "open-folder" not in found(archive)


def test_one_time_passwords_that_were_left_lying_are_named(archive: Archive) -> None:
    assert "first-password-audit.txt" in found(archive)["first-password"].what
    for file in archive.settings.keys.glob("first-password*.txt"):
        file.unlink()
    assert "first-password" not in found(archive)


def test_a_disk_that_fills_up_is_named_before_it_is_full(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, serious in ((1 << 30, False), (100 << 20, True)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: shutil._ntuple_diskusage(1 << 40, 0, free))  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage]
        assert found(archive)["no-room"].serious is serious


def test_a_share_that_is_not_polled_is_named(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    share = tmp_path / "a share"
    share.mkdir()
    mounts.write_text(
        f"/dev/vda / ext4 rw 0 0\n//nas/scans {str(share).replace(' ', chr(92) + '040')} cifs rw 0 0\n", "utf-8"
    )

    monkeypatch.setattr(doctoring, "MOUNTS", tmp_path / "none")
    assert doctoring.file_system(tmp_path) == ""
    monkeypatch.setattr(doctoring, "MOUNTS", mounts)
    assert doctoring.file_system(share / "x") == "cifs"
    assert doctoring.file_system(tmp_path) == "ext4"

    archive.settings = replace(archive.settings, inboxes=(Inbox(path=share),))
    assert "share-unpolled" in found(archive)
    archive.settings = replace(archive.settings, inboxes=(Inbox(path=share, polling=True),))
    assert "share-unpolled" not in found(archive)


def test_an_inbox_that_is_gone_is_serious(archive: Archive, tmp_path: Path) -> None:
    archive.settings = replace(archive.settings, inboxes=(Inbox(path=tmp_path / "gone"),))

    assert found(archive)["inbox-closed"].serious


def test_passwords_that_travel_in_the_open_are_named(archive: Archive) -> None:
    assert "no-tls" not in found(archive)
    archive.settings = replace(archive.settings, host="0.0.0.0")
    assert found(archive)["no-tls"].serious
    archive.settings = replace(archive.settings, tls_proxy=True)
    assert "no-tls" not in found(archive)


def test_a_clock_that_was_set_back_is_named(archive: Archive, clock: Clock) -> None:
    a_person(archive, "li", "borrower")
    assert "clock-back" not in found(archive)
    clock.at -= timedelta(hours=1)
    assert found(archive)["clock-back"].serious


def test_nothing_but_the_operator_and_the_administrator_asks(archive: Archive) -> None:
    with pytest.raises(Denied):
        doctoring.symptoms(archive, a_person(archive, "li", "borrower"))
