"""However many are asked about, no statement takes more values than a database allows.

SQLite takes 32,766 values in one statement, PostgreSQL 65,535.
"""

from collections.abc import Collection, Iterator

AT_ONCE = 10_000


def parts(ids: Collection[str]) -> Iterator[list[str]]:
    """All of these, in lists that one statement takes."""
    every = list(ids)
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]
