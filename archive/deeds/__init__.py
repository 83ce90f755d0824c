"""What can be done with many records at once. One file per deed in this folder; the file name is its name.

A deed module has

    may(actor) -> bool
                whether this actor may do it with any record at all
    checked(tx, actor, said) -> said
                what was entered, fit to be kept; raises Invalid or NotFound before any record is touched
    do(archive, tx, actor, record, said, selection) -> Changes, or None
                does it with one record within the transaction, asks the rule about that record and writes its ledger
                line; None when it is so already. It is tried out by being done and taken back: so it touches nothing
                outside the transaction
    undo(archive, tx, actor, record, said, changes, selection)
                takes back what `do` changed; raises Conflict where somebody has changed it since. What cannot be taken
                back has none

`tests/contracts/test_deeds.py` holds every module to these words.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from access.actors import Actor
from archive.app import Archive
from archive.errors import NotFound
from archive.model import Record
from archive.tables import Transaction
from archive.tables.selections import Changes

Said = Mapping[str, str]


class Deed(Protocol):
    def may(self, actor: Actor) -> bool: ...

    def checked(self, tx: Transaction, actor: Actor, said: Said) -> Said: ...

    def do(
        self, archive: Archive, tx: Transaction, actor: Actor, record: Record, said: Said, selection: str
    ) -> Changes | None: ...


Undo = Callable[[Archive, Transaction, Actor, Record, Said, Changes, str], None]


def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def open_deed(name: str) -> Deed:
    """Raises NotFound."""
    if name not in names():
        raise NotFound(f"There is no deed {name!r}; there are: {', '.join(names())}.", "no-such-deed")
    return cast("Deed", import_module(f"{__name__}.{name}"))


def undo_of(name: str) -> Undo | None:
    """How it is taken back; None where it stays done. Raises NotFound."""
    return getattr(open_deed(name), "undo", None)
