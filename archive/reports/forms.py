"""表单登记表: every form with its number, every name it goes by, its class, and what is filled in when."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import forms
from archive.app import Archive
from archive.printing import Column, Printout, Table
from archive.reports import Asked, Say

TITLE = {"zh": "表单登记表", "en": "Register of forms"}
GROUP = "arrange"
DUTY = Action.SEE_DOCUMENTS
ASKED: tuple[Asked, ...] = ()


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:  # noqa: ARG001 — it is asked for nothing
    told = forms.told(archive, say)
    columns = (
        Column(say("编号", "No."), 0.5),
        Column(say("表单名称", "Form"), 2),
        Column(say("别名", "Also called"), 1.6),
        Column(say("分类", "Class"), 0.6),
        Column(say("密级", "Level"), 0.5, number=True),
        Column(say("版次", "Version"), 0.5),
        Column(say("填写内容", "Filled in"), 4),
        Column(say("时机与时限", "When"), 2),
        Column(say("依据", "Source"), 1),
    )
    rows = tuple(
        (
            one.form.code,
            told(one.form.name),
            "、".join(name for name in one.form.names if name != told(one.form.name)),
            one.form.class_code,
            one.form.level,
            one.version or say("初版", "first"),
            say("、", ", ").join(told(field.name) for field in one.form.fields),
            told(one.form.occasion),
            one.form.source,
        )
        for one in forms.every(archive, actor)
    )
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows),), landscape=True)
