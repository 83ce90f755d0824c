"""Looks for a browser for the tests, installs Debian's when it may, and otherwise says what will be skipped."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    if any(map(shutil.which, NAMES)):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("No browser found; installing Debian's chromium for the browser tests.", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "-qq", "update"], check=False, **quiet)
        subprocess.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"], check=False, **quiet)
    if not any(map(shutil.which, NAMES)):
        print("No browser found: browser tests will be skipped. Install chromium to run them.", flush=True)


main()
