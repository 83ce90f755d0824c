"""Two people walk over a place: what should lie there is frozen, what does is scanned, what differs is explained."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.actors import Actor
from access.loans import Form
from access.rules import Denied
from archive import counter, dues, lending, locations, reports, stocktaking
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.lending import Wish
from archive.locations import NewPlace
from archive.model.rooms import Location
from archive.model.stocktakes import CONDITIONS, Line, Stocktake, digest
from tests.builders import a_person, a_record, an_office
from tests.conftest import NOON


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "walker", "document_controller", clearance=3, department="DAS", sites=("JF01",))


@pytest.fixture
def other(archive: Archive) -> Actor:
    return a_person(archive, "other", "document_controller", clearance=2, department="DAS", sites=("JF01",))


@pytest.fixture
def boxes(archive: Archive, keeper: Actor) -> tuple[Location, Location]:
    room = locations.add(archive, keeper, NewPlace("JF01", "room", "一号库房"))
    first, second = (
        locations.add(archive, keeper, NewPlace("", "box", code, parent_id=room.id)) for code in ("01盒", "02盒")
    )
    return first, second


def papers(archive: Archive, *places: str) -> list[str]:
    return [
        a_record(archive, f"正文{n}", title=f"合同{n}", name=f"{n}.txt", shelf_location=place)
        for n, place in enumerate(places)
    ]


def begun(archive: Archive, keeper: Actor) -> Stocktake:
    return stocktaking.begin(archive, keeper, "一号库房", "other")


def difference(archive: Archive, actor: Actor, walk: Stocktake, record_id: str) -> str:
    shown = stocktaking.show(archive, actor, walk.id)
    return next(line.difference for line in shown.lines if line.record_id == record_id)


def test_what_was_not_seen_is_missing_and_what_lies_elsewhere_is_misplaced(
    archive: Archive, keeper: Actor, other: Actor, boxes: tuple[Location, Location]
) -> None:
    here, gone, moved = papers(archive, "一号库房-01盒", "一号库房-01盒", "一号库房-01盒")
    stray = a_record(archive, "别处", title="别处来的", name="x.txt")
    walk = begun(archive, keeper)

    assert stocktaking.scan(archive, keeper, walk.id, boxes[0].id).place == boxes[0]
    stocktaking.scan(archive, keeper, walk.id, here, boxes[0].id)
    # The other one walks over the next box at the same time.
    stocktaking.scan(archive, other, walk.id, moved, boxes[1].id)
    stocktaking.scan(archive, other, walk.id, stray, boxes[1].id)

    found = [difference(archive, keeper, walk, one) for one in (here, gone, moved, stray)]
    assert found == ["", "missing", "misplaced", "unexpected"]


def test_the_list_is_frozen_when_the_walk_begins(
    archive: Archive, keeper: Actor, other: Actor, boxes: tuple[Location, Location]
) -> None:
    (paper,) = papers(archive, "一号库房-01盒")
    walk = begun(archive, keeper)
    locations.move(archive, keeper, paper, boxes[1].id)

    stocktaking.scan(archive, keeper, walk.id, paper, boxes[1].id)

    assert difference(archive, keeper, walk, paper) == "misplaced"


def test_a_paper_on_loan_explains_itself(
    archive: Archive, keeper: Actor, other: Actor, boxes: tuple[Location, Location]
) -> None:
    office = an_office(archive)
    (paper,) = papers(archive, "一号库房-01盒")
    loan = lending.request(archive, office.borrower, Wish(((paper, Form.PAPER),), "核对", 3))
    lending.decide(archive, office.keeper, loan.id, yes=True)
    counter.issue(archive, office.keeper, paper, pages=3, condition="good")
    walk = begun(archive, keeper)
    stocktaking.finish(archive, keeper, walk.id)

    assert difference(archive, keeper, walk, paper) == "on-loan"
    stocktaking.sign(archive, keeper, walk.id)
    assert stocktaking.sign(archive, other, walk.id).closed_at


def test_both_sign_when_every_difference_is_explained_and_it_is_filed(
    archive: Archive, keeper: Actor, other: Actor, boxes: tuple[Location, Location]
) -> None:
    here, gone = papers(archive, "一号库房-01盒", "一号库房-01盒")
    walk = begun(archive, keeper)
    stocktaking.scan(archive, keeper, walk.id, here, boxes[0].id)
    with pytest.raises(Conflict):
        stocktaking.sign(archive, keeper, walk.id)
    stocktaking.finish(archive, keeper, walk.id)
    with pytest.raises(Conflict, match="not explained"):
        stocktaking.sign(archive, keeper, walk.id)
    for wrong in ({"why": " "}, {"owner": "nobody"}, {"due_on": None}):
        said = {"why": "复印后未归位", "owner": "walker", "due_on": date(2026, 3, 9)} | wrong
        with pytest.raises(Invalid):
            stocktaking.explain(archive, keeper, walk.id, gone, **said)  # type: ignore[arg-type]
    explained = {"why": "复印后未归位", "owner": "walker", "due_on": date(2026, 3, 9)}
    stocktaking.explain(archive, keeper, walk.id, gone, **explained)  # type: ignore[arg-type]

    assert stocktaking.sign(archive, keeper, walk.id).closed_at is None
    with pytest.raises(Conflict):
        stocktaking.sign(archive, keeper, walk.id)
    done = stocktaking.sign(archive, other, walk.id)

    assert {one.digest for one in done.signatures} == {digest(done.lines)}
    assert {one.person_id for one in done.signatures} == {keeper.id, other.id}
    with archive.read() as tx:
        filed = tx.records.get(done.record_id)
    assert (filed.class_code, filed.doc_number, filed.lifecycle) == ("DA04", done.number, "filed")
    (task,) = dues.every(archive, keeper, kind="stocktakes", until=date(2026, 4, 1))
    assert (task.due.on, task.due.person) == (date(2026, 3, 9), keeper.id)
    stocktaking.settle(archive, keeper, walk.id, gone)
    assert dues.every(archive, keeper, kind="stocktakes", until=date(2026, 4, 1)) == []


def test_counting_on_makes_signatures_void(
    archive: Archive, keeper: Actor, other: Actor, boxes: tuple[Location, Location]
) -> None:
    walk = begun(archive, keeper)
    stocktaking.finish(archive, keeper, walk.id)
    stocktaking.sign(archive, keeper, walk.id)
    stocktaking.resume(archive, other, walk.id)

    assert stocktaking.show(archive, keeper, walk.id).stocktake.signatures == ()


def test_pages_and_condition_are_counted_and_last_seen_is_known(
    archive: Archive, keeper: Actor, other: Actor, boxes: tuple[Location, Location]
) -> None:
    (paper,) = papers(archive, "一号库房-01盒")
    walk = begun(archive, keeper)
    with pytest.raises(Conflict):
        stocktaking.count(archive, keeper, walk.id, paper, pages=1, condition="good")
    stocktaking.scan(archive, keeper, walk.id, paper, boxes[0].id)
    with pytest.raises(Invalid):
        stocktaking.count(archive, keeper, walk.id, paper, pages=-1, condition="good")
    stocktaking.count(archive, keeper, walk.id, paper, pages=2, condition="faded")

    assert difference(archive, keeper, walk, paper) == "damaged"
    with archive.read() as tx:
        record = tx.records.get(paper)
    assert stocktaking.last_seen(archive, keeper, record) == (NOON, "一号库房-01盒")
    assert stocktaking.last_seen(archive, a_person(archive, "reader", "borrower"), record) is None


def test_the_list_holds_what_both_may_find_and_a_paper_that_is_not_for_both_is_refused(
    archive: Archive, keeper: Actor, other: Actor, boxes: tuple[Location, Location]
) -> None:
    secret = a_record(archive, "核心", title="核心", level=3, name="s.txt", shelf_location="一号库房-01盒")
    (paper,) = papers(archive, "一号库房-01盒")
    walk = begun(archive, keeper)

    assert [line.record_id for line in walk.lines] == [paper]
    with pytest.raises(Conflict, match="both"):
        stocktaking.scan(archive, keeper, walk.id, secret, boxes[0].id)
    with pytest.raises(NotFound):
        stocktaking.scan(archive, other, walk.id, secret, boxes[0].id)


def test_only_the_two_walk_and_nobody_walks_alone(
    archive: Archive, keeper: Actor, other: Actor, boxes: tuple[Location, Location]
) -> None:
    third = a_person(archive, "third", "document_controller", sites=("JF01",))
    elsewhere = a_person(archive, "elsewhere", "document_controller", sites=("YL02",))
    for login in ("walker", "elsewhere", "nobody", ""):
        with pytest.raises(Invalid):
            stocktaking.begin(archive, keeper, "一号库房", login)
    walk = begun(archive, keeper)

    with pytest.raises(Denied):
        stocktaking.finish(archive, third, walk.id)
    with pytest.raises(NotFound):
        stocktaking.show(archive, elsewhere, walk.id)
    assert stocktaking.every(archive, elsewhere) == []


def test_the_sheet_prints_before_and_after(
    archive: Archive, keeper: Actor, other: Actor, boxes: tuple[Location, Location]
) -> None:
    papers(archive, "一号库房-01盒")
    walk = begun(archive, keeper)

    for form in ("pdf", "xlsx", "csv"):
        printed = reports.print_out(archive, keeper, "stocktake", {"number": walk.number}, form=form, language="zh")
        assert printed.content
    stocktaking.finish(archive, keeper, walk.id)
    after = reports.print_out(archive, keeper, "stocktake", {}, form="csv", language="zh").content
    assert "缺件" in after.decode("utf-8-sig")


@given(
    expected=st.sampled_from(["", "a", "b"]),
    seen=st.sampled_from(["", "a", "b"]),
    pages=st.none() | st.integers(0, 5),
    known=st.integers(0, 5),
    condition=st.sampled_from(["", *CONDITIONS]),
)
@settings(deadline=None)
def test_whatever_is_scanned_a_line_differs_exactly_when_place_pages_or_condition_do(
    expected: str, seen: str, pages: int | None, known: int, condition: str
) -> None:
    line = Line("r", expected, known, on_loan=False, seen_id=seen, seen_at=NOON if seen else None, pages=pages,
                condition=condition)  # fmt: skip

    same = bool(seen) and seen == expected and (pages is None or pages >= known) and condition in ("", "good")
    assert (line.difference == "") == same
