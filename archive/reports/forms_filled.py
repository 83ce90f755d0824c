"""表单填报汇总: what was filled in on screen in the copies of one form, a row each, as far as it may be read."""

from collections.abc import Collection, Mapping, Sequence

from access.actors import Actor
from access.rules import Action
from archive import filling, forms
from archive.app import Archive
from archive.model.forms import FormVersion
from archive.printing import Column, Printout, Table
from archive.reports import Asked, Say

TITLE = {"zh": "表单填报汇总", "en": "What was filled in"}
GROUP = "arrange"
DUTY = Action.SEE_DOCUMENTS
ASKED = (Asked("code", "表单", "Form", "form", needed=True),)
ROWS_MAX = 200


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    form = forms.called(archive, actor, asked["code"]).form
    lines = filling.copies(archive, actor, form.code, limit=ROWS_MAX)
    values = filling.values_of(archive, actor, [one.record.id for one in lines if one.record])
    told = forms.told(archive, say)
    names = _named(forms.show(archive, actor, form.code).versions, values.values())
    columns = (
        Column(say("流水号", "Serial"), 2),
        Column(say("填写日期", "Filled in on"), 1.2),
        Column(say("填写人", "By"), 1),
        *(Column(told(name), 1.2) for name in names),
    )
    rows = tuple(
        (
            one.sheet.serial,
            one.sheet.filled_at.astimezone().date() if one.sheet.filled_at else None,
            one.person,
            *(values[one.record.id].get(name, "") for name in names),
        )
        for one in lines
        if one.record and one.record.id in values
    )
    return Printout(told(form.name), (Table(columns, rows),), about=(form.code,), landscape=True)


def _named(versions: Sequence[FormVersion], said: Collection[Mapping[str, str]]) -> Sequence[str]:
    """The fields of the form as it is, and behind them those of earlier versions in which something was filled in."""
    now, *before = ([one.name for one in each.form.fields if one.kind != "sign"] for each in versions)
    earlier = dict.fromkeys(name for names in before for name in names if name not in now)
    return [*now, *(name for name in earlier if any(each.get(name) for each in said))]
