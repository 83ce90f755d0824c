"""The place of a backup goes away while a run is under way: it fails in a sentence, and nothing is lost by it."""

import random
import shutil
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path

import pytest

from access.actors import OPERATOR
from archive.app import Archive
from archive.backups import check, create, keys, places, restore, state
from archive.backups.targets import open_target
from archive.backups.targets.local import LocalTarget
from archive.errors import ArchiveError, Misconfigured
from archive.intake import Claims, hand_in
from archive.threads import silent
from tests import s3


def a_file(archive: Archive, content: bytes, name: str = "a.bin") -> None:
    hand_in(archive, OPERATOR, BytesIO(content), name, Claims(title=name))


class Vanishing(LocalTarget):
    """A real folder with which something is done just before its file number `at` is written."""

    def __init__(self, root: Path, at: int, happens: Callable[[], object]) -> None:
        super().__init__(root)
        self._left = at
        self._happens = happens

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        self._left -= 1
        if self._left == 0:
            self._happens()
        super().put(name, pieces)


@pytest.mark.parametrize("leaves_a_folder", [False, True])
def test_a_folder_that_goes_away_at_any_file_loses_nothing(
    archive: Archive, tmp_path: Path, leaves_a_folder: bool
) -> None:
    """Its disk is unplugged; of an unmounted one, an empty folder stays."""
    root, away = tmp_path / "repository", tmp_path / "unplugged"
    a_file(archive, random.Random(0).randbytes(50_000))
    create.run(archive, OPERATOR, LocalTarget(root))

    def unplug() -> None:
        root.rename(away)
        if leaves_a_folder:
            root.mkdir()

    for at in range(1, 20):
        a_file(archive, random.Random(at).randbytes(50_000), f"{at}.bin")
        try:
            create.run(archive, OPERATOR, Vanishing(root, at, unplug))
        except ArchiveError as error:
            sentence = str(error)
        else:
            assert not away.exists()  # it has written all its files before
            break
        assert "connect its disk" in sentence, sentence
        with archive.read() as tx:
            assert tx.ledger.lines(limit=1)[0].action == "backup.failed"
        shutil.rmtree(root, ignore_errors=True)
        away.rename(root)
        target = LocalTarget(root)
        assert check.check(target, keys.load(archive.settings.keys)).problems == ()
        assert restore.restore(target, archive.settings.keys, tmp_path / "back", index=False).objects == at
        shutil.rmtree(tmp_path / "back")
        done = create.run(archive, OPERATOR, target)
        # What was written before it went away is used.
        assert (done.objects, done.objects_new) == (at + 1, int(at == 1))
    assert at > 4


def test_a_place_that_vanishes_in_the_middle_is_written_down_and_served_again(archive: Archive, tmp_path: Path) -> None:
    (place,) = archive.settings.backup_targets
    for n in range(3):
        a_file(archive, random.Random(n).randbytes(2 << 20), f"{n}.bin")
    places.run(archive, OPERATOR, place, progress=silent)
    a_file(archive, random.Random(9).randbytes(2 << 20), "9.bin")
    folder = Path(place.location)

    def unplug(done: int, _total: int) -> None:
        if done and folder.exists():
            folder.rename(tmp_path / "unplugged")

    with pytest.raises(Misconfigured, match="connect its disk"):
        places.run(archive, OPERATOR, place, progress=unplug)
    seen = state.of(archive, OPERATOR).places[0]
    assert seen.last_run is not None
    assert (seen.last_run.outcome, "connect its disk" in seen.last_run.reason) == ("failed", True)
    (tmp_path / "unplugged").rename(folder)
    assert places.run(archive, OPERATOR, place, progress=silent).number == 2


def test_a_server_that_dies_in_the_middle_loses_nothing(archive: Archive, tmp_path: Path) -> None:
    pytest.importorskip("obstore", reason="the extra s3 is not installed")
    if s3.binary() is None:
        pytest.skip("no S3 server here; build one with: make s3-server")
    (tmp_path / "s3").mkdir()
    for n in range(2):
        a_file(archive, random.Random(n).randbytes(100_000), f"{n}.bin")
    with s3.serving(tmp_path / "s3") as server:
        root = server.credentials(tmp_path / "root.toml")
        (server.folder / "data" / "backups").mkdir()
        target = open_target(server.location("backups"), root)
        create.run(archive, OPERATOR, target)
        for n in range(2, 4):
            a_file(archive, random.Random(n).randbytes(100_000), f"{n}.bin")

        def die(done: int, _total: int) -> None:
            if done:
                server.kill()

        with pytest.raises(Misconfigured, match="cannot be reached"):
            create.run(archive, OPERATOR, target, progress=die)
    with s3.serving(tmp_path / "s3", server.endpoint):
        # Its lock runs out by itself; here it is taken back, as whoever waits for a dead machine may.
        target.remove("lock")
        assert check.check(target, keys.load(archive.settings.keys)).problems == ()
        assert restore.restore(target, archive.settings.keys, tmp_path / "old", index=False).objects == 2
        assert create.run(archive, OPERATOR, target).objects == 4
        assert restore.restore(target, archive.settings.keys, tmp_path / "new", index=False).objects == 4
