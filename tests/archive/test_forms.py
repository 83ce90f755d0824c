"""The forms of the standard are data: found by any of their names, printed as blanks that bear a serial, filled in on
screen, and recognised when they come back."""

import io
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image, ImageDraw

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import faults, filling, forms, intake, numbering, records, reports, returning, versions, worker
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound, OutOfSpace
from archive.intake import Claims
from archive.model.forms import Field, marked, wrong
from archive.numbering import HandOver
from indexer.reading import Reader
from tests.builders import a_person
from tests.conftest import Clock

VISIT = {"来访单位": "云麓街道办", "来访人数": "6", "接待要求": "投影、茶水"}


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=3)


def a_scan(
    archive: Archive,
    reader: Reader,
    pdf: bytes,
    *,
    page: int = 1,
    site: str = "JF01",
    scribble: str = "x",
    level: int = 1,
) -> str:
    """A sheet that was printed, written on by hand and scanned: a picture and nothing else. The id of its record."""
    printed = archive.settings.home / f"{scribble}.pdf"
    printed.write_bytes(pdf)
    picture = Image.open(io.BytesIO(reader.page_image(printed, "blank.pdf", page, width_px=1240))).convert("L")
    ImageDraw.Draw(picture).text((400, 600), scribble, fill=0)
    out = io.BytesIO()
    picture.save(out, "PNG")
    claims = Claims(site=site, level=level)
    return intake.hand_in(archive, OPERATOR, io.BytesIO(out.getvalue()), "scan.png", claims, door="command").record_id


def read(archive: Archive, reader: Reader) -> None:
    """Everything is read and looked through for squares; no words are taken off pictures, which takes its time."""
    while worker.run_one(archive, reader, "test/1", ("read", "find-form")):
        pass


def test_the_twenty_forms_are_there_and_each_belongs_to_a_class(archive: Archive, keeper: Actor) -> None:
    known = [one.form for one in forms.every(archive, keeper)]

    assert [one.code for one in known] == [f"F{n:02}" for n in range(1, 21)]
    names = [name for one in known for name in one.names]
    assert len(names) == len(set(names))
    with archive.read() as tx:
        classes = {one.code for one in tx.file_plan.every()}
    assert {one.class_code for one in known} <= classes
    assert all(len(one.fields) > 4 and one.source for one in known)


@pytest.mark.parametrize("name", ["F01", "f01", "会务贵宾接待工作单", "《会务贵宾来访工作单》"])
def test_a_form_is_found_by_any_of_its_names(archive: Archive, keeper: Actor, name: str) -> None:
    assert forms.called(archive, keeper, name).form.code == "F01"
    with pytest.raises(NotFound):
        forms.called(archive, keeper, "F99")


