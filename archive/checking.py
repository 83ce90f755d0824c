"""Is everything still what it was? The chain, the bytes, the index."""

from collections.abc import Iterator, Sequence

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.tables.chain import Fault, Line


def ledger(archive: Archive, actor: Actor) -> tuple[int, str, Sequence[Fault]]:
    """Follow the chain from the first line to the last: number of lines, head, and every fault."""
    rules.require(actor, Action.SEE_LEDGER)
    with archive.read() as tx:
        lines, head = tx.ledger.head()
        return lines, head, list(tx.ledger.faults())


def ledger_lines(archive: Archive, actor: Actor) -> Iterator[Line]:
    """Every line as it stands, oldest first."""
    rules.require(actor, Action.SEE_LEDGER)
    with archive.read() as tx:
        yield from tx.ledger.every()
