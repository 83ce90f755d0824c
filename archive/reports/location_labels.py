"""库房标签: stickers for cabinets, shelves and boxes, with the code to scan when papers are moved or counted."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import location_sheets
from archive.app import Archive
from archive.printing import Label, Printout, labels
from archive.reports import Asked, Say

TITLE = {"zh": "库房标签（柜签、层签、盒签）", "en": "Labels of places"}
DUTY = Action.SEE_ARCHIVE
ASKED: tuple[Asked, ...] = (
    Asked("place", "位置（地址或标签，默认全部）", "Place (address or label; default: all)"),
    Asked("kind", "种类：room 库房、cabinet 柜、shelf 层、box 盒", "Kind: room, cabinet, shelf, box"),
    Asked(
        "size",
        "标签尺寸（毫米）：70x37、105x57、52x30，单张 60x40、50x30",
        "Size in mm: 70x37, 105x57, 52x30; single 60x40, 50x30",
    ),
)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    """Address, name and media beside the code, which is nothing but the id of the place."""
    stickers = tuple(
        Label(one.location.address, tuple(filter(None, (one.location.name, one.location.media))), one.location.id)
        for one in location_sheets.within(archive, actor, asked["place"])
        if asked["kind"] in ("", one.location.kind)
    )
    return Printout(say(TITLE["zh"], TITLE["en"]), (labels(stickers, asked["size"]),))
