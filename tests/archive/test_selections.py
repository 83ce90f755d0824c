"""Many records are worked on together: tried out, done, undone, each with a result; nothing doubled, nothing seen."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from access.actors import OPERATOR, Actor
from archive import deeds, holds, locations, people, records, selected_files, selections, worker
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.locations import NewPlace
from archive.people import Rights
from archive.search import Question
from archive.tables.jobs import ATTEMPTS_MAX
from indexer.reading import Reader
from tests.archive.test_properties import spoil
from tests.builders import a_person, a_record, an_unfiled_record, copies_of, settle
from tests.conftest import Clock

TO_YL02 = {"site": "YL02"}


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=3)


def states(archive: Archive, actor: Actor, selection_id: str) -> Mapping[str, str]:
    return {record.id: line.state for line, record in selections.lines(archive, actor, selection_id)}


def sites(archive: Archive, ids: Sequence[str]) -> set[str]:
    with archive.read() as tx:
        return {tx.records.get(one).site for one in ids}


def lines_of(archive: Archive, action: str) -> list[str]:
    with archive.read() as tx:
        return [event.subject_id for event in tx.ledger.lines(limit=1000) if event.action == action]


def do(archive: Archive, actor: Actor, ids: Sequence[str], deed: str, said: Mapping[str, str]) -> str:
    chosen = selections.choose(archive, actor, ids=ids).id
    selections.ask(archive, actor, chosen, deed, said)
    selections.confirm(archive, actor, chosen)
    return chosen


def test_what_would_change_is_shown_and_nothing_is_changed_by_it(archive: Archive, keeper: Actor) -> None:
    moves, there = a_record(archive), a_record(archive, "乙", site="YL02")
    chosen = selections.choose(archive, keeper, ids=[moves, there])
    before = lines_of(archive, "record.described")

    selections.ask(archive, keeper, chosen.id, "describe", TO_YL02)

    assert states(archive, keeper, chosen.id) == {moves: "ready", there: "unchanged"}
    (line, _), _ = selections.lines(archive, keeper, chosen.id)
    assert line.changes == {"site": ["JF01", "YL02"]}
    assert sites(archive, [moves]) == {"JF01"}
    assert lines_of(archive, "record.described") == before


def test_each_record_has_its_own_result(archive: Archive, keeper: Actor) -> None:
    """One is changed, one says so already, one has its reference code, one is above its keeper's level to lower."""
    moves, there = a_record(archive), a_record(archive, "乙", site="YL02", level=0)
    secret = a_record(archive, "丙", level=2)
    said = {"site": "YL02", "level": "1"}

    chosen = do(archive, keeper, [moves, there, secret], "describe", said)

    assert states(archive, keeper, chosen) == {moves: "done", there: "done", secret: "refused"}
    refused = next(line for line, record in selections.lines(archive, keeper, chosen) if record.id == secret)
    assert refused.code == "level-lowered"
    assert sorted(lines_of(archive, "record.described")) == sorted([moves, there])


def test_what_was_done_is_undone_unless_somebody_changed_it_since(archive: Archive, keeper: Actor) -> None:
    one, other = a_record(archive), a_record(archive, "乙")
    chosen = do(archive, keeper, [one, other], "describe", {"issuer": "甲方公司"})
    with archive.read() as tx:
        record = tx.records.get(other)
    said = replace(records.description_of(record), issuer="乙方公司")
    records.describe(archive, keeper, other, said, revision=record.revision, filing=False)

    selections.undo(archive, keeper, chosen)

    assert states(archive, keeper, chosen) == {one: "undone", other: "done"}
    kept = next(line for line, record in selections.lines(archive, keeper, chosen) if record.id == other)
    assert kept.code == "changed-since"
    with archive.read() as tx:
        assert (tx.records.get(one).issuer, tx.records.get(other).issuer) == ("", "乙方公司")
    assert lines_of(archive, "record.described").count(one) == 2, "each undoing is in the ledger again"


