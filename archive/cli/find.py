"""`muniment find`: search."""

import click

from archive import labels, search
from archive.cli import Call, archive_command
from archive.search import Found, Question

KINDS = (*dict.fromkeys(labels.FORMATS.values()), "other")


@archive_command()
@click.argument("query")
@click.option("--as", "login", help="Search as this person, with their rights.")
@click.option("--class", "classes", multiple=True, help="Only this class (may be repeated).")
@click.option("--level", "levels", multiple=True, type=click.IntRange(0, 3), help="Only this level (may be repeated).")
@click.option("--site", "sites", multiple=True, help="Only this site (may be repeated).")
@click.option("--department", "departments", multiple=True, help="Only this department (may be repeated).")
@click.option("--format", "formats", multiple=True, type=click.Choice(KINDS), help="Only files of this kind.")
@click.option("--carrier", "carriers", multiple=True, type=click.Choice(labels.CARRIERS), help="Where the original is.")
@click.option("--from", "year_from", type=click.IntRange(1, 9999), help="First year of the document date.")
@click.option("--to", "year_to", type=click.IntRange(1, 9999), help="Last year of the document date.")
@click.option("--sort", default="relevance", type=click.Choice(search.SORTS), show_default=True)
@click.option("--page", default=1, type=click.IntRange(1), show_default=True)
@click.option("--size", default=20, type=click.IntRange(1, search.SIZE_MAX), show_default=True)
def command(
    call: Call,
    query: str,
    login: str | None,
    classes: tuple[str, ...],
    levels: tuple[int, ...],
    sites: tuple[str, ...],
    departments: tuple[str, ...],
    formats: tuple[str, ...],
    carriers: tuple[str, ...],
    year_from: int | None,
    year_to: int | None,
    sort: str,
    page: int,
    size: int,
) -> int:
    """Find records by their title, number, parties or text."""
    question = Question(
        query,
        classes,
        levels,
        sites,
        departments,
        formats,
        carriers,
        year_from,
        year_to,
        sort,
        page,
        size,
    )
    with call.archive() as archive:
        answer = search.find(archive, call.actor(archive, login), question)
    if answer.problem:
        raise click.UsageError(answer.problem)
    data = {
        "total": answer.total,
        "took_ms": round(answer.took_ms, 2),
        "hits": [_hit(found) for found in answer.hits],
        "facets": answer.facets,
    }
    lines = [f"{answer.total} found in {answer.took_ms:.0f} ms"]
    for found in answer.hits:
        where = f"  {found.record.shelf_location}" if found.record.shelf_location else ""
        lines.append(f"{found.record.id}  {found.record.class_code or '----'}  {found.record.title}{where}")
        if found.standing.lent:
            lines.append(f"    out{f' until {found.standing.back_at:%Y-%m-%d}' if found.standing.back_at else ''}")
        lines += [f"    p.{one.page}  {_marked(one.parts)}" for one in found.snippets[:1]]
    call.say(data, *lines)
    return 0


def _hit(found: Found) -> dict[str, object]:
    record = found.record
    return {
        "id": record.id,
        "title": record.title,
        "number": record.doc_number,
        "class": record.class_code,
        "level": record.level,
        "site": record.site,
        "lifecycle": record.lifecycle,
        "location": record.shelf_location,
        "page": found.page,
        "may_read": found.may_read,
        "may_apply": found.may_apply,
        "lent": found.standing.lent,
        "snippets": ["".join(text for text, _ in one.parts) for one in found.snippets],
    }


def _marked(parts: tuple[tuple[str, bool], ...]) -> str:
    return "".join(f"[{text}]" if marked else text for text, marked in parts)
