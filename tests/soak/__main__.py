"""`make soak`: what takes too long for the suite, one after the other, each in a process of its own.

`python -m tests.soak kills` runs only those named.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    names = sorted(path.stem.removeprefix("soak_") for path in HERE.glob("soak_*.py"))
    chosen = sys.argv[1:] or names
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        print(f"There is no {unknown[0]!r}; there are: {', '.join(names)}.", file=sys.stderr)
        return 2
    failed = 0
    for name in chosen:
        print(f"\n## {name}\n", flush=True)
        failed |= subprocess.run([sys.executable, "-m", f"tests.soak.soak_{name}"], check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
