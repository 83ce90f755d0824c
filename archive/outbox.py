"""Messages leave the house: each once, at an hour its reader wants, and only while they may still know of it.

What waits lies in the outbox since the transaction of what it is about. Whoever sends it takes it out first: if their
process ends before the message is known to be sent, nobody sends it again, and those who run the archive see that one
is unclear. What surely was not sent is put back and tried again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from access import rules
from access.actors import Actor
from access.loans import OUT, State
from access.rules import Action, Denied
from archive import (
    contract_desk,
    documents,
    dossiers,
    handover_desk,
    loan_desk,
    notify,
    records,
    reminding,
    repairs,
    saved_searches,
    telling,
)
from archive.acting import at_the_door
from archive.app import Archive
from archive.errors import Conflict, NotFound
from archive.model import Notice, Person, new_id
from archive.model.notices import TEST, TOPIC_OF, Hours, Way
from archive.notify import NOBODY, PERSON, Message, Undelivered
from archive.tables import Transaction
from archive.tables.notices import Traffic

LINES_MAX = 40
"""So many notices are named in one message; of the rest it says how many there are."""

UNCLEAR_AFTER = timedelta(minutes=15)
"""Nothing takes so long to send: who has not said by then that it is sent was cut off."""
UNCLEAR_FOR = timedelta(days=7)
"""Nobody looks into older ones; and what was sent by a program of before 0044 never said so."""

TEST_AGAIN_AFTER = timedelta(minutes=1)

CHASING = frozenset({"loan.due-soon", "loan.due", "loan.overdue", "loan.still-out"})
"""Kinds that say nothing any more once the thing is back, or due on another day."""
ASKING = frozenset({"loan.asked", "loan.still-asked"})
"""And these once the question is answered, or is not this person's to answer any more."""

_Look = Callable[[Archive, Actor, str], object]

OPENED: Mapping[str, _Look] = {
    "loan": loan_desk.show,
    "handover": handover_desk.show,
    "record": records.view,
    "contract": contract_desk.show,
    "document": documents.show,
    "dossier": dossiers.show,
    "repair": repairs.show,
    "saved-search": saved_searches.one,
}
"""Kind of subject → what its page asks: who may not open the page is told nothing of it."""

THEIRS = frozenset({"handover.confirm"})
"""Told to whoever has the thing in their hands, of what others see the page of."""

DUTY: Mapping[str, Action] = {
    "matrix.proposed": Action.CHANGE_MATRIX,
    "grant.asked": Action.CONFIRM_RIGHTS,
    "reset.asked": Action.GIVE_RIGHTS,
    "alert.raised": Action.SEE_ALERTS,
    "reading.throttled": Action.SEE_ALERTS,
    "emergency.opened": Action.SEE_ALERTS,
    "emergency.review-late": Action.SEE_ALERTS,
    "ledger.clock-corrected": Action.SEE_ALERTS,
    "restore.asked": Action.AGREE_TO_RESTORE,
    "room.action": Action.KEEP_ROOMS,
    "properties.failed": Action.SEE_STATUS,
    "handed-in.quarantined": Action.CAPTURE,
    "law.to-read": Action.SEE_DOCUMENTS,
    "law.still-to-read": Action.SEE_DOCUMENTS,
}
"""What else somebody must be able to do to be told."""

HARMLESS = frozenset(
    {
        "rights.changed", "password.reset", "grant.opened", "grant.ended", "emergency.asked", "delegation.given",
        "share.waits", "inbox.left-lying", TEST,
    }
)  # fmt: skip
"""Said of the person themselves, or naming nothing that is kept. Of any other kind nobody is told whose page or duty
is not asked."""
COUNTED = "due"
"""The subject of notices that only count: they are counted anew before they leave, within what may be found then."""


def deliver(archive: Archive, notice_id: str, channel: str) -> None:
    """Send one notice by one channel, and with it whatever else may leave to the same person now.

    Raises Undelivered if surely nothing was sent: it waits again.
    """
    if not _open(archive, channel):
        return
    with archive.write() as tx:
        notice = tx.notices.get(notice_id)
        if notice is None or tx.notices.delivered(notice_id, channel):
            return
        if not _known(notice):
            raise Undelivered("Only a later program knows what this says: it waits for one.")
        # A program of before there was an outbox promised it by the job alone.
        if notice_id not in {one.id for one in tx.notices.waiting(notice.person_id, channel)}:
            tx.notices.put_out(notice, channel, archive.now())
    _send(archive, notice.person_id, channel, own=notice_id)


def digest(archive: Archive, person_id: str, channel: str) -> None:
    """Send one person everything that waits for them on this channel, in one message; nothing if nothing does.

    Raises Undelivered if surely nothing was sent: it waits again.
    """
    if _open(archive, channel):
        _send(archive, person_id, channel)


