"""A record enters the archive: handed over by one, accepted by another, tested, and given its reference code 档号.

Codes come from counter rows in the very transaction that gives them: unique, never reused, whoever asks at once
(INV-01). A code that was given out is never deleted, so that a number that is missing can be asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import fileplan, forms, naming, properties
from archive.app import Archive
from archive.errors import ArchiveError, Conflict, Invalid, NotFound
from archive.model import Component, Record, RecordClass, codes, new_id
from archive.model.codes import Series
from archive.model.forms import Sheet
from archive.model.properties import Item
from archive.model.retention import Rule, parse, rule_for
from archive.properties import Examined
from archive.tables import Transaction
from archive.tables.freezing import FROZEN, frozen_of
from archive.tables.numbering import COUNTED, Accession, Issued, Terms, Volume
from archive.tables.records import NO_SUCH_RECORD

BATCH_MAX = 200
BLANKS_MAX = 500
GIVEN_TO_MAX = 60

UNUSABLE = frozenset({"encrypted", "partly-unreadable"})
"""Cautions with which nothing enters the archive: it could not be opened when it is needed."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a batch is accepted with. The case names the rule of the class; a volume is chosen, or opened by its title;
    serials are those that stand on forms that come back, by record."""

    giver: str
    case: str = ""
    volume_id: str = ""
    volume_title: str = ""
    project: str = ""
    serials: Mapping[str, str] = field(default_factory=dict[str, str])
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record of a batch: its code, or why it got none."""

    record_id: str
    code: str
    problem: ArchiveError | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    accession: Accession | None
    """None when nothing could be accepted."""
    outcomes: tuple[Outcome, ...]


def accept(archive: Archive, actor: Actor, ids: Sequence[str], said: HandOver) -> Accepted:
    """Accept records of one class and site; those that cannot be accepted are named, the others get their codes.

    Raises Invalid or Conflict when the batch itself cannot be: nobody hands over to themselves, a volume needs a title.
    """
    rules.require(actor, Action.ACCESSION)
    ids = list(dict.fromkeys(ids))
    if not 0 < len(ids) <= BATCH_MAX:
        raise Invalid(f"A batch has 1 to {BATCH_MAX} records.", "bad-batch")
    examined = _examined(archive, actor, ids)
    with archive.write() as tx:
        scope = rules.scope(actor, Action.FILE)
        giver = tx.people.called(said.giver.strip())
        if giver is None or not giver.person.active:
            raise Invalid("There is nobody of that name who could hand over.", "no-such-person")
        if giver.person.id == actor.id:
            raise Conflict("Nobody hands over to themselves: name who brought it.", "own-handover")
        found = tx.records.admitted(ids, scope)
        looked = _looked_at(tx, list(found), examined)
        outcomes: list[Outcome] = []
        taken: list[tuple[Record, RecordClass, Rule]] = []
        for record_id in ids:
            record = found.get(record_id)
            try:
                if record is None:
                    raise NotFound(NO_SUCH_RECORD)
                taken.append(_tested(looked, record, said))
            except ArchiveError as error:
                outcomes.append(Outcome(record_id, "", error))
        if not taken:
            if examined.results:
                properties.keep(archive, tx, actor.id, examined)
            return Accepted(None, tuple(outcomes))
        if len({(record.class_code, record.site) for record, _, _ in taken}) > 1:
            raise Invalid("A batch holds records of one class and one site.", "mixed-batch")
        at = archive.now()
        year = at.astimezone().year
        batch = Accession(
            new_id(),
            f"RK-{year}-{tx.counters.next(f'accession-{year}'):05}",
            giver.person.id,
            actor.id,
            at,
            said.note.strip()[:2000],
        )
        tx.numbering.add_accession(batch)
        properties.keep(archive, tx, actor.id, examined, ("accession", batch.id))
        volume = _volume(archive, tx, actor, taken[0][0], taken[0][1], said)
        for record, record_class, rule in taken:
            try:
                issued = _numbered(archive, tx, actor, record, record_class, rule, volume, said, batch)
            except ArchiveError as error:
                outcomes.append(Outcome(record.id, "", error))
                continue
            outcomes.append(Outcome(record.id, issued.code))
        if not any(one.code for one in outcomes):
            # Nothing of the batch stays, not even its number.
            raise next(one.problem for one in outcomes if one.problem is not None)
        order = {record_id: place for place, record_id in enumerate(ids)}
        return Accepted(batch, tuple(sorted(outcomes, key=lambda one: order[one.record_id])))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is filed and waits for its code, in one class at one site; and what can be said when it is accepted."""

    records: Sequence[Record]
    total: int
    places: Sequence[tuple[str, str, int]]
    """Class, site, and how many wait there: within what this person may file."""
    record_class: RecordClass | None
    rules: tuple[Rule, ...]
    volumes: Sequence[Volume]


def waiting(archive: Archive, actor: Actor, class_code: str = "", site: str = "", *, limit: int = 100) -> Waiting:
    rules.require(actor, Action.ACCESSION)
    scope = rules.scope(actor, Action.FILE)
    with archive.read() as tx:
        places = tx.records.filed_by_class_and_site(scope)
        if not class_code and places:
            class_code, site = places[0][:2]
        record_class = tx.file_plan.get(class_code)
        return Waiting(
            records=tx.records.filed(scope, class_code, site, limit=limit),
            total=sum(count for _, _, count in places),
            places=places,
            record_class=record_class,
            rules=fileplan.schedule_of(record_class) if record_class else (),
            volumes=tx.numbering.open_volumes(class_code, site),
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """An accession as its slip shows it, with the records this person may find."""

    accession: Accession
    codes: Sequence[Issued]
    records: Mapping[str, Record]
    people: Mapping[str, str]


def batch(archive: Archive, actor: Actor, accession_id: str) -> Batch:
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        one = tx.numbering.accession(accession_id)
        issued = tx.numbering.codes_of([accession_id])[accession_id]
        found = tx.records.admitted([each.record_id for each in issued], rules.scope(actor, Action.FIND))
        if not found:
            raise NotFound("There is no such batch.", "no-such-batch")
        return Batch(one, issued, found, tx.people.names([one.giver_id, one.receiver_id]))


def batches(archive: Archive, actor: Actor) -> Sequence[Batch]:
    """The latest, newest first: those of which something may be found."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        scope = rules.scope(actor, Action.FIND)
        every = tx.numbering.accessions()
        codes_of = tx.numbering.codes_of([one.id for one in every])
        found = tx.records.admitted([each.record_id for some in codes_of.values() for each in some], scope)
        names = tx.people.names({name for one in every for name in (one.giver_id, one.receiver_id)})
    shown: list[Batch] = []
    for one in every:
        theirs = {each.record_id: found[each.record_id] for each in codes_of[one.id] if each.record_id in found}
        if theirs:
            shown.append(Batch(one, codes_of[one.id], theirs, names))
    return shown


