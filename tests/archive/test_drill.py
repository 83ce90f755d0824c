"""A restore is rehearsed: what it asks, what it finds, and that nothing of it remains but the report."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from access.actors import OPERATOR, SERVICE
from access.rules import Denied
from archive import rounds
from archive.app import Archive, open_archive
from archive.backups import drill, escrow, places, state
from archive.backups.slots import Unlocking
from archive.errors import ArchiveError
from archive.rounds import drills
from archive.tables.backups import DRILL
from archive.threads import silent
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.conftest import Clock


@pytest.fixture
def set_up(home: Path, clock: Clock, tmp_path: Path) -> Iterator[Archive]:
    (home / "muniment.toml").write_text(
        f'company = "甲"\n[[backup_target]]\nname = "disk"\nlocation = "{tmp_path}/repository"\n'
    )
    archive = open_archive(home, now=clock)
    yield archive
    archive.close()


def filled(archive: Archive, reader: Reader) -> None:
    for n in range(6):
        a_record(archive, f"正文第{n}页", title=f"物业服务合同{n}号", name=f"{n}.txt", level=n % 4)
    settle(archive, reader)
    places.run(archive, OPERATOR, places.named(archive, ""), progress=silent)


def test_a_rehearsal_answers_measures_reports_and_leaves_nothing(
    set_up: Archive, home: Path, clock: Clock, reader: Reader
) -> None:
    filled(set_up, reader)
    clock.advance(hours=3)
    before = sorted(path.name for path in (home / "work").iterdir())

    done = drill.rehearse(set_up, OPERATOR, places.named(set_up, "disk"), progress=silent)

    assert done.passed, done.assertions
    assert [one.name for one in done.assertions] == [
        "counts",
        "digests",
        "ledger",
        "search",
        "loans",
        "keys",
        "silence",
    ]
    assert (done.rpo_s, done.key, done.number) == (3 * 3600.0, "key-folder", 1)
    assert done.rto_s > 0
    assert sorted(path.name for path in (home / "work").iterdir()) == before
    with set_up.read() as tx:
        record = tx.records.get(done.record)
        row = tx.backups.newest(DRILL)
        (component,) = tx.records.components_of([done.record])[done.record]
    assert (record.class_code, record.level) == ("DA05", 2)
    assert row is not None
    document = pypdfium2.PdfDocument(set_up.objects.read(component.digest))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "恢复演练报告" in text
    assert "个对象" in text
    assert "restored" in text
    assert done.signature[:32] in text.replace("\r\n", "")
    document.close()
    # The report in the tables is what was signed; changed, it is not.
    report = dict(row.details["report"])
    assert drill.genuine(set_up, OPERATOR, report)
    assert not drill.genuine(set_up, OPERATOR, {**report, "rto_s": report["rto_s"] + 1})
    assert ("drill-stale", "") not in [(a.code, a.place) for a in state.alarms(set_up)]
    clock.advance(days=15)
    assert ("drill-stale", "") in [(a.code, a.place) for a in state.alarms(set_up)]


def test_two_shares_are_proved_by_a_rehearsal(set_up: Archive, reader: Reader) -> None:
    _, shares = escrow.add_shares(set_up, OPERATOR)
    filled(set_up, reader)
    done = drill.rehearse(
        set_up, OPERATOR, places.named(set_up, ""), unlocking=Unlocking(shares=tuple(shares[1:])), progress=silent
    )
    assert (done.passed, done.key) == (True, "shares")


def test_a_copy_of_another_archive_does_not_pass(
    set_up: Archive, home: Path, clock: Clock, reader: Reader, tmp_path: Path
) -> None:
    """Same keys, another past: the ledger of the copy is held against the live one."""
    shutil.copytree(home, tmp_path / "twin")
    filled(set_up, reader)
    shutil.copy(home / "keys" / "backup.key", tmp_path / "twin" / "keys")
    twin = open_archive(tmp_path / "twin", now=clock)
    a_record(twin, "别的正文", name="other.txt")
    done = drill.rehearse(twin, OPERATOR, places.named(twin, ""), progress=silent)
    assert [one.name for one in done.assertions if not one.passed] == ["ledger"]
    with twin.read() as tx:
        assert tx.backups.of(DRILL)[0].outcome == "failed"
    twin.close()


def test_a_rehearsal_that_cannot_restore_is_an_alarm(set_up: Archive, reader: Reader, tmp_path: Path) -> None:
    filled(set_up, reader)
    for path in (tmp_path / "repository" / "packs").iterdir():
        content = bytearray(path.read_bytes())
        content[random.randrange(20, 60)] ^= 1
        path.write_bytes(content)
    with pytest.raises(ArchiveError):
        drill.rehearse(set_up, SERVICE, places.named(set_up, ""), progress=silent)
    with set_up.read() as tx:
        (row,) = tx.backups.of(DRILL)
    assert (row.outcome, "damaged" in row.reason) == ("failed", True)
    assert "drill-stale" in [alarm.code for alarm in state.alarms(set_up)]


def test_the_round_rehearses_once_something_was_backed_up(set_up: Archive, clock: Clock, reader: Reader) -> None:
    drills.run(set_up)
    filled(set_up, reader)
    rounds.run_due(set_up)
    clock.advance(days=7)
    rounds.run_due(set_up)
    with set_up.read() as tx:
        assert [row.outcome for row in tx.backups.of(DRILL)] == ["done"]
    with pytest.raises(Denied):
        drill.rehearse(set_up, a_person(set_up, "shen", "auditor"), places.named(set_up, ""), progress=silent)
