"""借阅审批单: one loan with everybody who approved it, to be signed when the paper goes out and comes back."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import loan_desk, loan_sheets
from archive.app import Archive
from archive.printing import Block, Printout, Signatures, Words
from archive.reports import Asked, Say

TITLE = {"zh": "借阅审批单", "en": "Loan slip"}
GROUP = "use"
DUTY = Action.DECIDE_LOANS
ASKED: tuple[Asked, ...] = (Asked("loan", "借阅单号", "Loan", needed=True),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    slip = loan_desk.numbered(archive, actor, asked["loan"])
    blocks: tuple[Block, ...] = (
        loan_sheets.facts(slip, say),
        loan_sheets.items(slip, archive.now(), say),
        loan_sheets.chain(slip, say),
        Words(say("利用效果：", "What came of it: ") + slip.loan.effect),
        Signatures(
            (
                say("借出经办人", "Handed out by"),
                say("借阅人", "Borrower"),
                say("归还验收人", "Taken back by"),
            )
        ),
    )
    return Printout(say(TITLE["zh"], TITLE["en"]), blocks, about=(slip.loan.number,))
