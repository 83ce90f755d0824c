"""The approval matrix is data: read from a table, changed in the product by two people, each change a version.

Who writes a version does not put it in force; what may never be loosened is `access.approvals.why_not_matrix`. A
request keeps the version under which it was made: a later one neither frees nor catches what runs.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from access import approvals, rules
from access.actors import Actor
from access.approvals import Condition, Matrix, Post, Row, Terms
from access.loans import Form
from access.rules import Action, Denied
from archive import naming, sheets
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import PII
from archive.tables import Transaction
from archive.tables.approval_matrices import MatrixVersion
from archive.telling import tell

SHIPPED = Path(__file__).parent / "data" / "approval_matrix.csv"
"""Domain §6.2; version 0, in force until a company puts its own in its place."""

COLUMNS = ("level", "within_reach", "form", "pii", "external", "posts", "days", "renewals", "conditions", "note")
REQUIRED = ("level", "form", "posts", "days", "renewals")
ROWS_MAX = 60

YES = frozenset({"是", "y", "yes", "true", "1", "√"})
NO = frozenset({"否", "n", "no", "false", "0"})
FORMS: Mapping[Form, str] = {Form.DIGITAL: "电子", Form.PAPER: "原件", Form.COPY: "核证副本"}
POSTS: Mapping[Post, str] = {
    Post.DEPARTMENT_HEAD: "部门负责人",
    Post.CONTROLLER: "档案管理员",
    Post.CLASS_OWNER: "责任岗位",
    Post.FINAL_APPROVER: "终审人",
    Post.SECURITY_OFFICER: "保密员",
}
CONDITIONS: Mapping[Condition, str] = {
    Condition.IN_COMPANY: "限公司内",
    Condition.SEALED_COVER: "密封传递",
    Condition.ON_SITE: "现场阅览",
    Condition.SUPERVISED: "监督阅览",
    Condition.CERTIFIED_COPY: "以核证副本代替原件",
}
"""What the table calls them; the codes are understood as well."""


_Word = TypeVar("_Word", Post, Condition)


@dataclass(frozen=True, slots=True)
class Shown:
    version: int
    matrix: Matrix
    """What holds for a request that is made now."""
    waiting: MatrixVersion | None
    versions: Sequence[MatrixVersion]
    """Newest first; the shipped one, version 0, stands in none."""
    people: Mapping[str, str]
    may: frozenset[str]
    """What this person may do: propose, agree, drop."""


def in_force(tx: Transaction) -> tuple[int, Matrix]:
    """The matrix for a request that is made now, and its version."""
    found = tx.approval_matrices.in_force()
    return (0, shipped()) if found is None else (found.version, found.matrix)


def show(archive: Archive, actor: Actor) -> Shown:
    """The matrix says who has to be asked, nothing of any record: everybody who borrows may read it."""
    rules.scope(actor, Action.BORROW)
    with archive.read() as tx:
        version, matrix = in_force(tx)
        versions = tx.approval_matrices.every()
        people = tx.people.names({who for one in versions for who in (one.proposed_by, one.decided_by) if who})
    waiting = next((one for one in versions if one.state == "proposed"), None)
    may: set[str] = set()
    if rules.may(actor, Action.CHANGE_MATRIX):
        may = {"propose"} if waiting is None else {"drop"} if waiting.proposed_by == actor.id else {"agree", "drop"}
    return Shown(version, matrix, waiting, versions, people, frozenset(may))


def of_version(archive: Archive, actor: Actor, version: int) -> Matrix:
    """The matrix as it was in some version, for a request that was made under it."""
    rules.scope(actor, Action.BORROW)
    with archive.read() as tx:
        return _known(tx, version)


def propose(archive: Archive, actor: Actor, matrix: Matrix, *, reason: str) -> int:
    """Write another version; it waits until somebody else agrees. The number of the version.

    Raises Conflict when it loosens what may not be loosened, or another one waits.
    """
    rules.require(actor, Action.CHANGE_MATRIX)
    if not naming.clean(reason):
        raise Invalid("Say why the matrix is changed: it stands with the version.", "no-change-reason")
    refusal = approvals.why_not_matrix(matrix)
    if refusal is not None:
        raise Conflict(refusal.sentence, refusal.code)
    with archive.write() as tx:
        if in_force(tx)[1] == matrix:
            raise Conflict("This is the matrix that is in force: nothing would change.", "matrix-same")
        at = archive.now()
        version = tx.approval_matrices.propose(at, actor.id, naming.clean(reason)[:500], matrix)
        tx.ledger.add(at, actor.id, "matrix.proposed", "matrix", str(version))
        able = tx.people.holding(role.value for role in rules.DUTIES[Action.CHANGE_MATRIX])
        tell(
            archive,
            tx,
            [one.id for one in able if one.id != actor.id],
            "matrix.proposed",
            ("matrix", str(version)),
            number=str(version),
        )
        return version


def decide(archive: Archive, actor: Actor, version: int, *, yes: bool) -> None:
    """Put a version in force that somebody else proposed, or drop it; one's own may only be dropped."""
    rules.require(actor, Action.CHANGE_MATRIX)
    with archive.write() as tx:
        found = next((one for one in tx.approval_matrices.every() if one.version == version), None)
        if found is None:
            raise NotFound("There is no such version of the matrix.", "no-such-matrix")
        if yes and found.proposed_by == actor.id:
            raise Denied(Action.CHANGE_MATRIX, "own-matrix", "Whoever proposes a matrix does not put it in force.")
        at = archive.now()
        tx.approval_matrices.decide(version, "in_force" if yes else "dropped", at, actor.id)
        tx.ledger.add(at, actor.id, "matrix.put-in-force" if yes else "matrix.dropped", "matrix", str(version))


