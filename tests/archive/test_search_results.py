"""A list of results is made for work: within its reader's rights, safe in a spreadsheet, and written down."""

import csv
import io

from openpyxl import load_workbook

from archive import reports
from archive.app import Archive
from archive.reports import search_results
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle


def lines(archive: Archive, actor: object, **asked: str) -> list[list[str]]:
    printed = reports.print_out(archive, actor, "search_results", asked, form="csv", language="zh")  # type: ignore[arg-type]
    rows = list(csv.reader(io.StringIO(printed.content.decode("utf-8-sig"))))
    return [row for row in rows if row and row[0].isdigit()]


def test_the_list_holds_what_its_reader_may_find_and_says_what_they_may_read(archive: Archive, reader: Reader) -> None:
    cleared, uncleared = a_person(archive, "li", clearance=2), a_person(archive, "wang", clearance=1)
    a_record(archive, "甲", title="电梯合同", level=2, shelf_location="一号库房-03柜")
    a_record(archive, "乙", title="电梯保养说明", level=1, name="b.txt", class_code="SB02")
    settle(archive, reader)

    everything = {row[2]: row for row in lines(archive, cleared, q="电梯")}
    assert set(everything) == {"电梯合同", "电梯保养说明"}
    assert (everything["电梯合同"][10], everything["电梯合同"][11]) == ("一号库房-03柜", "须借阅")
    assert [row[2] for row in lines(archive, uncleared, q="电梯")] == ["电梯保养说明"]
    assert [row[2] for row in lines(archive, cleared, q="电梯", **{"class": "HT02,HT03"})] == ["电梯合同"]


def test_nothing_in_the_list_is_a_formula(archive: Archive, reader: Reader) -> None:
    actor = a_person(archive, "li")
    evil = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1")
    for number, title in enumerate(evil):
        a_record(archive, f"电梯{number}", title=f"{title}电梯", name=f"{number}.txt")
    settle(archive, reader)

    for row in lines(archive, actor, q="电梯"):
        assert row[2][0] not in "=+-@\t\r", row[2]
    book = reports.print_out(archive, actor, "search_results", {"q": "电梯"}, form="xlsx", language="en").content
    cells = [cell for row in load_workbook(io.BytesIO(book)).worksheets[0].iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert sum("电梯" in str(cell.value) for cell in cells) >= len(evil)


def test_a_list_that_is_too_long_says_so(archive: Archive, reader: Reader, monkeypatch: object) -> None:
    actor = a_person(archive, "li")
    for number in range(3):
        a_record(archive, f"电梯{number}", title=f"电梯{number}", name=f"{number}.txt")
    settle(archive, reader)
    monkeypatch.setattr(search_results, "ROWS_MAX", 2)  # type: ignore[attr-defined]

    printed = reports.print_out(archive, actor, "search_results", {"q": "电梯"}, form="csv", language="zh")

    assert "共 3 件，仅列前 2 件" in printed.content.decode("utf-8-sig")
    with archive.read() as tx:
        line = tx.ledger.lines(actor=actor.id, limit=1)[0]
    assert (line.action, line.subject_id) == ("report.printed", "search_results")
    assert "电梯" not in str(line.payload)
