"""A record is shown, described, corrected and filed."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from access import rules
from access.actors import Actor
from access.rules import Action, Right
from archive import acting, custody, drafting, loan_steps, locations, naming, obsolescence, reading_room, suggesting
from archive.app import Archive
from archive.errors import Checking, Conflict, Corrupt, Invalid, NotFound
from archive.model import (
    BEING_RECOGNISED,
    KEPT,
    READING_STOPPED,
    Arrival,
    Component,
    Department,
    Event,
    RecognisedPage,
    Recognition,
    Record,
    RecordClass,
    Site,
    Suggestion,
    checked_level,
)
from archive.reading_room import Sitting
from archive.tables import Transaction
from archive.tables.objects import StoredObject
from indexer import legible
from indexer.legible import Chosen

READS_LOGGED_FROM = 2
"""Reading at this level or above is an event of its own in the ledger."""


@dataclass(frozen=True, slots=True)
class View:
    """A record as one person may see it: the description within FIND, the files only within READ."""

    record: Record
    record_class: RecordClass | None
    components: tuple[Component, ...]
    """Its files as they are now, each followed by the files inside it."""
    may_read: bool
    may_read_text: bool
    """False under a loan, which opens the pictures of pages only."""
    may_download: bool
    may_describe: bool
    refusal: str
    """Why the files are not shown and what to do next; empty if they are."""
    captured_by: str
    suggestions: Sequence[Suggestion] = ()
    history: Sequence[Event] = ()
    people: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names of those in the history, and of those who added versions or stopped the reading."""
    versions: Sequence[Component] = ()
    """Every version of its files, newest first; empty while there is only one of each."""
    arrivals: Sequence[Arrival] = ()
    """How its files came in, and every time the same bytes came again; for those who may describe it."""
    stopped_by: Mapping[str, str] = field(default_factory=dict[str, str])
    """Who stopped the reading of a file, by its id; a file that is read through, or is being read, is not in it."""


NO_LEVEL = -1
"""Where no level was chosen."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a person may say of a record. Dates as 2026-03-01; parties one per entry."""

    title: str
    class_code: str
    level: int
    site: str
    department: str
    doc_number: str = ""
    issuer: str = ""
    parties: tuple[str, ...] = ()
    document_date: str = ""
    shelf_location: str = ""


def view(archive: Archive, actor: Actor, record_id: str) -> View:
    """The record with what this actor may see and do. NotFound if they may not even find it."""
    with archive.read() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        may_read = rules.scope(actor, Action.READ).admits(record)
        may_describe = rules.scope(actor, Action.DESCRIBE).admits(record)
        history = tx.ledger.lines(subject_id=record_id, limit=50) if may_describe else ()
        versions = tx.records.versions_of(record_id) if may_read else ()
        if all(one.current for one in versions):
            versions = ()
        suggestions = tx.records.suggestions_of(record_id) if may_describe and may_read else ()
        components = tx.records.components_of([record_id])[record_id] if may_read else ()
        stopped_by = tx.recognitions.stopped_by([one.id for one in components if one.partly_recognised])
        known = {event.actor for event in history} | {one.added_by for one in versions} | {*stopped_by.values()}
        view = View(
            record=record,
            record_class=tx.file_plan.get(record.class_code) if record.class_code else None,
            components=components,
            may_read=may_read,
            may_read_text=rules.scope(actor, Action.READ_TEXT).admits(record),
            may_download=rules.scope(actor, Action.DOWNLOAD).admits(record),
            may_describe=may_describe,
            refusal="" if may_read else rules.NEXT_STEP[Action.READ],
            captured_by=tx.people.names([record.captured_by]).get(record.captured_by, record.captured_by),
            suggestions=suggestions,
            history=history,
            people=tx.people.names(known),
            versions=versions,
            arrivals=tx.intake.of_record(record_id) if may_describe else (),
            stopped_by=stopped_by,
        )
    if suggestions and components:
        # The words they were read from lie sealed with the rest of the text.
        return replace(view, suggestions=suggesting.quoted(suggestions, _pages_or_none(archive, components[0])))
    return view


