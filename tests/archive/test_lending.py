"""Borrowing, from the request to the answer, told case by case at its own door."""

from dataclasses import replace
from datetime import timedelta

import pytest

from access import rules
from access.approvals import Post
from access.loans import External, Form, Loan, State
from access.rules import Action, Denied
from archive import counter, deputies, lending, loan_terms, people, records, reservations, telling
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.lending import Wish
from archive.records import Description
from tests.builders import Office, a_person, a_record, an_office, now
from tests.conftest import Clock

PURPOSE = "合同纠纷复核"


def a_secret(archive: Archive, *, level: int = 2, body: str = "机密正文", **claims: str) -> str:
    claims = {"shelf_location": "A-01-02-03", **claims}
    return a_record(archive, body, level=level, **claims)  # type: ignore[arg-type]


def wish(record_id: str, form: Form = Form.DIGITAL, *, days: int = 3, purpose: str = PURPOSE, **more: object) -> Wish:
    return Wish(((record_id, form),), purpose, days, **more)  # type: ignore[arg-type]


def granted(archive: Archive, office: Office, record_id: str, form: Form = Form.DIGITAL, *, days: int = 3) -> Loan:
    loan = lending.request(archive, office.borrower, wish(record_id, form, days=days))
    lending.decide(archive, office.head, loan.id, yes=True)
    return lending.decide(archive, office.owner, loan.id, yes=True)


def states(loan: Loan) -> list[State]:
    return [item.state for item in loan.items]


def test_a_level_two_record_is_asked_for_approved_twice_and_read_until_it_is_due(
    archive: Archive, clock: Clock
) -> None:
    office, record_id = an_office(archive), a_secret(archive)

    loan = lending.request(archive, office.borrower, wish(record_id))
    assert states(loan) == [State.SUBMITTED]
    assert loan.number == "JY-2026-000001"
    loan = lending.decide(archive, office.head, loan.id, yes=True)
    assert states(loan) == [State.SUBMITTED]
    loan = lending.decide(archive, office.owner, loan.id, yes=True)

    assert states(loan) == [State.ACTIVE]
    assert loan.items[0].due_at == clock.at + timedelta(days=3)
    assert records.view(archive, now(archive, office.borrower), record_id).may_read
    assert not records.view(archive, now(archive, office.colleague), record_id).may_read
    clock.advance(days=3)
    assert not records.view(archive, now(archive, office.borrower), record_id).may_read


