"""遗失报告: what is known of a lost or damaged paper, and what is decided about it."""

from collections.abc import Mapping

from access.actors import Actor
from access.loans import Form, Item, State
from access.rules import Action
from archive import loan_desk, loan_sheets
from archive.app import Archive
from archive.errors import Conflict
from archive.printing import Block, Printout, Signatures, Words
from archive.reports import Asked, Say

TITLE = {"zh": "遗失（损坏）报告", "en": "Report of loss or damage"}
GROUP = "use"
DUTY = Action.SEE_LOANS
ASKED: tuple[Asked, ...] = (Asked("loan", "借阅单号", "Loan", needed=True),)

HURT = frozenset({State.LOST, State.RETURNED_DAMAGED, State.REPLACED, State.WRITTEN_OFF})


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    slip = loan_desk.numbered(archive, actor, asked["loan"])
    hurt = [item for item in slip.loan.items if item.note and _hurt(item)]
    if not hurt:
        raise Conflict("Nothing of this loan was lost or came back damaged.", "nothing-lost")
    notes = tuple(
        Words(f"{loan_sheets.title(slip, item, say)}（{say(*loan_sheets.STATES[item.state])}）：{item.note}")
        for item in hurt
    )
    blocks: tuple[Block, ...] = (
        loan_sheets.facts(slip, say),
        loan_sheets.items(slip, archive.now(), say),
        Words(say("情况说明", "What happened"), heading=True),
        *notes,
        Words(say("处理意见", "What is decided"), heading=True),
        Words("　"),
        Signatures(
            (say("借阅人", "Borrower"), say("档案管理员", "Document controller"), say("终审人", "Final approver"))
        ),
    )
    return Printout(say(TITLE["zh"], TITLE["en"]), blocks, about=(slip.loan.number,))


def _hurt(item: Item) -> bool:
    """Lost or damaged, or settled since: what was handed out and never came back ended as replaced or written off."""
    never_back = item.state is State.CLOSED and item.issued_by and not item.received_by and item.form is Form.PAPER
    return item.state in HURT or item.harmed or bool(never_back)
