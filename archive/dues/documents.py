"""Controlled documents: what waits for review, approval or issue, is to be read, handed out, called back, looked at."""

from collections.abc import Iterable
from datetime import date

from access import rules
from access.actors import Actor
from access.documents import Event as Step
from access.documents import State
from access.rules import Action
from archive import distributing, documents
from archive.app import Archive
from archive.documents import Row
from archive.dues import Due, Say, Span

TITLE = {"zh": "受控文件", "en": "Controlled documents"}
DUTY = Action.SEE_DOCUMENTS

WAITS = {
    State.IN_REVIEW: (Step.REVIEW, Action.REVIEW_DOCUMENTS, "待审核", "waits for its review"),
    State.REVIEWED: (Step.APPROVE, Action.APPROVE_DOCUMENTS, "待批准", "waits for its approval"),
    State.APPROVED: (Step.ISSUE, Action.KEEP_DOCUMENTS, "待发布", "waits to be issued"),
}
"""What an edition in the making waits for: due on the day on which that was asked."""


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:
    for asked, edition, row in distributing.mine(archive, actor).to_read:
        yield Due(
            edition.id,
            say(f"阅知《{row.document.title}》{edition.label}", f"Read and acknowledge {_name(row)} {edition.label}"),
            asked.due_on,
            f"/documents/{row.document.id}",
            actor.id,
            line="reading",
        )
    for row in documents.register(archive, actor):
        yield from _waiting(row, actor, say)
        document, day = row.document, row.document.review_on
        if day is not None and day <= span.until and row.effective is not None:
            said = say(f"《{document.title}》到期评审", f"{_name(row)}: review whether it still holds")
            yield Due(document.id, said, day, f"/documents/{document.id}", document.owner_id)
    if rules.may(actor, Action.KEEP_DOCUMENTS):
        yield from _copies(archive, actor, span.today, say)


def _waiting(row: Row, actor: Actor, say: Say) -> Iterable[Due]:
    one = row.making
    if one is None or one.state not in WAITS:
        return
    step, duty, zh, en = WAITS[one.state]
    if rules.may(actor, duty) and not documents.may_step(actor, step, one, row.records[one.id]):
        return  # it waits for somebody else
    asked = one.approved_at or one.reviewed_at or one.drafted_at
    said = say(f"《{row.document.title}》{one.label} {zh}", f"{_name(row)} {one.label} {en}")
    yield Due(one.id, said, asked.astimezone().date(), f"/documents/{row.document.id}", duty=duty)


def _copies(archive: Archive, actor: Actor, today: date, say: Say) -> Iterable[Due]:
    lines, people = distributing.lines(archive, actor)
    for line in lines:
        copy, edition, link = line.copy, line.edition, f"/documents/{line.row.document.id}#copies"
        who = f"{copy.place} {people.get(copy.holder_id, '')}".strip()
        if copy.out and edition.effective_until is not None:
            said = say(f"收回受控副本 {line.number}（{who}）", f"Call copy {line.number} back ({who})")
            yield Due(copy.id, said, edition.effective_until, link, duty=Action.KEEP_DOCUMENTS)
        elif copy.handed_at is None and copy.recalled_at is None and not line.obsolete:
            said = say(f"发放受控副本 {line.number}（{who}）", f"Hand copy {line.number} out ({who})")
            yield Due(copy.id, said, edition.effective_from or today, link, duty=Action.KEEP_DOCUMENTS)


def _name(row: Row) -> str:
    return f"{row.document.number} {row.document.title}"
