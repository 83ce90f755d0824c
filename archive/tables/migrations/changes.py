"""Changes of tables that a database cannot make by itself, for migrations to use."""

import re

import sqlalchemy as sa
from alembic import op


def replace_check(table: str, name: str, condition: str) -> None:
    """Let the CHECK constraint `name` of a table demand `condition` from now on.

    `name` is the whole name, as in ck_records_lifecycle. SQLite cannot alter a CHECK: the text of the table is
    replaced in place, which its documentation allows for changes that leave the stored rows as they are
    (https://www.sqlite.org/lang_altertable.html, section 8). Rows that break the new condition are refused.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="check")  # `f`: the whole name, nothing is put before it
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition})")
        return
    text = _text_of(connection, table)
    start = re.search(rf"CONSTRAINT {name} CHECK \(", text)
    if start is None:
        raise LookupError(f"There is no constraint {name} on {table}.")
    _rewrite(connection, table, f"{text[: start.end()]}{condition}{text[_closing(text, start.end()) :]}")
    breaking = sa.select(sa.func.count()).select_from(sa.table(table)).where(sa.text(f"NOT ({condition})"))
    broken = connection.execute(breaking).scalar_one()
    if broken:
        raise ValueError(f"{broken} rows of {table} break {name}.")


def allow_null(table: str, column: str) -> None:
    """Let a column be NULL from now on; in SQLite in place, as `replace_check` does: no stored row changes by it."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.alter_column(table, column, nullable=True)
        return
    text = _text_of(connection, table)
    changed = re.sub(rf"(\b{column} [A-Z]+(?:\(\d+\))?) NOT NULL", r"\1", text, count=1)
    if changed == text:
        raise LookupError(f"{table}.{column} may be NULL already, or is written otherwise.")
    _rewrite(connection, table, changed)


def _text_of(connection: sa.Connection, table: str) -> str:
    return connection.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"), {"table": table}
    ).scalar_one()


def _rewrite(connection: sa.Connection, table: str, changed: str) -> None:
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :table"),
        {"sql": changed, "table": table},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def _closing(text: str, start: int) -> int:
    """Where the bracket that was opened just before `start` closes."""
    depth, quoted = 1, False
    for at in range(start, len(text)):
        char = text[at]
        if char == "'":
            quoted = not quoted
        elif not quoted:
            depth += (char == "(") - (char == ")")
            if depth == 0:
                return at
    raise LookupError("The constraint does not end.")
