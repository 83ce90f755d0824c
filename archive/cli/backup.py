"""`muniment backup`: encrypted, incremental, verified copies, and the way back."""

import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from access.actors import OPERATOR
from archive import config
from archive.app import Archive
from archive.backups import check, create, keys, one_record, places, replacing, slots, state
from archive.backups import drill as rehearsing
from archive.backups import repair as repairing
from archive.backups import restore as restoring
from archive.backups.keys import Keys
from archive.backups.slots import Unlocking
from archive.backups.targets import Target, open_target
from archive.cli import Call, _backup_key, archive_command, shares
from archive.config import BackupTarget
from archive.errors import ArchiveError


@click.group(no_args_is_help=True)
def command() -> None:
    """Backups of the archive, and the way back from them.

    The repository is the setting backup_repository (backups/ in the home unless it is set). Keep a copy of the
    folder keys/ somewhere else: without it no backup can be opened.
    """


def _elsewhere(function: Callable[..., object]) -> Callable[..., object]:
    repository = click.option(
        "--from", "repository", metavar="REPOSITORY", help="Another repository than the one in the settings."
    )
    folder = click.option(
        "--keys", "keys_folder", type=click.Path(path_type=Path), help="Another key folder than keys/ in the home."
    )
    return repository(folder(function))


@archive_command()
@click.option("--to", "repository", metavar="REPOSITORY", help="Another repository than the one in the settings.")
@click.option("--anew", is_flag=True, help="Begin a new repository where the one used before is gone for good.")
def run(call: Call, repository: str | None, anew: bool) -> int:
    """Back up what is new since the last time, to every place of the settings."""
    done: list[tuple[str, create.Run]] = []
    failed: list[str] = []
    with call.archive() as archive:
        for place in _places(archive, repository):
            try:
                ran = places.run(archive, OPERATOR, place, anew=anew, progress=shares("backed up"))
                done.append((place.location, ran))
            except ArchiveError as error:
                if len(_places(archive, repository)) == 1:
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
    yield f"{done.objects_new} new of {done.objects} objects, {_mb(done.bytes_written)} written in {done.seconds:.1f} s"
    yield f"ledger up to line {done.ledger_seq}, {done.ledger_digest[:16]}"
    if done.number == 1:
        yield f"Keep a copy of {call.home / 'keys'} elsewhere: no backup opens without it."
    yield from (f"warning: {warning}" for warning in done.warnings)
    yield from (f"NOT BACKED UP, damaged or gone in the archive: object {address}" for address in done.missing)


def _places(archive: Archive, name: str | None) -> Sequence[BackupTarget]:
    """Every place of the settings; or the one of this name; or one that the settings do not know, by its location."""
    known = archive.settings.backup_targets
    if name is None:
        return known
    return [place for place in known if name in (place.name, place.location)] or [BackupTarget(name, name)]


@archive_command(name="list")
@_elsewhere
def list_(call: Call, repository: str | None, keys_folder: Path | None) -> int:
    """List the snapshots, oldest first."""
    target, key = _opened(call, repository, keys_folder)
    listed = check.snapshots(target, key)
    call.say(
        [
            {
                "id": one.snapshot.id if one.snapshot else None,
                "number": one.snapshot.number if one.snapshot else None,
                "taken_at": one.snapshot.taken_at if one.snapshot else None,
                "objects": one.snapshot.objects if one.snapshot else None,
                "bytes": one.snapshot.object_bytes if one.snapshot else None,
                "missing": len(one.snapshot.missing) if one.snapshot else None,
                "ledger_seq": one.snapshot.ledger_seq if one.snapshot else None,
                "ledger_digest": one.snapshot.ledger_digest if one.snapshot else None,
                "name": one.name,
                "problem": one.problem,
            }
            for one in listed
        ],
        *(
            f"{one.snapshot.number:>5}  {one.snapshot.taken_at}  {one.snapshot.id}  {one.snapshot.objects} objects, "
            f"{_mb(one.snapshot.object_bytes)}, ledger line {one.snapshot.ledger_seq}"
            + (f", {len(one.snapshot.missing)} OBJECTS MISSING" if one.snapshot.missing else "")
            if one.snapshot
            else f"       {one.problem}"
            for one in listed
        ),
        *([] if listed else ["no snapshot yet"]),
    )
    return 1 if any(one.problem for one in listed) else 0


