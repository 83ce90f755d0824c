"""Laws to be read, to be looked at again, to be chased, and documents to be changed because a law they name is gone."""

from collections.abc import Iterable

from access.actors import Actor
from access.rules import Action
from archive import law_reading, laws
from archive.app import Archive
from archive.dues import Due, Say, Span
from archive.law_reading import Line

TITLE = {"zh": "法规评审", "en": "Review of laws"}
DUTY = Action.SEE_DOCUMENTS


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    for line in law_reading.lines(archive, actor, mine=True):
        if line.reader.read_at is None and line.reader.due_on <= span.until:
            said = say(f"阅知《{line.law.name}》", f"Read and acknowledge {line.law.name}")
            yield Due(f"{line.law.code}-read", said, line.reader.due_on, f"/laws/{line.law.code}#reading", actor.id)
    yield from _late(archive, actor, span, say)
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


def _late(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    """A task for whoever keeps the register: people who are late with a law, one task a law."""
    late: dict[str, list[Line]] = {}
    for line in law_reading.lines(archive, actor):
        if line.late(span.today):
            late.setdefault(line.law.code, []).append(line)
    for code, some in late.items():
        said = say(
            f"催办阅知《{some[0].law.name}》：{len(some)} 人逾期",
            f"{some[0].law.name}: {len(some)} {'is' if len(some) == 1 else 'are'} late in reading it",
        )
        on = min(line.reader.due_on for line in some)
        yield Due(f"{code}-late", said, on, f"/laws/{code}#reading", duty=Action.KEEP_DOCUMENTS)
