"""A file comes in: noticed, kept, and only then moved out of the inbox.

Every step may be cut off and done again. What a step has achieved stands in the intake row:

    waiting   noticed at rest; nothing kept yet
    kept      the bytes are safe and the catalogue knows what became of them; the source is still where it was
    done      the source has left the inbox

so a restart continues where the row says, and the same bytes never make two records (INV-28).
"""

import errno
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from access import rules
from access.actors import SERVICE, Actor
from access.rules import Action
from archive import custody, locations, naming, reasons, telling
from archive.app import Archive
from archive.config import Inbox
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Arrival, Component, Record, checked_level, new_id
from archive.objects import Kept
from archive.tables import Transaction
from archive.tables.intake import Resting
from archive.tables.jobs import BULK, NORMAL, URGENT
from indexer.sniff import is_program

_READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
TITLE_MAX = 500
PROGRAM = "executable"
HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Claims:
    """What whoever hands in a file says of it. Empty means: not said. Claims are checked, never believed."""

    title: str = ""
    class_code: str = ""
    level: int = 2
    site: str = ""
    department: str = ""
    doc_number: str = ""
    issuer: str = ""
    parties: tuple[str, ...] = ()
    document_date: str = ""
    shelf_location: str = ""
    batch: bool = False
    """A scanner's batch, to be divided at its separator sheets before it is read."""


def notice(archive: Archive, actor: Actor, path: Path, inbox: Inbox, claims: Claims) -> Arrival:
    """Write down that a file has come to rest in an inbox. Noticing it again changes nothing.

    Raises NotFound if it is gone again.
    """
    (arrival_id,) = notice_all(archive, actor, [(path, inbox, claims)])
    if isinstance(arrival_id, FileNotFoundError):
        raise NotFound("The file has gone again.", "source-gone")
    if isinstance(arrival_id, OSError):
        raise arrival_id
    with archive.read() as tx:
        return tx.intake.get(arrival_id)


def notice_all(archive: Archive, actor: Actor, files: Sequence[tuple[Path, Inbox, Claims]]) -> Sequence[str | OSError]:
    """The same for many files at once; the id of each arrival, or why the file cannot be looked at."""
    rules.require(actor, Action.CAPTURE)
    resting = [_rest_or_fault(path) for path, _, _ in files]
    at = archive.now()
    with archive.write() as tx:
        return [
            tx.intake.notice(new_id(), "watch", str(inbox.path), naming.display_name(path), file, announced(claims), at)
            if isinstance(file, Resting)
            else file
            for (path, inbox, claims), file in zip(files, resting, strict=True)
        ]


def take_in(
    archive: Archive, actor: Actor, arrival_id: str, path: Path, inbox: Inbox, *, mass: bool = False
) -> Arrival:
    """Bring a noticed file all the way in, from whichever step it stands at. Safe to repeat.

    `path` is where the file lies now; what belongs to a `mass` import is read after everything else. Raises
    OutOfSpace (the file stays where it is, to be tried again), NotFound when the file went away, Conflict when it
    changed (it will be noticed anew).
    """
    keep(archive, actor, arrival_id, path, inbox, mass=mass)
    return put_away(archive, arrival_id, path, inbox)