@archive_command()
@_elsewhere
@click.option("--quick", is_flag=True, help="Look at names, sizes and directories only, not at every byte.")
def verify(call: Call, repository: str | None, keys_folder: Path | None, quick: bool) -> int:
    """Read the whole repository and name what is damaged, missing or foreign."""
    progress = shares("verified")
    if keys_folder is not None and repository is not None:
        done = check.check(open_target(repository), keys.load(keys_folder), all_bytes=not quick, progress=progress)
    else:
        with call.archive() as archive:
            (place,) = _places(archive, repository or archive.settings.backup_targets[0].name)
            done = places.verify(archive, OPERATOR, place, all_bytes=not quick, progress=progress)
    call.say(
        done,
        *(f"{problem.kind}: {problem.name}: {problem.detail}" for problem in done.problems),
        f"{done.snapshots} snapshots, {done.objects} objects in the newest, {done.packs} packs, {_mb(done.bytes)}: "
        + (f"{len(done.problems)} problems" if done.problems else "whole"),
    )
    return 1 if done.problems else 0


@archive_command()
@_elsewhere
@click.option(
    "--give-up", is_flag=True, help="Forget snapshots that cannot be restored, and miss missing ones no longer."
)
@click.option(
    "--credentials", type=click.Path(path_type=Path), help="A credential that may remove, where the usual one may not."
)
def repair(
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
            (place,) = _places(archive, repository or archive.settings.backup_targets[0].name)
            if credentials is not None:
                place = replace(place, credentials=str(credentials.absolute()))
            done = places.repair(archive, OPERATOR, place, give_up=give_up, progress=progress)
    call.say({**asdict(done), "whole": done.whole}, *repairing.lines(done))
    return 0 if done.whole else 1


@archive_command()
@click.option("--from", "repository", metavar="REPOSITORY", help="The repository to restore from.")
@click.option("--keys", "keys_folder", type=click.Path(path_type=Path), help="A copy of the folder keys/.")
@_backup_key.unlocking_options
@click.option("--to", "home", type=click.Path(path_type=Path), help="The new home: empty or not there.")
@click.option("--snapshot", default="", help="Id or number of a snapshot; the newest unless given.")
@click.option("--no-index", is_flag=True, help="Leave building the search index to the service.")
@click.option("--record", default="", metavar="ID", help="Only this record: its files and what was known of it.")
@click.option("--at", "moment", default="", metavar="DATE", help="As of this day or instant; for --record.")
@click.option("--anchor", "anchors", multiple=True, type=click.Path(path_type=Path), help="A file with an anchor.")
@click.option("--replace", "wish", default="", metavar="WISH", help="Put the live archive at --home back, as agreed.")
def restore(
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
        with _keys(target, keys_folder, _backup_key.unlocking(with_passphrase, key_file, with_shares)) as folder:
            brought = one_record.bring(target, folder, record, home, at=_moment(moment))
        call.say(
            brought,
            f"record {record} as of {brought.taken_at} (snapshot {brought.number}) is in {brought.folder}",
            *(str(path) for path in brought.files),
            *(f"destroyed since, cannot be had back: file {n}" for n, _ in enumerate(brought.destroyed, 1)),
        )
        return 1 if brought.destroyed else 0
    with _keys(target, keys_folder, _backup_key.unlocking(with_passphrase, key_file, with_shares)) as folder:
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
        f"{done.objects} objects, {_mb(done.bytes)} in {done.seconds:.1f} s",
        "index left to the service" if no_index else f"{done.indexed} records indexed in {done.index_seconds:.1f} s",
        f"ledger whole up to line {done.ledger_seq}, {done.ledger_digest[:16]}",
        *([f"{done.destroyed} objects were destroyed since and stay destroyed"] if done.destroyed else []),
        *(f"warning: {warning}" for warning in done.warnings),
        *(f"missing already when the snapshot was taken: object {address}" for address in done.missing),
    )
    return 1 if done.missing else 0


@archive_command()
@click.option("--to", "repository", metavar="REPOSITORY", help="Another repository than the one in the settings.")
@click.option("--dry-run", is_flag=True, help="Only say which snapshots would be forgotten.")
@click.option(
    "--credentials", type=click.Path(path_type=Path), help="A credential that may remove, where the usual one may not."
)
def forget(call: Call, repository: str | None, dry_run: bool, credentials: Path | None) -> None:
    """Forget old snapshots by the rule of the settings, and remove what nothing needs any more."""
    with call.archive() as archive:
        (place,) = _places(archive, repository or archive.settings.backup_targets[0].name)
        if credentials is not None:
            place = replace(place, credentials=str(credentials.absolute()))
        done = places.thin(archive, OPERATOR, place, only_say=dry_run)
    call.say(
        done,
        f"{len(done.snapshots)} snapshots {'would be ' if dry_run else ''}forgotten, {done.kept} kept",
        *([] if dry_run else [f"{done.packs} packs removed or rewritten, {_mb(done.bytes)} taken away"]),
    )


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


@archive_command()
@click.option("--from", "repository", metavar="PLACE", help="Another place than the first of the settings.")
@_backup_key.unlocking_options
def drill(call: Call, repository: str | None, with_passphrase: bool, key_file: Path | None, with_shares: bool) -> int:
    """Rehearse a restore: into a scratch copy, asked fixed questions, measured, reported as a record, removed.

    With a passphrase, key file or shares, the keys come from the repository, as they would if this machine had burnt.
    """
    has = _backup_key.unlocking(with_passphrase, key_file, with_shares)
    with call.archive() as archive:
        (place,) = _places(archive, repository or archive.settings.backup_targets[0].name)
        done = rehearsing.rehearse(archive, OPERATOR, place, unlocking=has, progress=shares("restored"))
    call.say(
        {**asdict(done), "passed": done.passed},
        f"snapshot {done.number} of {done.taken_at}, {done.objects} objects, opened with {done.key} {done.key_check}",
        f"would have been lost {done.rpo_s:.0f} s (RPO), answering again after {done.rto_s:.1f} s (RTO)",
        *(f"{'good' if one.passed else 'BAD '}  {one.name}: {one.detail}" for one in done.assertions),
        f"report {done.record}: {'passed' if done.passed else 'FAILED'}",
    )
    return 0 if done.passed else 1


@archive_command()
def status(call: Call) -> int:
    """How the backups are: places, what is late or damaged, and vital records that are in none."""
    with call.archive() as archive:
        seen = state.of(archive, OPERATOR)
    call.say(
        {
            "safe_until": seen.safe_until,
            "urgent": seen.urgent,
            "alarms": [asdict(one) for one in seen.alarms],
            "places": [
                {"name": one.place.name, "safe_until": one.safe_until, "clean_since": one.clean_since}
                for one in seen.places
            ],
            "vital": seen.vital,
            "uncovered": list(seen.uncovered),
        },
        *(f"{one.place.name}: whole as of {one.safe_until or 'never'}" for one in seen.places),
        f"{seen.vital} vital records, {len(seen.uncovered)} in no backup found whole",
        *seen.uncovered,
        *(" ".join(filter(None, ("ALARM", one.code, one.place, one.detail))) for one in seen.alarms),
    )
    return 1 if seen.urgent else 0


@contextmanager
def _keys(target: Target, folder: Path | None, unlocking: Unlocking | None) -> Generator[Path]:
    """The key folder that was given, or one made for the moment from what opens a slot."""
    if (folder is None) == (unlocking is None):
        raise click.UsageError("Give one of --keys, --passphrase, --key-file and --shares.")
    if folder is not None:
        yield folder
        return
    assert unlocking is not None
    with tempfile.TemporaryDirectory(prefix="muniment-keys-") as made:
        slots.recover(target, unlocking, Path(made))
        yield Path(made)


def _opened(call: Call, repository: str | None, keys_folder: Path | None) -> tuple[Target, Keys]:
    """Repository and key as given, else those of the home. The archive itself need not be there."""
    if repository is None or keys_folder is None:
        settings = config.load(call.home)
        known = [p for p in settings.backup_targets if repository in (None, p.name, p.location)]
        keys_folder = keys_folder or settings.keys
        if known:
            credentials = settings.home / known[0].credentials if known[0].credentials else None
            return open_target(known[0].location, credentials), keys.load(keys_folder)
    assert repository is not None
    return open_target(repository), keys.load(keys_folder)


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


for one in (run, list_, verify, repair, restore, drill, forget, status, _backup_key.command):
    command.add_command(one, "key" if one is _backup_key.command else None)
