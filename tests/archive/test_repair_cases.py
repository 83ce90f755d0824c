"""A damaged paper is treated, cannot be lent meanwhile, and lies on its shelf again when somebody else says so."""

from datetime import date, timedelta

import pytest

from access import repairs as machine
from access.actors import OPERATOR, Actor
from access.loans import Form
from access.loans import State as LoanState
from access.repairs import Event, State
from access.rules import Denied
from archive import (
    chasing,
    counter,
    dues,
    lending,
    loan_desk,
    loan_terms,
    locations,
    people,
    repairs,
    reports,
    reservations,
    stocktaking,
    telling,
)
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.lending import Wish
from archive.locations import NewPlace
from archive.model.repairs import Repair
from tests.builders import Office, a_person, a_record, an_office
from tests.conftest import NOON, Clock

TODAY = NOON.date()
LATER = TODAY + timedelta(days=20)


@pytest.fixture
def office(archive: Archive) -> Office:
    return an_office(archive)


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "mender", "document_controller", clearance=3, department="DAS", sites=("JF01",))


@pytest.fixture
def other(archive: Archive) -> Actor:
    return a_person(archive, "looker", "document_controller", clearance=3, department="DAS", sites=("JF01",))


@pytest.fixture
def paper(archive: Archive) -> str:
    return a_record(archive, "旧合同", title="旧合同", shelf_location="一号库房-01盒")


def a_case(archive: Archive, actor: Actor, paper: str) -> Repair:
    return repairs.open_case(archive, actor, paper, kind="mould", said="第3页霉斑", urgency="urgent")


def away(archive: Archive, actor: Actor, paper: str) -> Repair:
    case = a_case(archive, actor, paper)
    return repairs.treat(archive, actor, case.id, company="古籍修复有限公司", due_on=LATER, pages=12)


def test_every_state_is_reached_and_leaves_only_as_the_table_says() -> None:
    reached = {State.OPEN} | set(machine.STEPS.values())

    assert reached == set(State)
    assert {before for before, _ in machine.STEPS} == machine.RUNNING


def test_who_treated_a_paper_before_somebody_else_took_over_does_not_say_that_it_is_back(
    archive: Archive, keeper: Actor, other: Actor, paper: str
) -> None:
    case = a_case(archive, keeper, paper)
    repairs.treat(archive, keeper, case.id, by="looker", due_on=LATER)
    repairs.treat(archive, keeper, case.id, company="古籍修复有限公司", due_on=LATER)
    repairs.finish(archive, keeper, case.id, mended=True, work="除霉")

    with pytest.raises(Denied, match="Somebody else"):
        repairs.put_back(archive, other, case.id)
    assert Event.PUT_BACK not in repairs.show(archive, other, case.id).may


def test_where_nobody_else_keeps_the_rooms_the_final_approver_says_that_it_is_back(
    archive: Archive, office: Office, keeper: Actor, paper: str
) -> None:
    for login in ("keeper", "second"):
        people.deactivate(archive, OPERATOR, login)
    case = away(archive, keeper, paper)
    repairs.finish(archive, keeper, case.id, mended=True, work="除霉")

    assert repairs.show(archive, keeper, case.id).alone
    assert "repairs" in {task.kind for task in dues.every(archive, office.final, mine=True)}
    assert "repairs" not in {task.kind for task in dues.every(archive, keeper, mine=True)}
    assert repairs.put_back(archive, office.final, case.id).state is State.BACK


def test_who_approves_last_is_not_asked_where_another_keeps_the_rooms_and_does_nothing_else_with_a_case(
    archive: Archive, office: Office, keeper: Actor, other: Actor, paper: str
) -> None:
    case = away(archive, keeper, paper)
    with pytest.raises(Denied):
        repairs.finish(archive, office.final, case.id, mended=True, work="除霉")
    repairs.finish(archive, keeper, case.id, mended=True, work="除霉")

    assert not repairs.show(archive, keeper, case.id).alone
    with pytest.raises(Denied):
        repairs.put_back(archive, office.final, case.id)
    assert "repairs" not in {task.kind for task in dues.every(archive, office.final, mine=True)}
    assert "repairs" in {task.kind for task in dues.every(archive, other, mine=True)}


