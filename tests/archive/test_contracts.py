"""The register of contracts: drafted by one, confirmed by another, never two that exclude each other on one day."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import (
    amendments,
    contract_desk,
    contract_law,
    contracts,
    dues,
    faults,
    house_sheets,
    locations,
    reports,
    search,
)
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.locations import NewPlace
from archive.model import Suggestion
from archive.model.contracts import Contract, Project, Provision, check, gives_way, notice_deadline, standing
from archive.search import Question
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.conftest import Clock


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")


@pytest.fixture
def owner(archive: Archive) -> Actor:
    return a_person(archive, "owner", "class_owner", clearance=3, department="SWB")


def a_contract(
    archive: Archive, keeper: Actor, begins: str, ends: str, *, name: str = "a", class_code: str = "HT02", **said: str
) -> Contract:
    record = a_record(
        archive, f"合同正文 {name}", title=f"合同{name}", name=f"{name}.txt", class_code=class_code, level=2
    )
    return contracts.draft(archive, keeper, record, {"begins_on": begins, "ends_on": ends, **said})


def confirmed(archive: Archive, keeper: Actor, owner: Actor, begins: str, ends: str, **more: str) -> Contract:
    one = a_contract(archive, keeper, begins, ends, **more)
    return contracts.confirm(archive, owner, one.id, revision=one.revision, despite="其余证据待补")


def a_term(begins: str, ends: str | None, **more: object) -> Contract:
    """A confirmed service contract, without tables."""
    last = date.fromisoformat(ends) if ends else None
    made = {"kind": "service", "indefinite": last is None, "evidence": ("annexes", "authority"), **more}
    return Contract(
        id=str(made.pop("id", begins)), record_id="r", number="1", title="t", site="JF01", party_a="甲", party_b="乙",
        state="confirmed", drafted_by="x", begins_on=date.fromisoformat(begins), ends_on=last, originals=2,
        originals_at="柜", **made,  # type: ignore[arg-type]
    )  # fmt: skip


LAW = contract_law.shipped_provisions()


# ---- Drafting and confirming ----


def test_whoever_drafts_does_not_confirm(archive: Archive, keeper: Actor, owner: Actor) -> None:
    one = a_contract(archive, keeper, "2026-01-01", "2028-12-31")
    with pytest.raises(Denied):
        contracts.confirm(archive, keeper, one.id, revision=1, despite="其余证据待补")
    own = a_contract(archive, owner, "2029-01-01", "2030-12-31", name="own")
    with pytest.raises(Conflict, match="somebody else"):
        contracts.confirm(archive, owner, own.id, revision=1, despite="其余证据待补")

    assert contracts.confirm(archive, owner, one.id, revision=1, despite="其余证据待补").state == "confirmed"
    with pytest.raises(Conflict, match="Only a draft"):
        contracts.change(archive, keeper, one.id, {"number": "2"}, revision=2)


def test_a_contract_without_a_term_is_not_confirmed(archive: Archive, keeper: Actor, owner: Actor) -> None:
    one = a_contract(archive, keeper, "2026-01-01", "")
    with pytest.raises(Invalid, match="open end"):
        contracts.confirm(archive, owner, one.id, revision=1, despite="其余证据待补")
    contracts.change(archive, keeper, one.id, {"indefinite": "1"}, revision=1)

    assert contracts.confirm(archive, owner, one.id, revision=2, despite="其余证据待补").indefinite


def test_two_who_change_a_draft_at_once_do_not_overwrite_each_other(archive: Archive, keeper: Actor) -> None:
    one = a_contract(archive, keeper, "2026-01-01", "2028-12-31")
    contracts.change(archive, keeper, one.id, {"party_a": "业主委员会"}, revision=1)
    with pytest.raises(Conflict, match="Somebody else"):
        contracts.change(archive, keeper, one.id, {"party_a": "开发公司"}, revision=1)


def test_what_the_machine_read_becomes_a_draft_once(archive: Archive, keeper: Actor) -> None:
    record = a_record(archive, "物业服务合同", title="云麓花园物业服务合同", level=2, document_date="2025-12-01")
    read = {"contract_number": "HT-2026-001", "party_a": "业主委员会", "party_b": "物业公司", "term_from": "2026-01-01"}
    with archive.write() as tx:
        tx.records.suggest(record, [Suggestion(field, value, 0.9, 1, 0, 1) for field, value in read.items()])

    made = contracts.draft_from_suggestions(archive, keeper, record)

    assert made is not None
    assert (made.number, made.party_a, made.begins_on) == ("HT-2026-001", "业主委员会", date(2026, 1, 1))
    assert (made.kind, made.state, made.signed_on) == ("service", "draft", date(2025, 12, 1))
    assert contracts.draft_from_suggestions(archive, keeper, record) is None
    notice = a_record(archive, "通知", title="通知", name="n.txt", class_code="GL08")
    assert contracts.draft_from_suggestions(archive, keeper, notice) is None


# ---- Nobody learns of a contract whose record they may not find ----


def test_a_contract_is_as_secret_as_its_record(archive: Archive, keeper: Actor, owner: Actor) -> None:
    one = confirmed(archive, keeper, owner, "2026-01-01", "2028-12-31")
    low = a_person(archive, "low", "dept_approver", clearance=1)
    elsewhere = a_person(archive, "elsewhere", "class_owner", clearance=3, sites=("YL02",), department="SWB")
    for actor in (low, elsewhere):
        assert contract_desk.register(archive, actor) == []
        assert contract_desk.findings(archive, actor, date(2026, 3, 2)) == []
        assert contract_desk.expiries(archive, actor, [one.record_id]) == {}
        with pytest.raises(NotFound):
            contract_desk.show(archive, actor, one.id)
    assert contract_desk.expiries(archive, keeper, [one.record_id]) == {one.record_id: date(2028, 12, 31)}


# ---- The chain ----


def test_a_preliminary_contract_ends_when_its_successor_takes_effect(
    archive: Archive, keeper: Actor, owner: Actor
) -> None:
    first = confirmed(archive, keeper, owner, "2022-01-01", "2027-12-31", name="p", class_code="HT01")
    record = a_record(archive, "业委会合同", title="物业服务合同", name="s.txt", level=2)
    follows = contracts.renew(
        archive, keeper, first.id, record, {"begins_on": "2026-05-01", "ends_on": "2029-04-30", "party_a": "业委会"}
    )
    contracts.confirm(archive, owner, follows.id, revision=follows.revision, despite="其余证据待补")

    chain = {row.contract.id: row for row in contract_desk.register(archive, keeper)}
    assert chain[first.id].contract.ended_on == date(2026, 4, 30)
    assert chain[first.id].after == chain[follows.id].contract
    assert chain[follows.id].contract.kind == "service"


def test_an_overlap_is_refused_and_a_contract_that_was_not_renewed_goes_on(
    archive: Archive, keeper: Actor, owner: Actor, clock: Clock
) -> None:
    one = confirmed(archive, keeper, owner, "2024-01-01", "2026-02-28", name="one")
    other = a_contract(archive, keeper, "2026-02-28", "2028-02-27", name="other")
    with pytest.raises(Conflict, match="same days"):
        contracts.confirm(archive, owner, other.id, revision=1, despite="其余证据待补")

    assert contracts.go_on(archive, owner, one.id, revision=2).until is None
    renewed = a_record(archive, "续签", title="续签", name="r.txt", level=2)
    follows = contracts.renew(archive, keeper, one.id, renewed, {"begins_on": "2026-04-01", "ends_on": "2028-03-31"})
    contracts.confirm(archive, owner, follows.id, revision=1, despite="其余证据待补")
    assert contract_desk.show(archive, keeper, one.id).row.contract.ended_on == date(2026, 3, 31)


def test_a_draft_that_is_reviewed_goes_back_with_a_reason_and_comes_again_when_it_is_corrected(
    archive: Archive, keeper: Actor, owner: Actor
) -> None:
    one = a_contract(archive, keeper, "2026-01-01", "2028-12-31")
    writer = a_person(archive, "writer", "class_owner", clearance=3)
    one = contracts.change(archive, writer, one.id, {"subject": "保洁"}, revision=one.revision)
    with pytest.raises(Conflict, match="somebody else"):
        contracts.send_back(archive, writer, one.id, "自审", revision=one.revision)
    with pytest.raises(Invalid, match="why"):
        contracts.send_back(archive, owner, one.id, " ", revision=one.revision)
    with pytest.raises(Denied):
        contracts.send_back(archive, keeper, one.id, "x", revision=one.revision)

    back = contracts.send_back(archive, owner, one.id, "缺违约条款", revision=one.revision)

    assert (back.state, back.sent_back_by, back.sent_back_why) == ("draft", owner.id, "缺违约条款")
    with archive.read() as tx:
        told = {who.id for who in (keeper, writer) if tx.notices.unread(who.id)}
    assert told == {keeper.id, writer.id}
    assert contract_desk.show(archive, owner, one.id).row.standing == "sent-back"
    with pytest.raises(Conflict) as refused:
        contracts.confirm(archive, owner, one.id, revision=back.revision, despite="其余证据待补")
    assert refused.value.code == "sent-back"
    with pytest.raises(Conflict) as refused:
        contracts.change(archive, keeper, one.id, {"subject": " 保洁"}, revision=back.revision)
    assert refused.value.code == "sent-back-unchanged"
    again = contracts.change(archive, keeper, one.id, {"subject": "保洁，含违约条款"}, revision=back.revision)
    assert again.sent_back_why == ""
    done = contracts.confirm(archive, owner, one.id, revision=again.revision, despite="其余证据待补")
    with pytest.raises(Conflict, match="draft"):
        contracts.send_back(archive, owner, one.id, "晚了", revision=done.revision)


def test_a_draft_is_a_task_of_who_reviews_it_and_sent_back_of_who_wrote_it_with_the_reason(
    archive: Archive, clock: Clock, keeper: Actor, owner: Actor
) -> None:
    one = a_contract(archive, keeper, "2026-01-01", "2028-12-31")
    boss = a_person(archive, "boss", "final_approver", clearance=3, department="ZJB")

    def tasks(actor: Actor) -> list[tuple[str, date, bool]]:
        found = dues.every(archive, actor, kind="contract_reviews")
        return [(task.due.sentence, task.due.on, task.mine) for task in found]

    drafted_on = archive.now().date()
    assert tasks(owner) == tasks(boss) == [("《合同a》待评审确认", drafted_on, True)]
    assert tasks(keeper) == [("《合同a》待评审确认", drafted_on, False)]
    clock.advance(days=3)
    one = contracts.send_back(archive, owner, one.id, "缺违约条款", revision=one.revision)
    back = "《合同a》评审退回，请修改：缺违约条款"
    assert (tasks(keeper), tasks(owner)) == (
        [(back, archive.now().date(), True)],
        [(back, archive.now().date(), False)],
    )
    clock.advance(days=2)
    one = contracts.locate(archive, keeper, one.id, originals="2", originals_at="", revision=one.revision)
    assert tasks(owner) == [("《合同a》待评审确认", archive.now().date(), True)]
    contracts.confirm(archive, owner, one.id, revision=one.revision, despite="其余证据待补")
    assert (tasks(keeper), tasks(owner)) == ([], [])


def test_a_draft_that_was_sent_back_for_want_of_proof_comes_again_when_that_is_there(
    archive: Archive, keeper: Actor, owner: Actor
) -> None:
    one = a_contract(archive, keeper, "2026-01-01", "2028-12-31")
    one = contracts.send_back(archive, owner, one.id, "缺授权委托书", revision=one.revision)
    contracts.prove(archive, keeper, one.id, "authority", note="随正本")

    (row,) = contract_desk.register(archive, owner)

    assert row.standing == "draft"
    assert "confirm" in contract_desk.show(archive, owner, one.id).may


def test_what_is_not_proved_is_confirmed_for_a_reason_that_stands_in_the_ledger_and_never_silently(
    archive: Archive, keeper: Actor, owner: Actor
) -> None:
    one = a_contract(archive, keeper, "2026-01-01", "2028-12-31")
    asked = [line.item.code for line in contract_desk.show(archive, keeper, one.id).checklist]
    for item in asked[:-1]:
        contracts.prove(archive, keeper, one.id, item, note="随正本")
    for silent in ("", "  "):
        with pytest.raises(Invalid) as refused:
            contracts.confirm(archive, owner, one.id, revision=one.revision, despite=silent)
        assert refused.value.code == "not-proved"

    done = contracts.confirm(archive, owner, one.id, revision=one.revision, despite="评审表 月底补")

    assert done.confirmed_despite == "评审表 月底补"
    with archive.read() as tx:
        (line,) = tx.ledger.of_subjects("record", [one.record_id], ["contract.confirmed"])[one.record_id]
    assert (line.payload["unproved"], line.payload["why"]) == (asked[-1:], "评审表 月底补")


def test_a_contract_of_which_everything_is_proved_is_confirmed_without_a_word(
    archive: Archive, keeper: Actor, owner: Actor
) -> None:
    one = a_contract(archive, keeper, "2026-01-01", "2028-12-31")
    for line in contract_desk.show(archive, keeper, one.id).checklist:
        contracts.prove(archive, keeper, one.id, line.item.code, note="随正本")
    assert contracts.confirm(archive, owner, one.id, revision=one.revision, despite="多余").confirmed_despite == ""


def test_what_the_machine_drafted_is_of_whoever_took_it_over(archive: Archive, keeper: Actor) -> None:
    record = a_record(archive, "合同", title="保洁合同", class_code="HT03", level=2)
    drafted = contracts.draft(archive, OPERATOR, record, {"begins_on": "2026-01-01", "ends_on": "2026-12-31"})
    assert contracts.nobodys(drafted)

    taken = contracts.draft(archive, keeper, record, {"originals": "2"})

    assert taken.drafted_by == keeper.id
    assert OPERATOR.id in taken.drafters


@pytest.mark.parametrize("changed", ["confirmed_by = drafted_by", "ends_on = '2023-01-01'", "begins_on = NULL"])
def test_the_tables_refuse_what_must_not_be(archive: Archive, keeper: Actor, owner: Actor, changed: str) -> None:
    confirmed(archive, keeper, owner, "2026-01-01", "2028-12-31")
    with pytest.raises(Conflict, match="refuses"), archive.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE contracts SET {changed}")


# ---- Dates ----


@pytest.mark.parametrize(
    ("ends", "deadline"),
    [
        ("2026-12-31", "2026-10-02"),
        ("2028-02-29", "2027-12-01"),
        ("2028-05-29", "2028-02-29"),
        ("2027-05-29", "2027-02-28"),
        ("2027-01-01", "2026-10-03"),
    ],
)
def test_the_notice_is_due_ninety_days_before_the_end_over_leap_days_and_year_ends(ends: str, deadline: str) -> None:
    assert notice_deadline(a_term("2024-01-01", ends), LAW) == date.fromisoformat(deadline)


def test_the_contract_itself_may_set_another_notice_and_the_law_may_change() -> None:
    assert notice_deadline(a_term("2024-01-01", "2026-12-31", notice_days=30), LAW) == date(2026, 12, 1)
    later = [
        Provision("not_renewing", "法", "1", 90, date(2021, 1, 1), date(2026, 6, 30)),
        Provision("not_renewing", "法", "1", 180, date(2026, 7, 1), None),
    ]
    assert notice_deadline(a_term("2024-01-01", "2026-06-30"), later) == date(2026, 4, 1)
    assert notice_deadline(a_term("2024-01-01", "2026-07-01"), later) == date(2026, 1, 2)
    assert notice_deadline(a_term("2018-01-01", "2020-12-31"), LAW) is None
    assert notice_deadline(a_term("2018-01-01", None), LAW) is None


def test_where_a_contract_stands_follows_from_its_days() -> None:
    one = a_term("2026-01-01", "2026-12-31", id="a")
    assert [standing(one, day, {}) for day in (date(2025, 12, 31), date(2026, 12, 31), date(2027, 1, 1))] == [
        "to-come",
        "in-force",
        "expired",
    ]
    assert standing(one, date(2027, 1, 1), {"a": one}) == "superseded"
    assert standing(a_term("2026-01-01", None), date(2099, 1, 1), {}) == "indefinite"


def codes(project: Project, *found: Contract, on: date = date(2026, 3, 2)) -> set[str]:
    return {one.code for one in check(project, found, LAW, on)}


def test_each_code_of_the_validator_is_found_where_it_belongs() -> None:
    sound = a_term("2026-01-01", "2028-12-31", signed_on=date(2025, 12, 20))
    project = Project("JF01", taken_over_on=date(2026, 1, 1))
    assert codes(project, sound) == set()
    assert codes(project, a_term("2026-01-01", "2028-12-31", signed_on=date(2026, 1, 2))) == {"signed-after-takeover"}
    assert codes(project, a_term("2026-01-01", "2028-12-31", evidence=())) == {
        "no-authority-evidence",
        "annex-missing",
    }
    assert codes(project, sound, a_term("2028-12-31", "2029-12-31", id="z")) == {"overlap"}
    assert codes(
        project, a_term("2026-01-01", "2028-12-31", kind="preliminary"), a_term("2027-01-01", "2029-12-31")
    ) == {"prelim-not-ended"}
    assert "gap" in codes(
        Project("JF01"), a_term("2024-01-01", "2025-12-31", id="a"), a_term("2026-01-02", "2028-12-31")
    )
    assert (
        codes(Project("JF01"), a_term("2024-01-01", "2025-12-31", id="a"), a_term("2026-01-01", "2028-12-31")) == set()
    )
    assert codes(Project("JF01"), a_term("2024-01-01", "2026-04-30")) == {"notice-deadline-missed"}
    assert codes(Project("JF01"), a_term("2024-01-01", "2026-01-31")) == {"lapsed-but-serving"}
    assert codes(Project("JF01", given_up_on=date(2026, 1, 31)), a_term("2024-01-01", "2026-01-31")) == set()


# ---- In searches ----


def test_a_contract_that_has_ended_is_found_behind_its_like(
    archive: Archive, reader: Reader, clock: Clock, keeper: Actor, owner: Actor
) -> None:
    today = archive.now().date()
    begun, last, next_day, far = ((today + timedelta(days=n)).isoformat() for n in (-700, 30, 31, 400))
    old = confirmed(archive, keeper, owner, begun, last, name="电梯维保").record_id
    new = confirmed(archive, keeper, owner, next_day, far, name="电梯维保与年检及配合事项").record_id

    def order() -> list[str]:
        contracts.lapse(archive)
        settle(archive, reader)
        return [hit.record.id for hit in search.find(archive, keeper, Question("维保")).hits]

    assert order() == [old, new], "its title says little else"
    clock.advance(days=30)
    assert order() == [old, new], "on its last day it is in force"
    clock.advance(days=1)
    assert order() == [new, old]


def test_the_register_says_more_of_a_term_than_what_was_read_off_the_paper(
    archive: Archive, reader: Reader, keeper: Actor, owner: Actor
) -> None:
    today = archive.now().date()
    one = confirmed(archive, keeper, owner, "2020-01-01", (today + timedelta(days=60)).isoformat())
    with archive.write() as tx:
        tx.records.suggest(one.record_id, [Suggestion("term_to", (today + timedelta(days=20)).isoformat(), 0.9, 1)])

    def found(text: str) -> list[str]:
        settle(archive, reader)
        return [hit.record.id for hit in search.find(archive, keeper, Question(text)).hits]

    assert (found("到期:<30天"), found("到期:<90天")) == ([], [one.record_id])
    contracts.end(archive, owner, one.id, (today + timedelta(days=10)).isoformat(), revision=one.revision, why="agreed")
    assert found("到期:<30天") == [one.record_id]


# ---- What is wrong, and what gives way ----


def test_a_draft_that_will_end_what_it_follows_is_no_overlap_and_any_other_is() -> None:
    first = a_term("2024-01-01", "2028-12-31", id="p", kind="preliminary")
    follows = replace(a_term("2027-01-01", "2029-12-31", id="s"), state="draft")
    assert codes(Project("JF01"), first, follows) == set()
    assert "overlap" in codes(Project("JF01"), replace(first, kind="service"), follows)
    # Before there was a Civil Code the regulation said so, and before that nothing did.
    assert gives_way(first, replace(follows, begins_on=date(2024, 1, 2)), LAW)
    early = replace(first, begins_on=date(2002, 1, 1))
    assert [gives_way(early, replace(follows, begins_on=date(year, 9, 2)), LAW) for year in (2003, 2002)] == [
        True,
        False,
    ]


def test_days_served_after_a_contract_was_ended_are_a_gap() -> None:
    ended = a_term("2024-01-01", "2026-12-31", ended_on=date(2026, 1, 31))
    (gap,) = check(Project("JF01"), [ended], LAW, date(2026, 3, 2))
    assert (gap.code, gap.first, gap.last) == ("gap", date(2026, 2, 1), date(2026, 3, 2))
    assert check(Project("JF01", given_up_on=date(2026, 1, 31)), [ended], LAW, date(2026, 3, 2)) == []


def test_a_contract_for_cleaning_that_is_older_hides_no_late_signature() -> None:
    late = a_term("2026-01-01", "2028-12-31", signed_on=date(2026, 1, 2))
    cleaning = a_term("2025-01-01", "2026-12-31", kind="outsourcing")
    assert codes(Project("JF01", taken_over_on=date(2026, 1, 1)), cleaning, late) == {"signed-after-takeover"}


# ---- Whoever wrote in a draft ----


def test_whoever_had_a_draft_changed_by_somebody_else_does_not_confirm_it(archive: Archive, owner: Actor) -> None:
    colleague = a_person(archive, "colleague", "class_owner", clearance=3, department="SWB")
    boss = a_person(archive, "boss", "final_approver", clearance=3, department="ZJB")
    one = a_contract(archive, owner, "2026-01-01", "2028-12-31")
    contracts.change(archive, colleague, one.id, {"party_b": "物业公司"}, revision=1)
    for drafter in (owner, colleague):
        with pytest.raises(Conflict, match="somebody else"):
            contracts.confirm(archive, drafter, one.id, revision=2, despite="其余证据待补")
    done = contracts.confirm(archive, boss, one.id, revision=2, despite="其余证据待补")
    assert done.drafters == (owner.id, colleague.id)


def test_the_record_of_a_voided_draft_is_drafted_anew(archive: Archive, keeper: Actor) -> None:
    one = a_contract(archive, keeper, "2026-01-01", "2028-12-31")
    contracts.void(archive, keeper, one.id)
    again = contracts.draft(archive, keeper, one.record_id, {"begins_on": "2027-01-01"})
    assert (again.id, again.state, again.begins_on, again.ends_on) == (one.id, "draft", date(2027, 1, 1), None)


# ---- Ending ----


def test_an_end_says_why_and_keeps_the_notice_of_the_law(archive: Archive, keeper: Actor, owner: Actor) -> None:
    one = confirmed(archive, keeper, owner, "2026-01-01", "2028-12-31")

    def ended(last_day: str, why: str, notice_on: str = "", revision: int = 2) -> Contract:
        return contracts.end(archive, owner, one.id, last_day, revision=revision, why=why, notice_on=notice_on)

    for said, code in (
        (("2026-06-30", "", ""), "no-ground"),
        (("2026-06-30", "dismissal", ""), "no-notice"),
        (("2026-05-29", "dismissal", "2026-03-31"), "notice-too-short"),
        (("2026-06-30", "indefinite-end", "2026-03-31"), "not-indefinite"),
        (("2029-01-01", "agreed", ""), "bad-end"),
    ):
        with pytest.raises(Invalid) as refused:
            ended(*said)
        assert refused.value.code == code
    with pytest.raises(Conflict, match="Somebody else"):
        ended("2026-05-30", "dismissal", "2026-03-31", revision=1)

    after = ended("2026-05-30", "dismissal", "2026-03-31")

    assert (after.ended_on, after.ended_why, after.notice_on) == (date(2026, 5, 30), "dismissal", date(2026, 3, 31))
    tasks = dues.every(archive, owner, kind="contracts", until=date(2026, 6, 30))
    assert [(task.due.on, "移交" in task.due.sentence, task.due.link) for task in tasks] == [
        (date(2026, 5, 30), True, f"/contracts/{one.id}")
    ]
    assert ended("2026-06-30", "agreed", revision=3).ended_on == date(2026, 6, 30), (
        "an end that lies ahead is said anew"
    )


def test_what_its_successor_ended_is_not_ended_once_more(archive: Archive, keeper: Actor, owner: Actor) -> None:
    first = confirmed(archive, keeper, owner, "2022-01-01", "2027-12-31", name="p", class_code="HT01")
    confirmed(archive, keeper, owner, "2026-05-01", "2029-04-30", name="s")
    with pytest.raises(Conflict) as refused:
        contracts.end(archive, owner, first.id, "2026-08-31", revision=3, why="agreed")
    assert refused.value.code == "ended-already"


def test_an_end_is_not_said_anew_over_the_days_of_another(archive: Archive, keeper: Actor, owner: Actor) -> None:
    one = confirmed(archive, keeper, owner, "2024-01-01", "2027-12-31", name="one")
    contracts.end(archive, owner, one.id, "2026-06-30", revision=2, why="agreed")
    confirmed(archive, keeper, owner, "2026-07-01", "2028-06-30", name="other")
    with pytest.raises(Conflict, match="same days"):
        contracts.end(archive, owner, one.id, "2026-07-01", revision=3, why="agreed")


# ---- Its term is over ----


def what_is_due(archive: Archive, actor: Actor) -> list[tuple[date, str]]:
    return [(task.due.on, task.due.sentence) for task in dues.every(archive, actor, kind="contracts")]


def an_expired_contract(archive: Archive, keeper: Actor, owner: Actor, class_code: str = "HT03") -> Contract:
    one = confirmed(archive, keeper, owner, "2024-01-01", "2025-12-31", name="old", class_code=class_code)
    assert what_is_due(archive, owner) == [
        (date(2025, 12, 31), "《合同old》已于 2025-12-31 到期，请登记去向：续签、移交、终止或转不定期")
    ]
    assert [fault.fault.subject for fault in faults.every(archive, owner, kind="contract_expired")] == [one.id]
    return one


@pytest.mark.parametrize("became", ["went on", "renewed", "follow", "expired", "handed-over"])
def test_a_contract_whose_term_is_over_is_one_task_and_a_fault_until_somebody_says_what_became_of_it(
    archive: Archive, keeper: Actor, owner: Actor, became: str
) -> None:
    one = an_expired_contract(archive, keeper, owner)
    term = {"begins_on": "2026-01-01", "ends_on": "2099-12-31"}

    if became == "went on":
        contracts.go_on(archive, owner, one.id, revision=one.revision)
    elif became == "renewed":
        paper = a_record(archive, "续签", title="续签", name="new.txt", class_code="HT03", level=2)
        draft = contracts.renew(archive, keeper, one.id, paper, term)
        assert what_is_due(archive, owner), "a draft is no renewal"
        contracts.confirm(archive, owner, draft.id, revision=draft.revision, despite="其余证据待补")
    elif became == "follow":
        by_itself = confirmed(archive, keeper, owner, term["begins_on"], term["ends_on"], name="new", class_code="HT03")
        assert what_is_due(archive, owner), "another supplier of the project renews nothing"
        assert contract_desk.show(archive, owner, one.id).followers == [by_itself]
        contracts.follow(archive, owner, one.id, by_itself.id, revision=one.revision)
    else:
        contracts.end(archive, owner, one.id, "", revision=one.revision, why=became)

    assert what_is_due(archive, owner) == []
    assert faults.every(archive, owner, kind="contract_expired") == []
    row = contract_desk.show(archive, owner, one.id).row
    standings = {"went on": "indefinite", "renewed": "superseded", "follow": "superseded"}
    assert row.standing == standings.get(became, "terminated")


def test_a_service_contract_is_followed_by_the_next_of_its_project_and_none_is_asked_for(
    archive: Archive, keeper: Actor, owner: Actor
) -> None:
    one = an_expired_contract(archive, keeper, owner, class_code="HT02")
    confirmed(archive, keeper, owner, "2026-01-01", "2099-12-31", name="new")
    assert what_is_due(archive, owner) == []
    assert contract_desk.show(archive, owner, one.id).row.standing == "superseded"


def test_a_project_that_was_handed_over_is_served_no_more(archive: Archive, keeper: Actor, owner: Actor) -> None:
    one = an_expired_contract(archive, keeper, owner, class_code="HT02")
    contracts.state_project(archive, keeper, "JF01", {"taken_over_on": "2024-01-01"})
    contracts.end(archive, owner, one.id, "", revision=one.revision, why="handed-over")

    shown = contract_desk.show(archive, owner, one.id)

    assert shown.project == Project("JF01", date(2024, 1, 1), None, date(2025, 12, 31))
    assert not {each.code for each in shown.findings} & {"gap", "lapsed-but-serving"}


def test_what_has_not_run_out_is_not_said_to_have(archive: Archive, keeper: Actor, owner: Actor) -> None:
    one = confirmed(archive, keeper, owner, "2026-01-01", "2028-12-31")
    for last_day, why, code in (
        ("2026-12-31", "expired", "not-run-out"),
        ("", "handed-over", "not-handed-over"),
        ("2026-12-31", "handed-over", "not-handed-over"),
    ):
        with pytest.raises(Invalid) as refused:
            contracts.end(archive, owner, one.id, last_day, revision=one.revision, why=why)
        assert refused.value.code == code
    assert contracts.end(archive, owner, one.id, "", revision=one.revision, why="expired").ended_on == one.ends_on


def test_only_a_later_confirmed_contract_of_the_project_that_follows_none_renews_another(
    archive: Archive, keeper: Actor, owner: Actor
) -> None:
    old = confirmed(archive, keeper, owner, "2024-01-01", "2025-12-31", name="old", class_code="HT03")
    older = confirmed(archive, keeper, owner, "2020-01-01", "2021-12-31", name="older", class_code="HT03")
    draft = a_contract(archive, keeper, "2026-01-01", "2027-12-31", name="draft", class_code="HT03")
    lease = confirmed(archive, keeper, owner, "2026-01-01", "2027-12-31", name="lease", class_code="HT04")
    for other in (old, older, draft, lease):
        with pytest.raises(Conflict) as refused:
            contracts.follow(archive, owner, old.id, other.id, revision=old.revision)
        assert refused.value.code == "follows-not"
    with pytest.raises(Denied):
        contracts.follow(archive, keeper, older.id, old.id, revision=older.revision)
    contracts.follow(archive, owner, older.id, old.id, revision=older.revision)
    with pytest.raises(Conflict) as refused:
        contracts.follow(archive, owner, older.id, old.id, revision=older.revision + 1)
    assert refused.value.code == "followed-already"


# ---- Amendments ----


def test_an_amendment_is_confirmed_by_another_and_moves_the_end(archive: Archive, keeper: Actor, owner: Actor) -> None:
    one = confirmed(archive, keeper, owner, "2026-01-01", "2026-12-31", name="one")
    confirmed(archive, keeper, owner, "2028-01-01", "2029-12-31", name="next")
    paper = a_record(archive, "补充协议", title="补充协议一", name="b.txt", level=2)
    said = {"says": "服务期限延长", "effective_on": "2026-06-01", "ends_on": "2028-03-31"}
    too_far = amendments.draft(archive, keeper, one.id, paper, said)
    with pytest.raises(Conflict, match="same days"):
        amendments.confirm(archive, owner, one.id, too_far.id)
    with pytest.raises(Conflict, match="already"):
        amendments.draft(archive, keeper, one.id, paper, said)
    amendments.void(archive, keeper, one.id, too_far.id)
    right = amendments.draft(archive, keeper, one.id, paper, {**said, "ends_on": "2027-12-31"})
    with pytest.raises(Denied):
        amendments.confirm(archive, keeper, one.id, right.id)

    done = amendments.confirm(archive, owner, one.id, right.id)

    assert (done.state, done.ended_before) == ("confirmed", date(2026, 12, 31))
    shown = contract_desk.show(archive, keeper, one.id)
    assert shown.row.contract.ends_on == date(2027, 12, 31)
    assert [(each.state, record.id) for each, record in shown.amendments] == [("void", paper), ("confirmed", paper)]
    with pytest.raises(Conflict, match="already"):
        contracts.draft(archive, keeper, paper, {})


def test_an_amendment_whose_paper_is_hidden_is_not_shown(archive: Archive, keeper: Actor, owner: Actor) -> None:
    one = confirmed(archive, keeper, owner, "2026-01-01", "2026-12-31")
    paper = a_record(archive, "保密补充协议", title="补充协议", name="b.txt", level=3)
    amendments.draft(archive, keeper, one.id, paper, {"says": "价格", "effective_on": "2026-06-01"})
    middle = a_person(archive, "middle", "class_owner", clearance=2, department="SWB")
    assert len(contract_desk.show(archive, keeper, one.id).amendments) == 1
    assert contract_desk.show(archive, middle, one.id).amendments == []


# ---- Proof, originals, scope ----


def test_a_line_of_the_checklist_is_proved_by_a_record_or_by_words(
    archive: Archive, keeper: Actor, owner: Actor
) -> None:
    one = confirmed(archive, keeper, owner, "2026-01-01", "2028-12-31")
    letter = a_record(archive, "授权委托书", title="授权委托书", name="w.txt", level=3)
    with pytest.raises(Invalid, match="proves it"):
        contracts.prove(archive, keeper, one.id, "authority")
    with pytest.raises(NotFound):
        contracts.prove(archive, keeper, one.id, "bid", note="只问前期合同")
    contracts.prove(archive, keeper, one.id, "authority", record=letter)
    contracts.prove(archive, keeper, one.id, "annexes", note="合同正文后，共三份")

    shown = contract_desk.show(archive, keeper, one.id)
    by_item = {line.item.code: line for line in shown.checklist}
    assert by_item["authority"].record is not None
    assert by_item["authority"].record.id == letter
    assert {each.code for each in shown.findings} == {"original-not-located"}
    middle = a_person(archive, "middle", "class_owner", clearance=2, department="SWB")
    assert {line.item.code: line.record for line in contract_desk.show(archive, middle, one.id).checklist}[
        "authority"
    ] is None

    contracts.disprove(archive, keeper, one.id, "annexes")
    assert "annex-missing" in {each.code for each in contract_desk.show(archive, keeper, one.id).findings}


def test_where_the_originals_are_follows_the_paper(archive: Archive, keeper: Actor, owner: Actor) -> None:
    record = a_record(archive, "合同", title="合同", level=2, shelf_location="A-01")
    one = contracts.draft(archive, keeper, record, {"begins_on": "2026-01-01", "originals": "2"})
    assert contract_desk.show(archive, keeper, one.id).row.contract.originals_at == "A-01"
    locations.add(archive, keeper, NewPlace("JF01", "room", "库房"))
    locations.move(archive, keeper, record, "库房")
    assert contract_desk.show(archive, keeper, one.id).row.contract.originals_at == "库房"


def test_the_chain_and_what_is_wrong_with_it_are_those_of_what_may_be_found(
    archive: Archive, keeper: Actor, owner: Actor
) -> None:
    secret = a_record(archive, "前一份", title="前一份", name="s.txt", level=3)
    first = contracts.draft(archive, keeper, secret, {"begins_on": "2020-01-01", "ends_on": "2025-12-31"})
    contracts.confirm(archive, owner, first.id, revision=1, despite="其余证据待补")
    contracts.state_project(archive, keeper, "JF01", {"taken_over_on": "2020-01-01"})
    record = a_record(archive, "后一份", title="后一份", name="n.txt", level=2)
    follows = contracts.renew(archive, keeper, first.id, record, {"ends_on": "2028-12-31", "signed_on": "2025-12-01"})
    contracts.confirm(archive, owner, follows.id, revision=1, despite="其余证据待补")
    middle = a_person(archive, "middle", "class_owner", clearance=2, department="SWB")

    ours, theirs = (contract_desk.show(archive, actor, follows.id) for actor in (keeper, middle))

    assert [row.contract.id for row in theirs.chain] == [follows.id]
    assert theirs.row.before is None
    assert {each.code for each in theirs.findings if each.contract_id == follows.id} >= {"gap", "signed-after-takeover"}
    assert not {each.code for each in ours.findings} & {"gap", "signed-after-takeover"}
    found = contract_desk.desk(archive, middle)
    assert (found.standings, found.kinds) == ({"in-force": 1}, {"service": 1})


# ---- The law is data ----


def test_a_law_that_changes_is_a_line_more_and_reckoned_from_its_day(
    archive: Archive, keeper: Actor, owner: Actor
) -> None:
    one = confirmed(archive, keeper, owner, "2026-01-01", "2028-12-31")
    shown = house_sheets.show(archive, keeper, "deadlines")
    line = {
        "code": "not_renewing", "law": "新物业管理法", "article": "12", "days": "180", "valid_from": "2028-01-01",
        "source": "公报", "says": "六个月",
    }  # fmt: skip
    old = next(dict(each) for each in shown.versions[0].rows if each["code"] == "not_renewing")
    with pytest.raises(Invalid, match="why"):
        house_sheets.change(archive, keeper, "deadlines", line, version=0, reason=" ")
    with pytest.raises(Invalid, match="days"):
        house_sheets.change(archive, keeper, "deadlines", {**line, "days": "半年"}, version=0, reason="新法")
    house_sheets.change(archive, keeper, "deadlines", {**old, "valid_to": "2027-12-31"}, version=0, reason="新法")
    with pytest.raises(Conflict, match="meanwhile"):
        house_sheets.change(archive, keeper, "deadlines", line, version=0, reason="新法")
    house_sheets.change(archive, keeper, "deadlines", line, version=1, reason="新法")

    assert contract_desk.show(archive, keeper, one.id).row.notice_by == date(2028, 12, 31) - timedelta(days=180)
    versions = house_sheets.show(archive, keeper, "deadlines").versions
    assert [(each.version, each.reason) for each in versions] == [(2, "新法"), (1, "新法"), (0, "")]
    with pytest.raises(Denied):
        house_sheets.change(archive, owner, "deadlines", line, version=2, reason="x")


def test_the_checklist_of_a_contract_is_the_one_of_the_day_it_was_signed(
    archive: Archive, clock: Clock, keeper: Actor, owner: Actor
) -> None:
    rows = [dict(each) for each in house_sheets.show(archive, keeper, "validity").versions[0].rows]
    old = next(each for each in rows if each["code"] == "assembly")
    new = {**old, "zh": "业主大会双过半表决结果", "valid_from": "2027-01-01", "source": "民法典 278"}
    house_sheets.change(archive, keeper, "validity", {**old, "valid_to": "2026-12-31"}, version=0, reason="民法典")
    house_sheets.change(archive, keeper, "validity", new, version=1, reason="民法典")
    one = a_contract(archive, keeper, "2026-01-01", "2026-12-31", name="one", signed_on="2025-12-20")
    clock.advance(days=(date(2027, 1, 1) - archive.now().date()).days)
    other = a_contract(archive, keeper, "2027-01-01", "2027-12-31", name="other", signed_on="2027-01-01")

    asked = [
        [
            line.item.zh
            for line in contract_desk.show(archive, keeper, each.id).checklist
            if line.item.code == "assembly"
        ]
        for each in (one, other)
    ]
    assert asked == [[old["zh"]], ["业主大会双过半表决结果"]]


def test_the_printed_register_has_no_blank(archive: Archive, keeper: Actor, owner: Actor) -> None:
    confirmed(archive, keeper, owner, "2026-01-01", "2028-12-31")
    a_contract(archive, keeper, "", "", name="bare", class_code="HT03")
    printed = reports.print_out(archive, keeper, "contracts", {}, form="json", language="zh")
    rows = json.loads(printed.content)["tables"][0]["rows"]
    assert len(rows) == 2
    assert all(value not in ("", None) for row in rows for value in row.values())
    assert {row["有效期限"] for row in rows} == {"20260101 至 20281231", "未登记 至 未登记"}
