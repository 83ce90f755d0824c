"""The other ways to write what was asked for: 三号楼 is 3号楼, 2026年3月1日 is 2026-03-01, 1,200.00元 is 1200元.

Each is looked for beside what was typed, as whole numbers (3号楼 does not bring 13号楼 this way), and whatever the
punctuation between their parts: 〔2026〕12号 needs no second form. Texts are folded before.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

FORMS_MAX: Final = 16

_DIGITS = "〇一二三四五六七八九"
_VALUES = {sign: value for value, sign in enumerate(_DIGITS)} | {"零": 0, "两": 2, "○": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_FORMAL_UNITS = ("", "拾", "佰", "仟")
_NUMERALS = "〇○零一二三四五六七八九十百千两"
_BEHIND = "号栋幢座单室层楼期区年月日条章节款项届次批份期名户台部间元万亿卷册版轮季级类组页张处度周天岁个"
"""What a numeral stands before when it is a number and not a part of a word (一 in 一般 is none)."""

_BUILDING = "栋幢座"


@lru_cache(2048)
def other_forms(folded: str) -> tuple[str, ...]:
    """At most FORMS_MAX other ways to write this, none of them what it is already."""
    found = (form for write in _WRITERS for form in write(folded))
    return tuple(islice(dict.fromkeys(form for form in found if form != folded), FORMS_MAX))


# ---- Dates ----

_YEAR = r"(?:(?:19|20)\d\d|[12一二][〇○零一二三四五六七八九]{3})"
_ONE_OR_TWO = r"(?:\d{1,2}|[〇○零一二三四五六七八九十]{1,3})"
_DATE = re.compile(
    rf"(?P<year>{_YEAR})(?:年(?P<month>{_ONE_OR_TWO})月(?:(?P<day>{_ONE_OR_TWO})[日号])?"
    r"|(?P<sign>[-/.])(?P<month2>\d{1,2})(?:(?P=sign)(?P<day2>\d{1,2}))?)(?!\d)"
    r"|(?<!\d)(?P<year3>(?:19|20)\d\d)(?P<month3>0[1-9]|1[0-2])(?P<day3>0[1-9]|[12]\d|3[01])(?!\d)"
)


def _dates(text: str) -> Iterator[str]:
    found = _DATE.search(text)
    if found is None:
        return
    parts = [
        next((v for v in (found[name], found[f"{name}2"], found[f"{name}3"]) if v), "") for name in ("month", "day")
    ]
    year, month, day = (_number(part) for part in (found["year"] or found["year3"], *parts))
    if month is None or not 1 <= month <= 12 or (parts[1] and (day is None or not 1 <= day <= 31)):
        return
    before, behind = text[: found.start()], text[found.end() :]
    han_year = "".join(_DIGITS[int(figure)] for figure in str(year))
    if day is None:
        if found["sign"] and (before or behind):
            return  # 2026-3 within something longer is rather a number
        ways = [f"{year}年{month}月", f"{year}-{month:02}", f"{year}-{month}", f"{han_year}年{_han(month)}月"]
    else:
        ways = [
            f"{year}年{month}月{day}日",
            f"{year}-{month:02}-{day:02}",
            f"{year}-{month}-{day}",
            f"{year}年{month:02}月{day:02}日",
            f"{han_year}年{_han(month)}月{_han(day)}日",
            f"{han_year.replace('〇', '零')}年{_han(month)}月{_han(day)}日",
            f"{year}{month:02}{day:02}",
        ]
    yield from (before + way + behind for way in ways)


# ---- Rooms ----

_HOUSE = rf"(?P<house>[a-z]?\d{{1,2}}|[a-z]|[一二三四五六七八九十]{{1,3}})(?:号?[{_BUILDING}]|号楼|[-#])"
_WING = r"(?P<wing>[a-z])(?:座|[-#])?"
"""A part of a house (3号楼B座1707); a letter alone is a house of its own (B座1707, B1707)."""
_ROOM = re.compile(
    rf"(?:{_HOUSE}(?:{_WING})?|(?P<tower>[a-z]))(?:(?P<unit>\d|[一二三四五六七八九])(?:单元|[-#]))?(?P<room>\d{{3,4}}|[〇○零一二三四五六七八九]{{3,4}})(?:室|号|房|户)?"
)


def _rooms(text: str) -> Iterator[str]:
    found = _ROOM.fullmatch(text)
    if found is None:
        return
    house, room = _as_digits(found["house"] or found["tower"]), _as_digits(found["room"])
    if found["wing"]:
        if found["unit"]:
            return
        houses = [f"{house}-", *(f"{house}{sign}" for sign in ("号楼", "栋", "幢"))]
        yield from (f"{one}{found['wing']}{sign}{room}" for one in houses for sign in ("座", "-", ""))
        if house.isdecimal():
            yield from (f"{_han(int(house))}{sign}{found['wing']}座{room}" for sign in ("号楼", "栋", "幢"))
        return
    ways = ["{}-", "{}号楼", "{}栋", "{}幢", "{}座"]
    if house.isalpha():
        ways += ["{}"]
    if house.isdecimal():
        ways += ["{}号"]
    if found["unit"]:
        unit = _as_digits(found["unit"])
        yield from (f"{way.format(house)}{unit}{sign}{room}" for way in ways for sign in ("单元", "-"))
        return
    yield from (way.format(house) + room for way in ways)
    if house.isdecimal():
        yield from (f"{_han(int(house))}{sign}{room}" for sign in ("号楼", "栋", "幢"))


# ---- Money ----

_PLAIN_YEAR = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?)?")
_MONEY = re.compile(
    r"[¥$]?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<cents>\d{1,2}))?(?P<tens>万)?(?P<unit>元整?|圆整?)?"
)


_FORMAL_MONEY = re.compile(r"([零壹贰叁肆伍陆柒捌玖拾佰仟]+)(?:万([零壹贰叁肆伍陆柒捌玖拾佰仟]*))?[元圆]整?")
_PLAIN_NUMERALS = str.maketrans("零壹贰叁肆伍陆柒捌玖拾佰仟", "零一二三四五六七八九十百千")


def _money(text: str) -> Iterator[str]:
    if formal := _FORMAL_MONEY.fullmatch(text):
        parts = [_number(part.translate(_PLAIN_NUMERALS)) for part in formal.groups("") if part]
        if "万" in text:
            parts = [parts[0] and parts[0] * 10_000, *parts[1:]]
        if all(part is not None for part in parts):
            yield from _money(f"{sum(part or 0 for part in parts)}元")
        return
    found = _MONEY.fullmatch(text)
    if found is None:
        return
    whole, cents = found["whole"].replace(",", ""), (found["cents"] or "").rstrip("0")
    is_money = bool(found["unit"] or found["tens"] or found["cents"] or text[0] in "¥$" or "," in text)
    if whole.startswith("0") or not (is_money or (4 <= len(whole) <= 9 and not _PLAIN_YEAR.fullmatch(whole))):
        return
    if found["tens"]:
        whole, cents = (whole + (cents + "0000")[:4]).lstrip("0"), ""
    unit = "元" if found["unit"] or text[0] == "¥" else ""
    grouped = f"{int(whole):,}"
    if cents:
        yield from (f"{n}.{c}{unit}" for n in (whole, grouped) for c in dict.fromkeys((cents, cents.ljust(2, "0"))))
        return
    if grouped != whole:
        yield grouped + unit
    if not is_money:
        return
    yield from (f"{n}{c}{u}" for u in dict.fromkeys((unit, "")) for n in (whole, grouped) for c in ("", ".00"))
    if unit:
        if whole.endswith("0000"):
            yield f"{whole[:-4]}万元"
        elif int(whole) > 10_000 and whole.endswith("00"):
            yield f"{int(whole) / 10_000:g}万元"
        if int(whole) < 100_000_000:
            yield _formal(int(whole)) + "元"


# ---- Telephone numbers ----

_MOBILE = re.compile(r"(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})")
_FIXED = re.compile(r"[(]?(0(?:10|2\d|[3-9]\d\d))[)]?[- ]?([2-8]\d{2,3})[- ]?(\d{4})")


def _telephones(text: str) -> Iterator[str]:
    if mobile := _MOBILE.fullmatch(text):
        a, b, c = mobile.groups()
        yield from (a + b + c, f"{a}-{b}-{c}", f"{a} {b} {c}")
    if fixed := _FIXED.fullmatch(text):
        a, b, c = fixed.groups()
        yield from (f"{a}-{b}{c}", a + b + c, f"{a} {b}{c}", f"{a}-{b}-{c}", f"{a} {b} {c}")


# ---- Numbers in Han text ----

_HAN_NUMBER = re.compile(rf"[{_NUMERALS}]+")
_FIGURES = re.compile(r"(?<![\d.,-])\d{1,4}(?![\d.,-])")


def _numerals(text: str) -> Iterator[str]:
    """三号楼 as 3号楼, 第12条 as 第十二条: all numbers of the text at once."""

    def to_figures(found: re.Match[str]) -> str:
        number = _number(found[0]) if _counts(text, *found.span()) else None
        if number is None:
            return found[0]
        is_year = len(found[0]) > 2 and not set(found[0]) & set(_UNITS)
        return "".join(str(_VALUES[sign]) for sign in found[0]) if is_year else str(number)

    def to_numerals(by_figures: bool) -> Callable[[re.Match[str]], str]:
        def write(found: re.Match[str]) -> str:
            if not _counts(text, *found.span()):
                return found[0]
            if by_figures or found[0].startswith("0"):
                return "".join(_DIGITS[int(figure)] for figure in found[0])
            return _han(int(found[0]))

        return write

    if re.fullmatch(rf"(?:19|20)\d\d|{_YEAR}", text):
        yield "".join(_DIGITS[int(sign)] if sign.isascii() else str(_VALUES[sign]) for sign in text)
        return
    yield _HAN_NUMBER.sub(to_figures, text)
    yield _FIGURES.sub(to_numerals(by_figures=False), text)
    yield _FIGURES.sub(to_numerals(by_figures=True), text)


def _counts(text: str, start: int, end: int) -> bool:
    """Does a number stand here, by what is around it?"""
    return text[start - 1 : start] == "第" or (text[end : end + 1] in _BEHIND and end < len(text))


def _as_digits(text: str) -> str:
    if text.isascii():
        return text
    number = _number(text)
    return text if number is None else "".join(str(_VALUES[s]) for s in text) if len(text) > 2 else str(number)


def _number(text: str) -> int | None:
    """Digits, 十二, 一百零三, or 二〇二六."""
    if text.isdecimal() and text.isascii():
        return int(text)
    if not text or any(sign not in _VALUES and sign not in _UNITS for sign in text):
        return None
    if not any(sign in _UNITS for sign in text):
        return int("".join(str(_VALUES[sign]) for sign in text))
    total, pending, least = 0, None, 10_000
    for sign in text:
        if sign in _UNITS:
            unit = _UNITS[sign]
            if unit >= least or (pending is None and total):
                return None
            total, pending, least = total + (1 if pending is None else pending) * unit, None, unit
        elif pending not in (None, 0):
            return None
        else:
            pending = _VALUES[sign]
    return total + (pending or 0)


def _han(number: int) -> str:
    """1203 as 一千二百零三, 12 as 十二."""
    text = ""
    for place, figure in zip(range(len(str(number)) - 1, -1, -1), str(number), strict=True):
        if figure != "0":
            text += _DIGITS[int(figure)] + ("", "十", "百", "千")[place]
        elif text and not text.endswith("零"):
            text += "零"
    text = text.rstrip("零") or "零"
    return text[1:] if text.startswith("一十") else text


def _formal(number: int) -> str:
    """1200 as 壹仟贰佰."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        return _formal(high) + "万" + (("零" if low < 1000 else "") + _formal(low) if low else "")
    text = ""
    for place, figure in zip(range(len(str(number)) - 1, -1, -1), str(number), strict=True):
        if figure != "0":
            text += _FORMAL[int(figure)] + _FORMAL_UNITS[place]
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零")


_WRITERS = (_dates, _rooms, _telephones, _money, _numerals)
