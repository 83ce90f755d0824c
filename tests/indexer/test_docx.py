"""Every part of a Word document that bears text."""

import io
import zipfile
from pathlib import Path

import pytest

from indexer import limits
from indexer.errors import Exhausted, Unreadable
from indexer.formats import docx
from indexer.text import Text
from tests.samples import make


def read(content: bytes) -> Text:
    return docx.from_bytes(content)


def body(inner: str) -> Text:
    return read(make.docx(parts={"word/document.xml": make.word_body(inner)}))


def codes(text: Text) -> list[str]:
    return [caution.code for caution in text.cautions]


def arrow(identity: str, kind: str, target: str, more: str = "") -> str:
    """`document.xml.rels` with one relationship."""
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="{identity}" Type="{types}/{kind}" Target="{target}" {more}/></Relationships>'
    )


def run(words: str) -> str:
    return f"<w:r><w:t>{words}</w:t></w:r>"


def test_paragraphs_tables_and_headers_are_read_in_order() -> None:
    text = read(make.docx("第一段", "第二段", table=[["房号", "业主"], ["1203", "张三"]], header="内部资料"))

    lines = [line.rstrip() for line in text.pages[0].split("\n") if line.strip()]
    assert lines == ["第一段", "第二段", "房号\t业主", "1203\t张三", "内部资料"]


def test_the_core_properties_are_metadata() -> None:
    text = read(make.docx("正文", title="维修合同"))

    assert text.metadata["title"] == "维修合同"
    assert text.metadata["created"]


def test_a_word_divided_into_runs_stays_one_word() -> None:
    assert "物业服务" in body(f"<w:p>{run('物')}{run('业')}{run('服务')}</w:p>").pages[0]


def test_tabs_and_breaks_are_characters_but_tab_stops_are_not() -> None:
    inner = (
        '<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="1"/></w:tabs></w:pPr>'
        "<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>"
    )

    assert body(inner).pages[0].strip("\n") == "甲\t乙\n丙"


def test_text_boxes_are_read_once_though_they_are_stored_twice() -> None:
    box = f"<w:txbxContent><w:p>{run('文本框里的字')}</w:p></w:txbxContent>"
    inner = (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx>{box}</wps:txbx></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )

    assert body(inner).pages[0].count("文本框里的字") == 1


def test_content_controls_insertions_and_watermarks_are_read_and_deletions_are_not() -> None:
    inner = (
        f"<w:sdt><w:sdtContent><w:p>{run('控件')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p><w:ins>{run('新增')}</w:ins><w:del><w:r><w:delText>删除</w:delText></w:r></w:del></w:p>"
        "<w:p><w:r><w:pict><v:shape><v:textpath string='机密水印'/></v:shape></w:pict></w:r></w:p>"
    )
    text = body(inner).pages[0]

    assert all(words in text for words in ("控件", "新增", "机密水印"))
    assert "删除" not in text


def test_notes_comments_and_charts_are_read() -> None:
    note = make.word_body(f"<w:p>{run('脚注文字')}</w:p>")
    chart = "<c:chart xmlns:c='c' xmlns:a='a'><a:t>收缴率</a:t><c:v>一季度</c:v></c:chart>"
    text = read(
        make.docx(
            "正文",
            parts={
                "word/footnotes.xml": note,
                "word/comments.xml": note.replace("脚注", "批注"),
                "word/charts/chart1.xml": chart,
            },
        )
    )

    assert all(words in text.pages[0] for words in ("正文", "脚注文字", "批注文字", "收缴率", "一季度"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", "<html><head><meta charset='gbk'></head><p>另一文档的正文</p></html>".encode("gbk")),
        ("a.txt", "另一文档的正文".encode("gb18030")),
        ("a.docx", make.docx("另一文档的正文")),
        (
            "a.mht",
            b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
            b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            + "<p>另一文档的正文</p>\r\n--x--\r\n".encode(),
        ),
    ],
)
def test_the_body_of_a_document_taken_in_by_reference_is_read(name: str, content: bytes) -> None:
    arrows = arrow("c1", "aFChunk", name)
    parts: dict[str, str | bytes] = {
        "word/document.xml": make.word_body('<w:p/><w:altChunk r:id="c1"/>'),
        "word/_rels/document.xml.rels": arrows,
        f"word/{name}": content,
    }

    assert "另一文档的正文" in read(make.docx(parts=parts)).pages[0]


