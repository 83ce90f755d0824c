"""`muniment import`: take in many files with a table that says what each is."""

from pathlib import Path

import click

from archive import importing, worker
from archive.cli import Call, archive_command
from archive.errors import Conflict, Invalid


@archive_command()
@click.argument("manifest", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "login", help="Act as this person.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option(
    "--files", "folder", type=click.Path(path_type=Path), help="Where the files lie. Default: beside the table."
)
@click.option("--receipt", type=click.Path(path_type=Path), help="Where the receipt goes. Default: beside the table.")
def command(
    call: Call, manifest: Path, login: str | None, dry_run: bool, folder: Path | None, receipt: Path | None
) -> int:
    """Take in the files that a table lists (CSV or XLSX), each described by its row.

    Given again, the same table goes on where it was cut off: no row is taken in twice.
    """
    target = receipt or manifest.with_name(f"{manifest.name}.receipt.csv")
    table = manifest.read_bytes()
    with call.archive() as archive:
        done = importing.run(
            archive,
            call.actor(archive, login),
            table,
            importing.folder((folder or manifest.parent).absolute()),
            dry=dry_run,
            progress=_progress,
        )
        if not dry_run:
            target.write_bytes(importing.as_csv(done))
            try:
                worker.until_idle(archive)
            except Conflict as held:
                if held.code != "index-held":
                    raise
    bad = [one for one in done.lines if one.outcome in (importing.PROBLEM, importing.REFUSED)]
    good = done.count(importing.READY) if dry_run else done.count("captured", "duplicate")
    call.say(
        {
            "sha256": done.digest,
            "left_out": importing.not_understood(table),
            "dry_run": dry_run,
            "lines": done.lines,
            "receipt": None if dry_run else target,
        },
        *(f"column {head}: not understood, left out" for head in importing.not_understood(table)),
        *(f"row {one.row}  {one.file}: {one.reason}" for one in bad),
        f"{good} of {len(done.lines)} rows {'can be taken in' if dry_run else 'are taken in'}"
        + ("" if dry_run else f", {done.count('duplicate')} of them were here already; receipt: {target}"),
    )
    if bad:
        raise Invalid(f"{len(bad)} of {len(done.lines)} rows could not be taken in; see the reasons above.")
    return 0


def _progress(done: int, total: int) -> None:
    if done % 500 == 0 or done == total:
        click.echo(f"{done}/{total}", err=True)
