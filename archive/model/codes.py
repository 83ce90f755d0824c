"""Reference codes 档号: how one is built from its parts (DA/T 22, DA/T 13). Where numbers come from is `numbering`.

by item     JF01-HT·2026-D30-SWB-0007     fonds, category, year, period, department, item
by volume   JF01-KH·JD01-0132-004         fonds, category, project, volume, item
by serial   FW03-JF01-202610-0042         class, site, month, number of the form
"""

import re
from dataclasses import dataclass
from datetime import date

from archive.errors import Invalid

SERIES_MAX = 34
"""Characters of a series; with its number a code stays within what its column holds."""

_SEGMENT = re.compile(r"[A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Series:
    """Everything of a code but its last number; numbers are given out once in each series."""

    name: str
    digits: int

    def code(self, number: int) -> str:
        return f"{self.name}-{number:0{self.digits}}"


def by_item(fonds: str, category: str, year: int, period: str, department: str) -> Series:
    return _series(f"{fonds}-{category}·{year}-{period}-{department}", 4, fonds, category, department)


def by_volume(fonds: str, category: str, project: str, volume: int) -> Series:
    return _series(f"{fonds}-{category}·{project}-{volume:04}", 3, fonds, category, project)


def volumes(fonds: str, category: str, project: str) -> Series:
    """The series in which volumes are numbered."""
    return _series(f"{fonds}-{category}·{project}", 4, fonds, category, project)


def by_serial(class_code: str, site: str, month: date) -> Series:
    return _series(f"{class_code}-{site}-{month:%Y%m}", 4, class_code, site)


def category_of(class_code: str) -> str:
    """The letters a class code begins with: its archival category 门类."""
    found = re.match(r"[A-Z]+", class_code)
    return found[0] if found else class_code


def _series(name: str, digits: int, *segments: str) -> Series:
    for segment in segments:
        if not _SEGMENT.fullmatch(segment):
            raise Invalid(f"{segment!r} cannot stand in a reference code; it takes capitals and digits.", "bad-segment")
    if len(name) > SERIES_MAX:
        raise Invalid(f"The reference code would be too long: {name}.", "bad-segment")
    return Series(name, digits)
