"""Who must say yes, in which order, and who may not: the approval matrix as data, and the separation of duties.

The matrix (domain §6.2) is looked up by level, by whether the record is within the borrower's own reach, and
by form; what personal information and outsiders add is a second table. `asks` turns both into the questions a
request has to pass.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    """A line of the matrix. None means either."""

    level: int
    within_reach: bool | None
    form: Form | None
    terms: Terms


P, C = Post, Condition  # the tables below are read across
_HEAD, _KEEPER, _OWNER = P.DEPARTMENT_HEAD, P.CONTROLLER, P.CLASS_OWNER

MATRIX: tuple[Row, ...] = (
    Row(0, True, Form.PAPER, Terms((), 30, 2)),
    Row(0, False, None, Terms((_HEAD, _KEEPER), 14, 1)),
    Row(1, True, Form.PAPER, Terms((_KEEPER,), 14, 1)),
    Row(1, False, None, Terms((_HEAD, _KEEPER), 14, 1)),
    Row(2, None, Form.DIGITAL, Terms((_HEAD, _OWNER), 7, 1)),
    Row(2, None, Form.PAPER, Terms((_HEAD, _OWNER), 7, 1, (C.SEALED_COVER, C.IN_COMPANY))),
    Row(3, None, Form.DIGITAL, Terms((_HEAD, _OWNER, P.FINAL_APPROVER, P.SECURITY_OFFICER), 3, 0)),
    Row(3, None, Form.PAPER, Terms((_HEAD, _OWNER, P.FINAL_APPROVER, P.SECURITY_OFFICER), 3, 0, (C.ON_SITE,))),
    Row(0, True, Form.COPY, Terms((_KEEPER,), 30, 0)),
    Row(1, True, Form.COPY, Terms((_KEEPER,), 30, 0)),
    Row(2, None, Form.COPY, Terms((_HEAD, _OWNER), 7, 0)),
    Row(3, None, Form.COPY, Terms((_HEAD, _OWNER, P.FINAL_APPROVER, P.SECURITY_OFFICER), 3, 0)),
)
"""Domain §6.2. Within one's reach nothing digital has to be borrowed: it is open."""


@dataclass(frozen=True, slots=True)
class Addition:
    """What makes a case stricter, whatever the matrix says."""

    name: str
    pii_min: int
    external: bool
    form: Form | None
    posts: tuple[Post, ...]
    days_max: int
    renewals_max: int
    conditions: tuple[Condition, ...] = ()


ADDITIONS: tuple[Addition, ...] = (
    Addition("sensitive personal information", 2, False, None, (_OWNER,), 3, 0),
    Addition("sensitive personal information on paper", 2, False, Form.PAPER, (), 3, 0, (C.ON_SITE,)),
    Addition("somebody from outside", 0, True, None, (P.FINAL_APPROVER,), 7, 0, (C.SUPERVISED,)),
    Addition("somebody from outside, paper", 0, True, Form.PAPER, (), 7, 0, (C.CERTIFIED_COPY,)),
)

PURPOSE_FROM_LEVEL = 2
"""From this level on, and for any personal information, a purpose has to be stated (INV-29)."""

DISTINCT_FROM_LEVEL = 2
"""From this level on every approval is given by another person (INV-06)."""

DELEGATION_DAYS_MAX = 31


def terms(case: Case) -> Terms | None:
    """What the matrix allows in this case; None when there is nothing to borrow."""
    row = next(
        (
            row
            for row in MATRIX
            if row.level == case.level
            and row.within_reach in (None, case.within_reach)
            and row.form in (None, case.form)
        ),
        None,
    )
    if row is None:
        return None
    applying = [
        one
        for one in ADDITIONS
        if case.pii >= one.pii_min and (case.external or not one.external) and one.form in (None, case.form)
    ]
    return strictest(row.terms, *(Terms(a.posts, a.days_max, a.renewals_max, a.conditions) for a in applying))


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
