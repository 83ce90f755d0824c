"""Documents that are missing from a dossier, for whoever sees to it; and waivers that somebody else has to decide."""

from collections.abc import Iterable

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import dossiers
from archive.app import Archive
from archive.dues import Due, Say, Span

TITLE = {"zh": "卷宗缺件", "en": "Missing from dossiers"}
DUTY = Action.SEE_DOSSIERS


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    decides = rules.may(actor, Action.APPROVE_WAIVER)
    for folder, one in dossiers.missing(archive, actor).rows:
        number, link = folder.dossier.number, f"/dossiers/{folder.dossier.id}"
        name = say(one.requirement.name_zh, one.requirement.name_en)
        subject = f"{folder.dossier.id}-{one.requirement.item}"
        if one.due_on is not None and one.due_on <= span.until:
            times = one.debt.chases if one.debt else 0
            chased = say(f"（已催 {times} 次）", f" (reminded {times} times)") if times else ""
            what = f"{number} {folder.dossier.subject}"
            said = say(f"{what} 缺：{name}{chased}", f"{what}: {name}{chased}")
            yield Due(subject, said, one.due_on, link, person=one.owner_id)
        asked = one.waiver
        if decides and asked is not None and asked.decided_at is None and asked.asked_by != actor.id:
            said = say(f"{number} 免交申请待决定：{name}", f"{number}: decide whether {name} is waived")
            day = asked.asked_at.astimezone().date()
            yield Due(f"{subject}-waiver", said, day, link, duty=Action.APPROVE_WAIVER)
