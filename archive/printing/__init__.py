"""What is printed, as values: a printout is blocks under a title, and becomes PDF, a workbook or CSV.

One file per form in this folder; the file name is its ending. Such a module has `MEDIA_TYPE` and
`render(printout) -> bytes`. `tests/contracts/test_printing.py` holds every module to these words.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib import import_module
from json import dumps
from pkgutil import iter_modules

from archive.errors import Invalid

Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """`share` is the width beside the other columns'; numbers are set to the right."""

    label: str
    share: float = 1.0
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. On paper the head is repeated on every sheet; an empty cell is a blank to fill in."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    nothing: str = ""
    """What a sheet says in place of rows, where there are none."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, as on a form: one row each, or several `abreast`."""

    items: tuple[tuple[str, str], ...]
    abreast: int = 1


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; a `heading` stands out."""

    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code with what it stands for beside it."""

    content: str
    caption: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as PNG, with what it shows in words for those who do not see it."""

    png: bytes
    caption: str


DATE_LINE = ("______年____月____日", "Date ____________")


@dataclass(frozen=True, slots=True)
class Signatures:
    """Boxes to sign in, each with a line for the date."""

    labels: tuple[str, ...]
    date: str = DATE_LINE[0]


@dataclass(frozen=True, slots=True)
class Label:
    """One sticker: a title, lines below it, and a code to scan."""

    title: str
    lines: tuple[str, ...]
    code: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Stickers on a sheet of A4, so many across and down (3 × 8 is 70 × 37 mm), or each on a slip of its own size, as
    label printers take them."""

    stickers: tuple[Label, ...]
    across: int = 3
    down: int = 8
    slip_mm: tuple[int, int] | None = None


SIZES: Mapping[str, tuple[int, int, tuple[int, int] | None]] = {
    "": (3, 8, None),
    "70x37": (3, 8, None),
    "105x57": (2, 5, None),
    "52x30": (4, 10, None),
    "60x40": (1, 1, (60, 40)),
    "50x30": (1, 1, (50, 30)),
}
"""What labels are bought as: on sheets of A4 first, then single ones for label printers (width × height in mm)."""

SIZE_NAMES: Mapping[str, tuple[str, str]] = {
    size: (
        f"{size.replace('x', '×')} 毫米" + ("，单张" if slip else f"，每页 {across * down} 张"),
        f"{size.replace('x', '×')} mm, " + ("single" if slip else f"{across * down} on a sheet"),
    )
    for size, (across, down, slip) in SIZES.items()
    if size
}


def labels(stickers: tuple[Label, ...], size: str) -> Labels:
    """Stickers for labels of this size. Raises Invalid for a size nobody sells."""
    if size not in SIZES:
        raise Invalid(f"The size of labels is one of: {', '.join(filter(None, SIZES))}.", "bad-parameter")
    return Labels(stickers, *SIZES[size])


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins a new sheet."""


Block = Table | Facts | Words | Code | Picture | Signatures | Labels | NewPage


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands under every sheet, in the reader's language (domain §8): who printed it, when, and the code by which
    a printout is recognised."""

    printed: str
    """As in: printed by 张三 on 2026-03-01 09:30."""
    code: str
    page: str = "{page} / {pages}"


@dataclass(frozen=True, slots=True)
class Printout:
    """Everything on the sheets. `about` are the lines under the title: fonds, period, what was asked for, row count."""

    title: str
    blocks: tuple[Block, ...]
    about: tuple[str, ...] = ()
    landscape: bool = False
    foot: Foot | None = None
    stamp: str = ""
    """Words across every sheet, as 作废; empty for none."""
    counted: int | None = None
    """How many rows it is said to have, where its tables say the same more than once; None: all there are."""

    @property
    def tables(self) -> Sequence[Table]:
        return [block for block in self.blocks if isinstance(block, Table)]


def digest(printout: Printout) -> str:
    """SHA-256 of what is printed, without who printed it when: equal contents have equal digests."""
    content = {**asdict(printout), "foot": None, "counted": None}
    text = dumps(content, ensure_ascii=False, sort_keys=True, default=_plain, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def forms() -> tuple[str, ...]:
    """The endings a printout can have."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def render(printout: Printout, form: str) -> bytes:
    """Raises Invalid for a form there is none of, and for one that cannot hold this printout (no table, as CSV)."""
    if form not in forms():
        raise Invalid(f"There is no form {form!r}; there are: {', '.join(forms())}.", "no-such-form")
    return import_module(f"{__name__}.{form}").render(printout)


def media_type(form: str) -> str:
    return import_module(f"{__name__}.{form}").MEDIA_TYPE


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula: an apostrophe in front of what would begin one (OWASP, CSV
    injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def shown(cell: Cell) -> str:
    """A cell as it is read on paper."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone().strftime("%Y-%m-%d %H:%M")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
