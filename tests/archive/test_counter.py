"""The counter: papers out and in, with the pages counted by somebody who is not the borrower."""

import io
from datetime import timedelta

import pytest

from access.actors import OPERATOR
from access.loans import Event, Form, Loan, State
from access.rules import Denied
from archive import counter, intake, lending, loan_desk, people, telling
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.intake import Claims
from archive.lending import Wish
from archive.page_counts import Known
from indexer.reading import Reader
from tests.archive.test_lending import PURPOSE, a_secret, granted, states
from tests.builders import Office, an_office, settle
from tests.conftest import Clock
from tests.samples import make


def out(archive: Archive, office: Office, record_id: str, *, pages: int = 12) -> Loan:
    granted(archive, office, record_id, Form.PAPER)
    return counter.issue(archive, office.keeper, record_id, pages=pages, condition="good")


def test_a_paper_goes_out_with_its_pages_counted_and_comes_back_whole(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)

    loan = out(archive, office, record_id)
    item = loan.items[0]
    assert (item.state, item.pages_out, item.condition_out, item.issued_by) == (
        State.ON_LOAN,
        12,
        "good",
        office.keeper.id,
    )
    assert item.due_at == clock.at + timedelta(days=3)
    loan = counter.take_back(archive, office.second_keeper, record_id, pages=12, condition="good")

    assert states(loan) == [State.RETURNED]
    assert states(lending.close(archive, office.borrower, loan.id, "已核对")) == [State.CLOSED]


def test_a_paper_that_comes_back_with_a_page_missing_cannot_be_closed(archive: Archive) -> None:
    """T9."""
    office, record_id = an_office(archive), a_secret(archive)
    loan = out(archive, office, record_id)

    with pytest.raises(Invalid, match="say what happened"):
        counter.take_back(archive, office.keeper, record_id, pages=11, condition="good")
    loan = counter.take_back(archive, office.keeper, record_id, pages=11, condition="good", note="缺第7页")

    assert states(loan) == [State.RETURNED_DAMAGED]
    for actor in (office.borrower, office.keeper):
        with pytest.raises(Conflict):
            lending.close(archive, actor, loan.id)
    with pytest.raises(Conflict):
        lending.request(archive, office.colleague, Wish(((record_id, Form.PAPER),), PURPOSE, 1))
    [told] = [n for n in telling.inbox(archive, office.owner) if n.kind == "loan.damaged"]
    assert loan_desk.show(archive, office.owner, told.subject_id).loan.number == loan.number
    with pytest.raises(NotFound):
        loan_desk.show(archive, office.colleague, loan.id)


def test_a_damaged_return_is_settled_by_the_final_approver(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = out(archive, office, record_id)
    counter.take_back(archive, office.keeper, record_id, pages=11, condition="good", note="缺第7页")

    for actor in (office.borrower, office.keeper, office.head):
        with pytest.raises(Denied):
            counter.settle(archive, actor, record_id, Event.SETTLE, "补齐")
    loan = counter.settle(archive, office.final, record_id, Event.SETTLE, "由扫描件补齐第7页")

    assert states(loan) == [State.RETURNED]
    assert loan.items[0].note == "缺第7页\n由扫描件补齐第7页"
    assert states(lending.close(archive, office.keeper, loan.id)) == [State.CLOSED]


def test_nobody_hands_out_to_themselves_nor_takes_back_from_themselves(archive: Archive) -> None:
    """INV-06."""
    office, record_id = an_office(archive), a_secret(archive)
    wish = Wish(((record_id, Form.PAPER),), PURPOSE, 3)
    loan = lending.request(archive, office.keeper, wish)
    lending.decide(archive, office.final, loan.id, yes=True)
    lending.decide(archive, office.owner, loan.id, yes=True)

    with pytest.raises(Denied, match="themselves"):
        counter.issue(archive, office.keeper, record_id, pages=1, condition="good")
    counter.issue(archive, office.second_keeper, record_id, pages=1, condition="good")
    with pytest.raises(Denied, match="themselves"):
        counter.take_back(archive, office.keeper, record_id, pages=1, condition="good")
    with pytest.raises(Denied, match="themselves"):
        counter.lose(archive, office.keeper, record_id, "?")


def test_only_a_document_controller_of_the_site_stands_at_the_counter(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    granted(archive, office, record_id, Form.PAPER)

    for actor in (office.colleague, office.head, office.owner, office.final, office.officer):
        with pytest.raises((Denied, NotFound)):
            counter.issue(archive, actor, record_id, pages=1, condition="good")


def test_nothing_goes_out_before_it_is_approved(archive: Archive) -> None:
    """T7: an approval after the fact has nothing left to approve."""
    office, record_id = an_office(archive), a_secret(archive)
    with pytest.raises(NotFound):
        counter.issue(archive, office.keeper, record_id, pages=1, condition="good")
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.PAPER),), PURPOSE, 3))

    with pytest.raises(Conflict, match="cannot be handed out"):
        counter.issue(archive, office.keeper, record_id, pages=1, condition="good")
    lending.decide(archive, office.head, loan.id, yes=True)
    with pytest.raises(Conflict, match="cannot be handed out"):
        counter.issue(archive, office.keeper, record_id, pages=1, condition="good")


