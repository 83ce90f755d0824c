"""Collecting text while it is read, within what one file may have."""

import re

from indexer import limits
from indexer.text import Caution

_FORBIDDEN = re.compile("[\0\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without NUL and lone surrogates, with newlines as newlines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return _FORBIDDEN.sub("", text) if _FORBIDDEN.search(text) else text


class Pages:
    """Pages as they come in. Beyond the limits nothing is kept, and `full` turns true."""

    def __init__(self) -> None:
        self._pages: list[str] = []
        self._room = limits.TEXT_CHARS_MAX
        self.full = False

    def add(self, text: str) -> None:
        """Append one page."""
        if len(self._pages) >= limits.PAGES_MAX:
            self.full = True
        if self.full:
            return
        text = clean(text)
        if len(text) > self._room:
            text = text[: self._room]
            self.full = True
        self._room -= len(text)
        self._pages.append(text)

    def done(self) -> tuple[str, ...]:
        return tuple(self._pages)

    def cautions(self) -> tuple[Caution, ...]:
        """`truncated` when something had to be left out, `no-text` when nothing was there."""
        found: tuple[Caution, ...] = (Caution("truncated"),) if self.full else ()
        return found if any(page.strip() for page in self._pages) else (*found, Caution("no-text"))


class Lines:
    """The lines of one page, no longer than a whole file may be."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._room = limits.TEXT_CHARS_MAX + 1

    def add(self, line: str) -> None:
        if line.strip():
            self._lines.append(line)
            self._room -= len(line) + 1

    @property
    def full(self) -> bool:
        """True past the limits of size and time."""
        return self._room < 0 or limits.almost_over()

    def text(self) -> str:
        return "\n".join(self._lines)


def metadata(**values: str | None) -> dict[str, str]:
    """The metadata that has a value, cleaned and cut to a sane length."""
    kept = {key: clean(value).strip()[:2000] for key, value in values.items() if value}
    return {key: value for key, value in kept.items() if value}
