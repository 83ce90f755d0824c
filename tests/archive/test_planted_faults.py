"""What was planted in the demo company is found, every fault of it and nothing else."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from access.actors import OPERATOR
from access.loans import Form
from access.rules import Denied
from archive import contract_desk, dossiers, faults, loan_terms, people, reports
from archive.app import Archive, open_archive
from archive.demo import plants
from archive.demo.moving_in import move_in
from archive.demo.records import demo_records
from archive.errors import Invalid
from archive.loan_terms import Wish


def _noon() -> datetime:
    return datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The demo company with one in twelve of its papers, filed ones and waiting ones, some contracts, and all that is
    planted."""
    home = tmp_path_factory.mktemp("planted") / "home"
    every = demo_records()
    some = [*every[::12], *[one for one in every if one.class_code == "HT03" and one not in every[::12]][:6]]
    move_in(home, now=_noon, records=some)
    archive = open_archive(home, now=_noon)
    yield archive
    archive.close()


def test_every_planted_fault_is_found_and_nothing_else(company: Archive) -> None:
    planted = {(kind, subject) for kind, subjects in plants.planted(company).items() for subject in subjects}

    found = [(one.kind, one.fault.subject) for one in faults.every(company, OPERATOR)]

    assert sorted(found) == sorted(planted)
    assert {kind for kind, _ in planted} == set(faults.names())


def test_the_printed_list_says_the_same(company: Archive) -> None:
    printed = reports.print_out(company, OPERATOR, "faults", {}, form="json", language="zh")

    rows = json.loads(printed.content)["tables"][0]["rows"]
    found = faults.every(company, OPERATOR)
    assert [(row["种类"], row["缺陷"]) for row in rows] == [(one.title, one.fault.sentence) for one in found]


def test_whatever_record_a_printout_names_it_is_noted_that_it_was_read(company: Archive) -> None:
    with company.read() as tx:
        words = {
            one.id: [word for word in (one.id, one.title, one.archival_code) if word] for one in tx.records.named()
        }
    naming: set[str] = set()
    for name in reports.offered(OPERATOR, "zh"):
        read: set[str] = set()
        try:
            printed = reports.print_out(company.noting(read), OPERATOR, name, {}, form="csv", language="zh")
        except (Invalid, Denied):
            continue  # labels, what is asked for one thing at a time, and what somebody searched for
        text = printed.content.decode("utf-8-sig")
        named = {one for one, its in words.items() if any(word in text for word in its)}
        assert named <= read, name
        naming |= {name} if named else set()
    assert {"catalogue", "contracts", "controlled_documents", "faults", "loan_register", "pages"} <= naming


def test_who_may_not_know_of_a_record_is_told_of_no_fault_of_it(company: Archive) -> None:
    elsewhere = people.named(company, "luoqinghe")

    assert elsewhere.sites == {"YL02"}
    mine = {one.fault.subject for one in faults.every(company, elsewhere)}
    others = {subject for subjects in plants.planted(company).values() for subject in subjects} - mine
    with company.read() as tx:
        for subject in mine:
            record = tx.records.many([subject]).get(subject)
            assert record is None or record.site in elsewhere.sites
    assert others


def test_moving_in_again_plants_nothing_twice(company: Archive) -> None:
    before = plants.planted(company)
    assert not move_in(company.settings.home, now=_noon)
    assert plants.planted(company) == before


def test_a_department_of_which_one_holds_both_posts_borrows_its_own_contract(company: Archive) -> None:
    borrower, keeper = (people.named(company, login) for login in ("yuxinmiao", "shenyanqiu"))
    ours = next(row.record for row in contract_desk.register(company, keeper) if row.record.department == "SWB")

    foreseen = loan_terms.preview(company, borrower, Wish(((ours.id, Form.DIGITAL),), "续约谈判", 3))

    assert foreseen.refusal is None
    assert [[one.login for one in people] for _, people in foreseen.asks] == [["zongwenbin"], ["mengjinglan"]]


def test_its_records_office_has_contracts_in_force_and_dossiers_on_their_way(company: Archive) -> None:
    keeper = people.named(company, "shenyanqiu")

    rows = contract_desk.register(company, keeper)
    in_force = {row.contract.site for row in rows if row.standing == "in-force" and row.contract.exclusive}
    assert in_force == {"JF01", "YL02"}
    assert any(row.contract.state == "confirmed" and not row.contract.exclusive for row in rows)
    folders = [one for kind in ("ZH", "YZ", "DT", "XM") for one in dossiers.matrix(company, keeper, kind).folders]
    assert len({one.dossier.type for one in folders}) >= 3
    assert all(0 < one.percent < 100 for one in folders)
