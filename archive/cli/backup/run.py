"""`muniment backup run`: what is new since the last time is copied to every place."""

from collections.abc import Iterator
from dataclasses import asdict

import click

from access.actors import OPERATOR
from archive.backups import create, places
from archive.cli import Call, archive_command, megabytes, shares
from archive.cli.backup._where import known_places
from archive.errors import ArchiveError


@archive_command(name="run")
@click.option("--to", "repository", metavar="REPOSITORY", help="Another repository than the one in the settings.")
@click.option("--anew", is_flag=True, help="Begin a new repository where the one used before is gone for good.")
def command(call: Call, repository: str | None, anew: bool) -> int:
    """Back up what is new since the last time, to every place of the settings."""
    done: list[tuple[str, create.Run]] = []
    failed: list[str] = []
    with call.archive() as archive:
        for place in known_places(archive, repository):
            try:
                ran = places.run(archive, OPERATOR, place, anew=anew, progress=shares("backed up"))
                done.append((place.location, ran))
            except ArchiveError as error:
                if len(known_places(archive, repository)) == 1:
                    raise
                failed.append(f"{place.name}: {error}")
    call.say(
        done[0][1] if len(done) == 1 and not failed else [{"place": name, **asdict(ran)} for name, ran in done],
        *(line for location, ran in done for line in _told(call, location, ran)),
    )
    for sentence in failed:
        click.echo(f"muniment: {sentence}", err=True)
    return 1 if failed or any(ran.missing for _, ran in done) else 0


def _told(call: Call, location: str, done: create.Run) -> Iterator[str]:
    yield f"snapshot {done.number} {done.snapshot} in {location}"
    written = f"{megabytes(done.bytes_written)} written in {done.seconds:.1f} s"
    yield f"{done.objects_new} new of {done.objects} objects, {written}"
    yield f"ledger up to line {done.ledger_seq}, {done.ledger_digest[:16]}"
    if done.number == 1:
        yield f"Keep a copy of {call.home / 'keys'} elsewhere: no backup opens without it."
    yield from (f"warning: {warning}" for warning in done.warnings)
    yield from (f"NOT BACKED UP, damaged or gone in the archive: object {address}" for address in done.missing)
