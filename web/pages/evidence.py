"""What proves which clause of the standard and which goal, with how much of it there is."""

from flask import Blueprint, render_template, request, url_for

from archive import errands, evidence, naming, reports
from archive.errors import Invalid
from web import charts, current, errand_words, language, navigation, sentences

blueprint = Blueprint("evidence", __name__, url_prefix="/evidence")


@blueprint.get("")
def index() -> str:
    archive, actor = current.archive(), current.actor()
    wrong_year = ""
    try:
        found = evidence.index(archive, actor, year=naming.parsed_year(request.args.get("year", "")))
    except Invalid as error:
        found, wrong_year = evidence.index(archive, actor), sentences.sentence(error)
    return render_template(
        "evidence/index.html",
        found=found,
        wrong_year=wrong_year,
        printouts=reports.offered(actor, language.language()),
        places={url_for(place.endpoint): place.label for group in navigation.groups() for place in group.open},
        charts=charts,
        packages=errands.mine(archive, actor, "evidence"),
        told=errand_words,
        chinese=language.language() == "zh",
        **_period(found),
    )


def _period(found: evidence.Index) -> dict[str, object]:
    """What the form of a package holds: what was entered and why it cannot be, or else the period of the page."""
    entered = {name: request.args[name] for name in errand_words.ENTERED["evidence"] if name in request.args}
    if not entered:
        return {"entered": {"from": found.first, "to": found.last}, "problem": "", "wrong": ()}
    try:
        errands.KINDS["evidence"].checked(entered)
    except Invalid as error:
        wrong = [name for name in errand_words.ENTERED["evidence"] if not _is_day(entered.get(name, ""))]
        return {"entered": entered, "problem": sentences.sentence(error), "wrong": wrong or list(entered)}
    return {"entered": entered, "problem": "", "wrong": ()}


def _is_day(said: str) -> bool:
    try:
        return naming.parsed_date(said) is not None
    except Invalid:
        return False
