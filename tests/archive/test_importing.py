"""Many files with a table: tried out, taken in once however often it is given, and answered row by row."""

import io
from pathlib import Path

import pytest

from access.actors import OPERATOR
from access.rules import Denied
from archive import importing, locations, organisation, sheets
from archive.app import Archive
from archive.cli import main
from archive.errors import Invalid
from archive.importing import Receipt
from archive.locations import NewPlace
from archive.model import Site
from tests.archive.test_a_page_of_results import statements
from tests.builders import a_person, a_record
from tests.conftest import Clock

HEADS = ("文件", "题名", "类目", "密级", "项目", "日期", "当事人")
ROWS = (
    ("一/合同.txt", "保洁合同", "HT03", "内部", "云麓花园", "2026-03-01", "甲公司；乙公司"),
    ("通知.txt", "停水通知", "GL08", "0", "JF01", "2026年3月2日", ""),
    ("没有.txt", "不存在", "", "", "", "", ""),
    ("坏日期.txt", "坏", "", "", "", "三月", ""),
    ("../外面.txt", "", "", "", "", "", ""),
    ("坏类.txt", "", "ZZ99", "", "", "", ""),
)


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    folder = tmp_path / "delivery"
    (folder / "一").mkdir(parents=True)
    for name in ("一/合同.txt", "通知.txt", "坏日期.txt", "坏类.txt", "../外面.txt"):
        (folder / name).write_text(f"内容 {name}")
    (folder / "清单.csv").write_bytes(sheets.as_csv(HEADS, ROWS))
    return folder


def run(archive: Archive, delivery: Path, *, dry: bool = False) -> Receipt:
    table = (delivery / "清单.csv").read_bytes()
    return importing.run(archive, OPERATOR, table, importing.folder(delivery), dry=dry)


def test_a_dry_run_says_what_would_happen_and_changes_nothing(archive: Archive, delivery: Path) -> None:
    receipt = run(archive, delivery, dry=True)

    assert [(one.row, one.outcome, one.code) for one in receipt.lines] == [
        (2, "ready", ""),
        (3, "ready", ""),
        (4, "problem", "source-gone"),
        (5, "problem", "not-a-date"),
        (6, "problem", "outside"),
        (7, "problem", "no-such-class"),
    ]
    with archive.read() as tx:
        assert list(tx.records.ids()) == []
        assert tx.objects.totals()[0] == 0


def test_rows_become_filed_records_as_the_table_says(archive: Archive, delivery: Path) -> None:
    receipt = run(archive, delivery)

    with archive.read() as tx:
        contract = tx.records.get(receipt.lines[0].record_id)
    assert (contract.title, contract.class_code, contract.level, contract.site) == ("保洁合同", "HT03", 1, "YL02")
    assert contract.parties == ("甲公司", "乙公司")
    assert contract.lifecycle == "filed"
    assert receipt.count("captured") == 2
    assert receipt.count("refused") == 4


def test_a_name_that_no_file_can_have_costs_only_its_row(archive: Archive, delivery: Path) -> None:
    table = "文件,题名\r\n坏\0.txt,坏\r\n通知.txt,停水通知\r\n".encode()

    for dry in (True, False):
        receipt = importing.run(archive, OPERATOR, table, importing.folder(delivery), dry=dry)
        assert [one.code for one in receipt.lines] == ["outside", ""]


def test_the_same_table_again_goes_on_where_it_was_cut_off(archive: Archive, delivery: Path) -> None:
    run(archive, delivery)
    (delivery / "没有.txt").write_text("现在有了")

    again = run(archive, delivery)

    assert [one.outcome for one in again.lines[:3]] == ["captured", "captured", "captured"]
    assert [one.before for one in again.lines[:3]] == [True, True, False]
    with archive.read() as tx:
        assert len(list(tx.records.ids())) == 3
        assert tx.intake.counts()["duplicate"] == 0


def test_bytes_that_are_here_are_linked_and_a_hidden_twin_is_not_told(archive: Archive, delivery: Path) -> None:
    a_record(archive, "内容 通知.txt", level=3, site="JF01")
    keeper = a_person(archive, "keeper", "document_controller", clearance=1, sites=("JF01", "YL02"))
    table = (delivery / "清单.csv").read_bytes()

    receipt = importing.run(archive, keeper, table, importing.folder(delivery))

    assert (receipt.lines[1].outcome, receipt.lines[1].record_id) == ("captured", "")
    assert run(archive, delivery).lines[1].outcome == "duplicate"


@pytest.mark.parametrize("table", [b"", b"\x00\x01", "题名\n没有文件列\n".encode(), b"PK\x03\x04 no workbook"])
def test_what_is_no_table_is_refused_whole(archive: Archive, table: bytes, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        importing.run(archive, OPERATOR, table, importing.folder(tmp_path))


def test_only_those_whose_duty_it_is_import(archive: Archive, delivery: Path) -> None:
    with pytest.raises(Denied):
        importing.run(archive, a_person(archive, "borrower"), b"file\n", lambda name: io.BytesIO(b"x"))


def test_the_command_writes_a_receipt_and_ends_with_one_when_rows_were_refused(
    home: Path, delivery: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(home), "import", str(delivery / "清单.csv")]) == 1

    receipt = sheets.rows((delivery / "清单.csv.receipt.csv").read_bytes())
    assert [row["结果 outcome"] for row in receipt] == ["captured", "captured", *["refused"] * 4]
    assert "2 of 6 rows are taken in" in capsys.readouterr().out


