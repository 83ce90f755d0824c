"""A disk that is really full: a backup, and a restore, fail in a sentence, leave what was there, and go on with room.

A small file system in memory stands for the disk; whoever may not mount one sees these tests skipped.
"""

import random
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from access.actors import OPERATOR
from archive.app import Archive, open_archive
from archive.backups import check, create, keys, restore
from archive.backups.targets.local import LocalTarget
from archive.errors import ArchiveError, OutOfSpace
from archive.intake import Claims, hand_in

MB = 1 << 20


def a_file(archive: Archive, seed: int, size: int) -> None:
    content = random.Random(seed).randbytes(size)
    hand_in(archive, OPERATOR, BytesIO(content), f"{seed}.bin", Claims(title=str(seed)))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Twelve megabytes, and no more."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={12 * MB}", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.parametrize("left", [0, 3_000, 60_000, 900_000, 2 * MB])
def test_a_repository_on_a_full_disk_keeps_its_snapshots_and_goes_on_with_room(
    archive: Archive, disk: Path, tmp_path: Path, left: int
) -> None:
    target = LocalTarget(disk / "repository")
    a_file(archive, 1, MB)
    create.run(archive, OPERATOR, target)
    before = dict(target.sizes())
    a_file(archive, 2, 3 * MB)
    stuffing = disk / "stuffing"
    fill(stuffing, left)

    with pytest.raises(OutOfSpace, match=r"disk of the backup repository .* is full"):
        create.run(archive, OPERATOR, target)

    key = keys.load(archive.settings.keys)
    assert before.items() <= dict(target.sizes()).items(), "nothing that was there is gone"
    assert [one for one in check.check(target, key).problems if one.kind == "damaged"] == []
    assert restore.restore(target, archive.settings.keys, tmp_path / "back", index=False).number == 1
    stuffing.unlink()
    assert create.run(archive, OPERATOR, target).number == 2
    assert check.check(target, key).problems == ()


def fill(stuffing: Path, left: int) -> None:
    """Write until nothing fits any more, then make so much room."""
    size = 0
    with stuffing.open("wb", buffering=0) as file:
        try:
            while True:
                size += file.write(bytes(4096))
        except OSError:
            file.truncate(max(0, size - left))


def test_a_restore_onto_a_full_disk_is_no_archive_and_can_be_repeated(archive: Archive, disk: Path) -> None:
    target = LocalTarget(archive.settings.home.parent / "repository")
    a_file(archive, 1, 8 * MB)
    create.run(archive, OPERATOR, target)
    stuffing = disk / "stuffing"
    fill(stuffing, 4 * MB)

    with pytest.raises(OutOfSpace):
        restore.restore(target, archive.settings.keys, disk / "back", index=False)
    with pytest.raises(ArchiveError):
        open_archive(disk / "back")

    stuffing.unlink()
    assert restore.restore(target, archive.settings.keys, disk / "back", index=False).number == 1
    open_archive(disk / "back").close()
