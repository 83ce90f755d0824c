"""The forms are written in Chinese; an English page says them in the English of a house sheet."""

import re
from collections.abc import Callable

from access.actors import OPERATOR
from archive import forms, house_sheets
from archive.app import Archive
from archive.house_sheets.plan_words import plain
from tests.builders import a_person
from tests.web.conftest import Visitor


def test_every_name_occasion_field_and_choice_of_the_forms_that_are_shipped_has_its_english(archive: Archive) -> None:
    said: set[str] = set()
    for form in (one.form for one in forms.every(archive, OPERATOR)):
        said |= {form.name, form.occasion}
        for field in form.fields:
            said |= {field.name, *field.choices}

    assert {plain(one) for one in said} - forms.english(archive).keys() == set()


def test_a_form_is_read_in_english_and_keeps_the_name_that_stands_on_paper(
    archive: Archive, signed_in: Callable[[str], Visitor]
) -> None:
    a_person(archive, "keeper", "document_controller", clearance=3)
    visitor = signed_in("keeper")
    assert "Visiting organisation" not in visitor.get("/forms/F01").text

    visitor.client.set_cookie("muniment_language", "en")
    page = visitor.get("/forms/F01").text
    assert re.search(r"<h1>VIP reception order\b", page)
    assert "<span>= 会务贵宾接待工作单</span>" in page
    assert '<td class="name">Visiting organisation</td>' in page
    fill = visitor.get("/forms/F06/fill").text
    assert '<option value="有损坏" >damaged</option>' in fill
    assert 'name="f-墙面地面"' in fill


def test_a_house_says_its_forms_in_its_own_english_and_what_it_does_not_say_stays_as_it_was_written(
    archive: Archive, signed_in: Callable[[str], Visitor]
) -> None:
    a_person(archive, "keeper", "document_controller", clearance=3)
    own = "code,zh,en,source\nname-1,客户档案,Our clients,house\n".encode()
    house_sheets.load(archive, OPERATOR, "form_words", own, version=0, reason="our words")
    visitor = signed_in("keeper")
    visitor.client.set_cookie("muniment_language", "en")

    page = visitor.get("/forms").text
    assert "Our clients" in page
    assert ">茶水出单统计表</a>" in page
