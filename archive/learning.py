"""What controllers filed teaches which class a paper belongs to.

A multinomial naive Bayes over the pairs of characters of name and beginning, weighed so that frequent classes do not
drown rare ones (complement naive Bayes: Rennie and others, 2003). It learns from filed records only, and from none of
level 3. What it keeps are counts of hashed pairs per class, in the memory of the process that learned them: no word
of any record can be read out of it, and what it says is a class of the file plan, which everybody knows.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 15
SAMPLE = 600
"""Characters from the beginning of a text: titles and headings say what a paper is, long bodies blur it."""
NAMED = 3
"""How much more the name of a file counts than its text."""
SHARPNESS = 1.0
CLASSES_MIN = 2
_SMOOTH = 0.3


@dataclass(frozen=True, slots=True)
class Lessons:
    """Which class papers with such pairs of characters belong to."""

    codes: tuple[str, ...]
    weights: NDArray[np.float32]
    """Class × bucket; the smaller the sum over a paper, the likelier the class."""
    learned_from: int

    def guess(self, text: str) -> Sequence[tuple[str, float]]:
        """Classes with how likely each is, likeliest first; nothing for a text without words."""
        buckets, counts = _counted(text)
        if not len(buckets):
            return ()
        scores = -(self.weights[:, buckets] @ counts) / counts.sum()
        spread = scores.std() or 1.0
        likely = np.exp((scores - scores.max()) / (spread * SHARPNESS))
        likely /= likely.sum()
        found: list[tuple[str, float]] = [
            (code, float(share)) for code, share in zip(self.codes, likely.tolist(), strict=True)
        ]
        return sorted(found, key=lambda one: -one[1])


def sample(file_name: str, text: str) -> str:
    """What of a paper is looked at."""
    return f"{file_name}\n" * NAMED + text[:SAMPLE]


def learn(papers: Iterable[tuple[str, str]]) -> Lessons | None:
    """From (class, sample) of each paper; None while there is too little to tell classes apart."""
    totals: dict[str, NDArray[np.float32]] = {}
    count = 0
    for code, text in papers:
        buckets, counts = _counted(text)
        if len(buckets):
            into = totals.setdefault(code, np.zeros(BUCKETS, np.float32))
            into[buckets] += np.log1p(counts)
            count += 1
    if len(totals) < CLASSES_MIN:
        return None
    codes = tuple(sorted(totals))
    table = np.stack([totals[code] for code in codes])
    others = table.sum(axis=0)[None, :] - table + _SMOOTH
    weights = np.log(others / others.sum(axis=1, keepdims=True))
    weights /= np.abs(weights).sum(axis=1, keepdims=True) / BUCKETS
    return Lessons(codes, weights.astype(np.float32), count)


def _counted(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    letters = "".join(text.split())
    hashed = np.fromiter(
        (zlib.crc32(letters[at : at + 2].encode()) % BUCKETS for at in range(len(letters) - 1)), np.int64
    )
    buckets, counts = np.unique(hashed, return_counts=True)
    return buckets, counts.astype(np.float32)
