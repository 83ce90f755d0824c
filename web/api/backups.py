"""How the backups are, for programs that watch over them."""

from flask import Response

from archive.backups import state
from web import current
from web.api import Answer, Given, Operation, said, shapes
from web.api.schemas import COUNT, FLAG, MAYBE, TEXT, every, thing

_BACKUPS = thing(
    {
        "safe_until": MAYBE,
        "promise_hours": {"type": "number"},
        "urgent": FLAG,
        "alarms": every(thing({"code": TEXT, "place": TEXT})),
        "places": every(
            thing({"name": TEXT, "off_site": FLAG, "append_only": FLAG, "safe_until": MAYBE, "last_run": MAYBE})
        ),
        "vital_records": COUNT,
        "vital_records_uncovered": COUNT,
        "last_drill": MAYBE,
    }
)


def get_backups(_given: Given) -> Response:
    seen = state.of(current.archive(), current.actor())
    return said(
        {
            "safe_until": shapes.moment(seen.safe_until) if seen.safe_until else None,
            "promise_hours": seen.promise.total_seconds() / 3600,
            "urgent": seen.urgent,
            "alarms": [{"code": one.code, "place": one.place} for one in seen.alarms],
            "places": [
                {
                    "name": one.place.name,
                    "off_site": one.place.off_site,
                    "append_only": one.place.append_only,
                    "safe_until": shapes.moment(one.safe_until) if one.safe_until else None,
                    "last_run": shapes.moment(one.last_run.began_at) if one.last_run else None,
                }
                for one in seen.places
            ],
            "vital_records": seen.vital,
            "vital_records_uncovered": len(seen.uncovered),
            "last_drill": shapes.moment(seen.last_drill.began_at) if seen.last_drill else None,
        }
    )


OPERATIONS = (
    Operation("GET", "/backups", "How the backups are.", get_backups, {200: Answer("How they are.", _BACKUPS)}),
)
