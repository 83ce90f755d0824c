"""What proves which clause of the standard and which goal, with how much of it there is."""

from flask import Blueprint, Response, render_template, request, url_for

from archive import evidence, evidence_packages, naming, reports
from archive.errors import Invalid
from web import charts, current, files, language, navigation

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
        chinese=language.language() == "zh",
    )


@blueprint.get("/package.zip")
def package() -> Response:
    """The evidence of a period in one sealed file; it begins to come while it is made."""
    first, last = (naming.parsed_date(request.args.get(name, "")) for name in ("from", "to"))
    if first is None or last is None:
        raise Invalid("Say from which day until which.", "no-period")
    parts = evidence_packages.pack(current.archive(), current.actor(), first, last, language=language.language())
    response = Response(parts, mimetype="application/zip")
    response.headers["Content-Disposition"] = files.disposition(f"evidence-{first}-{last}.zip")
    return response
