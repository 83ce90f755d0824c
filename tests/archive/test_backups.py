"""The parts of a backup: keys, seals, packs, the copy of the catalogue, targets, and what they refuse."""

import errno
import os
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from io import BytesIO
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.actors import OPERATOR
from access.rules import Denied
from archive.app import Archive
from archive.backups import check, create, keys, packs, repository, restore
from archive.backups.crypto import Kind, Seals
from archive.backups.keys import Keys
from archive.backups.packs import OBJECT, PIECE, SEGMENT, Blob, Reader, Spoiled, Writer, parse
from archive.backups.repository import Key
from archive.backups.targets.local import LocalTarget
from archive.errors import Conflict, Corrupt, Misconfigured, NotFound, OutOfSpace
from archive.intake import Claims, hand_in
from archive.tables import copies
from tests.builders import a_person

SEALS = Seals(Keys((bytes(32),)), "0" * 32)
NAME = "ab" * 16
MARK = SEALS.mark(Kind.PACK)


@pytest.fixture
def target(tmp_path: Path) -> LocalTarget:
    return LocalTarget(tmp_path / "repository")


def a_file(archive: Archive, content: bytes, name: str = "a.bin") -> None:
    hand_in(archive, OPERATOR, BytesIO(content), name, Claims(title=name))


# Keys


def test_the_backup_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    key = keys.load_or_create(tmp_path)
    again, loaded = keys.load_or_create(tmp_path), keys.load(tmp_path)
    assert again.generations == key.generations == loaded.generations
    assert again.signer == key.signer == loaded.signer != ""
    assert [len(one) for one in key.generations] == [32]
    assert key.generations[0].hex() not in repr(key)
    assert (tmp_path / "backup.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["backup.key"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is damaged"),
        ("muniment backup key 1\ngeneration " + "00" * 32 + "\ncheck ffffffffffffffff\n", "is damaged"),
        ("muniment backup key 1\ngeneration 00\ncheck 00\n", "is damaged"),
        ("muniment backup key 1\ncheck 00\n", "is damaged"),
        ("muniment backup key 2\nsomething else\n", "does not know"),
        ("密钥", "cannot be read"),
    ],
)
def test_a_damaged_key_is_told_from_one_of_a_newer_form(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "backup.key").write_text(text, "utf-8")
    with pytest.raises(Misconfigured, match=sentence):
        keys.load_or_create(tmp_path)


# Packs


def packed(blobs: list[tuple[int, bytes, bytes]]) -> tuple[bytes, Writer]:
    writer = Writer(SEALS, NAME)
    made = [
        Blob(kind, blob_id, iter([content[at : at + SEGMENT] for at in range(0, len(content), SEGMENT)] or [b""]))
        for kind, blob_id, content in blobs
    ]
    return b"".join(writer.write(iter(made))), writer


sizes = st.sampled_from([SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT])
contents = st.one_of(st.binary(max_size=100), sizes.map(lambda size: random.Random(size).randbytes(size)))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from([OBJECT, PIECE]), st.binary(min_size=16, max_size=16), contents), max_size=5))
def test_what_goes_into_a_pack_comes_out_of_it(blobs: list[tuple[int, bytes, bytes]]) -> None:
    content, writer = packed(blobs)
    assert writer.packed is not None
    assert writer.packed.size == len(content)
    assert Reader(SEALS, NAME, MARK, BytesIO(content)).own_directory(len(content)) == writer.packed.directory

    reader = Reader(SEALS, NAME, MARK, BytesIO(content))
    reader.head()
    entries = list(parse(writer.packed.directory))
    assert [(e.kind, e.id, b"".join(bytes(p) for p in reader.blob(e))) for e in entries] == blobs
    reader.tail(writer.packed)


