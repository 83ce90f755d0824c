"""`muniment backup verify`: is a repository whole?"""

from pathlib import Path

import click

from access.actors import OPERATOR
from archive.backups import check, keys, places
from archive.backups.targets import open_target
from archive.cli import Call, archive_command, megabytes, shares
from archive.cli.backup._where import elsewhere, known_places


@archive_command(name="verify")
@elsewhere
@click.option("--quick", is_flag=True, help="Look at names, sizes and directories only, not at every byte.")
def command(call: Call, repository: str | None, keys_folder: Path | None, quick: bool) -> int:
    """Read the whole repository and name what is damaged, missing or foreign."""
    progress = shares("verified")
    if keys_folder is not None and repository is not None:
        done = check.check(open_target(repository), keys.load(keys_folder), all_bytes=not quick, progress=progress)
    else:
        with call.archive() as archive:
            (place,) = known_places(archive, repository or archive.settings.backup_targets[0].name)
            done = places.verify(archive, OPERATOR, place, all_bytes=not quick, progress=progress)
    call.say(
        done,
        *(f"{problem.kind}: {problem.name}: {problem.detail}" for problem in done.problems),
        f"{done.snapshots} snapshots, {done.objects} objects in the newest, {done.packs} packs, "
        f"{megabytes(done.bytes)}: " + (f"{len(done.problems)} problems" if done.problems else "whole"),
    )
    return 1 if done.problems else 0
