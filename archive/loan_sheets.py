"""What printouts about loans have in common: words for states and forms, and a loan as rows and as a form."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from access import loans
from access.approvals import Post
from access.loans import Form, Item, State
from archive.loan_desk import Slip
from archive.printing import Block, Cell, Column, Facts, Table, shown

Say = Callable[[str, str], str]
"""The word in the reader's language, of Chinese and English."""

FORMS: Mapping[Form, tuple[str, str]] = {
    Form.DIGITAL: ("电子", "on screen"),
    Form.PAPER: ("原件", "paper"),
    Form.COPY: ("核证副本", "certified copy"),
}
STATES: Mapping[State, tuple[str, str]] = {
    State.SUBMITTED: ("待审批", "waiting for approval"),
    State.APPROVED: ("已批准", "approved"),
    State.REJECTED: ("未批准", "refused"),
    State.CANCELLED: ("已取消", "cancelled"),
    State.LAPSED: ("未领取失效", "lapsed"),
    State.ON_LOAN: ("借出", "on loan"),
    State.ACTIVE: ("阅览中", "open on screen"),
    State.RECALLED: ("催回中", "called back"),
    State.COPIED: ("副本已制作", "copy made"),
    State.RETURNED: ("已归还", "returned"),
    State.RETURNED_DAMAGED: ("缺损归还", "returned damaged"),
    State.LOST: ("遗失", "lost"),
    State.REPLACED: ("已补全", "replaced"),
    State.WRITTEN_OFF: ("已核销", "written off"),
    State.EXPIRED: ("已到期", "expired"),
    State.REVOKED: ("提前终止", "ended early"),
    State.CLOSED: ("已结案", "closed"),
}
POSTS: Mapping[Post, tuple[str, str]] = {
    Post.DEPARTMENT_HEAD: ("部门负责人", "Department head"),
    Post.CONTROLLER: ("档案管理员", "Document controller"),
    Post.CLASS_OWNER: ("责任岗位", "Class owner"),
    Post.FINAL_APPROVER: ("终审人", "Final approver"),
    Post.SECURITY_OFFICER: ("安全保密员", "Security officer"),
}
LEVELS = (("公开", "public"), ("内部", "internal"), ("普通商密", "confidential"), ("核心商密", "core secret"))
CONDITIONS = {"good": ("完好", "good"), "worn": ("旧损", "worn"), "damaged": ("破损", "damaged"), "": ("", "")}


def title(slip: Slip, item: Item, say: Say) -> str:
    record = slip.records.get(item.record_id)
    if record is None:
        return say("（无权知悉）", "(not visible to you)")
    return record.title + say("（作废）", " (obsolete)") if record.id in slip.obsolete else record.title


def number(slip: Slip, item: Item) -> str:
    record = slip.records.get(item.record_id)
    return record.doc_number if record else ""


def department(slip: Slip, say: Say) -> str:
    person = slip.people.get(slip.loan.borrower_id or slip.loan.requested_by)
    return say(*slip.places.get(person.department, (person.department, person.department))) if person else ""


def state(item: Item, at: datetime, say: Say) -> str:
    """Where it stands: of what is out past its due, that it is overdue."""
    return say("逾期", "overdue") if loans.is_overdue(item, at) else say(*STATES[item.state])


def register_columns(say: Say) -> tuple[Column, ...]:
    """借阅登记簿 as domain §8 has it."""
    return (
        Column(say("序号", "No."), 0.55, number=True),
        Column(say("借阅单号", "Loan"), 1.45),
        Column(say("日期", "Date"), 1.05),
        Column(say("借阅人/部门", "Borrower, department"), 1.1),
        Column(say("档号/文号", "Number"), 0.9),
        Column(say("题名", "Title"), 1.8),
        Column(say("密级", "Level"), 0.6),
        Column(say("方式", "How"), 0.6),
        Column(say("目的", "Purpose"), 1.1),
        Column(say("批准人", "Approved by"), 1),
        Column(say("应还日", "Due"), 1.05),
        Column(say("续借", "Renewed"), 0.55, number=True),
        Column(say("归还日", "Back"), 1.05),
        Column(say("页数/完好", "Pages, condition"), 0.9),
        Column(say("经办人", "Handled by"), 0.8),
        Column(say("利用效果", "What came of it"), 1),
    )


