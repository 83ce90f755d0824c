"""空白表单: blanks of one form, each with its serial and the square to scan when it comes back filled in."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import form_sheets, forms
from archive.app import Archive
from archive.errors import Invalid
from archive.printing import Block, NewPage, Printout
from archive.reports import Asked, Say

TITLE = {"zh": "空白表单", "en": "Blank forms"}
GROUP = "arrange"
DUTY = Action.SEE_ARCHIVE
ASKED = (
    Asked("form", "表单", "Form", "form", needed=True),
    Asked("serial", "起始流水号（先在“断号”页取号；空则不带流水号）", "First serial (given out before); empty: none"),
    Asked("count", "份数（默认 1，最多 50）", "How many (1; at most 50)"),
)
COUNT_MAX = 50


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    version = forms.called(archive, actor, asked["form"])
    form = version.form
    wanted = asked["count"] or "1"
    if not wanted.isascii() or not wanted.isdigit() or not 1 <= int(wanted) <= COUNT_MAX:
        raise Invalid(f"Between 1 and {COUNT_MAX} blanks are printed at once.", "bad-parameter")
    serials = (
        forms.blanks(archive, actor, form, asked["serial"], int(wanted)) if asked["serial"] else [""] * int(wanted)
    )
    blocks: list[Block] = []
    for serial in serials:
        blocks += [*form_sheets.blank(version, serial, say), NewPage()]
    return Printout(form.name, tuple(blocks[:-1]))
