"""Reference codes: unique whoever asks at once, never used again, and every number that is missing can be asked for."""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.actors import Actor
from access.rules import Denied
from archive import intake, numbering, records
from archive.app import Archive
from archive.errors import ArchiveError, Conflict, Invalid
from archive.model import codes
from archive.numbering import HandOver
from archive.records import Description
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.conftest import Clock

BROUGHT = HandOver("liaison")


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    a_person(archive, "liaison", "records_liaison")
    return a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")


@pytest.fixture
def paper(archive: Archive, reader: Reader) -> Callable[..., str]:
    """A filed record that has been read; each with words of its own."""
    count = 0

    def make(**said: object) -> str:
        nonlocal count
        count += 1
        claims = {"document_date": "2026-02-03", "name": f"{count}.txt", **said}
        record_id = a_record(archive, f"正文第 {count} 份", **claims)  # type: ignore[arg-type]
        settle(archive, reader)
        return record_id

    return make


def code_of(archive: Archive, record_id: str) -> str:
    with archive.read() as tx:
        return tx.records.get(record_id).archival_code


def test_an_item_gets_the_code_its_class_year_period_and_department_say(
    archive: Archive, keeper: Actor, paper: Callable[..., str]
):
    first, second = paper(class_code="HT03"), paper(class_code="HT03")

    done = numbering.accept(archive, keeper, [first, second], HandOver("liaison", case="重大"))

    assert [one.code for one in done.outcomes] == ["JF01-HT·2026-D30-SWB-0001", "JF01-HT·2026-D30-SWB-0002"]
    assert done.accession is not None
    assert done.accession.number == "RK-2026-00001"
    view = records.view(archive, keeper, first)
    assert (view.record.lifecycle, view.record.archival_code) == ("archived", "JF01-HT·2026-D30-SWB-0001")
    stamp = numbering.stamp(archive, keeper, first)
    assert stamp == numbering.Stamp("JF01", "2026", "0001", "SWB", "D30", 1)


def test_a_volume_numbers_what_is_in_it(archive: Archive, keeper: Actor, paper: Callable[..., str]):
    one, two, three = (paper(class_code="KH01", site="YL02", level=2) for _ in range(3))

    opened = numbering.accept(archive, keeper, [one, two], HandOver("liaison", volume_title="3栋1202", project="JD01"))
    volumes = numbering.waiting(archive, keeper, "KH01", "YL02").volumes
    more = numbering.accept(archive, keeper, [three], HandOver("liaison", volume_id=volumes[0].id))

    found = [outcome.code for outcome in (*opened.outcomes, *more.outcomes)]
    assert found == [f"YL02-KH·JD01-0001-00{n}" for n in (1, 2, 3)]
    assert [(volume.code, volume.title) for volume in volumes] == [("YL02-KH·JD01-0001", "3栋1202")]


def test_a_class_by_volume_needs_one(archive: Archive, keeper: Actor, paper: Callable[..., str]):
    record_id = paper(class_code="KH01", level=2)

    with pytest.raises(Invalid, match="volume"):
        numbering.accept(archive, keeper, [record_id], BROUGHT)

    assert code_of(archive, record_id) == ""


def test_a_form_keeps_the_serial_that_stands_on_it_and_what_does_not_come_back_is_missing(
    archive: Archive, keeper: Actor, paper: Callable[..., str], clock: Clock
):
    given = numbering.reserve(archive, keeper, "FW03", "JF01", 3)
    assert given == ["FW03-JF01-202603-0001", "FW03-JF01-202603-0002", "FW03-JF01-202603-0003"]
    back = paper(class_code="FW03", document_date="2026-03-01", level=2)
    printed = paper(class_code="FW03", document_date="2026-03-02", level=2)

    numbering.accept(archive, keeper, [back], HandOver("liaison", serials={back: given[1]}))
    numbering.accept(archive, keeper, [printed], BROUGHT)
    numbering.void(archive, keeper, given[2], "写坏")

    assert code_of(archive, back) == given[1]
    assert code_of(archive, printed) == "FW03-JF01-202603-0004", "a number that was given out is never given again"
    missing = {gap.code: gap.kind for gap in numbering.gaps(archive, keeper)}
    assert missing == {given[0]: "outstanding", given[2]: "void"}
    refused = {given[1]: "serial-taken", given[2]: "serial-taken"}
    refused |= dict.fromkeys(("FW03-JF01-202603-0099", "FW01-JF01-202603-0001"), "no-such-serial")
    for wrong, code in refused.items():
        other = paper(class_code="FW03", document_date="2026-03-01", level=2)
        with pytest.raises(ArchiveError) as said:
            numbering.accept(archive, keeper, [other], HandOver("liaison", serials={other: wrong}))
        assert said.value.code == code
    with archive.read() as tx:
        assert tx.numbering.get(given[1]).record_id == back  # type: ignore[union-attr]


