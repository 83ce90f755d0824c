"""四性检测: records are tested for being authentic, whole, usable and safe: when they come in, when they are accepted,
before they leave, and a share of all every night. Each run is kept with what every record failed.

Every night the share whose bytes were read longest ago is read, so that within `fixity_days` each file of each version
was held against its digest. A failure of what must be passed is told to who keeps and who runs the archive.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from access import rules
from access.actors import SERVICE, Actor, Role
from access.rules import Action
from archive import printing, property_rules
from archive.app import Archive
from archive.errors import NotFound
from archive.model import Record, new_id
from archive.model.properties import WHOLE_RUN, Case, Item, Run, Tested, tested
from archive.printing import DATE_LINE, Column, Facts, Printout, Signatures, Table
from archive.tables import Transaction
from archive.tables.objects import StoredObject
from archive.tables.properties import NO_SUCH_RUN
from archive.telling import tell

AT_ONCE = 200
CAPTURED_AT_ONCE = 2000
SEEN = "properties-seen"
"""Under this name the tables keep up to which line of the ledger what came in was tested."""
ROWS_MAX = 2000
NEEDS_BYTES = frozenset({"digest", "medium"})


@dataclass(frozen=True, slots=True)
class Examined:
    """What a test found, before it is kept."""

    occasion: str
    begun_at: datetime
    items: Mapping[str, Item]
    results: Sequence[Tested]
    whole: Tested
    bytes_read: int
    read: bool

    def grave(self, one: Tested) -> Sequence[tuple[str, str]]:
        """What a record failed that must be passed."""
        return [(code, wrong) for code, wrong in one.failed if self.items[code].weight == "must"]


def examine(archive: Archive, ids: Sequence[str], occasion: str) -> Examined:
    """Put these records to every test of an occasion. Outside any transaction: it reads their bytes.

    When something comes in its bytes were read back as they were kept, and are not read again.
    """
    begun_at = archive.now()
    read = occasion != "capture"
    with archive.read() as tx:
        on = begun_at.astimezone().date()
        items = {one.code: one for one in property_rules.held(tx, on) if one.asked_at(occasion)}
    single = [code for code in items if code not in WHOLE_RUN]
    results: list[Tested] = []
    expected = found = 0
    for start in range(0, len(ids), AT_ONCE):
        cases = _cases(archive, ids[start : start + AT_ONCE], read=read)
        for case in cases:
            results.append(tested(case, single))
            expected += sum(size for _, _, size in case.files)
            found += sum(case.sizes.get(digest, 0) for _, digest, _ in case.files if not case.damage.get(digest, "x"))
    wrong: list[tuple[str, str]] = []
    if "total-count" in items and len(results) != len(ids):
        wrong.append(("total-count", f"{len(results)}/{len(ids)}"))
    if "total-bytes" in items and found != expected:
        wrong.append(("total-bytes", f"{found}/{expected}"))
    return Examined(occasion, begun_at, items, results, Tested("", tuple(wrong), ()), found if read else 0, read)


def keep(
    archive: Archive, tx: Transaction, run_by: str, examined: Examined, subject: tuple[str, str] = ("", "")
) -> Run:
    """Write down a run, how each record stands from now on, and raise the alarm for what must not be."""
    run = begin(archive, tx, run_by, examined, subject)
    write_down(tx, run, examined, examined.results)
    return run


def write_down(tx: Transaction, run: Run, examined: Examined, results: Sequence[Tested]) -> None:
    """The lines of these results in a run that is written down, and how each of the records stands from now on."""
    tx.properties.add_lines(run, [one for one in results if examined.occasion != "scheduled" or one.failed])
    tx.properties.stand(run, [(one, bool(examined.grave(one))) for one in results], read=examined.read)


def begin(
    archive: Archive, tx: Transaction, run_by: str, examined: Examined, subject: tuple[str, str] = ("", "")
) -> Run:
    """Write down a run without its lines: what was tested, how often it failed; and raise the alarm."""
    at = max(archive.now(), examined.begun_at)
    year = at.astimezone().year
    counts = {code: [0, 0, 0] for code in examined.items}
    for one in (*examined.results, examined.whole):
        failed = {code for code, _ in one.failed}
        for code in examined.items:
            if (code in WHOLE_RUN) == (one is examined.whole):
                counts[code][1 if code in failed else 2 if code in one.skipped else 0] += 1
    grave = [one for one in examined.results if examined.grave(one)]
    run = Run(
        id=new_id(),
        number=f"SX-{year}-{tx.counters.next(f'properties-{year}'):05}",
        occasion=examined.occasion,
        subject_kind=subject[0],
        subject_id=subject[1],
        begun_at=examined.begun_at,
        ended_at=at,
        run_by=run_by,
        records=len(examined.results),
        bytes_read=examined.bytes_read,
        items={code: (examined.items[code].weight, *some) for code, some in counts.items()},  # pyright: ignore[reportArgumentType] — three numbers, counted above
        failed=len(grave),
    )
    tx.properties.add(run)
    tx.ledger.add(
        at, run_by, "properties.tested", "property-test", run.id, occasion=run.occasion, records=run.records,
        failed=run.failed, bytes=run.bytes_read,
    )  # fmt: skip
    # What is being accepted is refused on the spot, in front of whoever accepts it.
    if not run.passed and run.occasion != "accession":
        sites = tx.records.many([one.record_id for one in grave])
        _alarm(archive, tx, run, {record.site for record in sites.values()})
    return run


def _alarm(archive: Archive, tx: Transaction, run: Run, sites: set[str]) -> None:
    keepers = [one for one in tx.people.holding([Role.DOCUMENT_CONTROLLER.value]) if not sites or one.sites & sites]
    others = tx.people.holding([Role.SYSADMIN.value, Role.SECURITY_OFFICER.value])
    people = {one.id for one in (*keepers, *others)}
    tell(archive, tx, people, "properties.failed", ("property-test", run.id), number=run.number)


def _cases(archive: Archive, ids: Sequence[str], *, read: bool) -> Sequence[Case]:
    with archive.read() as tx:
        found = tx.records.many(ids)
        files = tx.properties.files_of(ids)
        digests = {digest for some in files.values() for _, digest, _ in some}
        rows = {digest: tx.objects.get(digest) for digest in digests}
        shown = tx.records.components_of(ids)
        steps, twins = tx.properties.steps_of(ids), tx.properties.twins(ids)
        series = {_series(record) for record in found.values()} - {""}
        gaps = {name: len(numbers) for name, (_, numbers) in tx.numbering.never_written(series).items()}
        classes = {one.code: one for one in tx.file_plan.every()}
        known = {
            "site": frozenset(one.code for one in tx.organisation.sites()),
            "department": frozenset(one.code for one in tx.organisation.departments()),
        }
    kept = {digest: row for digest, row in rows.items() if row is not None and row.kept}
    looked = {digest: _looked(archive, row) for digest, row in kept.items()} if read else {}
    return [
        Case(
            record=record,
            record_class=classes.get(record.class_code),
            components=shown.get(record.id, ()),
            files=files[record.id],
            damage={digest: looked[digest][0] if read else "" for digest in kept},
            sizes={digest: row.size_bytes for digest, row in kept.items()},
            medium={digest: looked[digest][1] for digest in kept} if read else None,
            steps=steps[record.id],
            known=known,
            twin=record.id in twins,
            gap=gaps.get(_series(record), 0),
            lasting=property_rules.lasting(),
            on=archive.now().astimezone().date(),
        )
        for record in found.values()
    ]


def _series(record: Record) -> str:
    return record.archival_code.rpartition("-")[0]


def _looked(archive: Archive, row: StoredObject) -> tuple[str, str]:
    """What is wrong with the bytes of an object, and with the place they lie in."""
    try:
        size = archive.objects.stored_size(row)
    except (NotFound, OSError):
        return "it is gone", "it is gone"
    try:
        wrong = archive.objects.intact(row)
    except OSError:
        return "the disk does not give it back", "the disk does not give it back"
    return wrong, "" if size == row.stored_bytes else "another size"


# ---- What comes round by itself ----


def look_at_captured(archive: Archive) -> int:
    """Test some of what has come in since; how many, 0 when there is no more. What was tested is not tested again.

    The ledger tells what came in. It is read on from the line where reading ended last: a batch costs what is in it,
    however much there is in the archive.
    """
    while True:
        with archive.read() as tx:
            seen = int(tx.meta.get(SEEN) or 0)
            head, _ = tx.ledger.head()
            lines = tx.ledger.told("record.captured", after=seen, limit=CAPTURED_AT_ONCE)
            ids = tx.properties.untested([record_id for _, record_id in lines])
        upto = lines[-1][0] if len(lines) == CAPTURED_AT_ONCE else head
        examined = examine(archive, ids, "capture") if ids else None
        if upto > seen:
            with archive.write() as tx:
                if examined is not None:
                    keep(archive, tx, SERVICE.id, examined)
                tx.meta.put(SEEN, str(upto))
        if ids or upto == head:
            return len(ids)


def look_at_share(archive: Archive) -> int:
    """Test the share of this night: those whose bytes were read longest ago; how many."""
    with archive.read() as tx:
        total, _, _ = tx.properties.covered()
        ids = tx.properties.next(math.ceil(total / archive.settings.fixity_days))
    if ids:
        examined = examine(archive, ids, "scheduled")
        with archive.write() as tx:
            keep(archive, tx, SERVICE.id, examined)
    return len(ids)


def look_at(archive: Archive, actor: Actor, record_id: str) -> Run:
    """Test one record now, bytes and all. Raises NotFound for one that this actor does not keep."""
    rules.require(actor, Action.ACCESSION)
    with archive.read() as tx:
        tx.records.found(record_id, rules.scope(actor, Action.FILE))
    examined = examine(archive, [record_id], "scheduled")
    with archive.write() as tx:
        return keep(archive, tx, actor.id, examined)


# ---- Looking ----


@dataclass(frozen=True, slots=True)
class Shown:
    """A run as somebody may see it: its lines without those of records that they may not find."""

    run: Run
    lines: Sequence[tuple[Record, Tested]]
    items: Mapping[str, Item]
    people: Mapping[str, str]
    totals: bool
    """May they be shown the counts of the whole run?"""

    @property
    def failed(self) -> Sequence[tuple[Record, Tested]]:
        return [(record, one) for record, one in self.lines if one.failed]

    def weight(self, code: str) -> str:
        """What was asked of a test when it was made."""
        return self.run.items[code][0] if code in self.run.items else ""


@dataclass(frozen=True, slots=True)
class Board:
    runs: Sequence[Run]
    failing: Sequence[tuple[Record, datetime, Tested]]
    """The records that fail now what must be passed."""
    items: Mapping[str, Item]
    records: int
    read: int
    """How many records have had every byte read."""
    oldest: datetime | None
    days: int


def board(archive: Archive, actor: Actor, occasion: str = "") -> Board:
    """The latest runs, and what fails now. Counts of a whole run are for those who see how the archive is doing."""
    rules.require(actor, Action.SEE_ARCHIVE)
    scope = rules.scope(actor, Action.FIND)
    totals = rules.may(actor, Action.SEE_STATUS)
    with archive.read() as tx:
        on = archive.now().astimezone().date()
        items = {one.code: one for one in property_rules.held(tx, on)}
        grave = tx.properties.grave(scope)
        found = tx.records.admitted([record_id for record_id, _, _ in grave], scope)
        runs = tx.properties.runs(occasion, within=None if totals else scope)
        records, read, oldest = tx.properties.covered() if totals else (0, 0, None)
    still = _still(archive, [one for record_id, _, one in grave if record_id in found], items)
    failing = [(found[record_id], at, still[record_id]) for record_id, at, _ in grave if record_id in still]
    return Board(runs, failing, items, records, read, oldest, archive.settings.fixity_days)


def _still(archive: Archive, failing: Sequence[Tested], items: Mapping[str, Item]) -> Mapping[str, Tested]:
    """What of these still fails as they are described now. What needs their bytes stands until they are read again."""
    found: dict[str, Tested] = {}
    before = {one.record_id: one for one in failing}
    for start in range(0, len(failing), AT_ONCE):
        for case in _cases(archive, [one.record_id for one in failing[start : start + AT_ONCE]], read=False):
            left = tuple(
                (code, wrong)
                for code, wrong in before[case.record.id].failed
                if code in items
                and items[code].weight == "must"
                and (code in NEEDS_BYTES or tested(case, [code]).failed)
            )
            if left:
                found[case.record.id] = Tested(case.record.id, left, ())
    return found


def show(archive: Archive, actor: Actor, run_id: str) -> Shown:
    """Raises NotFound for a run of which nothing may be known."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        return _shown(tx, actor, tx.properties.run(run_id))


