"""A real OpenSearch server on loopback for as long as tests need it: `make opensearch-server` fetches it."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tools.opensearch_server import PLACE

SMALL = "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1"
"""Up soon, and never fast."""
STARTS_IN_S = 120


def missing() -> str:
    """Why none can be started here; empty if one can."""
    if not PLACE.exists():
        return "no OpenSearch server was fetched (make opensearch-server)"
    if shutil.which("java") is None:
        return "OpenSearch needs Java"
    return ""


@contextmanager
def serving(host: str = "127.0.0.1", *, kept: Path | None = None, java: str = SMALL) -> Generator[str]:
    """The address of an empty server; in a folder that is kept, with the indexes of the time before."""
    folder = kept or Path(tempfile.mkdtemp(prefix="muniment-opensearch-"))
    folder.mkdir(exist_ok=True)
    if not any(folder.glob("opensearch-*")):
        with zipfile.ZipFile(PLACE) as archive:
            archive.extractall(folder)
    (home,) = folder.glob("opensearch-*")
    with socket.socket() as http, socket.socket() as inner:
        http.bind((host, 0))
        inner.bind(("127.0.0.1", 0))
        ports = http.getsockname()[1], inner.getsockname()[1]
    (home / "config" / "opensearch.yml").write_text(
        f"discovery.type: single-node\nhttp.host: {host}\nhttp.port: {ports[0]}\n"
        f"transport.host: 127.0.0.1\ntransport.port: {ports[1]}\n"
        "cluster.max_shards_per_node: 5000\ncluster.routing.allocation.disk.threshold_enabled: false\n"
        "path.repo: []\n"
    )
    (home / "config" / "log4j2.properties").write_text("rootLogger.level = off\n")
    (home / "bin" / "opensearch").chmod(0o755)
    (home / "bin" / "opensearch-env").chmod(0o755)
    user, group = _somebody(folder)
    process = subprocess.Popen(
        [str(home / "bin" / "opensearch")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=home,
        env=_environment(folder, java),
        user=user,
        group=group,
    )
    address = f"http://{host}:{ports[0]}"
    try:
        _wait(process, address)
        yield address
    finally:
        process.terminate() if kept else process.kill()
        process.wait()
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path, options: str) -> dict[str, str]:
    java = Path(shutil.which("java") or "").resolve().parents[1]
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "OPENSEARCH_JAVA_HOME": str(java),
        "OPENSEARCH_JAVA_OPTS": options,
    }


def _somebody(folder: Path) -> tuple[int | None, int | None]:
    """User and group whom it runs as, to whom the folder belongs then: it does not run as root."""
    if os.geteuid() != 0:
        return None, None
    import pwd

    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_uid, nobody.pw_gid


def _wait(process: "subprocess.Popen[bytes]", address: str) -> None:
    until = time.monotonic() + STARTS_IN_S
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_cluster/health?wait_for_status=yellow&timeout=5s", timeout=10).close()
        except (OSError, urllib.error.URLError):
            os.sched_yield()
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("OpenSearch did not start")
