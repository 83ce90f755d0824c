"""What the whoosh engine promises beyond the common contract."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Whoosh is only partly typed.

import errno
import random
from pathlib import Path

import pytest
from whoosh.filedb.filestore import FileStorage
from whoosh.index import open_dir
from whoosh.qparser.default import MultifieldParser

from indexer.engines import EVERYTHING, Condition, Entry
from indexer.engines.whoosh import LAYOUT, WhooshEngine, open_engine
from indexer.errors import IndexBroken
from indexer.folder import IndexFolder
from indexer.places import U64
from indexer.query import Phrase, Query, parse
from indexer.segments import SegmentFile


def opened(folder: Path, *, writable: bool = True, patience_s: float = 10.0) -> WhooshEngine:
    return open_engine(folder / "index", writable=writable, patience_s=patience_s)


def test_an_index_of_another_version_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "index" / "SCHEME").write_text("muniment 0 0-000000\n")

    with pytest.raises(IndexBroken, match="another version"):
        opened(tmp_path)


def test_an_index_without_its_sign_is_refused_rather_than_overwritten(tmp_path: Path) -> None:
    engine = opened(tmp_path)
    engine.put([Entry("a", "物业")])
    (tmp_path / "index" / "SCHEME").unlink()

    with pytest.raises(IndexBroken, match="unknown version"):
        opened(tmp_path)
    engine.close()


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    engine = opened(tmp_path)
    engine.put([Entry("a", "物业")])
    engine.close()
    for file in (tmp_path / "index").glob("*.arrays"):
        file.unlink()

    with pytest.raises(IndexBroken, match="missing"):
        opened(tmp_path)


def test_a_second_writer_waits_and_then_gives_up(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path, patience_s=0.05)

    folder = IndexFolder(tmp_path / "index", f"whoosh-{LAYOUT}", patience_s=1, create=lambda: None)

    with folder.writing(), pytest.raises(IndexBroken, match="Another process"):
        second.put([Entry("a", "物业")])

    second.put([Entry("a", "物业")])
    assert first.ids() == {"a"}


def test_a_merge_shared_by_many_puts_ends_with_the_same_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Portions so small that a merge is never done within one put, and entries forgotten while it goes on."""
    monkeypatch.setattr("indexer.engines.whoosh._SMALL_SPOTS", 50)
    monkeypatch.setattr("indexer.engines.whoosh._PORTION_SPOTS", 40)
    monkeypatch.setattr("indexer.engines.whoosh._MERGE_S_MIN", 0.0)
    engine = opened(tmp_path)
    known: dict[str, str] = {}
    for i in range(150):
        known[f"r{i % 90}"] = f"第{i}号物业服务合同"
        engine.put([Entry(f"r{i % 90}", known[f"r{i % 90}"], pages=("甲方乙方" * 20,))])
        if i % 7 == 0:
            engine.drop([f"r{i % 50}"])
            known.pop(f"r{i % 50}", None)

        assert engine.ids() == known.keys()
    found = engine.search(Query(Phrase("乙方甲方")), find=EVERYTHING, read=EVERYTHING, limit=200)
    assert {hit.id for hit in found.hits} == known.keys()
    files = len(list((tmp_path / "index").glob("*.arrays")))
    assert files < 40
    engine.close()
    assert not list((tmp_path / "index").glob("*.merging"))


@pytest.mark.parametrize(
    "asked",
    [
        "物业",
        "物业服务",
        "服务合同",
        "合同 电梯",
        "电梯 OR 收费",
        "物业 NOT 电梯",
        '"3号楼A座"',
        "1203",
        "title:合同",
        "numbers:jf01",
        "物*",
    ],
)
def test_whoosh_itself_finds_the_same(tmp_path: Path, asked: str) -> None:
    """The folder is a Whoosh index: Whoosh's parser, matchers and phrases over our codec are a second opinion."""
    chance = random.Random(11)
    engine = opened(tmp_path)
    pieces = ["物业", "服务", "合同", "电梯", "收费", "，", "3号楼A座1203室", "业主", "JF01-HT", " "]
    for i in range(60):
        title, body = ("".join(chance.choices(pieces, k=k)) for k in (3, 12))
        engine.put([Entry(f"r{i}", title, numbers=(f"JF01-{i}",) if i % 3 else (), pages=(body,))])
    engine.drop(["r5", "r6"])
    whoosh = open_dir(str(tmp_path / "index"))
    parser = MultifieldParser(["title", "numbers", "parties", "body"], whoosh.schema)

    with whoosh.searcher() as searcher:
        theirs = {hit["id"] for hit in searcher.search(parser.parse(asked), limit=None)}

    ours = {"物*": "物", "物业 NOT 电梯": "物业 -电梯", "numbers:jf01": "number:jf01"}.get(asked, asked)
    found = engine.search(parse(ours), find=EVERYTHING, read=EVERYTHING, limit=100)
    assert theirs == {hit.id for hit in found.hits}
    assert theirs
    engine.close()