def numbered(archive: Archive, actor: Actor, number: str) -> Shown:
    """The run of a number, or the latest one."""
    rules.require(actor, Action.SEE_ARCHIVE)
    rules.require(actor, Action.SEE_ARCHIVE)
    within = None if rules.may(actor, Action.SEE_STATUS) else rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        found = tx.properties.runs(within=within, number=number, limit=1)
        if not found:
            raise NotFound(NO_SUCH_RUN, "no-such-test")
        return _shown(tx, actor, found[0])


def of_subject(archive: Archive, actor: Actor, subject_id: str) -> Sequence[Run]:
    """The runs over a batch or a handover, for those who may look at the archive."""
    if not rules.may(actor, Action.SEE_ARCHIVE):
        return ()
    with archive.read() as tx:
        return tx.properties.of_subject(subject_id)


@dataclass(frozen=True, slots=True)
class History:
    """How one record stood, and each run in which it has a line."""

    tested_at: datetime
    standing: Tested
    runs: Sequence[tuple[Run, Tested]]
    items: Mapping[str, Item]


def of_record(archive: Archive, actor: Actor, record: Record) -> History | None:
    """For those who may look at the archive; None while it was never tested."""
    if not rules.may(actor, Action.SEE_ARCHIVE):
        return None
    with archive.read() as tx:
        standing = tx.properties.standing(record.id)
        if standing is None or not rules.scope(actor, Action.FIND).admits(record):
            return None
        held = property_rules.held(tx, archive.now().astimezone().date())
        return History(*standing, tx.properties.of_record(record.id), {one.code: one for one in held})


