"""Whatever can be done with many records at once is tried out without a trace, done, and undone if it says so."""

from collections.abc import Mapping

import pytest

from access.actors import Actor
from access.rules import Denied
from archive import deeds, dossiers, selections
from archive.app import Archive
from archive.dossiers import Opening
from archive.errors import Conflict
from tests.builders import a_person, a_record, an_unfiled_record
from web.selection_words import DEEDS


def example(archive: Archive, keeper: Actor, name: str) -> tuple[str, Mapping[str, str]]:
    """A record with which it can be done, and what is said then."""
    match name:
        case "describe":
            return a_record(archive), {"site": "YL02"}
        case "file":
            return an_unfiled_record(archive, "甲", site="JF01"), {"class_code": "HT02"}
        case "dossier":
            made = dossiers.open_dossier(archive, keeper, Opening("ZH", "JF01", "1202", "租户", level=2))
            return a_record(archive), {"dossier": made.number, "item": "01"}
        case _:
            return a_record(archive), {"reason": "诉讼"}


def traces(archive: Archive) -> tuple[int, str]:
    with archive.read() as tx:
        return tx.ledger.head()


@pytest.mark.parametrize("name", deeds.names())
def test_a_deed_leaves_no_trace_when_it_is_tried_and_is_undone_if_it_says_so(archive: Archive, name: str) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    record_id, said = example(archive, keeper, name)
    assert name in selections.offered(keeper)
    assert name in DEEDS
    with archive.read() as tx:
        before = tx.records.get(record_id)
    head = traces(archive)
    chosen = selections.choose(archive, keeper, ids=[record_id]).id

    selections.ask(archive, keeper, chosen, name, said)
    assert selections.standing(archive, keeper, chosen).counts == {"ready": 1}
    assert traces(archive) == head
    with archive.read() as tx:
        assert tx.records.get(record_id) == before

    selections.confirm(archive, keeper, chosen)
    assert selections.standing(archive, keeper, chosen).counts == {"done": 1}
    assert traces(archive) != head

    if deeds.undo_of(name) is not None:
        selections.undo(archive, keeper, chosen)
        assert selections.standing(archive, keeper, chosen).counts == {"undone": 1}
    else:
        with pytest.raises(Conflict):
            selections.undo(archive, keeper, chosen)


@pytest.mark.parametrize("name", [name for name in deeds.names() if name != "file"])
def test_a_deed_is_offered_to_nobody_who_may_not_do_it(archive: Archive, name: str) -> None:
    """Filing is left out: what is not filed is found by nobody else, so nobody else can choose it."""
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    reader = a_person(archive, "reader")
    record_id, said = example(archive, keeper, name)
    chosen = selections.choose(archive, reader, ids=[record_id]).id

    assert name not in selections.offered(reader)
    with pytest.raises(Denied):
        selections.ask(archive, reader, chosen, name, said)