def test_a_paper_that_is_lost_when_it_is_treated_is_missing_until_it_is_found(
    archive: Archive, office: Office, keeper: Actor, other: Actor, paper: str
) -> None:
    room = locations.add(archive, keeper, NewPlace("JF01", "room", "一号库房"))
    locations.move(archive, keeper, paper, room.id)
    case = away(archive, keeper, paper)
    with pytest.raises(Invalid, match="what happened"):
        repairs.lose(archive, keeper, case.id, " ")

    lost = repairs.lose(archive, keeper, case.id, "修复公司称未收到")

    assert (lost.state, lost.lost_by) == (State.LOST, keeper.id)
    assert "repair.lost" in {one.kind for one in telling.inbox(archive, office.final)}
    refusal = loan_terms.preview(archive, office.borrower, Wish(((paper, Form.PAPER),), "核对", 3)).refusal
    assert refusal is not None
    assert refusal.code == "paper-missing"
    with archive.read() as tx:
        standing = tx.loans.standings([paper], office.borrower.id, archive.now())[paper]
    assert (standing.missing, standing.at_repair) == (True, False)
    walk = stocktaking.begin(archive, keeper, "一号库房", "looker")
    assert [line.difference for line in walk.lines] == ["missing"]
    found = [task.due.subject for task in dues.every(archive, other, mine=True) if task.kind == "repairs"]
    assert found == [f"{case.id}-lost"]

    back = repairs.find(archive, other, case.id, "修复公司库房内")
    assert (back.state, back.loss) == (State.IN_TREATMENT, "修复公司称未收到\n修复公司库房内")
    repairs.finish(archive, keeper, case.id, mended=True, work="除霉")
    assert repairs.put_back(archive, other, case.id).state is State.BACK
    with archive.read() as tx:
        lines = {line.action for line in tx.ledger.lines(subject_id=case.id)}
    assert {"repair.lost", "repair.found"} <= lines


def test_a_lost_paper_is_given_up_by_the_final_approver_who_never_had_it(
    archive: Archive, office: Office, keeper: Actor, other: Actor, paper: str
) -> None:
    case = away(archive, keeper, paper)
    repairs.lose(archive, keeper, case.id, "修复公司称未收到")
    for actor in (keeper, other):
        with pytest.raises(Denied) as refused:
            repairs.write_off(archive, actor, case.id, "遍寻无着")
        assert refused.value.reason == "not-asked"

    gone = repairs.write_off(archive, office.final, case.id, "遍寻无着，修复公司赔偿")

    assert (gone.state, gone.closed_by) == (State.WRITTEN_OFF, office.final.id)
    with archive.read() as tx:
        assert tx.records.get(paper).shelf_location == ""


def test_who_had_a_paper_or_says_that_it_is_lost_does_not_give_it_up(
    archive: Archive, keeper: Actor, paper: str
) -> None:
    both = a_person(archive, "both", "document_controller", "final_approver", clearance=3, sites=("JF01",))
    case = away(archive, keeper, paper)
    repairs.lose(archive, both, case.id, "未归还")

    with pytest.raises(Denied) as refused:
        repairs.write_off(archive, both, case.id, "遍寻无着")
    assert refused.value.reason == "own-loss"
    assert Event.WRITE_OFF not in repairs.show(archive, both, case.id).may


def test_what_was_granted_of_a_lost_paper_is_cancelled_and_what_is_read_on_screen_is_not(
    archive: Archive, office: Office, keeper: Actor, paper: str
) -> None:
    loan = lending.request(archive, office.borrower, Wish(((paper, Form.PAPER),), "核对", 3))
    lending.decide(archive, office.keeper, loan.id, yes=True)
    case = away(archive, keeper, paper)

    repairs.lose(archive, keeper, case.id, "未归还")

    assert [item.state for item in loan_desk.show(archive, office.borrower, loan.id).loan.items] == [
        LoanState.CANCELLED
    ]
    assert "loan.cancelled" in {one.kind for one in telling.inbox(archive, office.borrower)}


