"""How long backups take, beside restic on the same home: first, unchanged, 1 % changed, verify, restore.

    python tests/bench/bench_backup.py --mb 300 --folder /var/tmp/bench-backup

Prints a table. Nothing here is asserted; figures belong to the machine they were taken on.
"""

import argparse
import io
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from access.actors import OPERATOR
from archive.app import Archive, open_archive
from archive.backups import check, create, keys, restore
from archive.backups.targets import open_target
from archive.founding import found
from archive.intake import Claims, hand_in
from archive.records import Description, describe

WORDS = "物业服务合同设备维修档案业主委员会消防验收公共收益停车管理装饰装修安全巡查记录电梯保养水泵绿化保洁".strip()


def fill(archive: Archive, count: int, large: int, seed: int) -> None:
    """Small files (1–80 KB: text, or random as office files are) and large ones (28 MB, random)."""
    chance = random.Random(seed)
    for n in range(count):
        size = chance.randrange(1000, 80_000)
        content = chance.randbytes(size) if n % 3 else "".join(chance.choices(WORDS, k=size // 3)).encode()
        hand_in(archive, OPERATOR, io.BytesIO(content), f"文件-{seed}-{n}.bin", Claims(title=f"文件 {seed} {n}"))
    for n in range(large):
        hand_in(archive, OPERATOR, io.BytesIO(chance.randbytes(28 << 20)), f"大文件-{seed}-{n}.bin", Claims())


def timed(what: str, act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    seconds = time.perf_counter() - began
    print(f"{what:<28} {seconds:8.2f} s", flush=True)
    return seconds


def size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--mb", type=int, default=300)
    options.add_argument("--folder", type=Path, default=Path("/var/tmp/bench-backup"))
    options.add_argument("--no-restic", action="store_true")
    given = options.parse_args()
    home, ours, theirs = given.folder / "home", given.folder / "repository", given.folder / "restic"
    if not home.exists():
        given.folder.mkdir(parents=True, exist_ok=True)
        found(home)
        with_large = given.mb * 0.55
        archive = open_archive(home)
        timed("making the home", lambda: fill(archive, int((given.mb - with_large) * 25), int(with_large // 28), 1))
        archive.close()
    for folder in (ours, theirs, given.folder / "restored", given.folder / "restic-restored"):
        shutil.rmtree(folder, ignore_errors=True)
    archive = open_archive(home)
    target = open_target(str(ours))
    changes = iter(range(int(time.time()), 1 << 40))

    def change() -> None:
        with archive.read() as tx:
            ids = list(tx.records.ids())
        some = random.Random(3).sample(ids, max(1, len(ids) // 200))
        fill(archive, max(1, len(ids) // 200), 0, next(changes))
        for record_id in some:
            with archive.read() as tx:
                record = tx.records.get(record_id)
            description = Description(record.title + "改", "GL09", record.level, "HQ", "")
            describe(archive, OPERATOR, record_id, description, revision=record.revision, filing=False)

    def restic(*arguments: str) -> None:
        environment = {**os.environ, "RESTIC_PASSWORD": "x", "RESTIC_REPOSITORY": str(theirs)}
        command = ["restic", "--no-cache", "-q", *arguments]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)

    beside = not given.no_restic and shutil.which("restic") is not None
    source = ["backup", str(home), "--exclude", str(home / "work")]
    key = keys.load_or_create(archive.settings.keys)
    print(f"home {size(home):.0f} MB, catalogue {(home / 'catalogue.db').stat().st_size / 1e6:.1f} MB")

    def ours_run() -> None:
        done = create.run(archive, OPERATOR, target, anew=not ours.exists())
        print(f"    {done.objects_new}/{done.objects} objects, {done.pieces_new} pieces, {done.bytes_written >> 20} MB")

    if beside:
        restic("init")
    for what in ("first", "unchanged", "1 % changed"):
        if what == "1 % changed":
            change()
        timed(f"{what}: ours", ours_run)
        if beside:
            timed(f"{what}: restic", lambda: restic(*source))
    print(f"repository: ours {size(ours):.0f} MB" + (f", restic {size(theirs):.0f} MB" if beside else ""))

    def ours_check() -> None:
        found_out = check.check(target, key)
        assert not found_out.problems, found_out.problems

    timed("verify: ours", ours_check)
    if beside:
        timed("verify: restic", lambda: restic("check", "--read-data"))
    to = given.folder / "restored"
    timed("restore: ours", lambda: restore.restore(target, archive.settings.keys, to, index=False))
    if beside:
        timed("restore: restic", lambda: restic("restore", "latest", "--target", str(given.folder / "restic-restored")))
    archive.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"peak memory of this process {peak} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
