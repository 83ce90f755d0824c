"""Whatever is done to the ledger is found and named."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.app import Archive
from archive.errors import Conflict
from archive.tables.chain import START, Fault, Line, faults


def a_chain(length: int) -> list[Line]:
    lines: list[Line] = []
    previous = START
    for seq in range(1, length + 1):
        line = Line(seq, 1_000_000 * seq, "somebody", "record.filed", "record", f"r{seq}", "JF01", "{}", previous)
        lines.append(replace(line, digest=line.computed()))
        previous = lines[-1].digest
    return lines


def found(lines: list[Line], whole: list[Line]) -> list[tuple[str, int]]:
    head = (whole[-1].seq, whole[-1].digest)
    return [(fault.kind, fault.seq) for fault in faults(lines, head)]


def renumbered(lines: list[Line]) -> list[Line]:
    return [replace(line, seq=seq) for seq, line in enumerate(lines, 1)]


def test_an_untouched_chain_has_no_faults() -> None:
    chain = a_chain(20)

    assert found(chain, chain) == []
    assert list(faults([], (0, START))) == []


COLUMNS = ("at", "actor", "action", "subject_kind", "subject_id", "site", "payload", "previous", "digest")


@given(place=st.integers(0, 19), column=st.sampled_from(COLUMNS))
def test_an_edited_column_is_named_whichever_it_is(place: int, column: str) -> None:
    """INV-16: the digest covers every column. Products of this kind have missed the time and the site."""
    chain = a_chain(20)
    value = 5 if column == "at" else "0" * 64 if column in ("previous", "digest") and place else "forged"

    edited = [replace(line, **{column: value}) if n == place else line for n, line in enumerate(chain)]

    assert ("edited", place + 1) in found(edited, chain)


@given(place=st.integers(1, 18))
def test_a_line_edited_with_its_digest_made_to_fit_is_named_by_the_next(place: int) -> None:
    chain = a_chain(20)
    forged = replace(chain[place], actor="nobody")
    edited = [*chain[:place], replace(forged, digest=forged.computed()), *chain[place + 1 :]]

    assert found(edited, chain) == [("edited", place + 1)]


@given(first=st.integers(0, 18), count=st.integers(1, 5))
def test_removed_lines_are_named(first: int, count: int) -> None:
    chain = a_chain(20)
    kept = chain[:first] + chain[first + count :]

    expected = "removed" if first + count < 20 else "cut-off"
    assert found(kept, chain) == [(expected, first + 1)]


@given(place=st.integers(0, 17))
def test_a_removed_line_is_named_even_if_the_rest_is_renumbered(place: int) -> None:
    chain = a_chain(20)
    kept = renumbered(chain[:place] + chain[place + 1 :])

    assert ("removed", place + 1) in found(kept, chain)


@given(place=st.integers(0, 19), honest=st.booleans())
def test_an_inserted_line_is_named_once(place: int, honest: bool) -> None:
    chain = a_chain(20)
    previous = chain[place - 1].digest if place else START
    made_up = Line(place + 1, 5, "nobody", "record.filed", "record", "x", "", "{}", previous)
    made_up = replace(made_up, digest=made_up.computed() if honest else "f" * 64)

    lines = renumbered([*chain[:place], made_up, *chain[place:]])

    assert ("inserted", place + 1) in found(lines, chain)
    assert {kind for kind, _ in found(lines, chain)} == {"inserted"}


@given(st.lists(st.integers(0, 19), min_size=2, max_size=2, unique=True))
def test_reordered_lines_are_named(places: list[int]) -> None:
    chain = a_chain(20)
    first, second = sorted(places)
    lines = list(chain)
    lines[first], lines[second] = lines[second], lines[first]

    named = found(renumbered(lines), chain)

    assert ("reordered", first + 1) in named
    assert ("reordered", second + 1) in named


def test_a_tail_that_was_cut_off_is_missed() -> None:
    chain = a_chain(20)

    assert found(chain[:15], chain) == [("cut-off", 16)]
    assert found([], chain) == [("cut-off", 1)]


TAMPERING: dict[str, tuple[str, str, int]] = {
    "edit": ("UPDATE ledger SET actor = 'nobody' WHERE seq = 3", "edited", 3),
    "backdate": ("UPDATE ledger SET at = at - 86400000000 WHERE seq = 3", "edited", 3),
    "remove": ("DELETE FROM ledger WHERE seq = 3", "removed", 3),
    "cut off": ("DELETE FROM ledger WHERE seq > 3", "cut-off", 4),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_raw_changes_to_the_table_are_refused_and_found_when_forced(archive: Archive, what: str) -> None:
    statement, kind, seq = TAMPERING[what]
    with archive.write() as tx:
        for n in range(5):
            tx.ledger.add(archive.now(), "x", "record.described", "record", f"r{n}")
    database = archive.settings.home / "catalogue.db"

    with sqlite3.connect(database) as raw:
        with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
            raw.execute(statement)
        raw.executescript("DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete")
        raw.execute(statement)
    raw.close()

    with archive.read() as tx:
        named = [(fault.kind, fault.seq) for fault in tx.ledger.faults()]
    assert named[0] == (kind, seq)


def test_a_clock_set_back_stops_the_ledger(archive: Archive, clock: Callable[[], object]) -> None:
    """T21: nothing is written with a time before the last line; a small drift repeats that time (INV-17)."""
    with archive.write() as tx:
        tx.ledger.add(archive.now(), "x", "record.described", "record", "r")
        tx.ledger.add(archive.now() - timedelta(seconds=30), "x", "record.described", "record", "r")
        last = tx.ledger.lines(limit=2)
        assert last[0].at == last[1].at

    with pytest.raises(Conflict, match="clock"), archive.write() as tx:
        tx.ledger.add(archive.now() - timedelta(hours=1), "x", "record.described", "record", "r")


def test_a_ledger_line_goes_with_its_transaction(archive: Archive) -> None:
    with archive.read() as tx:
        before = tx.ledger.head()

    def write_and_fail() -> None:
        with archive.write() as tx:
            tx.ledger.add(archive.now(), "x", "record.described", "record", "r")
            raise Conflict("no")

    with pytest.raises(Conflict):
        write_and_fail()

    with archive.read() as tx:
        assert tx.ledger.head() == before
        assert list(tx.ledger.faults()) == []


def test_faults_read_as_sentences() -> None:
    chain = a_chain(3)

    assert list(faults([chain[0], chain[2]], (3, chain[2].digest))) == [Fault("removed", 2, "line 2 is missing")]
