"""The places of papers as tables and lists: out to a spreadsheet and back, for labels, for the contents of boxes."""

from collections.abc import Sequence
from dataclasses import replace

from access import rules
from access.actors import Actor
from access.rules import Action, Denied
from archive import locations, naming, selections, sheets
from archive.app import Archive
from archive.errors import Invalid, NotFound
from archive.locations import Entry, about, entries_of, require_site, resolve, set_up, sites_of
from archive.model import Record
from archive.model.rooms import Location, below
from archive.tables.rooms import NO_SUCH_PLACE

COLUMNS = ("site", "address", "kind", "name", "media", "capacity")


def dump(archive: Archive, actor: Actor, *, workbook: bool = False) -> bytes:
    """The tree as a table that `load` takes again."""
    entries = locations.tree(archive, actor)
    lines = [
        (one.location.site, one.location.address, one.location.kind, one.location.name, one.location.media,
         one.location.capacity)
        for one in entries
    ]  # fmt: skip
    return sheets.as_xlsx(COLUMNS, lines, title="locations") if workbook else sheets.as_csv(COLUMNS, lines)


def load(archive: Archive, actor: Actor, table: bytes) -> tuple[int, int]:
    """Take places from a table: new ones are set up with those they stand in, known ones get name, media and capacity.

    All of them or none; Invalid names the line. Returns how many are new and how many were known.
    """
    rules.require(actor, Action.KEEP_ROOMS)
    new = known = 0
    with archive.write() as tx:
        sites = {one.code for one in tx.organisation.sites()}
        for number, row in enumerate(sheets.rows(table), 2):
            said = {name: naming.clean(row.get(name) or "") for name in COLUMNS}
            try:
                if said["site"] not in sites:
                    raise Invalid("There is no such site.", "no-such-site")
                require_site(actor, said["site"])
                count = int(said["capacity"] or 0)
                made = set_up(archive, tx, actor, said["site"], said["address"], said["kind"])
                location = tx.rooms.called(said["address"], {said["site"]})[0]
                name, media, capacity = about(said["name"], said["media"], count)
                tx.rooms.save(replace(location, name=name, media=media, capacity=capacity))
            except ValueError:
                raise Invalid(f"Line {number}: the capacity is a whole number.", "bad-place") from None
            except (Invalid, Denied) as error:
                raise Invalid(
                    f"Line {number}: {error}", error.code if isinstance(error, Invalid) else "bad-place"
                ) from None
            new, known = new + made, known + (not made)
        tx.ledger.add(archive.now(), actor.id, "locations.imported", "location", "table", new=new, known=known)
    return new, known


def within(archive: Archive, actor: Actor, label: str) -> Sequence[Entry]:
    """A place, named by its label or address, and everything in it; every place if it is empty."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        known = {one.id: one for one in tx.rooms.every(sites_of(actor))}
        entries = entries_of(tx, actor, known)
        if not label:
            return entries
        root = resolve(tx, actor, label).location
        if root is None:
            raise NotFound(NO_SUCH_PLACE, "no-such-place")
        ids = below(known, root.id)
        return [one for one in entries if one.location.id in ids]


def of_selection(archive: Archive, actor: Actor, selection: str) -> Sequence[Location]:
    """The places in which the papers of a selection lie, those of one's sites, in the order of their addresses."""
    rules.require(actor, Action.SEE_ARCHIVE)
    chosen = selections.records_of(archive, actor, selection, Action.FIND)
    sites = sites_of(actor)
    with archive.read() as tx:
        lying = tx.rooms.of([record.id for record in chosen])
    found = {one.id: one for one in lying.values() if sites is None or one.site in sites}
    return sorted(found.values(), key=lambda one: one.address)


def boxes(archive: Archive, actor: Actor, label: str) -> Sequence[tuple[Location, Sequence[Record]]]:
    """The boxes in a place, each with the papers in it that this person may find."""
    found = [one.location for one in within(archive, actor, label) if one.location.kind == "box"]
    scope = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        lying = {box.id: tx.rooms.records_in(scope, {box.id}) for box in found}
        records = tx.records.admitted([one for ids in lying.values() for one in ids], scope)
        return [(box, [records[one] for one in lying[box.id]]) for box in found]


def contents(archive: Archive, actor: Actor, label: str) -> Sequence[tuple[Location, Sequence[tuple[Record, int]]]]:
    """The places in a place that papers lie in directly, each with those papers and their pages."""
    scope = rules.scope(actor, Action.FIND)
    found = [one.location for one in within(archive, actor, label)]
    with archive.read() as tx:
        lying = {place.id: tx.rooms.records_in(scope, {place.id}) for place in found}
        ids = [one for some in lying.values() for one in some]
        records, files = tx.records.admitted(ids, scope), tx.records.components_of(ids)
        pages = {one: sum(file.page_count for file in some if not file.parent_id) for one, some in files.items()}
        return [(place, [(records[one], pages[one]) for one in lying[place.id]]) for place in found if lying[place.id]]
