"""Recovery shares on paper: one page for each of three people, with the words and the same as a QR code."""

# reportlab and segno have no complete type information.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingModuleSource=false

import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from archive.backups.slots import COUNT, THRESHOLD, Slot
from indexer.rendering import FONT

_FONT = "Muniment"
_LEFT, _TOP, _LINE = 20 * mm, A4[1] - 24 * mm, 6 * mm


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet says besides its share."""

    company: str
    archive: str
    checks: str
    """Tells these keys from other ones."""
    made_on: str
    repositories: tuple[str, ...]


def pdf(sheet: Sheet, slot: Slot, shares: Sequence[str], *, only: int = 0) -> bytes:
    """The sheets of a slot, a page each, or `only` the one of this number. They are secret: hand each to another person
    and delete the file."""
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(_FONT, str(FONT)))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setTitle(f"muniment recovery sheets {slot.id}")
    for number, share in enumerate(shares, 1):
        if only in (0, number):
            _page(canvas, sheet, slot, number, share)
            canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _page(canvas: Canvas, sheet: Sheet, slot: Slot, number: int, share: str) -> None:
    y = _TOP
    canvas.setFont(_FONT, 20)
    canvas.drawString(_LEFT, y, f"密钥恢复份额 {number} / {COUNT}")
    canvas.setFont(_FONT, 11)
    canvas.drawString(_LEFT, y - _LINE, f"Recovery share {number} of {COUNT} · {sheet.company}")
    y -= 3 * _LINE
    canvas.setFont(_FONT, 10)
    for text in (
        f"任意 {THRESHOLD} 份即可恢复全部备份密钥；单独 1 份不泄露任何内容。",
        "三份交三人分别保管，勿与服务器或备份介质同放。",
        f"Any {THRESHOLD} shares bring the backup keys back; one alone tells nothing. Three people keep one each,",
        "away from the server and from the backups.",
        "",
        f"档案库 Archive  {sheet.archive}      槽位 Slot  {slot.id}      密钥校验 Key check  {sheet.checks}",
        f"制作日期 Made on  {sheet.made_on}",
        *(f"备份位置 Repository  {place}" for place in sheet.repositories),
    ):
        canvas.drawString(_LEFT, y, text)
        y -= _LINE
    y -= _LINE
    canvas.setFont(_FONT, 11)
    words = share.split()
    rows = -(-len(words) // 3)
    for n, word in enumerate(words):
        canvas.drawString(_LEFT + (n // rows) * 55 * mm, y - (n % rows) * 5.6 * mm, f"{n + 1:>2}  {word}")
    y -= rows * 5.6 * mm + _LINE
    side = _qr(canvas, share, _LEFT, y)
    canvas.setFont(_FONT, 10)
    beside = _LEFT + side + 8 * mm
    for line, text in enumerate(
        (
            "恢复方法：在装有 Muniment 的空机器上运行",
            "To restore, on an empty machine with Muniment, run",
            "",
            "muniment backup restore",
            "    --from <备份位置 REPOSITORY> --to <新目录 NEW HOME>",
            "    --shares",
            "",
            "然后依次输入两份份额的单词。",
            "and type in the words of two shares.",
        )
    ):
        canvas.drawString(beside, y - 5 * mm - line * 5.4 * mm, text)
    y -= side + 2 * _LINE
    canvas.drawString(
        _LEFT,
        y,
        "保管人 Keeper ____________________    签名 Signature ____________________    日期 Date ______________",
    )


def _qr(canvas: Canvas, share: str, left: float, top: float) -> float:
    """Draw the words as a QR code below `top`; the length of its side."""
    modules = [list(row) for row in segno.make(share, error="m").matrix]
    unit = 62 * mm / len(modules)
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                canvas.rect(left + column * unit, top - (row + 1) * unit, unit, unit, stroke=0, fill=1)
    return len(modules) * unit
