"""The last management review of the company was held fourteen months ago."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from archive import measures, people
from archive.app import Archive
from archive.demo.plants import Paper

PAPERS: tuple[Paper, ...] = ()


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:  # noqa: ARG001 — it needs no papers
    keeper = people.named(archive, "shenyanqiu")
    day = (archive.now().astimezone().date() - timedelta(days=425)).isoformat()
    one = measures.plan(archive, keeper, "management", title="年度管理评审", on=day, lead="mengjinglan")
    measures.hold(archive, keeper, one.id, on=day)
    return ("management-review",)
