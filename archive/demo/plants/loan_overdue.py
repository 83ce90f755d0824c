"""What was lent last week for four days, on a clock that stood seven days back, has not come back."""

from collections.abc import Iterable, Sequence

from archive.app import Archive
from archive.demo import desk_work
from archive.demo.plants import Paper

PAPERS: tuple[Paper, ...] = ()


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:  # noqa: ARG001 — it was lent before the plants
    return desk_work.overdue(archive)
