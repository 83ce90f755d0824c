"""A form is filled in: on screen, or as a blank that bears a serial, is filled in by hand and comes back.

What is filled in on screen becomes a record at once, under the serial it would bear on paper: the sheet as it prints,
and beside it the fields as a table. It lies sealed like every other file; the register knows that there is one, never
what it says. Numbers are those of `archive.numbering` where the class counts forms (INV-26); elsewhere the form counts.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice

from access import rules
from access.actors import SERVICE, Actor
from access.rules import Action
from archive import fileplan, form_sheets, forms, intake, naming, numbering, printing, sheets, versions
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.intake import Claims
from archive.model import KEPT, Component, Record, codes
from archive.model.forms import Field, Form, FormVersion, Sheet, wrong
from archive.objects import Kept
from archive.printing import Foot, NewPage, Printout
from archive.tables import Transaction
from archive.tables.forms import SERIES
from archive.tables.jobs import URGENT
from archive.tables.numbering import Issued

BLANKS_MAX = 50
AT_ONCE = 500
TABLE_HEADS = ("项目", "填写")
Fields = Sequence[Field]
NO_SUCH_SHEET = "There is no such form, or none that you may see."


@dataclass(frozen=True, slots=True)
class Line:
    """A copy of a form as the register of its copies shows it."""

    sheet: Sheet
    record: Record | None
    """What it became, if this person may find it."""
    person: str
    """Who filled it in on screen, or else gave it out: a scan that came back takes nobody's name away."""
    issued: Issued | None = None
    """Its serial as it was given out: to whom, and why it is void."""

    @property
    def open(self) -> bool:
        """Is something still to be filled in afterwards?"""
        return self.sheet.how == "screen" and self.sheet.completed_at is None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many copies of a form this person may know of."""

    out: int
    """Given out and not back."""
    back: int
    void: int
    screen: int
    """Filled in on screen."""


def give_out(archive: Archive, actor: Actor, code: str, site: str, count: int, *, to: str = "") -> Sequence[Sheet]:
    """Blanks of a form with serials of this month; `to` says who gets them."""
    rules.require(actor, Action.FILL_FORMS)
    if not 1 <= count <= BLANKS_MAX:
        raise Invalid(f"Between 1 and {BLANKS_MAX} blanks are printed at once.", "bad-count")
    with archive.write() as tx:
        _site(tx, actor, site)
        newest = _newest(tx, code)
        form = newest.form
        at = archive.now()
        given: list[Sheet] = []
        for serial in _serials(archive, tx, actor, form, site, count, to):
            sheet = Sheet(serial, form.code, newest.version, site, form.level, form.class_code, at, actor.id)
            if sheet.counted_by_form:
                sheet = replace(sheet, given_to=naming.clean(to)[: numbering.GIVEN_TO_MAX])
            tx.forms.put(sheet)
            given.append(sheet)
        tx.ledger.add(
            at, actor.id, "form.given-out", "form", form.code, site=site, first=given[0].serial, count=len(given)
        )
        return given


def printed(archive: Archive, actor: Actor, serials: Sequence[str], *, language: str = "zh") -> bytes:
    """Blanks that are out, as one PDF."""
    rules.require(actor, Action.FILL_FORMS)
    say = _say(language)
    with archive.read() as tx:
        known = [_sheet(tx, actor, serial) for serial in serials]
        void = {code for code, one in tx.numbering.issued(serials).items() if one.void_reason}
        void |= {one.serial for one in known if one.void_reason}
        blanks = [
            (one.serial, forms.by_version(tx, one.form, one.version))
            for one in known
            if not one.record_id and one.serial not in void
        ]
    if not blanks:
        raise NotFound(NO_SUCH_SHEET, "no-such-sheet")
    return _printed(archive, actor, blanks, say)


def fill(
    archive: Archive,
    actor: Actor,
    code: str,
    site: str,
    said: Mapping[str, str],
    *,
    version: int | None = None,
    once: str = "",
    language: str = "zh",
) -> Sheet:
    """Fill in a form on screen: a record under its serial. `said` is by name of the field; sent twice, filled in once.

    `once` is a word of whoever sends it, for this form; `version` is the one whose fields were seen. Raises Conflict
    (`form-changed`) for one that is no longer the newest, Invalid with the name of the field that cannot be so.
    """
    rules.require(actor, Action.FILL_FORMS)
    once = hashlib.sha256(f"{actor.id}\n{code}\n{site}\n{once}".encode()).hexdigest()[:16] if once else ""
    sheet, newest = _begun(archive, actor, code, site, said, version, once)
    if sheet.record_id:
        return sheet
    form, serial = newest.form, sheet.serial
    values = checked(form.part(afterwards=False), said)
    kept, table = _kept(archive, actor, newest, serial, values, language, afterwards=False)
    named = next((values[one.name] for one in form.fields if values.get(one.name)), "")
    claims = Claims(
        f"{form.name}（{named[:40]}）" if named else form.name,
        form.class_code,
        form.level,
        site,
        actor.department,
        doc_number=serial,
        issuer=_department(archive, actor),
        document_date=fileplan.today(archive).isoformat(),
    )
    with archive.write() as tx:
        before = tx.forms.sheet(serial)
        if before is not None and before.record_id:
            return before
        at = archive.now()
        by = actor if rules.may(actor, Action.CAPTURE) else SERVICE
        record_id, _ = intake.capture(archive, tx, by, kept, f"{serial}.pdf", claims, URGENT)
        record = tx.records.get(record_id)
        versions.attach(archive, tx, by, record, table, f"{serial}.csv", priority=URGENT)
        intake.came(archive, tx, f"form:{serial}", f"{serial}.pdf", kept.size_bytes, "captured", record_id, door="form")
        if tx.numbering.get(serial) is not None:
            tx.numbering.fill(serial, record_id)
        after = replace(
            sheet,
            record_id=record_id,
            filled_at=at,
            filled_by=actor.id,
            completed_at=None if form.part(afterwards=True) else at,
            how="screen",
        )
        tx.forms.put(after)
        tx.ledger.add(at, actor.id, "record.form-filled", "record", record_id, site=site, form=form.code, serial=serial)
        return after


def _begun(
    archive: Archive, actor: Actor, code: str, site: str, said: Mapping[str, str], version: int | None, once: str
) -> tuple[Sheet, FormVersion]:
    """The blank that is filled in: a new one, or the one that was begun by the same word and cut off, or done since.

    It bears its serial from the first transaction on, so that none is used up by whatever is cut off after it.
    """
    with archive.write() as tx:
        _site(tx, actor, site)
        newest = _newest(tx, code)
        before = tx.forms.sent(once)
        if before is not None:
            return before, forms.by_version(tx, before.form, before.version)
        form = newest.form
        if version not in (None, newest.version):
            raise Conflict("Somebody else has changed this form meanwhile; reload it.", "form-changed")
        checked(form.part(afterwards=False), said)
        (serial,) = _serials(archive, tx, actor, form, site, 1)
        blank = Sheet(serial, form.code, newest.version, site, form.level, form.class_code, archive.now(), actor.id)
        tx.forms.put(blank, once=once)
        return blank, newest


def _serials(
    archive: Archive, tx: Transaction, actor: Actor, form: Form, site: str, count: int, to: str = ""
) -> Sequence[str]:
    """Of its class where that counts forms. Elsewhere the form counts: such a serial is no reference code, for what
    comes back gets one of its class."""
    if forms.counts(tx, form):
        return [one.code for one in numbering.given_out(archive, tx, actor, form.class_code, site, count, to=to)]
    series = codes.by_serial(form.code, site, fileplan.today(archive))
    return [series.code(tx.counters.next(SERIES + series.name)) for _ in range(count)]


def complete(archive: Archive, actor: Actor, serial: str, said: Mapping[str, str], *, language: str = "zh") -> Sheet:
    """Fill in what is filled in when it is over; it lies beside what was filled in before, which stays as it is.

    That is for whoever filled it in, and for whoever may describe its record; raises Denied for others.
    """
    rules.require(actor, Action.FILL_FORMS)
    with archive.read() as tx:
        sheet = _sheet(tx, actor, serial)
        if sheet.record_id and sheet.filled_by != actor.id:
            rules.require(actor, Action.DESCRIBE, tx.records.get(sheet.record_id))
        version = forms.by_version(tx, sheet.form, sheet.version)
    _still_open(sheet)
    values = checked(version.form.part(afterwards=True), said)
    if not any(values.values()):
        raise Invalid("Nothing was filled in.", "nothing-filled-in")
    kept, table = _kept(archive, actor, version, serial, values, language, afterwards=True)
    with archive.write() as tx:
        sheet = _sheet(tx, actor, serial)
        _still_open(sheet)
        record = tx.records.get(sheet.record_id)
        if record.lifecycle not in ("captured", *KEPT):
            raise Conflict("The record of this form is not here any more.", "record-gone")
        by = actor if rules.may(actor, Action.CAPTURE) else SERVICE
        versions.attach(archive, tx, by, record, kept, f"{serial}-2.pdf", priority=URGENT)
        versions.attach(archive, tx, by, record, table, f"{serial}-2.csv", priority=URGENT)
        after = replace(sheet, completed_at=archive.now())
        tx.forms.put(after)
        tx.ledger.add(
            archive.now(), actor.id, "record.form-completed", "record", record.id, site=sheet.site, serial=serial
        )
        return after


def sheet(archive: Archive, actor: Actor, serial: str) -> tuple[Line, FormVersion]:
    """One copy, and the form it is a copy of. Raises NotFound."""
    rules.require(actor, Action.FILL_FORMS)
    with archive.read() as tx:
        one = _sheet(tx, actor, serial)
        (line,) = _lines(tx, actor, [one])
        return line, forms.by_version(tx, one.form, one.version)


def tally(archive: Archive, actor: Actor, code: str) -> Tally:
    """How many copies of a form are out, back, void and filled in on screen, as far as this person may find them."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    scope = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        known = forms.knows_blank(actor)
        blanks = [counts for alike, counts in tx.forms.blanks(code).items() if known(alike)]
        back = tx.forms.back(code, scope)
    out, void = (sum(one[at] for one in blanks) for at in (0, 1))
    return Tally(out, back.get("scan", 0), void, back.get("screen", 0))


