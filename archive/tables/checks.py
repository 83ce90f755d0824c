"""What verification and moving ask of the tables. In parts, so that memory does not grow with the archive."""

from collections.abc import Mapping, Sequence
from dataclasses import fields

import sqlalchemy as sa

from archive.model.lives import Life
from archive.tables.objects import StoredObject
from archive.tables.schema.jobs import jobs
from archive.tables.schema.objects import objects
from archive.tables.schema.records import components, records


def kept_after(connection: sa.Connection, digest: str, limit: int) -> Sequence[StoredObject]:
    """Kept objects in order of digest, from the one after `digest` on."""
    rows = connection.execute(
        sa.select(
            objects.c.digest, objects.c.address, objects.c.size_bytes, objects.c.stored_bytes, objects.c.wrapped_key
        )
        .where(objects.c.digest > digest, objects.c.state == "kept")
        .order_by(objects.c.digest)
        .limit(limit)
    )
    return [StoredObject(*row, kept=True) for row in rows]


def unknown(connection: sa.Connection, addresses: Sequence[str]) -> Sequence[str]:
    """Those of these addresses that no object has."""
    known = set(connection.execute(sa.select(objects.c.address).where(objects.c.address.in_(addresses))).scalars())
    return [address for address in addresses if address not in known]


def unkept(connection: sa.Connection) -> Sequence[tuple[str, str]]:
    """Components whose content or text is not a kept object, each with the digest."""
    found: list[tuple[str, str]] = []
    for digest in (components.c.digest, components.c.text_digest):
        rows = connection.execute(
            sa.select(components.c.id, digest)
            .outerjoin(objects, (objects.c.digest == digest) & (objects.c.state == "kept"))
            .where(digest.is_not(None), objects.c.digest.is_(None))
        )
        found += [(row[0], row[1]) for row in rows]
    return sorted(found)


_LIFE = tuple(field.name for field in fields(Life))


def lives_after(connection: sa.Connection, record_id: str, limit: int) -> Mapping[str, Life]:
    """What records are, in order of id, from the one after `record_id` on."""
    # A record without a class has none in the tables; the ledger says so with an empty word.
    said = [sa.func.coalesce(records.c[name], "") if name == "class_code" else records.c[name] for name in _LIFE]
    question = sa.select(records.c.id, *said).where(records.c.id > record_id).order_by(records.c.id).limit(limit)
    return {row[0]: Life(*row[1:]) for row in connection.execute(question)}


def unread(connection: sa.Connection) -> frozenset[str]:
    """Records with a file that has yet to be read, or could not be: the index cannot know them."""
    payloads = connection.execute(sa.select(jobs.c.payload).where(jobs.c.kind == "read")).scalars()
    waiting = {payload["component"] for payload in payloads}
    rows = connection.execute(sa.select(components.c.id, components.c.record_id))
    return frozenset(record_id for component_id, record_id in rows if component_id in waiting)
