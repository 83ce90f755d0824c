"""Contracts and dossiers for programs: the same steps as on the pages."""

from collections.abc import Callable

from flask import Flask

from archive.app import Archive
from tests.builders import a_person, a_record


def test_a_program_drafts_a_contract_and_another_confirms_and_ends_it(
    archive: Archive, app: Flask, token_of: Callable[[str], dict[str, str]]
):
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    a_person(archive, "owner", "class_owner", clearance=3, department="SWB")
    keeper, owner = token_of("keeper"), token_of("owner")
    client = app.test_client()
    record = a_record(archive, level=2)
    term = {"record": record, "begins_on": "2026-01-01", "ends_on": "2028-12-31"}
    made = client.post("/api/v1/contracts", json=term, headers=keeper)
    assert made.status_code == 201
    address = f"/api/v1/contracts/{made.json['id']}"
    assert client.post(f"{address}/confirm", json={"revision": 1}, headers=keeper).status_code == 403
    assert client.post(f"{address}/confirm", json={"revision": "1"}, headers=owner).status_code == 422
    confirmed = client.post(f"{address}/confirm", json={"revision": 1, "why": "其余待补"}, headers=owner).json
    assert (confirmed["standing"], confirmed["last_day"], confirmed["days_left"]) == ("in-force", "2028-12-31", 1035)
    assert "annex-missing" in {one["code"] for one in confirmed["findings"]}
    proved = client.post(f"{address}/prove", json={"item": "annexes", "note": "随正本"}, headers=keeper).json
    assert "annex-missing" not in {one["code"] for one in proved["findings"]}
    ended = {"why": "agreed", "last_day": "2026-12-31", "revision": 2}
    assert client.post(f"{address}/end", json=ended, headers=owner).json["last_day"] == "2026-12-31"
    every = client.get("/api/v1/contracts?state=in-force", headers=owner).json
    assert ([one["id"] for one in every["contracts"]], every["standings"]) == ([made.json["id"]], {"in-force": 1})


def test_a_program_opens_fills_and_closes_a_dossier(
    archive: Archive, app: Flask, token_of: Callable[[str], dict[str, str]]
):
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    keeper, client = token_of("keeper"), app.test_client()
    said = {"type": "CYC", "site": "JF01", "subject": "JD01", "title": "退出移交", "facts": []}
    made = client.post("/api/v1/dossiers", json=said, headers=keeper)
    assert (made.status_code, made.json["percent"]) == (201, 0)
    address = f"/api/v1/dossiers/{made.json['id']}"
    assert client.post(f"{address}/close", json={}, headers=keeper).status_code == 409
    for one in made.json["items"]:
        if one["state"] == "missing":
            record = a_record(archive, f"正文{one['item']}", name=f"{one['item']}.txt")
            client.post(f"{address}/put", json={"item": one["item"], "record": record}, headers=keeper)
    assert client.post(f"{address}/close", json={}, headers=keeper).json["closed_at"]
    closed = client.get("/api/v1/dossiers?type=CYC&state=closed", headers=keeper).json
    assert [(one["id"], one["percent"]) for one in closed["dossiers"]] == [(made.json["id"], 100)]
    assert client.get("/api/v1/checklists", headers=keeper).json["checklists"]
