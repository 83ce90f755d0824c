"""Several places are served every night; who has to know is told when one of them is not safe."""

import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa

from access.actors import OPERATOR, SERVICE
from access.rules import Denied
from archive import checking, processes, rounds, status
from archive.app import Archive, open_archive
from archive.backups import check, copying, create, keys, places, repository, restore, state, wanted
from archive.backups.targets import open_target
from archive.errors import Conflict, Invalid, Misconfigured, NotFound, Stopped
from archive.intake import Claims, hand_in
from archive.model import new_id
from archive.tables.backups import RUN, VERIFY, BackupRun
from archive.tables.schema.records import records
from archive.threads import silent
from tests import s3
from tests.builders import a_person, a_record
from tests.conftest import Clock


def a_file(archive: Archive, content: bytes, name: str = "a.bin") -> None:
    hand_in(archive, OPERATOR, BytesIO(content), name, Claims(title=name))


@pytest.fixture
def two_places(home: Path, clock: Clock, tmp_path: Path) -> Iterator[Archive]:
    """An archive that is backed up to two folders, one of them off-site."""
    (home / "muniment.toml").write_text(
        f'company = "甲"\n[[backup_target]]\nname = "disk"\nlocation = "{tmp_path}/disk"\n'
        f'[[backup_target]]\nname = "away"\nlocation = "{tmp_path}/away"\noff_site = true\n'
    )
    archive = open_archive(home, now=clock)
    yield archive
    archive.close()


def codes(archive: Archive) -> list[tuple[str, str]]:
    return [(alarm.code, alarm.place) for alarm in state.alarms(archive)]


def test_a_night_serves_every_place_and_writes_down_what_became_of_it(two_places: Archive, tmp_path: Path) -> None:
    a_file(two_places, b"content")
    places.night(two_places, SERVICE)

    seen = state.of(two_places, OPERATOR)
    assert [(one.place.name, one.place.off_site) for one in seen.places] == [("disk", False), ("away", True)]
    for one in seen.places:
        assert one.last_good is not None
        assert one.last_verify is not None
        assert (one.last_good.objects, one.last_good.number, one.last_verify.problems) == (1, 1, 0)
        assert one.safe_until == one.clean_since == two_places.now()
        back = tmp_path / f"back-{one.place.name}"
        found = restore.restore(open_target(one.place.location), two_places.settings.keys, back, index=False)
        assert found.objects == 1
    # Repeated the same night, nothing is copied again.
    places.night(two_places, SERVICE)
    with two_places.read() as tx:
        assert len(tx.backups.of(RUN)) == 2
        assert len(tx.backups.of(VERIFY)) == 4


def test_a_place_that_has_gone_keeps_no_other_from_being_served(
    two_places: Archive, clock: Clock, tmp_path: Path
) -> None:
    places.night(two_places, SERVICE)
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    clock.advance(days=1)
    with pytest.raises(Misconfigured, match=r"disk: .*connect its disk"):
        places.night(two_places, SERVICE)

    disk, away = state.of(two_places, OPERATOR).places
    assert disk.last_run is not None
    assert (disk.last_run.outcome, "connect its disk" in disk.last_run.reason) == ("failed", True)
    assert away.safe_until == clock.at
    assert ("failed", "disk") in codes(two_places)
    assert ("overdue", "") not in codes(two_places)
    # One night missed is within what was promised; the next one is not, although another place is young enough.
    assert ("behind", "disk") not in codes(two_places)
    clock.advance(hours=3)
    assert ("behind", "disk") in codes(two_places)
    assert ("overdue", "") not in codes(two_places)


def test_of_each_place_that_is_in_a_bad_way_people_are_told(two_places: Archive, tmp_path: Path) -> None:
    officer = a_person(two_places, "bao", "security_officer")
    for place in two_places.settings.backup_targets:
        Path(place.location).write_text("no folder")
    with pytest.raises(Misconfigured):
        places.night(two_places, SERVICE)
    state.watch(two_places)
    with two_places.read() as tx:
        kinds = [notice.kind for notice in tx.notices.of(officer.id)]
    assert kinds.count("backup.failed") == 2


