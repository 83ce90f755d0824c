"""Build the S3-compatible server that tests of backups use: `make s3-server`. Needs Go; no part of the product."""

import os
import subprocess
import sys
from pathlib import Path

MODULE = "github.com/versity/versitygw/cmd/versitygw@v1.0.14"
PLACE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "muniment" / "bin"
TIME_S = 600
"""A source that does not answer is not waited for longer."""


def main() -> int:
    if (PLACE / "versitygw").exists():
        print(f"{PLACE / 'versitygw'} is there already")
        return 0
    PLACE.mkdir(parents=True, exist_ok=True)
    try:
        subprocess.run(["go", "install", MODULE], env={**os.environ, "GOBIN": str(PLACE)}, check=True, timeout=TIME_S)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"not built: {error}", file=sys.stderr)
        return 1
    print(PLACE / "versitygw")
    return 0


if __name__ == "__main__":
    sys.exit(main())
