"""The description of the API is the API: every address is in it, and every answer has the shape it promises."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from archive.app import Archive
from indexer.reading import Reader
from tests.archive.test_lending import a_secret, granted
from tests.builders import a_person, a_record, an_office, an_unfiled_record, settle
from tests.web.test_door import rules
from web.api import PREFIX


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    return app.test_client().get("/api/openapi.json").json


def test_it_is_an_openapi_document(document: dict[str, Any]):
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_it_describes_every_address_and_nothing_else(app: Flask, document: dict[str, Any]):
    described = {(method.upper(), PREFIX + path) for path, item in document["paths"].items() for method in item}
    there = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule, method in rules(app)
        if rule.rule.startswith(PREFIX)
    }
    assert described == there


def test_every_shape_that_is_named_is_there_and_used(document: dict[str, Any]):
    text = str(document)
    for name in document["components"]["schemas"]:
        assert f"#/components/schemas/{name}'" in text, name


def test_every_answer_has_the_shape_that_is_promised(
    app: Flask, archive: Archive, reader: Reader, document: dict[str, Any], token_of: Callable[[str], dict[str, str]]
):
    a_person(archive, "counter", "document_controller", clearance=3)
    headers, client = token_of("counter"), app.test_client()
    filed = a_record(archive, "电梯保养", title="电梯合同", document_date="2024-05-06", shelf_location="A-01")
    an_unfiled_record(archive, "待归档的会议纪要\n2024年5月6日")
    client.post("/api/v1/records", data={"file": (io.BytesIO(b"\x7fELF"), "tool.bin")}, headers=headers)
    settle(archive, reader)
    arrival = client.get("/api/v1/intake", headers=headers).json["quarantined"][0]["id"]
    lent = granted(archive, an_office(archive), a_secret(archive)).id
    wish = {"items": [{"record": filed, "form": "paper"}], "purpose": "x", "days": 1, "borrower": "borrower"}
    calls = [
        ("POST", "/records", "/records", {"data": {"file": (io.BytesIO(b"new"), "new.txt")}}),
        ("POST", "/records", "/records", {"data": {"file": [(io.BytesIO(b"a"), "a.txt"), (io.BytesIO(b""), "b.txt")]}}),
        ("GET", "/records/{id}", f"/records/{filed}", {}),
        ("PATCH", "/records/{id}", f"/records/{filed}", {"json": {"title": "电梯合同(新)", "revision": 1}}),
        ("PATCH", "/records/{id}", f"/records/{filed}", {"json": {}}),
        ("GET", "/records/{id}", "/records/none", {}),
        ("GET", "/records/{id}/text", f"/records/{filed}/text", {}),
        ("GET", "/search", "/search?q=电梯", {}),
        ("GET", "/search", "/search?q=-电梯", {}),
        ("GET", "/search", "/search?page=0", {}),
        ("GET", "/suggest", "/suggest?q=电", {}),
        ("GET", "/intake", "/intake", {}),
        ("POST", "/intake/{id}/retry", f"/intake/{arrival}/retry", {}),
        ("POST", "/intake/{id}/retry", f"/intake/{arrival}/retry", {}),
        ("GET", "/filing", "/filing", {}),
        ("GET", "/classes", "/classes", {}),
        ("GET", "/status", "/status", {}),
        ("GET", "/tasks", "/tasks?of=all", {}),
        ("GET", "/faults", "/faults", {}),
        ("POST", "/loans/preview", "/loans/preview", {"json": wish}),
        ("POST", "/loans", "/loans", {"json": wish}),
        ("POST", "/loans", "/loans", {"json": {"items": 3}}),
        ("GET", "/loans", "/loans?of=out", {}),
        ("GET", "/loans/{id}", "/loans/none", {}),
        ("POST", "/loans/{id}/{deed}", "/loans/none/approve", {"json": {}}),
        ("POST", "/loans/{id}/{deed}", f"/loans/{lent}/call-back", {"json": {"reason": "audit"}}),
        ("GET", "/loans/{id}", f"/loans/{lent}", {}),
        ("POST", "/counter/{deed}", "/counter/issue", {"json": {"record": filed, "pages": 3, "condition": "good"}}),
        ("GET", "/people/me", "/people/me", {}),
    ]
    for method, path, address, more in calls:
        answer = client.open(PREFIX + address, method=method, headers=headers, **more)
        promised = document["paths"][path][method.lower()]["responses"][str(answer.status_code)]
        if "$ref" in promised:
            promised = document["components"]["responses"][promised["$ref"].rpartition("/")[2]]
        schema = promised["content"][answer.mimetype]["schema"]
        errors = list(Draft202012Validator({**schema, "components": document["components"]}).iter_errors(answer.json))
        assert not errors, f"{method} {address}: {errors[0].message}"
