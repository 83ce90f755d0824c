"""Accounts for programs: opened by one, given rights by another, closed; with the rules of the pages."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from archive import people
from archive.errors import NotFound
from archive.model import Person
from archive.people import NewPerson, Rights
from web import current
from web.api import Answer, Given, Operation, Parameter, body, entered, said
from web.api.schemas import TEXT, ref

LOGIN = Parameter("login", TEXT, "Login name.", "path")
OPENED = ("login", "name", "department", "sites", "employee_no", "email")
RIGHTS = ("roles", "clearance", "department", "sites")


def get_people(_given: Given) -> Response:
    return said({"people": [_shape(one) for one in people.everybody(current.archive(), current.actor())]})


def get_person(given: Given) -> Response:
    found = next(
        (one for one in people.everybody(current.archive(), current.actor()) if one.login == given["login"]), None
    )
    if found is None:
        raise NotFound("There is nobody with this login name.", "no-such-login")
    return said(_shape(found))


def open_account(_given: Given) -> Response:
    """The answer holds the one-time password: it is said once and kept nowhere."""
    values = body(("login", "name"))
    entered.only(values, OPENED)
    new = NewPerson(
        entered.text(values, "login"),
        entered.text(values, "name"),
        frozenset(),
        department=entered.text(values, "department"),
        sites=entered.texts(values, "sites"),
        employee_no=entered.text(values, "employee_no"),
        email=entered.text(values, "email"),
    )
    person, password = people.open_account(current.archive(), current.actor(), new)
    return said({**_shape(person), "password": password}, 201, {"Cache-Control": "no-store"})


def change_rights(given: Given) -> Response:
    archive, actor, values = current.archive(), current.actor(), body()
    entered.only(values, RIGHTS)
    now = people.rights_of(archive, actor, given["login"])
    rights = Rights(
        entered.texts(values, "roles") if "roles" in values else now.roles,
        entered.number(values, "clearance", now.clearance),
        entered.text(values, "department", now.department),
        entered.texts(values, "sites") if "sites" in values else now.sites,
    )
    return said(_shape(people.change_rights(archive, actor, given["login"], rights)))


def close_account(given: Given) -> Response:
    return said(_shape(people.deactivate(current.archive(), current.actor(), given["login"])))


def _shape(person: Person) -> Mapping[str, Any]:
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "department": person.department,
        "clearance": person.clearance,
        "roles": sorted(person.roles),
        "sites": sorted(person.sites),
        "active": person.active,
    }


ONE = {200: Answer("The account.", ref("Account"))}

OPERATIONS = (
    Operation("GET", "/people", "Every account.", get_people, {200: Answer("Accounts.", ref("Accounts"))}),
    Operation(
        "POST",
        "/people",
        "Open an account that may nothing yet; the answer holds its one-time password, once.",
        open_account,
        {201: Answer("The account and its password.", ref("OpenedAccount"))},
        body=entered.json("AccountToOpen"),
    ),
    Operation("GET", "/people/{login}", "One account.", get_person, ONE, (LOGIN,)),
    Operation(
        "PATCH",
        "/people/{login}",
        "Say what somebody may from now on.",
        change_rights,
        ONE,
        (LOGIN,),
        body=entered.json("RightsToGive"),
    ),
    Operation("DELETE", "/people/{login}", "Close an account.", close_account, ONE, (LOGIN,)),
)
