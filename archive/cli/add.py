"""`muniment add`: capture files."""

from pathlib import Path

import click

from access.rules import Denied
from archive import intake, versions, worker
from archive.app import Archive
from archive.cli import Call, archive_command
from archive.errors import ArchiveError, Conflict, Invalid
from archive.intake import Claims


@archive_command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "login", help="Act as this person.")
@click.option("--title", default="", help="Title; without one the file name is used.")
@click.option(
    "--class", "class_code", default="", help="Class of the file plan; with a title and a site the record is filed."
)
@click.option("--level", default=2, show_default=True, type=click.IntRange(0, 3), help="Confidentiality level.")
@click.option("--site", default="", help="Site the record belongs to.")
@click.option("--department", default="", help="Department the record belongs to.")
@click.option("--number", default="", help="The document's own number.")
@click.option("--date", "document_date", default="", help="Date of the document, as 2026-03-01.")
@click.option("--location", default="", help="Where the paper original stands.")
@click.option("--version-of", metavar="ID", help="The file is the next version of this record's file.")
@click.option("--attach-to", metavar="ID", help="The files are added to this record, beside what it has.")
@click.option("--why", default="", help="Why there is a new version, or another file.")
def command(
    call: Call,
    files: tuple[Path, ...],
    login: str | None,
    title: str,
    class_code: str,
    level: int,
    site: str,
    department: str,
    number: str,
    document_date: str,
    location: str,
    version_of: str | None,
    attach_to: str | None,
    why: str,
) -> int:
    """Capture files. They stay where they are; the archive keeps a copy."""
    claims = Claims(
        title=title,
        class_code=class_code,
        level=level,
        site=site,
        department=department,
        doc_number=number,
        document_date=document_date,
        shelf_location=location,
    )
    if version_of and (attach_to or len(files) > 1):
        raise click.UsageError("--version-of takes one file, and goes without --attach-to.")
    results: list[dict[str, str]] = []
    with call.archive() as archive:
        actor = call.actor(archive, login)
        for file in files:
            try:
                with intake.opened_source(file) as source:
                    if record_id := version_of or attach_to:
                        part = 1 if version_of else 0
                        made = versions.add(
                            archive, actor, record_id, source, file.name, why=why, part=part, door="command"
                        )
                        outcome = f"version {made.version}" if version_of else "attached"
                        results.append({"file": str(file), "outcome": outcome, "id": record_id, "component": made.id})
                        continue
                    arrival = intake.hand_in(archive, actor, source, file.name, claims, door="command")
            except (ArchiveError, Denied, OSError) as error:
                reason = str(error) if not isinstance(error, OSError) else error.strerror or str(error)
                results.append({"file": str(file), "outcome": "refused", "reason": reason})
            else:
                results.append({"file": str(file), "outcome": arrival.outcome, "id": arrival.record_id})
        _read_now(archive)
    call.say(
        results,
        *(
            f"{one['outcome']}  {one.get('id', '-')}  {one['file']}  {one.get('reason', '')}".rstrip()
            for one in results
        ),
    )
    refused = sum(one["outcome"] == "refused" for one in results)
    if refused:
        raise Invalid(f"{refused} of {len(results)} files were not taken in; see the reasons above.")
    return 0


def _read_now(archive: Archive) -> None:
    """Read and index here what was added, unless a running service does."""
    try:
        worker.until_idle(archive)
    except Conflict as held:
        if held.code != "index-held":
            raise
