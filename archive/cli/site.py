"""`muniment site`: the sites whose records are kept."""

import click

from access.actors import OPERATOR
from archive import organisation
from archive.cli import Call, archive_command
from archive.model import Site


@click.group(no_args_is_help=True)
def command() -> None:
    """Sites, each with a fonds of its own."""


@archive_command()
@click.argument("code")
@click.argument("name")
@click.option("--name-en", default="", help="Its English name.")
@click.option("--fonds", default="", help="Code of its fonds, at most four letters; the code of the site if not given.")
def add(call: Call, code: str, name: str, name_en: str, fonds: str) -> None:
    """Begin a site. Whoever is to work there is given it with: muniment people rights NAME --site CODE."""
    site = Site(code, name.strip(), name_en.strip(), fonds or code)
    with call.archive() as archive:
        organisation.add_site(archive, OPERATOR, site)
    call.say(site, f"{site.code} {site.name}")


@archive_command(name="list")
def list_(call: Call) -> None:
    """Show the sites."""
    with call.archive() as archive, archive.read() as tx:
        sites = tx.organisation.sites()
    call.say(sites, *(f"{one.code:10} {one.fonds_code:4}  {one.name} {one.name_en}".rstrip() for one in sites))


for one in (add, list_):
    command.add_command(one)