def copies(archive: Archive, actor: Actor, code: str, *, state: str = "", limit: int = 100) -> Sequence[Line]:
    """Copies of a form, the latest first, as far as this person may find them; `state` is out, void, scan or screen."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    with archive.read() as tx:
        every, found = tx.forms.sheets(code, state), list[Sheet]()
        while len(found) < limit and (some := list(islice(every, AT_ONCE))):
            found += _known(tx, actor, some)
        return _lines(tx, actor, found[:limit])


def of_record(archive: Archive, actor: Actor, record_id: str) -> tuple[Line, FormVersion] | None:
    """Which copy of which form a record is; None for one that is none."""
    if not rules.may(actor, Action.SEE_DOCUMENTS):
        return None
    with archive.read() as tx:
        tx.records.found(record_id, rules.scope(actor, Action.FIND))
        one = tx.forms.of_record(record_id)
        if one is None:
            return None
        (line,) = _lines(tx, actor, [one])
        return line, forms.by_version(tx, one.form, one.version)


def values_of(archive: Archive, actor: Actor, record_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """What was filled in on screen, by record: of those that this person may read without a loan."""
    with archive.read() as tx:
        found = tx.records.admitted(list(record_ids), rules.scope(actor, Action.READ_TEXT))
        files = tx.records.components_of(list(found))
        serials = {one.record_id: one.serial for one in tx.forms.of_records(list(found))}
    said: dict[str, dict[str, str]] = {}
    for record_id, serial in serials.items():
        ours = (f"{serial}.csv", f"{serial}-2.csv")
        # The first of each name is the one that was made here; anybody may lay another file beside it.
        for one in {one.file_name: one for one in reversed(files[record_id]) if one.file_name in ours}.values():
            with suppress(Invalid):  # what came in its place is no table of ours: nothing is said of it
                said.setdefault(record_id, {}).update(_rows(archive, one))
    return said


def _rows(archive: Archive, file: Component) -> Mapping[str, str]:
    if file.size_bytes > sheets.BYTES_MAX:
        return {}
    rows = sheets.rows(archive.objects.read(file.digest))
    return {row[TABLE_HEADS[0]]: row[TABLE_HEADS[1]] for row in rows if row.keys() >= set(TABLE_HEADS)}


def checked(fields: Sequence[Field], said: Mapping[str, str]) -> Mapping[str, str]:
    """What was entered, by name of the field; none of a place to sign. Raises Invalid for what is wrong or no field."""
    for name in said.keys() - {one.name for one in fields}:
        raise Invalid(f"{name}: the form has no such field.", "field-wrong")
    values = {one.name: said.get(one.name, "").strip() for one in fields if one.kind != "sign"}
    for one in fields:
        if one.kind != "sign" and wrong(one, values[one.name]):
            raise Invalid(f"{one.name}: it is needed, or what was entered does not fit.", "field-wrong")
    return values


# ---- Parts ----


def _kept(
    archive: Archive,
    actor: Actor,
    version: FormVersion,
    serial: str,
    values: Mapping[str, str],
    language: str,
    *,
    afterwards: bool,
) -> tuple[Kept, Kept]:
    """The sheet as it prints, and its fields as a table."""
    say = _say(language)
    title = version.form.name + (say("（事后填写）", " (afterwards)") if afterwards else "")
    blocks = tuple(form_sheets.done(version, serial, values, say, afterwards=afterwards))
    printout = Printout(title, blocks, about=tuple(filter(None, (_company(archive),))))
    pdf = printing.render(replace(printout, foot=_foot(archive, actor, printout, say)), "pdf")
    table = sheets.as_csv(TABLE_HEADS, (("表单", version.form.code), ("流水号", serial), *values.items()))
    return archive.objects.keep(BytesIO(pdf)), archive.objects.keep(BytesIO(table))


def _printed(archive: Archive, actor: Actor, blanks: Sequence[tuple[str, FormVersion]], say: form_sheets.Say) -> bytes:
    blocks = [block for serial, version in blanks for block in (*form_sheets.blank(version, serial, say), NewPage())]
    printout = Printout(blanks[0][1].form.name, tuple(blocks[:-1]), about=tuple(filter(None, (_company(archive),))))
    foot = replace(_foot(archive, actor, printout, say), printed=_by(archive, actor, say("打印：", "Printed by ")))
    if len(blanks) > 1:
        # Each goes its own way: what all of them have in pages says nothing of one.
        foot = replace(foot, page="")
    return printing.render(replace(printout, foot=foot), "pdf")


def _foot(archive: Archive, actor: Actor, printout: Printout, say: form_sheets.Say) -> Foot:
    return Foot(
        _by(archive, actor, say("填写：", "Filled in by ")),
        say("校验码 ", "Code ") + printing.digest(printout)[:16].upper(),
        say("第 {page} 页 / 共 {pages} 页", "Page {page} of {pages}"),
    )


def _by(archive: Archive, actor: Actor, did: str) -> str:
    return f"{did}{actor.name}  {printing.shown(archive.now())}"


def _company(archive: Archive) -> str:
    return archive.settings.company


def _department(archive: Archive, actor: Actor) -> str:
    with archive.read() as tx:
        return next((one.name for one in tx.organisation.departments() if one.code == actor.department), "")


def _site(tx: Transaction, actor: Actor, site: str) -> None:
    if site not in actor.sites or site not in {one.code for one in tx.organisation.sites()}:
        raise Invalid("There is no such site.", "no-such-site")


def _newest(tx: Transaction, code: str) -> FormVersion:
    found = forms.known(tx).get(naming.clean(code).upper())
    if found is None:
        raise NotFound("There is no such form in the register.", "form-not-registered")
    return found


def _sheet(tx: Transaction, actor: Actor, serial: str) -> Sheet:
    found = tx.forms.sheet(serial)
    if found is None or not _known(tx, actor, [found]):
        raise NotFound(NO_SUCH_SHEET, "no-such-sheet")
    return found


def _known(tx: Transaction, actor: Actor, some: Sequence[Sheet]) -> list[Sheet]:
    """Those this person may know of: as their records, once there are any, or as what they are like until then.

    Whoever gave one out or filled it in knows of it, while they are cleared for what it has become.
    """
    knows, scope = forms.knows_blank(actor), rules.scope(actor, Action.FIND)
    found = tx.records.admitted([one.record_id for one in some if one.record_id], scope)

    def known(one: Sheet) -> bool:
        if one.record_id in found or (not one.record_id and knows(one)):
            return True
        if actor.id not in (one.given_by, one.filled_by) or one.site not in actor.sites:
            return False
        return not one.record_id or tx.records.get(one.record_id).level <= actor.clearance

    return [one for one in some if known(one)]


def _lines(tx: Transaction, actor: Actor, found: Sequence[Sheet]) -> Sequence[Line]:
    records = tx.records.admitted([one.record_id for one in found if one.record_id], rules.scope(actor, Action.FIND))
    people = tx.people.names({_hand(one) for one in found})
    issued = dict(tx.numbering.issued([one.serial for one in found]))
    issued |= {one.serial: numbering.as_issued(one) for one in found if one.counted_by_form}
    return [Line(one, records.get(one.record_id), people.get(_hand(one), ""), issued.get(one.serial)) for one in found]


def _hand(sheet: Sheet) -> str:
    return sheet.filled_by if sheet.how == "screen" else sheet.given_by


def _still_open(sheet: Sheet) -> None:
    if sheet.how != "screen" or sheet.completed_at is not None:
        raise Conflict("Nothing is left to be filled in on this form.", "form-complete")


def _say(language: str) -> form_sheets.Say:
    return lambda zh, en: zh if language == "zh" else en
