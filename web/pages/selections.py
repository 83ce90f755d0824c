"""Many records at once: chosen in a list, then tried out, done, undone, lent, printed or handed out together."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from access.rules import Action, Denied
from archive import dossiers, loan_terms, records, selected_files, selections
from archive.errors import Conflict, Invalid, NotFound
from web import current, dossier_words, files, selection_words, sentences
from web.language import gettext
from web.pages import search

blueprint = Blueprint("selections", __name__, url_prefix="/selections")

WENT_WRONG = (Conflict, Invalid, NotFound, Denied)
SIZE = 100
BACK_MAX = 2000
ENTERED = (
    "class_code", "level", "site", "department", "issuer", "parties", "document_date", "dossier", "item", "reason"
)  # fmt: skip
ADDED = {"more": "record", "more-page": "here"}
"""What is added to the present selection, and the field that names it."""


@blueprint.get("")
def every() -> str:
    mine = selections.mine(current.archive(), current.actor())
    return render_template("selections/every.html", mine=mine, told=selection_words)


@blueprint.post("")
def choose() -> ResponseReturnValue:
    """The records that were marked, all of the page, or all that answer the question the form carries.

    Whoever gathers over several pages adds them to what is chosen already, and is back on the page they were on.
    """
    archive, actor, form = current.archive(), current.actor(), request.form
    which, back = form.get("which", "picked"), _local(form.get("back", ""))
    question = search.question_of(form) if which == "all" else None
    try:
        if which in ADDED:
            present, added = selections.gather(archive, actor, ids=form.getlist(ADDED[which]), origin=back)
            flash(
                gettext("%(added)s added; your selection has %(total)s records.", added=added, total=present.total)
                if added
                else gettext("They were in your selection already; it has %(total)s records.", total=present.total)
            )
            return redirect(back or url_for(".show", id=present.selection.id), 303)
        ids = form.getlist("here" if which == "page" else "record")
        chosen = selections.choose(archive, actor, ids=ids, question=question, origin=back)
    except (Conflict, Invalid) as error:
        flash(sentences.sentence(error), "problem")
        return redirect(back or url_for(".every"), 303)
    return redirect(url_for(".show", id=chosen.id), 303)


@blueprint.post("/<id>/again")
def again(id: str) -> ResponseReturnValue:
    """The same records once more, for another deed; or those with which the last one could not be done."""
    refused_only = request.form.get("which") == "refused"
    try:
        chosen = selections.again(current.archive(), current.actor(), id, refused_only=refused_only)
    except Invalid as error:
        return _page(id, sentences.sentence(error)), 422
    return redirect(url_for(".show", id=chosen.id), 303)


@blueprint.get("/<id>")
def show(id: str) -> str:
    return _page(id)


@blueprint.get("/<id>/state")
def state(id: str) -> str:
    """The part of the page that changes while it is worked on."""
    return render_template("selections/state.html", **_standing(id))


@blueprint.post("/<id>/try")
def ask(id: str) -> ResponseReturnValue:
    said = {name: request.form.get(name, "") for name in ENTERED}
    try:
        selections.ask(current.archive(), current.actor(), id, request.form.get("deed", ""), said)
    except WENT_WRONG as error:
        # Whoever may not know of the selection is told that there is none, before anything of it is shown.
        return _page(id, sentences.sentence(error), said), 422
    return redirect(url_for(".show", id=id), 303)


@blueprint.post("/<id>/<step>")
def take(id: str, step: str) -> ResponseReturnValue:
    if step not in selections.STEPS:
        raise NotFound("There is no such page.")
    try:
        selections.STEPS[step](current.archive(), current.actor(), id)
    except (Conflict, Invalid) as error:
        return _page(id, sentences.sentence(error)), 422
    return redirect(url_for(".show", id=id), 303)


@blueprint.get("/<id>/lend")
def lend(id: str) -> ResponseReturnValue:
    """One request to borrow all of them that may be borrowed."""
    found = selections.records_of(current.archive(), current.actor(), id, Action.BORROW)
    if not 0 < len(found) <= loan_terms.ITEMS_MAX:
        problem = gettext("One request names at most %(most)s records; choose fewer.", most=loan_terms.ITEMS_MAX)
        flash(problem if found else gettext("None of them can be borrowed."), "problem")
        return redirect(url_for(".show", id=id), 303)
    return redirect(url_for("loans.apply", record=[one.id for one in found], selection=id), 303)


@blueprint.get("/<id>/files")
def to_pack(id: str) -> str:
    """Which files would go out, and which not and why, before any of them does."""
    found = selected_files.foreseen(current.archive(), current.actor(), id)
    going, staying = [one for one in found if one.files], [one for one in found if not one.files]
    return render_template(
        "selections/files.html",
        id=id,
        going=going,
        staying=staying,
        size=sum(one.size_bytes for one in going),
        shown=SIZE,
    )


@blueprint.get("/<id>/files.zip")
def package(id: str) -> Response:
    """Their files, as far as each may be had at the moment it goes out; it begins to come while it is made."""
    parts = selected_files.pack(current.archive(), current.actor(), id, say=sentences.sentence)
    response = Response(stream_with_context(parts), mimetype="application/zip")
    response.headers["Content-Disposition"] = files.disposition(f"files-{current.archive().now():%Y%m%d}.zip")
    return response


def _standing(id: str) -> dict[str, Any]:
    archive, actor = current.archive(), current.actor()
    standing = selections.standing(archive, actor, id)
    only = request.args.get("state", "")
    only = only if only in standing.counts else ""
    page = max(1, request.args.get("page", 1, int))
    vocabulary = records.vocabulary(archive, actor)
    return {
        "standing": standing,
        "selection": standing.selection,
        "told": selection_words,
        "vocabulary": vocabulary,
        "only": only,
        "page": page,
        "pages": -(-standing.count(*([only] if only else standing.counts)) // SIZE),
        "lines": selections.lines(
            archive, actor, id, states=[only] if only else (), offset=(page - 1) * SIZE, most=SIZE
        ),
    }


def _page(id: str, problem: str = "", said: Mapping[str, str] | None = None) -> str:
    archive, actor = current.archive(), current.actor()
    found = _standing(id)
    offered = selections.offered(actor)
    into, named = None, request.args.get("into", "") or (said or {}).get("dossier", "")
    if "dossier" in offered and named:
        try:
            into = dossiers.lines_of(archive, actor, named)
        except (NotFound, Conflict) as error:
            problem = problem or sentences.sentence(error)
    return render_template(
        "selections/show.html",
        problem=problem,
        said=said or found["selection"].said,
        offered=offered,
        into=into,
        asks_into="into" in request.args,
        receiving=dossiers.receiving(archive, actor) if "dossier" in offered and not into else (),
        of_dossiers=dossier_words,
        **found,
    )


def _local(address: str) -> str:
    """An address of this house to go back to; empty for any other."""
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if ours and len(address) <= BACK_MAX else ""
