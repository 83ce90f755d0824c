"""Write the first migration anew from the schema, so that migrating from nothing gives exactly the tables.

    .venv/bin/python tools/make_migration.py

For the time before the first release: from then on a migration that was published never changes again, and
what the schema gains is a migration of its own.
"""

import re
import sys
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

from archive.tables.schema import metadata

FILE = Path(__file__).parent.parent / "archive" / "tables" / "migrations" / "versions" / "0001_first_tables.py"

HEAD = '''"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
'''

TRIGGERS = """    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ledger_no_{change.lower()} BEFORE {change} ON ledger "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the ledger is only ever added to'; END $$"
        )
        op.execute(
            "CREATE TRIGGER ledger_only_added BEFORE UPDATE OR DELETE ON ledger "
            "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
        )
"""
"""The ledger defends itself, whoever holds the connection."""


def migration() -> str:
    """The text of the first migration as the schema is now."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
        operations = produce_migrations(context, metadata).upgrade_ops
    engine.dispose()
    assert operations is not None
    body = render_python_code(operations, migration_context=context)
    # Instant is ours; on every database it is a whole number.
    return HEAD + "    " + re.sub(r"archive\.tables\.schema\.Instant\(\)", "sa.BigInteger()", body) + "\n" + TRIGGERS


def main() -> int:
    FILE.write_text(migration(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
