"""Write the migration from the tables as the migrations make them to the schema as the code has it.

    make migration NAME=what_it_does

New tables, columns and indexes are found by comparing. A changed CHECK is not: write it by hand with
`archive.tables.migrations.changes.replace_check`. What `survived_by` promises is said in `archive.tables.migrations`;
change it to `revision` if the programs of before must be stopped. A migration that others already have never changes
again.
"""

import re
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

from archive.tables import Tables
from archive.tables.schema import metadata

FOLDER = Path(__file__).parent.parent / "archive" / "tables" / "migrations" / "versions"

TEMPLATE = '''"""{title}."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None
survived_by = "{before}"


def upgrade() -> None:
    {body}
'''


def delta() -> str:
    """The operations that lead from the migrated tables to the schema, as code."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/now.db"
        tables = Tables(url)
        tables.migrate()
        tables.close()
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
            operations = produce_migrations(context, metadata).upgrade_ops
        engine.dispose()
    assert operations is not None
    code = render_python_code(operations, migration_context=context)
    body = "\n".join(line for line in code.splitlines() if not line.strip().startswith("# ###")).strip()
    # Instant is ours; on every database it is a whole number.
    return re.sub(r"archive\.tables\.schema\.columns\.Instant\(\)", "sa.BigInteger()", body)


def main() -> int:
    if len(sys.argv) != 2 or not re.fullmatch(r"[a-z0-9_]+", sys.argv[1]):
        print("usage: make migration NAME=what_it_does", file=sys.stderr)
        return 2
    name = sys.argv[1]
    last = max(file.name[:4] for file in FOLDER.glob("[0-9]*.py"))
    revision = f"{int(last) + 1:04}"
    title = name.replace("_", " ").capitalize()
    file = FOLDER / f"{revision}_{name}.py"
    file.write_text(TEMPLATE.format(title=title, revision=revision, before=last, body=delta()), "utf-8")
    print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
