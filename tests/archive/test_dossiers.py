"""A dossier is complete exactly when every document that applies is there or waived; nobody sees more of it than of
its records."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import checklists, dossiers, dues, people, reports, sheets
from archive.app import Archive
from archive.dossiers import Opening
from archive.errors import Conflict, Invalid, NotFound
from archive.model.dossiers import (
    Checklist,
    Dossier,
    Requirement,
    Waiver,
    is_complete,
    percent,
    standings,
)
from tests.builders import a_person, a_record
from tests.conftest import NOON, Clock


class Company:
    """Who a dossier needs; the liaison's clearance is 1, the helper's 2, the keeper's 3."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.keeper = a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
        self.owner = a_person(archive, "owner", "class_owner", clearance=3, department="KFB")
        self.liaison = a_person(archive, "liaison", "records_liaison", clearance=1, department="KFB")
        self.helper = a_person(archive, "helper", "records_liaison", clearance=2, department="GCB")
        self.boss = a_person(archive, "boss", "final_approver", clearance=3, department="ZJB")

    def opened(self, type: str = "CYC", subject: str = "JD01", **said: object) -> str:
        opening = Opening(type, "JF01", subject, f"{subject} 档案", **said)  # type: ignore[arg-type]
        return dossiers.open_dossier(self.archive, self.keeper, opening).id

    def filled(self, dossier_id: str, items: Sequence[str], **said: object) -> None:
        for item in items:
            record = a_record(self.archive, f"{dossier_id}-{item}", name=f"{item}.txt", **said)  # type: ignore[arg-type]
            dossiers.put(self.archive, self.keeper, dossier_id, item, record)

    def folder(self, dossier_id: str, actor: Actor | None = None) -> dossiers.Folder:
        return dossiers.show(self.archive, actor or self.keeper, dossier_id).folder


@pytest.fixture
def company(archive: Archive) -> Company:
    return Company(archive)


def test_what_is_missing_is_listed_with_owner_and_due_date_and_chased(company: Company, archive: Archive):
    dossier = company.opened(owner="owner")
    company.filled(dossier, ["01", "02"])

    dossiers.owe(
        archive, company.keeper, dossier, "03", owner="helper", due_on="2026-03-20", promised_by="建设单位书面承诺"
    )
    dossiers.chase(archive, company.keeper, dossier, ["03"])

    rows = dossiers.missing(archive, company.keeper).rows
    assert [(one.requirement.item, one.due_on) for _, one in rows][:2] == [
        ("05", date(2026, 3, 12)),
        ("06", date(2026, 3, 12)),
    ]
    owed = next(one for _, one in rows if one.requirement.item == "03")
    assert owed.debt is not None
    assert (owed.debt.promised_by, owed.debt.chases, owed.due_on) == ("建设单位书面承诺", 1, date(2026, 3, 20))
    assert [owed.overdue(date(2026, 3, day)) for day in (20, 21)] == [False, True]
    with archive.read() as tx:
        kinds = [one.kind for one in tx.notices.of(company.helper.id)]
    assert sorted(kinds) == ["dossier.chased", "dossier.owed"]


def test_what_nobody_was_named_for_is_the_owners_of_the_dossier_to_bring(company: Company, archive: Archive):
    dossier = company.opened(owner="owner")
    dossiers.owe(archive, company.keeper, dossier, "03", owner="helper", due_on="2026-03-20")

    found = dossiers.missing(archive, company.keeper, dossier=dossier)

    assert {one.requirement.item for _, one in found.of(company.helper.id)} == {"03"}
    assert {one.requirement.item for _, one in found.of(company.owner.id)} == {"01", "02", "05", "06", "07", "08"}
    assert found.people == {company.owner.id: company.owner.name, company.helper.id: company.helper.name}
    printed = reports.print_out(
        archive, company.keeper, "dossiers_missing", {"dossier": dossier}, form="csv", language="en"
    )
    rows = list(csv.DictReader(io.StringIO(printed.content.decode("utf-8-sig"))))
    assert Counter(row["Answers for it"] for row in rows) == {company.owner.name: 6, company.helper.name: 1}


