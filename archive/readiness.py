"""Can questions be answered right now, and wholly? Asked by machines that send people here, by whoever runs the archive
and by the writer of the index; says nothing of what is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.app import Archive
from archive.errors import ArchiveError, Misconfigured
from archive.model import GONE
from archive.tables import Transaction
from indexer.engines import Engine
from indexer.errors import IndexAway, IndexerError

NOT_INDEXED = ("quarantined", "merged", *GONE)
"""States of a record to which no entry in the index belongs (INV-20)."""
SHORT_SHARE = 0.01
"""Of the records that should be in the index, so many may be missing before it is built anew without being asked."""
ANSWER_S = 1.0
"""A person who asks how the index is does not wait longer for the server that has it."""
INDEX_SHORT = "index-short"
"""Under this name the tables keep that records are missing in the index in use; empty while it is whole."""


def lacking(archive: Archive) -> Sequence[str]:
    """What is missing for the archive to answer, as sentences; empty when nothing is."""
    try:
        with archive.read() as tx:
            index = tx.meta.get("index")
    except ArchiveError:
        return ["The catalogue does not answer."]
    if index is None:
        return ["There is no index yet."]
    try:
        # Opened before, it may have gone since.
        archive.engine(index).count()
    except (ArchiveError, IndexerError):
        archive.forget_engine()
        return ["The index cannot be used."]
    return []


@dataclass(frozen=True, slots=True)
class IndexState:
    """`trouble` is empty, `gone`, `away` (its server does not answer) or `short`; while it is away, nobody knows what
    is missing."""

    trouble: str = ""
    missing: int = 0
    """Records that should be in the index by now and are not; all of them while it is gone."""


def index_state(archive: Archive) -> IndexState:
    """How the index in use is; nothing to tell while there has never been one."""
    with archive.read() as tx:
        name, awaited = tx.meta.get("index"), _awaited(tx)
    if name is None:
        return IndexState()
    try:
        missing = max(0, awaited - archive.engine(name).count(within_s=ANSWER_S))
    except IndexAway:
        return IndexState("away")
    except (IndexerError, Misconfigured):
        archive.forget_engine()
        return IndexState("gone", awaited)
    return IndexState("short" if missing else "", missing)


def falls_short(archive: Archive, index: Engine, tolerated: int = 0) -> int:
    """How many records are missing in an index, if so many that it must be built anew: more than before, and more than
    a few. Raises IndexBroken when it is gone, IndexAway."""
    with archive.read() as tx:
        awaited = _awaited(tx)
    missing = awaited - index.count()
    return missing if missing > max(tolerated, SHORT_SHARE * awaited) else 0


def is_whole(tx: Transaction) -> bool:
    """Does the index in use have everything, as far as its writer knows?"""
    return not tx.meta.get(INDEX_SHORT)


def _awaited(tx: Transaction) -> int:
    """How many records an index has at least that has done all it was asked for."""
    return max(0, tx.index_queue.settled(NOT_INDEXED) - tx.jobs.unread())
