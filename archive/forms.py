"""表单登记: the forms of the house as data, each under one number, whatever names it goes by.

The standard itself calls two of them by two names: a form is found by any of its names. What is shipped holds until a
company writes its own in its place, line by line or as a table; every change is a version, and what was filled in keeps
the version it was filled in by.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from access import rules
from access.actors import OPERATOR, Actor
from access.rules import Action
from archive import house_sheets, naming, sheets
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.house_sheets import form_words
from archive.house_sheets.plan_words import plain
from archive.model import Suggestion
from archive.model.forms import KINDS, Field, Form, FormVersion, Sheet
from archive.tables import Transaction

SHIPPED = Path(__file__).parent / "data" / "forms.csv"
"""The twenty forms of articles 2 to 5 of the standard (domain §1.3), each line with the clause it comes from."""
SHIPPED_AT = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = (
    "code", "name", "aliases", "class_code", "level", "occasion", "field", "kind", "choices", "needed", "afterwards",
    "source",
)  # fmt: skip
REQUIRED = ("code", "name", "class_code", "field")
YES = frozenset({"是", "y", "yes", "true", "1"})
FIELDS_MAX = 60


@dataclass(frozen=True, slots=True)
class Shown:
    versions: Sequence[FormVersion]
    """Newest first."""
    people: Mapping[str, str]
    may_change: bool
    counted: bool
    """Do its copies bear serials of its class?"""

    @property
    def form(self) -> Form:
        return self.versions[0].form


def every(archive: Archive, actor: Actor) -> Sequence[FormVersion]:
    """The register of forms: it says nothing of what was filled in."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    with archive.read() as tx:
        return list(known(tx).values())


def called(archive: Archive, actor: Actor, name: str) -> FormVersion:
    """The form of this number, or of any of its names, as it is now. Raises NotFound."""
    wanted = name.strip().strip("《》")
    for one in every(archive, actor):
        if wanted.upper() == one.form.code or wanted in one.form.names:
            return one
    raise NotFound("There is no such form in the register.", "form-not-registered")


def english(archive: Archive) -> Mapping[str, str]:
    """What the forms say in Chinese → its English where it has one; known to everybody."""
    with archive.read() as tx:
        phrases = [form_words.check(line) for line in house_sheets.lines(tx, "form_words")]
    return {one.zh: one.en for one in phrases}


def phrase(text: str, english: Mapping[str, str]) -> str:
    """In English; as it was written where nobody has put it into English."""
    return english.get(plain(text), text)


def told(archive: Archive, say: Callable[[str, str], str]) -> Callable[[str], str]:
    """What the forms say, in the language of `say`."""
    known = english(archive)
    return lambda text: say(text, phrase(text, known))


def show(archive: Archive, actor: Actor, code: str) -> Shown:
    rules.require(actor, Action.SEE_DOCUMENTS)
    with archive.read() as tx:
        versions = _versions(tx, code)
        people = tx.people.names(one.changed_by for one in versions)
        counted = counts(tx, versions[0].form)
    return Shown(versions, people, rules.may(actor, Action.MANAGE_FILE_PLAN), counted)


def change(
    archive: Archive, actor: Actor, code: str, said: Mapping[str, str], *, version: int, reason: str, remove: bool
) -> None:
    """Add a field, put it in the place of the one of its name, or remove that. `version` is the one that was seen."""
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    if not reason.strip():
        raise Invalid("Say why the form is changed: it stands with the version.", "no-change-reason")
    with archive.write() as tx:
        newest = _versions(tx, code)[0]
        if newest.version != version:
            raise Conflict("Somebody else has changed this form meanwhile; reload it.", "form-changed")
        fields = {one.name: one for one in newest.form.fields}
        name = naming.clean(said.get("field", ""))
        if remove:
            if fields.pop(name, None) is None:
                raise NotFound("There is no such field on the form.", "no-such-field")
        else:
            fields[name] = _field({**said, "field": name}, "")
        if not 0 < len(fields) <= FIELDS_MAX:
            raise Invalid(f"A form has 1 to {FIELDS_MAX} fields.", "bad-form")
        changed = replace(newest.form, fields=tuple(fields.values()))
        tx.forms.add_version(changed, archive.now(), actor.id, reason.strip()[:500])
        tx.ledger.add(archive.now(), actor.id, "form.changed", "form", code, field=name, removed=remove)


def load(archive: Archive, actor: Actor, table: bytes, *, reason: str) -> Sequence[str]:
    """Take forms from a CSV or Excel table with the columns above; all or none. The numbers of those that changed.

    Forms that the table does not name stay as they are. Raises Invalid with the line and what is wrong with it.
    """
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    if not reason.strip():
        raise Invalid("Say why the form is changed: it stands with the version.", "no-change-reason")
    said = parse(table)
    with archive.write() as tx:
        present = {code: one.form for code, one in known(tx).items()}
        for one in said:
            if tx.file_plan.get(one.class_code) is None:
                raise Invalid(f"Form {one.code} names a class that is not in the file plan.", "no-such-class")
        after = {**present, **{one.code: one for one in said}}
        names = [name for one in after.values() for name in one.names]
        if len(names) != len(set(names)):
            raise Invalid("Two forms go by the same name.", "form-name-taken")
        changed = [one for one in said if present.get(one.code) != one]
        for one in changed:
            tx.forms.add_version(one, archive.now(), actor.id, reason.strip()[:500])
        tx.ledger.add(archive.now(), actor.id, "form.imported", "form", "every", changed=[one.code for one in changed])
    return [one.code for one in changed]


