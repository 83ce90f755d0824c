"""Real files from public sources: each is read, kept or refused as its manifest row says."""

import statistics
from collections.abc import Iterator

import pytest

from indexer.errors import Unreadable
from indexer.reading import Reader, Reading
from tests.corpus import (
    CORPUS,
    EMPTY_ALL_THE_SAME,
    ENCRYPTED_ALL_THE_SAME,
    LAST_PARTS,
    NOT_ENCRYPTED,
    REFUSED,
    SEEN_ON_PICTURES,
    TYPES,
    WITHOUT_TEXT,
    Row,
    expected_of,
    expecting,
    folded,
    rows,
)
from tests.samples.errors import error_rate

pytestmark = pytest.mark.skipif(not (CORPUS / "MANIFEST.tsv").exists(), reason=f"no corpus at {CORPUS}")

BROKEN = ("crashed", "reader-failed", "too-slow", "too-much-memory")
"""These say that a reader has a fault, not that the file has one."""


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    # The memory limit is the proof that no file needs more.
    with Reader(time_s=30, memory_mb=1024) as open_reader:
        yield open_reader


def attempt(reader: Reader, row: Row) -> Reading | Unreadable:
    try:
        return reader.read(row.path, row.name)
    except Unreadable as error:
        return error


def codes(reading: Reading) -> set[str]:
    return {caution.code for caution in reading.text.cautions}


def table(misses: list[tuple[str, str]]) -> str:
    return "\n".join(f"{path}\t{why}" for path, why in misses)


def test_every_readable_file_is_read_and_its_phrases_are_found(reader: Reader) -> None:
    misses: list[tuple[str, str]] = []
    wanted = expecting("INGEST: text extracted", types=TYPES)

    for row in wanted:
        answer = attempt(reader, row)
        why = miss(row, answer)
        if why:
            misses.append((str(row.path.relative_to(CORPUS)), why))

    assert len(wanted) > 500
    assert not misses, f"{len(misses)} of {len(wanted)}:\n{table(misses)}"


def miss(row: Row, answer: Reading | Unreadable) -> str:
    if isinstance(answer, Unreadable):
        return "" if row.name in EMPTY_ALL_THE_SAME and answer.code == "empty-file" else answer.code
    if row.name in ENCRYPTED_ALL_THE_SAME:
        return "" if "encrypted" in codes(answer) else "not known as encrypted"
    text = folded("".join((*answer.text.page_names, *answer.text.pages)))
    lost = [phrase for phrase in row.phrases if phrase not in text]
    if lost:
        return f"{answer.format}: no {' | '.join(lost)}"
    return "" if text or row.name in WITHOUT_TEXT else f"{answer.format}: no text"


def test_other_files_worth_keeping_are_kept(reader: Reader) -> None:
    kept = ("INGEST via OCR", "INGEST +", "INGEST;", "keep byte-identical", "same logical document")
    wanted = [row for row in expecting(*kept) if row.type in TYPES and row.path.stat().st_size]

    misses = [(row.name, answer.code) for row in wanted if isinstance(answer := attempt(reader, row), Unreadable)]

    assert len(wanted) > 50
    assert not misses, table(misses)


def test_attachments_are_handed_over(reader: Reader) -> None:
    wanted = [row for row in expecting("INGEST + children listed", "INGEST + list attachments") if row.type == "pdf"]

    misses = [(row.name, "none") for row in wanted if not reader.read(row.path, row.name).text.children]

    assert len(wanted) >= 8
    assert not misses, table(misses)


def test_archives_are_taken_apart_or_say_why_not(reader: Reader) -> None:
    wanted = expecting("EXPAND", types=frozenset(("zip", "7z", "tar")))
    misses: list[tuple[str, str]] = []

    for row in wanted:
        answer = attempt(reader, row)
        if isinstance(answer, Unreadable):
            if answer.code != "unsupported-archive" and row.name not in LAST_PARTS:
                misses.append((row.name, answer.code))
        elif not answer.text.children and not codes(answer) & {"encrypted", "partly-unreadable"}:
            misses.append((row.name, "no children"))

    assert len(wanted) > 15
    assert not misses, table(misses)


def test_active_content_is_flagged_where_it_is(reader: Reader) -> None:
    flags = {
        "dde-in-csv.csv": "active-content",
        "dde-test.docm": "active-content",
        "dde-test.docx": "active-content",
        "sample_with_external_link_to_doc.docm": "external-links",
        "sample_with_external_link_to_doc.docx": "external-links",
        "sample_with_external_link_to_doc.xlsm": "external-links",
    }
    wanted = [row for row in expecting("INGEST; macros") if row.name in flags]

    misses = [
        (row.name, flags[row.name]) for row in wanted if flags[row.name] not in codes(reader.read(row.path, row.name))
    ]

    assert len(wanted) == len(flags)
    assert not misses, table(misses)


def test_hostile_files_never_crash_hang_or_eat_the_memory(reader: Reader) -> None:
    wanted = expecting("INGEST or QUARANTINE", "QUARANTINE or ingest")

    misses = [
        (row.name, answer.code)
        for row in wanted
        if isinstance(answer := attempt(reader, row), Unreadable) and answer.code in BROKEN
    ]

    assert len(wanted) > 200
    assert not misses, table(misses)


def test_hopeless_files_are_refused_with_a_reason(reader: Reader) -> None:
    wanted = expecting("QUARANTINE: original kept")

    misses: list[tuple[str, str]] = []
    for row in wanted:
        answer = attempt(reader, row)
        became = f"read as {answer.format}" if isinstance(answer, Reading) else answer.code
        if became != REFUSED[row.name]:
            misses.append((row.name, became))

    assert len(wanted) > 20
    assert not misses, table(misses)


def test_locked_files_are_kept_and_flagged(reader: Reader) -> None:
    wanted = [row for row in expecting('KEEP + flag "encrypted') if row.name not in NOT_ENCRYPTED]
    misses: list[tuple[str, str]] = []

    for row in wanted:
        answer = attempt(reader, row)
        if isinstance(answer, Unreadable):
            misses.append((row.name, answer.code))
        elif "encrypted" not in codes(answer):
            misses.append((row.name, f"read as {answer.format} with {codes(answer)}"))

    assert len(wanted) > 30
    assert not misses, table(misses)


def test_every_row_has_an_outcome_and_no_file_breaks_a_reader(reader: Reader) -> None:
    covered = ("INGEST", "KEEP", "QUARANTINE")
    rest = [row for row in rows() if not row.expected.startswith(covered)]

    misses = [
        (str(row.path.relative_to(CORPUS)), answer.code)
        for row in rest
        if isinstance(answer := attempt(reader, row), Unreadable) and answer.code in BROKEN
    ]

    assert len(rows()) == 1676
    assert all(expected_of(row) for row in rows())
    assert not misses, table(misses)


def test_pictures_are_read_with_three_characters_in_a_hundred_wrong_at_most(reader: Reader) -> None:
    """A bounded share of `make bench`: the small pictures whose words are known."""
    rates: list[float] = []
    for row in {row.name: row for row in expecting("INGEST via OCR")}.values():
        for page, truth in enumerate(SEEN_ON_PICTURES.get(row.name, ()), 1):
            rates.append(error_rate(reader.recognise(row.path, row.name, page).text, truth))
            print(f"{100 * rates[-1]:6.2f} % {row.name} page {page}")

    assert len(rates) > 10
    assert statistics.median(rates) <= 0.03
    assert statistics.mean(rates) <= 0.03
