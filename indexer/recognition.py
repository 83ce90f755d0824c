"""Words are read off a picture: found, set upright, recognised, and put in the order a person reads them.

Everything happens offline, with the models that the library brings with it, in one thread. Lines are looked for in
a small copy of the picture and read in the large one, which is both quicker and better than one size for both.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# The library of the models is untyped, and so is most of OpenCV.

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer import limits, seals

Pixels = NDArray[np.uint8]
"""Rows, columns, and red, green and blue."""

Box = NDArray[np.float32]
"""Four corners, clockwise, the first where a reader begins."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was read off one picture. `confidence` is between 0 and 1, and 1 where there was nothing to read.

    `turned` is by how many degrees clockwise the picture had to be turned to be read; `seals` is how many round
    seals are on it.
    """

    text: str
    confidence: float = 1.0
    turned: int = 0
    seals: int = 0


LOW_CONFIDENCE = 0.85
"""Below this a person should compare the words with the picture."""

_FIND_PX, _FIND_AGAIN_PX = 1280, 1920
"""The longer side of the copy in which lines are looked for: at first, and when the first reading is unsure."""
_FIND_SHORT_PX = 640
_STRIP = 8
"""A picture so many times as wide as high is a strip; the models expect something like a page around it."""
_LINE_SCORE_MIN = 0.5
_LINE_HEIGHT_MIN_PX = 6
_VERTICAL = 1.5
"""A box so many times as high as wide holds a line that runs downwards."""
_SAMPLE = 8


@dataclass(frozen=True, slots=True)
class _Line:
    left: float
    top: float
    right: float
    bottom: float
    text: str
    score: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class _Models:
    find: Any
    which_way_up: Any
    read: Any
    cut_out: Any
    question: Any


def warm() -> None:
    """Load the models now, and let them see one picture."""
    recognise(np.full((64, 256, 3), 255, np.uint8))


def recognise(pixels: Pixels) -> Recognised:
    """Read one picture, however it was laid on the glass."""
    page, found_seals = seals.faded(pixels)
    page = np.ascontiguousarray(page[:, :, ::-1])
    boxes = _found(page, _FIND_PX)
    if not len(boxes):
        return Recognised(*_whole(page), seals=found_seals)
    quarters = _quarter_turns(page, boxes)
    if quarters:
        page = np.ascontiguousarray(np.rot90(page, -quarters))
        boxes = _found(page, _FIND_PX)
    lines, confidence = _read(page, boxes)
    if confidence < LOW_CONFIDENCE and max(page.shape) > _FIND_PX and limits.remaining_s() > 20:
        closer, more_confident = _read(page, _found(page, _FIND_AGAIN_PX))
        if more_confident > confidence:
            lines, confidence = closer, more_confident
    return Recognised(_laid_out(lines), round(confidence, 3), 90 * quarters, found_seals)


@cache
def _models() -> _Models:
    # Before the runtime is loaded: it would report on its use to its makers, in a thread of its own.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import cv2
    from rapidocr import RapidOCR
    from rapidocr.ch_ppocr_cls import TextClassifier
    from rapidocr.ch_ppocr_det import TextDetector
    from rapidocr.ch_ppocr_rec import TextRecInput, TextRecognizer
    from rapidocr.utils.process_img import get_rotate_crop_image

    cv2.setNumThreads(1)
    config = RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.limit_type": "max",
            "Det.limit_side_len": _FIND_AGAIN_PX,
            "Rec.rec_batch_num": 4,
        }
    ).cfg
    for part in (config.Det, config.Cls, config.Rec):
        part.engine_cfg = config.EngineConfig[part.engine_type.value]
        part.model_root_dir = config.Global.model_root_dir
        part.font_path = None
    return _Models(
        TextDetector(config.Det),
        TextClassifier(config.Cls),
        TextRecognizer(config.Rec),
        get_rotate_crop_image,
        TextRecInput,
    )


def _found(page: Pixels, longer_px: int) -> list[Box]:
    """Where lines are, in the order a person reads them."""
    import cv2

    page, across, down = _padded(page)
    height, width = page.shape[:2]
    scale = min(longer_px / max(height, width), max(1.0, _FIND_SHORT_PX / min(height, width)))
    sized = page
    if scale != 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        sized = cv2.resize(page, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    boxes = _models().find(sized).boxes
    if boxes is None:
        return []
    offset = np.array((across, down), np.float32)
    return [box.astype(np.float32) / scale - offset for box in boxes]


def _padded(page: Pixels) -> tuple[Pixels, int, int]:
    """A strip with something like a page around it; and by how much its corner has moved."""
    height, width = page.shape[:2]
    across = max(0, height // _STRIP - width) // 2
    down = max(0, width // _STRIP - height) // 2
    if not across and not down:
        return page, 0, 0
    return np.pad(page, ((down, down), (across, across), (0, 0)), "edge"), across, down


def _cut_out(page: Pixels, boxes: Sequence[Box]) -> list[Pixels]:
    """Each line as a picture of its own; what runs downwards is turned a quarter to the left."""
    return [_models().cut_out(page, box.copy()) for box in boxes]


def _score(lines: Sequence[Pixels]) -> float:
    """How sure the reader is of these, weighted by how much they say."""
    return _confidence(list(zip(*_texts(lines), strict=True)))


def _texts(lines: Sequence[Pixels]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    models = _models()
    read = models.read(models.question(img=list(lines), return_word_box=False))
    return read.txts or (), tuple(float(score) for score in read.scores or ())


def _confidence(read: Sequence[tuple[str, float]]) -> float:
    weight = sum(len(text.strip()) for text, _ in read)
    return sum(len(text.strip()) * score for text, score in read) / weight if weight else 0.0


def _sides(box: Box) -> tuple[float, float]:
    """Width and height."""
    return (
        max(math.dist(box[0], box[1]), math.dist(box[2], box[3])),
        max(math.dist(box[0], box[3]), math.dist(box[1], box[2])),
    )


def _quarter_turns(page: Pixels, boxes: Sequence[Box]) -> int:
    """How many quarters to turn the page clockwise until its lines run to the right, the right way up."""
    sides = [_sides(box) for box in boxes]
    across = sum(width * height for width, height in sides if width >= _VERTICAL * height)
    downwards = sum(width * height for width, height in sides if height >= _VERTICAL * width)
    longest = sorted(range(len(boxes)), key=lambda at: max(sides[at]), reverse=True)
    if downwards > across:
        chosen = [boxes[at] for at in longest if sides[at][1] >= _VERTICAL * sides[at][0]][:_SAMPLE]
        lines = _cut_out(page, chosen)
        left, right = _score(lines), _score([np.ascontiguousarray(np.rot90(line, 2)) for line in lines])
        # Lines that read badly either way are written downwards, and the page lies as it should.
        return 0 if max(left, right) < _LINE_SCORE_MIN else 3 if left >= right else 1
    chosen = [boxes[at] for at in longest if sides[at][0] >= _VERTICAL * sides[at][1]][:_SAMPLE]
    if not chosen:
        return 0
    lines = _cut_out(page, chosen)
    votes = _models().which_way_up(lines).cls_res
    upside_down = sum(1 if "180" in label else -1 for label, _ in votes)
    # The vote is cheap and mostly right; the reading settles it.
    if upside_down < -len(votes) // 2:
        return 0
    return 2 if _score([np.ascontiguousarray(np.rot90(line, 2)) for line in lines]) > _score(lines) else 0


def _read(page: Pixels, boxes: Sequence[Box]) -> tuple[list[_Line], float]:
    boxes = [box for box in boxes if min(_sides(box)) >= _LINE_HEIGHT_MIN_PX]
    if not boxes:
        return [], 1.0
    read = list(zip(*_texts(_cut_out(page, boxes)), strict=True))
    lines = [
        _Line(*_edges(box), text.strip(), score)
        for box, (text, score) in zip(boxes, read, strict=True)
        if text.strip() and score >= _LINE_SCORE_MIN
    ]
    return lines, _confidence(read)


def _edges(box: Box) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    return float(box[:, 0].min()), float(box[:, 1].min()), float(box[:, 0].max()), float(box[:, 1].max())


def _whole(page: Pixels) -> tuple[str, float]:
    """A picture that is one line from edge to edge, where no line was found; else nothing."""
    height, width = page.shape[:2]
    if width >= 2 * height and page.std() > 8:
        (text,), (score,) = _texts([page])
        if text.strip() and score >= LOW_CONFIDENCE:
            return text.strip(), score
    return "", 1.0


def _laid_out(lines: Sequence[_Line]) -> str:
    """Lines beside one another become one; those of a table keep a tab between them."""
    rows: list[list[_Line]] = []
    for line in sorted(lines, key=lambda one: one.top + one.bottom):
        middle = (line.top + line.bottom) / 2
        for row in reversed(rows[-3:]):
            last = row[-1]
            if last.top < middle < last.bottom and line.top < (last.top + last.bottom) / 2 < line.bottom:
                row.append(line)
                break
        else:
            rows.append([line])
    return "\n".join(_row(sorted(row, key=lambda one: one.left)) for row in rows)


def _row(row: Sequence[_Line]) -> str:
    text = row[0].text
    for before, line in pairwise(row):
        gap = (line.left - before.right) / max(before.height, 1.0)
        text += ("\t" if gap > 2 else " " if gap > 0.5 else "") + line.text
    return text
