"""What somebody has in hand who has no key folder: a passphrase, a key file, or two shares."""

import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from archive.backups import slots
from archive.backups.slots import THRESHOLD, Unlocking
from archive.backups.targets import Target


def unlocking_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """How somebody says what they have in hand: --passphrase, --key-file or --shares."""
    for option in (
        click.option(
            "--shares", "with_shares", is_flag=True, help="Two shares: asked for, or lines of standard input."
        ),
        click.option("--key-file", type=click.Path(path_type=Path), help="A file made by `muniment backup key file`."),
        click.option(
            "--passphrase", "with_passphrase", is_flag=True, help="A passphrase: asked for, or standard input."
        ),
    ):
        function = option(function)
    return function


def unlocking(with_passphrase: bool, key_file: Path | None, with_shares: bool) -> Unlocking | None:
    """What was said on the command line; None if nothing was."""
    if sum((with_passphrase, key_file is not None, with_shares)) > 1:
        raise click.UsageError("Give one of --passphrase, --key-file and --shares.")
    if with_passphrase:
        return Unlocking(passphrase=asked("Passphrase", not sys.stdin.isatty()))
    if key_file is not None:
        return Unlocking(key_file=slots.key_file_text(key_file))
    if with_shares:
        return Unlocking(shares=tuple(_shares()))
    return None


@contextmanager
def keys_at_hand(target: Target, folder: Path | None, unlocking: Unlocking | None) -> Generator[Path]:
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


def asked(what: str, from_stdin: bool, *, confirm: bool = False) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return click.prompt(what, hide_input=True, confirmation_prompt=confirm)


def _shares() -> Iterator[str]:
    for number in range(1, THRESHOLD + 1):
        yield click.prompt(f"Share {number}") if sys.stdin.isatty() else sys.stdin.readline()
