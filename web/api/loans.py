"""Loans for programs: ask, answer, end, renew; and the counter."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response

from access import loans
from access.loans import External, Form, Item, Loan
from archive import counter, lending, loan_desk, loan_terms
from archive.errors import Invalid
from archive.lending import Wish
from archive.loan_desk import Slip
from web import current, loan_deeds
from web.api import Answer, Given, Operation, Parameter, body, said, shapes
from web.api.schemas import Schema, ref

LISTS: Mapping[str, Callable[..., Sequence[Slip]]] = {
    "mine": loan_desk.mine,
    "to-approve": loan_desk.to_decide,
    "to-settle": loan_desk.to_settle,
    "out": loan_desk.awaited,
    "overdue": loan_desk.overdue,
}
LOAN_ID = Parameter("id", {"type": "string"}, "Id of the loan.", "path")
COUNTER_DEEDS = ("issue", "take-back", "lose")


def get_loans(given: Given) -> Response:
    slips = LISTS[given["of"]](current.archive(), current.actor())
    return said({"loans": [_loan(slip) for slip in slips]})


def request_loan(_given: Given) -> Response:
    loan = lending.request(current.archive(), current.actor(), _wish(body(("items",))))
    return said(_shown(loan), 201)


def preview_loan(_given: Given) -> Response:
    prospect = loan_terms.preview(current.archive(), current.actor(), _wish(body(("items",))))
    return said(
        {
            "days_max": prospect.terms.days_max,
            "renewals_max": prospect.terms.renewals_max,
            "purpose_needed": prospect.purpose_needed,
            "conditions": list(prospect.terms.conditions),
            "approvals": [
                {
                    "post": ask.post,
                    "department": ask.department,
                    "site": ask.site,
                    "people": [person.name for person in people],
                }
                for ask, people in prospect.asks
            ],
            "refusal": prospect.refusal.code if prospect.refusal else None,
        }
    )


def get_loan(given: Given) -> Response:
    return said(_loan(loan_desk.show(current.archive(), current.actor(), given["id"])))


def do_with_loan(given: Given) -> Response:
    words = body()
    reason = _text(words, "reason")
    _only(words, ("reason",))
    return said(_shown(loan_deeds.DEEDS[given["deed"]](given["id"], reason)))


def do_at_counter(given: Given) -> Response:
    archive, actor, values = current.archive(), current.actor(), body(("record",))
    _only(values, ("record", "pages", "condition", "note"))
    record, note, condition = (_text(values, name) for name in ("record", "note", "condition"))
    pages = _number(values, "pages", -1)
    deed = given["deed"]
    if deed == "issue":
        loan = counter.issue(archive, actor, record, pages=pages, condition=condition, note=note)
    elif deed == "take-back":
        loan = counter.take_back(archive, actor, record, pages=pages, condition=condition, note=note)
    else:
        loan = counter.lose(archive, actor, record, note)
    return said(_shown(loan))


def _shown(loan: Loan) -> Mapping[str, Any]:
    return _loan(loan_desk.show(current.archive(), current.actor(), loan.id))


def _loan(slip: Slip) -> Mapping[str, Any]:
    loan = slip.loan
    return {
        "id": loan.id,
        "number": loan.number,
        "borrower": slip.borrower,
        "purpose": loan.purpose,
        "level": loan.level,
        "pii": loan.pii,
        "term_days": loan.term_days,
        "renewals": loan.renewals,
        "renewals_max": loan.renewals_max,
        "requested_at": shapes.moment(loan.requested_at),
        "items": [_item(slip, item) for item in loan.items],
        "approvals": [
            {
                "post": one.ask.post,
                "department": one.ask.department,
                "site": one.ask.site,
                "renewal": one.round > 0,
                "decision": one.decision,
                "decided_by": slip.people[one.decided_by].name if one.decided_by in slip.people else "",
                "decided_at": shapes.moment(one.decided_at) if one.decided_at else None,
                "reason": one.reason,
            }
            for one in slip.chain
        ],
        "may": sorted(slip.may),
        "effect": loan.effect,
    }


def _item(slip: Slip, item: Item) -> Mapping[str, Any]:
    times = {name: getattr(item, name) for name in ("started_at", "due_at", "ended_at")}
    return {
        "record": item.record_id if item.record_id in slip.records else None,
        "form": item.form,
        "state": item.state,
        **{name: shapes.moment(at) if at else None for name, at in times.items()},
        "overdue": loans.is_overdue(item, current.archive().now()),
        "pages_out": item.pages_out,
        "condition_out": item.condition_out,
        "pages_in": item.pages_in,
        "condition_in": item.condition_in,
    }


def _wish(values: Mapping[str, Any]) -> Wish:
    _only(values, ("items", "purpose", "days", "borrower", "external"))
    items: Any = values["items"]
    if not isinstance(items, list):
        raise Invalid("items is not of the right type.", "bad-body")
    wanted: list[tuple[str, Form]] = []
    for one in items:  # pyright: ignore[reportUnknownVariableType] — JSON is checked here
        entry = _object(one, "items")
        _only(entry, ("record", "form"))
        form = _text(entry, "form")
        if form not in list(Form):
            raise Invalid("The form of an item is paper or digital.", "bad-body")
        wanted.append((_text(entry, "record"), Form(form)))
    external = None
    if values.get("external") is not None:
        letter = _object(values["external"], "external")
        _only(letter, ("name", "organisation", "letter"))
        external = External(*(_text(letter, name) for name in ("name", "organisation", "letter")))
    return Wish(
        tuple(wanted), _text(values, "purpose"), _number(values, "days", 1), _text(values, "borrower"), external
    )


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return value  # pyright: ignore[reportUnknownVariableType] — any JSON object


def _only(values: Mapping[str, Any], known: Sequence[str]) -> None:
    unknown = set(values) - set(known)
    if unknown:
        raise Invalid(f"The body has no {min(unknown)!r}.", "bad-body")


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name, "")
    if not isinstance(value, str):
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return value


def _number(values: Mapping[str, Any], name: str, default: int) -> int:
    value = values.get(name, default)
    if type(value) is not int or abs(value) > 1_000_000:
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return value


_WORDS: Mapping[str, Schema] = {"application/json": ref("Words")}

OPERATIONS = (
    Operation(
        "GET",
        "/loans",
        "Loans: one's own, those one is asked about, those that are out, those that are overdue.",
        get_loans,
        {200: Answer("The loans.", ref("Loans"))},
        (Parameter("of", {"type": "string", "enum": list(LISTS), "default": "mine"}, "Which loans."),),
    ),
    Operation(
        "POST",
        "/loans",
        "Ask to borrow records, on screen or on paper.",
        request_loan,
        {201: Answer("Asked for.", ref("Loan"))},
        body={"application/json": ref("LoanWish")},
    ),
    Operation(
        "POST",
        "/loans/preview",
        "What such a request would take, and who would be asked.",
        preview_loan,
        {200: Answer("What it would take.", ref("LoanProspect"))},
        body={"application/json": ref("LoanWish")},
    ),
    Operation("GET", "/loans/{id}", "One loan.", get_loan, {200: Answer("The loan.", ref("Loan"))}, (LOAN_ID,)),
    Operation(
        "POST",
        "/loans/{id}/{deed}",
        "Approve or refuse as who is asked, cancel, renew, call back, or close.",
        do_with_loan,
        {200: Answer("The loan as it stands now.", ref("Loan"))},
        (LOAN_ID, Parameter("deed", {"type": "string", "enum": list(loan_deeds.DEEDS)}, "What is done.", "path")),
        body=_WORDS,
    ),
    Operation(
        "POST",
        "/counter/{deed}",
        "Hand a paper out, take it back, or report it lost.",
        do_at_counter,
        {200: Answer("The loan as it stands now.", ref("Loan"))},
        (Parameter("deed", {"type": "string", "enum": list(COUNTER_DEEDS)}, "What is done.", "path"),),
        body={"application/json": ref("OverTheCounter")},
    ),
)
