"""A stocktake on a telephone: two people scan at once, one paper is missing, both sign."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from archive import locations
from archive.app import open_archive
from archive.locations import NewPlace
from tests.browser.serving import served, sign_in
from tests.builders import PASSWORD, a_person, a_record

pytestmark = pytest.mark.xdist_group("browser")


def scan(page: Page, label: str) -> None:
    # A scanner types the label and an Enter.
    page.fill("#label", label)
    page.press("#label", "Enter")


def test_two_walk_over_a_room_with_their_telephones_and_sign(home: Path, window: Callable[[], Page]):
    archive = open_archive(home)
    keeper = a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    a_person(archive, "second", "document_controller", clearance=3, department="DAS")
    room = locations.add(archive, keeper, NewPlace("JF01", "room", "一号库房"))
    box = locations.add(archive, keeper, NewPlace("", "box", "01盒", parent_id=room.id))
    papers = [
        a_record(archive, f"正文{n}", title=f"合同第{n}号", name=f"{n}.txt", shelf_location=box.address)
        for n in range(3)
    ]
    archive.close()
    with served(home) as address:
        first, second = window(), window()
        for page, login in ((first, "keeper"), (second, "second")):
            page.set_viewport_size({"width": 390, "height": 844})
            sign_in(page, address, login, PASSWORD)

        first.goto(f"{address}/stocktakes?place={room.id}")
        first.fill("#second", "second")
        first.get_by_role("button", name="开始").click()
        expect(first.locator("h1")).to_contain_text("PD-")
        walk = first.url
        scan(first, box.id)
        expect(first.locator("h2").first).to_contain_text("01盒")
        scan(first, papers[0])
        expect(first.locator("h2").first).to_contain_text("合同第0号")
        first.fill("#pages", "1")
        first.get_by_role("button", name="已清点").click()
        expect(first.locator(".flash")).to_be_visible()

        second.goto(walk)
        scan(second, papers[1])
        expect(second.locator(".hit-facts").first).to_contain_text("2 / 3")
        assert second.evaluate("document.documentElement.scrollWidth") <= 390
        second.get_by_role("button", name="全部清点完毕").click()

        first.goto(walk)
        first.get_by_placeholder("原因").fill("复印后未归位")
        first.get_by_placeholder("责任人").fill("keeper")
        first.locator("input[name=due_on]").fill("2036-03-09")
        first.get_by_role("button", name="说明").click()
        first.get_by_role("button", name="签字").click()
        expect(first.locator(".flash")).to_contain_text("尚待另一人签字")
        second.goto(walk)
        second.get_by_role("button", name="签字").click()
        expect(second.locator(".flash")).to_contain_text("双方已签字")
        expect(second.get_by_role("link", name="已归档").first).to_be_visible()
