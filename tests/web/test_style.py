"""The stylesheet: small, and readable for everybody in both colour schemes."""

import re
from pathlib import Path

import pytest

STYLESHEET = Path(__file__).parent.parent.parent / "web" / "static" / "app.css"
SIZE_MAX = 25 << 10
CONTRAST_MIN = 4.5
"""WCAG 2.2, 1.4.3, level AA."""

PAIRS = (
    ("ink", "paper"),
    ("ink", "sheet"),
    ("ink", "sunk"),
    ("ink", "accent-soft"),
    ("soft", "paper"),
    ("soft", "sheet"),
    ("soft", "sunk"),
    ("soft", "accent-soft"),
    ("accent", "paper"),
    ("accent", "sheet"),
    ("accent-ink", "accent"),
    ("mark-ink", "mark"),
    ("good", "sheet"),
    ("good", "good-soft"),
    ("bad", "sheet"),
    ("bad", "bad-soft"),
    ("warn", "paper"),
    ("warn", "sheet"),
    ("l0", "l0-soft"),
    ("l1", "l1-soft"),
    ("l2", "l2-soft"),
    ("l3", "l3-soft"),
)


def colours(selector: str) -> dict[str, str]:
    block = STYLESHEET.read_text("utf-8").split(selector + " {", 1)[1].split("}", 1)[0]
    found = re.findall(r"--([a-z0-9-]+): #([0-9a-f]{3,6});", block)
    return {name: "".join(letter * 2 for letter in value) if len(value) == 3 else value for name, value in found}


def luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [":root", ":root[data-theme=dark]", ":root:not([data-theme=light])"])
def test_text_stands_out_from_what_is_behind_it(scheme: str):
    palette = colours(scheme)
    for text, behind in PAIRS:
        lighter, darker = sorted((luminance(palette[text]), luminance(palette[behind])), reverse=True)
        contrast = (lighter + 0.05) / (darker + 0.05)
        assert contrast >= CONTRAST_MIN, f"{text} on {behind}: {contrast:.2f}"


def test_dark_is_the_same_whether_chosen_or_the_systems():
    assert colours(":root[data-theme=dark]") == colours(":root:not([data-theme=light])")


def test_the_stylesheet_stays_small():
    assert STYLESHEET.stat().st_size <= SIZE_MAX