def test_what_is_not_collected_in_time_is_not_handed_out(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    granted(archive, office, record_id, Form.PAPER)
    clock.advance(days=8)

    with pytest.raises(Conflict, match="five working days"):
        counter.issue(archive, office.keeper, record_id, pages=1, condition="good")


@pytest.mark.parametrize(("pages", "condition"), [(0, "good"), (-1, "good"), (1, "pristine"), (1, "")])
def test_pages_and_condition_are_noted_or_nothing_goes_out(archive: Archive, pages: int, condition: str) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    granted(archive, office, record_id, Form.PAPER)

    with pytest.raises(Invalid):
        counter.issue(archive, office.keeper, record_id, pages=pages, condition=condition)


def test_a_paper_without_a_shelf_is_not_lent(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive, shelf_location="")

    with pytest.raises(Conflict) as refusal:
        lending.request(archive, office.borrower, Wish(((record_id, Form.PAPER),), PURPOSE, 3))

    assert refusal.value.code == "no-paper"


def test_a_lost_paper_is_written_off_and_never_lent_again(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    out(archive, office, record_id)

    loan = counter.lose(archive, office.keeper, record_id, "借阅人称遗失")
    assert states(loan) == [State.LOST]
    with pytest.raises(Denied):
        counter.settle(archive, office.keeper, record_id, Event.WRITE_OFF, "核销")
    loan = counter.settle(archive, office.final, record_id, Event.WRITE_OFF, "以扫描件核证副本代替")
    assert states(loan) == [State.WRITTEN_OFF]
    lending.close(archive, office.keeper, loan.id)

    with pytest.raises(Conflict) as refusal:
        lending.request(archive, office.colleague, Wish(((record_id, Form.PAPER),), PURPOSE, 3))
    assert refusal.value.code == "no-paper"


def test_a_lost_paper_that_is_found_comes_back_as_any_other(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    out(archive, office, record_id)
    counter.lose(archive, office.keeper, record_id, "遗失")

    assert states(counter.take_back(archive, office.keeper, record_id, pages=12, condition="good")) == [State.RETURNED]


def test_a_recalled_paper_is_taken_back(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = out(archive, office, record_id)

    assert states(lending.call_back(archive, office.keeper, loan.id, "盘点")) == [State.RECALLED]
    with pytest.raises(Conflict):
        lending.renew(archive, office.borrower, loan.id)
    assert states(counter.take_back(archive, office.keeper, record_id, pages=12, condition="good")) == [State.RETURNED]


def test_who_is_a_week_overdue_borrows_nothing_more(archive: Archive, clock: Clock) -> None:
    office, record_id, other = an_office(archive), a_secret(archive), a_secret(archive, body="另")
    out(archive, office, record_id)
    clock.advance(days=3 + 6)
    lending.cancel(
        archive,
        office.borrower,
        lending.request(archive, office.borrower, Wish(((other, Form.PAPER),), PURPOSE, 3)).id,
        "",
    )
    clock.advance(days=1)

    with pytest.raises(Conflict) as refusal:
        lending.request(archive, office.borrower, Wish(((other, Form.PAPER),), PURPOSE, 3))
    assert refusal.value.code == "blocked"
    counter.take_back(archive, office.keeper, record_id, pages=12, condition="good")
    lending.request(archive, office.borrower, Wish(((other, Form.PAPER),), PURPOSE, 3))


def a_scan(archive: Archive, reader: Reader, pages: int) -> str:
    content = io.BytesIO(make.pdf(*(f"第{n}页" for n in range(1, pages + 1))))
    claims = Claims("合同", "HT02", 2, "JF01", "SWB", shelf_location="A-01")
    record_id = intake.hand_in(archive, OPERATOR, content, "scan.pdf", claims, door="command").record_id
    settle(archive, reader)
    return record_id


def test_pages_that_go_out_are_held_against_the_scan_and_then_against_the_last_count(
    archive: Archive, reader: Reader, clock: Clock
) -> None:
    """Eleven of twelve pages could be lent, and whoever brought eleven back had brought all."""
    office, record_id = an_office(archive), a_scan(archive, reader, 3)
    loan = granted(archive, office, record_id, Form.PAPER)
    assert loan_desk.at_hand(archive, office.keeper, record_id).known == Known(3)

    with pytest.raises(Invalid, match="3 pages are known of it and 2 were counted") as differs:
        counter.issue(archive, office.keeper, record_id, pages=2, condition="good")
    assert (differs.value.code, differs.value.field) == ("pages-differ", "note")
    loan = counter.issue(archive, office.keeper, record_id, pages=2, condition="good", note="封底未扫描在内，原件两页")
    assert loan.items[0].note == "封底未扫描在内，原件两页"
    clock.advance(hours=1)
    counter.take_back(archive, office.keeper, record_id, pages=2, condition="good")

    lending.close(archive, office.keeper, loan.id)
    again = granted(archive, office, record_id, Form.PAPER)
    assert loan_desk.at_hand(archive, office.keeper, record_id).known == Known(2, loan.number)
    assert states(counter.issue(archive, office.keeper, record_id, pages=2, condition="good")) == [State.ON_LOAN]
    with pytest.raises(Invalid, match="2 pages went out and 3 came back"):
        counter.take_back(archive, office.keeper, record_id, pages=3, condition="good")
    with pytest.raises(Invalid, match="worse condition"):
        counter.take_back(archive, office.keeper, record_id, pages=2, condition="damaged")
    assert again.number != loan.number


def test_what_was_completed_after_pages_were_missing_has_all_of_them_again(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = out(archive, office, record_id)
    counter.take_back(archive, office.keeper, record_id, pages=11, condition="good", note="缺第7页")
    counter.settle(archive, office.final, record_id, Event.SETTLE, "由扫描件补齐第7页")
    lending.close(archive, office.keeper, loan.id)
    granted(archive, office, record_id, Form.PAPER)

    assert loan_desk.at_hand(archive, office.keeper, record_id).known == Known(12, loan.number)


def test_of_a_text_nobody_knows_how_many_pages_its_paper_has(archive: Archive, reader: Reader) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    settle(archive, reader)

    granted(archive, office, record_id, Form.PAPER)

    assert loan_desk.at_hand(archive, office.keeper, record_id).known is None


def test_why_a_paper_was_called_back_is_over_when_it_is_here_and_what_was_counted_stays(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    granted(archive, office, record_id, Form.PAPER)
    loan = counter.issue(archive, office.keeper, record_id, pages=12, condition="good", note="缺附图一张")
    people.deactivate(archive, OPERATOR, "borrower")

    with archive.read() as tx:
        assert tx.loans.get(loan.id).items[0].note == "缺附图一张\nleft"
    returned = counter.take_back(archive, office.keeper, record_id, pages=12, condition="good")
    assert returned.items[0].note == "缺附图一张"
