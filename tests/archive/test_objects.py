"""Objects stay what they were, and keys are whole or not there."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import pytest

from access.actors import OPERATOR
from archive import founding, keyring, records, sealing
from archive.app import Archive
from archive.config import load
from archive.errors import Corrupt, NotFound
from archive.store import STALE_S, open_store
from archive.tables.schema.objects import objects
from tests.builders import a_record
from tests.conftest import Clock


def stored(archive: Archive, record_id: str) -> Path:
    """Where the sealed bytes of a record lie."""
    with archive.read() as tx:
        (component,) = tx.records.components_of([record_id])[record_id]
        row = tx.objects.get(component.digest)
    assert row is not None
    (path,) = archive.settings.objects.rglob(row.address)
    return path


def test_bytes_that_come_again_mend_what_the_disk_has_spoilt(archive: Archive) -> None:
    record_id = a_record(archive, "重要正文")
    path = stored(archive, record_id)
    spoilt = bytearray(path.read_bytes())
    spoilt[-1] ^= 1
    path.write_bytes(spoilt)

    archive.objects.keep(io.BytesIO("重要正文".encode()))

    assert b"".join(records.original(archive, OPERATOR, record_id)[1]).decode() == "重要正文"


@pytest.mark.parametrize(("harm", "said"), [("missing", NotFound), ("damaged", Corrupt)])
def test_a_door_learns_before_the_first_byte_that_an_object_cannot_be_had(
    archive: Archive, harm: str, said: type[Exception]
) -> None:
    record_id = a_record(archive, "重要正文")
    path = stored(archive, record_id)
    path.unlink() if harm == "missing" else path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(said):
        records.original(archive, OPERATOR, record_id)


def test_who_exchanges_two_objects_in_the_catalogue_gets_neither_under_the_name_of_the_other(archive: Archive) -> None:
    """Each is whole, opened with its own key: the seal sees nothing wrong (INV-02)."""
    ids = a_record(archive, "甲", name="a.txt"), a_record(archive, "乙", name="b.txt")
    with archive.write() as tx:
        ours, theirs = (tx.objects.get(tx.records.components_of([one])[one][0].digest) for one in ids)
        assert ours is not None
        assert theirs is not None
        for digest, address, key in (
            (ours.digest, "aside", b""),
            (theirs.digest, ours.address, ours.wrapped_key),
            (ours.digest, theirs.address, theirs.wrapped_key),
        ):
            changed = objects.update().where(objects.c.digest == digest)
            tx.connection.execute(changed.values(address=address, wrapped_key=key))

    for one, row in zip(ids, (ours, theirs), strict=True):
        with pytest.raises(Corrupt):
            archive.objects.read(row.digest)
        with pytest.raises(Corrupt):
            records.original(archive, OPERATOR, one)


def _sealed_otherwise(pieces: Iterator[bytes], target: BinaryIO, key: bytes, context: str) -> int:
    """As a machine seals whose memory has lost a bit: correctly, and something else."""
    return sealing.seal((bytes([piece[0] ^ 1]) + piece[1:] for piece in pieces), target, key, context)


def test_what_was_sealed_as_something_else_is_noticed_before_it_counts_as_kept(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.objects.sealing", SimpleNamespace(**{**vars(sealing), "seal": _sealed_otherwise}))

    with pytest.raises(Corrupt, match="reads back differently"):
        archive.objects.keep(io.BytesIO("重要正文".encode()))


def test_what_lies_correctly_sealed_and_is_something_else_is_read_by_nobody(archive: Archive) -> None:
    """Only the digest can tell: it was sealed with the right key for the right address."""
    path = stored(archive, a_record(archive, "重要正文"))
    with archive.read() as tx:
        (row,) = [row for row in tx.objects.every() if row.address in path.name]
    key = sealing.unwrap(keyring.load(archive.settings.keys).wrapping, row.wrapped_key, row.address)
    with path.open("wb") as file:
        sealing.seal(iter(["别的正文".encode()]), file, key, row.address)

    with pytest.raises(Corrupt):
        archive.objects.read(row.digest)
    assert archive.objects.intact(row)


def test_what_a_kill_left_half_written_does_not_stay_for_ever(archive: Archive) -> None:
    store = open_store(archive.settings)
    left, fresh = store.staging(), store.staging()
    for path in (left, fresh):
        path.write_bytes(b"half")
    long_ago = fresh.stat().st_mtime - STALE_S - 1
    os.utime(left, (long_ago, long_ago))

    open_store(archive.settings)

    assert not left.exists()
    assert fresh.exists()


def test_a_kill_while_the_master_key_is_made_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a key would stand in the way of a whole one for ever: a key that is there is never replaced."""

    def killed(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as kill:
        kill.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            keyring.create(tmp_path / "keys")

    keyring.create(tmp_path / "keys")
    keyring.load(tmp_path / "keys")


@pytest.mark.parametrize("company", ["A\\B物业", "两\n行", 'the "best"', "\x7f\ud800"])
def test_any_name_of_a_company_makes_settings_that_can_be_read(tmp_path: Path, clock: Clock, company: str) -> None:
    founding.found(tmp_path / "home", company=company, now=clock)

    assert load(tmp_path / "home", {}).company in ("A\\B物业", "两 行", 'the "best"', "?")
