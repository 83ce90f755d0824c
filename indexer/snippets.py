"""The lines to show around a hit, in the words of the original, with what matched marked.

A match here is what a match in the index is: folded, white space within a phrase nothing, punctuation any.
The result is pieces of text, never markup: what a document contains cannot become part of a page.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from indexer import words
from indexer.query import Phrase, Query, spellings, wanted

Parts = tuple[tuple[str, bool], ...]
"""Pieces of text in order; True marks what matched."""

_MATCHES_MAX: Final = 200
"""Of each phrase in each page; the best lines are chosen among these."""

_LOOKED_ON: Final = 200_000
"""Once there is a line, so many characters are still looked through for better ones, to the end of a page."""

_HAN = "".join(f"{chr(first)}-{chr(last)}" for first, last in words.HAN_RANGES)
_BLANK = rf"[\s{re.escape(''.join(words.INVISIBLE))}]"
_SIGN = rf"(?:[^\w\s{re.escape(''.join(words.INVISIBLE))}]|_)"
_LETTER = rf"[^\W\d_{_HAN}]"
_NOTHING = f"{_BLANK}*+"
_PUNCTUATION = f"(?:{_NOTHING}{_SIGN})++{_NOTHING}"
_BREAKS = re.compile(r"\s*\n\s*|\s{2,}")
_RUN_END = re.compile(r"[a-zA-Z0-9]+\Z")
_TO_SENTENCE_END = re.compile(r".*[。！？；\n!?;]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A line of a page (counted from 1)."""

    page: int
    parts: Parts
    shows: frozenset[int] = frozenset()
    """Which of the phrases that were asked for are in it, by their number."""


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    phrase: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A stretch of one page that could be shown; offsets are those of the original."""

    page: int
    matches: tuple[_Match, ...]
    phrases: frozenset[int]

    def worth(self, shown: frozenset[int]) -> tuple[int, int, int]:
        return len(self.phrases - shown), len(self.phrases), min(len(self.matches), 3)


class Marker:
    """What a question looks for, made ready once for the many texts of an answer."""

    def __init__(self, query: Query) -> None:
        sought = [_Sought(phrase.field, _forms(phrase)) for phrase in dict.fromkeys(wanted(query.root))]
        self._in_body = [one for one in sought if one.field is None]
        self._sought = sought
        self.in_body = tuple(phrase for phrase in dict.fromkeys(wanted(query.root)) if phrase.field is None)
        """What its lines depend on, besides the text."""
        self.asked = len(sought)
        """For how many different phrases an answer may contain."""

    def snippet(self, pages: Sequence[str], *, width: int = 80, most: int = 3) -> tuple[Snippet, ...]:
        """At most `most` lines of about `width` characters that show most of what was asked for, in reading order."""
        sought = self._in_body
        lines: list[_Line] = []
        whole, left = False, _LOOKED_ON
        for number, text in enumerate(pages):
            here = list(_lines(number, _matches(text, sought), width))
            lines += here
            whole = whole or any(len(line.phrases) == len(sought) for line in here)
            if whole and len(lines) >= most:
                break
            left -= len(text) if lines else 0
            if left < 0:
                break
        chosen: list[_Line] = []
        shown: frozenset[int] = frozenset()
        while lines and len(chosen) < most:
            best = max(lines, key=lambda line: line.worth(shown))  # the first of equals
            shown |= best.phrases
            chosen.append(best)
            lines = [line for line in lines if not _overlap(line, best, width)]
        chosen.sort(key=lambda line: (line.page, line.matches[0].start))
        return tuple(
            Snippet(line.page + 1, _cut(pages[line.page], line.matches, width), line.phrases) for line in chosen
        )

    def highlight(self, text: str, field: str = "title") -> Parts:
        """The whole text (a title, a number, a party), with what matched marked."""
        if not text:
            return ()
        sought = [one for one in self._sought if one.field in (None, field)]
        matches = _matches(text, sought)
        return tuple(_marked(text, 0, len(text), matches)) if matches else ((_tidied(text), False),)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A phrase in every form that answers it: an expression, and the letters it must begin with if it looks back."""

    field: str | None
    forms: tuple[tuple[re.Pattern[str], str], ...]


@lru_cache(1024)
def _forms(phrase: Phrase) -> tuple[tuple[re.Pattern[str], str], ...]:
    split = ((words.split(text), whole) for text, whole in spellings(phrase))
    return tuple(
        (_pattern(tokens, whole), "" if tokens[0].han or not whole else tokens[0].text)
        for tokens, whole in split
        if tokens
    )


