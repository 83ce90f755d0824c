"""One table from action to rules: what may this actor do, and with which records?

`scope(actor, action)` answers with a value that admits records one by one, becomes SQL
(`archive.tables.scopes`) and becomes an engine filter (`archive.search`). A property test proves the three
equal. What no clause admits is refused: the rules are closed by default.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from access.actors import PEOPLE_ROLES, Actor, Opening, Role

FILED = frozenset({"filed", "archived"})
"""Described and here, whether it has its reference code yet or not."""
IN_CUSTODY = FILED | {"captured", "quarantined"}
"""Every lifecycle state a document controller works with."""
GONE = frozenset({"destroyed", "transferred"})
"""Of these the description has stayed, and nothing else."""


class Action(StrEnum):
    """What may be asked of the archive. The first group concerns records, the second is a duty."""

    FIND = "find"
    READ = "read"
    READ_TEXT = "read-text"
    """Read the words as text, which can be copied: a loan opens the pictures of pages only."""
    DOWNLOAD = "download"
    DESCRIBE = "describe"
    FILE = "file"
    BORROW = "borrow"
    HAND_OUT = "hand-out"
    """Hand papers out at the counter and take them back."""
    DECLASSIFY = "declassify"
    """Propose that a level is lowered, on a day or after an event."""
    AGREE_TO_DECLASSIFY = "agree-to-declassify"
    """Be the second person without whom no level is lowered (INV-18)."""

    DECIDE_LOANS = "decide-loans"
    """Answer a request one is asked about; which ones that are is `access.approvals`."""
    CHANGE_MATRIX = "change-matrix"
    """Propose another approval matrix, or agree to the one that somebody else proposed."""
    CALL_BACK = "call-back"
    SEE_LOANS = "see-loans"
    TAKE_PART = "take-part"
    """Play the part in a handover that one was given; which that is stands in the handover."""
    PLAN_HANDOVER = "plan-handover"
    SEE_HANDOVERS = "see-handovers"
    CAPTURE = "capture"
    SEE_INTAKE = "see-intake"
    RETRY_INTAKE = "retry-intake"
    SEE_PEOPLE = "see-people"
    OPEN_ACCOUNTS = "open-accounts"
    """Make accounts that have no rights yet."""
    GIVE_RIGHTS = "give-rights"
    """Roles, clearance, sites and dated grants of other people; never one's own."""
    CONFIRM_RIGHTS = "confirm-rights"
    """Be the second person of a grant or of an emergency."""
    ASK_EMERGENCY = "ask-emergency"
    """Ask to be let in at once, for hours (break-glass)."""
    REVIEW_EMERGENCIES = "review-emergencies"
    MANAGE_PEOPLE = "manage-people"
    MANAGE_FILE_PLAN = "manage-file-plan"
    ACCESSION = "accession"
    """Accept records into the archive and give them their reference codes."""
    SEE_ARCHIVE = "see-archive"
    """See the office behind the search box: catalogues, gaps, due lists, holds, disposals."""
    SEE_CONTRACTS = "see-contracts"
    """See the register of contracts, as far as the records behind it may be found."""
    KEEP_CONTRACTS = "keep-contracts"
    """Draft, correct and renew contracts of the register."""
    CONFIRM_CONTRACTS = "confirm-contracts"
    """Review what somebody else drafted, and say that a contract ended or goes on."""
    SEE_DOCUMENTS = "see-documents"
    """See controlled documents, as far as the records of their editions may be found; acknowledge what one was asked
    to read, and say that one has a numbered copy."""
    FILL_FORMS = "fill-forms"
    """Fill in a form on screen, or take a blank of one."""
    KEEP_MEASURES = "keep-measures"
    """Plan reviews and audits, write down what they found, open measures and look whether they worked."""
    DRAFT_DOCUMENTS = "draft-documents"
    """Write an edition of a controlled document and submit it."""
    REVIEW_DOCUMENTS = "review-documents"
    """Review an edition that somebody else wrote, and look at documents whose periodic review is due."""
    APPROVE_DOCUMENTS = "approve-documents"
    """Approve an edition that others wrote and reviewed; withdraw one, keep an obsolete one for reference."""
    KEEP_DOCUMENTS = "keep-documents"
    """Issue what was approved, hand out numbered copies and call them back."""
    HOLD = "hold"
    """Put a hold on records, or release one."""
    APPRAISE = "appraise"
    """Open a list of what is due for appraisal, and carry out what was approved."""
    APPROVE_DISPOSAL = "approve-disposal"
    KEEP_DOSSIERS = "keep-dossiers"
    """Open dossiers, put records in and out, say who owes what is missing, close what is complete."""
    APPROVE_WAIVER = "approve-waiver"
    """Say that a document need not lie in a dossier; never about one's own request."""
    SEE_DOSSIERS = "see-dossiers"
    """See dossiers and what is missing from them, as far as they may be found."""
    SEE_LEDGER = "see-ledger"
    SEE_ACCESS = "see-access"
    """Who could see a record on a day, and what somebody may see."""
    SEE_ALERTS = "see-alerts"
    """What looked unusual in the ledger."""
    ANCHOR = "anchor"
    """Write the head of the ledger down somewhere else."""
    KEEP_ROOMS = "keep-rooms"
    """Keep the places of papers: rooms and boxes, and what is moved between them."""
    CLOSE_REPAIRS = "close-repairs"
    """Say that a treated paper is on its shelf again, or give up a lost one; never what one treated oneself."""
    RECORD_CLIMATE = "record-climate"
    """Write down what a thermometer in a store-room shows; all that a sensor may."""
    SEE_STATUS = "see-status"
    SEE_BACKUPS = "see-backups"
    """How the backups are: places, moments, counts, ids; nothing of what is kept."""
    AGREE_TO_RESTORE = "agree-to-restore"
    """Agree that the live archive is replaced by an earlier state of it."""
    SAVE_SEARCHES = "save-searches"
    """Keep questions under names, be told of what is new, have what one opened remembered: for oneself."""
    RUN_DRILLS = "run-drills"
    """Draw items, time somebody who looks for them, and file the result."""
    SET_UP = "set-up"
    """Name the company, its sites, its inboxes and where backups go; nothing that opens a record."""
    RUN = "run"
    """Back up, rebuild the index, verify: running the archive without reading it."""


