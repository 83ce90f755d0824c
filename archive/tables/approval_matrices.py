"""Versions of the approval matrix that this company wrote."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from access.approvals import Condition, Matrix, Post, Row, Terms
from access.loans import Form
from archive.errors import Conflict
from archive.tables.schema.approval_matrices import approval_matrices as table


@dataclass(frozen=True, slots=True)
class MatrixVersion:
    """A version, and what became of it. `state`: proposed, in_force (from `decided_at` on), dropped."""

    version: int
    state: str
    proposed_at: datetime
    proposed_by: str
    reason: str
    decided_at: datetime | None
    decided_by: str
    matrix: Matrix


class ApprovalMatrices:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def every(self) -> Sequence[MatrixVersion]:
        """Newest first."""
        rows = self._connection.execute(sa.select(table).order_by(table.c.version.desc()))
        return [_version(row) for row in rows.mappings()]

    def in_force(self) -> MatrixVersion | None:
        """The newest that somebody else agreed to; None while only the shipped one holds."""
        query = sa.select(table).where(table.c.state == "in_force").order_by(table.c.version.desc()).limit(1)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else _version(row)

    def propose(self, at: datetime, by: str, reason: str, matrix: Matrix) -> int:
        """Raises Conflict while another version waits: the database decides."""
        version = (self._connection.execute(sa.select(sa.func.max(table.c.version))).scalar() or 0) + 1
        try:
            self._connection.execute(
                table.insert().values(
                    version=version,
                    state="proposed",
                    proposed_at=at,
                    proposed_by=by,
                    reason=reason,
                    content=[asdict(row) for row in matrix],
                )
            )
        except exc.IntegrityError:
            raise Conflict("Another version waits to be agreed to; decide about it first.", "matrix-waits") from None
        return version

    def decide(self, version: int, state: str, at: datetime, by: str) -> None:
        """Raises Conflict when it does not wait any more."""
        changed = self._connection.execute(
            table.update()
            .where(table.c.version == version, table.c.state == "proposed")
            .values(state=state, decided_at=at, decided_by=by)
        ).rowcount
        if changed != 1:
            raise Conflict("This version of the matrix does not wait to be decided.", "matrix-decided")


def _version(row: sa.RowMapping) -> MatrixVersion:
    values: dict[str, Any] = dict(row)
    content: list[dict[str, Any]] = values.pop("content")
    values |= {"decided_by": row["decided_by"] or "", "matrix": tuple(_row(one) for one in content)}
    return MatrixVersion(**values)


def _row(said: dict[str, Any]) -> Row:
    terms = said["terms"]
    form = said["form"]
    allowed = Terms(
        tuple(Post(post) for post in terms["posts"]),
        terms["days_max"],
        terms["renewals_max"],
        tuple(Condition(one) for one in terms["conditions"]),
    )
    values: dict[str, Any] = {**said, "form": None if form is None else Form(form), "terms": allowed}
    return Row(**values)
