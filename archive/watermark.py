"""A page image with words across it that say who read it, when, and under which loan."""

# Pillow leaves some of its signatures partly unknown.
# pyright: reportUnknownMemberType=false

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from indexer.rendering import FONT

ANGLE = 24
INK, STRENGTH = 90, 64
"""Grey of the words, and how much of it shows through, of 255: seen on every copy, and what is below stays legible."""


def marked(png: bytes, words: str) -> bytes:
    """The picture as PNG with `words` tiled across it. Nothing of this is ever kept: it is for one reader, once."""
    with Image.open(io.BytesIO(png)) as page:
        image = page.convert("L") if page.mode in ("1", "L") else page.convert("RGB")
    mask = _mask(words, *image.size)
    image.paste(INK if image.mode == "L" else (INK, INK, INK), (0, 0), mask)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


@lru_cache(maxsize=8)
def _mask(words: str, width_px: int, height_px: int) -> Image.Image:
    """How much of each pixel is ink: the words in slanting rows over the whole page."""
    size = max(10, width_px // 46)
    font = _font(size)
    line = ImageFont.TransposedFont(font).getbbox(words)
    step_x, step_y = int(line[2]) + 4 * size, 7 * size
    tile = Image.new("L", (step_x, step_y), 0)
    ImageDraw.Draw(tile).text((0, step_y // 2), words, font=font, fill=STRENGTH)
    reach = int((width_px**2 + height_px**2) ** 0.5) + step_x
    sheet = Image.new("L", (reach, reach), 0)
    for row, y in enumerate(range(0, reach, step_y)):
        for x in range(-(row % 2) * step_x // 2, reach, step_x):
            sheet.paste(tile, (x, y))
    turned = sheet.rotate(ANGLE, Image.Resampling.BILINEAR)
    left, top = (reach - width_px) // 2, (reach - height_px) // 2
    return turned.crop((left, top, left + width_px, top + height_px))


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    # Glyph by glyph: the shaping engine refuses some character sequences, and a mark must not depend on that.
    return ImageFont.truetype(str(FONT), size, layout_engine=ImageFont.Layout.BASIC)
