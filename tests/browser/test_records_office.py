"""A contract renewed and a dossier closed, as people do it in their browsers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from archive import contracts, dossiers
from archive.app import open_archive
from archive.dossiers import Opening
from tests.browser.serving import served, sign_in
from tests.builders import PASSWORD, a_person, a_record

pytestmark = pytest.mark.xdist_group("browser")


def test_a_contract_is_renewed_by_one_and_confirmed_by_another(home: Path, window: Callable[[], Page]):
    archive = open_archive(home)
    keeper = a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    owner = a_person(archive, "owner", "class_owner", clearance=3, department="SWB")
    old = a_record(archive, "旧合同", title="物业服务合同", level=2)
    term = {"begins_on": "2024-01-01", "ends_on": "2098-12-31", "party_a": "业主委员会"}
    one = contracts.draft(archive, keeper, old, term)
    contracts.confirm(archive, owner, one.id, revision=1, despite="其余证据待补")
    new = a_record(archive, "新合同", title="物业服务合同（续订）", name="new.txt", level=2)
    archive.close()
    with served(home) as address:
        drafter, reviewer = window(), window()
        sign_in(drafter, address, "keeper", PASSWORD)
        sign_in(reviewer, address, "owner", PASSWORD)

        drafter.goto(f"{address}/contracts")
        drafter.get_by_role("link", name="物业服务合同", exact=True).click()
        drafter.get_by_role("link", name="续订合同").click()
        drafter.select_option("#paper", new)
        drafter.get_by_role("button", name="按档案识别结果填表").click()
        expect(drafter.locator("#begins_on")).to_have_value("2099-01-01")
        expect(drafter.locator("#party_a")).to_have_value("业主委员会")
        drafter.fill("#ends_on", "2101-12-31")
        drafter.get_by_role("button", name="起草").click()
        expect(drafter.locator(".flash")).to_have_text("已起草，请他人评审。")
        expect(drafter.get_by_role("button", name="评审通过，确认")).to_have_count(0)

        reviewer.goto(drafter.url)
        reviewer.get_by_label("仍予确认的理由").fill("评审记录月底补齐")
        reviewer.get_by_role("button", name="说明理由并确认").click()
        expect(reviewer.locator("h1 + .hit-facts")).to_contain_text("未生效")
        expect(reviewer.locator(".chart rect")).to_have_count(2)


def test_a_dossier_is_closed_when_its_last_document_lies_in_it(home: Path, window: Callable[[], Page]):
    archive = open_archive(home)
    keeper = a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    opened = dossiers.open_dossier(archive, keeper, Opening("CYC", "JF01", "JD01", "JF大厦退出移交"))
    *most, last = [one.requirement.item for one in dossiers.show(archive, keeper, opened.id).folder.missing]
    for item in most:
        dossiers.put(archive, keeper, opened.id, item, a_record(archive, f"正文{item}", name=f"{item}.txt"))
    paper = a_record(archive, "最后一份", title="最后一份", name="last.txt")
    archive.close()
    with served(home) as address:
        page = window()
        sign_in(page, address, "keeper", PASSWORD)
        page.goto(f"{address}/dossiers?type=CYC")
        page.get_by_role("link", name="JD01").click()
        expect(page.get_by_role("button", name="齐全，关闭卷宗")).to_have_count(0)
        row = page.locator(".checks > li.lacking")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(last)
        row.locator("input[name=record]").fill(f"{address}/records/{paper}")
        row.get_by_role("button", name="归入").click()
        expect(page.locator("h1")).to_contain_text("100 %")
        page.get_by_role("button", name="齐全，关闭卷宗").click()
        expect(page.locator(".hit-facts")).to_contain_text("关闭")
