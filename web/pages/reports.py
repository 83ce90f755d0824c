"""Printouts: which there are for whoever is signed in, and each as a file."""

from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from archive import choices, printing, reports
from archive.errors import Invalid, NotFound
from archive.reports import Printed
from web import current, language, navigation, sentences

OPEN_MAX = 3
"""So few printouts are shown unfolded."""

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


@blueprint.get("/")
def every() -> str:
    return _every()


@blueprint.get("/<name>.<form>")
def one(name: str, form: str) -> ResponseReturnValue:
    """The file; where it cannot be made as asked, the form again, with what was typed and what is wrong with it."""
    try:
        return as_file(print_out(name, form))
    except (Invalid, NotFound) as error:
        if name not in reports.offered(current.actor(), language.language()) or not reports.open_report(name).ASKED:
            raise
        return _every(name, sentences.sentence(error), error.field), 404 if isinstance(error, NotFound) else 422


def _every(wrong: str = "", problem: str = "", field: str = "") -> str:
    archive, actor = current.archive(), current.actor()
    q = "" if wrong else request.args.get("q", "").strip()[:60]
    offered = [
        (name, title, reports.open_report(name))
        for name, title in reports.offered(actor, language.language()).items()
        if _called(q, name)
    ]
    grouped = [
        (group, label, [each for each in offered if group == each[2].GROUP])
        for group, label in zip(reports.GROUPS, navigation.LABELS, strict=True)
    ]
    kinds = {one.kind for _, _, report in offered for one in report.ASKED}
    return render_template(
        "reports/every.html",
        groups=[each for each in grouped if each[2]],
        open=0 < len(offered) <= OPEN_MAX,
        q=q,
        forms=sorted(printing.forms(), key=lambda form: form != "pdf"),
        wrong=wrong,
        problem=problem,
        field=field,
        said=request.args if wrong else {},
        choices={kind: choices.of(archive, actor, kind) for kind in kinds & choices.CHOICES.keys()},
        closed=choices.CLOSED,
    )


def _called(q: str, name: str) -> bool:
    """Does a printout answer to what somebody typed: a piece of its name in either language, or of its file?"""
    return q.lower() in " ".join((name, *reports.open_report(name).TITLE.values())).lower()


def print_out(name: str, form: str) -> Printed:
    asked = {key: value.strip() for key, value in request.args.items()}
    return reports.print_out(current.archive(), current.actor(), name, asked, form=form, language=language.language())


def as_file(printed: Printed) -> Response:
    return send_file(BytesIO(printed.content), printed.media_type, as_attachment=True, download_name=printed.file_name)
