"""A thousand random kills during a bulk intake: nothing lost, nothing doubled."""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from archive import founding
from archive.model import Site
from tests.journeys import kills


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=1000)
    options.add_argument("--seed", type=int, default=int(time.time()))
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-kills-"))
    try:
        founding.found(folder / "home", company="耐久", sites=(Site("JF01", "JF", "JF", "JF01"),))
        began = time.perf_counter()
        counted = kills.run(folder / "home", kills=chosen.kills, seed=chosen.seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"seed {chosen.seed}: {counted['died']} of {counted['kills']} runs killed, {counted['files']} files, "
        f"{counted['distinct']} distinct: 0 lost, 0 doubled ({time.perf_counter() - began:.0f} s)"
    )


if __name__ == "__main__":
    main()
