"""What old Office files say about themselves: title, author and dates in their property streams."""

import struct
from datetime import UTC, datetime, timedelta

from indexer import charset
from indexer.ole import Compound
from indexer.writing import metadata

_TITLE, _AUTHOR, _CREATED, _SAVED, _PROGRAM = 2, 4, 12, 13, 18
_CODE_PAGE, _SHORT, _BYTES, _WIDE, _MOMENT = 1, 2, 30, 31, 64
_PROPERTIES_MAX = 200
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def properties(compound: Compound) -> dict[str, str]:
    """Metadata from the summary of a compound file; empty where it is missing or damaged."""
    raw = compound.read("\x05SummaryInformation", 1 << 20)
    if len(raw) < 48:
        return {}
    found = _properties(raw, int(struct.unpack_from("<I", raw, 44)[0]))
    return metadata(
        title=found.get(_TITLE),
        author=found.get(_AUTHOR),
        created=found.get(_CREATED),
        modified=found.get(_SAVED),
        producer=found.get(_PROGRAM),
    )


def code_page(number: int) -> str | None:
    """The codec of a Windows code page, or None when Python has none."""
    special = {1200: "utf-16-le", 1201: "utf-16-be", 65001: "utf-8", 10000: "mac-roman", 10008: "gb18030"}
    return special.get(number) or charset.known(f"cp{number}")


def moment(ticks: int) -> str:
    """A Windows time stamp (100 ns since 1601) in ISO form; empty when it is none."""
    try:
        return (_EPOCH + timedelta(microseconds=ticks // 10)).isoformat(timespec="seconds") if ticks else ""
    except OverflowError:
        return ""


def _properties(raw: bytes, section: int) -> dict[int, str]:
    found: dict[int, str] = {}
    try:
        (count,) = struct.unpack_from("<I", raw, section + 4)
        places = dict(struct.iter_unpack("<II", raw[section + 8 : section + 8 + 8 * min(count, _PROPERTIES_MAX)]))
        page = "cp1252"
        if _CODE_PAGE in places:
            kind, number = struct.unpack_from("<IH", raw, section + places[_CODE_PAGE])
            page = (code_page(number) if kind == _SHORT else None) or page
        for name, place in places.items():
            value = _value(raw, section + place, page)
            if value:
                found[name] = value
    except struct.error:
        return found
    return found


def _value(raw: bytes, at: int, page: str) -> str:
    kind, length = struct.unpack_from("<II", raw, at)
    if kind == _WIDE:
        return raw[at + 8 : at + 8 + 2 * min(length, 4000)].decode("utf-16-le", "replace").partition("\0")[0]
    if kind == _BYTES:
        content = raw[at + 8 : at + 8 + min(length, 4000)]
        return content.decode(page, "replace").partition("\0")[0]
    if kind == _MOMENT:
        return moment(int(struct.unpack_from("<Q", raw, at + 4)[0]))
    return ""
