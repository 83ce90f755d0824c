"""What people and machines do to an inbox behind our back: nothing is lost, and nothing is written elsewhere."""

import errno
import io
import os
from pathlib import Path

import pytest
from watchdog.events import DirCreatedEvent, DirModifiedEvent, DirMovedEvent

from access.actors import OPERATOR, SERVICE
from access.rules import Action, scope
from archive import intake
from archive.app import Archive, open_archive
from archive.config import Inbox
from archive.errors import NotFound
from archive.intake import Claims
from archive.model import Arrival, Site
from archive.objects import Kept, ObjectStore
from archive.watcher import UNSURE_S, Events, Watcher
from indexer.reading import Reader
from tests.builders import Seconds, a_person, drop, settle, take_in_everything
from tests.conftest import Clock


def bodies(archive: Archive) -> set[str]:
    with archive.read() as tx:
        return {archive.objects.read(component.digest).decode() for component in tx.records.every_component()}


def outcomes(archive: Archive) -> dict[str, int]:
    with archive.read() as tx:
        return {outcome: count for outcome, count in tx.intake.counts().items() if count}


def quarantined(archive: Archive) -> Arrival:
    with archive.read() as tx:
        (arrival,) = tx.intake.listed(scope(OPERATOR, Action.FIND), outcomes=("quarantined",))
    return arrival


def the_inbox(archive: Archive) -> Inbox:
    return archive.settings.inboxes[0]


class Killed(BaseException):
    """The process ends here."""


