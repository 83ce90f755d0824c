"""A record becomes findable: its files are read in the sandbox, its entry is put into the index.

Reading may run many times at once; the index has one writer, whoever holds `writing()`. Both take their work
from the tables and may be cut off at any moment: what was not finished is done again.

The index lives in a folder of its own for every time it is built (`index/whoosh-3`); the tables say which one
counts. So a rebuild goes on beside the index in use, and taking it into use is one transaction.
"""

import fcntl
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path, PurePath

from access import rules
from access.actors import Actor
from access.disposals import State
from access.rules import Action
from archive import drafting, forms, insides, intake, labels, likeness, records, suggesting
from archive.app import Archive
from archive.errors import ArchiveError, Conflict, Corrupt, Misconfigured, NotFound
from archive.labels import BODY_LEVEL_MAX, Beyond
from archive.model import Component, Record, Suggestion
from archive.readiness import INDEX_SHORT, NOT_INDEXED
from archive.tables import INDEX_WRITER, Transaction
from archive.tables.jobs import ATTEMPTS_MAX, NORMAL, PICTURES, URGENT
from archive.tables.objects import StoredObject
from archive.threads import Shared, together
from indexer.engines import Engine, Entry
from indexer.errors import IndexAway, IndexBroken, IndexerError, Unreadable
from indexer.reading import Reader, Reading
from indexer.text import Text

log = logging.getLogger("muniment.indexing")

BATCH = 200
REBUILD_BATCH = 2000
"""So many records are one commit of an index that nobody searches yet."""
FOLLOWED_EVERY_S = 0.2
MUST_END = "index-must-end"
"""Under this name the tables keep that nothing serves beside the rebuild under way: it is not stopped."""
BEGUN = "index-begun"
"""Under this name the tables keep how many rebuilds in a row were begun of which no end was seen, and how many records
the furthest of them had put: `3/2000`. Each took its process with it, and came no further than one before."""
INDEX_WANTED = "index-wanted"
"""Under this name the tables keep what is wanted of whoever writes the index: rebuild, stop, or nothing."""
LABELS_OF_INDEX = "index-labels"
"""Under this name the tables keep which labels the entries of the index in use have."""

Progress = Callable[[int, int], None]


THEN_SCANS, THEN_LONG_SCANS = 1, 2
"""Reading words off the pictures of a file is less urgent than reading the next file, by so much. However urgent a file
was: nobody waits with it behind the pages of somebody else's."""
RECOGNISED_AT_ONCE = 8
"""Pages that one reader takes off their pictures before another may go on with them."""
LONG = 2 * RECOGNISED_AT_ONCE
"""More pages than this are a long scan, which waits for shorter ones."""