# ---- The table ----


def dump(archive: Archive, actor: Actor, *, workbook: bool = False) -> bytes:
    """The matrix that is in force as a table that `parse` takes again."""
    lines = [line(row) for row in show(archive, actor).matrix]
    return sheets.as_xlsx(COLUMNS, lines, title="approvals") if workbook else sheets.as_csv(COLUMNS, lines)


def parse(table: bytes) -> Matrix:
    """A matrix from a CSV or Excel table with the columns above. Raises Invalid with the line and what is wrong."""
    rows = sheets.rows(table)
    missing = set(REQUIRED) - set(rows[0] if rows else ())
    if missing:
        raise Invalid(f"The approval matrix lacks the columns: {', '.join(sorted(missing))}.", "columns-missing")
    if len(rows) > ROWS_MAX:
        raise Invalid(f"A matrix has at most {ROWS_MAX} lines.", "bad-matrix")
    return tuple(_row(row, f"Line {number} of the matrix: ") for number, row in enumerate(rows, 2))


def line(row: Row) -> tuple[str, ...]:
    letters = {number: letter for letter, number in PII.items()}
    return (
        "" if row.level is None else str(row.level),
        {True: "是", False: "否", None: ""}[row.within_reach],
        "" if row.form is None else FORMS[row.form],
        letters[row.pii_min] if row.pii_min else "",
        "是" if row.external else "",
        "；".join(POSTS[post] for post in row.terms.posts),
        str(row.terms.days_max),
        str(row.terms.renewals_max),
        "；".join(CONDITIONS[one] for one in row.terms.conditions),
        row.note,
    )


@lru_cache(maxsize=1)
def shipped() -> Matrix:
    return parse(SHIPPED.read_bytes())


def number(text: str, place: str) -> int:
    """A number as somebody types it. Raises Invalid with where it stands."""
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise Invalid(f"{place}Days and renewals are numbers.", "bad-matrix")
    return int(text)


def _row(row: Mapping[str, str], place: str) -> Row:
    said = {name: naming.clean(row.get(name) or "") for name in COLUMNS}
    if said["level"] not in ("", "0", "1", "2", "3") or said["pii"] not in ("", *PII):
        raise Invalid(f"{place}The level is 0–3 or empty, personal information is -, P or S.", "bad-matrix")
    reach = said["within_reach"].lower()
    if reach and reach not in YES | NO:
        raise Invalid(f"{place}Within reach is 是, 否 or empty.", "bad-matrix")
    forms = [form for form in Form if said["form"] in (FORMS[form], form.value)]
    if said["form"] and not forms:
        raise Invalid(f"{place}The form is one of {', '.join(FORMS.values())}, or empty.", "bad-matrix")
    posts = _several(said["posts"], POSTS, place)
    return Row(
        level=int(said["level"]) if said["level"] else None,
        within_reach=reach in YES if reach else None,
        form=forms[0] if forms else None,
        terms=Terms(
            tuple(post for post in Post if post in posts),
            number(said["days"], place),
            number(said["renewals"], place),
            tuple(_several(said["conditions"], CONDITIONS, place)),
        ),
        pii_min=PII[said["pii"]] if said["pii"] else 0,
        external=said["external"].lower() in YES,
        note=said["note"][:200],
    )


def _several(text: str, words: Mapping[_Word, str], place: str) -> list[_Word]:
    known = {name: word for word, name in words.items()} | {str(word): word for word in words}
    parts = [part.strip() for part in re.split("[;；]", text) if part.strip()]
    unknown = [part for part in parts if part not in known]
    if unknown:
        raise Invalid(f"{place}{unknown[0]} is none of {', '.join(words.values())}.", "bad-matrix")
    return list(dict.fromkeys(known[part] for part in parts))


def _known(tx: Transaction, version: int) -> Matrix:
    if version == 0:
        return shipped()
    found = next((one for one in tx.approval_matrices.every() if one.version == version), None)
    if found is None:
        raise NotFound("There is no such version of the matrix.", "no-such-matrix")
    return found.matrix
