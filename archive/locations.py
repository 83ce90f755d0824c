"""Where papers stand: places are set up, and papers and boxes are moved by scanning what and where.

The written address of a record is derived from its place (`archive.tables.rooms.follow`); every move is a line in the
ledger under the record. Only the duty of keeping rooms changes places, and only at one's own sites.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import takewhile

from access import rules
from access.actors import Actor, Role
from access.rules import Action, Denied
from archive import naming
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Event, Record, new_id
from archive.model.rooms import JOINS, KINDS, Location, address_of, below
from archive.tables import Transaction
from archive.tables.loans import Standing
from archive.tables.rooms import NO_SUCH_PLACE

MOVED_MAX = 2000
"""So many papers move at once with the box or shelf they stand in."""
SHOWN_MAX = 500
NO_SUCH_LABEL = "No place and no paper has this label: look at the label again, or set the place up first."
NOT_YOURS_TO_SET_UP = "Somebody else sets up places at this site: ask them, or choose a place that is there."
CHOICES_MAX = 1000
"""So many addresses are offered to choose among while one is typed."""
NEAREST, LENGTH_APART = 3, 5
"""So many places are offered for an address that names none, and by so many signs theirs are longer or shorter."""
ALIKE_MIN = 0.6
COMPARED_MAX = 200
"""So many of the addresses of a site are compared sign by sign with one that names no place."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the tree, with what this person may find in it."""

    location: Location
    depth: int
    records: int
    """Papers in it and in everything below it."""
    directly: int
    """Papers and places directly in it: what its capacity is held against."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place as its page shows it."""

    location: Location
    above: Sequence[Location]
    inside: Sequence[Entry]
    directly: int
    records: Sequence[Record]
    standings: Mapping[str, Standing]
    history: Sequence[Event]
    people: Mapping[str, str]
    may_keep: bool


def sites_of(actor: Actor) -> frozenset[str] | None:
    """Whose places somebody sees: None for those who answer for every site."""
    rules.require(actor, Action.SEE_ARCHIVE)
    return None if actor.roles & rules.EVERYWHERE else actor.sites


def tree(archive: Archive, actor: Actor, site: str = "") -> Sequence[Entry]:
    """Every place in use of a site, or of all this person's sites, each after the one it stands in."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        known = {one.id: one for one in tx.rooms.every(sites_of(actor)) if one.site == site or not site}
        return entries_of(tx, actor, known)


def show(archive: Archive, actor: Actor, location_id: str) -> Place:
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        location = seen(tx, actor, location_id)
        known = {one.id: one for one in tx.rooms.every({location.site})}
        here = [one for one in entries_of(tx, actor, known) if one.location.parent_id == location_id]
        ids = tx.rooms.records_in(rules.scope(actor, Action.FIND), below(known, location_id))[:SHOWN_MAX]
        found = tx.records.admitted(ids, rules.scope(actor, Action.FIND))
        history = tx.ledger.lines(subject_id=location_id, limit=30)
        placed = tx.rooms.counted(rules.scope(actor, Action.FIND)).get(location_id, 0)
        return Place(
            location=location,
            above=_above(known, location),
            inside=here,
            directly=placed + len(here),
            records=[found[one] for one in ids],
            standings=tx.loans.standings(ids, actor.id, archive.now()),
            history=history,
            people=tx.people.names({event.actor for event in history}),
            may_keep=_keeps(actor, location.site),
        )


def place_of(archive: Archive, actor: Actor, record: Record) -> Location | None:
    """The place a record lies in, for those who may look at places of its site."""
    if not rules.may(actor, Action.SEE_ARCHIVE):
        return None
    sites = sites_of(actor)
    with archive.read() as tx:
        found = tx.rooms.of([record.id]).get(record.id)
    return found if found is not None and (sites is None or found.site in sites) else None


def unplaced(archive: Archive, actor: Actor) -> Sequence[Record]:
    """Papers whose address was typed and names no place: they stay as they were typed until somebody scans them."""
    rules.require(actor, Action.SEE_ARCHIVE)
    scope = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        ids = tx.rooms.unplaced(scope, limit=SHOWN_MAX)
        found = tx.records.admitted(ids, scope)
        return [found[one] for one in ids]


# ---- Setting up ----


@dataclass(frozen=True, slots=True)
class NewPlace:
    site: str
    kind: str
    code: str
    parent_id: str = ""
    name: str = ""
    media: str = ""
    capacity: int = 0


def add(archive: Archive, actor: Actor, said: NewPlace) -> Location:
    """Set up a place. Raises Invalid for a bad one, Conflict when the address is taken."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        parent = _own(tx, actor, said.parent_id) if said.parent_id else None
        return add_place(archive, tx, actor, said if parent is None else replace(said, site=parent.site), parent)


