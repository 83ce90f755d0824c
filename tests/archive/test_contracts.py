"""The register of contracts: drafted by one, confirmed by another, never two that exclude each other on one day."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.actors import Actor
from access.rules import Denied
from archive import contracts, search
from archive.app import Archive
from archive.errors import ArchiveError, Conflict, Invalid, NotFound
from archive.model import Suggestion
from archive.model.contracts import Contract, Deadline, Project, check, notice_deadline, overlap, standing
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
    return contracts.confirm(archive, owner, one.id, revision=one.revision)


def a_term(begins: str, ends: str | None, **more: object) -> Contract:
    """A confirmed service contract, without tables."""
    last = date.fromisoformat(ends) if ends else None
    made = {"kind": "service", "indefinite": last is None, "evidence": ("annexes", "authority"), **more}
    return Contract(
        id=str(made.pop("id", begins)), record_id="r", number="1", title="t", site="JF01", party_a="甲", party_b="乙",
        state="confirmed", drafted_by="x", begins_on=date.fromisoformat(begins), ends_on=last, originals=2,
        originals_at="柜", **made,  # type: ignore[arg-type]
    )  # fmt: skip


LAW = contracts.deadlines()


# ---- Drafting and confirming ----


def test_whoever_drafts_does_not_confirm(archive: Archive, keeper: Actor, owner: Actor) -> None:
    one = a_contract(archive, keeper, "2026-01-01", "2028-12-31")
    with pytest.raises(Denied):
        contracts.confirm(archive, keeper, one.id, revision=1)
    own = a_contract(archive, owner, "2029-01-01", "2030-12-31", name="own")
    with pytest.raises(Conflict, match="somebody else"):
        contracts.confirm(archive, owner, own.id, revision=1)

    assert contracts.confirm(archive, owner, one.id, revision=1).state == "confirmed"
    with pytest.raises(Conflict, match="Only a draft"):
        contracts.change(archive, keeper, one.id, {"number": "2"}, revision=2)


def test_a_contract_without_a_term_is_not_confirmed(archive: Archive, keeper: Actor, owner: Actor) -> None:
    one = a_contract(archive, keeper, "2026-01-01", "")
    with pytest.raises(Invalid, match="open end"):
        contracts.confirm(archive, owner, one.id, revision=1)
    contracts.change(archive, keeper, one.id, {"indefinite": "1"}, revision=1)

    assert contracts.confirm(archive, owner, one.id, revision=2).indefinite


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
        assert contracts.register(archive, actor) == []
        assert contracts.findings(archive, actor, date(2026, 3, 2)) == []
        assert contracts.expiries(archive, actor, [one.record_id]) == {}
        with pytest.raises(NotFound):
            contracts.show(archive, actor, one.id)
    assert contracts.expiries(archive, keeper, [one.record_id]) == {one.record_id: date(2028, 12, 31)}


# ---- The chain ----


def test_a_preliminary_contract_ends_when_its_successor_takes_effect(
    archive: Archive, keeper: Actor, owner: Actor
) -> None:
    first = confirmed(archive, keeper, owner, "2022-01-01", "2027-12-31", name="p", class_code="HT01")
    record = a_record(archive, "业委会合同", title="物业服务合同", name="s.txt", level=2)
    follows = contracts.renew(
        archive, keeper, first.id, record, {"begins_on": "2026-05-01", "ends_on": "2029-04-30", "party_a": "业委会"}
    )
    contracts.confirm(archive, owner, follows.id, revision=follows.revision)

    chain = {row.contract.id: row for row in contracts.register(archive, keeper)}
    assert chain[first.id].contract.ended_on == date(2026, 4, 30)
    assert chain[first.id].after == chain[follows.id].contract
    assert chain[follows.id].contract.kind == "service"


def test_an_overlap_is_refused_and_a_contract_that_was_not_renewed_goes_on(
    archive: Archive, keeper: Actor, owner: Actor, clock: Clock
) -> None:
    one = confirmed(archive, keeper, owner, "2024-01-01", "2026-02-28", name="one")
    other = a_contract(archive, keeper, "2026-02-28", "2028-02-27", name="other")
    with pytest.raises(Conflict, match="same days"):
        contracts.confirm(archive, owner, other.id, revision=1)

    assert contracts.go_on(archive, owner, one.id).until is None
    renewed = a_record(archive, "续签", title="续签", name="r.txt", level=2)
    follows = contracts.renew(archive, keeper, one.id, renewed, {"begins_on": "2026-04-01", "ends_on": "2028-03-31"})
    contracts.confirm(archive, owner, follows.id, revision=1)
    assert contracts.show(archive, keeper, one.id).row.contract.ended_on == date(2026, 3, 31)


DAYS = st.dates(date(2024, 1, 1), date(2024, 3, 31))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(terms=st.lists(st.tuples(st.sampled_from(("HT01", "HT02", "HT03")), DAYS, st.integers(0, 40)), max_size=5))
def test_exclusive_contracts_of_a_project_never_overlap_whatever_is_confirmed(
    archive: Archive, keeper: Actor, owner: Actor, terms: list[tuple[str, date, int]]
) -> None:
    """INV-15."""
    with archive.write() as tx:
        tx.connection.exec_driver_sql("DELETE FROM contracts")
    for number, (class_code, begins, days) in enumerate(terms):
        name = f"{begins:%m%d}-{days}-{number}-{class_code}"
        ends = (begins + timedelta(days=days)).isoformat()
        try:
            confirmed(archive, keeper, owner, begins.isoformat(), ends, name=name, class_code=class_code)
        except ArchiveError:
            continue
    counted = [row.contract for row in contracts.register(archive, keeper) if row.contract.state == "confirmed"]
    exclusive = [one for one in counted if one.exclusive]
    assert not any(overlap(a, b) for place, a in enumerate(exclusive) for b in exclusive[place + 1 :])
    assert sum(one.kind == "outsourcing" for one in counted) == sum(code == "HT03" for code, _, _ in terms)


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
        Deadline("not_renewing", "法", "1", 90, date(2021, 1, 1), date(2026, 6, 30)),
        Deadline("not_renewing", "法", "1", 180, date(2026, 7, 1), None),
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
        return [hit.record.id for hit in search.find(archive, keeper, Question("电梯维保")).hits]

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
    contracts.end(archive, owner, one.id, (today + timedelta(days=10)).isoformat())
    assert found("到期:<30天") == [one.record_id]
