"""A named paper is found by the keyboard alone: `/`, its words, Enter, down, Enter."""

import time
from dataclasses import dataclass

from playwright.sync_api import Page

IN_SEARCH = "document.activeElement?.id === 'q'"


@dataclass(frozen=True, slots=True)
class Found:
    title: str
    shelf: str
    """Where its paper stands, as the page says it; empty where it says nothing."""
    keys: int
    seconds: float
    waited: float
    """How much of that the machine took: everything but the pauses between keys."""


def find(page: Page, words: str, *, shelf: str = "架位", pause_ms: int = 0) -> Found:
    """From whatever page is open to the page of the first record with these words in its title; a key every `pause_ms`.

    `shelf` is what that page calls the place of a paper."""
    began = time.perf_counter()
    keys = ["ControlOrMeta+A", "Enter", "Enter"]
    if not page.evaluate(IN_SEARCH):
        keys += ["Escape", "/"]
        page.keyboard.press("Escape")
        page.keyboard.press("/")
    page.wait_for_function(IN_SEARCH)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(words, delay=pause_ms)
    page.keyboard.press("Enter")
    page.wait_for_function("words => new URLSearchParams(location.search).get('q') === words", arg=words)
    page.wait_for_selector(".hit-link")
    for _ in range(page.locator(".hit-link").count()):
        keys.append("ArrowDown")
        page.keyboard.press("ArrowDown", delay=pause_ms)
        if words in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/**")
    page.wait_for_selector("#viewer .page, .locked-panel")
    page.wait_for_function("[...document.querySelectorAll('img.page')].every(one => one.complete)")
    seconds = time.perf_counter() - began
    return Found(
        page.locator("h1").inner_text(),
        page.locator(f"dt:text-is('{shelf}') + dd").inner_text(),
        len(words) + len(keys),
        seconds,
        seconds - (len(words) + keys.count("ArrowDown")) * pause_ms / 1000,
    )
