"""人员知悉范围: how many records somebody may find, read and take away today, level by level, and by which rules."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import auditing
from archive.access_sheets import ACTIONS, ROLES, RULES, several
from archive.app import Archive
from archive.loan_sheets import LEVELS
from archive.printing import Column, Facts, Printout, Table, shown
from archive.reports import Asked, Say

TITLE = {"zh": "人员知悉范围", "en": "What somebody may see"}
GROUP = "system"
DUTY = Action.SEE_ACCESS
ASKED: tuple[Asked, ...] = (Asked("login", "姓名或用户名", "Name or login name", "person", needed=True),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    found = auditing.what_may_they_see(archive, actor, asked["login"])
    about = Facts(
        (
            (say("姓名", "Name"), f"{found.person.name} ({found.person.login})"),
            (say("角色", "Roles"), several(found.person.roles, ROLES, say)),
            (say("密级上限", "Clearance"), say(*LEVELS[found.person.clearance])),
            (say("项目", "Sites"), " ".join(sorted(found.person.sites)) or "–"),
            (say("在借", "Loans"), " ".join(found.loans) or "–"),
            (say("有效授权", "Grants in force"), str(len(found.grants))),
            (say("时点", "At"), shown(found.at)),
        ),
        2,
    )
    columns = (
        Column(say("权限", "May"), 1),
        *(Column(say(*words), 0.8, number=True) for words in LEVELS),
        Column(say("依据", "By"), 4),
    )
    rows = tuple(
        (
            say(*ACTIONS[action]),
            *(counts.get(level, 0) for level in range(len(LEVELS))),
            several(found.rules[action], RULES, say),
        )
        for action, counts in found.reach.items()
    )
    return Printout(say(TITLE["zh"], TITLE["en"]), (about, Table(columns, rows)), landscape=True)