def test_whose_granted_paper_goes_to_repair_is_told_and_has_the_days_to_collect_it_anew(
    archive: Archive, office: Office, keeper: Actor, other: Actor, paper: str, clock: Clock
) -> None:
    loan = lending.request(archive, office.borrower, Wish(((paper, Form.PAPER),), "核对", 3))
    lending.decide(archive, office.keeper, loan.id, yes=True)
    case = away(archive, keeper, paper)
    for told in (office.borrower, office.keeper):
        assert [one.kind for one in telling.inbox(archive, told)].count("loan.at-repair") == 1
    assert "loan.at-repair" not in {one.kind for one in telling.inbox(archive, keeper)}, "who sent it away knows"

    clock.advance(days=14)
    chasing.sweep(archive)
    repairs.finish(archive, keeper, case.id, mended=True, work="除霉")
    repairs.put_back(archive, other, case.id)
    assert [one.kind for one in telling.inbox(archive, office.borrower)].count("loan.ready") == 2
    clock.advance(days=4)
    chasing.sweep(archive)
    assert loan_desk.show(archive, office.borrower, loan.id).loan.items[0].state is LoanState.APPROVED
    clock.advance(days=4)
    chasing.sweep(archive)
    assert loan_desk.show(archive, office.borrower, loan.id).loan.items[0].state is LoanState.LAPSED


def test_what_somebody_who_left_was_to_bring_back_is_due_for_those_who_keep_the_rooms(
    archive: Archive, keeper: Actor, other: Actor, paper: str
) -> None:
    case = a_case(archive, keeper, paper)
    repairs.treat(archive, keeper, case.id, by="looker", due_on=TODAY)

    def found() -> list[str]:
        return [task.due.subject for task in dues.every(archive, keeper, mine=True) if task.kind == "repairs"]

    assert found() == []
    people.deactivate(archive, OPERATOR, "looker")
    assert found() == [case.id]


def test_a_case_goes_from_damage_to_the_shelf_with_a_line_for_every_step(
    archive: Archive, keeper: Actor, other: Actor, paper: str
) -> None:
    case = a_case(archive, keeper, paper)
    repairs.treat(archive, keeper, case.id, by="mender", due_on=TODAY, pages=12)
    repairs.treat(archive, keeper, case.id, by="mender", due_on=LATER)
    repairs.finish(archive, keeper, case.id, mended=True, work="除霉、托裱", materials="楮皮纸", pages=12)
    back = repairs.put_back(archive, other, case.id)

    assert (back.state, back.pages_before, back.pages_after, back.closed_by) == (State.BACK, 12, 12, other.id)
    with archive.read() as tx:
        lines = [line.action for line in tx.ledger.lines(subject_id=case.id)]
    assert sorted(lines) == sorted(
        ["repair.opened", "repair.begun", "repair.begun", "repair.mended", "repair.put-back"]
    )


def test_who_treated_it_or_wrote_down_what_was_done_does_not_say_that_it_is_back(
    archive: Archive, keeper: Actor, other: Actor, paper: str
) -> None:
    case = a_case(archive, keeper, paper)
    repairs.treat(archive, keeper, case.id, by="looker", due_on=LATER)
    repairs.finish(archive, keeper, case.id, mended=False, work="酸化严重，一触即碎")

    for actor in (keeper, other):
        with pytest.raises(Denied, match="Somebody else"):
            repairs.put_back(archive, actor, case.id)
        assert Event.PUT_BACK not in repairs.show(archive, actor, case.id).may


def test_what_is_not_said_whole_is_refused(archive: Archive, keeper: Actor, paper: str) -> None:
    for wrong in ({"kind": "x"}, {"said": " "}, {"urgency": "x"}, {"seen_on": TODAY + timedelta(days=1)}):
        said = {"kind": "mould", "said": "霉斑", "urgency": "usual"} | wrong
        with pytest.raises(Invalid):
            repairs.open_case(archive, keeper, paper, **said)  # type: ignore[arg-type]
    case = a_case(archive, keeper, paper)
    with pytest.raises(Conflict, match="not closed"):
        a_case(archive, keeper, paper)
    for by, company, due in (("", "", LATER), ("mender", "甲", LATER), ("nobody", "", LATER), ("mender", "", None)):
        with pytest.raises(Invalid):
            repairs.treat(archive, keeper, case.id, by=by, company=company, due_on=due)
    with pytest.raises(Conflict):
        repairs.put_back(archive, keeper, case.id)
    repairs.treat(archive, keeper, case.id, by="mender", due_on=LATER)
    with pytest.raises(Invalid, match="what was done"):
        repairs.finish(archive, keeper, case.id, mended=True, work=" ")
    with pytest.raises(Conflict):
        repairs.drop(archive, keeper, case.id, "无碍")


