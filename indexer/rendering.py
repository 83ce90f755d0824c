"""Text set on sheets, for readers who may look at a page but have no program that shows the file.

A drawn page is honest about itself: its head says in Chinese and English that this is the text of the file and
not its layout. Which line falls on which sheet depends on the characters alone, never on the font or the width
of the picture, so that page 7 today is page 7 tomorrow.
"""

# pyright: reportUnknownMemberType=false
# Pillow leaves some of its signatures partly unknown.

import io
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from indexer.errors import Unreadable
from indexer.text import Text

FONT = Path(__file__).parent / "fonts" / "MunimentSans-Regular.ttf"
HEADING = "以下为文件文字内容，并非原版式  ·  Text of the file, not its layout"

COLUMNS, LINES = 84, 44
"""One sheet of A4: half-width columns (a Chinese character takes two) and lines."""

SHEETS_MAX = 2000
"""Nobody reads further in pictures; the text itself stays searchable to its end."""

WIDTH_MIN_PX, WIDTH_MAX_PX = 64, 3000


def sane_width(width_px: int) -> int:
    """The width, kept within what a screen or printer needs."""
    return max(WIDTH_MIN_PX, min(width_px, WIDTH_MAX_PX))


def drawn_pages(text: Text) -> int:
    """How many sheets the text fills; 0 when there is nothing to show. Every page (or table sheet) begins a new one."""
    return sum(1 for _ in islice(_sheets(text), SHEETS_MAX))


def draw_text(text: Text, page: int, *, width_px: int) -> bytes:
    """Sheet `page` (from 1) as PNG in A4 proportions."""
    if not 1 <= page <= SHEETS_MAX:
        raise Unreadable("There is no such page to draw.", "no-such-page")
    lines = next(islice(_sheets(text), page - 1, page), None)
    if lines is None:
        raise Unreadable("There is no such page to draw.", "no-such-page")
    return _draw(lines, page, sane_width(width_px))


def _sheets(text: Text) -> Iterator[list[str]]:
    if not any(page.strip() for page in text.pages):
        return
    for number, page in enumerate(text.pages):
        if not page.strip():
            continue
        name = text.page_names[number] if text.page_names else ""
        title = [f"【{name}】", ""] if name else []
        lines = iter(title)
        sheet: list[str] = list(lines)
        for line in _wrapped(page):
            if len(sheet) == LINES:
                yield sheet
                sheet = []
            sheet.append(line)
        yield sheet


def _wrapped(page: str) -> Iterator[str]:
    blank = False
    for line in page.strip("\n").split("\n"):
        line = _tabulated(line.rstrip()) if "\t" in line else line.rstrip()
        # More than one empty line in a row shows nothing more.
        if not line and blank:
            continue
        blank = not line
        yield from _fold(line)


_TAB_COLUMNS = 8


def _tabulated(line: str) -> str:
    """Cells begin at tab stops: each gap is a tab, one column wide, and as many spaces as it takes."""
    pieces: list[str] = []
    column = 0
    for number, cell in enumerate(line.split("\t")):
        if number:
            gap = _TAB_COLUMNS - column % _TAB_COLUMNS
            pieces.append("\t" + " " * (gap - 1))
            column += gap
        pieces.append(cell)
        column += _width(cell)
    return "".join(pieces)


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_columns, text))


def _fold(line: str) -> Iterator[str]:
    if 2 * len(line) <= COLUMNS:
        yield line
        return
    start, used = 0, 0
    for at, char in enumerate(line):
        width = _columns(char)
        if used + width > COLUMNS:
            yield line[start:at]
            start, used = at, 0
        used += width
    yield line[start:]


def _columns(char: str) -> int:
    if char < "\u0300":
        return 1
    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WFA" else 1


_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


def _draw(lines: list[str], page: int, width_px: int) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    height_px = round(width_px * 297 / 210)
    margin = width_px / 14
    column = (width_px - 2 * margin) / COLUMNS
    leading = (height_px - 2.6 * margin) / LINES
    image = Image.new("L", (width_px, height_px), 255)
    canvas = ImageDraw.Draw(image)
    # Glyph by glyph: the shaping engine refuses some character sequences, and a page must not depend on that.
    basic = ImageFont.Layout.BASIC
    font = ImageFont.truetype(str(FONT), max(4, min(2 * column, leading * 0.8)), layout_engine=basic)
    small = ImageFont.truetype(str(FONT), max(4, 1.5 * column), layout_engine=basic)
    canvas.text((margin, margin * 0.5), f"{HEADING}  ·  {page}", font=small, fill=130)
    canvas.line((margin, margin, width_px - margin, margin), fill=200)
    for number, line in enumerate(lines):
        at = 0
        # Cell by cell, because the characters of the font are not all as wide as their columns.
        for cell in line.split("\t"):
            words = _CONTROLS.sub("", cell.lstrip(" "))
            begin = at + len(cell) - len(cell.lstrip(" "))
            room = (COLUMNS - begin) * column
            fitting = font
            # Wide capitals are set smaller rather than off the paper; widths are rounded, so not in one step.
            while fitting.getlength(words) > room and fitting.size > 4:
                fitting = font.font_variant(size=min(fitting.size - 1, fitting.size * room / fitting.getlength(words)))
            canvas.text((margin + begin * column, margin * 1.3 + number * leading), words, font=fitting, fill=20)
            at += _width(cell) + 1
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()