def test_who_has_to_know_is_told_once_a_day_that_no_backup_is_young_enough(two_places: Archive, clock: Clock) -> None:
    admin, officer = a_person(two_places, "gu", "sysadmin"), a_person(two_places, "bao", "security_officer")
    a_person(two_places, "li")
    assert codes(two_places)[0] == ("never", "")
    places.night(two_places, SERVICE)
    assert not state.of(two_places, OPERATOR).urgent
    clock.advance(hours=25)
    assert ("overdue", "") not in codes(two_places)
    clock.advance(hours=2)
    assert codes(two_places)[0] == ("overdue", "")

    for _ in range(3):
        state.watch(two_places)
    with two_places.read() as tx:
        told = {person.id: [n.kind for n in tx.notices.of(person.id)] for person in (admin, officer)}
        everybody = {person.id for person in tx.people.every() if tx.notices.of(person.id)}
    assert {tuple(sorted(kinds)) for kinds in told.values()} == {("backup.drill-stale", "backup.overdue")}
    assert {admin.id, officer.id} <= everybody
    clock.advance(hours=21)
    state.watch(two_places)
    with two_places.read() as tx:
        assert [n.kind for n in tx.notices.of(officer.id)].count("backup.overdue") == 2


def test_a_vital_record_that_came_after_the_last_backup_is_named(two_places: Archive, clock: Clock) -> None:
    a_record(two_places, "业主档案正文", class_code="KH01", name="a.txt")
    places.night(two_places, SERVICE)
    assert (state.of(two_places, OPERATOR).vital, state.of(two_places, OPERATOR).uncovered) == (1, ())
    clock.advance(hours=1)
    late = a_record(two_places, "另一份业主档案", class_code="KH01", name="b.txt")
    a_record(two_places, "别的正文", class_code="HT02", name="c.txt")
    # What has its reference code is no less vital than what waits for it.
    with two_places.write() as tx:
        archived = {"lifecycle": "archived", "archival_code": "QZ01-1"}
        tx.connection.execute(sa.update(records).where(records.c.id == late).values(archived))

    seen = state.of(two_places, OPERATOR)
    assert (seen.vital, seen.uncovered) == (2, (late,))
    assert ("uncovered", "") in codes(two_places)
    clock.advance(hours=20)
    places.night(two_places, SERVICE)
    assert state.of(two_places, OPERATOR).uncovered == ()


