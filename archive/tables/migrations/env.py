"""Alembic runs every migration in the transaction that `Tables.migrate` opened."""

from alembic import context

from archive.tables.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