def test_every_bit_of_a_pack_is_guarded() -> None:
    content, writer = packed([(OBJECT, b"a" * 16, b"some sealed bytes"), (PIECE, b"b" * 16, b"")])
    assert writer.packed is not None
    entries = list(parse(writer.packed.directory))
    whole = writer.packed

    def read(stored: bytes) -> None:
        reader = Reader(SEALS, NAME, MARK, BytesIO(stored))
        reader.head()
        for entry in entries:
            assert list(reader.blob(entry))
        reader.tail(whole)

    read(content)
    for at in range(len(content)):
        for bit in range(8):
            damaged = bytearray(content)
            damaged[at] ^= 1 << bit
            with pytest.raises(Corrupt, match=f"packs/{NAME}"):
                read(damaged)


def test_a_pack_opens_under_its_own_name_in_its_own_repository_only() -> None:
    content, writer = packed([(OBJECT, b"a" * 16, b"x")])
    assert writer.packed is not None
    size = len(content)
    Reader(SEALS, NAME, MARK, BytesIO(content)).own_directory(size)
    for seals, name in (
        (SEALS, "cd" * 16),
        (Seals(Keys((bytes(32),)), "1" * 32), NAME),
        (Seals(Keys((b"\1" * 32,)), "0" * 32), NAME),
    ):
        with pytest.raises(Corrupt):
            Reader(seals, name, MARK, BytesIO(content)).own_directory(size)


def test_a_blob_given_up_half_way_is_void_and_hurts_nobody() -> None:
    def spoiled(pieces: int) -> Iterator[bytes]:
        for _ in range(pieces):
            yield bytes(SEGMENT)
        raise Spoiled

    writer = Writer(SEALS, NAME)
    made = {b"a": spoiled(0), b"b": spoiled(2), b"c": iter([b"x"])}
    content = b"".join(writer.write(Blob(OBJECT, letter * 16, pieces) for letter, pieces in made.items()))
    assert writer.packed is not None
    assert [(e.id, e.length) for e in writer.packed.entries()] == [(packs.VOID, 2 * SEGMENT), (b"c" * 16, 1)]
    (place,) = repository.places([writer.packed], frozenset({OBJECT}))[b"c" * 16]
    reader = Reader(SEALS, NAME, MARK, BytesIO(content))
    reader.seek(place.offset)
    assert b"".join(bytes(p) for p in reader.blob(place.entry)) == b"x"


# Sealed files


BYTES16, BYTES32 = (st.binary(min_size=size, max_size=size) for size in (16, 32))
LINES = st.builds(Key, BYTES32, BYTES16, st.binary(max_size=255))


@settings(deadline=None, max_examples=25)
@given(st.lists(LINES))
def test_a_keystore_gives_back_its_lines(lines: list[Key]) -> None:
    class One:
        """A target with one file."""

        def open(self, name: str, offset: int = 0) -> BytesIO:
            return BytesIO(sealed)

    name = "keystores/00000001-" + "0" * 16
    sealed = b"".join(SEALS.seal(name, iter([line.line() for line in lines]), None))
    assert list(repository.Repository(One(), SEALS).keys(name)) == lines  # type: ignore[arg-type]


def test_index_files_stay_few_after_many_runs(archive: Archive, target: LocalTarget, tmp_path: Path) -> None:
    for n in range(20):
        a_file(archive, f"content {n}".encode(), f"{n}.txt")
        create.run(archive, OPERATOR, target)
    assert len(list((tmp_path / "repository" / "index").iterdir())) <= 5
    assert len(list((tmp_path / "repository" / "keystores").iterdir())) == 1
    assert check.check(target, keys.load(archive.settings.keys)).problems == ()


def test_looking_without_reading_finds_packs_of_a_wrong_size(
    archive: Archive, target: LocalTarget, tmp_path: Path
) -> None:
    a_file(archive, b"x" * 5000)
    create.run(archive, OPERATOR, target)
    key = keys.load(archive.settings.keys)
    for pack in sorted((tmp_path / "repository" / "packs").iterdir()):
        whole = pack.read_bytes()
        for content in (whole[:-1], whole + b"\0", b""):
            pack.write_bytes(content)
            problems = check.check(target, key, all_bytes=False).problems
            assert ("damaged", f"packs/{pack.name}") in [(problem.kind, problem.name) for problem in problems]
        pack.write_bytes(whole)
    assert check.check(target, key, all_bytes=False).problems == ()


