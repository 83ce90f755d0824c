"""Pictures: photographs and scans, a page each, whose words are read off by machine; TIFFs with all their pages."""

# pyright: reportUnknownMemberType=false
# Pillow leaves some of its signatures partly unknown.

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from indexer import pictures
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.text import Text
from indexer.writing import metadata

MEDIA_TYPES = ("image/png", "image/jpeg", "image/gif", "image/tiff", "image/bmp", "image/webp", "image/jp2")
EXTENSIONS = ("png", "jpg", "jpeg", "jpe", "jfif", "gif", "tif", "tiff", "bmp", "dib", "webp", "jp2", "j2k")
SAMPLE_PHRASE = "会所钥匙交接单"

_PNG, _JPEG, _GIF, _TIFF = ("png",), ("jpg", "jpeg", "jpe", "jfif"), ("gif",), ("tif", "tiff")
_BMP, _WEBP, _JP2 = ("bmp", "dib"), ("webp",), ("jp2", "j2k")

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png", _PNG),
    (b"\xff\xd8\xff", "image/jpeg", _JPEG),
    (b"GIF87a", "image/gif", _GIF),
    (b"GIF89a", "image/gif", _GIF),
    (b"II*\0", "image/tiff", _TIFF),
    (b"MM\0*", "image/tiff", _TIFF),
    (b"II+\0", "image/tiff", _TIFF),
    (b"MM\0+", "image/tiff", _TIFF),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2", _JP2),
    (b"\xff\x4f\xff\x51", "image/jp2", _JP2),
)


def sample() -> bytes:
    from indexer.rendering import FONT

    image = Image.new("L", (640, 120), 255)
    font = ImageFont.truetype(str(FONT), 48, layout_engine=ImageFont.Layout.BASIC)
    ImageDraw.Draw(image).text((40, 30), SAMPLE_PHRASE, font=font, fill=0)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def claims(seen: Seen) -> Claim | None:
    # A text may well begin with "BM"; a binary signature counts only where there is no text.
    if seen.textual:
        return None
    for signature, media_type, extensions in _SIGNATURES:
        if seen.head.startswith(signature):
            return Claim(media_type, 0.95, extensions)
    if seen.head.startswith(b"RIFF") and seen.head[8:12] == b"WEBP":
        return Claim("image/webp", 0.95, _WEBP)
    if seen.head[:2] == b"BM" and seen.head[6:10] == b"\0\0\0\0":
        return Claim("image/bmp", 0.95, _BMP)
    return None


def read(path: Path) -> Text:
    """As many empty pages as it has pictures, each to be recognised."""
    count = pictures.frames(path)
    facts = metadata(page_count=str(count))
    return Text(("",) * count, (), facts, unread=tuple(range(1, count + 1)))


def picture(path: Path, page: int) -> Image.Image:
    """The page as a machine wants to read it."""
    if not 1 <= page <= pictures.frames(path):
        raise Unreadable("There is no such page to draw.", "no-such-page")
    return pictures.frame(path, page)


def draw(path: Path, page: int, *, width_px: int) -> bytes:
    """The page as it looks, upright."""
    if not 1 <= page <= pictures.frames(path):
        raise Unreadable("There is no such page to draw.", "no-such-page")
    return pictures.png(pictures.frame(path, page, longer_px=2 * width_px), width_px=width_px)
