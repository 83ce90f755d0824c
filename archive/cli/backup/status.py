"""`muniment backup status`: how the backups are, and what is wrong with them."""

from dataclasses import asdict

from access.actors import OPERATOR
from archive.backups import state
from archive.cli import Call, archive_command


@archive_command(name="status")
def command(call: Call) -> int:
    """How the backups are: places, what is late or damaged, and vital records that are in none."""
    with call.archive() as archive:
        seen = state.of(archive, OPERATOR)
    call.say(
        {
            "safe_until": seen.safe_until,
            "urgent": seen.urgent,
            "alarms": [asdict(one) for one in seen.alarms],
            "places": [
                {"name": one.place.name, "safe_until": one.safe_until, "clean_since": one.clean_since}
                for one in seen.places
            ],
            "vital": seen.vital,
            "uncovered": list(seen.uncovered),
        },
        *(f"{one.place.name}: whole as of {one.safe_until or 'never'}" for one in seen.places),
        f"{seen.vital} vital records, {len(seen.uncovered)} in no backup found whole",
        *seen.uncovered,
        *(" ".join(filter(None, ("ALARM", one.code, one.place, one.detail))) for one in seen.alarms),
    )
    return 1 if seen.urgent else 0
