"""Letters as they really come: headers without encoding, words cut in half, bodies twice, parts inside parts."""

import base64
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.formats import eml, mbox
from indexer.letters import decode_header
from indexer.sniff import sniff
from indexer.text import Text


def letter(body: str | bytes, head: str = "Content-Type: text/plain; charset=gb2312") -> Text:
    content = body.encode("gb18030") if isinstance(body, str) else body
    return eml.from_bytes(f"From: a@example.com\r\nSubject: x\r\n{head}\r\n\r\n".encode() + content)


def word(text: str, codec: str = "gb2312", cut: int | None = None) -> str:
    """Encoded words, cut after so many bytes wherever that is."""
    content = text.encode("gb18030" if codec == "gb2312" else codec)
    pieces = [content[at : at + cut] for at in range(0, len(content), cut)] if cut else [content]
    return " ".join(f"=?{codec}?B?{base64.b64encode(piece).decode()}?=" for piece in pieces)


def test_headers_without_any_encoding_are_read() -> None:
    raw = "From: 王工 <wang@example.com>\r\nTo: li@example.com\r\nSubject: 关于电梯维修的通知\r\n\r\n正文".encode(
        "gb18030"
    )

    text = eml.from_bytes(raw)

    assert text.metadata["title"] == "关于电梯维修的通知"
    assert text.metadata["author"] == "王工 <wang@example.com>"
    assert text.pages[0].split("\n")[0] == "主题：关于电梯维修的通知"
    assert text.pages[0].endswith("正文")


@pytest.mark.parametrize("cut", [3, 5, 7, 30])
def test_an_encoded_word_may_be_cut_in_the_middle_of_a_character(cut: int) -> None:
    assert decode_header(word("物业服务合同续签通知", cut=cut)) == "物业服务合同续签通知"


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30), st.integers(1, 20)
)
def test_any_header_survives_encoding(text: str, cut: int) -> None:
    assert decode_header(word(text, "utf-8", cut)) == text


def test_words_and_encoded_words_stand_side_by_side() -> None:
    assert decode_header(f"Re: {word('通知')} (2)") == "Re: 通知 (2)"
    assert decode_header("=?utf-8?Q?=E7=89=A9_=E4=B8=9A?=") == "物 业"


def test_a_body_in_another_character_set_than_it_says_is_read() -> None:
    head = "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit"

    assert "物业服务合同" in letter("物业服务合同续签", head).pages[0]


def test_of_two_bodies_the_one_that_says_more_is_read() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.com", "x"
    message.set_content("请用网页查看")
    message.add_alternative("<p>二期<b>车位</b>费</p><table><tr><td>300元</td></tr></table>", subtype="html")

    page = eml.from_bytes(message.as_bytes()).pages[0]

    assert "二期车位费" in page
    assert "请用网页查看" not in page


def test_attachments_are_handed_over_under_their_decoded_names() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.com", "x"
    message.set_content("见附件")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="维修 合同.pdf")

    text = eml.from_bytes(message.as_bytes())

    assert [(child.name, child.content) for child in text.children] == [("维修 合同.pdf", b"%PDF")]
    assert "附件：维修 合同.pdf" in text.pages[0]
    assert [caution.code for caution in text.cautions] == ["has-children"]


def test_a_name_written_as_an_encoded_word_is_decoded() -> None:
    head = f'Content-Type: application/pdf; name="{word("合同.pdf")}"\r\nContent-Transfer-Encoding: base64'

    assert [child.name for child in letter(base64.b64encode(b"x"), head).children] == ["合同.pdf"]


def test_a_letter_inside_a_letter_is_a_file_of_its_own() -> None:
    inner, outer = EmailMessage(), EmailMessage()
    inner["Subject"], inner["From"] = "原信", "b@example.com"
    inner.set_content("原信正文")
    outer["Subject"], outer["From"] = "转发", "a@example.com"
    outer.set_content("请看")
    outer.add_attachment(inner)

    (child,) = eml.from_bytes(outer.as_bytes()).children

    assert "原信正文" in eml.from_bytes(child.content).pages[0]


@pytest.mark.parametrize(("kind", "code"), [("multipart/signed", "signed"), ("application/pkcs7-mime", "encrypted")])
def test_signed_and_locked_letters_are_flagged(kind: str, code: str) -> None:
    text = letter("--b\r\n\r\nwords\r\n--b--", f"Content-Type: {kind}; boundary=b")

    assert code in {caution.code for caution in text.cautions}


def test_parts_inside_parts_without_end_end() -> None:
    body = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(3000))

    assert eml.from_bytes(b"From: a\r\nTo: b\r\n" + body.encode() + b"\r\nwords").pages


def test_a_mailbox_is_a_page_per_letter(tmp_path: Path) -> None:
    letters = [
        f"From a@example.com Mon Mar  2 09:30:0{n} 2026\nFrom: a\nSubject: 第{n}封\n\n正文{n}\n" for n in range(3)
    ]
    # In the middle of a letter a line may begin with the same word.
    letters[1] += "From here on: it rains\n"
    path = tmp_path / "f"
    path.write_text("\n".join(letters))

    text = mbox.read(path)

    assert text.page_names == ("第0封", "第1封", "第2封")
    assert "it rains" in text.pages[1]
    assert text.metadata == {}


def test_a_letter_is_no_page_and_a_page_is_no_letter(tmp_path: Path) -> None:
    path = tmp_path / "f"
    head = "From: <Saved by Blink>\r\nSubject: x\r\nDate: y\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; "

    path.write_text(head + "boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--b--")
    assert sniff(path, "a.mht").format == "html"

    path.write_text("From: a@example.com\nTo: b@example.com\nSubject: x\n\ny")
    assert sniff(path, "a.eml").format == "eml"
    assert sniff(path, "").format == "eml"

    path.write_text("Subject: x\nnothing else\n")
    assert sniff(path, "a.txt").format == "plain"
