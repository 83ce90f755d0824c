"""An anchor on a slip of paper: the line to type, a square to scan, and room for two signatures."""

# reportlab carries no types in places:
# pyright: reportUnknownMemberType=false

import io

import segno
from reportlab.lib.pagesizes import A5, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from archive.anchoring import Note
from indexer import fonts

FONT = "muniment"


def drawn(note: Note, company: str) -> bytes:
    """The slip as a PDF, A5 across."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, str(fonts.REGULAR)))
    out = io.BytesIO()
    page = Canvas(out, pagesize=landscape(A5), invariant=True)
    page.setTitle(f"Anchor {note.seq}")
    width, height = landscape(A5)
    left, top = 14 * mm, height - 18 * mm
    page.setFont(FONT, 15)
    page.drawString(left, top, "台账锚定单  Anchor of the ledger")
    page.setFont(FONT, 9.5)
    lines = [
        company,
        f"档案系统 Archive  {note.archive}",
        f"时间 At  {note.at}",
        f"末行 Last line  {note.seq}",
        "摘要 Digest",
        *(f"    {note.digest[start : start + 16]}" for start in range(0, 64, 16)),
    ]
    for number, line in enumerate(filter(None, lines)):
        page.drawString(left, top - 10 * mm - number * 6 * mm, line)
    page.setFont(FONT, 8)
    below = (
        "此单由审计员签字后放入保险柜，不得交给运行系统的人保管。",
        "Signed by the auditor and kept in a safe, out of the reach of whoever runs the archive.",
        "核对 To verify:  muniment ledger verify --slip '…'",
    )
    for number, line in enumerate(below):
        page.drawString(left, 30 * mm - number * 4.6 * mm, line)
    page.drawString(
        left, 12 * mm, "审计员 Auditor ____________________    保密员 Security officer ____________________"
    )
    side = 52 * mm
    square = io.BytesIO()
    segno.make(note.line, error="m", micro=False).save(square, kind="png", scale=8, border=4)
    page.drawImage(ImageReader(square), width - left - side, top - side - 2 * mm, side, side)
    page.save()
    return out.getvalue()
