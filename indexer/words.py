"""Text becomes comparable (folded) and divisible into tokens, the same way for an entry and for a question.

Folding: Unicode NFKC (full width to half width, ㎡ to m2, ① to 1), lower case, traditional to simplified
character by character, radicals to the characters they look like (PDF files write `⻓` for `长`). Splitting: every
letter, digit and character is a place of its own, so that any part of anything is found; letters and digits
belong to a run (`A座1203` is `a`, `座`, `1203`), so that a whole number is told from a part of a longer one.

White space, line breaks and invisible characters between two places are nothing at all, so that letter-spaced
titles (合　同) and sentences broken over lines match; the price is that two table cells beside each other
may read as one word. A run of punctuation is one empty place, whichever signs it is made of: `3-1202` is found
by `3－1202` and `3/1202`, while `业合` does not match `物业，合同`.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# opencc and rjieba ship without types.

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]

SPACE: Final = 0
MARK: Final = 1
HAN: Final = 2
DIGIT: Final = 3
LETTER: Final = 4

SCHEME: Final = 2
"""Raised whenever the same text would be folded or split in another way: old indexes are then rebuilt."""

_SHORT = 40
"""Letters. What is not longer is what people type, and is taken apart once."""

_PLANES = 0x110000
_BRANCHES = 0x20000
"""Beyond this code point there are Han characters up to 0x3FFFF and nothing that folds."""

# Scripts written without spaces between words: every character is a place.
HAN_RANGES: Final = (
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),  # 々 〆 〇
    (0x3021, 0x3029),  # 〡 to 〩
    (0x3038, 0x303B),
    (0x3041, 0x3096),  # hiragana
    (0x309D, 0x309F),
    (0x30A1, 0x30FA),  # katakana
    (0x30FC, 0x30FF),
    (0x3105, 0x312F),  # bopomofo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # Hangul
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)

# Where characters that NFKC or lower case may change are (Han and Hangul are left out: there are many, and none).
_ALTERABLE = ((0, 0x3400), (0xA000, 0xAC00), (0xD7A4, 0xD800), (0xF900, _BRANCHES), (0x2F800, 0x2FA20))

# Radicals that PDF files write in the place of characters; those at 2F00 are folded by NFKC.
_RADICALS = dict(zip(
    "⺁⺇⺌⺎⺏⺐⺑⺒⺓⺗⺛⺝⺟⺠⺦⺨⺩⺪⺫⺮⺯⺰⺲⺳⺶⺷⺸⺹⺻⺼⺽⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "厂几小兀尣尢尣巳幺心旡月母民丬犭王疋罒竹糸纟罒网羊羊羊耂肀肉臼艹虎衤覀西见角角讠贝足车辶辶辶阝钅长镸长门阜雨青韦页风飞食食飠饣马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
    strict=True,
))  # fmt: skip

# Characters that print as nothing: they never keep two others apart.
_INVISIBLE_CODES = (
    *range(0x21), *range(0x7F, 0xA1), 0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
    *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF, 0xFFFC,
)  # fmt: skip
INVISIBLE: Final = frozenset(map(chr, _INVISIBLE_CODES))


@dataclass(frozen=True, slots=True)
class Token:
    """One Han character of a text, or a run of letters or digits, which takes a place for each of its signs.

    `glued` is True when this is a Han character and another follows at once, so that a bigram begins here.
    """

    text: str
    position: int
    han: bool
    glued: bool

    @property
    def end(self) -> int:
        """The place behind it."""
        return self.position + len(self.text)


def fold(text: str) -> str:
    """The text as it is compared. Folding twice is folding once."""
    if text.isascii():  # numbers mostly, of which every entry has some
        return text.lower()
    tables = _tables()
    codes = to_codes(text)
    if tables.knotty[codes].any():
        codes = to_codes("".join(piece for _, _, piece in _untied(text, codes)))
    return from_codes(tables.folded[codes])


def fold_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters (and its end) the offset in the original it came from."""
    return _folded_before(text) if len(text) <= _SHORT else _folded_with_offsets(text)


@lru_cache(4096)
def _folded_before(text: str) -> tuple[str, Sequence[int]]:
    """Titles and numbers are marked again and again, for every question that finds them."""
    return _folded_with_offsets(text)


