"""Pictures of pages become a PDF to give away: with stamp, mark and code as a certified copy, or as they are."""

# reportlab carries no types in places:
# pyright: reportUnknownMemberType=false

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import segno
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from archive import watermark
from indexer import fonts

FONT = "muniment-stamp"
MARGIN, FOOT = 12 * mm, 34 * mm
RED = (0.72, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every page of a copy says."""

    company: str
    number: str
    keeper: str
    day: date
    code: str
    purpose: str


def copied(pictures: Iterable[bytes], pages: int, stamp: Stamp) -> bytes:
    """The pages as a PDF on A4, each with the stamp below it and marked all over."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, str(fonts.REGULAR)))
    out = io.BytesIO()
    sheet = Canvas(out, pagesize=A4, invariant=True)
    sheet.setTitle(f"{stamp.number} {stamp.code}")
    square = io.BytesIO()
    segno.make(stamp.code, error="m", micro=False).save(square, kind="png", scale=6, border=2)
    code = ImageReader(square)
    width, height = A4
    for number, picture in enumerate(pictures, 1):
        png = watermark.marked(picture, f"核证副本 {stamp.number} {stamp.day:%Y-%m-%d}")
        with Image.open(io.BytesIO(png)) as page:
            share = min((width - 2 * MARGIN) / page.width, (height - MARGIN - FOOT) / page.height)
            across, down = page.width * share, page.height * share
            small = io.BytesIO()
            page.convert("L" if page.mode == "L" else "RGB").save(small, "JPEG", quality=82)
        sheet.drawImage(ImageReader(small), (width - across) / 2, height - MARGIN - down, across, down)
        _stamp(sheet, stamp, code, number, pages)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def bound(pictures: Iterable[bytes], title: str) -> bytes:
    """The pictures, marked already, as the pages of a PDF: as wide as a sheet of A4, each as high as it is."""
    out = io.BytesIO()
    sheet = Canvas(out, pagesize=A4, invariant=True)
    sheet.setTitle(title)
    for picture in pictures:
        with Image.open(io.BytesIO(picture)) as page:
            size = (A4[0], A4[0] * page.height / page.width)
            small = io.BytesIO()
            page.convert("RGB").save(small, "JPEG", quality=85)
        sheet.setPageSize(size)
        sheet.drawImage(ImageReader(small), 0, 0, *size)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _stamp(sheet: Canvas, stamp: Stamp, code: ImageReader, number: int, pages: int) -> None:
    width, _ = A4
    side = 24 * mm
    sheet.setStrokeColorRGB(*RED)
    sheet.setFillColorRGB(*RED)
    sheet.setLineWidth(1.2)
    sheet.rect(MARGIN, 6 * mm, width - 2 * MARGIN, side + 2 * mm)
    sheet.drawImage(code, width - MARGIN - side - 1 * mm, 7 * mm, side, side)
    sheet.setFont(FONT, 12)
    sheet.drawString(MARGIN + 4 * mm, 25 * mm, "核证副本：经核对，与原件一致  CERTIFIED COPY")
    sheet.setFont(FONT, 8.5)
    lines = (
        f"{stamp.company}   借阅单 {stamp.number}   核证人 {stamp.keeper}   {stamp.day:%Y-%m-%d}",
        f"用途：{stamp.purpose[:48]}   仅限此用途，复印无效",
        f"校验码 Code {stamp.code}   第 {number} 页，共 {pages} 页",
    )
    for row, line in enumerate(lines):
        sheet.drawString(MARGIN + 4 * mm, (19.5 - row * 4.8) * mm, line)
