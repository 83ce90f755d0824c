"""Places as words with blanks between them, for engines that divide texts at blanks and know words alone.

A phrase is a phrase there, because every gap, every beginning of a run and every border between values is a word of
its own; a place is one word, so that places that follow each other are words that do.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer import words

GAP: Final = "·"
BEGIN: Final = "‹"
"""Before a run of letters or digits."""
BORDER: Final = "| |"
"""Two words, so that no phrase with one gap reaches over it."""
RUN_SIGNS: Final = 4
"""So much of a run is one word; shorter words are the ends of runs."""


class Laid:
    """Folded values, each as words with a blank between, in order; and its Han characters alone, for hints."""

    def __init__(self, values: Sequence[str]) -> None:
        # A sign between two values, so that nothing is read across it.
        codes = words.to_codes("|".join(values))
        layout = words.lay_out(codes)
        lengths = np.fromiter(map(len, values), np.int64, len(values)) + 1
        rows = np.searchsorted(layout.starts, np.concatenate(([0], np.cumsum(lengths))))
        text, ends = _as_words(codes, layout, rows)
        self.words = [text[begin : max(begin, end - 1)] for begin, end in pairwise(ends)]
        han = np.flatnonzero(layout.kinds == words.HAN)
        spaced = np.full(2 * len(han), ord(" "), np.uint32)
        spaced[::2] = codes[layout.starts[han]]
        signs = words.from_codes(spaced)
        self.signs = [signs[2 * begin : 2 * end] for begin, end in pairwise(np.searchsorted(han, rows).tolist())]


def _as_words(codes: words.Codes, layout: words.Layout, rows: NDArray[np.int64]) -> tuple[str, list[int]]:
    """All places as words with a blank behind each, and where in that text the values begin whose first rows these
    are; the last row is the end."""
    if not len(layout.starts):
        return "", [0] * len(rows)
    glued, gap = words.glued(layout), words.gaps(layout)
    gap[rows[1:][rows[1:] > 0] - 1] = False  # behind the last word of a value there is nothing
    run = layout.kinds != words.HAN
    begin = run & layout.first
    sizes = np.where(run, np.minimum(layout.left, RUN_SIGNS), 1)
    # The sign of a beginning and its blank, letters, the neighbour, a blank, perhaps the sign of a gap and its blank.
    widths = 2 * begin + sizes + glued + 1 + 2 * gap
    ends = np.concatenate(([0], np.cumsum(widths)))
    firsts = ends[:-1]
    text = np.full(int(ends[-1]), ord(" "), np.uint32)
    text[firsts[begin]] = ord(BEGIN)
    letters = firsts + 2 * begin
    within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    text[np.repeat(letters, sizes) + within] = codes[np.repeat(layout.starts, sizes) + within]
    text[letters[glued] + 1] = codes[layout.starts[np.flatnonzero(glued) + 1]]
    text[(firsts + widths)[gap] - 2] = ord(GAP)
    return words.from_codes(text), ends[rows].tolist()


def words_of(text: str, *, whole: bool) -> tuple[list[tuple[int, str]], bool]:
    """The words that a phrase is made of, with their offsets, and whether the last is only the beginning of one."""
    tokens = words.split(text)
    typed: list[tuple[int, str]] = []
    unfinished = False
    at = pairs = 0
    for i, token in enumerate(tokens):
        last = i + 1 == len(tokens)
        gap = not last and tokens[i + 1].position > token.end
        if token.glued:
            # Every second pair says all there is to say, if the last is among them.
            if pairs % 2 == 0 or not tokens[i + 1].glued:
                typed.append((at, token.text + tokens[i + 1].text))
            pairs += 1
            at += 1
            continue
        if token.han:
            unfinished = last and not pairs
            if unfinished or (not last and not pairs):
                typed.append((at, token.text))
        else:
            if i or whole:
                typed.append((at, BEGIN))
                at += 1
            open_end = last and not whole
            typed += [(at + offset, word) for offset, word in _run_words(token.text, open_end)]
            unfinished = open_end and len(token.text) < RUN_SIGNS
        at += len(token.text)
        if gap:
            typed.append((at, GAP))
            at += 1
        pairs = 0
    return typed, unfinished


def every_word_of(text: str, *, whole: bool) -> tuple[list[str], bool]:
    """The words that stand one behind the other where a phrase stands, and whether the last is only the beginning of
    one: for engines whose phrases have no holes."""
    tokens = words.split(text)
    typed: list[str] = []
    unfinished = False
    for i, token in enumerate(tokens):
        last = i + 1 == len(tokens)
        if token.glued:
            typed.append(token.text + tokens[i + 1].text)
            continue
        if token.han:
            within_pair = i > 0 and tokens[i - 1].glued
            unfinished = last and not within_pair
            if not (last and within_pair):
                typed.append(token.text)
        else:
            if i or whole:
                typed.append(BEGIN)
            open_end = last and not whole
            unfinished = open_end and len(token.text) < RUN_SIGNS
            ends = max(1, len(token.text) - RUN_SIGNS + 1) if open_end else len(token.text)
            typed += [token.text[at : at + RUN_SIGNS] for at in range(ends)]
        if not last and tokens[i + 1].position > token.end:
            typed.append(GAP)
    return typed, unfinished


def _run_words(run: str, open_end: bool) -> list[tuple[int, str]]:
    """Words that cover a run; if it must end here, the last is shorter than words within a run are."""
    if len(run) < RUN_SIGNS:
        return [(0, run)]
    last = len(run) - RUN_SIGNS
    spread = sorted({*range(0, last, RUN_SIGNS), last})
    covering = [(offset, run[offset : offset + RUN_SIGNS]) for offset in spread]
    return covering if open_end else [*covering, (last + 1, run[last + 1 :])]