def meant(tx: Transaction, actor: Actor, said: str) -> str:
    """The id of the record that somebody named: by its id, the address on its label, its reference code, or a document
    number that one record alone bears of those they may find. What names none comes back as it was said.
    """
    said = said.strip()
    issued = tx.numbering.get(said.upper())
    if issued is not None and issued.record_id:
        return issued.record_id
    found = tx.records.called(naming.clean(said), rules.scope(actor, Action.FIND)) if said else ()
    return found[0].id if len(found) == 1 else said.rpartition("/")[2]


# ---- Blank forms, and what is missing ----


def reserve(archive: Archive, actor: Actor, class_code: str, site: str, count: int, *, to: str = "") -> Sequence[str]:
    """Give out serials of this month for forms that are printed elsewhere and filled in by hand."""
    rules.require(actor, Action.ACCESSION)
    if not 1 <= count <= BLANKS_MAX:
        raise Invalid(f"Between 1 and {BLANKS_MAX} blank forms are given out at once.", "bad-count")
    with archive.write() as tx:
        record_class = tx.file_plan.get(class_code)
        if record_class is None or "S" not in record_class.pattern:
            raise Invalid("This class has no form serials.", "no-serials")
        if site not in actor.sites or site not in {one.code for one in tx.organisation.sites()}:
            raise Invalid("There is no such site.", "no-such-site")
        return [one.code for one in given_out(archive, tx, actor, class_code, site, count, to=to)]


