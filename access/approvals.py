"""Who must say yes, in which order, and who may not: what a matrix of approvals is, and the separation of duties.

The matrix (domain §6.2) is data: `archive.approval_matrix` keeps its versions. It is looked up by level, by whether
the record is within the borrower's own reach, and by form; what personal information and outsiders add are lines
without a level. `why_not_matrix` says what may never be loosened; `asks` turns terms into questions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from access.actors import Actor, Role
from access.loans import Form, Refusal
from access.rules import MACHINE_ROOM


class Post(StrEnum):
    """Whose yes is needed. In the order in which they are asked."""

    DEPARTMENT_HEAD = "department-head"
    CONTROLLER = "controller"
    CLASS_OWNER = "class-owner"
    FINAL_APPROVER = "final-approver"
    SECURITY_OFFICER = "security-officer"


ROLE_OF = {
    Post.DEPARTMENT_HEAD: Role.DEPT_APPROVER,
    Post.CONTROLLER: Role.DOCUMENT_CONTROLLER,
    Post.CLASS_OWNER: Role.CLASS_OWNER,
    Post.FINAL_APPROVER: Role.FINAL_APPROVER,
    Post.SECURITY_OFFICER: Role.SECURITY_OFFICER,
}

STAND_IN = frozenset({Post.DEPARTMENT_HEAD, Post.CLASS_OWNER})
"""The final approver may answer for these: they are whom these posts report to."""


class Condition(StrEnum):
    """What a borrower is held to, printed on the slip."""

    IN_COMPANY = "in-company"
    SEALED_COVER = "sealed-cover"
    ON_SITE = "on-site"
    SUPERVISED = "supervised"
    CERTIFIED_COPY = "certified-copy"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is allowed, and whose yes it needs."""

    posts: tuple[Post, ...]
    days_max: int
    renewals_max: int
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What the matrix looks at, for one item. `within_reach`: the borrower may read the record without a loan."""

    level: int
    pii: int
    within_reach: bool
    form: Form
    external: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the matrix. With a level it says what holds there; without one it makes stricter whatever holds.

    None means either; `pii_min` and `external` are what a case has to have for a line to apply.
    """

    level: int | None
    within_reach: bool | None
    form: Form | None
    terms: Terms
    pii_min: int = 0
    external: bool = False
    note: str = ""

    def covers(self, case: Case) -> bool:
        return (
            self.level in (None, case.level)
            and self.within_reach in (None, case.within_reach)
            and self.form in (None, case.form)
            and case.pii >= self.pii_min
            and (case.external or not self.external)
        )


Matrix = tuple[Row, ...]
"""Within one's reach nothing digital has to be borrowed: it is open. What a company starts with is domain §6.2."""

DAYS_MAX, RENEWALS_MAX = 366, 12
"""No matrix lends longer, or renews more often."""

APPROVALS_MIN = {2: 1, 3: 2}
"""By level: how many have to say yes, whatever a matrix says."""

PURPOSE_FROM_LEVEL = 2
"""From this level on, and for any personal information, a purpose has to be stated (INV-29)."""

DISTINCT_FROM_LEVEL = 2
"""From this level on every approval is given by another person (INV-06)."""

DELEGATION_DAYS_MAX = 31


def terms(matrix: Matrix, case: Case) -> Terms | None:
    """What the matrix allows in this case; None when there is nothing to borrow."""
    row = next((row for row in matrix if row.level is not None and row.covers(case)), None)
    if row is None:
        return None
    return strictest(row.terms, *(one.terms for one in matrix if one.level is None and one.covers(case)))


CASES = tuple(
    Case(level, pii, reach, form, external)
    for level in range(4)
    for pii in range(3)
    for reach in (True, False)
    for form in Form
    for external in (False, True)
)


def is_open(case: Case) -> bool:
    """Is there nothing to borrow, because it can be read anyway?"""
    return case.within_reach and case.form is Form.DIGITAL and case.level < 2


def why_not_matrix(matrix: Matrix) -> Refusal | None:
    """What no company may write into its matrix, whoever signs it; None if it may hold (INV-06, INV-09).

    That nobody approves their own request, and that from level 2 on every approval is another person's, stands
    beside every matrix, in `why_not_decide`. Here: every case has one line; there is somebody to ask wherever more
    is opened than is open anyway, at level 3 two; and a higher level is never easier than the one below it.
    """
    for row in matrix:
        if not 1 <= row.terms.days_max <= DAYS_MAX or not 0 <= row.terms.renewals_max <= RENEWALS_MAX:
            return Refusal("matrix-numbers", f"A loan is for 1 to {DAYS_MAX} days, renewed 0 to {RENEWALS_MAX} times.")
        if row.level is not None and (row.pii_min or row.external):
            return Refusal("matrix-gap", "A line for personal information or outsiders has no level: it adds to all.")
    found: dict[Case, Terms] = {}
    for case in CASES:
        lines = [row for row in matrix if row.level is not None and row.covers(case)]
        if len(lines) != (0 if is_open(case) else 1):
            return Refusal("matrix-gap", f"There must be exactly one line for each case; see {_named(case)}.")
        allowed = terms(matrix, case)
        if allowed is None:
            continue
        opened = not case.within_reach or case.external or case.pii == 2
        if len(allowed.posts) < max(APPROVALS_MIN.get(case.level, 0), int(opened)):
            return Refusal("matrix-too-loose", f"More people have to agree than this matrix asks: see {_named(case)}.")
        found[case] = allowed
    for case, allowed in found.items():
        below = found.get(replace(case, level=case.level - 1))
        if below and (allowed.days_max > below.days_max or allowed.renewals_max > below.renewals_max):
            return Refusal("matrix-easier", f"A higher level is never lent longer than the one below: {_named(case)}.")
    return None


