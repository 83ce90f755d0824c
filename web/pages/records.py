"""One record: what it is, its pages, its text, its original; and correcting what is said of it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from access import rules
from access.loans import State
from access.rules import Action
from archive import (
    contract_desk,
    documents,
    dossiers,
    drills,
    filling,
    loan_desk,
    locations,
    numbering,
    obsolescence,
    properties,
    recognising,
    records,
    repairs,
    retention,
    returning,
    stocktaking,
    traces,
    unlocking,
)
from archive import similar as similarity
from archive.errors import Conflict, Invalid, NotFound
from archive.loan_desk import Offer
from archive.model import Component
from archive.records import View
from indexer.errors import BadQuery
from indexer.query import Query, parse
from indexer.snippets import Marker, Parts
from web import current, files, form_words, forms, loan_words, property_words, repair_words, sentences, wrong
from web.language import gettext

blueprint = Blueprint("records", __name__, url_prefix="/records")


@blueprint.get("/<id>")
def show(id: str) -> str:
    view = records.view(current.archive(), current.actor(), id)
    vocabulary = records.vocabulary(current.archive(), current.actor())
    offer = loan_desk.offer(current.archive(), current.actor(), id)
    cases, may_open_case = repairs.of_record(current.archive(), current.actor(), view.record)
    _timed(view)
    traces.opened(current.archive(), current.actor(), id, question=request.args.get("q", ""))
    may_lower = rules.scope(current.actor(), Action.DECLASSIFY).admits(view.record)
    return render_template(
        "records/show.html",
        view=view,
        vocabulary=vocabulary,
        offer=offer,
        closes_in_s=_closes_in_s(offer, id) if not view.may_read_text else None,
        standing=retention.standing(current.archive(), current.actor(), id),
        stamp=numbering.stamp(current.archive(), current.actor(), id),
        loan_words=loan_words,
        may_lower=may_lower,
        cases=cases,
        may_open_case=may_open_case,
        repair_words=repair_words,
        place=locations.place_of(current.archive(), current.actor(), view.record),
        contract=contract_desk.of_record(current.archive(), current.actor(), id),
        dossiers=dossiers.of_record(current.archive(), current.actor(), id),
        edition=documents.of_record(current.archive(), current.actor(), id),
        obsolete=obsolescence.of_record(current.archive(), current.actor(), id),
        seen=stocktaking.last_seen(current.archive(), current.actor(), view.record),
        apart=returning.apart(current.archive(), current.actor(), id),
        copy=filling.of_record(current.archive(), current.actor(), id),
        form_words=form_words,
        tested=properties.of_record(current.archive(), current.actor(), view.record),
        property_words=property_words,
        may_test=rules.may(current.actor(), Action.ACCESSION) and view.may_describe,
        **viewed(view),
    )


@blueprint.get("/<id>/viewer")
def viewer(id: str) -> str:
    """The viewer alone, for turning pages without loading everything again."""
    view = records.view(current.archive(), current.actor(), id)
    if not view.may_read:
        raise NotFound("There is no such page.")
    return render_template("records/viewer.html", view=view, **viewed(view))


def _timed(view: View) -> None:
    """Whoever is timed in a drill and has found what they were asked for is told so."""
    done = drills.reached(current.archive(), current.actor(), view.record, page=view.may_read and bool(view.components))
    if done is not None:
        drill, task = done
        flash(gettext("Found in %(seconds)s seconds.", seconds=f"{task.seconds or 0:.1f}"))
        if any(not one.outcome for one in drill.tasks):
            there, go_on = url_for("drills.one", id=drill.id), gettext("Go on with the drill")
            # Within reach of the finger that opened the record: the next question waits behind it.
            flash(Markup('<a href="{}" autofocus>{} {}</a>').format(there, go_on, drill.number))


@blueprint.get("/<id>/similar")
def similar(id: str) -> str:
    """Records like this one, loaded when the page is there."""
    found = similarity.similar(current.archive(), current.actor(), id)
    return render_template("records/similar.html", found=found)


@blueprint.get("/<id>/pages/<int:n>")
def page(id: str, n: int) -> Response:
    return files.page_image(id, n)


@blueprint.get("/<id>/thumbnail")
def thumbnail(id: str) -> Response:
    return files.thumbnail(id)


@blueprint.get("/<id>/content")
def content(id: str) -> Response:
    return files.original(id, request.args.get("component", ""))


@blueprint.post("/<id>/unlock")
def unlock(id: str) -> ResponseReturnValue:
    """Open a locked file with its password."""
    component_id = request.form.get("component", "")
    try:
        unlocking.unlock(current.archive(), current.actor(), id, request.form.get("password", ""), component_id)
    except (Invalid, Conflict) as error:
        flash(sentences.sentence(error), "problem")
    else:
        flash(gettext("The file is unlocked; it is read in a moment."))
    return redirect(url_for("records.show", id=id), 303)


@blueprint.post("/<id>/reading/stop")
def stop_reading(id: str) -> ResponseReturnValue:
    try:
        recognising.stop(current.archive(), current.actor(), id, request.form.get("component", ""))
    except Conflict as error:
        flash(sentences.sentence(error), "problem")
    else:
        flash(gettext("The reading stops after the page under way; what was read stays searchable."))
    return redirect(url_for("records.show", id=id), 303)


@blueprint.post("/<id>/reading/go-on")
def read_on(id: str) -> ResponseReturnValue:
    try:
        recognising.go_on(current.archive(), current.actor(), id, request.form.get("component", ""))
    except Conflict as error:
        flash(sentences.sentence(error), "problem")
    else:
        flash(gettext("The pages that were left are read now."))
    return redirect(url_for("records.show", id=id), 303)


@blueprint.post("/<id>/versions")
def add_version(id: str) -> ResponseReturnValue:
    """A new file for this record: the next version of its file, or with part 0 one beside it."""
    part = 0 if "beside" in request.form else request.form.get("part", 1, int)
    try:
        made = files.new_version(id, request.files.get("file"), why=request.form.get("why", ""), part=part)
    except (Invalid, Conflict) as error:
        flash(sentences.sentence(error), "problem")
    else:
        flash(gettext("Version %(number)s is safely kept; it is read in a moment.", number=made.version))
    return redirect(url_for("records.show", id=id), 303)


@blueprint.route("/<id>/edit", methods=["GET", "POST"])
def edit(id: str) -> ResponseReturnValue:
    archive, actor = current.archive(), current.actor()
    view = records.view(archive, actor, id)
    said, problem, status, shelf = forms.of_record(view.record), wrong.NOTHING, 200, None
    theirs: Mapping[str, str] = {}
    if request.method == "POST":
        said, revision = forms.entered(request.form), request.form.get("revision", 0, int)
        try:
            records.describe(
                archive, actor, id, forms.description(said), revision=revision,
                filing=False, set_up=forms.sets_up(request.form),
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            shelf, status = forms.offered(error, said), 422
            view = records.view(archive, actor, id)
            problem, theirs = forms.refused(error, said, view.record, revision)
        else:
            flash(gettext("The description is corrected."))
            return redirect(url_for("records.show", id=id), 303)
    elif not view.may_describe:
        # The rule is asked with the same words as when saving, so that the page says why and what next.
        records.describe(archive, actor, id, forms.description(said), revision=view.record.revision, filing=False)
    vocabulary = records.vocabulary(archive, actor)
    return (
        render_template(
            "records/edit.html",
            view=view,
            said=said,
            problem=problem,
            vocabulary=vocabulary,
            suggestions={},
            shelf=shelf,
            theirs=theirs,
            addresses=locations.addresses(archive, actor),
        ),
        status,
    )


TEXT_SHOWN = 60_000
"""Characters of one page of text that are shown; a page of a log file can have millions."""


def viewed(view: View) -> dict[str, Any]:
    """What the viewer shows: which file, which page, image or text, and where the words searched for stand."""
    component = _component(view, request.args.get("component", ""))
    if component is None:
        return {"component": None, "mode": "", "n": 0, "last": 0, "lines": (), "sought": ""}
    sought = request.args.get("q", "")
    # A loan opens the pictures only: words can be copied.
    text_pages = component.page_count if view.may_read_text else 0
    modes = [mode for mode, count in (("image", component.image_pages), ("text", text_pages)) if count]
    mode = request.args.get("view", "") if request.args.get("view", "") in modes else (modes or [""])[0]
    last = component.image_pages if mode == "image" else component.page_count
    n = min(max(request.args.get("page", 1, int), 1), max(last, 1))
    lines: list[Parts] = []
    if mode == "text":
        pages = _text_of(view, component)
        marker = Marker(_query(sought))
        shown = pages[n - 1][:TEXT_SHOWN] if n <= len(pages) else ""
        lines = [marker.highlight(line, "body") for line in shown.splitlines()]
    return {
        "component": component,
        "mode": mode,
        "modes": modes,
        "n": n,
        "last": last,
        "lines": lines,
        "sought": sought,
    }


def _text_of(view: View, component: Component) -> "list[str]":
    return list(records.text_of(current.archive(), current.actor(), view.record.id, component.id))


def _component(view: View, component_id: str) -> Component | None:
    """The file asked for, as it is now or as it was; the first, when none is."""
    if not component_id:
        return next(iter(view.components), None)
    return next((one for one in (*view.components, *view.versions) if component_id == one.id), None)


def _query(sought: str) -> Query:
    try:
        return parse(sought)
    except BadQuery:
        return Query(None, sought)


def _closes_in_s(offer: Offer, record_id: str) -> float | None:
    """In how many seconds the loan ends under which this record is read; None when it is read by standing."""
    items = offer.loan.loan.items if offer.loan else ()
    due = [one.due_at for one in items if one.record_id == record_id and one.state is State.ACTIVE and one.due_at]
    return (max(due) - current.archive().now()).total_seconds() if due else None
