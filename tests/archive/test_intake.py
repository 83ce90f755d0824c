"""What comes in is kept once, refused with a reason, or waits; and the numbers add up."""

import io
import os
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from access.actors import OPERATOR, SERVICE, Actor
from access.rules import Denied
from archive import intake, records
from archive.app import Archive
from archive.config import Inbox
from archive.errors import Conflict, Invalid, NotFound, OutOfSpace
from archive.intake import Claims
from archive.objects import ObjectStore
from archive.watcher import Watcher
from indexer.reading import Reader
from tests.builders import Seconds, a_person, a_record, drop, settle, take_in_everything


def outcomes(archive: Archive) -> dict[str, int]:
    with archive.read() as tx:
        return dict(tx.intake.counts())


def in_folder(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_a_dropped_file_is_kept_byte_for_byte_and_moved_to_done(archive: Archive) -> None:
    content = os.urandom(300_000)
    drop(archive, "扫描件.bin", content)

    take_in_everything(archive)

    inbox = archive.settings.inboxes[0]
    assert in_folder(inbox.path) == ["done/扫描件.bin"]
    with archive.read() as tx:
        (record,) = tx.records.listed(_everything(), lifecycle="captured")
        (component,) = tx.records.components_of([record.id])[record.id]
    assert archive.objects.read(component.digest) == content
    assert record.title == "扫描件"
    assert record.level == 2


def test_the_same_bytes_under_another_name_are_linked_not_kept_twice(archive: Archive) -> None:
    """INV-28."""
    drop(archive, "a.txt", "同一份合同")
    take_in_everything(archive)
    drop(archive, "b.txt", "同一份合同")
    take_in_everything(archive)

    assert outcomes(archive) == {"captured": 1, "duplicate": 1, "quarantined": 0, "waiting": 0}
    with archive.read() as tx:
        assert tx.objects.totals()[0] == 1
        assert {a.record_id for a in tx.intake.listed(_everything(), outcomes=("captured", "duplicate"))} == set(
            tx.records.ids()
        )


def test_a_source_that_is_noticed_and_not_kept_yet_is_put_away_by_nobody(archive: Archive) -> None:
    """INV-28: it stays in the inbox until the catalogue knows of its bytes, whoever would move it, and how many."""
    inbox = archive.settings.inboxes[0]
    one, two = drop(archive, "a.txt", "一"), drop(archive, "b.txt", "二")
    ids = [intake.notice(archive, SERVICE, path, inbox, Claims()).id for path in (one, two)]

    intake.put_away(archive, ids[0], one, inbox)
    intake.put_away_all(archive, [(ids[0], one, inbox), (ids[1], two, inbox)])

    assert in_folder(inbox.path) == ["a.txt", "b.txt"]
    intake.take_in(archive, SERVICE, ids[0], one, inbox)
    assert in_folder(inbox.path) == ["b.txt", "done/a.txt"]


def test_a_file_of_the_same_name_and_other_bytes_is_another_record(archive: Archive) -> None:
    for body in ("一", "二", "三"):
        drop(archive, "通知.txt", body)
        take_in_everything(archive)

    assert outcomes(archive)["captured"] == 3
    assert in_folder(archive.settings.inboxes[0].done) == ["通知 (2).txt", "通知 (3).txt", "通知.txt"]


REFUSED = {
    "empty-file": lambda path: path.write_bytes(b""),
    "link": lambda path: path.symlink_to("/etc/passwd"),
    "not-a-file": lambda path: os.mkfifo(path),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_taken_in_goes_to_quarantine_with_its_reason(archive: Archive, code: str) -> None:
    inbox = archive.settings.inboxes[0]
    REFUSED[code](inbox.path / "x.txt")

    take_in_everything(archive)

    assert in_folder(inbox.path) == ["quarantine/x.txt", "quarantine/x.txt.reason.txt"]
    assert len((inbox.quarantine / "x.txt.reason.txt").read_text().split()) > 4
    with archive.read() as tx:
        (arrival,) = tx.intake.listed(_everything(), outcomes=("quarantined",))
        assert arrival.reason_code == code
        assert list(tx.records.ids()) == []


def test_a_file_of_an_unreadable_kind_keeps_its_bytes_in_quarantine_and_can_be_retried(
    archive: Archive, reader: Reader
) -> None:
    drop(archive, "坏.pdf", b"%PDF-1.7 nothing else")
    take_in_everything(archive)
    settle(archive, reader)

    inbox = archive.settings.inboxes[0]
    assert in_folder(inbox.path) == ["quarantine/坏.pdf", "quarantine/坏.pdf.reason.txt"]
    with archive.read() as tx:
        (record_id,) = tx.records.ids()
        record = tx.records.get(record_id)
        (arrival,) = tx.intake.of_record(record_id)
    assert record.lifecycle == "quarantined"
    assert record.reason
    _, pieces = records.original(archive, OPERATOR, record_id)
    assert b"".join(pieces) == b"%PDF-1.7 nothing else"

    retried = intake.retry(archive, OPERATOR, arrival.id)

    assert retried.outcome == "captured"
    assert in_folder(inbox.path) == ["done/坏.pdf"]
    settle(archive, reader)
    assert in_folder(inbox.path) == ["quarantine/坏.pdf", "quarantine/坏.pdf.reason.txt"]


def test_a_refused_file_that_was_mended_in_quarantine_can_be_retried(archive: Archive) -> None:
    inbox = archive.settings.inboxes[0]
    drop(archive, "空.txt", b"")
    take_in_everything(archive)
    with archive.read() as tx:
        (arrival,) = tx.intake.listed(_everything(), outcomes=("quarantined",))
    (inbox.quarantine / "空.txt").write_text("现在有内容了")

    intake.retry(archive, OPERATOR, arrival.id)
    take_in_everything(archive)

    assert in_folder(inbox.path) == ["done/空.txt"]
    assert outcomes(archive) == {"captured": 1, "duplicate": 0, "quarantined": 0, "waiting": 0}


def test_a_file_still_being_written_is_left_alone(archive: Archive) -> None:
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    path = drop(archive, "大文件.txt", "第一部分")
    with path.open("a") as writing:
        for _ in range(5):
            watcher.sweep()
            watcher.step()
            seconds.now += 10
        assert outcomes(archive)["waiting"] == 0
        assert path.exists()
        writing.write("第二部分")
    watcher.step()
    seconds.now += 10
    watcher.step()
    seconds.now += 10
    watcher.step()

    with archive.read() as tx:
        (record_id,) = tx.records.ids()
        (component,) = tx.records.components_of([record_id])[record_id]
    assert archive.objects.read(component.digest).decode() == "第一部分第二部分"


def test_a_file_that_grows_in_pieces_is_taken_in_when_it_has_stood_still(archive: Archive) -> None:
    """A copy over a slow share closes the file between pieces; only standing still tells that it is whole."""
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    path = drop(archive, "慢.txt", "")
    for piece in ("甲", "乙", "丙"):
        with path.open("a") as file:
            file.write(piece)
        watcher.sweep()
        watcher.step()
        seconds.now += archive.settings.settle_s / 2
        watcher.step()
    assert path.exists()
    for _ in range(3):
        seconds.now += archive.settings.settle_s
        watcher.step()

    assert not path.exists()
    with archive.read() as tx:
        (record_id,) = tx.records.ids()
        (component,) = tx.records.components_of([record_id])[record_id]
    assert archive.objects.read(component.digest).decode() == "甲乙丙"


@pytest.mark.parametrize("name", [".隐藏.txt", "~$合同.docx", "下载.part", "x.tmp", "Thumbs.db", "电影.crdownload"])
def test_unfinished_and_hidden_files_are_not_touched(archive: Archive, name: str) -> None:
    path = drop(archive, name, "content")

    take_in_everything(archive)

    assert path.exists()
    assert sum(outcomes(archive).values()) == 0


STRANGE_NAMES = [
    "带 空格 和'引号\".txt",
    "换\n行.txt",
    "表情😀.txt",
    "e\u0301 NFD.txt",
    "\u202etxt.exe 右到左.txt",
    "很" * 83 + ".txt",
    "-rf.txt",
    "%00%2e%2e.txt",
    "没有后缀",
]


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_strange_names_are_taken_in_like_any_other(archive: Archive, name: str) -> None:
    drop(archive, name, f"内容 {name!r}")

    take_in_everything(archive)

    inbox = archive.settings.inboxes[0]
    assert [path.name for path in inbox.done.iterdir()] == [name]
    with archive.read() as tx:
        (record_id,) = tx.records.ids()
        record, (component,) = tx.records.get(record_id), tx.records.components_of([record_id])[record_id]
    assert record.title.strip()
    assert "\n" not in component.file_name
    assert "\u202e" not in component.file_name


def test_a_name_in_gb18030_is_shown_in_chinese(archive: Archive) -> None:
    folder = os.fsencode(archive.settings.inboxes[0].path)
    with open(os.path.join(folder, "手机照片.txt".encode("gb18030")), "wb") as file:
        file.write(b"photo")

    take_in_everything(archive)

    with archive.read() as tx:
        (record_id,) = tx.records.ids()
        assert tx.records.get(record_id).title == "手机照片"


def test_sub_folders_say_site_and_class(archive: Archive) -> None:
    drop(archive, "云麓花园/HT03/保洁.txt", "外包合同")

    take_in_everything(archive)

    with archive.read() as tx:
        (record_id,) = tx.records.ids()
        record = tx.records.get(record_id)
    assert (record.site, record.class_code, record.lifecycle) == ("YL02", "HT03", "captured")
    assert in_folder(archive.settings.inboxes[0].done) == ["云麓花园/HT03/保洁.txt"]


def test_a_full_disk_loses_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store says that there is no room, as the real one does on ENOSPC; the file stays and is tried again."""
    path = drop(archive, "大.txt", "内容")

    def no_room(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("archive.sealing.seal", no_room)
        with path.open("rb") as file, pytest.raises(OutOfSpace, match="make room"):
            archive.objects.keep(file)
        take_in_everything(archive)
        assert path.exists()
        assert outcomes(archive) == {"captured": 0, "duplicate": 0, "quarantined": 0, "waiting": 1}

    take_in_everything(archive)

    assert outcomes(archive) == {"captured": 1, "duplicate": 0, "quarantined": 0, "waiting": 0}


def test_a_file_replaced_while_it_is_taken_in_is_noticed_anew(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(archive, "合同.txt", "第一版")
    keep = ObjectStore.keep
    swapped = False

    def keep_and_swap(store: ObjectStore, source: io.BufferedReader) -> object:
        nonlocal swapped
        kept = keep(store, source)
        if not swapped:
            swapped = True
            other = path.with_name("other")
            other.write_text("第二版,更长")
            os.replace(other, path)
        return kept

    monkeypatch.setattr(ObjectStore, "keep", keep_and_swap)
    take_in_everything(archive)

    with archive.read() as tx:
        (record_id,) = tx.records.ids()
        (component,) = tx.records.components_of([record_id])[record_id]
    assert archive.objects.read(component.digest).decode() == "第二版,更长"
    assert outcomes(archive) == {"captured": 1, "duplicate": 0, "quarantined": 0, "waiting": 0}


def test_a_file_that_goes_away_is_forgotten(archive: Archive) -> None:
    path = drop(archive, "x.txt", "content")
    arrival = intake.notice(archive, SERVICE, path, archive.settings.inboxes[0], Claims())
    path.unlink()

    with pytest.raises(NotFound):
        intake.take_in(archive, SERVICE, arrival.id, path, archive.settings.inboxes[0])

    assert sum(outcomes(archive).values()) == 0


def test_an_inbox_that_cannot_be_written_keeps_the_file_once_and_moves_it_later(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(archive, "x.txt", "content")

    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as share:
        share.setattr(os, "link", read_only)
        share.setattr(os, "rename", lambda a, b: read_only() if str(a) == str(path) else os.replace(a, b))
        take_in_everything(archive)
        take_in_everything(archive)
        assert path.exists()
        assert outcomes(archive)["captured"] == 1

    take_in_everything(archive)

    assert not path.exists()
    assert outcomes(archive) == {"captured": 1, "duplicate": 0, "quarantined": 0, "waiting": 0}


def test_uploads_are_refused_with_a_sentence_and_keep_nothing(archive: Archive) -> None:
    for content, code in ((b"", "empty-file"), (bytes(3 << 20), "too-large")):
        small = archive.settings.__class__(archive.settings.home, file_size_max_mb=2, inboxes=archive.settings.inboxes)
        archive.settings = small
        with pytest.raises(Invalid) as refused:
            intake.hand_in(archive, OPERATOR, io.BytesIO(content), "x.txt", Claims())
        assert refused.value.code == code
    assert sum(outcomes(archive).values()) == 0


def test_only_those_whose_duty_it_is_hand_in_files(archive: Archive) -> None:
    borrower = a_person(archive, "borrower")

    with pytest.raises(Denied):
        intake.hand_in(archive, borrower, io.BytesIO(b"x"), "x.txt", Claims())


def test_a_liaison_hands_in_but_files_nothing(archive: Archive) -> None:
    liaison = a_person(archive, "liaison", "records_liaison")
    claims = Claims(title="通知", class_code="GL08", level=0, site="JF01", department="KFB")

    arrival = intake.hand_in(archive, liaison, io.BytesIO("公开通知".encode()), "n.txt", claims)

    with archive.read() as tx:
        assert tx.records.get(arrival.record_id).lifecycle == "captured"


def test_what_waits_and_what_came_adds_up(archive: Archive, reader: Reader) -> None:
    for n in range(4):
        drop(archive, f"{n}.txt", f"内容 {n % 3}")
    drop(archive, "bad.pdf", b"%PDF-1.4 broken")
    drop(archive, "empty.txt", b"")
    take_in_everything(archive)
    settle(archive, reader)

    overview = intake.overview(archive, OPERATOR)

    assert overview.counts == {"captured": 3, "duplicate": 1, "quarantined": 2, "waiting": 0}
    assert overview.today == overview.counts
    assert overview.oldest_waiting is None


def test_a_stale_revision_is_a_conflict_not_an_overwrite(archive: Archive) -> None:
    record_id = a_record(archive)
    said = records.Description("新题名", "HT02", 1, "JF01", "SWB")
    records.describe(archive, OPERATOR, record_id, said, revision=1, filing=False)

    with pytest.raises(Conflict, match="meanwhile"):
        records.describe(archive, OPERATOR, record_id, said, revision=1, filing=False)


def test_a_level_is_not_lowered_by_editing(archive: Archive) -> None:
    """INV-18."""
    record_id = a_record(archive, level=2)
    lower = records.Description("题名", "HT02", 1, "JF01", "SWB")

    with pytest.raises(Invalid, match="second person"):
        records.describe(archive, OPERATOR, record_id, lower, revision=1, filing=False)


def test_nobody_pushes_a_record_out_of_their_own_sight(archive: Archive) -> None:
    controller = a_person(archive, "controller", "document_controller", clearance=2, sites=("JF01",))
    record_id = a_record(archive)
    away = records.Description("题名", "HT02", 1, "YL02", "SWB")

    with pytest.raises(Denied):
        records.describe(archive, controller, record_id, away, revision=1, filing=False)


def test_reading_a_restricted_record_is_an_event(archive: Archive, reader: Reader) -> None:
    """Reads of level 2 and above stand in the ledger, with who and which; reads of others do not."""
    secret, open_ = a_record(archive, "机密正文", level=2), a_record(archive, "公开正文", level=1)
    settle(archive, reader)
    for record_id in (secret, open_):
        records.text(archive, OPERATOR, record_id)
        b"".join(records.original(archive, OPERATOR, record_id)[1])

    with archive.read() as tx:
        read = [(e.action, e.subject_id) for e in tx.ledger.lines() if e.action.endswith(("read", "downloaded"))]
    assert read == [("record.downloaded", secret), ("record.text-read", secret)]


def _everything() -> "object":
    from access.rules import Action, scope

    return scope(OPERATOR, Action.FIND)


def test_a_single_drop_overtakes_a_mass_import(archive: Archive) -> None:
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    for number in range(150):
        drop(archive, f"batch/{number}.txt", f"批量 {number}")
    watcher.sweep()
    watcher.step()
    seconds.now += 30
    urgent = drop(archive, "急件.txt", "急件")
    watcher.notice(urgent, archive.settings.inboxes[0])
    watcher.step()
    seconds.now += 1
    assert urgent.exists()

    watcher.step()

    assert not urgent.exists()
    with archive.read() as tx:
        waiting_before = 150 - outcomes(archive)["captured"] + 1
        job = tx.jobs.counts()
    assert waiting_before > 50
    assert sum(job.values()) == outcomes(archive)["captured"]
    with archive.write() as tx:
        claimed = tx.jobs.claim(archive.now(), "w", timedelta(minutes=1), ["read"])
        assert claimed is not None
        component = tx.records.component(claimed.payload["component"])
    assert component.file_name == "急件.txt"


def test_a_single_drop_waits_for_no_more_than_the_file_of_a_mass_import_that_is_being_taken_in(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    for number in range(150):
        drop(archive, f"batch/{number}.txt", f"批量 {number}")
    watcher.sweep()
    watcher.step()
    seconds.now += 30
    keep, kept = intake.keep, list[str]()

    def keep_while_somebody_drops(
        of: Archive, actor: Actor, arrival_id: str, path: Path, inbox: Inbox, *, mass: bool
    ) -> None:
        keep(of, actor, arrival_id, path, inbox, mass=mass)
        kept.append(path.name)
        if len(kept) == 2:
            watcher.notice(drop(archive, "急件.txt", "急件"), inbox)

    monkeypatch.setattr(intake, "keep", keep_while_somebody_drops)
    watcher.step()
    assert len(kept) == 2, "the rest of the group waits"
    watcher.step()
    seconds.now += 1
    before = len(kept)
    watcher.step()
    assert kept[before] == "急件.txt"

    monkeypatch.undo()
    while watcher.step():
        pass
    assert outcomes(archive)["captured"] == 151


# ---- Files that are not whole yet, come all at once, or come without a word ----


def test_a_writer_that_appends_for_a_minute_with_pauses_is_waited_for(archive: Archive) -> None:
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    path = drop(archive, "慢写.txt", "")
    with path.open("a", buffering=1) as writing:
        for number in range(20):
            writing.write(f"第{number}段\n")
            watcher.notice(path, archive.settings.inboxes[0])
            for _ in range(3):
                watcher.step()
                seconds.now += 1
        assert sum(outcomes(archive).values()) == 0
    for _ in range(3):
        watcher.step()
        seconds.now += 3

    assert kept_text(archive) == ["".join(f"第{number}段\n" for number in range(20))]


def test_a_file_that_is_closed_is_taken_in_at_rest_and_not_a_second_later(archive: Archive) -> None:
    """The event of closing counts for a file that was seen open before."""
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    settle_s, inbox = archive.settings.settle_s, archive.settings.inboxes[0]
    path = drop(archive, "x.txt", "")
    with path.open("a") as writing:
        writing.write("内容")
        writing.flush()
        watcher.notice(path, inbox)
        watcher.step()
        seconds.now += settle_s
        watcher.step()
    watcher.notice(path, inbox)
    seconds.now += settle_s
    watcher.step()

    assert not path.exists()


def test_a_copy_under_a_passing_name_is_taken_in_under_its_own_when_it_is_renamed(archive: Archive) -> None:
    path = drop(archive, "合同.docx.part", "整份合同")
    take_in_everything(archive)
    assert path.exists()

    path.rename(path.with_name("合同.txt"))
    take_in_everything(archive)

    assert kept_text(archive) == ["整份合同"]
    assert in_folder(archive.settings.inboxes[0].done) == ["合同.txt"]


def test_many_small_files_at_once_are_all_taken_in_once(archive: Archive) -> None:
    """`make soak` does the same with ten thousand and real time."""
    for number in range(110):
        drop(archive, f"一批/{number}.txt", f"小文件 {number}")
    take_in_everything(archive)

    assert outcomes(archive) == {"captured": 110, "duplicate": 0, "quarantined": 0, "waiting": 0}
    assert len(in_folder(archive.settings.inboxes[0].done)) == 110


def test_files_whose_events_were_lost_are_found_by_looking(archive: Archive) -> None:
    """A queue of events that ran over, or a share that sends none: the next look through finds everything."""
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    watcher.sweep()
    for number in range(5):
        drop(archive, f"{number}.txt", f"没有事件 {number}")
    for _ in range(3):
        watcher.step()
        seconds.now += 3
    assert sum(outcomes(archive).values()) == 0

    watcher.sweep()
    for _ in range(3):
        watcher.step()
        seconds.now += 3

    assert outcomes(archive)["captured"] == 5


def test_an_inbox_in_polling_mode_is_watched_without_events(archive: Archive) -> None:
    inbox = replace(archive.settings.inboxes[0], polling=True)
    archive.settings = replace(archive.settings, inboxes=(inbox,), rescan_s=86_400.0)
    stop, came = threading.Event(), threading.Event()
    watcher = Watcher(archive)

    class Noticing(Watcher):
        def notice(self, path: Path, inbox: Inbox) -> None:
            super().notice(path, inbox)
            if path.name == "晚到.txt":
                came.set()

    watcher.__class__ = Noticing
    watching = threading.Thread(target=watcher.run, args=(stop,))
    watching.start()
    try:
        # Only what polling compares can notice it: the one look through was before.
        for number in range(200):
            drop(archive, "晚到.txt", f"来自共享盘 {number}")
            if came.wait(0.3):
                break
        assert came.is_set()
    finally:
        stop.set()
        watching.join()


def test_a_program_is_in_quarantine_before_anybody_is_told_that_it_was_captured(archive: Archive) -> None:
    program = b"MZ\x90\0\3\0\0\0" + bytes(200)
    dropped = drop(archive, "合同.pdf", program)

    handed = intake.hand_in(archive, OPERATOR, io.BytesIO(program + b"\0"), "发票.pdf", Claims(), door="upload")
    take_in_everything(archive)

    assert (handed.outcome, handed.reason_code) == ("quarantined", "executable")
    with archive.read() as tx:
        (came,) = [one for one in tx.intake.in_state("done") if one.path == str(dropped)]
    assert (came.outcome, came.reason_code) == ("quarantined", "executable")
    assert Path(came.moved_to).read_bytes() == program
    assert records.view(archive, OPERATOR, came.record_id).record.lifecycle == "quarantined"


def kept_text(archive: Archive) -> list[str]:
    with archive.read() as tx:
        return [archive.objects.read(one.digest).decode() for one in tx.records.every_component()]
