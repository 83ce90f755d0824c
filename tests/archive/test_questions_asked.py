"""Lists ask the tables as often for many rows as for few; however many are asked about, a database answers; and what
may be found is chosen before the list is cut."""

from collections.abc import Callable

import pytest

from access.actors import Actor
from access.rules import Action, scope
from archive import disposal, holds, numbering, properties, retention
from archive.app import Archive
from archive.errors import NotFound
from archive.model import new_id
from archive.numbering import HandOver
from indexer.reading import Reader
from tests.archive.test_a_page_of_results import statements
from tests.builders import a_person, a_record, settle
from tests.conftest import Clock

MORE_THAN_A_STATEMENT_TAKES = 33_000


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    a_person(archive, "liaison", "records_liaison")
    for login, role in (("head", "dept_approver"), ("owner", "class_owner")):
        a_person(archive, login, role, clearance=3, department="SWB")
    return a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")


@pytest.fixture
def accepted(archive: Archive, reader: Reader, keeper: Actor) -> Callable[[int], list[str]]:
    """So many records of 2010, accepted in one batch each."""
    count = 0

    def make(how_many: int) -> list[str]:
        nonlocal count
        made: list[str] = []
        for _ in range(how_many):
            count += 1
            made.append(
                a_record(
                    archive,
                    f"第 {count} 份",
                    class_code="GL08",
                    document_date=f"2010-05-{count:02}",
                    name=f"{count}.txt",
                    title=f"第 {count} 份纪要",
                )
            )
        settle(archive, reader)
        for one in made:
            (outcome,) = numbering.accept(archive, keeper, [one], HandOver("liaison")).outcomes
            assert outcome.code, outcome.problem
        return made

    return make


def asked(look: Callable[[], object]) -> int:
    with statements() as told:
        look()
    return len(told)


def test_more_holds_batches_and_lists_ask_no_more(
    archive: Archive, keeper: Actor, accepted: Callable[[int], list[str]]
) -> None:
    def add(records: list[str]) -> list[int]:
        for one in records:
            holds.place(archive, keeper, [one], "纠纷")
        free = accepted(len(records))
        for one in free:
            disposal.open_list(archive, keeper, [one], ["keeper", "head", "owner"])
        return [
            asked(lambda: holds.every(archive, keeper)),
            asked(lambda: numbering.batches(archive, keeper)),
            asked(lambda: disposal.every(archive, keeper)),
            asked(lambda: retention.due(archive, keeper)),
        ]

    few = add(accepted(1))
    many = add(accepted(3))

    assert len(holds.every(archive, keeper)) == len(disposal.every(archive, keeper)) == 4
    assert many == few


def test_accepting_more_records_asks_each_question_of_the_tests_once(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    def batch(count: int) -> int:
        ids = [
            a_record(archive, f"{count}/{n}", class_code="HT03", document_date="2026-02-03", name=f"{count}-{n}.txt")
            for n in range(count)
        ]
        settle(archive, reader)
        with statements() as told:
            done = numbering.accept(archive, keeper, ids, HandOver("liaison"))
        assert all(one.code for one in done.outcomes)
        return sum(text.startswith("SELECT classes.") for text in told)

    assert batch(1) == batch(4)


def test_what_is_due_comes_in_pages_in_one_order(
    archive: Archive, keeper: Actor, accepted: Callable[[int], list[str]]
) -> None:
    made = accepted(5)
    holds.place(archive, keeper, [made[4]], "纠纷")

    whole = [one.record.id for one in retention.due(archive, keeper, limit=None)]
    pages = [[one.record.id for one in retention.due(archive, keeper, offset=start, limit=2)] for start in (0, 2, 4, 6)]

    assert sorted(whole) == sorted(made)
    assert [*pages[0], *pages[1], *pages[2]] == whole
    assert pages[3] == []
    held = [one.record.id for one in retention.due(archive, keeper, limit=None) if one.standing.holds]
    assert held == [made[4]]


def test_a_database_answers_however_many_are_asked_about(
    archive: Archive, keeper: Actor, accepted: Callable[[int], list[str]]
) -> None:
    [real] = accepted(1)
    ids = [*(new_id() for _ in range(MORE_THAN_A_STATEMENT_TAKES)), real]

    with archive.read() as tx:
        assert set(tx.records.many(ids)) == set(tx.records.admitted(ids, scope(keeper, Action.FIND))) == {real}
        assert len(tx.records.components_of(ids)[real]) == 1
        assert tx.ledger.of_subjects("record", ids, ["record.accessioned"])[real]
        assert not tx.room_keys.of(ids)[real]
        assert set(tx.numbering.terms(ids)) == {real}
        assert tx.retention.digests_of(ids)[real]
        assert not tx.retention.holds_on(ids)
        assert not tx.loans.held_among(ids)


def test_a_run_of_what_somebody_may_find_is_not_pushed_out_by_a_hundred_others(
    archive: Archive, keeper: Actor, reader: Reader, clock: Clock
) -> None:
    """The rule comes before the limit."""
    mine = a_record(archive, "静芳", site="JF01", name="mine.txt")
    hidden = a_record(archive, "云澜", level=3, name="hidden.txt")
    settle(archive, reader)
    spoil(archive, mine)
    first = properties.look_at(archive, keeper, mine)
    spoil(archive, hidden)
    others: list[str] = []
    for _ in range(101):
        clock.advance(seconds=1)
        others.append(properties.look_at(archive, keeper, hidden).number)
    elsewhere = a_person(archive, "other", "final_approver", clearance=1)

    assert [one.number for one in properties.board(archive, elsewhere).runs] == [first.number]
    assert properties.numbered(archive, elsewhere, first.number).failed
    with pytest.raises(NotFound):
        properties.numbered(archive, elsewhere, others[-1])


def spoil(archive: Archive, record_id: str) -> None:
    """A byte of its file changes on the disk."""
    with archive.read() as tx:
        row = tx.objects.get(tx.records.components_of([record_id])[record_id][0].digest)
    assert row is not None
    [path] = archive.settings.objects.rglob(row.address)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
