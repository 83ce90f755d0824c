"""档案知悉范围: who could find and read one record on a day, and by which right."""

from collections.abc import Mapping
from datetime import datetime

from access.actors import Actor
from access.rules import Action
from archive import auditing
from archive.access_sheets import ROLES, RULES, several
from archive.app import Archive
from archive.loan_sheets import LEVELS
from archive.printing import Column, Facts, Printout, Table, Words, shown
from archive.reports import Asked, Say

TITLE = {"zh": "档案知悉范围", "en": "Who could see a record"}
GROUP = "system"
DUTY = Action.SEE_ACCESS
ASKED: tuple[Asked, ...] = (
    Asked(
        "record", "档号、文号或标签代码", "Reference code, document number or code on the label", "record", needed=True
    ),
    Asked("day", "日期", "On the day", "date"),
)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    at = archive.now()
    if asked["day"]:
        at = min(auditing.a_day(datetime.fromisoformat(asked["day"]).astimezone())[1], at)
    found = auditing.who_could_see(archive, actor, asked["record"], at)
    about = Facts(
        (
            (say("题名", "Title"), found.record.title),
            (say("档号", "Reference code"), found.record.archival_code or "–"),
            (say("当时密级", "Level then"), say(*LEVELS[found.record.level])),
            (say("时点", "At"), shown(found.at)),
        ),
        2,
    )
    title = say(TITLE["zh"], TITLE["en"])
    if not found.known:
        return Printout(title, (about, Words(say("当时尚未收到该档案。", "It was not here yet."))))
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("姓名", "Name"), 1.2),
        Column(say("用户名", "Login"), 1.2),
        Column(say("角色", "Roles"), 2.4),
        Column(say("密级上限", "Clearance"), 0.8),
        Column(say("可检索，依据", "Could find it, by"), 2),
        Column(say("可阅读，依据", "Could read it, by"), 2),
    )
    rows = tuple(
        (
            number,
            one.person.name,
            one.person.login,
            several(one.person.roles, ROLES, say),
            say(*LEVELS[one.person.clearance]),
            several((right.rule for right in one.find), RULES, say),
            several((right.rule for right in one.read), RULES, say),
        )
        for number, one in enumerate(found.seers, 1)
    )
    return Printout(title, (about, Table(columns, rows)), landscape=True)
