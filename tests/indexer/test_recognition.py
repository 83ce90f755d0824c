"""Words are read off pictures, however they were laid on the glass, and in the sandbox."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from indexer import legible
from indexer.errors import Unreadable
from indexer.reading import Reader, unpack_recognised
from indexer.recognition import LOW_CONFIDENCE
from indexer.rendering import FONT
from tests.samples import make
from tests.samples.errors import error_rate

CONTRACT = (
    "云麓花园物业服务合同",
    "合同编号：HT-2026-0137",
    "甲方：云麓花园业主委员会",
    "3号楼A座1203室 每平方米2.80元",
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(time_s=60) as open_reader:
        yield open_reader


def file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "content"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_sheet_is_read_whichever_way_it_lay(turned: int, tmp_path: Path, reader: Reader) -> None:
    path = file(tmp_path, make.scanned(make.sheet(*CONTRACT, turned=turned, size=(900, 420)), form="PNG"))

    found = reader.recognise(path, "扫描.png", 1)

    assert error_rate(found.text, "\n".join(CONTRACT)) <= 0.01
    assert found.turned == (360 - turned) % 360
    assert found.confidence > 0.95


def test_words_below_a_seal_are_read_and_the_seal_is_counted(tmp_path: Path, reader: Reader) -> None:
    path = file(tmp_path, make.scanned(make.sheet(*CONTRACT, sealed=True), form="JPEG"))

    found = reader.recognise(path, "盖章.jpg", 1)

    assert error_rate(found.text, "\n".join(CONTRACT)) <= 0.02
    assert found.seals == 1


def test_red_letters_are_words_and_no_seal(tmp_path: Path, reader: Reader) -> None:
    head = Image.new("RGB", (900, 300), "white")
    font = ImageFont.truetype(str(FONT), 64)
    ImageDraw.Draw(head).text((60, 100), "江南物业管理有限公司文件", font=font, fill=(210, 20, 30))

    found = reader.recognise(file(tmp_path, make.scanned(head, form="PNG")), "红头.png", 1)

    assert found.text == "江南物业管理有限公司文件"
    assert found.seals == 0


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP", "WEBP", "GIF", "TIFF", "JPEG2000"])
def test_every_kind_of_picture_is_read(form: str, tmp_path: Path, reader: Reader) -> None:
    path = file(tmp_path, make.scanned(make.sheet("会所钥匙交接单", size=(640, 200)), form=form))

    reading = reader.read(path, "")

    assert (reading.format, reading.text.unread, reading.image_pages) == ("image", (1,), 1)
    assert reader.recognise(path, "", 1).text == "会所钥匙交接单"
    assert Image.open(io.BytesIO(reader.page_image(path, "", 1, width_px=320))).size == (320, 100)


def test_each_page_of_a_fax_is_a_page(tmp_path: Path, reader: Reader) -> None:
    sheets = [make.sheet(f"第{word}页传真", size=(640, 200)) for word in "一二三"]
    path = file(tmp_path, make.scanned(*sheets, form="TIFF"))

    reading = reader.read(path, "传真.tif")

    assert (len(reading.text.pages), reading.text.unread, reading.image_pages) == (3, (1, 2, 3), 3)
    assert [reader.recognise(path, "", page).text for page in (3, 1)] == ["第三页传真", "第一页传真"]
    with pytest.raises(Unreadable):
        reader.recognise(path, "", 4)


@pytest.mark.parametrize("ink", [(0, 0, 0, 255), (255, 255, 255, 255)])
def test_letters_without_paper_are_read_whatever_their_colour(
    ink: tuple[int, int, int, int], tmp_path: Path, reader: Reader
) -> None:
    image = Image.new("RGBA", (640, 200), (0, 0, 0, 0))
    ImageDraw.Draw(image).text((60, 60), "透明的印章图案", font=ImageFont.truetype(str(FONT), 48), fill=ink)

    assert reader.recognise(file(tmp_path, make.scanned(image, form="PNG")), "", 1).text == "透明的印章图案"


def test_a_photograph_is_read_as_its_camera_says_it_was_held(tmp_path: Path, reader: Reader) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    make.sheet("配电房巡检记录", size=(640, 200)).rotate(90, expand=True).save(out, "JPEG", exif=exif)
    path = file(tmp_path, out.getvalue())

    assert reader.recognise(path, "", 1).text == "配电房巡检记录"
    assert Image.open(io.BytesIO(reader.page_image(path, "", 1, width_px=320))).size == (320, 100)


def test_an_empty_page_has_no_words_and_no_fault(tmp_path: Path, reader: Reader) -> None:
    for colour in ("white", "black"):
        path = file(tmp_path, make.scanned(Image.new("RGB", (800, 600), colour), form="PNG"))

        found = reader.recognise(path, "", 1)

        assert (found.text, found.confidence) == ("", 1.0)


def test_what_can_hardly_be_read_is_read_without_confidence(tmp_path: Path, reader: Reader) -> None:
    small = make.sheet(*CONTRACT).resize((150, 108)).resize((1240, 900))
    path = file(tmp_path, make.scanned(small, form="PNG"))

    assert reader.recognise(path, "", 1).confidence < LOW_CONFIDENCE


def test_the_pages_of_a_scanned_pdf_are_to_be_read(tmp_path: Path, reader: Reader) -> None:
    path = file(
        tmp_path, make.scanned(make.sheet(*CONTRACT, size=(900, 420)), make.sheet(*CONTRACT[::-1], size=(900, 420)))
    )

    reading = reader.read(path, "扫描.pdf")

    assert reading.text.unread == (1, 2)
    assert error_rate(reader.recognise(path, "扫描.pdf", 2).text, "\n".join(CONTRACT[::-1])) <= 0.01


def test_a_pdf_with_words_and_a_blank_page_needs_no_reading(tmp_path: Path, reader: Reader) -> None:
    reading = reader.read(file(tmp_path, make.pdf("物业服务合同\n甲方：业主委员会", "")), "合同.pdf")

    assert reading.text.unread == ()


def test_a_stamp_of_some_program_over_a_scan_does_not_hide_it(tmp_path: Path, reader: Reader) -> None:
    from pypdf import PdfReader, PdfWriter

    scan = PdfWriter(clone_from=PdfReader(io.BytesIO(make.scanned(make.sheet(*CONTRACT)))))
    scan.pages[0].scale_to(595, 432)
    stamp = PdfReader(io.BytesIO(make.pdf("扫描全能王 创建"))).pages[0]
    scan.pages[0].merge_page(stamp)
    out = io.BytesIO()
    scan.write(out)

    assert reader.read(file(tmp_path, out.getvalue()), "扫描.pdf").text.unread == (1,)


def test_a_garbled_text_layer_is_to_be_read_anew(tmp_path: Path, reader: Reader) -> None:
    shifted = "".join(chr(0xE000 + ord(char) % 0x1000) for char in CONTRACT[0])
    reading = reader.read(file(tmp_path, make.pdf(f"{shifted}\n{shifted}")), "")

    assert reading.text.unread == (1,)


def test_letters_that_stand_as_rare_characters_are_put_right(tmp_path: Path, reader: Reader) -> None:
    reading = reader.read(file(tmp_path, make.pdf("犌犅/犜 31950—2023 企业诚信管理体系\n犐犆犛 03.100.02")), "标准.pdf")

    assert reading.text.pages[0].startswith("GB/T 31950—2023 企业诚信管理体系\nICS 03.100.02")
    assert ("text-layer-mended", "1") in [(caution.code, caution.detail) for caution in reading.text.cautions]
    assert reading.text.unread == ()


def test_pictures_in_office_files_are_pages_to_be_read(tmp_path: Path, reader: Reader) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("附件：营业执照")
    document.add_picture(io.BytesIO(make.scanned(make.sheet("统一社会信用代码", size=(640, 200)), form="PNG")))
    # A bullet is no page.
    document.add_picture(io.BytesIO(make.scanned(Image.new("RGB", (16, 16), "red"), form="PNG")))
    out = io.BytesIO()
    document.save(out)
    path = file(tmp_path, out.getvalue())

    reading = reader.read(path, "附件.docx")

    assert reading.text.unread == (2,)
    assert reading.text.page_names == ("", "image1.png")
    assert reader.recognise(path, "附件.docx", 2).text == "统一社会信用代码"


def test_a_picture_far_too_large_is_refused(tmp_path: Path, reader: Reader) -> None:
    out = io.BytesIO()
    Image.new("1", (1, 1)).save(out, "PNG")
    forged = bytearray(out.getvalue())
    forged[16:24] = (200_000).to_bytes(4, "big") + (200_000).to_bytes(4, "big")

    with pytest.raises(Unreadable) as raised:
        reader.read(file(tmp_path, bytes(forged)), "大.png")

    assert raised.value.code in ("too-large", "damaged")


def test_the_runtime_of_the_models_reports_to_nobody_and_runs_in_one_thread(tmp_path: Path, reader: Reader) -> None:
    reader.recognise(file(tmp_path, make.scanned(make.sheet("一", size=(640, 200)), form="PNG")), "", 1)

    pid = reader.recognising_process()
    status = Path(f"/proc/{pid}/status").read_text()

    assert "Threads:\t1\n" in status
    assert b"ORT_DISABLE_TELEMETRY=1" in Path(f"/proc/{pid}/environ").read_bytes()


@pytest.mark.parametrize(
    "lie", [b"", b"{}", b'["a", 2, 0, 0]', b'["a", 1, 45, 0]', b"[1, 1, 0, 0]", b'["a", 1, 0, -1]']
)
def test_a_lying_reader_is_not_believed(lie: bytes) -> None:
    with pytest.raises(Unreadable):
        unpack_recognised(lie)


def test_text_that_somebody_wrote_is_not_doubted() -> None:
    for text in (
        "\n".join(CONTRACT),
        "龘靐齉爩 生僻字人名表：王喆 李堃 张㛃 陈翀 刘祎 黄䶮，以上业主已办理入住手续并签收物业服务手册。",
        "The quick brown fox jumps over the lazy dog. " * 10,
        "一九二六年，國民政府頒布條例，規定各機關檔案管理辦法。",
        "1203 128.6 2.80 35.00 4,502.00 " * 20,
    ):
        assert not legible.doubtful(text), text


def test_text_that_nobody_wrote_is_doubted() -> None:
    for text in (
        "ÖÐ»ªÈËÃñ¹²ºÍ¹úÃñ·¨µäÎïÒµ¹ÜÀíÌõÀý",
        "\ue123\ue124\ue125\ue126\ue127\ue128\ue129\ue12a\ue12b",
        "(cid:12)(cid:842)(cid:77)(cid:5)(cid:912)",
        "烫鴃鵂鸓鸜鶡鷉鹝鹙鷫鸅鶀鸙鷮鵼鸑",
    ):
        assert legible.doubtful(text), text


def test_the_better_of_two_texts_is_chosen_and_the_choice_is_told() -> None:
    garbled = "\ue123\ue124\ue125\ue126\ue127\ue128\ue129\ue12a\ue12b"
    right = "云麓花园物业服务合同"

    assert legible.choose(garbled, right, 0.98) == legible.Chosen(right, "text-layer-replaced")
    assert legible.choose(garbled, "", 1.0) == legible.Chosen(garbled, "text-layer-doubtful")
    assert legible.choose(garbled, "五", 0.98).caution == "text-layer-doubtful"
    assert legible.choose(garbled, right, 0.3).caution == "text-layer-doubtful"
    assert legible.choose("扫描全能王 创建", right, 0.98) == legible.Chosen(f"扫描全能王 创建\n{right}")
    assert legible.choose("云麓花园", right, 0.98) == legible.Chosen(right)
    assert legible.choose("", right, 0.98) == legible.Chosen(right)