def change(archive: Archive, actor: Actor, location_id: str, *, name: str, media: str, capacity: int) -> Location:
    """What a place is called, for which kind of thing it is, and how much it holds."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        location = _own(tx, actor, location_id)
        name, media, capacity = about(name, media, capacity)
        changed = replace(location, name=name, media=media, capacity=capacity)
        tx.rooms.save(changed)
        tx.ledger.add(
            archive.now(), actor.id, "location.changed", "location", location_id, site=location.site, capacity=capacity
        )
        return changed


def rename(archive: Archive, actor: Actor, location_id: str, code: str) -> Location:
    """Another code: the addresses of everything in it are written anew."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        location = _own(tx, actor, location_id)
        parent = tx.rooms.get(location.parent_id) if location.parent_id else None
        return _readdress(archive, tx, actor, location, parent, _code(code), "location.renamed")


def close(archive: Archive, actor: Actor, location_id: str) -> Location:
    """Take a place out of use. Raises Conflict while something stands in it."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        location = _own(tx, actor, location_id)
        known = {one.id: one for one in tx.rooms.every({location.site})}
        inside = [known[one] for one in below(known, location_id) if one != location_id]
        if tx.rooms.all_in([location_id]) or any(one.closed_at is None for one in inside):
            raise Conflict("Something stands in it: move that first.", "place-not-empty")
        closed = replace(location, closed_at=archive.now())
        tx.rooms.save(closed)
        tx.ledger.add(archive.now(), actor.id, "location.closed", "location", location_id, site=location.site)
        return closed


def label(archive: Archive, actor: Actor, location_id: str, *, on: bool) -> int:
    """A label with the present address is on a place and on everything in it; or it has come off this one.

    How many places it was said of. A place that gets another address has no label until somebody says so again.
    """
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        location = _own(tx, actor, location_id)
        known = {one.id: one for one in tx.rooms.every({location.site})}
        said = [known[one] for one in below(known, location_id)] if on else [known[location_id]]
        at = archive.now()
        for one in said:
            tx.rooms.save(replace(one, labelled_at=at if on else None))
        if on:
            tx.ledger.add(
                at, actor.id, "location.labelled", "location", location_id, site=location.site, places=len(said)
            )
        else:
            tx.ledger.add(at, actor.id, "location.label-missing", "location", location_id, site=location.site)
        return len(said)


def unlabelled(archive: Archive, actor: Actor) -> Sequence[Location]:
    """Boxes in use without a label, in which papers lie that this person may find (clause 2.8)."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        placed = tx.rooms.counted(rules.scope(actor, Action.FIND))
        every = tx.rooms.every(sites_of(actor))
    return [
        one
        for one in every
        if one.kind == "box" and one.closed_at is None and one.labelled_at is None and placed.get(one.id)
    ]


