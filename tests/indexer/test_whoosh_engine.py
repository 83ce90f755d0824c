"""What the whoosh engine promises beyond the common contract."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Whoosh is only partly typed.

from pathlib import Path

import numpy as np
import pytest

from indexer.engines import EVERYTHING, Entry
from indexer.engines.whoosh import WhooshEngine, open_engine
from indexer.errors import IndexBroken
from indexer.query import Phrase, Query


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

    with first.writing(), pytest.raises(IndexBroken, match="Another process"):
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


def test_whoosh_itself_sees_the_same_generations(tmp_path: Path) -> None:
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import TOC

    engine = opened(tmp_path)
    engine.put([Entry(str(i), "物业") for i in range(5)])
    engine.drop(["1"])

    toc = TOC.read(FileStorage(str(tmp_path / "index")), "MAIN")

    assert sum(segment.doc_count_all() - segment.deleted_count() for segment in toc.segments) == engine.count() == 4
    assert np.all([not segment.has_deletions() or list(segment.deleted_docs()) for segment in toc.segments])
    engine.close()