class Subject(Protocol):
    """What the rules look at in a record. An empty site or department is one that nobody has stated yet."""

    @property
    def id(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def pii(self) -> int: ...
    @property
    def lifecycle(self) -> str: ...
    @property
    def site(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def class_code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Clause:
    """A set of records: those for which everything that is stated holds. None states nothing."""

    lifecycles: frozenset[str]
    level_max: int
    pii_max: int | None = None
    sites: frozenset[str] | None = None
    departments: frozenset[str] | None = None
    ids: frozenset[str] | None = None
    classes: frozenset[str] | None = None

    def admits(self, record: Subject) -> bool:
        return (
            record.lifecycle in self.lifecycles
            and record.level <= self.level_max
            and (self.pii_max is None or record.pii <= self.pii_max)
            and (self.sites is None or record.site in self.sites)
            and (self.departments is None or record.department in self.departments)
            and (self.ids is None or record.id in self.ids)
            and (self.classes is None or record.class_code in self.classes)
        )

    def covers(self, other: "Clause") -> bool:
        """Does it admit whatever the other admits, whichever records there are?"""
        return (
            self.lifecycles >= other.lifecycles
            and self.level_max >= other.level_max
            and (self.pii_max is None or (other.pii_max is not None and self.pii_max >= other.pii_max))
            and _within(other.sites, self.sites)
            and _within(other.departments, self.departments)
            and _within(other.ids, self.ids)
            and _within(other.classes, self.classes)
        )


def _within(few: frozenset[str] | None, many: frozenset[str] | None) -> bool:
    return many is None or (few is not None and few <= many)


@dataclass(frozen=True, slots=True)
class Scope:
    """The records that any clause admits. Without clauses: none."""

    clauses: tuple[Clause, ...] = ()

    def admits(self, record: Subject) -> bool:
        return any(clause.admits(record) for clause in self.clauses)

    @property
    def telling(self) -> tuple[Clause, ...]:
        """The clauses without those that another one covers: they admit the same, and cost less to ask."""
        kept: list[Clause] = []
        for clause in self.clauses:
            if not any(one.covers(clause) for one in kept):
                kept = [one for one in kept if not clause.covers(one)] + [clause]
        return tuple(kept)


class Denied(Exception):
    """The rules refuse. `reason` is a stable code; the message says why and what to do next."""

    def __init__(self, action: Action, reason: str, message: str) -> None:
        super().__init__(message)
        self.action = action
        self.reason = reason


Rule = Callable[[Actor], Clause | tuple[Clause, ...] | None]


def public(actor: Actor) -> Clause | None:  # noqa: ARG001 — every rule is handed the actor
    """Level 0 is open to everybody who has signed in, except those who only run the machine."""
    return Clause(FILED, level_max=0, pii_max=0)


def catalogue(actor: Actor) -> Clause | None:
    """Staff see that a record of their sites exists, up to their clearance; of level 3 not even that (T11)."""
    return Clause(FILED, level_max=min(actor.clearance, 2), sites=actor.sites)


def internal(actor: Actor) -> Clause | None:
    """Level 1 without personal information is open at one's own sites."""
    return Clause(FILED, level_max=min(actor.clearance, 1), pii_max=0, sites=actor.sites)


def own_department(actor: Actor) -> Clause | None:
    """Level 1 is open within one's own department, personal information included, sensitive one excluded."""
    if not actor.department:
        return None
    departments = frozenset({actor.department})
    return Clause(FILED, level_max=min(actor.clearance, 1), pii_max=1, sites=actor.sites, departments=departments)


def class_owner(actor: Actor) -> Clause | None:
    """The responsible post reads what its department is responsible for, up to its clearance."""
    if Role.CLASS_OWNER not in actor.roles or not actor.department:
        return None
    return Clause(FILED, level_max=actor.clearance, sites=actor.sites, departments=frozenset({actor.department}))


def borrowed(actor: Actor) -> Clause | None:
    """An open digital loan shows its records, page by page, until the instant it is due (INV-08)."""
    return Clause(FILED, level_max=actor.clearance, ids=actor.on_loan) if actor.on_loan else None


def granted(actor: Actor) -> tuple[Clause, ...]:
    """A grant opens its classes, sites and departments from a day until a day, up to the holder's clearance."""
    return tuple(_opened(actor, opening) for opening in actor.openings if not opening.emergency)


def emergency(actor: Actor) -> tuple[Clause, ...]:
    """Two people let somebody in for at most four hours, up to the holder's clearance (INV-30)."""
    return tuple(_opened(actor, opening) for opening in actor.openings if opening.emergency)


def _opened(actor: Actor, opening: Opening) -> Clause:
    return Clause(
        FILED,
        level_max=min(actor.clearance, opening.level_max),
        pii_max=opening.pii_max,
        sites=opening.sites or None,
        departments=opening.departments or None,
        classes=opening.classes or None,
    )


def custodian(actor: Actor) -> Clause | None:
    """Document controllers keep what is at their sites, or at none yet: filed, waiting or in quarantine."""
    if Role.DOCUMENT_CONTROLLER not in actor.roles:
        return None
    return Clause(IN_CUSTODY, level_max=actor.clearance, sites=actor.sites | {""})


def overseer(actor: Actor) -> Clause | None:
    """Auditor, security officer and final approver see that records exist, everywhere, up to their clearance."""
    if not actor.roles & {Role.AUDITOR, Role.SECURITY_OFFICER, Role.FINAL_APPROVER}:
        return None
    return Clause(FILED, level_max=actor.clearance)


def answerable(actor: Actor) -> Clause | None:
    """Security officer and final approver answer for secrecy everywhere, up to their clearance."""
    if not actor.roles & {Role.SECURITY_OFFICER, Role.FINAL_APPROVER}:
        return None
    return Clause(FILED, level_max=actor.clearance)


def registrar(actor: Actor) -> Clause | None:
    """Who keeps the records of a site, or looks after those who do, is shown what has gone: the tombstone stays."""
    if actor.roles & {Role.AUDITOR, Role.FINAL_APPROVER, Role.OPERATOR}:
        return Clause(GONE, level_max=actor.clearance)
    if Role.DOCUMENT_CONTROLLER in actor.roles:
        return Clause(GONE, level_max=actor.clearance, sites=actor.sites)
    return None


def operator(actor: Actor) -> Clause | None:
    """The shell of the server holds files and keys; the rules do not pretend otherwise, the ledger records it."""
    if Role.OPERATOR not in actor.roles:
        return None
    return Clause(IN_CUSTODY, level_max=3)


POLICY: dict[Action, tuple[Rule, ...]] = {
    Action.FIND: (
        public,
        catalogue,
        internal,
        own_department,
        class_owner,
        borrowed,
        granted,
        emergency,
        custodian,
        overseer,
        registrar,
        operator,
    ),
    Action.READ: (
        public,
        internal,
        own_department,
        class_owner,
        borrowed,
        granted,
        emergency,
        custodian,
        operator,
    ),
    Action.READ_TEXT: (public, internal, own_department, class_owner, granted, emergency, custodian, operator),
    Action.DOWNLOAD: (public, internal, own_department, custodian, operator),
    Action.DESCRIBE: (custodian, operator),
    Action.FILE: (custodian, operator),
    Action.BORROW: (public, catalogue, internal, own_department, class_owner, granted, custodian, overseer),
    # Not the operator's: the shell has no hands to count pages with.
    Action.HAND_OUT: (custodian,),
    Action.DECLASSIFY: (custodian, class_owner, answerable),
    Action.AGREE_TO_DECLASSIFY: (class_owner, answerable),
}
"""Which records an action reaches: those that any of its rules admits."""

R = Role  # the table below is read across
DUTIES: dict[Action, frozenset[Role]] = {
    # Anybody may be asked: as a post, or as the deputy of one.
    Action.DECIDE_LOANS: frozenset(role for role in PEOPLE_ROLES if role is not R.SYSADMIN),
    Action.CALL_BACK: frozenset({R.DOCUMENT_CONTROLLER, R.CLASS_OWNER, R.FINAL_APPROVER, R.SECURITY_OFFICER}),
    # Two people: who writes a matrix does not put it in force.
    Action.CHANGE_MATRIX: frozenset({R.FINAL_APPROVER, R.SECURITY_OFFICER}),
    Action.SEE_LOANS: frozenset({R.DOCUMENT_CONTROLLER, R.FINAL_APPROVER, R.AUDITOR, R.SECURITY_OFFICER, R.OPERATOR}),
    Action.TAKE_PART: frozenset(role for role in PEOPLE_ROLES if role is not R.SYSADMIN),
    Action.PLAN_HANDOVER: frozenset(
        {
            R.DOCUMENT_CONTROLLER,
            R.RECORDS_LIAISON,
            R.DEPT_APPROVER,
            R.CLASS_OWNER,
            R.FINAL_APPROVER,
            R.SECURITY_OFFICER,
        }
    ),
    Action.SEE_HANDOVERS: frozenset(
        {R.DOCUMENT_CONTROLLER, R.FINAL_APPROVER, R.AUDITOR, R.SECURITY_OFFICER, R.OPERATOR}
    ),
    Action.CAPTURE: frozenset({R.DOCUMENT_CONTROLLER, R.RECORDS_LIAISON, R.OPERATOR, R.SERVICE}),
    Action.SEE_INTAKE: frozenset({R.DOCUMENT_CONTROLLER, R.OPERATOR}),
    Action.RETRY_INTAKE: frozenset({R.DOCUMENT_CONTROLLER, R.OPERATOR}),
    Action.SEE_PEOPLE: frozenset({R.SYSADMIN, R.SECURITY_OFFICER, R.AUDITOR, R.OPERATOR}),
    # Two people: who opens an account cannot give it rights, who gives rights cannot open one (T6).
    Action.OPEN_ACCOUNTS: frozenset({R.SYSADMIN, R.OPERATOR}),
    Action.GIVE_RIGHTS: frozenset({R.SECURITY_OFFICER, R.OPERATOR}),
    Action.CONFIRM_RIGHTS: frozenset({R.SECURITY_OFFICER, R.FINAL_APPROVER}),
    Action.ASK_EMERGENCY: frozenset(role for role in PEOPLE_ROLES if role is not R.SYSADMIN),
    Action.REVIEW_EMERGENCIES: frozenset({R.AUDITOR}),
    Action.MANAGE_PEOPLE: frozenset({R.OPERATOR}),
    Action.MANAGE_FILE_PLAN: frozenset({R.DOCUMENT_CONTROLLER, R.OPERATOR}),
    Action.ACCESSION: frozenset({R.DOCUMENT_CONTROLLER}),
    Action.SEE_ARCHIVE: frozenset({R.DOCUMENT_CONTROLLER, R.FINAL_APPROVER, R.AUDITOR, R.SECURITY_OFFICER, R.OPERATOR}),
    Action.SEE_CONTRACTS: frozenset(
        {
            R.DOCUMENT_CONTROLLER,
            R.CLASS_OWNER,
            R.DEPT_APPROVER,
            R.FINAL_APPROVER,
            R.AUDITOR,
            R.SECURITY_OFFICER,
            R.OPERATOR,
        }
    ),
    Action.KEEP_CONTRACTS: frozenset({R.DOCUMENT_CONTROLLER, R.CLASS_OWNER, R.OPERATOR}),
    Action.CONFIRM_CONTRACTS: frozenset({R.CLASS_OWNER, R.DEPT_APPROVER, R.FINAL_APPROVER}),
    Action.SEE_DOCUMENTS: frozenset(role for role in PEOPLE_ROLES if role is not R.SYSADMIN) | {R.OPERATOR},
    # Whoever works at the counter fills in forms; what was filled in is filed by others.
    Action.FILL_FORMS: frozenset(
        {R.DOCUMENT_CONTROLLER, R.RECORDS_LIAISON, R.CLASS_OWNER, R.DEPT_APPROVER, R.FINAL_APPROVER, R.BORROWER}
    ),
    Action.KEEP_MEASURES: frozenset(
        {R.DOCUMENT_CONTROLLER, R.CLASS_OWNER, R.DEPT_APPROVER, R.FINAL_APPROVER, R.AUDITOR}
    ),
    Action.DRAFT_DOCUMENTS: frozenset({R.DOCUMENT_CONTROLLER, R.RECORDS_LIAISON, R.CLASS_OWNER, R.DEPT_APPROVER}),
    Action.REVIEW_DOCUMENTS: frozenset({R.CLASS_OWNER, R.DEPT_APPROVER, R.FINAL_APPROVER}),
    Action.APPROVE_DOCUMENTS: frozenset({R.FINAL_APPROVER}),
    Action.KEEP_DOCUMENTS: frozenset({R.DOCUMENT_CONTROLLER}),
    Action.HOLD: frozenset({R.DOCUMENT_CONTROLLER, R.SECURITY_OFFICER, R.FINAL_APPROVER}),
    Action.APPRAISE: frozenset({R.DOCUMENT_CONTROLLER}),
    Action.APPROVE_DISPOSAL: frozenset({R.FINAL_APPROVER}),
    Action.KEEP_ROOMS: frozenset({R.DOCUMENT_CONTROLLER, R.OPERATOR}),
    Action.CLOSE_REPAIRS: frozenset({R.DOCUMENT_CONTROLLER, R.FINAL_APPROVER}),
    Action.RECORD_CLIMATE: frozenset({R.DOCUMENT_CONTROLLER, R.RECORDS_LIAISON, R.OPERATOR}),
    Action.KEEP_DOSSIERS: frozenset({R.DOCUMENT_CONTROLLER, R.RECORDS_LIAISON, R.CLASS_OWNER}),
    Action.APPROVE_WAIVER: frozenset({R.CLASS_OWNER, R.DEPT_APPROVER, R.FINAL_APPROVER}),
    Action.SEE_DOSSIERS: frozenset({*(role for role in PEOPLE_ROLES if role is not R.SYSADMIN), R.OPERATOR}),
    Action.SEE_LEDGER: frozenset({R.AUDITOR, R.OPERATOR}),
    Action.SEE_ACCESS: frozenset({R.AUDITOR, R.SECURITY_OFFICER, R.OPERATOR}),
    Action.SEE_ALERTS: frozenset({R.AUDITOR, R.SECURITY_OFFICER}),
    Action.ANCHOR: frozenset({R.AUDITOR, R.OPERATOR, R.SERVICE}),
    Action.SEE_STATUS: frozenset({R.DOCUMENT_CONTROLLER, R.AUDITOR, R.SECURITY_OFFICER, R.SYSADMIN, R.OPERATOR}),
    Action.SEE_BACKUPS: frozenset(
        {
            R.DOCUMENT_CONTROLLER,
            R.FINAL_APPROVER,
            R.AUDITOR,
            R.SECURITY_OFFICER,
            R.SYSADMIN,
            R.OPERATOR,
            R.SERVICE,
        }
    ),
    Action.AGREE_TO_RESTORE: frozenset({R.FINAL_APPROVER, R.SECURITY_OFFICER, R.AUDITOR}),
    Action.SAVE_SEARCHES: frozenset(role for role in PEOPLE_ROLES if role is not R.SYSADMIN),
    Action.RUN_DRILLS: frozenset({R.DOCUMENT_CONTROLLER, R.AUDITOR, R.OPERATOR}),
    Action.SET_UP: frozenset({R.SYSADMIN, R.OPERATOR}),
    Action.RUN: frozenset({R.SYSADMIN, R.OPERATOR, R.SERVICE}),
}
"""Which roles a duty is open to."""

CALENDAR = "calendar"
_LOOKING = frozenset({Action.FIND, Action.READ, Action.READ_TEXT, Action.DOWNLOAD, Action.BORROW})
TOKEN_SCOPES: Mapping[str, frozenset[Action] | None] = {
    "everything": None,
    "read": _LOOKING | {Action.SEE_LOANS, Action.SEE_INTAKE, Action.SEE_STATUS},
    "capture": frozenset({Action.CAPTURE, Action.FIND, Action.SEE_INTAKE, Action.RETRY_INTAKE}),
    "file": _LOOKING | {Action.DESCRIBE, Action.FILE, Action.SEE_INTAKE},
    "lend": _LOOKING | {Action.HAND_OUT, Action.DECIDE_LOANS, Action.CALL_BACK, Action.SEE_LOANS},
    "status": frozenset({Action.SEE_STATUS}),
    "climate": frozenset({Action.RECORD_CLIMATE}),
    # What a calendar shows, and nothing else: such a token stands in an address, and no other door takes it.
    CALENDAR: frozenset({Action.FIND, Action.DECIDE_LOANS, Action.TAKE_PART})
    | {action for action in Action if action.startswith("see-")},
}
"""What a token may be made for: never more than its person may, and often less."""

EVERYWHERE = frozenset({Role.FINAL_APPROVER, Role.AUDITOR, Role.SECURITY_OFFICER, Role.OPERATOR})
"""Those whose duty does not end at the sites they work at."""

MACHINE_ROOM = frozenset({Role.SYSADMIN, Role.SERVICE})
"""Those who run the archive never get a record admitted, whatever else they are (INV-23)."""

NEXT_STEP: dict[Action, str] = {
    Action.FIND: "",
    Action.READ: "Apply to borrow it, or ask the responsible post.",
    Action.READ_TEXT: "Read its pages as pictures.",
    Action.DOWNLOAD: "Read it on screen, or ask a document controller for a certified copy.",
    Action.DESCRIBE: "Ask a document controller of this site to correct it.",
    Action.FILE: "Ask a document controller of this site to file it.",
    Action.BORROW: "Ask the responsible post.",
    Action.HAND_OUT: "Ask a document controller of this site.",
    Action.DECLASSIFY: "Ask a document controller of this site or the responsible post.",
    Action.AGREE_TO_DECLASSIFY: "It takes the responsible post, the security officer or the final approver.",
}


def scope(actor: Actor, action: Action) -> Scope:
    """The records on which this actor may do this."""
    if not _at_all(actor, action):
        return Scope()
    clauses = (clause for rule in POLICY[action] for clause in _clauses(rule, actor))
    return Scope(tuple(dict.fromkeys(clauses)))


@dataclass(frozen=True, slots=True)
class Right:
    """Why something is permitted: a rule of the table, and the grant it stands on if it is one."""

    rule: str
    grant: str = ""


def rights(actor: Actor, action: Action, record: Subject) -> tuple[Right, ...]:
    """Every right under which this actor may do this with this record; none if they may not."""
    if not _at_all(actor, action):
        return ()
    return tuple(right for rule in POLICY[action] for right in _rights(rule, actor, record))


def opening_rules(actor: Actor, action: Action) -> tuple[str, ...]:
    """The rules that open anything at all to this actor."""
    if not _at_all(actor, action):
        return ()
    return tuple(name_of(rule) for rule in POLICY[action] if _clauses(rule, actor))


def _at_all(actor: Actor, action: Action) -> bool:
    return bool(actor.roles) and not actor.roles & MACHINE_ROOM and (actor.only is None or action in actor.only)


def _clauses(rule: Rule, actor: Actor) -> tuple[Clause, ...]:
    made = rule(actor)
    return made if isinstance(made, tuple) else () if made is None else (made,)


def _rights(rule: Rule, actor: Actor, record: Subject) -> Iterator[Right]:
    if rule in (granted, emergency):
        for opening in actor.openings:
            if opening.emergency == (rule is emergency) and _opened(actor, opening).admits(record):
                yield Right(name_of(rule), opening.grant)
    elif any(clause.admits(record) for clause in _clauses(rule, actor)):
        yield Right(name_of(rule))


def name_of(rule: Rule) -> str:
    """What the table calls a rule."""
    return rule.__name__.replace("_", "-")


def may(actor: Actor, duty: Action) -> bool:
    """May this actor do this duty?"""
    return bool(actor.roles & DUTIES[duty]) and (actor.only is None or duty in actor.only)


def require(actor: Actor, action: Action, record: Subject | None = None) -> None:
    """Pass silently, or raise Denied with the reason and the next step.

    A record the actor may not FIND must not be passed here: its existence is not to be admitted
    (`archive.tables.records.found` raises NotFound for it).
    """
    if actor.only is not None and action not in actor.only:
        raise Denied(action, "not-for-this-token", f"This token was not made to {action}. Make one that is.")
    if record is None:
        if not may(actor, action):
            roles = ", ".join(sorted(DUTIES[action] - {Role.OPERATOR, Role.SERVICE})) or "the machine"
            raise Denied(action, "not-your-duty", f"This is the duty of: {roles}. Ask one of them.")
        return
    if not scope(actor, action).admits(record):
        raise Denied(
            action, "not-in-scope", f"The rules do not let you {action} this record. {NEXT_STEP[action]}".strip()
        )
