"""Questions from programs to versions that were replaced."""

from flask import Response

from archive import earlier
from web import current
from web.api import Answer, Given, Operation, Parameter, said, shapes
from web.api.schemas import TEXT, ref


def find_earlier(given: Given) -> Response:
    found = earlier.find(current.archive(), current.actor(), given["q"])
    return said(
        {
            "hits": [
                {
                    "id": hit.record.id,
                    "title": hit.record.title,
                    "component": hit.version.id,
                    "version": hit.version.version,
                    "file_name": hit.version.file_name,
                    "snippets": shapes.lines(hit.snippets),
                }
                for hit in found.hits
            ],
            "looked_at": found.looked_at,
            "whole": found.whole,
        }
    )


OPERATIONS = (
    Operation(
        "GET",
        "/search/earlier",
        "Versions that were replaced and answer a question, as far as you may read them, the newest first.",
        find_earlier,
        {200: Answer("What was found.", ref("EarlierAnswer"))},
        (Parameter("q", TEXT, "As in a search; what narrows to a class, a site or a time is left out of account."),),
    ),
)
