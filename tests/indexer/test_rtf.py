"""Rich text: characters in every spelling, what is silent, and what is embedded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.formats import rtf
from indexer.text import Text
from tests.samples import make


def read(body: str | bytes, head: str = "\\ansi\\ansicpg1252") -> Text:
    inner = body.encode("ascii") if isinstance(body, str) else body
    return rtf.from_bytes(b"{\\rtf1" + head.encode() + b" " + inner + b"}")


def hexed(words: str, codec: str = "gb18030") -> str:
    return "".join(f"\\'{byte:02x}" for byte in words.encode(codec))


def test_bytes_are_read_in_the_character_set_of_their_font() -> None:
    fonts = "{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset134 SimSun;}{\\f2\\fcharset136 MingLiU;}}"

    text = read(f"{fonts}\\f0 \\'e9t\\'e9 {{\\f1 {hexed('物业')}}}\\f2 {hexed('管理', 'big5')}\\par")

    assert text.pages == ("été 物业管理",)


def test_a_character_whose_second_half_is_written_plainly_is_whole() -> None:
    # In GBK the second byte of a character may be a letter, and some programs write it as one.
    assert read("\\'81A\\par", "\\ansi\\ansicpg936").pages == (b"\x81A".decode("gb18030"),)


def test_wide_characters_replace_what_follows_them() -> None:
    assert read("\\uc1\\u29289?\\u19994\\'3f{\\uc2\\u26381ab}\\u-25591x").pages == ("物业服鰉",)
    assert read("\\u-10179?\\u-8704?").pages == ("😀",)


def test_what_is_not_text_is_silent() -> None:
    silent = (
        "{\\stylesheet{\\s0 Normal;}}{\\info{\\title " + hexed("合同") + "}{\\author Li}}{\\pict\\wmetafile8 0102}"
        "{\\*\\unknown secret}{\\*\\generator W;}"
    )

    text = read(silent + "{\\header " + hexed("页眉") + "\\par}" + hexed("正文") + "\\par", "\\ansi\\ansicpg936")

    assert text.pages == ("页眉\n正文",)
    assert text.metadata == {"title": "合同", "author": "Li"}


def test_a_field_shows_its_result_and_one_that_fetches_is_flagged() -> None:
    text = read("see {\\field{\\*\\fldinst DDEAUTO excel}{\\fldrslt page 5}}\\par")

    assert text.pages == ("see page 5",)
    assert [caution.code for caution in text.cautions] == ["active-content"]


def test_cells_are_parted_by_tabs_and_rows_by_lines() -> None:
    assert read("a\\cell b\\cell\\row c\\cell d\\cell\\row").pages == ("a\tb\nc\td",)


def test_raw_bytes_are_stepped_over() -> None:
    assert read(b"a{\\pict\\bin5 {{{\\}}b\\par").pages == ("ab",)


def test_text_boxes_and_notes_are_heard() -> None:
    box = "{\\shp{\\*\\shpinst{\\sp{\\sn x}{\\sv 1}}{\\shptxt box\\par}}}"

    assert read(f"body{box}{{\\footnote note\\par}}\\par").pages == ("body\nbox\nnote",)


def test_embedded_files_are_handed_over() -> None:
    dropped = make.packed_object("清单.txt", "C:\\清单.txt", b"list").hex()

    text = read(f"x{{\\object\\objemb{{\\*\\objdata 0105000002000000{dropped}}}{{\\result icon}}}}\\par")

    assert [(child.name, child.content) for child in text.children] == [("清单.txt", b"list")]
    assert text.pages == ("xicon",)
    assert [caution.code for caution in text.cautions] == ["has-children"]


def test_the_page_that_outlook_hides_is_shown() -> None:
    body = (
        "\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 Offer\\htmlrtf\\par}\\htmlrtf0 {\\*\\htmltag72 </p><p>}2"
        "{\\*\\htmltag72 </p>}"
    )

    assert read(body).pages == ("Offer\n2",)


@pytest.mark.parametrize("body", ["{" * 200_000, "}" * 1000 + "a", "\\u99999999?", "\\bin-5 a", "\\bin9999999999 a"])
def test_nonsense_ends_well(body: str) -> None:
    read(body)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), max_size=60))
def test_any_characters_come_back_as_they_went_in(words: str) -> None:
    encoded = words.encode("utf-16-le")
    units = (int.from_bytes(encoded[at : at + 2], "little") for at in range(0, len(encoded), 2))

    text = read("".join(f"\\u{unit - 65536 if unit > 32767 else unit}?" for unit in units) + "\\par")

    assert "".join(text.pages) == words
