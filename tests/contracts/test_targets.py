"""Every target keeps its words: whole files or none, from any offset, one writer, and sentences when it cannot."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.backups import targets
from archive.backups.targets import Target, open_target
from archive.errors import Conflict, Corrupt, Misconfigured, NotFound
from tests import s3

SIZES = (0, 1, 9 << 20)


@pytest.fixture(params=targets.names())
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path | None]:
    """A location of each kind, and its credentials."""
    if request.param == "local":
        return str(tmp_path / "place"), None
    server: s3.Server = request.getfixturevalue("server")
    bucket = f"b-{random.randrange(1 << 40):x}"
    (server.folder / "data" / bucket).mkdir()
    return server.location(bucket), server.credentials(tmp_path / "s3.toml")


@pytest.fixture
def target(place: tuple[str, Path | None]) -> Target:
    target = open_target(*place)
    target.prepare()
    return target


def test_every_kind_of_target_is_tried_here() -> None:
    assert targets.names() == ("local", "s3")


def test_what_is_put_is_there_whole_from_any_offset(target: Target) -> None:
    for size in SIZES:
        content = random.Random(size).randbytes(size)
        target.put(f"packs/{size}", (content[at : at + (1 << 20)] for at in range(0, size, 1 << 20)))
        for offset in {0, size // 2, size}:
            with target.open(f"packs/{size}", offset) as file:
                assert file.read() == content[offset:]
        with target.open(f"packs/{size}", min(8, size)) as file:
            file.seek(size // 2 - min(8, size), 1)
            buffer = bytearray(16)
            assert file.readinto(buffer) == min(16, size - size // 2)  # type: ignore[attr-defined]
    assert dict(target.sizes()) == {f"packs/{size}": size for size in SIZES}
    target.remove("packs/0")
    target.remove("packs/0")
    with pytest.raises(NotFound, match="packs/0"):
        target.open("packs/0").read()


def test_what_fails_on_its_way_is_not_there_and_says_why(target: Target) -> None:
    def fails() -> Iterator[bytes]:
        yield b"half" * (2 << 20)
        raise Corrupt("no more")

    with pytest.raises(Corrupt, match="no more"):
        target.put("packs/b", fails())
    assert dict(target.sizes()) == {}


def test_one_writes_and_nobody_looks_meanwhile(target: Target, place: tuple[str, Path | None]) -> None:
    target.put("packs/a", [b"x"])
    other = open_target(*place)
    with target.lock(exclusive=True):
        for exclusive in (True, False):
            with pytest.raises(Conflict, match="in use by another"), other.lock(exclusive=exclusive):
                pass
    with other.lock(exclusive=True):
        pass
    assert dict(target.sizes()) == {"packs/a": 1}


def test_a_place_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    pytest.importorskip("obstore", reason="the extra s3 is not installed")
    with pytest.raises(Misconfigured, match="is not there"):
        open_target(str(tmp_path / "no" / "where")).prepare()
    (tmp_path / "wrong.toml").write_text("key = 1\n")
    with pytest.raises(Misconfigured, match="must hold access_key_id"):
        open_target("s3:https://host/bucket", tmp_path / "wrong.toml")
    with pytest.raises(Misconfigured, match="is no bucket"):
        open_target("s3:bucket")
