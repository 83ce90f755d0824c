"""Restoring is rehearsed, every week, before anyone needs it."""

from access.actors import SERVICE
from archive.app import Archive
from archive.backups import drill, places, state
from archive.config import Settings
from archive.errors import Corrupt
from archive.threads import silent


def schedule(settings: Settings) -> str | None:
    return settings.backup_drill_at or None


def run(archive: Archive) -> None:
    """From the place that would be left after a fire, if something was backed up there."""
    seen = [one for one in state.of(archive, SERVICE).places if one.last_good is not None]
    if not seen:
        return
    chosen = next((one for one in seen if one.place.off_site), seen[0])
    if not drill.rehearse(archive, SERVICE, places.named(archive, chosen.place.name), progress=silent).passed:
        raise Corrupt("The copy of the rehearsal did not answer as it must; see its report.")