def read(archive: Archive, reader: Reader, component_id: str, *, priority: int = NORMAL) -> None:
    """Read one component in the sandbox; keep its text and suggestions, or put its record into quarantine.

    Pages whose words are in a picture only are recognised afterwards. Safe to repeat: what was read before is
    replaced by the same.
    """
    try:
        with archive.read() as tx:
            component = tx.records.component(component_id)
    except NotFound:
        return
    with opened(archive, component) as path:
        try:
            reading = reader.read(path, component.file_name)
        except Unreadable as error:
            _cannot_be_read(archive, component, error)
            return
    pages = json.dumps(reading.text.pages, ensure_ascii=False).encode()
    kept = archive.objects.keep(BytesIO(pages)) if any(reading.text.pages) else None
    inside = insides.keep(archive, component, reading.text.children)
    learnt = learn(archive, component, reading.text)
    cautions = [(caution.code, caution.detail) for caution in reading.text.cautions]
    if inside.left_out:
        cautions.append(("partly-unreadable", str(inside.left_out)))
    with archive.write() as tx:
        # As it stands now: a newer version may have taken its place meanwhile.
        component = tx.records.component(component_id)
        if tx.unlocked.get(component_id):
            cautions.append(("unlocked", ""))
        if kept is not None:
            kept.declare(tx)
        layout = tx.layouts.get(component_id)
        tx.records.set_reading(
            component_id,
            media_type=reading.media_type,
            text_digest=kept.digest if kept else None,
            page_count=len(reading.text.pages),
            image_pages=layout.pages if layout and layout.digest else reading.image_pages,
            cautions=cautions,
        )
        _want_recognised(archive, tx, component, reading, cautions, priority)
        if reading.image_pages:
            laid_out = layout is None and archive.typesetter.lays_out(reading.media_type)
            # Whoever has just handed something in at a page looks at it next.
            after = PICTURES if priority <= URGENT else PICTURES + 1
            tx.jobs.add(archive.now(), "lay-out" if laid_out else "draw", priority=after, component=component_id)
        if 1 in reading.text.unread and not component.parent_id and tx.forms.anything_out():
            tx.jobs.add(archive.now(), "find-form", priority=priority, component=component_id)
        insides.bear(archive, tx, component, inside)
        remember(archive, tx, component, learnt)
        if component.current and not component.parent_id:
            tx.index_queue.add(component.record_id, archive.now())


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the words of a component show besides themselves."""

    sketch: likeness.Sketch | None
    suggestions: Sequence[Suggestion]


def learn(archive: Archive, component: Component, text: Text) -> Learnt:
    """Look for what could be filled in and what the words are like. Takes its time, so outside any transaction."""
    with archive.read() as tx:
        classes = tx.file_plan.every()
    return Learnt(
        None if component.parent_id else likeness.sketch(text.pages, archive.keys.likeness),
        suggesting.suggest(text, component.file_name, classes, archive.lessons),
    )


def remember(archive: Archive, tx: Transaction, component: Component, learnt: Learnt) -> None:
    """The words of a component are new: keep what they show."""
    if learnt.sketch is None:
        tx.likeness.put(component.id, None, ())
    else:
        tx.likeness.put(component.id, likeness.packed(learnt.sketch), likeness.bands(learnt.sketch))
    if component.current and component.part == 1 and not component.parent_id:
        said = forms.suggested(tx, component.record_id)
        known = {one.field for one in said}
        read = [one for one in learnt.suggestions if one.field not in known]
        tx.records.suggest(component.record_id, (*said, *read))
        record = tx.records.get(component.record_id)
        drafting.want(archive, tx, record, record.captured_by)


def after_reading(archive: Archive, tx: Transaction, component_id: str) -> None:
    """In the transaction that ends the reading of a component: when it was the last one inside its file, the index
    catches up with all of them at once."""
    try:
        component = tx.records.component(component_id)
    except NotFound:
        return
    if component.root_id and component.current and not tx.jobs.reads_inside(component.root_id):
        tx.index_queue.add(component.record_id, archive.now())


def _cannot_be_read(archive: Archive, component: Component, error: Unreadable) -> None:
    """What came first goes into quarantine; a later file of a record, or one inside it, costs only itself."""
    if component.part == component.version == 1 and not component.parent_id:
        intake.quarantine_record(archive, component.record_id, error.code, str(error))
        return
    with archive.write() as tx:
        tx.records.set_reading(
            component.id,
            media_type=component.media_type,
            text_digest=None,
            page_count=0,
            image_pages=0,
            cautions=[("unreadable", error.code)],
        )


def _want_recognised(
    archive: Archive,
    tx: Transaction,
    component: Component,
    reading: Reading,
    cautions: Sequence[tuple[str, str]],
    priority: int,
) -> None:
    """Ask for the pages whose words are in a picture, a few in each job: right after what is as urgent as this."""
    unread = sorted(reading.text.unread)
    if not unread:
        tx.recognitions.forget(component.id)
        return
    layer = tx.records.component(component.id).text_digest or None
    tx.recognitions.want(
        component.id,
        unread,
        layer_digest=layer,
        page_count=len(reading.text.pages),
        metadata=reading.text.metadata,
        cautions=cautions,
    )
    pages, stopped = tx.recognitions.pages(component.id), bool(tx.recognitions.stopped_by([component.id]))
    tx.records.set_text(component.id, layer, records.pending(cautions, pages, stopped=stopped))
    if not (stopped and any(page.state == "waiting" for page in pages)):
        ask_for_pages(archive, tx, component.id, unread, priority)


def ask_for_pages(archive: Archive, tx: Transaction, component_id: str, pages: Sequence[int], priority: int) -> None:
    """Jobs that read these pages, in order, off their pictures."""
    after = max(priority, NORMAL) + (THEN_LONG_SCANS if len(pages) > LONG else THEN_SCANS)
    for start in range(0, len(pages), RECOGNISED_AT_ONCE):
        part = pages[start : start + RECOGNISED_AT_ONCE]
        ends = {"first": str(part[0]), "last": str(part[-1])}
        tx.jobs.add(archive.now(), "recognise", priority=after, component=component_id, **ends)


# ---- The index and its one writer ----


@contextmanager
def writing(archive: Archive) -> Generator[Callable[[], bool]]:
    """Hold the index for writing, of all processes on this machine and on every other; yields what tells whether it
    is still held. Raises Conflict when another process does."""
    archive.settings.index.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (archive.settings.index / "writer.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("Another process is writing the index.", "index-held") from None
        with archive.tables.alone(INDEX_WRITER) as ours:
            if not ours():
                raise Conflict("Another process is writing the index.", "index-held")
            yield ours


def open_writer(archive: Archive) -> Engine | None:
    """The index in use, to write to; None when it has to be built: none yet, broken, another engine is set, or
    entries had other labels when it was made."""
    with archive.read() as tx:
        name = tx.meta.get("index")
        if name is None or not serves(archive, tx):
            return None
    try:
        return archive.open_index(name, writable=True) if archive.has_index(name) else None
    except IndexBroken:
        return None


def catch_up(archive: Archive, writers: Sequence[Engine], *, limit: int = BATCH) -> Sequence[str]:
    """Put into the index what the queue asks for, one batch in one commit; return which records that were."""
    with archive.read() as tx:
        wanted = tx.index_queue.next(limit)
    if not wanted:
        return ()
    ids = [one.record_id for one in wanted]
    _bring(archive, writers, ids)
    with archive.write() as tx:
        tx.index_queue.done(wanted)
    return ids


def _bring(archive: Archive, writers: Sequence[Engine], ids: Sequence[str]) -> None:
    """Put these records into the index as they are now, or take them out of it."""
    entries = _entries(archive, ids)
    gone = sorted(set(ids) - {entry.id for entry in entries})
    for writer in writers:
        if gone:
            writer.drop(gone)
        if entries:
            writer.put(entries)


class CutShort(Exception):
    """This process was told to end while it built an index: whoever writes the index next begins again."""


def rebuild(
    archive: Archive,
    actor: Actor,
    live: Engine | None,
    *,
    progress: Progress | None = None,
    ends: Callable[[], bool] = lambda: False,
) -> Engine:
    """Build the index anew and take it into use; returns its writer. The caller holds `writing()`.

    Searches go on in the old index (`live`, or what the tables name if that can be written to), which keeps following
    the queue: nothing that changes waits for the end of the rebuild. Stopped by a person (`stop_rebuild`) or cut off,
    nothing of the new one is left and the old one stays in service: stopped, `live` is returned.

    It fulfils what was wanted up to its beginning: what is wanted meanwhile is wanted of another one. How often one was
    begun is written down until one ends, well or not: see `given_up`. Raises CutShort between two batches when
    `ends()`: this process has to end, which says nothing against the rebuild.
    """
    rules.require(actor, Action.RUN)
    begun = _begin(archive, serves=live is not None)
    old, name, fresh = begun.old, begun.name, None
    try:
        archive.remove_index(name)
        fresh = archive.open_index(name, writable=True)
        following = _Following(archive, live or _in_use(archive, old))
        heed = partial(_heed, archive, ends, stops=live is not None)
        _fill(archive, fresh, begun.ids, following, partial(_reached, archive, begun, progress), heed)
        writers = [fresh] if following.live is None else [following.live, fresh]
        while catch_up(archive, writers):
            heed()
        _take_into_use(archive, actor, name, fresh.count(), stops=live is not None)
    except BaseException as error:
        if fresh is not None:
            fresh.close()
        with suppress(IndexAway):
            archive.remove_index(name)
        if live is None or not isinstance(error, _Stopped):
            _ended(archive, begun, error)
            raise
        log.info("the rebuild of the index was stopped; %s stays in use", old)
        return live
    if following.live is not None:
        following.live.close()
    left = {other.name for other in archive.settings.index.iterdir() if other.is_dir()}
    for other in (left | {old}) - {name}:
        try:
            archive.remove_index(other)
        except IndexAway as error:
            # That of a server which the settings name no more: nothing here depends on it.
            log.warning("the index %s stays on its server: %s", other, error)
    return fresh


@dataclass(frozen=True, slots=True)
class _Begun:
    """A rebuild under way: beside which index, under which name, of which records."""

    old: str
    name: str
    ids: Sequence[str]
    owed: bool
    """It was wanted, or one before it has seen no end: should this one see a bad end, another is wanted."""


def _begin(archive: Archive, *, serves: bool) -> _Begun:
    """Take the wish, and then look what there is: what a disposal destroys later asks for another rebuild."""
    with archive.write() as tx:
        often, furthest = _begun(tx)
        wanted = tx.meta.get(INDEX_WANTED) == "rebuild"
        if wanted:
            tx.meta.put(INDEX_WANTED, "")
        tx.meta.put(MUST_END, "" if serves else "yes")
        tx.meta.put(BEGUN, f"{often + 1}/{furthest}")
        old = tx.meta.get("index") or f"{archive.settings.engine}-0"
        ids = list(tx.records.ids())
        tx.meta.put("index-progress", f"0/{len(ids)}")
    name = f"{archive.settings.engine}-{int(old.rpartition('-')[2]) + 1}"
    return _Begun(old, name, ids, wanted or bool(often))


def _reached(archive: Archive, begun: _Begun, progress: Progress | None, done: int) -> None:
    """So many are put. Further than any before it, it was not in vain: those are counted no more."""
    with archive.read() as tx:
        _, furthest = _begun(tx)
    if done > furthest:
        with archive.write() as tx:
            tx.meta.put(BEGUN, f"1/{done}")
    if progress is not None:
        progress(done, len(begun.ids))


def _ended(archive: Archive, begun: _Begun, error: BaseException) -> None:
    """It ended badly, and its process lives to say so: it is wanted as before, and not counted among those that saw no
    end."""
    told = isinstance(error, ArchiveError | IndexerError | OSError)
    if not (told or isinstance(error, CutShort | KeyboardInterrupt)):
        return
    with suppress(ArchiveError), archive.write() as tx:
        often, furthest = _begun(tx)
        # What can be told can be mended: it is nothing that would end its process every time.
        tx.meta.put(BEGUN, f"{often - 1}/{furthest}" if often > 1 and not told else "")
        tx.meta.put("index-progress", "")
        if begun.owed:
            tx.meta.put(INDEX_WANTED, "rebuild")


def _heed(archive: Archive, ends: Callable[[], bool], *, stops: bool) -> None:
    """Between two batches: go on, or raise _Stopped or CutShort."""
    if stops and _stop_taken(archive):
        raise _Stopped
    if ends():
        raise CutShort


def _take_into_use(archive: Archive, actor: Actor, name: str, entries: int, *, stops: bool) -> None:
    """Raises _Stopped if somebody wants no more of it: up to here that is heeded, and from here on it is refused."""
    with archive.write() as tx:
        stop = tx.meta.get(INDEX_WANTED) == "stop"
        if stop:
            tx.meta.put(INDEX_WANTED, "")
        if not (stop and stops):
            tx.meta.put("index", name)
            tx.meta.put(LABELS_OF_INDEX, labels.SCHEME)
            tx.meta.put(INDEX_SHORT, "")
            late = {"stop": "too-late"} if stop else {}
            tx.ledger.add(archive.now(), actor.id, "index.rebuilt", "index", name, entries=entries, **late)
        # A rebuild wanted meanwhile is wanted still: what was destroyed since may have been put into this one.
        for told in ("index-progress", MUST_END, BEGUN):
            tx.meta.put(told, "")
    if stop and stops:
        raise _Stopped


def _begun(tx: Transaction) -> tuple[int, int]:
    """How many without an end, and how many records the furthest of them had put."""
    often, _, furthest = (tx.meta.get(BEGUN) or "0").partition("/")
    return int(often), int(furthest or 0)


def due(tx: Transaction) -> bool:
    """Is a rebuild wanted, under way, or without an end? Then the index in use is not the last word."""
    return tx.meta.get(INDEX_WANTED) == "rebuild" or bool(tx.meta.get(BEGUN))


def given_up(tx: Transaction) -> int:
    """How often the rebuild was begun, if so often without an end that it is begun no more until a person asks; or 0.

    As with jobs: what takes its process with it every time would keep that process from everything else.
    """
    often, _ = _begun(tx)
    return often if often >= ATTEMPTS_MAX else 0


def may_rebuild(archive: Archive) -> bool:
    """Not what was given up; what is wanted of it, or said to be under way, is then no more."""
    with archive.read() as tx:
        often = given_up(tx)
        said = tx.meta.get(INDEX_WANTED) or tx.meta.get("index-progress")
    if often and said:
        log.error("a rebuild of the index ended its process %d times and is begun no more", often)
        with archive.write() as tx:
            for told in (INDEX_WANTED, "index-progress"):
                tx.meta.put(told, "")
    return not often


def _fill(
    archive: Archive,
    fresh: Engine,
    ids: Sequence[str],
    following: "_Following",
    reached: Callable[[int], None],
    heed: Callable[[], None],
) -> None:
    """Put all of these into the new index; `reached` is told how many are, and `heed` asked between two batches."""
    with ThreadPoolExecutor(1, "index-rebuild") as aside:
        putting: Future[None] | None = None
        for start in range(0, len(ids), REBUILD_BATCH):
            entries: list[Entry] = []
            for at in range(start, min(start + REBUILD_BATCH, len(ids)), BATCH):
                heed()
                entries += _entries(archive, ids[at : at + BATCH])
                following.catch_up()
            # While these are put, the next are read.
            following.meanwhile(putting)
            if putting is not None:
                reached(start)
            putting = aside.submit(fresh.put, entries)
        following.meanwhile(putting)
    reached(len(ids))
    # What changed meanwhile may have been read before it did.
    changed = sorted(following.changed)
    for start in range(0, len(changed), BATCH):
        _bring(archive, [fresh], changed[start : start + BATCH])


class _Stopped(Exception):
    """Somebody wants no more of it."""


class _Following:
    """The index that is searched follows the queue while another one is built beside it."""

    def __init__(self, archive: Archive, live: Engine | None) -> None:
        self._archive = archive
        self.live = live
        self.changed: set[str] = set()
        """What was brought up to date here alone."""

    def catch_up(self) -> None:
        """What the queue asks for stays in it, and hidden, where there is no index that could follow."""
        while self.live is not None:
            try:
                done = catch_up(self._archive, [self.live])
            except IndexBroken as error:
                log.error("the index in use cannot follow while another is built: %s", error)
                self.live = None
                return
            self.changed.update(done)
            if not done:
                return

    def meanwhile(self, putting: "Future[None] | None") -> None:
        """Until this has been put. Raises what went wrong with it."""
        if putting is None:
            return
        while not wait((putting,), FOLLOWED_EVERY_S).done:
            self.catch_up()
        putting.result()


def _in_use(archive: Archive, name: str) -> Engine | None:
    """The index that is searched, to write to, whichever engine it is of; None when there is none that works."""
    try:
        return archive.open_index(name, writable=True) if archive.has_index(name) else None
    except (IndexerError, Misconfigured):
        return None


def want_rebuild(archive: Archive, actor: Actor) -> None:
    """Ask whoever writes the index to build it anew, though it may have been given up."""
    rules.require(actor, Action.RUN)
    with archive.write() as tx:
        ask_for_rebuild(tx)


def ask_for_rebuild(tx: Transaction) -> None:
    """Somebody needs the index anew: how often it was begun in vain before is forgotten."""
    tx.meta.put(INDEX_WANTED, "rebuild")
    tx.meta.put(BEGUN, "")


def stop_rebuild(archive: Archive, actor: Actor) -> None:
    """No more of the index that is being built: the one in use stays.

    Raises Conflict when nothing is being built, or no longer; or when the one in use cannot stay: it is of another
    engine, lacks records, or keeps what a disposal destroyed.
    """
    rules.require(actor, Action.RUN)
    with archive.write() as tx:
        under_way = tx.meta.get("index-progress") or tx.meta.get(INDEX_WANTED)
        stays = serves(archive, tx) and not tx.meta.get(INDEX_SHORT) and not tx.meta.get(MUST_END)
        if not under_way:
            raise Conflict("No index is being built any more: it came too late.", "index-built")
        if not stays or _holds_destroyed(tx):
            raise Conflict("The index in use cannot stay: the new one is needed.", "index-needed")
        if tx.meta.get("index-progress"):
            tx.meta.put(INDEX_WANTED, "stop")
        else:
            # Asked for and not begun yet, it is simply wanted no more.
            tx.meta.put(INDEX_WANTED, "")
            tx.meta.put(BEGUN, "")
        tx.ledger.add(archive.now(), actor.id, "index.stopped", "index", tx.meta.get("index") or "")


def serves(archive: Archive, tx: Transaction) -> bool:
    """Is there an index in use that needs no rebuild?"""
    name, scheme = tx.meta.get("index"), tx.meta.get(LABELS_OF_INDEX)
    return name is not None and name.rpartition("-")[0] == archive.settings.engine and scheme == labels.SCHEME


def _holds_destroyed(tx: Transaction) -> bool:
    """Does a disposal wait for an index that holds nothing of what it destroyed?"""
    return any(one.cleaned_at is None for one in tx.retention.every(State.EXECUTED))


def _stop_taken(archive: Archive) -> bool:
    """Does somebody want no more of the rebuild? What was wanted is taken then, and no rebuild is under way."""
    with archive.read() as tx:
        if tx.meta.get(INDEX_WANTED) != "stop":
            return False
    with archive.write() as tx:
        # A disposal may have asked for one meanwhile.
        if tx.meta.get(INDEX_WANTED) != "stop":
            return False
        for told in (INDEX_WANTED, "index-progress", BEGUN):
            tx.meta.put(told, "")
    return True


def mend(
    archive: Archive,
    actor: Actor,
    live: Engine,
    missing: int,
    *,
    progress: Progress | None = None,
    ends: Callable[[], bool] = lambda: False,
) -> Engine:
    """An index in which so many records are missing is built anew; whoever searches it meanwhile is told."""
    log.error("the index lacks %d records and is built anew", missing)
    with archive.write() as tx:
        tx.meta.put(INDEX_SHORT, str(missing))
    return rebuild(archive, actor, live, progress=progress, ends=ends)


def rebuild_wanted(archive: Archive) -> bool:
    """Asked by whoever writes the index, between two rebuilds: then there is nothing to stop, and one that saw no end
    is wanted still."""
    if _stop_taken(archive):
        return False
    with archive.read() as tx:
        wanted = due(tx)
    return wanted and may_rebuild(archive)


def progress_of(archive: Archive) -> Progress:
    """Writes how far a rebuild is, and how long it will take, where `index status` reads it: `1200/3400, 35 s`."""
    began = time.monotonic()

    def write(done: int, total: int) -> None:
        left = (time.monotonic() - began) / done * (total - done) if done else 0
        with archive.write() as tx:
            tx.meta.put("index-progress", f"{done}/{total}, {left:.0f} s")

    return write


def _entries(archive: Archive, ids: Sequence[str]) -> list[Entry]:
    today = archive.now().astimezone().date()
    with archive.read() as tx:
        rows, components, known = tx.records.many(ids), tx.records.components_of(ids), labels.beyond(tx, ids, today)
        texts = tx.objects.texts_of([one for one, row in rows.items() if row.level <= BODY_LEVEL_MAX])
    waiting = Shared(one for one in ids if one in rows and indexed(rows[one]))
    found: dict[str, Entry] = {}

    def make(failed: Callable[[], bool]) -> None:
        for one in waiting:
            if failed():
                return
            found[one] = _entry_or_less(archive, rows[one], components[one], known.get(one, Beyond()), texts)

    # Where objects lie on another machine it is waited for each text: for several at a time, then.
    together(make, min(archive.objects.at_once, len(ids)), waiting=True)
    return [found[one] for one in ids if one in found]


def _entry_or_less(
    archive: Archive,
    record: Record,
    components: tuple[Component, ...],
    known: Beyond,
    texts: Mapping[str, StoredObject],
) -> Entry:
    """One spoilt object must not stop the index: the record goes in without its body, and its files are read anew."""
    try:
        return entry(archive, record, components, known, texts)
    except (Corrupt, NotFound) as error:
        log.error("the text of record %s cannot be used and is read anew: %s", record.id, error)
    with archive.write() as tx:
        for component in components:
            tx.jobs.add(archive.now(), "read", component=component.id)
    return entry(archive, record, tuple(replace(component, text_digest="") for component in components), known)


def indexed(record: Record) -> bool:
    """No index entry belongs to a record in quarantine, or to one that has gone or became a version (INV-20)."""
    return record.lifecycle not in NOT_INDEXED


def entry(
    archive: Archive,
    record: Record,
    components: tuple[Component, ...],
    known: Beyond,
    texts: Mapping[str, StoredObject] | None = None,
) -> Entry:
    """A record as the engine sees it. `texts` are those that the caller has found for many records at once."""
    pages: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    if record.level <= BODY_LEVEL_MAX:
        pages = tuple(page for component in components for page in records.pages_of(archive, component, texts))
        # Names of files are shown to those who may read, so they are found by them alone, as the body is.
        pages = (*pages, *(component.file_name for component in components))
        stems = (PurePath(component.file_name).stem for component in components)
        names = tuple(dict.fromkeys(one for one in stems if one != record.title))
    date = record.document_date
    return Entry(
        id=record.id,
        title=record.title,
        numbers=tuple(filter(None, (record.doc_number, record.archival_code))),
        parties=tuple(filter(None, (*record.parties, record.issuer))),
        pages=pages,
        names=names,
        labels=labels.labels_of(record, components, known),
        date=date.year * 10000 + date.month * 100 + date.day if date else None,
        captured=int(record.captured_at.timestamp()),
    )


@contextmanager
def opened(archive: Archive, component: Component) -> Generator[Path]:
    """The plain bytes of a component as a file of ours, for the sandbox to read; gone when the block ends.

    Of a file whose password was given, the copy without the lock.
    """
    with archive.read() as tx:
        row = tx.objects.get(tx.unlocked.get(component.id) or component.digest)
    with plain(archive, archive.objects.pieces_of(row)) as path:
        yield path


@contextmanager
def plain(archive: Archive, pieces: Iterable[bytes]) -> Generator[Path]:
    """These bytes as a file of ours, gone when the block ends."""
    archive.settings.work.mkdir(exist_ok=True, mode=0o700)
    # The name begins with our process number, so that a restart knows whose it was.
    with tempfile.NamedTemporaryFile(dir=archive.settings.work, prefix=f"{os.getpid()}-") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        yield Path(file.name)