def keep(archive: Archive, actor: Actor, arrival_id: str, path: Path, inbox: Inbox, *, mass: bool = False) -> None:
    """The first part of `take_in`: the bytes are safe and the catalogue knows of them; the source is where it was."""
    rules.require(actor, Action.CAPTURE)
    with archive.read() as tx:
        arrival, expected, profile = tx.intake.noticed(arrival_id)
    if arrival.state == "waiting":
        claims = Claims(
            level=int(profile["level"]),
            class_code=profile["class"],
            site=profile["site"],
            department=profile["department"],
            batch=profile.get("batch") == "yes",
        )
        try:
            with opened_source(path, below=inbox.path) as source:
                if rest(path, source) != expected:
                    raise Conflict("The file changed before it was taken in.", "source-changed")
                check_size(archive, expected.size_bytes)
                bytes_kept, head = archive.objects.keep(source), _head(source)
                if rest(path, source) != expected:
                    raise Conflict("The file changed while it was taken in.", "source-changed")
        except (NotFound, Conflict) as error:
            if error.code in ("source-gone", "source-changed"):
                with archive.write() as tx:
                    tx.intake.vanished(arrival_id)
            raise
        except Invalid as refused:
            with archive.write() as tx:
                if _is_waiting(tx, arrival_id):
                    tx.intake.quarantine(arrival_id, refused.code, str(refused), archive.now())
                    tx.ledger.add(archive.now(), actor.id, "file.refused", "arrival", arrival_id, reason=refused.code)
        else:
            with archive.write() as tx:
                if _is_waiting(tx, arrival_id):
                    priority = BULK if mass else NORMAL
                    record_id, outcome = capture(archive, tx, actor, bytes_kept, arrival.name, claims, priority)
                    tx.intake.keep(arrival_id, outcome, record_id, archive.now())
            if is_program(head):
                _quarantine_program(archive, arrival_id)


def put_away(archive: Archive, arrival_id: str, path: Path, inbox: Inbox) -> Arrival:
    """Move a source that is kept out of the inbox, to done/ or to quarantine/ with its reason beside it.

    Only the very file that was kept is moved. What somebody has saved in its place meanwhile stays where it is: it
    has not been taken in, and will be noticed.
    """
    with archive.read() as tx:
        arrival, expected, _ = tx.intake.noticed(arrival_id)
    if arrival.state != "kept":
        return arrival
    folder, relative = inbox.quarantine if arrival.outcome == "quarantined" else inbox.done, _relative(path, inbox)
    if _is_still(path, expected):
        moved_to = naming.move_into(path, folder, relative)
    else:
        # Cut off between moving and writing it down, or somebody took the file away or saved another in its place.
        moved_to = naming.find_moved(folder, relative, expected.inode)
    if moved_to is not None and arrival.outcome == "quarantined":
        naming.write_reason(moved_to, reasons.written(arrival.reason_code, arrival.reason))
    with archive.write() as tx:
        tx.intake.finish(arrival_id, naming.as_text(moved_to) if moved_to else arrival.moved_to)
        return tx.intake.get(arrival_id)


def put_away_all(archive: Archive, files: Sequence[tuple[str, Path, Inbox]]) -> Sequence[OSError | None]:
    """The same for many arrivals, their folders synced and the end written down once; what went wrong with each."""
    with archive.read() as tx:
        found = [tx.intake.noticed(arrival_id) for arrival_id, _, _ in files]
    plain = [
        (arrival.id, path, inbox, partial(_is_still, path, expected))
        for (arrival, expected, _), (_, path, inbox) in zip(found, files, strict=True)
        if arrival.state == "kept" and arrival.outcome != "quarantined"
    ]
    moved = naming.move_all(
        [(path, inbox.done, _relative(path, inbox)) for _, path, inbox, _ in plain],
        still=[still for _, _, _, still in plain],
    )
    ends = {arrival_id: target for (arrival_id, _, _, _), target in zip(plain, moved, strict=True)}
    with archive.write() as tx:
        for arrival_id, target in ends.items():
            if isinstance(target, Path):
                tx.intake.finish(arrival_id, naming.as_text(target))
    return [_put_away_after(archive, file, ends.get(file[0])) for file in files]


def _put_away_after(archive: Archive, file: tuple[str, Path, Inbox], end: naming.Moved | None) -> OSError | None:
    """What is no plain move, or is not where it was any more, is put away alone."""
    if isinstance(end, Path):
        return None
    if end is not None and not isinstance(end, FileNotFoundError):
        return end
    try:
        put_away(archive, *file)
    except OSError as error:
        return error
    return None


