"""A printout as PDF on A4, set in the typeface of the house, so that nothing prints as an empty box."""

# reportlab and segno have no complete type information:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false, reportAttributeAccessIssue=false

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import segno
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    Image,
    KeepTogether,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
)
from reportlab.platypus import Table as Grid

from archive.printing import (
    Block,
    Cell,
    Code,
    Column,
    Facts,
    Foot,
    Label,
    Labels,
    NewPage,
    Picture,
    Printout,
    Signatures,
    Table,
    Words,
    shown,
)
from indexer import fonts

MEDIA_TYPE = "application/pdf"
FONT = "Muniment"
MARGIN = 15 * mm
_GREY = colors.Color(0.45, 0.45, 0.45)
_LINE = colors.Color(0.6, 0.6, 0.6)
_PAD = 3
_FRAME = 12
"""What the frame of a sheet leaves free beside its paragraphs, on both sides together."""
GIVES_UP = 0.7
"""So much of its share a column keeps for what stands in it, whatever another one would need."""
_SIGNED = 28 * mm
"""What a row of signatures takes, with the space above it."""
_BOXES: list[tuple[Any, ...]] = [("GRID", (0, 0), (-1, -1), 0.4, _LINE)]
_MIDDLE: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "MIDDLE")]


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=FONT, fontSize=size, leading=size * 1.45, wordWrap="CJK", **more)


TITLE = _style("title", 17, alignment=TA_CENTER, spaceAfter=4 * mm)
ABOUT = _style("about", 9, textColor=_GREY)
BODY = _style("body", 10, spaceBefore=2 * mm, spaceAfter=2 * mm)
HEADING = _style("heading", 12, spaceBefore=4 * mm, spaceAfter=2 * mm)
CELL = _style("cell", 8.5)
FIGURE = _style("figure", 8.5, alignment=TA_RIGHT)
HEAD = _style("head", 8.5, alignment=TA_CENTER)
SMALL = _style("small", 7.5)
_WORDS = {
    style.name: ParagraphStyle(f"{style.name}-words", parent=style, wordWrap=None)
    for style in (TITLE, ABOUT, BODY, HEADING, CELL, FIGURE, HEAD, SMALL)
}
_CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_RUN, _WORD = re.compile("[!-~·]+"), re.compile(r"[A-Za-z]+|\d{4}-\d\d-\d\d|\d{8}")
"""What is not broken where there is room for it whole: signs without a blank; failing that, words and days."""
_OPENS, _CLOSES = re.escape("（《“‘「『【〔(["), re.escape("）》”’」』】〕，。、；：！？…)],;:-")
_UNBROKEN = re.compile(rf"[{_OPENS}]*(?:[!-~·]+|\s+|.)[{_CLOSES}]*", re.DOTALL)
_BARE = re.compile(r"[!-~·]+|\s+|.", re.DOTALL)
_PART = re.compile(r"[^-/·_.:]+[-/·_.:]*|[-/·_.:]+")
_EDGE = 0.1
"""Widths are sums of what is not exact."""


def render(printout: Printout) -> bytes:
    _typeface()
    buffer = io.BytesIO()
    size = landscape(A4) if printout.landscape else A4
    sheets = [block for block in printout.blocks if isinstance(block, Labels)]
    slip = next((one.slip_mm for one in sheets if one.slip_mm), None)
    margin, foot = MARGIN, MARGIN + 6 * mm
    if slip is not None:
        size, margin, foot = (slip[0] * mm, slip[1] * mm), mm, mm
    document = SimpleDocTemplate(
        buffer,
        pagesize=size,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=foot,
        title=printout.title,
        creator="Muniment",
        # The same printout is the same file.
        invariant=True,
    )
    story: list[Flowable] = []
    if not sheets or len(sheets) < len(printout.blocks):
        story.append(_paragraph(printout.title, TITLE, document.width - _FRAME))
        story += [_paragraph(line, ABOUT, document.width - _FRAME) for line in printout.about]
        story.append(Spacer(0, 3 * mm))
    for block in printout.blocks:
        if story and isinstance(story[-1], _Rows):
            if isinstance(block, Facts):
                story.append(Spacer(0, 3 * mm))
            elif isinstance(block, Signatures):
                story[-1].below = _SIGNED
        story += _SET[type(block)](block, document.width)
    for one in story:
        if isinstance(one, _Rows):
            one.sheet = document.height - _FRAME
    document.build(story, canvasmaker=_numbered(printout if slip is None else replace(printout, foot=None)))
    return buffer.getvalue()


