"""Papers stand in places, their written addresses follow, and nothing that was typed is lost."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import location_sheets, locations, records, reports
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.locations import NewPlace, Offered
from archive.model.rooms import Location
from archive.records import Description, describe
from archive.tables import Tables
from tests.builders import a_person, a_record


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=3, department="DAS", sites=("JF01",))


def a_box(archive: Archive, actor: Actor, room: str = "一号库房", box: str = "01盒") -> Location:
    first = locations.add(archive, actor, NewPlace("JF01", "room", room))
    return locations.add(archive, actor, NewPlace("", "box", box, parent_id=first.id))


def shelf_of(archive: Archive, record_id: str) -> str:
    with archive.read() as tx:
        return tx.records.get(record_id).shelf_location


def test_a_paper_is_moved_by_scanning_what_and_where_and_the_move_is_in_the_ledger(
    archive: Archive, keeper: Actor
) -> None:
    box, paper = a_box(archive, keeper), a_record(archive)

    thing, target = locations.move(archive, keeper, paper, box.id)

    assert thing.record is not None
    assert (thing.record.shelf_location, target) == ("一号库房-01盒", box)
    with archive.read() as tx:
        line = tx.ledger.lines(subject_id=paper, limit=1)[0]
    assert (line.action, line.payload["location"], line.payload["before"]) == ("record.moved", box.id, "")


def test_a_box_moves_with_everything_in_it(archive: Archive, keeper: Actor) -> None:
    box, paper = a_box(archive, keeper), a_record(archive)
    other = locations.add(archive, keeper, NewPlace("JF01", "room", "二号库房"))
    locations.move(archive, keeper, paper, box.address)

    locations.move(archive, keeper, box.id, other.address)

    assert shelf_of(archive, paper) == "二号库房-01盒"
    assert locations.place_called(archive, keeper, "二号库房-01盒").id == box.id


def test_an_address_that_is_typed_lies_in_its_place_and_any_other_text_stays(archive: Archive, keeper: Actor) -> None:
    early = a_record(archive, "早", name="a.txt", shelf_location="一号库房-01盒")
    odd = a_record(archive, "怪", name="b.txt", shelf_location="经理抽屉")
    box = a_box(archive, keeper)
    late = a_record(archive, "晚", name="c.txt", shelf_location="一号库房-01盒")

    place = locations.show(archive, keeper, box.id)

    assert {record.id for record in place.records} == {early, late}
    assert [record.id for record in locations.unplaced(archive, keeper)] == [odd]
    assert shelf_of(archive, odd) == "经理抽屉"


def test_what_was_typed_before_there_were_places_is_taken_over_and_not_lost(archive: Archive) -> None:
    if not archive.settings.database_url.startswith("sqlite"):
        pytest.skip("the earlier schema is made in a file")
    file = archive.settings.home / "earlier.db"
    tables = Tables(f"sqlite:///{file}")
    tables.migrate("0017")
    typed = {"a" * 16: "档案室-03柜-2层-01盒", "b" * 16: "档案室-03柜", "c" * 16: "抽屉", "d" * 16: "A-B-C-D-17"}
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO sites VALUES ('JF01', 'x', 'x', 'JF01')")
        for record_id, text in typed.items():
            connection.exec_driver_sql(
                "INSERT INTO records (id, title, lifecycle, level, pii, site, department, doc_number, issuer, parties,"
                " shelf_location, captured_at, captured_by, revision, reason, archival_code)"
                " VALUES (?, 't', 'captured', 0, 0, 'JF01', '', '', '', '[]', ?, 0, 'x', 1, '', '')",
                (record_id, text),
            )
    tables.migrate()
    with tables.read() as tx:
        lies = {one: place.address for one, place in tx.rooms.of(list(typed)).items()}
        kept = {one.id: one.shelf_location for one in tx.records.many(list(typed)).values()}
        kinds = [one.kind for one in tx.rooms.every()]
    tables.close()
    engine.dispose()

    assert kept == typed
    assert lies == {"a" * 16: "档案室-03柜-2层-01盒", "b" * 16: "档案室-03柜"}
    assert kinds == ["room", "cabinet", "shelf", "box"]


def test_rooms_of_another_site_are_left_alone(archive: Archive, keeper: Actor) -> None:
    box = a_box(archive, keeper)
    elsewhere = a_person(archive, "elsewhere", "document_controller", clearance=3, sites=("YL02",))

    with pytest.raises(NotFound):
        locations.show(archive, elsewhere, box.id)
    with pytest.raises(Denied):
        locations.add(archive, elsewhere, NewPlace("JF01", "room", "三号库房"))
    with pytest.raises(NotFound):
        locations.move(archive, elsewhere, box.id, box.id)


def test_who_only_borrows_sees_a_record_and_not_the_place_behind_its_address(archive: Archive, keeper: Actor) -> None:
    box, paper = a_box(archive, keeper), a_record(archive)
    locations.move(archive, keeper, paper, box.id)
    borrower = a_person(archive, "borrower")
    with archive.read() as tx:
        record = tx.records.get(paper)

    assert locations.place_of(archive, borrower, record) is None
    with pytest.raises(Denied):
        locations.show(archive, borrower, box.id)
    assert (found := locations.place_of(archive, keeper, record)) is not None
    assert found.id == box.id


def test_an_address_is_one_of_a_kind_and_boxes_do_not_stand_in_themselves(archive: Archive, keeper: Actor) -> None:
    box = a_box(archive, keeper)
    with pytest.raises(Conflict):
        locations.add(archive, keeper, NewPlace("JF01", "room", "一号库房"))
    with pytest.raises(Invalid):
        locations.move(archive, keeper, box.id, box.id)
    with pytest.raises(Invalid):
        locations.add(archive, keeper, NewPlace("JF01", "shelf", "x"))


def test_a_place_is_taken_out_of_use_when_it_is_empty(archive: Archive, keeper: Actor) -> None:
    box, paper = a_box(archive, keeper), a_record(archive)
    locations.move(archive, keeper, paper, box.id)
    with pytest.raises(Conflict):
        locations.close(archive, keeper, box.id)
    with pytest.raises(Conflict):
        locations.close(archive, keeper, box.parent_id)


def test_the_tree_comes_back_from_its_own_table(archive: Archive, keeper: Actor) -> None:
    table = "site,address,kind,name,media,capacity\nJF01,一号库房-01柜-2层-03盒,box,合同,纸质,40\n".encode()

    assert location_sheets.load(archive, keeper, table) == (1, 0)
    assert location_sheets.load(archive, keeper, location_sheets.dump(archive, keeper)) == (0, 4)
    assert location_sheets.load(archive, keeper, location_sheets.dump(archive, keeper, workbook=True)) == (0, 4)
    with pytest.raises(Invalid, match="Line 2"):
        location_sheets.load(archive, keeper, table.replace(b"40", b"many"))


@pytest.mark.parametrize("size", ["70x37", "105x57", "52x30", "60x40", "50x30"])
def test_labels_are_printed_for_sheets_and_for_label_printers(archive: Archive, keeper: Actor, size: str) -> None:
    a_box(archive, keeper)

    printed = reports.print_out(archive, keeper, "location_labels", {"size": size}, form="pdf", language="zh")

    assert printed.content.startswith(b"%PDF")


def test_where_a_paper_lies_and_what_its_address_says_are_the_same_whoever_changes_either(
    archive: Archive, keeper: Actor
) -> None:
    rooms = [locations.add(archive, OPERATOR, NewPlace("JF01", "room", code)) for code in ("甲", "乙")]
    boxes = [locations.add(archive, OPERATOR, NewPlace("", "box", str(n), parent_id=rooms[n % 2].id)) for n in range(3)]
    papers = [a_record(archive, f"文{n}", name=f"{n}.txt") for n in range(3)]
    places = [*rooms, *boxes]

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.tuples(st.sampled_from(["move", "box", "type", "rename"]), st.integers(0, 4), st.integers(0, 4)))
    )
    def walk(steps: list[tuple[str, int, int]]) -> None:
        for kind, one, other in steps:
            try:
                if kind == "move":
                    locations.move(archive, keeper, papers[one % 3], places[other].id)
                elif kind == "box":
                    locations.move(archive, keeper, boxes[one % 3].id, rooms[other % 2].id)
                elif kind == "rename":
                    locations.rename(archive, keeper, places[one].id, f"{one}{other}号")
                else:
                    with archive.read() as tx:
                        record = tx.records.get(papers[one % 3])
                        text = ["", "抽屉", tx.rooms.get(places[other].id).address][other % 3]
                    said = Description("题", "HT02", 1, "JF01", "SWB", shelf_location=text)
                    if text == "抽屉" != record.shelf_location:
                        with pytest.raises(Invalid, match="抽屉"):
                            describe(archive, keeper, record.id, said, revision=record.revision, filing=False)
                        # Written before there were places, it is there all the same.
                        with archive.write() as tx:
                            tx.records.change(replace(record, shelf_location=text))
                    else:
                        describe(archive, keeper, record.id, said, revision=record.revision, filing=False)
            except Conflict:
                pass  # what is taken
        with archive.read() as tx:
            lies = tx.rooms.of(papers)
            addresses = {place.address for place in tx.rooms.every()}
            for record in tx.records.many(papers).values():
                if record.shelf_location in addresses:
                    assert lies[record.id].address == record.shelf_location
                else:
                    assert record.id not in lies

    walk()


def test_a_box_that_moves_needs_another_label_and_only_one_with_papers_is_missed(
    archive: Archive, keeper: Actor
) -> None:
    box = a_box(archive, keeper)
    assert locations.unlabelled(archive, keeper) == []
    a_record(archive, shelf_location=box.address)
    assert [one.id for one in locations.unlabelled(archive, keeper)] == [box.id]

    locations.label(archive, keeper, box.parent_id, on=True)
    assert locations.unlabelled(archive, keeper) == []
    room = locations.add(archive, keeper, NewPlace("JF01", "room", "新库房"))
    locations.move(archive, keeper, box.id, room.id)
    assert [one.address for one in locations.unlabelled(archive, keeper)] == ["新库房-01盒"]

    locations.label(archive, keeper, box.id, on=True)
    locations.label(archive, keeper, box.id, on=False)
    assert [one.id for one in locations.unlabelled(archive, keeper)] == [box.id]
    elsewhere = a_person(archive, "elsewhere", "document_controller", sites=("YL02",))
    assert locations.unlabelled(archive, elsewhere) == []


def told(record_id: str, archive: Archive, **changes: str) -> tuple[Description, int]:
    with archive.read() as tx:
        record = tx.records.get(record_id)
    return replace(records.description_of(record), **changes), record.revision  # type: ignore[arg-type]


def test_an_address_that_names_no_place_is_refused_with_the_nearest_ones_and_only_set_up_when_asked(
    archive: Archive, keeper: Actor
) -> None:
    """A slip of the pen went into the catalogue as a shelf that nobody could walk to."""
    paper, box = a_record(archive), a_box(archive, keeper)
    wrong, revision = told(paper, archive, shelf_location="一号库房-10盒")

    with pytest.raises(Invalid, match=r"has the address “一号库房-10盒”") as refused:
        describe(archive, keeper, paper, wrong, revision=revision, filing=False)
    assert refused.value.code == "no-such-shelf"
    assert locations.offered(archive, keeper, "JF01", "一号库房-10盒") == Offered(
        ["一号库房-01盒", "一号库房"], may_set_up=True
    )
    assert shelf_of(archive, paper) == ""
    describe(archive, keeper, paper, told(paper, archive, shelf_location=box.id)[0], revision=revision, filing=False)
    assert shelf_of(archive, paper) == "一号库房-01盒"

    new, revision = told(paper, archive, shelf_location="一号库房-02柜-1层")
    describe(archive, keeper, paper, new, revision=revision, filing=False, set_up=True)
    assert locations.place_called(archive, keeper, "一号库房-02柜-1层").kind == "shelf"


def test_an_old_address_stays_while_something_else_is_corrected_and_a_site_without_places_takes_any(
    archive: Archive, keeper: Actor
) -> None:
    odd = a_record(archive, "怪", name="b.txt", shelf_location="经理抽屉")
    box = a_box(archive, keeper)
    said, revision = told(odd, archive, title="改名")

    assert describe(archive, keeper, odd, said, revision=revision, filing=False).shelf_location == "经理抽屉"
    there = a_record(archive, "别处", name="c.txt", site="YL02", shelf_location="总经理室")
    assert shelf_of(archive, there) == "总经理室"
    locations.close(archive, keeper, box.id)
    with pytest.raises(Invalid, match="一号库房-01盒"):
        a_record(archive, "停用", name="d.txt", shelf_location=box.address)


def test_who_does_not_keep_the_rooms_sets_up_no_place_and_is_not_told_of_the_nearest(
    archive: Archive, keeper: Actor
) -> None:
    paper, _ = a_record(archive, department="SWB"), a_box(archive, keeper)
    owner = a_person(archive, "owner", "class_owner", clearance=3, department="SWB")
    wrong, revision = told(paper, archive, shelf_location="一号库房-10盒")

    assert locations.offered(archive, owner, "JF01", "一号库房-10盒") == Offered()
    with pytest.raises(Denied):
        describe(archive, owner, paper, wrong, revision=revision, filing=False, set_up=True)
    there = replace(wrong, site="YL02")
    with pytest.raises(Invalid) as refused:
        describe(archive, keeper, paper, there, revision=revision, filing=False, set_up=True)
    assert (refused.value.code, refused.value.field) == ("not-yours-to-set-up", "shelf_location")
    assert not refused.value.also
    assert "一号库房-10盒" not in [one.location.address for one in locations.tree(archive, keeper)]


def test_the_nearest_of_three_thousand_places_are_found_whichever_they_are(archive: Archive, keeper: Actor) -> None:
    room = locations.add(archive, keeper, NewPlace("JF01", "room", "一号库房"))
    with archive.write() as tx:
        for number in range(3_000):
            code = f"{number // 100:03}柜-{number % 100:02}盒"
            row = replace(room, id=f"box{number}", parent_id=room.id, kind="box", code=code)
            tx.rooms.add(replace(row, address=f"{room.address}-{code}"))

    assert locations.offered(archive, keeper, "JF01", "一号库房-027柜-40箱").nearest[0] == "一号库房-027柜-40盒"
    assert locations.offered(archive, keeper, "JF01", "一号库房-19柜-40盒").nearest[0] == "一号库房-019柜-40盒"
