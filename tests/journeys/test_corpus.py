"""Real files, dropped in one go, go the whole way: every one is accounted for, and found by its own words."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from access.actors import OPERATOR
from archive import search
from archive.app import Archive, open_archive
from archive.search import Question
from indexer.reading import Reader
from tests import homes
from tests.builders import settle, take_in_everything
from tests.contracts.test_corpus_formats import _ASIDE, CORPUS, EMPTY_ALL_THE_SAME, TYPES, Row, expecting, folded

pytestmark = pytest.mark.skipif(not (CORPUS / "MANIFEST.tsv").exists(), reason=f"no corpus at {CORPUS}")

HOSTILE = ("QUARANTINE",)


def dropped() -> list[Row]:
    """Files of the kinds that are read today, and those that must end in quarantine; each file once."""
    chosen = [*expecting("INGEST: text extracted", types=TYPES), *expecting(*HOSTILE)]
    return list({row.path: row for row in chosen}.values())


def as_written(row: Row) -> list[str]:
    """The phrases of the manifest with their spaces, as somebody would type them."""
    return [p for p in _ASIDE.sub("", row.truth).split(" | ") if folded(p) in row.phrases]


@pytest.fixture(scope="module")
def archive(founded: Path, reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive into whose inbox the files were dropped, each in a folder of its own so that names are kept."""
    home = homes.copy(founded, tmp_path_factory.mktemp("corpus") / "home")
    archive = open_archive(home)
    inbox = archive.settings.inboxes[0].path
    for number, row in enumerate(dropped()):
        (inbox / str(number)).mkdir()
        shutil.copyfile(row.path, inbox / str(number) / row.name)
    take_in_everything(archive)
    settle(archive, reader)
    yield archive
    archive.close()


def everything_is_accounted_for(archive: Archive) -> None:
    with archive.read() as tx:
        counts = tx.intake.counts()
        dead = tx.jobs.dead()
    print(counts)

    assert sum(counts.values()) == len(dropped())
    assert counts["waiting"] == 0
    assert not dead


def everything_readable_is_found(archive: Archive) -> None:
    misses: list[str] = []
    looked_for = 0
    with archive.read() as tx:
        arrivals = {a.path: a for a in tx.intake.in_state("done")}
    inbox = archive.settings.inboxes[0].path
    for number, row in enumerate(dropped()):
        if row.expected.startswith(HOSTILE):
            continue
        arrival = arrivals[str(inbox / str(number) / row.name)]
        if row.name not in EMPTY_ALL_THE_SAME and arrival.outcome not in ("captured", "duplicate"):
            misses.append(f"{row.path.relative_to(CORPUS)}: {arrival.outcome} {arrival.reason}")
            continue
        for phrase in as_written(row):
            looked_for += 1
            answer = search.find(archive, OPERATOR, Question(f'"{phrase}"', size=100))
            if arrival.record_id not in {found.record.id for found in answer.hits}:
                deeper = [
                    found.record.id
                    for page in range(2, 1 + -(-answer.total // 100))
                    for found in search.find(archive, OPERATOR, Question(f'"{phrase}"', size=100, page=page)).hits
                ]
                if arrival.record_id not in deeper:
                    misses.append(f"{row.path.relative_to(CORPUS)}: {phrase!r} among {answer.total}")
    print(f"{looked_for} phrases looked for, {len(misses)} misses")
    print(*misses, sep="\n")

    assert not misses


def everything_hostile_is_in_quarantine(archive: Archive) -> None:
    with archive.read() as tx:
        arrivals = {a.path: a for a in tx.intake.in_state("done")}
    inbox = archive.settings.inboxes[0].path
    astray: list[str] = []
    for number, row in enumerate(dropped()):
        arrival = arrivals[str(inbox / str(number) / row.name)]
        if not row.expected.startswith("QUARANTINE:"):
            continue
        print(f"{arrival.outcome}  {row.path.relative_to(CORPUS)}  {arrival.reason}")
        if arrival.outcome != "quarantined" or len(arrival.reason) < 20:
            astray.append(f"{row.path.relative_to(CORPUS)}: {arrival.outcome}")
            continue
        moved = Path(arrival.moved_to)
        assert moved.read_bytes() == row.path.read_bytes()
        assert arrival.reason in (moved.parent / f"{moved.name}.reason.txt").read_text("utf-8")

    assert not astray


def test_real_files_go_the_whole_way(archive: Archive) -> None:
    """One test, so that the files go the way once: every one is accounted for, the readable ones are found by their
    own words, the hostile ones are in quarantine with a reason."""
    everything_is_accounted_for(archive)
    everything_readable_is_found(archive)
    everything_hostile_is_in_quarantine(archive)
