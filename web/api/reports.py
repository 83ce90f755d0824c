"""Printouts, for programs."""

from flask import Response, request

from archive import printing, reports
from archive.reports import Printed
from web import current, language
from web.api import Answer, Given, Operation, Parameter, said
from web.api.schemas import ref


def get_reports(_given: Given) -> Response:
    offered = reports.offered(current.actor(), language.language())
    return said(
        {
            "reports": [
                {
                    "name": name,
                    "title": title,
                    "asked": [
                        {"name": one.name, "kind": one.kind, "needed": one.needed}
                        for one in reports.open_report(name).ASKED
                    ],
                }
                for name, title in offered.items()
            ]
        }
    )


def print_report(given: Given) -> Response:
    asked = {name: value.strip() for name, value in request.args.items() if name not in ("format", "language")}
    printed: Printed = reports.print_out(
        current.archive(),
        current.actor(),
        given["name"],
        asked,
        form=given["format"],
        language=given.get("language", language.language()),
    )
    response = Response(printed.content, mimetype=printed.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{printed.file_name}"'
    return response


OPERATIONS = (
    Operation(
        "GET",
        "/reports",
        "Which printouts there are for you, and what each is asked for.",
        get_reports,
        {200: Answer("The printouts.", ref("Reports"))},
    ),
    Operation(
        "GET",
        "/reports/{name}",
        "One printout. What it is asked for is given as further parameters.",
        print_report,
        {200: Answer("The file.", media_type="application/octet-stream")},
        (
            Parameter("name", {"type": "string"}, "Name of the printout.", "path"),
            Parameter("format", {"type": "string", "enum": list(printing.forms()), "default": "pdf"}, "Its form."),
            Parameter("language", {"type": "string", "enum": ["zh", "en"]}, "Its language; else that of the request."),
        ),
    ),
)
