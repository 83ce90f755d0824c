"""The numbers Word counts by itself: 第三条, （二）, 1.2.1 are nowhere in the text, and everybody cites them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# lxml ships no types.

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from indexer.office import local

_LEVELS = 9
_DEPTH_MAX = 20


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    kind: str = "decimal"
    pattern: str = ""
    legal: bool = False
    """Every number in the pattern in Arabic figures, whatever its own level says."""


@dataclass(slots=True)
class _List:
    """One abstract list: its levels, and how far it has counted. Lists that share it count on."""

    levels: dict[int, _Level] = field(default_factory=dict[int, _Level])
    style_levels: dict[str, int] = field(default_factory=dict[str, int])
    counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


@dataclass(frozen=True, slots=True)
class _Style:
    number: str | None
    level: int | None
    based_on: str | None


class Numbering:
    """Counts along with the paragraphs of one document, which must come in their order."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        """From the roots of the parts `numbering.xml` and `styles.xml`; None where there is none."""
        self._lists: dict[str, _List] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._numbers: dict[str, str] = {}
        self._styles: dict[str, _Style] = {}
        self._default: str | None = None
        self._begun: set[str] = set()
        for element in () if numbering is None else numbering:
            if local(element) == "abstractNum":
                self._lists[_attribute(element, "abstractNumId") or ""] = _list(element)
            elif local(element) == "num":
                self._add_number(element)
        for element in () if styles is None or not self._numbers else styles:
            if local(element) == "style" and _attribute(element, "type") == "paragraph":
                self._add_style(element)

    def label(self, paragraph: Any) -> str:
        """What stands before this paragraph, with a space behind it; empty for most."""
        if not self._numbers:
            return ""
        properties = paragraph[0] if len(paragraph) and local(paragraph[0]) == "pPr" else None
        number, level = self._asked(properties)
        found = self._lists.get(self._numbers.get(number or "", ""))
        if found is None or number is None or not 0 <= level < _LEVELS:
            return ""
        if number not in self._begun:
            self._begun.add(number)
            for at, start in self._restarts.get(number, {}).items():
                found.counts[at] = start - 1
        return _label(found.levels, _count(found, level), level)

    def _asked(self, properties: Any | None) -> tuple[str | None, int]:
        """The number and level of a paragraph: its own, or those of its style."""
        style_id = self._default
        own = _Style(None, None, None)
        for child in () if properties is None else properties:
            if local(child) == "pStyle":
                style_id = _attribute(child, "val")
            elif local(child) == "numPr":
                own = _number_of(child)
        number, level, name = own.number, own.level, style_id
        for _ in range(_DEPTH_MAX):
            style = self._styles.get(style_id or "")
            if style is None or (number is not None and level is not None):
                break
            number, level = number or style.number, level if level is not None else style.level
            style_id = style.based_on
        if level is None:
            linked = self._lists.get(self._numbers.get(number or "", ""))
            level = linked.style_levels.get(name or "", 0) if linked else 0
        return number, level

    def _add_number(self, element: Any) -> None:
        number = _attribute(element, "numId") or ""
        for child in element:
            if local(child) == "abstractNumId":
                self._numbers[number] = _attribute(child, "val") or ""
            elif local(child) == "lvlOverride":
                level = _whole(_attribute(child, "ilvl"), 0)
                start = next((_attribute(part, "val") for part in child if local(part) == "startOverride"), None)
                if start is not None and 0 <= level < _LEVELS:
                    self._restarts.setdefault(number, {})[level] = _whole(start, 1)

    def _add_style(self, element: Any) -> None:
        name = _attribute(element, "styleId") or ""
        style = _Style(None, None, None)
        based_on: str | None = None
        for child in element:
            if local(child) == "basedOn":
                based_on = _attribute(child, "val")
            elif local(child) == "pPr":
                style = next((_number_of(part) for part in child if local(part) == "numPr"), style)
        self._styles[name] = _Style(style.number, style.level, based_on)
        if _attribute(element, "default") in ("1", "true"):
            self._default = name


def _label(levels: dict[int, _Level], counts: list[int | None], level: int) -> str:
    """The pattern of a level, its placeholders replaced by the counts of the levels above it and its own."""
    found = levels.get(level, _Level())
    if found.kind in ("bullet", "none"):
        return ""

    def replace(placeholder: re.Match[str]) -> str:
        at = int(placeholder.group(1)) - 1
        above = levels.get(at, _Level())
        count = counts[at]
        return written(above.start if count is None else count, "decimal" if found.legal else above.kind)

    label = re.sub(r"%([1-9])", replace, found.pattern).strip()
    return f"{label} " if label else ""


def _count(found: _List, level: int) -> list[int | None]:
    before = found.counts[level]
    found.counts[level] = found.levels.get(level, _Level()).start if before is None else before + 1
    found.counts[level + 1 :] = [None] * (_LEVELS - level - 1)
    return found.counts


def _list(element: Any) -> _List:
    found = _List()
    for child in element:
        if local(child) != "lvl":
            continue
        at = _whole(_attribute(child, "ilvl"), 0)
        values = {local(part): _attribute(part, "val") for part in child}
        legal = "isLgl" in values and values["isLgl"] not in ("0", "false")
        kind = values.get("numFmt") or "decimal"
        found.levels[at] = _Level(_whole(values.get("start"), 1), kind, (values.get("lvlText") or "")[:100], legal)
        style = values.get("pStyle")
        if style:
            found.style_levels[style] = at
    return found


def _number_of(element: Any) -> _Style:
    values = {local(part): _attribute(part, "val") for part in element}
    level = values.get("ilvl")
    return _Style(values.get("numId"), None if level is None else _whole(level, 0), None)


def _attribute(element: Any, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _whole(value: str | None, otherwise: int) -> int:
    return int(value) if value is not None and re.fullmatch(r"[0-9]{1,6}", value) else otherwise


# ---- How numbers are written ----

_DIGITS = "零一二三四五六七八九"
_FORMAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "十", "百", "千")
_FORMAL_UNITS = ("", "拾", "佰", "仟")
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def written(number: int, kind: str) -> str:
    """The number as the list format writes it; Arabic figures where we do not know the format."""
    write = _WRITERS.get(kind)
    return str(number) if write is None or not 0 < number < 10_000 else write(number)


def _chinese(number: int, digits: str = _DIGITS, units: tuple[str, ...] = _UNITS) -> str:
    figures = str(number)
    pieces: list[str] = []
    for at, figure in enumerate(figures):
        if figure != "0":
            pieces.append(digits[int(figure)] + units[len(figures) - at - 1])
        elif pieces and pieces[-1] != "零":
            pieces.append("零")
    text = "".join(pieces).rstrip("零")
    return text[1:] if text.startswith("一十") else text


def _formal(number: int) -> str:
    return _chinese(number, _FORMAL_DIGITS, _FORMAL_UNITS)


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        while number >= value:
            text += sign
            number -= value
    return text


def _letter(number: int) -> str:
    # After z come aa, bb, cc.
    return chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 20)


def _one_of(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if number <= len(signs) else str(number)


_WRITERS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "ideographDigital": lambda number: "".join(("〇" + _DIGITS[1:])[int(figure)] for figure in str(number)),
    "chineseLegalSimplified": _formal,
    "ideographLegalTraditional": _formal,
    "ideographTraditional": _one_of("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _one_of("子丑寅卯辰巳午未申酉戌亥"),
    "decimalEnclosedCircle": _one_of("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalEnclosedCircleChinese": _one_of("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalZero": lambda number: f"{number:02d}",
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letter,
    "lowerLetter": lambda number: _letter(number).lower(),
}