def test_a_key_that_is_not_that_of_its_blob_is_refused(archive: Archive, target: LocalTarget, tmp_path: Path) -> None:
    """Nobody without the keys can write such a keystore; a defect could."""
    for content in (b"one", b"other"):
        a_file(archive, content, f"{content!r}.bin")
    create.run(archive, OPERATOR, target)
    opened = repository.open_repository(target, keys.load(archive.settings.keys))
    one, other = opened.keys(repository.of(opened.sizes(), "keystores")[0])
    crossed = [one._replace(blob_id=other.blob_id), other._replace(blob_id=one.blob_id)]
    name = repository.new_keystore_name(2)
    target.put(name, opened.seals.seal(name, (key.line() for key in crossed), None))
    with pytest.raises(Corrupt, match="does not belong to what was backed up"):
        restore.restore(target, archive.settings.keys, tmp_path / "new")


# The copy of the catalogue


def test_the_copy_of_the_catalogue_holds_no_key_no_session_no_token(archive: Archive, tmp_path: Path) -> None:
    for n in range(50):
        a_file(archive, f"content {n}".encode(), f"{n}.txt")
    person = a_person(archive, "li")
    with archive.write() as tx:
        tx.connection.exec_driver_sql(
            "INSERT INTO sessions (digest, person_id, created_at, seen_at, expires_at) VALUES (?, ?, 1, 1, 9)",
            [("5e" * 32, person.id), ("5f" * 32, person.id)],
        )
        token = "INSERT INTO tokens (id, digest, person_id, name, created_at, expires_at) VALUES ('t', ?, ?, 'n', 1, 9)"
        tx.connection.exec_driver_sql(token, ("70" * 32, person.id))
    copy = tmp_path / "copy.db"
    archive.tables.copy_to(copy)
    wrapped = [held.wrapped_key for held in copies.objects(copy)]
    assert len(wrapped) == 50
    assert all(key in copy.read_bytes() for key in wrapped)

    copies.strip(copy)

    content = copy.read_bytes()
    assert not any(key[at : at + 8] in content for key in wrapped for at in range(0, 56, 8))
    assert not any(text.encode() in content for text in ("5e" * 32, "5f" * 32, "70" * 32))
    assert copies.whole(copy)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1 << 32), st.booleans())
def test_nothing_of_a_key_remains_whatever_was_written_and_deleted_before(seed: int, at_random: bool) -> None:
    """Pages split, merge and fall free without being wiped: the sweep has to find what is left in them."""
    chance = random.Random(seed)
    path = Path(tempfile.gettempdir()) / f"sweep-{os.getpid()}-{seed}.db"
    secrets: list[bytes] = []
    try:
        db = sqlite3.connect(path, isolation_level=None)
        db.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA secure_delete = OFF;"
            "CREATE TABLE objects (digest VARCHAR(64) PRIMARY KEY, wrapped_key BLOB, state TEXT);"
            "CREATE TABLE sessions (digest TEXT PRIMARY KEY); CREATE TABLE tokens (digest TEXT);"
            "CREATE TABLE errands (digest TEXT);"
            "CREATE TABLE other (id INTEGER PRIMARY KEY, text TEXT);"
        )
        for _ in range(chance.randrange(1, 12)):
            for _ in range(chance.randrange(120)):
                key = chance.randbytes(61)
                secrets.append(key)
                db.execute("INSERT INTO objects VALUES (?, ?, 'kept')", (chance.randbytes(32).hex(), key))
                db.execute("INSERT INTO other (text) VALUES (?)", ("text " * chance.randrange(60),))
            where = "digest LIKE '%'||?" if at_random else "substr(digest, 1, 1) = ?"
            db.execute(f"DELETE FROM objects WHERE {where}", (chance.choice("0123456789abcdef"),))
            db.execute("DELETE FROM other WHERE id % 7 = ?", (chance.randrange(7),))
        if chance.randrange(2):
            db.execute("DELETE FROM objects WHERE rowid % 50 <> ?", (chance.randrange(50),))
        rows = db.execute("SELECT digest FROM objects ORDER BY 1").fetchall()
        texts = db.execute("SELECT * FROM other ORDER BY 1").fetchall()
        db.close()

        copies.strip(path)

        content = path.read_bytes()
        assert not [key for key in secrets if key[:16] in content or key[-16:] in content]
        assert copies.whole(path)
        db = sqlite3.connect(path)
        assert db.execute("SELECT digest FROM objects ORDER BY 1").fetchall() == rows
        assert db.execute("SELECT * FROM other ORDER BY 1").fetchall() == texts
        db.close()
    finally:
        path.unlink(missing_ok=True)


