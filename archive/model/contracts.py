"""The contracts of a project as a chain: who follows whom, until when each holds, and what is wrong with it.

Pure: dates in, dates and findings out. A contract holds from its first day until, but not including, `until`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

KINDS = ("preliminary", "service", "outsourcing", "lease", "other")
"""前期物业服务合同, 物业服务合同, 外包/采购/维保, 租赁经营, 其他."""
EXCLUSIVE = frozenset({"preliminary", "service"})
"""One area is served by one company at a time (物业管理条例 33): these never overlap (INV-15)."""
STATES = ("draft", "confirmed", "void")
ALERTS_DAYS = (120, 100)
"""So long before a contract ends those who answer for it are told: the notice that stands in law is a deadline, not a
reminder."""
GROUNDS = ("expired", "handed-over", "agreed", "dismissal", "indefinite-end", "breach", "succeeded", "other")
"""Why a contract ended: 到期不再续签, 到期移交 (民法典 949), 协商解除, 业主解聘 (946), 解除不定期合同 (948 ¶2),
违约解除, 后续合同生效, 其他."""
NOTICE_OF: Mapping[str, str] = {"dismissal": "dismissal", "indefinite-end": "indefinite_end"}
"""Ground → code of the provision that says how long before the end notice is given."""
PROVISIONS = ("not_renewing", "renewing", "dismissal", "indefinite_end", "goes_on", "preliminary_ends", "handover")
"""Codes of the provisions of law that the house reckons with."""
CODES = (
    "signed-after-takeover",
    "no-authority-evidence",
    "gap",
    "overlap",
    "prelim-not-ended",
    "term-missing",
    "notice-deadline-missed",
    "lapsed-but-serving",
    "original-not-located",
    "annex-missing",
)
"""Domain §6.5."""


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract, behind which a record stands. Empty dates are not stated."""

    id: str
    record_id: str
    number: str
    title: str
    kind: str
    site: str
    party_a: str
    party_b: str
    state: str
    drafted_by: str
    signed_on: date | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    """Its last day, as agreed."""
    indefinite: bool = False
    """Open end: agreed so, or it went on after its term without a decision (民法典 948)."""
    ended_on: date | None = None
    """Its last day as it turned out: terminated, or a preliminary contract whose successor took effect (民法典 940)."""
    predecessor_id: str = ""
    notice_days: int | None = None
    """Where the contract itself sets another notice period (民法典 946, 947)."""
    originals: int = 0
    originals_at: str = ""
    subject: str = ""
    evidence: tuple[str, ...] = ()
    """Codes of the validity checklist that are proved."""
    drafters: tuple[str, ...] = ()
    """Everybody who wrote in the draft: none of them confirms it."""
    notice_on: date | None = None
    """When notice of its end was given in writing."""
    ended_why: str = ""
    confirmed_by: str = ""
    sent_back_by: str = ""
    """Who reviewed the draft and did not confirm it; empty again when somebody has corrected it."""
    sent_back_why: str = ""
    waits_since: datetime | None = None
    """Since when a draft waits for its review or, sent back, for its correction."""
    confirmed_despite: str = ""
    """Why it was confirmed although not every line of the validity checklist was proved."""
    revision: int = 1

    @property
    def exclusive(self) -> bool:
        return self.kind in EXCLUSIVE

    @property
    def until(self) -> date | None:
        """The first day on which it holds no more; None: open."""
        last = self.ended_on if self.ended_on is not None else None if self.indefinite else self.ends_on
        return None if last is None else last + timedelta(days=1)

    def holds_on(self, day: date) -> bool:
        return self.begins_on is not None and self.begins_on <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Project:
    """What is known of a site as a project: taken over when, owners' committee filed when, served until when."""

    site: str
    taken_over_on: date | None = None
    committee_on: date | None = None
    given_up_on: date | None = None


