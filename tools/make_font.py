# /// script
# requires-python = ">=3.11"
# dependencies = ["fonttools==4.68.0"]
# ///
# fonttools builds its tables at run time, and is no dependency of the product: needed only to make the font anew.
# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false
# pyright: reportOptionalSubscript=false, reportOptionalIterable=false, reportOperatorIssue=false
"""Makes indexer/fonts/MunimentSans-Regular.ttf out of WenQuanYi Micro Hei and Droid Sans Fallback.

    apt-get download fonts-wqy-microhei fonts-droid-fallback
    dpkg-deb -x fonts-wqy-microhei_*.deb sources && dpkg-deb -x fonts-droid-fallback_*.deb sources
    uv run tools/make_font.py sources

Micro Hei gives the proportional family without Hangul, hinting and layout features. Droid, from which Micro Hei was
made, gives the rare characters for names that Micro Hei lacks. We draw the signs that are
missing or left blank in Micro Hei, and give the result a name of its own. The same sources give the same bytes.
"""

import sys
from pathlib import Path

from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

MICRO_HEI = "usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
DROID = "usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"
TARGET = Path(__file__).parents[1] / "indexer" / "fonts" / "MunimentSans-Regular.ttf"

FAMILY = "Muniment Sans"
VERSION = "1.0"
NAMES = {
    1: FAMILY,
    2: "Regular",
    3: f"{FAMILY} Regular {VERSION}",
    4: f"{FAMILY} Regular",
    5: f"Version {VERSION}",
    6: "MunimentSans-Regular",
    10: "Changed from WenQuanYi Micro Hei 0.2.0-beta: proportional family only, without Hangul, hinting and layout "
    "features; rare characters added from Droid Sans Fallback; missing and blank signs drawn; renamed.",
}
NOTICES = {0, 7, 8, 9, 11, 12, 13, 14}  # copyright, trademark, makers, licence: kept word for word

HANGUL = (range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xAC00, 0xD7B0), range(0xFFA0, 0xFFDD))
# The characters of Extension A that the General Standard Characters list has, mostly for names of people and places.
# All of Extension A would make the file half as big again.
RARE = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠"
    "䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)
DROPPED_TABLES = ["GSUB", "GPOS", "GDEF", "BASE", "kern", "vhea", "vmtx", "gasp", "FFTM", "PfEd", "DSIG"]

# Signs that Micro Hei knows but leaves blank, each as the signs it is put together from.
SIDE_BY_SIDE = {"℃": "°C", "℉": "°F", "\u212b": "Å", "Ⅴ": "V", "Ⅹ": "X", "∼": "~", "ˊ": "´", "ˋ": "`", "‾": "¯"}
STACKED = {"ǎ": "aˇ", "ǐ": "ıˇ", "ǒ": "oˇ", "ǔ": "uˇ", "ǘ": "ü´", "ǚ": "üˇ", "ǜ": "ü`"}

# Seconds since 1904, 2026-01-01: a fixed moment, so that the file does not change when nothing in it does.
MADE_AT = 3_850_070_400


def make(micro_hei: Path, droid: Path, target: Path) -> None:
    font = TTFont(micro_hei, fontNumber=0, recalcTimestamp=False)
    characters = [code for code in font.getBestCmap() if not any(code in block for block in HANGUL)]
    options = Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=["*"], name_languages=["*"])
    options.drop_tables += DROPPED_TABLES
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    _complete(font, TTFont(droid))
    _fill_blanks(font)
    _draw_signs(font)
    _rename(font)
    font["head"].created = font["head"].modified = MADE_AT
    font.save(target)


def _complete(font: TTFont, other: TTFont) -> None:
    known, outlines = font.getBestCmap(), other.getGlyphSet()
    scale = font["head"].unitsPerEm / other["head"].unitsPerEm
    for character in RARE:
        if ord(character) not in known:
            name = other.getBestCmap()[ord(character)]
            pen = TTGlyphPen(None)
            _trace(outlines, name, pen, (scale, 0, 0, scale, 0, 0))
            _put(font, character, pen, round(other["hmtx"][name][0] * scale))


