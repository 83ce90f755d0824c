"""What is obsolete is shown with the mark 作废 on every page and in every copy; the original stays as it is (INV-14).

Obsolete is an edition of a controlled document that does not hold any more, and a file of one that another replaced.
That an edition ends on a day is known beforehand: the mark is there from the first instant of that day.
"""

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import fileplan
from archive.app import Archive
from archive.model import Component
from archive.model.documents import Obsolete

CHARACTERS = "作废"


def mark_of(archive: Archive, component: Component) -> str:
    """The words that go with the mark on everything shown of this file; empty for what is not obsolete."""
    with archive.read() as tx:
        found = tx.documents.obsolete([component.record_id], fileplan.today(archive)).get(component.record_id)
        if found is not None:
            return words(found)
        if component.current or component.record_id not in tx.documents.of_records([component.record_id]):
            return ""
    return f"{CHARACTERS}：此文件已被本版次的新文件替换"


def of_record(archive: Archive, actor: Actor, record_id: str) -> Obsolete | None:
    """Since when a record is obsolete as a whole, and what holds instead; None for one that is not. Raises NotFound."""
    with archive.read() as tx:
        tx.records.found(record_id, rules.scope(actor, Action.FIND))
        return tx.documents.obsolete([record_id], fileplan.today(archive)).get(record_id)


def words(found: Obsolete) -> str:
    """As it stands on paper, in Chinese: since when, kept for what, and what holds instead."""
    kept = f"{CHARACTERS}留存" if found.retained else CHARACTERS
    instead = f"，现行版次 {found.instead}" if found.instead else "，无现行版次"
    return f"{kept}：{found.number} {found.label} 自 {found.since:%Y-%m-%d} 起失效{instead}"
