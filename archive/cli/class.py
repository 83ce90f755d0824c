"""`muniment class`: the file plan."""

import sys
from pathlib import Path

import click

from access.actors import OPERATOR
from archive import fileplan
from archive.cli import Call, archive_command


@click.group(no_args_is_help=True)
def command() -> None:
    """The file plan, as a table."""


@archive_command(name="list")
def list_(call: Call) -> None:
    """Show the classes."""
    with call.archive() as archive, archive.read() as tx:
        classes = tx.file_plan.every()
    call.say(classes, *(f"{c.code:8} level {c.level}  {c.name_zh} / {c.name_en}  [{c.retention}]" for c in classes))


@archive_command(name="export")
def export(call: Call) -> None:
    """Print the file plan as CSV."""
    with call.archive() as archive:
        sys.stdout.write(fileplan.dump(archive))


@archive_command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(call: Call, file: Path) -> None:
    """Add classes from CSV, or replace what is said of them."""
    with call.archive() as archive:
        count = fileplan.load(archive, OPERATOR, file.read_text("utf-8-sig"))
    call.say({"classes": count}, f"{count} classes.")


for one in (list_, export, import_):
    command.add_command(one)