def _matches(text: str, sought: Sequence[_Sought]) -> list[_Match]:
    """Where the phrases stand in the original, in order."""
    if not sought or not text:
        return []
    folded, offsets = words.fold_with_offsets(text)
    found: list[_Match] = []
    for number, phrase in enumerate(sought):
        spans = (span for pattern, first in phrase.forms for span in _spans(folded, pattern, first))
        for start, end in islice(spans, _MATCHES_MAX):
            origin, last = offsets[start], offsets[end]
            while last <= offsets[end - 1]:  # the match ends inside what one character became
                end += 1
                last = offsets[end]
            found.append(_Match(origin, last, number))
    return sorted(found, key=lambda match: (match.start, match.end))


def _spans(folded: str, pattern: re.Pattern[str], first: str) -> Iterator[tuple[int, int]]:
    if not first:
        yield from (match.span() for match in pattern.finditer(folded))
        return
    # What looks back has no fast way to its first letter: find that first.
    at = folded.find(first)
    while at >= 0:
        if match := pattern.match(folded, at):
            yield match.span()
        at = folded.find(first, match.end() if match else at + 1)


def _pattern(tokens: tuple[words.Token, ...], whole: bool) -> re.Pattern[str]:
    """An expression for a phrase in folded text; at its ends it may be a part of a longer run, unless `whole`."""
    pieces: list[str] = []
    for i, token in enumerate(tokens):
        last = i + 1 == len(tokens)
        if i:
            pieces.append(_PUNCTUATION if token.position > tokens[i - 1].end else _NOTHING)
        if token.han:
            pieces.append(re.escape(token.text))
        else:
            kin = r"\d" if token.text[0].isdecimal() else _LETTER
            before = f"(?<!{kin})" if i or whole else ""
            behind = f"(?!{kin})" if not last or whole else ""
            pieces.append(before + re.escape(token.text) + behind)
    return re.compile("".join(pieces))


def _lines(page: int, matches: Sequence[_Match], width: int) -> Iterator[_Line]:
    """For each match the line that begins a little before it."""
    starts = [match.start for match in matches]
    for i, match in enumerate(matches):
        upto = bisect_right(starts, match.start + width * 3 // 4)
        within = tuple(m for m in matches[i : min(upto, i + 20)] if m.end <= match.start + width)
        yield _Line(page, within or (match,), frozenset(m.phrase for m in within) or frozenset((match.phrase,)))


def _overlap(line: _Line, other: _Line, width: int) -> bool:
    return line.page == other.page and abs(line.matches[0].start - other.matches[0].start) < width


def _cut(text: str, matches: Sequence[_Match], width: int) -> Parts:
    """The matches with what stands around them, from the beginning of a sentence where that is near."""
    first, last = matches[0].start, max(match.end for match in matches)
    room = max(0, width - (last - first))
    start = max(0, first - max(room // 3, 4))
    ended = _TO_SENTENCE_END.match(text, max(0, first - room // 2), first)
    sentence = ended.end() if ended else 0
    if ended:
        start = sentence
    elif run := _RUN_END.search(text, max(0, start - 30), start):
        start = run.start() if text[start].isalnum() and text[start].isascii() else start
    end = min(len(text), max(last, start + width))
    while start < first and text[start].isspace():
        start += 1
    while end > last and text[end - 1].isspace():
        end -= 1
    parts = list(_marked(text, start, min(end, start + 4 * width), matches))
    if start > 0 and start != sentence:
        parts.insert(0, ("…", False))
    if end < len(text):
        parts.append(("…", False))
    return tuple(parts)


def _marked(text: str, start: int, end: int, matches: Sequence[_Match]) -> Iterator[tuple[str, bool]]:
    """The text from start to end in pieces; matches that touch or overlap are one."""
    at = start
    i = 0
    ordered = sorted(matches, key=lambda match: match.start)
    while i < len(ordered) and ordered[i].start < end:
        begin, stop = max(at, ordered[i].start), ordered[i].end
        while i + 1 < len(ordered) and ordered[i + 1].start <= stop:
            i += 1
            stop = max(stop, ordered[i].end)
        i += 1
        stop = min(stop, end)
        if stop <= begin:
            continue
        if begin > at:
            yield _tidied(text[at:begin]), False
        yield _tidied(text[begin:stop]), True
        at = stop
    if at < end:
        yield _tidied(text[at:end]), False


def _tidied(text: str) -> str:
    """Line breaks and wide gaps as one blank, so that a snippet is a line."""
    return _BREAKS.sub(" ", text)