# ---- An address that is written ----


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be said of an address that names no place."""

    nearest: Sequence[str] = ()
    may_set_up: bool = False


def written(tx: Transaction, site: str, said: str) -> str:
    """The address of the place in use that somebody means who writes its address, or reads its label.

    A site that has set up no place has nothing to hold an address against: it stays as it was typed. Raises Invalid
    (`no-such-shelf`) for what names no place; which ones are nearest is asked for by itself (`offered`).
    """
    said = naming.clean(said)
    if not said or not site:
        return said
    found = [one for one in tx.rooms.called(said, {site}) if one.closed_at is None]
    if not found and tx.rooms.furnished(site):
        raise _no_such_shelf(said)
    return found[0].address if found else said


def meant(archive: Archive, tx: Transaction, actor: Actor, site: str, said: str, *, set_up_new: bool) -> str:
    """The same; with `set_up_new` a place is set up first where there is none. Raises Invalid for rooms of others."""
    said = naming.clean(said)
    if set_up_new and said:
        if not _keeps(actor, site):
            raise Invalid(NOT_YOURS_TO_SET_UP, "not-yours-to-set-up")
        set_up(archive, tx, actor, site, said)
    return written(tx, site, said)


def check_written(labels: Mapping[str, str], said: str) -> None:
    """The same question for many addresses of a site, whose `labels` were read before (`tables.rooms.Rooms.labels`)."""
    said = naming.clean(said)
    if said and labels and said not in labels:
        raise _no_such_shelf(said)


def _no_such_shelf(said: str) -> Invalid:
    return Invalid(
        f"No place at this site has the address “{said}”. Write it as it stands under Store-rooms, or set the place up "
        "there first.",
        "no-such-shelf",
    )


def offered(archive: Archive, actor: Actor, site: str, said: str) -> Offered:
    """The places that are nearest to an address, and whether this person may set one up under it."""
    if not rules.may(actor, Action.SEE_ARCHIVE):
        return Offered()
    with archive.read() as tx:
        return Offered(_nearest(tx, actor, site, naming.clean(said)), _keeps(actor, site))


def addresses(archive: Archive, actor: Actor) -> Sequence[str]:
    """Every address that this person may choose among; none where they are too many to be looked through."""
    if not rules.may(actor, Action.SEE_ARCHIVE):
        return ()
    with archive.read() as tx:
        found = {one.address for one in tx.rooms.every(sites_of(actor)) if one.closed_at is None}
    return sorted(found) if len(found) <= CHOICES_MAX else ()


def set_up(archive: Archive, tx: Transaction, actor: Actor, site: str, address: str, kind: str = "") -> bool:
    """Let there be a place of this address, with those it stands in; whether it had to be set up."""
    parts = address.split(JOINS)
    parent: Location | None = None
    made = False
    for depth in range(1, len(parts) + 1):
        found = [one for one in tx.rooms.called(JOINS.join(parts[:depth]), {site}) if one.address != one.id]
        made = not found
        if found:
            parent = found[0]
            continue
        last = kind or _kind_beside(tx, site, parent) if depth == len(parts) else ""
        its_kind = last or _DEPTHS.get(depth, "")
        parent = add_place(archive, tx, actor, NewPlace(site, its_kind, parts[depth - 1]), parent)
    return made


_DEPTHS = dict(enumerate(KINDS, 1))


def _kind_beside(tx: Transaction, site: str, parent: Location | None) -> str:
    """What everything that stands there is, so that a box comes beside boxes; empty where nothing or all kinds do."""
    kinds = {one.kind for one in tx.rooms.every({site}) if parent is not None and one.parent_id == parent.id}
    return kinds.pop() if len(kinds) == 1 else ""


def _nearest(tx: Transaction, actor: Actor, site: str, said: str) -> Sequence[str]:
    if not rules.may(actor, Action.SEE_ARCHIVE):
        return ()
    sites = sites_of(actor)
    if sites is not None and site not in sites:
        return ()
    as_long = [one for one in tx.rooms.addresses(site) if abs(len(one) - len(said)) <= LENGTH_APART]
    # Comparing sign by sign takes a second for the addresses of a large site.
    likeliest = nlargest(COMPARED_MAX, as_long, key=lambda one: _ends_alike(one, said))
    ranked = nlargest(NEAREST, ((_alike(one, said), _ends_alike(one, said), one) for one in likeliest))
    return [one for alike, _, one in ranked if alike >= ALIKE_MIN]


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _ends_alike(one: str, other: str) -> int:
    """How many signs two addresses share from their beginnings and from their ends: a slip is in between."""

    def shared(some: Iterable[str], others: Iterable[str]) -> int:
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(some, others, strict=False)))

    return min(shared(one, other) + shared(reversed(one), reversed(other)), len(one), len(other))


# ---- Moving: what, then where ----


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a label stands for: a place or a paper."""

    location: Location | None = None
    record: Record | None = None


