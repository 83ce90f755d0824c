"""The first page says to everybody what to do next, in order, with counts of what they may find."""

import io
from collections.abc import Callable

import pytest
from flask import Flask

from access.actors import OPERATOR, PEOPLE_ROLES
from archive import desk, intake, people
from archive.app import Archive
from archive.intake import Claims
from archive.people import named
from tests.builders import a_person, a_record, an_unfiled_record
from tests.web.conftest import Visitor
from web import desk_words

SignedIn = Callable[[str], Visitor]


def work(archive: Archive, login: str) -> dict[str, int]:
    return {one.code: one.count for one in desk.of(archive, named(archive, login))}


def test_a_controller_is_told_of_quarantine_before_filing_and_of_their_own_site_only(
    archive: Archive, signed_in: SignedIn
):
    a_person(archive, "keeper", "document_controller", clearance=2, sites=("JF01",))
    an_unfiled_record(archive, "甲", name="a.txt", site="JF01")
    an_unfiled_record(archive, "乙", name="b.txt", site="YL02")
    a_record(archive, "丙", name="c.txt")
    intake.hand_in(archive, OPERATOR, io.BytesIO(b"\x7fELF"), "x.bin", Claims(site="JF01"))

    assert list(work(archive, "keeper").items())[:2] == [("quarantine", 1), ("to-file", 1)]
    page = signed_in("keeper").get("/").text
    assert page.index("处理隔离区文件：1") < page.index("待归档文件：1")
    assert 'href="/filing"' in page


def test_an_officer_gives_rights_to_new_accounts_and_confirms_passwords(archive: Archive, signed_in: SignedIn):
    a_person(archive, "xitong", "sysadmin")
    a_person(archive, "baomi", "security_officer")
    people.open_account(archive, named(archive, "xitong"), people.NewPerson("new", "新人", frozenset()))
    signed_in("xitong").post("/people/baomi/ask-reset")

    found = work(archive, "baomi")

    assert found["without-rights"] == 1
    assert next(iter(found)) == "resets"
    assert "set-up" in work(archive, "xitong")


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_every_line_leads_where_this_person_may_go(app: Flask, archive: Archive, signed_in: SignedIn, role: str):
    a_person(archive, "somebody", role, clearance=3)
    a_record(archive, "丙", name="c.txt")
    an_unfiled_record(archive, "甲", name="a.txt", site="JF01")
    visitor = signed_in("somebody")
    with app.test_request_context():
        ways = [desk_words.address(one) for one in desk.of(archive, named(archive, "somebody"))]

    assert {visitor.get(way, follow_redirects=True).status_code for way in ways} <= {200}


def test_an_empty_desk_says_so(archive: Archive, signed_in: SignedIn):
    a_person(archive, "borrower", "borrower")

    assert "当前没有待办" in signed_in("borrower").get("/").text
    assert 'id="desk"' not in signed_in("borrower").get("/?q=合同").text
