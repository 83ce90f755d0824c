"""Pictures from outside: opened without being blown up by them, upright, on white paper, in red, green and blue."""

# pyright: reportUnknownMemberType=false
# Pillow leaves some of its signatures partly unknown.

import io
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps

from indexer import limits
from indexer.errors import Exhausted, Unreadable

PIXELS_MAX = 120_000_000
"""A3 at 600 dots per inch has 70 million."""
FRAMES_MAX = 5000
READ_SIDE_PX = 3000
"""The longer side of what is read by machine: A4 at 250 dots per inch."""
_SIDE_MIN_PX = 1
_OPEN_FAILURES = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, ArithmeticError)
"""What Pillow raises on bent files, as found by bending them."""


@contextmanager
def opened(source: Path | bytes) -> Generator[Image.Image]:
    """The picture, not yet unpacked. Raises Unreadable where it is none, Exhausted where it is far too large."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    with warnings.catch_warnings():
        # Ours is the limit that counts.
        warnings.simplefilter("ignore")
        Image.MAX_IMAGE_PIXELS = None
        try:
            image = Image.open(source if isinstance(source, Path) else io.BytesIO(source))
        except _OPEN_FAILURES as error:
            raise Unreadable("The picture is damaged.", "damaged") from error
        with image:
            yield image


def frames(source: Path | bytes) -> int:
    """How many pages a picture has: those of a TIFF; of a moving picture the first counts."""
    with opened(source) as image:
        _check_size(image)
        try:
            # A damaged picture that opens but does not unpack is found out now, not when somebody wants to see it.
            image.load()
            if image.format != "TIFF":
                return 1
            return max(1, min(int(getattr(image, "n_frames", 1)), FRAMES_MAX))
        except MemoryError:
            raise
        except _OPEN_FAILURES as error:
            raise Unreadable("The picture is damaged.", "damaged") from error


def frame(source: Path | bytes, number: int, *, longer_px: int = READ_SIDE_PX) -> Image.Image:
    """Page `number` (from 1), no larger than asked for. Raises Unreadable (`no-such-page`) where it cannot be had."""
    with opened(source) as image:
        try:
            if number > 1:
                image.seek(number - 1)
            _check_size(image)
            image.draft("RGB", (2 * longer_px, 2 * longer_px))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail(
                (longer_px, longer_px), Image.Resampling.LANCZOS if _few(upright) else Image.Resampling.BILINEAR
            )
            return _on_paper(upright)
        except MemoryError:
            raise
        except _OPEN_FAILURES as error:
            raise Unreadable("This page of the picture is damaged.", "no-such-page") from error


def pixels(image: Image.Image) -> NDArray[np.uint8]:
    """As the reader of words wants it."""
    return np.ascontiguousarray(np.asarray(image.convert("RGB"), np.uint8))


def png(image: Image.Image, *, width_px: int) -> bytes:
    """The picture as PNG, so many pixels wide."""
    height = max(1, round(image.height * width_px / max(image.width, 1)))
    if (image.width, image.height) != (width_px, height):
        image = image.resize((width_px, min(height, limits.PICTURE_SIDE_MAX_PX)), Image.Resampling.BILINEAR)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=2)
    return buffer.getvalue()


def _few(image: Image.Image) -> bool:
    return image.width * image.height < 30_000_000


def _check_size(image: Image.Image) -> None:
    if min(image.size) < _SIDE_MIN_PX:
        raise Unreadable("The picture is damaged.", "damaged")
    if image.width * image.height > PIXELS_MAX:
        raise Exhausted("The picture has more pixels than a page can have.", "too-large")


def _on_paper(image: Image.Image) -> Image.Image:
    """Without transparency: on white, or on black where the ink itself is white."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _levelled(image)
    if image.mode in ("1", "L"):
        return image.convert("L")
    if image.mode == "P" and "transparency" not in image.info and "A" not in image.getbands():
        return image.convert("RGB")
    if image.mode not in ("RGBA", "LA", "PA", "La", "RGBa", "P") and "transparency" not in image.info:
        return image.convert("RGB")
    image = image.convert("RGBA")
    alpha = np.asarray(image.getchannel("A"))
    ink = np.asarray(image.convert("L"))[alpha > 128]
    bright = ink.size and ink.size < alpha.size and float(ink.mean()) > 200
    paper = Image.new("RGB", image.size, (0, 0, 0) if bright else (255, 255, 255))
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _levelled(image: Image.Image) -> Image.Image:
    """Sixteen bits and more, from its darkest to its brightest."""
    values = np.asarray(image, np.float64)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    grey = (values - low) * (255 / (high - low)) if high > low else np.full(values.shape, 255.0)
    return Image.fromarray(np.nan_to_num(grey).astype(np.uint8))
