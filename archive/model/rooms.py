"""Where papers stand: rooms, cabinets, shelves and boxes, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

KINDS = ("room", "cabinet", "shelf", "box")
"""库房、柜、层、盒: each may stand in any of those before it."""

JOINS = "-"
"""Between the parts of an address, as in 档案室-03柜-2层-01盒 (domain §1.1, clause 2.1)."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the tree. `address` is written out from the room down; it is one of a kind at its site."""

    id: str
    site: str
    parent_id: str
    kind: str
    code: str
    """Its own part of the address."""
    address: str
    name: str = ""
    media: str = ""
    """What lies here: paper, drawings, photographs, tapes; empty for anything."""
    capacity: int = 0
    """How many things have room directly in it: boxes on a shelf, papers in a box. 0: nobody has said."""
    closed_at: datetime | None = None
    """Since when it is out of use."""
    labelled_at: datetime | None = None
    """Since when a label with its present address is on it; None: nobody has seen one."""


def address_of(parent: Location | None, code: str) -> str:
    return f"{parent.address}{JOINS}{code}" if parent else code


def below(locations: Mapping[str, Location], root: str) -> frozenset[str]:
    """The ids of a place and of everything in it."""
    found = {root}
    while True:
        more = {one.id for one in locations.values() if one.parent_id in found} - found
        if not more:
            return frozenset(found)
        found |= more
