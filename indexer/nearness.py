"""Words of a question that stand near each other say more than words that stand apart."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.places import BODY, ENTRY_SHIFT, FIELD_SHIFT, PLACE_SHIFT, POSITION_BITS, U64

NEAR: Final = 24
"""Words that begin so many places apart, or more, do not belong together."""
_ONE_PLACE = np.int64(1 << POSITION_BITS)


def nearness(spots: Sequence[U64], entries: NDArray[np.int64], readable: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For each of these entries how near to each other the phrases stand that were typed one behind the other.

    `spots` are where each phrase stands, sorted; of an entry that is not `readable` the body is passed over. 1 is side
    by side everywhere, 0 nowhere near.
    """
    near = np.zeros(len(entries))
    for one, other in pairwise(spots):
        near += _between(one, other, entries, readable)
    return near / max(1, len(spots) - 1)


def _between(one: U64, other: U64, entries: NDArray[np.int64], readable: NDArray[np.bool_]) -> NDArray[np.float64]:
    wanted = entries.astype(np.uint64) << ENTRY_SHIFT
    begin = np.searchsorted(one, wanted)
    counts = np.searchsorted(one, wanted + (np.uint64(1) << ENTRY_SHIFT)) - begin
    closest = np.zeros(len(entries))
    if not counts.any() or not len(other):
        return closest
    owner = np.repeat(np.arange(len(entries)), counts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    found = one[begin[owner] + within]
    open_ = readable[owner] | (found >> FIELD_SHIFT & np.uint64(3) != BODY)
    owner, here = owner[open_], (found[open_] >> PLACE_SHIFT).astype(np.int64)
    # Behind and before: the two places of the other phrase between which this one stands.
    behind = np.searchsorted(other, here.astype(np.uint64) << PLACE_SHIFT)
    for at in (behind, behind - 1):
        there = (other[np.clip(at, 0, len(other) - 1)] >> PLACE_SHIFT).astype(np.int64)
        same = there // _ONE_PLACE == here // _ONE_PLACE  # of the same field of the same entry
        close = np.where(same, np.maximum(0, 1 - np.abs(there - here) / NEAR), 0)
        np.maximum.at(closest, owner, close)
    return closest
