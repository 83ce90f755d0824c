"""The database: its schema, its two kinds of transaction, its jobs."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import exc

from access import rules
from access.actors import OPERATOR
from access.rules import Action
from archive import tables
from archive.app import Archive
from archive.errors import Conflict, Misconfigured
from archive.tables import MIGRATIONS, Tables
from archive.tables.migrations.changes import replace_check
from archive.tables.schema import metadata
from tests.builders import a_record


def test_migrations_from_nothing_give_exactly_the_schema(tmp_path: Path) -> None:
    tables = Tables(f"sqlite:///{tmp_path / 'x.db'}")
    tables.migrate()
    tables.close()

    engine = sa.create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        options = {"include_object": _is_wanted}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    migrated = _checks(engine)
    engine.dispose()

    fresh = sa.create_engine("sqlite://")
    metadata.create_all(fresh)
    assert migrated == _checks(fresh)
    fresh.dispose()


def _is_wanted(thing: Any, name: str, kind: str, reflected: bool, known: object) -> bool:
    """Not what only programs before the present one still use."""
    if not reflected or known is not None:
        return True
    steps = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    unused = {one for step in steps for one in getattr(step.module, "unused", ())}
    return (f"{thing.table.name}.{name}" if kind == "column" else name) not in unused


def _checks(engine: sa.Engine) -> set[tuple[str, str, str]]:
    """Every CHECK of a database: comparing the metadata does not look at them."""
    seen = sa.inspect(engine)
    return {
        (table, str(check["name"]), " ".join(check["sqltext"].split()))
        for table in seen.get_table_names()
        for check in seen.get_check_constraints(table)
    }


def test_a_check_is_replaced_and_old_rows_are_held_to_it(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a TEXT, b INTEGER, CONSTRAINT ck_t_a CHECK (a IN ('x', 'y)')))")
        connection.exec_driver_sql("INSERT INTO t (a) VALUES ('x')")
        with Operations.context(MigrationContext.configure(connection)):
            replace_check("t", "ck_t_a", "a IN ('x', 'z')")
            with pytest.raises(ValueError, match="1 rows"):
                replace_check("t", "ck_t_a", "a IN ('z')")
            replace_check("t", "ck_t_a", "a IN ('x', 'z')")
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO t (a, b) VALUES ('z', 1)")
        with pytest.raises(exc.IntegrityError):
            connection.exec_driver_sql("INSERT INTO t (a) VALUES ('y)')")
    engine.dispose()


def test_migrating_twice_changes_nothing(archive: Archive) -> None:
    before = archive.tables.version()

    archive.tables.migrate()

    assert archive.tables.version() == before
    assert before[0] == before[1]


def test_a_reader_sees_one_state_while_a_writer_commits(archive: Archive) -> None:
    with archive.read() as reading:
        assert reading.meta.get("x") is None
        with archive.write() as writing:
            writing.meta.put("x", "1")
        assert reading.meta.get("x") is None
    with archive.read() as reading:
        assert reading.meta.get("x") == "1"


def test_many_writers_take_turns_and_none_is_lost(archive: Archive) -> None:
    """Each reads before it writes, which dead-locks or loses updates unless the lock is taken at the beginning."""

    def count_up() -> None:
        for _ in range(25):
            with archive.write() as tx:
                tx.meta.put("n", str(int(tx.meta.get("n") or 0) + 1))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with archive.read() as tx:
        assert tx.meta.get("n") == "100"


def test_a_write_inside_a_write_is_a_mistake_of_ours(archive: Archive) -> None:
    with pytest.raises(RuntimeError, match="inside"), archive.write(), archive.write():
        pass


def test_a_database_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be opened"), Tables(f"sqlite:///{tmp_path}/no/x.db").read():
        pass
    with pytest.raises(Misconfigured, match="database setting"):
        Tables("mongodb://somewhere")


def test_a_postgresql_address_is_taken() -> None:
    assert Tables("postgresql+psycopg://nobody@localhost/none").url.startswith("postgresql")


def test_a_job_is_claimed_once_and_again_when_its_lease_runs_out(archive: Archive) -> None:
    at, lease = archive.now(), timedelta(minutes=1)
    with archive.write() as tx:
        tx.jobs.add(at, "read", component="c")

    with archive.write() as tx:
        first = tx.jobs.claim(at, "one", lease, ["read"])
        assert first is not None
        assert tx.jobs.claim(at, "two", lease, ["read"]) is None
        again = tx.jobs.claim(at + 2 * lease, "two", lease, ["read"])
    assert again is not None
    assert (again.id, again.attempts) == (first.id, 2)


def test_urgent_jobs_overtake_a_mass_import(archive: Archive) -> None:
    at = archive.now()
    with archive.write() as tx:
        for n in range(3):
            tx.jobs.add(at, "read", priority=9, component=f"bulk{n}")
        tx.jobs.add(at, "read", priority=0, component="urgent")
        job = tx.jobs.claim(at, "w", timedelta(minutes=1), ["read"])

    assert job is not None
    assert job.payload == {"component": "urgent"}


def test_a_record_asked_for_again_while_it_is_indexed_stays_in_the_queue(archive: Archive) -> None:
    from tests.builders import a_record

    record_id = a_record(archive)
    with archive.write() as tx:
        tx.index_queue.add(record_id, archive.now())
        wanted = tx.index_queue.next(10)
        tx.index_queue.add(record_id, archive.now())
        tx.index_queue.done(wanted)
        assert tx.index_queue.ids() == {record_id}
        tx.index_queue.done(tx.index_queue.next(10))
        assert tx.index_queue.ids() == frozenset()


def test_the_tables_refuse_a_filed_record_without_a_class(archive: Archive) -> None:
    """INV-03: what must not be, cannot be."""
    from tests.builders import an_unfiled_record

    record_id = an_unfiled_record(archive, "text")
    with pytest.raises(Conflict), archive.write() as tx:
        tx.connection.execute(sa.text("UPDATE records SET lifecycle = 'filed' WHERE id = :id"), {"id": record_id})


def test_files_captured_before_there_were_versions_are_first_versions_now(tmp_path: Path) -> None:
    """The step that makes the table of components anew keeps its rows, and what refers to them."""
    tables = Tables(f"sqlite:///{tmp_path / 'x.db'}")
    tables.migrate("0001")
    with tables.write() as tx:
        for statement in (
            "INSERT INTO objects VALUES ('d', 'a', 1, 1, x'00', 'kept', 0)",
            "INSERT INTO records VALUES ('r','t','captured',2,0,NULL,'','','','','[]',NULL,'',7,'operator',1,'')",
            "INSERT INTO components VALUES ('c','r','f','m',1,'d',NULL,1,1,'[]')",
            "INSERT INTO renditions VALUES ('c',1,960,'d')",
        ):
            tx.connection.execute(sa.text(statement))

    tables.migrate()

    with tables.read() as tx:
        (component,) = tx.records.components_of(["r"])["r"]
        assert (component.id, component.part, component.version, component.current) == ("c", 1, 1, True)
        assert component.added_by == "operator"
        assert tx.records.rendition("c", 1, 960) == "d"
        assert list(tx.connection.execute(sa.text("PRAGMA foreign_key_check"))) == []
    tables.close()


def test_any_number_of_records_may_be_asked_about(archive: Archive) -> None:
    known = a_record(archive)
    asked = [f"{n:016}" for n in range(260_000)]

    with archive.read() as tx:
        found = tx.records.admitted([*asked, known], rules.scope(OPERATOR, Action.FIND))

    assert set(found) == {known}


def test_a_thread_is_told_whether_anything_was_committed_since_it_last_asked(archive: Archive) -> None:
    with archive.tables.changes() as changed:
        assert changed(), "the first time it cannot know"
        assert not changed()
        with archive.write() as tx:
            tx.meta.put("what", "is new")
        assert changed()
        assert not changed()


def test_whoever_waits_too_long_for_their_turn_is_told_so_and_whoever_comes_after_the_turn_is_over_is_not(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = Tables(archive.tables.url)
    monkeypatch.setattr(tables, "BUSY_TIMEOUT_MS", 20)
    with archive.write() as tx:
        tx.meta.put("what", "first")
        with pytest.raises(Conflict) as refused, others.write():
            pass
    assert refused.value.code == "busy"

    with others.write() as tx:
        assert tx.meta.get("what") == "first"
    others.close()
