"""Markdown is kept as it is; its title is where its author put it."""

from pathlib import Path

import pytest

from indexer.formats import markdown


@pytest.mark.parametrize(
    "text",
    [
        "# 物业管理条例\n\n正文",
        "前言\n\n## 物业管理条例 ##\n",
        "物业管理条例\n=====\n正文",
        "---\ndate: 2026-03-01\ntitle: 物业管理条例\n---\n# 另一个\n",
        '---\ntitle: "物业管理条例"\n---\n正文',
    ],
)
def test_the_title_is_the_first_heading_or_the_declared_one(text: str, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text(text)

    read = markdown.read(path)

    assert read.metadata == {"title": "物业管理条例"}
    assert read.pages == (text,)


def test_without_a_heading_there_is_no_title(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("只有正文。#不是标题\n")

    assert markdown.read(path).metadata == {}
