"""Looks for the servers that `make test-cluster` runs on, and installs or builds what is missing where it may."""

import os
import shutil
import subprocess
from pathlib import Path

from tools import opensearch_server, s3_server

PACKAGES = {
    "postgresql": lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
    "default-jre-headless": lambda: shutil.which("java") is not None,
    "maven": lambda: shutil.which("mvn") is not None or opensearch_server.PLACE.exists(),
    "golang-go": lambda: shutil.which("go") is not None or (s3_server.PLACE / "versitygw").exists(),
}
"""Debian's package → is what it brings here?"""


def main() -> None:
    wanted = [name for name, there in PACKAGES.items() if not there()]
    if wanted and shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing {', '.join(wanted)} for the tests on real servers.", flush=True)
        for command in (["update"], ["install", "-y", "--no-install-recommends", *wanted]):
            subprocess.run(
                ["apt-get", "-qq", *command],
                check=False,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
    for server in (s3_server, opensearch_server):
        server.main()


if __name__ == "__main__":
    main()
