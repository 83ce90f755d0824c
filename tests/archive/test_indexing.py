"""What the index holds, what it must not hold, and what a searcher notices of its being behind or built anew."""

import io
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec

import pytest

from access.actors import OPERATOR, SERVICE
from archive import doctoring, indexing, intake, labels, readiness, records, search, status, worker
from archive.app import Archive
from archive.errors import Conflict, OutOfSpace
from archive.intake import Claims
from archive.model import LIFECYCLES, Suggestion
from archive.readiness import IndexState
from archive.records import Description
from archive.search import Question
from archive.tables.jobs import ATTEMPTS_MAX
from indexer.errors import IndexAway
from indexer.reading import Reader
from tests.builders import a_person, a_record, an_unfiled_record, settle
from tests.samples import make


def found(archive: Archive, text: str, login: str = "") -> tuple[int, list[str]]:
    actor = a_person(archive, login) if login else OPERATOR
    answer = search.find(archive, actor, Question(text))
    return answer.total, [hit.record.id for hit in answer.hits]


def an_archive(archive: Archive, members: Mapping[str, str]) -> str:
    content = io.BytesIO(make.package(members))
    return intake.hand_in(archive, OPERATOR, content, "资料.zip", Claims(), door="command").record_id


def entries(archive: Archive) -> int:
    with archive.read() as tx:
        name = tx.meta.get("index")
    assert name is not None
    return archive.engine(name).count()


def described(archive: Archive, record_id: str, title: str, *, level: int = 1) -> None:
    with archive.read() as tx:
        revision = tx.records.get(record_id).revision
    said = Description(title, "HT02", level, "JF01", "SWB")
    records.describe(archive, OPERATOR, record_id, said, revision=revision, filing=False)


def test_a_record_in_quarantine_has_no_index_entry(archive: Archive, reader: Reader) -> None:
    kept, bad = a_record(archive, "电梯维保"), an_unfiled_record(archive, "电梯年检")
    settle(archive, reader)
    assert (entries(archive), found(archive, "电梯")[0]) == (2, 2)

    intake.quarantine_record(archive, bad, "damaged", "The file is damaged.")

    assert found(archive, "电梯") == (1, [kept]), "hidden at once, before the index has caught up"
    settle(archive, reader)
    assert (entries(archive), found(archive, "电梯")) == (1, (1, [kept]))


def test_nothing_that_has_gone_or_may_not_be_used_is_ever_indexed(archive: Archive) -> None:
    record_id = a_record(archive, "电梯维保")
    with archive.read() as tx:
        record = tx.records.get(record_id)

    here = {one for one in LIFECYCLES if indexing.indexed(replace(record, lifecycle=one))}

    assert here == {"captured", "filed", "archived"}


def test_the_body_of_a_level_three_record_is_never_in_the_index(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, "收购意向谈判底价", title="会议纪要", level=3)
    settle(archive, reader)

    assert found(archive, "底价") == (0, [])
    assert found(archive, "会议纪要") == (1, [record_id])
    files = [path for path in archive.settings.index.rglob("*") if path.is_file()]
    assert files
    assert not any("底价".encode() in path.read_bytes() for path in files)


def test_a_changed_record_is_hidden_until_the_index_has_caught_up(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, title="旧标题", level=1)
    settle(archive, reader)

    described(archive, record_id, "新标题", level=2)

    assert found(archive, "旧标题", "borrower") == (0, []), "neither shown nor counted"
    settle(archive, reader)
    assert found(archive, "旧标题") == (0, [])
    assert found(archive, "新标题") == (1, [record_id])


def test_the_index_is_built_anew_beside_the_one_in_use(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive)
    settle(archive, reader)
    with archive.read() as tx:
        before = tx.meta.get("index")
    seen: list[tuple[int, list[str]]] = []

    with indexing.writing(archive):
        fresh = indexing.rebuild(
            archive,
            SERVICE,
            indexing.open_writer(archive),
            progress=lambda _done, _all: seen.append(found(archive, "合同")),
        )
        fresh.close()

    assert seen == [(1, [record_id])], "searching goes on meanwhile"
    assert found(archive, "合同") == (1, [record_id])
    with archive.read() as tx:
        after = tx.meta.get("index")
    assert before != after
    assert [folder.name for folder in archive.settings.index.iterdir() if folder.is_dir()] == [after]


