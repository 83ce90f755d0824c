"""Text set on sheets, for those who may look at a page."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from indexer.errors import Unreadable
from indexer.rendering import LINES, SHEETS_MAX, draw_text, drawn_pages
from indexer.text import Text


def test_nothing_to_read_is_nothing_to_look_at() -> None:
    assert drawn_pages(Text(())) == 0
    assert drawn_pages(Text((" \n\t", ""))) == 0
    with pytest.raises(Unreadable):
        draw_text(Text(("",)), 1, width_px=400)


def test_every_page_of_the_text_begins_a_sheet_and_a_full_sheet_makes_another() -> None:
    assert drawn_pages(Text(("一", "二"))) == 2
    assert drawn_pages(Text(("\n".join(f"第{n}行" for n in range(LINES)),))) == 1
    assert drawn_pages(Text(("\n".join(f"第{n}行" for n in range(LINES + 1)),))) == 2


def test_a_sheet_has_the_proportions_of_paper_and_something_on_it() -> None:
    picture = Image.open(io.BytesIO(draw_text(Text(("前期物业服务合同\n" * 10,)), 1, width_px=840)))

    assert picture.size == (840, 1188)
    # The head alone is grey; text is darker.
    assert sum(picture.histogram()[:60]) > 0


def test_a_width_beyond_reason_is_brought_back() -> None:
    picture = Image.open(io.BytesIO(draw_text(Text(("字",)), 1, width_px=10_000_000)))

    assert picture.width <= 3000


def test_wide_characters_stay_on_the_paper() -> None:
    picture = Image.open(io.BytesIO(draw_text(Text(("M" * 84,)), 1, width_px=840)))

    assert picture.crop((800, 0, 840, 1188)).getextrema() == (255, 255)


def test_cells_of_a_column_stand_below_one_another() -> None:
    def left_of_second_cell(line: str) -> int:
        picture = Image.open(io.BytesIO(draw_text(Text((line,)), 1, width_px=840)))
        below_the_head = picture.crop((200, 70, 840, 1188)).point(lambda value: 255 - value)
        box = below_the_head.getbbox()
        assert box is not None
        return box[0]

    assert left_of_second_cell("1203\t\t\t甲") == left_of_second_cell("业主姓名\t\t甲")


def test_a_very_long_text_has_an_end_to_its_sheets() -> None:
    assert drawn_pages(Text(("行\n" * (LINES * (SHEETS_MAX + 5)),))) == SHEETS_MAX


@given(st.lists(st.text(max_size=400), max_size=4), st.data())
@settings(max_examples=30, deadline=None)
def test_exactly_the_counted_sheets_can_be_drawn(pages: list[str], data: st.DataObject) -> None:
    text = Text(tuple(page.replace("\r", "") for page in pages))
    count = drawn_pages(text)

    if count:
        page = data.draw(st.integers(1, count))
        assert draw_text(text, page, width_px=100).startswith(b"\x89PNG")
    with pytest.raises(Unreadable) as raised:
        draw_text(text, count + 1, width_px=100)
    assert raised.value.code == "no-such-page"
