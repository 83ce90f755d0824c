"""What was replaced is found when somebody asks for it, and otherwise not."""

import io

import pytest

from access.actors import OPERATOR
from archive import earlier, search, versions
from archive.app import Archive
from archive.errors import Invalid
from archive.search import Question
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle


def replaced(archive: Archive, reader: Reader, before: str, after: str, **about: object) -> str:
    record_id = a_record(archive, before, **about)  # type: ignore[arg-type]
    settle(archive, reader)
    versions.add(archive, OPERATOR, record_id, io.BytesIO(after.encode()), "v2.txt")
    settle(archive, reader)
    return record_id


def found(archive: Archive, words: str) -> list[tuple[str, int]]:
    return [(hit.record.id, hit.version.version) for hit in earlier.find(archive, OPERATOR, words).hits]


def test_the_words_of_a_replaced_version_are_found_when_they_are_asked_for(archive: Archive, reader: Reader) -> None:
    record_id = replaced(archive, reader, "物业费每平方米2.80元，共五层", "物业费每平方米3.10元")

    assert search.find(archive, OPERATOR, Question("2.80")).total == 0
    answer = earlier.find(archive, OPERATOR, "物业费 ２.80")

    assert [(hit.record.id, hit.version.version) for hit in answer.hits] == [(record_id, 1)]
    assert "2.80" in [text for text, marked in answer.hits[0].snippets[0].parts if marked]
    assert answer.whole
    assert found(archive, "3.10") == []


def test_a_question_means_the_same_as_in_every_search(archive: Archive, reader: Reader) -> None:
    one = (replaced(archive, reader, "电梯维保", "空", title="维保合同"), 1)

    assert found(archive, "电梯 OR 扶梯") == [one]
    assert found(archive, "电梯 -维保") == []
    assert found(archive, '"梯维"') == [one]
    assert found(archive, "标题:维保 电梯") == [one]
    assert found(archive, "标题:保洁 电梯") == []
    for wrong in ("", "-电梯"):
        with pytest.raises(Invalid):
            earlier.find(archive, OPERATOR, wrong)


def test_nobody_finds_an_earlier_version_of_what_they_may_not_read(archive: Archive, reader: Reader) -> None:
    replaced(archive, reader, "甘露计划第一稿", "定稿", level=2)
    reads = a_person(archive, "keeper", "document_controller", clearance=2)
    elsewhere = a_person(archive, "other", "document_controller", clearance=2, sites=("YL02",))
    borrower = a_person(archive, "borrower", clearance=1)

    assert len(earlier.find(archive, reads, "甘露").hits) == 1
    for actor in (elsewhere, borrower):
        answer = earlier.find(archive, actor, "甘露")
        assert (answer.hits, answer.looked_at) == ([], 0)


def test_the_core_secrets_are_not_looked_through(archive: Archive, reader: Reader) -> None:
    """Their bodies are in no index either."""
    replaced(archive, reader, "甘露计划第一稿", "定稿", level=3)

    assert found(archive, "甘露") == []