def test_whoosh_sees_how_many_entries_live(tmp_path: Path) -> None:
    engine = opened(tmp_path)
    engine.put([Entry(str(i), "物业", pages=("服务合同ab12",)) for i in range(5)])
    engine.drop(["1"])

    with open_dir(str(tmp_path / "index")).searcher() as searcher:
        reader = searcher.reader()
        assert reader.doc_count() == engine.count() == 4
        assert sorted(term.decode() for field, term in reader.all_terms() if field == "body") == [
            "12", "2", "ab", "b", "务合", "合同", "同", "服务",
        ]  # fmt: skip
        assert reader.doc_frequency("title", "物业") == 4
        assert reader.frequency("body", "absent") == 0
        assert [stored["id"] for stored in reader.all_stored_fields()] == ["0", "2", "3", "4"]
    engine.close()


def test_no_score_depends_on_what_may_not_be_found(tmp_path: Path) -> None:
    """How rare a word is, is counted among what the reader may find: hidden records cannot be felt in the order."""
    may = ((Condition("level", frozenset("1")),),)
    engine = opened(tmp_path)
    engine.put([Entry(f"open{i}", f"物业合同{i}", pages=("电梯" * i,), labels={"level": "1"}) for i in range(5)])
    before = engine.search(parse("物业 合同"), find=may, read=may)

    engine.put([Entry(f"hidden{i}", "物业合同物业", pages=("合同",), labels={"level": "3"}) for i in range(50)])

    assert engine.search(parse("物业 合同"), find=may, read=may) == before
    engine.close()


def test_dictionary_words_come_before_characters_that_meet_by_accident(tmp_path: Path) -> None:
    engine = opened(tmp_path)
    engine.put([Entry("accident", "发现代替物", pages=("说明",)), Entry("word", "走向现代化", pages=("说明",))])

    hits = engine.search(parse("现代"), find=EVERYTHING, read=EVERYTHING).hits

    assert [hit.id for hit in hits] == ["word", "accident"]
    engine.close()


def test_a_merge_that_fails_harms_neither_the_put_nor_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, what was left of a failed merge would have been put in place as if it were whole."""
    monkeypatch.setattr("indexer.engines.whoosh._SMALL_SPOTS", 50)
    monkeypatch.setattr("indexer.engines.whoosh._PORTION_SPOTS", 40)
    engine = opened(tmp_path)

    write = SegmentFile.add_spots

    def full(file: SegmentFile, spots: U64) -> None:
        if str(file.path).endswith(".merging"):
            raise OSError(errno.ENOSPC, "No space left on device")
        write(file, spots)

    with monkeypatch.context() as disk:
        disk.setattr(SegmentFile, "add_spots", full)
        for i in range(30):
            engine.put([Entry(f"r{i}", f"第{i}号", pages=("甲方乙方" * 20,))])
    assert "No space left" in caplog.text
    assert engine.count() == 30
    engine.put([Entry("last", "之后")])

    found = engine.search(Query(Phrase("乙方甲方")), find=EVERYTHING, read=EVERYTHING, limit=100)
    assert found.total == 30
    assert engine.count() == 31
    engine.close()
    assert not list((tmp_path / "index").glob("*.merging"))


def test_a_folder_listed_while_the_table_of_contents_is_replaced_is_not_taken_for_a_lost_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listing is not of one moment: it may have passed the place of the new one, and come too late for the old."""
    engine = opened(tmp_path)
    engine.put([Entry("r", "停水通知")])
    listed, times = FileStorage.list, 0

    def neither(storage: FileStorage) -> list[str]:
        nonlocal times
        times += 1
        return [name for name in listed(storage) if times > 1 or not name.endswith(".toc")]

    monkeypatch.setattr(FileStorage, "list", neither)

    assert engine.count() == 1
    assert times > 1
    engine.close()