def plan_digests(archive: Archive) -> int:
    """Let every digest leave whose hour has come; how many people have one. Safe to repeat."""
    at, planned = archive.now(), 0
    with archive.read() as tx:
        due = tx.notices.digests_due(at)
    for person_id in due:
        with archive.write() as tx:
            next_at = tx.notices.digest_next_at(person_id)
            if next_at is None or next_at > at:
                continue
            # Until something waits again there is none.
            tx.notices.set_hours(person_id, tx.notices.hours(person_id), None)
            for channel in archive.settings.channels:
                if tx.notices.waiting(person_id, channel):
                    tx.jobs.add(at, "tell-digest", person=person_id, channel=channel)
            planned += 1
    return planned


def test(archive: Archive, actor: Actor, channel: str) -> None:
    """Send this person a message by this channel, to see whether it arrives.

    Raises Undelivered if it surely did not, and Conflict when they have just tried, or have no address.
    """
    rules.scope(actor, Action.FIND)
    if channel not in archive.settings.channels or notify.reach(channel) == NOBODY:
        raise NotFound("There is no such channel.")
    if not archive.settings.notify:
        raise Conflict("No message leaves this archive at present: notify is false in its settings.", "no-messages")
    at = archive.now()
    with archive.write() as tx:
        person = tx.people.get(actor.id)
        assert person is not None
        if notify.reach(channel) == PERSON and not person.email:
            raise Conflict("No address of yours is known: ask the system administrator to enter one.", "no-address")
        last = next(iter(tx.notices.of(actor.id, kind=TEST, limit=1)), None)
        if last is not None and last.at > at - TEST_AGAIN_AFTER:
            raise Conflict("You have just sent one; wait a minute.", "tested-just-now")
        notice = Notice(new_id(), actor.id, at, TEST, "person", actor.id, {}, at)
        tx.notices.add(notice)
        tx.notices.put_out(notice, channel, at)
        tx.notices.claim(notice.id, channel, at)
    try:
        _hand_over(archive, person, channel, [notice])
    except Undelivered:
        with archive.write() as tx:
            tx.notices.unclaim(notice, channel, at)
            tx.notices.drop(notice.id, channel)
        raise


@dataclass(frozen=True, slots=True)
class Post:
    """How one way out of the house is doing. `given_up`: messages that failed too often and wait for somebody."""

    channel: str
    traffic: Traffic
    given_up: int
    why: str
    """What the last of those failed with."""


def post(archive: Archive, actor: Actor) -> Sequence[Post]:
    """How every way out is doing, for those who see how the archive is."""
    rules.require(actor, Action.SEE_STATUS)
    at = archive.now()
    with archive.read() as tx:
        dead = [job for job in tx.jobs.dead() if job.kind in ("tell", "tell-digest")]
        found: list[Post] = []
        for channel in archive.settings.channels:
            of = [job for job in dead if job.payload["channel"] == channel]
            traffic = tx.notices.traffic(channel, at - UNCLEAR_FOR, at - UNCLEAR_AFTER)
            found.append(Post(channel, traffic, len(of), of[-1].error if of else ""))
    return found


def _open(archive: Archive, channel: str) -> bool:
    return archive.settings.notify and channel in archive.settings.channels


def _send(archive: Archive, person_id: str, channel: str, *, own: str = "") -> None:
    """`own`: the notice that is to be sent, and others with it; everything that waits if none is named."""
    at = archive.now()
    with archive.read() as tx:
        person, waiting = tx.people.get(person_id), [*filter(_known, tx.notices.waiting(person_id, channel))]
        chosen, hours = tx.notices.chosen(person_id), tx.notices.hours(person_id)
    leaving: dict[str, Notice] = {}
    put_off: datetime | None = None
    how = {notice.id: telling.wanted(chosen, notice.kind, channel) for notice in waiting}
    for notice in waiting:
        ends = _quiet_end(hours, notice, channel, at) if own and how[notice.id] is Way.NOW else None
        # Every other that is put off has a job of its own.
        put_off = ends if notice.id == own else put_off
        if ends is None and (how[notice.id] is Way.NOW or not own):
            leaving[notice.id] = notice
    may = _may_be_told(archive, person, [one for one in leaving.values() if how[one.id] is not Way.OFF])
    with archive.write() as tx:
        if put_off is not None:
            tx.jobs.add(put_off, "tell", notice=own, channel=channel)
        if how.get(own) is Way.DIGEST:
            telling.expect_digest(tx, person_id, at)
        claimed: list[Notice] = []
        for notice in waiting:
            if how[notice.id] is Way.OFF or (notice.id in leaving and notice.id not in may):
                tx.notices.drop(notice.id, channel)
            elif notice.id in may and tx.notices.claim(notice.id, channel, at):
                claimed.append(may[notice.id])
    if person is None or not claimed:
        return
    try:
        _hand_over(archive, person, channel, claimed)
    except Undelivered:
        with archive.write() as tx:
            for notice in claimed:
                tx.notices.unclaim(notice, channel, at)
        raise


def _known(notice: Notice) -> bool:
    """Can this program say it? Machines are upgraded one after the other."""
    return notice.kind in telling.SENTENCES


