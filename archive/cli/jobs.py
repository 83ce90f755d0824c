"""`muniment jobs`: work that was given up, and trying it again."""

import click

from access.actors import OPERATOR
from archive import status
from archive.cli import Call, archive_command


@click.group(no_args_is_help=True)
def command() -> None:
    """Work that was given up after several tries."""


@archive_command(name="list")
def list_(call: Call) -> None:
    """Which jobs were given up, and why."""
    with call.archive() as archive:
        dead = status.of(archive, OPERATOR).dead_jobs
    call.say(dead, *(f"{job.id}  {job.kind}  {job.error}" for job in dead), *(() if dead else ("none",)))


@archive_command()
@click.argument("job_id", metavar="[ID]", type=int, required=False)
@click.option("--all", "every", is_flag=True, help="Try all of them again.")
def retry(call: Call, job_id: int | None, every: bool) -> None:
    """Try a job again, or all of them; a running service takes them up at once."""
    if (job_id is None) != every:
        raise click.UsageError("Say which job, or --all.")
    with call.archive() as archive:
        count = status.retry_jobs(archive, OPERATOR, job_id)
    call.say({"retried": count}, f"{count} to be done again")


command.add_command(list_)
command.add_command(retry)
