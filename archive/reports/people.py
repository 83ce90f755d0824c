"""权限快照: who may come in today, with which roles, up to which level, at which sites."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import organisation, people
from archive.access_sheets import ROLES, several
from archive.app import Archive
from archive.loan_sheets import LEVELS
from archive.printing import Column, Printout, Signatures, Table
from archive.reports import Asked, Say

TITLE = {"zh": "权限快照", "en": "Who holds which rights"}
GROUP = "system"
DUTY = Action.SEE_PEOPLE
ASKED: tuple[Asked, ...] = ()


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:  # noqa: ARG001 — nothing can be asked
    with archive.read() as tx:
        places = organisation.places(tx)
    rows = tuple(
        (
            number,
            person.login,
            person.name,
            person.employee_no,
            say(*places.get(person.department, (person.department,) * 2)),
            several(person.roles, ROLES, say),
            say(*LEVELS[person.clearance]),
            say("、", ", ").join(say(*places.get(site, (site, site))) for site in sorted(person.sites)),
            say("在用", "open") if person.active else say("停用", "closed"),
        )
        for number, person in enumerate(people.everybody(archive, actor), 1)
    )
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("用户名", "Login"), 1.4),
        Column(say("姓名", "Name"), 1.2),
        Column(say("工号", "Employee no."), 1),
        Column(say("部门", "Department"), 0.8),
        Column(say("角色", "Roles"), 2.6),
        Column(say("密级上限", "Clearance"), 0.8),
        Column(say("项目", "Sites"), 1.2),
        Column(say("状态", "State"), 0.7),
    )
    administrators = (
        say("系统管理员", "System administrator"),
        say("安全保密员", "Security officer"),
        say("安全审计员", "Auditor"),
    )
    signatures = Signatures(administrators)
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows), signatures), landscape=True)
