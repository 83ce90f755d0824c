"""库房标签: stickers for cabinets, shelves and boxes, with the code to scan when papers are moved or counted."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import location_sheets
from archive.app import Archive
from archive.printing import SIZE_NAMES, Label, Printout, labels
from archive.reports import Asked, Say

TITLE = {"zh": "库房标签（柜签、层签、盒签）", "en": "Labels of places"}
GROUP = "preserve"
DUTY = Action.SEE_ARCHIVE
KINDS: Mapping[str, tuple[str, str]] = {
    "room": ("库房", "Room"),
    "cabinet": ("柜", "Cabinet"),
    "shelf": ("层", "Shelf"),
    "box": ("盒", "Box"),
}
ASKED: tuple[Asked, ...] = (
    Asked("place", "位置（地址或标签，默认全部）", "Place (address or label; default: all)", "place"),
    Asked("kind", "种类（默认全部）", "Kind (default: all)", options=KINDS),
    Asked("size", "标签尺寸", "Size of the labels", options=SIZE_NAMES),
    Asked("selection", "选定的档案所在的盒", "Boxes of a selection", "selection"),
)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    """Address, name and media beside the code, which is nothing but the id of the place."""
    places = (
        location_sheets.of_selection(archive, actor, asked["selection"])
        if asked["selection"]
        else [one.location for one in location_sheets.within(archive, actor, asked["place"])]
    )
    stickers = tuple(
        Label(one.address, tuple(filter(None, (one.name, one.media))), one.id)
        for one in places
        if asked["kind"] in ("", one.kind)
    )
    return Printout(say(TITLE["zh"], TITLE["en"]), (labels(stickers, asked["size"]),))
