"""Cells of workbooks as people see them: numbers through their formats, whatever file they come from."""

import re
import struct
from datetime import datetime, timedelta
from functools import lru_cache

EMBEDDED = "嵌入文件 / embedded files"
"""The name of the page that lists the files inside a workbook."""

_MARGIN_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d+|[A-Za-z&])')


def without_codes(margin: str) -> str:
    """The words of a page header or footer."""
    return _MARGIN_CODES.sub(" ", margin).strip()


def packed_number(raw: int) -> float:
    """A number in four bytes: an integer or the upper half of a fraction, perhaps in hundredths."""
    number = float(raw >> 2) if raw & 2 else struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFFFFFC) << 32))[0]
    return number / 100 if raw & 1 else number


def shown(value: str, code: str, epoch: datetime) -> str:
    """A number as its format shows it: dates in ISO order, percentages, fixed decimals, leading zeros.

    Without thousands separators, which nobody types when searching.
    """
    if code == "General" and _COUNT.fullmatch(value):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    if number != number or abs(number) > 1e300:
        return value
    kind, digits = _kind(code)
    if kind == "general" and _LONG_NUMBER.fullmatch(value):
        # Longer than a spreadsheet counts, but the file has every digit of the account or identity card.
        return value
    if kind in ("date", "time", "datetime"):
        return _moment(number, kind, epoch) or _plain(number)
    if kind == "percent":
        return f"{number * 100:.{digits}f}%" if digits >= 0 else f"{_plain(number * 100)}%"
    if kind == "padded" and number == int(number):
        return f"{int(number):0{digits}d}"
    if kind == "fixed" and abs(number) < 1e15:
        return f"{number:.{digits}f}"
    return _plain(number)


_COUNT = re.compile(r"-?(?:0|[1-9]\d{0,29})")
_LONG_NUMBER = re.compile(r"-?[1-9]\d{15,29}")


def _plain(number: float) -> str:
    # Identity-card and account numbers are long integers; 15 digits is what a spreadsheet keeps of the rest.
    return str(int(number)) if number == int(number) and abs(number) < 1e21 else f"{number:.15g}"


def _moment(number: float, kind: str, epoch: datetime) -> str | None:
    if not 0 <= number < 2_958_466:
        return None
    # Excel believes that 29 February 1900 existed.
    days = number + 1 if number < 60 and epoch.year == 1899 and kind != "time" else number
    moment = epoch + timedelta(seconds=round(days * 86_400))
    clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    if kind == "time" and number < 1:
        return clock
    day = moment.date().isoformat()
    return day if kind == "date" and not number % 1 else f"{day} {clock}"


BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 53), 54, 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((32, 33, 34, 35, 53, 55, 56), "h:mm:ss"),
}  # fmt: skip
"""The number formats every program knows by number; 27 to 58 as in Chinese Excel."""

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


@lru_cache(maxsize=1024)
def _kind(code: str) -> tuple[str, int]:
    """What a format makes of a number, and with how many digits (-1: as many as it has)."""
    first = _LITERAL.sub("", code.split(";")[0]).lower()
    if "general" in first or first in ("", "@"):
        return "general", -1
    day, clock = re.search("[yd]", first) is not None, re.search("[hs]", first) is not None
    if day or clock or "m" in first:
        return ("datetime" if day and clock else "time" if clock else "date"), 0
    digits = len(re.findall("[0#?]", first.partition(".")[2]))
    if "%" in first:
        return "percent", digits
    if "e" in first or "/" in first:
        return "general", -1
    if re.fullmatch("0{2,15}", first):
        return "padded", len(first)
    return (
        ("fixed", digits)
        if re.search("[0#]", first) and digits <= 10 and not first.rstrip().endswith(",")
        else ("general", -1)
    )
