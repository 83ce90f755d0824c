"""Tables saved as text."""

from pathlib import Path

import pytest

from indexer.formats import csv


def test_a_table_is_one_page_of_its_text(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes("房号,业主\r\n1203,张三\r\n".encode("gb18030"))

    assert csv.read(path).pages == ("房号,业主\n1203,张三\n",)


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+DDE|x!y", '"=HYPERLINK(""http://x"")"', "@SUM(1)|x"])
def test_a_cell_that_would_start_something_is_flagged(cell: str, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text(f"a,b\n1,{cell}\n")

    assert "active-content" in {caution.code for caution in csv.read(path).cautions}


@pytest.mark.parametrize("cell", ["-12.5", "+86 21 6543", "a=b|c", "1|2"])
def test_an_ordinary_cell_is_not(cell: str, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text(f"a,b\n1,{cell}\n")

    assert csv.read(path).cautions == ()