def test_unchanged_pages_make_unchanged_pieces(archive: Archive, target: LocalTarget) -> None:
    for n in range(200):
        a_file(archive, f"content {n}".encode(), f"{n}.txt")
    before = _pages(archive)
    first = create.run(archive, OPERATOR, target)
    after = _pages(archive)
    second = create.run(archive, OPERATOR, target)
    assert first.pieces_new > 20
    # The line of the first run in the ledger, and the pages it is counted on: as many as SQLite writes for it.
    changed = sum(one != other for one, other in zip_longest(before, after))
    assert 0 < second.pieces_new <= changed < len(after) / 10


def _pages(archive: Archive) -> list[bytes]:
    """The catalogue as a copy has it, page by page."""
    source, copy = sqlite3.connect(archive.settings.home / "catalogue.db"), sqlite3.connect(":memory:")
    source.backup(copy)
    size, content = copy.execute("PRAGMA page_size").fetchone()[0], copy.serialize()
    source.close()
    copy.close()
    return [content[at : at + size] for at in range(0, len(content), size)]


# Refusals


def test_only_who_runs_the_archive_may_back_it_up(archive: Archive, target: LocalTarget) -> None:
    controller = a_person(archive, "wang", "document_controller")
    for act in (create.run, check.verify):
        with pytest.raises(Denied):
            act(archive, controller, target)
    assert not Path(target.location).exists()


