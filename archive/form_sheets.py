"""What a form looks like on paper: its square, its fields with room to write in, what was filled in, who signs."""

from collections.abc import Callable, Mapping, Sequence

from archive.model.forms import Field, Form, FormVersion, filled, mark
from archive.printing import DATE_LINE, Block, Code, Column, Signatures, Table, Words

Say = Callable[[str, str], str]

ROOM = {"long": "\n\n\n", "text": "\n"}
"""How high the room is in which something is written by hand."""


def blank(version: FormVersion, serial: str, say: Say) -> list[Block]:
    """To be filled in by hand; it is recognised by its square when it comes back."""
    form = version.form
    before = _table([(one.name, _room(one, say)) for one in _typed(form)], say)
    parts: list[Block] = [_head(version, serial, say), before]
    after = [one for one in form.part(afterwards=True) if one.kind != "sign"]
    if after:
        parts += [
            Words(say("事后填写", "Filled in afterwards"), heading=True),
            _table([(one.name, _room(one, say)) for one in after], say),
        ]
    return [*parts, _signed(form.fields, say)]


def done(version: FormVersion, serial: str, said: Mapping[str, str], say: Say, *, afterwards: bool) -> list[Block]:
    """As it was filled in on screen; places to sign stay open, for whoever signs it by hand and scans it back."""
    fields = version.form.part(afterwards=afterwards)
    typed = [one for one in fields if one.kind != "sign"]
    return [_head(version, serial, say), _table(filled(typed, said), say), _signed(fields, say)]


def _table(lines: Sequence[tuple[str, str]], say: Say) -> Block:
    return Table((Column(say("项目", "Item")), Column(say("填写", "Filled in"), 3)), tuple(lines))


def _head(version: FormVersion, serial: str, say: Say) -> Block:
    form = version.form
    edition = say(f"第 {version.version} 版", f"version {version.version}") if version.version else ""
    lines = filter(None, (f"{form.code}  {form.name}  {edition}".strip(), serial, form.occasion))
    return Code(mark(form, version.version, serial), "\n".join(lines))


def _typed(form: Form) -> Sequence[Field]:
    return [one for one in form.part(afterwards=False) if one.kind != "sign"]


def _room(field: Field, say: Say) -> str:
    if field.kind == "choice":
        return "    ".join(f"□ {one}" for one in field.choices)
    if field.kind == "date":
        return say("________年____月____日", "________-____-____")
    return ROOM.get(field.kind, "\n")


def _signed(fields: Sequence[Field], say: Say) -> Block:
    named = tuple(one.name for one in fields if one.kind == "sign")[:4]
    return Signatures((say("填写人", "Filled in by"), *(named or (say("负责人", "Responsible"),))), say(*DATE_LINE))
