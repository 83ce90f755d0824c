"""What every file in `indexer/formats` keeps to, found by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import formats
from indexer.claims import look
from indexer.errors import IndexerError, Unreadable
from indexer.reading import Reader, Reading
from indexer.sniff import sniff
from indexer.text import CAUTIONS
from tests.samples import make

NAMES = formats.names()
DAMAGES = 40


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(time_s=20) as open_reader:
        yield open_reader


def file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "content"
    path.write_bytes(content)
    return path


def test_there_are_formats() -> None:
    assert {"plain", "docx", "pdf", "xlsx"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_format_says_what_it_is_for(name: str) -> None:
    module = formats.get(name)

    assert module.MEDIA_TYPES
    assert module.EXTENSIONS
    assert all(extension == extension.lower().lstrip(".") for extension in module.EXTENSIONS)
    assert len(module.SAMPLE_PHRASE) >= 4


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("called", ["", "扫描 2026.bin", "合同", "a.b.c"])
def test_a_sample_is_known_by_its_content_whatever_its_name(name: str, called: str, tmp_path: Path) -> None:
    module = formats.get(name)

    sniffed = sniff(file(tmp_path, module.sample()), called)

    assert sniffed.format == name
    assert sniffed.media_type in module.MEDIA_TYPES
    assert not sniffed.misnamed


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_under_its_own_name_is_not_misnamed(name: str, tmp_path: Path) -> None:
    module = formats.get(name)

    claim = module.claims(look(file(tmp_path, module.sample())))
    assert claim is not None
    for extension in claim.extensions or module.EXTENSIONS:
        assert not sniff(file(tmp_path, module.sample()), f"文件.{extension}").misnamed


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_read_in_the_sandbox(name: str, tmp_path: Path, reader: Reader) -> None:
    module = formats.get(name)

    reading = reader.read(file(tmp_path, module.sample()), "")

    assert reading.format == name
    words = reading.text.pages
    if reading.text.unread:
        words = tuple(reader.recognise(tmp_path / "content", "", page).text for page in reading.text.unread)
    assert module.SAMPLE_PHRASE in "".join("\n".join(words).split())
    assert reading.text.page_names == () or len(reading.text.page_names) == len(reading.text.pages)
    assert "no-text" not in {caution.code for caution in reading.text.cautions}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_can_be_looked_at(name: str, tmp_path: Path, reader: Reader) -> None:
    path = file(tmp_path, formats.get(name).sample())
    reading = reader.read(path, "")

    assert reading.image_pages >= 1
    assert reader.page_image(path, "", reading.image_pages, width_px=200).startswith(b"\x89PNG")
    with pytest.raises(Unreadable) as raised:
        reader.page_image(path, "", reading.image_pages + 1, width_px=200)
    assert raised.value.code == "no-such-page"


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_sample_is_read_or_refused(name: str, tmp_path: Path, reader: Reader) -> None:
    sample = formats.get(name).sample()

    for seed in range(DAMAGES):
        answer = attempt(reader, file(tmp_path, make.damaged(sample, seed)))

        assert_kept_promises(answer, seed)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_cut_at_any_tenth_is_read_or_refused(name: str, tmp_path: Path, reader: Reader) -> None:
    sample = formats.get(name).sample()

    for tenth in range(1, 10):
        answer = attempt(reader, file(tmp_path, sample[: len(sample) * tenth // 10 + 1]))

        assert_kept_promises(answer, tenth)


def attempt(reader: Reader, path: Path) -> Reading | IndexerError:
    try:
        return reader.read(path, "")
    except Unreadable as error:
        return error


def assert_kept_promises(answer: Reading | IndexerError, at: int) -> None:
    if isinstance(answer, IndexerError):
        # These two say that a reader has a fault, not that the file has one.
        assert answer.code not in ("crashed", "reader-failed"), at
        assert str(answer)
        return
    text = "\n".join(answer.text.pages)
    assert "\0" not in text
    text.encode("utf-8")
    assert {caution.code for caution in answer.text.cautions} <= set(CAUTIONS)
