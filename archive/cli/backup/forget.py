"""`muniment backup forget`: old snapshots go by the rule of the settings."""

from dataclasses import replace
from pathlib import Path

import click

from access.actors import OPERATOR
from archive.backups import places
from archive.cli import Call, archive_command, megabytes
from archive.cli.backup._where import known_places


@archive_command(name="forget")
@click.option("--to", "repository", metavar="REPOSITORY", help="Another repository than the one in the settings.")
@click.option("--dry-run", is_flag=True, help="Only say which snapshots would be forgotten.")
@click.option(
    "--credentials", type=click.Path(path_type=Path), help="A credential that may remove, where the usual one may not."
)
def command(call: Call, repository: str | None, dry_run: bool, credentials: Path | None) -> None:
    """Forget old snapshots by the rule of the settings, and remove what nothing needs any more."""
    with call.archive() as archive:
        (place,) = known_places(archive, repository or archive.settings.backup_targets[0].name)
        if credentials is not None:
            place = replace(place, credentials=str(credentials.absolute()))
        done = places.thin(archive, OPERATOR, place, only_say=dry_run)
    call.say(
        done,
        f"{len(done.snapshots)} snapshots {'would be ' if dry_run else ''}forgotten, {done.kept} kept",
        *([] if dry_run else [f"{done.packs} packs removed or rewritten, {megabytes(done.bytes)} taken away"]),
    )