def _folded_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    tables = _tables()
    codes = to_codes(text)
    if not tables.knotty[codes].any():
        return from_codes(tables.folded[codes]), range(len(codes) + 1)
    pieces: list[str] = []
    offsets: list[NDArray[np.int64]] = []
    for start, is_knot, piece in _untied(text, codes):
        pieces.append(piece)
        offsets.append(np.full(len(piece), start) if is_knot else np.arange(start, start + len(piece)))
    offsets.append(np.array([len(text)]))
    return from_codes(tables.folded[to_codes("".join(pieces))]), np.concatenate(offsets).tolist()


def called(text: str) -> int:
    """A number of 63 bits for a text as a whole, however it is spaced and punctuated; 0 for one without letters."""
    said = "".join(filter(str.isalnum, fold(text)))
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest()) >> 1 or 1 if said else 0


def split(text: str) -> tuple[Token, ...]:
    """The characters and runs of a text in order. Punctuation takes a position without making a token."""
    return _split_before(text) if len(text) <= _SHORT else _split(text)


def _split(text: str) -> tuple[Token, ...]:
    folded = fold(text)
    layout = lay_out(to_codes(folded))
    first = layout.first
    rows = zip(
        layout.starts[first].tolist(),
        layout.left[first].tolist(),
        layout.positions[first].tolist(),
        layout.kinds[first].tolist(),
        glued(layout)[first].tolist(),
        strict=True,
    )
    return tuple(
        Token(folded[start : start + length], position, kind == HAN, is_glued)
        for start, length, position, kind, is_glued in rows
    )


@lru_cache(2048)
def _split_before(text: str) -> tuple[Token, ...]:
    """A question takes the same few words apart for every field, form and line it looks at."""
    return _split(text)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the places of a folded text are: one row per place, in order.

    `starts` are offsets in the folded text; `kinds` is HAN, DIGIT or LETTER; `left` is how many places of its
    run there are from here on (1 for Han); `first` is True where a run begins (always for Han).
    """

    starts: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    positions: NDArray[np.int64]
    left: NDArray[np.int64]
    first: NDArray[np.bool_]


def lay_out(codes: Codes) -> Layout:
    """Find the places of a folded text, given as code points."""
    kinds = _tables().kinds[codes]
    seen = np.flatnonzero(kinds)  # SPACE is 0: what is left is visible
    kind = kinds[seen]
    same = np.zeros(len(seen), bool)  # of the kind of the visible character before it
    np.equal(kind[1:], kind[:-1], out=same[1:])
    begins = ~(same & (kind == MARK))  # a run of punctuation is one place
    places = np.cumsum(begins) - 1
    run = same & (kind != HAN)
    run[1:] &= np.diff(seen) == 1
    words = np.flatnonzero(kind != MARK)
    first = ~run[words]
    lengths = np.diff(np.append(np.flatnonzero(first), len(words)))
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(words))
    return Layout(seen[words], kind[words], places[words], left, first)


def glued(layout: Layout) -> NDArray[np.bool_]:
    """Places that are Han with a Han character right behind them: a bigram begins there."""
    result = np.zeros(len(layout.starts), bool)
    han = layout.kinds == HAN
    result[:-1] = han[:-1] & han[1:] & (np.diff(layout.positions) == 1)
    return result


def gaps(layout: Layout) -> NDArray[np.bool_]:
    """Places with punctuation between them and the next."""
    result = np.zeros(len(layout.starts), bool)
    result[:-1] = np.diff(layout.positions) > 1
    return result


def are_letters(codes: Codes) -> NDArray[np.bool_]:
    """Which characters of a folded text are letters, digits or Han: no blanks and no signs."""
    return _tables().kinds[codes] >= HAN


def to_codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def from_codes(codes: Codes) -> str:
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def dictionary_words(text: str) -> list[tuple[str, int, int]]:
    """The words a dictionary sees in a folded text without white space, overlapping ones too: word, start, end."""
    import rjieba  # 0.2 s and 30 MB that a process which only searches does not need

    return rjieba.tokenize(text, "search")


def dictionary_cut(text: str) -> list[tuple[str, int, int]]:
    """A folded text in words, one behind the other: word, start, end."""
    import rjieba

    return rjieba.tokenize(text)


def is_in_dictionary(word: str) -> bool:
    import rjieba

    return rjieba.has_word(word)


def how_common(word: str) -> int:
    """How often the dictionary's makers met a word; only to compare."""
    import rjieba

    return rjieba.suggest_freq(word)


