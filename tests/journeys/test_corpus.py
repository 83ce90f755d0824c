"""Real files of every kind, dropped in one go, go the whole way: each has its outcome, and is found by its own words.

A part of them that a rule chooses; `make bench` drops them all.
"""

import shutil
from pathlib import Path

import pytest

from archive import reasons
from archive.app import Archive
from indexer.reading import Reader
from tests.builders import settle, take_in_everything
from tests.corpus import CORPUS, expected_of, miss, representative, rows

pytestmark = pytest.mark.skipif(not (CORPUS / "MANIFEST.tsv").exists(), reason=f"no corpus at {CORPUS}")


def test_real_files_go_the_whole_way(archive: Archive, reader: Reader) -> None:
    """One test, so that the files go the way once."""
    dropped = representative()
    inbox = archive.settings.inboxes[0].path
    for number, row in enumerate(dropped):
        # A folder of its own for each, so that all keep their names.
        (inbox / str(number)).mkdir()
        shutil.copyfile(row.path, inbox / str(number) / row.name)

    take_in_everything(archive)
    settle(archive, reader)

    assert {(row.type, row.expected) for row in dropped} >= {
        (row.type, row.expected) for row in rows() if row.path.stat().st_size
    }
    with archive.read() as tx:
        arrivals = {arrival.path: arrival for arrival in tx.intake.in_state("done")}
        assert sum(tx.intake.counts().values()) == len(arrivals) == len(dropped)
        assert not tx.jobs.dead()
    misses: list[str] = []
    for number, row in enumerate(dropped):
        arrival = arrivals[str(inbox / str(number) / row.name)]
        if why := miss(archive, row, arrival):
            misses.append(f"{row.path.relative_to(CORPUS)} ({expected_of(row)}): {why}")
        moved = Path(arrival.moved_to)
        assert moved.read_bytes() == row.path.read_bytes()
        if arrival.outcome == "quarantined":
            note = (moved.parent / f"{moved.name}.reason.txt").read_text("utf-8")
            assert note == reasons.written(arrival.reason_code, arrival.reason)
    assert not misses, "\n".join(misses)
