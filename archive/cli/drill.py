"""`muniment drill`: retrieval drills (clause 2.1)."""

import click

from archive import drills
from archive.cli import Call, archive_command

AS = click.option("--as", "login", required=True, help="Who conducts it, with their rights.")


@click.group(no_args_is_help=True)
def command() -> None:
    """Retrieval drills: items are drawn, somebody is timed in the browser, the result is filed as a record."""


@archive_command(name="list")
@AS
def list_(call: Call, login: str) -> None:
    """Every drill, the latest first."""
    with call.archive() as archive:
        shown = drills.every(archive, call.actor(archive, login))
    call.say(
        [{"id": one.drill.id, "number": one.drill.number, "passed": one.drill.passed} for one in shown],
        *(
            f"{one.drill.number}  {one.person.login if one.person else '':16} {one.drill.passed}/{len(one.drill.tasks)}"
            f"  {'closed' if one.drill.closed_at else 'open'}  {one.drill.id}"
            for one in shown
        ),
    )


@archive_command()
@AS
@click.argument("person")
@click.option("--each", default=5, type=click.IntRange(1, drills.EACH_MAX), show_default=True, help="Items each way.")
@click.option("--site", default="", help="Draw from this site only.")
@click.option("--seed", default="", help="Random start value; drawn and kept if there is none.")
def begin(call: Call, login: str, person: str, each: int, site: str, seed: str) -> None:
    """Draw items for PERSON, who answers in the browser at /evidence/drill."""
    with call.archive() as archive:
        actor = call.actor(archive, login)
        drill = drills.begin(archive, actor, login=person, site=site, each=each, seed=seed)
    call.say(
        {"id": drill.id, "number": drill.number, "seed": drill.seed}, f"{drill.number}  seed {drill.seed}  {drill.id}"
    )


@archive_command()
@AS
@click.argument("drill_id")
@click.option("--early", is_flag=True, help="Although questions are left that were never asked.")
def close(call: Call, login: str, drill_id: str, early: bool) -> None:
    """End a drill and file its report."""
    with call.archive() as archive:
        drill = drills.close(archive, call.actor(archive, login), drill_id, early=early)
    call.say(
        {"number": drill.number, "passed": drill.passed, "items": drill.asked, "record": drill.record_id},
        f"{drill.number}: {drill.passed} of {drill.asked} within {drill.limit_s} s; filed as {drill.record_id}",
    )


for one in (list_, begin, close):
    command.add_command(one)
