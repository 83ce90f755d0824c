"""A photo of a label is sent, what the label says comes back: for browsers that cannot read it themselves."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from archive import scanning
from archive.errors import Invalid
from web import current

blueprint = Blueprint("scans", __name__, url_prefix="/scans")


@blueprint.post("/")
def read() -> ResponseReturnValue:
    photo = request.files.get("photo")
    if photo is None:
        raise Invalid("There is no file in the request.", "no-file")
    return {"label": scanning.label_in(current.actor(), photo.stream.read(scanning.BYTES_MAX + 1))}
