"""`muniment show`: what is known of a record."""

import click

from archive import records
from archive.cli import Call, archive_command


@archive_command()
@click.argument("record_id", metavar="ID")
@click.option("--as", "login", help="Look as this person, with their rights.")
@click.option("--text", is_flag=True, help="Print the text that was read from its files as well.")
def command(call: Call, record_id: str, login: str | None, text: bool) -> None:
    """Describe a record."""
    with call.archive() as archive:
        actor = call.actor(archive, login)
        seen = records.view(archive, actor, record_id)
        pages = records.text(archive, actor, record_id) if text else ()
    record = seen.record
    lines = [
        f"{record.title}",
        f"  id {record.id} · {record.lifecycle} · level {record.level}",
        f"  class {record.class_code or '-'} · site {record.site or '-'} · department {record.department or '-'}",
        f"  number {record.doc_number or '-'} · issuer {record.issuer or '-'}",
        f"  parties {'; '.join(record.parties) or '-'}",
        f"  document date {record.document_date or '-'} · captured {record.captured_at:%Y-%m-%d %H:%M:%S} UTC",
    ]
    if record.shelf_location:
        lines.append(f"  shelf {record.shelf_location}")
    if record.reason:
        lines.append(f"  in quarantine: {record.reason}")
    if seen.refusal:
        lines.append(f"  not to be read: {seen.refusal}")
    for component in seen.components:
        edge = "  " + "  " * component.depth
        lines.append(f"{edge}{component.file_name} · {component.media_type} · {component.size_bytes} bytes")
        lines.append(f"{edge}  SHA-256 {component.digest} · {component.id}")
        lines += [f"{edge}  {code}{': ' + detail if detail else ''}" for code, detail in component.cautions]
    for one in seen.versions:
        who = seen.people.get(one.added_by, one.added_by)
        now = " · current" if one.current else ""
        lines.append(f"  version {one.version} · {one.added_at:%Y-%m-%d %H:%M:%S} UTC · {who} · {one.file_name}{now}")
        lines += [f"    {one.why}"] if one.why else []
    for component_pages in pages:
        for number, page in enumerate(component_pages, 1):
            lines += [f"--- {number} ---", page]
    call.say(
        {
            "record": record,
            "components": seen.components,
            "versions": seen.versions,
            "may_read": seen.may_read,
            "text": pages,
        },
        *lines,
    )
