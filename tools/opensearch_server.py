"""Fetch the OpenSearch server that tests of its engine use: `make opensearch-server`. Needs Maven and, to run it, Java.

It is the distribution that the project itself tests with: the server and nothing beside it. No part of the product.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

VERSION = "2.19.6"
"""The last line that runs on Java 17, which Debian has."""
ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
SHA256 = "71d6d8b1c637f3faecda0752b184b1cc526fc6eaad59ec1408c6327bb00b9293"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy"
PLACE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "muniment" / f"opensearch-{VERSION}.zip"
TIME_S = 600
"""A source that does not answer is not waited for longer."""


def main() -> int:
    if PLACE.exists():
        print(f"{PLACE} is there already")
        return 0
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PLACE.parent) as folder:
        command = ["mvn", "--quiet", "--batch-mode", COPY, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
        try:
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=TIME_S)
            (found,) = Path(folder).iterdir()
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            print(f"not fetched: {error}", file=sys.stderr)
            return 1
        if hashlib.sha256(found.read_bytes()).hexdigest() != SHA256:
            print(f"not fetched: {found.name} is not what was reviewed (its SHA-256 differs)", file=sys.stderr)
            return 1
        found.rename(PLACE)
    print(PLACE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