@dataclass(frozen=True, slots=True)
class Provision:
    """What the law says of such contracts, with the days between which it holds; `days` where it sets a period."""

    code: str
    law: str
    article: str
    days: int | None
    valid_from: date
    valid_to: date | None
    source: str = ""
    says: str = ""

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class CheckItem:
    """A line of the validity checklist (2.12), for the kinds it belongs to and while it holds; * is every kind."""

    code: str
    kinds: frozenset[str]
    zh: str
    en: str
    valid_from: date
    valid_to: date | None
    source: str

    def asks(self, contract: Contract, today: date) -> bool:
        """Is this asked of a contract? The list is the one of the day it was signed, or else began."""
        day = contract.signed_on or contract.begins_on or today
        suits = "*" in self.kinds or contract.kind in self.kinds
        return suits and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves a line of the checklist: a record, or words that say where it can be seen."""

    contract_id: str
    item: str
    record_id: str
    note: str
    put_at: datetime
    put_by: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """补充、变更协议: a paper that changes a contract from a day on; `ends_on` where it sets another last day."""

    id: str
    contract_id: str
    record_id: str
    number: str
    says: str
    state: str
    drafted_by: str
    drafted_at: datetime
    signed_on: date | None = None
    effective_on: date | None = None
    ends_on: date | None = None
    ended_before: date | None = None
    """The last day of the contract until this took effect."""
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with a contract, or between two: `about` is the other one, or the days of a gap."""

    code: str
    contract_id: str
    about: str = ""
    first: date | None = None
    last: date | None = None


def overlap(one: Contract, other: Contract) -> tuple[date, date | None] | None:
    """The days on which both hold, the first and the last (None: without end); None if there is none."""
    if one.begins_on is None or other.begins_on is None:
        return None
    first = max(one.begins_on, other.begins_on)
    ends = [end for end in (one.until, other.until) if end is not None]
    last = min(ends) if ends else None
    if last is not None and last <= first:
        return None
    return first, None if last is None else last - timedelta(days=1)


def provision(provisions: Sequence[Provision], code: str, on: date) -> Provision | None:
    """What the law says under this code on a day; None if it says nothing."""
    return next((one for one in provisions if one.code == code and one.holds_on(on)), None)


def notice_deadline(contract: Contract, provisions: Sequence[Provision]) -> date | None:
    """The last day on which we may still say that we will not renew (民法典 947 ¶2), or as the contract itself says.

    The law is that of the day on which the contract ends. None where the end is open or the law says nothing.
    """
    if contract.kind not in EXCLUSIVE and contract.notice_days is None:
        return None
    if contract.ends_on is None or contract.indefinite:
        return None
    days = contract.notice_days
    if days is None:
        found = provision(provisions, "not_renewing", contract.ends_on)
        days = found.days if found else None
    return None if days is None else contract.ends_on - timedelta(days=days)


def earliest_end(contract: Contract, ground: str, notice_on: date, provisions: Sequence[Provision]) -> date:
    """The first day that may be its last when notice was given on a day: sixty days later by law (民法典 946, 948).

    The contract itself may set another period for dismissal (946 另有约定), not for what has no term any more.
    """
    found = provision(provisions, NOTICE_OF.get(ground, ""), notice_on)
    days = found.days if found else None
    if ground == "dismissal" and contract.notice_days is not None:
        days = contract.notice_days
    return notice_on + timedelta(days=days or 0)


def gives_way(one: Contract, later: Contract, provisions: Sequence[Provision]) -> bool:
    """Does `one` end by itself on the day before `later` begins? A preliminary contract does where the law of that day
    says so (物业管理条例 26, 民法典 940), and one without a term whose successor this is."""
    if one.begins_on is None or later.begins_on is None or one.begins_on >= later.begins_on:
        return False
    if one.kind == "preliminary" and later.kind == "service":
        return provision(provisions, "preliminary_ends", later.begins_on) is not None
    return one.indefinite and one.ended_on is None and later.predecessor_id == one.id


def undecided(contract: Contract, on: date, *, followed: bool) -> bool:
    """Is its term over, as of a day, and nobody has said whether it was renewed, handed over, ended or gone on with?"""
    open_end = contract.indefinite or contract.ended_on is not None or contract.ends_on is None
    return (
        contract.state == "confirmed"
        and not open_end
        and not followed
        and contract.until is not None
        and (contract.until <= on)
    )


def standing(contract: Contract, on: date, successors: Mapping[str, Contract]) -> str:
    """Where it stands on a day: draft, sent-back, void, to-come, in-force, indefinite, expired, terminated or
    superseded."""
    if contract.state != "confirmed":
        return "sent-back" if contract.state == "draft" and contract.sent_back_why else contract.state
    if contract.begins_on is None or on < contract.begins_on:
        return "to-come"
    if contract.holds_on(on):
        return "indefinite" if contract.indefinite else "in-force"
    if contract.id in successors:
        return "superseded"
    return "expired" if undecided(contract, on, followed=False) else "terminated"


