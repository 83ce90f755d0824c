"""A backup goes on while a worker of the same machine starts."""

from pathlib import Path

from access.actors import OPERATOR
from archive import worker
from archive.app import Archive
from archive.backups import create
from archive.backups.targets.local import LocalTarget
from tests.builders import a_record


def test_a_worker_that_starts_leaves_a_running_backup_alone(archive: Archive, tmp_path: Path) -> None:
    a_record(archive)
    done = create.run(
        archive, OPERATOR, LocalTarget(tmp_path / "repository"), progress=lambda *_: worker.recover(archive)
    )

    assert done.objects == 1