def text(archive: Archive, actor: Actor, record_id: str) -> Sequence[Sequence[str]]:
    """The pages of text of each component, for those who may read the record."""
    record, components = _readable(archive, actor, record_id)
    rules.require(actor, Action.READ_TEXT, record)
    _log_reading(archive, actor, record, "record.text-read")
    return [_shown_text(archive, component) for component in components]


def text_of(archive: Archive, actor: Actor, record_id: str, component_id: str) -> Sequence[str]:
    """The pages of text of one file, whichever version it is."""
    record, _ = _readable(archive, actor, record_id)
    rules.require(actor, Action.READ_TEXT, record)
    with archive.read() as tx:
        component = _component_of(tx, record_id, component_id)
    _log_reading(archive, actor, record, "record.text-read", component=component.id)
    return _shown_text(archive, component)


def _shown_text(archive: Archive, component: Component) -> Sequence[str]:
    """The pages of text as they are given to people: of what is obsolete, each says so in its first line."""
    mark, pages = obsolescence.mark_of(archive, component), pages_of(archive, component)
    return [f"【{mark}】\n{page}" for page in pages] if mark else pages


def original(
    archive: Archive, actor: Actor, record_id: str, component_id: str = ""
) -> tuple[Component, Iterator[bytes]]:
    """A file exactly as it was captured: the first of the record as it is now, or the one asked for, any version.

    Raises NotFound if the record may not be found, Denied if it may not be downloaded, Corrupt if it
    begins damaged; Corrupt at a later piece that is damaged: each is genuine, whether there are more or not.
    Raises Conflict (`obsolete`) for what is obsolete: that leaves the house with its mark only, see
    `renditions.handed_out`.
    """
    component = given_out(archive, actor, record_id, component_id)
    if obsolescence.mark_of(archive, component):
        raise Conflict("It is obsolete: it is given out with its mark only.", "obsolete")
    return component, archive.objects.pieces(component.digest)


def given_out(archive: Archive, actor: Actor, record_id: str, component_id: str = "") -> Component:
    """Let a file be given out: the rules are asked and it is written down; as `original`, without the bytes."""
    with archive.read() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        rules.require(actor, Action.DOWNLOAD, record)
        component = _component_of(tx, record_id, component_id)
    _log_reading(archive, actor, record, "record.downloaded", component=component.id)
    return component


def all_given_out(
    archive: Archive, actor: Actor, record_id: str, *, selection: str
) -> tuple[Record, Sequence[Component]]:
    """Let every file of a record be given out together with others of a selection: each time it is written down.

    Files inside files go with those. Raises NotFound, Denied.
    """
    with archive.write() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        rules.require(actor, Action.DOWNLOAD, record)
        files = [one for one in tx.records.components_of([record_id])[record_id] if not one.parent_id]
        under = _right_of(actor, record)
        said = {"right": under.rule} | ({"grant": under.grant} if under.grant else {})
        tx.ledger.add(
            archive.now(), actor.id, "record.downloaded", "record", record_id, site=record.site, selection=selection,
            files=len(files), **said,
        )  # fmt: skip
    return record, files


@dataclass(frozen=True, slots=True)
class Page:
    """A page about to be shown: the file it belongs to, its picture if it was drawn before, and who sits over it."""

    component: Component
    digest: str
    """Of the picture; empty if it was not drawn yet."""
    sitting: Sitting | None
    """The loan it is read under; None for those who may read the record without one."""


def page(archive: Archive, actor: Actor, record_id: str, page: int, *, width_px: int, component_id: str = "") -> Page:
    """Let a page be read. Pages count from 1. Under a loan each page is decided anew (`reading_room`).

    Raises NotFound, or Denied if the record may be found but not read.
    """
    record, components = _readable(archive, actor, record_id)
    by_standing = reading_room.by_standing(actor, record)
    component = next((c for c in components if component_id in ("", c.id)), None)
    if component is None and by_standing:
        # What is borrowed is the record as it is now; versions before are for those who may read it anyway.
        with archive.read() as tx:
            component = _component_of(tx, record_id, component_id)
    if component is None or not 1 <= page <= component.image_pages:
        raise NotFound("There is no such page.")
    sitting = None
    if by_standing:
        _log_reading(archive, actor, record, "record.page-read", component=component.id, page=page)
    else:
        sitting = reading_room.sit_down(archive, actor, record, component, page)
    with archive.read() as tx:
        return Page(component, tx.records.rendition(component.id, page, width_px) or "", sitting)


