"""四性检测报告: every test of a run with what it asked and how it ended, and every record that failed one."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import properties
from archive.app import Archive
from archive.printing import Printout
from archive.reports import Asked, Say

TITLE = {"zh": "四性检测报告", "en": "Four-property test"}
GROUP = "preserve"
DUTY = Action.SEE_ARCHIVE
ASKED = (Asked("number", "检测编号（默认最近一次）", "Number of the test (default: the latest)"),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    return properties.printout(properties.numbered(archive, actor, asked["number"]), say)
