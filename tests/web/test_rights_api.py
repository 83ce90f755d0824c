"""Rights, deputies, the matrix and the ledger for programs: what pages can, programs can, by the same rules."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from archive.app import Archive
from tests.archive.test_lending import a_secret
from tests.builders import Office, a_person, an_office
from tests.conftest import NOON

Headers = dict[str, str]
Ask = Callable[..., Any]


@pytest.fixture
def office(archive: Archive) -> Office:
    a_person(archive, "machine", "sysadmin", clearance=0)
    a_person(archive, "auditor", "auditor", clearance=3)
    return an_office(archive)


@pytest.fixture
def ask(app: Flask, office: Office, token_of: Callable[[str], Headers]) -> Ask:
    """Asks as somebody; every good answer has the shape that the description promises."""
    client: FlaskClient = app.test_client()
    document = client.get("/api/openapi.json").json
    every = {
        login: token_of(login) for login in ("machine", "auditor", "officer", "final", "head", "keeper", "borrower")
    }

    def send(who: str, method: str, path: str, operation: str, /, **json: Any) -> Any:
        body = {} if method == "GET" else {"json": json}
        answer = client.open(f"/api/v1{path}", method=method, headers=every[who], **body)
        if answer.status_code < 300:
            described = document["paths"][operation][method.lower()]["responses"][str(answer.status_code)]
            schema = described["content"]["application/json"]["schema"]
            Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json)
        return answer

    return send


def test_the_matrix_is_changed_by_two_programs(ask: Ask) -> None:
    path = "/approval-matrix"
    held = ask("borrower", "GET", path, path).json
    rows = [{**row, "days": 5} if row["level"] == "2" else row for row in held["rows"]]

    assert ask("keeper", "POST", path, path, rows=rows, reason="x").status_code == 403
    loose = ask("officer", "POST", path, path, rows=[{**row, "posts": ""} for row in rows], reason="x")
    assert (loose.status_code, loose.json["code"]) == (409, "matrix-too-loose")
    assert ask("officer", "POST", path, path, rows=["x"], reason="x").status_code == 422
    assert ask("officer", "POST", path, path, rows=rows, reason="缩短").json["waiting"]["reason"] == "缩短"
    deed = f"{path}/{{version}}/{{deed}}"
    assert ask("officer", "POST", f"{path}/1/agree", deed).status_code == 403
    assert ask("final", "POST", f"{path}/1/agree", deed).json["version"] == 1


def test_a_deputy_is_named_and_called_off(ask: Ask) -> None:
    first, last = (NOON + timedelta(hours=1)).isoformat(), (NOON + timedelta(days=3)).isoformat()

    given = ask("head", "POST", "/delegations", "/delegations", deputy="colleague", starts_at=first, ends_at=last)
    assert given.status_code == 201
    [one] = given.json["delegations"]
    assert one["deputy"] == "colleague"
    assert ask("borrower", "DELETE", f"/delegations/{one['id']}", "/delegations/{id}").status_code == 404
    assert ask("head", "DELETE", f"/delegations/{one['id']}", "/delegations/{id}").json["delegations"][0]["ended_at"]
    wrong = ask(
        "head", "POST", "/delegations", "/delegations", deputy="colleague", starts_at="2026-03-02", ends_at=last
    )
    assert (wrong.status_code, wrong.json["code"]) == (422, "not-a-date")


def test_accounts_are_opened_by_one_and_given_rights_by_another(ask: Ask) -> None:
    assert ask("officer", "POST", "/people", "/people", login="new", name="新人").status_code == 403
    opened = ask("machine", "POST", "/people", "/people", login="new", name="新人")
    assert opened.status_code == 201
    assert opened.json["password"]
    assert "password" not in ask("auditor", "GET", "/people/new", "/people/{login}").json
    assert ask("machine", "PATCH", "/people/new", "/people/{login}", roles=["borrower"]).status_code == 403
    changed = ask("officer", "PATCH", "/people/new", "/people/{login}", roles=["borrower"], clearance=2).json
    assert (changed["roles"], changed["clearance"]) == (["borrower"], 2)
    assert not ask("officer", "DELETE", "/people/new", "/people/{login}").json["active"]
    assert ask("borrower", "GET", "/people", "/people").status_code == 403


def test_a_grant_of_level_two_takes_two_programs(ask: Ask) -> None:
    first, last = (NOON + timedelta(hours=1)).isoformat(), (NOON + timedelta(days=3)).isoformat()
    wish = {"person": "borrower", "level": 2, "purpose": "审计配合", "classes": ["HT02"], "starts_at": first}

    grant = ask("officer", "POST", "/grants", "/grants", **wish, ends_at=last)
    assert grant.status_code == 201
    deed = "/grants/{id}/{deed}"
    assert ask("officer", "POST", f"/grants/{grant.json['id']}/confirm", deed).status_code in (403, 409)
    assert ask("final", "POST", f"/grants/{grant.json['id']}/confirm", deed).json["confirmed_by"] == "final"
    assert ask("officer", "POST", f"/grants/{grant.json['id']}/end", deed).json["ended_at"]
    asked = ask("borrower", "POST", "/grants/emergency", "/grants/emergency", purpose="水管爆裂", hours=2, level=1)
    assert asked.json["kind"] == "emergency"
    assert ask("final", "GET", "/grants", "/grants").status_code == 200


def test_a_level_is_lowered_by_two_programs(ask: Ask, archive: Archive) -> None:
    record_id = a_secret(archive, department="SWB")
    path, deed = "/declassifications", "/declassifications/{id}/{deed}"

    made = ask("keeper", "POST", path, path, record=record_id, reason="已公开", level=1, event="合同公示")
    assert made.status_code == 201
    assert ask("keeper", "POST", f"{path}/{made.json['id']}/agree", deed).status_code in (403, 409)
    assert ask("officer", "POST", f"{path}/{made.json['id']}/agree", deed).json["decision"] == "agreed"
    assert ask("officer", "GET", path, path).json["proposals"]


def test_the_ledger_is_read_by_the_auditor_only(ask: Ask, archive: Archive) -> None:
    record_id = a_secret(archive)

    for path, operation in (
        ("/ledger?action=record&size=5", "/ledger"),
        (f"/ledger/readings?record={record_id}", "/ledger/readings"),
        (f"/ledger/seers/{record_id}", "/ledger/seers/{record}"),
        ("/ledger/proof", "/ledger/proof"),
    ):
        assert ask("auditor", "GET", path, operation).status_code == 200
        for login in ("borrower", "keeper", "machine"):
            assert ask(login, "GET", path, operation).status_code in (403, 404), (login, path)
    assert ask("auditor", "GET", "/ledger/proof", "/ledger/proof").json["whole"]
    assert ask("auditor", "GET", "/ledger/readings", "/ledger/readings").status_code == 422