def _fill_blanks(font: TTFont) -> None:
    outlines, names, glyphs, widths = font.getGlyphSet(), font.getBestCmap(), font["glyf"], font["hmtx"]
    for sign, parts in SIDE_BY_SIDE.items():
        width = widths[names[ord(sign)]][0]
        wanted = sum(widths[names[ord(part)]][0] for part in parts)
        squeeze = min(1, width / wanted)
        x = (width - wanted * squeeze) / 2
        pen = TTGlyphPen(None)
        for part in parts:
            _trace(outlines, names[ord(part)], pen, (squeeze, 0, 0, 1, x, 0))
            x += widths[names[ord(part)]][0] * squeeze
        _put(font, sign, pen, width)
    for sign, (letter, mark) in STACKED.items():
        below, above = glyphs[names[ord(letter)]], glyphs[names[ord(mark)]]
        gap = font["head"].unitsPerEm // 20
        shift_x = (below.xMin + below.xMax - above.xMin - above.xMax) / 2
        shift_y = below.yMax + gap - above.yMin
        pen = TTGlyphPen(None)
        _trace(outlines, names[ord(letter)], pen)
        _trace(outlines, names[ord(mark)], pen, (1, 0, 0, 1, shift_x, shift_y))
        _put(font, sign, pen, widths[names[ord(letter)]][0])


def _draw_signs(font: TTFont) -> None:
    outlines = font.getGlyphSet()
    square, tick = (font.getBestCmap()[ord(sign)] for sign in "□✓")
    width = font["hmtx"][square][0]
    box, mark = font["glyf"][square], font["glyf"][tick]
    middle_x, middle_y = (box.xMin + box.xMax) / 2, (box.yMin + box.yMax) / 2
    side = box.xMax - box.xMin

    def cross(pen: TTGlyphPen, reach: float, stroke: float) -> None:
        # One contour of twelve points, not two crossing strokes: overlaps print as holes in some viewers.
        corners = [(stroke, 0), (reach + stroke, reach), (reach, reach + stroke)]
        quarter_turns = [(1, 0, 0, 1), (0, -1, 1, 0), (-1, 0, 0, -1), (0, 1, -1, 0)]
        turned = [(a * x + b * y, c * x + d * y) for a, b, c, d in quarter_turns for x, y in corners]
        # TrueType fills what lies to the right of a contour: clockwise.
        points = [(round(middle_x + x), round(middle_y + y)) for x, y in reversed(turned)]
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()

    signs = {sign: TTGlyphPen(None) for sign in "☐☑☒✗"}
    for sign in "☐☑☒":
        _trace(outlines, square, signs[sign])
    scale = 0.7 * side / max(mark.xMax - mark.xMin, mark.yMax - mark.yMin)
    shift_x = middle_x - scale * (mark.xMin + mark.xMax) / 2
    shift_y = middle_y - scale * (mark.yMin + mark.yMax) / 2
    _trace(outlines, tick, signs["☑"], (scale, 0, 0, scale, shift_x, shift_y))
    cross(signs["☒"], reach=0.28 * side, stroke=0.06 * side)
    cross(signs["✗"], reach=0.50 * side, stroke=0.10 * side)
    for sign, pen in signs.items():
        _put(font, sign, pen, width)


def _trace(outlines, name: str, pen: TTGlyphPen, transform: tuple[float, ...] = (1, 0, 0, 1, 0, 0)) -> None:
    outlines[name].draw(DecomposingFilterPen(TransformPen(pen, transform), outlines))


def _put(font: TTFont, sign: str, pen: TTGlyphPen, width: int) -> None:
    name = f"muniment{ord(sign):04X}"
    glyph = pen.glyph(round=round)
    font["glyf"][name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (width, glyph.xMin)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(sign)] = name


def _rename(font: TTFont) -> None:
    table = font["name"]
    english = {(3, 1, 0x409), (1, 0, 0)}
    table.names = [r for r in table.names if r.nameID in NOTICES and (r.platformID, r.platEncID, r.langID) in english]
    for name_id, value in NAMES.items():
        for platform in sorted(english):
            table.setName(value, name_id, *platform)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make_font.py FOLDER-WITH-BOTH-UNPACKED-PACKAGES")
    sources = Path(sys.argv[1])
    make(sources / MICRO_HEI, sources / DROID, TARGET)
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")