def test_damage_is_an_alarm_and_such_a_backup_does_not_count(two_places: Archive, clock: Clock, tmp_path: Path) -> None:
    a_file(two_places, random.Random(1).randbytes(50_000))
    places.night(two_places, SERVICE)
    largest = max((tmp_path / "disk" / "packs").iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[100] ^= 1
    largest.write_bytes(content)

    def looked(*, all_bytes: bool, share: tuple[int, int] | None = None) -> check.Checked:
        clock.advance(minutes=1)
        place = places.named(two_places, "disk")
        return places.verify(two_places, OPERATOR, place, all_bytes=all_bytes, share=share, progress=silent)

    assert sum(bool(looked(all_bytes=False, share=(n, 3)).problems) for n in range(3)) == 1
    found = looked(all_bytes=True)
    assert [problem.name for problem in found.problems] == [f"packs/{largest.name}"]
    disk, away = state.of(two_places, OPERATOR).places
    assert disk.safe_until is None
    assert away.safe_until is not None
    # Not to have looked closely is no proof that the damage is gone.
    assert looked(all_bytes=False).problems == ()
    assert ("damaged", "disk") in codes(two_places)
    content[100] ^= 1
    largest.write_bytes(content)
    assert looked(all_bytes=True).problems == ()
    assert ("damaged", "disk") not in codes(two_places)


def test_a_clock_that_was_ahead_hides_no_backup_that_is_overdue(two_places: Archive, clock: Clock) -> None:
    a_person(two_places, "gu", "sysadmin")
    places.night(two_places, SERVICE)
    clock.advance(days=400)
    places.night(two_places, SERVICE)
    clock.advance(days=-399)
    with pytest.raises(Conflict, match="ledger clock"):
        places.run(two_places, OPERATOR, places.named(two_places, "disk"), progress=silent)
    assert codes(two_places)[0] == ("clock", "")
    assert codes(two_places).count(("drill-stale", "")) == 1

    checking.correct_clock(two_places, OPERATOR, "the battery of its clock")
    places.night(two_places, SERVICE)

    seen = state.of(two_places, OPERATOR)
    assert (seen.safe_until, [one.last_run.began_at for one in seen.places if one.last_run]) == (
        clock.at,
        [clock.at] * 2,
    )
    assert not seen.urgent
    clock.advance(hours=27)
    assert codes(two_places)[0] == ("overdue", "")


def test_a_run_whose_process_is_gone_is_not_under_way(two_places: Archive, clock: Clock) -> None:
    began = BackupRun("0123456789abcdef", "disk", RUN, clock.at, worker=f"{processes.machine()}/{1 << 30}/7")
    alive = BackupRun("0123456789abcdee", "away", RUN, clock.at, worker=processes.this())
    another = BackupRun("0123456789abcded", "disk", RUN, clock.at, worker="another-machine/7/7")
    with two_places.write() as tx:
        for run in (another, began, alive):
            tx.backups.save(run)
    disk, away = state.of(two_places, OPERATOR).places
    assert (disk.running, away.running) == (another, alive)
    assert [run.id for run in places.abandoned(two_places)] == [began.id]
    clock.advance(hours=25)
    assert {run.id for run in places.abandoned(two_places)} == {alive.id, another.id}
    with two_places.read() as tx:
        assert [run.outcome for run in tx.backups.of(RUN)] == ["failed"] * 3
        assert tx.backups.of(RUN)[0].reason == "It was cut off."


def test_the_round_of_the_night_makes_up_for_a_night_when_the_machine_was_off(
    two_places: Archive, clock: Clock
) -> None:
    rounds.run_due(two_places)
    with two_places.read() as tx:
        assert tx.backups.of(RUN) == []
    clock.advance(days=3)
    rounds.run_due(two_places)
    with two_places.read() as tx:
        assert len(tx.backups.of(RUN)) == 2
    rounds.run_due(two_places)
    with two_places.read() as tx:
        assert len(tx.backups.of(RUN)) == 2


def test_what_is_asked_for_on_a_page_is_done_by_the_next_round(two_places: Archive) -> None:
    admin = a_person(two_places, "gu", "sysadmin")
    wanted.ask(two_places, admin, "run", "away")
    wanted.ask(two_places, admin, "run", "away")
    assert wanted.waiting(two_places) == ["run away"]
    rounds.run_due(two_places)
    assert wanted.waiting(two_places) == []
    disk, away = state.of(two_places, admin).places
    assert (disk.last_run, away.last_run is not None) == (None, True)
    with pytest.raises(NotFound, match="no place"):
        wanted.ask(two_places, admin, "run", "cellar")
    with pytest.raises(Invalid):
        wanted.ask(two_places, admin, "drop", "away")
    for deed in (lambda a: wanted.ask(two_places, a, "run", ""), lambda a: state.of(two_places, a)):
        with pytest.raises(Denied):
            deed(a_person(two_places, f"li{id(deed)}"))


def test_a_credential_that_may_not_remove_is_enough_for_backups_in_a_bucket(
    home: Path, clock: Clock, tmp_path: Path
) -> None:
    """On a real server: the writer's key is refused every removal; forgetting takes another one."""
    pytest.importorskip("obstore", reason="the extra s3 is not installed")
    if s3.binary() is None:
        pytest.skip("no S3 server here; build one with: make s3-server")
    (tmp_path / "s3").mkdir()
    with s3.serving(tmp_path / "s3") as server:
        root = server.credentials(tmp_path / "root.toml")
        server.credentials(home / "keys" / "writer.toml", s3.WRITER)
        bucket = server.folder / "data" / "backups"
        bucket.mkdir()
        allow(server, "backups")
        (home / "muniment.toml").write_text(
            f'company = "甲"\n[[backup_target]]\nname = "cloud"\nlocation = "{server.location("backups")}"\n'
            'off_site = true\nappend_only = true\ncredentials = "keys/writer.toml"\n'
        )
        archive = open_archive(home, now=clock)
        (place,) = archive.settings.backup_targets
        for n in range(3):
            a_file(archive, random.Random(n).randbytes(100_000), f"{n}.bin")
            places.night(archive, SERVICE)
            clock.advance(days=1)
        writer, keeper = places.opened(archive, place), open_target(place.location, root)
        assert len(repository.of(dict(writer.sizes()), "keystores")) == 3
        with pytest.raises(Misconfigured, match="refuses this credential"):
            writer.remove(next(iter(dict(writer.sizes()))))
        with pytest.raises(Misconfigured, match="refuses this credential"):
            places.thin(archive, OPERATOR, place)
        places.thin(archive, OPERATOR, replace(place, credentials=str(root)))
        assert len(repository.of(dict(writer.sizes()), "keystores")) == 1
        found = check.check(keeper, keys.load(home / "keys"))
        assert (found.problems, found.leftovers) == ((), 0)
        archive.close()
        shutil.copytree(home / "keys", tmp_path / "escrow")
        assert restore.restore(keeper, tmp_path / "escrow", tmp_path / "back", index=False).objects == 3


def allow(server: s3.Server, bucket: str) -> None:
    """Let the writer list, get and put in this bucket, and nothing else."""
    arn = f"arn:aws:s3:::{bucket}"
    policy = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ["writer"]}, "Action": "s3:ListBucket", "Resource": arn},
            {
                "Effect": "Allow",
                "Principal": {"AWS": ["writer"]},
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"{arn}/*",
            },
        ]
    }
    s3.put_policy(server, bucket, json.dumps(policy))