def first_page(archive: Archive, actor: Actor, record_id: str, *, width_px: int, component_id: str = "") -> Page:
    """Let the first page be seen in passing, small, by those who may read the record without a loan.

    Raises NotFound, or Denied if the record may be found but not read.
    """
    actor = acting.without_loans(actor)
    record, _ = _readable(archive, actor, record_id)
    with archive.read() as tx:
        component = _component_of(tx, record_id, component_id)
        digest = tx.records.rendition(component.id, 1, width_px)
    if not component.image_pages:
        raise NotFound("There is no such page.")
    _log_reading(archive, actor, record, "record.thumbnail-shown", component=component.id)
    return Page(component, digest or "", None)


def describe(
    archive: Archive, actor: Actor, record_id: str, description: Description, *, revision: int, filing: bool,
    set_up: bool = False,
) -> Record:  # fmt: skip
    """Correct what is said of a record, and file it if `filing`.

    `revision` is the one the person saw; Conflict if it has changed since. A level is never lowered here
    (INV-18): that is declassification and needs a second person. A shelf address that names no place is refused, or
    with `set_up` becomes one, if this person keeps the rooms.
    """
    with archive.write() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        rules.require(actor, Action.FILE if filing else Action.DESCRIBE, record)
        if record.revision != revision:
            raise Conflict(
                "Somebody else has changed this record meanwhile; reload it and enter your change again.", "changed"
            )
        return correct(archive, tx, actor, record, description, filing=filing, set_up=set_up)


def correct(
    archive: Archive,
    tx: Transaction,
    actor: Actor,
    record: Record,
    description: Description,
    *,
    filing: bool,
    selection: str = "",
    set_up: bool = False,
    undoing: bool = False,
) -> Record:
    """The same within a transaction, of a record as it stands; the ledger names the selection it was done with.

    `undoing` brings back what was said before: the shelf address, which is no part of that, is not looked at.
    """
    rules.require(actor, Action.FILE if filing else Action.DESCRIBE, record)
    changed = _described(archive, tx, actor, record, description, filing=filing, set_up=set_up, undoing=undoing)
    # Whoever describes a record must still be allowed to do so afterwards: nobody pushes one out of sight.
    rules.require(actor, Action.DESCRIBE, changed)
    fields = [name for name in Description.__slots__ if getattr(changed, name) != getattr(record, name)]
    loan_steps.reclassified(archive, tx, actor.id, record, changed)
    record = tx.records.change(changed)
    if filing:
        custody.taken_up(tx, actor, record, archive.now())
        drafting.want(archive, tx, record, actor.id)
    tx.index_queue.add(record.id, archive.now())
    tx.ledger.add(
        archive.now(),
        actor.id,
        "record.filed" if filing else "record.described",
        "record",
        record.id,
        site=record.site,
        fields=fields,
        level=record.level,
        pii=record.pii,
        department=record.department,
        record_class=record.class_code,
        lifecycle=record.lifecycle,
        **({"selection": selection} if selection else {}),
    )
    return record


def description_of(record: Record) -> Description:
    """What is said of a record now."""
    values = {name: getattr(record, name) for name in Description.__slots__}
    values["document_date"] = record.document_date.isoformat() if record.document_date else ""
    return Description(**values)


@dataclass(frozen=True, slots=True)
class Queue:
    """The filing queue: what waits to be filed, oldest first, each with what the machine suggests."""

    total: int
    entries: Sequence[tuple[Record, Sequence[Suggestion], Sequence[Component]]]


