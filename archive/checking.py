"""Is everything still what it was? The chain, the bytes, the index."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice

from access import rules
from access.actors import Actor, Role
from access.rules import Action
from archive import anchoring, indexing
from archive.app import Archive
from archive.errors import Invalid, NotFound
from archive.model import lives
from archive.tables import Transaction, checks
from archive.tables.chain import Line
from archive.tables.objects import StoredObject
from archive.telling import tell
from archive.threads import THREADS_MAX, Progress, Shared, silent, together
from indexer.errors import IndexAway, IndexBroken

BATCH = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be.

    `kind`: object-missing, object-damaged, object-unknown, component-without-object, record-untold, index-unusable,
    index-missing, index-surplus, or ledger- and the kind of the fault. `subject` is an id, a digest or a line.
    """

    kind: str
    subject: str
    detail: str
    serious: bool = True
    """False for what is only untidy and loses nothing."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at and what was found."""

    objects: int
    bytes: int
    ledger_lines: int
    ledger_head: str
    indexed: int
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        return not any(finding.serious for finding in self.findings)


def verify(archive: Archive, actor: Actor, *, all_bytes: bool = True, progress: Progress = silent) -> Verified:
    """Look at every object, every component, every line of the ledger and every entry of the index.

    Without `all_bytes`, objects are only looked for, not read. That it was done is written into the ledger.
    The archive may be in use meanwhile: what is captured or destroyed while this runs is no finding.
    """
    rules.require(actor, Action.RUN)
    with archive.read() as tx:
        lines, head = tx.ledger.head()
        faults = [*tx.ledger.faults(), *anchoring.held_against_own(archive, tx)]
        findings = [Finding(f"ledger-{fault.kind}", str(fault.seq), fault.detail) for fault in faults]
        kept, _, size = tx.objects.totals()
        findings += (
            Finding("component-without-object", component_id, f"its object {digest} is not kept")
            for component_id, digest in checks.unkept(tx.connection)
        )
    findings += _untold(archive)
    findings += _strangers(archive)
    findings += _objects(archive, _intact if all_bytes else _present, size, progress)
    indexed, index_findings = _index(archive)
    findings += index_findings
    verified = Verified(kept, size, lines, head, indexed, tuple(findings))
    with archive.write() as tx:
        tx.ledger.add(
            archive.now(),
            actor.id,
            "archive.verified",
            "archive",
            tx.meta.get("archive") or "",
            all_bytes=all_bytes,
            objects=kept,
            findings=sum(finding.serious for finding in findings),
        )
    return verified


def correct_clock(archive: Archive, actor: Actor, reason: str) -> tuple[int, int]:
    """Go on after the clock had been ahead: the first and last line that say a time which was not. The security
    officers and auditors are told, since this is also what somebody would do who wants to backdate (T21)."""
    rules.require(actor, Action.MANAGE_PEOPLE)
    if not reason.strip():
        raise Invalid("Say what had happened to the clock.", "no-reason")
    at = archive.now()
    with archive.write() as tx:
        first, last, said = tx.ledger.believe_the_clock(at)
        tx.ledger.add(
            at,
            actor.id,
            "ledger.clock-corrected",
            "ledger",
            str(first),
            first=first,
            last=last,
            said=said.isoformat(),
            reason=reason.strip()[:500],
        )
        watchers = tx.people.holding([Role.SECURITY_OFFICER.value, Role.AUDITOR.value])
        tell(archive, tx, (one.id for one in watchers), "ledger.clock-corrected", ("ledger", str(first)))
    return first, last


def ledger_lines(archive: Archive, actor: Actor) -> Iterator[Line]:
    """Every line as it stands, oldest first."""
    rules.require(actor, Action.SEE_LEDGER)
    with archive.read() as tx:
        yield from tx.ledger.every()


def _untold(archive: Archive) -> Iterator[Finding]:
    """Records that are something else than the ledger tells: somebody changed the tables past the house (T5)."""
    after, found = "", {"": lives.Life()}
    while found:
        with archive.read() as tx:
            found = checks.lives_after(tx.connection, after, BATCH)
            events = tx.ledger.of_subjects("record", list(found), lives.TELLING)
        for record_id, stands in found.items():
            told = lives.life(events[record_id])
            for field in fields(told):
                said, is_ = getattr(told, field.name), getattr(stands, field.name)
                if said is not None and said != is_:
                    yield Finding("record-untold", record_id, f"{field.name} is {is_}; the ledger says {said}")
        after = max(found, default="")


