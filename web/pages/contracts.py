"""Contracts: the register, one with its chain, drafting and reviewing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive import amendments, contract_desk, contracts, records
from archive.errors import Conflict, Invalid, NotFound
from archive.model.contracts import Contract
from web import answered, contract_words, current, words, wrong
from web.language import gettext

blueprint = Blueprint("contracts", __name__, url_prefix="/contracts")

WENT_WRONG = (Conflict, Invalid, Denied, NotFound)
FIELDS = (
    "kind", "number", "title", "party_a", "party_b", "signed_on", "begins_on", "ends_on", "indefinite", "subject",
    "notice_days", "originals", "originals_at",
)  # fmt: skip
CALLED = {"last_day": "ended_on", "why": "ended_why"}
"""What a field of the form that ends a contract is called in the contract."""
KEPT = {"change": FIELDS, "locate": ("originals", "originals_at"), "end": ("why", "notice_on", "last_day")}
"""Of each form that replaces what a contract says: the fields."""


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"told": contract_words, "today": contracts.today(current.archive())}


@blueprint.get("")
def register() -> str:
    archive, actor, asked = current.archive(), current.actor(), request.args
    wanted = {name: asked.get(name, "") for name in ("kind", "site", "state")}
    found = contract_desk.desk(archive, actor, **wanted, text=asked.get("q", ""))
    return render_template(
        "contracts/register.html",
        found=found,
        wanted={**wanted, "q": asked.get("q", "")},
        vocabulary=records.vocabulary(archive, actor),
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Draft a contract whose paper is a record; `after` is the contract that it follows."""
    archive, actor = current.archive(), current.actor()
    record, after = request.values.get("record", "").strip(), request.values.get("after", "")
    said: dict[str, str] = dict.fromkeys(FIELDS, "")
    problem, status = wrong.NOTHING, 200
    try:
        if request.method == "POST":
            said = _entered()
            if after:
                made = contracts.renew(archive, actor, after, record, said)
            else:
                made = contracts.draft(archive, actor, record, said)
            flash(gettext("Drafted. Somebody else reviews it."))
            return redirect(url_for("contracts.show", id=made.id), 303)
        if record:
            said.update(contracts.suggested(archive, actor, record))
            record = said["record"]
    except WENT_WRONG as error:
        problem, status = wrong.told(error), 422
        if isinstance(error, Denied | NotFound):
            record = ""
    follows = contract_desk.show(archive, actor, after).row if after else None
    if follows and request.method == "GET":
        said.update({name: value for name, value in _carried_on(follows).items() if not said.get(name)})
        said["kind"] = "service" if follows.contract.kind == "preliminary" else follows.contract.kind
    papers = contract_desk.papers(archive, actor, after) if not record and words.may("keep-contracts") else ()
    page = render_template(
        "contracts/new.html", said=said, record=record, after=after, follows=follows, problem=problem, papers=papers
    )
    return page, status


def _carried_on(row: contract_desk.Row) -> dict[str, str]:
    one = row.contract
    return {
        "party_a": one.party_a if one.kind != "preliminary" else "",
        "party_b": one.party_b,
        "subject": one.subject,
        "begins_on": one.until.isoformat() if one.until else "",
    }


def _entered() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in FIELDS}


@blueprint.get("/<id>")
def show(id: str) -> str:
    return _shown(id)


def _shown(id: str, error: Exception | None = None, deed: str = "") -> str:
    """`deed` is what was wrong: its form stands open again, as it was filled in. Where somebody else has saved since it
    was opened, it says what is kept now."""
    shown = contract_desk.show(current.archive(), current.actor(), id)
    entered = {**_entered(), **{name: request.form.get(name, "") for name in request.form}}
    problem, theirs = wrong.told(error) if error else wrong.NOTHING, dict[str, str]()
    one = shown.row.contract
    if error and deed in KEPT and request.form.get("revision", 0, int) != one.revision:
        problem, theirs = wrong.meanwhile(error, entered, {name: _kept(one, name) for name in KEPT[deed]})
    return render_template(
        "contracts/show.html", shown=shown, problem=problem, deed=deed, entered=entered, theirs=theirs
    )


def _kept(one: Contract, name: str) -> str:
    """A field of a form as it stands for a contract."""
    value = getattr(one, CALLED.get(name, name))
    if isinstance(value, bool):
        return "1" if value else ""
    if name == "originals":
        return str(value or "")
    return "" if value is None else str(value)


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.form
    revision = form.get("revision", 0, int)
    said = {name: form.get(name, "") for name in form}
    try:
        if deed == "change":
            contracts.change(archive, actor, id, _entered(), revision=revision)
        elif deed == "confirm":
            contracts.confirm(archive, actor, id, revision=revision, despite=said.get("why", ""))
        elif deed == "send-back":
            contracts.send_back(archive, actor, id, said.get("why", ""), revision=revision)
        elif deed == "void":
            contracts.void(archive, actor, id)
        elif deed == "prove":
            contracts.prove(
                archive, actor, id, said.get("item", ""), record=said.get("record", ""), note=said.get("note", "")
            )
        elif deed == "disprove":
            contracts.disprove(archive, actor, id, said.get("item", ""))
        elif deed == "locate":
            contracts.locate(
                archive,
                actor,
                id,
                originals=said.get("originals", ""),
                originals_at=said.get("originals_at", ""),
                revision=revision,
            )
        elif deed == "go-on":
            contracts.go_on(archive, actor, id, revision=revision)
        elif deed == "follow":
            contracts.follow(archive, actor, id, said.get("successor", ""), revision=revision)
        elif deed == "end":
            contracts.end(
                archive,
                actor,
                id,
                said.get("last_day", ""),
                revision=revision,
                why=said.get("why", ""),
                notice_on=said.get("notice_on", ""),
            )
        elif deed == "amend":
            amendments.draft(archive, actor, id, said.get("record", ""), said)
        elif deed == "confirm-amendment":
            amendments.confirm(archive, actor, id, said.get("amendment", ""))
        elif deed == "void-amendment":
            amendments.void(archive, actor, id, said.get("amendment", ""))
        elif deed == "project":
            site = contract_desk.show(archive, actor, id).row.contract.site
            contracts.state_project(archive, actor, site, said)
        else:
            raise NotFound("There is no such page.")
    except (Conflict, Invalid, Denied) as error:
        return _shown(id, error, deed), 422
    except NotFound as error:
        # The contract is there and what was named in the form is not; or else the page says that it is not there.
        return _shown(id, error, deed), 422
    answered.done(f"contracts.{deed}")
    return redirect(url_for("contracts.show", id=id), 303)