@cache
def _typeface() -> None:
    pdfmetrics.registerFont(TTFont(FONT, str(fonts.REGULAR)))


def _numbered(printout: Printout) -> type[Canvas]:
    """A canvas that knows how many sheets there are when it sets the foot of each."""

    class Numbered(Canvas):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._sheets: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 — the name that reportlab calls it by
            self._sheets.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, sheet in enumerate(self._sheets, 1):
                self.__dict__.update(sheet)
                if printout.stamp:
                    _stamp(self, printout.stamp)
                if printout.foot:
                    _foot(self, printout.foot, number, len(self._sheets))
                super().showPage()
            super().save()

    return Numbered


def _foot(canvas: Canvas, foot: Foot, page: int, pages: int) -> None:
    width = canvas._pagesize[0]
    canvas.setFont(FONT, 7.5)
    canvas.setFillColor(_GREY)
    canvas.drawString(MARGIN, 10 * mm, foot.printed)
    canvas.drawCentredString(width / 2, 10 * mm, foot.page.format(page=page, pages=pages))
    canvas.drawRightString(width - MARGIN, 10 * mm, foot.code)


def _stamp(canvas: Canvas, words: str) -> None:
    width, height = canvas._pagesize
    canvas.saveState()
    canvas.setFillColor(colors.Color(0.75, 0.1, 0.1, alpha=0.25))
    canvas.setFont(FONT, min(160, 1.1 * width / max(len(words), 2)))
    canvas.translate(width / 2, height / 2)
    canvas.rotate(35)
    canvas.drawCentredString(0, -40, words)
    canvas.restoreState()


class _Rows(Grid):
    """A table of which a row goes on over the next sheet only where it is higher than one, and whose last row stands
    on the sheet on which it is signed."""

    sheet = 0.0
    """How high what stands on a whole sheet can be."""
    below = 0.0
    """How much room what belongs under the last row takes."""

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 — the names of the base
        wide, high = super().wrap(aW, aH)
        rows = len(self._rowHeights) - self.repeatRows
        to_sign = high <= aH < high + self.below and (rows > 1 or aH < self.sheet - 1)
        return wide, aH + 1 if to_sign else high

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803 — the names of the base
        self._calc(availWidth, availHeight)
        heights = self._rowHeights
        if self._height <= availHeight:
            parts = self._splitRows(self._height - heights[-1] / 2) if len(heights) > self.repeatRows + 1 else []
        else:
            self.splitInRow = int(sum(heights[: self.repeatRows + 1]) > self.sheet)
            parts = super().split(availWidth, availHeight)
        for part in parts:
            part.sheet = self.sheet
        if parts:
            parts[-1].below = self.below
        return parts


# ---- Blocks ----


def _table(block: Table, width: float) -> Iterator[Flowable]:
    if block.caption:
        yield _paragraph(block.caption, HEADING, width - _FRAME)
    widths = _widths(block, width)
    rows: list[list[Paragraph | str]] = [
        [_paragraph(column.label, HEAD, room - 2 * _PAD) for column, room in zip(block.columns, widths, strict=True)]
    ]
    rows += [
        [_cell(cell, column, room - 2 * _PAD) for cell, column, room in zip(row, block.columns, widths, strict=True)]
        for row in block.rows
    ]
    figures = [number for number, column in enumerate(block.columns) if column.number]
    spans: list[tuple[Any, ...]] = []
    if block.nothing and not block.rows:
        rows.append([_paragraph(block.nothing, CELL, width - 2 * _PAD), *[""] * (len(widths) - 1)])
        spans.append(("SPAN", (0, 1), (-1, 1)))
    yield _Rows(
        rows,
        colWidths=widths,
        repeatRows=1,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.4, _LINE),
            ("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.93, 0.93, 0.93)),
            ("FONT", (0, 0), (-1, -1), FONT, CELL.fontSize, CELL.leading),
            *(("ALIGN", (number, 0), (number, -1), "RIGHT") for number in figures),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), _PAD),
            ("RIGHTPADDING", (0, 0), (-1, -1), _PAD),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            *spans,
        ],
    )


