"""What stands in versions that were replaced, for whoever asks for it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from archive import earlier
from archive.errors import Invalid
from web import current, sentences

blueprint = Blueprint("earlier", __name__)


@blueprint.get("/earlier")
def show() -> ResponseReturnValue:
    asked, answer, problem = request.args.get("q", "").strip(), None, ""
    if asked:
        try:
            answer = earlier.find(current.archive(), current.actor(), asked)
        except Invalid as error:
            problem = sentences.sentence(error)
    return render_template("earlier/show.html", asked=asked, answer=answer, problem=problem), 422 if problem else 200
