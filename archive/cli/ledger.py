"""`muniment ledger`: what happened, and whether it still says so."""

import json
import sys

import click

from access.actors import OPERATOR
from archive import checking
from archive.cli import Call, archive_command


@click.group(no_args_is_help=True)
def command() -> None:
    """The ledger."""


@archive_command()
def verify(call: Call) -> int:
    """Follow the chain from the first line to the last; name every line that was tampered with."""
    with call.archive() as archive:
        lines, head, faults = checking.ledger(archive, OPERATOR)
    call.say(
        {"lines": lines, "head": head, "faults": faults},
        *(f"{fault.kind}: line {fault.seq}: {fault.detail}" for fault in faults),
        f"{lines} lines, head {head}: {'whole' if not faults else f'{len(faults)} faults'}",
    )
    return 1 if faults else 0


@archive_command()
def export(call: Call) -> None:
    """Print every line as JSON, one per line."""
    with call.archive() as archive:
        for line in checking.ledger_lines(archive, OPERATOR):
            sys.stdout.write(
                json.dumps({name: getattr(line, name) for name in line.__slots__}, ensure_ascii=False) + "\n"
            )


for one in (verify, export):
    command.add_command(one)