def test_files_come_one_by_one_and_the_ledger_says_when_the_import_is_whole(archive: Archive, delivery: Path) -> None:
    begun = importing.begin(archive, OPERATOR, (delivery / "清单.csv").read_bytes(), "清单.csv")
    standing = importing.standing(archive, OPERATOR, begun.id)
    assert (standing.ready, standing.problem, standing.taken) == (4, 2, 0)

    for name in ("一/合同.txt", "通知.txt", "../外面.txt"):
        with (delivery / name).open("rb") as file:
            importing.take(archive, OPERATOR, begun.id, file, name)
    assert ended(archive) == 0
    (line,) = importing.take(archive, OPERATOR, begun.id, io.BytesIO("来了".encode()), "没有.txt")

    assert (line.row, line.outcome) == (4, "captured")
    assert ended(archive) == 1
    receipt = importing.receipt(archive, OPERATOR, begun.id)
    assert [one.outcome for one in receipt.lines] == [*["captured"] * 3, "problem", "captured", "problem"]
    with archive.read() as tx:
        assert tx.records.get(receipt.lines[0].record_id).title == "保洁合同"
        assert not any(row.said for row in tx.imports.rows(begun.id) if row.outcome == "taken")


def test_what_a_command_took_in_of_a_table_is_known_on_its_page_and_the_other_way_round(
    archive: Archive, delivery: Path
) -> None:
    table = (delivery / "清单.csv").read_bytes()
    run(archive, delivery)

    begun = importing.begin(archive, OPERATOR, table, "清单.csv")

    assert importing.standing(archive, OPERATOR, begun.id).taken == 2
    assert importing.take(archive, OPERATOR, begun.id, io.BytesIO(b"other"), "通知.txt") == []
    importing.take(archive, OPERATOR, begun.id, io.BytesIO("来了".encode()), "没有.txt")
    assert [one.before for one in run(archive, delivery).lines[:3]] == [True, True, True]


def test_a_file_for_two_rows_is_taken_in_for_both(archive: Archive) -> None:
    begun = importing.begin(archive, OPERATOR, "文件,题名\na.txt,甲\na.txt,乙\n".encode(), "清单.csv")

    lines = importing.take(archive, OPERATOR, begun.id, io.BytesIO("同一份".encode()), "a.txt")

    assert [one.outcome for one in lines] == ["captured", "duplicate"]


def test_a_row_that_was_put_right_since_is_ready_when_the_table_is_given_again(archive: Archive) -> None:
    table = "文件,题名,项目\na.txt,甲,ZZ01\n".encode()
    begun = importing.begin(archive, OPERATOR, table, "清单.csv")
    assert importing.standing(archive, OPERATOR, begun.id).problem == 1

    organisation.add_site(archive, OPERATOR, Site("ZZ01", "新项目", "New", "ZZ01"))
    again = importing.begin(archive, OPERATOR, table, "清单.csv")

    assert again.id == begun.id
    assert importing.standing(archive, OPERATOR, begun.id).ready == 1


def test_a_table_is_not_kept_for_ever(archive: Archive, clock: Clock) -> None:
    begun = importing.begin(archive, OPERATOR, "文件\na.txt\n".encode(), "清单.csv")
    clock.advance(days=89)
    importing.forget_old(archive)
    assert importing.standing(archive, OPERATOR, begun.id).ready == 1

    clock.advance(days=2)
    importing.forget_old(archive)

    assert importing.mine(archive, OPERATOR) == []


def ended(archive: Archive) -> int:
    with archive.read() as tx:
        return sum(line.action == "import.ended" for line in tx.ledger.every())


def test_a_row_whose_shelf_is_no_place_is_refused_by_itself(archive: Archive, delivery: Path) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3, sites=("JF01",))
    locations.add(archive, keeper, NewPlace("JF01", "room", "一号库房"))
    rows = (("通知.txt", "甲", "JF01", "一号库房"), ("一/合同.txt", "乙", "JF01", "一号库坊"))
    table = sheets.as_csv(("文件", "题名", "项目", "架位"), rows)

    tried = importing.run(archive, keeper, table, importing.folder(delivery), dry=True)
    assert [(one.outcome, one.code) for one in tried.lines] == [("ready", ""), ("problem", "no-such-shelf")]
    assert "一号库坊" in tried.lines[1].reason
    begun = importing.begin(archive, keeper, table, "清单.csv")
    standing = importing.standing(archive, keeper, begun.id)
    assert (standing.ready, standing.problem) == (1, 1)
    taken = importing.run(archive, keeper, table, importing.folder(delivery))
    assert [(one.outcome, one.code) for one in taken.lines] == [("captured", ""), ("refused", "no-such-shelf")]


def test_a_longer_table_asks_for_the_places_no_oftener(archive: Archive) -> None:
    """Two thousand rows with an address kept everybody else from writing for seconds."""
    room = locations.add(archive, OPERATOR, NewPlace("JF01", "room", "一号库房"))
    for number in range(4):
        locations.add(archive, OPERATOR, NewPlace("", "box", f"{number}盒", parent_id=room.id))

    def asked(rows: int) -> int:
        addresses = (f"一号库房-{number % 6}盒" for number in range(rows))
        cells = [(f"{number}.txt", f"{rows}", "JF01", address) for number, address in enumerate(addresses)]
        table = sheets.as_csv(("文件", "题名", "项目", "架位"), cells)
        with statements() as told:
            begun = importing.begin(archive, OPERATOR, table, "清单.csv")
        assert importing.standing(archive, OPERATOR, begun.id).problem == rows // 3
        return sum("locations" in one for one in told)

    assert asked(6) == asked(60)
