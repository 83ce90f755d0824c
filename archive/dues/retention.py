"""Terms that have ended: what of each class may be appraised since which day, in one line."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import retention
from archive.app import Archive
from archive.dues import Due, Say, Span

TITLE = {"zh": "到期鉴定", "en": "Due for appraisal"}
DUTY = Action.SEE_ARCHIVE


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    ended: Counter[tuple[str, date]] = Counter(
        (one.record.class_code, one.standing.due_on)
        for one in retention.due(archive, actor, span.until, limit=None)
        if one.standing.due_on is not None
    )
    for (class_code, day), count in sorted(ended.items()):
        yield Due(
            class_code,
            say(f"{class_code} 类 {count} 件保管期满，待鉴定", f"{count} of class {class_code} to be appraised"),
            day,
            "/disposals/due",
            duty=Action.APPRAISE,
        )
