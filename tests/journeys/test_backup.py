"""An archive is backed up, lost, and comes back; and whatever happens on the way, nothing wrong ever comes back."""

import hashlib
import logging
import os
import random
import shutil
import signal
import sqlite3
import stat
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import sqlalchemy as sa

from access.actors import OPERATOR
from archive import checking, keyring, records, sealing, search
from archive.app import Archive, open_archive
from archive.backups import check, create, escrow, forget, keys, one_record, repair, restore
from archive.backups.forget import Keep
from archive.backups.targets import open_target
from archive.backups.targets.local import LocalTarget
from archive.errors import ArchiveError, Conflict, Invalid, Misconfigured, NotFound
from archive.intake import Claims, hand_in
from archive.search import Question
from archive.store.local import LocalStore
from indexer.reading import Reader
from tests import homes
from tests.builders import a_person, a_record, settle
from tests.far import Far

BODY = "紫藤苑三期消防验收意见书"
TITLE = "青鸾阁保密协议"
NAME = "白鹭洲合同.txt"
MARKER = b"PLANTED-MARKER-7c1e"

one_machine = pytest.mark.skipif(bool(homes.SERVER), reason="reaches into the files of an archive on one machine")


@pytest.fixture
def target(tmp_path: Path) -> LocalTarget:
    return LocalTarget(tmp_path / "repository")


def a_file(archive: Archive, content: bytes, name: str) -> str:
    return hand_in(archive, OPERATOR, BytesIO(content), name, Claims(title=name)).record_id


def contents(archive: Archive) -> Mapping[str, bytes]:
    """Every kept object that can be read, by digest; what cannot be read is empty."""
    with archive.read() as tx:
        rows = list(tx.objects.every())
    found: dict[str, bytes] = {}
    for row in rows:
        try:
            found[row.digest] = archive.objects.read(row.digest)
        except ArchiveError:
            found[row.digest] = b""
    return found


def contents_of(home: Path) -> Mapping[str, bytes]:
    archive = open_archive(home)
    try:
        return contents(archive)
    finally:
        archive.close()


def destroy(home: Path, digest: str) -> bytes:
    """Take an object out of the archive, key and bytes, as destruction will; return its wrapped key."""
    with sqlite3.connect(home / "catalogue.db") as db:
        address, wrapped = db.execute("SELECT address, wrapped_key FROM objects WHERE digest = ?", (digest,)).fetchone()
        db.execute("PRAGMA secure_delete = ON")
        db.execute("DELETE FROM objects WHERE digest = ?", (digest,))
    db.close()
    (home / "objects" / address[:2] / address).unlink()
    return wrapped


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# The way there and back


def test_a_lost_archive_comes_back_whole_from_repository_and_keys(
    archive: Archive, home: Path, target: LocalTarget, reader: Reader, tmp_path: Path
) -> None:
    noise = random.Random(1).randbytes(3 * (1 << 20) + 17)
    record_id = a_record(archive, BODY * 20, title=TITLE, name=NAME)
    a_file(archive, noise, "噪声.bin")
    a_file(archive, bytes(5 << 20), "零.bin")
    a_file(archive, b"x", "一.bin")
    settle(archive, reader)
    before = contents(archive)
    with archive.read() as tx:
        lines, head = list(tx.ledger.every()), tx.ledger.head()

    done = create.run(archive, OPERATOR, target)
    archive.close()
    shutil.copytree(home / "keys", tmp_path / "escrow")
    shutil.rmtree(home)
    restored = restore.restore(target, tmp_path / "escrow", tmp_path / "new")

    assert (done.ledger_seq, done.ledger_digest) == head == (restored.ledger_seq, restored.ledger_digest)
    assert done.objects == done.objects_new == restored.objects == len(before)
    assert [one for one in restored.warnings if "set aside" not in one] == []
    back = open_archive(tmp_path / "new")
    try:
        assert contents(back) == before
        with back.read() as tx:
            after = list(tx.ledger.every())
        assert after[: head[0]] == lines
        assert [line.action for line in after[head[0] :]] == ["archive.restored", "index.rebuilt"]
        assert [hit.record.id for hit in search.find(back, OPERATOR, Question("紫藤苑")).hits] == [record_id]
        assert BODY in records.text(back, OPERATOR, record_id)[0][0]
        assert checking.verify(back, OPERATOR).findings == ()
        assert (tmp_path / "new" / "inbox" / "done").is_dir()
        # The new home backs itself up, into a repository of its own.
        assert create.run(back, OPERATOR, open_target(str(back.settings.backups))).number == 1
    finally:
        back.close()


