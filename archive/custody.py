"""Who keeps the records: taken up, looked at, and never left behind by somebody who goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access import rules
from access.actors import Actor, Role
from access.rules import Action
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Person, Record
from archive.tables import Transaction
from archive.tables.custody import Turn


@dataclass(frozen=True, slots=True)
class Keeping:
    """Who keeps how much, and what nobody keeps."""

    keepers: Sequence[tuple[Person, int]]
    unkept: dict[str, int]
    """Filed records without a keeper, by site; of the sites whose records this person hands out."""


def overview(archive: Archive, actor: Actor) -> Keeping:
    rules.require(actor, Action.SEE_HANDOVERS)
    with archive.read() as tx:
        found = [(tx.people.get(person_id), count) for person_id, count in tx.custody.keepers().items()]
        keepers = sorted(((p, n) for p, n in found if p is not None), key=lambda one: (-one[1], one[0].login))
        return Keeping(keepers, dict(tx.custody.unkept(rules.scope(actor, Action.HAND_OUT))))


def take_charge(archive: Archive, actor: Actor, site: str) -> int:
    """Take up what is filed at a site and has no keeper yet; how many records. From then on they change hands only by
    a handover."""
    scope = rules.scope(actor, Action.HAND_OUT)
    if Role.DOCUMENT_CONTROLLER not in actor.roles:
        rules.require(actor, Action.SEE_INTAKE)
        raise Invalid("Records are kept by a document controller.", "not-a-keeper")
    with archive.write() as tx:
        at = archive.now()
        taken = tx.custody.begin(tx.custody.unkept_at(scope, site), actor.id, at)
        if not taken:
            raise Conflict("Everything filed at this site has a keeper.", "all-kept")
        tx.ledger.add(at, actor.id, "custody.taken-up", "person", actor.id, site=site, records=taken)
    return taken


def history(archive: Archive, actor: Actor, record_id: str) -> Sequence[tuple[Turn, str]]:
    """Every keeper a record has had, with the name of each: of somebody from outside, the organisation."""
    with archive.read() as tx:
        tx.records.found(record_id, rules.scope(actor, Action.FIND))
        turns = tx.custody.of(record_id)
        names = tx.people.names(turn.keeper_id for turn in turns)
        return [(turn, _outside(tx, turn) or names.get(turn.keeper_id, turn.keeper_id)) for turn in turns]


def taken_up(tx: Transaction, keeper: Actor, record: Record, at: datetime) -> None:
    """Whoever files a record keeps it from then on, if it is their duty to keep records."""
    if record.lifecycle == "filed" and Role.DOCUMENT_CONTROLLER in keeper.roles:
        tx.custody.begin([record.id], keeper.id, at)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What somebody who leaves still has to hand over, give back or let others decide."""

    person: Person
    keeps: int
    papers: int
    """Papers they have borrowed and not returned."""
    parts: int
    """Handovers under way in which they play a part."""
    since: datetime | None
    """Since when the longest-kept record is theirs."""

    @property
    def may_go(self) -> bool:
        return self.keeps == 0


def leaving(archive: Archive, actor: Actor, login: str) -> Leaving:
    """离岗检查: what stands in the way of closing somebody's account."""
    with archive.read() as tx:
        account = tx.people.called(login)
        if account is None or account.person.id != actor.id:
            rules.require(actor, Action.SEE_HANDOVERS)
        if account is None:
            raise NotFound("There is nobody of that name.")
        person = account.person
        return Leaving(
            person=person,
            keeps=tx.custody.open_of(person.id),
            papers=tx.loans.papers_out(person.id),
            parts=sum(bool(one.parts_of(person.id)) for one in tx.handovers.under_way()),
            since=tx.custody.oldest_of(person.id),
        )


def refuse_to_let_go(tx: Transaction, person_id: str) -> None:
    """Raises Conflict while somebody keeps anything: first it is handed over, then the account is closed (T10)."""
    keeps = tx.custody.open_of(person_id)
    if keeps:
        raise Conflict(
            f"This person keeps {keeps} records: first they are handed over, then the account is closed.",
            "custody-open",
        )


def refuse_to_take_the_post(tx: Transaction, before: Person, now: Person) -> None:
    """Raises Conflict while a custodian keeps what they could not hand out any more: taking the post or a site away
    passes the same gate as closing the account (T10)."""
    kept = tx.custody.sites_of(before.id)
    if Role.DOCUMENT_CONTROLLER.value in now.roles:
        kept = {site: count for site, count in kept.items() if site in before.sites - now.sites}
    if kept:
        raise Conflict(
            f"This person keeps {sum(kept.values())} records there: first they are handed over, then the post is "
            "taken.",
            "custody-open-there",
        )


def _outside(tx: Transaction, turn: Turn) -> str:
    if turn.keeper_kind != "outside":
        return ""
    receiver = next((one.outside for one in tx.handovers.get(turn.keeper_id).parties if one.outside), None)
    return receiver.organisation if receiver else ""