def test_a_number_that_was_counted_and_stands_in_no_line_is_found(
    archive: Archive, keeper: Actor, paper: Callable[..., str]
):
    for _ in range(3):
        numbering.accept(archive, keeper, [paper(class_code="HT03")], BROUGHT)
    tamper = sqlite3.connect(archive.tables.url.removeprefix("sqlite:///"))
    tamper.execute("DELETE FROM reference_codes WHERE number = 2")
    tamper.commit()
    tamper.close()

    assert [(gap.code, gap.kind) for gap in numbering.gaps(archive, keeper)] == [
        ("JF01-HT·2026-D10-SWB-0002", "never-written")
    ]


def test_of_a_batch_each_record_is_answered_for_and_the_good_ones_are_accepted(
    archive: Archive, keeper: Actor, paper: Callable[..., str]
):
    good, dateless = paper(class_code="HT03"), paper(class_code="HT03", document_date="")
    nowhere = paper(class_code="HT03", department="")

    done = numbering.accept(archive, keeper, [dateless, good, nowhere, "0123456789abcdef"], BROUGHT)

    assert [one.code for one in done.outcomes] == ["", "JF01-HT·2026-D10-SWB-0001", "", ""]
    assert [one.problem.code if one.problem else "" for one in done.outcomes] == [
        "test-no-date",
        "",
        "test-no-department",
        "not-found",
    ]


def test_what_is_not_what_was_captured_does_not_enter(archive: Archive, keeper: Actor, paper: Callable[..., str]):
    record_id = paper(class_code="HT03")
    with archive.read() as tx:
        (component,) = tx.records.components_of([record_id])[record_id]
        row = tx.objects.get(component.digest)
    assert row is not None
    lying = archive.settings.objects / row.address[:2] / row.address
    lying.write_bytes(lying.read_bytes()[:-1] + b"\0")

    done = numbering.accept(archive, keeper, [record_id], BROUGHT)

    assert done.accession is None
    assert [one.problem.code for one in done.outcomes if one.problem] == ["test-authentic"]


def test_nobody_hands_over_to_themselves(archive: Archive, keeper: Actor, paper: Callable[..., str]):
    record_id = paper(class_code="HT03")

    for giver in ("keeper", "nobody", ""):
        with pytest.raises((Conflict, Invalid)):
            numbering.accept(archive, keeper, [record_id], HandOver(giver))


def test_only_controllers_of_the_site_accept(archive: Archive, keeper: Actor, paper: Callable[..., str]):
    record_id = paper(class_code="HT03")
    elsewhere = a_person(archive, "elsewhere", "document_controller", clearance=3, sites=("YL02",))
    with pytest.raises(Denied):
        numbering.accept(archive, a_person(archive, "owner", "class_owner", clearance=3), [record_id], BROUGHT)

    done = numbering.accept(archive, elsewhere, [record_id], BROUGHT)

    assert [one.problem.code for one in done.outcomes if one.problem] == ["not-found"], "hidden and absent are alike"


def test_class_and_site_of_what_has_a_code_stay_and_the_code_with_them(
    archive: Archive, keeper: Actor, paper: Callable[..., str]
):
    record_id = paper(class_code="HT03")
    numbering.accept(archive, keeper, [record_id], BROUGHT)
    revision = records.view(archive, keeper, record_id).record.revision

    for said in (Description("题名", "HT04", 1, "JF01", "SWB"), Description("题名", "HT03", 1, "YL02", "SWB")):
        with pytest.raises(Conflict):
            records.describe(archive, keeper, record_id, said, revision=revision, filing=False)
    changed = Description("更正的题名", "HT03", 1, "JF01", "KFB", document_date="2026-02-04")
    records.describe(archive, keeper, record_id, changed, revision=revision, filing=False)
    with pytest.raises(Conflict):
        records.describe(archive, keeper, record_id, changed, revision=revision + 1, filing=True)

    assert code_of(archive, record_id) == "JF01-HT·2026-D10-SWB-0001"


