"""Two machines on PostgreSQL, S3 and OpenSearch; every process killed and every connection cut, ten times over.

It starts the servers itself, runs once, and takes some minutes: `make soak`, or `python -m tests.soak machines`.
"""

import os
import subprocess
import sys

from tests import cluster


def main() -> int:
    if reasons := cluster.missing():
        print("left out:", *reasons)
        return 0
    chosen = ["tests/journeys/test_many_machines.py", "-k", "lose_and_double", "-s"]
    more = os.environ | {"MUNIMENT_SOAK_ROUNDS": "10"}
    return subprocess.run([sys.executable, "-m", "tests.cluster", *chosen], env=more, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
