"""Every part of a presentation that bears words, slide by slide."""

from pathlib import Path

import pytest

from indexer.formats import pptx
from indexer.text import Text
from tests.samples import make

SPACES = (
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)


def arrows(*links: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="r{number}" Type="x/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, 1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'
    )


def paragraph(*runs: str) -> str:
    return "<a:p>" + "".join(f"<a:r><a:t>{run}</a:t></a:r>" for run in runs) + "</a:p>"


def slide(inner: str) -> str:
    return f"<p:sld {SPACES}><p:cSld><p:spTree>{inner}</p:spTree></p:cSld></p:sld>"


def presentation(tmp_path: Path, parts: dict[str, str]) -> Text:
    path = tmp_path / "f"
    path.write_bytes(make.with_parts(pptx.sample(), dict(parts)))
    return pptx.read(path)


def test_slides_come_in_the_order_of_showing(tmp_path: Path) -> None:
    text = presentation(
        tmp_path,
        {
            "ppt/presentation.xml": f'<p:presentation {SPACES}><p:sldIdLst><p:sldId r:id="r2"/><p:sldId r:id="r1"/>'
            "</p:sldIdLst></p:presentation>",
            "ppt/_rels/presentation.xml.rels": arrows(("slide", "slides/slide1.xml"), ("slide", "slides/slide2.xml")),
            "ppt/slides/slide1.xml": slide(paragraph("第", "二张")),
            "ppt/slides/slide2.xml": slide(paragraph("第一张")),
        },
    )

    assert text.pages == ("第一张", "第二张")


def test_a_slide_that_no_list_names_is_read_all_the_same(tmp_path: Path) -> None:
    text = presentation(tmp_path, {"ppt/slides/slide9.xml": slide(paragraph("被遗忘的一页"))})

    assert text.pages == (pptx.SAMPLE_PHRASE, "被遗忘的一页")


def test_notes_tables_charts_and_comments_belong_to_their_slide(tmp_path: Path) -> None:
    row = "".join(f"<a:tc><a:txBody>{paragraph(cell)}</a:txBody></a:tc>" for cell in ("一期", "98%"))
    text = presentation(
        tmp_path,
        {
            "ppt/slides/slide1.xml": slide(paragraph("收缴率") + f"<a:tbl><a:tr>{row}</a:tr></a:tbl>"),
            "ppt/slides/_rels/slide1.xml.rels": arrows(
                ("notesSlide", "../notesSlides/notesSlide1.xml"),
                ("chart", "../charts/chart1.xml"),
                ("comments", "../comments/comment1.xml"),
            ),
            "ppt/notesSlides/notesSlide1.xml": slide(paragraph("讲稿：先说结论")),
            "ppt/charts/chart1.xml": f"<c:chart {SPACES}><c:pt><c:v>三季度</c:v></c:pt></c:chart>",
            "ppt/comments/comment1.xml": f"<p:cmLst {SPACES}><p:cm><p:text>数字待核</p:text></p:cm></p:cmLst>",
        },
    )

    lines = [" ".join(line.split()) for line in text.pages[0].split("\n")]
    assert lines == ["收缴率", "一期 98%", "三季度", "数字待核", "讲稿：先说结论"]


def test_what_is_repeated_for_old_programs_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    choice = f"<mc:Choice>{paragraph('流程图')}</mc:Choice><mc:Fallback>{paragraph('流程图')}</mc:Fallback>"
    number = '<a:p><a:fld type="slidenum"><a:t>7</a:t></a:fld></a:p>'
    text = presentation(
        tmp_path, {"ppt/slides/slide1.xml": slide(f"<mc:AlternateContent>{choice}</mc:AlternateContent>{number}")}
    )

    assert text.pages == ("流程图",)


@pytest.mark.parametrize("name", ["ppt/vbaProject.bin", "_xmlsignatures/sig1.xml"])
def test_macros_and_signatures_are_flagged(name: str, tmp_path: Path) -> None:
    text = presentation(tmp_path, {name: "x"})

    assert [caution.code for caution in text.cautions] == ["active-content" if "vba" in name else "signed"]


def test_a_broken_slide_costs_that_slide(tmp_path: Path) -> None:
    text = presentation(tmp_path, {"ppt/slides/slide2.xml": slide(paragraph("读到这里"))[:-30] + "<<"})

    assert text.pages[0] == pptx.SAMPLE_PHRASE
    assert "读到这里" in text.pages[1]
    assert [caution.code for caution in text.cautions] == ["partly-unreadable"]
