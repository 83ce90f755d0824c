"""Borrowing for programs, as scripts of a records office do it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from archive.app import Archive
from indexer.reading import Reader
from tests.archive.test_lending import a_secret, granted
from tests.builders import Office, an_office, settle

Headers = dict[str, str]
TokenOf = Callable[[str], Headers]


@pytest.fixture
def office(archive: Archive) -> Office:
    return an_office(archive)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def wish(record_id: str, form: str = "digital", **more: Any) -> dict[str, Any]:
    return {"items": [{"record": record_id, "form": form}], "purpose": "查证", "days": 3, **more}


def test_a_loan_goes_its_way_through_the_api(archive: Archive, office: Office, client: FlaskClient, token_of: TokenOf):
    record_id = a_secret(archive)
    borrower, head, owner, keeper = (token_of(name) for name in ("borrower", "head", "owner", "keeper"))

    prospect = client.post("/api/v1/loans/preview", json=wish(record_id), headers=borrower).json
    assert [one["post"] for one in prospect["approvals"]] == ["department-head", "class-owner"]
    assert prospect["refusal"] is None
    loan = client.post("/api/v1/loans", json=wish(record_id, "paper"), headers=borrower).json
    for approver in (head, owner):
        [asked] = client.get("/api/v1/loans?of=to-approve", headers=approver).json["loans"]
        assert asked["id"] == loan["id"]
        assert client.post(f"/api/v1/loans/{loan['id']}/approve", json={}, headers=approver).status_code == 200
    out = {"record": record_id, "pages": 12, "condition": "good"}
    assert client.post("/api/v1/counter/issue", json=out, headers=keeper).json["items"][0]["state"] == "on_loan"
    missing = client.post("/api/v1/counter/take-back", json={**out, "pages": 11}, headers=keeper)
    assert (missing.status_code, missing.json["code"]) == (422, "no-note")
    assert client.post("/api/v1/counter/take-back", json=out, headers=keeper).json["items"][0]["state"] == "returned"
    closed = client.post(f"/api/v1/loans/{loan['id']}/close", json={"reason": "已核对"}, headers=borrower).json
    assert (closed["items"][0]["state"], closed["effect"]) == ("closed", "已核对")


def test_a_program_reads_no_page_on_loan(
    archive: Archive, office: Office, client: FlaskClient, token_of: TokenOf, reader: Reader
):
    record_id = a_secret(archive, body="正文\n" * 100)
    settle(archive, reader)
    granted(archive, office, record_id)

    answer = client.get(f"/api/v1/records/{record_id}/pages/1", headers=token_of("borrower"))

    assert (answer.status_code, answer.json["code"]) == (403, "no-session")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": 3},
        {"items": []},
        {"items": [3]},
        {"items": [{"record": 3, "form": "paper"}]},
        {"items": [{"record": "x", "form": "smoke"}]},
        {"items": [{"record": "x", "form": "paper", "more": 1}]},
        {"items": [], "days": "3"},
        {"items": [], "days": 10**30},
        {"items": [], "purpose": None},
        {"items": [], "external": 3},
        {"items": [], "nonsense": 1},
    ],
)
def test_a_wish_of_the_wrong_shape_asks_for_nothing(
    archive: Archive, office: Office, client: FlaskClient, token_of: TokenOf, body: dict[str, Any]
):
    answer = client.post("/api/v1/loans", json=body, headers=token_of("borrower"))

    assert answer.status_code == 422
    assert client.get("/api/v1/loans", headers=token_of("borrower")).json == {"loans": []}


def test_a_paper_that_is_lent_is_a_conflict_with_its_code(
    archive: Archive, office: Office, client: FlaskClient, token_of: TokenOf
):
    record_id = a_secret(archive)
    borrower, colleague = token_of("borrower"), token_of("colleague")
    assert client.post("/api/v1/loans", json=wish(record_id, "paper"), headers=borrower).status_code == 201

    answer = client.post("/api/v1/loans", json=wish(record_id, "paper"), headers=colleague)

    assert (answer.status_code, answer.json["code"]) == (409, "already-lent")


def test_a_deed_that_does_not_exist_is_not_found(office: Office, client: FlaskClient, token_of: TokenOf):
    assert client.post("/api/v1/loans/x/explode", json={}, headers=token_of("head")).status_code == 404
    assert client.post("/api/v1/counter/juggle", json={"record": "x"}, headers=token_of("keeper")).status_code == 404
