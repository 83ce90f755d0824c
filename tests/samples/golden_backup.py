"""Make the golden repository of a format: what it holds must restore forever, with every later version.

    python -m tests.samples.golden_backup tests/samples/backup-format-1.tar

Made once per format and then never again: what is in the file was written by the program of its day.
"""

import io
import random
import sys
import tarfile
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from access.actors import OPERATOR
from archive import founding
from archive.app import open_archive
from archive.backups import create, escrow, forget
from archive.backups.forget import Keep
from archive.backups.targets.local import LocalTarget
from archive.intake import Claims, hand_in

PASSPHRASE = "golden passphrase of format one"
BEGUN = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
TEXT = "黄金样本：紫藤苑三期消防验收意见书。" * 40


def contents() -> dict[str, bytes]:
    """File name → bytes of every document in it."""
    noise = random.Random(1).randbytes
    return {"正文.txt": TEXT.encode(), "噪声.bin": noise(70_000), "空页.bin": bytes(300_000), "一.bin": b"x"}


def make(target: Path) -> None:
    at = [BEGUN]

    def now() -> datetime:
        return at[0]

    with tempfile.TemporaryDirectory() as folder:
        home, repository = Path(folder, "home"), Path(folder, "repository")
        founding.found(home, company="黄金物业", now=now)
        archive = open_archive(home, now=now)
        escrow.add_passphrase(archive, OPERATOR, PASSPHRASE)
        _, shares = escrow.add_shares(archive, OPERATOR)
        for number, (name, content) in enumerate(contents().items()):
            hand_in(archive, OPERATOR, io.BytesIO(content), name, Claims(title=name))
            create.run(archive, OPERATOR, LocalTarget(repository))
            at[0] += timedelta(days=1)
            if number == 1:
                escrow.rotate(archive, OPERATOR)
            if number == 2:
                forget.forget(archive, OPERATOR, LocalTarget(repository), Keep(2, 0, 0, timedelta(hours=1)))
        archive.close()
        Path(folder, "shares.txt").write_text("".join(f"{share}\n" for share in shares))
        with tarfile.open(target, "w") as tar:
            for name in ("repository", "home/keys/master.key", "home/keys/backup.key", "shares.txt"):
                tar.add(Path(folder, name), name.removeprefix("home/"))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
