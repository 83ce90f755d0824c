"""一分钟检索演练报告: what was drawn, who looked for it, how long it took, and how fast searches are beside it."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import drills
from archive.app import Archive
from archive.errors import NotFound
from archive.printing import Printout
from archive.reports import Asked, Say
from archive.tables.drills import NO_SUCH_DRILL

TITLE = {"zh": "一分钟检索演练报告", "en": "Retrieval drill report"}
GROUP = "statistics"
DUTY = Action.RUN_DRILLS
ASKED = (Asked("number", "演练编号（默认最近一次）", "Number of the drill (default: the latest)"),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    wanted = (one for one in drills.every(archive, actor) if asked["number"] in ("", one.drill.number))
    shown = next(wanted, None)
    if shown is None:
        raise NotFound(NO_SUCH_DRILL)
    return drills.printout(archive, shown.drill, shown.records, zh=say("zh", "en") == "zh")