def test_a_loan_opens_pictures_of_pages_and_neither_text_nor_the_file(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    granted(archive, office, record_id)
    borrower = now(archive, office.borrower)

    view = records.view(archive, borrower, record_id)

    assert (view.may_read, view.may_read_text, view.may_download, view.may_describe) == (True, False, False, False)
    with pytest.raises(Denied):
        records.text(archive, borrower, record_id)
    with pytest.raises(Denied):
        records.original(archive, borrower, record_id)


def test_what_would_be_needed_is_said_before_it_is_asked_for(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive, level=2)

    prospect = loan_terms.preview(archive, office.borrower, wish(record_id, purpose=""))

    assert [(ask.post, [p.id for p in people]) for ask, people in prospect.asks] == [
        (Post.DEPARTMENT_HEAD, [office.head.id]),
        (Post.CLASS_OWNER, [office.owner.id]),
    ]
    assert prospect.terms.days_max == 7
    assert prospect.purpose_needed
    assert prospect.refusal is not None
    assert prospect.refusal.code == "no-purpose"
    assert loan_terms.preview(archive, office.borrower, wish(record_id)).refusal is None


@pytest.mark.parametrize(
    ("level", "form", "days", "purpose", "code"),
    [
        (2, Form.DIGITAL, 3, "  ", "no-purpose"),
        (2, Form.DIGITAL, 8, PURPOSE, "term-too-long"),
        (2, Form.DIGITAL, 0, PURPOSE, "term-too-long"),
        (1, Form.DIGITAL, 3, PURPOSE, "open-already"),
        (0, Form.DIGITAL, 3, PURPOSE, "open-already"),
    ],
)
def test_a_request_that_breaks_the_matrix_is_refused(
    archive: Archive, level: int, form: Form, days: int, purpose: str, code: str
) -> None:
    office, record_id = an_office(archive), a_secret(archive, level=level)

    with pytest.raises(Conflict) as refusal:
        lending.request(archive, office.borrower, wish(record_id, form, days=days, purpose=purpose))

    assert refusal.value.code == code


def test_nobody_borrows_above_their_clearance_or_what_they_may_not_find(archive: Archive) -> None:
    office = an_office(archive)
    low = a_person(archive, "low", clearance=1)
    second, third = a_secret(archive), a_secret(archive, level=3, body="核心")

    with pytest.raises(NotFound):
        lending.request(archive, low, wish(second))
    with pytest.raises(NotFound):
        lending.request(archive, office.borrower, wish(third))
    with pytest.raises(Conflict, match="clearance"):
        lending.request(archive, office.keeper, wish(second, borrower="low"))


def test_level_three_is_asked_for_by_its_keeper_and_takes_four_people(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive, level=3)

    loan = lending.request(archive, office.keeper, wish(record_id, borrower="borrower"))
    for approver in (office.head, office.owner, office.final):
        assert states(lending.decide(archive, approver, loan.id, yes=True)) == [State.SUBMITTED]
    loan = lending.decide(archive, office.officer, loan.id, yes=True)

    assert states(loan) == [State.ACTIVE]
    assert records.view(archive, now(archive, office.borrower), record_id).may_read


def test_approvals_are_given_in_their_order_each_by_who_is_asked(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = lending.request(archive, office.borrower, wish(record_id))

    with pytest.raises(Denied, match="who is asked now"):
        lending.decide(archive, office.owner, loan.id, yes=True)
    with pytest.raises(NotFound):
        lending.decide(archive, office.colleague, loan.id, yes=True)
    lending.decide(archive, office.head, loan.id, yes=True)
    with pytest.raises(Denied):
        lending.decide(archive, office.head, loan.id, yes=True)


def test_a_refusal_has_a_reason_and_ends_the_request(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = lending.request(archive, office.borrower, wish(record_id))

    with pytest.raises(Invalid, match="why"):
        lending.decide(archive, office.head, loan.id, yes=False)
    loan = lending.decide(archive, office.head, loan.id, yes=False, reason="另有安排")

    assert states(loan) == [State.REJECTED]
    with pytest.raises(Conflict):
        lending.decide(archive, office.head, loan.id, yes=True)
    assert not records.view(archive, now(archive, office.borrower), record_id).may_read
    assert [n.kind for n in telling.inbox(archive, office.borrower)] == ["loan.rejected"]


def test_a_head_who_borrows_is_answered_by_the_final_approver(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)

    loan = lending.request(archive, office.head, wish(record_id))

    with pytest.raises(Denied, match="own request"):
        lending.decide(archive, office.head, loan.id, yes=True)
    lending.decide(archive, office.final, loan.id, yes=True)
    assert states(lending.decide(archive, office.owner, loan.id, yes=True)) == [State.ACTIVE]


def test_where_nobody_can_be_asked_it_is_said_at_once(archive: Archive) -> None:
    borrower = a_person(archive, "alone", clearance=2)
    record_id = a_secret(archive)

    with pytest.raises(Conflict, match="Nobody else holds the post"):
        lending.request(archive, borrower, wish(record_id))


def test_one_person_in_two_posts_is_not_enough_at_level_two(archive: Archive) -> None:
    borrower = a_person(archive, "asker", clearance=2)
    a_person(archive, "both", "dept_approver", "class_owner", clearance=2, department="KFB")
    record_id = a_secret(archive, department="KFB")

    with pytest.raises(Conflict) as refusal:
        lending.request(archive, borrower, wish(record_id))

    assert refusal.value.code == "not-enough-people"
    foreseen = loan_terms.preview(archive, borrower, replace(wish(record_id), purpose=""))
    assert foreseen.refusal is not None
    assert foreseen.refusal.code == "not-enough-people", "known before anybody has written a purpose"


def test_where_both_posts_are_one_persons_the_final_approver_stands_in_for_the_second(archive: Archive) -> None:
    borrower = a_person(archive, "asker", clearance=2)
    both = a_person(archive, "both", "dept_approver", "class_owner", clearance=2, department="KFB")
    final = a_person(archive, "final", "final_approver", clearance=3, department="ZJB")
    record_id = a_secret(archive, department="KFB")

    foreseen = loan_terms.preview(archive, borrower, wish(record_id))
    assert [[one.id for one in people] for _, people in foreseen.asks] == [[both.id], [final.id]]
    loan = lending.request(archive, borrower, wish(record_id))
    lending.decide(archive, both, loan.id, yes=True)
    with pytest.raises(Denied, match="another person"):
        lending.decide(archive, both, loan.id, yes=True)

    assert states(lending.decide(archive, final, loan.id, yes=True)) == [State.ACTIVE]


# ---- Deputies ----


def test_a_deputy_decides_within_the_dates_and_not_after(archive: Archive, clock: Clock) -> None:
    """T7: a delegation that has run out is worth nothing."""
    office, first, second = an_office(archive), a_secret(archive), a_secret(archive, body="另一份")
    deputies.delegate(archive, office.head, "colleague", clock.at, clock.at + timedelta(days=2))
    one = lending.request(archive, office.borrower, wish(first))
    other = lending.request(archive, office.borrower, wish(second))

    lending.decide(archive, office.colleague, one.id, yes=True)
    clock.advance(days=2)

    with pytest.raises(NotFound):
        lending.decide(archive, office.colleague, other.id, yes=True)
    with archive.read() as tx:
        answer = tx.loans.approvals_of([one.id])[one.id][0]
    assert (answer.decided_by, answer.decided_for) == (office.colleague.id, office.head.id)


def test_a_delegation_that_was_ended_is_worth_nothing(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    given = deputies.delegate(archive, office.head, "colleague", clock.at, clock.at + timedelta(days=9))
    loan = lending.request(archive, office.borrower, wish(record_id))

    deputies.end_delegation(archive, office.head, given.id)

    with pytest.raises(NotFound):
        lending.decide(archive, office.colleague, loan.id, yes=True)


def test_the_borrower_as_deputy_does_not_approve_their_own_request(archive: Archive, clock: Clock) -> None:
    """T7."""
    office, record_id = an_office(archive), a_secret(archive)
    deputies.delegate(archive, office.head, "borrower", clock.at, clock.at + timedelta(days=9))
    loan = lending.request(archive, office.borrower, wish(record_id))

    with pytest.raises(Denied, match="own request"):
        lending.decide(archive, office.borrower, loan.id, yes=True)


def test_the_deputy_of_somebody_who_left_decides_nothing(archive: Archive, clock: Clock) -> None:
    from access.actors import OPERATOR

    office, record_id = an_office(archive), a_secret(archive)
    deputies.delegate(archive, office.head, "colleague", clock.at, clock.at + timedelta(days=9))
    loan = lending.request(archive, office.borrower, wish(record_id))

    people.deactivate(archive, OPERATOR, "head")

    with pytest.raises(NotFound):
        lending.decide(archive, office.colleague, loan.id, yes=True)


def test_only_who_approves_has_something_to_delegate(archive: Archive, clock: Clock) -> None:
    office = an_office(archive)

    with pytest.raises(Denied):
        deputies.delegate(archive, office.borrower, "colleague", clock.at, clock.at + timedelta(days=1))
    with pytest.raises(Conflict):
        deputies.delegate(archive, office.head, "colleague", clock.at, clock.at + timedelta(days=60))
    with pytest.raises(Invalid):
        deputies.delegate(archive, office.head, "admin", clock.at, clock.at + timedelta(days=1))
    with pytest.raises(Invalid):
        deputies.delegate(archive, office.head, "head", clock.at, clock.at + timedelta(days=1))


# ---- Taking back, renewing, calling back, closing ----


def test_a_request_is_cancelled_by_its_borrower_only(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = lending.request(archive, office.borrower, wish(record_id))

    with pytest.raises(NotFound):
        lending.cancel(archive, office.colleague, loan.id, "不需要了")
    assert states(lending.cancel(archive, office.borrower, loan.id, "不需要了")) == [State.CANCELLED]
    with pytest.raises(Conflict):
        lending.decide(archive, office.head, loan.id, yes=True)
    with pytest.raises(Conflict):
        lending.cancel(archive, office.borrower, loan.id, "again")


def test_a_renewal_at_level_two_is_approved_again_by_two_people(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = granted(archive, office, record_id)
    clock.advance(days=2)

    lending.renew(archive, office.borrower, loan.id)
    lending.decide(archive, office.head, loan.id, yes=True)
    loan = lending.decide(archive, office.owner, loan.id, yes=True)

    assert loan.renewals == 1
    assert loan.items[0].started_at is not None
    assert loan.items[0].due_at == loan.items[0].started_at + timedelta(days=6)
    with pytest.raises(Conflict, match="cannot be renewed any more"):
        lending.renew(archive, office.borrower, loan.id)


def test_a_refused_renewal_leaves_the_loan_as_it_is_and_may_be_asked_again(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = granted(archive, office, record_id)
    due = loan.items[0].due_at

    lending.renew(archive, office.borrower, loan.id)
    loan = lending.decide(archive, office.head, loan.id, yes=False, reason="期限已够")
    assert (loan.renewing, loan.renewals, loan.items[0].due_at) == (False, 0, due)

    assert lending.renew(archive, office.borrower, loan.id).renewing


def test_a_renewal_is_not_approved_after_the_loan_is_due(archive: Archive, clock: Clock) -> None:
    """T7: no approval after the fact."""
    office, record_id = an_office(archive), a_secret(archive)
    loan = granted(archive, office, record_id)
    lending.renew(archive, office.borrower, loan.id)
    clock.advance(days=3)

    with pytest.raises(Conflict, match="past due"):
        lending.decide(archive, office.head, loan.id, yes=True)


def test_calling_back_closes_reading_at_the_next_request(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = granted(archive, office, record_id)
    assert now(archive, office.borrower).on_loan == {record_id}

    with pytest.raises(Denied):
        lending.call_back(archive, office.colleague, loan.id, "audit")
    loan = lending.call_back(archive, office.owner, loan.id, "诉讼保全")

    assert states(loan) == [State.REVOKED]
    assert now(archive, office.borrower).on_loan == frozenset()


def test_a_leaver_loses_what_they_read_and_is_asked_for_what_they_hold(archive: Archive) -> None:
    """INV-10, in the transaction that closes the account."""
    from access.actors import OPERATOR

    office = an_office(archive)
    first, second, third = (a_secret(archive, body=f"第{n}份") for n in range(3))
    reading = granted(archive, office, first)
    holding = granted(archive, office, second, Form.PAPER)
    counter.issue(archive, office.keeper, second, pages=3, condition="good")
    asked = lending.request(archive, office.borrower, wish(third))

    people.deactivate(archive, OPERATOR, "borrower")

    with archive.read() as tx:
        found = [states(tx.loans.get(loan.id)) for loan in (reading, holding, asked)]
        last = tx.ledger.lines(limit=4)
        assert tx.loans.open_for(office.borrower.id, archive.now()) == frozenset()
    assert found == [[State.REVOKED], [State.RECALLED], [State.CANCELLED]]
    assert sorted(event.action for event in last) == [
        "loan.cancelled",
        "loan.recalled",
        "loan.revoked",
        "person.deactivated",
    ]


def test_a_record_that_becomes_stricter_takes_its_loans_with_it(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    granted(archive, office, record_id)
    record = records.view(archive, office.keeper, record_id).record
    said = Description(
        record.title, record.class_code, 3, record.site, record.department, shelf_location=record.shelf_location
    )

    records.describe(archive, office.keeper, record_id, said, revision=record.revision, filing=False)

    with archive.read() as tx:
        assert [states(loan) for loan in tx.loans.of_record(record_id)] == [[State.REVOKED]]


def test_a_loan_is_closed_with_what_came_of_it(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = granted(archive, office, record_id)

    with pytest.raises(Conflict, match="cannot be closed"):
        lending.close(archive, office.borrower, loan.id)
    lending.call_back(archive, office.owner, loan.id, "audit")
    with pytest.raises(NotFound):
        lending.close(archive, office.colleague, loan.id)
    loan = lending.close(archive, office.borrower, loan.id, "避免重复付款")

    assert (states(loan), loan.effect) == ([State.CLOSED], "避免重复付款")


def test_digital_and_paper_go_under_one_loan_each_its_own_way(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    both = Wish(((record_id, Form.DIGITAL), (record_id, Form.PAPER)), PURPOSE, 3)

    loan = lending.request(archive, office.borrower, both)
    lending.decide(archive, office.head, loan.id, yes=True)
    loan = lending.decide(archive, office.owner, loan.id, yes=True)

    assert sorted(states(loan)) == [State.ACTIVE, State.APPROVED]
    counter.issue(archive, office.keeper, record_id, pages=5, condition="good")
    with archive.read() as tx:
        assert sorted(states(tx.loans.get(loan.id))) == [State.ACTIVE, State.ON_LOAN]


def test_somebody_from_outside_brings_a_letter_and_gets_no_sign_in(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive, level=1)
    court = External("周法官", "某区人民法院", "(2026)协查12号")

    with pytest.raises(Denied):
        lending.request(archive, office.borrower, wish(record_id, Form.PAPER, external=court))
    nameless = replace(court, letter=" ")
    with pytest.raises(Invalid, match="letter"):
        lending.request(archive, office.keeper, wish(record_id, Form.PAPER, external=nameless))
    with pytest.raises(Conflict):
        lending.request(archive, office.keeper, wish(record_id, Form.DIGITAL, external=court))
    prospect = loan_terms.preview(archive, office.keeper, wish(record_id, Form.PAPER, external=court))
    assert Post.FINAL_APPROVER in prospect.terms.posts


# ---- The queue ----


def test_who_waits_longest_is_told_and_served_first(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    granted(archive, office, record_id, Form.PAPER)
    counter.issue(archive, office.keeper, record_id, pages=3, condition="good")
    with pytest.raises(Conflict) as refusal:
        lending.request(archive, office.colleague, wish(record_id, Form.PAPER))
    assert refusal.value.code == "already-lent"

    assert reservations.reserve(archive, office.colleague, record_id) == 1
    clock.advance(minutes=1)
    assert reservations.reserve(archive, office.final, record_id) == 2
    with pytest.raises(Conflict, match="already"):
        reservations.reserve(archive, office.final, record_id)
    counter.take_back(archive, office.keeper, record_id, pages=3, condition="good")

    assert [n.kind for n in telling.inbox(archive, office.colleague)] == ["reservation.turn"]
    assert telling.inbox(archive, office.final) == []
    with pytest.raises(Conflict) as refusal:
        lending.request(archive, office.owner, wish(record_id, Form.PAPER))
    assert refusal.value.code == "reserved"
    lending.request(archive, office.colleague, wish(record_id, Form.PAPER))


def test_a_loan_somebody_waits_for_is_not_renewed(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = granted(archive, office, record_id, Form.PAPER)
    counter.issue(archive, office.keeper, record_id, pages=3, condition="good")
    reservations.reserve(archive, office.colleague, record_id)

    with pytest.raises(Conflict) as refusal:
        lending.renew(archive, office.borrower, loan.id)

    assert refusal.value.code == "somebody-waits"


def test_what_is_free_is_not_reserved(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)

    with pytest.raises(Conflict, match="free"):
        reservations.reserve(archive, office.colleague, record_id)


# ---- Numbers and the ledger ----


def test_with_the_clock_set_back_nothing_is_lent_and_nothing_opens(archive: Archive, clock: Clock) -> None:
    """T21: neither to stretch a loan nor to date an approval before its time."""
    office, first, second = an_office(archive), a_secret(archive), a_secret(archive, body="另一份")
    loan = granted(archive, office, first)
    waiting = lending.request(archive, office.borrower, wish(second))
    clock.advance(days=3)
    telling_of_it = records.view(archive, now(archive, office.borrower), first)
    lending.cancel(archive, office.borrower, waiting.id, "到期")
    assert not telling_of_it.may_read

    clock.advance(days=-1)

    with pytest.raises(Conflict, match="clock"):
        lending.request(archive, office.colleague, wish(second))
    with pytest.raises(Conflict, match="clock"):
        lending.renew(archive, office.borrower, loan.id)


def test_numbers_are_counted_up_each_year_and_never_given_twice(archive: Archive, clock: Clock) -> None:
    office = an_office(archive)
    given = [lending.request(archive, office.borrower, wish(a_secret(archive, body=f"{n}"))).number for n in range(3)]
    lending.cancel(archive, office.borrower, _by_number(archive, given[-1]), "x")
    with pytest.raises(Conflict):
        lending.request(archive, office.borrower, wish(a_secret(archive, body="z"), days=99))
    clock.advance(days=365)
    next_year = lending.request(archive, office.borrower, wish(a_secret(archive, body="y"))).number

    assert given == ["JY-2026-000001", "JY-2026-000002", "JY-2026-000003"]
    assert next_year == "JY-2027-000001"


def _by_number(archive: Archive, number: str) -> str:
    with archive.read() as tx:
        return next(
            loan.id for loan in tx.loans.between(archive.now(), archive.now() + timedelta(1)) if loan.number == number
        )


def test_the_ledger_tells_the_story_in_ids_only(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = granted(archive, office, record_id)

    with archive.read() as tx:
        lines = tx.ledger.lines(subject_id=loan.id)

    assert [line.action for line in reversed(lines)] == [
        "loan.requested",
        "loan.consented",
        "loan.consented",
        "loan.approved",
        "loan.opened",
    ]
    assert not any(PURPOSE in str(line.payload) or line.payload.get("name") == "borrower" for line in lines)


def test_whoever_may_borrow_a_record_may_find_it(archive: Archive) -> None:
    office = an_office(archive)
    for actor in (office.borrower, office.keeper, office.final, office.owner):
        find, borrow = rules.scope(actor, Action.FIND), rules.scope(actor, Action.BORROW)
        assert set(borrow.clauses) <= set(find.clauses)


def test_the_shell_borrows_nothing(archive: Archive) -> None:
    from access.actors import OPERATOR

    record_id = a_secret(archive)

    with pytest.raises((Denied, NotFound)):
        lending.request(archive, OPERATOR, wish(record_id))
