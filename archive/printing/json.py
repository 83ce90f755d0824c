"""A printout as JSON: its tables as objects under their column names, for other programs."""

import json

from archive.errors import Invalid
from archive.printing import Cell, Printout, shown

MEDIA_TYPE = "application/json"


def render(printout: Printout) -> bytes:
    """Raises Invalid when there is no table."""
    if not printout.tables:
        raise Invalid("This printout has no table; take it as PDF.", "no-such-form")
    tables = [
        {
            "caption": table.caption,
            "rows": [
                {column.label: _plain(cell) for column, cell in zip(table.columns, row, strict=True)}
                for row in table.rows
            ],
        }
        for table in printout.tables
    ]
    said = {"title": printout.title, "about": list(printout.about), "tables": tables}
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _plain(cell: Cell) -> str | int | float | None:
    return cell if cell is None or isinstance(cell, str | int | float) else shown(cell)