def test_whoever_is_chased_has_it_among_their_tasks_and_is_told_once(company: Company, archive: Archive):
    dossier = company.opened(owner="owner")

    dossiers.chase(archive, company.keeper, dossier, ["05", "06"])

    with archive.read() as tx:
        told = [(one.kind, one.details["due"]) for one in tx.notices.of(company.owner.id)]
    assert told == [("dossier.chased", "2026-03-12")]
    tasks = [
        one for one in dues.every(archive, company.owner, kind="dossiers", mine=True) if "已催 1 次" in one.due.sentence
    ]
    assert [(one.due.on, one.mine) for one in tasks] == [(date(2026, 3, 12), True)] * 2


def test_without_a_day_nobody_is_chased_until_somebody_says_one(company: Company, archive: Archive):
    dossier = company.opened("ZX", "1202")
    with pytest.raises(Invalid) as refused:
        dossiers.chase(archive, company.keeper, dossier, ["01"])
    assert refused.value.code == "no-due-date"

    dossiers.chase(archive, company.keeper, dossier, ["01"], "2026-04-01")

    owed = next(one for one in company.folder(dossier).missing if one.requirement.item == "01")
    assert (owed.due_on, owed.owner_id, owed.debt and owed.debt.chases) == (date(2026, 4, 1), company.keeper.id, 1)


def test_nobody_is_sent_after_a_dossier_that_they_may_not_find(company: Company, archive: Archive):
    secret = company.opened("ZH", "1202", level=3)
    with pytest.raises(Invalid) as refused:
        dossiers.owe(archive, company.keeper, secret, "01", owner="liaison", due_on="2026-03-20")
    assert refused.value.code == "may-not-bear"
    with pytest.raises(Invalid):
        dossiers.hand_on(archive, company.keeper, secret, "liaison")
    with archive.read() as tx:
        assert tx.notices.of(company.liaison.id) == []


def test_who_has_left_is_not_chased_and_what_they_had_to_bring_goes_to_somebody_else(
    company: Company, archive: Archive
):
    left, other = company.opened(owner="owner"), company.opened("ZX", "1202")
    dossiers.owe(archive, company.keeper, left, "03", owner="owner", due_on="2026-03-20")
    people.deactivate(archive, OPERATOR, "owner")

    done = dossiers.chase_all(archive, company.keeper, [(left, "03"), (other, "01")], "2026-04-01")

    assert (done.sent, [one.code for one in done.refused.values()]) == (1, ["bearer-left"])
    assert dossiers.missing(archive, company.keeper).left == {company.owner.id}
    dossiers.hand_on(archive, company.keeper, left, "helper")
    assert dossiers.missing(archive, company.keeper).left == set()
    assert {one.owner_id for one in company.folder(left).missing} == {company.helper.id}


def test_a_condition_decides_which_documents_apply(company: Company, archive: Archive):
    dossier = company.opened("ZH", "1202")
    before = company.folder(dossier)

    dossiers.state(archive, company.keeper, dossier, {"退租"}, "")

    after = company.folder(dossier)
    asleep = [one.requirement.name_zh for one in before.standings if one.state == "not-applicable"]
    assert asleep[-1] == "24小时清洁检查"
    assert len(after.missing) == len(before.missing) + 7


def test_a_dossier_is_closed_when_it_is_complete_and_not_before(company: Company, archive: Archive, clock: Clock):
    dossier = company.opened(facts=frozenset({"有缺失"}))
    company.filled(dossier, ["01", "02", "03", "04", "05", "06", "07"])
    with pytest.raises(Conflict, match="not complete") as refused:
        dossiers.close(archive, company.keeper, dossier)
    assert refused.value.code == "not-complete"

    company.filled(dossier, ["08"])
    dossiers.close(archive, company.keeper, dossier)

    folder = company.folder(dossier)
    assert (folder.complete, folder.percent, folder.dossier.closed_at) == (True, 100, clock())
    with pytest.raises(Conflict, match="closed"):
        company.filled(dossier, ["08"])
    assert company.opened() != dossier, "the project may be handed over once more"


def test_a_checklist_that_changes_later_leaves_a_closed_dossier_complete(company: Company, archive: Archive):
    closed = company.opened()
    company.filled(closed, ["01", "02", "03", "05", "06", "07", "08"])
    dossiers.close(archive, company.keeper, closed)
    opened = company.opened()

    new = {"item": "09", "name_zh": "印章移交单", "source": "公司制度"}
    checklists.change(archive, company.keeper, "CYC", new, version=0, reason="审计要求", remove=False)

    assert company.folder(closed).complete
    assert company.folder(opened).missing[-1].requirement.name_zh == "印章移交单"
    shown = checklists.show(archive, company.keeper, "CYC")
    assert [(one.version, one.reason) for one in shown.versions] == [(1, "审计要求"), (0, "")]
    with pytest.raises(Conflict, match="meanwhile"):
        checklists.change(archive, company.keeper, "CYC", new, version=0, reason="再次", remove=True)


