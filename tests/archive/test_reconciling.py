"""Every file adds up, day by day and inbox by inbox; what is left lying in an inbox raises an alarm, once a day."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from access.actors import OPERATOR
from access.rules import Denied
from archive import intake, reconciling, status, telling, versions
from archive.app import Archive
from archive.config import Inbox
from archive.errors import NotFound
from archive.tables.jobs import ATTEMPTS_MAX
from indexer.reading import Reader
from tests.builders import a_person, a_record, drop, settle, take_in_everything
from tests.conftest import Clock


def with_inboxes(archive: Archive, *inboxes: Inbox) -> None:
    for inbox in inboxes:
        inbox.path.mkdir(parents=True, exist_ok=True)
    archive.settings = replace(archive.settings, inboxes=(*archive.settings.inboxes, *inboxes))


def test_the_sums_add_up_per_day_and_inbox(archive: Archive, reader: Reader, clock: Clock, tmp_path: Path) -> None:
    with_inboxes(archive, Inbox(tmp_path / "scans"))
    drop(archive, "a.txt", "甲")
    drop(archive, "empty.txt", "")
    take_in_everything(archive)
    clock.advance(days=1)
    (tmp_path / "scans" / "b.txt").write_text("乙")
    drop(archive, "again.txt", "甲")
    take_in_everything(archive)
    a_record(archive, "丙")
    settle(archive, reader)

    books = reconciling.books(archive, OPERATOR)

    assert books.balanced
    assert {(one.day, one.source): (one.seen, one.filed, one.duplicate, one.quarantined) for one in books.sums} == {
        ("2026-03-02", "inbox"): (2, 1, 0, 1),
        ("2026-03-03", "inbox"): (1, 0, 1, 0),
        ("2026-03-03", "scans"): (1, 1, 0, 0),
        ("2026-03-03", "command"): (1, 1, 0, 0),
    }
    assert books.last_hour == 3


def test_versions_children_and_merging_leave_the_books_balanced(archive: Archive, reader: Reader, clock: Clock) -> None:
    record_id = a_record(archive, "第一版")
    clock.advance(hours=1)
    drop(archive, "second.txt", "第二版")
    drop(archive, "bad.pdf", b"%PDF-1.4 broken")
    take_in_everything(archive)
    settle(archive, reader)
    with archive.read() as tx:
        waiting = next(one for one in tx.intake.in_state("done") if one.name == "second.txt").record_id

    versions.adopt(archive, OPERATOR, waiting, record_id, level=1)

    assert reconciling.books(archive, OPERATOR).balanced


def test_a_file_left_lying_in_an_inbox_is_told_once_a_day(archive: Archive, clock: Clock, tmp_path: Path) -> None:
    keeper = a_person(archive, "keeper", "document_controller")
    owner = a_person(archive, "owner", "borrower")
    elsewhere = a_person(archive, "elsewhere", "document_controller", sites=("YL02",))
    scans = Inbox(tmp_path / "scans", site="JF01", owner="owner", alarm_minutes=20)
    with_inboxes(archive, scans)
    (scans.path / "半截.docx.part").write_text("没有传完")
    (scans.path / "Thumbs.db").write_text("no document")
    touched = max(os.stat(scans.path / "半截.docx.part").st_mtime, os.stat(scans.path / "半截.docx.part").st_ctime)
    clock.at = clock.at.fromtimestamp(touched, clock.at.tzinfo) + timedelta(minutes=10)
    assert reconciling.look(archive) == 0

    clock.advance(minutes=15)
    assert [reconciling.look(archive) for _ in range(3)] == [1, 1, 1]

    for person, told in ((keeper, 1), (owner, 1), (elsewhere, 0)):
        assert len(telling.inbox(archive, person)) == told
    (left,) = reconciling.books(archive, keeper).left
    assert (left.inbox, left.count, left.minutes) == ("scans", 1, 20)
    sentence = telling.sentence(telling.inbox(archive, keeper)[0], "zh")
    assert "scans" in sentence
    assert str(tmp_path) not in sentence

    (scans.path / "半截.docx.part").unlink()
    reconciling.look(archive)
    assert reconciling.books(archive, keeper).left == []


def test_who_may_see_neither_intake_nor_status_sees_no_books(archive: Archive) -> None:
    with pytest.raises(Denied):
        reconciling.books(archive, a_person(archive, "borrower"))


def test_work_that_was_given_up_can_be_tried_again(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, "读不了几次就放弃了")
    with archive.write() as tx:
        for _ in range(ATTEMPTS_MAX):
            job = tx.jobs.claim(archive.now(), "w", timedelta(minutes=1), ["read"])
            assert job is not None
            tx.jobs.give_back(job.id, archive.now(), "x", dead=False)
        tx.jobs.give_back(job.id, archive.now(), "x", dead=True)

    with pytest.raises(NotFound):
        status.retry_jobs(archive, OPERATOR, 10**6)
    with pytest.raises(Denied):
        status.retry_jobs(archive, a_person(archive, "keeper", "document_controller"))
    assert status.retry_jobs(archive, OPERATOR) == 1
    settle(archive, reader)

    with archive.read() as tx:
        (component,) = tx.records.components_of([record_id])[record_id]
    assert component.text_digest


def test_the_note_in_quarantine_speaks_both_languages(archive: Archive) -> None:
    drop(archive, "空.txt", b"")
    take_in_everything(archive)

    note = (archive.settings.inboxes[0].quarantine / "空.txt.reason.txt").read_text("utf-8")

    assert "文件是空的" in note
    assert "The file is empty" in note
    assert "empty-file" in note
    assert intake.overview(archive, OPERATOR).counts["quarantined"] == 1
