"""Whatever becomes of records, in whatever order, the lines of the ledger alone tell what they are (INV-16)."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.actors import OPERATOR
from access.rules import Denied
from archive import declassifying, people, records
from archive.app import Archive, open_archive
from archive.declassifying import Lowering
from archive.errors import Conflict, Invalid, NotFound
from archive.model import lives
from archive.records import Description
from archive.tables import checks
from tests.builders import a_record, an_office, an_unfiled_record
from tests.conftest import Clock

REFUSED = (Conflict, Invalid, NotFound, Denied)
DEEDS = ("capture", "capture unfiled", "describe", "file", "lower")

walks = st.lists(
    st.tuples(
        st.sampled_from(DEEDS),
        st.integers(0, 5),
        st.integers(0, 3),
        st.sampled_from(("JF01", "YL02")),
        st.sampled_from(("SWB", "KFB")),
        st.sampled_from(("GL08", "HT02", "SB01")),
    ),
    min_size=4,
    max_size=16,
)


@pytest.fixture(scope="module")
def peopled(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    home = shutil.copytree(founded, tmp_path_factory.mktemp("lives") / "home")
    archive = open_archive(home, now=Clock())
    an_office(archive)
    yield archive
    archive.close()


@settings(max_examples=8, deadline=None)
@given(walk=walks)
def test_whatever_becomes_of_records_the_ledger_tells_it(
    peopled: Archive, walk: list[tuple[str, int, int, str, str, str]]
) -> None:
    ids: list[str] = []
    for step, (deed, which, level, site, department, class_code) in enumerate(walk):
        with suppress(*REFUSED):
            if deed == "capture":
                ids.append(
                    a_record(peopled, f"{len(ids)}/{step}/{walk}", level=level, site=site, class_code=class_code,
                             document_date="2025-05-06")
                )  # fmt: skip
            elif deed == "capture unfiled":
                ids.append(an_unfiled_record(peopled, f"{len(ids)}/{step}/{walk}", site=site))
            elif ids:
                _do(peopled, deed, ids[which % len(ids)], level, site, department, class_code)

    with peopled.read() as tx:
        stands = checks.lives_after(tx.connection, "", 10_000)
        events = tx.ledger.of_subjects("record", ids, lives.TELLING)
    assert {one: lives.life(events[one]) for one in ids} == {one: stands[one] for one in ids}


def _do(archive: Archive, deed: str, record_id: str, level: int, site: str, department: str, class_code: str) -> None:
    keeper, owner = people.named(archive, "keeper"), people.named(archive, "owner")
    if deed in ("describe", "file"):
        record = records.view(archive, keeper, record_id).record
        said = Description(f"题名{level}", class_code, max(level, record.level), site, department)
        records.describe(archive, keeper, record_id, said, revision=record.revision, filing=deed == "file")
    else:
        proposal = declassifying.propose(archive, keeper, record_id, Lowering(level, "已公开", event="公告"))
        declassifying.decide(archive, owner, proposal.id, yes=True)
        declassifying.has_happened(archive, keeper, proposal.id)


def test_a_walk_reaches_what_it_should(peopled: Archive) -> None:
    """A walk that gets nowhere proves nothing: what is filed and what is lowered is among what it reaches. What is
    accepted, destroyed or handed out for good is compared where that is tested."""
    record_id, waits = a_record(peopled, "一份", level=2), an_unfiled_record(peopled, "另一份", site="JF01")
    _do(peopled, "lower", record_id, 1, "JF01", "SWB", "GL08")
    _do(peopled, "file", waits, 2, "YL02", "KFB", "HT02")

    lowered, filed = (records.view(peopled, OPERATOR, one).record for one in (record_id, waits))
    assert lowered.level == 1
    assert (filed.lifecycle, filed.site, filed.class_code) == ("filed", "YL02", "HT02")