def test_a_failed_run_is_in_the_ledger_and_leaves_the_repository_as_it_was(
    archive: Archive, target: LocalTarget, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a_file(archive, b"first")
    create.run(archive, OPERATOR, target)
    a_file(archive, b"second", "b.bin")
    before = dict(target.sizes())

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("archive.backups.targets.local.os.fsync", full)
        with pytest.raises(OutOfSpace, match=r"disk of the backup repository .* is full"):
            create.run(archive, OPERATOR, target)

    assert dict(target.sizes()) == before
    with archive.read() as tx:
        failed = [line for line in tx.ledger.lines() if line.action == "backup.failed"]
    assert [line.payload["reason"] for line in failed] == ["out-of-space"]
    assert create.run(archive, OPERATOR, target).objects_new == 1


def test_a_run_cut_off_before_its_snapshot_leaves_no_keystore_that_could_be_taken_for_the_next(
    archive: Archive, target: LocalTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where files may only be added, it lies there for ever; restoring takes the newest."""
    create.run(archive, OPERATOR, target, append_only=True)

    def cut_off(*_: object) -> None:
        raise Corrupt("cut off")

    for n in range(2):
        a_file(archive, f"content {n}".encode(), f"{n}.txt")
        with monkeypatch.context() as patch:
            patch.setattr(repository.Repository, "put_snapshot", cut_off)
            with pytest.raises(Corrupt, match="cut off"):
                create.run(archive, OPERATOR, target, append_only=True)
    a_file(archive, b"the newest", "n.txt")
    create.run(archive, OPERATOR, target, append_only=True)

    numbers = [repository.number_of(name) for name in repository.of(dict(target.sizes()), "keystores")]
    assert len(numbers) == len(set(numbers)) == 4
    assert check.check(target, keys.load(archive.settings.keys)).problems == ()
    assert restore.restore(target, archive.settings.keys, tmp_path / "new", index=False).objects == 3


def test_a_repository_that_has_gone_is_not_begun_anew_unless_asked(
    archive: Archive, target: LocalTarget, tmp_path: Path
) -> None:
    """An empty mount point looks like a new folder: the archive remembers that there was a repository."""
    create.run(archive, OPERATOR, target)
    (tmp_path / "repository").rename(tmp_path / "unplugged")
    with pytest.raises(Misconfigured, match="connect its disk"):
        create.run(archive, OPERATOR, target)
    (tmp_path / "repository").mkdir()
    with pytest.raises(Misconfigured, match="connect its disk"):
        create.run(archive, OPERATOR, target)
    assert create.run(archive, OPERATOR, target, anew=True).number == 1
    assert create.run(archive, OPERATOR, target).number == 2


def test_a_repository_put_back_to_an_older_state_is_noticed(
    archive: Archive, target: LocalTarget, tmp_path: Path
) -> None:
    create.run(archive, OPERATOR, target)
    create.run(archive, OPERATOR, target)
    max((tmp_path / "repository" / "snapshots").iterdir()).unlink()
    with pytest.raises(Corrupt, match="lost its newest snapshots"):
        create.run(archive, OPERATOR, target)


def test_places_that_cannot_be_used_are_named(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "photo.jpg").write_text("x")
    with pytest.raises(Misconfigured, match="cannot be used"):
        create.run(archive, OPERATOR, LocalTarget(tmp_path / "file"))
    with pytest.raises(Misconfigured, match="is not there"):
        create.run(archive, OPERATOR, LocalTarget(tmp_path / "unmounted" / "backup"))
    with pytest.raises(Conflict, match="holds other files"):
        create.run(archive, OPERATOR, LocalTarget(tmp_path / "full"))
    with pytest.raises(Misconfigured, match="no backup repository"):
        check.check(LocalTarget(tmp_path / "full"), bytes(32))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full", "home"]


def test_an_empty_repository_has_nothing_to_restore(archive: Archive, target: LocalTarget, tmp_path: Path) -> None:
    key = keys.load_or_create(archive.settings.keys)
    repository.begin(target, key)
    assert list(check.snapshots(target, key)) == []
    with pytest.raises(NotFound, match="no backup was completed"):
        restore.restore(target, archive.settings.keys, tmp_path / "new")


def test_the_list_tells_the_snapshots_and_the_damaged_ones(
    archive: Archive, target: LocalTarget, tmp_path: Path
) -> None:
    for _ in range(3):
        create.run(archive, OPERATOR, target)
    second = sorted((tmp_path / "repository" / "snapshots").iterdir())[1]
    second.write_bytes(b"")
    listed = check.snapshots(target, keys.load(archive.settings.keys))
    assert [one.snapshot.number if one.snapshot else None for one in listed] == [1, None, 3]
    assert second.name in listed[1].problem


def test_a_target_refuses_nothing_it_has_promised(target: LocalTarget) -> None:
    target.prepare()
    target.put("packs/a", iter([b"one", b"two"]))
    with target.open("packs/a", 2) as file:
        assert file.read() == b"etwo"
    assert dict(target.sizes()) == {"packs/a": 6}
    target.remove("packs/a")
    target.remove("packs/a")
    with pytest.raises(NotFound):
        target.open("packs/a")

    def fails() -> Iterator[bytes]:
        yield b"half"
        raise Corrupt("no more")

    with pytest.raises(Corrupt):
        target.put("packs/b", fails())
    assert dict(target.sizes()) == {}
