"""A printout as CSV: its tables, for other programs, with a mark by which Excel knows UTF-8."""

import csv
import io

from archive.errors import Invalid
from archive.printing import Printout, harmless, shown

MEDIA_TYPE = "text/csv; charset=utf-8"


def render(printout: Printout) -> bytes:
    """Tables below one another, an empty line between. Raises Invalid when there is none."""
    if not printout.tables:
        raise Invalid("This printout has no table; take it as PDF.", "no-such-form")
    text = io.StringIO()
    writer = csv.writer(text)
    for number, table in enumerate(printout.tables):
        if number:
            writer.writerow([])
        writer.writerow([column.label for column in table.columns])
        for row in table.rows:
            writer.writerow([shown(harmless(cell)) for cell in row])
    return text.getvalue().encode("utf-8-sig")
