"""`make test-cluster`: the tests of what one machine is too small for, on real servers of loopback.

It starts PostgreSQL, an S3 server and OpenSearch, runs the contract suites and the journeys of document, loan,
handover, backup and restore on them (the same tests, on other settings), and stops them. What is named instead of that
is run instead: `python -m tests.cluster tests/archive -x`.
"""

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests import network, opensearch, postgresql, s3

SUITES = (
    "tests/contracts/test_engines.py",
    "tests/contracts/test_stores.py",
    "tests/archive/test_postgresql.py",
    "tests/journeys/test_many_machines.py",
    "tests/journeys/test_processes.py",
    "tests/journeys/test_loan_machine.py",
    "tests/journeys/test_handover_machine.py",
    "tests/journeys/test_backup.py",
)
ALREADY_RUN = "not whoosh and not tantivy"
"""Engines that need no server are held to their contract by `make test`."""


def missing() -> list[str]:
    """What has to be installed first, and how."""
    reasons = [postgresql.missing() and f"{postgresql.missing()} (apt-get install postgresql)"]
    reasons.append("" if s3.binary() else "no S3 server was built (make s3-server)")
    reasons.append(opensearch.missing())
    return [reason for reason in reasons if reason]


def main() -> int:
    if reasons := missing():
        print(*reasons, sep="\n", file=sys.stderr)
        return 1
    chosen = sys.argv[1:] or [*SUITES, "-n", "2", "--dist", "loadgroup", "-k", ALREADY_RUN]
    with ExitStack() as servers:
        folder = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="muniment-cluster-")))
        host = servers.enter_context(network.bridge())
        database = servers.enter_context(postgresql.serving(_free_port(), host))
        objects = servers.enter_context(s3.serving(folder, host=host))
        bucket = objects.folder / "data" / "muniment"
        bucket.mkdir()
        credentials = objects.credentials(folder / "s3.toml")
        address = servers.enter_context(opensearch.serving(host))
        environment = {
            "MUNIMENT_TEST_POSTGRESQL": postgresql.over_network(database, host),
            "MUNIMENT_TEST_S3": f"{objects.endpoint.removeprefix('http://')}/muniment {credentials} {bucket}",
            "MUNIMENT_ENGINE": "opensearch",
            "MUNIMENT_ENGINE_ADDRESS": address,
        }
        command = [sys.executable, "-m", "pytest", *chosen]
        return subprocess.run(command, env=os.environ | environment, check=False).returncode


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
