"""What people call the things of the house: the number or address that stands for an id, and back.

A number says that something is there, so who asks for people looks first whether they may know of it.
"""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from archive.tables.parts import parts
from archive.tables.schema.climate import instruments, room_actions
from archive.tables.schema.contracts import contract_amendments, contracts
from archive.tables.schema.documents import controlled_documents, document_editions
from archive.tables.schema.dossiers import dossiers
from archive.tables.schema.drills import drills
from archive.tables.schema.handovers import handovers
from archive.tables.schema.loans import loans
from archive.tables.schema.measures import measures, reviews
from archive.tables.schema.numbering import accessions, volumes
from archive.tables.schema.properties import property_runs
from archive.tables.schema.repairs import repairs
from archive.tables.schema.retention import disposals, holds
from archive.tables.schema.rooms import locations
from archive.tables.schema.stocktakes import stocktakes

NUMBERS = (
    (accessions.c.id, accessions.c.number),
    (contract_amendments.c.id, contract_amendments.c.number),
    (contracts.c.id, contracts.c.number),
    (controlled_documents.c.id, controlled_documents.c.number),
    (disposals.c.id, disposals.c.number),
    (document_editions.c.id, document_editions.c.label),
    (dossiers.c.id, dossiers.c.number),
    (drills.c.id, drills.c.number),
    (handovers.c.id, handovers.c.number),
    (holds.c.id, holds.c.number),
    (instruments.c.id, instruments.c.number),
    (loans.c.id, loans.c.number),
    (locations.c.id, locations.c.address),
    (measures.c.id, measures.c.number),
    (property_runs.c.id, property_runs.c.number),
    (repairs.c.id, repairs.c.number),
    (reviews.c.id, reviews.c.number),
    (room_actions.c.id, room_actions.c.number),
    (stocktakes.c.id, stocktakes.c.number),
    (volumes.c.id, volumes.c.code),
)
"""Where a number stands, beside its id."""
SPOKEN_OF = tuple(pair for pair in NUMBERS if pair[1] is not document_editions.c.label)
"""Those by which somebody can ask: the label of an edition is that of many."""


class Called:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def numbers(self, ids: Collection[str]) -> Mapping[str, str]:
        """Id → its number, for those of these ids that have one."""
        found: dict[str, str] = {}
        for some in parts(ids):
            for one, number in NUMBERS:
                found.update(
                    (row[0], row[1]) for row in self._connection.execute(sa.select(one, number).where(one.in_(some)))
                )
        return {one: number for one, number in found.items() if number}

    def bearing(self, number: str) -> Sequence[str]:
        """The ids of everything with this number: an address may be that of places at several sites."""
        if not number:
            return ()
        return [
            row[0]
            for one, said in SPOKEN_OF
            for row in self._connection.execute(sa.select(one).where(said == number).order_by(one))
        ]
