"""Records are tested for the four properties: when they come in, are accepted, leave, and a share every night."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import numbering, properties, property_rules, records, reports, telling
from archive.app import Archive
from archive.errors import Invalid, NotFound
from archive.model.properties import CHECKS, OCCASIONS, PROPERTIES, WHOLE_RUN
from archive.numbering import HandOver
from archive.records import Description
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.conftest import Clock


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    a_person(archive, "liaison", "records_liaison")
    return a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")


@pytest.fixture
def paper(archive: Archive, reader: Reader) -> Callable[..., str]:
    count = 0

    def make(**said: str) -> str:
        nonlocal count
        count += 1
        claims = {"document_date": "2026-02-03", "name": f"{count}.txt", "class_code": "HT03", **said}
        record_id = a_record(archive, f"正文第 {count} 份", **claims)  # type: ignore[arg-type]
        settle(archive, reader)
        return record_id

    return make


def spoil(archive: Archive, record_id: str) -> None:
    """A byte of its file changes on the disk."""
    with archive.read() as tx:
        row = tx.objects.get(tx.records.components_of([record_id])[record_id][0].digest)
    assert row is not None
    (path,) = archive.settings.objects.rglob(row.address)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def failed(archive: Archive, actor: Actor) -> set[tuple[str, str]]:
    return {(record.id, code) for record, _, one in properties.board(archive, actor).failing for code, _ in one.failed}


def test_every_shipped_test_is_made_and_every_test_is_shipped(archive: Archive):
    with property_rules.SHIPPED.open(encoding="utf-8-sig", newline="") as file:
        shipped = list(csv.DictReader(file))

    assert {row["code"] for row in shipped} == {*CHECKS, *WHOLE_RUN}
    assert {row["property"] for row in shipped} == set(PROPERTIES)
    assert all(row["source"] and set(row["occasions"].split()) <= set(OCCASIONS) for row in shipped)


def test_what_comes_in_is_tested_once_and_without_reading_it_again(
    archive: Archive, keeper: Actor, paper: Callable[..., str]
):
    first, second = paper(), paper()

    assert properties.look_at_captured(archive) == 2
    assert properties.look_at_captured(archive) == 0

    (run,) = properties.board(archive, keeper).runs
    assert (run.occasion, run.records, run.bytes_read, run.passed) == ("capture", 2, 0, True)
    assert {record.id for record, _ in properties.show(archive, keeper, run.id).lines} == {first, second}
    assert "medium" not in run.items


def test_accepting_a_batch_keeps_a_report_of_every_test_of_every_record(
    archive: Archive, keeper: Actor, paper: Callable[..., str]
):
    good, spoilt = paper(), paper()
    spoil(archive, spoilt)

    done = numbering.accept(archive, keeper, [good, spoilt], HandOver("liaison", case="一般"))

    assert done.accession is not None
    (run,) = properties.of_subject(archive, keeper, done.accession.id)
    assert (run.occasion, run.records, run.failed, run.passed) == ("accession", 2, 1, False)
    assert run.items["digest"] == ("must", 1, 1, 0)
    ((record, one),) = properties.show(archive, keeper, run.id).failed
    assert record.id == spoilt
    assert {code for code, _ in one.failed} == {"digest"}
    assert [one.code != "" for one in done.outcomes] == [True, False]


def test_what_fails_is_refused_and_named_until_it_is_put_right(
    archive: Archive, keeper: Actor, paper: Callable[..., str]
):
    wrong = paper(document_date="2062-02-03")
    properties.look_at_captured(archive)
    assert failed(archive, keeper) == {(wrong, "metadata-plausible")}

    done = numbering.accept(archive, keeper, [wrong], HandOver("liaison", case="一般"))

    problem = done.outcomes[0].problem
    assert problem is not None
    assert problem.code == "test-failed"
    assert "Values are plausible" in str(problem)
    with archive.read() as tx:
        record = tx.records.get(wrong)
    said = Description(
        record.title, record.class_code, record.level, record.site, record.department, document_date="2026-02-03"
    )
    records.describe(archive, keeper, wrong, said, revision=record.revision, filing=False)
    assert failed(archive, keeper) == set()
    assert numbering.accept(archive, keeper, [wrong], HandOver("liaison", case="一般")).outcomes[0].code


def test_a_changed_byte_raises_a_named_alarm_the_night_it_is_read(
    archive: Archive, keeper: Actor, paper: Callable[..., str]
):
    spoilt = paper()
    machine = a_person(archive, "machine", "sysadmin")
    elsewhere = a_person(archive, "elsewhere", "document_controller", sites=("YL02",))
    spoil(archive, spoilt)

    properties.look_at_share(archive)

    (run,) = properties.board(archive, keeper, "scheduled").runs
    assert failed(archive, keeper) == {(spoilt, "digest")}
    for somebody in (keeper, machine):
        assert [one.kind for one in telling.inbox(archive, somebody)] == ["properties.failed"]
        assert run.number in telling.sentence(telling.inbox(archive, somebody)[0], "zh")
    assert telling.inbox(archive, elsewhere) == []
    with pytest.raises(NotFound):
        properties.look_at(archive, elsewhere, spoilt)


@pytest.mark.parametrize("days", [1, 2, 3, 7])
def test_every_file_is_read_within_so_many_nights_whatever_comes_in_meanwhile(
    archive: Archive, keeper: Actor, clock: Clock, days: int
):
    archive.settings = replace(archive.settings, fixity_days=days)
    there = {a_record(archive, f"第 {number} 份", name=f"{number}.txt") for number in range(5)}

    for night in range(days):
        properties.look_at_share(archive)
        a_record(archive, f"第 {night} 夜", name=f"night-{night}.txt")
        clock.advance(days=1)

    with archive.read() as tx:
        every = tx.properties.next(100)
        read = set(every) - set(tx.properties.untested(every))
    assert there <= read
    board = properties.board(archive, keeper, "scheduled")
    assert sum(run.records for run in board.runs) == board.read
    assert len(board.runs) == days


def test_what_is_asked_is_data_with_a_first_day_and_a_source(archive: Archive, keeper: Actor, clock: Clock):
    said = {
        "code": "no-twin",
        "occasions": "accession",
        "weight": "must",
        "begins_on": "2026-03-05",
        "source": "本单位规定",
    }
    property_rules.set_item(archive, keeper, said)

    def twin() -> tuple[str, tuple[str, ...]]:
        return next(
            (one.weight, one.occasions) for one in property_rules.every(archive, keeper) if one.code == "no-twin"
        )

    assert twin() == ("note", ("accession", "transfer", "scheduled"))
    clock.advance(days=3)
    assert twin() == ("must", ("accession",))
    assert property_rules.load(archive, keeper, property_rules.dump(archive, keeper)) == 0
    assert property_rules.load(archive, keeper, property_rules.dump(archive, keeper, workbook=True)) == 0
    for wrong in ({"source": ""}, {"code": "magic"}, {"weight": "perhaps"}, {"occasions": "sunday"}):
        with pytest.raises(Invalid):
            property_rules.set_item(archive, keeper, {**said, **wrong})
    with pytest.raises(Denied):
        property_rules.set_item(archive, a_person(archive, "reader"), said)


def test_what_is_left_out_is_not_tested(archive: Archive, keeper: Actor, paper: Callable[..., str]):
    paper(document_date="2062-02-03")
    said = {"code": "metadata-plausible", "occasions": "capture", "weight": "off", "begins_on": "2026-01-01"}
    property_rules.set_item(archive, keeper, {**said, "source": "本单位规定"})

    properties.look_at_captured(archive)

    (run,) = properties.board(archive, keeper).runs
    assert "metadata-plausible" not in run.items
    assert run.passed


def test_lines_of_what_somebody_may_not_find_are_not_in_their_report(
    archive: Archive, keeper: Actor, paper: Callable[..., str]
):
    paper(document_date="2062-02-03", level=3)
    properties.look_at_captured(archive)
    (run,) = properties.board(archive, keeper).runs
    lower = a_person(archive, "lower", "document_controller", clearance=1)
    final = a_person(archive, "final", "final_approver", clearance=1)

    assert properties.show(archive, lower, run.id).lines == []
    assert properties.board(archive, lower).failing == []
    with pytest.raises(NotFound):
        properties.show(archive, final, run.id)
    assert len(properties.show(archive, keeper, run.id).failed) == 1


def test_the_report_prints_every_test_and_every_failure(archive: Archive, keeper: Actor, paper: Callable[..., str]):
    wrong = paper(document_date="2062-02-03")
    properties.look_at_share(archive)

    printed = reports.print_out(archive, keeper, "four_properties", {}, form="json", language="zh")

    tests, failures = json.loads(printed.content)["tables"]
    assert len(tests["rows"]) == len(properties.board(archive, OPERATOR).runs[0].items)
    assert [row["未通过的检测项"] for row in failures["rows"]] == ["元数据项合理性"]
    assert reports.print_out(archive, keeper, "fixity", {}, form="pdf", language="zh").content[:4] == b"%PDF"
    history = properties.of_record(archive, keeper, _record(archive, wrong))
    assert history is not None
    assert [code for code, _ in history.standing.failed] == ["metadata-plausible"]


def _record(archive: Archive, record_id: str):
    with archive.read() as tx:
        return tx.records.get(record_id)
