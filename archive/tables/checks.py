"""What verification asks of the tables, and nobody else."""

import sqlalchemy as sa

from archive.tables.schema import components, jobs


def unread(connection: sa.Connection) -> frozenset[str]:
    """Records with a file that has yet to be read, or could not be: the index cannot know them."""
    payloads = connection.execute(sa.select(jobs.c.payload).where(jobs.c.kind == "read")).scalars()
    waiting = {payload["component"] for payload in payloads}
    rows = connection.execute(sa.select(components.c.id, components.c.record_id))
    return frozenset(record_id for component_id, record_id in rows if component_id in waiting)