def scanned(archive: Archive, actor: Actor, label: str) -> Scanned:
    """The place or paper of a label, or of a typed address, reference code or document number. Raises NotFound."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        return resolve(tx, actor, label)


def place_called(archive: Archive, actor: Actor, label: str) -> Location:
    """The place of a label or an address. Raises NotFound when it is none."""
    found = scanned(archive, actor, label).location
    if found is None:
        raise NotFound(NO_SUCH_PLACE, "no-such-place")
    return found


def resolve(tx: Transaction, actor: Actor, label: str) -> Scanned:
    """The same inside a transaction; what this person may not find does not exist."""
    label = naming.clean(label)[:250]
    places = [one for one in tx.rooms.called(label, sites_of(actor)) if one.closed_at is None]
    if len(places) > 1:
        raise Invalid("Several sites have a place of this address: scan its label.", "ambiguous-place")
    if places:
        return Scanned(location=places[0])
    found = tx.records.called(label, rules.scope(actor, Action.FIND)) if label else ()
    if len(found) != 1:
        raise NotFound(NO_SUCH_LABEL, "no-such-label")
    return Scanned(record=found[0])


def move(archive: Archive, actor: Actor, what: str, to: str) -> tuple[Scanned, Location]:
    """Move a paper, or a place with everything in it, into another place; both named by their labels.

    Raises NotFound for labels of nothing, Conflict for what is frozen or does not fit, Denied for papers and rooms that
    are not this person's.
    """
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        target = resolve(tx, actor, to).location
        if target is None:
            raise Invalid("Scan the place second: this is the label of a paper.", "not-a-place")
        require_site(actor, target.site)
        thing = resolve(tx, actor, what)
        if thing.record is not None:
            return Scanned(record=put(archive, tx, actor, thing.record, target)), target
        assert thing.location is not None
        location = _own(tx, actor, thing.location.id)
        if target.site != location.site:
            raise Conflict("A place stays at its site.", "other-site")
        moved = _readdress(archive, tx, actor, location, target, location.code, "location.moved")
        return Scanned(location=moved), target


def put(archive: Archive, tx: Transaction, actor: Actor, record: Record, target: Location) -> Record:
    """A paper stands in this place from now on; where it stood before is in the ledger."""
    rules.require(actor, Action.HAND_OUT, record)
    if record.lifecycle not in rules.IN_CUSTODY:
        raise Conflict("What is not here cannot be moved.", "not-here")
    before = tx.rooms.of([record.id]).get(record.id)
    if before is not None and before.id == target.id:
        return record
    tx.rooms.place(record.id, target.id)
    changed = tx.records.change(replace(record, shelf_location=target.address))
    _moved(archive, tx, actor, changed, before, target)
    return changed


# ---- Parts ----


def seen(tx: Transaction, actor: Actor, location_id: str) -> Location:
    """A place of a site whose places this person sees. NotFound otherwise."""
    location = tx.rooms.get(location_id)
    sites = sites_of(actor)
    if sites is not None and location.site not in sites:
        raise NotFound(NO_SUCH_PLACE, "no-such-place")
    return location


def _own(tx: Transaction, actor: Actor, location_id: str) -> Location:
    location = seen(tx, actor, location_id)
    require_site(actor, location.site)
    return location


def _keeps(actor: Actor, site: str) -> bool:
    return rules.may(actor, Action.KEEP_ROOMS) and (Role.OPERATOR in actor.roles or site in actor.sites)


def require_site(actor: Actor, site: str) -> None:
    if not _keeps(actor, site):
        raise Denied(Action.KEEP_ROOMS, "not-your-site", "These rooms belong to a site that is not yours.")


def add_place(archive: Archive, tx: Transaction, actor: Actor, said: NewPlace, parent: Location | None) -> Location:
    require_site(actor, said.site)
    if said.site not in {one.code for one in tx.organisation.sites()}:
        raise Invalid("There is no such site.", "no-such-site")
    if parent is not None and parent.closed_at is not None:
        raise Conflict("This place is out of use.", "place-closed")
    _stands(said.kind, parent)
    code, words = _code(said.code), about(said.name, said.media, said.capacity)
    location = Location(
        new_id(), said.site, parent.id if parent else "", said.kind, code, address_of(parent, code), *words
    )
    _free(tx, location)
    tx.rooms.add(location)
    tx.ledger.add(
        archive.now(), actor.id, "location.added", "location", location.id, site=said.site, kind=said.kind,
        within=location.parent_id,
    )  # fmt: skip
    return location


def _stands(kind: str, parent: Location | None) -> None:
    if kind not in KINDS:
        raise Invalid(f"A place is one of: {', '.join(KINDS)}.", "bad-place")
    if parent is None and kind != "room":
        raise Invalid("Only a room stands in nothing.", "bad-place")
    if parent is not None and KINDS.index(kind) <= KINDS.index(parent.kind):
        raise Invalid(f"A {kind} does not stand in a {parent.kind}.", "bad-place")


def _code(code: str) -> str:
    if JOINS in code:
        raise Invalid(f"The code of a place has no {JOINS!r}: that stands between the codes.", "bad-place-code")
    return naming.checked_code(code)


def about(name: str, media: str, capacity: int) -> tuple[str, str, int]:
    if not 0 <= capacity <= 100_000:
        raise Invalid("The capacity is a number of things from 0 to 100000.", "bad-place")
    return naming.clean(name)[:200], naming.clean(media)[:100], capacity


def _free(tx: Transaction, location: Location) -> None:
    if any(one.id != location.id for one in tx.rooms.called(location.address, {location.site})):
        raise Conflict("There is a place of this address already.", "address-taken")
    if len(location.address) > 250:
        raise Invalid("The address would become longer than 250 characters.", "bad-place-code")


def _readdress(
    archive: Archive, tx: Transaction, actor: Actor, location: Location, parent: Location | None, code: str, action: str
) -> Location:
    """A place gets another address, and with it everything in it, in this transaction."""
    known = {one.id: one for one in tx.rooms.every({location.site})}
    inside = below(known, location.id)
    if parent is not None and parent.id in inside:
        raise Invalid("A place cannot stand in itself.", "bad-place")
    _stands(location.kind, parent)
    if parent is not None and parent.closed_at is not None:
        raise Conflict("This place is out of use.", "place-closed")
    papers = tx.rooms.all_in(inside)
    if len(papers) > MOVED_MAX:
        raise Conflict(f"More than {MOVED_MAX} papers stand in it: move it part by part.", "too-many-papers")
    lying = tx.rooms.of(papers)
    address = address_of(parent, code)
    moved = replace(location, parent_id=parent.id if parent else "", code=code, address=address, labelled_at=None)
    _free(tx, moved)
    fresh = {moved.id: moved}
    tx.rooms.save(moved)
    # From the top down: each address begins with that of the place it stands in.
    waiting = [one for one in inside if one != location.id]
    while waiting:
        ready = [one for one in waiting if known[one].parent_id in fresh]
        for one in ready:
            address = address_of(fresh[known[one].parent_id], known[one].code)
            fresh[one] = replace(known[one], address=address, labelled_at=None)
            tx.rooms.save(fresh[one])
        waiting = [one for one in waiting if one not in fresh]
    for record in tx.records.many(papers).values():
        place = fresh[lying[record.id].id]
        _moved(archive, tx, actor, tx.records.change(replace(record, shelf_location=place.address)), place, place)
    tx.ledger.add(
        archive.now(), actor.id, action, "location", location.id, site=location.site, within=moved.parent_id,
        before=location.parent_id, papers=len(papers),
    )  # fmt: skip
    return moved


def _moved(
    archive: Archive, tx: Transaction, actor: Actor, record: Record, before: Location | None, after: Location
) -> None:
    tx.index_queue.add(record.id, archive.now())
    tx.ledger.add(
        archive.now(), actor.id, "record.moved", "record", record.id, site=record.site,
        before=before.id if before else "", location=after.id, level=record.level,
    )  # fmt: skip


def _above(known: Mapping[str, Location], location: Location) -> Sequence[Location]:
    found: list[Location] = []
    while location.parent_id:
        location = known[location.parent_id]
        found.insert(0, location)
    return found


def entries_of(tx: Transaction, actor: Actor, known: Mapping[str, Location]) -> Sequence[Entry]:
    """The places in use in the order of the shelves, counted within what this person may find."""
    placed = tx.rooms.counted(rules.scope(actor, Action.FIND))
    children: dict[str, list[Location]] = {}
    for one in known.values():
        if one.closed_at is None:
            children.setdefault(one.parent_id, []).append(one)
    found: list[Entry] = []

    def walk(parent_id: str, depth: int) -> int:
        total = 0
        for one in children.get(parent_id, ()):
            at = len(found)
            found.append(Entry(one, depth, 0, 0))
            inside = placed.get(one.id, 0) + walk(one.id, depth + 1)
            directly = placed.get(one.id, 0) + len(children.get(one.id, ()))
            found[at] = Entry(one, depth, inside, directly)
            total += inside
        return total

    walk("", 0)
    return found
