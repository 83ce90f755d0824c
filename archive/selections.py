"""Many records are worked on together: chosen, tried out, done, undone, each with a result of its own.

1. Records are chosen one by one or by a question, within what their chooser may find; the list is kept, nobody else's.
2. A deed is asked for: it is tried out on each of them, by doing it and taking it back, and each says what would be.
3. Confirmed, it is done with those that said yes; one transaction for some of them at a time, with their ledger lines.
4. What is not done at once a worker goes on with, as the person who asked, with the rights they have at that moment.
5. What was done is undone the same way, unless somebody has changed it since.

The rule is asked about each record in the act. A record its chooser may find no longer is in no list and no count.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from access import rules
from access.actors import SERVICE, Actor
from access.rules import Action, Denied, Scope
from archive import acting, deeds, search
from archive.app import Archive
from archive.errors import ArchiveError, Conflict, Invalid, NotFound
from archive.model import Record, new_id
from archive.search import REACH_MAX, Question
from archive.tables import Transaction
from archive.tables.records import NO_SUCH_RECORD
from archive.tables.selections import Changes, Line, Selection

MOST = REACH_MAX
"""More is no list anybody answers for; who needs more narrows the question."""
CHUNK = 50
"""So many records in one transaction: nobody waits long for the tables."""
STRETCH_S = 10.0
"""So long a worker stays with one selection before others have their turn."""
KEPT_FOR = timedelta(days=90)
"""So long it can be looked at what became of each record; the ledger tells it for ever."""
SHOWN = 20
"""So many of somebody's selections are shown."""

ENDS: Mapping[str, tuple[Sequence[str], str]] = {
    "trying": (("chosen",), "chosen"),
    "doing": (("ready",), "ready"),
    "undoing": (("done",), "done"),
}
"""Phase → the states from which records wait to be worked on, and the one in which stopping leaves them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A selection and how far it is, as far as its chooser may find its records now."""

    selection: Selection
    counts: Mapping[str, int]
    """How many records are in each state."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        return self.counts.get("waiting", 0)

    def count(self, *states: str) -> int:
        return sum(self.counts.get(one, 0) for one in states)

    @property
    def may_undo(self) -> bool:
        deed = self.selection.deed
        return bool(deed) and not self.left and bool(self.count("done")) and deeds.undo_of(deed) is not None


def choose(
    archive: Archive,
    actor: Actor,
    *,
    ids: Sequence[str] = (),
    question: Question | None = None,
    origin: str = "",
) -> Selection:
    """Keep a list of records: these, or all that answer. What may not be found is left out, as if it were not there.

    `origin` is the address of the list they were chosen in. Raises Invalid when there are none or too many, NotFound
    when none of those named may be found, Conflict while the index is being rebuilt.
    """
    wanted = _wanted(archive, actor, ids, question)
    with archive.write() as tx:
        return _chosen(archive, tx, actor, wanted, origin)


def gather(
    archive: Archive,
    actor: Actor,
    *,
    ids: Sequence[str] = (),
    question: Question | None = None,
    origin: str = "",
) -> tuple[Standing, int]:
    """Add records to the present selection, or begin one with them; and how many are new in it. Raises as `choose`."""
    wanted = _wanted(archive, actor, ids, question)
    scope = _own(actor)
    with archive.write() as tx:
        before = _present(tx, actor, scope)
        if before is None:
            one = _chosen(archive, tx, actor, wanted, origin)
            added = tx.selections.size(one.id)
        else:
            one = before.selection
            known = tx.selections.among(one.id, wanted)
            new = [each for each in _findable(tx, wanted, scope) if each not in known]
            added = len(new)
            if tx.selections.size(one.id) + added > MOST:
                raise _too_many()
            if new and one.deed:
                # It was tried out without the new ones: nothing is done before all were tried.
                one = replace(one, phase="chosen", deed="", said={})
                tx.selections.save(one)
                tx.selections.move(one.id, ("ready", "unchanged", "refused"), "chosen")
            tx.selections.put(one.id, new)
        return Standing(one, tx.selections.counts([one.id], scope)[one.id]), added


def again(archive: Archive, actor: Actor, selection_id: str, *, refused_only: bool = False) -> Selection:
    """The same records anew, or those with which it could not be done: for the next deed.

    Raises Invalid when there are none that may be found.
    """
    scope = _own(actor)
    with archive.write() as tx:
        one = tx.selections.get(selection_id, actor.id)
        found = tx.selections.lines(one.id, scope, states=("refused",) if refused_only else ())
        if not found:
            raise Invalid("Choose at least one record.", "nothing-chosen")
        return _chosen(archive, tx, actor, [each.record_id for each in found], one.origin)


def present(archive: Archive, actor: Actor) -> Standing | None:
    """The selection to which this person may add still: what they chose last, unless something was begun with it."""
    scope = _own(actor)
    with archive.read() as tx:
        return _present(tx, actor, scope)


def among(archive: Archive, actor: Actor, selection_id: str, ids: Sequence[str]) -> set[str]:
    """Those of these records that are in one of this person's own selections."""
    _own(actor)
    with archive.read() as tx:
        return tx.selections.among(tx.selections.get(selection_id, actor.id).id, ids)


