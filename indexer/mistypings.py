"""What a word may have been that was typed by its sound and came out as other characters: 维宝合同 is 维保合同.

Only what was typed and the words of a public dictionary take part, never those of an index: what is offered here says
nothing of what is kept. Whether anything answers it is for whoever asks to find out, within what its reader may find.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from heapq import nsmallest
from math import log10
from typing import Final

from indexer import words
from indexer.spellings import sounding_like

TYPED_MAX: Final = 40
RUN_MAX: Final = 12
"""A longer run of characters is a sentence: that is asked again by what it is made of."""
WORD_MAX: Final = 4
BEAM: Final = 6
"""So many ways to read the beginning of a run are gone on with."""
ALONE: Final = 1.0
WORD: Final = 0.3
"""What a character costs that is no part of a word, and what a word costs: the fewer pieces, the likelier."""
CHANGED: Final = 0.5
"""What a character costs that is put in place of another."""
RARE: Final = 0.2
"""What the rarest word costs besides."""

_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_OPERATORS = re.compile(r'[":()<>]|(?:^|\s)-|\bOR\b|\bAND\b|\bNOT\b')


def alternatives(text: str) -> tuple[str, ...]:
    """What may have been meant, likeliest first; nothing where every word is one of the dictionary as it stands.

    One run of characters is read anew at a time: each of its words by its sound, or with two characters changed round,
    or with one too many left out.
    """
    if len(text) > TYPED_MAX or _OPERATORS.search(text):
        return ()
    folded = words.fold(text).strip()
    found: dict[str, float] = {}
    for run in _RUN.finditer(folded):
        if len(run[0]) > RUN_MAX:
            continue
        for cost, other in _read_anew(run[0]):
            whole = f"{folded[: run.start()]}{other}{folded[run.end() :]}"
            found[whole] = min(cost, found.get(whole, cost))
    return tuple(sorted(found, key=lambda one: (found[one], one)))


def _read_anew(run: str) -> Iterator[tuple[float, str]]:
    as_it_stands = _cost(run)
    seen = {run}
    for cost, other in [*_by_sound(run), *_slipped(run)]:
        if cost < as_it_stands and other not in seen:
            seen.add(other)
            yield cost, other


def _by_sound(run: str) -> list[tuple[float, str]]:
    """The run in words of the dictionary, each as it stands or with characters that sound the same."""
    ways: list[list[tuple[float, str]]] = [[(0.0, "")], *([] for _ in run)]
    for start in range(len(run)):
        ways[start] = nsmallest(BEAM, set(ways[start]))
        for length in range(1, min(WORD_MAX, len(run) - start) + 1):
            for price, piece in _pieces(run[start : start + length]):
                ways[start + length] += [(cost + price, begun + piece) for cost, begun in ways[start]]
    return nsmallest(BEAM, set(ways[-1]))


@lru_cache(4096)
def _pieces(piece: str) -> tuple[tuple[float, str], ...]:
    """A piece of a run as it stands, and the words of the dictionary that sound like it."""
    if len(piece) == 1:
        return ((ALONE, piece),)
    found = [(WORD, piece)] if _is_word(piece) else []
    if len(piece) == 2:
        first, second = piece
        both = ((a, b) for a in (first, *sounding_like(first)) for b in (second, *sounding_like(second)))
        found += [
            (WORD + CHANGED * ((a != first) + (b != second)) + _rarity(a + b), a + b)
            for a, b in both
            if a + b != piece and _is_word(a + b)
        ]
    else:
        changed = (
            piece[:at] + other + piece[at + 1 :] for at, letter in enumerate(piece) for other in sounding_like(letter)
        )
        found += [(WORD + CHANGED + _rarity(word), word) for word in changed if _is_word(word)]
    return tuple(nsmallest(BEAM, found))


def _slipped(run: str) -> Iterator[tuple[float, str]]:
    """Two characters the wrong way round, or one too many."""
    for at in range(len(run) - 1):
        other = run[:at] + run[at + 1] + run[at] + run[at + 2 :]
        yield _cost(other) + CHANGED, other
    for at in range(len(run) if len(run) > 2 else 0):
        other = run[:at] + run[at + 1 :]
        yield _cost(other) + CHANGED + WORD, other


def _cost(run: str) -> float:
    costs = [0.0] + [float("inf")] * len(run)
    for start in range(len(run)):
        for length in range(1, min(WORD_MAX, len(run) - start) + 1):
            price = ALONE if length == 1 else WORD
            if length == 1 or _is_word(run[start : start + length]):
                costs[start + length] = min(costs[start + length], costs[start] + price)
    return costs[-1]


def _is_word(text: str) -> bool:
    return text in _TRADE or words.is_in_dictionary(text)


@lru_cache(4096)
def _rarity(word: str) -> float:
    """Between words that sound alike the common one is likelier; words of the trade are common here."""
    return 0.0 if word in _TRADE else RARE / (1 + log10(1 + words.how_common(word)))


_TRADE: Final = frozenset(
    {
        "维保", "公维金", "维修基金", "高空抛物", "档号", "限速器", "承接查验", "梯控", "道闸",
        "消控室", "秩序维护", "抄表", "隔油池", "二次供水", "充电桩", "业主群", "撤场",
    }
)  # fmt: skip
"""Words of the trade that the dictionary lacks."""
