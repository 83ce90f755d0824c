"""The numbers Word counts by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.formats import docx
from indexer.numbering import written
from tests.samples import make

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def level(at: int, kind: str, pattern: str, more: str = "") -> str:
    head = f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
    return f'{head}{more}<w:lvlText w:val="{pattern}"/></w:lvl>'


def lines(paragraphs: str, levels: str, *, numbers: str = "", styles: str = "") -> list[str]:
    """The lines of a document with these paragraphs; list 7 has these levels."""
    numbering = (
        f'<w:numbering {WORD}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        f'<w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num>{numbers}</w:numbering>'
    )
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    arrows = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="{types}/numbering" Target="numbering.xml"/>'
        f'<Relationship Id="b" Type="{types}/styles" Target="styles.xml"/></Relationships>'
    )
    parts = {
        "word/document.xml": make.word_body(paragraphs),
        "word/numbering.xml": numbering,
        "word/styles.xml": f"<w:styles {WORD}>{styles}</w:styles>",
        "word/_rels/document.xml.rels": arrows,
    }
    return docx.from_bytes(make.docx(parts=parts)).pages[0].strip().split("\n")


def item(words: str, at: int = 0, number: str = "7") -> str:
    numbered = f'<w:pPr><w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
    return f"<w:p>{numbered}<w:r><w:t>{words}</w:t></w:r></w:p>"


def test_articles_of_a_contract_have_their_numbers() -> None:
    levels = level(0, "chineseCountingThousand", "第%1条") + level(1, "chineseCounting", "（%2）")

    assert lines(item("总则") + item("甲方", 1) + item("乙方", 1) + item("服务") + item("保洁", 1), levels) == [
        "第一条 总则",
        "（一） 甲方",
        "（二） 乙方",
        "第二条 服务",
        "（一） 保洁",
    ]


def test_a_legal_level_writes_the_levels_above_it_in_figures() -> None:
    levels = level(0, "chineseCounting", "%1、") + level(1, "decimal", "%1.%2", "<w:isLgl/>")

    assert lines(item("甲") + item("乙") + item("丙", 1), levels) == ["一、 甲", "二、 乙", "2.1 丙"]


def test_bullets_are_no_numbers_and_plain_paragraphs_have_none() -> None:
    levels = level(0, "bullet", "●")

    assert lines(item("甲") + "<w:p><w:r><w:t>乙</w:t></w:r></w:p>" + item("丙", number="0"), levels) == [
        "甲",
        "乙",
        "丙",
    ]


def test_a_style_may_carry_the_number() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="base"><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="clause"><w:basedOn w:val="base"/></w:style>'
    )
    clause = '<w:p><w:pPr><w:pStyle w:val="clause"/></w:pPr><w:r><w:t>条</w:t></w:r></w:p>'

    assert lines(clause * 2, level(0, "decimal", "%1."), styles=styles) == ["1. 条", "2. 条"]


def test_another_list_on_the_same_levels_begins_again_where_it_says_so() -> None:
    again = (
        '<w:num w:numId="8"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
        "</w:lvlOverride></w:num>"
    )

    assert lines(
        item("甲") + item("乙", number="8") + item("丙", number="8"), level(0, "decimal", "%1)"), numbers=again
    ) == [
        "1) 甲",
        "5) 乙",
        "6) 丙",
    ]


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCounting", "十"),
        (12, "chineseCounting", "十二"),
        (20, "chineseCounting", "二十"),
        (101, "chineseCountingThousand", "一百零一"),
        (110, "chineseCountingThousand", "一百一十"),
        (1005, "chineseCountingThousand", "一千零五"),
        (2026, "ideographDigital", "二〇二六"),
        (15, "chineseLegalSimplified", "壹拾伍"),
        (3, "decimalEnclosedCircle", "③"),
        (3, "ideographTraditional", "丙"),
        (11, "ideographTraditional", "11"),
        (1994, "upperRoman", "MCMXCIV"),
        (28, "lowerLetter", "bb"),
        (7, "decimalZero", "07"),
        (7, "hebrew1", "7"),
    ],
)
def test_a_number_is_written_as_its_format_says(number: int, kind: str, text: str) -> None:
    assert written(number, kind) == text


@given(st.integers(1, 9999))
def test_no_two_numbers_are_written_alike_in_chinese(number: int) -> None:
    digits = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
    units = {"十": 10, "百": 100, "千": 1000}
    total, digit = 0, 0
    for sign in written(number, "chineseCountingThousand"):
        if sign in units:
            total += (digit or 1) * units[sign]
            digit = 0
        else:
            digit = digits[sign]

    assert total + digit == number