def test_documents_inside_documents_have_an_end() -> None:
    arrows = arrow("c1", "aFChunk", "a.docx")
    content = make.docx("最里面")
    for depth in range(limits.NESTING_MAX + 3):
        inner = make.word_body(f'<w:p>{run(f"第{depth}层")}</w:p><w:altChunk r:id="c1"/>')
        content = make.docx(
            parts={"word/document.xml": inner, "word/_rels/document.xml.rels": arrows, "word/a.docx": content}
        )

    text = read(content)

    assert "最里面" not in text.pages[0]
    assert "第5层" in text.pages[0]


def test_a_file_dropped_into_a_document_is_its_child() -> None:
    dropped = make.packed_object("验收单.txt", "D:\\资料\\验收单.txt", b"ok")
    text = read(make.docx("正文", parts={"word/embeddings/oleObject1.bin": dropped, "word/embeddings/表.xlsx": b"PK"}))

    assert {child.name: child.content for child in text.children} == {"验收单.txt": b"ok", "表.xlsx": b"PK"}
    assert "has-children" in codes(text)
    assert "验收单.txt" in text.pages[0]


def test_macros_fetching_fields_and_outside_links_are_flagged_and_plain_links_are_not() -> None:
    assert "active-content" in codes(read(make.docx("甲", parts={"word/vbaProject.bin": b"x"})))
    assert "active-content" in codes(body('<w:p><w:r><w:instrText> DDEAUTO c:\\\\x "y" </w:instrText></w:r></w:p>'))

    def linked(kind: str) -> list[str]:
        arrows = arrow("l", kind, "http://127.0.0.1:9/x", 'TargetMode="External"')
        return codes(read(make.docx("甲", parts={"word/_rels/document.xml.rels": arrows})))

    assert "external-links" in linked("attachedTemplate")
    assert "external-links" not in linked("hyperlink")


def test_an_entity_bomb_in_the_body_is_refused() -> None:
    bomb = (
        make.entity_bomb()
        .replace("<r>前面", "<w:document xmlns:w='w'><w:p><w:r><w:t>前面")
        .replace("后面</r>", "后面</w:t></w:r></w:p></w:document>")
    )
    bomb = bomb.replace("DOCTYPE r", "DOCTYPE w:document")

    with pytest.raises(Unreadable):
        read(make.docx(parts={"word/document.xml": bomb}))


def test_a_package_bomb_is_stopped() -> None:
    with pytest.raises(Exhausted) as raised:
        read(make.bomb())

    assert raised.value.code == "bomb"


def test_a_damaged_side_part_costs_only_itself() -> None:
    text = read(make.docx("正文完好", parts={"word/footnotes.xml": "<w:footnotes"}))

    assert "正文完好" in text.pages[0]
    assert codes(text) == ["partly-unreadable"]


def test_a_damaged_body_keeps_what_came_before() -> None:
    broken = make.word_body(f"<w:p>{run('前半')}</w:p><w:p>{run('后半')}</w:p>").partition("后半")[0]

    text = read(make.docx(parts={"word/document.xml": broken}))

    assert "前半" in text.pages[0]
    assert codes(text) == ["partly-unreadable"]


def test_a_body_damaged_from_the_beginning_is_refused() -> None:
    with pytest.raises(Unreadable):
        read(make.docx(parts={"word/document.xml": "no xml"}))


def test_a_main_part_of_another_name_is_found(tmp_path: Path) -> None:
    original = make.docx("改名的正文")
    members: dict[str, str | bytes] = {}
    with zipfile.ZipFile(io.BytesIO(original)) as package:
        for name in package.namelist():
            content = package.read(name).replace(b"word/document.xml", b"word/document2.xml")
            members[name.replace("word/document.xml", "word/document2.xml")] = content
    path = tmp_path / "f"
    path.write_bytes(make.package(members))

    assert "改名的正文" in docx.read(path).pages[0]


def test_an_empty_first_cell_does_not_join_the_table_to_the_paragraph_before() -> None:
    table = f"<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc><w:p>{run('格')}</w:p></w:tc></w:tr></w:tbl>"

    assert body(f"<w:p>{run('段落')}</w:p>{table}").pages[0].strip().split("\n")[0] == "段落"
