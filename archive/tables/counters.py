"""Numbers that are given out once: a row each, counted up in the transaction that uses the number."""

import sqlalchemy as sa

# One statement on both databases; a number taken by a transaction that fails was never given out.
_NEXT = sa.text(
    "INSERT INTO counters (name, value) VALUES (:name, 1) "
    "ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
)


class Counters:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def next(self, name: str) -> int:
        """The next number of this series, from 1."""
        return self._connection.execute(_NEXT, {"name": name}).scalar_one()
