"""八防检查表: the latest inspection of a store-room item by item, or a blank one to take along."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import inspections, locations
from archive.app import Archive
from archive.printing import Block, Column, Facts, Printout, Signatures, Table
from archive.reports import Asked, Say
from archive.room_words import RESULTS

TITLE = {"zh": "库房八防检查表", "en": "Inspection of a store-room"}
GROUP = "preserve"
DUTY = Action.SEE_ARCHIVE
ASKED = (
    Asked("place", "库房（地址或标签）", "Store-room (address or label)", "room", needed=True),
    Asked(
        "on",
        "检查日期（默认最近一次；从未检查则为空白表）",
        "Day of the inspection (default: the latest; blank if none)",
        "date",
    ),
)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    place = locations.place_called(archive, actor, asked["place"])
    shown = inspections.every(archive, actor, place.id)
    location, people = shown.location, shown.people
    wanted = ((one, then) for one, then in shown.found if asked["on"] in ("", one.inspected_on.isoformat()))
    one, then = next(wanted, (None, {item.code: item for item in shown.items}))
    items = [item for item in then.values() if one is None or item.code in one.results]
    columns = (
        Column(say("序号", "No."), 0.4, number=True),
        Column(say("项目", "Item"), 1),
        Column(say("检查内容", "Looked at"), 3),
        Column(say("结果", "Result"), 0.7),
        Column(say("措施", "Measure"), 2.4),
    )
    rows = tuple(
        (at, say(item.zh, item.en), say(item.looked_at, item.looked_at_en),
         say(*RESULTS[one.results[item.code][0]]) if one else "", one.results[item.code][1] if one else "")
        for at, item in enumerate(items, 1)
    )  # fmt: skip
    facts = Facts(
        (
            (say("库房", "Store-room"), f"{location.address}  {location.name}".strip()),
            (say("检查日期", "Day"), one.inspected_on.isoformat() if one else ""),
            (say("检查人", "Inspected by"), people.get(one.inspected_by, "") if one else ""),
            (say("备注", "Remarks"), one.note if one else ""),
        ),
        abreast=2,
    )
    blocks: tuple[Block, ...] = (
        facts, Table(columns, rows), Signatures((say("检查人", "Inspected by"), say("负责人", "In charge")))
    )  # fmt: skip
    return Printout(say(TITLE["zh"], TITLE["en"]), blocks)
