"""Bytes of a record on their way out, page images and originals as they were captured, and new versions coming in."""

import re
from typing import BinaryIO, cast
from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import FileStorage

from archive import records, renditions, versions
from archive.errors import Invalid
from archive.model import Component
from web import current

WIDTHS = (renditions.THUMBNAIL_PX, renditions.PAGE_PX, 1440)
"""Pictures are drawn in these widths only, so that each is drawn once."""

SHOWN_AS_THEY_ARE = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""Media types a browser is told; everything else is only bytes to it."""


def page_image(record_id: str, page: int) -> Response:
    try:
        width = int(request.args.get("width", WIDTHS[1]))
    except ValueError:
        width = 0
    if width not in WIDTHS:
        raise Invalid(f"A picture is {WIDTHS[0]}, {WIDTHS[1]} or {WIDTHS[2]} pixels wide.", "bad-parameter")
    png = renditions.page_image(
        current.archive(),
        current.actor(),
        record_id,
        page,
        width_px=width,
        component_id=request.args.get("component", ""),
    )
    return Response(png, mimetype="image/png")


def thumbnail(record_id: str) -> Response:
    """A small picture of the first page, for those who may read the record without a loan."""
    png = renditions.thumbnail(
        current.archive(), current.actor(), record_id, component_id=request.args.get("component", "")
    )
    return Response(png, mimetype="image/png")


def original(record_id: str, component_id: str) -> Response:
    """The file as it was captured; of what is obsolete a copy with its mark."""
    file = renditions.handed_out(current.archive(), current.actor(), record_id, component_id)
    media_type = file.media_type if file.media_type in SHOWN_AS_THEY_ARE else "application/octet-stream"
    response = Response(file.pieces, mimetype=media_type)
    response.content_length = file.size_bytes
    response.headers["Content-Disposition"] = disposition(file.file_name)
    if not file.marked:
        response.headers["ETag"] = f'"{file.sha256}"'
    return response


def new_version(
    record_id: str, file: FileStorage | None, *, why: str, part: int = 1, by_program: bool = False
) -> Component:
    # Asked first: what is wrong with the request is no business of whoever may not find the record.
    records.view(current.archive(), current.actor(), record_id)
    if file is None or not file.filename:
        raise Invalid("There is no part named file.", "no-file")
    return versions.add(
        current.archive(),
        current.actor(),
        record_id,
        cast(BinaryIO, file.stream),
        file.filename,
        why=why,
        part=part,
        door="api" if by_program else "upload",
    )


def table(content: bytes, name: str) -> Response:
    """A table that people edit: CSV or Excel, by the ending of its name."""
    kind = "text/csv" if name.endswith(".csv") else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = disposition(name)
    return response


def disposition(name: str) -> str:
    """Content-Disposition with the name as it is (RFC 6266, RFC 5987), and one for readers of ASCII only."""
    plain = re.sub(r'[^ -~]|["\\%;]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
