"""How the lines of the ledger hang together, and how to tell what was done to them.

The digest of a line is SHA-256 over every column but itself, as canonical JSON: sequence number, time,
actor, action, subject, site, payload and the digest of the line before (INV-16). A chain detects, it does
not prevent: who rewrites every line from some point on is found out by an anchor kept elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise

START = "0" * 64
"""What the first line follows."""

CLOCK_CORRECTED = "ledger.clock-corrected"
"""The one line that may be earlier than the one before: it says that the clock had been ahead."""

_REACH = 64
"""How far from its place a moved line is looked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the ledger as it stands in the database; `at` in microseconds since 1970, payload unparsed."""

    seq: int
    at: int
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    site: str
    payload: str
    previous: str
    digest: str = ""

    def computed(self) -> str:
        """The digest this line ought to have."""
        columns = [
            self.seq,
            self.at,
            self.actor,
            self.action,
            self.subject_kind,
            self.subject_id,
            self.site,
            self.payload,
            self.previous,
        ]
        return hashlib.sha256(json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Fault:
    """What was done to which line. `kind`: edited, removed, inserted, reordered or cut-off; time for one that is
    earlier than the line before; rewritten for one that is not what an anchor says it was."""

    kind: str
    seq: int
    detail: str


def faults(lines: Iterable[Line], head: tuple[int, str]) -> Iterator[Fault]:
    """What is wrong with the chain, oldest first; nothing if it is whole.

    `head` is the number and digest the archive believes to be the last. A consequence of a fault (every line
    after an inserted one has moved by one) is not reported again.
    """
    before, before_is = Line(0, 0, "", "", "", "", "", "", "", START), "whole"
    earlier, shift = "", 0
    for line, following in pairwise(chain(lines, [None])):
        assert line is not None
        moved, is_ = _moved(line), "whole"
        if line.seq > before.seq + 1:
            first, last = before.seq + 1, line.seq - 1
            yield Fault(
                "removed", first, f"line {first} is missing" if first == last else f"lines {first}–{last} are missing"
            )
        elif moved == shift == 0 and line.previous != before.digest and before_is == "whole":
            yield Fault("edited", before.seq, f"line {line.seq} was written after another line {before.seq}")
        if moved is None:
            is_ = "inserted" if following is not None and following.previous == before.digest else "edited"
            reason = (
                "the next line does not know it" if is_ == "inserted" else "its digest does not cover what it says now"
            )
            yield Fault(is_, line.seq, reason)
        elif moved != shift:
            origin = f"what stands here was line {line.seq + moved}"
            if moved == shift - 1 and line.previous == earlier and before_is != "reordered":
                if before_is != "inserted":
                    yield Fault("inserted", before.seq, f"line {line.seq} was written when it was not there")
                shift = moved
            elif moved > shift and following is not None and _moved(following) == moved:
                yield Fault("removed", line.seq, origin)
                shift = moved
            elif moved != 0:
                is_ = "reordered"
                yield Fault("reordered", line.seq, origin)
            else:
                shift = 0
        hangs = line.previous == before.digest and (following is None or following.previous == line.digest)
        if line.at < before.at and line.action != CLOCK_CORRECTED and is_ == before_is == "whole" and hangs:
            yield Fault("time", line.seq, f"it says an earlier time than line {before.seq}")
        earlier, before, before_is = before.digest, line, is_
    if before.seq < head[0]:
        yield Fault("cut-off", before.seq + 1, f"the last {head[0] - before.seq} lines are missing")
    elif before.seq > head[0]:
        yield Fault("inserted", head[0] + 1, "it was added past the end")
    elif before.digest != head[1] and before.computed() == before.digest:
        yield Fault("edited", before.seq, "it is not the line that was written last")


def _moved(line: Line) -> int | None:
    """0 if the line stands where it was written, n if it was written n places later, None if it was changed."""
    if line.computed() == line.digest:
        return 0
    for distance in range(1, _REACH + 1):
        for offset in (distance, -distance):
            if replace(line, seq=line.seq + offset).computed() == line.digest:
                return offset
    return None
