"""What proves which clause of the standard and which goal, with how much of it there is."""

from flask import Blueprint, render_template, request, url_for

from archive import errands, evidence, reports
from web import charts, current, errand_words, language, navigation

blueprint = Blueprint("evidence", __name__, url_prefix="/evidence")


@blueprint.get("")
def index() -> str:
    archive, actor = current.archive(), current.actor()
    year = request.args.get("year", 0, int)
    found = evidence.index(archive, actor, year=year if 1990 <= year <= 2200 else 0)
    return render_template(
        "evidence/index.html",
        found=found,
        printouts=reports.offered(actor, language.language()),
        places={url_for(place.endpoint): place.label for group in navigation.groups() for place in group.open},
        charts=charts,
        packages=errands.mine(archive, actor, "evidence"),
        told=errand_words,
        chinese=language.language() == "zh",
    )