def _shown(tx: Transaction, actor: Actor, run: Run) -> Shown:
    scope = rules.scope(actor, Action.FIND)
    lines = tx.properties.results(run.id, scope)
    totals = rules.may(actor, Action.SEE_STATUS)
    if not lines and not totals:
        raise NotFound(NO_SUCH_RUN, "no-such-test")
    found = tx.records.admitted([one.record_id for one in lines], scope)
    items = {one.code: one for one in property_rules.held(tx, run.begun_at.astimezone().date())}
    people = tx.people.names([run.run_by])
    return Shown(run, [(found[one.record_id], one) for one in lines if one.record_id in found], items, people, totals)


# ---- Printed ----

PROPERTY_WORDS: Mapping[str, tuple[str, str]] = {
    "authenticity": ("真实性", "Authenticity"),
    "integrity": ("完整性", "Integrity"),
    "usability": ("可用性", "Usability"),
    "safety": ("安全性", "Safety"),
}
OCCASION_WORDS: Mapping[str, tuple[str, str]] = {
    "capture": ("接收", "capture"),
    "accession": ("归档", "accession"),
    "transfer": ("移交", "transfer"),
    "scheduled": ("长期保存（定期）", "on schedule"),
}
WEIGHT_WORDS: Mapping[str, tuple[str, str]] = {
    "must": ("必须通过", "must be passed"),
    "note": ("仅记录", "noted"),
    "off": ("不检测", "not tested"),
}


