"""Measures for whoever sees to them, those that wait to be looked at, and the management review of the year."""

from collections.abc import Iterable

from access.actors import Actor
from access.rules import Action
from archive import measures
from archive.app import Archive
from archive.dues import Due, Say, Span

TITLE = {"zh": "评审与纠正措施", "en": "Reviews and measures"}
DUTY = Action.SEE_DOCUMENTS


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    found = measures.board(archive, actor)
    for one in found.measures:
        if one.state == "open" and one.due_on <= span.until:
            said = say(f"纠正措施 {one.number}：{one.about}", f"Measure {one.number}: {one.about}")
            yield Due(one.id, said, one.due_on, "/measures", person=one.owner_id)
        elif one.done_at is not None and one.state == "done":
            said = say(f"验证纠正措施 {one.number}：{one.about}", f"Look whether it worked: {one.number}, {one.about}")
            yield Due(f"{one.id}-check", said, one.done_at.astimezone().date(), "/measures", duty=Action.KEEP_MEASURES)
    for one in found.reviews:
        if one.held_on is None and one.planned_on <= span.until:
            said = say(f"{one.number}《{one.title}》", f"{one.number}: {one.title}")
            yield Due(one.id, said, one.planned_on, "/measures", person=one.lead_id)
    day = found.next_review
    if day is not None and day <= span.until:
        said = say("召开管理评审（每年至少一次）", "Hold the management review (at least once a year)")
        yield Due("management-review", said, day, "/measures", duty=Action.KEEP_MEASURES)
