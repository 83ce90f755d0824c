"""The files inside a file, read with it: whoever looks for the words of an attachment finds what it came with."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from indexer import limits
from indexer.errors import Unreadable
from indexer.text import Caution, Child, Text

SEPARATOR = " ▸ "
"""Between the names that lead to a page inside: `资料.zip ▸ 收缴.xlsx ▸ 一期`."""

Read = Callable[[Path, str], Text]


def gathered(text: Text, read: Read) -> Text:
    """The text with the pages of all files inside behind its own, as deep as limits.NESTING_MAX.

    Their pages are named by the way that leads there. A file inside that cannot be read costs only itself.
    """
    if not text.children:
        return text
    gathering = _Gathering(text, read)
    gathering.enter(text.children, "", 1)
    return gathering.text()


class _Gathering:
    """Pages of files inside, within what is left of what one file may have."""

    def __init__(self, text: Text, read: Read) -> None:
        self._outer = text
        self._read = read
        self._pages: list[str] = []
        self._names: list[str] = []
        self._room = limits.TEXT_CHARS_MAX - sum(map(len, text.pages))
        self._found: dict[str, Caution] = {}

    def enter(self, children: Sequence[Child], above: str, depth: int) -> None:
        """Read each of these, and what is inside it."""
        for child in children:
            if limits.almost_over() or self._room <= 0:
                self._note("truncated")
                return
            inner = self._text(child)
            if inner is None:
                self._note("partly-unreadable")
                continue
            name = f"{above}{child.name}"
            self._add(inner, name)
            if inner.children and depth >= limits.NESTING_MAX:
                self._note("partly-unreadable")
            elif inner.children:
                self.enter(inner.children, name + SEPARATOR, depth + 1)

    def text(self) -> Text:
        """What was there before, and what was gathered."""
        outer = self._outer
        known = {caution.code for caution in outer.cautions}
        cautions = tuple(caution for code, caution in self._found.items() if code not in known)
        if not self._pages:
            return replace(outer, cautions=(*outer.cautions, *cautions))
        names = outer.page_names or tuple("" for _ in outer.pages)
        # Nothing of its own, but something inside: then there is text after all.
        kept = tuple(caution for caution in outer.cautions if caution.code != "no-text")
        return replace(
            outer,
            pages=(*outer.pages, *self._pages),
            page_names=(*names, *self._names),
            cautions=(*kept, *cautions),
        )

    def _text(self, child: Child) -> Text | None:
        if not child.content:
            return Text(())
        with tempfile.NamedTemporaryFile(prefix="inside-") as file:
            file.write(child.content)
            file.flush()
            try:
                return self._read(Path(file.name), child.name)
            except Unreadable:
                return None
            except (MemoryError, RecursionError):
                return None
            except Exception:  # noqa: BLE001  a reader that fails on a file inside must not cost the file around it
                return None

    def _add(self, inner: Text, name: str) -> None:
        for number, page in enumerate(inner.pages):
            if not page.strip():
                continue
            if len(page) > self._room or len(self._outer.pages) + len(self._pages) >= limits.PAGES_MAX:
                self._note("truncated")
                page = page[: max(self._room, 0)]
                self._room = 0
                if not page or len(self._outer.pages) + len(self._pages) >= limits.PAGES_MAX:
                    return
            self._room -= len(page)
            called = inner.page_names[number] if inner.page_names else ""
            self._pages.append(page)
            self._names.append((f"{name}{SEPARATOR}{called}" if called else name)[:1000])
        for caution in inner.cautions:
            if caution.code in _PASSED_ON:
                self._note(caution.code)

    def _note(self, code: str) -> None:
        self._found.setdefault(code, Caution(code, "inside"))


_PASSED_ON = frozenset(("encrypted", "truncated", "partly-unreadable", "active-content"))
"""What a person should know of the whole when it is true of a file inside."""