def kept_but_not_moved(archive: Archive, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service is killed between the commit and the move."""

    def killed(*_: object) -> None:
        raise Killed

    arrival = intake.notice(archive, SERVICE, path, the_inbox(archive), Claims())
    with monkeypatch.context() as kill:
        kill.setattr(intake, "put_away", killed)
        with pytest.raises(Killed):
            intake.take_in(archive, SERVICE, arrival.id, path, the_inbox(archive))


def test_a_version_saved_after_a_kill_is_taken_in_and_not_put_away_unread(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INV-28: only what was kept leaves the inbox. The name alone does not say that it is still the same file."""
    path = drop(archive, "合同.txt", "第一版")
    kept_but_not_moved(archive, path, monkeypatch)
    path.write_text("第二版,更长")

    take_in_everything(archive)

    assert bodies(archive) == {"第一版", "第二版,更长"}
    assert outcomes(archive) == {"captured": 2}
    assert not path.exists()


def test_a_reason_is_never_written_through_a_link(archive: Archive) -> None:
    """Whoever may write into the inbox must not overwrite what the service may write, its master key for one."""
    key = archive.settings.keys / "master.key"
    before = key.read_bytes()
    (the_inbox(archive).quarantine / "x.txt.reason.txt").symlink_to(key)
    drop(archive, "x.txt", "")

    take_in_everything(archive)

    assert key.read_bytes() == before
    assert "empty" in (the_inbox(archive).quarantine / "x.txt.reason.txt").read_text()


@pytest.mark.parametrize("link", ["done", "done/k"])
def test_no_file_is_moved_through_a_link(archive: Archive, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    place = the_inbox(archive).path / link
    if place.is_dir():
        place.rmdir()
    place.symlink_to(outside)
    drop(archive, "k/authorized_keys", "ssh-rsa …")

    take_in_everything(archive)

    assert list(outside.iterdir()) == []
    assert bodies(archive) == {"ssh-rsa …"}


def test_a_folder_that_became_a_link_after_its_file_was_noticed_is_not_followed(archive: Archive) -> None:
    key = archive.settings.keys / "master.key"
    path = drop(archive, "sub/master.key", "harmless")
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    watcher.sweep()
    path.unlink()
    path.parent.rmdir()
    path.parent.symlink_to(archive.settings.keys)
    for _ in range(4):
        watcher.step()
        seconds.now += 5

    assert key.exists()
    assert outcomes(archive) == {}


def test_two_watchers_of_one_inbox_count_a_file_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a restart the old process may still be at its last file. The slower of the two finds the work done."""
    path = drop(archive, "合同.txt", "第一版")
    arrival = intake.notice(archive, SERVICE, path, the_inbox(archive), Claims())
    keep, overtaken = ObjectStore.keep, False

    def keep_and_be_overtaken(store: ObjectStore, source: io.BufferedReader) -> Kept:
        nonlocal overtaken
        kept = keep(store, source)
        if not overtaken:
            overtaken = True
            kept_but_not_moved(archive, path, monkeypatch)
        return kept

    monkeypatch.setattr(ObjectStore, "keep", keep_and_be_overtaken)
    intake.take_in(archive, SERVICE, arrival.id, path, the_inbox(archive))

    assert outcomes(archive) == {"captured": 1}
    with archive.read() as tx:
        assert [line.action for line in tx.ledger.lines() if line.action.startswith("file.")] == []


def test_a_name_of_full_length_that_is_taken_still_leaves_the_inbox(archive: Archive) -> None:
    name = "长" * 83 + "x.txt"
    for body in ("一", "二", "三"):
        drop(archive, name, body)
        take_in_everything(archive)

    names = [path.name for path in the_inbox(archive).done.iterdir()]
    assert len(names) == 3
    assert all(one.endswith(".txt") for one in names)


def test_a_folder_with_the_name_of_a_file_in_done_still_leaves_the_inbox(archive: Archive) -> None:
    drop(archive, "sub", "a file")
    take_in_everything(archive)
    drop(archive, "sub/x.txt", "in a folder")
    take_in_everything(archive)

    done = the_inbox(archive).done
    assert (done / "sub").read_text() == "a file"
    assert (done / "sub (2)" / "x.txt").read_text() == "in a folder"


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_shares_without_hard_links_replace_nothing_either(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", no_links)
    for body in ("一", "二"):
        drop(archive, "x.txt", body)
        take_in_everything(archive)

    assert sorted(path.name for path in the_inbox(archive).done.iterdir()) == ["x (2).txt", "x.txt"]


def test_a_clock_that_was_set_back_is_said_and_waited_for(
    archive: Archive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    drop(archive, "x.txt", "content")
    clock.advance(hours=-1)
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    watcher.sweep()
    for _ in range(10):
        watcher.step()
        seconds.now += 0.3

    assert caplog.text.count("clock of this server") == 1
    clock.advance(hours=1)
    take_in_everything(archive)
    assert outcomes(archive) == {"captured": 1}


def test_where_nobody_can_tell_who_writes_a_pause_is_not_yet_the_end(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other people's files and network shares give no lease; a copy that stalls for a second is not whole."""

    def no_lease(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("archive.watcher.fcntl.fcntl", no_lease)
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    path = drop(archive, "慢.txt", "")
    for piece in ("甲", "乙", "丙"):
        with path.open("a") as file:
            file.write(piece)
        watcher.sweep()
        for _ in range(3):
            watcher.step()
            seconds.now += UNSURE_S / 4
    for _ in range(3):
        seconds.now += UNSURE_S
        watcher.step()

    assert bodies(archive) == {"甲乙丙"}


@pytest.mark.parametrize("change", ["removed", "rewritten"])
def test_what_was_noticed_and_is_no_more_does_not_wait_for_ever(archive: Archive, change: str) -> None:
    path = drop(archive, "x.txt", "content")
    intake.notice(archive, SERVICE, path, the_inbox(archive), Claims())
    path.unlink() if change == "removed" else path.write_text("something longer")

    take_in_everything(archive)

    assert outcomes(archive) == ({} if change == "removed" else {"captured": 1})


def test_a_file_that_could_not_leave_the_inbox_is_moved_at_the_next_look(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Watcher(archive, now=Seconds())
    path = drop(archive, "x.txt", "content")
    kept_but_not_moved(archive, path, monkeypatch)

    watcher.sweep()

    assert not path.exists()


def test_a_site_that_is_added_while_we_watch_is_known_at_the_next_look(archive: Archive) -> None:
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    with archive.write() as tx:
        tx.organisation.add_site(Site("XX09", "新项目", "New project", "XX09"))
    drop(archive, "新项目/x.txt", "content")
    for _ in range(3):
        watcher.sweep()
        watcher.step()
        seconds.now += 5

    with archive.read() as tx:
        (record_id,) = tx.records.ids()
        assert tx.records.get(record_id).site == "XX09"


def test_a_sub_folder_of_a_class_brings_at_least_the_level_of_the_class(archive: Archive) -> None:
    drop(archive, "AQ03/监控影像.txt", "level 3 by the file plan")
    drop(archive, "FG01/法规.txt", "level 0 by the file plan, 2 by the inbox")
    take_in_everything(archive)

    with archive.read() as tx:
        records = [tx.records.get(record_id) for record_id in tx.records.ids()]
    assert {record.class_code: record.level for record in records} == {"AQ03": 3, "FG01": 2}


# ---- Quarantine


def test_a_refused_file_goes_back_into_the_folder_that_says_its_site(archive: Archive) -> None:
    drop(archive, "云麓花园/HT03/空.txt", "")
    take_in_everything(archive)
    (the_inbox(archive).quarantine / "云麓花园/HT03/空.txt").write_text("现在有内容了")

    intake.retry(archive, OPERATOR, quarantined(archive).id)
    take_in_everything(archive)

    with archive.read() as tx:
        (record_id,) = tx.records.ids()
        assert (tx.records.get(record_id).site, tx.records.get(record_id).class_code) == ("YL02", "HT03")


def test_a_captured_file_that_was_mended_in_quarantine_comes_in_as_another(archive: Archive, reader: Reader) -> None:
    drop(archive, "坏.pdf", b"%PDF-1.7 nothing else")
    take_in_everything(archive)
    settle(archive, reader)
    (the_inbox(archive).quarantine / "坏.pdf").write_text("mended")

    intake.retry(archive, OPERATOR, quarantined(archive).id)
    take_in_everything(archive)

    assert bodies(archive) == {"%PDF-1.7 nothing else", "mended"}


def test_trying_again_leaves_a_filed_record_filed(archive: Archive, reader: Reader) -> None:
    """INV-18: back among the unfiled, its level could be lowered without a second person."""
    claims = Claims("坏文件", "HT02", 2, "JF01", "SWB")
    arrival = intake.hand_in(archive, OPERATOR, io.BytesIO(b"%PDF-1.7 nothing else"), "x.pdf", claims)
    settle(archive, reader)

    intake.retry(archive, OPERATOR, arrival.id)

    with archive.read() as tx:
        assert tx.records.get(arrival.record_id).lifecycle == "filed"
        assert [job for job in tx.jobs.counts() if job == ("read", "waiting")]


def test_nobody_touches_a_quarantine_that_is_out_of_their_sight(archive: Archive, reader: Reader) -> None:
    other = a_person(archive, "other", "document_controller", clearance=1, sites=("JF01",))
    drop(archive, "YL02/坏.pdf", b"%PDF-1.7 nothing else")
    drop(archive, "YL02/空.txt", b"")
    take_in_everything(archive)
    settle(archive, reader)
    with archive.read() as tx:
        arrivals = tx.intake.listed(scope(OPERATOR, Action.FIND), outcomes=("quarantined",))

    for arrival in arrivals:
        with pytest.raises(NotFound):
            intake.retry(archive, other, arrival.id)

    reasons = sorted(path.name for path in (the_inbox(archive).quarantine / "YL02").glob("*.reason.txt"))
    assert reasons == ["坏.pdf.reason.txt", "空.txt.reason.txt"]


def test_names_of_files_from_an_inbox_above_ones_clearance_are_not_listed(home: Path, clock: Clock) -> None:
    """INV-19: what is no record yet has a name, and its inbox says who may know it."""
    (home / "muniment.toml").write_text('[[inbox]]\npath = "inbox"\nlevel = 3\nsite = "YL02"\n')
    archive = open_archive(home, now=clock)
    try:
        cleared = a_person(archive, "cleared", "document_controller", clearance=3, sites=("YL02",))
        others = [
            a_person(archive, "low", "document_controller", clearance=2, sites=("YL02",)),
            a_person(archive, "elsewhere", "document_controller", clearance=3, sites=("JF01",)),
        ]
        drop(archive, "秘密一.txt", b"")
        take_in_everything(archive)
        path = drop(archive, "秘密二.txt", "x")
        intake.notice(archive, SERVICE, path, the_inbox(archive), Claims(level=3, site="YL02"))

        def names(actor: object) -> list[str]:
            overview = intake.overview(archive, actor)  # type: ignore[arg-type]
            return sorted(one.name for one in (*overview.waiting, *overview.quarantined, *overview.recent))

        assert names(cleared) == ["秘密一.txt", "秘密二.txt"]
        assert [names(other) for other in others] == [[], []]
    finally:
        archive.close()


def test_what_is_said_of_an_upload_is_made_fit_to_be_read(archive: Archive) -> None:
    claims = Claims("一\n二\x00三\u202e" + "长" * 900, "HT02", 1, "JF01", issuer="a\x00b", parties=("\ud800甲", " "))

    arrival = intake.hand_in(archive, OPERATOR, io.BytesIO(b"content"), "x.txt", claims)

    with archive.read() as tx:
        record = tx.records.get(arrival.record_id)
    assert record.title.startswith("一 二 三 长")
    assert len(record.title) == 500
    assert (record.issuer, record.parties) == ("a b", ("?甲",))


def test_a_folder_is_looked_through_when_it_comes_and_not_with_each_file_that_goes(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file that leaves a folder changes it: a mass import was looked through once for each of its files."""
    inbox = archive.settings.inboxes[0]
    folder = drop(archive, "batch/a.txt", "正文").parent
    noticed: list[str] = []
    watcher = Watcher(archive)

    def notice(path: Path, _inbox: Inbox) -> None:
        noticed.append(path.name)

    monkeypatch.setattr(watcher, "notice", notice)
    events = Events(watcher, inbox)

    events.on_any_event(DirModifiedEvent(str(folder)))
    assert noticed == []

    events.on_any_event(DirCreatedEvent(str(folder)))
    events.on_any_event(DirMovedEvent(str(inbox.path.parent / "elsewhere"), str(folder)))
    assert noticed == ["a.txt", "a.txt"]
