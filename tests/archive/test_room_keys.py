"""Keys issued are those returned, compensated and outstanding; nobody moves out while a key is out (INV-27)."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import dossiers, room_keys
from archive.app import Archive, open_archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model.room_keys import Balance, What
from archive.room_keys import Counted
from archive.tables.schema.room_keys import room_keys as table
from tests import homes
from tests.archive.test_dossiers import Company
from tests.archive.test_loan_printouts import cells
from tests.builders import a_person
from tests.conftest import Clock

DOOR, CARD = "房门钥匙", "门禁卡"


@pytest.fixture
def company(archive: Archive) -> Company:
    return Company(archive)


def count(company: Company, dossier: str, what: str, number: int, key: str = DOOR, note: str = "收据 0012") -> Balance:
    return room_keys.count(company.archive, company.keeper, dossier, Counted(what, key, number, "林宛禾", note))


steps = st.lists(
    st.tuples(
        st.sampled_from(["0806", "0807"]), st.sampled_from([DOOR, CARD]), st.sampled_from(What), st.integers(1, 4)
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def two_units(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Company, dict[str, str]]]:
    archive = open_archive(homes.copy(founded, tmp_path_factory.mktemp("keys") / "home"), now=Clock())
    yield Company(archive), {}
    archive.close()


@settings(max_examples=25, deadline=None)
@given(walk=steps)
def test_issued_is_always_returned_and_compensated_and_outstanding(
    two_units: tuple[Company, dict[str, str]], walk: list[tuple[str, str, What, int]]
) -> None:
    """Whatever is counted, in whatever order, against the real tables and a tally kept beside them."""
    company, opened = two_units
    run = len(opened)
    units = {unit: company.opened("ZH", f"{unit}-{run}") for unit in ("0806", "0807")}
    opened.update({f"{unit}-{run}": dossier for unit, dossier in units.items()})
    tally = Counter[tuple[str, str, What]]()
    for unit, key, what, number in walk:
        back = tally[unit, key, What.RETURNED] + tally[unit, key, What.COMPENSATED]
        if what is not What.ISSUED and back + number > tally[unit, key, What.ISSUED]:
            with pytest.raises(Conflict, match="count again"):
                count(company, units[unit], what, number, key)
            continue
        count(company, units[unit], what, number, key)
        tally[unit, key, what] += number

    for unit, dossier in units.items():
        shown = dossiers.show(company.archive, company.keeper, dossier)
        for one in room_keys.balances(shown.keys):
            said = (one.issued, one.returned, one.compensated)
            assert said == tuple(tally[unit, one.key, what] for what in What)
            assert one.issued == one.returned + one.compensated + one.outstanding
            assert one.outstanding >= 0
        assert {one.key for one in shown.keys} == {key for (where, key, _), n in tally.items() if where == unit and n}
    with company.archive.read() as tx:
        last = sa.select(table.c.dossier_id, table.c.key, table.c.outstanding).order_by(table.c.position)
        stored = {(row.dossier_id, row.key): row.outstanding for row in tx.connection.execute(last)}
    for (dossier, key), outstanding in stored.items():
        if dossier in units.values():
            unit = next(one for one, id_ in units.items() if id_ == dossier)
            issued, returned, paid = (tally[unit, key, what] for what in What)
            assert outstanding == issued - returned - paid


def test_a_tenant_moves_out_only_when_no_key_is_out(company: Company, archive: Archive) -> None:
    unit = company.opened("ZH", "A座1806")
    needs = [one.requirement.item for one in company.folder(unit).standings if one.state == "missing"]
    company.filled(unit, needs)
    count(company, unit, "issued", 3)

    assert "close" not in dossiers.show(archive, company.keeper, unit).may
    count(company, unit, "returned", 2)
    with pytest.raises(Conflict, match="still out"):
        dossiers.close(archive, company.keeper, unit)
    count(company, unit, "compensated", 1)
    assert "close" in dossiers.show(archive, company.keeper, unit).may
    dossiers.close(archive, company.keeper, unit)
    with pytest.raises(Conflict, match="closed"):
        count(company, unit, "issued", 1)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Counted("lost", DOOR, 1, "林宛禾"), "returned"),
        (Counted("issued", "  ", 1, "林宛禾"), "which key"),
        (Counted("issued", DOOR, 0, "林宛禾"), "how many"),
        (Counted("issued", DOOR, 1), "received"),
        (Counted("compensated", DOOR, 1), "receipt"),
    ],
)
def test_what_is_incomplete_is_not_written_down(company: Company, archive: Archive, said: Counted, why: str) -> None:
    unit = company.opened("ZH", "A座1806")
    with pytest.raises(Invalid, match=why):
        room_keys.count(archive, company.keeper, unit, said)
    assert dossiers.show(archive, company.keeper, unit).keys == []


@pytest.mark.parametrize("broken", [{"number": 0}, {"outstanding": -1}, {"what": "given"}, {"what": "compensated"}])
def test_the_tables_refuse_what_must_not_be(company: Company, archive: Archive, broken: dict[str, object]) -> None:
    unit = company.opened("ZH", "A座1806")
    line = {
        "dossier_id": unit, "key": DOOR, "position": 1, "what": "issued", "number": 2, "outstanding": 2,
        "holder": "林宛禾", "note": "", "at": archive.now(), "by": company.keeper.id,
    }  # fmt: skip
    with archive.write() as tx, pytest.raises(sa.exc.IntegrityError), tx.connection.begin_nested():
        tx.connection.execute(table.insert().values({**line, **broken}))
    with archive.write() as tx:
        tx.connection.execute(table.insert().values(line))
        with pytest.raises(sa.exc.IntegrityError), tx.connection.begin_nested():
            tx.connection.execute(table.insert().values(line))


def test_who_holds_keys_is_told_to_who_may_read_the_dossier_and_to_nobody_else(
    company: Company, archive: Archive
) -> None:
    unit = company.opened("ZH", "A座1806")
    count(company, unit, "issued", 2)
    finder = a_person(archive, "finder", "records_liaison", clearance=3, department="SWB")
    assert dossiers.show(archive, finder, unit).keys == ()
    number = dossiers.show(archive, finder, unit).folder.dossier.number

    assert "林宛禾" in cells(archive, company.keeper, "room_keys", dossier=number)
    assert "林宛禾" not in cells(archive, finder, "room_keys", dossier=number)
    with pytest.raises(NotFound):
        room_keys.count(archive, company.liaison, unit, Counted("issued", DOOR, 1, "林宛禾"))
    assert "A座1806" in cells(archive, company.keeper, "room_keys", site="JF01")