def printout(shown: Shown, say: Callable[[str, str], str]) -> Printout:
    """四性检测报告: every test with its counts, then every record that failed one."""
    run = shown.run
    facts = Facts(
        (
            (say("检测编号", "Number"), run.number),
            (say("检测环节", "Occasion"), say(*OCCASION_WORDS[run.occasion])),
            (say("起止时间", "From, until"), f"{printing.shown(run.begun_at)} – {printing.shown(run.ended_at)}"),
            (say("检测人", "Made by"), shown.people.get(run.run_by, say("系统", "the service"))),
            (say("件数", "Records"), str(run.records) if shown.totals else ""),
            (say("读取字节数", "Bytes read"), f"{run.bytes_read:,}" if shown.totals else ""),
            (say("依据", "Standard"), say("DA/T 70-2018 的检测项类别", "The kinds of tests of DA/T 70-2018")),
            (say("结论", "Result"), say("通过", "passed") if run.passed else say("未通过", "not passed")),
        ),
        abreast=2,
    )
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("性质", "Property"), 1),
        Column(say("检测项", "Test"), 3.2),
        Column(say("要求", "Asked"), 1),
        Column(say("通过", "Passed"), 0.7, number=True),
        Column(say("未通过", "Failed"), 0.8, number=True),
        Column(say("不适用或未检", "Not tested"), 1, number=True),
        Column(say("依据", "Source"), 3),
    )
    rows = tuple(
        (
            number,
            say(*PROPERTY_WORDS[item.property]),
            say(item.zh, item.en),
            say(*WEIGHT_WORDS[weight]),
            *((passed, failed, skipped) if shown.totals else (None, None, None)),
            item.source,
        )
        for number, (code, (weight, passed, failed, skipped)) in enumerate(run.items.items(), 1)
        if (item := shown.items.get(code)) is not None
    )
    wrong = [
        (record.archival_code or record.doc_number, record.title, shown.items[code], shown.weight(code), detail)
        for record, one in shown.failed[:ROWS_MAX]
        for code, detail in one.failed
        if code in shown.items
    ]
    failures = Table(
        (
            Column(say("序号", "No."), 0.5, number=True),
            Column(say("档号 / 文号", "Code"), 2),
            Column(say("题名", "Title"), 3),
            Column(say("未通过的检测项", "Failed"), 2.6),
            Column(say("要求", "Asked"), 1),
            Column(say("对象", "What"), 2),
        ),
        tuple(
            (number, code, title, say(item.zh, item.en), say(*WEIGHT_WORDS[weight]), detail)
            for number, (code, title, item, weight, detail) in enumerate(wrong, 1)
        ),
    )
    signatures = Signatures(
        (say("检测人", "Tested by"), say("复核人", "Checked by"), say("负责人", "In charge")), say(*DATE_LINE)
    )
    return Printout(
        say("四性检测报告", "Four-property test"),
        (facts, Table(columns, rows), *((failures,) if wrong else ()), signatures),
        landscape=True,
    )
