"""Can questions be answered right now? Asked by machines that send people here; says nothing of what is kept."""

from collections.abc import Sequence

from archive.app import Archive
from archive.errors import ArchiveError
from indexer.errors import IndexerError


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
        archive.engine(index)
    except (ArchiveError, IndexerError):
        archive.forget_engine()
        return ["The index cannot be used."]
    return []
