"""What somebody was told and how they want to be told, on their pages and for nobody else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from access.loans import Form
from archive import lending, notice_wishes, notify, reminding, telling
from archive.app import Archive
from archive.lending import Wish
from archive.model import Notice, new_id
from archive.model.notices import HERE, TOPICS
from archive.tables.schema.people import people as accounts
from tests.archive.test_lending import PURPOSE, a_secret
from tests.builders import Office, a_person, an_office, an_unfiled_record
from tests.conftest import Clock
from tests.web.conftest import Visitor
from web import notice_words

SignedIn = Callable[[str], Visitor]


@pytest.fixture
def office(archive: Archive) -> Office:
    return an_office(archive)


@pytest.fixture
def mailing(archive: Archive, tmp_path: Path) -> Archive:
    """E-mail is set up, to a server that is not there; and the log, of which nobody chooses anything."""
    email = {"host": "127.0.0.1", "port": "1", "security": "none", "sender": "archive@example.com"}
    archive.settings = replace(archive.settings, channels={"email": email, "log": {}})
    return archive


def asked(archive: Archive, office: Office) -> str:
    return lending.request(archive, office.borrower, Wish(((a_secret(archive), Form.DIGITAL),), PURPOSE, 3)).id


def test_the_bell_counts_what_is_not_read_and_following_it_reads_it(
    archive: Archive, office: Office, signed_in: SignedIn
) -> None:
    loan_id = asked(archive, office)
    head = signed_in("head")
    assert "通知：1 条未读" in head.get("/").text
    [notice] = telling.inbox(archive, office.head)

    gone = head.get(f"/notices/{notice.id}")

    assert gone.location == f"/loans/{loan_id}"
    assert "通知：1 条未读" not in head.get("/").text
    assert "等待您审批" in head.get("/notices").text


def test_a_notice_of_somebody_else_is_none(archive: Archive, office: Office, signed_in: SignedIn) -> None:
    asked(archive, office)
    [notice] = telling.inbox(archive, office.head)

    assert signed_in("colleague").get(f"/notices/{notice.id}").status_code == 404
    assert telling.unread(archive, office.head.id) == 1


def test_what_a_later_program_said_is_a_notice_like_others(
    archive: Archive, office: Office, signed_in: SignedIn
) -> None:
    notice = Notice(new_id(), office.head.id, archive.now(), "kite.flown", "kite", "k1", {"height": "3"})
    with archive.write() as tx:
        tx.notices.add(notice)
    head = signed_in("head")

    for page in ("/", "/loans", "/notices"):
        assert head.get(page).status_code == 200, page
    assert "有一条新通知" in head.get("/notices").text
    assert head.get(f"/notices/{notice.id}").location == "/notices"


def test_all_are_read_with_one_button(archive: Archive, office: Office, signed_in: SignedIn) -> None:
    asked(archive, office)
    head = signed_in("head")

    assert head.post("/notices").status_code == 303

    assert telling.unread(archive, office.head.id) == 0


def test_what_is_chosen_is_kept(mailing: Archive, office: Office, signed_in: SignedIn) -> None:
    head = signed_in("head")
    form = {
        "way/asked/email": "digest", "way/asked/here": "off", "digest_at": "17:30", "quiet_from": "22:00",
        "quiet_until": "07:30", "quiet_day": ["0", "6"], "rest_day": ["5"],
    }  # fmt: skip

    assert head.post("/notices/wishes", form).status_code == 303

    kept = notice_wishes.of(mailing, office.head)
    assert (kept.ways["asked", "email"], kept.ways["asked", HERE]) == ("digest", "off")
    assert kept.hours.quiet_days == {0, 6}
    page = head.get("/notices/wishes").text
    assert 'value="17:30"' in page
    assert "不能关闭" in page
    assert "log" not in page.partition("<main")[2]


def test_what_was_entered_stands_there_when_it_is_refused(
    mailing: Archive, office: Office, signed_in: SignedIn
) -> None:
    head = signed_in("head")
    form = {"way/asked/email": "digest", "digest_at": "23:00", "quiet_from": "22:00", "quiet_until": "06:00"}

    refused = head.post("/notices/wishes", {**form, "quiet_day": ["0", "1", "2", "3", "4", "5", "6"]})

    assert refused.status_code == 422
    assert "另选时间" in refused.text
    assert 'value="23:00"' in refused.text
    assert '<option value="digest" selected>' in refused.text


@pytest.mark.parametrize(
    "form", [{"way/security/email": "off"}, {"way/none/email": "off"}, {"digest_at": "25:00"}, {"quiet_from": "x"}]
)
def test_what_cannot_be_is_refused(mailing: Archive, signed_in: SignedIn, office: Office, form: dict[str, str]) -> None:
    assert signed_in("head").post("/notices/wishes", form).status_code == 422


def test_a_test_message_that_cannot_leave_says_so(mailing: Archive, office: Office, signed_in: SignedIn) -> None:
    head = signed_in("head")
    assert "没有您的邮箱地址" in head.post("/notices/test/email", follow_redirects=True).text
    with mailing.write() as tx:
        tx.connection.execute(sa.update(accounts).values(email="zhang@example.com"))

    page = head.post("/notices/test/email", follow_redirects=True)

    assert "消息未能送达" in page.text
    assert head.post("/notices/test/log").status_code == 404


def test_every_topic_and_channel_has_its_words() -> None:
    assert set(notice_words.TOPICS) == {topic.code for topic in TOPICS}
    chosen = {name for name in notify.names() if notify.reach(name) != notify.NOBODY}
    assert {HERE, *chosen} <= set(notice_words.CHANNELS)


def test_every_notice_leads_to_a_page_there_is(app: Flask) -> None:
    routes = app.url_map.bind("localhost")
    for kind, path in telling.LINKS.items():
        assert routes.test(path.partition("?")[0].format(id="x"), "GET"), kind


def test_a_reminder_names_what_it_is_about_to_who_may_find_it_and_to_nobody_else(
    archive: Archive, clock: Clock, signed_in: SignedIn
) -> None:
    a_person(archive, "keeper", "document_controller", clearance=3, sites=("JF01",))
    record_id = an_unfiled_record(archive, "来文", name="绛珠仙草.txt", site="JF01")
    clock.advance(days=25)
    reminding.sweep(archive)

    assert "绛珠仙草" in signed_in("keeper").get("/notices").text
    with archive.write() as tx:
        tx.records.change(replace(tx.records.get(record_id), site="YL02"))
    assert "绛珠仙草" not in signed_in("keeper").get("/notices").text


def test_what_does_nothing_without_a_channel_is_said_on_top_and_folded(
    archive: Archive, office: Office, signed_in: SignedIn
):
    page = signed_in("head").get("/notices/wishes").text

    assert page.index("免打扰时段也不起作用") < page.index("<table>")
    assert '<details class="card">' in page
    row = page[page.index("我的逾期借阅") :]
    assert "不能关闭" in row[: row.index("</tr>")]
