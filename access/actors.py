"""Who acts, with all that the rules need to know about them."""

from dataclasses import dataclass, field
from enum import StrEnum

LEVELS = (0, 1, 2, 3)
"""Confidentiality levels: 0 公开, 1 内部, 2 普通商密, 3 核心商密. Never State-secret grades."""


class Role(StrEnum):
    """What somebody is trusted to do. A person may have several; see CONFLICTS for those they may not."""

    DOCUMENT_CONTROLLER = "document_controller"
    RECORDS_LIAISON = "records_liaison"
    BORROWER = "borrower"
    CLASS_OWNER = "class_owner"
    DEPT_APPROVER = "dept_approver"
    FINAL_APPROVER = "final_approver"
    AUDITOR = "auditor"
    SECURITY_OFFICER = "security_officer"
    SYSADMIN = "sysadmin"
    OPERATOR = "operator"
    """The shell of the server: whoever holds its files and keys can read them, and the ledger says so."""
    SERVICE = "service"
    """Watcher, worker, scheduler: captures and indexes, is shown nothing."""


PEOPLE_ROLES = tuple(role for role in Role if role not in (Role.OPERATOR, Role.SERVICE))

ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECURITY_OFFICER, Role.AUDITOR})
"""三员: the three administrators, never one person (domain §7 T6)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What one grant opens to its holder at this moment. An empty set of codes says: any."""

    grant: str
    level_max: int
    pii_max: int
    classes: frozenset[str] = field(default_factory=frozenset[str])
    sites: frozenset[str] = field(default_factory=frozenset[str])
    departments: frozenset[str] = field(default_factory=frozenset[str])
    emergency: bool = False
    """Given by two people for hours (break-glass): everything read under it is written down."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at a door.

    `clearance` is the ceiling of this session: the lower of the person's and the session's. `sites` are the
    sites they work at. `on_loan` are the records that a digital loan of theirs opens at this moment, `openings`
    what grants open to them; `session` marks the browser session they are in. `only` is what their token was
    made for, None where nothing narrows it. The rules know nothing else about them.
    """

    id: str
    name: str
    roles: frozenset[Role]
    clearance: int = 0
    department: str = ""
    sites: frozenset[str] = field(default_factory=frozenset[str])
    on_loan: frozenset[str] = field(default_factory=frozenset[str])
    session: str = ""
    openings: tuple[Opening, ...] = ()
    only: frozenset[str] | None = None


OPERATOR = Actor("operator", "operator", frozenset({Role.OPERATOR}), clearance=3)
SERVICE = Actor("service", "service", frozenset({Role.SERVICE}))


def conflict(roles: frozenset[Role]) -> str | None:
    """Why these roles may not be given to one person, or None if they may.

    The three administrators are three people, and the system administrator holds no role that opens content
    (INV-23).
    """
    if len(roles & ADMINISTRATORS) > 1:
        return "System administrator, security officer and auditor must be different people."
    if Role.SYSADMIN in roles and len(roles) > 1:
        return "A system administrator may hold no other role: they run the archive and do not read it."
    if roles & {Role.OPERATOR, Role.SERVICE}:
        return "The roles operator and service belong to the machine, not to people."
    return None
