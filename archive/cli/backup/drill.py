"""`muniment backup drill`: a restore is rehearsed."""

from dataclasses import asdict
from pathlib import Path

import click

from access.actors import OPERATOR
from archive.backups import drill as rehearsing
from archive.cli import Call, archive_command, shares
from archive.cli.backup._unlocking import unlocking, unlocking_options
from archive.cli.backup._where import known_places


@archive_command(name="drill")
@click.option("--from", "repository", metavar="PLACE", help="Another place than the first of the settings.")
@unlocking_options
def command(call: Call, repository: str | None, with_passphrase: bool, key_file: Path | None, with_shares: bool) -> int:
    """Rehearse a restore: into a scratch copy, asked fixed questions, measured, reported as a record, removed.

    With a passphrase, key file or shares, the keys come from the repository, as they would if this machine had burnt.
    """
    has = unlocking(with_passphrase, key_file, with_shares)
    with call.archive() as archive:
        (place,) = known_places(archive, repository or archive.settings.backup_targets[0].name)
        done = rehearsing.rehearse(archive, OPERATOR, place, unlocking=has, progress=shares("restored"))
    call.say(
        {**asdict(done), "passed": done.passed},
        f"snapshot {done.number} of {done.taken_at}, {done.objects} objects, opened with {done.key} {done.key_check}",
        f"would have been lost {done.rpo_s:.0f} s (RPO), answering again after {done.rto_s:.1f} s (RTO)",
        *(f"{'good' if one.passed else 'BAD '}  {one.name}: {one.said('en')}" for one in done.assertions),
        f"report {done.record}: {'passed' if done.passed else 'FAILED'}",
    )
    return 0 if done.passed else 1
