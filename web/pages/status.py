"""How the archive is doing, for those who keep it running."""

from flask import Blueprint, render_template

from archive import status
from web import current

blueprint = Blueprint("status", __name__)


@blueprint.get("/status")
def show() -> str:
    return render_template("status/show.html", status=status.of(current.archive(), current.actor()))
