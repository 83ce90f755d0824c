"""Faults: what is not as it has to be, found anew each time the page is opened."""

from flask import Blueprint, render_template, request

from archive import faults, printing
from web import current, language, words

blueprint = Blueprint("faults", __name__, url_prefix="/faults")


@blueprint.get("")
def every() -> str:
    actor, kind = current.actor(), request.args.get("kind", "")
    known = faults.kinds(actor, language.language())
    kind = kind if kind in known else ""
    found = faults.every(current.archive(), actor, kind=kind, language=language.language())
    return render_template(
        "faults/every.html",
        found=found,
        kinds=known,
        kind=kind,
        severities=words.SEVERITIES,
        forms=printing.forms(),
    )
