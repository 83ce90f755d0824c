"""`muniment backup repair`: what is whole of a damaged repository is kept, the rest copied again or named."""

from dataclasses import asdict, replace
from pathlib import Path

import click

from access.actors import OPERATOR
from archive.backups import keys, places
from archive.backups import repair as repairing
from archive.backups.targets import open_target
from archive.cli import Call, archive_command, shares
from archive.cli.backup._where import elsewhere, known_places


@archive_command(name="repair")
@elsewhere
@click.option(
    "--give-up", is_flag=True, help="Forget snapshots that cannot be restored, and miss missing ones no longer."
)
@click.option(
    "--credentials", type=click.Path(path_type=Path), help="A credential that may remove, where the usual one may not."
)
def command(
    call: Call, repository: str | None, keys_folder: Path | None, give_up: bool, credentials: Path | None
) -> int:
    """Keep what is whole of a damaged repository, copy the rest again from the archive, and name what is lost.

    With --from and --keys it does without the archive: what is lost is named in a new snapshot, and everything else
    can be restored.
    """
    progress = shares("read")
    if keys_folder is not None and repository is not None:
        target = open_target(repository, credentials)
        done = repairing.repair_alone(target, keys.load(keys_folder), give_up=give_up, progress=progress)
    else:
        with call.archive() as archive:
            (place,) = known_places(archive, repository or archive.settings.backup_targets[0].name)
            if credentials is not None:
                place = replace(place, credentials=str(credentials.absolute()))
            done = places.repair(archive, OPERATOR, place, give_up=give_up, progress=progress)
    call.say({**asdict(done), "whole": done.whole}, *repairing.lines(done))
    return 0 if done.whole else 1
