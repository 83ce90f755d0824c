"""An archive on PostgreSQL is backed up like any other, and the catalogue moves between databases."""

import random
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa

from access.actors import OPERATOR
from archive import checking, indexing
from archive.app import Archive, open_archive
from archive.backups import check, create, keys, restore
from archive.backups.targets.local import LocalTarget
from archive.errors import Conflict, Invalid, Misconfigured
from archive.intake import Claims, hand_in
from archive.moving_database import move_database
from archive.tables import Tables, transfer
from indexer.reading import Reader
from tests import postgresql
from tests.builders import a_person, a_record, settle


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if reason := postgresql.missing():
        pytest.skip(reason)
    with postgresql.serving() as address:
        yield address


@pytest.fixture
def database(server: str) -> str:
    return postgresql.database(server, f"archive_{secrets.token_hex(6)}")


@pytest.fixture
def filled(archive: Archive, reader: Reader) -> Archive:
    """Records in both languages, an account, a borrowed and a destroyed thing or two: rows of many kinds."""
    a_record(archive, "蒹葭苍苍" * 30, title="蒹葭合同", name="a.txt")
    a_record(archive, "Reeds by the river", title="Reeds", class_code="KH01", name="b.txt")
    for n in range(30):
        content = random.Random(n).randbytes(300 + n)
        hand_in(archive, OPERATOR, BytesIO(content), f"{n}.bin", Claims(title=f"文件 {n}"))
    a_person(archive, "li")
    settle(archive, reader)
    return archive


def settings(home: Path, database: str) -> None:
    (home / "muniment.toml").write_text(f'company = "试用物业"\ndatabase = "{database}"\n', "utf-8")


@pytest.fixture
def on_postgresql(filled: Archive, home: Path, database: str) -> Iterator[Archive]:
    move_database(filled, OPERATOR, database)
    filled.close()
    settings(home, database)
    archive = open_archive(home)
    yield archive
    archive.close()


def test_the_catalogue_moves_to_postgresql_and_back_with_every_row(
    filled: Archive, home: Path, database: str, tmp_path: Path
) -> None:
    moved = move_database(filled, OPERATOR, database)
    with filled.read() as tx:
        assert tx.ledger.head() == (moved.ledger_seq, moved.ledger_digest)
        assert tx.ledger.lines(limit=1)[0].action == "database.moved"
    filled.close()
    settings(home, database)
    archive = open_archive(home)
    assert checking.verify(archive, OPERATOR).findings == ()
    assert "蒹葭合同" in titles(archive)
    # It goes on being written to: numbers that the database gives do not begin again.
    a_record(archive, "后来的正文", title="后来的")
    back = f"sqlite:///{tmp_path}/back.db"
    again = move_database(archive, OPERATOR, back)
    archive.close()
    assert again.rows > moved.rows
    settings(home, back)
    archive = open_archive(home)
    assert "后来的" in titles(archive)
    with archive.read() as tx:
        assert tx.ledger.head() == (again.ledger_seq, again.ledger_digest)
        assert list(tx.ledger.faults()) == []
    archive.close()


def titles(archive: Archive) -> set[str]:
    with archive.read() as tx:
        return {tx.records.get(record_id).title for record_id in tx.records.ids()}


def test_one_process_alone_writes_the_index_on_whichever_machine(on_postgresql: Archive, home: Path) -> None:
    elsewhere = open_archive(home)
    # Another machine has another folder, so that the lock on a file says nothing there.
    elsewhere.settings = replace(elsewhere.settings, home=home.parent / "machine-2")
    with indexing.writing(on_postgresql) as ours:
        with pytest.raises(Conflict, match="Another process"), indexing.writing(elsewhere):
            pass
        assert ours()
        _cut_off(elsewhere)
        assert not ours(), "who lost the connection has lost the lock"
    with indexing.writing(elsewhere) as theirs:
        assert theirs()
    elsewhere.close()


def _cut_off(archive: Archive) -> None:
    """The database ends every connection that holds a lock for longer than a transaction, as a fail-over does."""
    with archive.write() as tx:
        tx.connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid() "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )


