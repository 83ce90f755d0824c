"""XML of any vocabulary, its entities left alone."""

from pathlib import Path

import pytest

from indexer.errors import Unreadable
from indexer.formats import xml
from indexer.text import Text
from tests.samples import make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "f"


def read(path: Path, content: str | bytes) -> Text:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return xml.read(path)


def test_data_elements_end_lines_and_running_text_does_not_break(path: Path) -> None:
    text = read(path, "<r><a>1203</a><b>张三</b><p>合<i>格</i>证</p></r>")

    assert text.pages == ("1203\n张三\n合格证",)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "big5", "utf-16"])
def test_the_declared_encoding_is_heard(path: Path, encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{encoding}"?><r>中文物業</r>'

    assert read(path, content.encode(encoding)).pages == ("中文物業",)


def test_an_entity_bomb_does_not_unfold(path: Path) -> None:
    text = read(path, make.entity_bomb())

    assert len(text.pages[0]) < 100
    assert "炸弹炸弹" not in text.pages[0]


def test_an_entity_fetches_nothing(path: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("不可外泄")

    text = read(path, make.entity_theft(str(secret)))

    assert "外泄" not in text.pages[0]
    assert "external-links" in {caution.code for caution in text.cautions}


def test_packed_binary_data_is_no_text(path: Path) -> None:
    assert read(path, f"<r><名称>附件</名称><data>{'QUJD' * 500}</data></r>").pages == ("附件",)


def test_what_was_read_before_the_damage_is_kept(path: Path) -> None:
    text = read(path, "<r><a>前半部分</a><b>后半</c></r>")

    assert "前半部分" in text.pages[0]
    assert [caution.code for caution in text.cautions] == ["partly-unreadable"]


def test_damage_from_the_beginning_is_refused(path: Path) -> None:
    with pytest.raises(Unreadable):
        read(path, "<?xml version='1.0'?><<<")
