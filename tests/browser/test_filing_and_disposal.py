"""A batch is filed, and a list goes from what is due to its certificate: as people do it in their own browsers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from access.actors import SERVICE
from archive import disposal, indexing, numbering
from archive.app import open_archive
from archive.numbering import HandOver
from indexer.reading import Reader
from tests.browser.serving import served, sign_in
from tests.builders import PASSWORD, a_person, a_record, settle

pytestmark = pytest.mark.xdist_group("browser")


def test_a_batch_is_accepted_each_with_its_result_and_its_stamp(home: Path, window: Callable[[], Page], reader: Reader):
    archive = open_archive(home)
    a_person(archive, "liaison", "records_liaison")
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    for number, dated in enumerate(("2026-02-03", "2026-02-04", "2062-02-05"), 1):
        a_record(
            archive, f"第 {number} 份", title=f"采购合同第{number}号", class_code="HT03", name=f"{number}.txt",
            document_date=dated,
        )  # fmt: skip
    settle(archive, reader)
    archive.close()
    with served(home) as address:
        page = window()
        sign_in(page, address, "keeper", PASSWORD)
        page.goto(f"{address}/accession?class=HT03&site=JF01")
        for box in page.locator("input[name=record]").all():
            box.check()
        page.fill("#giver", "liaison")
        page.get_by_role("button", name="接收并编号").click()
        # Two have their codes, the third says why not, and stays ticked for when that has been put right.
        expect(page.locator(".problem").first).to_contain_text("2")
        expect(page.locator(".field-problem")).to_have_count(1)
        expect(page.locator(".field-problem")).to_contain_text("四性检测")
        expect(page.locator("input[name=record]")).to_have_count(1)

        page.goto(f"{address}/accession/batches")
        page.get_by_role("link", name="RK-").first.click()
        expect(page.locator("td.number").first).to_contain_text("JF01-HT·2026-")
        expect(page.locator("dl")).to_contain_text("未通过")
        page.get_by_role("link", name="采购合同第1号").click()
        expect(page.locator("table.stamp")).to_contain_text("JF01")
        expect(page.locator("table.stamp")).to_contain_text("0001")


def test_a_list_goes_from_what_is_due_to_its_certificate_through_five_hands(
    home: Path, window: Callable[[], Page], reader: Reader, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MUNIMENT_DISPOSAL_COOLING_DAYS", "0")
    archive = open_archive(home)
    keeper = a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    for login, role, department in (
        ("liaison", "records_liaison", "SWB"),
        ("head", "dept_approver", "SWB"),
        ("owner", "class_owner", "SWB"),
        ("final", "final_approver", "ZJB"),
        ("one", "auditor", "PZB"),
        ("two", "security_officer", "ZJB"),
    ):
        a_person(archive, login, role, clearance=3, department=department)
    paper = a_record(archive, "纪要正文", title="旧纪要", class_code="GL08", document_date="2010-05-06")
    settle(archive, reader)
    numbering.accept(archive, keeper, [paper], HandOver("liaison"))
    archive.close()
    with served(home) as address:
        pages = {login: window() for login in ("keeper", "head", "final", "one", "two")}
        for login, page in pages.items():
            sign_in(page, address, login, PASSWORD)
        office = pages["keeper"]
        office.goto(f"{address}/disposals/due")
        office.locator("input[name=record]").check()
        office.fill("#group", "keeper head owner")
        office.get_by_role("button", name="新立鉴定处置单").click()
        expect(office.locator("h1")).to_contain_text("鉴定中")
        where = office.url

        head = pages["head"]
        head.goto(where)
        head.get_by_placeholder("原因").fill("无保存价值")
        head.get_by_role("button", name="决定").click()
        expect(head.locator(".flash")).to_be_visible()

        office.goto(where)
        office.fill("#report", "2010 年会议纪要，逐件鉴定，无继续保存价值。")
        office.fill("#witnesses", "one two")
        office.get_by_role("button", name="提交").click()
        expect(office.locator("h1")).to_contain_text("待批准")
        # Who proposed does not approve.
        expect(office.get_by_role("button", name="同意")).to_have_count(0)

        final = pages["final"]
        final.goto(where)
        final.get_by_role("button", name="同意").click()
        expect(final.locator("h1")).to_contain_text("冷静期")
        office.reload()
        expect(office.get_by_role("button", name="执行销毁")).to_have_count(0)
        for login in ("one", "two"):
            pages[login].goto(where)
            pages[login].get_by_role("button", name="监销签字").click()
            expect(pages[login].get_by_role("button", name="监销签字")).to_have_count(0)

        office.goto(where)
        office.get_by_role("button", name="执行销毁").click()
        expect(office.locator("h1")).to_contain_text("已执行")
        expect(office.locator("dl")).to_contain_text("尚未")
        archive = open_archive(home)
        with indexing.writing(archive):
            indexing.rebuild(archive, SERVICE, None).close()
        disposal.sweep(archive)
        archive.close()
        office.reload()
        # No backup was ever made: the second stage of the certificate follows at once.
        expect(office.locator("h1")).to_contain_text("已完成")
        office.get_by_role("link", name="旧纪要").click()
        expect(office.locator(".state-destroyed")).to_be_visible()