def check(project: Project, contracts: Sequence[Contract], provisions: Sequence[Provision], on: date) -> list[Finding]:
    """What is wrong in a project as of a day, in the order of its contracts. Void ones count for nothing.

    Only what is given counts: a predecessor that is not among the contracts is none.
    """
    given = {one.id for one in contracts}
    counted = sorted(
        (
            one if one.predecessor_id in given else replace(one, predecessor_id="")
            for one in contracts
            if one.state != "void"
        ),
        key=lambda one: (one.begins_on or on, one.id),
    )
    found: list[Finding] = []
    for one in counted:
        found += _alone(project, one, provisions, on, counted)
    exclusive = [one for one in counted if one.exclusive]
    for place, one in enumerate(exclusive):
        for other in exclusive[place + 1 :]:
            both = overlap(one, other)
            # A draft that will end what it follows is in nobody's way.
            if both is not None and not (other.state == "draft" and gives_way(one, other, provisions)):
                code = "prelim-not-ended" if one.kind == "preliminary" and other.kind == "service" else "overlap"
                found.append(Finding(code, other.id, one.id, *both))
    return [*found, *_gaps(project, [one for one in exclusive if one.state == "confirmed"], on)]


def _alone(
    project: Project, one: Contract, provisions: Sequence[Provision], on: date, chain: Sequence[Contract]
) -> Iterator[Finding]:
    first_of_ours = not one.predecessor_id
    if (
        one.exclusive
        and first_of_ours
        and one.signed_on is not None
        and project.taken_over_on is not None
        and one.signed_on > project.taken_over_on
        and not any(
            other.exclusive and other.begins_on and one.begins_on and other.begins_on < one.begins_on for other in chain
        )
    ):
        yield Finding("signed-after-takeover", one.id, first=project.taken_over_on, last=one.signed_on)
    if one.begins_on is None or (one.ends_on is None and not one.indefinite):
        yield Finding("term-missing", one.id)
    if one.state != "confirmed":
        return
    if "authority" not in one.evidence:
        yield Finding("no-authority-evidence", one.id)
    if "annexes" not in one.evidence:
        yield Finding("annex-missing", one.id)
    if not one.originals or not one.originals_at:
        yield Finding("original-not-located", one.id)
    followed = any(other.predecessor_id == one.id for other in chain)
    deadline = notice_deadline(one, provisions)
    if deadline is not None and one.ended_on is None and not followed and deadline < on and one.holds_on(on):
        yield Finding("notice-deadline-missed", one.id, first=deadline)
    served = project.given_up_on is None or on <= project.given_up_on
    lapsed = one.until is not None and one.until <= on and one.ended_on is None
    held = any(other.exclusive and other.state == "confirmed" and other.holds_on(on) for other in chain)
    if one.exclusive and lapsed and served and not held and not _later(one, chain):
        yield Finding("lapsed-but-serving", one.id, first=one.until)


def _later(one: Contract, chain: Sequence[Contract]) -> bool:
    """Did a confirmed contract follow it?"""
    return any(other.predecessor_id == one.id and other.state == "confirmed" for other in chain)


def _gaps(project: Project, exclusive: Sequence[Contract], on: date) -> Iterator[Finding]:
    """Days on which the project was served and no contract held, between the first day and today."""
    begins = [one.begins_on for one in exclusive if one.begins_on is not None]
    if not begins:
        return
    reached = project.taken_over_on or min(begins)
    served_until = min(on, project.given_up_on) if project.given_up_on else on
    last = None
    for one in exclusive:
        if one.begins_on is None:
            continue
        if reached < one.begins_on <= served_until:
            yield Finding("gap", one.id, last.id if last else "", reached, one.begins_on - timedelta(days=1))
        if one.until is None:
            return
        if last is None or one.until >= reached:
            last = one
        reached = max(reached, one.until)
    # Served on after it was ended: whoever lets a term run out has `lapsed-but-serving` instead.
    if last is not None and last.ended_on is not None and reached <= served_until:
        yield Finding("gap", last.id, "", reached, served_until)
