"""Deputies for programs: who decides in one's place, from when until when."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from access.approvals import Delegation
from archive import deputies, loan_desk
from web import current
from web.api import Answer, Given, Operation, Parameter, body, entered, said, shapes
from web.api.schemas import TEXT, ref


def get_delegations(_given: Given) -> Response:
    given, people = loan_desk.deputies(current.archive(), current.actor())
    names = {key: person.login for key, person in people.items()}
    return said({"delegations": [_shape(one, names) for one in given]})


def give_delegation(_given: Given) -> Response:
    values = body(("deputy", "starts_at", "ends_at"))
    entered.only(values, ("deputy", "starts_at", "ends_at"))
    first, last = entered.moment(values, "starts_at"), entered.moment(values, "ends_at")
    deputies.delegate(current.archive(), current.actor(), entered.text(values, "deputy"), first, last)
    answer = get_delegations({})
    answer.status_code = 201
    return answer


def end_delegation(given: Given) -> Response:
    deputies.end_delegation(current.archive(), current.actor(), given["id"])
    return get_delegations({})


def _shape(one: Delegation, names: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "deputy": names.get(one.delegate_id, ""),
        "starts_at": shapes.moment(one.starts_at),
        "ends_at": shapes.moment(one.ends_at),
        "ended_at": shapes.moment(one.revoked_at) if one.revoked_at else None,
    }


OPERATIONS = (
    Operation(
        "GET",
        "/delegations",
        "Who decides in your place.",
        get_delegations,
        {200: Answer("Delegations you gave, the latest first.", ref("Delegations"))},
    ),
    Operation(
        "POST",
        "/delegations",
        "Let somebody decide in your place, from a moment to a moment.",
        give_delegation,
        {201: Answer("Delegations you gave.", ref("Delegations"))},
        body=entered.json("DelegationToGive"),
    ),
    Operation(
        "DELETE",
        "/delegations/{id}",
        "Decide yourself again.",
        end_delegation,
        {200: Answer("Delegations you gave.", ref("Delegations"))},
        (Parameter("id", TEXT, "Id of the delegation.", "path"),),
    ),
)
