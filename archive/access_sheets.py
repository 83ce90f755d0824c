"""What printouts about rights have in common: roles, rules and deeds in both languages, and what an account may."""

from collections.abc import Callable, Iterable, Mapping

from archive.loan_sheets import LEVELS
from archive.model import Person

Say = Callable[[str, str], str]

ROLES: Mapping[str, tuple[str, str]] = {
    "document_controller": ("档案管理员", "document controller"),
    "records_liaison": ("兼职档案员", "records liaison"),
    "borrower": ("借阅人", "borrower"),
    "class_owner": ("责任岗位", "class owner"),
    "dept_approver": ("部门审批人", "department approver"),
    "final_approver": ("终审人", "final approver"),
    "auditor": ("安全审计员", "auditor"),
    "security_officer": ("安全保密员", "security officer"),
    "sysadmin": ("系统管理员", "system administrator"),
}
RULES: Mapping[str, tuple[str, str]] = {
    "public": ("公开", "public"),
    "catalogue": ("目录", "catalogue"),
    "internal": ("内部", "internal"),
    "own-department": ("本部门", "own department"),
    "class-owner": ("责任岗位", "responsible post"),
    "borrowed": ("借阅中", "on loan"),
    "granted": ("授权", "granted"),
    "emergency": ("紧急授权", "emergency"),
    "custodian": ("保管人", "custodian"),
    "overseer": ("监督", "overseer"),
    "registrar": ("登记", "registrar"),
    "answerable": ("保密责任", "answerable"),
    "operator": ("服务器", "server"),
}
ACTIONS: Mapping[str, tuple[str, str]] = {
    "find": ("检索", "find"),
    "read": ("阅读", "read"),
    "download": ("下载", "download"),
}


def several(names: Iterable[str], known: Mapping[str, tuple[str, str]], say: Say) -> str:
    """Codes as one cell of words, in the order of the table."""
    wanted = set(names)
    return say("、", ", ").join(say(*words) for code, words in known.items() if code in wanted) or "–"


def up_to(level: object, say: Say) -> str:
    """How far a clearance or a grant reaches; the level as the ledger says it."""
    zh, en = LEVELS[int(str(level))]
    return say(f"密级至{zh}", f"up to {en}")


def trusted(person: Person | None, say: Say) -> str:
    """What an account may, as one cell."""
    if person is None:
        return say("无", "nothing")
    parts = (
        several(person.roles, ROLES, say),
        up_to(person.clearance, say),
        person.department,
        " ".join(sorted(person.sites)),
    )
    return say("；", "; ").join(filter(None, parts))
