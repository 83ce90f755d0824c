"""Every area of pages has its place in one of the groups, and nobody is shown a way they may not go."""

from collections.abc import Callable

import pytest
from flask import Flask, request

from access.actors import PEOPLE_ROLES
from access.rules import Action
from archive.app import Archive
from tests.builders import a_person
from tests.web.conftest import Visitor
from tests.web.test_door import rules
from web.navigation import ENDPOINTS, GROUPS

BY_THEMSELVES = {
    "static", "account", "earlier", "errands", "help", "notices", "probes", "records", "scans", "search", "verify",
}  # fmt: skip
"""Reached from every page or from a hit, not through a group."""


def test_every_area_of_pages_has_a_place(app: Flask):
    areas = {rule.endpoint.partition(".")[0] for rule, _ in rules(app) if not rule.rule.startswith("/api/")}

    assert areas - BY_THEMSELVES == {endpoint.partition(".")[0] for endpoint in ENDPOINTS}


def test_every_place_is_a_page_and_every_duty_one_of_the_house(app: Flask):
    pages = {rule.endpoint for rule, method in rules(app) if method == "GET" and not rule.arguments}
    places = [place for group in GROUPS for place in group.places]

    assert pages >= ENDPOINTS
    assert len(places) == len(ENDPOINTS)
    assert all(Action(place.duty) for place in places if place.duty)


def test_a_page_that_a_place_names_belongs_to_it_and_to_no_other_of_its_area(app: Flask):
    places = [place for group in GROUPS for place in group.places]
    pages = {rule.endpoint: rule for rule, _ in rules(app)}

    def lit(page: str) -> list[str]:
        with app.test_request_context():
            request.url_rule = pages[page]
            return [place.endpoint for place in places if place.here]

    assert lit("handovers.leaving") == ["handovers.keeping"]
    for place in places:
        assert all(lit(page) == [place.endpoint] for page in (place.endpoint, *place.below))


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_whoever_follows_a_way_that_is_shown_arrives(
    app: Flask, archive: Archive, signed_in: Callable[[str], Visitor], role: str
):
    a_person(archive, "walker", role, clearance=3)
    walker = signed_in("walker")
    with app.test_request_context():
        from flask import url_for

        ways = {url_for(endpoint) for endpoint in ENDPOINTS}
    page = walker.get("/").text
    shown = {way for way in ways if f'href="{way}"' in page}

    assert shown or role == "sysadmin"
    for way in shown:
        assert walker.get(way, follow_redirects=True).status_code == 200, way
