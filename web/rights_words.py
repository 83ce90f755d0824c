"""The words of rights: actions, rules and what tokens are for, as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from access.rules import Action
from web.language import lazy_gettext as _l

ACTIONS: Mapping[str, LazyString] = {
    Action.FIND: _l("find"),
    Action.READ: _l("read"),
    Action.READ_TEXT: _l("read and copy the text"),
    Action.DOWNLOAD: _l("download"),
    Action.DESCRIBE: _l("describe"),
    Action.FILE: _l("file"),
    Action.BORROW: _l("borrow"),
    Action.HAND_OUT: _l("hand out and take back"),
    Action.DECLASSIFY: _l("propose to lower a level"),
    Action.AGREE_TO_DECLASSIFY: _l("agree to lower a level"),
    Action.DECIDE_LOANS: _l("answer requests for loans"),
    Action.CHANGE_MATRIX: _l("change the approval matrix, two together"),
    Action.CALL_BACK: _l("call loans back"),
    Action.SEE_LOANS: _l("see all loans"),
    Action.CAPTURE: _l("hand in files"),
    Action.SEE_INTAKE: _l("see the intake"),
    Action.RETRY_INTAKE: _l("try the intake again"),
    Action.SEE_PEOPLE: _l("see accounts"),
    Action.OPEN_ACCOUNTS: _l("open accounts without rights"),
    Action.GIVE_RIGHTS: _l("give others rights"),
    Action.CONFIRM_RIGHTS: _l("be the second person of a grant"),
    Action.ASK_EMERGENCY: _l("ask for access in an emergency"),
    Action.REVIEW_EMERGENCIES: _l("review emergencies"),
    Action.MANAGE_PEOPLE: _l("make accounts with rights"),
    Action.SET_UP: _l("name the company, its sites, inboxes and backup places"),
    Action.MANAGE_FILE_PLAN: _l("keep the file plan"),
    Action.SEE_LEDGER: _l("look into the ledger"),
    Action.SEE_ACCESS: _l("see who may see what"),
    Action.SEE_ALERTS: _l("look into alerts"),
    Action.ANCHOR: _l("anchor the ledger"),
    Action.ACCESSION: _l("take into the archive"),
    Action.SEE_ARCHIVE: _l("see the whole archive"),
    Action.SEE_CONTRACTS: _l("see the register of contracts"),
    Action.KEEP_CONTRACTS: _l("draft and renew contracts"),
    Action.CONFIRM_CONTRACTS: _l("confirm contracts that others drafted"),
    Action.SEE_DOCUMENTS: _l("see controlled documents"),
    Action.FILL_FORMS: _l("fill in forms"),
    Action.KEEP_MEASURES: _l("keep reviews and measures"),
    Action.DRAFT_DOCUMENTS: _l("write controlled documents"),
    Action.REVIEW_DOCUMENTS: _l("review controlled documents"),
    Action.APPROVE_DOCUMENTS: _l("approve controlled documents"),
    Action.KEEP_DOCUMENTS: _l("issue and distribute controlled documents"),
    Action.HOLD: _l("put a hold on records"),
    Action.APPRAISE: _l("have records appraised"),
    Action.APPROVE_DISPOSAL: _l("approve a destruction"),
    Action.KEEP_DOSSIERS: _l("keep dossiers"),
    Action.APPROVE_WAIVER: _l("waive a missing document"),
    Action.SEE_DOSSIERS: _l("see dossiers and what is missing from them"),
    Action.SAVE_SEARCHES: _l("save searches"),
    Action.PLAN_HANDOVER: _l("plan a handover"),
    Action.TAKE_PART: _l("take part in a handover"),
    Action.SEE_HANDOVERS: _l("see all handovers"),
    Action.SEE_BACKUPS: _l("see the backups"),
    Action.AGREE_TO_RESTORE: _l("agree to a restore"),
    Action.KEEP_ROOMS: _l("keep the rooms"),
    Action.CLOSE_REPAIRS: _l("say that a treated paper is back, or give up a lost one"),
    Action.RECORD_CLIMATE: _l("write down the climate of rooms"),
    Action.SEE_STATUS: _l("see the status"),
    Action.RUN_DRILLS: _l("Conduct retrieval drills"),
    Action.RUN: _l("run the machine"),
}

RULES: Mapping[str, tuple[LazyString, LazyString]] = {
    "public": (
        _l("public"),
        _l("Level 0 is open to everybody who has signed in, except those who only run the machine."),
    ),
    "catalogue": (
        _l("catalogue"),
        _l("Staff see that a record of their sites exists, up to their clearance; of level 3 not even that."),
    ),
    "internal": (_l("internal"), _l("Level 1 without personal information is open at one's own sites.")),
    "own-department": (
        _l("own department"),
        _l("Level 1 is open within one's own department, personal information included, sensitive one excluded."),
    ),
    "class-owner": (
        _l("responsible post"),
        _l("The responsible post reads what its department is responsible for, up to its clearance."),
    ),
    "borrowed": (
        _l("on loan"),
        _l("An open digital loan shows its records, page by page, until the instant it is due."),
    ),
    "granted": (
        _l("granted"),
        _l("A grant opens its classes, sites and departments from a day until a day, up to the holder's clearance."),
    ),
    "emergency": (
        _l("emergency"),
        _l("Two people let somebody in for at most four hours, up to the holder's clearance."),
    ),
    "custodian": (
        _l("custodian"),
        _l("Document controllers keep what is at their sites, or at none yet: filed, waiting or in quarantine."),
    ),
    "overseer": (
        _l("overseer"),
        _l("Auditor, security officer and final approver see that records exist, everywhere, up to their clearance."),
    ),
    "registrar": (
        _l("registrar"),
        _l(
            "Who keeps the records of a site, or looks after those who do, is shown what has gone: the tombstone stays."
        ),
    ),
    "answerable": (
        _l("answerable"),
        _l("Security officer and final approver answer for secrecy everywhere, up to their clearance."),
    ),
    "operator": (
        _l("server"),
        _l("The shell of the server holds files and keys; the rules do not pretend otherwise, the ledger records it."),
    ),
}
"""Name of a rule → what it is called, and whom it admits to what."""

SCOPES: Mapping[str, LazyString] = {
    "everything": _l("everything I may"),
    "read": _l("find and read"),
    "capture": _l("hand in files"),
    "file": _l("describe and file"),
    "lend": _l("lending"),
    "status": _l("the status"),
    "climate": _l("send readings of a sensor"),
    "calendar": _l("subscribe to the calendar"),
}

ALERTS: Mapping[str, LazyString] = {
    "many-reads": _l("many confidential records in an hour"),
    "off-hours": _l("confidential records read out of hours"),
    "refusals": _l("many refusals in an hour"),
}
MEANS: Mapping[str, LazyString] = {"file": _l("File"), "email": _l("E-mail"), "slip": _l("Printed slip")}
FAULTS: Mapping[str, LazyString] = {
    "edited": _l("edited"),
    "removed": _l("removed"),
    "inserted": _l("inserted"),
    "reordered": _l("moved"),
    "cut-off": _l("cut off"),
    "time": _l("earlier than the line before"),
    "rewritten": _l("not what was anchored"),
}
