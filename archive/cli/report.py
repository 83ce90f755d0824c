"""`muniment report`: any printout of the house, as PDF, workbook or CSV."""

from pathlib import Path

import click

from archive import printing, reports
from archive.cli import Call, archive_command
from archive.errors import Invalid


@archive_command(name="report")
@click.argument("name", required=False, default="")
@click.option("--format", "form", type=click.Choice(printing.forms()), default="pdf", help="Default: pdf.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; default: NAME-DATE.FORM."
)
@click.option(
    "--set", "asked", multiple=True, metavar="NAME=VALUE", help="What the report is asked for; may be repeated."
)
@click.option(
    "--language", type=click.Choice(["zh", "en"]), help="Language of the printout; default: that of the archive."
)
@click.option("--as", "login", metavar="PERSON", help="With the rights of this person.")
def command(
    call: Call,
    name: str,
    form: str,
    output: Path | None,
    asked: tuple[str, ...],
    language: str | None,
    login: str | None,
) -> None:
    """Print report NAME; without a name, list the reports there are."""
    with call.archive() as archive:
        actor = call.actor(archive, login)
        language = language or archive.settings.language
        if not name:
            offered = reports.offered(actor, language)
            call.say(offered, *(f"{one:24} {title}" for one, title in offered.items()))
            return
        printed = reports.print_out(archive, actor, name, _pairs(asked), form=form, language=language)
    file = output or Path(printed.file_name)
    file.write_bytes(printed.content)
    call.say({"file": str(file), "bytes": len(printed.content)}, str(file))


def _pairs(asked: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in asked]
    wrong = [name for name, sign, _ in pairs if not sign or not name]
    if wrong:
        raise Invalid(f"Write what the report is asked for as NAME=VALUE, not {wrong[0]!r}.", "bad-parameter")
    return {name: value for name, _, value in pairs}