def test_a_search_server_that_does_not_answer_is_waited_for_and_breaks_nothing(
    archive: Archive, reader: Reader
) -> None:
    record_id = a_record(archive)
    settle(archive, reader)
    with archive.read() as tx:
        before = tx.meta.get("index")
    archive.settings = replace(archive.settings, engine="opensearch", engine_address="http://127.0.0.1:1/archive")

    with indexing.writing(archive):
        assert indexing.open_writer(archive) is None, "the index in use is of another engine"
        with pytest.raises(IndexAway, match="does not answer"):
            indexing.rebuild(archive, SERVICE, None)

    assert found(archive, "合同") == (1, [record_id]), "the old index answers until the new one is there"
    with archive.read() as tx:
        assert tx.meta.get("index") == before


def test_an_index_of_another_version_is_built_anew_by_itself(archive: Archive, reader: Reader) -> None:
    """After an upgrade that folds or divides texts otherwise, nobody has to think of it."""
    record_id = a_record(archive)
    settle(archive, reader)
    with archive.read() as tx:
        before = tx.meta.get("index")
    (archive.settings.index / str(before) / "SCHEME").write_text("muniment whoosh-1 1-000000\n")
    archive.forget_engine()
    with pytest.raises(Conflict, match="being rebuilt"):
        found(archive, "合同")

    settle(archive, reader)

    with archive.read() as tx:
        assert tx.meta.get("index") != before
    assert found(archive, "合同") == (1, [record_id])


def test_an_index_that_is_lost_or_has_lost_records_is_known_to_be_so(archive: Archive, reader: Reader) -> None:
    ids = [a_record(archive, f"合同正文{n}", name=f"{n}.txt") for n in range(3)]
    waiting = a_record(archive, "合同正文", name="waiting.txt")
    settle(archive, reader)
    described(archive, waiting, "它在等")
    a_record(archive, "还没有读的合同", name="unread.txt")
    assert readiness.index_state(archive) == IndexState(), "what waits is not missing"
    with indexing.writing(archive):
        index = indexing.open_writer(archive)
        assert index is not None
        index.drop([ids[0], waiting])
        assert readiness.index_state(archive) == IndexState("short", 1)
        assert readiness.falls_short(archive, index) == 1
        assert readiness.falls_short(archive, index, tolerated=1) == 0
        answers: list[search.Answer] = []

        indexing.mend(
            archive, SERVICE, index, 1,
            progress=lambda _done, _all: answers.append(search.find(archive, OPERATOR, Question("合同正文"))),
        ).close()  # fmt: skip

    assert {(answer.total, answer.incomplete) for answer in answers} == {(3, True)}
    assert not search.find(archive, OPERATOR, Question("合同正文")).incomplete
    assert readiness.index_state(archive) == IndexState()

    shutil.rmtree(archive.settings.index)

    assert readiness.index_state(archive) == IndexState("gone", 4)
    assert readiness.lacking(archive) == ["The index cannot be used."]
    settle(archive, reader)
    assert readiness.index_state(archive) == IndexState()


def test_an_index_whose_entries_had_other_labels_is_built_anew_by_itself(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive)
    settle(archive, reader)
    with archive.write() as tx:
        before = tx.meta.get("index")
        tx.meta.put(indexing.LABELS_OF_INDEX, "1")
    assert found(archive, "合同") == (1, [record_id]), "the old one is searched until the new one is there"

    settle(archive, reader)

    with archive.read() as tx:
        assert tx.meta.get("index") != before
        assert tx.meta.get(indexing.LABELS_OF_INDEX) == labels.SCHEME
    assert found(archive, "合同") == (1, [record_id])


def test_contracts_that_end_soon_are_found_by_what_was_read_off_them(archive: Archive, reader: Reader) -> None:
    day = archive.now().date()
    ends = [day + timedelta(days=days) for days in (30, 200)]
    soon, later = (
        a_record(
            archive,
            f"电梯维保合同\n合同期限自2020年1月1日起至{end.year}年{end.month}月{end.day}日止。",
            name=f"{end}.txt",
            level=2,
        )
        for end in ends
    )
    settle(archive, reader)

    assert found(archive, "到期:<90天") == (1, [soon])
    assert sorted(found(archive, "到期:<365天")[1]) == sorted([soon, later])
    assert found(archive, "电梯 到期:<90天", "borrower") == (0, []), "what is said of the term is a part of the paper"