def test_a_database_that_is_not_empty_is_not_written_to(filled: Archive, database: str) -> None:
    move_database(filled, OPERATOR, database)
    with filled.read() as tx:
        head = tx.ledger.head()
    with pytest.raises(Conflict, match="empty one"):
        move_database(filled, OPERATOR, database)
    with pytest.raises(Invalid, match="already"):
        move_database(filled, OPERATOR, filled.settings.database_url)
    with filled.read() as tx:
        assert tx.ledger.head() == head


def test_an_archive_on_postgresql_comes_back_from_its_backup(on_postgresql: Archive, tmp_path: Path) -> None:
    target = LocalTarget(tmp_path / "repository")
    done = create.run(on_postgresql, OPERATOR, target)
    with on_postgresql.read() as tx:
        ids = set(tx.records.ids())

    restored = restore.restore(target, on_postgresql.settings.keys, tmp_path / "new", index=False)

    assert (done.missing, restored.objects, restored.ledger_digest) == ((), done.objects, done.ledger_digest)
    back = open_archive(tmp_path / "new")
    try:
        assert back.settings.database_url.startswith("sqlite")
        with back.read() as tx:
            assert set(tx.records.ids()) == ids
        found = checking.verify(back, OPERATOR).findings
        assert [finding for finding in found if finding.kind != "index-unusable"] == []
    finally:
        back.close()


def test_what_has_not_changed_on_postgresql_is_not_copied_again(on_postgresql: Archive, tmp_path: Path) -> None:
    target = LocalTarget(tmp_path / "repository")
    first = create.run(on_postgresql, OPERATOR, target)
    second = create.run(on_postgresql, OPERATOR, target)
    assert second.objects_new == 0
    assert second.pieces_new < first.pieces_new / 3
    a_record(on_postgresql, "新的正文", title="新的")
    third = create.run(on_postgresql, OPERATOR, target)
    assert third.objects_new == 1
    assert third.pieces_new < first.pieces_new / 2
    assert check.check(target, keys.load(on_postgresql.settings.keys)).problems == ()


def test_a_copy_of_postgresql_is_of_one_moment_while_records_come_in(
    on_postgresql: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two tables something is committed: none of it is in the copy."""
    with on_postgresql.read() as tx:
        head, ids = tx.ledger.head(), set(tx.records.ids())
    came: list[str] = []
    batches = transfer._batches

    def meanwhile(connection: sa.Connection, table: sa.Table) -> Iterator[list[sa.RowMapping]]:
        if table.name in ("ledger", "records", "components"):
            came.append(a_record(on_postgresql, f"正文 {table.name}", title=table.name))
        return batches(connection, table)

    monkeypatch.setattr(transfer, "_batches", meanwhile)
    on_postgresql.tables.copy_to(tmp_path / "copy.db")

    assert len(came) == 3
    copied = Tables(f"sqlite:///{tmp_path}/copy.db")
    with copied.read() as tx:
        assert (tx.ledger.head(), set(tx.records.ids())) == (head, ids)
        assert list(tx.ledger.faults()) == []
    copied.close()


def test_a_server_that_goes_away_is_said_to_be_away_and_is_found_again() -> None:
    """Also by who asks for a lock, as the writer of the index does: its worker goes on."""
    if reason := postgresql.missing():
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="muniment-postgresql-"))
    try:
        with postgresql.serving(kept=folder) as server:
            tables = Tables(postgresql.database(server, "archive"))
            tables.migrate()
            with tables.alone(7) as ours:
                assert ours()
        for asked in (tables.read, tables.write, lambda: tables.alone(7)):
            with pytest.raises(Misconfigured, match="does not answer") as said, asked():
                pass
            assert said.value.code == "catalogue-away"
            assert str(folder) not in str(said.value), "where it is stands in the log"
        with postgresql.serving(kept=folder), tables.read() as tx, tables.alone(7) as ours:
            assert tx.ledger.head()[0] == 0
            assert ours()
        tables.close()
    finally:
        shutil.rmtree(folder)


def test_a_standby_that_may_only_be_read_is_not_taken_for_damage(database: str) -> None:
    tables = Tables(database)
    tables.migrate()
    tables.close()
    standby = Tables(f"{database}&options=-cdefault_transaction_read_only%3Don")

    with pytest.raises(Misconfigured) as said, standby.write() as tx:
        tx.meta.put("archive", "x")

    assert said.value.code == "catalogue-away"
    standby.close()
