"""A damaged repository is repaired: what is whole is kept, the rest is copied again, and what is lost is named."""

import os
import random
import shutil
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from access.actors import OPERATOR
from access.rules import Denied
from archive.app import Archive, open_archive
from archive.backups import check, create, escrow, forget, keys, places, repair, restore, state
from archive.backups.forget import Keep
from archive.backups.targets.local import LocalTarget
from archive.errors import ArchiveError, Corrupt
from archive.intake import Claims, hand_in
from archive.tables.backups import REPAIR
from archive.threads import silent
from tests.builders import a_person
from tests.conftest import Clock


@pytest.fixture
def target(tmp_path: Path) -> LocalTarget:
    return LocalTarget(tmp_path / "repository")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return tmp_path / "repository"


@pytest.fixture
def three(archive: Archive, target: LocalTarget) -> Archive:
    """Three snapshots, each with an object of its own and a catalogue of its own."""
    for n in range(3):
        a_file(archive, random.Random(n).randbytes(100_000), f"{n}.bin")
        create.run(archive, OPERATOR, target)
    return archive


def a_file(archive: Archive, content: bytes, name: str = "a.bin") -> None:
    hand_in(archive, OPERATOR, BytesIO(content), name, Claims(title=name))


def kept(home: Path) -> Mapping[str, bytes]:
    archive = open_archive(home)
    with archive.read() as tx:
        digests = [row.digest for row in tx.objects.every() if row.wrapped_key]
    found: dict[str, bytes] = {}
    for digest in digests:
        try:
            found[digest] = archive.objects.read(digest)
        except ArchiveError:
            found[digest] = b""
    archive.close()
    return found


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def largest(repository: Path) -> Path:
    return max((repository / "packs").iterdir(), key=lambda path: path.stat().st_size)


def checked(archive: Archive, target: LocalTarget) -> check.Checked:
    return check.check(target, keys.load(archive.settings.keys))


def test_a_whole_repository_is_left_alone(three: Archive, target: LocalTarget) -> None:
    before = dict(target.sizes())
    done = repair.repair(three, OPERATOR, target)
    assert (done.found, done.whole, dict(target.sizes())) == ((), True, before)
    with pytest.raises(Denied):
        repair.repair(three, a_person(three, "li"), target)


