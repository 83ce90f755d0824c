"""Who read this, what did they read, who could see it on that day: told from what was written down."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from access.actors import OPERATOR, Actor
from access.loans import Form
from access.rules import Denied
from archive import auditing, declassifying, granting, lending, people, records
from archive.app import Archive
from archive.auditing import Sought
from archive.declassifying import Lowering
from archive.errors import Invalid, NotFound
from archive.granting import Wanted
from archive.lending import Wish
from archive.people import Rights
from archive.tables import called
from archive.tables.records import BEHIND
from tests.archive.test_loan_printouts import cells
from tests.builders import Office, a_person, a_record, an_office, now
from tests.conftest import Clock


@pytest.fixture
def office(archive: Archive) -> Office:
    return an_office(archive)


@pytest.fixture
def auditor(archive: Archive) -> Actor:
    return a_person(archive, "auditor", "auditor", clearance=3)


def seers(archive: Archive, auditor: Actor, record_id: str, at: datetime | None = None) -> dict[str, set[str]]:
    found = auditing.who_could_see(archive, auditor, record_id, at)
    return {one.person.login: {right.rule for right in one.read} for one in found.seers}


def test_who_read_a_record_and_what_somebody_read_are_the_same_readings(
    archive: Archive, office: Office, auditor: Actor, clock: Clock
) -> None:
    record_id, other = a_record(archive, "甲", level=2), a_record(archive, "乙", level=2)
    for _ in range(3):
        records.text(archive, now(archive, office.owner), record_id)
    clock.advance(days=1)
    records.text(archive, now(archive, office.owner), record_id)
    records.text(archive, now(archive, office.keeper), other)

    of_record = auditing.who_read(archive, auditor, record_id)
    of_owner = auditing.what_they_read(archive, auditor, "owner", clock.at - timedelta(days=3), clock.at + timedelta(1))

    assert [(one.person_id, one.times, one.rights) for one in of_record.readings] == [
        (office.owner.id, 1, ("class-owner",)),
        (office.owner.id, 3, ("class-owner",)),
    ]
    assert of_record.readings == of_owner.readings
    today = auditing.a_day(clock.at)
    assert [one.times for one in auditing.who_read(archive, auditor, record_id, *today).readings] == [1]
    printed = cells(archive, auditor, "readings", record=record_id, to=(clock.at - timedelta(1)).date().isoformat())
    assert printed.count("责任岗位") == 1
    assert cells(archive, auditor, "readings", record=record_id).count("责任岗位") == 2
    assert of_owner.titles[record_id] == "物业服务合同"
    assert auditing.what_they_read(archive, auditor, "head", clock.at - timedelta(days=3), clock.at).readings == []


def test_only_an_auditor_looks_into_the_ledger(archive: Archive, office: Office, auditor: Actor) -> None:
    record_id = a_record(archive, level=2)
    for somebody in (office.officer, office.keeper, office.final, office.borrower):
        for attempt in (
            lambda who: auditing.lines(archive, who, Sought()),
            lambda who: auditing.who_read(archive, who, record_id),
            lambda who: auditing.what_they_read(archive, who, "owner", archive.now(), archive.now()),
        ):
            with pytest.raises(Denied):
                attempt(somebody)
    assert auditing.lines(archive, auditor, Sought()).lines


def test_lines_are_sought_by_person_subject_action_and_day(
    archive: Archive, office: Office, auditor: Actor, clock: Clock
) -> None:
    record_id = a_record(archive, level=2)
    clock.advance(days=1)
    records.text(archive, now(archive, office.owner), record_id)

    def actions(**sought: Any) -> list[str]:
        return [one.action for one in auditing.lines(archive, auditor, Sought(**sought)).lines]

    assert actions(actor="owner") == ["record.text-read"]
    assert actions(subject=record_id) == ["record.text-read", "record.captured"]
    assert actions(subject=record_id, action="record.capt") == ["record.captured"]
    first, last = auditing.a_day(clock.at)
    assert actions(first=first, last=last) == ["record.text-read"]
    assert actions(subject="owner") == ["person.added"]
    assert len(actions(limit=2)) == 2


def test_titles_above_the_clearance_of_the_auditor_are_not_told(archive: Archive, office: Office) -> None:
    low = a_person(archive, "low", "auditor", clearance=1)
    record_id = a_record(archive, level=3, title="收购方案")

    found = auditing.lines(archive, low, Sought(action="record."))

    assert record_id not in found.titles
    with pytest.raises(NotFound):
        auditing.who_could_see(archive, low, record_id)


def test_who_could_see_follows_level_rights_loans_and_grants_of_that_day(
    archive: Archive, office: Office, auditor: Actor, clock: Clock
) -> None:
    record_id = a_record(archive, level=2)
    monday = clock.at
    assert seers(archive, auditor, record_id)["owner"] == {"class-owner"}
    assert seers(archive, auditor, record_id)["borrower"] == set()

    clock.advance(days=1)
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), "应诉", 2))
    for approver in (office.head, office.owner):
        lending.decide(archive, approver, loan.id, yes=True)
    grant = granting.give(archive, office.officer, "colleague", Wanted(2, "内审", clock.at + timedelta(days=2)))
    granting.confirm(archive, office.final, grant.id)
    clock.advance(hours=1)
    tuesday = clock.at
    people.change_rights(archive, OPERATOR, "owner", Rights(frozenset({"borrower"}), 1, "SWB", frozenset({"JF01"})))
    clock.advance(days=5)
    proposal = declassifying.propose(
        archive, office.keeper, record_id, Lowering(1, "已公开", clock.at.astimezone().date())
    )
    declassifying.decide(archive, office.officer, proposal.id, yes=True)
    clock.advance(hours=1)

    then = seers(archive, auditor, record_id, monday)
    assert (then["owner"], then["borrower"], then["colleague"]) == ({"class-owner"}, set(), set())
    then = seers(archive, auditor, record_id, tuesday - timedelta(minutes=1))
    assert then["borrower"] == {"borrowed"}
    assert then["colleague"] == {"granted"}
    assert then["owner"] == {"class-owner"}
    now_ = seers(archive, auditor, record_id)
    assert "internal" in now_["borrower"]
    assert "internal" in now_["owner"]
    assert "class-owner" not in now_["owner"]
    assert auditing.who_could_see(archive, auditor, record_id, monday).record.level == 2
    assert auditing.who_could_see(archive, auditor, record_id).record.level == 1


def test_before_it_came_nobody_could_see_it_and_who_had_left_could_not(
    archive: Archive, office: Office, auditor: Actor, clock: Clock
) -> None:
    early = clock.at - timedelta(days=1)
    record_id = a_record(archive, level=1)
    people.deactivate(archive, OPERATOR, "borrower")
    clock.advance(days=1)

    assert not auditing.who_could_see(archive, auditor, record_id, early).known
    assert "borrower" not in seers(archive, auditor, record_id)
    assert "admin" not in seers(archive, auditor, record_id), "INV-23"


def test_what_somebody_may_see_is_counted_with_the_rules_that_open_it(
    archive: Archive, office: Office, auditor: Actor
) -> None:
    for level in (0, 1, 1, 2):
        a_record(archive, f"正文{level}", level=level, name=f"{archive.now()}{level}.txt", title=f"题{level}")
    a_record(archive, "另一", level=2)

    seen = auditing.what_may_they_see(archive, auditor, "borrower")

    assert seen.reach["find"] == {0: 1, 1: 1, 2: 2}
    assert seen.reach["read"] == {0: 1, 1: 1}
    assert "class-owner" not in seen.rules["read"]
    assert auditing.what_may_they_see(archive, auditor, "admin").reach["find"] == {}
    with pytest.raises(Denied):
        auditing.what_may_they_see(archive, office.borrower, "owner")


def test_whose_rights_changed_is_told_with_what_they_were_before_and_after(
    archive: Archive, office: Office, auditor: Actor, clock: Clock
) -> None:
    clock.advance(days=1)
    first = clock.at
    people.change_rights(
        archive, office.officer, "colleague", Rights(frozenset({"borrower"}), 2, "KFB", frozenset({"JF01"}))
    )
    grant = granting.give(archive, office.officer, "borrower", Wanted(1, "内审", clock.at + timedelta(days=2)))
    people.deactivate(archive, office.officer, "second")

    changes, names = auditing.rights_changes(archive, auditor, first, clock.at + timedelta(days=1))

    told = [
        (
            one.event.action,
            names[one.event.subject_id],
            one.before and one.before.clearance,
            one.after and one.after.clearance,
        )
        for one in changes
    ]
    assert told == [
        ("person.changed", "colleague", 3, 2),
        ("grant.given", "borrower", None, None),
        ("person.deactivated", "second", 3, None),
    ]
    assert changes[1].event.payload["grant"] == grant.id
    assert auditing.rights_changes(archive, auditor, first - timedelta(days=1), first)[0][0].before is None
    with pytest.raises(Denied):
        auditing.rights_changes(archive, office.keeper, first, clock.at)


def test_more_changes_than_can_be_told_are_refused_and_never_cut_short(
    archive: Archive, office: Office, auditor: Actor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "CHANGES_MAX", 3)

    with pytest.raises(Invalid, match="narrow"):
        auditing.rights_changes(archive, auditor, clock.at - timedelta(days=1), clock.at + timedelta(days=1))


def test_printouts_of_rights_say_what_the_pages_say_in_words(
    archive: Archive, office: Office, auditor: Actor, clock: Clock
) -> None:
    record_id = a_record(archive, level=2, title="竣工图册")
    a_person(archive, "stranger", clearance=0)
    granting.give(archive, office.officer, "borrower", Wanted(1, "内审", clock.at + timedelta(days=2)))

    seen = cells(archive, auditor, "access_to_record", record=record_id)
    assert all(word in seen for word in ("竣工图册", "普通商密", "owner", "责任岗位", "安全审计员"))
    assert "stranger" not in seen
    before = cells(archive, auditor, "access_to_record", record=record_id, day="2020-01-01")
    assert "尚未收到" in before
    person = cells(archive, auditor, "access_of_person", login="owner")
    assert all(word in person for word in ("核心商密", "检索", "阅读", "责任岗位"))
    changes = cells(archive, auditor, "rights_changes")
    assert all(
        word in changes for word in ("新建账号", "给予授权", "借阅人；密级至核心商密；KFB；JF01 YL02", "密级至内部")
    )


def test_whatever_has_a_number_and_is_of_a_record_is_known_as_of_that_record() -> None:
    of_a_record = {
        number.table.name
        for _, number in called.NUMBERS
        if "record_id" in number.table.c and not number.table.c.record_id.nullable
    }
    assert "contracts" in of_a_record
    assert not of_a_record - {known.table.name for known, _ in BEHIND}


def test_names_are_told_however_many_ids_are_asked_about(archive: Archive, auditor: Actor) -> None:
    with archive.read() as tx:
        assert tx.people.names([auditor.id, *(f"{number:016}" for number in range(260_000))]) == {auditor.id: "auditor"}
