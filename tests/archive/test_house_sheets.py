"""Sheets that a company writes in its own words, and what the house makes of them."""

from collections.abc import Mapping

import pytest

from access.actors import Actor
from access.rules import Denied
from archive import (
    checklists,
    climate,
    evidence,
    house_sheets,
    inspections,
    laws,
    locations,
    reports,
    room_words,
    sheets,
)
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.locations import NewPlace
from tests.builders import a_person, a_record
from tests.conftest import Clock


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")


@pytest.mark.parametrize("code", house_sheets.names())
def test_a_sheet_goes_out_as_a_table_and_comes_back_the_same(archive: Archive, keeper: Actor, code: str) -> None:
    before = house_sheets.show(archive, keeper, code).versions[0].rows
    for version, workbook in enumerate((False, True)):
        table = house_sheets.dump(archive, keeper, code, workbook=workbook)
        house_sheets.load(archive, keeper, code, table, version=version, reason="原样导入")
        assert house_sheets.show(archive, keeper, code).versions[0].rows == before


@pytest.mark.parametrize("code", house_sheets.names())
def test_a_table_that_cannot_be_is_refused_as_a_whole_with_its_line(archive: Archive, keeper: Actor, code: str) -> None:
    columns, held = house_sheets.open_sheet(code).COLUMNS, house_sheets.show(archive, keeper, code).versions[0].rows

    def table(*rows: Mapping[str, str]) -> bytes:
        return sheets.as_csv(columns, [[row[name] for name in columns] for row in rows])

    for wrong, said in (
        (b"a,b\r\n1,2\r\n", "columns"),
        (table(*held[:2], {**held[2], "source": ""}), "Line 4"),
        (table(*held, held[0]), "Two lines"),
    ):
        with pytest.raises(Invalid, match=said):
            house_sheets.load(archive, keeper, code, wrong, version=0, reason="x")
    with pytest.raises(Invalid, match="why"):
        house_sheets.load(archive, keeper, code, table(*held), version=0, reason=" ")
    assert len(house_sheets.show(archive, keeper, code).versions) == 1


def test_a_new_line_takes_the_place_of_no_other(archive: Archive, keeper: Actor) -> None:
    before = house_sheets.show(archive, keeper, "review_inputs").versions[0].rows
    line = {**before[0], "zh": "改写"}

    with pytest.raises(Conflict, match="already"):
        house_sheets.change(archive, keeper, "review_inputs", line, version=0, reason="新增", new=True)

    assert house_sheets.show(archive, keeper, "review_inputs").versions[0].rows == before


def test_a_whole_table_does_not_undo_what_somebody_changed_since_it_was_read(archive: Archive, keeper: Actor) -> None:
    table = house_sheets.dump(archive, keeper, "review_inputs")
    line = {"code": "g", "zh": "信息安全", "en": "", "source": "本公司自定"}
    house_sheets.change(archive, keeper, "review_inputs", line, version=0, reason="新增")

    with pytest.raises(Conflict):
        house_sheets.load(archive, keeper, "review_inputs", table, version=0, reason="整表导入")

    assert "信息安全" in {one["zh"] for one in house_sheets.show(archive, keeper, "review_inputs").versions[0].rows}


def test_only_who_keeps_the_file_plan_changes_a_sheet_and_everybody_sees_what_they_may(
    archive: Archive, keeper: Actor
) -> None:
    borrower = a_person(archive, "borrower", "borrower", clearance=1)
    line = {"code": "g", "zh": "信息安全", "en": "", "source": "本公司自定"}

    with pytest.raises(Denied):
        house_sheets.change(archive, borrower, "review_inputs", line, version=0, reason="x")
    with pytest.raises(Denied):
        house_sheets.show(archive, borrower, "protections")
    assert "protections" not in house_sheets.offered(borrower)
    assert set(house_sheets.offered(keeper)) == set(house_sheets.names())
    house_sheets.change(archive, keeper, "review_inputs", line, version=0, reason="增加一项")
    with pytest.raises(Conflict):
        house_sheets.change(archive, keeper, "review_inputs", line, version=0, reason="x", remove=True)
    with pytest.raises(NotFound):
        house_sheets.change(archive, keeper, "review_inputs", {"code": "z"}, version=1, reason="x", remove=True)


