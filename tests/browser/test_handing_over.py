"""A handover as three people see it in their browsers: five hundred records, one missing, one on loan, one damaged."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from access.actors import OPERATOR
from access.loans import Form
from archive import counter, custody, handover_counting, people
from archive.app import open_archive
from tests.archive.test_lending import granted
from tests.browser.serving import served, sign_in
from tests.builders import PASSWORD, a_person, a_record, an_office, copies_of

pytestmark = pytest.mark.xdist_group("browser")

RECORDS = 500


def sign(page: Page) -> None:
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="签字").click()
    expect(page.locator(".flash")).to_have_text("已签字。")


def test_five_hundred_records_change_hands_with_one_missing_one_on_loan_and_one_damaged(
    home: Path, window: Callable[[], Page], monkeypatch: pytest.MonkeyPatch
):
    # The power does not go while five hundred records are made ready.
    monkeypatch.setattr(os, "fsync", lambda _: None)
    archive = open_archive(home)
    office = an_office(archive)
    a_person(archive, "boss", "dept_approver", clearance=3, department="DAS")
    first = a_record(archive, "正文", title="合同第0号", level=2, shelf_location="A")
    papers = [first, *copies_of(archive, first, [f"合同第{n}号" for n in range(1, RECORDS)], files=RECORDS - 1)]
    custody.take_charge(archive, people.named(archive, "keeper"), "JF01")
    lent, missing, damaged = papers[7], papers[8], papers[9]
    granted(archive, office, lent, Form.PAPER)
    counter.issue(archive, office.keeper, lent, pages=3, condition="good")
    with served(home) as address:
        giver, receiver, borrower, boss = window(), window(), window(), window()
        for page, login in ((giver, "keeper"), (receiver, "second"), (borrower, "borrower"), (boss, "boss")):
            sign_in(page, address, login, PASSWORD)

        giver.goto(f"{address}/handovers/plan")
        giver.fill("#receiver", "second")
        giver.fill("#supervisor", "boss")
        giver.get_by_role("button", name="拟定").click()
        expect(giver.locator("h1")).to_contain_text("YJ-")
        place = giver.url
        giver.get_by_role("button", name="冻结清册").click()
        expect(giver.locator(".flash")).to_have_text("清册已冻结。")
        identity = place.rpartition("/")[2]
        handover_counting.check_files(archive, identity)

        borrower.goto(f"{address}/handovers/")
        borrower.get_by_role("button", name="在我手中").click()
        expect(borrower.locator(".flash")).to_contain_text("已确认")

        # With a scanner: each label is typed, followed by Enter. The first few by hand, the rest through the same door.
        receiver.goto(place)
        for record_id in papers[:3]:
            receiver.keyboard.type(f"{address}/records/{record_id}")
            receiver.keyboard.press("Enter")
            expect(receiver.locator(".flash")).to_contain_text("已清点")
        for record_id in papers[3:]:
            if record_id not in (lent, missing, damaged):
                handover_counting.scan(archive, office.second_keeper, identity, record_id)
        receiver.goto(f"{place}?which=open")
        for position, found, note in ((8, "missing", ""), (9, "damaged", "水渍")):
            row = receiver.locator("tbody tr", has_text=f"合同第{position}号")
            row.get_by_text("人工登记").click()
            row.locator("select[name=found]").select_option(found)
            row.locator("input[name=note]").fill(note)
            row.get_by_role("button", name="登记").click()
            expect(receiver.locator(".flash")).to_contain_text("已清点")
        receiver.goto(f"{place}?which=differences")
        expect(receiver.locator("h1")).to_contain_text("差异待说明")
        expect(receiver.locator("tbody tr")).to_have_count(2)
        for position, why in ((8, "去年借出未还,待查"), (9, "移交前已有水渍")):
            row = receiver.locator("tbody tr", has_text=f"合同第{position}号")
            row.locator("input[name=explanation]").fill(why)
            row.locator("input[name=owner]").fill("second")
            row.locator("input[name=settle_by]").fill("2099-01-01")
            row.get_by_role("button", name="说明").click()
            expect(receiver.locator(".flash")).to_be_visible()
        expect(receiver.locator("h1")).to_contain_text("待签字")
        expect(receiver.locator(".sum-check")).to_be_visible()

        giver.goto(place)
        sign(giver)
        receiver.goto(place)
        sign(receiver)

        # Something changes after two have signed: both signatures are void, and both sign again.
        receiver.goto(f"{place}?which=differences")
        row = receiver.locator("tbody tr", has_text="合同第9号")
        row.get_by_text("人工登记").click()
        row.locator("select[name=found]").select_option("damaged")
        row.locator("input[name=note]").fill("水渍,封底撕裂")
        row.get_by_role("button", name="登记").click()
        expect(receiver.locator("main")).to_contain_text("2 个签字因变动作废")
        row = receiver.locator("tbody tr", has_text="合同第9号")
        row.locator("input[name=explanation]").fill("移交前已有")
        row.locator("input[name=owner]").fill("second")
        row.locator("input[name=settle_by]").fill("2099-01-01")
        row.get_by_role("button", name="说明").click()
        for page in (giver, receiver, boss):
            page.goto(place)
            sign(page)

        boss.goto(place)
        boss.get_by_role("button", name="办结", exact=True).click()
        expect(boss.locator("h1")).to_contain_text("已办结")
        with boss.expect_download() as download:
            boss.get_by_role("link", name="移交清册").click()
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
        assert not people.deactivate(archive, OPERATOR, "keeper").active
    with archive.read() as tx:
        assert tx.custody.open_of(office.keeper.id) == 0
        assert tx.custody.open_of(office.second_keeper.id) == RECORDS
    archive.close()
