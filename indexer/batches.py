"""A batch from a scanner: which of its sheets carry a code to be scanned, and cutting it into the papers between.

Runs inside the sandbox. What a code says is handed back as it stands; what it means is no business of a reader.
"""

# Pillow and zxing-cpp leave some of their signatures partly unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

from indexer import formats
from indexer.errors import Unreadable
from indexer.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

SHEETS_MAX = 500
"""A scanner takes no more sheets at once; a longer file is no batch."""
SAID_MAX = 200
CODES_MAX = 8
"""Beside the one that is looked for a sheet may carry that of a parcel, of a letterhead, of an invoice."""
CUT_FROM = ("pdf", "image")


def marks_task(path: Path, name: str, last: int = 0) -> bytes:
    """How many sheets there are, and [page, what a code on it says] for those that carry any, as JSON.

    Looks no further than sheet `last`; to the end where it is 0.
    """
    import zxingcpp

    form, pages = _pages(path, name)
    found: list[tuple[int, str]] = []
    for page in range(1, min(pages, last or pages) + 1):
        draw = cast("Callable[[Path, int], Image.Image]", vars(formats.get(form))["picture"])
        picture = draw(path, page).convert("L")
        picture.thumbnail((1600, 1600))
        said = [one.text.strip() for one in zxingcpp.read_barcodes(picture)]
        found += [(page, text[:SAID_MAX]) for text in said[:CODES_MAX] if text]
    return json.dumps([pages, found]).encode()


def cut_task(path: Path, name: str, first: int, last: int) -> bytes:
    """The pages from `first` to `last` as a file of their own: PDF out of PDF, TIFF out of a picture."""
    form, pages = _pages(path, name)
    if not 1 <= first <= last <= pages:
        raise Unreadable("There are no such pages.", "no-such-page")
    return _pdf(path, first, last) if form == "pdf" else _tiff(path, first, last)


def _pages(path: Path, name: str) -> tuple[str, int]:
    sniffed = sniff(path, name)
    if sniffed.format not in CUT_FROM:
        return "pdf", 0
    pages = int(formats.get(sniffed.format).read(path).metadata.get("page_count", "0"))
    return sniffed.format, pages if pages <= SHEETS_MAX else 0


def _pdf(path: Path, first: int, last: int) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for page in PdfReader(path).pages[first - 1 : last]:
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _tiff(path: Path, first: int, last: int) -> bytes:
    from PIL import Image

    with Image.open(path) as picture:
        frames: list[Image.Image] = []
        for at in range(first - 1, last):
            picture.seek(at)
            frames.append(picture.copy())
        resolution = picture.info.get("dpi", (200, 200))
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_deflate", dpi=resolution)
    return out.getvalue()