def test_a_backup_that_somebody_stops_leaves_the_repository_as_it_was_and_the_next_one_goes_on(
    two_places: Archive, clock: Clock
) -> None:
    admin = a_person(two_places, "runner", "sysadmin")
    disk = places.named(two_places, "disk")
    a_file(two_places, b"first")
    places.run(two_places, SERVICE, disk, progress=silent)
    a_file(two_places, b"second")

    def stopped(_done: int, _total: int) -> None:
        with two_places.read() as tx:
            [under_way] = tx.backups.running()
        places.stop(two_places, admin, under_way.id)
        clock.advance(seconds=10)

    with pytest.raises(Conflict, match="stopped"):
        places.run(two_places, SERVICE, disk, progress=stopped)

    with two_places.read() as tx:
        [last, first] = tx.backups.of(RUN, place="disk")
        assert not tx.backups.running()
        lines = [(one.action, one.actor) for one in tx.ledger.lines(limit=20) if one.subject_id == last.id]
    assert (last.outcome, last.reason, first.outcome) == ("stopped", str(places.STOPS[RUN]), "done")
    assert ("backup.stopped", admin.id) in lines
    assert not {"failed"} & {alarm.code for alarm in state.alarms(two_places)}, "nobody is alarmed by what a person did"
    assert status.of(two_places, OPERATOR).backups == {"done": 1, "stopped": 1}
    with two_places.read() as tx:
        actions = [one.action for one in tx.ledger.lines(limit=20)]
    assert ("backup.broken-off" in actions, "backup.failed" in actions) == (True, False)
    checked = places.verify(two_places, SERVICE, disk, all_bytes=True, progress=silent)
    assert (checked.number, checked.problems) == (1, ())
    assert places.run(two_places, SERVICE, disk, progress=silent).number == 2
    with pytest.raises(Conflict, match="ended"):
        places.stop(two_places, admin, last.id)
    with pytest.raises(NotFound):
        places.stop(two_places, admin, "0123456789abcdef")


