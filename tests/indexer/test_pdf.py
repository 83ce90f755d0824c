"""PDF text, attachments, locks and page images."""

import io
from pathlib import Path

import pytest
from PIL import Image

from indexer.errors import Unreadable
from indexer.formats import pdf
from indexer.text import Text
from tests.samples import make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "f"


def read(path: Path, content: bytes) -> Text:
    path.write_bytes(content)
    return pdf.read(path)


def codes(text: Text) -> list[str]:
    return [caution.code for caution in text.cautions]


def test_pages_are_pages(path: Path) -> None:
    text = read(path, make.pdf("前期物业服务合同\n第一条", "第二页", "", title="合同"))

    assert [page.split() for page in text.pages] == [["前期物业服务合同", "第一条"], ["第二页"], []]
    assert text.metadata["title"] == "合同"
    assert text.metadata["page_count"] == "3"
    assert codes(text) == []


def test_rare_characters_of_names_are_read(path: Path) -> None:
    # Beyond the first 65,536 characters of Unicode, where some people's names are.
    mapping = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange <00> "
        b"<FF> endcodespacerange 1 beginbfchar <41> <D842DFB7> endbfchar endcmap end end"
    )
    words = b"BT /F 20 Tf 9 9 Td (A) Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >> stream\n%s\nendstream" % (len(words), words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
        b"<< /Length %d >> stream\n%s\nendstream" % (len(mapping), mapping),
    )
    body = b"".join(b"%d 0 obj %s endobj\n" % (number, content) for number, content in enumerate(objects, 1))

    text = read(path, b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R /Size 7 >>\n%%EOF")

    assert text.pages[0].strip() == "\U00020bb7"


def test_a_scan_has_no_text_but_a_page_to_look_at(path: Path) -> None:
    text = read(path, make.scan())

    assert codes(text) == ["no-text"]
    assert text.metadata["page_count"] == "1"


def test_the_empty_password_opens(path: Path) -> None:
    text = read(path, make.pdf("可以打开", password=""))

    assert text.pages[0].strip() == "可以打开"
    assert codes(text) == []


def test_any_other_password_is_a_caution_and_no_failure(path: Path) -> None:
    text = read(path, make.pdf("锁住", password="1203"))

    assert text.pages == ()
    assert codes(text) == ["encrypted"]


def test_attachments_are_children(path: Path) -> None:
    text = read(path, make.pdf("正文", attachments={"附件一.txt": b"one", "b.bin": bytes(range(256))}))

    assert {child.name: child.content for child in text.children} == {"附件一.txt": b"one", "b.bin": bytes(range(256))}
    assert codes(text) == ["has-children"]


def test_scripts_are_flagged(path: Path) -> None:
    plain = make.pdf("正文")
    scripted = plain.replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert) >>")
    assert scripted != plain

    assert codes(read(path, scripted)) == ["active-content"]


def test_words_filled_into_a_form_and_comments_are_text(path: Path) -> None:
    from pypdf import PdfReader, PdfWriter
    from pypdf.annotations import FreeText
    from pypdf.annotations import Text as Note

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make.pdf("表单"))))
    writer.add_annotation(0, Note(rect=(50, 550, 100, 600), text="经理批注"))
    writer.add_annotation(0, FreeText(rect=(50, 450, 200, 500), text="手写意见"))
    buffer = io.BytesIO()
    writer.write(buffer)

    text = read(path, buffer.getvalue()).pages[0]

    assert "经理批注" in text
    assert "手写意见" in text


def test_a_page_that_is_no_sheet_of_paper_is_no_page(path: Path) -> None:
    giant = make.pdf("甲").replace(b"/MediaBox [ 0 0 595.2756 841.8898 ]", b"/MediaBox [ 0 0 595.2756 2147483647 ]")
    assert giant != make.pdf("甲")

    # Read by the more patient library, never drawn.
    text = read(path, giant)

    assert codes(text) == ["repaired"]
    assert "page_count" not in text.metadata


def test_a_page_is_drawn_in_the_width_asked_for(path: Path) -> None:
    path.write_bytes(make.pdf("画出来"))

    picture = Image.open(io.BytesIO(pdf.draw(path, 1, width_px=500)))

    assert picture.width in (500, 501)
    assert sum(picture.convert("L").histogram()[:80]) > 0


def test_there_are_no_pages_beyond_the_last(path: Path) -> None:
    path.write_bytes(make.pdf("一"))

    for page in (0, 2, 10_000_000):
        with pytest.raises(Unreadable) as raised:
            pdf.draw(path, page, width_px=100)
        assert raised.value.code == "no-such-page"


def test_what_is_no_pdf_but_its_first_word_is_refused(path: Path) -> None:
    with pytest.raises(Unreadable) as raised:
        read(path, b"%PDF-1.7\n" + bytes(1000))

    assert raised.value.code == "damaged"
