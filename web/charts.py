"""Pictures of numbers, drawn by the server as SVG that says in words what it shows: no script, no colour that matters
alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

WIDTH = 720
ROW, LABEL_WIDTH = 26, 230


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
class Dot:
    """A value at an instant, with what is said of it; `bad` ones are out of range."""

    at: datetime
    value: float
    label: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """What is in range from an instant until another."""

    begins: datetime
    ends: datetime
    least: float
    most: float


PANEL, MARGIN = 170, 44


def course(
    series: Sequence[Sequence[Dot]], bands: Sequence[Band], ticks: Sequence[tuple[datetime, str]], label: str
) -> Markup:
    """Values in the course of time, a line for each series, over what was in range; out of range is a diamond.

    The picture reaches from the first band to the end of the last one, of which there is at least one.
    """
    begins, ends = bands[0].begins, bands[-1].ends
    values = [dot.value for some in series for dot in some]
    lowest = min([one.least for one in bands] + values)
    highest = max([one.most for one in bands] + values)
    spare = (highest - lowest) * 0.08 or 1

    def x(at: datetime) -> float:
        return MARGIN + (WIDTH - MARGIN - 8) * ((at - begins) / (ends - begins))

    def y(value: float) -> float:
        return 8 + (PANEL - 34) * (1 - (value - lowest + spare) / (highest - lowest + 2 * spare))

    drawn = [
        f'<rect class="chart-none" x="{x(one.begins):.1f}" y="{y(one.most):.1f}" '
        f'width="{x(one.ends) - x(one.begins) + 0.5:.1f}" height="{y(one.least) - y(one.most):.1f}"/>'
        for one in bands
    ]
    drawn += [
        f'<text x="{MARGIN - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>'
        for value in (bands[-1].least, bands[-1].most)
    ]
    drawn += [f'<text x="{x(at):.1f}" y="{PANEL - 6}" text-anchor="middle">{escape(said)}</text>' for at, said in ticks]
    for number, some in enumerate(series):
        line = " ".join(f"{x(dot.at):.1f},{y(dot.value):.1f}" for dot in some)
        drawn.append(f'<polyline class="chart-line chart-line-{number % 3}" points="{line}"/>')
        drawn += [_dot(x(dot.at), y(dot.value), dot) for dot in some]
    return _picture("".join(drawn), PANEL, label)


def _dot(x: float, y: float, dot: Dot) -> str:
    if dot.bad:
        shape = f'<path class="chart-bad" d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z"/>'
    else:
        shape = f'<circle class="chart-plain" cx="{x:.1f}" cy="{y:.1f}" r="2"/>'
    return f"<g><title>{escape(dot.label)}</title>{shape}</g>"


def spark(counts: Sequence[tuple[str, int]], label: str) -> Markup:
    """A small bar for each of a few periods, beside a table that says the same in numbers."""
    most = max((count for _, count in counts), default=0) or 1
    drawn = "".join(
        f'<rect class="chart-plain" x="{at * 11}" y="{22 - 20 * count / most:.1f}" width="9" '
        f'height="{20 * count / most + 1:.1f}"/>'
        for at, (_, count) in enumerate(counts)
    )
    said = escape(f"{label} " + ", ".join(f"{period}: {count}" for period, count in counts))
    return Markup(  # noqa: S704 — numbers and words, escaped where they are put in
        f'<svg class="spark" width="{len(counts) * 11}" height="24" role="img" aria-label="{said}">'
        f"<title>{said}</title>{drawn}</svg>"
    )


def _picture(inside: str, height: int, label: str) -> Markup:
    return Markup(  # noqa: S704 — numbers and words, escaped where they are put in
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">{inside}</svg>'
    )


def _short(text: str) -> str:
    return text if len(text) <= 17 else f"…{text[-16:]}"
