"""The web server of an archive: `python -m web --home HOME`.

Prints one line `ready http://HOST:PORT` when it answers. Ends with status 2 when something is set up wrongly,
in one sentence.
"""
# waitress carries no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import argparse
import errno
import gc
import logging
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import waitress.server  # pyright: ignore[reportMissingTypeStubs]

from archive import completing, supervisor
from archive.app import Archive, open_archive
from archive.errors import ArchiveError
from web.create_app import body_limit, create_app

SWITCH_S = 0.0005
REFUSED = {
    errno.EADDRINUSE: "the port {port} is taken by another program; stop it, or set another port",
    errno.EACCES: "the port {port} may not be used by this account; take one above 1024",
    errno.EADDRNOTAVAIL: "this machine has no address {host}; set host to 127.0.0.1 or 0.0.0.0",
}


def main() -> int:
    supervisor.end_with_parent()
    parser = argparse.ArgumentParser(prog="python -m web", description="The web server of an archive.")
    parser.add_argument("--home", default=os.environ.get("MUNIMENT_HOME", "muniment-home"), type=Path)
    home: Path = parser.parse_args().home
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # The catalogue's own chatter is of use to nobody who runs it.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        archive = open_archive(home)
    except ArchiveError as error:
        return _refuse(str(error))
    try:
        return _serve(archive)
    finally:
        archive.close()


def _serve(archive: Archive) -> int:
    settings = archive.settings
    # Bodies of requests are as confidential as what is kept: while they arrive they lie in the home, not in /tmp.
    settings.work.mkdir(exist_ok=True, mode=0o700)
    tempfile.tempdir = str(settings.work)
    behind_proxy: dict[str, Any] = {}
    if settings.tls_proxy:
        behind_proxy = {
            "trusted_proxy": "*",
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }
    try:
        server = waitress.server.create_server(
            create_app(archive),
            host=settings.host,
            port=settings.port,
            threads=settings.web_threads,
            ident="",
            max_request_body_size=body_limit(archive),
            **behind_proxy,
        )
    except ValueError:
        return _refuse(f"The web server cannot start: there is no address {settings.host!r}; set host to 127.0.0.1.")
    except OSError as error:
        why = REFUSED.get(error.errno or 0, f"the address {{host}}:{{port}} cannot be used ({error.strerror})")
        return _refuse(f"The web server cannot start: {why.format(host=settings.host, port=settings.port)}.")
    signal.signal(signal.SIGTERM, _end)
    host, port = getattr(server, "effective_listen", [(settings.host, getattr(server, "effective_port", 0))])[0]
    print(f"ready http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)  # noqa: T201 — the promise above
    # A request gives the processor away at every row it reads, and gets it back from a thread that works after this.
    sys.setswitchinterval(SWITCH_S)
    threading.Thread(target=_get_ready, args=(archive,), daemon=True).start()
    # Ends with the signal, after the requests under way.
    server.run()
    return 0


def _get_ready(archive: Archive) -> None:
    completing.warm(archive)
    # What was learned stays. Looking through all of it for garbage would hold up every request, with very many
    # records for half a second.
    gc.collect()
    gc.freeze()


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _refuse(sentence: str) -> int:
    print(f"muniment: {sentence}", file=sys.stderr)  # noqa: T201 — a command speaks on the terminal
    return 2


if __name__ == "__main__":
    sys.exit(main())