def given_out(
    archive: Archive, tx: Transaction, actor: Actor, class_code: str, site: str, count: int, *, to: str = ""
) -> Sequence[Issued]:
    """In the caller's transaction: the next serials of this month in a class that counts forms, and in the ledger.

    `to` says who gets the blanks.
    """
    rules.require(actor, Action.FILL_FORMS)
    series, whom = codes.by_serial(class_code, site, fileplan.today(archive)), naming.clean(to)[:GIVEN_TO_MAX]
    given = [replace(_next(archive, tx, actor, series), given_to=whom) for _ in range(count)]
    for one in given:
        tx.numbering.issue(one)
    tx.ledger.add(
        archive.now(), actor.id, "serials.given-out", "series", series.name, site=site, first=given[0].number,
        last=given[-1].number,
    )  # fmt: skip
    return given


def void(archive: Archive, actor: Actor, code: str, reason: str) -> None:
    """Say why the form of a serial will never come back: spoilt, lost."""
    rules.require(actor, Action.ACCESSION)
    if not reason.strip():
        raise Invalid("Say why the number stays empty.", "no-void-reason")
    with archive.write() as tx:
        sheet = tx.forms.sheet(code)
        own = sheet is not None and sheet.counted_by_form
        issued = as_issued(sheet) if sheet is not None and own else tx.numbering.get(code)
        if sheet is not None and own and not sheet.record_id:
            issued = issued if forms.knows_blank(actor)(sheet) else None
        if issued is None or not _own_series(actor, issued.series):
            raise NotFound("There is no such number.", "no-such-serial")
        if issued.record_id or issued.void_reason:
            raise Conflict("This number is taken, or voided already.", "serial-taken")
        (tx.forms if own else tx.numbering).void(code, reason.strip()[:500])
        tx.ledger.add(archive.now(), actor.id, "serial.voided", "code", code)


@dataclass(frozen=True, slots=True)
class Gap:
    """A number that nothing stands behind. `kind`: outstanding (a blank that has not come back), void, or never
    written: counted, and in no line of the register."""

    code: str
    series: str
    number: int
    kind: str
    issued: Issued | None = None
    form: str = ""
    """Name of the form that bears it, if it is one of the register."""
    giver: str = ""
    """Who gave it out."""