def standing(archive: Archive, actor: Actor, selection_id: str) -> Standing:
    """How far one of this person's own selections is."""
    scope = _own(actor)
    with archive.read() as tx:
        one = tx.selections.get(selection_id, actor.id)
        return Standing(one, tx.selections.counts([one.id], scope)[one.id])


def mine(archive: Archive, actor: Actor) -> Sequence[Standing]:
    """What this person chose, the newest first."""
    scope = _own(actor)
    with archive.read() as tx:
        every = tx.selections.of_person(actor.id, most=SHOWN)
        counts = tx.selections.counts([one.id for one in every], scope)
    return [Standing(one, counts[one.id]) for one in every]


def lines(
    archive: Archive,
    actor: Actor,
    selection_id: str,
    *,
    states: Sequence[str] = (),
    offset: int = 0,
    most: int | None = None,
) -> Sequence[tuple[Line, Record]]:
    """What became of each record, those in these states; in the order in which they were chosen."""
    scope = _own(actor)
    with archive.read() as tx:
        tx.selections.get(selection_id, actor.id)
        found = tx.selections.lines(selection_id, scope, states=states, offset=offset, most=most)
        live = tx.records.admitted([one.record_id for one in found], scope)
    return [(one, live[one.record_id]) for one in found if one.record_id in live]


def records_of(archive: Archive, actor: Actor, selection_id: str, action: Action) -> Sequence[Record]:
    """The chosen records with which this person may do this now."""
    scope = rules.scope(actor, action)
    return [record for _, record in lines(archive, actor, selection_id) if scope.admits(record)]


def offered(actor: Actor) -> Sequence[str]:
    """The deeds this person may do with any record at all."""
    return [
        name for name in deeds.names() if rules.may(actor, Action.SAVE_SEARCHES) and deeds.open_deed(name).may(actor)
    ]


def ask(archive: Archive, actor: Actor, selection_id: str, deed: str, said: Mapping[str, str]) -> None:
    """Try out what would become of each record; the first of them at once. What was asked before is forgotten.

    Raises Invalid or NotFound for what cannot be done with any record, Conflict for what is under way or done.
    """
    scope = _own(actor)
    asked = deeds.open_deed(deed)
    with archive.write() as tx:
        one = tx.selections.get(selection_id, actor.id)
        before = Standing(one, tx.selections.counts([one.id], scope)[one.id])
        if before.left or before.count("done", "undone"):
            raise Conflict("Something has been done with these records; choose them anew.", "selection-used")
        kept = asked.checked(tx, actor, said)
        one = replace(one, phase="trying", deed=deed, said=kept, clearance=actor.clearance)
        tx.selections.save(one)
        tx.selections.move(one.id, ("chosen", "ready", "unchanged", "refused"), "waiting")
        _begin(archive, tx, actor, one)


def confirm(archive: Archive, actor: Actor, selection_id: str) -> None:
    """Do it with every record that said it would be done; the first of them at once."""
    _go(archive, actor, selection_id, "doing")


