"""盘点表: what should lie where, what was seen, pages, condition, and how each difference is explained."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import stocktaking
from archive.app import Archive
from archive.errors import NotFound
from archive.printing import Printout
from archive.reports import Asked, Say
from archive.tables.stocktakes import NO_SUCH_STOCKTAKE

TITLE = {"zh": "盘点表", "en": "Stocktake"}
GROUP = "preserve"
DUTY = Action.SEE_ARCHIVE
ASKED = (Asked("number", "盘点编号（默认最近一次）", "Number of the stocktake (default: the latest)"),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    wanted = (one for one in stocktaking.every(archive, actor) if asked["number"] in ("", one.stocktake.number))
    shown = next(wanted, None)
    if shown is None:
        raise NotFound(NO_SUCH_STOCKTAKE, "no-such-stocktake")
    return stocktaking.printout(shown, say)
