"""`muniment handover`: the packages in which files go to others and come from them."""

import os
from pathlib import Path

import click

from archive import handover_packages
from archive.cli import Call, archive_command
from archive.errors import Invalid

AS = click.option("--as", "login", required=True, help="Who takes part in the handover, with their rights.")


@click.group(no_args_is_help=True)
def command() -> None:
    """Packages (BagIt, RFC 8493) of a handover: for who receives, and from who brings."""


@archive_command()
@AS
@click.argument("handover_id", metavar="ID")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="File to write; default: NUMBER.zip.")
def package(call: Call, login: str, handover_id: str, to: Path | None) -> None:
    """Write the files of a signed exit, with their list, as one package. It is not encrypted."""
    with call.archive() as archive:
        made = handover_packages.give(archive, call.actor(archive, login), handover_id)
        target = to or Path(made.file_name)
        if target.exists():
            raise Invalid(f"{target} exists already and is not replaced; name another file with --to.")
        unfinished = target.with_name(target.name + ".part")
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for piece in made.pieces:
                    file.write(piece)
            os.rename(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)
        size = target.stat().st_size
    call.say({"file": str(target), "bytes": size}, str(target))


@archive_command()
@AS
@click.argument("handover_id", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def take_in(call: Call, login: str, handover_id: str, file: Path) -> None:
    """Check a package (ZIP or TAR) that somebody brings, and take in what is in it."""
    with call.archive() as archive, file.open("rb") as source:
        lines = handover_packages.take_in(archive, call.actor(archive, login), handover_id, source)
    call.say(
        [{"line": line.position, "title": line.title, "record": line.record_id} for line in lines],
        *(f"{line.position:5}  {line.record_id:16}  {line.title}" for line in lines),
    )


for one in (package, take_in):
    command.add_command(one)
