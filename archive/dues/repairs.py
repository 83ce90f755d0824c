"""Papers that are due back from repair, and those that wait for somebody to see them on their shelf again."""

from collections.abc import Iterable

from access.actors import Actor
from access.repairs import State
from access.rules import Action
from archive import repairs
from archive.app import Archive
from archive.dues import Due, Say, Span

TITLE = {"zh": "修复", "en": "Repairs"}
DUTY = Action.SEE_ARCHIVE


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    for shown in repairs.running(archive, actor):
        one, link, title = shown.repair, f"/repairs/{shown.repair.id}", shown.record.title
        if one.state is State.IN_TREATMENT and one.due_on is not None and one.due_on <= span.until:
            said = say(f"修复 {one.number}《{title}》应还", f"Repair {one.number} is due back: {title}")
            if one.treated_by:
                yield Due(one.id, said, one.due_on, link, person=one.treated_by)
            else:
                yield Due(one.id, said, one.due_on, link, duty=Action.KEEP_ROOMS)
        elif one.done_on is not None and one.done_on <= span.until:
            said = say(f"修复 {one.number}《{title}》待确认上架", f"See on its shelf: {title}, repair {one.number}")
            yield Due(f"{one.id}-back", said, one.done_on, link, duty=Action.KEEP_ROOMS)