def test_a_stop_that_comes_too_late_is_said_beside_what_had_ended(two_places: Archive) -> None:
    """It said done, and who had pressed the button found no word of it."""
    admin = a_person(two_places, "runner", "sysadmin")
    disk = places.named(two_places, "disk")
    with places.recorded(two_places, disk.name, RUN, silent):
        with two_places.read() as tx:
            [under_way] = tx.backups.running()
        places.stop(two_places, admin, under_way.id)  # past the last step at which it is asked
    with two_places.read() as tx:
        [first] = tx.backups.of(RUN, place="disk")
    assert (first.outcome, first.reason) == ("done", places.TOO_LATE)

    with places.recorded(two_places, disk.name, VERIFY, silent):
        pass
    with two_places.read() as tx:
        [check] = tx.backups.of(VERIFY, place="disk")
    assert check.reason == ""
    with pytest.raises(Conflict, match="too late: it had ended"):
        places.stop(two_places, admin, check.id)

    with two_places.read() as tx:
        [check] = tx.backups.of(VERIFY, place="disk")
    assert (check.outcome, check.reason) == ("done", places.TOO_LATE)


def test_two_runs_that_are_stopped_at_once_both_end(two_places: Archive, clock: Clock) -> None:
    admin = a_person(two_places, "runner", "sysadmin")
    a_file(two_places, b"first")
    other = BackupRun(new_id(), "other", RUN, clock.at, worker=processes.this())
    with two_places.write() as tx:
        tx.backups.save(other)

    def stopped(_done: int, _total: int) -> None:
        with two_places.read() as tx:
            [ours] = [one for one in tx.backups.running() if one.id != other.id]
        places.stop(two_places, admin, ours.id)
        places.stop(two_places, admin, other.id)
        clock.advance(seconds=10)

    with pytest.raises(Conflict, match="stopped"):
        places.run(two_places, SERVICE, places.named(two_places, "disk"), progress=stopped)

    with two_places.read() as tx:
        [last] = tx.backups.of(RUN, place="disk")
        left = (tx.meta.get(places.STOP + last.id), tx.meta.get(places.STOP + other.id))
    assert (last.outcome, left) == ("stopped", (None, "stop")), "the wish of the other is still there"