def gaps(archive: Archive, actor: Actor) -> Sequence[Gap]:
    """断号: every number of every series that has no record (INV-26), as far as the series are of one's sites; of those
    that a form counts itself, because its class counts none, too."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        own = [as_issued(one) for one in filter(forms.knows_blank(actor), tx.forms.own_blanks())]
        out = [*tx.numbering.without_record(), *own]
        blanks = [one for one in out if _own_series(actor, one.series)]
        people, names = tx.people.names({one.issued_by for one in blanks}), _forms_of(tx, blanks)
        found = [
            Gap(
                one.code, one.series, one.number, "void" if one.void_reason else "outstanding", one,
                names.get(one.code, ""), people.get(one.issued_by, one.issued_by),
            )
            for one in blanks
        ]  # fmt: skip
        lacking = [(series, numbers) for series, (_, numbers) in tx.numbering.never_written().items()]
        for series, (last, written) in tx.forms.own_serials().items():
            lacking.append((series, [number for number in range(1, last + 1) if number not in written]))
        for series, numbers in lacking:
            if _own_series(actor, series):
                found += [Gap(f"{series}-{number:04}", series, number, "never-written") for number in numbers]
    return found


def as_issued(sheet: Sheet) -> Issued:
    """A copy whose form counts it, as a serial that was given out."""
    series, _, number = sheet.serial.rpartition("-")
    return Issued(
        sheet.serial, series, int(number), sheet.given_at, sheet.given_by, sheet.record_id,
        void_reason=sheet.void_reason, given_to=sheet.given_to,
    )  # fmt: skip


def last_back(tx: Transaction) -> Mapping[str, int]:
    """Series → its highest number that has come back."""
    own = {
        series: max((number for number, back in written.items() if back), default=0)
        for series, (_, written) in tx.forms.own_serials().items()
    }
    return own | dict(tx.numbering.last_filled())


def _forms_of(tx: Transaction, blanks: Sequence[Issued]) -> Mapping[str, str]:
    """Serial → name of the form that bears it."""
    known = forms.known(tx)
    found = tx.forms.sheets_of([one.code for one in blanks])
    return {one.serial: known[one.form].form.name for one in found if one.form in known}


def _own_series(actor: Actor, series: str) -> bool:
    """Who answers for everything sees every series; who keeps a site, those of that site."""
    return bool(actor.roles & rules.EVERYWHERE) or any(site in series.split("-") for site in actor.sites)


# ---- One record ----


def _examined(archive: Archive, actor: Actor, ids: Sequence[str]) -> Examined:
    """The four-property test before acceptance: every byte is read, outside any transaction."""
    with archive.read() as tx:
        admitted = tx.records.admitted(ids, rules.scope(actor, Action.FILE))
    return properties.examine(archive, [one for one in ids if one in admitted], "accession")


@dataclass(frozen=True, slots=True)
class _Looked:
    """What the tests of a batch look at, read once for all of it."""

    grave: Mapping[str, frozenset[str]]
    """What each failed that must be passed."""
    items: Mapping[str, Item]
    frozen: frozenset[str]
    components: Mapping[str, tuple[Component, ...]]
    classes: Mapping[str, RecordClass]


def _looked_at(tx: Transaction, ids: Sequence[str], examined: Examined) -> _Looked:
    return _Looked(
        {one.record_id: frozenset(code for code, _ in examined.grave(one)) for one in examined.results},
        examined.items,
        frozen_of(tx.connection, ids),
        tx.records.components_of(ids),
        {one.code: one for one in tx.file_plan.every()},
    )


def _tested(looked: _Looked, record: Record, said: HandOver) -> tuple[Record, RecordClass, Rule]:
    """The tests of capture into the archive (DA/T 70): genuine, complete, usable, and free to be numbered."""
    grave = looked.grave.get(record.id, frozenset())
    if record.lifecycle != "filed":
        raise Conflict("Only what is filed and has no reference code yet is accepted.", "not-filed")
    if record.id in looked.frozen:
        raise Conflict(FROZEN, "frozen")
    if grave & {"digest", "medium", "file-facts"}:
        raise Invalid("Its file is not what was captured: mend it from a backup first.", "test-authentic")
    record_class = looked.classes[record.class_code]
    rule = rule_for(parse(record_class.retention), said.case)
    if record.document_date is None:
        raise Invalid("It has no document date: the year of a reference code is that of the document.", "test-no-date")
    if record_class.pattern == "I" and not record.department:
        raise Invalid("It has no department: the reference code names it.", "test-no-department")
    components = looked.components[record.id]
    if not components:
        raise Invalid("It has no file.", "test-no-file")
    if any(code in UNUSABLE for one in components for code, _ in one.cautions):
        raise Invalid("Its file is protected by a password or partly unreadable: get a usable one.", "test-unusable")
    if all(one.media_type == "application/octet-stream" and not one.cautions for one in components):
        raise Conflict("Its file has not been read yet: try again in a moment.", "test-unread")
    if grave:
        names = "; ".join(looked.items[code].en for code in looked.items if code in grave)
        raise Invalid(f"It does not pass the four-property test: {names}.", "test-failed")
    return record, record_class, rule


def _volume(
    archive: Archive, tx: Transaction, actor: Actor, record: Record, record_class: RecordClass, said: HandOver
) -> Volume | None:
    """The volume a batch goes into; None where the class numbers otherwise."""
    if "V" not in record_class.pattern:
        return None
    if said.volume_id:
        volume = tx.numbering.volume(said.volume_id)
        if (volume.class_code, volume.site) != (record.class_code, record.site) or volume.closed_at is not None:
            raise Conflict("This volume is closed, or of another class or site.", "other-volume")
        return volume
    title = naming.clean(said.volume_title)
    if not title:
        if "S" in record_class.pattern:
            return None
        raise Invalid("Choose a volume, or open one by its title.", "no-volume")
    project = (said.project.strip() or record.site).upper()
    series = codes.volumes(_fonds(tx, record.site), codes.category_of(record.class_code), project)
    number = tx.counters.next(COUNTED + series.name)
    at = archive.now()
    volume = Volume(new_id(), record.class_code, record.site, project, series.code(number), title[:500], at, actor.id)
    tx.numbering.open_volume(volume)
    tx.ledger.add(at, actor.id, "volume.opened", "volume", volume.id, site=record.site, code=volume.code)
    return volume


def _numbered(
    archive: Archive,
    tx: Transaction,
    actor: Actor,
    record: Record,
    record_class: RecordClass,
    rule: Rule,
    volume: Volume | None,
    said: HandOver,
    accession: Accession,
) -> Issued:
    serial = _serial(archive, tx, actor, record, said.serials.get(record.id, "").strip().upper())
    series = _series(tx, record, record_class, rule, volume)
    if serial:
        issued = _returned(tx, record, serial, accession)
    else:
        issued = replace(
            _next(archive, tx, actor, series),
            record_id=record.id,
            volume_id=volume.id if volume else "",
            accession_id=accession.id,
        )
        tx.numbering.issue(issued)
    tx.records.change(replace(record, lifecycle="archived", archival_code=issued.code))
    tx.numbering.put_terms(replace(tx.numbering.terms([record.id]).get(record.id, Terms(record.id)), case=rule.case))
    tx.index_queue.add(record.id, archive.now())
    tx.ledger.add(
        archive.now(),
        actor.id,
        "record.accessioned",
        "record",
        record.id,
        site=record.site,
        code=issued.code,
        accession=accession.number,
        giver=accession.giver_id,
        lifecycle="archived",
        level=record.level,
        record_class=record.class_code,
    )
    return issued


def _series(tx: Transaction, record: Record, record_class: RecordClass, rule: Rule, volume: Volume | None) -> Series:
    dated = record.document_date
    assert dated is not None
    if volume is not None:
        return Series(volume.code, 3)
    if "S" in record_class.pattern:
        return codes.by_serial(record.class_code, record.site, dated)
    category = codes.category_of(record.class_code)
    return codes.by_item(_fonds(tx, record.site), category, dated.year, rule.code, record.department)


def _serial(archive: Archive, tx: Transaction, actor: Actor, record: Record, named: str) -> str:
    """The serial of a form that has come back: that of its square, unless whoever files it knows better.

    A square can be misread, or lie on a sheet that was stapled to something else. Filed as what its serial cannot be,
    or under another one, a scan gives the serial back: it is out again, and can come back with its own sheet.
    """
    bound = tx.numbering.of_record(record.id)
    if bound is None:
        return named
    fits = named in ("", bound.code) and bound.code.startswith(f"{record.class_code}-{record.site}-")
    if fits or not tx.forms.give_back(record.id):
        return bound.code
    tx.numbering.give_back(bound.code)
    tx.ledger.add(
        archive.now(), actor.id, "record.form-given-back", "record", record.id, site=record.site, serial=bound.code
    )
    return named


def _returned(tx: Transaction, record: Record, serial: str, accession: Accession) -> Issued:
    """The serial on a form that has come back; one that was recognised by its square belongs to it already."""
    issued = tx.numbering.get(serial)
    if issued is None or not serial.startswith(f"{record.class_code}-{record.site}-"):
        raise Invalid("No blank form of this class and site has this number.", "no-such-serial")
    if issued.record_id not in ("", record.id) or issued.void_reason:
        raise Conflict("This number is taken, or voided already.", "serial-taken")
    tx.numbering.fill(serial, record.id, accession.id)
    return replace(issued, record_id=record.id, accession_id=accession.id)


def _next(archive: Archive, tx: Transaction, actor: Actor, series: Series) -> Issued:
    number = tx.counters.next(COUNTED + series.name)
    return Issued(series.code(number), series.name, number, archive.now(), actor.id)


def _fonds(tx: Transaction, site: str) -> str:
    return next(one.fonds_code for one in tx.organisation.sites() if one.code == site)


@dataclass(frozen=True, slots=True)
class Stamp:
    """归档章: the six fields that are stamped on the first page."""

    fonds: str
    year: str
    item: str
    department: str
    period: str
    pages: int


def stamp(archive: Archive, actor: Actor, record_id: str) -> Stamp | None:
    """The filing stamp of a record; None while it has no reference code."""
    with archive.read() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        if not record.archival_code:
            return None
        record_class = tx.file_plan.get(record.class_code)
        case = tx.numbering.terms([record_id]).get(record_id, Terms(record_id)).case
        pages = sum(one.page_count for one in tx.records.components_of([record_id])[record_id])
        schedule = fileplan.schedule_of(record_class) if record_class else ()
        return stamp_of(record, rule_for(schedule, case).code if schedule else "", pages, _fonds(tx, record.site))


def stamp_of(record: Record, period: str, pages: int, fonds: str) -> Stamp:
    year = str(record.document_date.year) if isinstance(record.document_date, date) else ""
    return Stamp(fonds, year, record.archival_code.rpartition("-")[2], record.department, period, pages)
