"""`muniment verify`: is everything still what it was?"""

import click

from access.actors import OPERATOR
from archive import checking
from archive.cli import Call, archive_command


@archive_command()
@click.option("--quick", is_flag=True, help="Only look whether every object is there, do not read it.")
def command(call: Call, quick: bool) -> int:
    """Verify every object, the ledger, and the index against the catalogue; name what is broken."""
    with call.archive() as archive:
        done = checking.verify(archive, OPERATOR, all_bytes=not quick)
    call.say(
        {
            "whole": done.whole,
            "objects": done.objects,
            "bytes": done.bytes,
            "ledger_lines": done.ledger_lines,
            "ledger_head": done.ledger_head,
            "indexed": done.indexed,
            "findings": done.findings,
        },
        *(
            f"{'' if finding.serious else 'note: '}{finding.kind}: {finding.subject}: {finding.detail}"
            for finding in done.findings
        ),
        f"{done.objects} objects ({done.bytes / 1e6:.1f} MB), {done.ledger_lines} ledger lines, "
        f"{done.indexed} index entries: {'whole' if done.whole else 'NOT WHOLE'}",
    )
    return 0 if done.whole else 1
