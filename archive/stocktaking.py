"""Stocktaking (盘点): two people walk over a place and scan what lies there; what differs is explained, both sign.

What should be there is frozen when it begins, within what both may find, so that neither signs for what they may not
know of. Each scan is kept at once: it can be gone on with at any time, by both together. The result is filed.
"""

import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from access import rules
from access.actors import SERVICE, Actor
from access.rules import DUTIES, Action, Denied
from archive import intake, locations, naming, printing
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.intake import Claims
from archive.model import Record, new_id
from archive.model.rooms import Location, below
from archive.model.stocktakes import CONDITIONS, Line, Signature, Stocktake, digest
from archive.printing import DATE_LINE, Column, Facts, Foot, Printout, Signatures, Table
from archive.tables import Transaction
from archive.tables.rooms import NO_SUCH_PLACE
from archive.tables.stocktakes import NO_SUCH_STOCKTAKE

CLASS = "DA04"
LINES_MAX = 5000
TEXT_MAX = 500
PAGES_MAX = 100_000

WORDS: Mapping[str, tuple[str, str]] = {
    "": ("相符", "as it should be"),
    "on-loan": ("借出或在修", "on loan or at repair"),
    "missing": ("缺件", "missing"),
    "misplaced": ("错位", "misplaced"),
    "unexpected": ("多件", "unexpected"),
    "damaged": ("破损或缺页", "damaged or pages missing"),
    "good": ("完好", "good"),
    "pages-missing": ("缺页", "pages missing"),
    "faded": ("褪色", "faded"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A stocktake as somebody may see it: its lines without those of records that they may not find."""

    stocktake: Stocktake
    lines: Sequence[Line]
    records: Mapping[str, Record]
    places: Mapping[str, Location]
    people: Mapping[str, str]
    takes_part: bool
    may_sign: bool

    @property
    def counts(self) -> Mapping[str, int]:
        """Difference → how many lines; empty: as it should be."""
        return Counter(line.difference for line in self.lines)

    @property
    def seen(self) -> int:
        return sum(line.seen_at is not None for line in self.lines)

    @property
    def unexplained(self) -> Sequence[Line]:
        return [line for line in self.lines if line.open]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan was: the place that is walked over from now on, or a paper that was seen."""

    place: Location
    line: Line | None = None
    record: Record | None = None


def begin(archive: Archive, actor: Actor, label: str, with_login: str) -> Stocktake:
    """Freeze what should lie in a place. Raises Invalid without a second person who keeps these rooms."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        place = locations.resolve(tx, actor, label).location
        if place is None:
            raise NotFound(NO_SUCH_PLACE, "no-such-place")
        locations.require_site(actor, place.site)
        other = _second(tx, actor, with_login, place.site)
        known = {one.id: one for one in tx.rooms.every({place.site})}
        ids = tx.rooms.records_in(rules.scope(actor, Action.FIND), below(known, place.id))
        for_both = tx.records.admitted(ids, rules.scope(other, Action.FIND))
        ids = [one for one in ids if one in for_both]
        if len(ids) > LINES_MAX:
            raise Conflict(f"More than {LINES_MAX} papers lie there: walk over it part by part.", "too-many-papers")
        lying = tx.rooms.of(ids)
        pages = _pages(tx, ids)
        stand = tx.loans.standings(ids, actor.id, archive.now())
        away = {one for one, how in stand.items() if how.back_at is not None or how.at_repair}
        lines = tuple(Line(one, lying[one].id, pages.get(one, 0), one in away) for one in ids)
        at = archive.now()
        year = at.astimezone().year
        number = f"PD-{year}-{tx.counters.next(f'stocktake-{year}'):04d}"
        made = Stocktake(new_id(), number, place.site, place.id, place.address, actor.id, other.id, at, lines=lines)
        tx.stocktakes.add(made)
        tx.ledger.add(
            at, actor.id, "stocktake.begun", "stocktake", made.id, site=place.site, location=place.id,
            second=other.id, items=len(lines),
        )  # fmt: skip
        return made


def every(archive: Archive, actor: Actor) -> Sequence[Shown]:
    """The latest first, each within what this person may find."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        return [_shown(tx, actor, one) for one in tx.stocktakes.every(locations.sites_of(actor))]


def show(archive: Archive, actor: Actor, stocktake_id: str) -> Shown:
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        return _shown(tx, actor, _seen(tx, actor, stocktake_id))


def scan(archive: Archive, actor: Actor, stocktake_id: str, label: str, at_place: str = "") -> Scanned:
    """A label was scanned: a place is where papers are seen from now on, a paper was seen there.

    `at_place` is the place scanned last; without one, papers are taken to be seen in the place that is walked over.
    """
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        going = _counting(tx, actor, stocktake_id)
        found = locations.resolve(tx, actor, label)
        if found.location is not None:
            return Scanned(_inside(tx, going, found.location))
        record = found.record
        assert record is not None
        here = _inside(tx, going, tx.rooms.get(at_place or going.location_id))
        line = next((one for one in going.lines if one.record_id == record.id), None)
        if line is None:
            if not all(rules.scope(one, Action.FIND).admits(record) for one in _both(tx, going)):
                raise Conflict("This paper is not for both of you: set it aside and report it.", "not-for-both")
            line = Line(record.id, "", _pages(tx, [record.id]).get(record.id, 0), on_loan=False)
        elif not at_place and line.expected_id:
            here = tx.rooms.get(line.expected_id)
        line = replace(line, seen_id=here.id, seen_at=archive.now(), seen_by=actor.id)
        tx.stocktakes.save_line(going.id, line)
        return Scanned(here, line, record)


def count(
    archive: Archive, actor: Actor, stocktake_id: str, record_id: str, *, pages: int | None, condition: str
) -> Line:
    """What was counted and looked at in a paper that was seen."""
    rules.require(actor, Action.KEEP_ROOMS)
    if condition not in CONDITIONS:
        raise Invalid(f"The condition is one of: {', '.join(CONDITIONS)}.", "no-condition")
    if pages is not None and not 0 <= pages <= PAGES_MAX:
        raise Invalid("Count the pages.", "no-pages")
    with archive.write() as tx:
        line = _line(tx, actor, _counting(tx, actor, stocktake_id), record_id)
        if line.seen_at is None:
            raise Conflict("Scan the paper first.", "not-seen")
        line = replace(line, pages=pages, condition=condition)
        tx.stocktakes.save_line(stocktake_id, line)
        return line


def finish(archive: Archive, actor: Actor, stocktake_id: str) -> Stocktake:
    """Everything was walked over: from now on differences are explained."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        return _step(
            archive,
            tx,
            actor,
            replace(_counting(tx, actor, stocktake_id), counted_at=archive.now()),
            "stocktake.counted",
        )


def resume(archive: Archive, actor: Actor, stocktake_id: str) -> Stocktake:
    """Count on. Signatures that were given are void."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        going = _mine(tx, actor, stocktake_id)
        if going.state != "counted":
            raise Conflict("Only what was counted and is not closed is counted on.", "stocktake-closed")
        tx.stocktakes.forget_signatures(going.id)
        return _step(archive, tx, actor, replace(going, counted_at=None), "stocktake.resumed")


def explain(
    archive: Archive, actor: Actor, stocktake_id: str, record_id: str, *, why: str, owner: str, due_on: date | None
) -> Line:
    """Say of a difference how it came about, who sees to it, and until when."""
    rules.require(actor, Action.KEEP_ROOMS)
    why = naming.clean(why)[:TEXT_MAX]
    if not why or due_on is None:
        raise Invalid("Say how it came about, who sees to it, and until when.", "not-explained")
    with archive.write() as tx:
        going = _mine(tx, actor, stocktake_id)
        if going.state != "counted":
            raise Conflict("Differences are explained when everything was counted.", "stocktake-counting")
        line = _line(tx, actor, going, record_id)
        if not line.difference:
            raise Conflict("This paper is as it should be.", "no-difference")
        account = tx.people.called(owner.strip())
        if account is None or not account.person.active:
            raise Invalid("Name somebody with an account who sees to it.", "no-such-person")
        line = replace(line, explanation=why, owner_id=account.person.id, due_on=due_on, explained_by=actor.id)
        tx.stocktakes.save_line(going.id, line)
        tx.stocktakes.forget_signatures(going.id)
        tx.ledger.add(
            archive.now(), actor.id, "stocktake.explained", "stocktake", going.id, site=going.site,
            owner=line.owner_id, due_on=due_on.isoformat(), difference=line.difference,
        )  # fmt: skip
        return line


def settle(archive: Archive, actor: Actor, stocktake_id: str, record_id: str) -> Line:
    """What was explained has been put right: it is not due any more."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        going = _seen(tx, actor, stocktake_id)
        locations.require_site(actor, going.site)
        line = _line(tx, actor, going, record_id)
        if going.closed_at is None or not line.explanation or line.settled_at is not None:
            raise Conflict("Only what was explained and signed is settled, once.", "not-explained")
        line = replace(line, settled_at=archive.now(), settled_by=actor.id)
        tx.stocktakes.save_line(going.id, line)
        tx.ledger.add(archive.now(), actor.id, "stocktake.settled", "stocktake", going.id, site=going.site)
        return line


def sign(archive: Archive, actor: Actor, stocktake_id: str) -> Stocktake:
    """Sign for every line as it stands. The second signature closes the stocktake and files it."""
    rules.require(actor, Action.KEEP_ROOMS)
    with archive.write() as tx:
        going = _mine(tx, actor, stocktake_id)
        if going.state == "counted":
            if any(line.open for line in going.lines):
                raise Conflict("A difference is not explained yet.", "not-explained")
            if actor.id in {one.person_id for one in going.signatures}:
                raise Conflict("You have signed already; the other one signs too.", "signed-already")
            at, said = archive.now(), digest(going.lines)
            tx.stocktakes.sign(going.id, Signature(actor.id, at, said))
            tx.ledger.add(at, actor.id, "stocktake.signed", "stocktake", going.id, site=going.site, sha256=said)
            if len(going.signatures) + 1 == len(going.people):
                _step(archive, tx, actor, replace(going, closed_at=at), "stocktake.closed")
            going = tx.stocktakes.get(going.id)
        elif going.state == "counting":
            raise Conflict("It is signed when everything was counted.", "stocktake-counting")
    return _filed(archive, actor, going) if going.closed_at and not going.record_id else going


def last_seen(archive: Archive, actor: Actor, record: Record) -> tuple[datetime, str] | None:
    """When and where a paper was last seen at a stocktake, for those who may look at places of its site."""
    if not rules.may(actor, Action.SEE_ARCHIVE):
        return None
    sites = locations.sites_of(actor)
    with archive.read() as tx:
        found = tx.stocktakes.last_seen([record.id]).get(record.id)
        place = tx.rooms.get(found[1]) if found is not None else None
    if found is None or place is None or (sites is not None and place.site not in sites):
        return None
    return found[0], place.address


def printout(shown: Shown, say: Callable[[str, str], str]) -> Printout:
    """盘点表."""
    going = shown.stocktake

    def place(id_: str) -> str:
        return shown.places[id_].address if id_ in shown.places else ""

    columns = (
        Column(say("序号", "No."), 0.4, number=True),
        Column(say("档号", "Reference code"), 1.8),
        Column(say("题名", "Title"), 2.4),
        Column(say("应在位", "Should be in"), 1.6),
        Column(say("实见", "Seen in"), 1.6),
        Column(say("应有页数", "Pages"), 0.6, number=True),
        Column(say("实点页数", "Counted"), 0.6, number=True),
        Column(say("状况", "Condition"), 0.7),
        Column(say("差异", "Difference"), 0.9),
        Column(say("说明 / 责任人 / 期限", "Why / who / until"), 2.4),
    )
    rows = tuple(
        (
            number,
            record.archival_code or record.doc_number,
            record.title,
            place(line.expected_id),
            place(line.seen_id),
            line.pages_expected or None,
            line.pages,
            say(*WORDS[line.condition]) if line.condition else "",
            say(*WORDS[line.difference]) if going.state != "counting" or line.seen_at else "",
            " / ".join(filter(None, (line.explanation, shown.people.get(line.owner_id, ""), str(line.due_on or "")))),
        )
        for number, line in enumerate(shown.lines, 1)
        for record in (shown.records[line.record_id],)
    )
    counts = shown.counts
    signed = say("；", "; ").join(
        f"{shown.people.get(one.person_id, one.person_id)} {printing.shown(one.signed_at)} {one.digest[:16]}…"
        for one in going.signatures
    )
    said = [say(*WORDS[name]) + f" {counts[name]}" for name in ("", *(n for n in counts if n)) if name in counts]
    facts = Facts(
        (
            (say("编号", "Number"), going.number),
            (say("范围", "Place"), going.address),
            (say("盘点人", "Taken by"), say("、", ", ").join(shown.people.get(one, one) for one in going.people)),
            (say("起止", "From, until"), f"{printing.shown(going.begun_at)} – {printing.shown(going.counted_at)}"),
            (say("结果", "Result"), say("，", ", ").join(said)),
            (say("电子签字", "Signed"), signed),
        ),
        abreast=2,
    )
    signatures = Signatures(
        (say("盘点人", "Taken by"), say("监盘人", "Witness"), say("负责人", "In charge")), say(*DATE_LINE)
    )
    return Printout(say("盘点表", "Stocktake"), (facts, Table(columns, rows), signatures), landscape=True)


def _filed(archive: Archive, actor: Actor, going: Stocktake) -> Stocktake:
    """Safe to repeat: one stocktake is filed once."""
    zh = archive.settings.language == "zh"
    shown = show(archive, actor, going.id)
    said = printout(shown, lambda chinese, english: chinese if zh else english)
    day = printing.shown(going.closed_at)
    foot = Foot(f"{'打印：' if zh else 'Printed by '}{actor.name}  {day}", printing.digest(said)[:16].upper())
    claims = Claims(
        title=f"{said.title} {going.number} {going.address}",
        class_code=CLASS,
        level=max([1, *(record.level for record in shown.records.values())]),
        site=going.site,
        department=actor.department,
        doc_number=going.number,
        document_date=day[:10],
    )
    content = printing.render(replace(said, foot=foot), "pdf")
    hand = actor if actor.roles & DUTIES[Action.CAPTURE] else SERVICE
    arrival = intake.hand_in(
        archive, hand, io.BytesIO(content), f"{going.number}.pdf", claims, door="api", once=f"stocktake:{going.id}"
    )
    with archive.write() as tx:
        going = replace(tx.stocktakes.get(going.id), record_id=arrival.record_id)
        tx.stocktakes.save(going)
    return going


def _second(tx: Transaction, actor: Actor, login: str, site: str) -> Actor:
    account = tx.people.called(login.strip())
    other = as_actor(account.person) if account is not None and account.person.active else None
    if other is None or other.id == actor.id or not rules.may(other, Action.KEEP_ROOMS) or site not in other.sites:
        raise Invalid("Name a second person who keeps these rooms.", "no-second-person")
    return other


def _both(tx: Transaction, going: Stocktake) -> Sequence[Actor]:
    people = [tx.people.get(one) for one in going.people]
    return [as_actor(one) for one in people if one is not None]


def _pages(tx: Transaction, ids: Sequence[str]) -> Mapping[str, int]:
    files = tx.records.components_of(ids)
    return {one: sum(file.page_count for file in some if not file.parent_id) for one, some in files.items()}


def _seen(tx: Transaction, actor: Actor, stocktake_id: str) -> Stocktake:
    going = tx.stocktakes.get(stocktake_id)
    sites = locations.sites_of(actor)
    if sites is not None and going.site not in sites:
        raise NotFound(NO_SUCH_STOCKTAKE, "no-such-stocktake")
    return going


def _mine(tx: Transaction, actor: Actor, stocktake_id: str) -> Stocktake:
    going = _seen(tx, actor, stocktake_id)
    if actor.id not in going.people:
        raise Denied(Action.KEEP_ROOMS, "not-your-stocktake", "Two others take this stocktake.")
    return going


def _counting(tx: Transaction, actor: Actor, stocktake_id: str) -> Stocktake:
    going = _mine(tx, actor, stocktake_id)
    if going.state != "counting":
        raise Conflict("Nothing is counted any more.", "stocktake-closed")
    return going


def _line(tx: Transaction, actor: Actor, going: Stocktake, record_id: str) -> Line:
    line = next((one for one in going.lines if one.record_id == record_id), None)
    if line is None or record_id not in tx.records.admitted([record_id], rules.scope(actor, Action.FIND)):
        raise NotFound(locations.NO_SUCH_LABEL, "no-such-label")
    return line


def _inside(tx: Transaction, going: Stocktake, place: Location) -> Location:
    known = {one.id: one for one in tx.rooms.every({going.site})}
    if place.id not in below(known, going.location_id):
        raise Invalid("This place is not part of the stocktake.", "outside-stocktake")
    return place


def _step(archive: Archive, tx: Transaction, actor: Actor, going: Stocktake, action: str) -> Stocktake:
    tx.stocktakes.save(going)
    tx.ledger.add(archive.now(), actor.id, action, "stocktake", going.id, site=going.site)
    return going


def _shown(tx: Transaction, actor: Actor, going: Stocktake) -> Shown:
    ids = [line.record_id for line in going.lines]
    records = tx.records.admitted(ids, rules.scope(actor, Action.FIND))
    places = {one.id: one for one in tx.rooms.every({going.site})}
    lines = [line for line in going.lines if line.record_id in records]
    order = {name: at for at, name in enumerate(("missing", "misplaced", "unexpected", "damaged", "on-loan", ""))}
    lines.sort(
        key=lambda one: (
            order[one.difference] if going.state != "counting" else 0,
            places[one.expected_id].address if one.expected_id else "",
            records[one.record_id].archival_code,
            one.record_id,
        )
    )
    people = {*going.people, *(line.owner_id for line in lines), *(line.seen_by for line in lines)} - {""}
    part = actor.id in going.people
    signed = {one.person_id for one in going.signatures}
    ready = going.state == "counted" and not any(line.open for line in going.lines)
    return Shown(
        going, lines, records, places, tx.people.names(people), part, part and ready and actor.id not in signed
    )
