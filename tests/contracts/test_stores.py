"""Every store keeps its words: whole objects or none, and nothing of what it keeps can be read in it."""

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from access.actors import OPERATOR
from archive import checking, moving, records, store
from archive.app import Archive, open_archive
from archive.config import FILE_NAME, load
from archive.errors import Conflict, Misconfigured, NotFound
from archive.store import Store, open_store
from archive.store.s3 import S3Store
from tests import s3
from tests.builders import a_record
from tests.conftest import Clock

ADDRESS = "ab" * 32
OTHER = "cd" * 32


@pytest.fixture(params=store.names())
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The setting `store` of each kind, and its credentials."""
    if request.param == "local":
        return "local", ""
    return _bucket(request.getfixturevalue("server"), tmp_path)


@pytest.fixture
def kept(place: tuple[str, str], home: Path) -> Store:
    return open_store(replace(load(home), store=place[0], store_credentials=place[1]))


def test_every_kind_of_store_is_tried_here() -> None:
    assert store.names() == ("local", "s3")


@pytest.mark.parametrize("size", [0, 1, 17 << 20])
def test_what_is_put_comes_back_as_it_was(kept: Store, size: int) -> None:
    content = random.Random(size).randbytes(size)

    _put(kept, ADDRESS, content)

    with kept.open(ADDRESS) as file:
        assert file.read(5) + file.read() == content
    assert kept.size(ADDRESS) == size
    assert list(kept.addresses()) == [ADDRESS]


def test_what_is_put_again_replaces_what_was_there(kept: Store) -> None:
    _put(kept, ADDRESS, b"before")
    _put(kept, ADDRESS, b"after")

    with kept.open(ADDRESS) as file:
        assert file.read() == b"after"


def test_what_is_removed_is_gone_and_may_be_removed_again(kept: Store) -> None:
    _put(kept, ADDRESS, b"one")
    _put(kept, OTHER, b"other")

    for _ in range(2):
        kept.remove(ADDRESS)

    assert list(kept.addresses()) == [OTHER]
    for asked in (kept.open, kept.size):
        with pytest.raises(NotFound):
            asked(ADDRESS)


def test_an_archive_keeps_reads_and_verifies_in_every_store(place: tuple[str, str], home: Path, clock: Clock) -> None:
    _settings(home, *place)
    archive = open_archive(home, now=clock)
    record_id = a_record(archive, "重要正文")

    assert b"".join(records.original(archive, OPERATOR, record_id)[1]).decode() == "重要正文"
    assert (
        checking.verify(archive, OPERATOR, all_bytes=True).findings
        == checking.verify(archive, OPERATOR, all_bytes=False).findings
    )
    archive.close()


def test_an_archive_moves_to_a_bucket_and_back_byte_for_byte(
    server: s3.Server, archive: Archive, tmp_path: Path, clock: Clock
) -> None:
    ids = [a_record(archive, f"正文 {n} " * 100) for n in range(3)]
    before = _sealed(archive)
    bucket = _bucket(server, tmp_path)

    first = moving.move_objects(archive, OPERATOR, *bucket)
    ids.append(a_record(archive, "后来的"))
    again = moving.move_objects(archive, OPERATOR, *bucket)

    assert (first.copied, again.copied, again.objects) == (len(before), 1, len(before) + 1)
    _settings(archive.settings.home, *bucket)
    moved = open_archive(archive.settings.home, now=clock)
    after = _sealed(moved)
    assert before.items() <= after.items()
    assert all(records.original(moved, OPERATOR, one) for one in ids)
    for file in archive.settings.objects.rglob("*"):
        if file.is_file():
            file.unlink()

    assert moving.move_objects(moved, OPERATOR, "local").copied == len(after)

    assert _sealed(archive) == after
    moved.close()


def test_a_first_move_asks_for_nothing_that_cannot_be_there_and_waits_for_many_answers_at_once(
    server: s3.Server, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(moving.AT_ONCE):
        a_record(archive, f"正文 {n}")
    asked: list[str] = []
    all_there = threading.Barrier(moving.AT_ONCE)

    def size(_store: S3Store, address: str) -> int:
        asked.append(address)
        return 0

    def put(store: S3Store, address: str, sealed: Path) -> None:
        all_there.wait(10)
        sent(store, address, sealed)

    sent = S3Store.put
    monkeypatch.setattr(S3Store, "put", put)
    monkeypatch.setattr(S3Store, "size", size)

    moved = moving.move_objects(archive, OPERATOR, *_bucket(server, tmp_path))

    assert (moved.copied, asked) == (moving.AT_ONCE, [])


def test_objects_are_not_moved_among_those_of_another_archive(
    server: s3.Server, archive: Archive, tmp_path: Path
) -> None:
    a_record(archive, "正文")
    name, credentials = _bucket(server, tmp_path)
    _put(open_store(replace(archive.settings, store=name, store_credentials=credentials)), OTHER, b"of somebody else")

    with pytest.raises(Conflict, match="does not know"):
        moving.move_objects(archive, OPERATOR, name, credentials)


def test_a_store_that_cannot_be_reached_is_named(archive: Archive, server: s3.Server, tmp_path: Path) -> None:
    name, _ = _bucket(server, tmp_path)
    wrong = server.credentials(tmp_path / "wrong.toml", ("nobody", "no-secret"))
    elsewhere = open_store(replace(archive.settings, store=name, store_credentials=str(wrong)))

    with pytest.raises(Misconfigured, match="refuses this credential"):
        _put(elsewhere, ADDRESS, b"x")
    with pytest.raises(Misconfigured, match="There is no store"):
        open_store(replace(archive.settings, store="tape"))


def _bucket(server: s3.Server, folder: Path) -> tuple[str, str]:
    name = f"b-{random.randrange(1 << 40):x}"
    (server.folder / "data" / name).mkdir()
    return server.location(name), str(server.credentials(folder / "s3.toml"))


def _settings(home: Path, name: str, credentials: str) -> None:
    file = home / FILE_NAME
    rest = file.read_text("utf-8")
    file.write_text(f'store = "{name}"\nstore_credentials = "{credentials}"\n{rest}', "utf-8")


def _put(kept: Store, address: str, content: bytes) -> None:
    staged = kept.staging()
    staged.write_bytes(content)
    kept.put(address, staged)
    assert not staged.exists()


def _sealed(archive: Archive) -> dict[str, bytes]:
    def every() -> Iterator[tuple[str, bytes]]:
        for row in archive.objects.kept():
            with archive.objects.sealed(row) as file:
                yield row.address, file.read()

    return dict(every())
