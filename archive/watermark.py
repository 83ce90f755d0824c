"""A page image with words across it: who read it, when, under which loan; or that it is obsolete, since when."""

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


RED = (190, 24, 24)
OBSOLETE_STRENGTH = 120
"""Seen at arm's length, also on a grey print; what is below stays legible."""


def obsolete(png: bytes, characters: str, words: str) -> bytes:
    """The picture as PNG with these red characters across it, and `words` in a frame at its top."""
    with Image.open(io.BytesIO(png)) as page:
        image = page.convert("RGB")
    image.paste(RED, (0, 0), _stamped(characters, *image.size))
    draw = ImageDraw.Draw(image)
    size, edge = max(9, image.width // 44), max(3, image.width // 160)
    font = _font(size)
    while size > 6 and draw.textlength(words, font=font) > image.width - 6 * edge:
        size -= 1
        font = _font(size)
    left, _, right, bottom = draw.textbbox((0, 0), words, font=font)
    frame = (edge, edge, right - left + 5 * edge, bottom + 4 * edge)
    draw.rectangle(frame, fill="white", outline=RED, width=max(1, edge // 2))
    draw.text((3 * edge, 2 * edge), words, font=font, fill=RED)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def leaf(width_px: int) -> bytes:
    """An empty page as PNG, of the shape of a sheet of A4."""
    buffer = io.BytesIO()
    Image.new("L", (width_px, width_px * 297 // 210), 255).save(buffer, "PNG")
    return buffer.getvalue()


@lru_cache(maxsize=8)
def _stamped(characters: str, width_px: int, height_px: int) -> Image.Image:
    """How much of each pixel is red: the characters once, slanting, as large as the page takes, in a frame."""
    size = max(12, min(int(width_px / (len(characters) + 0.8)), height_px // 2) * 4 // 5)
    font = _font(size)
    left, top, right, bottom = (int(edge) for edge in font.getbbox(characters))
    pad, line = size // 6, max(1, size // 18)
    stamp = Image.new("L", (right - left + 2 * pad, bottom - top + 2 * pad), 0)
    draw = ImageDraw.Draw(stamp)
    draw.rectangle((0, 0, stamp.width - 1, stamp.height - 1), outline=OBSOLETE_STRENGTH, width=line)
    draw.text((pad - left, pad - top), characters, font=font, fill=OBSOLETE_STRENGTH)
    turned = stamp.rotate(ANGLE, Image.Resampling.BILINEAR, expand=True)
    mask = Image.new("L", (width_px, height_px), 0)
    mask.paste(turned, ((width_px - turned.width) // 2, (height_px - turned.height) // 2))
    return mask


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