def _cell(cell: Cell, column: Column, room: float) -> Paragraph | str:
    """A paragraph only where it has to be broken: a line that fits is set three times as fast without."""
    text = shown(cell)
    if "\n" not in text and pdfmetrics.stringWidth(text, FONT, CELL.fontSize) <= room:
        return text
    return _paragraph(text, FIGURE if column.number else CELL, room)


def _paragraph(text: str, style: ParagraphStyle, room: float) -> Paragraph:
    """Broken between words where it has only such; where Chinese stands in it, at any sign but within no word."""
    if not _CHINESE.search(text):
        return Paragraph(escape(text).replace("\n", "<br/>"), _WORDS.get(style.name, style))
    lines = (line for part in text.split("\n") for line in _lines(part, style, room))
    return Paragraph("<br/>".join(escape(line) for line in lines), style)


def _lines(text: str, style: ParagraphStyle, room: float) -> Iterator[str]:
    """Chinese with other words in it as lines that fit: no word is broken that has room on a line of its own, and no
    line begins with a sign that closes something or ends with one that opens it."""
    if not _RUN.search(text):
        yield text
        return
    line, wide = "", 0.0
    for piece in _pieces(text, style, room - _EDGE):
        width = _wide(piece, style)
        if line and wide + width > room - _EDGE:
            yield line.rstrip()
            line, wide = "", 0.0
            if piece.isspace():
                continue
        line, wide = line + piece, wide + width
    yield line


def _pieces(text: str, style: ParagraphStyle, room: float) -> Iterator[str]:
    """What is not broken: a word with what stands close to it, or alone, or its parts, as a line has room for it."""
    for piece in _UNBROKEN.findall(text):
        ways = (parts.findall(piece) for parts in (_UNBROKEN, _BARE, _PART))
        fits = (found for found in ways if max(_wide(one, style) for one in found) <= room)
        yield from next(fits, piece)


def _wide(text: str, style: ParagraphStyle) -> float:
    return pdfmetrics.stringWidth(text, FONT, style.fontSize)


def _widths(block: Table, width: float) -> list[float]:
    """The width of every column: its share, or more where a word or a number would be broken in two."""
    whole = sum(column.share for column in block.columns)
    shares = [width * column.share / whole for column in block.columns]
    for runs in (_RUN, _WORD):
        least = [max(min(_longest(block, at, runs), width / 3), share * GIVES_UP) for at, share in enumerate(shares)]
        slack = [max(share - need, 0) for share, need in zip(shares, least, strict=True)]
        lacking = sum(max(need - share, 0) for share, need in zip(shares, least, strict=True))
        if lacking <= sum(slack):
            part = lacking / sum(slack) if lacking else 0
            return [max(share, need) - room * part for share, need, room in zip(shares, least, slack, strict=True)]
    return shares


def _longest(block: Table, at: int, runs: re.Pattern[str]) -> float:
    found = set(runs.findall(block.columns[at].label))
    for row in block.rows:
        found.update(runs.findall(shown(row[at])))
    longest = 0.0
    for word in sorted(found, key=len, reverse=True):
        if len(word) * _widest_sign() <= longest:
            break
        longest = max(longest, _wide(word, CELL))
    return longest + 2 * _PAD + _EDGE


@cache
def _widest_sign() -> float:
    return max(_wide(chr(sign), CELL) for sign in (*range(ord("!"), ord("~") + 1), ord("·")))


