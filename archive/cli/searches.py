"""`muniment searches`: questions that people keep under a name."""

import click

from archive import saved_searches, search
from archive.cli import Call, archive_command
from archive.search import Question

AS = click.option("--as", "login", required=True, help="Whose searches, with their rights.")


@click.group(no_args_is_help=True)
def command() -> None:
    """Saved searches: each belongs to one person, and is answered within their rights."""


@archive_command(name="list")
@AS
def list_(call: Call, login: str) -> None:
    """What is saved, and how much is new."""
    with call.archive() as archive:
        kept = saved_searches.mine(archive, call.actor(archive, login))
    call.say(
        [{"id": one.search.id, "name": one.search.name, "alert": one.search.alert, "news": one.news} for one in kept],
        *(f"{one.search.id}  {one.search.alert:8}  {one.news:5} new  {one.search.name}" for one in kept),
    )


@archive_command()
@AS
@click.argument("name")
@click.argument("query")
@click.option("--alert", default="none", type=click.Choice(saved_searches.ALERTS), show_default=True)
def save(call: Call, login: str, name: str, query: str, alert: str) -> None:
    """Keep a query under a name."""
    with call.archive() as archive:
        kept = saved_searches.save(archive, call.actor(archive, login), name, Question(query), alert=alert)
    call.say({"id": kept.id}, kept.id)


@archive_command()
@AS
@click.argument("search_id")
@click.option("--new", is_flag=True, help="Only what came in since this was last asked.")
def run(call: Call, login: str, search_id: str, new: bool) -> None:
    """What a saved search finds now."""
    with call.archive() as archive:
        actor = call.actor(archive, login)
        question = (
            saved_searches.news(archive, actor, search_id)
            if new
            else saved_searches.one(archive, actor, search_id).question
        )
        answer = search.find(archive, actor, question)
    call.say(
        {"total": answer.total, "hits": [{"id": hit.record.id, "title": hit.record.title} for hit in answer.hits]},
        f"{answer.total} found",
        *(f"{hit.record.id}  {hit.record.class_code or '----'}  {hit.record.title}" for hit in answer.hits),
    )


@archive_command()
@AS
@click.argument("search_id")
def delete(call: Call, login: str, search_id: str) -> None:
    """Delete a saved search."""
    with call.archive() as archive:
        saved_searches.forget(archive, call.actor(archive, login), search_id)
    call.say({"deleted": search_id}, "deleted")


for one in (list_, save, run, delete):
    command.add_command(one)