def test_what_is_known_of_a_record_besides_its_description_is_indexed_anew_when_it_changes(
    archive: Archive, reader: Reader
) -> None:
    record_id = a_record(archive)
    settle(archive, reader)
    end = archive.now().date() + timedelta(days=10)
    assert found(archive, "到期:<90天") == (0, [])

    with archive.write() as tx:
        tx.records.suggest(record_id, [Suggestion("term_to", end.isoformat(), 0.9, 1)])
        labels.changed(tx, [record_id], archive.now())
    settle(archive, reader)

    assert found(archive, "到期:<90天") == (1, [record_id])


@pytest.mark.skipif(find_spec("tantivy") is None, reason="tantivy is not installed")
def test_another_engine_takes_over_while_the_old_one_answers(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive)
    settle(archive, reader)
    archive.settings = replace(archive.settings, engine="tantivy")
    assert found(archive, "合同") == (1, [record_id]), "the old index is searched until the new one is there"
    seen: list[tuple[int, list[str]]] = []

    with indexing.writing(archive):
        assert indexing.open_writer(archive) is None, "another engine is set: the index has to be built"
        fresh = indexing.rebuild(
            archive, SERVICE, None, progress=lambda _done, _all: seen.append(found(archive, "合同"))
        )
        fresh.close()

    assert seen == [(1, [record_id])]
    with archive.read() as tx:
        assert str(tx.meta.get("index")).startswith("tantivy-")
    assert found(archive, "合同") == (1, [record_id])


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_what_changes_while_the_index_is_built_anew_is_found_as_it_is_now_before_and_after(
    archive: Archive, reader: Reader, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    if find_spec(engine) is None:
        pytest.skip(f"{engine} is not installed")
    monkeypatch.setattr(indexing, "REBUILD_BATCH", 1)
    ids = [a_record(archive, f"合同正文{n}", name=f"{n}.txt") for n in range(3)]
    settle(archive, reader)
    archive.settings = replace(archive.settings, engine=engine)
    changed, borrower = min(ids), a_person(archive, "borrower")
    seen: list[object] = []

    def look() -> tuple[tuple[int, list[str]], int]:
        return found(archive, "年检"), search.find(archive, borrower, Question("合同正文")).total

    def change_and_look(done: int, _all: int) -> None:
        if done == 1:  # it has been read already
            described(archive, changed, "电梯年检报告", level=2)
        seen.append((done, *look()))

    with indexing.writing(archive):
        live = indexing.open_writer(archive)
        assert (live is None) == (engine == "tantivy")
        indexing.rebuild(archive, SERVICE, live, progress=change_and_look).close()

    assert seen == [(1, (0, []), 2), (2, (1, [changed]), 2), (3, (1, [changed]), 2)]
    assert look() == ((1, [changed]), 2)


def test_a_rebuild_says_how_far_it_is_and_how_long_it_will_take(archive: Archive) -> None:
    say = indexing.progress_of(archive)

    say(200, 400)

    assert re.fullmatch(r"200/400, \d+ s", status.of(archive, OPERATOR).index_progress)


def test_a_file_with_files_inside_is_indexed_once_for_all_of_them(archive: Archive, reader: Reader) -> None:
    members = {f"附件{n}.txt": f"第{n}份附件的正文" for n in range(6)}
    record_id = an_archive(archive, members)

    while worker.run_one(archive, reader, "test", worker.MAKES_FINDABLE):
        pass

    with archive.read() as tx:
        (wanted,) = tx.index_queue.next(10)
    assert (wanted.record_id, wanted.wanted) == (record_id, 2), "for itself, and for all that is inside"
    settle(archive, reader)
    assert found(archive, "第5份附件") == (1, [record_id])


def test_what_is_inside_is_found_although_one_of_it_ends_whoever_reads_it(archive: Archive, reader: Reader) -> None:
    record_id = an_archive(archive, {"好.txt": "读得到的附件", "坏.txt": "x" * 9})
    assert worker.run_one(archive, reader, "test", worker.MAKES_FINDABLE)
    assert worker.run_one(archive, reader, "test", worker.MAKES_FINDABLE)
    with archive.write() as tx:
        tx.index_queue.done(tx.index_queue.next(10))
        for _ in range(ATTEMPTS_MAX):
            assert tx.jobs.claim(archive.now(), "killed", timedelta(seconds=-1), worker.MAKES_FINDABLE)

    assert not worker.run_one(archive, reader, "test", worker.MAKES_FINDABLE)

    settle(archive, reader)
    assert found(archive, "读得到的附件") == (1, [record_id])


def test_a_rebuild_that_is_stopped_leaves_the_old_index_in_service(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive)
    settle(archive, reader)
    admin = a_person(archive, "runner", "sysadmin")
    with archive.read() as tx:
        before = tx.meta.get("index")
    with pytest.raises(Conflict):
        indexing.stop_rebuild(archive, admin)
    indexing.want_rebuild(archive, admin)
    indexing.progress_of(archive)(0, 1)
    indexing.stop_rebuild(archive, admin)

    with indexing.writing(archive):
        live = indexing.open_writer(archive)
        assert live is not None
        assert indexing.rebuild(archive, SERVICE, live) is live
        live.close()

    assert found(archive, "合同") == (1, [record_id])
    assert not indexing.rebuild_wanted(archive)
    with archive.read() as tx:
        assert (tx.meta.get("index"), tx.meta.get("index-progress")) == (before, "")
        assert [one.actor for one in tx.ledger.lines(limit=20) if one.action == "index.stopped"] == [admin.id]
    assert [folder.name for folder in archive.settings.index.iterdir() if folder.is_dir()] == [before]


def test_a_rebuild_beside_which_nothing_serves_is_not_stopped(archive: Archive, reader: Reader) -> None:
    a_record(archive)
    settle(archive, reader)
    admin = a_person(archive, "runner", "sysadmin")
    refused: list[str] = []

    def stopped(_done: int, _total: int) -> None:
        with pytest.raises(Conflict) as told:
            indexing.stop_rebuild(archive, admin)
        refused.append(told.value.code)

    with indexing.writing(archive):
        indexing.rebuild(archive, SERVICE, None, progress=stopped).close()

    assert set(refused) == {"index-needed"}
    assert found(archive, "合同")[0] == 1


def test_a_rebuild_cut_off_at_the_keyboard_leaves_nothing_behind(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive)
    settle(archive, reader)
    with archive.read() as tx:
        before = tx.meta.get("index")

    def interrupted(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with indexing.writing(archive), pytest.raises(KeyboardInterrupt):
        indexing.rebuild(archive, SERVICE, indexing.open_writer(archive), progress=interrupted)

    assert [folder.name for folder in archive.settings.index.iterdir() if folder.is_dir()] == [before]
    assert found(archive, "合同") == (1, [record_id])


def test_a_stop_after_the_last_batch_is_heeded_and_one_after_the_end_is_told_that_it_came_too_late(
    archive: Archive, reader: Reader, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    record_id = a_record(archive)
    settle(archive, reader)
    admin = a_person(archive, "runner", "sysadmin")
    with archive.read() as tx:
        before = tx.meta.get("index")
    caplog.set_level("INFO", "muniment.indexing")

    def stopped(done: int, total: int) -> None:
        if done == total:
            indexing.stop_rebuild(archive, admin)

    with indexing.writing(archive):
        live = indexing.open_writer(archive)
        assert live is not None
        assert indexing.rebuild(archive, SERVICE, live, progress=stopped) is live
        with archive.read() as tx:
            assert (tx.meta.get("index"), indexing.rebuild_wanted(archive)) == (before, False)
        assert [(one.levelname, "stopped" in one.message) for one in caplog.records] == [("INFO", True)]
        assert found(archive, "合同") == (1, [record_id])
        indexing.rebuild(archive, SERVICE, live).close()
    with pytest.raises(Conflict, match="too late") as told:
        indexing.stop_rebuild(archive, admin)
    assert told.value.code == "index-built"


def test_a_rebuild_says_from_its_beginning_that_it_is_under_way(archive: Archive, reader: Reader) -> None:
    a_record(archive)
    settle(archive, reader)
    seen: list[str] = []

    def look(_done: int, _total: int) -> None:
        seen.append(status.of(archive, OPERATOR).index_progress)

    indexing.want_rebuild(archive, OPERATOR)
    assert status.of(archive, OPERATOR).index_wanted == "rebuild"
    with indexing.writing(archive):
        indexing.rebuild(archive, SERVICE, indexing.open_writer(archive), progress=look).close()

    assert seen == ["0/1"]
    now = status.of(archive, OPERATOR)
    assert (now.index_wanted, now.index_progress) == ("", "")


class Killed(BaseException):
    """The process ends here."""


def test_a_rebuild_that_ends_its_process_every_time_is_begun_no_more_until_a_person_asks(
    archive: Archive, reader: Reader
) -> None:
    record_id = a_record(archive)
    settle(archive, reader)
    indexing.want_rebuild(archive, OPERATOR)

    def killed(_done: int, _total: int) -> None:
        raise Killed

    begun = 0
    with indexing.writing(archive):
        live = indexing.open_writer(archive)
        while begun < 20 and indexing.rebuild_wanted(archive):
            begun += 1
            with pytest.raises(Killed):
                indexing.rebuild(archive, SERVICE, live, progress=killed)
        assert begun == ATTEMPTS_MAX
        now = status.of(archive, OPERATOR)
        assert (now.index_given_up, now.index_wanted, now.index_progress) == (ATTEMPTS_MAX, "", "")
        assert "index-given-up" in {one.code for one in doctoring.symptoms(archive, OPERATOR)}
        assert found(archive, "合同") == (1, [record_id]), "the one in use goes on"

        indexing.want_rebuild(archive, OPERATOR)
        assert indexing.rebuild_wanted(archive)
        indexing.rebuild(archive, SERVICE, live).close()
    assert status.of(archive, OPERATOR).index_given_up == 0


def test_a_rebuild_that_can_say_what_was_wrong_is_tried_again_for_as_long_as_it_takes(archive: Archive) -> None:
    def full(_done: int, _total: int) -> None:
        raise OutOfSpace("The disk is full.")

    with indexing.writing(archive):
        for _ in range(2 * ATTEMPTS_MAX):
            with pytest.raises(OutOfSpace):
                indexing.rebuild(archive, SERVICE, None, progress=full)
    assert indexing.may_rebuild(archive)


def test_a_rebuild_asked_for_while_one_is_under_way_comes_after_it(archive: Archive) -> None:
    a_record(archive)

    def asked(_done: int, _total: int) -> None:
        assert status.of(archive, OPERATOR).index_wanted == "", "what it was begun for is taken"
        indexing.want_rebuild(archive, OPERATOR)

    indexing.want_rebuild(archive, OPERATOR)
    with indexing.writing(archive):
        live = indexing.rebuild(archive, SERVICE, indexing.open_writer(archive), progress=asked)
        assert indexing.rebuild_wanted(archive)
        indexing.rebuild(archive, SERVICE, live).close()
        assert not indexing.rebuild_wanted(archive)


def test_a_wish_outlives_the_rebuild_that_could_not_fulfil_it(archive: Archive) -> None:
    def full(_done: int, _total: int) -> None:
        raise OutOfSpace("The disk is full.")

    indexing.want_rebuild(archive, OPERATOR)
    with indexing.writing(archive):
        for _ in range(2):
            with pytest.raises(OutOfSpace):
                indexing.rebuild(archive, SERVICE, indexing.open_writer(archive), progress=full)
            now = status.of(archive, OPERATOR)
            assert (now.index_wanted, now.index_progress) == ("rebuild", "")
            assert indexing.rebuild_wanted(archive)


def test_who_cuts_a_rebuild_off_at_the_keyboard_leaves_none_wanted(archive: Archive) -> None:
    def interrupted(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with indexing.writing(archive):
        with pytest.raises(KeyboardInterrupt):
            indexing.rebuild(archive, SERVICE, indexing.open_writer(archive), progress=interrupted)
        assert not indexing.rebuild_wanted(archive)
    assert status.of(archive, OPERATOR).index_progress == ""


def test_a_rebuild_that_gets_further_every_time_is_not_given_up(
    archive: Archive, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed by restarts in the middle of hours of work, and not by itself."""
    monkeypatch.setattr(indexing, "BATCH", 1)
    monkeypatch.setattr(indexing, "REBUILD_BATCH", 1)
    for n in range(ATTEMPTS_MAX + 2):
        a_record(archive, str(n))
    indexing.want_rebuild(archive, OPERATOR)

    def begun_and_killed_at(place: int) -> None:
        def killed(done: int, _total: int) -> None:
            if done == place:
                raise Killed

        with pytest.raises(Killed):
            indexing.rebuild(archive, SERVICE, indexing.open_writer(archive), progress=killed)

    with indexing.writing(archive):
        for place in range(1, ATTEMPTS_MAX + 2):
            assert indexing.rebuild_wanted(archive)
            begun_and_killed_at(place)
        for _ in range(ATTEMPTS_MAX - 1):
            assert indexing.rebuild_wanted(archive)
            begun_and_killed_at(ATTEMPTS_MAX + 1)
        assert not indexing.rebuild_wanted(archive), "five times no further"
