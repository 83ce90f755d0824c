"""催还通知: a letter that asks a borrower to return what is overdue."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import loan_desk, loan_sheets
from archive.app import Archive
from archive.errors import Conflict
from archive.printing import Block, Printout, Signatures, Words
from archive.reports import Asked, Say

TITLE = {"zh": "催还通知", "en": "Reminder to return"}
GROUP = "use"
DUTY = Action.SEE_LOANS
ASKED: tuple[Asked, ...] = (Asked("loan", "借阅单号", "Loan", needed=True),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    slip = loan_desk.numbered(archive, actor, asked["loan"])
    at = archive.now()
    late = [item for item in slip.loan.items if loan_sheets.days_late(item, at) or item.state == "recalled"]
    if not late:
        raise Conflict("Nothing of this loan is overdue or called back.", "nothing-overdue")
    days = max(loan_sheets.days_late(item, at) for item in late)
    due = min(loan_sheets.day(item.due_at) for item in late)
    letter = say(
        f"{slip.borrower}：您借阅的下列档案应于 {due} 归还，现已逾期 {days} 天。请收到本通知后立即归还档案室；"
        "确需继续使用的，请另行申请。逾期超过七天的，暂停新的借阅；超过三十天的，按遗失处理。",
        f"{slip.borrower}: what is listed below was due on {due} and is {days} days overdue. Return it to the records "
        "office at once; apply again if it is still needed. After seven days nothing more is lent to you, after thirty "
        "days it is dealt with as lost.",
    )
    blocks: tuple[Block, ...] = (
        loan_sheets.facts(slip, say),
        Words(letter),
        loan_sheets.items(slip, at, say),
        Signatures((say("档案室", "Records office"), say("借阅人签收", "Received by the borrower"))),
    )
    return Printout(say(TITLE["zh"], TITLE["en"]), blocks, about=(slip.loan.number,))