def undo(archive: Archive, actor: Actor, selection_id: str) -> None:
    """Take back what was done, record by record; what somebody has changed since stays."""
    _go(archive, actor, selection_id, "undoing")


def stop(archive: Archive, actor: Actor, selection_id: str) -> None:
    """Do no more. What was done stays done; the rest can be gone on with."""
    _own(actor)
    with archive.write() as tx:
        one = tx.selections.get(selection_id, actor.id)
        if one.phase in ENDS and tx.selections.move(one.id, ("waiting",), ENDS[one.phase][1]):
            tx.ledger.add(archive.now(), actor.id, "selection.stopped", "selection", one.id, deed=one.deed)


def go_on(archive: Archive, actor: Actor, selection_id: str) -> None:
    """Go on where it was stopped."""
    _go(archive, actor, selection_id, "")


def work(archive: Archive, selection_id: str) -> None:
    """Go on with what waits, for a stretch, in the name of whoever asked. Safe to repeat: what has its result is left.

    Of somebody who has left, nothing is done any more.
    """
    until = time.monotonic() + STRETCH_S
    left = True
    while left:
        with archive.write() as tx:
            one = tx.selections.find(selection_id)
            if one is None:
                return
            actor = acting.again(archive, tx, one.person_id, clearance=one.clearance)
            if actor is None:
                tx.selections.move(one.id, ("waiting",), ENDS[one.phase][1])
                return
            left = _some(archive, tx, actor, one)
            if left and time.monotonic() > until:
                tx.jobs.add(archive.now(), "work-through", selection=one.id)
                return


def broke_off(archive: Archive, tx: Transaction, selection_id: str) -> None:
    """In the transaction in which the work is given up: as if it had been stopped, so that it can be gone on with."""
    one = tx.selections.find(selection_id)
    if one is not None and one.phase in ENDS and tx.selections.move(one.id, ("waiting",), ENDS[one.phase][1]):
        tx.ledger.add(archive.now(), SERVICE.id, "selection.stopped", "selection", one.id, deed=one.deed)


def forget_old(archive: Archive) -> None:
    """Drop what was chosen long ago. Safe to repeat."""
    with archive.write() as tx:
        tx.selections.drop_before(archive.now() - KEPT_FOR)


STEPS: Mapping[str, Callable[[Archive, Actor, str], None]] = {
    "do": confirm,
    "undo": undo,
    "stop": stop,
    "go-on": go_on,
}
"""What somebody may do with what was tried out."""


# ---- Parts ----


def _wanted(archive: Archive, actor: Actor, ids: Sequence[str], question: Question | None) -> Sequence[str]:
    """The records that are meant, each once; whether they may be found is asked where they are kept."""
    rules.require(actor, Action.SAVE_SEARCHES)
    if question is not None:
        total, found = search.listed(archive, actor, question, most=MOST + 1)
        ids = [one.id for one in found]
        if total > MOST:
            raise _too_many()
    if not ids:
        raise Invalid("Choose at least one record.", "nothing-chosen")
    if len(ids) > MOST:
        raise _too_many()
    return list(dict.fromkeys(ids))


def _too_many() -> Invalid:
    return Invalid(f"At most {MOST} records are worked on together; narrow the question.", "too-many-chosen")


def _findable(tx: Transaction, wanted: Sequence[str], scope: Scope) -> Sequence[str]:
    live = tx.records.admitted(wanted, scope)
    if not live:
        raise NotFound(NO_SUCH_RECORD)
    return [record_id for record_id in wanted if record_id in live]


def _chosen(archive: Archive, tx: Transaction, actor: Actor, wanted: Sequence[str], origin: str) -> Selection:
    one = Selection(new_id(), actor.id, archive.now(), clearance=actor.clearance, origin=origin)
    tx.selections.add(one, _findable(tx, wanted, rules.scope(actor, Action.FIND)))
    return one


def _present(tx: Transaction, actor: Actor, scope: Scope) -> Standing | None:
    for one in tx.selections.of_person(actor.id, most=1):
        standing = Standing(one, tx.selections.counts([one.id], scope)[one.id])
        if standing.total and one.phase in ("chosen", "trying") and not standing.left:
            return standing
    return None


