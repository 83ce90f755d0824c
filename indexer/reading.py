"""The door to reading: a file in, its text or one of its pages as a picture out, whatever the file tries."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from indexer import formats, limits, pictures, recognition, rendering
from indexer.errors import Unreadable
from indexer.recognition import Recognised
from indexer.sandbox import Limits, Sandbox
from indexer.sniff import Sniffed, sniff
from indexer.text import CAUTIONS, Caution, Child, Text
from indexer.unlocking import PASSWORD_CHARS_MAX, unlocked
from indexer.writing import clean


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file turned out to be.

    `format` is None for a kind that is kept but not read. `image_pages` is how many pages `page_image` can
    draw, counted from 1; 0 when there is nothing to look at.
    """

    media_type: str
    format: str | None
    text: Text
    image_pages: int = 0


_PNG = b"\x89PNG\r\n\x1a\n"
RECOGNISING_MEMORY_MB = 2560
"""Address space for recognising one page, half of which the models and their libraries take before they begin."""


class Reader:
    """Reads files in a sandbox. Start-up costs half a second, once; each file then costs its own reading.

    Safe to share between threads, which then wait for one another.
    """

    def __init__(self, *, time_s: float = 60, memory_mb: int = 1024) -> None:
        self._sandbox = Sandbox(Limits(time_s=time_s, memory_mb=memory_mb))
        # The models are large, and most readers never see a picture: this one starts at the first.
        self._recognising = Sandbox(
            Limits(time_s=time_s, memory_mb=max(memory_mb, RECOGNISING_MEMORY_MB)), warm="indexer.recognition"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> tuple[str, ...]:
        """Pay for the start now; returns which of the sandbox's walls this system cannot offer (empty: all stand)."""
        return self._sandbox.start()

    def read(self, path: Path, name: str) -> Reading:
        """Read the file at `path`, which was called `name` when it came. Files inside it are handed back unread.

        Raises Unreadable (with a stable `code`) for what belongs in quarantine, Exhausted when it cost too much.
        SandboxBroken says nothing about the file: try again later.
        """
        return unpack(self._sandbox.run("indexer.reading:read_task", path, {"name": _hint(name)}))

    def page_image(self, path: Path, name: str, page: int, *, width_px: int) -> bytes:
        """Page `page` (from 1) as PNG, `width_px` wide.

        The page as it looks where the format can draw, else the text set on a sheet that says so. Raises
        Unreadable (`no-such-page`) when there is nothing to draw.
        """
        arguments: dict[str, str | int] = {"name": _hint(name), "page": page, "width_px": width_px}
        image = self._sandbox.run("indexer.reading:draw_task", path, arguments)
        if not image.startswith(_PNG):
            raise Unreadable("The reader answered nonsense.", "crashed")
        return image

    def page_images(self, path: Path, name: str, wanted: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several pages at once, each (page, width): cheaper than one by one. Empty where a page cannot be drawn."""
        arguments: dict[str, str | int] = {"name": _hint(name), "wanted": json.dumps(wanted)}
        try:
            answer = self._sandbox.run("indexer.reading:draw_many_task", path, arguments)
        except Unreadable:
            return [b""] * len(wanted)
        return unpack_pictures(answer, len(wanted))

    def unlock(self, path: Path, name: str, password: str) -> bytes:
        """The file without its lock, for whoever gives the password; it goes nowhere but into the sandbox.

        Raises Unreadable: `wrong-file-password`, or `cannot-unlock` where it is not locked in a way that is known here.
        """
        arguments: dict[str, str | int] = {"name": _hint(name), "password": password[:PASSWORD_CHARS_MAX]}
        return self._sandbox.run("indexer.reading:unlock_task", path, arguments)

    def recognise(self, path: Path, name: str, page: int) -> Recognised:
        """The words on the picture of page `page` (from 1), for the pages a reading has left `unread`.

        Raises Unreadable where the picture cannot be had or read; it costs this page only.
        """
        arguments: dict[str, str | int] = {"name": _hint(name), "page": page}
        return unpack_recognised(self._recognising.run("indexer.reading:recognise_task", path, arguments))

    def marks(self, path: Path, name: str, *, last: int = 0) -> tuple[int, list[tuple[int, str]]]:
        """How many sheets a scanned batch has, and what is said by the codes on those that carry one.

        None of either for what is no batch; codes up to sheet `last` only, if one is named. Raises Unreadable when it
        cannot be looked through.
        """
        answer = self._sandbox.run("indexer.batches:marks_task", path, {"name": _hint(name), "last": last})
        return unpack_marks(answer)

    def cut(self, path: Path, name: str, first: int, last: int) -> bytes:
        """These sheets of a batch as a file of their own. Raises Unreadable when it cannot be cut."""
        arguments: dict[str, str | int] = {"name": _hint(name), "first": first, "last": last}
        return self._sandbox.run("indexer.batches:cut_task", path, arguments)

    def recognising_process(self) -> int | None:
        """The process that holds the models, for those who watch what it costs; None while there is none."""
        return self._recognising.process()

    def rest(self) -> None:
        """Give back the memory of the models until somebody needs them again."""
        self._recognising.close()

    def close(self) -> None:
        """End the reading process; the next call would start a new one."""
        self._sandbox.close()
        self._recognising.close()


# ---- Inside the sandbox ----


def read_task(path: Path, name: str) -> bytes:
    """Sniff and read; the answer packed for the way out."""
    sniffed = sniff(path, name)
    text = _read(path, sniffed)
    return pack(Reading(sniffed.media_type, sniffed.format, text, _image_pages(sniffed, text)))


def draw_task(path: Path, name: str, page: int, width_px: int) -> bytes:
    """One page as PNG."""
    sniffed = sniff(path, name)
    draw = getattr(formats.get(sniffed.format), "draw", None) if sniffed.format else None
    if draw is not None:
        return cast(bytes, draw(path, page, width_px=rendering.sane_width(width_px)))
    return rendering.draw_text(_read(path, sniffed), page, width_px=width_px)


def draw_many_task(path: Path, name: str, wanted: str) -> bytes:
    """Several pages as PNG, each with its length before it; none where a page cannot be drawn."""
    sniffed = sniff(path, name)
    draw = getattr(formats.get(sniffed.format), "draw", None) if sniffed.format else None
    text = _read(path, sniffed) if draw is None else None
    pieces: list[bytes] = []
    for page, width_px in cast(list[tuple[int, int]], json.loads(wanted)):
        try:
            if limits.almost_over():
                png = b""
            elif text is not None:
                png = rendering.draw_text(text, page, width_px=width_px)
            else:
                png = cast(bytes, cast(Any, draw)(path, page, width_px=rendering.sane_width(width_px)))
        except Unreadable:
            png = b""
        pieces += (len(png).to_bytes(8, "big"), png)
    return b"".join(pieces)


def unlock_task(path: Path, name: str, password: str) -> bytes:
    """The file without its lock, if it can be read then."""
    sniffed = sniff(path, name)
    unlock = getattr(formats.get(sniffed.format), "unlock", None) if sniffed.format else None
    return cast(bytes, unlock(path, password)) if unlock else unlocked(path, password)


def recognise_task(path: Path, name: str, page: int) -> bytes:
    """The words of one page, read off its picture."""
    sniffed = sniff(path, name)
    picture = getattr(formats.get(sniffed.format), "picture", None) if sniffed.format else None
    if picture is None:
        raise Unreadable("There is no such page to draw.", "no-such-page")
    found = recognition.recognise(pictures.pixels(picture(path, page)))
    return json.dumps((found.text, found.confidence, found.turned, found.seals), ensure_ascii=False).encode(
        "utf-8", "replace"
    )


def _read(path: Path, sniffed: Sniffed) -> Text:
    marks = (Caution("misnamed"),) if sniffed.misnamed else ()
    if sniffed.format is None:
        return Text((), cautions=(*marks, Caution("encrypted" if sniffed.encrypted else "no-reader")))
    text = formats.get(sniffed.format).read(path)
    return replace(text, cautions=(*marks, *text.cautions)) if marks else text


def _image_pages(sniffed: Sniffed, text: Text) -> int:
    if sniffed.format is None:
        return 0
    if hasattr(formats.get(sniffed.format), "draw"):
        return int(text.metadata.get("page_count", "0"))
    return rendering.drawn_pages(text)


# ---- The way out: JSON with a length, then the children's bytes. What comes out may be forged. ----

_METADATA_KEYS = ("title", "author", "created", "modified", "producer", "language", "page_count")


def pack(reading: Reading) -> bytes:
    """A reading as bytes."""
    text = reading.text
    head = json.dumps(
        {
            "media_type": reading.media_type,
            "format": reading.format,
            "image_pages": reading.image_pages,
            "pages": text.pages,
            "page_names": text.page_names,
            "metadata": dict(text.metadata),
            "children": [(child.name, len(child.content)) for child in text.children],
            "cautions": [(caution.code, caution.detail) for caution in text.cautions],
            "unread": text.unread,
        },
        ensure_ascii=False,
    ).encode("utf-8", "replace")
    return b"".join((len(head).to_bytes(8, "big"), head, *(child.content for child in text.children)))


def unpack(data: bytes) -> Reading:
    """The reading in these bytes; Unreadable (`crashed`) when they break any promise of Text."""
    try:
        return _unpack(data)
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError) as error:
        raise Unreadable("The reader answered nonsense.", "crashed") from error


def _unpack(data: bytes) -> Reading:
    length = int.from_bytes(data[:8], "big")
    head = cast(dict[str, Any], json.loads(data[8 : 8 + length]))
    pages = tuple(_string(page, limits.TEXT_CHARS_MAX) for page in _list(head["pages"], limits.PAGES_MAX))
    if sum(map(len, pages)) > limits.TEXT_CHARS_MAX:
        raise ValueError("too much text")
    names = tuple(_string(name, 1000) for name in _list(head["page_names"], limits.PAGES_MAX))
    if names and len(names) != len(pages):
        raise ValueError("names do not match pages")
    found = cast(Mapping[str, Any], head["metadata"])
    metadata = {key: _string(found[key], 2000) for key in _METADATA_KEYS if key in found}
    cautions = tuple(_caution(entry) for entry in _list(head["cautions"], 100))
    unread = tuple(_list(head["unread"], limits.PAGES_MAX))
    if not all(type(page) is int and 1 <= page <= len(pages) for page in unread) or len(set(unread)) < len(unread):
        raise ValueError("unread")
    children: list[Child] = []
    at = 8 + length
    for entry in _list(head["children"], limits.CHILDREN_MAX):
        name, size = _list(entry, 2)
        if not isinstance(size, int) or size < 0 or at + size > len(data):
            raise ValueError("children do not fit")
        children.append(Child(_string(name, 1000), data[at : at + size]))
        at += size
    image_pages = head["image_pages"]
    if not isinstance(image_pages, int) or not 0 <= image_pages <= 10_000_000:
        raise ValueError("image_pages")
    name = head["format"]
    if name is not None and name not in formats.names():
        raise ValueError("format")
    media_type = _string(head["media_type"], 200)
    return Reading(media_type, name, Text(pages, names, metadata, tuple(children), cautions, unread), image_pages)


def unpack_pictures(data: bytes, count: int) -> list[bytes]:
    """So many pictures, each a PNG or empty; what is neither is empty too."""
    found: list[bytes] = []
    at = 0
    for _ in range(count):
        length = int.from_bytes(data[at : at + 8], "big")
        png = data[at + 8 : at + 8 + length]
        found.append(png if len(png) == length and png.startswith(_PNG) else b"")
        at += 8 + length
    return found


def unpack_recognised(data: bytes) -> Recognised:
    """What was recognised; Unreadable (`crashed`) when it breaks any promise of Recognised."""
    try:
        text, confidence, turned, seals = _list(json.loads(data), 4)
        if not isinstance(confidence, float | int) or not 0 <= confidence <= 1:
            raise ValueError("confidence")
        if turned not in (0, 90, 180, 270) or not isinstance(seals, int) or not 0 <= seals <= 10_000:
            raise ValueError("turned or seals")
        return Recognised(_string(text, limits.TEXT_CHARS_MAX), float(confidence), turned, seals)
    except (ValueError, TypeError, RecursionError) as error:
        raise Unreadable("The reader answered nonsense.", "crashed") from error


def unpack_marks(data: bytes) -> tuple[int, list[tuple[int, str]]]:
    """Sheets and marks; Unreadable (`crashed`) when they break any promise."""
    try:
        pages, marks = _list(json.loads(data), 2)
        found = [(page, _string(said, 500)) for page, said in (_list(one, 2) for one in _list(marks, 5000))]
        if not all(isinstance(page, int) and 1 <= page <= pages for page, _ in found):
            raise ValueError("marks")
    except (ValueError, TypeError, KeyError) as error:
        raise Unreadable("The reader answered nonsense.", "crashed") from error
    return pages, found


def _list(value: object, length_max: int) -> list[Any]:
    if not isinstance(value, list) or len(cast(list[Any], value)) > length_max:
        raise ValueError("not a list we asked for")
    return cast(list[Any], value)


def _string(value: object, length_max: int) -> str:
    if not isinstance(value, str) or len(value) > length_max:
        raise ValueError("not a string we asked for")
    return clean(value)


def _caution(entry: object) -> Caution:
    code, detail = _list(entry, 2)
    if code not in CAUTIONS:
        raise ValueError("unknown caution")
    return Caution(code, _string(detail, 500))


def _hint(name: str) -> str:
    """Only the end of the name matters, and only as a hint."""
    return name[-255:].encode("utf-8", "replace").decode()
