"""`muniment backup restore`: an archive, or one record of it, comes back from a repository and the keys."""

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import click

from access.actors import OPERATOR
from archive.backups import one_record, replacing
from archive.backups import restore as restoring
from archive.backups.targets import open_target
from archive.cli import Call, archive_command, megabytes, shares
from archive.cli.backup._unlocking import keys_at_hand, unlocking, unlocking_options


@archive_command(name="restore")
@click.option("--from", "repository", metavar="REPOSITORY", help="The repository to restore from.")
@click.option("--keys", "keys_folder", type=click.Path(path_type=Path), help="A copy of the folder keys/.")
@unlocking_options
@click.option("--to", "home", type=click.Path(path_type=Path), help="The new home: empty or not there.")
@click.option("--snapshot", default="", help="Id or number of a snapshot; the newest unless given.")
@click.option("--no-index", is_flag=True, help="Leave building the search index to the service.")
@click.option("--record", default="", metavar="ID", help="Only this record: its files and what was known of it.")
@click.option("--at", "moment", default="", metavar="DATE", help="As of this day or instant; for --record.")
@click.option("--anchor", "anchors", multiple=True, type=click.Path(path_type=Path), help="A file with an anchor.")
@click.option("--replace", "wish", default="", metavar="WISH", help="Put the live archive at --home back, as agreed.")
def command(
    call: Call,
    repository: str | None,
    keys_folder: Path | None,
    home: Path | None,
    snapshot: str,
    no_index: bool,
    record: str,
    moment: str,
    anchors: tuple[Path, ...],
    wish: str,
    with_passphrase: bool,
    key_file: Path | None,
    with_shares: bool,
) -> int:
    """Bring the archive back from the repository and the keys alone, into a new home.

    The keys are a copy of the folder keys/, or a passphrase, a key file or two shares that open them. With --record,
    one record comes back into the folder --to. With --replace, the archive at --home is put back as two people agreed
    (see the page of the backups), and the state of today is set aside.
    """
    if wish:
        back, aside = replacing.carry_out(call.home, OPERATOR, wish, progress=shares("restored"))
        call.say(
            {**asdict(back), "aside": aside},
            f"{call.home} is back at snapshot {back.number} of {back.taken_at}; the index is built by the service",
            f"the state of before lies in {aside}",
            *(f"warning: {warning}" for warning in back.warnings),
        )
        return 1 if back.missing else 0
    if repository is None or home is None:
        raise click.UsageError("Say --from which repository and --to which new home.")
    target = open_target(repository)
    if record:
        with keys_at_hand(target, keys_folder, unlocking(with_passphrase, key_file, with_shares)) as folder:
            brought = one_record.bring(target, folder, record, home, at=_moment(moment))
        call.say(
            brought,
            f"record {record} as of {brought.taken_at} (snapshot {brought.number}) is in {brought.folder}",
            *(str(path) for path in brought.files),
            *(f"destroyed since, cannot be had back: file {n}" for n, _ in enumerate(brought.destroyed, 1)),
        )
        return 1 if brought.destroyed else 0
    with keys_at_hand(target, keys_folder, unlocking(with_passphrase, key_file, with_shares)) as folder:
        done = restoring.restore(
            target,
            folder,
            home,
            snapshot=snapshot,
            index=not no_index,
            anchors=anchors,
            progress=shares("restored"),
        )
    call.say(
        done,
        f"snapshot {done.number} of {done.taken_at} restored to {home}",
        f"{done.objects} objects, {megabytes(done.bytes)} in {done.seconds:.1f} s",
        "index left to the service" if no_index else f"{done.indexed} records indexed in {done.index_seconds:.1f} s",
        f"ledger whole up to line {done.ledger_seq}, {done.ledger_digest[:16]}",
        *([f"{done.destroyed} objects were destroyed since and stay destroyed"] if done.destroyed else []),
        *(f"warning: {warning}" for warning in done.warnings),
        *(f"missing already when the snapshot was taken: object {address}" for address in done.missing),
    )
    return 1 if done.missing else 0


def _moment(text: str) -> datetime | None:
    """A day is its end, in the server's time."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{text!r} is no date; write 2026-03-02 or 2026-03-02T18:00.") from None
    if len(text) == len("2026-03-02"):
        found += timedelta(days=1)
    return found.astimezone()
