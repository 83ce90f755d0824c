"""Round red seals on a page: counted, and faded where they lie over the words."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Most of OpenCV is untyped.

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_SMALL_PX = 800
"""Seals are looked for in a copy with this longer side: they are the largest round things on a page."""
_ACROSS_MIN = 0.05
"""A seal of four centimetres is a fifth of a sheet of A4; one on a drawing may be smaller."""
_ACROSS_MAX = 0.5
_REDDER = 45


def faded(pixels: Pixels) -> tuple[Pixels, int]:
    """The page with its round seals faded to paper, so that the words below them can be read; and how many there are.

    Only what lies in a ring is faded: the red heads of official letters are words like others.
    """
    import cv2

    height, width = pixels.shape[:2]
    scale = min(1.0, _SMALL_PX / max(height, width))
    small = pixels
    if scale < 1:
        size = (max(1, int(width * scale)), max(1, int(height * scale)))
        small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    mask = _red(small)
    if mask.mean() < 0.0005:
        return pixels, 0
    rings = _rings(mask.astype(np.uint8))
    if not rings:
        return pixels, 0
    page = pixels.copy()
    for x, y, radius in rings:
        reach = radius * 1.08 / scale
        left, right = max(0, int(x / scale - reach)), min(width, int(x / scale + reach) + 1)
        top, bottom = max(0, int(y / scale - reach)), min(height, int(y / scale + reach) + 1)
        part = page[top:bottom, left:right]
        # What is red on paper is bright in the red light; ink below it stays dark.
        part[_red(part)] = part[_red(part)][:, :1]
    return page, len(rings)


def _red(pixels: Pixels) -> NDArray[np.bool_]:
    red = pixels[:, :, 0].astype(np.int16)
    return red - np.maximum(pixels[:, :, 1], pixels[:, :, 2]) > _REDDER


def _rings(mask: NDArray[np.uint8]) -> list[tuple[float, float, float]]:
    """Centre and radius of what is red, round, and has its red on the rim."""
    import cv2

    longer = max(mask.shape)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    found: list[tuple[float, float, float]] = []
    for label in range(1, min(count, 2000)):
        left, top, width, height = (int(value) for value in stats[label][:4])
        if not _ACROSS_MIN * longer <= max(width, height) <= _ACROSS_MAX * longer or not 0.75 < width / height < 1.33:
            continue
        x, y, radius = left + width / 2, top + height / 2, (width + height) / 4
        rows, columns = np.nonzero(labels[top : top + height, left : left + width] == label)
        distance = np.hypot(columns + 0.5 - width / 2, rows + 0.5 - height / 2) / radius
        angle = np.arctan2(rows + 0.5 - height / 2, columns + 0.5 - width / 2)
        rim = distance > 0.82
        around = np.unique(((angle[rim] + np.pi) * 18 / np.pi).astype(int))
        # Red nearly all the way round the rim, and little of it outside a circle.
        if len(around) >= 28 and (distance > 1.12).mean() < 0.02:
            found.append((x, y, radius))
    # The star in the middle of a seal is part of it.
    return [one for one in found if not any(_inside(one, other) for other in found)]


def _inside(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    return other[2] > one[2] and float(np.hypot(one[0] - other[0], one[1] - other[1])) < other[2]
