"""A rule means the same in Python, in SQL and in the engine."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.rules import Clause, Scope
from archive import labels, search
from archive.app import Archive, open_archive
from archive.model import GONE, LIFECYCLES, Record
from archive.tables.records import Records
from indexer.engines import Engine, Entry, open_engine
from indexer.query import Query
from tests import homes
from tests.engines import ENGINES

AT = datetime(2026, 3, 2, tzinfo=UTC)
SITES, DEPARTMENTS = ("", "JF01", "YL02"), ("", "SWB", "KFB")
CLASSES = ("HT02", "KH01")

clauses = st.builds(
    Clause,
    st.frozensets(st.sampled_from(LIFECYCLES)),
    st.integers(0, 3),
    st.none() | st.integers(0, 2),
    st.none() | st.frozensets(st.sampled_from(SITES)),
    st.none() | st.frozensets(st.sampled_from(DEPARTMENTS)),
    st.none() | st.frozensets(st.integers(0, 250).map("r{:015}".format), max_size=12),
    st.none() | st.frozensets(st.sampled_from(CLASSES)),
)
scopes = st.builds(Scope, st.lists(clauses, max_size=4).map(tuple))


def every_kind_of_record() -> list[Record]:
    """One record for every combination of what rules look at; filed ones have a site, as the tables demand."""
    kinds = [
        (lifecycle, level, pii, site, department, class_code)
        for lifecycle in LIFECYCLES
        for level in range(4)
        for pii in range(3)
        for site in SITES
        for department in DEPARTMENTS
        for class_code in CLASSES
        if lifecycle in ("captured", "quarantined") or site
    ]
    return [
        Record(
            id=f"r{n:015}",
            title="题名",
            lifecycle=lifecycle,
            level=level,
            pii=pii,
            class_code=code,
            site=site,
            department=department,
            doc_number="",
            issuer="",
            parties=(),
            document_date=None,
            shelf_location="",
            captured_at=AT,
            captured_by="x",
            revision=1,
            archival_code=f"JF01-HT·2026-D30-SWB-{n:04}" if lifecycle in ("archived", *GONE) else "",
        )
        for n, (lifecycle, level, pii, site, department, code) in enumerate(kinds)
    ]


RECORDS = every_kind_of_record()


@pytest.fixture(scope="module")
def catalogue(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    home = homes.copy(founded, tmp_path_factory.mktemp("scope") / "home")
    archive = open_archive(home)
    with archive.write() as tx:
        for record in RECORDS:
            tx.records.add(record)
    yield archive
    archive.close()


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine(request.param, tmp_path_factory.mktemp("index") / "i-1", writable=True)
    engine.put([Entry(record.id, record.title, labels=labels.labels_of(record)) for record in RECORDS])
    yield engine
    engine.close()


@settings(max_examples=150, deadline=None)
@given(scope=scopes)
def test_sql_admits_exactly_what_admits_admits(catalogue: Archive, scope: Scope) -> None:
    expected = {record.id for record in RECORDS if scope.admits(record)}

    with catalogue.read() as tx:
        records: Records = tx.records
        assert set(records.admitted([record.id for record in RECORDS], scope)) == expected
        assert sum(records.counted(scope).values()) == len(expected)


@settings(max_examples=150, deadline=None)
@given(scope=scopes)
def test_the_engine_finds_and_counts_exactly_what_admits_admits(engine: Engine, scope: Scope) -> None:
    expected = {record.id for record in RECORDS if scope.admits(record)}
    admitted = search.as_filter(scope)

    hits = engine.search(Query(None), find=admitted, read=admitted, limit=len(RECORDS), facets=("level",))

    assert {hit.id for hit in hits.hits} == expected
    assert hits.total == len(expected)
    assert sum(hits.facets["level"].values()) == len(expected)
