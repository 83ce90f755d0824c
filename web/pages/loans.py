"""Borrowing: apply, my loans, to approve, the counter, the overdue, the register, deputies."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from access import approvals, rules
from access.actors import Actor
from access.loans import CONDITIONS, OUT, Event, External, Form, Refusal, State
from access.rules import Action, Denied
from archive import (
    certified_copies,
    counter,
    lending,
    loan_desk,
    loan_terms,
    records,
    repairs,
    reservations,
    selections,
)
from archive.app import Archive
from archive.deputies import delegate, end_delegation
from archive.errors import Conflict, Invalid, NotFound
from archive.lending import Wish
from archive.loan_desk import Slip
from web import answered, current, files, loan_deeds, loan_words, repair_words, sentences, words, wrong
from web.language import gettext
from web.language import lazy_gettext as _l
from web.wrong import Wrong

blueprint = Blueprint("loans", __name__, url_prefix="/loans")

WENT_WRONG = (Conflict, Invalid, Denied)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "lent": loan_words,
        "repair_words": repair_words,
        "now": current.archive().now(),
        "Form": Form,
        "CONDITIONS": CONDITIONS,
        # Also asked for when an error is shown, to somebody who may not even be asked.
        "to_approve": len(_asked(loan_desk.to_decide)) if words.may("decide-loans") else 0,
        "to_settle": len(_asked(loan_desk.to_settle)) if words.may("decide-loans") else 0,
    }


def _asked(whose: Callable[[Archive, Actor], Sequence[Slip]]) -> Sequence[Slip]:
    """What this person decides or settles, read once for the page and the tabs above it."""
    if request.method != "GET":  # a step may have been taken since
        return whose(current.archive(), current.actor())
    known: dict[str, Sequence[Slip]] = g.setdefault("loans_asked", {})
    if whose.__name__ not in known:
        known[whose.__name__] = whose(current.archive(), current.actor())
    return known[whose.__name__]


@blueprint.get("")
def mine() -> str:
    archive, actor = current.archive(), current.actor()
    slips = loan_desk.mine(archive, actor)
    return render_template(
        "loans/mine.html",
        running=[slip for slip in slips if slip.loan.open],
        past=[slip for slip in slips if not slip.loan.open],
        places=loan_desk.queues(archive, actor),
    )


@blueprint.route("/apply", methods=["GET", "POST"])
def apply() -> ResponseReturnValue:
    """Ask to borrow the records named in the address; the page says who would have to approve."""
    archive, actor = current.archive(), current.actor()
    ids = tuple(dict.fromkeys(request.values.getlist("record")))
    offered = dict.fromkeys((*request.values.getlist("offered")[: loan_terms.ITEMS_MAX], *ids))
    views = [records.view(archive, actor, record_id) for record_id in offered]
    if not views:
        raise NotFound("There is no such record.")
    entered, problem, status = _entered(views), wrong.NOTHING, 200
    wish = _wish(entered, ids)
    asked = request.method == "POST" and not request.form.get("look")
    try:
        if not entered["days"].isdecimal():
            raise Invalid("This is no number; enter one in digits, such as 3.", "bad-number", field="days")
        if asked:
            loan = lending.request(archive, actor, wish)
            flash(gettext("Applied for: %(number)s.", number=loan.number))
            return redirect(url_for("loans.show", id=loan.id), 303)
    except WENT_WRONG as error:
        problem, status = wrong.told(error), 422 if asked else 200
    prospect, unfit = None, dict[str, Refusal]()
    try:
        prospect = loan_terms.preview(archive, actor, wish)
        if len(views) > 1 and prospect.unfit:
            unfit, problem = dict(prospect.unfit), wrong.NOTHING
            ids = tuple(one for one in ids if one not in unfit)
            prospect = loan_terms.preview(archive, actor, _wish(entered, ids)) if ids else None
            if asked and prospect:
                loan_terms.refuse_wish(prospect)
    except WENT_WRONG as error:
        problem = problem or wrong.told(error)
    return (
        render_template(
            "loans/apply.html",
            views=views,
            entered=entered,
            prospect=prospect,
            problem=problem,
            ids=ids,
            unfit=unfit,
            selection=_selection(),
        ),
        status,
    )


def _selection() -> str:
    """The selection that this was asked from; empty for none, or none of theirs."""
    asked = request.values.get("selection", "")
    try:
        return selections.standing(current.archive(), current.actor(), asked).selection.id if asked else ""
    except (NotFound, Denied):
        return ""


def _entered(views: "list[records.View]") -> dict[str, str]:
    """What was entered, or what a form begins with: on screen where that is locked, else on paper."""
    locked = any(not view.may_read for view in views)
    first = {"form": "digital" if locked else "paper", "days": "3", "purpose": ""}
    names = ("form", "days", "purpose", "borrower", "name", "organisation", "letter")
    return {name: request.values.get(name, first.get(name, "")).strip() for name in names}


DAYS_MAX = 9999
"""More than anything may be borrowed for: what is longer is refused as too long."""


def _wish(entered: Mapping[str, str], ids: tuple[str, ...]) -> Wish:
    both = (Form.DIGITAL, Form.PAPER)
    forms = both if entered["form"] == "both" else tuple(form for form in Form if form == entered["form"])
    external = None
    if entered["name"] or entered["organisation"] or entered["letter"]:
        external = External(entered["name"], entered["organisation"], entered["letter"])
    return Wish(
        tuple((record_id, form) for record_id in ids for form in forms),
        entered["purpose"],
        min(int(entered["days"][:9]), DAYS_MAX) if entered["days"].isdecimal() else 1,
        entered["borrower"],
        external,
    )


@blueprint.get("/<id>")
def show(id: str) -> str:
    slip = loan_desk.show(current.archive(), current.actor(), id)
    return _page(slip)


def _page(slip: Slip, problem: str = "") -> str:
    cases = repairs.seen_at(current.archive(), current.actor(), list(slip.records), loan=slip.loan.id)
    return render_template("loans/show.html", slip=slip, cases=cases, problem=problem)


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    if deed not in loan_deeds.DEEDS:
        raise NotFound("There is no such page.")
    try:
        loan = loan_deeds.DEEDS[deed](id, request.form.get("said", ""))
    except WENT_WRONG as error:
        # Whoever may not know of the loan is told that there is none, before anything of it is shown.
        slip = loan_desk.show(current.archive(), current.actor(), id)
        return _page(slip, sentences.sentence(error)), 422
    flash(loan_deeds.done(deed, loan))
    back = request.form.get("back", "")
    return redirect(url_for("loans.to_decide") if back == "to-decide" else url_for("loans.show", id=id), 303)


@blueprint.post("/<id>/items/<record>/certify")
def certify(id: str, record: str) -> ResponseReturnValue:
    """A document controller makes the certified copy that was approved."""
    archive, actor = current.archive(), current.actor()
    slip = loan_desk.show(archive, actor, id)
    try:
        made = certified_copies.make(archive, actor, id, record)
    except WENT_WRONG as error:
        return _page(slip, sentences.sentence(error)), 422
    flash(gettext("The copy is made, with the code %(code)s.", code=certified_copies.grouped(made.code)))
    return redirect(url_for("loans.show", id=id), 303)


@blueprint.get("/copies/<code>")
def copy(code: str) -> ResponseReturnValue:
    """The file of a certified copy, for whom it was made and for who keeps the record."""
    content = certified_copies.fetch(current.archive(), current.actor(), code)
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = files.disposition(f"{certified_copies.grouped(code)}.pdf")
    return response


@blueprint.get("/to-approve")
def to_decide() -> str:
    slips = _asked(loan_desk.to_decide)
    return render_template("loans/to_decide.html", slips=slips)


@blueprint.get("/to-settle")
def to_settle() -> str:
    """Damaged and lost papers about which whoever asks decides."""
    slips = _asked(loan_desk.to_settle)
    return render_template("loans/to_settle.html", slips=slips, since=loan_desk.unsettled_since)


# ---- The counter ----


@blueprint.get("/counter")
def at_counter() -> ResponseReturnValue:
    """A scanner types what a label says and presses Enter; people type the number on the paper or on the slip."""
    said = request.args.get("record", "").strip()
    try:
        slip = loan_desk.numbered(current.archive(), current.actor(), said) if said else None
    except NotFound:
        slip = None
    return redirect(url_for("loans.show", id=slip.loan.id), 303) if slip else _counter()


def _counter(problem: Wrong = wrong.NOTHING) -> ResponseReturnValue:
    archive, actor = current.archive(), current.actor()
    rules.require(actor, Action.SEE_INTAKE)
    scanned = request.values.get("record", "").strip()
    hand, status = None, 422 if problem else 200
    if scanned:
        try:
            hand = loan_desk.at_hand(archive, actor, scanned)
        except (NotFound, Denied) as error:
            problem, status = problem or wrong.told(error), 404 if isinstance(error, NotFound) else 403
    settles = hand is not None and hand.slip is not None and "settle" in hand.slip.may
    lists = _lists(loan_desk.awaited(archive, actor))
    given = request.form
    return (
        render_template("loans/counter.html", hand=hand, lists=lists, problem=problem, settles=settles, given=given),
        status,
    )


def _lists(awaited: Sequence[Slip]) -> Sequence[tuple[LazyString, Sequence[Slip], Collection[State]]]:
    """What the counter waits for: whose next step it is, the loans, and the states of their items this is about."""
    handing = [slip for slip in awaited if slip.may & loan_desk.HANDING_OUT]
    others = [slip for slip in awaited if slip not in handing]
    lists: Sequence[tuple[LazyString, Sequence[Slip], Collection[State]]] = (
        (_l("To hand out"), handing, {State.APPROVED}),
        (_l("To be handed out by others"), others, {State.APPROVED}),
        (_l("Out"), awaited, OUT),
        (_l("Damaged or lost: the final approver decides"), awaited, loan_desk.UNSETTLED),
    )
    within = ((title, [one for one in slips if _has(one, states)], states) for title, slips, states in lists)
    return [one for one in within if one[1]]


def _has(slip: Slip, states: Collection[State]) -> bool:
    return any(item.state in states and item.record_id in slip.records for item in slip.loan.items)


@blueprint.post("/counter")
def over_the_counter() -> ResponseReturnValue:
    """Hand out, take back, report lost, or settle: what the form says."""
    archive, actor, form = current.archive(), current.actor(), request.form
    record, note, condition = form.get("record", ""), form.get("note", ""), form.get("condition", "")
    pages = form.get("pages", -1, int)
    deed = form.get("deed", "")
    try:
        if deed == "issue":
            loan = counter.issue(archive, actor, record, pages=pages, condition=condition, note=note)
        elif deed == "take-back":
            loan = counter.take_back(archive, actor, record, pages=pages, condition=condition, note=note)
        elif deed == "lose":
            loan = counter.lose(archive, actor, record, note)
        else:
            raise NotFound("There is no such page.")
    except WENT_WRONG as error:
        return _counter(wrong.told(error))
    answered.flash(loan_deeds.over_the_counter(loan, record), url_for("loans.show", id=loan.id), loan.number)
    return redirect(url_for("loans.at_counter"), 303)


@blueprint.post("/<id>/items/<record>/settle")
def settle(id: str, record: str) -> ResponseReturnValue:
    """The final approver says what was done about a damaged or lost paper."""
    archive, actor = current.archive(), current.actor()
    slip = loan_desk.show(archive, actor, id)
    event = request.form.get("event", "")
    try:
        if event not in list(counter.SETTLEMENTS):
            raise Invalid("It is settled, replaced or written off.", "no-such-step")
        counter.settle(archive, actor, record, Event(event), request.form.get("said", ""))
    except WENT_WRONG as error:
        return _page(slip, sentences.sentence(error)), 422
    answered.flash(str(answered.ANSWERS[f"loans.{event}"].said), url_for("loans.show", id=id), slip.loan.number)
    back = request.form.get("back", "")
    return redirect(url_for("loans.to_settle") if back == "to-settle" else url_for("loans.show", id=id), 303)


@blueprint.post("/queue/<record>")
def queue(record: str) -> ResponseReturnValue:
    """Wait for a paper, or wait no longer."""
    archive, actor = current.archive(), current.actor()
    try:
        if request.form.get("leave"):
            reservations.give_up(archive, actor, record)
            flash(gettext("You wait no longer."))
        else:
            place = reservations.reserve(archive, actor, record)
            flash(gettext("You are number %(place)s in the queue.", place=place))
    except Conflict as error:
        flash(sentences.sentence(error))
    return redirect(url_for("loans.mine"), 303)


# ---- Boards ----


@blueprint.get("/overdue")
def overdue() -> str:
    slips = loan_desk.overdue(current.archive(), current.actor())
    return render_template("loans/overdue.html", slips=slips)


@blueprint.get("/register")
def register() -> str:
    """借阅登记簿, for the screen and for paper; this year if nothing else is asked for."""
    today = current.archive().now().astimezone()
    first = _day("from") or today.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    last = _day("to") or today
    slips = loan_desk.register(current.archive(), current.actor(), first, last + timedelta(days=1))
    return render_template("loans/register.html", slips=slips, first=first, last=last, title="")


@blueprint.get("/of/<login>")
def history(login: str) -> str:
    borrower, slips = loan_desk.history_of(current.archive(), current.actor(), login)
    return render_template("loans/register.html", slips=slips, first=None, last=None, title=borrower.name)


def _day(name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(request.args.get(name, "")).astimezone()
    except (ValueError, OverflowError):
        return None


# ---- Deputies ----


@blueprint.route("/deputies", methods=["GET", "POST"])
def deputies() -> ResponseReturnValue:
    archive, actor, problem, status = current.archive(), current.actor(), "", 200
    if request.method == "POST":
        try:
            if ended := request.form.get("end", ""):
                end_delegation(archive, actor, ended)
            else:
                first, last = _moment("first"), _moment("last")
                delegate(archive, actor, request.form.get("login", ""), first, last + timedelta(days=1))
        except WENT_WRONG as error:
            problem, status = sentences.sentence(error), 422
        else:
            answered.done("loans.end-delegation" if ended else "loans.delegate")
            return redirect(url_for("loans.deputies"), 303)
    given, people = loan_desk.deputies(archive, actor)
    return (
        render_template(
            "loans/deputies.html",
            given=given,
            people=people,
            problem=problem,
            days_max=approvals.DELEGATION_DAYS_MAX,
        ),
        status,
    )


def _moment(name: str) -> datetime:
    try:
        return datetime.fromisoformat(request.form.get(name, "")).astimezone()
    except (ValueError, OverflowError):
        raise Invalid("This is not a date; write 2026-03-01.", "not-a-date") from None
