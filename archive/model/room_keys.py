"""Keys of rooms as values: given out, come back, paid for; how many are out follows from that and is never entered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class What(StrEnum):
    ISSUED = "issued"
    RETURNED = "returned"
    COMPENSATED = "compensated"
    """Lost or broken, and paid for: nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class Move:
    """Some keys of one kind went to a tenant or came from them. Nothing of it is changed afterwards."""

    dossier_id: str
    key: str
    """Which key, as 房门钥匙."""
    position: int
    """1, 2, … for each kind of key of a dossier."""
    what: What
    number: int
    holder: str
    """Who signed for it on the form: a name of somebody outside."""
    note: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What became of one kind of key (INV-27): issued = returned + compensated + outstanding."""

    key: str
    issued: int = 0
    returned: int = 0
    compensated: int = 0

    @property
    def outstanding(self) -> int:
        return self.issued - self.returned - self.compensated


def balances(moves: Iterable[Move]) -> tuple[Balance, ...]:
    """One for each kind of key, in the order in which they were first given out."""
    counted: dict[str, dict[What, int]] = {}
    for move in moves:
        counts = counted.setdefault(move.key, dict.fromkeys(What, 0))
        counts[move.what] += move.number
    return tuple(
        Balance(key, counts[What.ISSUED], counts[What.RETURNED], counts[What.COMPENSATED])
        for key, counts in counted.items()
    )


def outstanding(moves: Iterable[Move]) -> int:
    """How many keys somebody still has."""
    return sum(balance.outstanding for balance in balances(moves))
