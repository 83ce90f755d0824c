"""文件履历表: the life of one controlled document: its editions, why each was changed, who stands behind it (2.9)."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import documents, organisation
from archive.app import Archive
from archive.errors import NotFound
from archive.printing import Column, Facts, Printout, Signatures, Table, shown
from archive.reports import Asked, Say

TITLE = {"zh": "文件履历表", "en": "History of a document"}
GROUP = "arrange"
DUTY = Action.SEE_DOCUMENTS
ASKED = (Asked("number", "文件编号", "Number of the document", "document", needed=True),)

STANDINGS: Mapping[str, tuple[str, str]] = {
    "draft": ("起草", "draft"),
    "review": ("审核中", "in review"),
    "reviewed": ("待批准", "reviewed"),
    "approved": ("待发布", "approved"),
    "to-come": ("待生效", "to come"),
    "effective": ("有效", "in force"),
    "obsolete": ("作废", "obsolete"),
    "retained": ("作废留存", "obsolete, retained"),
    "released": ("作废", "obsolete"),
    "dropped": ("撤稿", "dropped"),
}
CHECKS: Mapping[str, tuple[str, str]] = {
    "stays": ("继续有效", "stays"),
    "change": ("需修订", "to be changed"),
    "withdraw": ("应作废", "to be withdrawn"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    row = next((one for one in documents.register(archive, actor) if one.document.number == asked["number"]), None)
    if row is None:
        raise NotFound("There is no such document, or none that you may see.", "no-such-document")
    found = documents.show(archive, actor, row.document.id)
    document, people = row.document, found.people
    with archive.read() as tx:
        places = organisation.places(tx)

    def who(person: str) -> str:
        return people.get(person, "–") if person else "–"

    head = Facts(
        (
            (say("文件编号", "Number"), document.number),
            (say("名称", "Title"), document.title),
            (say("归口部门", "Department"), say(*places.get(document.department, (document.department or "–",) * 2))),
            (say("责任人", "Owner"), who(document.owner_id)),
            (
                say("评审周期", "Reviewed every"),
                say(f"{document.review_months} 个月", f"{document.review_months} months"),
            ),
            (say("下次评审", "Next review"), shown(document.review_on) or "–"),
        ),
        abreast=2,
    )
    editions = Table(
        tuple(
            Column(say(zh, en), share)
            for zh, en, share in (
                ("版次", "Edition", 0.7),
                ("状态", "State", 0.9),
                ("更改原因", "Why", 2),
                ("影响", "Impact", 1.6),
                ("编写", "Written", 0.9),
                ("审核", "Reviewed", 0.9),
                ("批准", "Approved", 0.9),
                ("生效", "From", 1.1),
                ("终止", "Until", 1.1),
                ("发放/签收/收回", "Copies", 1.2),
            )
        ),
        tuple(
            (
                one.label,
                say(*STANDINGS[one.standing(found.day)]),
                one.why or "–",
                one.impact or "–",
                who(one.author_id),
                who(one.reviewer_id),
                who(one.approver_id),
                one.effective_from or "–",
                one.effective_until or "–",
                _copies(found, one.id),
            )
            for one in row.editions
        ),
    )
    checks = Table(
        (
            Column(say("评审日", "On")),
            Column(say("评审人", "By")),
            Column(say("结论", "Outcome")),
            Column(say("说明", "Note"), 3),
        ),
        tuple(
            (one.checked_at.astimezone().date(), who(one.checked_by), say(*CHECKS[one.outcome]), one.note)
            for one in found.checks
        ),
        caption=say("定期评审", "Periodic reviews"),
    )
    signed = Signatures((say("文件管理员", "Document controller"), say("复核", "Checked by")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (head, editions, checks, signed), landscape=True)


def _copies(found: documents.Shown, edition_id: str) -> str:
    own = [one for one in found.copies if one.edition_id == edition_id]
    given = [one for one in own if one.handed_at]
    received, back = sum(1 for one in own if one.received_at), sum(1 for one in own if one.recalled_at)
    return f"{len(given)} / {received} / {back}"
