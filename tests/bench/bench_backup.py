"""How long backups take, beside restic and borg on the same home in one run: first, unchanged, 1 % changed, verify,
restore; with peak memory and the size of the repository. The command is measured from its start to its end, as theirs
are; the service, which makes the backups of every night, has imported everything long before.

    python -m tests.bench.bench_backup --mb 2048             # many small and some large objects
    python -m tests.bench.bench_backup --records 100000      # a nightly run after 1 % change, and a rehearsal

Prints a table. Every deed runs in a process of its own and ends with a sync, so that nobody is ahead by what still
waits in memory. Nothing here is asserted; figures belong to the machine they were taken on.
"""

import argparse
import io
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from access.actors import OPERATOR
from archive.app import Archive, open_archive
from archive.backups import create, drill, places
from archive.backups.targets import open_target
from archive.founding import found
from archive.intake import Claims, hand_in
from archive.records import Description, describe
from archive.threads import silent

WORDS = "物业服务合同设备维修档案业主委员会消防验收公共收益停车管理装饰装修安全巡查记录电梯保养水泵绿化保洁".strip()


def fill(archive: Archive, count: int, large: int, seed: int, size_max: int = 80_000) -> None:
    """Small files (text, or random as office files are) and large ones (28 MB, random)."""
    chance = random.Random(seed)
    for n in range(count):
        size = chance.randrange(min(1000, size_max // 2), size_max)
        content = chance.randbytes(size) if n % 3 else "".join(chance.choices(WORDS, k=size // 3)).encode()
        hand_in(archive, OPERATOR, io.BytesIO(content), f"文件-{seed}-{n}.bin", Claims(title=f"文件 {seed} {n}"))
    for n in range(large):
        hand_in(archive, OPERATOR, io.BytesIO(chance.randbytes(28 << 20)), f"大文件-{seed}-{n}.bin", Claims())


Cell = tuple[float, float]
"""Seconds, and megabytes at the peak."""


def within(act: Callable[[], object]) -> Cell:
    """This deed in a process that has imported everything, as the service has; synced at its end."""
    os.sync()
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            act()
            os.sync()
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 — said, and the process ends here and nowhere else
            print(f"failed: {error}", flush=True)
            os._exit(1)
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - began
    if status:
        raise SystemExit(f"a deed ended with {status}")
    return seconds, used.ru_maxrss / 1024


def program(*command: str, **environment: str) -> Cell:
    """A program from its start to its end, synced."""
    weighed = (sys.executable, "-I", "-S", str(Path(__file__).with_name("weighed.py")), *command)
    done = subprocess.run(weighed, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    seconds, megabytes, status = done.stdout.split()
    if int(status) > ("borg" in command):  # it warns with 1
        raise SystemExit(f"{command[0]} ended with {status}")
    return float(seconds), float(megabytes)


def size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def change(home: Path) -> None:
    """Half a per cent of new records, and half a per cent that are described anew."""
    archive = open_archive(home)
    with archive.read() as tx:
        ids = list(tx.records.ids())
    some = random.Random(3).sample(ids, max(1, len(ids) // 200))
    fill(archive, max(1, len(ids) // 200), 0, int(time.time()))
    for record_id in some:
        with archive.read() as tx:
            record = tx.records.get(record_id)
        description = Description(record.title + "改", "GL09", record.level, "HQ", "")
        describe(archive, OPERATOR, record_id, description, revision=record.revision, filing=False)
    archive.close()


def row(what: str, cells: Sequence[Cell | None]) -> None:
    text = "".join(f"{'–':>18}" if cell is None else f"{cell[0]:9.2f} s {cell[1]:5.0f} MB" for cell in cells)
    print(f"{what:<14}{text}", flush=True)


def beside(home: Path, folder: Path) -> None:
    """The table: the command, the same done by the service, restic, borg."""
    place, restic, borg = folder / "repository", folder / "restic", folder / "borg"
    for name in ("repository", "restic", "borg", "restored", "restic-restored", "borg-restored"):
        shutil.rmtree(folder / name, ignore_errors=True)
    has = {name: shutil.which(name) is not None for name in ("restic", "borg")}
    of_restic = {"RESTIC_PASSWORD": "x", "RESTIC_REPOSITORY": str(restic)}
    of_borg = {"BORG_PASSPHRASE": "x", "BORG_REPO": str(borg), "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes"}

    def ours(*arguments: str) -> Cell:
        return program(sys.executable, "-m", "archive.cli", "backup", *arguments)

    def with_restic(*arguments: str) -> Cell | None:
        return program("restic", "--no-cache", "-q", *arguments, **of_restic) if has["restic"] else None

    def with_borg(*arguments: str, where: str = ".") -> Cell | None:
        return program("env", "-C", where, "borg", *arguments, **of_borg) if has["borg"] else None

    def by_the_service() -> None:
        create.run(open_archive(home), OPERATOR, open_target(str(place)))

    with_restic("init")
    with_borg("init", "--encryption=repokey-blake2")
    print(f"home {size(home):.0f} MB, catalogue {(home / 'catalogue.db').stat().st_size / 1e6:.1f} MB")
    print(f"{'':<14}{'the command':>19}{'in the service':>19}{'restic':>19}{'borg':>19}")
    for number, what in enumerate(("first", "unchanged", "1 % changed")):
        if what == "1 % changed":
            change(home)
        # What changed is copied by the command: the service would find nothing new after it.
        row(
            what,
            [
                # The home may remember a repository that was there when it was measured before.
                ours("run", "--home", str(home), "--to", str(place), *(() if number else ("--anew",))),
                within(by_the_service) if what == "unchanged" else None,
                with_restic("backup", str(home), "--exclude", str(home / "work")),
                with_borg("create", "--compression", "zstd,3", f"::{number}", str(home)),
            ],
        )
    change(home)
    row("… once more", [None, within(by_the_service), None, None])
    row(
        "verify",
        [
            ours("verify", "--home", str(home), "--from", str(place)),
            None,
            with_restic("check", "--read-data"),
            with_borg("check", "--verify-data"),
        ],
    )
    (folder / "borg-restored").mkdir()
    keys, restored = str(home / "keys"), str(folder / "restored")
    row(
        "restore",
        [
            ours("restore", "--from", str(place), "--keys", keys, "--to", restored, "--no-index"),
            None,
            with_restic("restore", "latest", "--target", str(folder / "restic-restored")),
            with_borg("extract", "::2", where=str(folder / "borg-restored")),
        ],
    )
    print(f"{'repository':<14}{size(place):16.0f} MB{'':19}{size(restic):16.0f} MB{size(borg):16.0f} MB")


def many(home: Path, folder: Path) -> None:
    """A nightly run after 1 % change, its check, and a rehearsal."""
    shutil.rmtree(folder / "many", ignore_errors=True)
    (home / "muniment.toml").write_text(f'company = "x"\n[[backup_target]]\nname = "m"\nlocation = "{folder}/many"\n')

    def done(act: Callable[[Archive], object]) -> Callable[[], object]:
        return lambda: act(open_archive(home))

    row("first", [within(done(lambda a: places.night(a, OPERATOR)))])
    change(home)
    place = open_archive(home).settings.backup_targets[0]
    row("1 % changed", [within(done(lambda a: places.run(a, OPERATOR, place, progress=silent)))])
    row("quick check", [within(done(lambda a: places.verify(a, OPERATOR, place, all_bytes=False, progress=silent)))])
    row("rehearsal", [within(done(lambda a: drill.rehearse(a, OPERATOR, place, progress=silent)))])


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--mb", type=int, default=300)
    options.add_argument("--records", type=int, default=0, help="Instead: so many small records.")
    options.add_argument("--folder", type=Path, default=Path("/var/tmp/bench-backup"))
    given = options.parse_args()
    home = given.folder / (f"home-{given.records}-records" if given.records else f"home-{given.mb}-mb")
    if not home.exists():
        given.folder.mkdir(parents=True, exist_ok=True)
        found(home)
        archive = open_archive(home)
        began = time.perf_counter()
        if given.records:
            fill(archive, given.records, 0, 1, size_max=2000)
        else:
            fill(archive, int(given.mb * 0.45 * 25), int(given.mb * 0.55 // 28), 1)
        archive.close()
        print(f"made the home in {time.perf_counter() - began:.0f} s", flush=True)
    found(home)  # a home kept from before is brought to the schema of today
    many(home, given.folder) if given.records else beside(home, given.folder)


if __name__ == "__main__":
    main()