def _own(actor: Actor) -> Scope:
    rules.require(actor, Action.SAVE_SEARCHES)
    return rules.scope(actor, Action.FIND)


def _go(archive: Archive, actor: Actor, selection_id: str, phase: str) -> None:
    """Begin a phase with the records that are ready for it; without one, go on with the present one."""
    _own(actor)
    with archive.write() as tx:
        one = tx.selections.get(selection_id, actor.id)
        if not one.deed or tx.selections.next(one.id, 1):
            raise Conflict("It is under way, or nothing was asked.", "selection-busy")
        if phase == "undoing" and deeds.undo_of(one.deed) is None:
            raise Conflict("This cannot be undone.", "cannot-undo")
        one = replace(one, phase=phase or one.phase, clearance=actor.clearance)
        count = tx.selections.move(one.id, ENDS[one.phase][0], "waiting")
        if not count:
            raise Conflict("There is nothing left to be done.", "selection-done")
        tx.selections.save(one)
        if phase:
            tx.ledger.add(
                archive.now(),
                actor.id,
                "selection.begun" if phase == "doing" else "selection.undo-begun",
                "selection",
                one.id,
                deed=one.deed,
                records=count,
            )
        _begin(archive, tx, actor, one)


def _begin(archive: Archive, tx: Transaction, actor: Actor, one: Selection) -> None:
    if _some(archive, tx, actor, one):
        tx.jobs.add(archive.now(), "work-through", selection=one.id)


def _some(archive: Archive, tx: Transaction, actor: Actor, one: Selection) -> bool:
    """Some of what waits; whether anything is left then."""
    some = tx.selections.next(one.id, CHUNK)
    live = tx.records.admitted(some, rules.scope(actor, Action.FIND))
    for record_id in some:
        if record_id in live:
            _one(archive, tx, actor, one, live[record_id])
        else:
            tx.selections.say(one.id, record_id, "refused", code="not-found", changes={})
    if tx.selections.next(one.id, 1):
        return True
    if one.phase != "trying":
        counts = tx.selections.counts([one.id], rules.scope(actor, Action.FIND))[one.id]
        tx.ledger.add(
            archive.now(), actor.id, "selection.ended", "selection", one.id, deed=one.deed, became=dict(counts)
        )
    return False


NOTHING: Changes = {}


class _Tried(Exception):
    """What was only tried is taken back."""

    def __init__(self, changes: Changes | None) -> None:
        super().__init__()
        self.changes = changes


def _one(archive: Archive, tx: Transaction, actor: Actor, one: Selection, record: Record) -> None:
    deed = deeds.open_deed(one.deed)
    changes = tx.selections.changes_of(one.id, record.id) if one.phase == "undoing" else NOTHING
    try:
        with tx.attempt():
            if one.phase == "undoing":
                undo = deeds.undo_of(one.deed)
                if undo is None:
                    raise Conflict("This cannot be undone.", "cannot-undo")
                undo(archive, tx, actor, record, one.said, changes, one.id)
                state = "undone"
            else:
                done = deed.do(archive, tx, actor, record, one.said, one.id)
                if one.phase == "trying":
                    raise _Tried(done)
                state, changes = ("unchanged", NOTHING) if done is None else ("done", done)
    except _Tried as tried:
        state, changes = ("unchanged", NOTHING) if tried.changes is None else ("ready", tried.changes)
    except Denied as refused:
        _refused(tx, one, record, refused.reason, str(refused), changes)
        return
    except ArchiveError as refused:
        if not isinstance(refused, Conflict | Invalid | NotFound):
            raise
        _refused(tx, one, record, refused.code, str(refused), changes)
        return
    tx.selections.say(one.id, record.id, state, changes=changes)


def _refused(tx: Transaction, one: Selection, record: Record, code: str, reason: str, changes: Changes) -> None:
    """What cannot be undone stays done, with the reason beside it."""
    state = "done" if one.phase == "undoing" else "refused"
    tx.selections.say(one.id, record.id, state, code=code, reason=reason, changes=changes)
