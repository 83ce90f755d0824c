"""Which documents belong into which dossier is data: read from a table, changed line by line, each change a version.

What is shipped holds until a company writes its own in its place; a list is never deleted, and a dossier that was
closed by one version stays complete by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from access import rules
from access.actors import OPERATOR, Actor
from access.rules import Action
from archive import naming, sheets
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model.dossiers import NOT, Checklist, ChecklistVersion, Requirement
from archive.tables import Transaction

SHIPPED = Path(__file__).parent / "data" / "checklists.csv"
"""Checklists for a property-management company (domain §3.1, §3.3), each line with where it comes from."""

COLUMNS = (
    "type", "type_zh", "type_en", "class_code", "subject", "group", "item", "name_zh", "name_en", "condition",
    "at_least", "waivable", "within_days", "post", "source", "source_date",
)  # fmt: skip
REQUIRED = ("type", "type_zh", "class_code", "item", "name_zh")
SUBJECTS = ("unit", "machine", "project", "person")
NO = frozenset({"否", "n", "no", "false", "0"})
SHIPPED_AT = datetime(2026, 1, 1, tzinfo=UTC)
ITEMS_MAX = 200


def every(archive: Archive, actor: Actor) -> Sequence[ChecklistVersion]:
    """Every checklist as it holds now. They say what belongs into a dossier, nothing of what lies in one."""
    rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        return list(known(tx).values())


@dataclass(frozen=True, slots=True)
class Shown:
    versions: Sequence[ChecklistVersion]
    """Newest first."""
    people: Mapping[str, str]
    may_change: bool

    @property
    def checklist(self) -> Checklist:
        return self.versions[0].checklist


def show(archive: Archive, actor: Actor, code: str) -> Shown:
    rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        versions = _versions(tx, code)
        people = tx.people.names(one.changed_by for one in versions)
    return Shown(versions, people, rules.may(actor, Action.MANAGE_FILE_PLAN))


def change(
    archive: Archive, actor: Actor, code: str, said: Mapping[str, str], *, version: int, reason: str, remove: bool
) -> None:
    """Add a line, put it in the place of the one with its item, or remove that. `version` is the one that was seen."""
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    if not reason.strip():
        raise Invalid("Say why the checklist is changed: it stands with the version.", "no-change-reason")
    with archive.write() as tx:
        newest = _versions(tx, code)[0]
        if newest.version != version:
            raise Conflict("Somebody else has changed this checklist meanwhile; reload it.", "checklist-changed")
        needs = {one.item: one for one in newest.checklist.requirements}
        item = naming.clean(said.get("item", ""))
        if remove:
            if needs.pop(item, None) is None:
                raise NotFound("There is no such line in the checklist.", "no-such-item")
        else:
            needs[item] = _requirement({**said, "item": item}, "")
        if not 0 < len(needs) <= ITEMS_MAX:
            raise Invalid(f"A checklist has 1 to {ITEMS_MAX} lines.", "bad-checklist")
        changed = replace(newest.checklist, requirements=tuple(needs.values()))
        tx.dossiers.add_version(changed, archive.now(), actor.id, reason.strip()[:500])
        tx.ledger.add(archive.now(), actor.id, "checklist.changed", "checklist", code, item=item, removed=remove)


def load(archive: Archive, actor: Actor, table: bytes, *, reason: str) -> Sequence[str]:
    """Take checklists from a CSV or Excel table with the columns above; all or none. The codes of those that changed.

    Types that the table does not name stay as they are. Raises Invalid with the line and what is wrong with it.
    """
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    lists = parse(table)
    with archive.write() as tx:
        present = known(tx)
        classes = {one.code for one in tx.file_plan.every()}
        for one in lists:
            if one.class_code not in classes:
                raise Invalid(f"Checklist {one.code} names a class that is not in the file plan.", "no-such-class")
        changed = [one for one in lists if one.code not in present or present[one.code].checklist != one]
        for one in changed:
            tx.dossiers.add_version(one, archive.now(), actor.id, reason.strip()[:500])
        tx.ledger.add(
            archive.now(), actor.id, "checklist.imported", "checklist", "every", changed=[one.code for one in changed]
        )
    return [one.code for one in changed]


def dump(archive: Archive, actor: Actor, *, workbook: bool = False) -> bytes:
    """Every checklist as a table that `load` takes again."""
    lines = [line for one in every(archive, actor) for line in _lines(one.checklist)]
    return sheets.as_xlsx(COLUMNS, lines, title="checklists") if workbook else sheets.as_csv(COLUMNS, lines)


def known(tx: Transaction) -> Mapping[str, ChecklistVersion]:
    """Every checklist by its code: as it was changed, or else as it was shipped (version 0)."""
    found = {one.code: _as_shipped(one) for one in _shipped()}
    found |= {one.checklist.code: one for one in tx.dossiers.checklists()}
    return dict(sorted(found.items()))


def by_version(tx: Transaction, code: str, version: int | None) -> ChecklistVersion:
    """The checklist a dossier is held against: the version it was closed by, or the newest."""
    versions = _versions(tx, code)
    return next((one for one in versions if one.version == version), versions[0])


def parse(table: bytes) -> Sequence[Checklist]:
    rows = sheets.rows(table)
    missing = set(REQUIRED) - set(rows[0] if rows else ())
    if missing:
        raise Invalid(f"The table of checklists lacks the columns: {', '.join(sorted(missing))}.", "columns-missing")
    found: dict[str, Checklist] = {}
    for number, row in enumerate(rows, 2):
        place = f"Line {number} of the checklists: "
        said = {name: naming.clean(row.get(name) or "") for name in COLUMNS}
        need = _requirement(said, place)
        code = said["type"].upper()
        head = Checklist(
            code=code,
            name_zh=said["type_zh"],
            name_en=said["type_en"] or said["type_zh"],
            class_code=said["class_code"].upper(),
            subject=said["subject"] or "unit",
            requirements=(),
        )
        naming.checked_code(code, place, longest=10)
        if not head.name_zh or head.subject not in SUBJECTS:
            raise Invalid(f"{place}A type needs a code, a name, a class and what it is opened for.", "bad-checklist")
        before = found.get(code, head)
        if replace(before, requirements=()) != head:
            raise Invalid(f"{place}The lines of one type must name it alike.", "bad-checklist")
        if any(one.item == need.item for one in before.requirements):
            raise Invalid(f"{place}A checklist names an item twice.", "bad-checklist")
        found[code] = replace(before, requirements=(*before.requirements, need))
    return list(found.values())


def _requirement(said: Mapping[str, str], place: str) -> Requirement:
    def number(name: str, default: int | None) -> int | None:
        text = said.get(name, "").strip()
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or int(text) > 3660:
            raise Invalid(f"{place}A number is expected: {name}.", "bad-checklist")
        return int(text)

    item, name = naming.checked_code(said.get("item", ""), place), naming.clean(said.get("name_zh", ""))
    if not name:
        raise Invalid(f"{place}A line needs a name.", "bad-checklist")
    condition = naming.clean(said.get("condition", "")).replace("!", NOT)
    return Requirement(
        item=item,
        name_zh=name,
        name_en=naming.clean(said.get("name_en", "")) or name,
        group=naming.clean(said.get("group", "")),
        condition=condition,
        at_least=number("at_least", 1) or 1,
        waivable=said.get("waivable", "").strip().lower() not in NO,
        within_days=number("within_days", None),
        post=naming.clean(said.get("post", "")),
        source=naming.clean(said.get("source", "")),
        source_date=naming.clean(said.get("source_date", "")),
    )


def _lines(one: Checklist) -> list[tuple[object, ...]]:
    return [
        (
            one.code, one.name_zh, one.name_en, one.class_code, one.subject, need.group, need.item, need.name_zh,
            need.name_en, need.condition, need.at_least, "" if need.waivable else "否",
            "" if need.within_days is None else need.within_days, need.post, need.source, need.source_date,
        )
        for need in one.requirements
    ]  # fmt: skip


def _versions(tx: Transaction, code: str) -> Sequence[ChecklistVersion]:
    versions = [*tx.dossiers.versions(code), *(_as_shipped(one) for one in _shipped() if one.code == code)]
    if not versions:
        raise NotFound("There is no such checklist.", "no-such-checklist")
    return versions


def _as_shipped(one: Checklist) -> ChecklistVersion:
    return ChecklistVersion(0, SHIPPED_AT, OPERATOR.id, "", one)


@lru_cache(maxsize=1)
def _shipped() -> Sequence[Checklist]:
    return parse(SHIPPED.read_bytes())
