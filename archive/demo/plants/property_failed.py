"""Whoever typed the date of a meeting wrote 2062 instead of 2026: the test of what came in finds it."""

from collections.abc import Iterable, Sequence

from archive import properties
from archive.app import Archive
from archive.demo.plants import Paper
from archive.intake import Claims

PAPERS = (
    Paper(
        "绿化补植协调会纪要.txt",
        "会议纪要\n议题:云麓花园中心绿地补植\n会议议定:由环境管理部安排雨季前补植,费用从年度预算列支。\n记录:环境管理部",
        Claims("中心绿地补植协调会纪要", "GL08", 1, "YL02", "HJB", issuer="环境管理部", document_date="2062-03-12"),
    ),
)


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    while properties.look_at_captured(archive):
        pass
    return ids
