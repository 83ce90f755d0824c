"""OFD as its many writers write it: odd namespaces and paths, templates, annotations, attachments and seals."""

from pathlib import Path

import pytest

from indexer.errors import Unreadable
from indexer.formats import ofd
from indexer.text import Text
from tests.samples import make

CONTENT = "Doc_0/Pages/Page_0/Content.xml"


def text_object(words: str, left: float = 10, top: float = 10, width: float = 80) -> str:
    return (
        f'<ofd:TextObject Boundary="{left} {top} {width} 5" Size="4"><ofd:TextCode X="0" Y="4">{words}</ofd:TextCode>'
        "</ofd:TextObject>"
    )


def page(*objects: str, before: str = "", space: str = 'xmlns:ofd="http://www.ofdspec.org/2016"') -> str:
    return f"<ofd:Page {space}>{before}<ofd:Content><ofd:Layer>{''.join(objects)}</ofd:Layer></ofd:Content></ofd:Page>"


def document(inner: str) -> str:
    pages = '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
    return f'<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016">{inner}{pages}</ofd:Document>'


def root(inner: str) -> str:
    return f'<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016">{inner}</ofd:OFD>'


def read(tmp_path: Path, parts: dict[str, str | bytes]) -> Text:
    path = tmp_path / "f"
    path.write_bytes(make.with_parts(ofd.sample(), parts))
    return ofd.read(path)


def test_words_drawn_character_by_character_are_one_line(tmp_path: Path) -> None:
    objects = [text_object(char, 10 + 4 * at, 20, 4) for at, char in enumerate("物业服务费")]
    objects += [text_object("300.00", 60, 20, 20), text_object("合计", 10, 30, 8)]

    assert read(tmp_path, {CONTENT: page(*objects)}).pages == ("物业服务费 300.00\n合计",)


@pytest.mark.parametrize("space", ['xmlns:ofd="http://www.ofdspec.org"', 'xmlns:ofd="urn:x"'])
def test_any_namespace_will_do(space: str, tmp_path: Path) -> None:
    assert read(tmp_path, {CONTENT: page(text_object("字"), space=space)}).pages == ("字",)


@pytest.mark.parametrize("place", ["/Doc_0/Document.xml", "Doc_0\\Document.xml", "./doc_0/document.XML"])
def test_paths_are_found_however_they_are_written(place: str, tmp_path: Path) -> None:
    parts = {"OFD.xml": root(f"<ofd:DocBody><ofd:DocRoot>{place}</ofd:DocRoot></ofd:DocBody>")}

    assert ofd.SAMPLE_PHRASE in read(tmp_path, dict(parts)).pages[0]


def test_templates_stand_behind_and_annotations_above_each_page(tmp_path: Path) -> None:
    note = f"<ofd:PageAnnot xmlns:ofd='x'>{text_object('作废')}{text_object('作废', top=50)}</ofd:PageAnnot>"
    place = "<ofd:FileLoc>P1.xml</ofd:FileLoc>"
    listed = f'<ofd:Annotations xmlns:ofd="x"><ofd:Page PageID="1">{place}</ofd:Page></ofd:Annotations>'

    text = read(
        tmp_path,
        {
            "Doc_0/Document.xml": document(
                '<ofd:CommonData><ofd:TemplatePage ID="7" BaseLoc="Tpl/C.xml"/></ofd:CommonData>'
                "<ofd:Annotations>Annots/A.xml</ofd:Annotations>"
            ),
            "Doc_0/Tpl/C.xml": page(text_object("购买方")),
            CONTENT: page(text_object("阳光花园"), before='<ofd:Template TemplateID="7"/>'),
            "Doc_0/Annots/A.xml": listed,
            "Doc_0/Annots/P1.xml": note,
        },
    )

    assert text.pages == ("购买方\n阳光花园\n作废",)


def test_attachments_are_handed_over_and_seals_noted(tmp_path: Path) -> None:
    attached = (
        '<ofd:Attachments xmlns:ofd="x"><ofd:Attachment Name="original" Format="XML"><ofd:FileLoc>o.xml</ofd:FileLoc>'
        "</ofd:Attachment></ofd:Attachments>"
    )
    body = "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>/Doc_0/Signs/S.xml</ofd:Signatures>"

    text = read(
        tmp_path,
        {
            "OFD.xml": root(f"<ofd:DocBody>{body}</ofd:DocBody>"),
            "Doc_0/Document.xml": document("<ofd:Attachments>Attachs/A.xml</ofd:Attachments>"),
            "Doc_0/Attachs/A.xml": attached,
            "Doc_0/Attachs/o.xml": "<发票/>",
            "Doc_0/Signs/S.xml": '<ofd:Signatures xmlns:ofd="x"><ofd:Signature ID="1"/></ofd:Signatures>',
        },
    )

    assert [(child.name, child.content.decode()) for child in text.children] == [("original.xml", "<发票/>")]
    assert [caution.code for caution in text.cautions] == ["signed", "has-children"]


def test_several_documents_in_one_file_are_all_read(tmp_path: Path) -> None:
    bodies = "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>" * 2

    assert len(read(tmp_path, {"OFD.xml": root(bodies)}).pages) == 2


def test_an_entity_is_not_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + page(text_object("前&e;后"))

    assert "root" not in "".join(read(tmp_path, {CONTENT: bomb}).pages)


def test_a_missing_page_is_an_empty_one_and_a_missing_document_is_damage(tmp_path: Path) -> None:
    more = '<ofd:Pages><ofd:Page ID="2" BaseLoc="Pages/None.xml"/></ofd:Pages>'
    text = read(tmp_path, {"Doc_0/Document.xml": document(more)})

    assert len(text.pages) == 2
    assert [caution.code for caution in text.cautions] == ["partly-unreadable"]
    with pytest.raises(Unreadable):
        read(tmp_path, {"OFD.xml": root("")})
