"""The files inside a file become components of their own: attachments of a mail, members of an archive.

Reading a file again bears nothing twice: a child is known by its bytes within its parent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from archive import naming
from archive.app import Archive
from archive.model import Component, new_id
from archive.objects import Kept
from archive.tables import Transaction
from archive.tables.jobs import INSIDE
from indexer import limits
from indexer.text import Child

PLACE_MAX = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """A file found in another, its bytes safe."""

    place: str
    kept: Kept


@dataclass(frozen=True, slots=True)
class Inside:
    """What is inside one file, and how much of it there was no room for."""

    found: Sequence[Found]
    left_out: int


def keep(archive: Archive, parent: Component, children: Sequence[Child]) -> Inside:
    """Keep the bytes of each child, as far as one file may weigh with all that is inside it, however deep."""
    if not children:
        return Inside((), 0)
    if parent.depth >= limits.NESTING_MAX:
        return Inside((), sum(bool(child.content) for child in children))
    with archive.read() as tx:
        known = {one.digest for one in tx.records.inside(parent.id)}
        count, weight = tx.records.weight_inside(parent.root_id or parent.id)
    found: list[Found] = []
    left_out = 0
    for child in children:
        if not child.content:
            continue
        kept = archive.objects.keep(BytesIO(child.content))
        if kept.digest not in known:
            if count >= limits.INSIDE_MAX or weight + kept.size_bytes > limits.INSIDE_BYTES_MAX:
                left_out += 1
                continue
            count, weight = count + 1, weight + kept.size_bytes
            known.add(kept.digest)
        found.append(Found(naming.clean(child.name)[-PLACE_MAX:], kept))
    return Inside(found, left_out)


def bear(archive: Archive, tx: Transaction, parent: Component, inside: Inside) -> None:
    """In the caller's transaction: what is not known yet becomes a component below its parent, and is read."""
    if not inside.found:
        return
    there = tx.records.inside(parent.id)
    known, position = {one.digest for one in there}, max((one.position for one in there), default=0)
    for one in inside.found:
        if one.kept.digest in known:
            continue
        known.add(one.kept.digest)
        position += 1
        one.kept.declare(tx)
        child = Component(
            new_id(),
            parent.record_id,
            naming.safe_name(one.place),
            "application/octet-stream",
            one.kept.size_bytes,
            one.kept.digest,
            part=parent.part,
            version=parent.version,
            current=parent.current,
            added_at=archive.now(),
            added_by=parent.added_by,
            parent_id=parent.id,
            root_id=parent.root_id or parent.id,
            place=one.place,
            position=position,
            depth=parent.depth + 1,
        )
        tx.records.add_component(child)
        tx.jobs.add(archive.now(), "read", priority=INSIDE, component=child.id)