def test_what_is_personal_in_the_archive_stays_so_whatever_its_class_says(
    archive: Archive, keeper: Actor, paper: Callable[..., str]
):
    record_id = paper(class_code="HT03")
    numbering.accept(archive, keeper, [record_id], BROUGHT)
    with archive.write() as tx:
        record = tx.records.change(replace(tx.records.get(record_id), pii=2))
    same = Description("更正的题名", "HT03", record.level, "JF01", "SWB", document_date="2026-02-03")

    assert records.describe(archive, keeper, record_id, same, revision=record.revision, filing=False).pii == 2


def test_many_who_accept_at_once_never_share_a_number(archive: Archive, keeper: Actor, paper: Callable[..., str]):
    """INV-01: two hundred numbers in one series, from threads that begin together."""
    ids = [paper(class_code="HT03") for _ in range(24)]
    start = threading.Barrier(6)
    given: list[str] = []

    def accept(some: list[str]) -> None:
        start.wait()
        for record_id in some:
            given.extend(one.code for one in numbering.accept(archive, keeper, [record_id], BROUGHT).outcomes)

    threads = [threading.Thread(target=accept, args=(ids[n::6],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(given) == [f"JF01-HT·2026-D10-SWB-{n:04}" for n in range(1, 25)]
    assert numbering.gaps(archive, keeper) == []


def test_the_code_is_found_by_searching_for_it(
    archive: Archive, keeper: Actor, paper: Callable[..., str], reader: Reader
):
    from archive import search
    from archive.search import Question

    record_id = paper(class_code="HT03")
    numbering.accept(archive, keeper, [record_id], BROUGHT)
    settle(archive, reader)

    found = search.find(archive, keeper, Question("档号:JF01-HT·2026-D10-SWB-0001"))

    assert [hit.record.id for hit in found.hits] == [record_id]


def test_the_tables_refuse_a_code_twice_and_an_archived_record_without_one(
    archive: Archive, keeper: Actor, paper: Callable[..., str]
):
    from dataclasses import replace

    first, second = paper(class_code="HT03"), paper(class_code="HT03")
    numbering.accept(archive, keeper, [first], BROUGHT)
    with archive.read() as tx:
        record = tx.records.get(second)
    for wrong in (
        replace(record, lifecycle="archived"),
        replace(record, lifecycle="archived", archival_code=code_of(archive, first)),
        replace(record, archival_code="JF01-HT·2026-D10-SWB-0009"),
    ):
        with pytest.raises(Conflict), archive.write() as tx:
            tx.records.change(wrong)


segments = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=5)


@given(segments, segments, st.integers(1900, 2100), segments, st.integers(1, 20_000))
def test_codes_of_different_series_or_numbers_differ(
    fonds: str, category: str, year: int, department: str, number: int
):
    series = codes.by_item(fonds, category, year, "D30", department)

    assert series.code(number) != series.code(number + 1)
    assert series.code(number).rpartition("-")[0] == series.name
    assert series.name != codes.by_item(fonds, category, year + 1, "D30", department).name


@pytest.mark.parametrize("segment", ["", "KF-B", "客服", "kfb", "K·B", "A" * 40])
def test_a_segment_that_would_make_a_code_ambiguous_is_refused(segment: str):
    with pytest.raises(Invalid):
        codes.by_item("JF01", "HT", 2026, "D30", segment)


def test_a_duplicate_of_an_archived_file_is_linked_to_it(archive: Archive, keeper: Actor, paper: Callable[..., str]):
    import io

    record_id = paper(class_code="HT03")
    numbering.accept(archive, keeper, [record_id], BROUGHT)

    again = intake.hand_in(archive, keeper, io.BytesIO("正文第 1 份".encode()), "again.txt", intake.Claims())

    assert (again.record_id, again.outcome) == (record_id, "duplicate")
