"""What was filed is learned from, so that the next paper of its kind suggests its class."""

import logging
from collections.abc import Iterator, Sequence

from archive import learning, records, suggesting
from archive.app import Archive
from archive.errors import Corrupt, NotFound

log = logging.getLogger("muniment.teaching")

PAPERS_MAX = 4000
"""The newest so many are learned from: ways of filing change."""
LEVEL_MAX = 2
"""Nothing is learned from the core secrets."""
GROWTH = 1.1
"""It is learned anew when there is so much more to learn from."""


def learn(archive: Archive) -> None:
    """Learn from what is filed now, unless what is known comes from nearly the same. Safe to repeat."""
    with archive.read() as tx:
        papers = tx.records.first_papers(level_max=LEVEL_MAX, limit=PAPERS_MAX)
    known = archive.lessons
    if known is not None and known.learned_from <= len(papers) < known.learned_from * GROWTH:
        return
    archive.lessons = learning.learn(_samples(archive, papers))


def _samples(archive: Archive, papers: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    for code, file_name, digest in papers:
        try:
            pages = suggesting.normalised(records.read_pages(archive, digest)[:1])
        except (Corrupt, NotFound) as error:
            log.error("a text cannot be learned from: %s", error)
            continue
        yield code, learning.sample(file_name, "".join(pages))
