"""What people call one thing and papers another: who asks for the 房东 wants to read of the 出租人 too.

`everyday.csv` says so, a pair a line, with the article of law in which the formal word stands: another word for the
same thing, or the word under which laws and contracts treat the matter (欠薪, 劳动报酬). It ranks, with little weight,
what was not found literally.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

_PAIRS: Final = Path(__file__).parent / "everyday.csv"
_PARTS_MAX: Final = 4
"""So many words of a dictionary may make one of ours: 二 房东."""


def formal_words(cut: Sequence[str]) -> Iterator[str]:
    """The formal words for what a folded text, cut into words of a dictionary, says in everyday ones; each once."""
    known = _known()
    told: set[str] = set()
    at = 0
    while at < len(cut):
        step = 1
        for count in range(min(_PARTS_MAX, len(cut) - at), 0, -1):
            found = known.get("".join(cut[at : at + count]), ())
            if found:
                yield from (word for word in found if word not in told)
                told.update(found)
                step = count
                break
        at += step


@lru_cache(1)
def _known() -> Mapping[str, Sequence[str]]:
    known: dict[str, list[str]] = defaultdict(list)
    with _PAIRS.open(encoding="utf-8", newline="") as file:
        for pair in csv.DictReader(file):
            known[pair["everyday"]].append(pair["formal"])
    return dict(known)
