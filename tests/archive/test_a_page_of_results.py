"""A page of results asks the tables the same number of questions, however many hits it has."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from archive import search
from archive.app import Archive
from archive.search import Question
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.far import Far

BEGINS = ("BEGIN", "SET TRANSACTION")
"""How a transaction begins on SQLite, and on PostgreSQL."""


@contextmanager
def statements() -> Generator[list[str]]:
    """What the database is told meanwhile."""
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)


def test_more_hits_ask_the_tables_no_more(archive: Archive, reader: Reader) -> None:
    actor = a_person(archive, "li")
    for number in range(8):
        word = "锅炉房" if number else "锅炉房及水泵"
        a_record(archive, f"第{number}份，{word}检修。", title=f"检修记录{number}", name=f"{number}.txt")
    settle(archive, reader)
    search.find(archive, actor, Question("锅炉房"))  # the index is opened

    with statements() as for_one:
        one = search.find(archive, actor, Question("水泵"))
    with statements() as for_many:
        many = search.find(archive, actor, Question("锅炉房"))

    assert (len(one.hits), len(many.hits)) == (1, 8)
    assert all(hit.snippets for hit in many.hits)
    assert len(for_many) == len(for_one)
    assert sum("wrapped_key" in text for text in for_many) == 1
    assert sum(text.startswith(BEGINS) for text in for_many) == 1
    assert not [text for text in for_many if not text.startswith((*BEGINS, "SELECT"))]


def test_the_texts_of_what_may_not_be_read_are_not_even_fetched(archive: Archive, reader: Reader) -> None:
    actor = a_person(archive, "wang", clearance=2)
    a_record(archive, "锅炉房检修。", title="检修协议", level=2)
    settle(archive, reader)

    with statements() as told:
        answer = search.find(archive, actor, Question("检修协议"))

    assert [(hit.may_read, hit.snippets) for hit in answer.hits] == [(False, ())]
    assert not [text for text in told if "wrapped_key" in text]


def test_texts_that_are_waited_for_are_fetched_together(
    archive: Archive, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = a_person(archive, "li")
    for number in range(8):
        a_record(archive, f"第{number}份，锅炉房检修。", title=f"检修记录{number}", name=f"{number}.txt")
    settle(archive, reader)
    monkeypatch.setattr(archive.objects, "_store", Far(archive.objects._store))

    hits = search.find(archive, actor, Question("锅炉房")).hits

    assert len(hits) == 8
    for hit in hits:
        line = "".join(text for text, _ in hit.snippets[0].parts)
        assert line.startswith(f"第{hit.record.title[-1]}份"), "each hit shows the lines of its own text"
