"""Pictures of numbers, drawn by the server as SVG that says in words what it shows: no script, no colour that matters
alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 720
ROW, LABEL_WIDTH = 26, 230
HEIGHT, FOOT, LEFT = 200, 22, 40


@dataclass(frozen=True, slots=True)
class Bar:
    """So many of so many; `most` is 0 where nobody has said how many there could be."""

    label: str
    count: int
    most: int


def bars(rows: Sequence[Bar], label: str) -> Markup:
    """A bar per row, as long as what it holds is of what it could; red where it holds more."""
    widest = max((row.count for row in rows if not row.most), default=0) or 1
    room = WIDTH - LABEL_WIDTH - 90
    drawn: list[str] = []
    for number, row in enumerate(rows):
        top = number * ROW
        share = row.count / (row.most or widest)
        kind = "chart-bad" if row.most and row.count > row.most else "chart-good" if row.most else "chart-plain"
        said = f"{row.count} / {row.most}  {share:.0%}" if row.most else f"{row.count}"
        drawn.append(
            f"<g><title>{escape(row.label)}: {said}</title>"
            f'<text x="{LABEL_WIDTH - 8}" y="{top + 17}" text-anchor="end">{escape(_short(row.label))}</text>'
            f'<rect class="chart-none" x="{LABEL_WIDTH}" y="{top + 4}" width="{room}" height="{ROW - 9}"/>'
            f'<rect class="{kind}" x="{LABEL_WIDTH}" y="{top + 4}" width="{room * min(share, 1):.1f}" '
            f'height="{ROW - 9}"/><text x="{LABEL_WIDTH + room + 8}" y="{top + 17}">{said}</text></g>'
        )
    return _picture("".join(drawn), max(len(rows), 1) * ROW, label)


@dataclass(frozen=True, slots=True)
class Line:
    """Values over time: each at a share of the width, from 0 to 1, with the words for it."""

    points: Sequence[tuple[float, float, str]]
    low: float | None
    high: float | None
    unit: str


def line(one: Line, label: str, ends: tuple[str, str]) -> Markup:
    """A line with its limits as dashes, and a red ring around every value outside of them."""
    values = [value for _, value, _ in one.points] + [edge for edge in (one.low, one.high) if edge is not None]
    least, most = (min(values) - 2, max(values) + 2) if values else (0.0, 1.0)
    span = (most - least) or 1.0

    def across(share: float) -> float:
        return LEFT + share * (WIDTH - LEFT - 10)

    def down(value: float) -> float:
        return 8 + (HEIGHT - FOOT - 16) * (1 - (value - least) / span)

    drawn: list[str] = []
    for edge in (one.low, one.high):
        if edge is not None:
            y = down(edge)
            drawn.append(
                f'<line class="chart-limit" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - 10}" y2="{y:.1f}"/>'
                f'<text x="{LEFT - 4}" y="{y + 4:.1f}" text-anchor="end">{edge:g}</text>'
            )
    path = " ".join(f"{across(share):.1f},{down(value):.1f}" for share, value, _ in one.points)
    if path:
        drawn.append(f'<polyline class="chart-line" points="{path}"/>')
    for share, value, said in one.points:
        out = (one.low is not None and value < one.low) or (one.high is not None and value > one.high)
        drawn.append(
            f'<circle class="{"chart-out" if out else "chart-dot"}" cx="{across(share):.1f}" cy="{down(value):.1f}" '
            f'r="{5 if out else 2.5}"><title>{escape(said)}: {value:g} {escape(one.unit)}</title></circle>'
        )
    drawn.append(f'<text x="{LEFT}" y="{HEIGHT - 4}">{escape(ends[0])}</text>')
    drawn.append(f'<text x="{WIDTH - 10}" y="{HEIGHT - 4}" text-anchor="end">{escape(ends[1])}</text>')
    return _picture("".join(drawn), HEIGHT, label)


def _picture(inside: str, height: int, label: str) -> Markup:
    return Markup(  # noqa: S704 — numbers and words, escaped where they are put in
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">{inside}</svg>'
    )


def _short(text: str) -> str:
    return text if len(text) <= 17 else f"…{text[-16:]}"
