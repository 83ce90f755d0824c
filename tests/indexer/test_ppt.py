"""Old presentations: the last saving counts, and every slide has its outline, boxes, notes and comments."""

import struct
import zlib
from pathlib import Path

import pytest

from indexer import ole
from indexer.errors import Unreadable
from indexer.formats import ppt
from indexer.text import Text
from tests.samples import make


def record(kind: int, body: bytes, *, container: bool = False, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | (0xF if container else 0), kind, len(body)) + body


def words(text: str) -> bytes:
    return record(4000, text.encode("utf-16-le"))


def listed(place: int, number: int, outline: bytes = b"") -> bytes:
    return record(1011, struct.pack("<IIIII", place, 0, 0, number, 0)) + outline


def slide(inner: bytes, notes: int = 0) -> bytes:
    facts = record(1007, struct.pack("<I8xIII", 0, 0, notes, 0))
    box = record(0xF00D, inner)
    return record(1006, facts + record(1036, record(0xF002, box, container=True), container=True), container=True)


def document(*lists: bytes) -> bytes:
    return record(1000, b"".join(lists), container=True)


def slides_list(*inner: bytes, instance: int = 0) -> bytes:
    return record(4080, b"".join(inner), container=True, instance=instance)


def saved(*savings: dict[int, bytes]) -> ole.Streams:
    """A stream of one saving after the other, each with the parts it wrote."""
    stream, edit_at = b"", 0
    for parts in savings:
        places = b""
        for number, part in parts.items():
            places += struct.pack("<II", 1 << 20 | number, len(stream))
            stream += part
        places_at = len(stream)
        stream += record(6002, places)
        before, edit_at = edit_at, len(stream)
        stream += record(4085, struct.pack("<IIIIIII", 256, 0, before, places_at, 1, 3, 0))
    return {
        "PowerPoint Document": stream,
        "Current User": record(4086, struct.pack("<III", 20, 0xE391C05F, edit_at) + bytes(8)),
    }


def read(tmp_path: Path, streams: ole.Streams) -> Text:
    path = tmp_path / "f"
    path.write_bytes(ole.packed(streams))
    ole.opened.cache_clear()
    return ppt.read(path)


def test_slides_come_in_the_order_of_the_list_each_text_once(tmp_path: Path) -> None:
    text = read(
        tmp_path,
        saved(
            {
                1: document(slides_list(listed(3, 256, words("标题")), listed(2, 257))),
                2: slide(record(4008, b"Plain\x0bletters")),
                3: slide(words("标题") + words("第一行\r第二行")),
            }
        ),
    )

    assert text.pages == ("标题\n第一行\n第二行", "Plain\nletters")
    assert text.cautions == ()


def test_what_an_earlier_saving_said_is_gone(tmp_path: Path) -> None:
    first = {1: document(slides_list(listed(2, 256))), 2: slide(words("旧稿"))}

    assert read(tmp_path, saved(first, {2: slide(words("定稿"))})).pages == ("定稿",)


def test_notes_and_comments_belong_to_their_slide(tmp_path: Path) -> None:
    comment = record(12000, record(4026, "张三".encode("utf-16-le")), container=True)
    tagged = record(5000, comment + record(4026, "___PPT10".encode("utf-16-le")), container=True)
    shown = record(1006, slide(words("收缴率"), notes=300)[8:] + tagged, container=True)
    notes = record(1008, words("讲稿"), container=True)

    text = read(
        tmp_path,
        saved({1: document(slides_list(listed(2, 256)), slides_list(listed(3, 300), instance=2)), 2: shown, 3: notes}),
    )

    assert text.pages == ("收缴率\n张三\n讲稿",)


def test_without_a_readable_directory_every_slide_is_read(tmp_path: Path) -> None:
    streams = saved({1: b"", 2: slide(words("还在")), 3: slide(words("也在"))})

    text = read(tmp_path, {**streams, "Current User": bytes(20)})

    assert text.pages == ("还在", "也在")
    assert [caution.code for caution in text.cautions] == ["partly-unreadable"]


def test_packed_objects_are_handed_over(tmp_path: Path) -> None:
    dropped = make.packed_object("清单.txt", "C:\\清单.txt", b"list")
    packed = record(4113, struct.pack("<I", len(dropped)) + zlib.compress(dropped), instance=1)

    text = read(tmp_path, saved({1: document(slides_list(listed(2, 256))), 2: slide(words("见附件")), 3: packed}))

    assert [(child.name, child.content) for child in text.children] == [("清单.txt", b"list")]
    assert [caution.code for caution in text.cautions] == ["has-children"]


def test_a_locked_presentation_is_kept_and_flagged(tmp_path: Path) -> None:
    text = read(tmp_path, {"PowerPoint Document": bytes(64), "Current User": bytes(12) + b"\xdf\xc4\xd1\xf3"})

    assert [caution.code for caution in text.cautions] == ["encrypted"]


def test_a_stream_without_a_slide_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as raised:
        read(tmp_path, {"PowerPoint Document": b"\xff" * 64, "Current User": b""})

    assert raised.value.code == "damaged"