def dump(archive: Archive, actor: Actor, *, workbook: bool = False) -> bytes:
    """Every form as a table that `load` takes again."""
    lines = [line for one in every(archive, actor) for line in _lines(one.form)]
    return sheets.as_xlsx(COLUMNS, lines, title="forms") if workbook else sheets.as_csv(COLUMNS, lines)


def counts(tx: Transaction, form: Form) -> bool:
    """Do copies of this form bear serials, by which they come back?"""
    found = tx.file_plan.get(form.class_code)
    return found is not None and "S" in found.pattern


def knows_blank(actor: Actor) -> Callable[[Sheet], bool]:
    """May this person know of a copy that is no record? Of what it is like, or as whoever gave it out at their site."""
    scope = rules.scope(actor, Action.FIND)
    return lambda one: scope.admits(one) or (one.given_by == actor.id and one.site in actor.sites)


def known(tx: Transaction) -> Mapping[str, FormVersion]:
    """Every form by its number: as it was changed, or else as it was shipped (version 0)."""
    return dict(sorted(({one.form.code: one for one in _shipped()} | dict(tx.forms.newest())).items()))


def by_version(tx: Transaction, code: str, version: int) -> FormVersion:
    """The form as it was when a copy of it was given out, or else as it is. Raises NotFound."""
    versions = _versions(tx, code)
    return next((one for one in versions if one.version == version), versions[0])


def suggested(tx: Transaction, record_id: str) -> Sequence[Suggestion]:
    """What the square of a form says of the record that it came back as: nobody has to type it."""
    sheet = tx.forms.of_record(record_id)
    if sheet is None:
        return _suggested_apart(tx, record_id)
    return said_of(tx, sheet)


def said_of(tx: Transaction, sheet: Sheet) -> Sequence[Suggestion]:
    """What a copy of a form says of the record it is."""
    name = by_version(tx, sheet.form, sheet.version).form.name
    said = (("class_code", sheet.class_code), ("title", f"{name} {sheet.serial}"), ("doc_number", sheet.serial))
    return [Suggestion(field, value, 1.0, 0) for field, value in said]


def _suggested_apart(tx: Transaction, record_id: str) -> Sequence[Suggestion]:
    """Of a scan whose square bound nothing: it is a copy of that form all the same, unless somebody said otherwise."""
    square = tx.forms.square(record_id)
    found = known(tx).get(square.form) if square is not None and square.outcome != "taken-off" else None
    if found is None:
        return ()
    said = (("class_code", found.form.class_code), ("title", found.form.name))
    return [Suggestion(field, value, 1.0, 0) for field, value in said]


def parse(table: bytes) -> Sequence[Form]:
    rows = sheets.rows(table)
    missing = set(REQUIRED) - set(rows[0] if rows else ())
    if missing:
        raise Invalid(f"The table of forms lacks the columns: {', '.join(sorted(missing))}.", "columns-missing")
    found: dict[str, Form] = {}
    for number, row in enumerate(rows, 2):
        place = f"Line {number} of the forms: "
        said = {name: naming.clean(row.get(name) or "") for name in COLUMNS}
        field, code, level = _field(said, place), said["code"].upper(), said["level"] or "1"
        naming.checked_code(code, place)
        if not said["name"] or level not in ("0", "1", "2", "3"):
            raise Invalid(f"{place}A form needs a number, a name, a class and a level from 0 to 3.", "bad-form")
        head = Form(
            code, said["name"], _listed(said["aliases"]), said["class_code"].upper(), int(level), said["occasion"], (),
            said["source"],
        )  # fmt: skip
        before = found.get(code, head)
        if replace(before, fields=()) != head:
            raise Invalid(f"{place}The lines of one form must name it alike.", "bad-form")
        if len(before.fields) >= FIELDS_MAX:
            raise Invalid(f"{place}A form has 1 to {FIELDS_MAX} fields.", "bad-form")
        if any(one.name == field.name for one in before.fields):
            raise Invalid(f"{place}A form names a field twice.", "bad-form")
        found[code] = replace(before, fields=(*before.fields, field))
    return list(found.values())


def _field(said: Mapping[str, str], place: str) -> Field:
    name, kind = naming.clean(said.get("field", "")), said.get("kind", "").strip() or "text"
    choices = _listed(said.get("choices", ""))
    if not name or len(name) > 60 or kind not in KINDS:
        raise Invalid(f"{place}A field has a name and is one of: {', '.join(KINDS)}.", "bad-field")
    if (kind == "choice") != bool(choices):
        raise Invalid(f"{place}A choice, and nothing else, has something to choose from.", "bad-field")
    needed, afterwards = (said.get(one, "").strip().lower() in YES for one in ("needed", "afterwards"))
    return Field(name, kind, choices, needed, afterwards)


def _listed(said: str) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip() for one in said.replace("；", ";").split(";"))))


def _lines(one: Form) -> list[tuple[object, ...]]:
    return [
        (
            one.code, one.name, ";".join(one.aliases), one.class_code, one.level, one.occasion, field.name, field.kind,
            ";".join(field.choices), "是" if field.needed else "", "是" if field.afterwards else "", one.source,
        )
        for field in one.fields
    ]  # fmt: skip


def _versions(tx: Transaction, code: str) -> Sequence[FormVersion]:
    versions = [*tx.forms.versions(code), *(one for one in _shipped() if one.form.code == code)]
    if not versions:
        raise NotFound("There is no such form in the register.", "form-not-registered")
    return versions


@lru_cache(maxsize=1)
def _shipped() -> Sequence[FormVersion]:
    return [FormVersion(0, SHIPPED_AT, OPERATOR.id, "", one) for one in parse(SHIPPED.read_bytes())]
