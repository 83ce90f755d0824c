"""Ten thousand small files dropped at once, and a writer that appends for a minute: all there, once, whole."""

import argparse
import hashlib
import shutil
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from access.actors import OPERATOR
from archive import founding, reconciling
from archive.app import open_archive
from archive.model import Site
from archive.watcher import Watcher


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--seconds", type=float, default=60.0, help="how long the slow writer writes")
    options.add_argument("--polling", action="store_true", help="as a network share, which sends no events")
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-burst-"))
    try:
        run(folder / "home", chosen.files, chosen.seconds, polling=chosen.polling)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(home: Path, files: int, seconds: float, *, polling: bool) -> None:
    founding.found(home, company="耐久", sites=(Site("JF01", "JF", "JF", "JF01"),))
    if polling:
        with (home / "muniment.toml").open("a", encoding="utf-8") as settings:
            settings.write('\n[[inbox]]\npath = "inbox"\npolling = true\n')
    archive = open_archive(home)
    inbox = archive.settings.inboxes[0].path
    stop = threading.Event()
    watching = threading.Thread(target=Watcher(archive).run, args=(stop,))
    watching.start()
    began = time.perf_counter()
    wanted = Counter[str]()
    slow = inbox / "慢写.bin"
    with slow.open("ab", buffering=0) as writer:
        digest, until = hashlib.sha256(), time.monotonic() + seconds
        staging = home / "staging"
        staging.mkdir()
        for number in range(files):
            content = f"小文件 {number}".encode()
            (staging / f"{number}.txt").write_bytes(content)
            wanted[hashlib.sha256(content).hexdigest()] += 1
        staging.rename(inbox / "一批")
        while time.monotonic() < until:
            piece = bytes(1000)
            writer.write(piece)
            digest.update(piece)
            time.sleep(0.7)
    wanted[digest.hexdigest()] += 1
    ends = time.monotonic() + 1800
    while time.monotonic() < ends:
        with archive.read() as tx:
            counts = tx.intake.counts()
        if counts["captured"] == len(wanted) and not counts["waiting"]:
            break
        time.sleep(0.5)
    took = time.perf_counter() - began
    stop.set()
    watching.join()
    with archive.read() as tx:
        kept = Counter(component.digest for component in tx.records.every_component())
    assert kept == wanted, "something was lost, doubled or cut short"
    assert reconciling.books(archive, OPERATOR).balanced
    archive.close()
    how = "polling" if polling else "events"
    print(f"{files} small files and one written for {seconds:.0f} s ({how}): all there once, {took:.0f} s")


if __name__ == "__main__":
    main()
