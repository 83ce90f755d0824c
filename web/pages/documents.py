"""Controlled documents: the register, one document with its editions and copies, and what one has to read."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import rules
from access.rules import Action, Denied
from archive import distributing, documents, naming, printing, records
from archive.documents import Draft
from archive.errors import Conflict, Invalid, NotFound
from web import current, document_deeds, document_words, sentences, wrong
from web.language import gettext

blueprint = Blueprint("documents", __name__, url_prefix="/documents")

WENT_WRONG = (Conflict, Invalid, Denied)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"controlled": document_words}


@blueprint.get("")
def every() -> str:
    archive, actor, asked = current.archive(), current.actor(), request.args
    on, standing = _day(asked.get("on", "")), asked.get("standing", "")
    rows = documents.register(
        archive,
        actor,
        on=on,
        kind=asked.get("kind", ""),
        department=asked.get("department", ""),
        standing=standing if standing in documents.STANDINGS else "",
    )
    return render_template(
        "documents/every.html",
        rows=rows,
        on=on,
        today=archive.now().astimezone().date(),
        asked=asked,
        mine=distributing.mine(archive, actor),
        people=documents.people_of(archive, actor, rows),
        vocabulary=records.vocabulary(archive, actor),
        forms=printing.forms(),
    )


@blueprint.get("/mine")
def mine() -> str:
    """What I have to read, and the numbered copies I have."""
    return render_template("documents/mine.html", mine=distributing.mine(current.archive(), current.actor()))


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.values.to_dict()
    rules.require(actor, Action.DRAFT_DOCUMENTS)
    problem, status, elsewhere = wrong.NOTHING, 200, False
    if request.method == "GET" and form.get("record"):
        records.view(archive, actor, form["record"])  # one that may not be known of is not there
    if request.method == "POST":
        said = Draft(
            number=form.get("number", ""),
            label=form.get("label", ""),
            title=form.get("title", ""),
            kind=form.get("kind", "procedure"),
            department=form.get("department", ""),
            owner=form.get("owner", ""),
            review_months=request.form.get("months", documents.REVIEW_MONTHS, int),
            why=form.get("why", ""),
            impact=form.get("impact", ""),
            elsewhere=bool(form.get("elsewhere")),
        )
        try:
            made = documents.draft(archive, actor, form.get("record", ""), said)
        except (*WENT_WRONG, NotFound) as error:
            problem, status = wrong.told(error), 422
            elsewhere = "edition-elsewhere" in wrong.codes(error)
            if isinstance(error, Denied | NotFound):
                form["record"] = ""
        else:
            flash(gettext("The edition is drafted; submit it when it is ready."))
            return redirect(url_for("documents.show", id=made.document_id), 303)
    vocabulary = records.vocabulary(archive, actor)
    return (
        render_template("documents/new.html", form=form, vocabulary=vocabulary, problem=problem, elsewhere=elsewhere),
        status,
    )


@blueprint.get("/<id>")
def show(id: str) -> str:
    return _shown(id)


def _shown(id: str, problem: str = "") -> str:
    archive = current.archive()
    shown = documents.show(archive, current.actor(), id, on=_day(request.args.get("on", "")))
    today = archive.now().astimezone().date()
    return render_template("documents/show.html", shown=shown, problem=problem, today=today)


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    try:
        document_deeds.do(current.archive(), current.actor(), id, deed, request.form)
    except WENT_WRONG as error:
        return _shown(id, sentences.sentence(error)), 422
    flash(_done(id, deed))
    back = "documents.mine" if request.form.get("back") == "mine" else "documents.show"
    return redirect(url_for(back) if back == "documents.mine" else url_for(back, id=id), 303)


def _done(id: str, deed: str) -> str:
    shown = documents.show(current.archive(), current.actor(), id)
    return str(document_words.DONE[deed]) % {"number": shown.row.document.number}


def _day(said: str) -> date | None:
    return naming.parsed_date(said) if said else None
