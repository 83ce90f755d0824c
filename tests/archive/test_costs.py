"""What is done again and again costs what there is to do: it reads nothing of what the archive holds to its end."""

import re
from datetime import date, timedelta

import sqlalchemy as sa

from access import rules
from access.rules import Action, Clause, Scope
from archive import completing, dossiers, holds, properties, saved_searches, worker
from archive.app import Archive
from archive.dossiers import Opening
from archive.search import Question
from indexer.reading import Reader
from tests.builders import a_person, a_record, an_unfiled_record, settle
from tests.plans import plans, read_whole

GROWS = frozenset(
    {
        "components", "intake", "jobs", "ledger", "loan_items", "loans", "objects", "property_results",
        "property_standings", "record_keepers", "records", "reference_codes", "room_contents",
        "search_finds",
    }
)  # fmt: skip
"""Tables with a row for everything that came in or happened."""


def test_whether_a_record_lies_there_already_is_asked_of_that_record_only(archive: Archive) -> None:
    """Many are put under one hold and into one dossier: else each of them reads all that came before."""
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    one = a_record(archive)
    dossier = dossiers.open_dossier(archive, keeper, Opening("ZH", "JF01", "1202", "1202 户")).id

    with plans() as found:
        holds.place(archive, keeper, [one], "诉讼")
        dossiers.put(archive, keeper, dossier, "01", one)

    for table in ("held_records", "dossier_records"):
        lines = [line for plan in found for line in plan.lines if line.startswith(f"SEARCH {table} ")]
        assert lines, table
        assert all("record_id=?" in line for line in lines), lines


def test_what_reads_a_table_to_its_end_or_sorts_it_is_seen(archive: Archive) -> None:
    with plans() as found, archive.read() as tx:
        for statement in (
            "SELECT id FROM records WHERE title = 'x'",
            "SELECT id FROM components WHERE id = 'x'",
            "SELECT id FROM intake ORDER BY name LIMIT 1",
        ):
            tx.connection.execute(sa.text(statement)).all()

    assert set(read_whole(found, GROWS)) == {"records", "intake"}
    assert [plan.sorts for plan in found] == [False, False, True]


def test_a_file_comes_in_is_read_tested_and_told_of_without_reading_what_there_is(
    archive: Archive, reader: Reader
) -> None:
    person = a_person(archive, "reader", "borrower")
    saved_searches.save(archive, person, "合同", Question("合同"), alert="at-once")
    a_record(archive, "第一份", doc_number="HT-1")
    settle(archive, reader)
    saved_searches.watch(archive)
    properties.look_at_captured(archive)
    completing.warm(archive)

    with plans() as found:
        a_record(archive, "第二份", name="2.txt", doc_number="HT-1", title="物业合同")
        an_unfiled_record(archive, "第三份", name="3.txt")
        settle(archive, reader)
        assert saved_searches.watch(archive) == 1
        assert properties.look_at_captured(archive) == 2
        assert properties.look_at_captured(archive) == 0
        assert completing.complete(archive, person, "物业合")

    assert read_whole(found, GROWS) == {}
    # Of the ledger what came since is read, and never all that was written of records.
    reads = [plan for plan in found if "FROM ledger " in plan.statement and "ledger.seq >" in plan.statement]
    assert len(reads) >= 4
    assert [plan for plan in reads if "ix_ledger_subject" in "".join(plan.lines)] == []


def test_the_next_job_is_taken_without_putting_all_that_wait_in_order(archive: Archive) -> None:
    a_record(archive)

    with plans() as found, archive.write() as tx:
        assert tx.jobs.claim(archive.now(), "test", timedelta(minutes=1), tuple(worker.HANDLERS)) is not None

    assert [plan for plan in found if plan.sorts] == []
    assert read_whole(found, GROWS) == {}


def test_records_are_found_by_their_ids_whatever_the_scope_says_besides(archive: Archive) -> None:
    record_id = a_record(archive)
    filed = frozenset({"filed", "archived"})
    for clause in (Clause(filed, 3), Clause(filed, 3, classes=frozenset({"HT02"}))):
        with plans() as found, archive.read() as tx:
            assert set(tx.records.admitted([record_id, "x"], Scope((clause,)))) == {record_id}
        if archive.settings.database_url.startswith("sqlite"):  # any other knows how many there are of a state
            assert [plan for plan in found if "ix_records" in "".join(plan.lines)] == []


def test_what_is_counted_is_counted_in_an_index(archive: Archive) -> None:
    a_record(archive)
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    with plans() as found, archive.read() as tx:
        scope = rules.scope(keeper, Action.FIND)
        tx.records.count(scope, "filed")
        tx.records.counted(scope)
        tx.records.counted_by_class(scope)
        tx.records.filed_by_class_and_site(scope)
        tx.records.proving(scope, date(2026, 1, 1), date(2026, 12, 31), (2025, 2026))
        tx.records.by_level(scope)
        tx.custody.unkept(scope)
        tx.properties.covered()
        tx.objects.totals()
        tx.intake.counts()
        tx.intake.unexplained()

    read = [line for plan in found for line in plan.lines if re.search(r"\b(records|objects|intake)\b", line)]
    assert len(read) >= 12
    if archive.settings.database_url.startswith("sqlite"):
        assert [line for line in read if "COVERING INDEX" not in line and "sqlite_autoindex" not in line] == []