def hand_in(
    archive: Archive,
    actor: Actor,
    source: BinaryIO,
    name: str,
    claims: Claims,
    *,
    door: str = "upload",
    once: str = "",
    together: str = "",
    priority: int = URGENT,
) -> Arrival:
    """Take in one file handed over at a door (upload, command or api); answered only when it is safe.

    What is handed in under the same name `once`, by a door that may be cut off and tries again, comes in once. What one
    person hands in `together` can be asked for together (`handed_in`).

    Whoever may FILE can describe it in the same breath: with a class, a site and a title it is filed at once.
    Raises Invalid with the reason for what cannot be taken in: nothing is kept then, the sender still has it.
    """
    rules.require(actor, Action.CAPTURE)
    size = source.seek(0, os.SEEK_END)
    check_size(archive, size)
    kept, head = archive.objects.keep(source), _head(source)
    at = archive.now()
    with archive.write() as tx:
        name = naming.safe_name(name)
        if once and (before := tx.intake.by_path(once).get(once)):
            return before
        resting = Resting(once or f"{_together(actor, together) if together else f'{door}:'}{new_id()}", size, 0, 0)
        arrival_id = tx.intake.notice(new_id(), door, "", name, resting, {}, at)
        record_id, outcome = capture(archive, tx, actor, kept, name, claims, priority)
        tx.intake.keep(arrival_id, outcome, record_id, at)
        tx.intake.finish(arrival_id, "")
        arrival = tx.intake.get(arrival_id)
    return _quarantine_program(archive, arrival_id) if is_program(head) else arrival


def handed_in(archive: Archive, actor: Actor, together: str) -> Sequence[Arrival]:
    """What this person has handed in together, as far as they may know what became of it.

    A twin of what is out of their sight is answered like a new file: which files are here already they do not learn.
    """
    rules.require(actor, Action.CAPTURE)
    if not together:
        return ()
    with archive.read() as tx:
        arrivals = sorted(tx.intake.by_path(_together(actor, together)).values(), key=lambda one: (one.seen_at, one.id))
    return told(archive, actor, arrivals)