def test_what_can_be_undone_no_more_is_not_done_once_more(
    archive: Archive, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another release may be at work by the time that the rest of an undoing is come to."""
    ids = [a_record(archive, text) for text in "甲乙"]
    chosen = do(archive, keeper, ids, "describe", TO_YL02)
    monkeypatch.setattr(selections, "CHUNK", 1)
    selections.undo(archive, keeper, chosen)
    done = len(lines_of(archive, "record.described"))
    monkeypatch.setattr(deeds, "undo_of", lambda _: None)
    while worker.run_one(archive, reader, "here", ("work-through",)):
        pass

    assert sorted(states(archive, keeper, chosen).values()) == ["done", "undone"]
    codes = {line.state: line.code for line, _ in selections.lines(archive, keeper, chosen)}
    assert codes["done"] == "cannot-undo"
    assert len(lines_of(archive, "record.described")) == done


def test_what_waits_is_filed_together(archive: Archive, keeper: Actor) -> None:
    waiting = [an_unfiled_record(archive, text, site="JF01") for text in "甲乙"]
    filed = a_record(archive, "丙")

    chosen = do(archive, keeper, [*waiting, filed], "file", {"class_code": "HT02"})

    assert states(archive, keeper, chosen) == {**dict.fromkeys(waiting, "done"), filed: "unchanged"}
    with archive.read() as tx:
        assert {tx.records.get(one).lifecycle for one in waiting} == {"filed"}
    with pytest.raises(Conflict, match="cannot be undone"):
        selections.undo(archive, keeper, chosen)


def test_one_hold_is_put_on_all_of_them(archive: Archive, keeper: Actor) -> None:
    ids = [a_record(archive, text) for text in "甲乙"]

    do(archive, keeper, ids, "hold", {"reason": "诉讼"})

    (shown,) = holds.every(archive, keeper)
    assert {record.id for record in shown.records} == set(ids)


def test_nothing_comes_under_a_hold_that_was_released_meanwhile(
    archive: Archive, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "CHUNK", 1)
    ids = [a_record(archive, text) for text in "甲乙"]
    chosen = selections.choose(archive, keeper, ids=ids).id
    selections.ask(archive, keeper, chosen, "hold", {"reason": "诉讼"})
    while worker.run_one(archive, reader, "here", ("work-through",)):
        pass
    selections.confirm(archive, keeper, chosen)
    (shown,) = holds.every(archive, keeper)
    other = a_person(archive, "other", "document_controller", clearance=3)
    holds.release(archive, other, shown.hold.id, "和解")

    while worker.run_one(archive, reader, "here", ("work-through",)):
        pass

    (held, late) = selections.lines(archive, keeper, chosen)
    assert (held[0].state, late[0].state, late[0].code) == ("done", "refused", "hold-released")
    assert lines_of(archive, "hold.placed") == [held[1].id]


def test_a_selection_is_nobody_elses_and_holds_nothing_its_chooser_may_not_find(archive: Archive) -> None:
    reader = a_person(archive, "reader", clearance=1)
    other = a_person(archive, "other", "document_controller", clearance=3)
    public, secret = a_record(archive), a_record(archive, "乙", level=3)

    chosen = selections.choose(archive, reader, ids=[public, secret])

    assert selections.standing(archive, reader, chosen.id).total == 1
    assert list(states(archive, reader, chosen.id)) == [public]
    with pytest.raises(NotFound):
        selections.standing(archive, other, chosen.id)
    with pytest.raises(NotFound):
        selections.choose(archive, reader, ids=[secret])


def test_what_becomes_secret_leaves_the_list_and_its_counts(archive: Archive) -> None:
    reader = a_person(archive, "reader", clearance=1)
    ids = [a_record(archive, text) for text in "甲乙"]
    chosen = selections.choose(archive, reader, ids=ids)
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    do(archive, keeper, ids[:1], "describe", {"level": "3"})

    assert selections.standing(archive, reader, chosen.id).total == 1
    assert list(states(archive, reader, chosen.id)) == ids[1:]


def test_all_that_answer_are_chosen_within_ones_own_scope(archive: Archive, reader: Reader) -> None:
    asks = a_person(archive, "asks", clearance=1)
    found = {a_record(archive, f"电梯{text}", title=f"电梯维保{text}") for text in "甲乙"}
    a_record(archive, "电梯丙", title="电梯维保丙", level=3)
    a_record(archive, "无关", title="无关")
    settle(archive, reader)

    chosen = selections.choose(archive, asks, question=Question(text="电梯维保"))

    assert set(states(archive, asks, chosen.id)) == found


def test_the_rule_is_asked_in_the_act(archive: Archive, keeper: Actor) -> None:
    """Between trying and doing whoever asked lost the post: nothing is done any more."""
    ids = [a_record(archive, text) for text in "甲乙"]
    chosen = selections.choose(archive, keeper, ids=ids).id
    selections.ask(archive, keeper, chosen, "describe", {"issuer": "甲方"})
    no_longer = with_rights(archive, keeper, roles=frozenset({"borrower"}))

    selections.confirm(archive, no_longer, chosen)

    assert set(states(archive, no_longer, chosen).values()) == {"refused"}
    with archive.read() as tx:
        assert {tx.records.get(one).issuer for one in ids} == {""}


def with_rights(archive: Archive, actor: Actor, *, roles: frozenset[str]) -> Actor:
    people.change_rights(archive, OPERATOR, "keeper", Rights(roles, actor.clearance, actor.department, actor.sites))
    return people.named(archive, "keeper")


def test_a_worker_goes_on_and_what_is_cut_off_between_two_chunks_is_done_once(
    archive: Archive, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "CHUNK", 3)
    ids = copies_of(archive, a_record(archive), [f"合同{n}" for n in range(10)], files=10)
    chosen = selections.choose(archive, keeper, ids=ids).id
    selections.ask(archive, keeper, chosen, "describe", TO_YL02)
    while worker.run_one(archive, reader, "here", ("work-through",)):
        pass
    selections.confirm(archive, keeper, chosen)
    assert selections.standing(archive, keeper, chosen).counts == {"done": 3, "waiting": 7}

    chunk, calls = selections._some, 0  # pyright: ignore[reportPrivateUsage]

    def cut_off(*args: object) -> bool:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return chunk(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(selections, "_some", cut_off)
    with pytest.raises(KeyboardInterrupt):
        worker.run_one(archive, reader, "0/gone", ("work-through",))
    monkeypatch.setattr(selections, "_some", chunk)
    with archive.write() as tx:
        tx.jobs.release("0/gone", archive.now())
    assert selections.standing(archive, keeper, chosen).counts == {"done": 6, "waiting": 4}
    while worker.run_one(archive, reader, "here", ("work-through",)):
        pass

    assert selections.standing(archive, keeper, chosen).counts == {"done": 10}
    assert sorted(lines_of(archive, "record.described")) == sorted(ids)
    assert lines_of(archive, "selection.ended") == [chosen]


def test_it_is_stopped_and_gone_on_with(
    archive: Archive, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "CHUNK", 1)
    ids = [a_record(archive, text) for text in "甲乙丙"]
    chosen = selections.choose(archive, keeper, ids=ids).id
    selections.ask(archive, keeper, chosen, "describe", TO_YL02)
    while worker.run_one(archive, reader, "here", ("work-through",)):
        pass
    selections.confirm(archive, keeper, chosen)

    selections.stop(archive, keeper, chosen)
    while worker.run_one(archive, reader, "here", ("work-through",)):
        pass
    assert selections.standing(archive, keeper, chosen).counts == {"done": 1, "ready": 2}

    selections.go_on(archive, keeper, chosen)
    while worker.run_one(archive, reader, "here", ("work-through",)):
        pass
    assert selections.standing(archive, keeper, chosen).counts == {"done": 3}


def test_work_that_cannot_be_done_waits_no_longer_and_can_be_gone_on_with(
    archive: Archive, clock: Clock, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "CHUNK", 1)
    ids = [a_record(archive, text) for text in "甲乙丙"]
    chosen = selections.choose(archive, keeper, ids=ids).id
    selections.ask(archive, keeper, chosen, "describe", TO_YL02)
    while worker.run_one(archive, reader, "here", ("work-through",)):
        pass
    selections.confirm(archive, keeper, chosen)
    some = selections._some  # pyright: ignore[reportPrivateUsage]

    def broken(*_about: object) -> bool:
        raise RuntimeError

    monkeypatch.setattr(selections, "_some", broken)
    for _ in range(ATTEMPTS_MAX):
        worker.run_one(archive, reader, "here", ("work-through",))
        clock.advance(minutes=6)
    monkeypatch.setattr(selections, "_some", some)
    assert selections.standing(archive, keeper, chosen).counts == {"done": 1, "ready": 2}

    selections.go_on(archive, keeper, chosen)
    while worker.run_one(archive, reader, "here", ("work-through",)):
        pass
    assert selections.standing(archive, keeper, chosen).counts == {"done": 3}


def test_in_the_name_of_somebody_who_has_left_nothing_is_done(
    archive: Archive, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "CHUNK", 1)
    ids = [a_record(archive, text) for text in "甲乙"]
    chosen = selections.choose(archive, keeper, ids=ids).id
    selections.ask(archive, keeper, chosen, "describe", TO_YL02)
    while worker.run_one(archive, reader, "here", ("work-through",)):
        pass
    selections.confirm(archive, keeper, chosen)
    people.deactivate(archive, OPERATOR, "keeper")

    worker.run_one(archive, reader, "here", ("work-through",))

    assert sites(archive, ids[:1]) == {"YL02"}
    assert sites(archive, ids[1:]) == {"JF01"}


def test_it_is_said_at_once_what_no_record_could_take(archive: Archive, keeper: Actor) -> None:
    chosen = selections.choose(archive, keeper, ids=[a_record(archive)]).id

    for said in ({}, {"class_code": "XX99"}, {"site": "ZZ"}, {"level": "7"}, {"document_date": "yesterday"}):
        with pytest.raises(Invalid):
            selections.ask(archive, keeper, chosen, "describe", said)
    with pytest.raises(NotFound):
        selections.ask(archive, keeper, chosen, "dossier", {"dossier": "none", "item": "01"})
    with pytest.raises(Invalid):
        selections.choose(archive, keeper)


# ---- The files of a selection ----


def packed(archive: Archive, actor: Actor, selection_id: str) -> tuple[zipfile.ZipFile, list[dict[str, str]]]:
    package = zipfile.ZipFile(io.BytesIO(b"".join(selected_files.pack(archive, actor, selection_id))))
    return package, list(csv.DictReader(io.StringIO(package.read("list.csv").decode("utf-8-sig"))))


def test_files_go_out_in_one_package_each_within_its_rule_and_its_line(archive: Archive) -> None:
    asks = a_person(archive, "asks", "borrower", clearance=2, department="KFB")
    mine, others = a_record(archive, "可下载的正文"), a_record(archive, "只可借阅的正文", level=2)
    chosen = selections.choose(archive, asks, ids=[mine, others]).id

    package, rows = packed(archive, asks, chosen)

    (name,) = set(package.namelist()) - {"list.csv"}
    assert package.read(name).decode() == "可下载的正文"
    outcomes = [(row["标识 id"], row["结果 outcome"]) for row in rows]
    assert outcomes == [(mine, "已给出 given"), (others, "未给出 not given")]
    assert rows[0]["SHA-256"] == hashlib.sha256("可下载的正文".encode()).hexdigest()
    assert lines_of(archive, "record.downloaded") == [mine]
    assert lines_of(archive, "selection.packed") == [chosen]


def test_what_may_not_be_found_any_more_when_its_turn_comes_is_not_even_named(archive: Archive, keeper: Actor) -> None:
    asks = a_person(archive, "asks", "borrower", clearance=1)
    ids = [a_record(archive, text, title=f"合同{text}") for text in "甲乙"]
    chosen = selections.choose(archive, asks, ids=ids).id
    parts = selected_files.pack(archive, asks, chosen)
    first = next(parts)

    do(archive, keeper, ids[1:], "describe", {"level": "3"})
    whole = first + b"".join(parts)

    package = zipfile.ZipFile(io.BytesIO(whole))
    assert "合同乙" not in package.read("list.csv").decode("utf-8-sig")
    assert len(package.namelist()) == 2


def test_a_damaged_file_costs_itself_and_not_the_package(archive: Archive, keeper: Actor) -> None:
    whole, damaged = a_record(archive, "完好"), a_record(archive, "损坏")
    chosen = selections.choose(archive, keeper, ids=[damaged, whole]).id
    spoil(archive, damaged)

    package, rows = packed(archive, keeper, chosen)

    assert [row["结果 outcome"] for row in rows] == ["未给出 not given", "已给出 given"]
    assert [package.read(one).decode() for one in package.namelist() if one != "list.csv"] == ["完好"]


def test_what_was_begun_is_the_present_selection_no_more_even_if_nothing_came_of_it(
    archive: Archive, keeper: Actor
) -> None:
    one = a_record(archive)
    chosen = selections.choose(archive, keeper, ids=[one]).id
    selections.ask(archive, keeper, chosen, "describe", {"issuer": "甲方公司"})
    assert selections.present(archive, keeper) is not None
    with archive.read() as tx:
        record = tx.records.get(one)
    said = replace(records.description_of(record), issuer="甲方公司")
    records.describe(archive, keeper, one, said, revision=record.revision, filing=False)
    selections.confirm(archive, keeper, chosen)

    assert selections.standing(archive, keeper, chosen).counts == {"unchanged": 1}
    assert selections.present(archive, keeper) is None


def test_a_shelf_address_that_was_typed_freely_hinders_nothing_that_is_done_to_many(
    archive: Archive, keeper: Actor
) -> None:
    """Papers with the address of a drawer could not be filed together, and what was done to them not be undone."""
    odd = a_record(archive, shelf_location="经理抽屉")
    waits = an_unfiled_record(archive, "待归档", site="JF01", shelf_location="经理抽屉")
    chosen = do(archive, keeper, [odd], "describe", TO_YL02)
    for site in ("JF01", "YL02"):
        locations.add(archive, OPERATOR, NewPlace(site, "room", "一号库房"))

    selections.undo(archive, keeper, chosen)
    assert sites(archive, [odd]) == {"JF01"}
    filed = do(archive, keeper, [waits], "file", {"class_code": "HT03"})
    assert states(archive, keeper, filed) == {waits: "done"}
    moved = selections.choose(archive, keeper, ids=[odd]).id
    selections.ask(archive, keeper, moved, "describe", TO_YL02)
    (line, _), *_ = selections.lines(archive, keeper, moved)
    assert (line.state, line.code) == ("refused", "no-shelf-there")
