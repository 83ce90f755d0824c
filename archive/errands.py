"""Long work that somebody asked for goes on without them: how far it is, what came of it for a day, stopped on a word.

It is a row and a job: closing the page or restarting the service ends nothing, and work that is cut off is begun anew.
It is done as the person who asked, with the rights they have when it is done. What came of it is kept sealed, and given
to nobody else; nor to them once they may find other records than when it was made.
"""

import hashlib
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import BinaryIO, cast

from access import rules
from access.actors import Actor
from access.rules import Action, Denied
from archive import acting, evidence, evidence_packages, naming
from archive.app import Archive
from archive.errors import ArchiveError, Conflict, Invalid, NotFound
from archive.model import new_id
from archive.objects import Kept
from archive.tables import Transaction
from archive.tables.errands import Errand

KEPT_FOR = timedelta(days=1)
IN_MEMORY_MAX = 16 << 20
TOO_LATE = "It was asked to stop too late: it had ended by then."

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of long work: whose duty it is, what may be said of it, and its result, a part at a time."""

    duty: Action
    checked: Callable[[Mapping[str, str]], Mapping[str, str]]
    parts: Callable[[Archive, Actor, Mapping[str, str], Progress], Iterator[bytes]]
    file_name: Callable[[Mapping[str, str]], str]
    records: Callable[[BinaryIO], Collection[str] | None]
    """Those that may stand in its result, by id; None where the result does not say."""
    media_type: str = "application/zip"


def _period(said: Mapping[str, str]) -> Mapping[str, str]:
    first, last = (naming.parsed_date(said.get(name, "")) for name in ("from", "to"))
    if first is None or last is None:
        raise Invalid("Say from which day until which.", "no-period")
    if first > last:
        raise Invalid("The period ends before it begins.", "period-backwards")
    evidence.require_known(first, last)
    return {"from": first.isoformat(), "to": last.isoformat(), "language": said.get("language", "zh")}


def _evidence(archive: Archive, actor: Actor, said: Mapping[str, str], progress: Progress) -> Iterator[bytes]:
    first, last = date.fromisoformat(said["from"]), date.fromisoformat(said["to"])
    return evidence_packages.pack(archive, actor, first, last, language=said["language"], progress=progress)


KINDS: Mapping[str, Kind] = {
    "evidence": Kind(
        Action.SEE_DOCUMENTS,
        _period,
        _evidence,
        lambda said: f"{'条款证据包' if said['language'] == 'zh' else 'evidence'}-{said['from']}-{said['to']}.zip",
        evidence_packages.records_in,
    ),
}


def begin(archive: Archive, actor: Actor, kind: str, said: Mapping[str, str]) -> Errand:
    """Ask for it. The same that is under way already is not begun again. Raises Denied, Invalid, NotFound."""
    known = _kind(actor, kind)
    checked = known.checked(said)
    with archive.write() as tx:
        for one in tx.errands.of_person(actor.id, kind):
            if one.going and one.said == checked:
                return one
        one = Errand(new_id(), actor.id, kind, archive.now(), checked, actor.clearance)
        tx.errands.add(one)
        tx.jobs.add(archive.now(), "run-errand", errand=one.id)
    return one


def mine(archive: Archive, actor: Actor, kind: str) -> list[Errand]:
    """What this person asked for lately, the newest first."""
    _kind(actor, kind)
    with archive.read() as tx:
        return list(tx.errands.of_person(actor.id, kind))


def one(archive: Archive, actor: Actor, errand_id: str) -> Errand:
    """How far one of this person's own is. Raises NotFound, also for those of others."""
    with archive.read() as tx:
        found = tx.errands.get(errand_id, actor.id)
    _kind(actor, found.kind)
    return found


def stop(archive: Archive, actor: Actor, errand_id: str) -> None:
    """Do no more of it; nothing of it is kept.

    Raises Conflict when it had been done by then: that stays written beside it."""
    one(archive, actor, errand_id)
    with archive.write() as tx:
        found = tx.errands.get(errand_id, actor.id)
        if found.going:
            tx.errands.save(replace(found, state="stopped", ended_at=archive.now()))
        elif found.state == "done":
            tx.errands.save(replace(found, code="stop-too-late", reason=TOO_LATE))
    if found.state == "done":
        raise Conflict(TOO_LATE, "stop-too-late")


def result(archive: Archive, actor: Actor, errand_id: str) -> tuple[str, str, Iterator[bytes]]:
    """File name, media type and bytes of what came of it.

    Raises NotFound while there is nothing, Conflict when its maker may find other records now than when it was made, or
    when of the records it was made from one may be found no longer, or is not kept any more, or they are not known.
    """
    found = one(archive, actor, errand_id)
    known = _kind(actor, found.kind)
    if found.state != "done" or found.digest is None:
        raise NotFound("It is not there yet, or no longer.", "no-such-errand")
    if found.rights != rights_of(actor):
        raise Conflict("Your rights have changed since it was made; have it made again.", "rights-changed")
    _require_found(archive, actor, known, found.digest)
    return known.file_name(found.said), known.media_type, archive.objects.pieces(found.digest)