def test_blanks_are_given_out_in_one_place_and_are_known_by_who_has_them(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    out, lost, back = filling.give_out(archive, keeper, "F06", "JF01", 3, to="客服前台 小李")
    filling.fill(archive, keeper, "F06", "JF01", {"房号": "A1202", "检查日期": "2026-03-01"})
    numbering.void(archive, keeper, lost.serial, "填废")
    a_scan(archive, reader, filling.printed(archive, keeper, [back.serial]))
    read(archive, reader)

    assert filling.tally(archive, keeper, "F06") == filling.Tally(out=1, back=1, void=1, screen=1)
    listed = {
        state: [one.sheet.serial for one in filling.copies(archive, keeper, "F06", state=state)]
        for state in ("out", "void", "scan")
    }
    assert listed == {"out": [out.serial], "void": [lost.serial], "scan": [back.serial]}
    gaps = {one.code: one for one in numbering.gaps(archive, keeper)}
    assert gaps.keys() == {out.serial, lost.serial}
    gap = gaps[out.serial]
    assert gap.issued is not None
    assert (gap.form, gap.issued.given_to, gap.giver) == ("房间复检记录", "客服前台 小李", "keeper")
    report = reports.print_out(archive, keeper, "gaps", {}, form="csv", language="zh").content.decode("utf-8-sig")
    assert report.count("客服前台 小李") == 2
    with pytest.raises(NotFound):
        filling.printed(archive, keeper, [lost.serial])


def test_copies_out_of_sight_are_counted_for_nobody(archive: Archive, keeper: Actor) -> None:
    filling.give_out(archive, keeper, "F06", "YL02", 2)
    filling.fill(archive, keeper, "F06", "YL02", {"房号": "A1202", "检查日期": "2026-03-01"})
    elsewhere = a_person(archive, "elsewhere", "document_controller", clearance=3, sites=("JF01",))
    uncleared = a_person(archive, "uncleared", "document_controller", clearance=0)

    assert filling.tally(archive, keeper, "F06") == filling.Tally(2, 0, 0, 1)
    for other in (elsewhere, uncleared):
        assert filling.tally(archive, other, "F06") == filling.Tally(0, 0, 0, 0)


def test_a_blank_of_a_form_whose_class_counts_no_forms_bears_a_serial_of_the_form_and_comes_back_by_it(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    first, second = filling.give_out(archive, keeper, "F19", "JF01", 2)
    assert (first.serial, second.serial) == ("F19-JF01-202603-0001", "F19-JF01-202603-0002")
    assert filling.tally(archive, keeper, "F19") == filling.Tally(2, 0, 0, 0)

    scan = a_scan(archive, reader, filling.printed(archive, keeper, [first.serial]))
    read(archive, reader)
    again = a_scan(archive, reader, filling.printed(archive, keeper, [second.serial]), site="YL02", scribble="y")
    read(archive, reader)

    line, _ = filling.sheet(archive, keeper, first.serial)
    assert (line.sheet.record_id, line.sheet.how) == (scan, "scan")
    assert filling.tally(archive, keeper, "F19") == filling.Tally(1, 1, 0, 0)
    assert [one.value for one in records.view(archive, keeper, scan).suggestions if one.field == "class_code"] == [
        "GL04"
    ]
    square = returning.apart(archive, keeper, again)
    assert square is not None
    assert square.square.outcome == "other-site"
    returning.take_off(archive, keeper, first.serial, "另一张表")
    assert filling.tally(archive, keeper, "F19") == filling.Tally(2, 0, 0, 0)


def test_a_blank_that_its_form_counts_has_a_holder_stands_among_the_missing_numbers_and_is_voided_with_a_reason(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    """INV-26."""
    out, lost, back = filling.give_out(archive, keeper, "F19", "JF01", 3, to="客服前台 小李")
    pdf = filling.printed(archive, keeper, [lost.serial])
    elsewhere = a_person(archive, "elsewhere", "document_controller", clearance=3, sites=("YL02",))
    for actor, reason, error in ((keeper, " ", Invalid), (elsewhere, "填废", NotFound)):
        with pytest.raises(error):
            numbering.void(archive, actor, lost.serial, reason)
    numbering.void(archive, keeper, lost.serial, "填废")
    with pytest.raises(Conflict):
        numbering.void(archive, keeper, lost.serial, "又填废")
    a_scan(archive, reader, filling.printed(archive, keeper, [back.serial]))
    read(archive, reader)
    with pytest.raises(Conflict):
        numbering.void(archive, keeper, back.serial, "已收回")

    gaps = {one.code: one for one in numbering.gaps(archive, keeper)}
    assert {code: one.kind for code, one in gaps.items()} == {out.serial: "outstanding", lost.serial: "void"}
    gap = gaps[out.serial]
    assert gap.issued is not None
    assert (gap.form, gap.issued.given_to, gap.giver) == ("工作总结与下月计划", "客服前台 小李", "keeper")
    assert numbering.gaps(archive, elsewhere) == []
    uncleared = a_person(archive, "uncleared", "document_controller", clearance=1)
    assert numbering.gaps(archive, uncleared) == [], "what the pages of forms hide is hidden here"
    with pytest.raises(NotFound):
        numbering.void(archive, uncleared, out.serial, "填废")
    assert filling.tally(archive, keeper, "F19") == filling.Tally(out=1, back=1, void=1, screen=0)
    assert [one.sheet.serial for one in filling.copies(archive, keeper, "F19", state="void")] == [lost.serial]
    line, _ = filling.sheet(archive, keeper, lost.serial)
    assert line.issued is not None
    assert (line.issued.void_reason, line.issued.given_to) == ("填废", "客服前台 小李")
    with pytest.raises(NotFound):
        filling.printed(archive, keeper, [lost.serial])

    late = a_scan(archive, reader, pdf)
    read(archive, reader)
    square = returning.apart(archive, keeper, late)
    assert square is not None
    assert square.square.outcome == "void"
    found = faults.every(archive, keeper, kind="serial_gap")
    assert [one.fault.subject for one in found] == [out.serial], "a later number has come back"


def test_a_number_that_a_form_counted_and_nobody_wrote_down_is_missing(archive: Archive, keeper: Actor) -> None:
    (first,) = filling.give_out(archive, keeper, "F19", "JF01", 1)
    filling.give_out(archive, keeper, "F19", "JF01", 1)
    with archive.write() as tx:
        tx.connection.execute(sa.text("DELETE FROM form_sheets WHERE serial = :serial"), {"serial": first.serial})

    assert [(one.code, one.kind) for one in numbering.gaps(archive, keeper) if one.kind != "outstanding"] == [
        (first.serial, "never-written")
    ]


def test_a_form_is_changed_field_by_field_or_as_a_table_and_every_change_is_a_version(
    archive: Archive, keeper: Actor
) -> None:
    said = {"field": "车牌号", "kind": "text"}
    forms.change(archive, keeper, "F01", said, version=0, reason="来宾停车", remove=False)

    with pytest.raises(Conflict):
        forms.change(archive, keeper, "F01", said, version=0, reason="来宾停车", remove=True)
    shown = forms.show(archive, keeper, "F01")
    assert [one.version for one in shown.versions] == [1, 0]
    assert shown.form.fields[-1] == Field("车牌号")

    assert forms.load(archive, keeper, forms.dump(archive, keeper), reason="原样") == []
    table = forms.dump(archive, keeper, workbook=True)
    assert forms.load(archive, keeper, table, reason="原样") == []
    more = forms.dump(archive, keeper).decode("utf-8-sig") + "F21,访客登记表,,AQ02,1,来访时,姓名,text,,是,,公司制度\r\n"
    assert forms.load(archive, keeper, more.encode(), reason="新表单") == ["F21"]
    assert forms.called(archive, keeper, "访客登记表").form.fields == (Field("姓名", needed=True),)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("F21,会务贵宾来访工作单,,AQ02,1,,姓名,text,,,,", "form-name-taken"),
        ("F21,访客登记表,,XX99,1,,姓名,text,,,,", "no-such-class"),
        ("F21,访客登记表,,AQ02,7,,姓名,text,,,,", "bad-form"),
        ("F21,访客登记表,,AQ02,1,,姓名,magic,,,,", "bad-field"),
        ("F21,访客登记表,,AQ02,1,,性别,choice,,,,", "bad-field"),
    ],
)
def test_a_table_of_forms_that_cannot_be_right_changes_nothing(
    archive: Archive, keeper: Actor, line: str, code: str
) -> None:
    table = f"{','.join(forms.COLUMNS)}\r\n{line}\r\n".encode()
    with pytest.raises(Invalid) as refused:
        forms.load(archive, keeper, table, reason="x")
    assert refused.value.code == code
    assert len(forms.every(archive, keeper)) == 20


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (Field("日期", "date"), "2028-02-29", "2027-02-29"),
        (Field("人数", "number"), "6", "六"),
        (Field("门窗", "choice", ("完好", "有损坏")), "完好", "不知道"),
        (Field("单位", needed=True), "街道办", ""),
        (Field("签字", "sign"), "", "张三"),
    ],
)
def test_what_stands_in_a_field_fits_its_kind(field: Field, good: str, bad: str) -> None:
    assert not wrong(field, good)
    assert wrong(field, bad)


