"""`make bench`: every measurement, one after the other, each in a process of its own.

`python -m tests.bench intake search` runs only those named.
"""

import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    names = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    chosen = sys.argv[1:] or names
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        print(f"There is no measurement {unknown[0]!r}; there are: {', '.join(names)}.", file=sys.stderr)
        return 2
    print(f"{platform.platform()}, Python {platform.python_version()}, {_processor()}", flush=True)
    failed = 0
    for name in chosen:
        print(f"\n## {name}\n", flush=True)
        failed |= subprocess.run([sys.executable, "-m", f"tests.bench.bench_{name}"], check=False).returncode
    return failed


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(models)} × {models[0]}" if models else platform.processor()


if __name__ == "__main__":
    sys.exit(main())
