"""The doors of the climate: a sensor sends with a token that opens nothing else, and a page shows what it sent."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from access.actors import OPERATOR, Actor
from archive import climate, locations, tokens
from archive.app import Archive
from archive.locations import NewPlace
from archive.model.rooms import Location
from tests.builders import a_person
from tests.web.conftest import Visitor

SENT = {"at": "2026-03-02T11:30:00+08:00", "temperature": 20.4, "humidity": 68.4}


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=2, department="DAS", sites=("JF01",))


@pytest.fixture
def room(archive: Archive, keeper: Actor) -> Location:
    made = locations.add(archive, keeper, NewPlace("JF01", "room", "一号库房"))
    climate.place_instrument(archive, keeper, made.id, "CGQ-1", sensor=True)
    return made


def test_a_sensor_sends_its_readings_and_its_token_opens_nothing_else(
    app: Flask, archive: Archive, room: Location
) -> None:
    token = tokens.create_token(archive, OPERATOR, "keeper", scope="climate")
    headers, client = {"Authorization": f"Bearer {token}"}, app.test_client()
    bodies = [
        {"instrument": "CGQ-1", "readings": [SENT]},
        {"instrument": "CGQ-1", "readings": [SENT, SENT | {"humidity": 50}]},
        {"instrument": "CGQ-9", "readings": [SENT]},
        {"instrument": "CGQ-1", "readings": [SENT | {"at": "2026-03-02T11:30:00"}]},
    ]

    answers = [client.post("/api/v1/climate/readings", json=body, headers=headers) for body in bodies]

    assert [one.status_code for one in answers] == [200, 200, 404, 422]
    assert [line["outcome"] for line in answers[0].json["lines"]] == ["taken"]
    assert [line["outcome"] for line in answers[1].json["lines"]] == ["known", "refused"]
    for address in ("/api/v1/climate", "/api/v1/locations", "/api/v1/search?q=x", "/api/v1/tasks"):
        answer = client.get(address, headers=headers)
        assert answer.status_code == 403 or not answer.json.get("hits", answer.json.get("tasks")), address


def test_an_inspection_that_is_refused_keeps_what_was_entered_and_presumes_nothing(
    room: Location, signed_in: Callable[[str], Visitor]
) -> None:
    visitor = signed_in("keeper")
    address = f"/climate/{room.id}/inspections"
    blank = visitor.get(address).text
    codes = re.findall(r'name="result-(\w+)" value="good"', blank)
    assert codes
    assert "checked" not in blank, "that everything is well is said by who looked"
    said = {f"result-{code}": "good" for code in codes} | {f"result-{codes[0]}": "bad", "note": "雨后"}

    refused = visitor.post(address, said)

    assert refused.status_code == 422
    assert re.search(rf'name="result-{codes[0]}" value="bad" required checked', refused.text)
    assert 'value="雨后"' in refused.text
    said[f"measure-{codes[0]}"] = "报修"
    assert "报修" in visitor.post(address, said, follow_redirects=True).text


def test_the_page_of_a_room_says_in_words_what_its_picture_shows(
    archive: Archive, keeper: Actor, room: Location, signed_in: Callable[[str], Visitor]
) -> None:
    visitor = signed_in("keeper")
    instrument = climate.rooms(archive, keeper)[0].instruments[0].id
    said = {"instrument": instrument, "day": "2026-03-02", "time": "00:30", "temperature": "20.4", "humidity": "68,4"}

    page = visitor.post(f"/climate/{room.id}/read", said, follow_redirects=True).text

    assert "湿度：读数 1 次，超标 1 次" in page
    assert "68.4" in page
    assert "KFZG-2026-0001" in page
    wrong = visitor.post(f"/climate/{room.id}/read", said | {"humidity": "feucht"}, follow_redirects=True).text
    assert 'role="alert"' in wrong