def _named(case: Case) -> str:
    reach = "within reach" if case.within_reach else "out of reach"
    return f"level {case.level}, {case.form}, {reach}" + (", outsider" if case.external else "")


def strictest(*all_terms: Terms) -> Terms:
    """Every post and condition of any, the shortest term, the fewest renewals: a bundle is as strict as its worst."""
    posts = {post for one in all_terms for post in one.posts}
    conditions = {condition for one in all_terms for condition in one.conditions}
    return Terms(
        tuple(post for post in Post if post in posts),
        min(one.days_max for one in all_terms),
        min(one.renewals_max for one in all_terms),
        tuple(condition for condition in Condition if condition in conditions),
    )


def purpose_needed(level: int, pii: int) -> bool:
    return level >= PURPOSE_FROM_LEVEL or pii > 0


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a chain: this post, of this department or this site."""

    post: Post
    department: str = ""
    site: str = ""


def asks(
    posts: Sequence[Post], *, borrower_department: str, record_departments: Iterable[str], record_sites: Iterable[str]
) -> Sequence[Ask]:
    """The questions in their order: class owners of every department concerned, controllers of every site."""
    places = {
        Post.DEPARTMENT_HEAD: [Ask(Post.DEPARTMENT_HEAD, department=borrower_department)],
        Post.CONTROLLER: [Ask(Post.CONTROLLER, site=site) for site in sorted(set(record_sites))],
        Post.CLASS_OWNER: [Ask(Post.CLASS_OWNER, department=one) for one in sorted(set(record_departments))],
        Post.FINAL_APPROVER: [Ask(Post.FINAL_APPROVER)],
        Post.SECURITY_OFFICER: [Ask(Post.SECURITY_OFFICER)],
    }
    return [ask for post in Post if post in posts for ask in places[post]]


def holds(ask: Ask, actor: Actor) -> bool:
    """Is this person the post that is asked?"""
    if actor.roles & MACHINE_ROOM:
        return False
    if ask.post in STAND_IN and Role.FINAL_APPROVER in actor.roles:
        return True
    if ROLE_OF[ask.post] not in actor.roles:
        return False
    if ask.post in (Post.DEPARTMENT_HEAD, Post.CLASS_OWNER):
        return bool(ask.department) and actor.department == ask.department
    return ask.post is not Post.CONTROLLER or ask.site in actor.sites


@dataclass(frozen=True, slots=True)
class Delegation:
    """From a day to a day somebody decides for somebody else."""

    id: str
    principal_id: str
    delegate_id: str
    starts_at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None

    def in_force(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at and (self.revoked_at is None or at < self.revoked_at)


def why_not_delegate(starts_at: datetime, ends_at: datetime, at: datetime) -> Refusal | None:
    """A delegation has a beginning and an end, and does not reach back."""
    if ends_at <= starts_at or ends_at <= at:
        return Refusal("delegation-dates", "A delegation ends after it begins, and not in the past.")
    if ends_at - starts_at > timedelta(days=DELEGATION_DAYS_MAX):
        return Refusal("delegation-too-long", f"A delegation lasts at most {DELEGATION_DAYS_MAX} days.")
    return None


@dataclass(frozen=True, slots=True)
class Concerned:
    """The people a decision has to keep apart, and the level it is about."""

    level: int
    borrower_id: str
    requested_by: str
    earlier: frozenset[str]
    """Who has approved this request already, and for whom they did."""


def why_not_decide(ask: Ask, actor: Actor, concerned: Concerned, *, principal: Actor | None = None) -> Refusal | None:
    """May this person answer the question, for themselves or for `principal`? None if so (INV-06, T7).

    Whoever asked, or is to get it, answers neither in person nor through somebody who stands in for them.
    """
    able = [actor, principal] if principal else [actor]
    people = {person.id for person in able}
    if people & {concerned.borrower_id, concerned.requested_by}:
        return Refusal("own-request", "Nobody approves their own request, nor has it approved by a deputy of theirs.")
    if not holds(ask, principal or actor):
        return Refusal("not-asked", f"It is the {ask.post} who is asked now.")
    if concerned.level > min(person.clearance for person in able):
        return Refusal("clearance", "The records are above your clearance.")
    if concerned.level >= DISTINCT_FROM_LEVEL and people & concerned.earlier:
        return Refusal("second-approval", "You have approved this already: every approval is another person's.")
    return None
