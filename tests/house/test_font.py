"""The embedded font shows what our forms and names need, on screen and on paper."""

import io
from itertools import product

import pytest
from PIL import ImageFont
from pypdfium2 import PdfDocument
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from indexer import fonts

FORMS_AND_NAMES = (
    "喆堃垚昇祎玥璟晟昊钰镕珺淼䶮㛃㸌"  # given names outside GB 2312
    "〔〕·—…《》「」『』【】、。，；：？！“”‘’～￥¥"
    "①②③⑩㎡℃℉№‰§±×÷°ⅠⅤⅩ"
    "─│┌┐└┘├┤┬┴┼━┃┏┓┗┛═║╔╗╚╝"
    "✓✗✔☐☑☒□■○●◆★☆△▲→←↑↓"
    "０１２３４５６７８９ＡＺａｚ（）"
)


def characters_of(encoding: str, leads: range, trails: range) -> set[str]:
    """The visible characters that the two-byte codes of an encoding stand for."""
    found = (bytes(pair).decode(encoding, errors="ignore") for pair in product(leads, trails))
    return {text for text in found if len(text) == 1 and text.isprintable() and not text.isspace()}


NEEDED = {
    "ASCII": {chr(code) for code in range(0x21, 0x7F)},
    "Latin-1": {chr(code) for code in range(0xA1, 0x100)} - {"\u00ad"},  # the soft hyphen has no shape
    "GB 2312": characters_of("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF)),
    "traditional, Big5 level 1": characters_of("big5", range(0xA4, 0xC7), range(0x40, 0xFF)),
    "all 20,902 unified ideographs": {chr(code) for code in range(0x4E00, 0x9FA6)},
    "forms and names": set(FORMS_AND_NAMES),
}


@pytest.mark.parametrize("name", NEEDED)
def test_every_needed_character_has_a_glyph_with_ink(name: str) -> None:
    known = TTFont("coverage", str(fonts.REGULAR)).face.charToGlyph
    brush = ImageFont.truetype(fonts.REGULAR, 24)

    needed = NEEDED[name]
    missing = {character for character in needed if ord(character) not in known}
    blank = {character for character in needed - missing if brush.getmask(character).getbbox() is None}

    assert needed
    assert (missing, blank) == (set(), set())


def test_gb_2312_means_all_its_6763_hanzi() -> None:
    assert sum("\u4e00" <= character <= "\u9fff" for character in NEEDED["GB 2312"]) == 6763


def test_what_is_printed_with_it_can_be_read_back() -> None:
    text = "瑞和物业3号楼A座1203〔2026〕温度23℃檔案館"
    pdfmetrics.registerFont(TTFont("MunimentSans", str(fonts.REGULAR)))
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.setFont("MunimentSans", 12)
    canvas.drawString(50, 700, text)
    canvas.save()

    with PdfDocument(page.getvalue()) as document:
        assert document[0].get_textpage().get_text_range() == text


def test_it_carries_its_licence_and_stays_small() -> None:
    licence = fonts.REGULAR.with_name("LICENSE-font.txt").read_text("utf-8")

    assert "Apache License" in licence
    assert "WenQuanYi" in licence
    assert fonts.REGULAR.stat().st_size <= 4 * 1024 * 1024
