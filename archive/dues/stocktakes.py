"""Stocktakes that were begun and not signed within two weeks, and what somebody said they would put right."""

from collections.abc import Iterable
from datetime import timedelta

from access.actors import Actor
from access.rules import Action
from archive import stocktaking
from archive.app import Archive
from archive.dues import Due, Say, Span

TITLE = {"zh": "盘点", "en": "Stocktakes"}
DUTY = Action.SEE_ARCHIVE
WITHIN = timedelta(days=14)


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    for shown in stocktaking.every(archive, actor):
        going, link = shown.stocktake, f"/stocktakes/{shown.stocktake.id}"
        by = going.begun_at.astimezone().date() + WITHIN
        if going.closed_at is None and by <= span.until:
            said = say(
                f"盘点 {going.number}（{going.address}）待完成", f"Stocktake {going.number} ({going.address}) goes on"
            )
            yield Due(going.id, said, by, link, duty=Action.KEEP_ROOMS, line="stocktakes")
        for line in shown.lines if going.closed_at else ():
            if line.due_on is not None and line.settled_at is None and line.due_on <= span.until:
                what = say(*stocktaking.WORDS[line.difference])
                title = shown.records[line.record_id].title
                said = say(f"盘点差异（{what}）：《{title}》", f"Stocktake, {what}: {title}")
                yield Due(f"{going.id}-{line.record_id}", said, line.due_on, link, line.owner_id)
