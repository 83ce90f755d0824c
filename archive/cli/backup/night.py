"""`muniment backup night`: all that the service does for the backups in a night, for a cron of one's own."""

from dataclasses import asdict

from access.actors import OPERATOR
from archive.backups import places, state
from archive.cli import Call, archive_command


@archive_command(name="night")
def command(call: Call) -> int:
    """Back up to every place, see whether it is whole, read a share of its bytes, and forget old snapshots by the rule.

    For a cron of your own, with backup_at = "" in the settings. Begun again within six hours, it backs up only what
    failed. Ends with 1 when a place could not be served, or something is urgent (see `muniment backup status`).
    """
    with call.archive() as archive:
        places.night(archive, OPERATOR)
        seen = state.of(archive, OPERATOR)
    call.say(
        {
            "safe_until": seen.safe_until,
            "urgent": seen.urgent,
            "alarms": [asdict(one) for one in seen.alarms],
        },
        *(f"{one.place.name}: whole as of {one.safe_until or 'never'}" for one in seen.places),
    )
    return 1 if seen.urgent else 0
