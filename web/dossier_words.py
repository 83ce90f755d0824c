"""What dossiers are told with: types, items, states and what one is opened for, as something a person reads."""

from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString

from archive.model.dossiers import NOT, Checklist, Requirement, Standing
from archive.model.room_keys import What
from web import language
from web.language import gettext
from web.language import lazy_gettext as _l

SUBJECTS: Mapping[str, LazyString] = {
    "unit": _l("Unit"),
    "machine": _l("Machine"),
    "project": _l("Project"),
    "person": _l("Person"),
}
STATES: Mapping[str, LazyString] = {
    "present": _l("there"),
    "waived": _l("waived"),
    "missing": _l("missing"),
    "not-applicable": _l("does not apply"),
}
SIGNS: Mapping[str, str] = {"present": "✓", "missing": "✗", "not-applicable": "–"}
CONDITIONS: Mapping[str, LazyString] = {
    "委托办理": _l("somebody acts for the owner"),
    "有车位": _l("has a parking space"),
    "装修": _l("decorated"),
    "转让或出租": _l("sold or let"),
    "退租": _l("moved out"),
    "有违规": _l("rules were broken"),
    "特种设备": _l("special equipment"),
    "委托维保": _l("maintained by others"),
    "有维修": _l("repaired"),
    "有故障": _l("had faults"),
    "报废": _l("scrapped"),
    "发生火灾": _l("there was a fire"),
    "业委会已成立": _l("there is an owners’ committee"),
    "已退出": _l("the company has left"),
    "有缺失": _l("something was missing"),
    "住宅": _l("residential"),
    "丢失或损坏": _l("something was lost or broken"),
    "有大中修": _l("there were large repairs"),
    "有纠纷": _l("there is a dispute"),
    "涉密岗位": _l("a post with secrets"),
    "无茶水": _l("no tea is served"),
    "供气": _l("gas is supplied"),
    "供热": _l("heat is supplied"),
    "有电梯": _l("there are lifts"),
    "离职": _l("has left the company"),
    "白蚁防治": _l("treated against termites"),
    "持证上岗": _l("a post that needs a licence"),
}
"""Circumstances that the shipped checklists ask for; those a company writes itself stand as they were written."""
KEY_MOVES: Mapping[What, LazyString] = {
    What.ISSUED: _l("received"),
    What.RETURNED: _l("given back"),
    What.COMPENSATED: _l("paid for"),
}
KEYS = (_l("Door key"), _l("Letter-box key"), _l("Access card"), _l("Parking card"))
"""Kinds of keys to choose from; any other may be written."""
COLUMNS: Mapping[str, LazyString] = {
    "item": _l("No."),
    "name_zh": _l("Name in Chinese"),
    "name_en": _l("Name in English"),
    "group": _l("Group"),
    "condition": _l("Only where"),
    "at_least": _l("At least so many"),
    "waivable": _l("May be waived"),
    "within_days": _l("Due after so many days"),
    "post": _l("Responsible post"),
    "source": _l("Source"),
    "source_date": _l("Read on"),
}


def sign(state: str, *, overdue: bool = False) -> str:
    """How a cell of the matrix looks: never colour alone."""
    if overdue:
        return "!"
    return gettext("W") if state == "waived" else SIGNS[state]


def owed(one: Standing, people: Mapping[str, str], today: date) -> str:
    """Whose a missing document is to bring and by when, in one line."""
    who = people.get(one.owner_id, one.owner_id)
    if one.due_on is None:
        return gettext("%(who)s, no day set", who=who)
    if one.overdue(today):
        days = (today - one.due_on).days
        return gettext("%(who)s, by %(when)s, %(days)s days overdue", who=who, when=one.due_on.isoformat(), days=days)
    return gettext("%(who)s, by %(when)s", who=who, when=one.due_on.isoformat())


def type_name(checklist: Checklist) -> str:
    return checklist.name_en if language.language() == "en" else checklist.name_zh


def item_name(requirement: Requirement) -> str:
    return requirement.name_en if language.language() == "en" else requirement.name_zh


def fact(said: str) -> str:
    """A circumstance of a dossier: it is stored as the checklist has it."""
    return str(CONDITIONS.get(said, said))


def condition(requirement: Requirement) -> str:
    """When a document applies, as a phrase; empty: always."""
    said = requirement.condition
    if said.startswith(NOT):
        return gettext("not where: %(what)s", what=fact(said.removeprefix(NOT)))
    return fact(said)