def test_who_may_not_find_a_paper_or_is_told_of_nothing_that_is_due_does_not_treat_it(
    archive: Archive, keeper: Actor, paper: str
) -> None:
    a_person(archive, "far", "document_controller", clearance=3, sites=("YL02",))
    a_person(archive, "reads", "borrower", clearance=3, sites=("JF01",))
    case = a_case(archive, keeper, paper)
    for login in ("far", "reads"):
        with pytest.raises(Invalid) as refused:
            repairs.treat(archive, keeper, case.id, by=login, due_on=LATER)
        assert refused.value.code == "no-such-person"


@pytest.mark.parametrize("where", ["stocktake", "loan"])
def test_where_it_was_not_seen_damaged_answers_as_what_is_not_there(
    archive: Archive, keeper: Actor, paper: str, where: str
) -> None:
    with pytest.raises(NotFound) as refused:
        repairs.blank(archive, keeper, paper, **{where: "0123456789abcdef"})
    assert refused.value.code == "not-seen-damaged"


def test_a_paper_without_an_address_is_not_mended(archive: Archive, keeper: Actor) -> None:
    with pytest.raises(Invalid, match="no paper"):
        a_case(archive, keeper, a_record(archive, "电子件", title="电子件"))


def test_what_needs_nothing_is_dropped_and_may_be_opened_again(archive: Archive, keeper: Actor, paper: str) -> None:
    dropped = repairs.drop(archive, keeper, a_case(archive, keeper, paper).id, "仅封面磨损，不影响利用")

    assert dropped.state is State.DROPPED
    assert a_case(archive, keeper, paper).number.endswith("0002")


def test_a_paper_at_repair_is_not_lent_and_who_waits_is_told_when_it_is_back(
    archive: Archive, office: Office, keeper: Actor, other: Actor, paper: str
) -> None:
    wish = Wish(((paper, Form.PAPER),), "核对", 3)
    case = a_case(archive, keeper, paper)
    assert loan_terms.preview(archive, office.borrower, wish).refusal is None, "an open case bars nothing"
    repairs.treat(archive, keeper, case.id, company="古籍修复有限公司", due_on=LATER)

    refusal = loan_terms.preview(archive, office.borrower, wish).refusal
    assert refusal is not None
    assert (refusal.code, str(LATER) in refusal.sentence) == ("at-repair", True)
    assert loan_desk.offer(archive, office.borrower, paper).repair is not None
    with archive.read() as tx:
        standing = tx.loans.standings([paper], office.borrower.id, archive.now())[paper]
    assert (standing.at_repair, standing.repaired_by) == (True, LATER)

    assert reservations.reserve(archive, office.borrower, paper) == 1
    repairs.finish(archive, keeper, case.id, mended=True, work="除霉")
    assert loan_terms.preview(archive, office.borrower, wish).refusal == refusal, "it is not on its shelf yet"
    repairs.put_back(archive, other, case.id)
    assert loan_terms.preview(archive, office.borrower, wish).refusal is None
    told = telling.inbox(archive, office.borrower)
    assert [one.kind for one in told].count("reservation.turn") == 1


def test_a_paper_that_was_granted_and_went_to_repair_is_not_handed_out_and_one_that_is_out_is_not_treated(
    archive: Archive, office: Office, keeper: Actor, other: Actor, paper: str
) -> None:
    loan = lending.request(archive, office.borrower, Wish(((paper, Form.PAPER),), "核对", 3))
    lending.decide(archive, office.keeper, loan.id, yes=True)
    case = away(archive, keeper, paper)
    with pytest.raises(Conflict, match="at repair"):
        counter.issue(archive, office.keeper, paper, pages=3, condition="good")

    repairs.finish(archive, keeper, case.id, mended=True, work="除霉")
    repairs.put_back(archive, other, case.id)
    counter.issue(archive, office.keeper, paper, pages=3, condition="good")
    again = a_case(archive, keeper, paper)
    with pytest.raises(Conflict, match="on loan"):
        repairs.treat(archive, keeper, again.id, by="mender", due_on=LATER)


def test_nobody_is_granted_a_paper_while_it_is_at_repair(
    archive: Archive, office: Office, keeper: Actor, other: Actor
) -> None:
    paper = a_record(archive, "旧合同", title="旧合同", level=2, shelf_location="一号库房-01盒")
    loan = lending.request(archive, office.borrower, Wish(((paper, Form.PAPER),), "核对", 5))
    case = away(archive, keeper, paper)

    with pytest.raises(Conflict) as refused:
        lending.decide(archive, office.head, loan.id, yes=True)
    assert refused.value.code == "at-repair"
    repairs.finish(archive, keeper, case.id, mended=True, work="除霉", pages=12)
    repairs.put_back(archive, other, case.id)
    lending.decide(archive, office.head, loan.id, yes=True)


