"""到期鉴定清单: what may be appraised today, the longest overdue first, with the holds that stand on it."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import fileplan, retention
from archive.app import Archive
from archive.printing import Column, Printout, Table
from archive.reports import Asked, Say

TITLE = {"zh": "到期鉴定清单", "en": "Due for appraisal"}
GROUP = "dispose"
DUTY = Action.SEE_ARCHIVE
ASKED: tuple[Asked, ...] = ()


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:  # noqa: ARG001 — nothing can be asked
    rows = tuple(
        (
            number,
            one.record.archival_code,
            one.record.title,
            one.record.class_code,
            say(one.standing.rule.code, fileplan.spelt(one.standing.rule.code, {})) if one.standing.rule else "",
            one.standing.began_on,
            one.standing.due_on,
            say("、", ", ").join(hold.number for hold in one.standing.holds),
        )
        for number, one in enumerate(retention.due(archive, actor, limit=None), 1)
    )
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("档号", "Reference code"), 2.4),
        Column(say("题名", "Title"), 4),
        Column(say("类目", "Class"), 0.8),
        Column(say("期限", "Period"), 0.7),
        Column(say("起算", "From"), 1),
        Column(say("到期", "Due"), 1),
        Column(say("冻结", "Holds"), 1.2),
    )
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows),), landscape=True)
