"""Forms, for programs: the register, one form, a copy filled in, blanks given out."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from archive import filling, forms, returning
from archive.filling import Line
from archive.model.forms import FormVersion
from web import current
from web.api import Answer, Given, Operation, Parameter, body, entered, said
from web.api.schemas import TEXT, ref

CODE = Parameter("code", TEXT, "Number of the form, as F01.", "path")
SERIAL = Parameter("serial", TEXT, "Serial of the copy.", "path")


def get_forms(_given: Given) -> Response:
    return said({"forms": [_form(one) for one in forms.every(current.archive(), current.actor())]})


def get_form(given: Given) -> Response:
    shown = forms.show(current.archive(), current.actor(), given["code"])
    return said(_form(shown.versions[0]))


def fill_form(given: Given) -> Response:
    """`fields` are by name; `once` is a word of the program's own: what is sent again under it is filled in once.
    `version` is the one whose fields were seen: when there is a newer one, nothing is filled in."""
    values = body(("site", "fields"))
    entered.only(values, ("site", "fields", "once", "version"))
    site, once = entered.text(values, "site"), entered.text(values, "once")
    made = filling.fill(
        current.archive(),
        current.actor(),
        given["code"],
        site,
        entered.by_name(values, "fields"),
        version=entered.number(values, "version", 0) if "version" in values else None,
        once=once,
    )
    return _copy(made.serial, 201)


def give_out_blanks(given: Given) -> Response:
    values = body(("site",))
    entered.only(values, ("site", "count", "to"))
    site, count = entered.text(values, "site"), entered.number(values, "count", 1)
    given_out = filling.give_out(
        current.archive(), current.actor(), given["code"], site, count, to=entered.text(values, "to")
    )
    return said({"serials": [one.serial for one in given_out]}, 201)


def get_copies(given: Given) -> Response:
    found = filling.copies(current.archive(), current.actor(), given["code"])
    return said({"copies": [_shape(one) for one in found]})


def get_copy(given: Given) -> Response:
    return _copy(given["serial"])


def complete_form(given: Given) -> Response:
    values = body(("fields",))
    entered.only(values, ("fields",))
    filling.complete(current.archive(), current.actor(), given["serial"], entered.by_name(values, "fields"))
    return _copy(given["serial"])


def take_off(given: Given) -> Response:
    values = body(("why",))
    entered.only(values, ("why",))
    returning.take_off(current.archive(), current.actor(), given["serial"], entered.text(values, "why"))
    return _copy(given["serial"])


def _copy(serial: str, status: int = 200) -> Response:
    line, _ = filling.sheet(current.archive(), current.actor(), serial)
    return said(_shape(line), status)


def _form(one: FormVersion) -> Mapping[str, Any]:
    form = one.form
    return {
        "code": form.code,
        "name": form.name,
        "aliases": list(form.aliases),
        "class": form.class_code,
        "level": form.level,
        "occasion": form.occasion,
        "version": one.version,
        "fields": [
            {
                "name": field.name,
                "kind": field.kind,
                "choices": list(field.choices),
                "needed": field.needed,
                "afterwards": field.afterwards,
            }
            for field in form.fields
        ],
    }


def _shape(line: Line) -> Mapping[str, Any]:
    one = line.sheet
    return {
        "serial": one.serial,
        "form": one.form,
        "version": one.version,
        "site": one.site,
        "state": "open" if line.open else "void" if line.issued and line.issued.void_reason else one.how,
        "record": line.record.id if line.record else None,
        "filled_at": one.filled_at.isoformat() if one.filled_at else None,
    }


OPERATIONS = (
    Operation("GET", "/forms", "Every form with its fields.", get_forms, {200: Answer("The register.", ref("Forms"))}),
    Operation("GET", "/forms/{code}", "One form.", get_form, {200: Answer("The form.", ref("Form"))}, (CODE,)),
    Operation(
        "POST",
        "/forms/{code}/copies",
        "Fill in a form: it becomes a record under its serial.",
        fill_form,
        {201: Answer("The copy.", ref("FormCopy"))},
        (CODE,),
        body=entered.json("FormToFill"),
    ),
    Operation(
        "GET",
        "/forms/{code}/copies",
        "Copies of a form that you may find, the latest first.",
        get_copies,
        {200: Answer("Copies.", ref("FormCopies"))},
        (CODE,),
    ),
    Operation(
        "POST",
        "/forms/{code}/blanks",
        "Give out serials for blanks of a form.",
        give_out_blanks,
        {201: Answer("Their serials.", ref("FormBlanks"))},
        (CODE,),
        body=entered.json("BlanksToGive"),
    ),
    Operation(
        "GET",
        "/form-copies/{serial}",
        "One copy of a form.",
        get_copy,
        {200: Answer("The copy.", ref("FormCopy"))},
        (SERIAL,),
    ),
    Operation(
        "POST",
        "/form-copies/{serial}",
        "Fill in what is filled in afterwards.",
        complete_form,
        {200: Answer("The copy.", ref("FormCopy"))},
        (SERIAL,),
        body=entered.json("FormToComplete"),
    ),
    Operation(
        "POST",
        "/form-copies/{serial}/take-off",
        "The scan that came back under this serial is another paper: the serial is out again.",
        take_off,
        {200: Answer("The copy, out again.", ref("FormCopy"))},
        (SERIAL,),
        body=entered.json("SerialToTakeOff"),
    ),
)
