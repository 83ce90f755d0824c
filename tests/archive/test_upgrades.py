"""Machines are upgraded one after the other: a step of the tables leaves the program before it at work, or says so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from access.actors import OPERATOR
from archive import founding, moving_database
from archive.app import Archive, open_archive
from archive.errors import Misconfigured
from archive.tables import MIGRATIONS, SURVIVES, Tables
from tests.builders import a_record

LAST_UNDECLARED = "0040"


@dataclass(frozen=True, slots=True)
class Step:
    """What a migration says of the programs before it."""

    revision: str
    survived_by: str | None
    unused: tuple[str, ...] = ()
    satisfied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    columns: Mapping[str, tuple[str, bool, bool]]
    """Its type, may it be NULL, may an INSERT leave it out."""
    checks: Mapping[str, str]
    demands: frozenset[tuple[str, tuple[str, ...]]]
    """Unique columns and foreign keys."""


def faults(step: Step, before: Mapping[str, Table], after: Mapping[str, Table], gone: frozenset[str]) -> Iterator[str]:
    """In what the tables after a step are too narrow for a program before it that was to survive.

    `gone` is what no program uses any more that `survived_by` names.
    """
    for name, table in before.items():
        if name not in after:
            if name not in gone:
                yield f"{name} is dropped"
            continue
        now = after[name]
        yield from _columns(name, table, now, gone)
        for check, text in now.checks.items():
            if table.checks.get(check) != text and check not in step.satisfied:
                yield f"{check} is new or another, and not said to be satisfied"
        for kind, columns in now.demands - table.demands:
            if not any(column not in table.columns and now.columns[column][1] for column in columns):
                yield f"{name} {', '.join(columns)}: {kind}"
    for name in step.unused:
        table, _, column = name.partition(".")
        if table not in after or (column and not after[table].columns[column][2]):
            yield f"{name} cannot be left out"


def _columns(name: str, before: Table, after: Table, gone: frozenset[str]) -> Iterator[str]:
    for column, (kind, null, absent) in before.columns.items():
        if column not in after.columns:
            if f"{name}.{column}" not in gone:
                yield f"{name}.{column} is dropped"
            continue
        kind_now, null_now, absent_now = after.columns[column]
        if kind_now != kind or (null and not null_now) or (absent and not absent_now):
            yield f"{name}.{column} is narrower"
    for column in after.columns.keys() - before.columns.keys():
        if not after.columns[column][2]:
            yield f"{name}.{column} cannot be left out"


def seen(connection: sa.Connection) -> dict[str, Table]:
    look = sa.inspect(connection)
    return {
        name: Table(
            {
                column["name"]: (str(column["type"]), column["nullable"], _left_out(column))
                for column in look.get_columns(name)
            },
            {str(check["name"]): " ".join(check["sqltext"].split()) for check in look.get_check_constraints(name)},
            frozenset(_demands(look, name)),
        )
        for name in look.get_table_names()
    }


def _left_out(column: Any) -> bool:
    return column["nullable"] or column["default"] is not None or bool(column["primary_key"])


def _demands(look: sa.Inspector, table: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key in look.get_foreign_keys(table):
        yield "foreign key", tuple(key["constrained_columns"])
    for unique in [*look.get_unique_constraints(table), *(one for one in look.get_indexes(table) if one["unique"])]:
        yield "unique", tuple(str(name) for name in unique["column_names"])


def _steps() -> list[Step]:
    script = ScriptDirectory(str(MIGRATIONS))
    return [_step(revision.module) for revision in reversed([*script.walk_revisions()])]


def _step(module: ModuleType) -> Step:
    def said(name: str, otherwise: Any) -> Any:
        return getattr(module, name, otherwise)

    return Step(module.revision, said("survived_by", None), said("unused", ()), said("satisfied", ()))


def test_every_step_says_which_programs_survive_it_and_they_can(tmp_path: Path) -> None:
    tables = Tables(f"sqlite:///{tmp_path / 'x.db'}")
    tables.migrate(LAST_UNDECLARED)
    survived, unused = LAST_UNDECLARED, dict[str, str]()
    for step in (one for one in _steps() if one.revision > LAST_UNDECLARED):
        assert step.survived_by is not None, (
            f"The migration {step.revision} must say survived_by = '{survived}', or = revision if everything has to "
            "be stopped for it; see archive/tables/migrations/__init__.py."
        )
        assert survived <= step.survived_by <= step.revision, f"{step.revision}: survived_by goes back, or ahead"
        with tables.read() as tx:
            before = seen(tx.connection)
        tables.migrate(step.revision)
        with tables.read() as tx:
            after = seen(tx.connection)
        survived, since = step.survived_by, step.survived_by
        gone = frozenset(name for name, version in unused.items() if version <= since)
        if step.survived_by < step.revision:
            assert list(faults(step, before, after, gone)) == [], step.revision
        unused |= dict.fromkeys(step.unused, step.revision)
    tables.close()


@pytest.mark.parametrize("revision", ["0044", "0054"])
def test_programs_that_do_not_know_what_the_tables_say_now_do_not_survive_it(revision: str) -> None:
    """Before 0044 a program could not show a notice of a kind that came with it, before 0054 no repair case whose
    paper is lost: their pages failed."""
    assert next(one for one in _steps() if one.revision == revision).survived_by == revision


@pytest.mark.parametrize(
    ("statements", "refused"),
    [
        (["ALTER TABLE t ADD COLUMN c TEXT"], ""),
        (["ALTER TABLE t ADD COLUMN c TEXT NOT NULL DEFAULT ''"], ""),
        (["CREATE TABLE u (c TEXT NOT NULL)"], ""),
        (["CREATE INDEX ix_t_a ON t (a)"], ""),
        (["ALTER TABLE t ADD COLUMN c TEXT REFERENCES t (a)"], ""),
        (["CREATE UNIQUE INDEX ix_t_a ON t (a)"], "t a: unique"),
        (["ALTER TABLE t DROP COLUMN a"], "t.a is dropped"),
        (["ALTER TABLE t DROP COLUMN idle"], ""),
        (["ALTER TABLE t RENAME TO v"], "t is dropped"),
        (["ALTER TABLE t RENAME COLUMN a TO z"], "t.a is dropped"),
        (["DROP TABLE t", "CREATE TABLE t (a TEXT NOT NULL)"], "t.a is narrower"),
        (["DROP TABLE t", "CREATE TABLE t (a INTEGER)"], "t.a is narrower"),
        (["DROP TABLE t", "CREATE TABLE t (a TEXT, c TEXT NOT NULL)"], "t.c cannot be left out"),
        (["DROP TABLE t", "CREATE TABLE t (a TEXT, CONSTRAINT ck_t_new CHECK (a <> ''))"], "ck_t_new"),
        (["DROP TABLE t", "CREATE TABLE t (a TEXT, CONSTRAINT ck_t_said CHECK (a <> ''))"], ""),
    ],
)
def test_a_step_may_add_what_can_be_left_out_and_take_away_what_nobody_uses(
    statements: Sequence[str], refused: str
) -> None:
    step = Step("0002", "0001", satisfied=("ck_t_said",))
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a TEXT, idle TEXT)")
        before = seen(connection)
        for statement in statements:
            connection.exec_driver_sql(statement)
        after = seen(connection)
    engine.dispose()

    found = " ".join(faults(step, before, after, frozenset({"t.idle"})))
    assert found.startswith(refused) if refused else found == ""


def test_what_is_not_used_any_more_has_to_be_left_out_of_what_is_written() -> None:
    table = Table({"a": ("TEXT", False, False), "b": ("TEXT", True, True)}, {}, frozenset())

    found = list(faults(Step("0002", "0001", unused=("t.a", "t.b", "t")), {"t": table}, {"t": table}, frozenset()))

    assert found == ["t.a cannot be left out"]


def _upgraded_by_others(archive: Archive, survived_by: str) -> None:
    """As a later program leaves the tables of this one."""
    with archive.write() as tx:
        tx.meta.put(SURVIVES, survived_by)
        tx.connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))


def test_a_program_that_is_not_upgraded_yet_starts_and_works_on_tables_that_are(archive: Archive, home: Path) -> None:
    _upgraded_by_others(archive, archive.tables.version()[1])

    founding.found(home)
    still = open_archive(home)
    record_id = a_record(still)

    with still.read() as tx:
        assert tx.records.get(record_id).id == record_id
    still.close()


def test_a_program_that_does_not_survive_an_upgrade_does_not_start(archive: Archive, home: Path) -> None:
    _upgraded_by_others(archive, "9998")

    with pytest.raises(Misconfigured, match="upgrade this program"):
        open_archive(home)
    with pytest.raises(Misconfigured, match="9999"):
        founding.found(home)


def test_tables_that_were_brought_up_to_date_know_who_may_still_work_on_them(tmp_path: Path) -> None:
    tables = Tables(f"sqlite:///{tmp_path / 'x.db'}")
    tables.migrate("0039")
    with tables.read() as tx:
        assert tx.meta.get(SURVIVES) is None, "nobody was at work on what was not there"

    tables.migrate("0040")

    with tables.read() as tx:
        assert tx.meta.get(SURVIVES) == "0040", "a step that says nothing is survived by nobody"
    tables.close()


def test_a_program_that_is_too_old_for_the_tables_copies_no_catalogue_it_knows_only_in_part(
    archive: Archive, tmp_path: Path
) -> None:
    _upgraded_by_others(archive, archive.tables.version()[1])

    with pytest.raises(Misconfigured, match="upgraded already"):
        moving_database.move_database(archive, OPERATOR, f"sqlite:///{tmp_path / 'other.db'}")
    assert not (tmp_path / "other.db").exists()
