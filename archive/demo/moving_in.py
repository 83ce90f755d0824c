"""The demo company moves in: an archive is founded, its people get accounts, its records are captured and filed."""

import io
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

from access.actors import OPERATOR
from archive import founding, intake, people, properties, worker
from archive.app import Archive, Clock, open_archive, utc_now
from archive.demo import controlled, desk_work, plants, records_office, store_rooms
from archive.demo.company import COMPANY, PEOPLE, SITES
from archive.demo.records import DemoRecord, demo_records
from archive.intake import Claims
from archive.model import Site
from archive.people import NewPerson

PASSWORD = "Huaixu-2026"  # noqa: S105 — printed for everybody to try the demo with
BEGUN = "demo"

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many are done, and of how many."""


def move_in(
    home: Path,
    *,
    now: Clock = utc_now,
    progress: Progress | None = None,
    records: Sequence[DemoRecord] | None = None,
) -> bool:
    """Make the demo company at `home`, faults included; False if it lives there already. Cut off in the middle, it goes
    on there. `records` are all it has unless told."""
    sites = [Site(site.code, site.name, site.name_en, site.fonds_code) for site in SITES]

    def a_week_ago() -> datetime:
        return now() - desk_work.WEEK

    new = founding.found(home, company=COMPANY, sites=sites, now=a_week_ago).new
    with closing(open_archive(home, now=a_week_ago)) as archive:
        with archive.write() as tx:
            if new:
                tx.meta.put(BEGUN, "moving")
            begun = tx.meta.get(BEGUN)
        if begun == "complete":
            return False
        # In an archive that somebody else began a week ago is before the beginning: there it is all of today.
        if begun is not None:
            _hire(archive)
            desk_work.last_week(archive)
    with closing(open_archive(home, now=now)) as archive:
        _hire(archive)
        desk_work.last_week(archive)
        records = demo_records() if records is None else records
        shelves = {(one.site, one.shelf_location) for one in records if one.shelf_location}
        store_rooms.set_up(archive, shelves | plants.shelves() | desk_work.SHELVES)
        for number, record in enumerate(records, 1):
            intake.hand_in(
                archive, OPERATOR, io.BytesIO(record.content()), record.file_name, _claims(record), door="command"
            )
            if progress is not None:
                progress("capturing", number, len(records))
        papers = plants.bring(archive)
        desk_work.bring(archive)
        _read(archive, progress)
        while properties.look_at_captured(archive):
            pass
        controlled.bring(archive)
        store_rooms.take_stock(archive)
        plants.plant(archive, papers)
        records_office.bring(archive)
        desk_work.today(archive)
        _read(archive, progress)
        properties.look_at_share(archive)
        with archive.write() as tx:
            tx.meta.put(BEGUN, "complete")
    return True


def _hire(archive: Archive) -> None:
    """Everybody gets an account, once."""
    with archive.read() as tx:
        known = {person.login for person in tx.people.every()}
    for person in PEOPLE:
        if person.login not in known:
            new = NewPerson(
                person.login,
                person.name,
                frozenset(person.roles),
                person.clearance,
                person.department,
                frozenset(person.sites),
                person.employee_no,
            )
            people.add(archive, OPERATOR, new, PASSWORD)


def _read(archive: Archive, progress: Progress | None) -> None:
    """What was captured becomes findable, and whoever waits for it sees how far it is."""
    worker.until_idle(archive, progress=partial(progress, "reading") if progress else None)


def _claims(record: DemoRecord) -> Claims:
    if not record.filed:
        return Claims(site=record.site)
    return Claims(
        title=record.title,
        class_code=record.class_code,
        level=record.level,
        site=record.site,
        department=record.department,
        doc_number=record.doc_number or "",
        issuer=record.issuer,
        parties=record.parties,
        document_date=record.document_date.isoformat(),
        shelf_location=record.shelf_location or "",
    )
