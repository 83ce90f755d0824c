"""Is a certified copy genuine? Asked by anybody who holds one; answered with yes or no, and the day."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from archive import certified_copies
from web import current

blueprint = Blueprint("verify", __name__, url_prefix="/verify")


@blueprint.get("/")
def copy() -> ResponseReturnValue:
    code = request.args.get("code", "").strip()
    found = certified_copies.verify(current.archive(), code) if code else None
    return render_template("verify.html", code=code[:40], found=found)
