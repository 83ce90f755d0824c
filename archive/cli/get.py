"""`muniment get`: fetch the original."""

import os
import sys
from pathlib import Path

import click

from archive import renditions, versions
from archive.cli import Call, archive_command
from archive.errors import Invalid


@archive_command()
@click.argument("record_id", metavar="ID")
@click.option("--as", "login", help="Fetch as this person, with their rights.")
@click.option(
    "--to", type=click.Path(path_type=Path), help="File or folder to write to; - for standard output. Default: here."
)
@click.option("--version", type=click.IntRange(min=1), help="This version instead of the current one.")
@click.option("--component", "component_id", default="", help="This file of the record, by its id.")
def command(
    call: Call, record_id: str, login: str | None, to: Path | None, version: int | None, component_id: str
) -> None:
    """Fetch the original of a record, byte for byte as it came; of what is obsolete its pages with the mark 作废."""
    with call.archive() as archive:
        actor = call.actor(archive, login)
        if version is not None:
            component_id = versions.numbered(archive, actor, record_id, version).id
        file = renditions.handed_out(archive, actor, record_id, component_id)
        if to == Path("-"):
            for piece in file.pieces:
                sys.stdout.buffer.write(piece)
            return
        target = to or Path(file.file_name)
        target = target / file.file_name if target.is_dir() else target
        if target.exists():
            raise Invalid(f"{target} exists already and is not replaced; name another file with --to.")
        unfinished = target.with_name(target.name + ".part")
        try:
            with unfinished.open("xb") as written:
                for piece in file.pieces:
                    written.write(piece)
            os.rename(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)
    call.say({"file": str(target), "sha256": file.sha256, "bytes": file.size_bytes}, str(target))
