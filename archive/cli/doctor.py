"""`muniment doctor`: the usual mistakes of an installation, and how each is mended."""

import sys

from access.actors import OPERATOR
from archive import doctoring
from archive.cli import Call, archive_command


@archive_command()
def command(call: Call) -> None:
    """What is usually wrong with an installation, and how to mend it. Status 1 when something serious is."""
    with call.archive() as archive:
        found = doctoring.symptoms(archive, OPERATOR)
    lines = [f"{'BAD ' if one.serious else 'note'}  {one.code}: {one.what}\n      → {one.mend}" for one in found]
    call.say(found, *(lines or ["nothing found"]))
    if any(one.serious for one in found):
        sys.exit(1)
