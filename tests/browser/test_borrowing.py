"""A loan as two people see it in two browsers: locked, asked for, approved, read, called back; and the counter."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from access.loans import Form
from archive import lending, worker
from archive.app import Archive, open_archive
from archive.errors import Conflict
from tests.archive.test_lending import a_secret, granted
from tests.browser.serving import served, sign_in
from tests.builders import PASSWORD, Office, an_office

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def running(home: Path) -> Iterator[tuple[Archive, Office, str]]:
    """A served archive with everybody in office."""
    archive = open_archive(home)
    office = an_office(archive)
    with served(home) as address:
        yield archive, office, address
    archive.close()


def test_what_is_locked_is_asked_for_approved_read_and_leaves_the_screen_at_the_instant_it_ends(
    running: tuple[Archive, Office, str], window: Callable[[], Page]
):
    archive, _, address = running
    record_id = a_secret(archive, body="\n".join(f"第{n}条 抗辩要点" for n in range(400)), title="诉讼卷宗")
    worker.until_idle(archive)
    borrower, approver = window(), window()
    sign_in(borrower, address, "borrower", PASSWORD)

    borrower.goto(f"{address}/?q=诉讼卷宗")
    expect(borrower.locator(".locked")).to_contain_text("仅限著录")
    borrower.click(".hit-end a.button")
    expect(borrower.locator("ol.files li")).to_contain_text(["部门负责人", "责任岗位"])
    borrower.fill("#purpose", "应诉准备")
    borrower.fill("#days", "3")
    borrower.click("button.primary")
    expect(borrower.locator("h1")).to_contain_text("JY-")

    for login in ("head", "owner"):
        sign_in(approver, address, login, PASSWORD)
        approver.goto(f"{address}/loans/to-approve")
        expect(approver.locator("blockquote")).to_have_text("应诉准备")
        approver.click("main button.primary")
        expect(approver.locator(".flash")).to_be_visible()
        approver.context.clear_cookies()

    borrower.clock.install()
    borrower.goto(f"{address}/records/{record_id}")
    expect(borrower.locator("img.page")).to_be_visible()
    expect(borrower.locator("text=原件")).to_have_count(0)
    assert borrower.evaluate("document.querySelector('img.page').naturalWidth") > 240

    # It is open on the screen when it ends.
    borrower.clock.fast_forward(71 * 3_600_000)
    expect(borrower.locator("#viewer img.page")).to_have_count(1)
    borrower.clock.fast_forward(90 * 60_000)
    expect(borrower.locator("#viewer img.page")).to_have_count(0)
    expect(borrower.locator("#viewer")).to_contain_text("借阅已到期")


def test_the_counter_works_with_nothing_but_a_scanner_and_a_few_keys(
    running: tuple[Archive, Office, str], window: Callable[[], Page]
):
    archive, office, address = running
    record_id = a_secret(archive, title="竣工图")
    granted(archive, office, record_id, Form.PAPER)
    page = window()
    sign_in(page, address, "keeper", PASSWORD)

    page.goto(f"{address}/loans/counter")
    page.keyboard.type(f"{address}/records/{record_id}")
    page.keyboard.press("Enter")
    expect(page.locator("main h2").first).to_contain_text("竣工图")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_contain_text("已借出 12 页")

    page.keyboard.type(record_id)
    page.keyboard.press("Enter")
    expect(page.locator("label[for=pages]")).to_contain_text("借出时 12 页")
    page.keyboard.type("11")
    page.keyboard.press("Enter")
    expect(page.locator(".problem")).to_be_visible()
    page.fill("#pages", "11")
    page.fill("#note", "缺第7页")
    page.click("main button.primary")
    expect(page.locator(".flash")).to_contain_text("已收回：借出 12 页，归还 11 页")
    expect(page.locator("main")).to_contain_text("缺损归还")

    # A page is missing: neither who keeps the record nor who borrowed it can close the loan.
    loan = _loans(archive, record_id)[0]
    borrower = window()
    sign_in(borrower, address, "borrower", PASSWORD)
    for one in (page, borrower):
        one.goto(f"{address}/loans/{loan}")
        expect(one.locator("main")).to_contain_text("缺第7页")
        expect(one.get_by_role("button", name="结案", exact=True)).to_have_count(0)
    with pytest.raises(Conflict):
        lending.close(archive, office.borrower, loan)


def test_who_is_refused_reads_why_and_what_to_do_next(running: tuple[Archive, Office, str], window: Callable[[], Page]):
    archive, _, address = running
    a_secret(archive, title="诉讼卷宗")
    worker.until_idle(archive)
    borrower, approver = window(), window()
    sign_in(borrower, address, "borrower", PASSWORD)
    borrower.goto(f"{address}/?q=诉讼卷宗")
    borrower.click(".hit-end a.button")
    borrower.fill("#purpose", "了解情况")
    borrower.click("button.primary")
    expect(borrower.locator("h1")).to_contain_text("JY-")

    sign_in(approver, address, "head", PASSWORD)
    approver.goto(f"{address}/loans/to-approve")
    approver.get_by_role("button", name="不同意").click()
    expect(approver.locator("input[name=said]:invalid")).to_have_count(1)
    approver.fill("input[name=said]", "目的不具体,请写明案号")
    approver.get_by_role("button", name="不同意").click()
    expect(approver.locator(".flash")).to_be_visible()
    expect(approver.locator("main")).to_contain_text("没有待审批事项")

    borrower.goto(f"{address}/loans")
    borrower.get_by_role("link", name="通知：1 条未读").click()
    borrower.locator("section.card", has_text="未读").get_by_role("link").first.click()
    expect(borrower.locator(".refusal blockquote")).to_have_text("目的不具体,请写明案号")
    expect(borrower.locator(".refusal")).to_contain_text("head")
    borrower.locator(".refusal").get_by_role("link", name="再次申请").click()
    borrower.fill("#purpose", "应诉准备,(2026)沪01民初12号")
    borrower.click("button.primary")
    expect(borrower.locator("h1")).to_contain_text("JY-")
    expect(borrower.locator(".refusal")).to_have_count(0)


def _loans(archive: Archive, record_id: str) -> list[str]:
    with archive.read() as tx:
        return [loan.id for loan in tx.loans.of_record(record_id)]


def test_what_is_called_back_in_the_middle_shows_no_further_page(
    running: tuple[Archive, Office, str], window: Callable[[], Page]
):
    archive, office, address = running
    record_id = a_secret(archive, body="\n".join(f"第{n}条 抗辩要点" for n in range(400)), title="诉讼卷宗")
    worker.until_idle(archive)
    granted(archive, office, record_id, Form.DIGITAL)
    borrower = window()
    sign_in(borrower, address, "borrower", PASSWORD)
    borrower.goto(f"{address}/records/{record_id}")
    expect(borrower.locator("img.page")).to_be_visible()

    loan = next(iter(_loans(archive, record_id)))
    lending.call_back(archive, office.officer, loan, "审计")
    with borrower.expect_response(lambda answer: "/pages/2" in answer.url or "page=2" in answer.url) as turned:
        borrower.keyboard.press("ArrowRight")
    assert turned.value.status in (403, 404)
    borrower.goto(f"{address}/records/{record_id}")
    expect(borrower.locator(".locked-panel")).to_contain_text("申请借阅")
