"""A repository that was written when format 1 was young is restored, forever."""

import hashlib
import tarfile
from pathlib import Path

import pytest

from archive.app import open_archive
from archive.backups import check, keys, restore, slots
from archive.backups.slots import Unlocking
from archive.backups.targets.local import LocalTarget
from tests.samples import golden_backup

GOLDEN = Path(golden_backup.__file__).with_name("backup-format-1.tar")


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    with tarfile.open(GOLDEN) as tar:
        tar.extractall(tmp_path / "golden", filter="data")
    return tmp_path / "golden"


def test_the_golden_repository_of_format_1_is_whole(golden: Path) -> None:
    found = check.check(LocalTarget(golden / "repository"), keys.load(golden / "keys"))
    assert (found.problems, found.leftovers, found.snapshots, found.objects) == ((), 0, 3, 4)


@pytest.mark.parametrize("way", ["folder", "passphrase", "shares"])
def test_the_golden_repository_of_format_1_is_restored(golden: Path, tmp_path: Path, way: str) -> None:
    target, folder = LocalTarget(golden / "repository"), golden / "keys"
    if way != "folder":
        folder = tmp_path / "keys"
        shares = tuple((golden / "shares.txt").read_text().splitlines()[1:])
        with_passphrase = Unlocking(passphrase=golden_backup.PASSPHRASE)
        slots.recover(target, with_passphrase if way == "passphrase" else Unlocking(shares=shares), folder)

    for snapshot, names in (("3", 3), ("", 4)):
        home = tmp_path / f"home-{snapshot}"
        restore.restore(target, folder, home, snapshot=snapshot, index=way == "folder" and not snapshot)
        archive = open_archive(home)  # its catalogue has come to the schema of today
        try:
            with archive.read() as tx:
                kept = {row.digest for row in tx.objects.every()}
                faults = list(tx.ledger.faults())
            wanted = [hashlib.sha256(content).hexdigest() for content in golden_backup.contents().values()][:names]
            assert kept == set(wanted)
            assert all(archive.objects.read(digest) for digest in wanted)
            assert faults == []
        finally:
            archive.close()
