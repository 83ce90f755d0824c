"""二维码标签: stickers for papers, with the code that a scanner or a telephone reads at the counter."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import labelling
from archive.app import Archive
from archive.loan_sheets import LEVELS
from archive.printing import SIZE_NAMES, Label, Printout, labels
from archive.reports import Asked, Say

TITLE = {"zh": "二维码标签", "en": "QR labels"}
GROUP = "receive"
DUTY = Action.SEE_INTAKE
ASKED: tuple[Asked, ...] = (
    Asked("record", "档号、文号或标签代码", "Reference code, document number or code on the label", "record"),
    Asked("location", "架位开头", "Shelf address begins with"),
    Asked("size", "标签尺寸", "Size of the labels", options=SIZE_NAMES),
    Asked("selection", "选定的档案", "Selection", "selection"),
)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    """Reference code or number, title, level and shelf beside the code, which is nothing but the id of the record."""
    stickers = tuple(
        Label(
            one.archival_code or one.doc_number or _short(one.title, 40),
            (
                *([_short(one.title, 40)] if one.archival_code or one.doc_number else []),
                f"{say(*LEVELS[one.level])}  {one.shelf_location}",
            ),
            one.id,
        )
        for one in labelling.papers(
            archive, actor, record_id=asked["record"], location=asked["location"], selection=asked["selection"]
        )
    )
    return Printout(say(TITLE["zh"], TITLE["en"]), (labels(stickers, asked["size"]),))


def _short(text: str, most: int) -> str:
    """So much of it as a label has room for; that something is left out is seen."""
    return text if len(text) <= most else text[: most - 1] + "…"
