"""`muniment backup …`: encrypted, incremental, verified copies, and the way back. One file per command, as above.

Each imports only what it needs: whoever backs up from cron does not wait for what a restore is made of.
"""

import click

from archive.cli import Commands


@click.group(cls=Commands, package=__name__, no_args_is_help=True)
def command() -> None:
    """Backups of the archive, and the way back from them.

    The repository is the setting backup_repository (backups/ in the home unless it is set). Keep a copy of the
    folder keys/ somewhere else: without it no backup can be opened.
    """