def test_a_waiver_is_asked_with_a_reason_and_granted_by_another(company: Company, archive: Archive):
    dossier = company.opened("ZH", "1202")
    waiver = dossiers.ask_waiver(archive, company.owner, dossier, "02", "分公司,负责人资料由总部保管")
    with pytest.raises(Denied) as refused:
        dossiers.decide_waiver(archive, company.owner, dossier, waiver.id, yes=True)
    assert refused.value.reason == "own-waiver"
    assert company.folder(dossier).missing[1].requirement.item == "02", "asking alone waives nothing"

    dossiers.decide_waiver(archive, company.boss, dossier, waiver.id, yes=True)

    assert {one.requirement.item: one.state for one in company.folder(dossier).standings}["02"] == "waived"
    with pytest.raises(Conflict) as refused_waiver:
        dossiers.ask_waiver(archive, company.owner, dossier, "01", "没有")
    assert refused_waiver.value.code == "not-waivable"
    with pytest.raises(Invalid):
        dossiers.ask_waiver(archive, company.owner, dossier, "03", " ")


def test_the_tables_refuse_a_waiver_by_who_asked_for_it(company: Company, archive: Archive):
    dossier = company.opened("ZH", "1202")
    waiver = dossiers.ask_waiver(archive, company.owner, dossier, "02", "理由")
    with pytest.raises(Conflict, match="refuses"), archive.write() as tx:
        tx.dossiers.decide(waiver.id, archive.now(), company.owner.id, granted=True, answer="")


def test_a_unit_has_one_open_dossier_of_a_type(company: Company):
    company.opened("ZH", "1202")
    with pytest.raises(Conflict, match="already"):
        company.opened("ZH", "1202")
    company.opened("ZX", "1202")


def test_what_is_taken_out_is_missing_again_and_stays_written(company: Company, archive: Archive):
    dossier = company.opened()
    company.filled(dossier, ["01"])
    ((placed, record),) = company.folder(dossier).records["01"]

    dossiers.take(archive, company.keeper, dossier, placed.id, "归错卷")

    shown = dossiers.show(archive, company.keeper, dossier)
    assert shown.folder.missing[0].requirement.item == "01"
    assert [(one.reason, kept.id) for one, kept in shown.past] == [("归错卷", record.id)]
    with archive.read() as tx:
        actions = [line.action for line in tx.ledger.lines(subject_id=record.id, limit=10)]
    assert {"record.put-in-dossier", "record.taken-from-dossier"} <= set(actions)


def test_a_record_somebody_may_not_find_is_missing_for_them_as_if_it_had_never_come(company: Company, archive: Archive):
    empty, filled = company.opened("SB", "P-1"), company.opened("SB", "P-2")
    company.filled(filled, ["01", "02", "03"], level=3)

    theirs = [company.folder(one, company.liaison) for one in (empty, filled)]
    ours = company.folder(filled)

    assert [one.state for one in theirs[0].standings] == [one.state for one in theirs[1].standings]
    assert theirs[0].percent == theirs[1].percent == 0
    assert not theirs[1].records
    assert ours.percent > 0
    rows = {folder.dossier.id: folder for folder in dossiers.matrix(archive, company.liaison, "SB").folders}
    assert rows[filled].percent == rows[empty].percent
    # What they cannot see to be complete they cannot close; with sight of everything it is the same question.
    company.filled(filled, ["04"])
    with pytest.raises(Conflict, match="not complete"):
        dossiers.close(archive, company.liaison, filled)
    dossiers.close(archive, company.keeper, filled)


def test_a_dossier_somebody_may_not_find_does_not_exist_for_them(company: Company, archive: Archive):
    dossier = company.opened("ZH", "1202")
    with pytest.raises(NotFound):
        dossiers.show(archive, company.liaison, dossier)
    assert not dossiers.matrix(archive, company.liaison, "ZH").folders
    assert not dossiers.missing(archive, company.liaison).rows
    with pytest.raises(Denied):
        dossiers.open_dossier(archive, company.liaison, Opening("ZH", "JF01", "1203", "某公司"))


