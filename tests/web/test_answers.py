"""After a deed the next page says what was done and what follows, and never only that something was done."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import web
from archive import repairs
from archive.app import Archive
from tests.builders import a_person, a_record
from tests.web.conftest import Visitor
from web import answered, document_deeds, document_words, navigation

PAGES = Path(web.__file__).parent / "pages"
SAYS = re.compile(r'answered\.done\(f"(\w+)\.\{deed\}"\)')
NAMED = re.compile(r'if deed (?:== ("[a-z-]+")|in (\([^)]*\)))|^    "([a-z-]+)": (?:lambda|\()', re.MULTILINE)
OTHERWISE = frozenset({"stocktakes.scan", "stocktakes.sign", "people.ask-reset", "people.confirm-reset"})
"""Deeds that are answered in words of their own."""


def test_no_page_says_only_that_something_is_done() -> None:
    assert [page.name for page in PAGES.glob("*.py") if 'gettext("Done.")' in page.read_text()] == []


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.py")), ids=lambda page: page.stem)
def test_every_deed_of_a_page_has_an_answer(page: Path) -> None:
    text = page.read_text()
    areas = set(SAYS.findall(text))
    deeds = {
        word
        for one, some, key in NAMED.findall(text)
        for word in (*re.findall(r'"([a-z-]+)"', one + some), key)
        if word
    }

    for area in areas:
        lacking = {f"{area}.{deed}" for deed in deeds} - answered.ANSWERS.keys() - OTHERWISE
        assert not lacking


def test_what_is_linked_is_a_place_and_every_deed_with_a_document_is_answered() -> None:
    places = {place.endpoint for group in navigation.GROUPS for place in group.places}

    assert {one.there for one in answered.ANSWERS.values() if one.there} <= places
    assert document_deeds.DEEDS.keys() <= document_words.DONE.keys()


def test_what_follows_is_said_with_the_way_there(archive: Archive, signed_in: Callable[[str], Visitor]) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3, sites=("JF01",))
    paper = a_record(archive, "合同", shelf_location="A-01-02-03")
    one = repairs.open_case(archive, keeper, paper, kind="torn", said="撕裂")
    visitor = signed_in("keeper")

    visitor.post(f"/repairs/{one.id}/drop", {"work": "仅封面折角"})

    page = visitor.get(f"/repairs/{one.id}").text
    assert "无需修复，已了结。" in page
    assert re.search(r'无需修复，已了结。 <a href="/repairs">', page)
