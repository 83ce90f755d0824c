"""OpenDocument: running text with spaces of its own, sheets, slides, and what is locked."""

from pathlib import Path

from indexer.formats import odf
from indexer.text import Text
from tests.samples import make

NAMES = ("office", "text", "table", "draw", "presentation")
SPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in NAMES)
KIND = "application/vnd.oasis.opendocument."


def read(tmp_path: Path, kind: str, body: str, parts: dict[str, str | bytes] | None = None) -> Text:
    path = tmp_path / "f"
    content = (
        f"<office:document-content {SPACES}><office:body>\n  <office:{kind}>{body}</office:{kind}></office:body>"
        "</office:document-content>"
    )
    path.write_bytes(make.package({"mimetype": KIND + kind, "content.xml": content, **(parts or {})}))
    return odf.read(path)


def test_a_word_divided_by_formatting_stays_one_word(tmp_path: Path) -> None:
    inner = (
        '<text:p>物<text:span>业<text:span>服</text:span></text:span>务<text:s text:c="2"/>合同<text:tab/>一</text:p>'
    )

    assert read(tmp_path, "text", inner).pages == ("物业服务  合同\t一",)


def test_deleted_text_is_left_out_and_headers_come_last(tmp_path: Path) -> None:
    deleted = "<text:tracked-changes><text:p>已删除</text:p></text:tracked-changes>"
    header = f"<office:document-styles {SPACES}><text:p>内部资料</text:p></office:document-styles>"

    text = read(tmp_path, "text", f"{deleted}<text:p>正文</text:p>", {"styles.xml": header})

    assert text.pages == ("正文", "内部资料")


def test_a_text_box_does_not_run_into_its_paragraph(tmp_path: Path) -> None:
    box = "<draw:frame><draw:text-box><text:p>附注</text:p></draw:text-box></draw:frame>"

    assert read(tmp_path, "text", f"<text:p>正文{box}继续</text:p>").pages == ("正文\n附注\n继续",)


def test_a_sheet_is_a_page_with_its_name_and_numbers_have_no_commas(tmp_path: Path) -> None:
    def cell(words: str, kind: str = "string") -> str:
        return f'<table:table-cell office:value-type="{kind}"><text:p>{words}</text:p></table:table-cell>'

    row = "".join(
        (cell("1203"), '<table:table-cell table:number-columns-repeated="16000"/>', cell("1,386.40", "float"))
    )
    sheets = "".join(
        f'<table:table table:name="{name}"><table:table-row>{row}</table:table-row></table:table>'
        for name in ("一期", "二期")
    )

    text = read(tmp_path, "spreadsheet", sheets)

    assert text.page_names == ("一期", "二期")
    assert text.pages == ("1203\t1386.40",) * 2


def test_slides_are_pages(tmp_path: Path) -> None:
    slides = "".join(
        f'<draw:page draw:name="p{n}"><text:p>第{n}张</text:p><presentation:notes><text:p>讲稿{n}</text:p>'
        "</presentation:notes></draw:page>"
        for n in (1, 2)
    )

    assert read(tmp_path, "presentation", slides).pages == ("第1张\n讲稿1", "第2张\n讲稿2")


def test_a_locked_text_is_kept_and_flagged(tmp_path: Path) -> None:
    text = read(tmp_path, "text", "", {"META-INF/manifest.xml": "<m:encryption-data/>"})

    assert [caution.code for caution in text.cautions] == ["encrypted"]


def test_dropped_files_are_handed_over_and_macros_flagged(tmp_path: Path) -> None:
    dropped = make.packed_object("清单.txt", "C:\\清单.txt", "名单".encode())

    text = read(
        tmp_path, "text", "<text:p>见附件</text:p>", {"Object 1": dropped, "Basic/Standard/Module1.xml": "<m/>"}
    )

    assert [(child.name, child.content.decode()) for child in text.children] == [("清单.txt", "名单")]
    assert [caution.code for caution in text.cautions] == ["active-content", "has-children"]


def test_broken_xml_gives_what_came_before_the_break(tmp_path: Path) -> None:
    text = read(tmp_path, "text", "<text:p>读到这里</text:p><text:p>未完<<")

    assert text.pages[0].startswith("读到这里")
    assert [caution.code for caution in text.cautions] == ["partly-unreadable"]
