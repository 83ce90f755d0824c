"""How much of anything one file may cost, and how long the reader still has."""

import time

FILE_BYTES_MAX = 1 << 30
"""A file longer than this is not read at all."""

TEXT_CHARS_MAX = 20_000_000
PAGES_MAX = 50_000

ZIP_MEMBERS_MAX = 20_000
ZIP_BYTES_MAX = 512 << 20
"""What all members of one package may come to when unpacked."""
ZIP_RATIO_MAX = 200
ZIP_RATIO_FREE_BYTES = 32 << 20
"""A member may be packed as tightly as it likes until it unpacks to more than this."""

CHILDREN_MAX = 500
CHILDREN_BYTES_MAX = 128 << 20

PICTURE_SIDE_MAX_PX = 8000
"""The longest side of a picture that is drawn of a page."""

NESTING_MAX = 3
"""How many documents deep inside one another are read."""

INSIDE_MAX = 2000
INSIDE_BYTES_MAX = 512 << 20
"""How many files one file may have inside it, however deep, and what they may come to."""

_deadline = float("inf")
_reserve = 0.0


def set_time_s(seconds: float) -> None:
    """From now on the time runs. Called once in the process that reads one file."""
    global _deadline, _reserve
    _deadline = time.monotonic() + seconds
    _reserve = min(4.0, seconds / 8)


def remaining_s() -> float:
    """Seconds until it is time to hand back what was read; infinite where nobody set a limit."""
    return _deadline - _reserve - time.monotonic()


def almost_over() -> bool:
    """True when a format that reads piece by piece had better stop: half a text is worth more than none."""
    return remaining_s() <= 0
