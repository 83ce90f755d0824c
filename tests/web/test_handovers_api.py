"""A handover goes its way through the API, and says what it promises."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator

from archive import handover_counting
from archive.app import Archive
from tests.archive.test_handover import House, house
from tests.builders import PASSWORD

__all__ = ["house"]

TokenOf = Callable[[str], dict[str, str]]


def test_a_handover_is_planned_counted_signed_and_completed_by_programs(
    app: Flask, archive: Archive, house: House, token_of: TokenOf
):
    client = app.test_client()
    document = client.get("/api/openapi.json").json
    giver, receiver, boss, outsider = (token_of(name) for name in ("keeper", "second", "boss", "borrower"))

    def ask(method: str, address: str, who: dict[str, str], status: int = 200, **more: Any) -> Any:
        answer = client.open(f"/api/v1/handovers{address}", method=method, headers=who, **more)
        assert answer.status_code == status, answer.json
        if status < 300:
            name = "Handover" if address or method == "POST" else "Handovers"
            shape = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
            Draft202012Validator(shape).validate(answer.json)
        return answer.json

    plan = {"kind": "custodian", "giver": "keeper", "receiver": "second", "supervisor": "boss"}
    assert ask("POST", "", giver, 422, json={**plan, "kind": "gift"})["code"] == "bad-body"
    assert ask("POST", "", giver, 422, json={**plan, "price": "1"})["code"] == "bad-body"
    planned = ask("POST", "", giver, 201, json=plan)
    here = f"/{planned['id']}"
    ask("GET", here, outsider, 404)
    frozen = ask("POST", f"{here}/freeze", giver, json={})
    assert (frozen["state"], frozen["total"]) == ("frozen", 6)
    handover_counting.check_files(archive, planned["id"])
    first, *others = [line for line in frozen["lines"] if line["carrier"] == "paper"]
    for line in others:
        ask("POST", f"{here}/scan", receiver, json={"label": line["record"]})
    lost = ask("POST", f"{here}/count", receiver, json={"line": first["line"], "found": "missing"})
    assert lost["state"] == "disputed"
    why = {"line": first["line"], "explanation": "借出后未登记", "owner": "keeper", "settle_by": "2026-04-01"}
    assert ask("POST", f"{here}/explain", giver, 422, json={**why, "settle_by": "soon"})["code"] == "not-a-date"
    ready = ask("POST", f"{here}/explain", giver, json=why)
    assert (ready["state"], len(ready["sha256"])) == ("reconciled", 64)
    assert ask("GET", f"{here}?which=differences", boss)["total"] == 1
    for part, who in (("giver", giver), ("receiver", receiver), ("supervisor", boss)):
        signature = {"part": part, "password": PASSWORD, "seen": ready["sha256"]}
        signed = ask("POST", f"{here}/sign", who, json=signature)
    assert signed["state"] == "signed"
    assert all(party["signed_at"] for party in signed["parties"])
    assert ask("POST", f"{here}/complete", boss, json={})["state"] == "completed"
    assert [one["state"] for one in ask("GET", "", boss)["handovers"]] == ["completed"]
