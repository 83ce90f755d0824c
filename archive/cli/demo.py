"""`muniment demo`: a demo company to try everything with."""

from pathlib import Path

import click

from archive import config
from archive.cli import DEFAULT_HOME, Call, archive_command
from archive.demo.company import PEOPLE
from archive.demo.moving_in import PASSWORD, move_in

DEMO_HOME = Path("muniment-demo")


@archive_command()
@click.option("--no-serve", is_flag=True, help="Make the demo company and return.")
def command(call: Call, no_serve: bool) -> int:
    """Make a demo company (all of it invented) and serve it."""
    if call.home == Path(DEFAULT_HOME):
        call.home = DEMO_HOME
    move_in(call.home, progress=_progress)
    inbox = config.load(call.home).inboxes[0].path
    people = " ".join(f"{person.login}({'+'.join(person.roles)},{person.clearance})" for person in PEOPLE)
    if no_serve:
        call.say({"home": call.home, "password": PASSWORD}, f"The demo company is at {call.home}.")
        return 0
    click.echo("People of the demo company; the password of each is " + PASSWORD)
    for person in PEOPLE:
        rights = f"{', '.join(person.roles)}, clearance {person.clearance}, {'/'.join(person.sites)}"
        click.echo(f"  {person.login:12} {person.name}\t{rights}")
    return call.serve(f"inbox={inbox} password={PASSWORD} people={people}")


def _progress(doing: str, done: int, total: int) -> None:
    if done % 50 == 0 or done == total:
        click.echo(f"{doing} the records of the demo company: {done}/{total}", err=True)