def told(archive: Archive, actor: Actor, arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
    """What this person may know of what became of files that they handed in."""
    rules.require(actor, Action.CAPTURE)
    ids = [one.record_id for one in arrivals if one.record_id]
    with archive.read() as tx:
        found = tx.records.admitted(ids, rules.scope(actor, Action.FIND))
        own = {one.id for one in tx.records.many(ids).values() if one.captured_by == actor.id}
        first = {one.id: tx.intake.of_record(one.record_id)[0] for one in arrivals if one.outcome == "duplicate"}
    return [_as_told(one, first.get(one.id, one), one.record_id in found, own=one.record_id in own) for one in arrivals]


def quarantined_of(archive: Archive, actor: Actor, arrival_id: str) -> Sequence[Arrival]:
    """The arrival of a file that this person handed in and that lies in quarantine; empty for any other."""
    rules.require(actor, Action.CAPTURE)
    with archive.read() as tx:
        try:
            arrival = tx.intake.get(arrival_id)
            mine = bool(arrival.record_id) and tx.records.get(arrival.record_id).captured_by == actor.id
        except NotFound:
            return ()
    return told(archive, actor, [arrival]) if mine and arrival.outcome == "quarantined" else ()


def _as_told(arrival: Arrival, first: Arrival, may_find: bool, *, own: bool) -> Arrival:
    """`first` is how the file came in the first time; `own`: by the same person."""
    if first.reason_code == PROGRAM or (first.outcome == "quarantined" and (may_find or own)):
        arrival = replace(arrival, outcome="quarantined", reason_code=first.reason_code, reason=first.reason)
    if may_find:
        return arrival
    outcome = "captured" if arrival.outcome == "duplicate" else arrival.outcome
    return replace(arrival, outcome=outcome, record_id="")


def _together(actor: Actor, together: str) -> str:
    """How the paths begin of what one person hands in together; nobody can ask for what others have."""
    return f"upload:{actor.id}:{together}:"


def refuse(archive: Archive, actor: Actor, name: str, once: str, refused: Invalid, *, door: str) -> None:
    """Write down, once, that a file could not be taken in by a door that keeps it: it counts as seen and refused."""
    rules.require(actor, Action.CAPTURE)
    at = archive.now()
    with archive.write() as tx:
        if tx.intake.by_path(once).get(once) is None:
            arrival_id = tx.intake.notice(
                new_id(), door, "", naming.safe_name(name), Resting(once, 0, 0, 0), announced(Claims()), at
            )
            tx.intake.quarantine(arrival_id, refused.code, str(refused), at)
            tx.intake.finish(arrival_id, "")
            tx.ledger.add(at, actor.id, "file.refused", "arrival", arrival_id, reason=refused.code)


def came(
    archive: Archive, tx: Transaction, once: str, name: str, size: int, outcome: str, record_id: str, *, door: str
) -> None:
    """In the caller's transaction: count what came by a way that leaves nothing to be put away."""
    at = archive.now()
    resting = Resting(once, size, 0, 0)
    arrival_id = tx.intake.notice(new_id(), door, "", naming.safe_name(name), resting, announced(Claims()), at)
    tx.intake.keep(arrival_id, outcome, record_id, at)
    tx.intake.finish(arrival_id, "")


def announced(claims: Claims) -> Mapping[str, str]:
    """What is known of a file before it is a record, as the intake row keeps it."""
    return {
        "level": str(claims.level),
        "class": claims.class_code,
        "site": claims.site,
        "department": claims.department,
        "batch": "yes" if claims.batch else "",
    }


def quarantine_record(archive: Archive, record_id: str, code: str, reason: str) -> None:
    """What was captured cannot be read: hide it from everybody but its keepers, say why, move the source.

    The content stays kept, byte for byte (domain §6.1). The reader finds this out, so the ledger names the service.
    """
    with archive.write() as tx:
        record = tx.records.get(record_id)
        if record.lifecycle == "captured":
            tx.records.change(replace(record, lifecycle="quarantined", reason=reason))
            tx.index_queue.add(record_id, archive.now())
            tx.ledger.add(
                archive.now(), SERVICE.id, "record.quarantined", "record", record_id, site=record.site, reason=code
            )
            _tell_who_handed_it_in(archive, tx, record, code, reason)
        for arrival in tx.intake.of_record(record_id):
            if arrival.outcome == "captured":
                tx.intake.quarantine(arrival.id, code, reason, archive.now())
        arrivals = tx.intake.of_record(record_id)
    for arrival in arrivals:
        if arrival.state == "kept" and arrival.outcome == "quarantined":
            finish(archive, arrival)


def _tell_who_handed_it_in(archive: Archive, tx: Transaction, record: Record, code: str, reason: str) -> None:
    """In the caller's transaction. Without the name of the file: notices leave the house."""
    arrivals = [one for one in tx.intake.of_record(record.id) if one.outcome == "captured"]
    if arrivals and record.captured_by in tx.people.names({record.captured_by}):
        why = {"why_zh": reasons.in_chinese(code), "why_en": reason}
        telling.tell(archive, tx, [record.captured_by], "handed-in.quarantined", ("arrival", arrivals[0].id), **why)


def _quarantine_program(archive: Archive, arrival_id: str) -> Arrival:
    """A program shows what it is at first sight: nobody is told that it was captured until a reader comes by."""
    with archive.read() as tx:
        arrival = tx.intake.get(arrival_id)
    if arrival.outcome not in ("captured", "duplicate"):
        return arrival
    code, reason = PROGRAM, "The file is a program."
    if arrival.outcome == "captured":
        quarantine_record(archive, arrival.record_id, code, reason)
    # The same is said of one that is here already, whether or not whoever brings it may know that.
    return replace(arrival, outcome="quarantined", reason_code=code, reason=reason)


def _head(source: BinaryIO) -> bytes:
    source.seek(0)
    return source.read(HEAD_BYTES)


def finish(archive: Archive, arrival: Arrival) -> None:
    """Put away the source of an arrival that stands at `kept`, wherever it lies; for restarts and quarantine."""
    inbox = next((inbox for inbox in archive.settings.inboxes if str(inbox.path) == arrival.inbox), None)
    if inbox is None:
        with archive.write() as tx:
            tx.intake.finish(arrival.id, arrival.moved_to)
        return
    put_away(archive, arrival.id, naming.from_text(arrival.moved_to or arrival.path), inbox)


def retry(archive: Archive, actor: Actor, arrival_id: str) -> Arrival:
    """Try a file from quarantine again: read it anew if it was captured, else put it back into its inbox.

    One that was captured and mended in quarantine since is another document: it goes back into the inbox as well.
    """
    rules.require(actor, Action.RETRY_INTAKE)
    with archive.read() as tx:
        arrival = tx.intake.get(arrival_id)
        expected = tx.intake.resting(arrival_id)
        if arrival.record_id:
            record = tx.records.found(arrival.record_id, rules.scope(actor, Action.FIND))
            rules.require(actor, Action.FILE, record)
        elif not _may_know(tx, actor, arrival):
            raise NotFound("There is no such arrival.")
    if arrival.outcome != "quarantined" or arrival.state != "done":
        raise Conflict("Only a file that lies in quarantine can be tried again.")
    moved_to = naming.from_text(arrival.moved_to) if arrival.moved_to else None
    if moved_to is not None:
        naming.remove_reason(moved_to)
    mended = moved_to is not None and os.path.lexists(moved_to) and not _is_still(moved_to, expected)
    if arrival.record_id and not mended:
        return _reread(archive, actor, arrival)
    return _put_back(archive, actor, arrival, moved_to)


def _reread(archive: Archive, actor: Actor, arrival: Arrival) -> Arrival:
    at = archive.now()
    with archive.write() as tx:
        record = tx.records.found(arrival.record_id, rules.scope(actor, Action.FIND))
        rules.require(actor, Action.FILE, record)
        (component, *_) = tx.records.components_of([record.id])[record.id]
        if record.lifecycle == "quarantined":
            # What was filed stays filed: going back would let its level be lowered by one person (INV-18).
            tx.records.change(replace(record, lifecycle="captured", reason=""))
        tx.intake.keep(arrival.id, "captured", record.id, at)
        tx.index_queue.add(record.id, at)
        tx.jobs.add(at, "read", priority=URGENT, component=component.id)
        tx.ledger.add(at, actor.id, "record.retried", "record", record.id, site=record.site)
        arrival = tx.intake.get(arrival.id)
    finish(archive, arrival)
    with archive.read() as tx:
        return tx.intake.get(arrival.id)


def _put_back(archive: Archive, actor: Actor, arrival: Arrival, moved_to: Path | None) -> Arrival:
    if moved_to is None or not os.path.lexists(moved_to):
        raise Conflict("The file is no longer in quarantine; drop it into the inbox again.", "source-gone")
    inbox = Inbox(Path(arrival.inbox))
    # Into the sub-folder it came from, which may say its site and class.
    naming.move_into(moved_to, inbox.path, _relative(moved_to, inbox))
    with archive.write() as tx:
        # It comes in anew from there, and is counted then.
        tx.intake.forget(arrival.id)
        tx.ledger.add(archive.now(), actor.id, "file.retried", "arrival", arrival.id)
    return replace(arrival, state="waiting", outcome="", reason="", reason_code="", moved_to="")


@dataclass(frozen=True, slots=True)
class Waiting:
    """The intake page: what is on the way, what is in quarantine, what came in, and whether it adds up."""

    waiting: Sequence[Arrival]
    quarantined: Sequence[Arrival]
    recent: Sequence[Arrival]
    counts: Mapping[str, int]
    today: Mapping[str, int]
    oldest_waiting: datetime | None


def overview(archive: Archive, actor: Actor) -> Waiting:
    rules.require(actor, Action.SEE_INTAKE)
    scope = rules.scope(actor, Action.FIND)
    midnight = archive.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    with archive.read() as tx:
        return Waiting(
            waiting=_known(tx, actor, tx.intake.under_way(scope, limit=200)),
            quarantined=_known(tx, actor, tx.intake.listed(scope, outcomes=("quarantined",), limit=200)),
            recent=tx.intake.listed(scope, outcomes=("captured", "duplicate"), limit=50),
            counts=tx.intake.counts(),
            today=tx.intake.counts(since=midnight),
            oldest_waiting=tx.intake.oldest_waiting(),
        )


def forget_the_gone(archive: Archive) -> None:
    """Arrivals that wait for a file that has gone or changed are no more; what lies there now is noticed anew."""
    with archive.read() as tx:
        waiting = [(arrival, tx.intake.resting(arrival.id)) for arrival in tx.intake.in_state("waiting")]
    gone = [one.id for one, expected in waiting if not _is_still(naming.from_text(one.path), expected)]
    if gone:
        with archive.write() as tx:
            for arrival_id in gone:
                tx.intake.vanished(arrival_id)


@dataclass(frozen=True, slots=True)
class _Announced:
    """What the rules look at in a file that is no record yet: what its inbox says of it."""

    id: str
    level: int
    site: str
    department: str
    pii: int = 0
    lifecycle: str = "captured"
    class_code: str = ""


def _may_know(tx: Transaction, actor: Actor, arrival: Arrival) -> bool:
    """May this actor see that such a file came, and its name?"""
    profile = tx.intake.profile_of(arrival.id)
    announced = _Announced(arrival.id, int(profile["level"]), profile["site"], profile["department"])
    return rules.scope(actor, Action.FIND).admits(announced)


def _known(tx: Transaction, actor: Actor, arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
    """Without those that are no record yet and come from an inbox this actor has nothing to do with."""
    return [arrival for arrival in arrivals if arrival.record_id or _may_know(tx, actor, arrival)]


def _is_waiting(tx: Transaction, arrival_id: str) -> bool:
    """False when another process was quicker: what it did is not done again."""
    return tx.intake.get(arrival_id).state == "waiting"


def _is_still(path: Path, expected: Resting) -> bool:
    """Is what lies at this path the file that was noticed, wherever that was?"""
    try:
        return replace(rest(path), path=expected.path) == expected
    except (FileNotFoundError, NotADirectoryError):
        return False


def _rest_or_fault(path: Path) -> Resting | OSError:
    try:
        return rest(path)
    except OSError as error:
        return error


def rest(path: Path, source: BinaryIO | None = None) -> Resting:
    """A file as it lies there now. Raises FileNotFoundError."""
    found = os.stat(path, follow_symlinks=False)
    if source is not None:
        opened = os.fstat(source.fileno())
        if (opened.st_ino, opened.st_dev) != (found.st_ino, found.st_dev):
            raise Conflict("The file was replaced while it was taken in.", "source-changed")
    return Resting(naming.as_text(path), found.st_size, found.st_mtime_ns, naming.inode(found))


def capture(
    archive: Archive, tx: Transaction, actor: Actor, kept: Kept, name: str, claims: Claims, priority: int
) -> tuple[str, str]:
    """In the caller's transaction: a new record for new bytes, a link for bytes that are here already."""
    rules.require(actor, Action.CAPTURE)
    at = archive.now()
    # Before the twin is looked for: what is refused is refused alike, whether or not the archive has these bytes.
    record = _described(tx, archive, actor, name, claims)
    twin = tx.records.component_with(kept.digest)
    if twin is not None:
        tx.ledger.add(at, actor.id, "file.duplicate", "record", twin.record_id)
        return twin.record_id, "duplicate"
    kept.declare(tx)
    component = Component(
        new_id(),
        record.id,
        name,
        "application/octet-stream",
        kept.size_bytes,
        kept.digest,
        added_at=at,
        added_by=actor.id,
    )
    tx.records.add(record)
    custody.taken_up(tx, actor, record, at)
    tx.records.add_component(component)
    tx.ledger.add(
        at,
        actor.id,
        "record.captured",
        "record",
        record.id,
        site=record.site,
        component=component.id,
        sha256=kept.digest,
        bytes=kept.size_bytes,
        lifecycle=record.lifecycle,
        level=record.level,
        pii=record.pii,
        department=record.department,
        record_class=record.class_code,
    )
    tx.jobs.add(at, "split" if claims.batch else "read", priority=priority, component=component.id)
    return record.id, "captured"


def _described(tx: Transaction, archive: Archive, actor: Actor, name: str, claims: Claims) -> Record:
    record_class = tx.file_plan.get(claims.class_code) if claims.class_code else None
    if claims.class_code and record_class is None:
        raise Invalid(f"There is no class {claims.class_code!r} in the file plan.")
    if record_class is not None and record_class.closed_on is not None:
        raise Invalid("This class is closed: it takes no new records. See what took its place.", "class-closed")
    if claims.site and claims.site not in {site.code for site in tx.organisation.sites()}:
        raise Invalid(f"There is no site {claims.site!r}.")
    record = Record(
        id=new_id(),
        title=naming.clean(claims.title)[:TITLE_MAX] or naming.title_from(name),
        lifecycle="captured",
        level=checked_level(claims.level),
        pii=record_class.pii if record_class else 0,
        class_code=claims.class_code,
        site=claims.site,
        department=claims.department,
        doc_number=naming.clean(claims.doc_number),
        issuer=naming.clean(claims.issuer),
        parties=tuple(filter(None, map(naming.clean, claims.parties))),
        document_date=naming.parsed_date(claims.document_date),
        shelf_location=locations.written(tx, claims.site, claims.shelf_location),
        captured_at=archive.now(),
        captured_by=actor.id,
        revision=1,
    )
    described = naming.clean(claims.title) and record.class_code and record.site
    if described and rules.scope(actor, Action.FILE).admits(record):
        record = replace(record, lifecycle="filed")
    return record


def opened_source(path: Path, below: Path | None = None) -> BinaryIO:
    """The file for reading; never through a link, never a device or a pipe.

    Given the folder it lies below, no folder on the way may be a link either: somebody may have put one in the
    place of a folder since the file was noticed.
    """
    try:
        handle = _opened_below(below, path.relative_to(below)) if below else os.open(path, _READING)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound("The file has gone again.", "source-gone") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Invalid(
                "This is a link, not a file; links are never followed. Drop the file itself.", "link"
            ) from None
        if error.errno in (errno.EACCES, errno.EPERM):
            raise Invalid(
                "The file may not be read by the service; correct its permissions and retry.", "unreadable"
            ) from None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Invalid("This is not an ordinary file.", "not-a-file")
    return os.fdopen(handle, "rb")


def _opened_below(folder: Path, relative: Path) -> int:
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in relative.parts[:-1]:
            inside = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = inside
        return os.open(relative.name, _READING, dir_fd=at)
    finally:
        os.close(at)


def check_size(archive: Archive, size: int) -> None:
    """Raise Invalid for a file that is empty, or larger than one may be."""
    if size == 0:
        raise Invalid("The file is empty; copy or scan it again.", "empty-file")
    if size > archive.settings.file_size_max_mb << 20:
        raise Invalid(
            f"The file is larger than {archive.settings.file_size_max_mb} MB; split it, or raise file_size_max_mb.",
            "too-large",
        )


def _relative(path: Path, inbox: Inbox) -> Path:
    for base in (inbox.done, inbox.quarantine, inbox.path):
        if path.is_relative_to(base):
            return path.relative_to(base)
    return Path(path.name)
