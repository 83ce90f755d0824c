"""Tasks, the month and the calendar address, faults: what each shows, to whom, and what an address cannot do."""

import re
from collections.abc import Callable

from flask import Flask
from icalendar import Calendar

from access.actors import OPERATOR
from archive import dossiers, people, tokens
from archive.app import Archive
from archive.dossiers import Opening
from tests.builders import a_person, an_unfiled_record
from tests.conftest import Clock
from tests.web.conftest import Visitor

SignIn = Callable[[str], Visitor]


def events(text: str) -> list[str]:
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(text).walk("VEVENT")]


def address_of(visitor: Visitor) -> str:
    page = visitor.post("/tasks/feed").text
    found = re.search(r'data-copy="[^"]+(/tasks/feed/[^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_tasks_are_shown_by_urgency_and_as_a_month(archive: Archive, clock: Clock, signed_in: SignIn):
    a_person(archive, "keeper", "document_controller", clearance=3)
    an_unfiled_record(archive, "来文", name="关于停水的通知.txt", site="JF01")
    clock.advance(days=31)
    keeper = signed_in("keeper")

    page = keeper.get("/tasks").text
    assert "关于停水的通知" in page
    assert "逾期 1 天" in page
    assert "关于停水的通知" in keeper.get("/tasks/calendar?month=2026-04").text
    assert "关于停水的通知" not in keeper.get("/tasks/calendar?month=2026-06").text
    assert "关于停水的通知" not in keeper.get("/tasks?kind=loans").text
    assert keeper.get("/tasks/calendar?month=spring").status_code == 422


def test_a_calendar_address_tells_a_calendar_program_what_its_person_may_see(
    archive: Archive, app: Flask, signed_in: SignIn
):
    an_unfiled_record(archive, "来文", name="关于停水的通知.txt", site="JF01")
    a_person(archive, "keeper", "document_controller", clearance=3)
    a_person(archive, "elsewhere", "document_controller", clearance=3, sites=("YL02",))
    program = app.test_client()

    answer = program.get(address_of(signed_in("keeper")))
    assert answer.mimetype == "text/calendar"
    assert any("关于停水的通知" in one for one in events(answer.text))
    assert answer.text == program.get(answer.request.full_path).text, "an event keeps its id"
    theirs = events(program.get(address_of(signed_in("elsewhere"))).text)
    assert {one.partition("：")[0] for one in theirs} == {"适用性评审"}, "laws bind every site; the letter is of one"


def test_a_calendar_address_ends_with_its_token_and_opens_no_other_door(
    archive: Archive, app: Flask, signed_in: SignIn
):
    a_person(archive, "keeper", "document_controller", clearance=3)
    keeper = signed_in("keeper")
    address = address_of(keeper)
    token = address.split("/")[-1].partition(".ics")[0]
    program = app.test_client()

    assert program.get("/api/v1/search", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert program.get("/tasks").status_code == 303
    other = tokens.create_token(archive, OPERATOR, "keeper")
    assert program.get(f"/tasks/feed/{other}.ics").status_code == 404, "another kind of token"
    owner = people.named(archive, "keeper")
    [made] = [one for one in tokens.tokens(archive, owner, "keeper") if one.scope == "calendar"]
    tokens.revoke_token(archive, owner, made.id)
    assert program.get(address).status_code == 404


def test_faults_have_a_page_and_are_printed_from_it(archive: Archive, signed_in: SignIn):
    a_person(archive, "keeper", "document_controller", clearance=3)
    keeper = signed_in("keeper")

    assert "未发现缺陷" in keeper.get("/faults").text
    assert keeper.get("/reports/faults.csv").status_code == 200
    assert keeper.get("/faults?kind=no-such").status_code == 200


def test_what_falls_due_after_a_month_stands_under_later_and_in_its_month(archive: Archive, signed_in: SignIn):
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    opening = Opening("ZX", "JF01", "1202", "1202 装修")
    made = dossiers.open_dossier(archive, keeper, opening)
    dossiers.chase(archive, keeper, made.id, ["01"], "2026-05-11")
    visitor, link = signed_in("keeper"), f"/dossiers/{made.id}"

    near, _, later = visitor.get("/tasks?kind=dossiers").text.partition("以后")
    assert link not in near
    assert link in later
    assert link in visitor.get("/tasks/calendar?kind=dossiers&month=2026-05").text
    assert link not in visitor.get("/tasks/calendar?kind=dossiers&month=2026-03").text