@pytest.mark.parametrize("how", ["one byte", "cut short", "gone", "directory"])
def test_what_was_in_a_damaged_pack_is_carried_over_or_copied_again(
    three: Archive, target: LocalTarget, repository: Path, tmp_path: Path, how: str
) -> None:
    pack = largest(repository)
    content = pack.read_bytes()
    if how == "one byte":
        flip(pack, 5000)
    elif how == "cut short":
        pack.write_bytes(content[: len(content) // 2])
    elif how == "gone":
        pack.unlink()
    else:
        flip(pack, len(content) - 20)
    whole = kept(three.settings.home)

    done = repair.repair(three, OPERATOR, target)

    assert done.found
    assert done.whole, done
    assert done.lost_snapshots == ()
    assert checked(three, target).problems == ()
    assert checked(three, target).leftovers == 0
    if how == "directory":
        # An index knew it: all its blobs are whole.
        assert (done.packs[0].lost, done.copied_again) == (0, 0)
        assert done.packs[0].saved > 0
    else:
        assert done.copied_again == sum(one.lost for one in done.packs) > 0
    for number in ("1", "2", "3", ""):
        home = tmp_path / f"back{number}"
        restore.restore(target, three.settings.keys, home, snapshot=number, index=False)
        assert kept(home).items() <= whole.items()
        assert all(kept(home).values())


def test_a_catalogue_piece_that_has_changed_since_costs_its_snapshot_and_that_is_said(
    archive: Archive, target: LocalTarget, repository: Path, tmp_path: Path
) -> None:
    create.run(archive, OPERATOR, target)
    first = {path.name for path in (repository / "packs").iterdir()}
    for n in range(60):
        a_file(archive, f"content {n}".encode(), f"{n}.txt")
    create.run(archive, OPERATOR, target)
    for name in first:
        (repository / "packs" / name).unlink()

    done = repair.repair(archive, OPERATOR, target)

    assert [one.number for one in done.lost_snapshots] == [1]
    assert not done.whole
    assert not done.given_up
    with pytest.raises(Corrupt):
        restore.restore(target, archive.settings.keys, tmp_path / "one", snapshot="1", index=False)
    assert restore.restore(target, archive.settings.keys, tmp_path / "new", index=False).objects == 60
    # It stays, and is named, until somebody says that it is given up.
    assert [one.number for one in repair.repair(archive, OPERATOR, target).lost_snapshots] == [1]
    done = repair.repair(archive, OPERATOR, target, give_up=True)
    assert (done.whole, done.given_up) == (True, True)
    assert checked(archive, target).problems == ()
    with archive.read() as tx:
        lines = [line for line in tx.ledger.lines() if line.action == "backup.repaired"]
    assert [line.payload["given_up"] for line in lines] == [True, False, False]


def test_an_object_that_is_whole_nowhere_is_named_and_everything_else_comes_back(
    three: Archive, target: LocalTarget, repository: Path, tmp_path: Path
) -> None:
    with three.read() as tx:
        row = next(iter(tx.objects.every()))
    stored = three.settings.objects / row.address[:2] / row.address
    stored.unlink()
    for pack in (repository / "packs").iterdir():
        if pack.stat().st_size > 100_000:
            flip(pack, 5000)

    done = repair.repair(three, OPERATOR, target)

    assert done.missing == (row.address,)
    assert not done.whole
    restored = restore.restore(target, three.settings.keys, tmp_path / "new", index=False)
    assert restored.missing == (row.address,)
    assert sum(bool(content) for content in kept(tmp_path / "new").values()) == 2


@pytest.mark.parametrize("kind", ["index", "keystores", "tidied", "repository", "slots"])
def test_every_other_file_is_written_anew(
    three: Archive, target: LocalTarget, repository: Path, tmp_path: Path, kind: str
) -> None:
    escrow.add_shares(three, OPERATOR)
    forget.forget(three, OPERATOR, target, Keep(1, 0, 0, timedelta(seconds=-1)))
    create.run(three, OPERATOR, target)
    path = repository / kind if kind == "repository" else next((repository / kind).iterdir())
    flip(path, path.stat().st_size // 2)

    done = repair.repair(three, OPERATOR, target)

    assert done.whole, (done.found, done.after)
    assert checked(three, target).problems == ()
    assert restore.restore(target, three.settings.keys, tmp_path / "new", index=False).objects == 3


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("how", ["damaged", "gone"])
def test_a_snapshot_that_is_lost_is_missed_until_it_is_given_up(
    three: Archive, target: LocalTarget, repository: Path, tmp_path: Path, which: int, how: str
) -> None:
    path = sorted((repository / "snapshots").iterdir())[which]
    if how == "gone":
        path.unlink()
    else:
        flip(path, 100)
    first = repair.repair(three, OPERATOR, target)
    assert not first.whole
    assert [one.number for one in first.lost_snapshots] == ([which + 1] if (how, which) != ("gone", 2) else [])
    if (how, which) == ("gone", 2):
        assert "lost its newest snapshots" in first.refused

    done = repair.repair(three, OPERATOR, target, give_up=True)

    assert done.whole, done
    assert checked(three, target).problems == ()
    assert create.run(three, OPERATOR, target).objects_new == 0
    assert restore.restore(target, three.settings.keys, tmp_path / "new", index=False).objects == 3


def test_without_the_archive_what_is_left_can_be_restored(
    three: Archive, target: LocalTarget, repository: Path, tmp_path: Path
) -> None:
    shutil.copytree(three.settings.keys, tmp_path / "keys")
    for pack in (repository / "packs").iterdir():
        if pack.stat().st_size > 100_000:
            flip(pack, 5000)
            break
    three.close()
    shutil.rmtree(three.settings.home)
    with pytest.raises(Corrupt, match="cannot be restored"):
        restore.restore(target, tmp_path / "keys", tmp_path / "no", index=False)

    done = repair.repair_alone(target, keys.load(tmp_path / "keys"))

    assert len(done.missing) == 1
    assert done.after.problems == ()
    restored = restore.restore(target, tmp_path / "keys", tmp_path / "new", index=False)
    assert (restored.objects, restored.missing) == (2, done.missing)
    assert sum(bool(content) for content in kept(tmp_path / "new").values()) == 2


def test_a_repair_that_is_killed_anywhere_loses_nothing_and_can_be_done_again(
    three: Archive, target: LocalTarget, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip(largest(repository), 5000)
    whole = kept(three.settings.home)
    pristine = shutil.copytree(repository, tmp_path / "pristine")
    with three.read() as tx:
        seen = tx.meta.get(create.place(target)) or ""

    class Cut(Exception):
        pass

    def cut_off(at: int) -> Callable[..., None]:
        def step(real: Callable[..., object], *given: object) -> None:
            nonlocal at
            at -= 1
            if at < 0:
                raise Cut
            real(*given)

        return step

    steps = 0
    for at in range(30):
        shutil.rmtree(repository)
        shutil.copytree(pristine, repository)
        with three.write() as tx:
            tx.meta.put(create.place(target), seen)
        step, rename, remove = cut_off(at), os.rename, LocalTarget.remove
        with monkeypatch.context() as patch:
            patch.setattr(os, "rename", partial(step, rename))
            patch.setattr(LocalTarget, "remove", lambda self, name, step=step, old=remove: step(old, self, name))
            try:
                repair.repair_alone(target, keys.load(three.settings.keys))
            except Cut:
                steps += 1
            else:
                break
        again = repair.repair(three, OPERATOR, target)
        assert (again.refused, checked(three, target).problems) == ("", ())
        restore.restore(target, three.settings.keys, tmp_path / "back", index=False)
        assert kept(tmp_path / "back") == whole
        shutil.rmtree(tmp_path / "back")
    assert steps >= 5


def test_what_a_check_found_damaged_is_copied_again_by_the_next_run(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    a_file(archive, random.Random(1).randbytes(900_000))
    (place,) = archive.settings.backup_targets
    places.run(archive, OPERATOR, place, progress=silent)
    folder = Path(place.location)
    damaged = largest(folder)
    flip(damaged, 100)
    clock.advance(minutes=1)
    assert places.run(archive, OPERATOR, place, progress=silent).objects_new == 0
    found = places.verify(archive, OPERATOR, place, all_bytes=True, progress=silent)
    assert state.distrusted(archive, place) == {f"packs/{damaged.name}"}

    clock.advance(minutes=1)
    assert places.run(archive, OPERATOR, place, progress=silent).objects_new == 1
    assert places.run(archive, OPERATOR, place, progress=silent).objects_new == 0

    target = places.opened(archive, place)
    assert restore.restore(target, archive.settings.keys, tmp_path / "new", index=False).objects == 1
    assert state.of(archive, OPERATOR).places[0].damage is not None
    clock.advance(minutes=1)
    done = places.repair(archive, OPERATOR, place, progress=silent)
    assert done.whole
    assert [one.name for one in done.found] == [one.name for one in found.problems]
    assert not damaged.exists()
    seen = state.of(archive, OPERATOR).places[0]
    assert (seen.damage, seen.safe_until, state.distrusted(archive, place)) == (None, clock.at, frozenset())
    with archive.read() as tx:
        assert [row.problems for row in tx.backups.of(REPAIR)] == [0]


def test_what_a_disk_cannot_read_any_more_is_damage() -> None:
    """The first page of a process is such a place: the kernel answers with an error of the disk."""
    with LocalTarget(Path("/proc/self")).open("mem") as file, pytest.raises(Corrupt, match="mem in the backup"):
        file.read(1)
