"""`muniment index`: the full-text index."""

import click

from access.actors import OPERATOR
from archive import indexing, status
from archive.cli import Call, archive_command
from archive.errors import Conflict


@click.group(no_args_is_help=True)
def command() -> None:
    """The index. It is disposable: it can always be built anew from the archive."""


@archive_command(name="status")
def status_(call: Call) -> None:
    """Which index is in use, and how far it is behind."""
    with call.archive() as archive:
        now = status.of(archive, OPERATOR)
    call.say(
        {
            "index": now.index,
            "backlog": now.index_backlog,
            "lag_s": now.index_lag_s,
            "trouble": now.index_trouble,
            "missing": now.index_missing,
            "given_up": now.index_given_up,
            "progress": now.index_progress,
        },
        f"{now.index or 'none yet'}: {now.index_backlog} waiting, {now.index_lag_s:.1f} s behind"
        + status.INDEX_TROUBLES[now.index_trouble].format(now.index_missing)
        + (status.GIVEN_UP.format(now.index_given_up) if now.index_given_up else "")
        + (f", rebuilding {now.index_progress}" if now.index_progress else ""),
    )


@archive_command()
def rebuild(call: Call) -> None:
    """Build the index anew beside the one in use; searching goes on meanwhile."""
    with call.archive() as archive:
        try:
            with indexing.writing(archive):
                fresh = indexing.rebuild(archive, OPERATOR, indexing.open_writer(archive), progress=_progress)
                count = fresh.count()
                fresh.close()
        except Conflict as held:
            if held.code != "index-held":
                raise
            indexing.want_rebuild(archive, OPERATOR)
            call.say({"requested": True}, "The running service rebuilds it; follow it with: muniment index status")
            return
    call.say({"entries": count}, f"{count} records are in the new index.")


def _progress(done: int, total: int) -> None:
    click.echo(f"{done}/{total}", err=True)


for one in (status_, rebuild):
    command.add_command(one)
