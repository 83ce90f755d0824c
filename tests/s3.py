"""A real S3-compatible server for tests, when there is one: `make s3-server` builds it."""

import hashlib
import hmac
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PLACE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "muniment" / "bin" / "versitygw"
ROOT = ("root", "root-secret-1")
WRITER = ("writer", "writer-secret-1")


@dataclass(frozen=True)
class Server:
    endpoint: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """Let it die at once, as a machine does that loses its power."""
        self.process.kill()
        self.process.wait()

    def location(self, bucket: str) -> str:
        return f"s3:{self.endpoint}/{bucket}/archive"

    def credentials(self, path: Path, who: tuple[str, str] = ROOT) -> Path:
        path.write_text(f'access_key_id = "{who[0]}"\nsecret_access_key = "{who[1]}"\nregion = "us-east-1"\n')
        return path


def binary() -> str | None:
    """Where the server is; None if it was not built."""
    return os.environ.get("MUNIMENT_S3_SERVER") or shutil.which("versitygw") or (str(PLACE) if PLACE.exists() else None)


@contextmanager
def serving(folder: Path, endpoint: str = "", host: str = "127.0.0.1") -> Generator[Server]:
    """The server, with a user that is not its root; once more at the address where it was, if that is given."""
    program = binary()
    assert program is not None
    for name in ("data", "iam"):
        (folder / name).mkdir(exist_ok=True)
    endpoint_known = bool(endpoint)
    port = int(endpoint.rpartition(":")[2] or 0)
    if not port:
        with socket.socket() as free:
            free.bind((host, 0))
            port = free.getsockname()[1]
    command = [program, "--access", ROOT[0], "--secret", ROOT[1], "--port", f"{host}:{port}", "--quiet"]
    process = subprocess.Popen(
        [*command, "--iam-dir", str(folder / "iam"), "posix", str(folder / "data")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex((host, port)) == 0:
                    break
            os.sched_yield()
        endpoint = f"http://{host}:{port}"
        admin = [program, "admin", "--access", ROOT[0], "--secret", ROOT[1], "--endpoint-url", endpoint]
        user = ["--region", "us-east-1", "create-user", "--access", WRITER[0], "--secret", WRITER[1], "--role", "user"]
        subprocess.run([*admin, *user], check=not endpoint_known, capture_output=True)
        yield Server(endpoint, folder, process)
    finally:
        process.terminate()
        process.wait()


def put_policy(server: Server, bucket: str, policy: str) -> None:
    """PutBucketPolicy, signed by the root of the server (AWS Signature Version 4)."""
    body, host = policy.encode(), server.endpoint.removeprefix("http://")
    at = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    digest = hashlib.sha256(body).hexdigest()
    headers = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": at}
    signed = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"PUT\n/{bucket}\npolicy=\n{lines}\n{signed}\n{digest}"
    scope = f"{at[:8]}/us-east-1/s3/aws4_request"
    key = f"AWS4{ROOT[1]}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    authorization = f"AWS4-HMAC-SHA256 Credential={ROOT[0]}/{scope}, SignedHeaders={signed}, Signature={signature}"
    asked = urllib.request.Request(
        f"{server.endpoint}/{bucket}?policy",
        body,
        {**{name: value for name, value in headers.items() if name != "host"}, "Authorization": authorization},
        method="PUT",
    )
    urllib.request.urlopen(asked).close()
