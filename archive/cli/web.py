"""`muniment web`: the web server alone."""

import os
import sys

from archive import config
from archive.cli import Call, archive_command


@archive_command()
def command(call: Call) -> None:
    """Run the web server alone, for installations with several machines."""
    # The house does not import its doors: the web server is another program, started by name.
    os.execv(sys.executable, [sys.executable, "-m", "web", "--home", str(config.load(call.home).home)])  # noqa: S606
