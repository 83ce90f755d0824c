"""What looked unusual in the ledger, and what it was found to be."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import alerting
from archive.errors import Conflict, Invalid
from web import answered, current, rights_words, sentences

blueprint = Blueprint("alerts", __name__, url_prefix="/alerts")


@blueprint.get("")
def every() -> str:
    return _page("")


def _page(problem: str) -> str:
    board = alerting.board(current.archive(), current.actor())
    return render_template("ledger/alerts.html", board=board, problem=problem, rights=rights_words)


@blueprint.post("/<id>")
def close(id: str) -> ResponseReturnValue:
    try:
        alerting.close(current.archive(), current.actor(), id, request.form.get("said", ""))
    except (Conflict, Invalid) as error:
        return _page(sentences.sentence(error)), 422
    answered.done("alerts.close")
    return redirect(url_for("alerts.every"), 303)
