"""What is broken in an archive is found and named."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from access.actors import OPERATOR, SERVICE
from access.rules import Denied
from archive import checking, intake
from archive.app import Archive
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.far import Far


@pytest.fixture
def filled(archive: Archive, reader: Reader) -> Archive:
    for n in range(3):
        a_record(archive, f"正文 {n} " * 50, name=f"{n}.txt")
    settle(archive, reader)
    return archive


def stored(archive: Archive) -> list[Path]:
    return sorted(path for path in archive.settings.objects.glob("[0-9a-f]*/*"))


def kinds(archive: Archive, *, all_bytes: bool = True) -> list[str]:
    return [finding.kind for finding in checking.verify(archive, SERVICE, all_bytes=all_bytes).findings]


def test_a_whole_archive_has_no_findings_and_the_ledger_says_that_it_was_verified(filled: Archive) -> None:
    done = checking.verify(filled, OPERATOR)
    assert done.whole
    assert (done.findings, done.objects, done.indexed) == ((), 6, 3)
    with filled.read() as tx:
        assert tx.ledger.lines(limit=1)[0].action == "archive.verified"
        assert done.ledger_lines == tx.ledger.head()[0] - 1


def test_a_changed_byte_is_found_by_reading_and_a_cut_file_by_looking(filled: Archive) -> None:
    changed, cut = stored(filled)[:2]
    content = bytearray(changed.read_bytes())
    content[-1] ^= 1
    changed.write_bytes(content)
    assert kinds(filled, all_bytes=False) == []
    cut.write_bytes(cut.read_bytes()[:-1])
    assert kinds(filled, all_bytes=False) == ["object-damaged"]
    assert kinds(filled) == ["object-damaged", "object-damaged"]


def test_a_missing_object_is_told_from_a_damaged_one(filled: Archive) -> None:
    stored(filled)[0].unlink()
    assert kinds(filled) == kinds(filled, all_bytes=False) == ["object-missing"]


def test_exchanged_objects_are_both_damaged(filled: Archive) -> None:
    one, other = stored(filled)[:2]
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)
    assert kinds(filled) == ["object-damaged", "object-damaged"]


def test_objects_that_are_waited_for_are_read_together(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(8):
        a_record(archive, f"正文{n}")
    monkeypatch.setattr(archive.objects, "_store", Far(archive.objects._store))

    assert not checking.verify(archive, OPERATOR).findings


def test_an_unknown_object_is_untidy_and_no_damage(filled: Archive) -> None:
    shutil.copy(stored(filled)[0], stored(filled)[0].with_name("0" * 64))
    done = checking.verify(filled, OPERATOR)
    assert [(finding.kind, finding.serious) for finding in done.findings] == [("object-unknown", False)]
    assert done.whole


def test_a_component_without_its_object_is_named(filled: Archive) -> None:
    with sqlite3.connect(filled.settings.home / "catalogue.db") as db:
        component, digest = db.execute("SELECT id, digest FROM components LIMIT 1").fetchone()
        db.execute("UPDATE objects SET state = 'reserved' WHERE digest = ?", (digest,))
    db.close()
    findings = checking.verify(filled, OPERATOR).findings
    assert [(finding.kind, finding.subject) for finding in findings] == [("component-without-object", component)]


def test_a_line_of_the_ledger_that_was_edited_is_named(filled: Archive) -> None:
    with sqlite3.connect(filled.settings.home / "catalogue.db") as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("UPDATE ledger SET actor = 'somebody' WHERE seq = 3")
    db.close()
    findings = checking.verify(filled, OPERATOR).findings
    assert [(finding.kind, finding.subject) for finding in findings] == [("ledger-edited", "3")]


def test_the_index_is_compared_with_the_catalogue_but_for_what_waits(filled: Archive, reader: Reader) -> None:
    waiting = a_record(filled, "neu", name="neu.txt")
    assert kinds(filled) == []
    settle(filled, reader)
    with filled.read() as tx:
        missing, hidden = [one for one in tx.records.ids() if one != waiting][:2]
    with sqlite3.connect(filled.settings.home / "catalogue.db") as db:
        db.execute("UPDATE records SET lifecycle = 'quarantined' WHERE id = ?", (hidden,))
    db.close()
    engine = filled.open_index(_index_of(filled), writable=True)
    engine.drop([missing])
    engine.close()
    filled.forget_engine()
    findings = checking.verify(filled, OPERATOR).findings
    # The ledger tells of no such change either (INV-16).
    assert {(f.kind, f.subject) for f in findings} == {
        ("record-untold", hidden), ("index-missing", missing), ("index-surplus", hidden),
    }  # fmt: skip


def test_an_index_that_cannot_be_opened_is_told(filled: Archive) -> None:
    filled.forget_engine()
    shutil.rmtree(filled.settings.index / _index_of(filled))
    assert kinds(filled) == ["index-unusable"]


def test_quarantined_records_do_not_belong_into_the_index(filled: Archive, reader: Reader) -> None:
    record_id = a_record(filled, "kaputt", name="kaputt.txt")
    with filled.read() as tx:
        record = tx.records.get(record_id)
    if record.lifecycle == "captured":
        intake.quarantine_record(filled, SERVICE, record_id, "unreadable", "It cannot be read.")
    settle(filled, reader)
    assert kinds(filled) == []


def test_only_who_runs_the_archive_verifies_it(archive: Archive) -> None:
    with pytest.raises(Denied):
        checking.verify(archive, a_person(archive, "wang", "document_controller"))


def _index_of(archive: Archive) -> str:
    with archive.read() as tx:
        return tx.meta.get("index") or ""
