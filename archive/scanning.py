"""A photo of a label becomes what the label says.

Photos come from people at the counter, and are looked at like anything from outside: only kinds of picture a
telephone makes, bounded in bytes and in pixels before anything is unpacked.
"""

# Pillow and zxing-cpp leave some of their signatures partly unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import io

import zxingcpp
from PIL import Image, UnidentifiedImageError

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.errors import Invalid

BYTES_MAX = 12 << 20
PIXELS_MAX = 50_000_000
SIDE = 2000
"""A label fills enough of a photo to be read when its longer side has so many pixels; smaller is faster."""

UNREADABLE = "No label can be read in this photo; go nearer, and mind the light."


def label_in(actor: Actor, photo: bytes) -> str:
    """What the label in this photo says. Raises Invalid when there is none to be read."""
    rules.require(actor, Action.TAKE_PART)
    if len(photo) > BYTES_MAX:
        raise Invalid("The photo is larger than a photo of a label needs to be.", "too-large")
    try:
        with Image.open(io.BytesIO(photo), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise Invalid("The photo is larger than a photo of a label needs to be.", "too-large")
            picture.draft("L", (SIDE, SIDE))
            grey = picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Invalid(UNREADABLE, "no-label") from None
    grey.thumbnail((SIDE, SIDE))
    found = [one.text.strip() for one in zxingcpp.read_barcodes(grey) if one.text.strip()]
    if not found:
        raise Invalid(UNREADABLE, "no-label")
    return found[0][:500]
