"""Every kind of fault says what it is, finds nothing in a new archive, changes nothing, and is planted in the demo."""

import csv
import io
import json

import pytest

from access.actors import OPERATOR, PEOPLE_ROLES
from access.rules import DUTIES
from archive import faults, reports
from archive.app import Archive
from archive.demo import plants
from archive.errors import Invalid
from archive.people import named
from tests.builders import a_person


@pytest.mark.parametrize("name", faults.names())
def test_a_kind_has_its_words_its_gravity_and_its_duty(name: str) -> None:
    kind = faults.open_kind(name)

    assert set(kind.TITLE) == {"zh", "en"}
    assert all(kind.TITLE.values())
    assert kind.SEVERITY in faults.SEVERITIES
    assert DUTIES[kind.DUTY]


@pytest.mark.parametrize("name", faults.names())
def test_a_kind_finds_nothing_in_a_new_archive_and_changes_nothing(archive: Archive, name: str) -> None:
    kind = faults.open_kind(name)
    for role in PEOPLE_ROLES:
        a_person(archive, role.value, role.value, clearance=3)
    with archive.read() as tx:
        before = tx.ledger.head()
    for role in PEOPLE_ROLES:
        actor = named(archive, role.value)
        assert (name in faults.kinds(actor, "zh")) == (role in DUTIES[kind.DUTY])
        if role in DUTIES[kind.DUTY]:
            assert list(kind.find(archive, actor, archive.now().date(), lambda zh, en: en)) == []
    with archive.read() as tx:
        assert tx.ledger.head() == before


def test_every_kind_is_planted_in_the_demo_company() -> None:
    assert set(plants.names()) == set(faults.names())


def test_a_kind_there_is_none_of_is_refused(archive: Archive) -> None:
    with pytest.raises(Invalid, match="no kind of fault"):
        faults.every(archive, OPERATOR, kind="nothing")


def test_the_list_of_faults_prints_in_every_form_without_any(archive: Archive) -> None:
    printed = {
        form: reports.print_out(archive, OPERATOR, "faults", {}, form=form, language="zh").content
        for form in ("pdf", "xlsx", "csv", "json")
    }

    assert printed["pdf"].startswith(b"%PDF")
    assert json.loads(printed["json"])["tables"][0]["rows"] == []
    assert len(list(csv.reader(io.StringIO(printed["csv"].decode("utf-8-sig"))))) == 1
