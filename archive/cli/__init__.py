"""The command line: `muniment …`. One file per command in this folder; the file name is the command.

A command module has `command: click.Command`, made with `@archive_command`. Exit status: 0 good, 1 a check or
an operation failed, 2 wrong usage. An error is one sentence on standard error, never a traceback.
"""

import errno
import json
import logging
import os
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, TypeVar, cast

import click

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import config
from archive.app import Archive, open_archive
from archive.errors import ArchiveError
from archive.threads import Progress
from indexer.errors import IndexerError

DEFAULT_HOME = "muniment-home"
TELL_S = 3.0
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Call:
    """What every command is told: which home, and whether a program is listening."""

    home: Path = Path(DEFAULT_HOME)
    json: bool = False

    @contextmanager
    def archive(self) -> Generator[Archive]:
        archive = open_archive(self.home)
        try:
            yield archive
        finally:
            archive.close()

    def actor(self, archive: Archive, login: str | None) -> Actor:
        """The person named with --as, else the operator of this shell, who stands in every line written either way."""
        if not login:
            return OPERATOR
        # Most commands act as nobody else, and need not know what people may do.
        from archive import people

        archive.by = OPERATOR.id
        return people.named(archive, login)

    def serve(self, rest: str) -> int:
        """Serve the home in one process tree until stopped; `rest` follows the address in the ready line.

        Returns the exit status: 1 when a role could not run.
        """
        from archive import supervisor

        return supervisor.run(
            config.load(self.home).home,
            supervisor.stop_on_signals(),
            ready=lambda address: click.echo(f"ready {address} {rest}"),
        )

    def say(self, data: Any, *lines: str) -> None:
        """Print the data for a program, the lines for a person."""
        if self.json:
            click.echo(json.dumps(plain(data), ensure_ascii=False))
        else:
            for line in lines:
                click.echo(line)


class Commands(click.Group):
    """Commands are the modules of a folder, imported when they are asked for; move_objects is `move-objects`."""

    def __init__(self, *arguments: Any, package: str = __name__, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 — click hands it over
        return sorted(
            module.name.replace("_", "-")
            for module in iter_modules(import_module(self._package).__path__)
            if not module.name.startswith("_")
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        return import_module(f"{self._package}.{cmd_name.replace('-', '_')}").command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.list_commands(ctx) and not args[0].startswith("-"):
            raise click.UsageError(
                f"There is no command {args[0]!r}; there are: {', '.join(self.list_commands(ctx))}.", ctx
            )
        return super().resolve_command(ctx, args)


def common(function: F) -> F:
    """Give a command --home and --json; it may follow the command as well as `muniment`."""

    def set_home(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
        if value is not None:
            ctx.ensure_object(Call).home = value

    def set_json(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            ctx.ensure_object(Call).json = True

    home = click.option(
        "--home",
        type=click.Path(path_type=Path),
        expose_value=False,
        callback=set_home,
        help=f"Home directory of the archive (MUNIMENT_HOME; default ./{DEFAULT_HOME}).",
    )
    as_json = click.option(
        "--json", is_flag=True, expose_value=False, callback=set_json, help="Print machine-readable JSON."
    )
    return home(as_json(function))


def archive_command(**settings: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A command with --home and --json that is handed its Call first."""
    return lambda function: click.command(**settings)(common(click.pass_obj(function)))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@common
@click.version_option(package_name="muniment", message="%(version)s")
def group() -> None:
    """Muniment: document management and records archive. The home is ./muniment-home unless said otherwise."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    _log_to_stderr()
    call = Call(home=Path(os.environ.get("MUNIMENT_HOME", DEFAULT_HOME)))
    try:
        status = group.main(arguments, prog_name="muniment", standalone_mode=False, obj=call)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "muniment"
        return _fail(f"{' '.join(error.format_message().split())} See: {where} --help", 2)
    except click.Abort:
        return _fail("Stopped.", 130)
    except (ArchiveError, IndexerError, Denied) as error:
        return _fail(str(error), 1)
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        hint = " Make room and try again; nothing was lost." if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        return _fail(f"{error.strerror or error}{where}.{hint}", 1)
    except Exception:  # noqa: BLE001 — the outermost door: what nobody foresaw still ends in one sentence
        return _fail(_unforeseen(call.home), 1)
    return status if isinstance(status, int) else 0


def shares(word: str) -> Progress:
    """Progress told on standard error, as a share, every few seconds."""
    told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if total and time.monotonic() - told > TELL_S:
            told = time.monotonic()
            click.echo(f"{100 * done // total} % {word}", err=True)

    return tell


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(inner) for key, inner in asdict(value).items()}
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in cast("Iterable[Any]", value)]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def _fail(sentence: str, status: int) -> int:
    click.echo(f"muniment: {sentence}", err=True)
    return status


def _unforeseen(home: Path) -> str:
    """Keep the traceback for whoever mends it, and say where."""
    reference = secrets.token_hex(4)
    folder = home / "logs" if (home / "logs").is_dir() else Path.cwd()
    file = folder / f"error-{reference}.txt"
    try:
        file.write_text(traceback.format_exc(), "utf-8")
    except OSError:
        return f"Something unforeseen happened ({sys.exc_info()[1]!r}); nothing was changed half-way."
    return f"Something unforeseen happened; the details are in {file}, please send it to whoever maintains this."


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s", stream=sys.stderr)
    # Migrations and page drawing are not news.
    for chatty in ("alembic", "PIL", "watchdog", "flask", "waitress"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
