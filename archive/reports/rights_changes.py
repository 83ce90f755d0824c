"""权限变更表: whose rights were given, changed or taken in a period, by whom, what they were before and after (T6)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from access.actors import Actor
from access.grants import Kind
from access.rules import Action
from archive import auditing
from archive.access_sheets import trusted, up_to
from archive.app import Archive
from archive.auditing import Change
from archive.printing import Column, Printout, Signatures, Table, shown
from archive.reports import Asked, Say

TITLE = {"zh": "权限变更表", "en": "Changes of rights"}
GROUP = "system"
DUTY = Action.SEE_ACCESS
ASKED: tuple[Asked, ...] = (Asked("from", "起", "From", "date"), Asked("to", "止", "Until", "date"))
DAYS = 7

DEEDS: Mapping[str, tuple[str, str]] = {
    "person.added": ("新建账号", "account made"),
    "person.opened": ("开通账号（无权限）", "account opened, without rights"),
    "person.changed": ("权限变更", "rights changed"),
    "person.deactivated": ("停用账号", "account closed"),
    "grant.given": ("给予授权", "grant given"),
    "grant.confirmed": ("第二人确认授权", "grant confirmed by a second person"),
    "grant.ended": ("授权终止", "grant ended"),
    "delegation.given": ("委托代理", "deputy named"),
    "delegation.ended": ("代理终止", "deputy ended"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    today = auditing.a_day(archive.now())[0]
    first = datetime.fromisoformat(asked["from"]).astimezone() if asked["from"] else today - timedelta(days=DAYS - 1)
    last = datetime.fromisoformat(asked["to"]).astimezone() if asked["to"] else today
    changes, names = auditing.rights_changes(archive, actor, first, last + timedelta(days=1))
    server = say("服务器命令", "at the server")
    columns = (
        Column(say("账行", "Line"), 0.6, number=True),
        Column(say("时间", "When"), 1.2),
        Column(say("经办", "By"), 1),
        Column(say("人员", "Whose"), 1),
        Column(say("事项", "What"), 1.4),
        Column(say("变更前", "Before"), 2.6),
        Column(say("变更后", "After"), 2.6),
    )
    rows = tuple(
        (
            one.event.seq,
            shown(one.event.at),
            names.get(one.event.actor, server),
            names.get(one.event.subject_id, one.event.subject_id),
            say(*DEEDS[one.event.action]),
            *_both(one, say),
        )
        for one in changes
    )
    signatures = Signatures((say("安全保密员", "Security officer"), say("审计员", "Auditor")))
    period = f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows), signatures), about=(period,), landscape=True)


def _both(one: Change, say: Say) -> tuple[str, str]:
    said = one.event.payload
    if one.event.action.startswith("person."):
        return trusted(one.before, say), trusted(one.after, say)
    if one.event.action.startswith("delegation."):
        days = " – ".join(str(said[name]) for name in ("first", "last") if name in said)
        return ("", days) if one.event.action == "delegation.given" else (days, "")
    what = say("；", "; ").join(
        filter(
            None,
            (
                say("紧急阅览", "emergency") if said["kind"] == Kind.EMERGENCY else "",
                up_to(said["level"], say),
                *(_codes(said[name]) for name in ("classes", "sites", "departments")),
                " – ".join(shown(datetime.fromisoformat(str(said[name]))) for name in ("starts", "ends")),
            ),
        )
    )
    return (what, "") if one.event.action == "grant.ended" else ("", what)


def _codes(value: object) -> str:
    return " ".join(str(one) for one in cast("list[object]", value)) if isinstance(value, list) else ""