def _facts(block: Facts, width: float) -> Iterator[Flowable]:
    rows: list[list[Paragraph]] = []
    share = width / block.abreast
    for at in range(0, len(block.items), block.abreast):
        row: list[Paragraph] = []
        for name, value in block.items[at : at + block.abreast]:
            row += [_paragraph(name, CELL, share * 0.3 - 12), _paragraph(value, CELL, share * 0.7 - 12)]
        rows.append(row + [Paragraph("", CELL)] * (2 * block.abreast - len(row)))
    if rows:
        yield Grid(
            rows,
            colWidths=[share * 0.3, share * 0.7] * block.abreast,
            style=[("GRID", (0, 0), (-1, -1), 0.4, _LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")],
            splitInRow=1,
        )
        yield Spacer(0, 3 * mm)


def _words(block: Words, width: float) -> Iterator[Flowable]:
    yield _paragraph(block.text, HEADING if block.heading else BODY, width - _FRAME)


def _code(block: Code, width: float) -> Iterator[Flowable]:
    caption = _paragraph(block.caption, CELL, width - 32 * mm - 12)
    yield KeepTogether(
        [
            Spacer(0, 3 * mm),
            Grid(
                [[_qr(block.content, 28 * mm), caption]],
                colWidths=[32 * mm, width - 32 * mm],
                style=_MIDDLE,
            ),
        ]
    )


def _qr(content: str, side: float) -> Image:
    picture = io.BytesIO()
    segno.make(content, micro=False, error="m").save(picture, kind="png", scale=8, border=2)
    picture.seek(0)
    return Image(picture, side, side)


def _picture(block: Picture, width: float) -> Iterator[Flowable]:
    wide, high = ImageReader(io.BytesIO(block.png)).getSize()
    scale = min(width / wide, 220 * mm / high)
    yield Image(io.BytesIO(block.png), wide * scale, high * scale)
    yield _paragraph(block.caption, ABOUT, width - _FRAME)


def _signatures(block: Signatures, width: float) -> Iterator[Flowable]:
    share = width / len(block.labels)
    cells = [_paragraph(f"{label}\n\n\n{block.date}", CELL, share - 12) for label in block.labels]
    yield KeepTogether(
        [
            Spacer(0, 5 * mm),
            Grid([cells], colWidths=[share] * len(cells), style=_BOXES),
        ]
    )


def _labels(block: Labels, width: float) -> Iterator[Flowable]:
    if block.slip_mm is not None:
        # The frame of a sheet keeps six points free on every side.
        wide, high = (side * mm - 2 * mm - 14 for side in block.slip_mm)
        for at, one in enumerate(block.stickers):
            if at:
                yield PageBreak()
            yield _sticker(one, wide, high)
        return
    share, height = width / block.across, 255 * mm / block.down
    rows: list[list[Flowable | str]] = []
    for at in range(0, len(block.stickers), block.across):
        row: list[Flowable | str] = [_sticker(one, share, height) for one in block.stickers[at : at + block.across]]
        rows.append(row + [""] * (block.across - len(row)))
    if rows:
        yield Grid(
            rows,
            colWidths=[share] * block.across,
            rowHeights=[height] * len(rows),
            style=[*_MIDDLE, *_tight()],
        )


def _sticker(one: Label, width: float, height: float) -> Flowable:
    side = min(height - (6 * mm if height > 34 * mm else 2), width * 0.42)
    room = width - side - 4 * mm - 2
    words: list[Flowable] = [_paragraph(one.title, CELL, room)]
    words += [_paragraph(line, SMALL, room) for line in one.lines]
    return Grid(
        [[_qr(one.code, side), words]],
        colWidths=[side, width - side - 4 * mm],
        style=[*_MIDDLE, *_tight()],
    )


def _tight() -> list[tuple[Any, ...]]:
    return [(f"{edge}PADDING", (0, 0), (-1, -1), 1) for edge in ("LEFT", "RIGHT", "TOP", "BOTTOM")]


def _new_page(block: NewPage, width: float) -> Iterator[Flowable]:  # noqa: ARG001 — every block is set in a width
    yield PageBreak()


_SET: Mapping[type[Block], Callable[[Any, float], Iterator[Flowable]]] = {
    Table: _table,
    Facts: _facts,
    Words: _words,
    Code: _code,
    Picture: _picture,
    Signatures: _signatures,
    Labels: _labels,
    NewPage: _new_page,
}