def test_the_second_run_copies_only_what_is_new(archive: Archive, target: LocalTarget) -> None:
    for n in range(5):
        a_file(archive, random.Random(n).randbytes(200_000), f"{n}.bin")
    first = create.run(archive, OPERATOR, target)
    unchanged = create.run(archive, OPERATOR, target)
    new = a_file(archive, random.Random(9).randbytes(10_000), "neu.bin")
    third = create.run(archive, OPERATOR, target)

    assert (first.objects_new, unchanged.objects_new, third.objects_new) == (5, 0, 1)
    assert unchanged.bytes_written < first.bytes_written / 10
    with archive.read() as tx:
        lines = tx.ledger.lines(subject_id=third.snapshot)
        assert tx.records.get(new)
    assert [line.action for line in lines] == ["backup.completed"]
    assert lines[0].payload["objects_new"] == 1


def test_objects_that_are_waited_for_are_fetched_together(
    archive: Archive, target: LocalTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(8):
        a_file(archive, b"%d" % n, f"{n}.bin")
    before = contents(archive)
    monkeypatch.setattr(archive.objects, "_store", Far(archive.objects._store))

    done = create.run(archive, OPERATOR, target)

    assert (done.objects_new, done.missing) == (8, ())
    restore.restore(target, archive.settings.keys, tmp_path / "new", index=False)
    assert contents_of(tmp_path / "new") == before


def test_an_earlier_snapshot_brings_back_that_moment(archive: Archive, target: LocalTarget, tmp_path: Path) -> None:
    a_file(archive, b"first", "1.txt")
    first = create.run(archive, OPERATOR, target)
    a_file(archive, b"second", "2.txt")
    create.run(archive, OPERATOR, target)

    for wanted in (first.snapshot, first.snapshot[:8], "1"):
        home = tmp_path / f"back-{wanted}"
        restore.restore(target, archive.settings.keys, home, snapshot=wanted, index=False)
        assert set(contents_of(home).values()) == {b"first"}
    with pytest.raises(NotFound, match="no snapshot '7'"):
        restore.restore(target, archive.settings.keys, tmp_path / "none", snapshot="7")


def test_sessions_and_tokens_do_not_come_back(archive: Archive, target: LocalTarget, tmp_path: Path) -> None:
    person = a_person(archive, "li")
    with archive.write() as tx:
        tx.connection.execute(
            sa.text(
                "INSERT INTO sessions (digest, person_id, created_at, seen_at, expires_at)"
                " VALUES ('a', :p, 1, 1, 9), ('b', :p, 1, 1, 9)"
            ),
            {"p": person.id},
        )
        token = (
            "INSERT INTO tokens (id, digest, person_id, name, created_at, expires_at) VALUES ('t', 'c', :p, 'n', 1, 9)"
        )
        tx.connection.execute(sa.text(token), {"p": person.id})
    create.run(archive, OPERATOR, target)
    restore.restore(target, archive.settings.keys, tmp_path / "new", index=False)

    with sqlite3.connect(tmp_path / "new" / "catalogue.db") as db:
        assert db.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM tokens").fetchone() == (0,)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("SELECT count(*) FROM people WHERE id = ?", (person.id,)).fetchone() == (1,)
    db.close()


class Watched(LocalTarget):
    """A real folder; whenever a file is written or read there, every file this process has open outside `plain` is
    looked into, those without a name too."""

    def __init__(self, root: Path, plain: Sequence[Path], needles: Sequence[bytes]) -> None:
        super().__init__(root)
        self._plain = tuple(map(str, plain))
        self._needles = needles
        self.seen: set[str] = set()

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        self._look()
        super().put(name, pieces)

    def open(self, name: str, offset: int = 0) -> BinaryIO:
        self._look()
        return super().open(name, offset)

    def _look(self) -> None:
        for link in Path("/proc/self/fd").iterdir():
            try:
                at = str(link.readlink())
                if at.startswith(self._plain) or not link.stat().st_size or not stat.S_ISREG(link.stat().st_mode):
                    continue
                content = link.read_bytes()
            except OSError:
                continue  # closed meanwhile
            self.seen.add(at)
            assert [needle for needle in self._needles if needle in content] == [], at


def test_a_repository_shows_nothing_to_whoever_has_no_key_nor_do_logs_and_temporary_files(
    archive: Archive,
    reader: Reader,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    home, temporary = archive.settings.home, tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    caplog.set_level(logging.DEBUG)
    record_id = a_record(archive, BODY, title=TITLE, name=NAME)
    a_person(archive, "fengqitong")
    for n in range(40):
        a_file(archive, MARKER + random.Random(n).randbytes(30_000), f"{NAME}-{n}.bin")
    (home / "muniment.toml").write_text('company = "凤栖物业"\n')
    settle(archive, reader)
    with archive.read() as tx:
        addresses = [row.address for row in tx.objects.every()]
    planted = [text[:3] for text in (BODY, TITLE, NAME)] + ["凤栖", "物业"]
    plain = [MARKER, b"fengqitong"] + [
        text.encode(encoding) for text in planted for encoding in ("utf-8", "utf-16-le", "gb18030")
    ]
    hidden = [b"catalogue", b"SQLite format", *(a.encode() for a in addresses), *map(bytes.fromhex, addresses)]
    capfd.readouterr()
    caplog.clear()

    target = Watched(tmp_path / "repository", [home, tmp_path / ".muniment-record-"], plain)
    create.run(archive, OPERATOR, target)
    create.run(archive, OPERATOR, target)
    check.verify(archive, OPERATOR, target)
    forget.forget(archive, OPERATOR, target, Keep(1, 0, 0, timedelta(seconds=-1)))
    largest = max((tmp_path / "repository" / "packs").iterdir(), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-5])
    assert repair.repair(archive, OPERATOR, target).whole
    one_record.bring(target, home / "keys", record_id, tmp_path / "brought")

    assert any("(deleted)" in at for at in target.seen)  # files without a name were looked into
    for path in (tmp_path / "repository").rglob("*"):
        visible = str(path.relative_to(tmp_path)).encode() + (path.read_bytes() if path.is_file() else b"")
        assert [needle for needle in plain + hidden if needle in visible] == [], path
    assert list(temporary.iterdir()) == []
    assert not list(tmp_path.glob(".muniment-record-*"))
    assert not [path for path in (home / "work").rglob("*") if path.is_file()]
    said = "".join(capfd.readouterr()) + caplog.text + "".join(map(repr, caplog.records))
    said += "".join(path.read_text("utf-8") for path in archive.settings.logs.rglob("*") if path.is_file())
    assert [needle for needle in plain if needle in said.encode()] == []


def test_a_backup_made_while_files_come_in_is_of_one_moment(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    stop = threading.Event()

    def capture() -> None:
        n = 0
        while not stop.is_set():
            a_file(archive, random.Random(n).randbytes(20_000), f"{n}.bin")
            n += 1

    capturing = threading.Thread(target=capture)
    capturing.start()
    try:
        runs = [create.run(archive, OPERATOR, target) for _ in range(4)]
    finally:
        stop.set()
        capturing.join()

    assert check.check(target, keys.load(home / "keys")).problems == ()
    for run in runs:
        assert run.missing == ()
        restore.restore(target, home / "keys", tmp_path / run.snapshot, snapshot=run.snapshot, index=False)
        back = open_archive(tmp_path / run.snapshot)
        done = checking.verify(back, OPERATOR)
        back.close()
        assert [finding for finding in done.findings if finding.kind != "index-unusable"] == []
        assert (done.objects, done.ledger_lines) == (run.objects, run.ledger_seq + 1)


def test_a_service_that_starts_meanwhile_and_wipes_its_work_does_no_harm(
    archive: Archive, home: Path, target: LocalTarget
) -> None:
    """Starting, a worker wipes work/: the run fails in a sentence, and the next one succeeds."""
    for n in range(3):
        a_file(archive, random.Random(n).randbytes(1000), f"{n}.bin")
    create.run(archive, OPERATOR, target)
    a_file(archive, b"new", "new.txt")
    with pytest.raises(Misconfigured, match="try again"):
        create.run(archive, OPERATOR, target, progress=lambda done, total: shutil.rmtree(archive.settings.work, True))
    assert check.check(target, keys.load(home / "keys")).problems == ()
    assert create.run(archive, OPERATOR, target).objects == 4


@one_machine
def test_two_copies_of_one_archive_cannot_write_into_one_repository_in_turn(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    """Each would replace the other's keystore, and what only the other has could not be opened any more."""
    a_file(archive, b"common past", "a.txt")
    create.run(archive, OPERATOR, target)
    restore.restore(target, home / "keys", tmp_path / "clone", index=False)
    clone = open_archive(tmp_path / "clone")
    a_file(archive, b"only here", "b.txt")
    a_file(clone, b"only there", "c.txt")

    assert create.run(clone, OPERATOR, target).number == 2
    with pytest.raises(Conflict, match="not from this archive's past"):
        create.run(archive, OPERATOR, target)
    assert create.run(clone, OPERATOR, target).number == 3
    clone.close()


# Destruction


@one_machine
def test_what_was_destroyed_is_in_no_snapshot_after_the_next_run(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    a_file(archive, b"to be destroyed", "a.txt")
    a_file(archive, b"to be kept", "b.txt")
    first = create.run(archive, OPERATOR, target)
    wrapped = destroy(home, digest_of(b"to be destroyed"))
    second = create.run(archive, OPERATOR, target)

    for snapshot in (first.snapshot, second.snapshot):
        back = tmp_path / snapshot
        restored = restore.restore(target, archive.settings.keys, back, snapshot=snapshot, index=False)
        assert restored.destroyed == (1 if snapshot == first.snapshot else 0)
        assert b"to be kept" in contents_of(back).values()
        assert b"to be destroyed" not in contents_of(back).values()
        assert wrapped not in (back / "catalogue.db").read_bytes()
    assert len(list((tmp_path / "repository" / "keystores").iterdir())) == 1


@one_machine
def test_a_document_captured_again_after_its_destruction_is_in_every_snapshot_again(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    """Its address is the same and its key is new: the old sealed bytes must not be taken for the new ones."""
    a_file(archive, b"to be destroyed", "a.txt")
    first = create.run(archive, OPERATOR, target)
    destroy(home, digest_of(b"to be destroyed"))
    kept = archive.objects.keep(BytesIO(b"to be destroyed"))
    with archive.write() as tx:
        kept.declare(tx)
    second = create.run(archive, OPERATOR, target)

    assert second.objects_new == 1
    for snapshot in (first.snapshot, second.snapshot):
        restore.restore(target, archive.settings.keys, tmp_path / snapshot, snapshot=snapshot, index=False)
        assert contents_of(tmp_path / snapshot)[digest_of(b"to be destroyed")] == b"to be destroyed"


# Damage


@pytest.fixture(scope="module")
def backed_up(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Mapping[str, bytes]]:
    """A repository with a few snapshots and every kind of file; its keys; what the newest snapshot holds."""
    folder = tmp_path_factory.mktemp("backed-up")
    home = homes.copy(founded, folder / "home")
    archive = open_archive(home)
    target = LocalTarget(folder / "repository")
    for n in range(3):
        for m in range(3):
            a_file(archive, random.Random(10 * n + m).randbytes(3000 * (m + 1)), f"{n}-{m}.bin")
        a_file(archive, random.Random(n).randbytes((1 << 20) + 1000), f"{n}.bin")
        if n == 1:
            # Something has been tidied away and a slot made: their files are of every kind too.
            create.run(archive, OPERATOR, target)
            escrow.add_shares(archive, OPERATOR)
            forget.forget(archive, OPERATOR, target, Keep(1, 0, 0, timedelta(seconds=-1)))
        create.run(archive, OPERATOR, target)
    whole = contents(archive)
    archive.close()
    return folder / "repository", home / "keys", whole


Damage = Callable[[], object]


def damages(repository: Path) -> Iterator[tuple[str, Sequence[str], Damage]]:
    """What is done, what must be named then (one of these), and the deed."""
    chance = random.Random(7)
    kinds: dict[str, list[Path]] = {}
    for path in sorted(repository.rglob("*")):
        if path.is_file() and path.name != "lock":
            kinds.setdefault(path.relative_to(repository).parts[0], []).append(path)
    assert set(kinds) == {"repository", "packs", "index", "keystores", "snapshots", "slots", "tidied"}

    for kind, paths in kinds.items():
        for path in paths:
            name, content = path.relative_to(repository).as_posix(), path.read_bytes()
            for at in {0, len(content) - 1, len(content) // 2, *(chance.randrange(len(content)) for _ in range(3))}:
                changed = bytearray(content)
                changed[at] ^= 1 << chance.randrange(8)
                yield f"byte {at} changed", [name], partial(path.write_bytes, changed)
            yield "cut by one byte", [name], partial(path.write_bytes, content[:-1])
            yield "emptied", [name], partial(path.write_bytes, b"")
            yield "longer by one byte", [name], partial(path.write_bytes, content + b"\0")
            # What is gone is missed by its neighbours; not all of them know its name.
            if kind != "slots":  # a way to the keys may be missing: others are there
                yield "deleted", [name, kind.removesuffix("s"), "snapshot"], path.unlink
        for one, other in pairwise(paths):
            names = [path.relative_to(repository).as_posix() for path in (one, other)]
            yield "exchanged", names, partial(exchange, one, other)


def exchange(one: Path, other: Path) -> None:
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def test_no_damage_to_any_file_passes_the_check_or_brings_back_anything_wrong(
    backed_up: tuple[Path, Path, Mapping[str, bytes]], tmp_path: Path
) -> None:
    repository, key_folder, whole = backed_up
    target, key = LocalTarget(repository), keys.load(key_folder)
    assert check.check(target, key).problems == ()
    pristine = shutil.copytree(repository, tmp_path / "pristine")
    restores = refusals = 0

    for what, names, damage in damages(repository):
        where = f"{what}: {names}"
        damage()
        try:
            found = " ".join(f"{problem.name} {problem.detail}" for problem in check.check(target, key).problems)
        except ArchiveError as error:
            found = str(error)
        refusal, restored = "", None
        try:
            restored = restore.restore(target, key_folder, tmp_path / "back", index=False)
        except ArchiveError as error:
            refusal = str(error)

        assert any(name in found for name in names), where
        if restored is not None:
            restores += 1
            assert contents_of(tmp_path / "back") == whole or restored.number < 4, where
        else:
            refusals += 1
            assert any(name in refusal for name in names), f"{where}; {refusal}"
            with pytest.raises(ArchiveError):
                open_archive(tmp_path / "back")
        shutil.rmtree(tmp_path / "back", ignore_errors=True)
        shutil.rmtree(repository)
        shutil.copytree(pristine, repository)
    # Both happen: damage to what a restore does not need is no reason to refuse it.
    assert restores > 5
    assert refusals > 20


def test_a_deleted_newest_snapshot_is_missed(backed_up: tuple[Path, Path, Mapping[str, bytes]], tmp_path: Path) -> None:
    repository = shutil.copytree(backed_up[0], tmp_path / "repository")
    max((repository / "snapshots").iterdir()).unlink()
    problems = check.check(LocalTarget(repository), keys.load(backed_up[1])).problems
    assert any(problem.kind == "missing" and "snapshot" in problem.detail for problem in problems)


@one_machine
def test_what_was_taken_away_and_is_put_back_brings_nothing_back(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    """Whoever kept every file there ever was can replay them: each is genuine, and none of them counts any more."""
    root, kept = tmp_path / "repository", tmp_path / "kept"
    a_file(archive, b"to be destroyed", "a.txt")
    for n in range(3):
        a_file(archive, random.Random(n).randbytes(2000), f"{n}.bin")
        create.run(archive, OPERATOR, target)
        shutil.copytree(root, kept, dirs_exist_ok=True)
    destroy(home, digest_of(b"to be destroyed"))
    create.run(archive, OPERATOR, target)
    escrow.rotate(archive, OPERATOR)
    create.run(archive, OPERATOR, target)
    forget.forget(archive, OPERATOR, target, Keep(1, 0, 0, timedelta(seconds=-1)))
    whole = contents(archive)
    gone = [path.relative_to(kept) for path in sorted(kept.rglob("*")) if path.is_file()]
    gone = [name for name in gone if not (root / name).exists()]
    assert {name.parts[0] for name in gone} >= {"packs", "index", "keystores", "snapshots"}

    for some in (*([name] for name in gone), gone):
        for name in some:
            shutil.copy(kept / name, root / name)
        restore.restore(target, home / "keys", tmp_path / "back", index=False)
        assert contents_of(tmp_path / "back") == whole, some
        shutil.rmtree(tmp_path / "back")
        found = check.check(target, keys.load(home / "keys"))
        assert found.leftovers or found.problems, some
        for name in some:
            (root / name).unlink()


def test_foreign_files_are_named(backed_up: tuple[Path, Path, Mapping[str, bytes]], tmp_path: Path) -> None:
    repository = shutil.copytree(backed_up[0], tmp_path / "repository")
    for name in ("note.txt", "packs/readme", "packs/" + "0" * 32):
        (repository / name).write_bytes(b"hello")
    problems = check.check(LocalTarget(repository), keys.load(backed_up[1])).problems
    assert [(p.kind, p.name) for p in problems] == [
        ("foreign", "note.txt"),
        ("damaged", "packs/" + "0" * 32),
        ("foreign", "packs/readme"),
    ]


def test_links_and_pipes_are_neither_followed_nor_waited_for(
    backed_up: tuple[Path, Path, Mapping[str, bytes]], tmp_path: Path
) -> None:
    for make in (partial(os.symlink, "/etc/hostname"), os.mkfifo):
        repository = shutil.copytree(backed_up[0], tmp_path / "repository")
        for kind in ("packs", "index", "keystores", "snapshots"):
            victim = max((repository / kind).iterdir())
            victim.unlink()
            make(victim)
            problems = check.check(LocalTarget(repository), keys.load(backed_up[1])).problems
            assert any(str(victim.name) in problem.name for problem in problems)
        with pytest.raises(ArchiveError):
            restore.restore(LocalTarget(repository), backed_up[1], tmp_path / "back", index=False)
        shutil.rmtree(repository)


def test_a_run_heals_what_a_repository_has_lost(archive: Archive, target: LocalTarget, tmp_path: Path) -> None:
    for n in range(4):
        a_file(archive, random.Random(n).randbytes(50_000), f"{n}.bin")
    create.run(archive, OPERATOR, target)
    whole = contents(archive)
    largest = max((tmp_path / "repository" / "packs").iterdir(), key=lambda path: path.stat().st_size)
    largest.unlink()
    for index in (tmp_path / "repository" / "index").iterdir():
        index.write_bytes(b"damaged")

    healed = create.run(archive, OPERATOR, target)
    assert healed.objects_new == 4
    assert healed.warnings
    restore.restore(target, archive.settings.keys, tmp_path / "new", index=False)
    assert contents_of(tmp_path / "new") == whole


@one_machine
@pytest.mark.parametrize("at_once", [1, 4])
def test_an_object_damaged_in_the_archive_is_not_backed_up_as_if_it_were_whole(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(LocalStore, "at_once", at_once)
    large = random.Random(5).randbytes(3 << 20)
    for n, content in enumerate((b"whole", b"small and damaged", large)):
        a_file(archive, content, f"{n}.bin")
    with archive.read() as tx:
        rows = {row.digest: row for row in tx.objects.every()}
    paths = {digest: home / "objects" / row.address[:2] / row.address for digest, row in rows.items()}
    for content in (b"small and damaged", large):
        path = paths[digest_of(content)]
        stored = bytearray(path.read_bytes())
        stored[-20] ^= 1
        path.write_bytes(stored)

    done = create.run(archive, OPERATOR, target)
    assert set(done.missing) == {rows[digest_of(b"small and damaged")].address, rows[digest_of(large)].address}
    assert done.objects_new == 1
    assert check.check(target, keys.load(home / "keys")).problems == ()
    restored = restore.restore(target, home / "keys", tmp_path / "new", index=False)
    assert restored.missing == done.missing
    assert b"whole" in contents_of(tmp_path / "new").values()

    # Mended in the archive, they are in the next snapshot.
    for content in (b"small and damaged", large):
        paths[digest_of(content)].unlink()
        archive.objects.keep(BytesIO(content))
    healed = create.run(archive, OPERATOR, target)
    assert (healed.objects_new, healed.missing) == (2, ())
    restore.restore(target, home / "keys", tmp_path / "newer", index=False)
    assert set(contents_of(tmp_path / "newer").values()) == {b"whole", b"small and damaged", large}


# Being cut off


def outside_steps(counter: Callable[[str], None]) -> None:
    """Let `counter` know of each outside step of this process, just before it is taken."""

    def around(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            counter(name)
            return step(*args, **kwargs)

        return wrapped

    for name in ("rename", "link", "unlink", "fsync", "mkdir", "sync", "truncate"):
        setattr(os, name, around(f"os.{name}", getattr(os, name)))
    Path.unlink = around("Path.unlink", Path.unlink)  # type: ignore[method-assign]
    dialect = sa.dialects.sqlite.pysqlite.SQLiteDialect_pysqlite
    dialect.do_commit = around("commit", dialect.do_commit)  # type: ignore[method-assign]


def dies(log: Path, at: int, act: Callable[[], None]) -> list[str]:
    """Do it in a fork that kills itself at its outside step number `at`; the steps it came to."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            seen = 0
            with log.open("w") as steps:

                def counter(name: str) -> None:
                    nonlocal seen
                    seen += 1
                    steps.write(f"{name}\n")
                    if seen == at:
                        steps.flush()
                        os.kill(os.getpid(), signal.SIGKILL)

                outside_steps(counter)
                act()
            status = 0
        except BaseException:  # noqa: BLE001 — this process must end here and nowhere else
            traceback.print_exc()
        finally:
            os._exit(status)
    _, how = os.waitpid(child, 0)
    if at:
        assert os.WIFSIGNALED(how), f"step {at}: {how}"
        assert os.WTERMSIG(how) == signal.SIGKILL
    else:
        assert how == 0
    return log.read_text().split()


@one_machine
def test_whole_bytes_of_another_content_are_not_backed_up_as_this_one(
    archive: Archive, home: Path, target: LocalTarget
) -> None:
    """The seal is right and the content is wrong: only the digest can tell."""
    a_file(archive, b"the right content", "a.txt")
    with archive.read() as tx:
        row = next(iter(tx.objects.every()))
    data_key = sealing.unwrap(archive.keys.wrapping, row.wrapped_key, row.address)
    with (home / "objects" / row.address[:2] / row.address).open("wb") as file:
        sealing.seal(iter([b"the wrong content"]), file, data_key, row.address)
    done = create.run(archive, OPERATOR, target)
    assert (done.objects_new, done.missing) == (0, (row.address,))


@one_machine
def test_a_run_killed_at_any_step_leaves_a_whole_repository_and_the_next_run_succeeds(
    home: Path, tmp_path: Path
) -> None:
    repository = tmp_path / "repository"
    archive = open_archive(home)
    a_file(archive, b"old", "old.txt")
    create.run(archive, OPERATOR, LocalTarget(repository))
    a_file(archive, random.Random(3).randbytes(100_000), "new.bin")
    archive.close()
    pristine = shutil.copytree(home, tmp_path / "pristine-home"), shutil.copytree(repository, tmp_path / "pristine")
    key = keys.load(home / "keys")

    def start() -> None:
        for folder, copy in zip((home, repository), pristine, strict=True):
            shutil.rmtree(folder)
            shutil.copytree(copy, folder)

    def act() -> None:
        archive = open_archive(home)
        create.run(archive, OPERATOR, LocalTarget(repository))
        archive.close()

    steps = dies(tmp_path / "steps", 0, act)
    assert steps.count("os.rename") >= 5
    for at in range(1, len(steps) + 1):
        start()
        dies(tmp_path / "steps", at, act)
        target = LocalTarget(repository)
        where = f"step {at}, {steps[at - 1]}"

        assert check.check(target, key).problems == (), where
        restored = restore.restore(target, home / "keys", tmp_path / "back", index=False)
        held = contents_of(tmp_path / "back")
        assert len(held) == restored.number, where
        assert all(held.values()), where
        shutil.rmtree(tmp_path / "back")

        archive = open_archive(home)
        done = create.run(archive, OPERATOR, target)
        whole = contents(archive)
        archive.close()
        checked = check.check(target, key)
        assert (checked.problems, checked.leftovers, done.objects) == ((), 0, 2), where
        # The copy of the catalogue that the killed run worked with is nowhere any more.
        assert not any((home / "work").iterdir()), where
        restore.restore(target, home / "keys", tmp_path / "back", index=False)
        assert contents_of(tmp_path / "back") == whole, where
        shutil.rmtree(tmp_path / "back")
        assert not (repository / ".staging").exists() or not any((repository / ".staging").iterdir())


@one_machine
def test_the_very_first_run_may_be_killed_at_any_step(founded: Path, tmp_path: Path) -> None:
    home, repository = tmp_path / "home", tmp_path / "repository"

    def start() -> None:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(repository, ignore_errors=True)
        shutil.copytree(founded, home)

    def act() -> None:
        archive = open_archive(home)
        create.run(archive, OPERATOR, LocalTarget(repository))
        archive.close()

    start()
    steps = dies(tmp_path / "steps", 0, act)
    for at in range(1, len(steps) + 1):
        start()
        dies(tmp_path / "steps", at, act)
        act()
        restore.restore(LocalTarget(repository), home / "keys", tmp_path / "back", index=False)
        assert check.check(LocalTarget(repository), keys.load(home / "keys")).problems == (), steps[at - 1]
        shutil.rmtree(tmp_path / "back")


@one_machine
def test_a_restore_killed_at_any_step_is_no_archive_and_can_be_repeated(
    backed_up: tuple[Path, Path, Mapping[str, bytes]], tmp_path: Path
) -> None:
    repository, key_folder, whole = backed_up
    back = tmp_path / "back"

    def act() -> None:
        restore.restore(LocalTarget(repository), key_folder, back, index=False)

    steps = dies(tmp_path / "steps", 0, act)
    points = sorted({*range(1, len(steps) + 1, max(1, len(steps) // 12)), *range(len(steps) - 12, len(steps) + 1)})
    for at in points:
        shutil.rmtree(back)
        dies(tmp_path / "steps", at, act)
        if (back / restore.MARK).exists() and not (back / "catalogue.db").exists():
            with pytest.raises(Misconfigured, match="no archive"):
                open_archive(back)
        if (back / restore.MARK).exists() or not (back / "keys").exists():
            act()
        assert contents_of(back) == whole, steps[at - 1]


# Refusals


def test_two_runs_at_once_are_impossible(archive: Archive, target: LocalTarget) -> None:
    create.run(archive, OPERATOR, target)
    with LocalTarget(Path(target.location)).lock(exclusive=True):
        with pytest.raises(Conflict, match="in use by another run"):
            create.run(archive, OPERATOR, target)
        with pytest.raises(Conflict, match="in use by another run"):
            check.check(target, keys.load(archive.settings.keys))
    assert create.run(archive, OPERATOR, target).number == 2


def test_a_wrong_key_is_told_in_a_sentence(
    archive: Archive, target: LocalTarget, founded: Path, tmp_path: Path
) -> None:
    a_file(archive, b"x", "x.txt")
    create.run(archive, OPERATOR, target)
    other = tmp_path / "other"
    shutil.copytree(archive.settings.keys, other)
    (other / "backup.key").unlink()
    keys.load_or_create(other)
    with pytest.raises(Misconfigured, match="belongs to another archive"):
        restore.restore(target, other, tmp_path / "new")

    shutil.copy(archive.settings.keys / "backup.key", other)
    (other / "master.key").unlink()
    keyring.create(other)
    with pytest.raises(Misconfigured, match=r"master key in .* is not that of the archive"):
        restore.restore(target, other, tmp_path / "new")
    (other / "backup.key").unlink()
    with pytest.raises(Misconfigured, match="put back from its escrow copy"):
        restore.restore(target, other, tmp_path / "new")


def test_a_restore_never_touches_a_folder_that_is_not_empty(archive: Archive, home: Path, target: LocalTarget) -> None:
    create.run(archive, OPERATOR, target)
    before = sorted(path.name for path in home.iterdir())
    with pytest.raises(Invalid, match="is not empty"):
        restore.restore(target, home / "keys", home)
    assert sorted(path.name for path in home.iterdir()) == before


def test_a_restored_archive_says_which_paths_lead_outside(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    (home / "muniment.toml").write_text(
        f'company = "甲"\ndatabase = "sqlite:///{home}/catalogue.db"\n[[inbox]]\npath = "{tmp_path}/scans"\n'
    )
    create.run(archive, OPERATOR, target)
    restored = restore.restore(target, home / "keys", tmp_path / "new", index=False)

    assert any("scans lies outside the home" in warning for warning in restored.warnings)
    assert any("database was set aside" in warning for warning in restored.warnings)
    back = open_archive(tmp_path / "new")
    assert back.settings.inboxes[0].path == tmp_path / "scans"
    assert str(tmp_path / "new") in back.settings.database_url
    back.close()
    assert not (tmp_path / "scans").exists()
