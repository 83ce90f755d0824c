"""Rights given to a person for a while: who may give them, for how long, and when they are in force.

A grant says what it opens (class, site, department, level), for what purpose, from when until when, and who gave it.
From level 2 on, and for sensitive personal information, a second person confirms it before it opens anything. An
emergency (break-glass) is a grant of hours that its holder asks for and somebody else confirms; it is reviewed by
the auditor afterwards.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from access.actors import ADMINISTRATORS, Actor, Opening, Role
from access.loans import Refusal

SECOND_PERSON_FROM_LEVEL = 2
"""From this level on a grant is of two people; for sensitive personal information always."""
DAYS_MAX = 366
EMERGENCY_MAX = timedelta(hours=4)
REVIEWED_WITHIN = timedelta(days=3)
"""How long the auditor has to look at an emergency, in working days (INV-30)."""


class Kind(StrEnum):
    GRANT = "grant"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Grant:
    """What is opened, to whom, for what, and by whom. An empty set of codes says: any."""

    id: str
    kind: Kind
    person_id: str
    level_max: int
    pii_max: int
    purpose: str
    starts_at: datetime
    ends_at: datetime
    given_by: str
    given_at: datetime
    classes: frozenset[str] = field(default_factory=frozenset[str])
    sites: frozenset[str] = field(default_factory=frozenset[str])
    departments: frozenset[str] = field(default_factory=frozenset[str])
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    """Refused or withdrawn before its time."""
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    review: str = ""

    @property
    def emergency(self) -> bool:
        return self.kind is Kind.EMERGENCY

    @property
    def needs_second_person(self) -> bool:
        return self.emergency or self.level_max >= SECOND_PERSON_FROM_LEVEL or self.pii_max >= 2

    @property
    def confirmed(self) -> bool:
        return self.confirmed_at is not None or not self.needs_second_person

    @property
    def waits(self) -> bool:
        """Does it wait for a second person?"""
        return not self.confirmed and self.ended_at is None

    @property
    def to_review(self) -> bool:
        """Was it used, or could it have been, and has nobody looked at it yet?"""
        return self.emergency and self.confirmed_at is not None and self.reviewed_at is None

    def in_force(self, at: datetime) -> bool:
        """Does it open anything at this instant? Confirmed late, it opens nothing before it was confirmed."""
        ended = self.ended_at is not None and self.ended_at <= at
        since = max(self.starts_at, self.confirmed_at or self.given_at)
        return self.confirmed and since <= at < self.ends_at and not ended

    @property
    def opening(self) -> Opening:
        return Opening(
            self.id, self.level_max, self.pii_max, self.classes, self.sites, self.departments, emergency=self.emergency
        )


def why_not_give(giver: Actor, holder: Actor, grant: Grant, at: datetime) -> Refusal | None:
    """May this be given? None if so. Nobody gives themselves anything, and nothing is given without an end (T6)."""
    if giver.id == holder.id:
        return Refusal("own-rights", "Nobody gives themselves rights.")
    if Role.SYSADMIN in holder.roles:
        return Refusal("runs-the-archive", "Who runs the archive does not read it: no grant opens anything to them.")
    if grant.level_max > holder.clearance:
        return Refusal(
            "clearance", "A grant does not reach above the clearance of its holder: give them the clearance first."
        )
    if not grant.purpose:
        return Refusal("no-purpose", "Say what it is needed for.")
    if grant.ends_at <= max(grant.starts_at, at) or grant.ends_at - grant.starts_at > timedelta(days=DAYS_MAX):
        return Refusal("grant-dates", f"A grant ends after it begins, within {DAYS_MAX} days, and not in the past.")
    if grant.starts_at < at - timedelta(days=1):
        return Refusal("grant-dates", "A grant does not reach back.")
    return None


def why_not_confirm(second: Actor, grant: Grant, at: datetime) -> Refusal | None:
    """May this person be the second? Neither the holder nor whoever gave it (INV-30)."""
    if second.id in (grant.person_id, grant.given_by):
        return Refusal("second-person", "It takes somebody else: neither the holder nor whoever asked for it.")
    if not grant.waits:
        return Refusal("no-such-step", "This waits for nobody.")
    if grant.ends_at <= at:
        return Refusal("grant-dates", "It has ended already.")
    if grant.level_max > second.clearance:
        return Refusal("clearance", "It reaches above your clearance.")
    return None


def why_not_ask(asker: Actor, grant: Grant, at: datetime) -> Refusal | None:
    """May somebody ask to be let in at once? For hours, with a reason, and not above their clearance."""
    if not grant.purpose:
        return Refusal("no-purpose", "Say what it is needed for.")
    if grant.ends_at - at > EMERGENCY_MAX or grant.ends_at <= at:
        return Refusal("emergency-too-long", "An emergency lasts at most four hours.")
    if grant.level_max > asker.clearance:
        return Refusal("clearance", "The records are above your clearance.")
    return None


def why_not_review(reviewer: Actor, grant: Grant, at: datetime) -> Refusal | None:
    """May this person close an emergency? Not who was in it, and not while it lasts."""
    if reviewer.id in (grant.person_id, grant.confirmed_by):
        return Refusal("second-person", "It takes somebody else: neither the holder nor whoever let them in.")
    if not grant.to_review:
        return Refusal("no-such-step", "This waits for nobody.")
    if grant.in_force(at):
        return Refusal("still-open", "It is reviewed when it has ended.")
    return None


def why_not_change_rights(
    giver: Actor, holder_id: str, before: frozenset[Role], after: frozenset[Role]
) -> Refusal | None:
    """May roles and clearance of somebody be changed by this person?"""
    if giver.id == holder_id:
        return Refusal("own-rights", "Nobody gives themselves rights.")
    if (before ^ after) & ADMINISTRATORS and Role.OPERATOR not in giver.roles:
        return Refusal(
            "administrators", "Who the three administrators are is decided at the server, not by one of the three."
        )
    return None


def reviewed_by(grant: Grant) -> datetime:
    """Until when an emergency has to be reviewed: so many working days after it was confirmed."""
    day, left = grant.confirmed_at or grant.given_at, REVIEWED_WITHIN.days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day