def test_what_is_inspected_changes_and_what_was_inspected_keeps_its_words(
    archive: Archive, keeper: Actor, clock: Clock
) -> None:
    room = locations.add(archive, keeper, NewPlace("JF01", "room", "库房", media="纸质"))
    with archive.read() as tx:
        before = {one.code: ("good", "") for one in inspections.items(tx)}
    inspections.inspect(archive, keeper, room.id, before | {"fire": ("bad", "更换灭火器")})
    clock.advance(days=1)
    gas = {"code": "gas", "zh": "防有害气体", "en": "", "looked_at": "气味、通风", "looked_at_en": "", "source": "自定"}

    house_sheets.change(archive, keeper, "protections", gas, version=0, reason="新库房临近车库")
    house_sheets.change(archive, keeper, "protections", {"code": "fire"}, version=1, reason="另表检查", remove=True)
    damp = {**gas, "code": "damp", "zh": "防潮（含墙面返潮）", "looked_at": "墙面、地漏"}
    house_sheets.change(archive, keeper, "protections", damp, version=2, reason="去年返潮")
    clock.advance(days=1)

    with pytest.raises(Invalid):
        inspections.inspect(archive, keeper, room.id, before)
    with pytest.raises(Conflict):
        inspections.inspect(archive, keeper, room.id, before, version=0)
    after = {code: said for code, said in before.items() if code != "fire"} | {"gas": ("good", "")}
    inspections.inspect(archive, keeper, room.id, after)
    (action,) = climate.rooms(archive, keeper)[0].open_actions
    assert room_words.of_action(archive, action)[0] == "防火异常"
    latest, first = (
        reports.print_out(
            archive, keeper, "room_inspection", {"place": room.address, "on": on}, form="csv", language="zh"
        ).content.decode("utf-8-sig")
        for on in ("", "2026-03-02")
    )
    assert "防有害气体" in latest
    assert "防潮（含墙面返潮）" in latest
    assert "防火" not in latest
    assert "防火" in first
    assert "防有害气体" not in first
    assert "返潮" not in first


def test_evidence_is_counted_by_class_within_what_its_reader_may_find(
    archive: Archive, clock: Clock, keeper: Actor
) -> None:
    for number, (level, day) in enumerate(((1, "2026-02-01"), (2, "2025-05-01"), (1, "2025-12-31"))):
        a_record(archive, f"纪要 {number}", class_code="GL08", level=level, document_date=day, name=f"{number}.txt")
    reader = a_person(archive, "reader", "records_liaison", clearance=1)

    def line(actor: Actor, code: str, year: int = 2026) -> evidence.Line:
        return next(one for one in evidence.index(archive, actor, year=year).lines if one.proof.code == code)

    assert (line(keeper, "1.10").records, line(keeper, "1.10").of_the_year) == (3, 1)
    assert (line(reader, "1.10").records, line(reader, "1.10", 2025).of_the_year) == (2, 1)
    assert str(line(reader, "1.10").latest) == "2026-02-01"
    assert (line(keeper, "2.3").records, line(keeper, "2.3").latest) == (0, None)
    goal = {
        "code": "目标3", "zh": "例会纪要 100% 归档", "en": "", "classes": "GL08 GL04", "pages": "/dossiers",
        "printouts": "", "source": "2026 年度质量目标",
    }  # fmt: skip
    house_sheets.change(archive, keeper, "evidence", goal, version=0, reason="年度目标")
    assert line(keeper, "目标3").by_class == {"GL08": 3, "GL04": 0}
    with pytest.raises(Invalid, match="address"):
        house_sheets.change(archive, keeper, "evidence", {**goal, "pages": "//elsewhere"}, version=1, reason="x")


def test_every_clause_names_classes_and_printouts_that_exist(archive: Archive, keeper: Actor) -> None:
    index = evidence.index(archive, keeper)

    assert {code for one in index.lines for code in one.proof.classes} <= set(index.classes)
    assert {name for one in index.lines for name in one.proof.printouts} <= set(reports.names())
    assert {f"2.{number}" for number in range(1, 15)} <= {one.proof.code for one in index.lines}


@pytest.mark.parametrize("odd", ["a b", "a/b", "a\tb", "x" * 200])
def test_no_door_takes_an_odd_code(archive: Archive, keeper: Actor, odd: str) -> None:
    line = {"code": odd, "zh": "防尘", "en": "", "looked_at": "", "looked_at_en": "", "source": "公司制度"}
    need = {"item": odd, "name_zh": "印章移交单", "source": "公司制度"}
    for door in (
        lambda: house_sheets.change(archive, keeper, "protections", line, version=0, reason="试"),
        lambda: checklists.change(archive, keeper, "ZH", need, version=0, reason="试", remove=False),
        lambda: locations.add(archive, keeper, NewPlace("JF01", "room", odd)),
        lambda: laws.state(archive, keeper, {"code": odd, "name": "某规定"}, version=0, reason="试"),
    ):
        with pytest.raises(Invalid) as refused:
            door()
        assert refused.value.code == "odd-code"
