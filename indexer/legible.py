"""Does this text read as somebody wrote it? And when it was also read off its picture: which of the two is better?

The text layer of a PDF is what its program says the shapes mean, and programs lie: codes of glyphs without meaning,
Latin letters as rare Chinese characters (犐犆犛 for ICS), bytes in the wrong character set.
"""

import re
from collections import Counter
from dataclasses import dataclass

from indexer import charset

_VISIBLE_MIN = 8
"""Of fewer characters nothing can be said."""

_NAMELESS = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\U000f0000-\U0010ffff]|\\(cid:\\d+\\)")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")
_ACCENTED = re.compile("[\u00a1-\u024f]")
_VOWELS = re.compile("[AEIOUYaeiouy]")


def doubtful(text: str) -> bool:
    """True where most likely nobody wrote this."""
    visible = "".join(text.split())
    if len(visible) < _VISIBLE_MIN:
        return False
    if len("".join(_NAMELESS.findall(visible))) > 0.1 * len(visible):
        return True
    han = _HAN.findall(visible)
    if len(han) >= 12 and sum(char in charset.COMMON for char in han) < 0.7 * len(han):
        return True
    letters, accented = len(_LATIN.findall(visible)), len(_ACCENTED.findall(visible))
    if accented >= 20 and accented > letters:
        return True
    return letters >= 200 and letters > 0.6 * len(visible) and len(_VOWELS.findall(visible)) < 0.2 * letters


# Row A0 of GBK: rare characters that stand where fonts of standards keep slanted Latin letters.
_LETTERS = {bytes((0xA0, 0x80 | code)).decode("gbk"): chr(code) for code in range(0x41, 0x7B) if chr(code).isalpha()}
_LETTER_RUNS = re.compile(f"[{''.join(_LETTERS)}]{{2,}}")
_LETTER = re.compile(f"[{''.join(_LETTERS)}]")
_MANY = 6


def mended(text: str) -> str:
    """The text with Latin letters where rare characters stand for them."""
    if not _LETTER.search(text):
        return text
    pattern = _LETTER if len(_LETTER.findall(text)) >= _MANY else _LETTER_RUNS
    return pattern.sub(lambda found: "".join(_LETTERS[char] for char in found.group()), text)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The text of a page, and the code of the caution that says how it was chosen; empty where there was no choice."""

    text: str
    caution: str = ""


_SURE_ENOUGH = 0.6
_ALIKE = 0.8


def choose(layer: str, recognised: str, confidence: float) -> Chosen:
    """Between what the file says is on a page and what a machine read off its picture."""
    if not recognised.strip():
        return Chosen(layer, "text-layer-doubtful" if doubtful(layer) else "")
    if not layer.strip():
        return Chosen(recognised)
    if not doubtful(layer):
        # A stamp or a page number that some program set over a picture.
        return Chosen(recognised if _within(layer, recognised) else f"{layer.rstrip()}\n{recognised}")
    if _within(layer, recognised) and _within(recognised, layer):
        return Chosen(layer)
    enough = len("".join(recognised.split())) >= 0.3 * len("".join(layer.split()))
    if confidence >= _SURE_ENOUGH and enough:
        return Chosen(recognised, "text-layer-replaced")
    return Chosen(layer, "text-layer-doubtful")


def _within(part: str, whole: str) -> bool:
    """Are nearly all characters of one also in the other?"""
    wanted = Counter("".join(part.split()))
    return (wanted & Counter("".join(whole.split()))).total() >= _ALIKE * max(wanted.total(), 1)
