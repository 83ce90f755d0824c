"""借阅登记簿: every loan that was asked for in a period, item by item."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from access.actors import Actor
from access.rules import Action
from archive import loan_desk, loan_sheets
from archive.app import Archive
from archive.printing import Printout, Table
from archive.reports import Asked, Say

TITLE = {"zh": "借阅登记簿", "en": "Loan register"}
GROUP = "use"
DUTY = Action.SEE_LOANS
ASKED: tuple[Asked, ...] = (Asked("from", "起", "From", "date"), Asked("to", "止", "Until", "date"))


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    today = archive.now().astimezone()
    begin = today.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    first = datetime.fromisoformat(asked["from"]).astimezone() if asked["from"] else begin
    last = datetime.fromisoformat(asked["to"]).astimezone() if asked["to"] else today
    slips = loan_desk.register(archive, actor, first, last + timedelta(days=1))
    table = Table(loan_sheets.register_columns(say), loan_sheets.register_rows(slips, archive.now(), say))
    period = f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"
    return Printout(say(TITLE["zh"], TITLE["en"]), (table,), about=(period,), landscape=True)
