"""Stretches of time as people type them: 2025..2026, 2026年3月, <90天, 去年. Days are texts like 20260301."""

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from indexer import words
from indexer.errors import BadQuery

EARLIEST: Final = "00000101"
LATEST: Final = "99991231"

Stretch = tuple[str, str]

_DAYS = {
    "天": 1, "日": 1, "d": 1, "day": 1, "days": 1, "周": 7, "星期": 7, "w": 7, "个月": 30, "月": 30, "m": 30,
    "年": 365, "y": 365, "months": 30, "weeks": 7, "years": 365,
}  # fmt: skip
_AWAY = re.compile(rf"([<>≤≥]=?)\s*(\d{{1,5}})\s*({'|'.join(sorted(_DAYS, key=len, reverse=True))})?(?:内|以内)?")
_WITHIN = re.compile(rf"(\d{{1,5}})\s*({'|'.join(sorted(_DAYS, key=len, reverse=True))})(?:内|以内|之内)")
_COMPARED = re.compile(r"([<>≤≥]=?)\s*(.+)")
_POINT = re.compile(
    r"(\d{4})(?:年|[-/.]?(\d{1,2})(?:月|[-/.]?(\d{1,2})[日号]?)?|年(\d{1,2})(?:月(?:(\d{1,2})[日号]?)?)?)?"
)
_DOTS = re.compile(r"\s*(?:\.\.+|…+|~|～|至|到)\s*")
_YEARS = re.compile(r"(\d{4})-(\d{4})")


def between(typed: str, today: date, *, ahead: bool = False) -> Stretch:
    """First and last day of what was typed. `<90天` is the next 90 days if `ahead`, else the last.

    Raises BadQuery.
    """
    text = words.fold(typed).strip()
    if text in _NAMED:
        return _NAMED[text](today)
    if text in ("过期", "已过期", "已到期", "expired"):
        return EARLIEST, _day(today - timedelta(1))
    if (away := _AWAY.fullmatch(text)) and (away[3] or len(away[2]) < 4):
        return _away(away[1], int(away[2]) * _DAYS[away[3] or "天"], today, ahead=ahead)
    if within := _WITHIN.fullmatch(text):
        return _away("<", int(within[1]) * _DAYS[within[2]], today, ahead=ahead)
    if compared := _COMPARED.fullmatch(text):
        first, last = _point(compared[2], typed, today)
        return {
            "<": (EARLIEST, _day_before(first)),
            "<=": (EARLIEST, last),
            "≤": (EARLIEST, last),
            ">": (_day_after(last), LATEST),
            ">=": (first, LATEST),
            "≥": (first, LATEST),
        }.get(compared[1], (first, last))
    if years := _YEARS.fullmatch(text):
        text = f"{years[1]}..{years[2]}"
    ends = _DOTS.split(text, maxsplit=1)
    if len(ends) == 1:
        return _point(text, typed, today)
    if not any(ends):
        raise _unclear(typed)
    first = _point(ends[0], typed, today)[0] if ends[0] else EARLIEST
    last = _point(ends[1], typed, today)[1] if ends[1] else LATEST
    if first > last:
        raise BadQuery(
            f"The period {typed} ends before it begins; write {ends[1]}..{ends[0]}",
            kind="backwards",
            found=typed,
            instead=f"{ends[1]}..{ends[0]}",
        )
    return first, last


def _away(sign: str, days: int, today: date, *, ahead: bool) -> Stretch:
    days = min(days, 300_000)
    try:
        there = today + timedelta(days) if ahead else today - timedelta(days)
    except OverflowError:
        there = date(9999, 12, 31) if ahead else date(1, 1, 1)
    inside = sign[0] in "<≤"
    if ahead:
        return (_day(today), _day(there)) if inside else (_day_after(_day(there)), LATEST)
    return (_day(there), _day(today)) if inside else (EARLIEST, _day_before(_day(there)))


def _point(text: str, typed: str, today: date) -> Stretch:
    """A year, a month or a day: its first and its last day."""
    if text in _NAMED:
        return _NAMED[text](today)
    found = _POINT.fullmatch(text)
    if found is None:
        raise _unclear(typed)
    year, month, day = int(found[1]), found[2] or found[4], found[3] or found[5]
    try:
        first = date(year, int(month or 1), int(day or 1))
    except ValueError:
        raise BadQuery(
            f"There is no day {text}; write a date as 2026-03-01.", kind="no-such-day", found=text, instead="2026-03-01"
        ) from None
    if day:
        return _day(first), _day(first)
    if month:
        return _month(first)
    return _day(first), _day(date(year, 12, 31))


def _unclear(typed: str) -> BadQuery:
    return BadQuery(
        f"{typed} is no time: write a year, a month or a day (2026, 2026-03, 2026-03-01), a stretch (2025..2026) "
        "or a distance (<90天).",
        kind="bad-time",
        found=typed,
        instead="2025..2026",
    )


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _read(day: str) -> date:
    return date(int(day[:4]), int(day[4:6]), int(day[6:]))


def _day_before(day: str) -> str:
    return day if day in (EARLIEST, "00010101") else _day(_read(day) - timedelta(1))


def _day_after(day: str) -> str:
    return day if day == LATEST else _day(_read(day) + timedelta(1))


def _month(day: date) -> Stretch:
    return _day(day.replace(day=1)), _day(day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def _year(day: date, years: int = 0) -> Stretch:
    return f"{day.year + years:04}0101", f"{day.year + years:04}1231"


def _week(day: date, weeks: int = 0) -> Stretch:
    monday = day - timedelta(day.weekday() - 7 * weeks)
    return _day(monday), _day(monday + timedelta(6))


_NAMED: Mapping[str, Callable[[date], Stretch]] = {
    "今天": lambda today: (_day(today), _day(today)),
    "today": lambda today: (_day(today), _day(today)),
    "昨天": lambda today: (_day(today - timedelta(1)), _day(today - timedelta(1))),
    "本周": _week,
    "上周": lambda today: _week(today, -1),
    "下周": lambda today: _week(today, 1),
    "本月": _month,
    "这个月": _month,
    "上月": lambda today: _month(today.replace(day=1) - timedelta(1)),
    "上个月": lambda today: _month(today.replace(day=1) - timedelta(1)),
    "下月": lambda today: _month(today.replace(day=1) + timedelta(31)),
    "下个月": lambda today: _month(today.replace(day=1) + timedelta(31)),
    "今年": _year,
    "本年": _year,
    "去年": lambda today: _year(today, -1),
    "前年": lambda today: _year(today, -2),
    "明年": lambda today: _year(today, 1),
}
