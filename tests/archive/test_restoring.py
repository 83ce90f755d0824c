"""What comes back: one record of a day, a copy that keeps silent, holds and ends that came later, and who agreed."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from access.actors import OPERATOR
from access.rules import Denied
from archive import indexing
from archive.app import Archive, open_archive
from archive.backups import create, keys, one_record, places, replacing, restore
from archive.backups.repository import open_repository
from archive.backups.targets.local import LocalTarget
from archive.errors import ArchiveError, Conflict, Invalid, Misconfigured, NotFound
from archive.intake import Claims, hand_in
from archive.tables.backups import RestoreWish
from archive.threads import silent
from tests.builders import a_person, a_record
from tests.conftest import Clock

BODY = "紫藤苑三期消防验收意见书"


@pytest.fixture
def target(tmp_path: Path) -> LocalTarget:
    return LocalTarget(tmp_path / "repository")


def a_file(archive: Archive, content: bytes, name: str = "a.bin") -> str:
    return hand_in(archive, OPERATOR, BytesIO(content), name, Claims(title=name)).record_id


def test_one_record_comes_back_as_of_a_day_to_an_empty_machine(
    archive: Archive, home: Path, clock: Clock, target: LocalTarget, tmp_path: Path
) -> None:
    first_day = clock.at
    record_id = a_record(archive, BODY, title="青鸾阁保密协议", name="协议.txt")
    large = a_file(archive, bytes(range(256)) * 20_000, "large.bin")
    create.run(archive, OPERATOR, target)
    clock.advance(days=1)
    later = a_file(archive, b"later", "later.txt")
    create.run(archive, OPERATOR, target)
    shutil.copytree(home / "keys", tmp_path / "escrow")
    archive.close()
    shutil.rmtree(home)

    brought = one_record.bring(
        target, tmp_path / "escrow", record_id, tmp_path / "out", at=first_day + timedelta(hours=3)
    )
    assert brought.number == 1
    assert [path.read_text() for path in brought.files] == [BODY]
    about = json.loads((tmp_path / "out" / "record.json").read_text("utf-8"))
    assert (about["record"]["title"], about["components"][0]["file_name"]) == ("青鸾阁保密协议", "协议.txt")
    whole = one_record.bring(target, tmp_path / "escrow", large, tmp_path / "large")
    assert whole.files[0].read_bytes() == bytes(range(256)) * 20_000

    with pytest.raises(NotFound):
        one_record.bring(target, tmp_path / "escrow", later, tmp_path / "none", at=first_day + timedelta(hours=3))
    with pytest.raises(NotFound, match="no snapshot of"):
        one_record.bring(target, tmp_path / "escrow", record_id, tmp_path / "none", at=first_day - timedelta(days=1))
    with pytest.raises(Invalid, match="exists already"):
        one_record.bring(target, tmp_path / "escrow", record_id, tmp_path / "out")
    assert not (tmp_path / "none").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_backup_of_a_newer_version_is_refused_with_a_sentence(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    a_record(archive, BODY)
    archive.tables.checkpoint()
    with sqlite3.connect(home / "catalogue.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    create.run(archive, OPERATOR, target)

    with pytest.raises(Misconfigured, match="made by a newer version"):
        restore.restore(target, home / "keys", tmp_path / "back")
    assert not (tmp_path / "back" / "catalogue.db").exists()


def test_a_record_destroyed_since_cannot_be_had_back(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    record_id = a_file(archive, b"to be destroyed")
    create.run(archive, OPERATOR, target)
    with sqlite3.connect(home / "catalogue.db") as db:
        db.execute("DELETE FROM objects")
    db.close()
    create.run(archive, OPERATOR, target)

    first = restore.chosen(open_repository(target, keys.load(home / "keys")), "1")
    brought = one_record.bring(
        target, home / "keys", record_id, tmp_path / "out", at=datetime.fromisoformat(first.taken_at)
    )
    assert (brought.files, brought.destroyed) == ((), ("a.bin",))


def test_a_scratch_copy_keeps_silent_whatever_it_is_told(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "muniment.toml").write_text('company = "甲"\n[channels.log]\n[[backup_target]]\nlocation = "/mnt/x"\n')
    create.run(archive, OPERATOR, target)
    restore.restore(target, home / "keys", tmp_path / "copy", index=False, scratch=True)

    with (tmp_path / "copy" / "muniment.toml").open("a") as file:
        file.write("[channels.log]\n")
    monkeypatch.setenv("MUNIMENT_NOTIFY", "true")
    monkeypatch.setenv("MUNIMENT_ROUNDS", "true")
    copy = open_archive(tmp_path / "copy")
    assert (copy.settings.notify, copy.settings.rounds, copy.settings.channels) == (False, False, {})
    assert copy.settings.backup_targets[0].location == str(tmp_path / "copy" / "backups")
    copy.close()


def test_holds_and_ends_that_came_after_a_snapshot_count_when_it_is_restored(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    """INV-21: what is held, what is gone and who has left are as the newest snapshot says."""
    kept, gone = a_record(archive, BODY, name="a.txt"), a_record(archive, BODY + "二", name="b.txt")
    leaver = a_person(archive, "li")
    create.run(archive, OPERATOR, target)
    late = a_record(archive, BODY + "三", name="c.txt")
    with archive.write() as tx:
        hold = "INSERT INTO holds VALUES ('h', 'BQ-1', 'dispute', 1, 'x', NULL, '', '')"
        tx.connection.exec_driver_sql(hold)
        for record_id in (kept, late):
            tx.connection.exec_driver_sql("INSERT INTO held_records VALUES ('h', ?, 1, 'x')", (record_id,))
        end = "UPDATE records SET lifecycle = 'destroyed', archival_code = 'X-1' WHERE id = ?"
        tx.connection.exec_driver_sql(end, (gone,))
        tx.people.set_active(leaver.id, False)
    create.run(archive, OPERATOR, target)

    restored = restore.restore(target, home / "keys", tmp_path / "back", snapshot="1", index=False)
    assert restored.replayed >= 3
    with sqlite3.connect(tmp_path / "back" / "catalogue.db") as db:
        assert db.execute("SELECT hold_id, record_id FROM held_records").fetchall() == [("h", kept)]
        assert db.execute("SELECT reason FROM holds").fetchall() == [("dispute",)]
        assert db.execute("SELECT lifecycle FROM records WHERE id = ?", (gone,)).fetchone() == ("destroyed",)
        assert db.execute("SELECT active FROM people WHERE id = ?", (leaver.id,)).fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM records WHERE id = ?", (late,)).fetchone() == (0,)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def test_a_ledger_that_is_not_what_was_anchored_is_said(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    a_file(archive, b"x")
    with archive.read() as tx:
        archive_id, (seq, digest) = tx.meta.get("archive"), tx.ledger.head()
    create.run(archive, OPERATOR, target)
    for name, said in (("true", digest), ("false", "0" * 64)):
        (tmp_path / name).write_text(f"MUNIMENT-ANCHOR 1 {archive_id} {seq} {said} 2026-03-02T04:00:00\n")

    whole = restore.restore(target, home / "keys", tmp_path / "a", index=False, anchors=[tmp_path / "true"])
    forged = restore.restore(target, home / "keys", tmp_path / "b", index=False, anchors=[tmp_path / "false"])
    assert whole.warnings == ()
    assert any(f"line {seq} differs" in warning for warning in forged.warnings)
    (tmp_path / "none").write_text("nothing")
    with pytest.raises(Misconfigured, match="no anchor in"):
        restore.restore(target, home / "keys", tmp_path / "c", index=False, anchors=[tmp_path / "none"])


# Putting a live archive back


@pytest.fixture
def set_up(home: Path, clock: Clock, tmp_path: Path) -> Iterator[Archive]:
    (home / "muniment.toml").write_text(f'company = "甲"\nbackup_repository = "{tmp_path}/repository"\n')
    archive = open_archive(home, now=clock)
    yield archive
    archive.close()


def test_a_live_archive_is_put_back_only_when_two_others_agreed(set_up: Archive, home: Path, clock: Clock) -> None:
    admin, final = a_person(set_up, "gu", "sysadmin"), a_person(set_up, "zhao", "final_approver")
    officer, auditor = a_person(set_up, "bao", "security_officer"), a_person(set_up, "shen", "auditor")
    a_file(set_up, b"first")
    place = places.named(set_up, "")
    places.run(set_up, OPERATOR, place, progress=silent)
    a_file(set_up, b"second", "b.bin")
    places.run(set_up, OPERATOR, place, progress=silent)

    with pytest.raises(Invalid, match="Say why"):
        replacing.wish(set_up, admin, "", "1", " ")
    asked = replacing.wish(set_up, admin, "", "1", "ransomware")
    with pytest.raises(Denied):
        replacing.agree(set_up, admin, asked.id)
    with pytest.raises(Conflict, match="Two people have to agree"):
        replacing.carry_out(home, OPERATOR, asked.id, progress=silent, now=clock)
    assert not replacing.agree(set_up, final, asked.id).agreed
    with pytest.raises(Denied, match="somebody else"):
        replacing.agree(set_up, final, asked.id)
    assert replacing.agree(set_up, officer, asked.id).agreed
    with pytest.raises(Conflict, match="already"):
        replacing.agree(set_up, auditor, asked.id)
    with indexing.writing(set_up), pytest.raises(Conflict):
        replacing.carry_out(home, OPERATOR, asked.id, progress=silent, now=clock)

    restored, aside = replacing.carry_out(home, OPERATOR, asked.id, progress=silent, now=clock)
    assert restored.number == 1
    back, before = open_archive(home), open_archive(aside)
    with back.read() as tx:
        assert len(list(tx.objects.every())) == 1
        (line,) = [line for line in tx.ledger.lines() if line.action == "archive.restored"]
    assert line.payload["agreed_by"] == [final.id, officer.id]
    with before.read() as tx:
        assert len(list(tx.objects.every())) == 2
        assert [w.ended for w in tx.backups.wishes()] == ["used"]
    back.close()
    before.close()
    with pytest.raises(NotFound):
        replacing.carry_out(home, OPERATOR, asked.id, progress=silent, now=clock)


def test_one_who_refuses_is_enough(set_up: Archive) -> None:
    admin, final = a_person(set_up, "gu", "sysadmin"), a_person(set_up, "zhao", "final_approver")
    places.run(set_up, OPERATOR, places.named(set_up, ""), progress=silent)
    asked = replacing.wish(set_up, admin, "", "", "a test")
    replacing.refuse(set_up, final, asked.id)
    with pytest.raises(Conflict, match="has ended"):
        replacing.agree(set_up, final, asked.id)
    assert [one.ended for one in replacing.wishes(set_up, admin)] == ["refused"]
    with pytest.raises(Denied):
        replacing.wish(set_up, final, "", "", "not mine to ask")


def test_a_wish_is_used_up_only_when_the_archive_is_put_back(set_up: Archive, home: Path, clock: Clock) -> None:
    asked = an_agreed_wish(set_up)
    repository = home.parent / "repository"
    repository.rename(home.parent / "elsewhere")
    with pytest.raises(ArchiveError):
        replacing.carry_out(home, OPERATOR, asked.id, progress=silent, now=clock)
    (home.parent / "elsewhere").rename(repository)
    replacing.carry_out(home, OPERATOR, asked.id, progress=silent, now=clock)


def test_what_was_agreed_to_a_week_ago_puts_nothing_back(set_up: Archive, home: Path, clock: Clock) -> None:
    asked = an_agreed_wish(set_up)
    clock.advance(days=7, seconds=1)
    with pytest.raises(Conflict, match="ask again"):
        replacing.carry_out(home, OPERATOR, asked.id, progress=silent, now=clock)


def an_agreed_wish(archive: Archive) -> RestoreWish:
    admin, final = a_person(archive, "gu", "sysadmin"), a_person(archive, "zhao", "final_approver")
    officer = a_person(archive, "bao", "security_officer")
    places.run(archive, OPERATOR, places.named(archive, ""), progress=silent)
    asked = replacing.wish(archive, admin, "", "", "a test")
    replacing.agree(archive, final, asked.id)
    return replacing.agree(archive, officer, asked.id)
