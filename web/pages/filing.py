"""The filing queue: one captured record at a time, its pages on one side, a form with suggestions on the other."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive import filling, locations, records, returning, versions
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Suggestion
from web import current, form_words, forms, sentences, wrong
from web.language import gettext
from web.pages.records import viewed

blueprint = Blueprint("filing", __name__, url_prefix="/filing")

SHOWN = 50


@blueprint.get("")
def queue() -> ResponseReturnValue:
    """Begins with the record that has waited longest."""
    waiting = records.filing_queue(current.archive(), current.actor(), limit=1)
    if not waiting.entries:
        return render_template("filing/empty.html")
    return redirect(url_for("filing.one", id=waiting.entries[0][0].id))


@blueprint.route("/<id>", methods=["GET", "POST"])
def one(id: str) -> ResponseReturnValue:
    archive, actor = current.archive(), current.actor()
    waiting = records.filing_queue(archive, actor, limit=SHOWN)
    view = records.view(archive, actor, id)
    if view.record.lifecycle != "captured":
        return redirect(url_for("records.show", id=id), 303)
    first_file = view.components[0].file_name if view.components else ""
    said, problem, status = forms.prefilled(view.record, first_file, view.suggestions), wrong.NOTHING, 200
    shelf, theirs = None, dict[str, str]()
    if not said["site"] and len(actor.sites) == 1:
        said = {**said, "site": next(iter(actor.sites))}
    if request.method == "POST":
        said = forms.entered(request.form)
        filing = "later" not in request.form
        revision = request.form.get("revision", 0, int)
        try:
            record = records.describe(
                archive, actor, id, forms.description(said), revision=revision, filing=filing,
                set_up=forms.sets_up(request.form),
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            shelf, status = forms.offered(error, said), 422
            view = records.view(archive, actor, id)
            problem, theirs = forms.refused(error, said, view.record, revision)
        else:
            said_so = gettext("Filed: %(title)s", title=record.title)
            flash(said_so if filing else gettext("Saved; it is still waiting to be filed."))
            return redirect(_after(id, [entry[0].id for entry in waiting.entries]), 303)
    return (
        render_template(
            "filing/one.html",
            waiting=waiting,
            view=view,
            said=said,
            problem=problem,
            shelf=shelf,
            theirs=theirs,
            addresses=locations.addresses(archive, actor),
            suggestions=_by_field(view.suggestions),
            unsure=forms.unsure(view.suggestions),
            apart=returning.apart(archive, actor, id),
            copy=filling.of_record(archive, actor, id),
            form_words=form_words,
            proposals=versions.proposals(archive, actor, id),
            vocabulary=records.vocabulary(archive, actor),
            **viewed(view),
        ),
        status,
    )


@blueprint.post("/<id>/version-of")
def adopt(id: str) -> ResponseReturnValue:
    """What waits is the next version of a record that is here, and no record of its own."""
    archive, actor = current.archive(), current.actor()
    waiting = [entry[0].id for entry in records.filing_queue(archive, actor, limit=SHOWN).entries]
    into, level = request.form.get("into", ""), request.form.get("level", type=int)
    try:
        records.view(archive, actor, id)
    except NotFound:
        # A second click: what waited is a version already, and no record of its own. Not for who may not know of that.
        return redirect(url_for("records.show", id=records.view(archive, actor, into).record.id), 303)
    try:
        record = versions.adopt(archive, actor, id, into, level=level, why=request.form.get("why", ""))
    except (Conflict, Denied, Invalid, NotFound) as error:
        flash(sentences.sentence(error), "problem")
        return redirect(url_for("filing.one", id=id), 303)
    flash(gettext("It is the newest version of: %(title)s", title=record.title))
    return redirect(_after(id, waiting), 303)


def _after(id: str, waiting: Sequence[str]) -> str:
    """The next in the queue, beginning again at its head."""
    if id in waiting:
        position = waiting.index(id)
        waiting = [*waiting[position + 1 :], *waiting[:position]]
    return url_for("filing.one", id=waiting[0]) if waiting else url_for("filing.queue")


def _by_field(suggestions: Sequence[Suggestion]) -> Mapping[str, Sequence[Suggestion]]:
    found: dict[str, list[Suggestion]] = {}
    for suggestion in suggestions:
        alike = found.setdefault(suggestion.field, [])
        if suggestion.value not in {one.value for one in alike}:
            alike.append(suggestion)
    return found
