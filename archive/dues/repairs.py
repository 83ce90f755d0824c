"""Papers that are due back from repair, that wait to be seen on their shelf again, or that were lost on the way."""

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
            if one.treated_by and not shown.left:
                yield Due(one.id, said, one.due_on, link, person=one.treated_by)
            else:
                yield Due(one.id, said, one.due_on, link, duty=Action.KEEP_ROOMS)
        elif one.state is State.LOST and one.lost_at is not None:
            said = say(
                f"修复 {one.number}《{title}》遗失，待查找", f"Look for what was lost: {title}, repair {one.number}"
            )
            yield Due(f"{one.id}-lost", said, one.lost_at.astimezone().date(), link, duty=Action.CLOSE_REPAIRS)
        elif one.done_on is not None and one.done_on <= span.until:
            said = say(f"修复 {one.number}《{title}》待确认上架", f"See on its shelf: {title}, repair {one.number}")
            duty = Action.CLOSE_REPAIRS if shown.alone else Action.KEEP_ROOMS
            yield Due(f"{one.id}-back", said, one.done_on, link, duty=duty, barred=shown.treaters, line="repairs")
