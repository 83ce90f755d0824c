"""缺陷清单: everything that is not as it has to be, the gravest first."""

from collections.abc import Mapping
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import faults
from archive.app import Archive
from archive.printing import Column, Printout, Table
from archive.reports import Asked, Say

TITLE = {"zh": "缺陷清单", "en": "Faults"}
GROUP = "statistics"
DUTY = Action.SEE_ARCHIVE
ASKED = (Asked("on", "截至日期", "As of", "date"), Asked("kind", "种类", "Kind", "fault"))

SEVERITIES: Mapping[str, tuple[str, str]] = {
    "high": ("严重", "grave"),
    "middle": ("一般", "middling"),
    "low": ("轻微", "slight"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    on = date.fromisoformat(asked["on"]) if asked["on"] else archive.now().astimezone().date()
    found = faults.every(archive, actor, on=on, kind=asked["kind"], language=say("zh", "en"))
    rows = tuple(
        (number, say(*SEVERITIES[one.severity]), one.title, one.fault.sentence) for number, one in enumerate(found, 1)
    )
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("程度", "Gravity"), 0.7),
        Column(say("种类", "Kind"), 1.3),
        Column(say("缺陷", "What is wrong"), 5),
    )
    about = (say(f"截至 {on.isoformat()}", f"As of {on.isoformat()}"),)
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows),), about, landscape=True)
