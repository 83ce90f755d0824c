"""A browser, if the machine has one."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.serving import chromium, launch


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("There is no Chromium on this machine: the pages are not tried out in a browser.")
    with sync_playwright() as playwright:
        browser = launch(playwright, executable)
        yield browser
        browser.close()


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Opens a window of its own, as if on another machine; anything that goes wrong in its scripts fails the test."""
    contexts = []
    wrong: list[str] = []

    def blocked(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            wrong.append(message.text)

    def open_window() -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 860})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", blocked)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not wrong