def _quiet_end(hours: Hours, notice: Notice, channel: str, at: datetime) -> datetime | None:
    if TOPIC_OF[notice.kind].urgent or notify.reach(channel) == NOBODY:
        return None
    return hours.quiet_end(at)


def _hand_over(archive: Archive, person: Person, channel: str, notices: Sequence[Notice]) -> None:
    """Give one message to the channel, and write down that it took it."""
    settings = archive.settings
    opened = notify.open_channel(channel, settings.channels[channel])
    for message in _messages(archive, person, channel, notices):
        opened.send(message)
    with archive.write() as tx:
        for notice in notices:
            tx.notices.sent(notice.id, channel, archive.now())


def _messages(archive: Archive, person: Person, channel: str, notices: Sequence[Notice]) -> Sequence[Message]:
    """One message, however many notices there are; for a channel that nobody reads one each.

    In a room others read it, of whom no rule was asked: there it says how many there are, and nothing of what.
    """
    language, root = archive.settings.language, archive.settings.address.rstrip("/")

    def message(id: str, kind: str, subject: str, text: str) -> Message:
        return Message(id, kind, person.id, person.name, person.email, subject, text, person.login)

    if notify.is_room(channel) and any(notice.kind != TEST for notice in notices):
        count = len(notices)
        subject = f"有 {count} 条新通知" if language == "zh" else f"{count} new notice{'s' if count > 1 else ''}"
        return [message(notices[-1].id, "notices", subject, f"{subject} {root}/notices" if root else subject)]
    said = [_line(archive, notice) for notice in notices]
    if len(notices) == 1 or notify.reach(channel) == NOBODY:
        subjects = [telling.sentence(notice, language) for notice in notices]
        return [message(n.id, n.kind, subject, line) for n, subject, line in zip(notices, subjects, said, strict=True)]
    zh = language == "zh"
    subject = f"档案系统通知 {len(notices)} 条" if zh else f"{len(notices)} notices from the archive"
    counted: dict[str, int] = {}
    for line in said:
        counted[line] = counted.get(line, 0) + 1
    lines = [f"{line} ×{count}" if count > 1 else line for line, count in counted.items()]
    left = len(lines) - LINES_MAX
    if left > 0:
        lines[LINES_MAX:] = [f"另有 {left} 条，请登录查看。" if zh else f"And {left} more; sign in to see them."]
    if root:
        lines.append(f"{root}/notices")
    # Of several the last tells this message from every other: none is in two.
    return [message(notices[-1].id, "digest", subject, "\n".join([subject, "", *lines]))]


def _line(archive: Archive, notice: Notice) -> str:
    sentence, link = telling.sentence(notice, archive.settings.language), telling.link(notice)
    root = archive.settings.address.rstrip("/")
    return f"{sentence} {root}{link}" if root and link else sentence


def _may_be_told(archive: Archive, person: Person | None, notices: Sequence[Notice]) -> Mapping[str, Notice]:
    """By id those that are still true, as they are now, and that this person may still know of."""
    if person is None or not person.active:
        return {}
    actor = at_the_door(archive, person)
    asked = (
        {slip.loan.id for slip in loan_desk.to_decide(archive, actor)}
        if any(notice.kind in ASKING for notice in notices) and rules.may(actor, Action.DECIDE_LOANS)
        else set[str]()
    )
    with archive.read() as tx:
        stale = {notice.id for notice in notices if not _still_true(tx, notice, archive.now())}
    told = {
        notice.id: notice
        for notice in notices
        if notice.id not in stale
        and (notice.kind not in ASKING or notice.subject_id in asked)
        and _may_know(archive, actor, notice)
    }
    return {**told, **_counted(archive, person.id, [one for one in notices if one.subject_kind == COUNTED])}


def _counted(archive: Archive, person_id: str, notices: Sequence[Notice]) -> Mapping[str, Notice]:
    """By id the last of each kind with what there is to count now; nothing of a kind of which there is nothing."""
    if not notices:
        return {}
    counts, last = reminding.counts(archive, person_id), {notice.kind: notice for notice in notices}
    return {one.id: replace(one, details=counts[kind]) for kind, one in last.items() if kind in counts}


def _may_know(archive: Archive, actor: Actor, notice: Notice) -> bool:
    duty = DUTY.get(notice.kind, Action.SEE_BACKUPS if notice.kind.startswith("backup.") else None)
    if duty is not None and not rules.may(actor, duty):
        return False
    look = OPENED.get(notice.subject_kind)
    if look is None:
        return duty is not None or notice.kind in HARMLESS
    if notice.kind in THEIRS:
        return True
    try:
        look(archive, actor, notice.subject_id)
    except (NotFound, Denied):
        return False
    return True


def _still_true(tx: Transaction, notice: Notice, at: datetime) -> bool:
    if notice.kind not in CHASING:
        return True
    loan = tx.loans.get(notice.subject_id)
    item = next((one for one in loan.items if one.id == notice.details["item"]), None)
    if item is None or item.due_at is None or telling.day(item.due_at) != notice.details["due"]:
        return False
    return item.state in OUT or (item.state is State.ACTIVE and at < item.due_at)
