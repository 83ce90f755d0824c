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
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from tests import network, opensearch, postgresql, s3

CONTRACTS = ("tests/contracts/test_engines.py", "tests/contracts/test_stores.py", "tests/archive/test_postgresql.py")
"""What starts at an archive on one machine, or needs none."""
ALREADY_RUN = "not whoosh and not tantivy"
"""Engines that need no server are held to their contract by `make test`."""
JOURNEYS = (
    "tests/journeys/test_many_machines.py",
    "tests/journeys/test_processes.py",
    "tests/journeys/test_failover.py",
    "tests/journeys/test_loan_machine.py",
    "tests/journeys/test_handover_machine.py",
    "tests/journeys/test_backup.py",
)
"""Every archive of theirs has its catalogue, objects and index on the servers."""


def missing() -> list[str]:
    """What has to be installed first, and how."""
    reasons = [postgresql.missing() and f"{postgresql.missing()} (apt-get install postgresql)"]
    reasons.append("" if s3.binary() else "no S3 server was built (make s3-server)")
    reasons.append(opensearch.missing())
    return [reason for reason in reasons if reason]


def main() -> int:
    if reasons := missing():
        print("The tests on real servers are left out:", *reasons, sep="\n", file=sys.stderr)
        return 0
    with ExitStack() as servers:
        folder = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="muniment-cluster-")))
        host = servers.enter_context(network.bridge())
        database = servers.enter_context(postgresql.serving(_free_port(), host))
        objects = servers.enter_context(s3.serving(folder, host=host))
        bucket = objects.folder / "data" / "muniment"
        bucket.mkdir()
        credentials = objects.credentials(folder / "s3.toml")
        address = servers.enter_context(opensearch.serving(host))
        engine = {"MUNIMENT_ENGINE_ADDRESS": address}
        everything = engine | {
            "MUNIMENT_TEST_POSTGRESQL": postgresql.over_network(database, host),
            "MUNIMENT_TEST_S3": f"{objects.endpoint.removeprefix('http://')}/muniment {credentials} {bucket}",
            "MUNIMENT_ENGINE": "opensearch",
        }
        if sys.argv[1:]:
            return _pytest(everything, *sys.argv[1:])
        return _pytest(engine, *CONTRACTS, *AT_ONCE, "-k", ALREADY_RUN) | _pytest(everything, *JOURNEYS, *AT_ONCE)


AT_ONCE = ("-n", "2", "--dist", "loadgroup")


def _pytest(environment: Mapping[str, str], *chosen: str) -> int:
    command = [sys.executable, "-m", "pytest", *chosen]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
