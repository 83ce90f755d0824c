"""Which files say nearly the same: another scan, another format, the next draft of the same paper.

A sketch is what 64 random orders of all runs of five characters begin with (MinHash, Broder 1997); the share of equal
places is the share of runs that two texts have in common. The orders come from a key of the archive, so that nobody
who has only the catalogue can try out whether a text they know is in it.
"""

import hashlib
import hmac
import re
import unicodedata
import zlib
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from archive.model import Record

RUN = 5
PLACES = 64
BANDS = 16
"""Texts are looked at together when they agree in all four places of any of 16 bands: nearly always from .6 on."""
LETTERS_MIN = 60
"""Less text than this says too little to be compared."""
LETTERS_MAX = 200_000
ALIKE_MIN = 0.6
SAME_TEXT = 0.97
_LETTER = re.compile(r"[\W_]+")

Sketch = NDArray[np.uint64]


def sketch(pages: Sequence[str], key: bytes) -> Sketch | None:
    """The sketch of a text; None when it has too little text."""
    letters = _LETTER.sub("", unicodedata.normalize("NFKC", "".join(pages))).lower()[:LETTERS_MAX]
    if len(letters) < LETTERS_MIN:
        return None
    hashed = {zlib.crc32(letters[at : at + RUN].encode()) for at in range(len(letters) - RUN + 1)}
    runs = np.fromiter(hashed, np.uint64, len(hashed))
    least = np.full(PLACES, np.iinfo(np.uint64).max, np.uint64)
    factors, terms = _orders(key)
    for start in range(0, len(runs), 4096):
        part = runs[start : start + 4096]
        # Wraps around at 64 bits, which mixes as well as a prime does.
        mixed = part[None, :] * factors[:, None] + terms[:, None]
        mixed ^= mixed >> np.uint64(31)
        least = np.minimum(least, mixed.min(axis=1))
    return least


def bands(found: Sketch) -> Sequence[int]:
    """One number for each band: texts that share any are worth comparing."""
    rows = PLACES // BANDS
    return [
        int.from_bytes(hashlib.blake2b(found[at : at + rows].tobytes(), digest_size=7).digest(), "big")
        for at in range(0, PLACES, rows)
    ]


def alike(one: Sketch, other: Sketch) -> float:
    """Which share of their runs two texts have in common, about."""
    return float((one == other).mean())


def packed(found: Sketch) -> bytes:
    return found.tobytes()


def unpacked(kept: bytes) -> Sketch:
    return np.frombuffer(kept, np.uint64)


def next_version(new: Record, old: Record, share: float) -> bool:
    """Could the new one be the next version of the old? Papers filled into one form look alike and are not.

    What they are called decides: another number, other figures in the title or other parties are another paper.
    """
    if new.doc_number and old.doc_number and _bare(new.doc_number) != _bare(old.doc_number):
        return False
    if new.parties and old.parties and not {_bare(one) for one in new.parties} & {_bare(one) for one in old.parties}:
        return False
    if share >= SAME_TEXT:
        return True
    if re.findall(r"\d+", new.title) != re.findall(r"\d+", old.title):
        return False
    if new.doc_number and old.doc_number:
        return True
    return SequenceMatcher(None, _bare(new.title), _bare(old.title), autojunk=False).ratio() >= 0.6


def _bare(text: str) -> str:
    return _LETTER.sub("", unicodedata.normalize("NFKC", text)).lower()


def _orders(key: bytes) -> tuple[Sketch, Sketch]:
    stream = b"".join(hmac.digest(key, b"likeness" + bytes([n]), "sha256") for n in range(PLACES * 16 // 32))
    drawn = np.frombuffer(stream, np.uint64)
    # Odd, so that no two runs fall together.
    return drawn[:PLACES] | np.uint64(1), drawn[PLACES:]
