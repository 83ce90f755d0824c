"""A printout as a workbook: a sheet per table, with the title and what stands under it above the first row."""

# openpyxl has no complete type information:
# pyright: reportUnknownMemberType=false, reportOptionalMemberAccess=false

import io
import re
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from archive.printing import Cell, Column, Facts, Printout, Signatures, Table, Words, harmless

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LINE = Side(style="thin", color="999999")
_WIDTH_ALL = 110


def render(printout: Printout) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    _head(sheet, printout)
    first = True
    for block in printout.blocks:
        if isinstance(block, Table):
            if not first:
                sheet = book.create_sheet()
                _head(sheet, printout)
            first = False
            _table(sheet, block)
        elif isinstance(block, Words):
            sheet.append([_safe(block.text)])
        elif isinstance(block, Facts):
            for name, value in block.items:
                sheet.append([_safe(name), _safe(value)])
        elif isinstance(block, Signatures):
            sheet.append([])
            sheet.append([cell for label in block.labels for cell in (_safe(label), "")])
    if printout.foot:
        sheet.append([])
        sheet.append([_safe(f"{printout.foot.printed}  ·  {printout.foot.code}")])
    for number, one in enumerate(book.worksheets, 1):
        one.title = re.sub(r"[\[\]:*?/\\]", " ", printout.title)[:26] + (f" {number}" if number > 1 else "")
        one.page_setup.orientation = "landscape" if printout.landscape else "portrait"
        one.page_setup.paperSize = one.PAPERSIZE_A4
        one.page_setup.fitToWidth, one.page_setup.fitToHeight = 1, 0
        one.sheet_properties.pageSetUpPr.fitToPage = True
        one.oddFooter.center.text = "&P / &N"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _head(sheet: Any, printout: Printout) -> None:
    sheet.append([_safe(printout.title)])
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    for line in printout.about:
        sheet.append([_safe(line)])


def _table(sheet: Any, table: Table) -> None:
    if table.caption:
        sheet.append([_safe(table.caption)])
    sheet.append([_safe(column.label) for column in table.columns])
    top = sheet.max_row
    for row in table.rows:
        sheet.append([_safe(cell) for cell in row])
    border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    for cells in sheet.iter_rows(min_row=top, max_row=sheet.max_row, max_col=len(table.columns)):
        for cell in cells:
            cell.border = border
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if cell.row == top:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="EEEEEE")
    _widths(sheet, table.columns)
    sheet.print_title_rows = f"{top}:{top}"
    sheet.freeze_panes = f"A{top + 1}"


def _widths(sheet: Any, columns: tuple[Column, ...]) -> None:
    whole = sum(column.share for column in columns)
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = max(6, _WIDTH_ALL * column.share / whole)


def _safe(cell: Cell) -> Cell:
    """As a workbook can hold it: no formula, no control characters, no time zone, no more than a cell takes."""
    if isinstance(cell, datetime):
        return cell.astimezone().replace(tzinfo=None)
    if isinstance(cell, str):
        cell = harmless(_CONTROLS.sub("", cell))
        return str(cell)[:32_000]
    return cell if isinstance(cell, date | int | float) or cell is None else str(cell)
