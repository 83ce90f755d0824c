"""The catalogue moves to another database, SQLite or PostgreSQL: every row is copied, read back and compared.

Nothing is removed from where it was. Afterwards the settings name the other database.
"""

from dataclasses import dataclass

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.errors import Invalid
from archive.tables import Tables


@dataclass(frozen=True, slots=True)
class MovedDatabase:
    """What the other database holds now."""

    tables: int
    rows: int
    ledger_seq: int
    ledger_digest: str


def move_database(archive: Archive, actor: Actor, to: str) -> MovedDatabase:
    """Copy the catalogue into the empty database `to`, named as the setting `database` is; nobody writes meanwhile.

    The last line of both ledgers says that it was moved. Raises Conflict when the other one is not empty, Corrupt when
    it reads back differently; then nothing has changed on either side.
    """
    rules.require(actor, Action.RUN)
    if to == archive.settings.database_url:
        raise Invalid("The catalogue is in that database already.", "same-database")
    archive.tables.require_own()
    there = Tables(to)
    try:
        there.migrate()
        with archive.write() as tx:
            kind = to.partition(":")[0].partition("+")[0]
            archive_id = tx.meta.get("archive") or ""
            tx.ledger.add(archive.now(), actor.id, "database.moved", "archive", archive_id, to=kind)
            rows = there.take_over(tx)
            seq, digest = tx.ledger.head()
    finally:
        there.close()
    return MovedDatabase(len(rows), sum(rows.values()), seq, digest)
