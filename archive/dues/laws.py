"""Laws to be looked at again, and documents to be changed because a law they name is gone."""

from collections.abc import Iterable

from access.actors import Actor
from access.rules import Action
from archive import laws
from archive.app import Archive
from archive.dues import Due, Say, Span

TITLE = {"zh": "法规评审", "en": "Review of laws"}
DUTY = Action.SEE_DOCUMENTS


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    for row, edition, law, _ in laws.relying(archive, actor, span.today):
        said = say(
            f"修订《{row.document.title}》：所引《{law.name}》已废止",
            f"Change {row.document.title}: {law.name}, which it names, is gone",
        )
        begun = edition.effective_from or span.today
        day = max(law.ended_on, begun) if law.ended_on else begun
        yield Due(f"{edition.id}-{law.code}", said, day, f"/documents/{row.document.id}", row.document.owner_id)
    for line in laws.register(archive, actor):
        if not line.law.gone(span.today) and line.review_on <= span.until:
            said = say(f"适用性评审：《{line.law.name}》", f"Review whom it binds: {line.law.name}")
            yield Due(line.law.code, said, line.review_on, f"/laws/{line.law.code}", duty=Action.REVIEW_DOCUMENTS)
