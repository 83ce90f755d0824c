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
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(
                ["apt-get", "-qq", *command],
                check=False,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
    if not any(map(shutil.which, NAMES)):
        print("No browser found: browser tests will be skipped. Install chromium to run them.", flush=True)


main()