def run(archive: Archive, errand_id: str) -> None:
    """Do it, from its beginning. Safe to repeat: what is done, failed, stopped or forgotten is left."""
    with archive.write() as tx:
        found = tx.errands.find(errand_id)
        if found is None or not found.going:
            return
        found = _without_result(tx, found)
        actor = acting.again(archive, tx, found.person_id, clearance=found.clearance)
        if actor is None:
            tx.errands.save(replace(found, state="stopped", ended_at=archive.now()))
            return
        actor = acting.without_loans(actor)
        found = replace(found, state="running", done=0, total=0, rights=rights_of(actor))
        tx.errands.save(found)
    try:
        kept = _made(archive, actor, found)
    except _Stopped:
        return
    except (ArchiveError, Denied) as error:
        code = error.reason if isinstance(error, Denied) else error.code
        with archive.write() as tx:
            _failed(archive, tx, errand_id, code, str(error))
        return
    with archive.write() as tx:
        now = tx.errands.find(errand_id)
        if now is not None and now.going:
            kept.declare(tx)
            tx.errands.save(replace(now, state="done", ended_at=archive.now(), digest=kept.digest))
            return
        if now is not None:
            _without_result(tx, now)
        tx.retention.let_go([kept.digest], new_id)


def broke_off(archive: Archive, tx: Transaction, errand_id: str) -> None:
    """In the transaction in which its job is given up: whoever asked is told, and may ask again."""
    _failed(archive, tx, errand_id, ArchiveError.code, "Something went wrong; tell the system administrator.")


def forget_old(archive: Archive) -> None:
    """Drop what was asked for long ago, with what came of it. Safe to repeat."""
    with archive.write() as tx:
        tx.retention.let_go(tx.errands.drop_before(archive.now() - KEPT_FOR), new_id)


# ---- Parts ----


class _Stopped(Exception):
    """Somebody said that no more is to be done."""


def _made(archive: Archive, actor: Actor, errand: Errand) -> Kept:
    """What came of it, kept sealed; how far it is is written down on the way."""

    def going(tx: Transaction) -> Errand:
        now = tx.errands.find(errand.id)
        if now is None or not now.going:
            raise _Stopped
        return now

    def progress(done: int, total: int) -> None:
        with archive.write() as tx:
            tx.errands.save(replace(going(tx), done=done, total=total))

    def noted(tx: Transaction, digest: str) -> None:
        tx.errands.save(replace(going(tx), digest=digest))

    with _work_file(archive) as file:
        for part in KINDS[errand.kind].parts(archive, actor, errand.said, progress):
            file.write(part)
        return archive.objects.keep(file, noted)


def _without_result(tx: Transaction, errand: Errand) -> Errand:
    """Let go of what came of it, or of what was cut off while it was being kept."""
    if errand.digest is None:
        return errand
    without = replace(errand, digest=None)
    tx.errands.save(without)
    tx.retention.let_go([errand.digest], new_id)
    return without


def _failed(archive: Archive, tx: Transaction, errand_id: str, code: str, reason: str) -> None:
    found = tx.errands.find(errand_id)
    if found is not None and found.going:
        left = _without_result(tx, found)
        tx.errands.save(replace(left, state="failed", code=code, reason=reason, ended_at=archive.now()))


def _require_found(archive: Archive, actor: Actor, known: Kind, digest: str) -> None:
    """Raises Conflict unless every record that may stand in it is known, kept, and may be found still.

    Loans come and go, and open nothing here. It is said which of the two, and of no record which one. It is unsealed
    for this and once more to be given out: what is asked about lies in no plain file longer than the question takes.
    """
    with _work_file(archive) as file:
        for piece in archive.objects.pieces(digest):
            file.write(piece)
        named = known.records(file)
    kept = live = 0
    if named is not None:
        with archive.read() as tx:
            kept, live = tx.records.left_of(named, rules.scope(acting.without_loans(actor), Action.FIND))
    if live < kept:
        raise Conflict("A record in it is no longer yours to see; have it made again.", "record-withdrawn")
    if named is None or kept < len(named):
        raise Conflict("Records in it have changed since it was made; have it made again.", "records-changed")


def _work_file(archive: Archive) -> BinaryIO:
    archive.settings.work.mkdir(mode=0o700, exist_ok=True)
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(IN_MEMORY_MAX, dir=str(archive.settings.work)))


def _kind(actor: Actor, kind: str) -> Kind:
    if kind not in KINDS:
        raise NotFound("There is no such work.", "no-such-errand")
    rules.require(actor, KINDS[kind].duty)
    return KINDS[kind]


def rights_of(actor: Actor) -> str:
    """What somebody may find by their standing, as a digest: loans come and go, and open nothing here."""
    scope = rules.scope(acting.without_loans(actor), Action.FIND)
    told = [
        [sorted(clause.lifecycles), clause.level_max, clause.pii_max]
        + [None if some is None else sorted(some) for some in (clause.sites, clause.departments, clause.classes)]
        for clause in scope.clauses
    ]
    roles = sorted(actor.roles)
    return hashlib.sha256(repr((told, roles)).encode()).hexdigest()
