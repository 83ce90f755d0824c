"""Pictures of numbers, drawn by the server as SVG that says in words what it shows: no script, no colour that matters
alone."""

from collections.abc import Sequence
from dataclasses import dataclass

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


def _picture(inside: str, height: int, label: str) -> Markup:
    return Markup(  # noqa: S704 — numbers and words, escaped where they are put in
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">{inside}</svg>'
    )


def _short(text: str) -> str:
    return text if len(text) <= 17 else f"…{text[-16:]}"