def register_rows(slips: Sequence[Slip], at: datetime, say: Say) -> tuple[tuple[Cell, ...], ...]:
    rows: list[tuple[Cell, ...]] = []
    for slip in slips:
        loan = slip.loan
        approved = [slip.people[one.decided_by].name for one in slip.chain if one.decision == "approved"]
        for item in loan.items:
            if item.record_id not in slip.records:
                continue
            handled = [slip.people[one].name for one in (item.issued_by, item.received_by) if one in slip.people]
            pages = f"{item.pages_out} {say(*CONDITIONS[item.condition_out])}" if item.pages_out else ""
            back = f" → {item.pages_in} {say(*CONDITIONS[item.condition_in])}" if item.received_by else ""
            rows.append(
                (
                    len(rows) + 1,
                    loan.number,
                    day(loan.requested_at),
                    f"{slip.borrower} {department(slip, say)}".strip(),
                    number(slip, item),
                    title(slip, item, say),
                    say(*LEVELS[loan.level]),
                    say(*FORMS[item.form]),
                    loan.purpose,
                    say("、", ", ").join(dict.fromkeys(approved)),
                    day(item.due_at),
                    loan.renewals or None,
                    day(item.ended_at) or state(item, at, say),
                    pages + back,
                    say("、", ", ").join(dict.fromkeys(handled)),
                    loan.effect,
                )
            )
    return tuple(rows)


def facts(slip: Slip, say: Say) -> Facts:
    """The head of every form about one loan."""
    loan = slip.loan
    person = slip.people.get(loan.borrower_id)
    outside = loan.external
    return Facts(
        (
            (say("借阅单号", "Loan"), loan.number),
            (say("申请时间", "Asked for at"), shown(loan.requested_at)),
            (say("借阅人", "Borrower"), slip.borrower),
            (
                say("工号/部门", "Employee no., department"),
                " ".join(filter(None, (person.employee_no, department(slip, say)))) if person else "",
            ),
            (say("介绍信编号", "Letter"), outside.letter if outside else ""),
            (say("密级", "Level"), say(*LEVELS[loan.level])),
            (say("借阅目的", "Purpose"), loan.purpose),
            (say("天数", "Days"), str(loan.term_days)),
        ),
        abreast=2,
    )


def items(slip: Slip, at: datetime, say: Say) -> Table:
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("档号/文号", "Number"), 1.5),
        Column(say("题名", "Title"), 3),
        Column(say("方式", "How"), 0.8),
        Column(say("状态", "State"), 1),
        Column(say("应还", "Due"), 1),
        Column(say("借出/归还页数", "Pages out, back"), 1),
    )
    rows = tuple(
        (
            place,
            number(slip, item),
            title(slip, item, say),
            say(*FORMS[item.form]),
            state(item, at, say),
            day(item.due_at),
            f"{item.pages_out} / {item.pages_in if item.received_by else ''}" if item.pages_out else "",
        )
        for place, item in enumerate(slip.loan.items, 1)
    )
    return Table(columns, rows)


def chain(slip: Slip, say: Say) -> Block:
    words = {
        "approved": say("同意", "approved"),
        "rejected": say("不同意", "refused"),
        "void": say("未审", "not asked any more"),
        "": "",
    }
    rows = tuple(
        (
            say(*POSTS[one.ask.post]) + (say("（续借）", " (renewal)") if one.round else ""),
            slip.people[one.decided_by].name if one.decided_by in slip.people else "",
            words[one.decision],
            one.reason,
            shown(one.decided_at) if one.decided_by else "",
        )
        for one in slip.chain
    )
    columns = (
        Column(say("审批岗位", "Post"), 1.4),
        Column(say("姓名", "Name"), 1),
        Column(say("意见", "Answer"), 0.8),
        Column(say("说明", "Reason"), 2.4),
        Column(say("时间", "At"), 1.2),
    )
    return Table(columns, rows, caption=say("审批", "Approvals"))


def day(at: datetime | None) -> str:
    return at.astimezone().strftime("%Y-%m-%d") if at else ""


def days_late(item: Item, at: datetime) -> int:
    return loans.days_overdue(item, at)
