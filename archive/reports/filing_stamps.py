"""归档章: the filing stamp of each record of a batch, to be stuck on its first page."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import registers
from archive.app import Archive
from archive.printing import Label, Labels, Printout
from archive.reports import Asked, Say

TITLE = {"zh": "归档章", "en": "Filing stamps"}
GROUP = "arrange"
DUTY = Action.SEE_ARCHIVE
ASKED = (Asked("batch", "入库批次号", "Number of the batch", needed=True),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    stickers = tuple(
        Label(
            line.record.archival_code,
            (
                say("全宗号 ", "Fonds ") + f"{line.stamp.fonds}  " + say("年度 ", "Year ") + line.stamp.year,
                say("件号 ", "Item ") + f"{line.stamp.item}  " + say("页数 ", "Pages ") + str(line.stamp.pages),
                say("机构 ", "Department ")
                + f"{line.stamp.department}  "
                + say("期限 ", "Period ")
                + line.stamp.period,
            ),
            line.record.archival_code,
        )
        for line in registers.stamps(archive, actor, asked["batch"])
    )
    return Printout(say(TITLE["zh"], TITLE["en"]), (Labels(stickers),))
