"""What held from when until when, drawn by the server as SVG over a scale of years: no script, no colour that matters
alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

WIDTH, ROW, MARGIN = 400, 38, 6
LABEL_MAX = 15
"""Narrow, with each label above its bar: the whole of it is seen, and can be read, on a telephone."""


@dataclass(frozen=True, slots=True)
class Span:
    """A row of a timeline: from a day, until a day that is still in it (None: open). `kind` is the class of its bar,
    `said` what it says in words."""

    label: str
    first: date
    last: date | None
    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A day that counts for every row."""

    day: date
    label: str
    kind: str = "chart-mark"


def timeline(spans: Sequence[Span], marks: Sequence[Mark], label: str) -> Markup:
    """A bar per row from its first day to its last over a scale of years, and lines where a day counts for all."""
    days = [day for span in spans for day in (span.first, span.last) if day] + [mark.day for mark in marks]
    begins = date(min(days).year, 1, 1)
    ends = date(max(days).year + 1, 1, 1)
    room, total = WIDTH - 2 * MARGIN, (ends - begins).days

    def at(day: date) -> float:
        return MARGIN + room * (day - begins).days / total

    top, bottom = 22, 22 + len(spans) * ROW
    years = range(begins.year, ends.year)
    step = max(1, -(-len(years) // 9))
    drawn = [
        f'<line class="chart-line" x1="{at(date(year, 1, 1)):.1f}" x2="{at(date(year, 1, 1)):.1f}" y1="16" '
        f'y2="{bottom}"/><text class="chart-year" x="{at(date(year, 1, 1)) + 3:.1f}" y="13">{year}</text>'
        for year in years[::step]
    ]
    for number, span in enumerate(spans):
        y = top + number * ROW
        left = at(span.first)
        right = at(span.last + timedelta(days=1)) if span.last else float(WIDTH - MARGIN)
        # Above the bar, from where it begins as long as there is room for the words.
        side, x = ("end", right) if left > MARGIN + room / 2 else ("start", left)
        drawn.append(
            f"<g><title>{escape(span.label)}: {escape(span.said)}</title>"
            f'<text x="{x:.1f}" y="{y + 14}" text-anchor="{side}">{escape(_short(span.label))}</text>'
            f'<rect class="{span.kind}" x="{left:.1f}" y="{y + 19}" width="{max(right - left, 3):.1f}" '
            f'height="{ROW - 23}" rx="2"/></g>'
        )
    height = bottom + 4 + 14 * len(marks)
    for number, mark in enumerate(marks):
        x, y = at(mark.day), bottom + 14 + 14 * number
        side = "end" if x > MARGIN + room / 2 else "start"
        drawn.append(
            f'<g class="{mark.kind}"><line x1="{x:.1f}" x2="{x:.1f}" y1="16" y2="{y}"/>'
            f'<text x="{x + (-4 if side == "end" else 4):.1f}" y="{y}" text-anchor="{side}">{escape(mark.label)}</text>'
            f"</g>"
        )
    return Markup(  # noqa: S704 — numbers and words, escaped where they are put in
        f'<svg class="chart timeline" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{''.join(drawn)}</svg>"
    )


def _short(text: str) -> str:
    return text if len(text) <= LABEL_MAX else f"…{text[1 - LABEL_MAX :]}"
