"""`muniment backup key`: ways back to the keys of the backups."""

from pathlib import Path

import click

from access.actors import OPERATOR
from archive import config
from archive.backups import ceremony, escrow, keys, sheet, slots
from archive.backups.targets import open_target
from archive.cli import Call, archive_command
from archive.cli.backup._unlocking import asked, unlocking, unlocking_options


@click.group(no_args_is_help=True)
def command() -> None:
    """Ways back to the keys: a passphrase, a key file, or two of three shares on paper.

    Each lies, locked, in every repository: a repository and one of them bring everything back, when the machine and
    its key folder are gone.
    """


@archive_command(name="list")
def list_(call: Call) -> None:
    """List the ways back to the keys."""
    folder = config.load(call.home).keys
    held, found = keys.load(folder), slots.every(folder)
    call.say(
        {
            "key_check": held.checks,
            "generation": len(held.generations),
            "slots": [
                {"id": one.id, "kind": one.kind, "made_at": one.made_at, "generation": one.generation} for one in found
            ],
        },
        f"key check {held.checks}, generation {len(held.generations)}",
        *(f"{one.id}  {one.kind:<10}  {one.made_at}" for one in found),
        *(
            []
            if found
            else ["no way back yet but the key folder itself: print shares with: muniment backup key shares"]
        ),
    )


@archive_command()
@click.option("--passphrase-stdin", is_flag=True, help="Read the passphrase from standard input.")
def passphrase(call: Call, passphrase_stdin: bool) -> None:
    """Let a passphrase open the keys."""
    with call.archive() as archive:
        slot = escrow.add_passphrase(archive, OPERATOR, asked("New passphrase", passphrase_stdin, confirm=True))
    call.say({"slot": slot.id}, f"slot {slot.id}: a passphrase opens the backups from the next run on")


@archive_command()
@click.argument("path", type=click.Path(path_type=Path))
def file(call: Call, path: Path) -> None:
    """Let a key file open the keys; it is written to PATH, on a disk of its own."""
    with call.archive() as archive:
        slot = escrow.add_key_file(archive, OPERATOR, path)
    call.say({"slot": slot.id, "path": path}, f"slot {slot.id}: {path} opens the backups from the next run on")


@archive_command()
@click.option(
    "--pdf", "path", type=click.Path(path_type=Path), help="Write the sheets as PDF, a page each, to be printed."
)
def shares(call: Call, path: Path | None) -> None:
    """Let two of three shares open the keys; they are shown, or put on sheets to print, once."""
    with call.archive() as archive:
        where = None if path is None else escrow.apart(archive, path)
        slot, made = escrow.add_shares(archive, OPERATOR)
        about = ceremony.head_of(archive, archive.now())
    if where is not None:
        keys.replace(where, sheet.pdf(about, slot, made))
        call.say(
            {"slot": slot.id, "path": where},
            f"slot {slot.id}: {where} holds three sheets; print them, hand each to another person, delete the file",
        )
        return
    call.say(
        {"slot": slot.id, "shares": list(made)},
        f"slot {slot.id}: any two of these open the backups from the next run on; they are shown only now",
        *(f"share {number}: {words}" for number, words in enumerate(made, 1)),
    )


@archive_command()
@click.argument("slot")
def revoke(call: Call, slot: str) -> None:
    """Take a way back away (its id, or the beginning of it)."""
    with call.archive() as archive:
        gone = escrow.revoke(archive, OPERATOR, slot)
    call.say(
        {"slot": gone.id},
        f"slot {gone.id} ({gone.kind}) is in no new copy; the next run removes it from the repositories",
        "if it fell into wrong hands, change the keys too: muniment backup key rotate",
    )


@archive_command()
def rotate(call: Call) -> None:
    """Seal everything from now on under a new key; what is there stays readable."""
    with call.archive() as archive:
        generation = escrow.rotate(archive, OPERATOR)
    call.say(
        {"generation": generation},
        f"key generation {generation}; every slot holds it",
        f"copy {call.home / 'keys'} to its escrow place again",
    )


@archive_command()
@unlocking_options
def check(call: Call, with_passphrase: bool, key_file: Path | None, with_shares: bool) -> None:
    """Prove that a passphrase, key file or two shares open the keys of today."""
    has = unlocking(with_passphrase, key_file, with_shares)
    if has is None:
        raise click.UsageError("Give one of --passphrase, --key-file and --shares.")
    with call.archive() as archive:
        slot = escrow.prove(archive, OPERATOR, has)
    call.say({"slot": slot.id, "kind": slot.kind}, f"slot {slot.id} ({slot.kind}) opens, and holds the keys of today")


@archive_command()
@click.option("--from", "repository", required=True, metavar="REPOSITORY", help="The repository with the slots.")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), help="The new key folder.")
@unlocking_options
def recover(
    call: Call, repository: str, folder: Path, with_passphrase: bool, key_file: Path | None, with_shares: bool
) -> None:
    """Make the key folder anew from a repository and a passphrase, key file or two shares."""
    has = unlocking(with_passphrase, key_file, with_shares)
    if has is None:
        raise click.UsageError("Give one of --passphrase, --key-file and --shares.")
    slot = slots.recover(open_target(repository), has, folder)
    call.say(
        {"slot": slot.id, "folder": folder, "key_check": keys.load(folder).checks},
        f"{folder} holds the keys again, key check {keys.load(folder).checks}",
    )


@archive_command()
@click.argument("folder", type=click.Path(path_type=Path))
def reader(call: Call, folder: Path) -> None:
    """Write keys to FOLDER that verify repositories, and can neither write them nor open an object."""
    with call.archive() as archive:
        folder = escrow.reader_keys(archive, OPERATOR, folder)
    call.say({"folder": folder}, f"with {folder} a repository can be verified from another machine")


for one in (list_, passphrase, file, shares, check, rotate, revoke, recover, reader):
    command.add_command(one)
