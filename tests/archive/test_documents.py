"""Controlled documents: three people behind every edition, one in force at every instant, and what is obsolete never
leaves without its mark."""

import io
import itertools
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from pypdfium2 import PdfDocument

from access.actors import OPERATOR, Actor
from access.documents import Event, State
from access.rules import Denied
from archive import distributing, documents, obsolescence, records, renditions, retention, search, telling, versions
from archive.app import Archive
from archive.documents import Draft
from archive.errors import ArchiveError, Conflict, Invalid, NotFound
from archive.model.documents import Edition, in_force
from archive.search import Question
from archive.tables.schema.documents import document_editions
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.conftest import Clock

TODAY = date(2026, 3, 2)
_names = itertools.count()


class Company:
    """Who an edition needs: it is written in KFB, reviewed by the head, approved by the boss, kept by the keeper."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.author = a_person(archive, "author", "records_liaison", clearance=1)
        self.head = a_person(archive, "head", "dept_approver", clearance=2)
        self.boss = a_person(archive, "boss", "final_approver", clearance=3, department="ZJB")
        self.keeper = a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
        self.clerk = a_person(archive, "clerk", "borrower", clearance=1)

    def record(self, body: str = "", *, level: int = 1) -> str:
        n = next(_names)
        return a_record(
            self.archive, body or f"程序文件第{n}稿", title=f"文件控制程序{n}", class_code="GL02", level=level,
            department="PZB", name=f"{n}.txt",
        )  # fmt: skip

    def drafted(self, label: str = "A/0", number: str = "QP-01", *, record: str = "", level: int = 1) -> Edition:
        draft = Draft(number, label, "文件控制程序", why="首次发布" if label == "A/0" else "职责调整", impact="各部门")
        return documents.draft(self.archive, self.author, record or self.record(level=level), draft)

    def approved(self, label: str = "A/0", number: str = "QP-01", *, record: str = "", level: int = 1) -> Edition:
        one = self.drafted(label, number, record=record, level=level)
        one = documents.submit(self.archive, self.author, one.id, revision=one.revision)
        one = documents.review(self.archive, self.head, one.id, revision=one.revision)
        return documents.approve(self.archive, self.boss, one.id, revision=one.revision)

    def issued(
        self, label: str = "A/0", day: str = "", number: str = "QP-01", *, record: str = "", level: int = 1
    ) -> Edition:
        one = self.approved(label, number, record=record, level=level)
        return documents.issue(self.archive, self.keeper, one.id, day, revision=one.revision)

    def row(self, actor: Actor | None = None, on: date | None = None) -> documents.Row:
        (row,) = documents.register(self.archive, actor or self.keeper, on=on)
        return row


@pytest.fixture
def company(archive: Archive) -> Company:
    return Company(archive)


# ---- Who may not be whom ----


def test_an_edition_is_written_reviewed_and_approved_by_three_people(company: Company, archive: Archive) -> None:
    one = company.issued()

    assert (one.author_id, one.reviewer_id, one.approver_id, one.issued_by) == (
        company.author.id,
        company.head.id,
        company.boss.id,
        company.keeper.id,
    )
    with archive.read() as tx:
        said = [line.action for line in tx.ledger.lines(subject_id=one.record_id)]
    assert said[:5] == [
        "document.issued",
        "document.approved",
        "document.reviewed",
        "document.submitted",
        "document.drafted",
    ]


def test_nobody_reviews_what_they_wrote_nor_approves_what_they_reviewed(company: Company, archive: Archive) -> None:
    own = documents.draft(archive, company.head, company.record(), Draft("QP-02", "A/0", "程序"))
    own = documents.submit(archive, company.head, own.id, revision=own.revision)
    with pytest.raises(Denied, match="neither reviews nor approves"):
        documents.review(archive, company.head, own.id, revision=own.revision)

    own = documents.review(archive, company.boss, own.id, revision=own.revision)
    with pytest.raises(Denied, match="as well"):
        documents.approve(archive, company.boss, own.id, revision=own.revision)


def test_what_nobody_may_review_is_not_submitted_and_says_so_before(company: Company, archive: Archive) -> None:
    writer = a_person(archive, "writer", "document_controller", clearance=3, department="DAS")
    one = documents.draft(archive, writer, company.record(level=2), Draft("QP-03", "A/0", "程序"))

    shown = documents.show(archive, writer, one.document_id)
    assert (shown.lacking, "submit" in shown.may) == ({Event.REVIEW, Event.APPROVE}, False)
    with pytest.raises(Conflict, match="Nobody else who reviews"):
        documents.submit(archive, writer, one.id, revision=one.revision)

    owner = a_person(archive, "owner", "class_owner", clearance=2, department="PZB")
    shown = documents.show(archive, writer, one.document_id)
    assert (shown.deciders, shown.people[owner.id]) == ({Event.REVIEW: [owner.id], Event.APPROVE: []}, "owner")
    documents.submit(archive, writer, one.id, revision=one.revision)
    unread = documents.show(archive, company.boss, one.document_id)
    assert not {"review", "approve"} & unread.may, "whoever may not read it is offered no step that would be refused"


def test_its_author_takes_back_what_was_submitted_and_nobody_else(company: Company, archive: Archive) -> None:
    one = company.drafted()
    one = documents.submit(archive, company.author, one.id, revision=one.revision)
    one = documents.review(archive, company.head, one.id, revision=one.revision)
    assert "take-back" in documents.show(archive, company.author, one.document_id).may
    assert "take-back" not in documents.show(archive, company.head, one.document_id).may
    with pytest.raises(Denied, match="Only who wrote"):
        documents.take_back(archive, company.head, one.id, revision=one.revision)

    one = documents.take_back(archive, company.author, one.id, revision=one.revision)

    assert (one.state, one.reviewer_id, one.reviewed_at) == (State.DRAFT, "", None)
    with archive.read() as tx:
        assert tx.ledger.lines(subject_id=one.record_id)[0].action == "document.taken-back"
    one = documents.submit(archive, company.author, one.id, revision=one.revision)
    with pytest.raises(Denied, match="duty"):
        documents.approve(archive, company.head, one.id, revision=one.revision)
    one = documents.review(archive, company.head, one.id, revision=one.revision)
    one = documents.approve(archive, company.boss, one.id, revision=one.revision)
    with pytest.raises(Conflict, match="not possible"):
        documents.take_back(archive, company.author, one.id, revision=one.revision)


def test_a_file_from_elsewhere_becomes_the_next_edition_only_if_that_is_meant(
    company: Company, archive: Archive
) -> None:
    company.issued()
    other = a_record(archive, "巡检记录", title="巡检记录", class_code="HT02", level=1, department="PZB", name="x.txt")

    with pytest.raises(Conflict, match="another class or department"):
        documents.draft(archive, company.author, other, Draft("QP-01", "A/1", why="修订"))
    one = documents.draft(archive, company.author, other, Draft("QP-01", "A/1", why="修订", elsewhere=True))
    assert one.state is State.DRAFT


@pytest.mark.parametrize(
    "changed",
    [
        {"approver_id": "author"},
        {"reviewer_id": "author"},
        {"approver_id": "reviewer"},
        {"effective_from": None},
        {"state": "superseded"},
        {"effective_until": date(2020, 1, 1)},
        {"state": "draft"},
    ],
)
def test_the_tables_refuse_what_must_not_be(company: Company, archive: Archive, changed: dict[str, object]) -> None:
    one = company.issued()
    people = {"author": one.author_id, "reviewer": one.reviewer_id}
    values = {name: people.get(str(value), value) for name, value in changed.items()}

    with pytest.raises(Conflict, match="refuses"), archive.write() as tx:
        tx.connection.execute(sa.update(document_editions).where(document_editions.c.id == one.id).values(values))


def test_a_change_needs_a_reason_and_one_edition_is_in_the_making(company: Company, archive: Archive) -> None:
    company.issued()
    with pytest.raises(Invalid, match="why the document is changed"):
        documents.draft(archive, company.author, company.record(), Draft("QP-01", "A/1"))
    company.drafted("A/1")
    with pytest.raises(Conflict, match="in the making"):
        company.drafted("A/2")


def test_what_is_sent_back_is_a_draft_again_and_its_author_is_told_why(company: Company, archive: Archive) -> None:
    one = company.approved()

    back = documents.send_back(archive, company.boss, one.id, "附件二缺失", revision=one.revision)

    assert (back.state, back.said, back.reviewer_id, back.approver_id) == (State.DRAFT, "附件二缺失", "", "")
    assert [notice.kind for notice in telling.inbox(archive, company.author)] == ["controlled.sent-back"]


def test_what_is_reviewed_is_what_is_issued(company: Company, archive: Archive) -> None:
    one = company.drafted()
    versions.add(archive, company.keeper, one.record_id, io.BytesIO("改稿".encode()), "二稿.txt")
    one = documents.submit(archive, company.author, one.id, revision=one.revision)

    with pytest.raises(Conflict, match="by a new edition"):
        versions.add(archive, company.keeper, one.record_id, io.BytesIO("偷换".encode()), "三稿.txt")
    with pytest.raises(Conflict, match="by a new edition"):
        versions.add(archive, company.keeper, one.record_id, io.BytesIO("附件".encode()), "附.txt", part=0)


# ---- One in force at every instant (INV-14) ----


def test_the_next_edition_takes_the_place_of_the_one_before_at_one_instant(
    company: Company, archive: Archive, clock: Clock
) -> None:
    old = company.issued(day="2024-05-01")
    new = company.issued("A/1", "2026-03-10")

    assert company.row().effective == company.row(on=date(2026, 3, 9)).effective
    assert company.row(on=date(2026, 3, 9)).effective.id == old.id  # type: ignore[union-attr]  # somebody is
    assert company.row(on=date(2026, 3, 10)).effective.id == new.id  # type: ignore[union-attr]  # somebody is
    assert documents.register(archive, company.keeper, on=date(2024, 4, 30)) == []
    clock.advance(days=8)
    shown = documents.show(archive, company.keeper, new.document_id)
    assert [one.standing(shown.day) for one in shown.row.editions] == ["obsolete", "effective"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("issue"), st.integers(-3, 20)),
            st.tuples(st.just("withdraw"), st.integers(-2, 10)),
            st.tuples(st.just("wait"), st.integers(1, 12)),
        ),
        max_size=7,
    )
)
def test_at_every_instant_exactly_one_edition_is_in_force_until_it_is_withdrawn(
    company: Company, archive: Archive, clock: Clock, steps: list[tuple[str, int]]
) -> None:
    number, before = f"QP-{next(_names)}", {}
    document_id = ""
    for n, (what, days) in enumerate(steps):
        today = clock().astimezone().date()
        day = (today + timedelta(days=days)).isoformat()
        try:
            if what == "wait":
                clock.advance(days=days)
            elif what == "issue":
                document_id = company.issued(f"A/{n}", day, number).document_id
            elif document_id:
                with archive.read() as tx:
                    last = [one for one in tx.documents.editions_of(document_id) if one.state is State.ISSUED]
                if last:
                    documents.withdraw(archive, company.boss, last[0].id, day, "停用", revision=last[0].revision)
        except Invalid:
            with archive.read() as tx:
                making = [one for one in tx.documents.editions() if one.state is State.APPROVED]
            for one in making:
                back = documents.send_back(archive, company.boss, one.id, "改期", revision=one.revision)
                documents.drop(archive, company.author, back.id, revision=back.revision)
        with archive.read() as tx:
            editions = tx.documents.editions_of(document_id)
        span = [today + timedelta(days=offset) for offset in range(-10, 60)]
        held = {each: [one.id for one in editions if one.in_force(each)] for each in span}
        assert max(map(len, held.values())) <= 1
        begun = [one.effective_from for one in editions if one.effective_from]
        withdrawn = [one for one in editions if one.state is State.WITHDRAWN]
        if begun and not withdrawn:
            assert all(held[each] for each in span if each >= min(begun))
        # What was in force on a day that has passed does not change any more.
        if before and len([one for one in editions if one.effective_from]) > 1:
            assert all(held[each] == before[each] for each in span if each < today and each in before)
        before = held


def test_the_index_forbids_a_second_edition_without_an_end(company: Company, archive: Archive) -> None:
    old = company.issued(day="2024-05-01")
    company.issued("A/1")

    with pytest.raises(Conflict, match="refuses"), archive.write() as tx:
        tx.connection.execute(
            sa.update(document_editions)
            .where(document_editions.c.id == old.id)
            .values(state="issued", effective_until=None)
        )


def test_only_one_of_two_who_saw_the_same_state_issues_it(company: Company, archive: Archive) -> None:
    one = company.approved()
    documents.issue(archive, company.keeper, one.id, "", revision=one.revision)

    with pytest.raises(Conflict):
        documents.issue(archive, company.keeper, one.id, "", revision=one.revision)


# ---- The mark ----


def _pages(archive: Archive, actor: Actor, record: str) -> tuple[Image.Image, Image.Image, renditions.HandedOut]:
    page = Image.open(io.BytesIO(renditions.page_image(archive, actor, record, 1, width_px=960))).convert("RGB")
    small = Image.open(io.BytesIO(renditions.thumbnail(archive, actor, record))).convert("RGB")
    return page, small, renditions.handed_out(archive, actor, record)


def red(image: Image.Image) -> int:
    """Pixels that are clearly red: there are none on a page of black text."""
    red, green, _ = image.split()
    return ImageChops.subtract(red, green).point([0] * 40 + [255] * 216).histogram()[255]


def test_everything_shown_of_an_obsolete_edition_carries_the_mark_and_the_original_stays(
    company: Company, archive: Archive, clock: Clock, reader: Reader
) -> None:
    body = "第一条 文件由专人保管。\n" * 20
    record = company.record(body)
    company.issued(day="2024-05-01", record=record)
    settle(archive, reader)
    with archive.read() as tx:
        (component,) = tx.records.components_of([record])[record]
    page, small, file = _pages(archive, company.keeper, record)
    assert (red(page), red(small), file.marked) == (0, 0, False)
    assert b"".join(file.pieces).decode() == body

    company.issued("A/1", "2026-03-03")
    settle(archive, reader)
    assert not obsolescence.mark_of(archive, component), "until the day it still holds"
    assert [hit.obsolete for hit in search.find(archive, company.keeper, Question("专人保管")).hits] == [None]
    clock.advance(days=1)
    (hit,) = search.find(archive, company.keeper, Question("专人保管")).hits
    assert hit.snippets
    assert hit.obsolete is not None, "whoever reads a line in the list must not take it for valid"
    assert (hit.obsolete.since, hit.obsolete.instead) == (date(2026, 3, 3), "A/1")

    page, small, file = _pages(archive, company.keeper, record)
    assert red(page) > 20_000
    assert red(small) > 500
    assert file.marked
    assert (file.media_type, file.file_name[:2]) == ("application/pdf", "作废")
    with PdfDocument(b"".join(file.pieces)) as pdf:
        assert len(pdf) == component.image_pages
        assert red(pdf[0].render(scale=1).to_pil().convert("RGB")) > 5_000
    with pytest.raises(Conflict, match="mark only"):
        records.original(archive, OPERATOR, record)
    (text,) = records.text(archive, company.keeper, record)
    assert text[0].startswith("【作废：QP-01 A/0 自 2026-03-03 起失效，现行版次 A/1】")
    assert archive.objects.read(component.digest).decode() == body


def test_a_file_of_an_edition_that_was_replaced_while_it_was_a_draft_is_marked_too(
    company: Company, archive: Archive, reader: Reader
) -> None:
    one = company.drafted()
    (first,) = versions.of(archive, company.keeper, one.record_id).versions
    versions.add(archive, company.keeper, one.record_id, io.BytesIO("改稿".encode()), "二稿.txt")
    settle(archive, reader)

    assert renditions.handed_out(archive, company.keeper, one.record_id, first.id).marked
    assert not renditions.handed_out(archive, company.keeper, one.record_id).marked


def test_an_obsolete_file_that_has_no_pages_does_not_leave_without_its_mark(company: Company, archive: Archive) -> None:
    record = company.record()
    company.issued(day="2024-05-01", record=record)
    company.issued("A/1")

    with pytest.raises(Conflict, match="cannot be shown with its mark"):
        renditions.handed_out(archive, company.keeper, record)


# ---- Distribution ----


def test_copies_are_numbered_received_by_their_holder_and_called_back(company: Company, archive: Archive) -> None:
    old = company.issued(day="2024-05-01")
    first = distributing.hand_out(archive, company.keeper, old.id, "clerk", "前台")
    second = distributing.hand_out(archive, company.keeper, old.id, "head", "客服部办公室")
    assert [first.number, second.number] == [1, 2]
    with pytest.raises(NotFound):
        distributing.receive(archive, company.head, first.id)
    distributing.receive(archive, company.clerk, first.id)

    new = company.issued("A/1")

    row = company.row()
    assert (row.to_recall, row.copies_out) == (2, 0)
    assert "controlled.recalled" in {notice.kind for notice in telling.inbox(archive, company.clerk)}
    lines, _ = distributing.lines(archive, company.keeper)
    assert [(line.number, line.edition.label, line.copy.out) for line in lines] == [
        ("QP-01-01", "A/0", True),
        ("QP-01-01", "A/1", False),
        ("QP-01-02", "A/0", True),
        ("QP-01-02", "A/1", False),
    ]
    distributing.hand_over(archive, company.keeper, lines[1].copy.id)
    distributing.call_back(archive, company.keeper, first.id, "returned")
    with pytest.raises(Invalid, match="two people"):
        distributing.call_back(archive, company.keeper, second.id, "destroyed", witness="keeper")
    distributing.call_back(archive, company.keeper, second.id, "destroyed", witness="author")
    assert (company.row().to_recall, company.row().copies_out) == (0, 1)
    third = distributing.hand_out(archive, company.keeper, new.id, "clerk", "值班室")
    assert third.number == 3, "a number is not given out twice"
    with pytest.raises(Conflict, match="not obsolete"):
        distributing.hand_out(archive, company.keeper, old.id, "clerk", "前台")


def test_who_has_to_know_says_so_for_themselves_and_is_asked_again_for_the_next_edition(
    company: Company, archive: Archive
) -> None:
    old = company.issued(day="2024-05-01")
    distributing.ask_to_read(archive, company.keeper, old.id, ["clerk", "head"])
    with pytest.raises(Conflict, match="not asked"):
        distributing.acknowledge(archive, company.author, old.id)
    distributing.acknowledge(archive, company.clerk, old.id)
    assert company.row().unread == 1

    new = company.issued("A/1")

    (asked,) = distributing.mine(archive, company.clerk).to_read
    assert (asked[1].id, asked[0].due_on) == (new.id, TODAY + timedelta(days=14))
    distributing.acknowledge(archive, company.clerk, new.id)
    assert distributing.mine(archive, company.clerk).to_read == []


def test_nobody_is_asked_to_know_what_they_may_not_read(company: Company, archive: Archive) -> None:
    record = company.record(level=1)
    one = company.issued(record=record)
    elsewhere = a_person(archive, "elsewhere", "borrower", clearance=1, sites=("YL02",))

    with pytest.raises(Invalid, match="may not read"):
        distributing.ask_to_read(archive, company.keeper, one.id, ["elsewhere"])
    assert documents.register(archive, elsewhere) == []
    with pytest.raises(NotFound):
        documents.show(archive, elsewhere, one.document_id)
    assert distributing.lines(archive, elsewhere)[0] == []


# ---- What becomes of what is obsolete ----


def test_an_obsolete_edition_is_kept_for_reference_or_goes_the_way_of_its_class(
    company: Company, archive: Archive
) -> None:
    old = company.issued(day="2024-05-01")
    with pytest.raises(Conflict, match="still holds"):
        documents.retain(archive, company.boss, old.id, "参考", revision=old.revision)
    copy = distributing.hand_out(archive, company.keeper, old.id, "clerk", "前台")
    company.issued("A/1")
    with archive.read() as tx:
        old = tx.documents.edition(old.id)

    kept = documents.retain(archive, company.boss, old.id, "纠纷参考", revision=old.revision)
    with archive.read() as tx:
        (component,) = tx.records.components_of([old.record_id])[old.record_id]
    assert obsolescence.mark_of(archive, component).startswith("作废留存")
    with pytest.raises(Conflict, match="still out"):
        documents.release(archive, company.keeper, kept.id, revision=kept.revision)
    distributing.call_back(archive, company.keeper, copy.id, "returned")
    documents.release(archive, company.keeper, kept.id, revision=kept.revision)

    found = retention.standing(archive, company.keeper, old.record_id)
    assert found is not None
    assert (found[0].began_on, found[0].due_on) == (TODAY, date(2037, 1, 1))


def test_a_withdrawn_document_has_no_edition_in_force_and_another_may_follow(
    company: Company, archive: Archive
) -> None:
    one = company.issued(day="2024-05-01")
    documents.withdraw(archive, company.boss, one.id, "", "业务停止", revision=one.revision)

    assert company.row().effective is None
    assert [row.document.number for row in documents.register(archive, company.keeper, standing="obsolete")] == [
        "QP-01"
    ]
    again = company.issued("B/0")
    assert company.row().effective == again


def test_a_review_is_due_by_its_cycle_and_moves_on_when_somebody_looked(
    company: Company, archive: Archive, clock: Clock
) -> None:
    one = company.issued()
    assert company.row().document.review_on == date(2027, 3, 2)
    clock.advance(days=370)
    assert documents.register(archive, company.keeper, standing="review-due")

    documents.check(archive, company.head, one.document_id, "stays", "")

    assert company.row().document.review_on == date(2028, 3, 7)
    with pytest.raises(Invalid, match="to be changed"):
        documents.check(archive, company.head, one.document_id, "change", "")


def test_the_index_learns_on_the_day_which_editions_ceased_to_hold(
    company: Company, archive: Archive, clock: Clock, reader: Reader
) -> None:
    old = company.issued(day="2024-05-01")
    company.issued("A/1", "2026-03-05")
    settle(archive, reader)
    documents.sweep(archive)
    clock.advance(days=3)

    assert documents.sweep(archive) == 1
    assert documents.sweep(archive) == 0
    with archive.read() as tx:
        assert old.record_id in tx.index_queue.ids()


def test_an_edition_that_holds_is_found_before_one_that_does_not(
    company: Company, archive: Archive, clock: Clock, reader: Reader
) -> None:
    old = company.issued(day="2024-05-01", record=company.record("巡查时限为三十分钟,逾时须登记。"))
    new = company.issued("A/1", "2026-03-05", record=company.record("巡查时限为二十分钟,逾时须登记并报告主管。"))

    def found() -> list[str]:
        settle(archive, reader)
        return [hit.record.id for hit in search.find(archive, company.keeper, Question("巡查时限")).hits]

    assert set(found()) == {old.record_id, new.record_id}
    clock.advance(days=3)
    documents.sweep(archive)

    assert found() == [new.record_id, old.record_id]


def test_as_of_a_day_is_what_held_on_that_day() -> None:
    def edition(n: int, first: date | None, last: date | None) -> Edition:
        return Edition(
            str(n),
            "d",
            n,
            str(n),
            str(n),
            State.ISSUED,
            "x",
            None,
            effective_from=first,
            effective_until=last,  # type: ignore[arg-type]  # no moment is looked at
        )

    editions = [edition(1, date(2024, 1, 1), TODAY), edition(2, TODAY, None), edition(3, None, None)]

    assert in_force(editions, date(2023, 12, 31)) is None
    assert in_force(editions, TODAY - timedelta(days=1)) == editions[0]
    assert in_force(editions, TODAY) == editions[1]


def test_errors_of_documents_are_for_people(company: Company, archive: Archive) -> None:
    with pytest.raises(ArchiveError) as found:
        documents.draft(archive, company.author, company.record(), Draft("", ""))
    assert found.value.code == "no-document-number"