def test_checklists_go_out_as_a_table_and_come_back_the_same(company: Company, archive: Archive):
    csv, xlsx = (checklists.dump(archive, company.keeper, workbook=workbook) for workbook in (False, True))
    assert checklists.parse(csv) == checklists.parse(xlsx)
    assert checklists.load(archive, OPERATOR, csv, reason="原样") == []
    rows = [dict(row) for row in sheets.rows(csv) if row["type"] == "RY"]
    rows[0]["within_days"] = "7"
    table = sheets.as_csv(checklists.COLUMNS, [[row[name] for name in checklists.COLUMNS] for row in rows])

    assert checklists.load(archive, company.keeper, table, reason="缩短期限") == ["RY"]

    assert checklists.show(archive, company.keeper, "RY").checklist.requirements[0].within_days == 7
    with pytest.raises(Invalid, match="Line 2"):
        checklists.load(archive, company.keeper, table.replace(b",7,", b",soon,"), reason="")


def test_every_checklist_that_is_shipped_names_a_class_a_source_and_its_date(archive: Archive):
    with archive.read() as tx:
        classes = {one.code for one in tx.file_plan.every()}
        lists = [one.checklist for one in checklists.known(tx).values()]
    assert {one.code for one in lists} == {
        "YZ",
        "ZH",
        "ZX",
        "SB",
        "DT",
        "XF",
        "XM",
        "CYA",
        "CYB",
        "CYC",
        "RY",
        "JD",
        "RZ",
        "TZ",
    }
    for one in lists:
        assert one.class_code in classes
        assert all(need.source and need.source_date for need in one.requirements), one.code


ITEMS = ["a", "b", "c", "d"]
CONDITIONS: Mapping[str, Callable[[frozenset[str]], bool]] = {
    "": lambda facts: True,
    "装修": lambda facts: "装修" in facts,
    "!装修": lambda facts: "装修" not in facts,
    "有车位": lambda facts: "有车位" in facts,
}
"""What each condition means, said here anew: a rule that is wrong does not judge itself."""
needs = st.builds(
    lambda condition, waivable, at_least: (condition, waivable, at_least),
    st.sampled_from(list(CONDITIONS)),
    st.booleans(),
    st.integers(1, 2),
)


@given(
    st.lists(needs, min_size=4, max_size=4),
    st.frozensets(st.sampled_from(["装修", "有车位"])),
    st.dictionaries(st.sampled_from(ITEMS), st.integers(0, 3)),
    st.lists(st.tuples(st.sampled_from(ITEMS), st.sampled_from(["asked", "granted", "refused"])), max_size=6),
)
def test_complete_is_exactly_everything_that_applies_present_or_waived(
    shapes: list[tuple[str, bool, int]],
    facts: frozenset[str],
    present: dict[str, int],
    said: list[tuple[str, str]],
):
    """INV-25, against the sentence itself."""
    requirements = tuple(
        Requirement(item, item, item, condition=condition, waivable=waivable, at_least=at_least)
        for item, (condition, waivable, at_least) in zip(ITEMS, shapes, strict=True)
    )
    waivers = [
        Waiver(
            str(n), "d", item, "理由", NOON, "asker",
            decided_at=None if outcome == "asked" else NOON,
            decided_by="" if outcome == "asked" else "other",
            granted=outcome == "granted",
        )
        for n, (item, outcome) in enumerate(said)
    ]  # fmt: skip
    dossier = Dossier("d", "n", "X", "KH01", "JF01", "", "u", "t", 1, 0, facts, "o", date(2026, 3, 2), NOON, "o")
    checklist = Checklist("X", "X", "X", "KH01", "unit", requirements)

    found = standings(checklist, dossier, present, waivers, {})

    granted = {item for item, outcome in said if outcome == "granted"}
    applies = [CONDITIONS[one.condition](facts) for one in requirements]
    wanted = [one for one, does in zip(requirements, applies, strict=True) if does]
    filled = [present.get(one.item, 0) >= one.at_least or (one.waivable and one.item in granted) for one in wanted]
    assert is_complete(found) == all(filled)
    assert (percent(found) == 100) == all(filled)
    assert [one.state == "not-applicable" for one in found] == [not does for does in applies]