def filing_queue(archive: Archive, actor: Actor, *, offset: int = 0, limit: int = 20) -> Queue:
    rules.require(actor, Action.SEE_INTAKE)
    scope = rules.scope(actor, Action.FILE)
    with archive.read() as tx:
        waiting = tx.records.listed(scope, lifecycle="captured", offset=offset, limit=limit)
        components = tx.records.components_of([record.id for record in waiting])
        return Queue(
            tx.records.counted(scope).get("captured", 0),
            [(record, tx.records.suggestions_of(record.id), components[record.id]) for record in waiting],
        )


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What forms offer to choose from."""

    classes: Sequence[RecordClass]
    sites: Sequence[Site]
    departments: Sequence[Department]


def vocabulary(archive: Archive, actor: Actor) -> Vocabulary:
    """Classes, sites and departments: known to everybody who has signed in."""
    del actor  # no rule is asked: these are the words of the house, not its records
    with archive.read() as tx:
        return Vocabulary(tx.file_plan.every(), tx.organisation.sites(), tx.organisation.departments())


def pages_of(
    archive: Archive, component: Component, texts: Mapping[str, StoredObject] | None = None, *, remember: bool = False
) -> Sequence[str]:
    """The text read from a component, page by page; empty while it has not been read.

    `texts` are those that the caller's transaction has found for many components at once; without it this one's is
    looked up. What is worth to `remember` stays open in memory for a while. Raises NotFound if it is gone, Corrupt if
    it is damaged.
    """
    if component.partly_recognised:
        with archive.read() as tx:
            found, read = tx.recognitions.get(component.id), tx.recognitions.pages(component.id)
        if found is not None:
            return [page.text for page in chosen_pages(archive, found, read)]
    if not component.text_digest:
        return ()
    if texts is None or component.text_digest not in texts:
        return read_pages(archive, component.text_digest)
    found = texts[component.text_digest]

    def opened() -> Sequence[str]:
        return json.loads(archive.objects.content(found))

    return archive.texts.recall(found.digest, opened, _in_memory) if remember else opened()


def _in_memory(pages: Sequence[str]) -> int:
    return sum(map(sys.getsizeof, pages))


def read_pages(archive: Archive, text_digest: str) -> Sequence[str]:
    """The pages of a text that was kept."""
    return json.loads(archive.objects.read(text_digest))


def _pages_or_none(archive: Archive, component: Component) -> Sequence[str]:
    """Suggestions are shown without their words while the text is spoilt; `muniment verify` names it."""
    try:
        return pages_of(archive, component)
    except (Corrupt, NotFound):
        return ()


def pending(
    cautions: Sequence[tuple[str, str]], pages: Sequence[RecognisedPage], *, stopped: bool
) -> Sequence[tuple[str, str]]:
    """What a record says of itself while pages are being recognised, or after somebody stopped that."""
    done = sum(page.state != "waiting" for page in pages)
    return [
        *((code, detail) for code, detail in cautions if code != "no-text"),
        (READING_STOPPED if stopped else BEING_RECOGNISED, f"{done}/{len(pages)}"),
    ]


def chosen_pages(archive: Archive, found: Recognition, read: Sequence[RecognisedPage]) -> Sequence[Chosen]:
    """The better text of every page: what the file says, or what was read off its picture so far."""
    layer: list[str] = json.loads(archive.objects.read(found.layer_digest)) if found.layer_digest else []
    layer += [""] * (found.page_count - len(layer))
    chosen = [Chosen(page) for page in layer]
    for page in read:
        if page.state == "done" and page.page <= len(layer):
            words = archive.objects.read(page.digest).decode() if page.digest else ""
            chosen[page.page - 1] = legible.choose(layer[page.page - 1], words, page.confidence)
    return chosen


def _readable(archive: Archive, actor: Actor, record_id: str) -> tuple[Record, tuple[Component, ...]]:
    with archive.read() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        rules.require(actor, Action.READ, record)
        return record, tx.records.components_of([record_id])[record_id]


def _component_of(tx: Transaction, record_id: str, component_id: str) -> Component:
    if not component_id:
        component_id = next((one.id for one in tx.records.components_of([record_id])[record_id]), "")
    component = tx.records.component(component_id)
    if component.record_id != record_id:
        raise NotFound("There is no such file.")
    return component


def weighty(record: Record) -> bool:
    """Is every reading of it an event of its own?"""
    return record.level >= READS_LOGGED_FROM or record.pii == 2


def _log_reading(archive: Archive, actor: Actor, record: Record, action: str, **payload: object) -> None:
    under = _right_of(actor, record)
    if weighty(record) or under.rule == EMERGENCY:
        # Which right it was says what for: a post, a grant or a loan with its purpose (INV-29).
        said = {"right": under.rule} | ({"grant": under.grant} if under.grant else {})
        with archive.write() as tx:
            tx.ledger.add(archive.now(), actor.id, action, "record", record.id, site=record.site, **payload, **said)


EMERGENCY = rules.name_of(rules.emergency)


def _right_of(actor: Actor, record: Record) -> Right:
    """The right under which somebody reads: the ordinary ones before an emergency."""
    found = rules.rights(actor, Action.READ, record)
    return min(found, key=lambda right: right.rule == EMERGENCY) if found else Right("")


def _described(
    archive: Archive, tx: Transaction, actor: Actor, record: Record, said: Description, *, filing: bool, set_up: bool,
    undoing: bool,
) -> Record:  # fmt: skip
    """The record as it would be. Raises Invalid for all that cannot be right in what is said of it, at once."""
    check = Checking()
    title = naming.clean(said.title)
    if not title:
        check.wrong(Invalid("A record needs a title.", "no-title", field="title"))
    if filing and record.lifecycle == "quarantined":
        check.wrong(Conflict("A record in quarantine cannot be filed; retry it first."))
    record_class = check.read("class_code", _class_named, tx, record, said.class_code)
    if filing and not said.class_code:
        why = "Choose a class: without one a record has no retention period."
        check.wrong(Invalid(why, "no-class", field="class_code"))
    if record.lifecycle == "archived" and (said.class_code, said.site) != (record.class_code, record.site):
        field = "class_code" if said.class_code != record.class_code else "site"
        check.wrong(
            Conflict("Class and site are part of the reference code, which never changes.", "code-stands", field=field)
        )
    check.read("level", _level_said, record, said.level)
    site = said.site if said.site in {site.code for site in tx.organisation.sites()} else ""
    if said.site and not site:
        check.wrong(Invalid(f"There is no site {said.site!r}.", "no-such-site", field="site"))
    if (filing or set_up) and not said.site:
        check.wrong(Invalid("Choose a site: it decides who may see the record.", "no-site", field="site"))
    dated = check.read("document_date", naming.parsed_date, said.document_date)
    # What was said before this was asked stands while something else is corrected, but nothing is filed with it.
    if filing or dated != record.document_date:
        check.read("document_date", naming.not_ahead, dated, archive.now().astimezone().date())
    shelf = naming.clean(said.shelf_location)
    # What was typed before there were places stays while something else is corrected, or the paper is filed.
    if not undoing and (said.site, shelf) != (record.site, record.shelf_location):
        new = set_up and bool(site)
        shelf = check.read("shelf_location", locations.meant, archive, tx, actor, site, shelf, set_up_new=new) or ""
    check.end()
    return replace(
        record,
        title=title[:500],
        class_code=said.class_code,
        level=said.level,
        pii=_personal(record, record_class),
        site=said.site,
        department=said.department,
        doc_number=naming.clean(said.doc_number),
        issuer=naming.clean(said.issuer),
        parties=tuple(party for party in map(naming.clean, said.parties) if party),
        document_date=dated,
        shelf_location=shelf,
        lifecycle="filed" if filing else record.lifecycle,
    )


def _class_named(tx: Transaction, record: Record, code: str) -> RecordClass | None:
    found = tx.file_plan.get(code) if code else None
    if code and found is None:
        raise Invalid(f"There is no class {code!r} in the file plan.", "no-such-class")
    if found is not None and found.closed_on is not None and code != record.class_code:
        raise Invalid("This class is closed: it takes no new records. See what took its place.", "class-closed")
    return found


def _level_said(record: Record, level: int) -> None:
    if level == NO_LEVEL:
        raise Invalid("Choose a confidentiality level.", "no-level")
    if record.lifecycle in KEPT and checked_level(level) < record.level:
        raise Invalid("A level is not lowered here: declassification needs a second person.", "level-lowered")
    checked_level(level)


def _personal(record: Record, record_class: RecordClass | None) -> int:
    """How personal a record is: what its class says, but once filed never less than before (INV-18)."""
    says = record_class.pii if record_class else record.pii
    return max(says, record.pii) if record.lifecycle in KEPT else says