def test_a_square_says_form_version_and_serial_or_on_old_blanks_the_serial(archive: Archive) -> None:
    del archive
    assert marked("MUNIMENT FORM F01.2 FW03-JF01-202603-0001") == ("F01", 2, "FW03-JF01-202603-0001")
    assert marked("FW03-JF01-202603-0001") == ("", 0, "FW03-JF01-202603-0001")
    for other in ("MUNIMENT FORM F01 FW03-JF01-202603-0001", "MUNIMENT SPLIT", "https://example.invalid/"):
        assert marked(other) is None


def test_filled_in_on_screen_it_is_a_filed_record_under_its_serial_with_its_fields_as_data(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    sheet = filling.fill(archive, keeper, "F01", "JF01", VISIT, once="0123456789abcdef")
    again = filling.fill(archive, keeper, "F01", "JF01", VISIT, once="0123456789abcdef")

    assert again == sheet
    assert sheet.serial == "FW03-JF01-202603-0001"
    record = records.view(archive, keeper, sheet.record_id).record
    assert (record.lifecycle, record.class_code, record.doc_number) == ("filed", "FW03", sheet.serial)
    assert filling.values_of(archive, keeper, [record.id])[record.id] == {
        "表单": "F01", "流水号": sheet.serial, **VISIT, "抵达时间": "", "注意细节": "",
    }  # fmt: skip
    read(archive, reader)
    assert "云麓街道办" in "".join(records.text(archive, keeper, record.id)[0])
    assert numbering.gaps(archive, keeper) == []

    a_person(archive, "manager", "class_owner")
    accepted = numbering.accept(archive, keeper, [record.id], HandOver("manager"))
    assert [one.code for one in accepted.outcomes] == [sheet.serial]


def test_what_is_needed_is_asked_for_and_no_serial_is_used_up_for_nothing(archive: Archive, keeper: Actor) -> None:
    for said in ({}, {**VISIT, "来访人数": "许多"}):
        with pytest.raises(Invalid) as refused:
            filling.fill(archive, keeper, "F01", "JF01", said)
        assert refused.value.code == "field-wrong"
    with pytest.raises(Invalid):
        filling.fill(archive, keeper, "F01", "NOWHERE", VISIT)
    assert numbering.gaps(archive, keeper) == []


def test_what_is_filled_in_afterwards_lies_beside_what_was_there(archive: Archive, keeper: Actor) -> None:
    sheet = filling.fill(archive, keeper, "F01", "JF01", VISIT)
    before = records.view(archive, keeper, sheet.record_id).components

    filling.complete(archive, keeper, sheet.serial, {"经验与不足": "茶水早到五分钟为宜"})

    after = records.view(archive, keeper, sheet.record_id).components
    assert [one.id for one in after[: len(before)]] == [one.id for one in before]
    assert filling.values_of(archive, keeper, [sheet.record_id])[sheet.record_id]["经验与不足"] == "茶水早到五分钟为宜"
    with pytest.raises(Conflict):
        filling.complete(archive, keeper, sheet.serial, {"经验与不足": "再来一次"})


def test_who_only_fills_in_hands_it_in_and_does_not_file_it(archive: Archive, keeper: Actor) -> None:
    clerk = a_person(archive, "clerk", "borrower", sites=("JF01",))

    sheet = filling.fill(archive, clerk, "F06", "JF01", {"房号": "A座1202", "检查日期": "2026-03-01"})

    assert records.view(archive, keeper, sheet.record_id).record.lifecycle == "captured"
    line, _ = filling.sheet(archive, clerk, sheet.serial)
    assert line.record is None
    with pytest.raises(Invalid):
        filling.fill(archive, clerk, "F06", "YL02", {"房号": "1", "检查日期": "2026-03-01"})
    with pytest.raises(Denied):
        filling.fill(archive, a_person(archive, "machinist", "sysadmin"), "F06", "JF01", {})


def test_answers_to_fields_that_have_changed_since_are_not_taken_for_others(archive: Archive, keeper: Actor) -> None:
    seen = forms.show(archive, keeper, "F01").versions[0].version
    said = {"field": "随行车辆", "kind": "text", "choices": "", "needed": "", "afterwards": ""}
    forms.change(archive, keeper, "F01", said, version=seen, reason="新增", remove=False)

    with pytest.raises(Conflict) as refused:
        filling.fill(archive, keeper, "F01", "JF01", VISIT, version=seen)

    assert refused.value.code == "form-changed"
    assert numbering.gaps(archive, keeper) == []


def test_what_is_cut_off_goes_on_under_the_serial_it_had(
    archive: Archive, keeper: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full, or the power goes, after the serial was given out and before there is a record."""
    with monkeypatch.context() as full:
        full.setattr(archive.objects, "keep", _no_space)
        with pytest.raises(OutOfSpace):
            filling.fill(archive, keeper, "F01", "JF01", VISIT, once="one word")
    [waiting] = numbering.gaps(archive, keeper)

    sheet = filling.fill(archive, keeper, "F01", "JF01", VISIT, once="one word")

    assert sheet.serial == waiting.code
    assert numbering.gaps(archive, keeper) == []
    assert len(filling.copies(archive, keeper, "F01")) == 1


def _no_space(*_: object) -> None:
    raise OutOfSpace("The disk is full.")


def test_a_copy_is_known_to_those_who_may_know_of_its_record(archive: Archive, keeper: Actor, clock: Clock) -> None:
    reader = a_person(archive, "reader", "class_owner", clearance=2)
    sheet = filling.fill(archive, keeper, "F01", "JF01", VISIT)
    assert [one.sheet.serial for one in filling.copies(archive, reader, "F01")] == [sheet.serial]

    with archive.write() as tx:
        tx.records.change(replace(tx.records.get(sheet.record_id), level=3))

    assert filling.copies(archive, reader, "F01") == []
    with pytest.raises(NotFound):
        filling.sheet(archive, reader, sheet.serial)


def test_copies_of_other_sites_crowd_nobody_out_of_a_list(archive: Archive, keeper: Actor, clock: Clock) -> None:
    local = a_person(archive, "local", "class_owner", clearance=2, sites=("JF01",))
    ours = filling.give_out(archive, keeper, "F06", "JF01", 1)
    clock.advance(days=1)
    filling.give_out(archive, keeper, "F06", "YL02", 5)

    assert [one.sheet for one in filling.copies(archive, local, "F06", limit=2)] == ours


def test_only_who_filled_it_in_or_may_describe_it_fills_in_what_comes_afterwards(
    archive: Archive, keeper: Actor
) -> None:
    sheet = filling.fill(archive, keeper, "F01", "JF01", VISIT)
    other = a_person(archive, "other", "borrower", clearance=3)

    with pytest.raises(Denied):
        filling.complete(archive, other, sheet.serial, {"经验与不足": "与我无关"})


def test_a_table_that_somebody_lays_beside_a_form_is_not_what_was_filled_in(archive: Archive, keeper: Actor) -> None:
    sheet = filling.fill(archive, keeper, "F01", "JF01", VISIT)
    forged = "项目,填写\n来访单位,别人\n".encode()
    for name, content in (("other.csv", b"a,b\n1,2\n"), (f"{sheet.serial}.csv", forged)):
        versions.add(archive, keeper, sheet.record_id, io.BytesIO(content), name, part=0)

    said = filling.values_of(archive, keeper, [sheet.record_id])[sheet.record_id]

    assert said["来访单位"] == VISIT["来访单位"]
    assert "a" not in said


def test_a_form_of_a_class_that_counts_no_forms_is_numbered_by_itself(archive: Archive, keeper: Actor) -> None:
    said = {"部门": "客户服务部", "月份": "2026-02"}
    sheet = filling.fill(archive, keeper, "F19", "JF01", said)

    (blank,) = filling.give_out(archive, keeper, "F19", "JF01", 1)

    assert (sheet.serial, blank.serial) == ("F19-JF01-202603-0001", "F19-JF01-202603-0002")
    assert [one.code for one in numbering.gaps(archive, keeper)] == [blank.serial]


def test_a_blank_that_was_filled_in_by_hand_closes_its_serial_and_says_what_it_is(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    first, second = filling.give_out(archive, keeper, "F06", "JF01", 2)
    pdf = filling.printed(archive, keeper, [first.serial, second.serial])
    elsewhere = a_scan(archive, reader, pdf, site="YL02", scribble="elsewhere")

    scan = a_scan(archive, reader, pdf, page=2)
    read(archive, reader)

    view = records.view(archive, keeper, scan)
    suggested = {one.field: one.value for one in view.suggestions}
    assert suggested["class_code"] == "KH04"
    assert suggested["doc_number"] == second.serial
    assert suggested["title"] == f"房间复检记录 {second.serial}"
    line, version = filling.sheet(archive, keeper, second.serial)
    assert (line.sheet.how, line.sheet.record_id, version.form.code) == ("scan", scan, "F06")
    assert [one.code for one in numbering.gaps(archive, keeper)] == [first.serial]
    # A square closes no serial of another site.
    with archive.read() as tx:
        assert tx.forms.of_record(elsewhere) is None


def test_a_sheet_that_was_filled_in_on_screen_and_signed_by_hand_goes_to_its_record(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    sheet = filling.fill(archive, keeper, "F01", "JF01", VISIT)
    read(archive, reader)
    file = records.view(archive, keeper, sheet.record_id).components[0]
    with archive.read() as tx:
        pdf = archive.objects.read(tx.records.component(file.id).digest)

    scan = a_scan(archive, reader, pdf)
    read(archive, reader)

    assert "scan.png" in [one.file_name for one in records.view(archive, keeper, sheet.record_id).components]
    with archive.read() as tx:
        assert tx.records.get(scan).lifecycle == "merged"


@pytest.mark.parametrize("claims", [{"level": 3}, {"site": "YL02"}, {"site": ""}], ids=str)
def test_a_square_brings_no_scan_to_readers_it_was_not_meant_for(
    archive: Archive, keeper: Actor, reader: Reader, claims: dict[str, Any]
) -> None:
    """Anybody can print a square: it opens nothing that is stricter, or of another site, to who may read the form."""
    sheet = filling.fill(archive, keeper, "F01", "JF01", VISIT)
    read(archive, reader)
    file = records.view(archive, keeper, sheet.record_id).components[0]
    with archive.read() as tx:
        pdf = archive.objects.read(tx.records.component(file.id).digest)

    scan = a_scan(archive, reader, pdf, **claims)
    read(archive, reader)

    assert "scan.png" not in [one.file_name for one in records.view(archive, keeper, sheet.record_id).components]
    with archive.read() as tx:
        assert tx.records.get(scan).lifecycle == "captured"


def test_two_words_that_begin_alike_are_two_forms_and_so_are_those_of_two_people(
    archive: Archive, keeper: Actor
) -> None:
    other = a_person(archive, "other", "document_controller", clearance=3)

    serials = {
        filling.fill(archive, actor, "F01", "JF01", VISIT, once=word).serial
        for actor, word in (
            (keeper, "counter-20261128-1"),
            (keeper, "counter-20261128-2"),
            (other, "counter-20261128-1"),
        )
    }

    assert len(serials) == 3


def test_what_is_said_of_a_field_that_the_form_has_not_is_never_dropped_in_silence(
    archive: Archive, keeper: Actor
) -> None:
    with pytest.raises(Invalid) as refused:
        filling.fill(archive, keeper, "F01", "JF01", {**VISIT, "来访事由(旧)": "视察"})
    assert refused.value.code == "field-wrong"


def test_a_scan_that_was_taken_for_a_form_and_is_none_gives_its_serial_back(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    """A blank was stapled to a report: the report is filed as what it is, and the blank can still come back."""
    (blank,) = filling.give_out(archive, keeper, "F06", "JF01", 1)
    report = a_scan(archive, reader, filling.printed(archive, keeper, [blank.serial]), level=1)
    read(archive, reader)
    with archive.read() as tx:
        assert tx.numbering.get(blank.serial).record_id == report  # type: ignore[union-attr]
    said = records.Description("一季度工作报告", "GL04", 1, "JF01", "SWB", document_date="2026-03-01")
    revision = records.view(archive, keeper, report).record.revision
    records.describe(archive, keeper, report, said, revision=revision, filing=True)
    a_person(archive, "manager", "class_owner")

    accepted = numbering.accept(archive, keeper, [report], HandOver("manager"))

    (outcome,) = accepted.outcomes
    assert outcome.code
    assert outcome.code != blank.serial
    with archive.read() as tx:
        assert tx.numbering.get(blank.serial).record_id == ""  # type: ignore[union-attr]
        assert tx.forms.of_record(report) is None
    assert [one.code for one in numbering.gaps(archive, keeper)] == [blank.serial]


def test_a_voided_serial_and_one_that_is_back_already_are_closed_by_no_other_scan(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    lost, back = filling.give_out(archive, keeper, "F06", "JF01", 2)
    pdf = filling.printed(archive, keeper, [lost.serial, back.serial])
    numbering.void(archive, keeper, lost.serial, "遗失")
    late, scan = a_scan(archive, reader, pdf), a_scan(archive, reader, pdf, page=2)
    read(archive, reader)
    again = a_scan(archive, reader, pdf, page=2, scribble="once more")
    read(archive, reader)

    assert filling.sheet(archive, keeper, back.serial)[0].sheet.record_id == scan
    with archive.read() as tx:
        assert tx.forms.of_record(late) is None
        assert tx.records.get(again).lifecycle == "captured", "a copy of a blank may be another paper: a person says"


def test_what_was_filled_in_stands_at_its_field_also_when_the_form_has_moved_or_lost_it(
    archive: Archive, keeper: Actor
) -> None:
    filling.fill(archive, keeper, "F01", "JF01", VISIT)
    first = forms.show(archive, keeper, "F01").form
    others = tuple(one for one in reversed(first.fields) if one.name != "接待要求")
    with archive.write() as tx:
        tx.forms.add_version(replace(first, fields=(Field("车牌号"), *others)), archive.now(), keeper.id, "改版")
    filling.fill(archive, keeper, "F01", "JF01", {"车牌号": "粤A12345", "来访单位": "区档案馆", "来访人数": "2"})

    asked = {"code": "F01"}
    table = reports.print_out(archive, keeper, "forms_filled", asked, form="csv", language="zh").content
    head, *lines = [line.split(",") for line in table.decode("utf-8-sig").splitlines() if line.count(",") > 5]
    rows = [dict(zip(head, line, strict=True)) for line in lines]

    assert head.index("车牌号") < head.index("来访人数") < head.index("来访单位") < head.index("接待要求")
    assert {(one["来访单位"], one["来访人数"], one["车牌号"], one["接待要求"]) for one in rows} == {
        ("云麓街道办", "6", "", "投影、茶水"),
        ("区档案馆", "2", "粤A12345", ""),
    }