def test_a_backup_cut_off_at_the_keyboard_says_that_it_was_stopped(two_places: Archive) -> None:
    a_file(two_places, b"first")

    def interrupted(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        places.run(two_places, OPERATOR, places.named(two_places, "disk"), progress=interrupted)
    with two_places.read() as tx:
        [last] = tx.backups.of(RUN, place="disk")
        assert (last.outcome, last.reason) == ("stopped", str(places.STOPS[RUN]))
        actions = [one.action for one in tx.ledger.lines(limit=20)]
    assert ("backup.broken-off" in actions, "backup.failed" in actions) == (True, False)


def test_what_failed_before_a_backup_that_was_stopped_is_still_said(two_places: Archive, clock: Clock) -> None:
    disk = places.named(two_places, "disk")
    for outcome in ("failed", "stopped"):
        with two_places.write() as tx:
            tx.backups.save(BackupRun(new_id(), disk.name, RUN, clock.at, clock.at, outcome, "why"))
    assert ("failed", "disk") in codes(two_places)
    with two_places.write() as tx:
        tx.backups.save(BackupRun(new_id(), disk.name, RUN, clock.at))
    assert ("failed", "disk") not in codes(two_places), "it is being tried again"


def stopped_after(archive: Archive, monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """Somebody stops what is under way while this step is done."""
    admin, step = a_person(archive, f"x{new_id()[:6]}", "sysadmin"), getattr(module, name)

    def then(*args: object, **more: object) -> object:
        done = step(*args, **more)
        with archive.read() as tx:
            [under_way] = tx.backups.running()
        places.stop(archive, admin, under_way.id)
        return done

    monkeypatch.setattr(module, name, then)


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (repository.Repository, "load"),
        (create.copies, "strip"),
        (copying.Copying, "copy_objects"),
        (copying.Copying, "copy_catalogue"),
        (create, "_index"),
        (create.slots, "copy_to"),
    ],
)
def test_a_stop_is_seen_after_every_step_up_to_the_snapshot(
    two_places: Archive, monkeypatch: pytest.MonkeyPatch, module: object, step: str
) -> None:
    disk = places.named(two_places, "disk")
    a_file(two_places, b"first")
    places.run(two_places, SERVICE, disk, progress=silent)
    a_file(two_places, b"second")
    with monkeypatch.context() as patched:
        stopped_after(two_places, patched, module, step)
        with pytest.raises(Stopped):
            places.run(two_places, SERVICE, disk, progress=silent)
    checked = places.verify(two_places, SERVICE, disk, all_bytes=True, progress=silent)
    assert (checked.number, checked.problems) == (1, ())
    assert places.run(two_places, SERVICE, disk, progress=silent).objects == 2


def test_a_stop_after_the_snapshot_leaves_only_the_tidying_to_the_next_run(
    two_places: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    disk = places.named(two_places, "disk")
    places.run(two_places, SERVICE, disk, progress=silent)
    with monkeypatch.context() as patched:
        stopped_after(two_places, patched, repository.Repository, "put_snapshot")
        assert places.run(two_places, SERVICE, disk, progress=silent).number == 2
    assert len([*(tmp_path / "disk" / "keystores").iterdir()]) == 2, "nothing was tidied"
    with two_places.read() as tx:
        assert [one.outcome for one in tx.backups.of(RUN)] == ["done", "done"]
        assert [one.action for one in tx.ledger.lines(limit=20)].count("backup.completed") == 2
    assert places.verify(two_places, SERVICE, disk, all_bytes=True, progress=silent).problems == ()
    places.run(two_places, SERVICE, disk, progress=silent)
    assert len([*(tmp_path / "disk" / "keystores").iterdir()]) == 1


@pytest.mark.parametrize("step", ["snapshot", "load"])
def test_a_check_that_reads_no_bytes_is_stopped_between_its_steps(
    two_places: Archive, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    disk = places.named(two_places, "disk")
    a_file(two_places, b"first")
    places.run(two_places, SERVICE, disk, progress=silent)
    with monkeypatch.context() as patched:
        stopped_after(two_places, patched, repository.Repository, step)
        with pytest.raises(Stopped):
            places.verify(two_places, SERVICE, disk, all_bytes=False, progress=silent)
    with two_places.read() as tx:
        [last] = tx.backups.of(VERIFY)
    assert (last.outcome, last.reason) == ("stopped", str(places.STOPS[VERIFY]))


def test_what_a_person_stopped_is_no_error_of_the_night_nor_of_what_was_asked_for(
    two_places: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "muniment")
    a_file(two_places, b"first")
    wanted.ask(two_places, OPERATOR, "run", "disk")
    with monkeypatch.context() as patched:
        stopped_after(two_places, patched, copying.Copying, "copy_objects")
        places.night(two_places, SERVICE)
        wanted.serve(two_places)
    assert not wanted.waiting(two_places)
    with two_places.read() as tx:
        assert [(one.place, one.outcome) for one in tx.backups.of(RUN, VERIFY)] == [
            ("disk", "stopped"),
            ("away", "stopped"),
            ("disk", "stopped"),
        ]
    said = [(one.levelname, one.message) for one in caplog.records if "stopped" in one.message]
    assert [level for level, _ in said] == ["INFO"] * 3
