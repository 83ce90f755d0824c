"""The handbook is in the product: searched, read, and one step from the page it explains."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from archive.app import Archive
from tests.builders import a_person
from tests.web.conftest import Visitor
from tests.web.test_door import rules
from web import handbook, navigation
from web.language import LANGUAGE_COOKIE

SignedIn = Callable[[str], Visitor]
WITHOUT = {"static", "api", "help", "probes", "scans"}
"""Areas that are no pages of their own, or are for programs."""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_area_of_pages_has_its_chapter_in_both_languages(app: Flask, language: str):
    areas = {rule.endpoint.partition(".")[0] for rule, _ in rules(app)} - WITHOUT

    assert {area for area in areas if handbook.of_area(language, area) is None} == set()


def test_a_page_leads_to_its_chapter_and_the_chapter_can_be_read(archive: Archive, signed_in: SignedIn):
    a_person(archive, "keeper", "document_controller", clearance=2)
    visitor = signed_in("keeper")

    assert 'href="/help/of/loans"' in visitor.get("/loans").text
    page = visitor.get("/help/of/matrix", follow_redirects=True)

    assert "借什么、谁批准" in page.text
    assert "<h1>七、借阅</h1>" in page.text
    assert "**" not in page.text
    assert visitor.get("/help/99").status_code == 404


def test_words_are_looked_for_in_the_handbook_and_come_back_as_text(archive: Archive, signed_in: SignedIn):
    a_person(archive, "keeper", "document_controller", clearance=2)
    visitor = signed_in("keeper")

    found = visitor.get("/help?q=催还").text
    assert "七、借阅" in found.partition("</section>")[0]
    assert "<script>alert" not in visitor.get("/help?q=<script>alert(1)</script>").text
    assert "全宗" in visitor.get("/help/glossary").text


@pytest.mark.parametrize(
    ("language", "quoted"), [("zh", r"“([^”]+? → [^”]+)”"), ("en", r"(?:\*|“)(\w[^*”\n]* → [^*”\n]+)(?:\*|”)")]
)
def test_every_way_that_the_handbook_names_leads_to_a_page_of_that_name(app: Flask, language: str, quoted: str):
    """“统计 → 打印” when the page is called 报表打印 sends a reader looking for what is not there."""
    with app.test_request_context(headers={"Cookie": f"{LANGUAGE_COOKIE}={language}"}):
        pages = {str(group.label): {str(place.label) for place in group.places} for group in navigation.GROUPS}
    text = (handbook.DOCS / f"handbook.{language}.md").read_text("utf-8")
    ways = [[" ".join(step.split()) for step in way.split("→")] for way in re.findall(quoted, text)]
    named = [way for way in ways if way[0] in pages]

    assert len(named) > 5, "the search for ways finds none"
    assert [way for way in named if way[1] not in pages[way[0]]] == []


def test_nothing_of_the_handbook_becomes_markup_but_what_it_marks():
    blocks = handbook.find("en", "status") and handbook.chapters("en")

    assert blocks
    assert not any("<script" in one.html for one in blocks)


def test_every_word_of_the_field_is_explained_in_both_languages() -> None:
    for language in ("zh", "en"):
        for word in handbook.words(language).values():
            assert word.name
            assert word.other
            assert word.meaning


def test_every_word_that_a_page_explains_stands_in_the_glossary() -> None:
    templates = Path(handbook.__file__).parent / "templates"
    used = {
        word
        for file in templates.rglob("*.html")
        for word in re.findall(r"\{\{ term\('([^']+)'", file.read_text("utf-8"))
    }

    assert used
    assert used <= handbook.words("zh").keys()


def test_a_word_is_explained_where_it_first_stands_and_only_there(app: Flask) -> None:
    page = """{% from 'parts/pieces.html' import term with context %}
    {{ term('档号', 'Code') }} {{ term('档号', 'Code') }} {{ term('no word', 'Thing') }}"""
    with app.test_request_context():
        made = render_template_string(page)

    assert made.count("<dfn>") == made.count(" popover ") == 1
    assert made.count("Code") == 2
    assert "Thing" in made
    [number] = re.findall(r'popovertarget="(term-\d+)"', made)
    assert f'id="{number}"' in made


def test_a_word_is_found_by_its_name_in_either_language_and_by_its_meaning(
    archive: Archive, signed_in: SignedIn
) -> None:
    a_person(archive, "reader")
    reader = signed_in("reader")

    for said in ("监销", "witness", "至少两名"):
        page = reader.get("/help/glossary", query_string={"q": said}).text
        assert "监销人" in page
        assert "立档单位" not in page
    assert "没有这个词" in reader.get("/help/glossary?q=qqq").text
