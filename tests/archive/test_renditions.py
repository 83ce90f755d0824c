"""Pages are shown as pictures: drawn once, ahead where it is likely, and to nobody who may not read."""

import io

import pytest
from PIL import Image

from access.rules import Denied
from archive import records, renditions, worker
from archive.app import Archive
from archive.errors import NotFound
from indexer.reading import Reader
from tests.archive.test_lending import a_secret, granted
from tests.builders import a_person, a_record, an_office, now, settle
from tests.conftest import Clock


def drawn(archive: Archive, record_id: str) -> set[tuple[int, int]]:
    with archive.read() as tx:
        (component,) = tx.records.components_of([record_id])[record_id]
        return set(tx.records.renditions_of(component.id))


def draw_ahead(archive: Archive, reader: Reader) -> None:
    while worker.run_one(archive, reader, "test/0", ["draw"]):
        pass


def test_a_thumbnail_and_the_first_pages_are_drawn_ahead_and_once(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, "物业服务合同\n" * 400)
    settle(archive, reader)
    assert drawn(archive, record_id) == set()

    draw_ahead(archive, reader)

    assert drawn(archive, record_id) == {(1, 240), (1, 960), (2, 960), (3, 960)}
    with archive.read() as tx:
        kept = tx.objects.totals()
        (component,) = tx.records.components_of([record_id])[record_id]
    renditions.draw(archive, reader, component.id)
    with archive.read() as tx:
        assert tx.objects.totals() == kept


def test_what_was_drawn_ahead_is_what_is_shown(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, "物业服务合同")
    settle(archive, reader)
    draw_ahead(archive, reader)
    clerk = a_person(archive, "clerk", "document_controller", clearance=3)

    small = renditions.thumbnail(archive, clerk, record_id)
    page = renditions.page_image(archive, clerk, record_id, 1, width_px=960)

    assert Image.open(io.BytesIO(small)).size[0] == 240
    assert Image.open(io.BytesIO(page)).size[0] == 960
    assert drawn(archive, record_id) == {(1, 240), (1, 960)}


def test_a_thumbnail_that_was_not_drawn_ahead_is_drawn_and_kept(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, "物业服务合同")
    settle(archive, reader)
    clerk = a_person(archive, "clerk", "document_controller", clearance=3)

    first = renditions.thumbnail(archive, clerk, record_id)

    assert drawn(archive, record_id) == {(1, 240)}
    assert renditions.thumbnail(archive, clerk, record_id) == first


def test_a_loan_shows_nothing_in_passing(archive: Archive, reader: Reader, clock: Clock) -> None:
    office = an_office(archive)
    record_id = a_secret(archive)
    settle(archive, reader)
    granted(archive, office, record_id)

    with pytest.raises(Denied):
        renditions.thumbnail(archive, now(archive, office.borrower), record_id)


def test_who_may_not_find_a_record_is_told_that_there_is_none(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, "收购意向", level=3)
    settle(archive, reader)

    with pytest.raises(NotFound):
        renditions.thumbnail(archive, a_person(archive, "visitor"), record_id)


def test_seeing_a_restricted_page_in_passing_is_written_down(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, "人事决定", level=2)
    settle(archive, reader)
    clerk = a_person(archive, "clerk", "document_controller", clearance=3)

    renditions.thumbnail(archive, clerk, record_id)

    history = records.view(archive, clerk, record_id).history
    assert "record.thumbnail-shown" in {event.action for event in history}


def test_what_nothing_can_draw_has_no_picture(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, "8BPS\0\1" + "\0" * 200, name="海报.psd")
    settle(archive, reader)
    draw_ahead(archive, reader)

    assert drawn(archive, record_id) == set()
    with pytest.raises(NotFound):
        renditions.thumbnail(archive, a_person(archive, "clerk", "document_controller", clearance=3), record_id)