def _strangers(archive: Archive) -> Iterator[Finding]:
    """What lies in the store and in no row. An object's row is written before its bytes, so none is found too early."""
    addresses = archive.objects.strangers(frozenset())
    while some := list(islice(addresses, BATCH)):
        with archive.read() as tx:
            unknown = checks.unknown(tx.connection, some)
        for address in unknown:
            yield Finding("object-unknown", address, "it lies in the store and is not in the catalogue", serious=False)


def _objects(
    archive: Archive, question: Callable[[Archive, StoredObject], Finding | None], total: int, progress: Progress
) -> Sequence[Finding]:
    findings: list[Finding] = []
    rows, done, lock = Shared(archive.objects.kept()), 0, threading.Lock()

    def work(failed: Callable[[], bool]) -> None:
        nonlocal done
        for row in rows:
            if failed():
                return
            finding = question(archive, row)
            if finding and _still_there(archive, row):
                findings.append(finding)
            with lock:
                done += row.stored_bytes
                progress(done, total)

    far = archive.objects.at_once
    together(work, far if far > 1 else THREADS_MAX, waiting=far > 1)
    return sorted(findings, key=lambda finding: finding.subject)


def _still_there(archive: Archive, row: StoredObject) -> bool:
    """What was destroyed while it was looked at is no finding."""
    with archive.read() as tx:
        return tx.objects.get(row.digest) is not None


def _intact(archive: Archive, row: StoredObject) -> Finding | None:
    try:
        wrong = archive.objects.intact(row)
    except OSError as error:
        wrong = f"the disk does not give it back ({error.strerror})"
    if not wrong:
        return None
    return _present(archive, row) or Finding("object-damaged", row.digest, wrong)


def _present(archive: Archive, row: StoredObject) -> Finding | None:
    try:
        size = archive.objects.stored_size(row)
    except NotFound as error:
        return Finding("object-missing", row.digest, str(error))
    except OSError as error:
        return Finding("object-damaged", row.digest, f"the disk does not give it back ({error.strerror})")
    if size != row.stored_bytes:
        return Finding("object-damaged", row.digest, f"it has {size} bytes instead of {row.stored_bytes}")
    return None


def _index(archive: Archive) -> tuple[int, Sequence[Finding]]:
    """Entries in the index, and where they differ from the catalogue. What waits in the queue may differ."""
    with archive.read() as tx:
        name = tx.meta.get("index")
        waiting = tx.index_queue.ids() | checks.unread(tx.connection)
        expected = _indexable(tx, list(tx.records.ids()))
    if name is None:
        # Built when the service first runs; until then every record waits for it.
        return 0, [Finding("index-unusable", "", "there is no index yet", serious=bool(expected - waiting))]
    try:
        ids = archive.engine(name).ids()
    except IndexBroken as error:
        archive.forget_engine()
        return 0, [Finding("index-unusable", name, f"{error} Build it anew: muniment index rebuild")]
    except IndexAway as error:
        return 0, [Finding("index-unusable", name, str(error))]
    findings = [
        Finding("index-missing", record_id, "the record is not in the index; build it anew: muniment index rebuild")
        for record_id in sorted(expected - waiting - ids)
    ]
    surplus = ids - expected - waiting
    with archive.read() as tx:
        # Captured after the catalogue was read, they are in the index by right.
        surplus -= _indexable(tx, sorted(surplus)) | tx.index_queue.ids()
    findings += (
        Finding("index-surplus", record_id, "the index has an entry that the catalogue does not allow (INV-20)")
        for record_id in sorted(surplus)
    )
    return len(ids), findings


def _indexable(tx: Transaction, ids: Sequence[str]) -> frozenset[str]:
    """Those of these records that belong into the index."""
    found: set[str] = set()
    for start in range(0, len(ids), BATCH):
        rows = tx.records.many(ids[start : start + BATCH])
        found.update(record_id for record_id, row in rows.items() if indexing.indexed(row))
    return frozenset(found)
