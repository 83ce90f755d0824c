"""Reading under a loan: decided page by page, marked, logged, slowed down, in one session, until the instant."""

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import lending, people, records, renditions, telling, watermark
from archive.app import Archive
from archive.errors import Conflict
from archive.reading_room import TooFast
from archive.records import Page
from indexer.reading import Reader
from tests.archive.test_lending import a_secret, granted
from tests.builders import an_office, now, settle
from tests.conftest import Clock


def read(archive: Archive, actor: Actor, record_id: str, page: int = 1) -> Page:
    return records.page(archive, actor, record_id, page, width_px=960)


def with_pages(archive: Archive, reader: Reader, *, level: int = 2) -> str:
    record_id = a_secret(archive, level=level, body="第一行\n" * 400)
    settle(archive, reader)
    return record_id


def test_a_page_carries_who_reads_it_under_which_loan_and_when(archive: Archive, reader: Reader) -> None:
    office, record_id = an_office(archive), with_pages(archive, reader)
    loan = granted(archive, office, record_id)

    sitting = read(archive, now(archive, office.borrower), record_id).sitting

    assert sitting is not None
    local = archive.now().astimezone().strftime("%Y-%m-%d %H:%M")
    assert sitting.mark == f"borrower · {loan.number} · {local}"
    assert read(archive, office.owner, record_id).sitting is None


