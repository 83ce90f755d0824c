"""The handbook is in the product: searched, read, and one step from the page it explains."""

from collections.abc import Callable

import pytest
from flask import Flask

from archive.app import Archive
from tests.builders import a_person
from tests.web.conftest import Visitor
from tests.web.test_door import rules
from web import handbook

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


def test_nothing_of_the_handbook_becomes_markup_but_what_it_marks():
    blocks = handbook.find("en", "status") and handbook.chapters("en")

    assert blocks
    assert not any("<script" in one.html for one in blocks)
