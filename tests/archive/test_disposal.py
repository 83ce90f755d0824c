"""What is due is appraised, approved by another, watched by two, and then gone: from the disk, and nothing else is."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import disposals
from access.actors import OPERATOR, SERVICE, Actor
from access.disposals import State
from access.loans import Form
from access.repairs import State as Repair
from access.rules import Denied
from archive import (
    disposal,
    fileplan,
    holds,
    indexing,
    lending,
    numbering,
    records,
    renditions,
    repairs,
    retention,
    search,
    versions,
)
from archive.app import Archive
from archive.backups import places, state
from archive.errors import ArchiveError, Conflict, Invalid, NotFound
from archive.lending import Wish
from archive.model import new_id
from archive.numbering import HandOver
from archive.search import Question
from archive.tables import retention as tables
from archive.tables.jobs import ATTEMPTS_MAX
from archive.tables.schema import metadata
from archive.threads import silent
from indexer.reading import Reader
from tests.builders import a_person, a_record, drop, settle, take_in_everything, untold
from tests.conftest import Clock

MARKER = "绛珠仙草记号"


class Company:
    """Everybody a disposal needs, and papers of 2010 whose term has ended."""

    def __init__(self, archive: Archive, reader: Reader) -> None:
        self.archive, self.reader = archive, reader

        def person(login: str, role: str, department: str = "DAS") -> Actor:
            return a_person(archive, login, role, clearance=3, department=department)

        self.keeper = person("keeper", "document_controller")
        self.second = person("second", "document_controller")
        self.head = person("head", "dept_approver", "SWB")
        self.owner = person("owner", "class_owner", "SWB")
        self.final = person("final", "final_approver", "ZJB")
        self.witnesses = (person("one", "auditor", "PZB"), person("two", "security_officer", "ZJB"))
        a_person(archive, "liaison", "records_liaison")
        self.count = 0

    def paper(self, *, dated: str = "2010-05-06", class_code: str = "GL08", body: str = "", **said: object) -> str:
        self.count += 1
        name = f"{self.count}.txt"
        record_id = a_record(
            self.archive,
            body or f"第 {self.count} 份",
            class_code=class_code,
            document_date=dated,
            name=name,
            title=f"第 {self.count} 份纪要",
            **said,  # type: ignore[arg-type]
        )
        settle(self.archive, self.reader)
        (outcome,) = numbering.accept(self.archive, self.keeper, [record_id], HandOver("liaison")).outcomes
        assert outcome.code, outcome.problem
        settle(self.archive, self.reader)
        return record_id

    def opened(self, *ids: str) -> str:
        return disposal.open_list(self.archive, self.keeper, ids, ["keeper", "head", "owner"]).id

    def decided(self, disposal_id: str, *ids: str, decision: str = "destroy", years: int = 0) -> None:
        for record_id in ids:
            disposal.decide(self.archive, self.head, disposal_id, record_id, decision, years=years, reason="无保存价值")

    def approved(self, *ids: str) -> str:
        disposal_id = self.opened(*ids)
        self.decided(disposal_id, *ids)
        disposal.propose(self.archive, self.keeper, disposal_id, "鉴定报告", ["one", "two"])
        disposal.approve(self.archive, self.final, disposal_id, yes=True)
        return disposal_id

    def signed(self, disposal_id: str) -> None:
        for witness in self.witnesses:
            digest = disposal.show(self.archive, witness, disposal_id).disposal.digest
            disposal.sign(self.archive, witness, disposal_id, digest)

    def lifecycle(self, record_id: str) -> str:
        with self.archive.read() as tx:
            return tx.records.get(record_id).lifecycle

    def rebuilt(self) -> None:
        with indexing.writing(self.archive):
            indexing.rebuild(self.archive, SERVICE, None).close()


@pytest.fixture
def company(archive: Archive, reader: Reader) -> Company:
    return Company(archive, reader)


def holding(home: Path, *words: bytes) -> set[str]:
    """The files below a home in whose bytes or name one of these stands."""
    return {
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file() and any(word in path.read_bytes() or word in path.name.encode() for word in words)
    }


def test_what_is_due_follows_from_class_case_and_trigger(company: Company, archive: Archive):
    old, young = company.paper(), company.paper(dated="2020-01-01")
    lasting = company.paper()
    retention.state(archive, company.keeper, lasting, case="", began_on="")
    settled = company.paper(class_code="FW04", level=2)

    due = {one.record.id: one.standing.due_on for one in retention.due(archive, company.keeper)}

    assert due == {old: date(2021, 1, 1), lasting: date(2021, 1, 1)}
    retention.state(archive, company.keeper, settled, case="", began_on="2012-12-31")
    due = {one.record.id: one.standing.due_on for one in retention.due(archive, company.keeper)}
    assert due[settled] == date(2023, 1, 1)
    assert young not in due
    later = {one.record.id for one in retention.due(archive, company.keeper, date(2031, 1, 1))}
    assert later == {old, young, lasting, settled}
    with pytest.raises(Invalid):
        retention.state(archive, company.keeper, settled, case="", began_on="2030-01-01")


def test_the_passing_of_time_alone_destroys_nothing(company: Company, archive: Archive, clock: Clock):
    """INV-05: a century goes by, everything comes round, and every record is where it was."""
    record_id = company.paper()
    waiting = company.approved(record_id)
    for _ in range(20):
        clock.advance(days=5 * 365)
        disposal.sweep(archive)

    assert company.lifecycle(record_id) == "archived"
    assert disposal.show(archive, company.keeper, waiting).disposal.state == State.COOLING_OFF
    assert records.text(archive, company.keeper, record_id)


def test_a_record_goes_from_due_list_to_certificate(company: Company, archive: Archive, clock: Clock):
    record_id = company.paper(body=MARKER)
    waiting = company.approved(record_id)
    with pytest.raises(Conflict, match="cooling-off"):
        disposal.execute(archive, company.keeper, waiting)
    clock.advance(days=archive.settings.disposal_cooling_days)
    first, second = company.witnesses
    for signs in (first, second):
        with pytest.raises(Conflict, match="witnesses"):
            disposal.execute(archive, company.keeper, waiting)
        disposal.sign(archive, signs, waiting, disposal.show(archive, signs, waiting).disposal.digest)

    done = disposal.execute(archive, company.keeper, waiting)

    assert (done.state, company.lifecycle(record_id)) == (State.EXECUTED, "destroyed")
    view = records.view(archive, company.keeper, record_id)
    assert view.record.archival_code == "JF01-GL·2010-D10-SWB-0001", "the tombstone keeps its code"
    assert not view.may_read
    with pytest.raises(Denied):
        records.original(archive, company.keeper, record_id)
    with pytest.raises(Conflict, match="cannot stay"):
        indexing.stop_rebuild(archive, OPERATOR)
    company.rebuilt()
    disposal.sweep(archive)
    assert disposal.show(archive, company.keeper, waiting).disposal.state == State.COMPLETE, "no backup was ever made"
    assert search.find(archive, company.keeper, Question(MARKER)).total == 0


def test_what_is_destroyed_while_an_index_is_built_is_clean_only_with_the_next_one(
    company: Company, archive: Archive, clock: Clock
):
    """The one under way was given it before: its segments may keep it."""
    listed = company.approved(company.paper(body=MARKER))
    clock.advance(days=31)
    company.signed(listed)

    def cleaned() -> bool:
        disposal.sweep(archive)
        return disposal.show(archive, company.keeper, listed).disposal.cleaned_at is not None

    def destroyed(_done: int, _total: int) -> None:
        disposal.execute(archive, company.keeper, listed)

    looked: list[bool] = []
    with indexing.writing(archive):
        live = indexing.rebuild(archive, SERVICE, None, progress=destroyed)
        assert not cleaned()
        assert indexing.rebuild_wanted(archive)
        indexing.rebuild(archive, SERVICE, live, progress=lambda *_: looked.append(cleaned())).close()
    assert looked
    assert not any(looked), "nor while the next is built, and none is wanted any more"
    assert cleaned()


def test_a_disposal_has_the_index_built_anew_though_that_was_given_up(company: Company, archive: Archive, clock: Clock):
    listed = company.approved(company.paper())
    clock.advance(days=31)
    company.signed(listed)
    with archive.write() as tx:
        tx.meta.put(indexing.BEGUN, str(ATTEMPTS_MAX))

    disposal.execute(archive, company.keeper, listed)

    assert indexing.rebuild_wanted(archive)


def test_nothing_of_what_is_destroyed_is_left_in_the_home(
    company: Company, archive: Archive, clock: Clock, reader: Reader
):
    """Objects, text, pictures of pages, index, suggestions, the source in done/, the log of the database: all of it."""
    drop(archive, f"{MARKER}.txt", f"会议纪要\n日期:2010年5月6日\n{MARKER}的全部正文")
    take_in_everything(archive)
    settle(archive, reader)
    (waiting,) = records.filing_queue(archive, company.keeper).entries
    record_id = waiting[0].id
    said = records.Description("会议纪要", "GL08", 1, "JF01", "SWB", document_date="2010-05-06")
    records.describe(archive, company.keeper, record_id, said, revision=waiting[0].revision, filing=True)
    renditions.page_image(archive, company.keeper, record_id, 1, width_px=240)
    numbering.accept(archive, company.keeper, [record_id], HandOver("liaison"))
    settle(archive, reader)
    home = archive.settings.home
    words = [MARKER.encode(), MARKER[:2].encode()]
    assert holding(home, *words), "the marker has to be there before"
    listed = company.approved(record_id)
    clock.advance(days=31)
    company.signed(listed)

    disposal.execute(archive, company.keeper, listed)
    settle(archive, reader)
    company.rebuilt()
    disposal.sweep(archive)

    assert holding(home, *words) == set()
    with archive.read() as tx:
        assert tx.retention.debris() == []
        assert list(tx.objects.every()) == [], "no key is left, of which nothing can be read in a sealed object"
        assert not list(archive.objects.strangers(frozenset(row.address for row in tx.objects.every())))


def test_bytes_that_another_record_has_too_stay_with_it(company: Company, archive: Archive, clock: Clock):
    going = company.paper()
    staying = company.paper()
    with archive.read() as tx:
        text = {i: tx.records.components_of([i])[i][0].text_digest for i in (going, staying)}
    with archive.write() as tx:
        (component,) = tx.records.components_of([staying])[staying]
        tx.records.set_reading(
            component.id,
            media_type=component.media_type,
            text_digest=text[going],
            page_count=1,
            image_pages=component.image_pages,
            cautions=(),
        )
    listed = company.approved(going)
    clock.advance(days=31)
    company.signed(listed)

    disposal.execute(archive, company.keeper, listed)

    assert records.text(archive, company.keeper, staying)


def test_bytes_that_come_again_before_the_disk_was_swept_stay(company: Company, archive: Archive):
    record_id = company.paper(body=MARKER)
    with archive.write() as tx:
        tx.retention.destroy(record_id, new_id)  # and here the power fails
    again = a_record(archive, MARKER, title="又来了")

    disposal.sweep(archive)

    assert b"".join(records.original(archive, OPERATOR, again)[1]).decode() == MARKER
    with archive.read() as tx:
        assert tx.retention.debris() == []


def test_what_got_another_file_since_it_was_approved_is_not_destroyed(company: Company, archive: Archive, clock: Clock):
    """INV-24: approved were these files; the letter that came later was seen by nobody who signed."""
    grown, same = company.paper(), company.paper()
    listed = company.approved(grown, same)
    clock.advance(days=31)
    company.signed(listed)
    versions.add(archive, company.keeper, grown, BytesIO("业主来函".encode()), "来函.txt", part=0)

    disposal.execute(archive, company.keeper, listed)

    assert (company.lifecycle(grown), company.lifecycle(same)) == ("archived", "destroyed")
    left_out = {item.record_id: item.left_out for item in disposal.show(archive, company.keeper, listed).items}
    assert left_out == {grown: "changed", same: ""}


def test_what_got_another_file_since_it_was_proposed_is_sent_back(company: Company, archive: Archive):
    grown = company.paper()
    listed = company.opened(grown)
    company.decided(listed, grown)
    disposal.propose(archive, company.keeper, listed, "鉴定报告", ["one", "two"])
    versions.add(archive, company.keeper, grown, BytesIO("业主来函".encode()), "来函.txt", part=0)

    with pytest.raises(Conflict, match="another file"):
        disposal.approve(archive, company.final, listed, yes=True)
    disposal.approve(archive, company.final, listed, yes=False, reason="有新文件")
    disposal.propose(archive, company.keeper, listed, "鉴定报告", ["one", "two"])
    disposal.approve(archive, company.final, listed, yes=True)


def test_a_hold_throws_a_record_out_of_the_list_and_it_is_named(company: Company, archive: Archive, clock: Clock):
    held, free = company.paper(), company.paper()
    listed = company.approved(held, free)
    clock.advance(days=31)
    company.signed(listed)
    holds.place(archive, company.second, [held], "业主诉讼")

    disposal.execute(archive, company.keeper, listed)

    assert (company.lifecycle(held), company.lifecycle(free)) == ("archived", "destroyed")
    left_out = {item.record_id: item.left_out for item in disposal.show(archive, company.keeper, listed).items}
    assert left_out == {held: "held", free: ""}
    assert records.text(archive, company.keeper, held)


def test_no_path_destroys_what_is_held(company: Company, archive: Archive):
    """INV-04: the check stands at the one place where keys are destroyed, inside the transaction."""
    record_id = company.paper()
    first = holds.place(archive, company.keeper, [record_id], "诉讼")
    second = holds.place(archive, company.second, [record_id], "审计")
    with pytest.raises(Conflict):
        company.opened(record_id)
    for hold, releaser in ((first, company.second), (second, company.keeper)):
        with pytest.raises(Conflict), archive.write() as tx:
            tx.retention.destroy(record_id, new_id)
        holds.release(archive, releaser, hold.id, "结案")

    with archive.write() as tx:
        tx.retention.destroy(record_id, new_id)

    assert company.lifecycle(record_id) == "destroyed"


def test_content_is_destroyed_at_one_place_only():
    """What deletes rows of objects or components stands in one function; a second one would have to be seen here."""
    root = Path(tables.__file__).parent.parent
    deleting = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if any(word in path.read_text("utf-8") for word in ("objects.delete()", "components.delete()"))
        and "migrations" not in path.parts
    }
    assert deleting == {"tables/retention.py"}


def test_every_table_that_refers_to_records_is_content_or_history():
    """A new table has to say which: what is content goes with its record, what is history stays."""
    referring = {
        table.name
        for table in metadata.sorted_tables
        for column in table.c
        for key in column.foreign_keys
        if key.column.table.name in ("records", "components", "recognitions")
    }
    assert referring == {table.name for table in tables.CONTENT} | tables.HISTORY


def test_whoever_placed_a_hold_does_not_release_it(company: Company, archive: Archive):
    record_id = company.paper()
    hold = holds.place(archive, company.keeper, [record_id], "诉讼")

    with pytest.raises(Conflict):
        holds.release(archive, company.keeper, hold.id, "不需要了")
    with pytest.raises(Invalid):
        holds.release(archive, company.second, hold.id, " ")
    for wrong in ([], ["0123456789abcdef"]):
        with pytest.raises((Invalid, NotFound)):
            holds.place(archive, company.keeper, wrong, "诉讼")
    with pytest.raises(Denied):
        holds.place(archive, company.head, [record_id], "诉讼")


def test_what_is_lent_is_left_out(company: Company, archive: Archive, clock: Clock):
    record_id = company.paper(shelf_location="一号库房-01柜-1层-01盒")
    listed = company.approved(record_id)
    clock.advance(days=31)
    company.signed(listed)
    lending.request(archive, company.owner, Wish(((record_id, Form.PAPER),), "查阅", 3))

    disposal.execute(archive, company.keeper, listed)

    assert company.lifecycle(record_id) == "archived"
    assert [item.left_out for item in disposal.show(archive, company.keeper, listed).items] == ["lent"]


def test_what_is_kept_longer_gets_its_new_term_and_the_mark(company: Company, archive: Archive):
    longer, ever, gone = company.paper(), company.paper(), company.paper()
    listed = company.opened(longer, ever, gone)
    company.decided(listed, longer, decision="extend", years=10)
    company.decided(listed, ever, decision="permanent")
    company.decided(listed, gone)
    disposal.propose(archive, company.owner, listed, "鉴定报告", ["one", "two"])

    disposal.approve(archive, company.final, listed, yes=True)

    found = {i: retention.standing(archive, company.keeper, i) for i in (longer, ever)}
    assert [one[0].due_on if one else None for one in found.values()] == [date(2037, 1, 1), None]
    assert found[longer] is not None
    assert found[longer][0].terms.reason == "无保存价值"
    assert {one.record.id for one in retention.due(archive, company.keeper)} == {gone}


def test_the_people_of_a_disposal_differ(company: Company, archive: Archive, clock: Clock):
    record_id = company.paper()
    with pytest.raises(Invalid):
        disposal.open_list(archive, company.keeper, [record_id], ["keeper", "head"])
    with pytest.raises(Denied):
        disposal.open_list(archive, company.head, [record_id], ["keeper", "head", "owner"])
    listed = disposal.open_list(archive, company.keeper, [record_id], ["keeper", "head", "final"]).id
    with pytest.raises(Conflict):
        disposal.propose(archive, company.head, listed, "报告", ["one", "two"])
    with pytest.raises(NotFound):
        disposal.decide(archive, company.owner, listed, record_id, "destroy", reason="x")
    company.decided(listed, record_id)
    for wrong in (["one"], ["one", "one"], ["one", "head"], ["one", "nobody"]):
        with pytest.raises(ArchiveError):
            disposal.propose(archive, company.head, listed, "报告", wrong)
    disposal.propose(archive, company.head, listed, "报告", ["one", "two"])
    with pytest.raises(Conflict):
        disposal.approve(archive, company.final, listed, yes=True)
    other = a_person(archive, "director", "final_approver", clearance=3, department="ZJB")
    disposal.approve(archive, other, listed, yes=True)
    clock.advance(days=31)
    for wrong in (company.keeper, company.owner, other):
        with pytest.raises((Denied, Conflict, NotFound)):
            disposal.sign(archive, wrong, listed, disposal.show(archive, company.keeper, listed).disposal.digest)
    with pytest.raises(Conflict):
        disposal.sign(archive, company.witnesses[0], listed, "0" * 64)


def test_nobody_puts_their_name_to_the_end_of_what_they_may_not_see(company: Company, archive: Archive, clock: Clock):
    open_one, secret = company.paper(), company.paper(level=2)
    low = a_person(archive, "director", "final_approver", clearance=1, department="ZJB")
    blind = a_person(archive, "three", "auditor", clearance=1, department="PZB")
    other_site = a_person(archive, "away", "document_controller", clearance=1, department="DAS")
    listed = company.opened(open_one, secret)
    company.decided(listed, open_one, secret)
    disposal.propose(archive, company.keeper, listed, "报告", ["one", "three"])

    for shown in (disposal.show(archive, one, listed) for one in (low, other_site)):
        assert "approve" not in shown.may
    with pytest.raises(Conflict) as refused:
        disposal.approve(archive, low, listed, yes=True)
    assert refused.value.code == "not-all-seen"
    disposal.approve(archive, company.final, listed, yes=True)
    clock.advance(days=31)
    digest = disposal.show(archive, company.keeper, listed).disposal.digest
    with pytest.raises(Conflict):
        disposal.sign(archive, blind, listed, digest)
    disposal.sign(archive, company.witnesses[0], listed, digest)
    assert "sign" not in disposal.show(archive, blind, listed).may
    assert company.lifecycle(secret) == "archived"


def test_what_turns_out_not_to_be_due_is_left_out(company: Company, archive: Archive, clock: Clock):
    stays, goes = company.paper(), company.paper()
    listed = company.approved(stays, goes)
    clock.advance(days=31)
    company.signed(listed)
    shown = records.view(archive, company.keeper, stays).record
    corrected = records.Description(
        shown.title, shown.class_code, shown.level, shown.site, shown.department, document_date="2025-05-06"
    )
    records.describe(archive, company.keeper, stays, corrected, revision=shown.revision, filing=False)

    disposal.execute(archive, company.keeper, listed)

    assert [company.lifecycle(one) for one in (stays, goes)] == ["archived", "destroyed"]
    left_out = {item.record_id: item.left_out for item in disposal.show(archive, company.keeper, listed).items}
    assert left_out[stays] == "not-due"


def test_a_list_that_is_sent_back_is_decided_and_witnessed_anew(company: Company, archive: Archive):
    record_id = company.paper()
    listed = company.opened(record_id)
    company.decided(listed, record_id)
    disposal.propose(archive, company.keeper, listed, "报告", ["one", "two"])
    with pytest.raises(Invalid):
        disposal.approve(archive, company.final, listed, yes=False)

    disposal.approve(archive, company.final, listed, yes=False, reason="再议")

    shown = disposal.show(archive, company.keeper, listed)
    assert (shown.disposal.state, shown.disposal.digest) == (State.APPRAISING, "")
    assert [party.part for party in shown.parties] == ["group"] * 3
    with pytest.raises(Conflict):
        company.opened(record_id)
    disposal.cancel(archive, company.keeper, listed, "不再进行")
    company.opened(record_id)


def test_destroyed_is_exactly_what_was_approved(company: Company, archive: Archive, clock: Clock):
    """INV-24: every record beside the list is untouched, every one on it is gone or left out by name."""
    ids = [company.paper() for _ in range(6)]
    listed = company.opened(*ids[:3], *ids[4:])
    company.decided(listed, *ids[:3])
    company.decided(listed, ids[4], decision="permanent")
    company.decided(listed, ids[5], decision="extend", years=10)
    disposal.propose(archive, company.keeper, listed, "鉴定报告", ["one", "two"])
    disposal.approve(archive, company.final, listed, yes=True)
    clock.advance(days=31)
    company.signed(listed)
    holds.place(archive, company.second, [ids[1]], "诉讼")

    disposal.execute(archive, company.keeper, listed)

    assert [company.lifecycle(i) for i in ids] == ["destroyed", "archived", "destroyed", *["archived"] * 3]
    with pytest.raises(Conflict):
        disposal.execute(archive, company.keeper, listed)
    with archive.read() as tx:
        named = {event.subject_id for event in tx.ledger.lines(limit=1000) if event.action == "record.destroyed"}
    assert named == {ids[0], ids[2]}
    assert untold(archive) == []


def test_a_paper_at_repair_is_left_out_and_a_case_ends_with_its_record(
    company: Company, archive: Archive, clock: Clock
) -> None:
    kept = {"shelf_location": "一号库房-01盒", "level": 1}
    away, open_ = (company.paper(**kept) for _ in range(2))
    cases = [
        repairs.open_case(archive, company.keeper, one, kind="mould", said="霉斑", urgency="usual")
        for one in (away, open_)
    ]
    listed = company.approved(away, open_)
    repairs.treat(archive, company.keeper, cases[0].id, company="某修复公司", due_on=fileplan.today(archive))
    clock.advance(days=31)
    company.signed(listed)

    disposal.execute(archive, company.keeper, listed)

    assert [company.lifecycle(one) for one in (away, open_)] == ["archived", "destroyed"]
    with archive.read() as tx:
        assert tx.retention.items(listed)[0].left_out == "at-repair"
        assert [tx.repairs.get(one.id).state for one in cases] == [Repair.IN_TREATMENT, Repair.DROPPED]


def test_the_certificate_is_complete_only_when_the_backups_are_clean(company: Company, archive: Archive, clock: Clock):
    record_id = company.paper(body=MARKER)
    (place,) = archive.settings.backup_targets
    places.run(archive, OPERATOR, place, progress=silent)
    listed = company.approved(record_id)
    clock.advance(days=31)
    company.signed(listed)
    disposal.execute(archive, company.keeper, listed)
    company.rebuilt()

    disposal.sweep(archive)

    shown = disposal.show(archive, company.keeper, listed).disposal
    assert shown.state == State.EXECUTED
    assert shown.cleaned_at is not None
    assert not state.free_of(archive, shown.cleaned_at)
    clock.advance(days=1)
    places.run(archive, OPERATOR, place, progress=silent)
    places.verify(archive, OPERATOR, place, all_bytes=False, progress=silent)
    disposal.sweep(archive)
    assert disposal.show(archive, company.keeper, listed).disposal.state == State.COMPLETE


events = st.sampled_from(list(disposals.Event))


@given(st.lists(events, max_size=12))
def test_no_walk_through_the_machine_reaches_execution_without_approval(walk: list[disposals.Event]):
    at, passed = State.APPRAISING, []
    for event in walk:
        following = disposals.after(at, event)
        if following is not None:
            at = following
            passed.append(event)
    if at in (State.EXECUTED, State.COMPLETE):
        last = passed[: passed.index(disposals.Event.EXECUTE)]
        assert last[-2:] == [disposals.Event.PROPOSE, disposals.Event.APPROVE]
