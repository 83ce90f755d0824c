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
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="A file: .csv or .xlsx.")
def export(call: Call, target: Path | None) -> None:
    """Print the file plan as CSV, or write it to a file."""
    with call.archive() as archive:
        table = fileplan.dump(archive, workbook=target is not None and target.suffix.lower() == ".xlsx")
    if target is None:
        sys.stdout.write(table.decode("utf-8-sig").replace("\r\n", "\n"))
    else:
        target.write_bytes(table)


@archive_command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", default="", help="Why it is changed; it stands with the versions.")
def import_(call: Call, file: Path, reason: str) -> None:
    """Add classes from a CSV or Excel table, or change what is said of them; each change is a version."""
    with call.archive() as archive:
        done = fileplan.load(archive, OPERATOR, file.read_bytes(), reason=reason)
    count = len(done.new) + len(done.changed) + done.same
    call.say(
        {"classes": count, "new": len(done.new), "changed": len(done.changed), "same": done.same},
        f"{count} classes: {len(done.new)} new, {len(done.changed)} changed, {done.same} as before.",
    )


for one in (list_, export, import_):
    command.add_command(one)
