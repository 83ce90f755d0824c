"""Printouts: which there are for whoever is signed in, and each as a file."""

from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from archive import printing, reports
from archive.reports import Printed
from web import current, language

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


@blueprint.get("/")
def every() -> str:
    actor = current.actor()
    offered = {
        name: (title, reports.open_report(name)) for name, title in reports.offered(actor, language.language()).items()
    }
    return render_template("reports/every.html", offered=offered, forms=printing.forms())


@blueprint.get("/<name>.<form>")
def one(name: str, form: str) -> ResponseReturnValue:
    return as_file(print_out(name, form))


def print_out(name: str, form: str) -> Printed:
    asked = {key: value.strip() for key, value in request.args.items()}
    return reports.print_out(current.archive(), current.actor(), name, asked, form=form, language=language.language())


def as_file(printed: Printed) -> Response:
    return send_file(BytesIO(printed.content), printed.media_type, as_attachment=True, download_name=printed.file_name)