def test_the_mark_is_drawn_for_the_borrower_and_kept_for_nobody(archive: Archive, reader: Reader) -> None:
    office, record_id = an_office(archive), with_pages(archive, reader)
    granted(archive, office, record_id)

    marked = renditions.page_image(archive, now(archive, office.borrower), record_id, 1, width_px=480)
    plain = renditions.page_image(archive, office.owner, record_id, 1, width_px=480)
    again = renditions.page_image(archive, now(archive, office.borrower), record_id, 1, width_px=480)

    def pixels(png: bytes) -> Image.Image:
        return Image.open(io.BytesIO(png)).convert("L")

    difference = ImageChops.difference(pixels(marked), pixels(plain))
    assert difference.getbbox() is not None
    # Every quarter of the page carries it: cutting a corner off does not help.
    width, height = difference.size
    for left in (0, width // 2):
        for top in (0, height // 2):
            assert difference.crop((left, top, left + width // 2, top + height // 2)).getbbox() is not None
    assert pixels(again).tobytes() == pixels(marked).tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P"])
def test_any_kind_of_picture_can_be_marked(mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (400, 560)).save(buffer, "PNG")

    marked = Image.open(io.BytesIO(watermark.marked(buffer.getvalue(), "张三 · 0001 · JY-2026-000001")))

    assert marked.size == (400, 560)
    assert len(marked.convert("L").getcolors() or []) > 1


def test_every_page_is_written_down_with_its_loan(archive: Archive, reader: Reader) -> None:
    office, record_id = an_office(archive), with_pages(archive, reader)
    loan = granted(archive, office, record_id)

    for page in (1, 2, 1):
        read(archive, now(archive, office.borrower), record_id, page)

    with archive.read() as tx:
        lines = [e for e in tx.ledger.lines(actor=office.borrower.id) if e.action == "record.page-read"]
    assert [(line.subject_id, line.payload["page"], line.payload["loan"]) for line in lines] == [
        (record_id, page, loan.id) for page in (1, 2, 1)
    ]


def test_reading_ends_at_the_instant_even_for_somebody_who_is_in_the_middle_of_it(
    archive: Archive, reader: Reader, clock: Clock
) -> None:
    """INV-08: an actor made before the end is worth nothing after it."""
    office, record_id = an_office(archive), with_pages(archive, reader)
    loan = granted(archive, office, record_id)
    borrower = now(archive, office.borrower)
    clock.advance(days=3, microseconds=-1)
    read(archive, borrower, record_id)

    clock.advance(microseconds=1)

    with pytest.raises(Denied, match="ended"):
        read(archive, borrower, record_id)
    with pytest.raises(Denied):
        read(archive, now(archive, office.borrower), record_id)
    assert loan.items[0].due_at == clock.at


@pytest.mark.parametrize("ended_by", ["call-back", "leaving", "reclassified"])
def test_reading_ends_with_the_loan_in_the_middle_of_a_page(archive: Archive, reader: Reader, ended_by: str) -> None:
    office, record_id = an_office(archive), with_pages(archive, reader)
    loan = granted(archive, office, record_id)
    borrower = now(archive, office.borrower)
    read(archive, borrower, record_id)

    if ended_by == "call-back":
        lending.call_back(archive, office.officer, loan.id, "审计")
    elif ended_by == "leaving":
        people.deactivate(archive, OPERATOR, "borrower")
    else:
        record = records.view(archive, office.keeper, record_id).record
        said = records.Description(record.title, record.class_code, 3, record.site, record.department)
        records.describe(archive, office.keeper, record_id, said, revision=record.revision, filing=False)

    with pytest.raises(Denied):
        read(archive, borrower, record_id)


def test_an_address_copied_to_somebody_else_opens_nothing(archive: Archive, reader: Reader) -> None:
    """T8."""
    office, record_id = an_office(archive), with_pages(archive, reader)
    granted(archive, office, record_id)
    read(archive, now(archive, office.borrower), record_id)

    with pytest.raises(Denied):
        read(archive, now(archive, office.colleague), record_id)
    forged = replace(now(archive, office.colleague), on_loan=frozenset({record_id}))
    with pytest.raises(Denied, match="ended"):
        read(archive, forged, record_id)


def test_one_loan_is_read_in_one_session_at_a_time(archive: Archive, reader: Reader, clock: Clock) -> None:
    """T8: a second browser has to wait until the first one has been quiet for two minutes."""
    office, record_id = an_office(archive), with_pages(archive, reader)
    granted(archive, office, record_id)
    here, there = (now(archive, office.borrower, session=name) for name in ("here", "there"))
    read(archive, here, record_id)

    clock.advance(minutes=1)
    with pytest.raises(Denied, match="another session"):
        read(archive, there, record_id)
    read(archive, here, record_id)
    clock.advance(minutes=2)
    read(archive, there, record_id)

    with pytest.raises(Denied, match="another session"):
        read(archive, here, record_id)


def test_a_program_with_a_token_reads_nothing_on_loan(archive: Archive, reader: Reader) -> None:
    office, record_id = an_office(archive), with_pages(archive, reader)
    granted(archive, office, record_id)

    with pytest.raises(Denied, match="signed in"):
        read(archive, now(archive, office.borrower, session=""), record_id)


def test_who_turns_pages_faster_than_anybody_reads_is_slowed_down_and_reported_once(
    archive: Archive, reader: Reader, clock: Clock
) -> None:
    """T8: a hundred pages a minute is harvesting."""
    office, record_id = an_office(archive), with_pages(archive, reader)
    granted(archive, office, record_id)
    borrower, read_pages = now(archive, office.borrower), 0

    for _ in range(100):
        clock.advance(seconds=0.5)
        try:
            read(archive, borrower, record_id)
            read_pages += 1
        except TooFast:
            pass

    assert read_pages == archive.settings.pages_per_minute
    assert [n.kind for n in telling.inbox(archive, office.officer)] == ["reading.throttled"]
    clock.advance(minutes=1)
    read(archive, borrower, record_id)


def test_a_search_shows_the_lines_of_what_is_on_loan_and_nothing_after(
    archive: Archive, reader: Reader, clock: Clock
) -> None:
    from archive import search
    from archive.search import Question

    office = an_office(archive)
    record_id = a_secret(archive, body="特殊条款琥珀色保险柜")
    settle(archive, reader)
    granted(archive, office, record_id)

    during = search.find(archive, now(archive, office.borrower), Question("琥珀色保险柜"))
    clock.advance(days=3)
    after = search.find(archive, now(archive, office.borrower), Question("琥珀色保险柜"))

    assert [(hit.record.id, hit.may_read) for hit in during.hits] == [(record_id, True)]
    assert during.hits[0].snippets
    assert (after.total, after.hits) == (0, ())


def test_a_clock_set_back_does_not_stretch_a_loan(archive: Archive, reader: Reader, clock: Clock) -> None:
    """T21: the loan seems open again, but no page can be written down, so none is shown."""
    office, record_id = an_office(archive), with_pages(archive, reader)
    granted(archive, office, record_id)
    clock.advance(days=3, hours=1)
    with archive.write() as tx:
        tx.ledger.add(archive.now(), OPERATOR.id, "archive.verified", "archive", "a")

    clock.advance(hours=-2)

    assert now(archive, office.borrower).on_loan == {record_id}
    with pytest.raises(Conflict, match="clock"):
        read(archive, now(archive, office.borrower), record_id)
