"""Which certified copies were given away."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.tables.schema.certified_copies import certified_copies


@dataclass(frozen=True, slots=True)
class CertifiedCopy:
    """A copy that was given away under this code."""

    code: str
    item_id: str
    loan_id: str
    record_id: str
    digest: str | None
    """Of the file; None once the record is destroyed, and the file with it."""
    pages: int
    made_by: str
    made_at: datetime


class CertifiedCopies:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, copy: CertifiedCopy) -> None:
        self._connection.execute(certified_copies.insert().values(**asdict(copy)))

    def get(self, code: str) -> CertifiedCopy | None:
        found = self._listed(certified_copies.c.code == code)
        return found[0] if found else None

    def of_loan(self, loan_id: str) -> Sequence[CertifiedCopy]:
        return self._listed(certified_copies.c.loan_id == loan_id)

    def _listed(self, condition: sa.ColumnElement[bool]) -> Sequence[CertifiedCopy]:
        rows = self._connection.execute(
            sa.select(certified_copies).where(condition).order_by(certified_copies.c.made_at, certified_copies.c.code)
        )
        return [CertifiedCopy(**row) for row in rows.mappings()]
