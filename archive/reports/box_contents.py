"""盒内目录（卷内目录）: what lies in a box or on a shelf, line by line."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import location_sheets
from archive.app import Archive
from archive.printing import Block, Column, NewPage, Printout, Signatures, Table, Words
from archive.reports import Asked, Say

TITLE = {"zh": "盒内目录", "en": "Contents of a box"}
GROUP = "preserve"
DUTY = Action.SEE_ARCHIVE
ASKED: tuple[Asked, ...] = (Asked("place", "位置（地址或标签）", "Place (address or label)", needed=True),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("文件编号", "Number"), 1.8),
        Column(say("责任者", "Issued by"), 1.4),
        Column(say("文件题名", "Title"), 3.4),
        Column(say("日期", "Date"), 0.9),
        Column(say("页数", "Pages"), 0.6, number=True),
        Column(say("备注", "Remarks"), 1),
    )
    blocks: list[Block] = []
    found = location_sheets.contents(archive, actor, asked["place"])
    for number, (place, lines) in enumerate(found):
        if number:
            blocks.append(NewPage())
        rows = tuple(
            (
                at,
                record.archival_code or record.doc_number,
                record.issuer,
                record.title,
                f"{record.document_date:%Y%m%d}" if record.document_date else "",
                pages or None,
                "",
            )
            for at, (record, pages) in enumerate(lines, 1)
        )
        blocks += [Words(f"{place.address}  {place.name}".strip(), heading=True), Table(columns, rows)]
        blocks.append(Signatures((say("整理（立卷）人", "Arranged by"), say("检查人", "Checked by"))))
    return Printout(say(TITLE["zh"], TITLE["en"]), tuple(blocks))