@lru_cache(1)
def scheme() -> str:
    """A name for exactly this way of folding and splitting; it changes with the tables it is made from."""
    tables = _tables()
    digest = blake2b(digest_size=6)
    digest.update(tables.folded[:_BRANCHES].tobytes())
    digest.update(tables.kinds[:_BRANCHES].tobytes())
    return f"{SCHEME}-{digest.hexdigest()}"


@dataclass(frozen=True, slots=True)
class _Tables:
    folded: Codes
    """Code point to folded code point; itself where `knotty`."""
    knotty: NDArray[np.bool_]
    """True for characters that fold to several, or that may melt into the one before."""
    melting: frozenset[str]
    simplified: dict[int, int]
    kinds: NDArray[np.uint8]


@lru_cache(1)
def _tables() -> _Tables:
    simplified = _simplified()
    folded = np.arange(_PLANES, dtype=np.uint32)
    folded[list(simplified)] = list(simplified.values())
    knotty = np.zeros(_PLANES, bool)
    several: list[str] = []
    melting: list[str] = []
    for code in itertools.chain(*(range(first, last) for first, last in _ALTERABLE)):
        character = chr(code)
        if unicodedata.category(character)[0] == "M" or 0x1100 <= code < 0x1200 or 0xFF9E <= code <= 0xFFDC:
            melting.append(character)
        elif unicodedata.decomposition(character) or character.lower() != character:
            result = _settled(character, simplified)
            if len(result) == 1:
                folded[code] = ord(result)
            else:
                several.append(character)
    knotty[[ord(character) for character in (*several, *melting)]] = True
    return _Tables(folded, knotty, frozenset(melting), simplified, _kinds())


def _kinds() -> NDArray[np.uint8]:
    kinds = np.full(_PLANES, MARK, np.uint8)
    characters = from_codes(np.arange(_BRANCHES, dtype=np.uint32))
    for pattern, kind in ((r"[^\W_]+", LETTER), (r"\d+", DIGIT), (r"\s+", SPACE)):
        for run in re.finditer(pattern, characters):
            kinds[run.start() : run.end()] = kind
    for code in range(_BRANCHES):
        if kinds[code] == MARK and unicodedata.category(chr(code))[0] == "M":
            kinds[code] = LETTER
    for first, last in HAN_RANGES:
        kinds[first : last + 1] = HAN
    kinds[list(_INVISIBLE_CODES)] = SPACE
    return kinds


def _simplified() -> dict[int, int]:
    """Traditional to simplified, character by character (no phrases: both sides must fold alike anywhere)."""
    import opencc

    han = [chr(code) for first, last in ((0x3400, 0x9FFF), (0x20000, 0x323AF)) for code in range(first, last + 1)]
    converted = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    pairs = {ord(a): ord(b) for a, b in zip(han, converted, strict=True) if a != b and len(b) == 1}
    pairs |= {ord(radical): ord(character) for radical, character in _RADICALS.items()}
    return {a: pairs.get(b, b) for a, b in pairs.items()}


def _settled(text: str, simplified: dict[int, int]) -> str:
    """Fold until nothing changes: some characters need two rounds."""
    while (folded := unicodedata.normalize("NFKC", text).lower().translate(simplified)) != text:
        text = folded
    return text


def _untied(text: str, codes: Codes) -> Iterator[tuple[int, bool, str]]:
    """The text in pieces: start, whether the piece replaces a knot, and the piece itself."""
    tables = _tables()
    done = 0
    for at in np.flatnonzero(tables.knotty[codes]).tolist():
        if at < done:
            continue
        start, end = at, at + 1
        if text[at] in tables.melting:
            start = max(done, at - 1)
        while end < len(text) and text[end] in tables.melting:
            end += 1
        yield done, False, text[done:start]
        yield start, True, _settled_knot(text[start:end])
        done = end
    yield done, False, text[done:]


@lru_cache(4096)
def _settled_knot(text: str) -> str:
    return _settled(text, _tables().simplified)