def test_a_case_begins_with_who_saw_the_damage_when_it_came_back_from_a_loan(
    archive: Archive, office: Office, keeper: Actor, paper: str
) -> None:
    loan = lending.request(archive, office.borrower, Wish(((paper, Form.PAPER),), "核对", 3))
    lending.decide(archive, office.keeper, loan.id, yes=True)
    with pytest.raises(NotFound):
        repairs.blank(archive, keeper, paper, loan=loan.id)
    counter.issue(archive, office.keeper, paper, pages=3, condition="good")
    counter.take_back(archive, office.keeper, paper, pages=2, condition="damaged", note="撕去一页")

    case = repairs.open_case(archive, keeper, paper, kind="torn", said="缺第2页", loan=loan.id)

    assert (case.source, case.seen_by, case.loan_id) == ("loan", office.keeper.id, loan.id)
    assert repairs.show(archive, keeper, case.id).loan == loan.number


def test_a_case_begins_with_a_damaged_line_of_a_stocktake_and_the_next_one_knows_that_it_is_away(
    archive: Archive, keeper: Actor, other: Actor, paper: str
) -> None:
    room = locations.add(archive, keeper, NewPlace("JF01", "room", "一号库房"))
    box = locations.add(archive, keeper, NewPlace("", "box", "01盒", parent_id=room.id))
    locations.move(archive, keeper, paper, box.id)
    walk = stocktaking.begin(archive, keeper, "一号库房", "looker")
    stocktaking.scan(archive, other, walk.id, paper, box.id)
    with pytest.raises(NotFound):
        repairs.blank(archive, keeper, paper, stocktake=walk.id)
    stocktaking.count(archive, other, walk.id, paper, pages=None, condition="faded")

    case = repairs.open_case(archive, keeper, paper, kind="faded", said="落款不清", stocktake=walk.id)
    repairs.treat(archive, keeper, case.id, by="mender", due_on=LATER)

    assert (case.source, case.seen_by) == ("stocktake", other.id)
    assert [line.difference for line in stocktaking.begin(archive, keeper, "一号库房", "looker").lines] == ["on-loan"]


def test_what_is_due_back_is_due_for_who_treats_it_and_then_for_who_sees_it_back(
    archive: Archive, keeper: Actor, paper: str
) -> None:
    case = a_case(archive, keeper, paper)
    repairs.treat(archive, keeper, case.id, by="mender", due_on=LATER)

    def found(until: date) -> list[str]:
        return [task.due.subject for task in dues.every(archive, keeper, until=until) if task.kind == "repairs"]

    assert found(LATER - timedelta(days=1)) == []
    assert found(LATER) == [case.id]
    assert not repairs.show(archive, keeper, case.id).overdue
    repairs.finish(archive, keeper, case.id, mended=True, work="除霉")
    assert found(TODAY) == [f"{case.id}-back"]


def test_a_case_of_a_hidden_record_is_as_one_that_is_not_there(archive: Archive, keeper: Actor) -> None:
    secret = a_record(archive, "名册", title="名册", level=3, class_code="KH01", shelf_location="一号库房-02盒")
    case = away(archive, keeper, secret)
    less = a_person(archive, "less", "document_controller", clearance=1, department="DAS", sites=("JF01",))

    assert repairs.every(archive, less) == repairs.running(archive, less) == []
    for asked in (
        lambda: repairs.show(archive, less, case.id),
        lambda: repairs.put_back(archive, less, case.id),
        lambda: repairs.blank(archive, less, secret),
        lambda: a_case(archive, less, secret),
    ):
        with pytest.raises(NotFound):
            asked()
    assert "名册" not in reports.print_out(archive, less, "repairs", {}, form="csv", language="zh").content.decode()
    assert "名册" in reports.print_out(archive, keeper, "repairs", {}, form="csv", language="zh").content.decode()
    borrower = a_person(archive, "somebody", "borrower")
    with pytest.raises(Denied):
        repairs.every(archive, borrower)
    with pytest.raises(Denied):
        a_case(archive, people.named(archive, "somebody"), secret)
