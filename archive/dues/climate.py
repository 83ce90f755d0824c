"""What store-rooms ask for: the readings of today, the next inspection, calibrations that end, corrective actions."""

from collections.abc import Iterable
from datetime import timedelta

from access.actors import Actor
from access.rules import Action
from archive import climate, room_words
from archive.app import Archive
from archive.dues import Due, Say, Span

TITLE = {"zh": "库房环境", "en": "Store-rooms"}
DUTY = Action.SEE_ARCHIVE


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    for room in climate.rooms(archive, actor):
        address, link, duty = room.location.address, f"/climate/{room.location.id}", Action.KEEP_ROOMS
        if room.due_today:
            halves = {"am": say("上午", "morning"), "pm": say("下午", "afternoon")}
            which = say("、", ", ").join(halves[half] for half in room.due_today)
            said = say(f"{address} 今日{which}温湿度待记录", f"{address}: readings of today to be taken ({which})")
            yield Due(room.location.id, said, span.today, link, duty=Action.RECORD_CLIMATE)
        if room.inspect_by is not None and room.inspect_by <= span.until:
            said = say(f"{address} 八防检查到期", f"{address}: the inspection is due")
            yield Due(f"{room.location.id}-inspection", said, room.inspect_by, f"{link}/inspections", duty=duty)
        for one in room.instruments:
            until = one.valid_until or one.placed_on
            if until <= span.until:
                said = say(
                    f"{address} 温湿度计 {one.number} 校准有效期至 {until}" if one.valid_until
                    else f"{address} 温湿度计 {one.number} 未登记校准",
                    f"{address}: the calibration of {one.number} holds until {until}" if one.valid_until
                    else f"{address}: {one.number} has no calibration",
                )  # fmt: skip
                yield Due(one.id, said, until + timedelta(days=0 if one.valid_until else 30), link, duty=duty)
        for action in room.open_actions:
            if action.due_on <= span.until:
                what = say(*room_words.of_action(archive, action))
                said = say(
                    f"{address} 整改 {action.number}：{what}", f"{address}: corrective action {action.number}, {what}"
                )
                yield Due(action.id, said, action.due_on, link, duty=duty)
