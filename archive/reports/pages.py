"""页数核对报告: pages that should be there against pages counted, paper by paper; what is missing comes first (2.2)."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import page_counts
from archive.app import Archive
from archive.printing import Column, Printout, Signatures, Table
from archive.reports import Asked, Say

TITLE = {"zh": "页数核对报告", "en": "Page counts"}
GROUP = "preserve"
DUTY = Action.SEE_ARCHIVE
ASKED = (Asked("site", "项目（默认全部）", "Site (default: every one)", "site"),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    counts = page_counts.latest(archive, actor, site=asked["site"])
    rows = tuple(
        (
            number,
            one.record.archival_code or one.record.doc_number or "–",
            one.record.title,
            one.expected,
            one.pages,
            one.missing or "",
            one.at.astimezone().date(),
            one.by,
        )
        for number, one in enumerate(counts, 1)
    )
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("档号/文号", "Code"), 1.8),
        Column(say("题名", "Title"), 3),
        Column(say("应有页", "Should be"), 0.7, number=True),
        Column(say("实有页", "Counted"), 0.7, number=True),
        Column(say("缺页", "Missing"), 0.6, number=True),
        Column(say("清点日期", "Counted on"), 1),
        Column(say("依据", "At"), 1.4),
    )
    short = sum(one.missing > 0 for one in counts)
    about = (say(f"清点过 {len(counts)} 件，缺页 {short} 件", f"{len(counts)} papers counted, {short} lack pages"),)
    signatures = Signatures((say("检查人", "Checked by"), say("档案管理员", "Document controller")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows), signatures), about=about)
