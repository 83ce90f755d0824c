"""Of a web page, what a browser would show."""

from pathlib import Path

import pytest

from indexer.formats import html
from indexer.sniff import sniff


def shown(page: str) -> str:
    return html.from_bytes(page.encode()).pages[0]


def test_scripts_styles_and_comments_are_not_text() -> None:
    page = "<body>甲<script>乙</script><style>丙</style><!-- 丁 --><noscript>戊</noscript><p>己</p></body>"

    assert shown(page).split() == ["甲", "己"]


def test_blocks_end_lines_and_inline_tags_do_not_divide_words() -> None:
    assert shown("<div>物业<b>服务</b>合同<p>第一条</p>第二条</div>").split("\n") == [
        "物业服务合同",
        "第一条",
        "第二条",
    ]


def test_cells_of_a_row_stand_side_by_side() -> None:
    assert shown("<table><tr><td>1203</td><td>张三</td></tr><tr><td>1204</td></tr></table>") == "1203\t张三\n1204"


def test_entities_are_characters() -> None:
    assert shown("<p>&#29289;&#x4e1a; &amp; &lt;费&gt;&nbsp;&copy;</p>") == "物业 & <费>\u00a0©"


def test_the_title_is_metadata_and_text() -> None:
    text = html.from_bytes("<title>收费\n公示</title><p>月卡".encode())

    assert text.metadata["title"] == "收费 公示"
    assert text.pages[0].split("\n") == ["收费 公示", "月卡"]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("gb2312", "gb18030"), ("GBK", "gbk"), ("utf-8", "utf-8"), ("big5", "big5"), ("iso-8859-1", "gbk"), ("", "gbk")],
)
def test_the_encoding_is_the_declared_one_when_it_fits_and_the_true_one_otherwise(declared: str, encoding: str) -> None:
    words = "物业服务收费标准公示，业主可以查阅。" if encoding != "big5" else "物業服務收費標準公示，業主可以查閱。"
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""

    assert html.from_bytes(f"<html><head>{meta}</head><body>{words}</body>".encode(encoding)).pages[0] == words


def test_a_page_nested_deeper_than_any_stack_is_read() -> None:
    assert "最里面" in shown("<div>" * 100_000 + "最里面")


def test_nothing_outside_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("不可外泄")

    assert "外泄" not in shown(
        f'<!DOCTYPE html SYSTEM "file://{secret}"><p>甲</p><iframe src="file://{secret}"></iframe>'
    )


def test_a_page_without_a_body_is_empty_and_no_error() -> None:
    assert [caution.code for caution in html.from_bytes(b"<!-- -->").cautions] == ["no-text"]


def test_a_page_saved_with_its_pictures_in_one_file_is_read(tmp_path: Path) -> None:
    body = b"=E6=94=B6=E8=B4=B9=E5=85=AC=E7=A4=BA"
    path = tmp_path / "f"
    path.write_bytes(
        b"From: <Saved by WebKit>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"<p>"
        + body
        + b"</p>\r\n--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x--\r\n"
    )

    assert sniff(path, "公示.doc").format == "html"
    assert html.read(path).pages == ("收费公示",)


def test_a_letter_is_no_web_page(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(
        b"To: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + "<p>您好</p>".encode()
    )

    assert sniff(path, "").format != "html"
