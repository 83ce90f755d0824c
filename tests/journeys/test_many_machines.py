"""One archive on several machines: whatever is killed or cut off, nothing is lost, doubled or lent twice; and the way
from one machine to many leads back."""

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from access.actors import OPERATOR
from archive import checking, founding, indexing, moving, search
from archive.app import Archive, open_archive
from archive.moving_database import move_database
from archive.search import Question
from archive.store import open_store
from indexer.reading import Reader
from tests import homes
from tests.builders import a_record, settle
from tests.conftest import SITES, Clock
from tests.journeys import machines

pytestmark = pytest.mark.skipif(
    not (homes.SERVER and homes.BUCKET), reason="needs PostgreSQL, an S3 server and OpenSearch (make test-cluster)"
)


@pytest.fixture
def one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several machines say by which name the search server knows their archive."""
    server = os.environ["MUNIMENT_ENGINE_ADDRESS"]
    monkeypatch.setenv("MUNIMENT_ENGINE_ADDRESS", f"{server}/m{secrets.token_hex(4)}")


@pytest.mark.usefixtures("one_name")
def test_many_machines_lose_and_double_nothing_whoever_is_killed_or_cut_off(home: Path) -> None:
    rounds = int(os.environ.get("MUNIMENT_SOAK_ROUNDS", "1"))

    counted = machines.run(home, files=60 * rounds, papers=12 * rounds, rounds=rounds, seed=9)

    print(dict(counted))


QUESTIONS = ("合同", "3号楼", "电梯维保", "文件 7", "没有的")


def test_from_one_machine_to_many_and_back_nothing_differs(
    tmp_path: Path, reader: Reader, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From SQLite and a folder to PostgreSQL, a bucket and OpenSearch, and back: the same bytes, chain and answers."""
    server, database = os.environ["MUNIMENT_ENGINE_ADDRESS"], homes.new_database()
    for name in ("MUNIMENT_ENGINE", "MUNIMENT_ENGINE_ADDRESS"):
        monkeypatch.delenv(name)
    large: dict[str, str] = {
        "database": homes.address(database),
        "store": f"s3:http://{homes.BUCKET}/{database}",
        "store_credentials": homes.CREDENTIALS,
        "engine": "opensearch",
        "engine_address": f"{server}/{database.replace('_', '-')}",
    }
    founding.found(tmp_path / "home", sites=SITES, now=clock)
    archive = open_archive(tmp_path / "home", now=clock)
    small = {name: getattr(archive.settings, name) for name in large} | {"database": f"sqlite:///{tmp_path}/back.db"}
    for n in range(12):
        a_record(archive, f"3号楼电梯维保第 {n} 次记录", title=f"文件 {n}", name=f"{n}.txt")
    settle(archive, reader)
    before = answers(archive), sealed(archive)

    middle = moved(archive, large, reader)

    assert (answers(middle), sealed(middle)) == before
    for file in (archive.settings.objects).glob("??/*"):
        file.unlink()
    again = moved(middle, small, reader)
    assert (answers(again), sealed(again)) == before
    again.close()


def moved(archive: Archive, to: Mapping[str, str], reader: Reader) -> Archive:
    """Objects and catalogue of an archive in other places, with the same head of the ledger, and an index there."""
    moving.move_objects(archive, OPERATOR, to["store"], to["store_credentials"])
    there = move_database(archive, OPERATOR, to["database"])
    archive.close()
    opened = Archive(replace(archive.settings, **to), now=archive.now)  # type: ignore[arg-type]
    with opened.read() as tx:
        assert tx.ledger.head() == (there.ledger_seq, there.ledger_digest)
        assert list(tx.ledger.faults()) == []
    with indexing.writing(opened):
        indexing.rebuild(opened, OPERATOR, None).close()
    settle(opened, reader)
    assert [one for one in checking.verify(opened, OPERATOR).findings if one.serious] == []
    return opened


def answers(archive: Archive) -> dict[str, tuple[int, list[str]]]:
    found = {text: search.find(archive, OPERATOR, Question(text)) for text in QUESTIONS}
    return {text: (answer.total, sorted(hit.record.id for hit in answer.hits)) for text, answer in found.items()}


def sealed(archive: Archive) -> dict[str, str]:
    """Every object as it lies in the store."""
    store = open_store(archive.settings)
    told: dict[str, str] = {}
    for address in store.addresses():
        with store.open(address) as file:
            told[address] = hashlib.sha256(file.read()).hexdigest()
    return told
