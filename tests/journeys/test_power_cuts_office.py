"""The process is killed before each commit of the records office's work: what is left is what the last commit left.

Each piece of work runs once whole, and what every table counts and the ledger says is written down after each commit.
Then it runs again in forks that kill themselves before the first commit, the second, and so on: the tables then hold
what they held after the commit before, never half of anything, and the ledger is whole.
"""

import io
import json
import os
import re
import shutil
import signal
import sqlite3
import traceback
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from access.actors import Actor
from archive import (
    climate,
    contracts,
    distributing,
    documents,
    dossiers,
    errands,
    evidence_packages,
    inspections,
    locations,
    people,
    selections,
    stocktaking,
)
from archive.app import Archive, open_archive
from archive.climate import NewReading
from archive.documents import Draft
from archive.dossiers import Opening
from archive.locations import NewPlace
from tests import homes
from tests.builders import a_person, a_record
from tests.conftest import Clock
from tests.journeys.test_power_cuts import outside_steps

State = dict[str, list[str]]
"""Every table with its rows, less what chance made of them: ids, digests, bytes."""
CHANCE = re.compile(r"[0-9a-f]{64}|\b[0-9a-z]{16}\b")


def prepared(home: Path) -> None:
    """People, a room with papers in it, and the papers of everything below."""
    archive = open_archive(home, now=Clock())
    keeper = a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    a_person(archive, "other", "document_controller", clearance=3, department="DAS")
    a_person(archive, "owner", "class_owner", clearance=3, department="SWB")
    a_person(archive, "boss", "final_approver", clearance=3, department="ZJB")
    room = locations.add(archive, keeper, NewPlace("JF01", "room", "一号库房"))
    climate.place_instrument(archive, keeper, room.id, "WS-1", placed_on=date(2026, 2, 20))
    for name, class_code in (("合同", "HT02"), ("执照", "KH02"), ("规程", "GL02")):
        a_record(
            archive, name, title=name, name=f"{name}.txt", class_code=class_code,
            level=1 if class_code == "GL02" else 2, doc_number=name,
            shelf_location="一号库房" if name == "执照" else "",
        )  # fmt: skip
    archive.close()


def _people(archive: Archive) -> tuple[Actor, Actor, Actor, Actor]:
    keeper, other, owner, boss = (people.named(archive, one) for one in ("keeper", "other", "owner", "boss"))
    return keeper, other, owner, boss


def _record(archive: Archive, title: str) -> str:
    with archive.read() as tx:
        return str(
            tx.connection.execute(sa.text("SELECT id FROM records WHERE title = :title"), {"title": title}).scalar_one()
        )


def air(archive: Archive) -> None:
    keeper, *_ = _people(archive)
    (room,) = climate.rooms(archive, keeper)
    one = climate.record(archive, keeper, room.instruments[0].id, NewReading(archive.now(), 180, 684))
    climate.strike(archive, keeper, one.id, "读错一格")
    with archive.read() as tx:
        good = {item.code: ("good", "") for item in inspections.items(tx)}
    inspections.inspect(archive, keeper, room.location.id, good | {"fire": ("bad", "更换灭火器")})
    for action in climate.rooms(archive, keeper)[0].open_actions:
        climate.close_action(archive, keeper, action.id, "已处理")


def stock(archive: Archive) -> None:
    keeper, other, *_ = _people(archive)
    walk = stocktaking.begin(archive, keeper, "一号库房", "other")
    (line,) = walk.lines
    stocktaking.scan(archive, other, walk.id, line.record_id, line.expected_id)
    stocktaking.count(archive, other, walk.id, line.record_id, pages=1, condition="good")
    stocktaking.finish(archive, keeper, walk.id)
    stocktaking.sign(archive, keeper, walk.id)


def contract(archive: Archive) -> None:
    keeper, _, owner, _ = _people(archive)
    said = {"begins_on": "2026-01-01", "ends_on": "2028-12-31"}
    one = contracts.draft(archive, keeper, _record(archive, "合同"), said)
    one = contracts.send_back(archive, owner, one.id, "补附件", revision=one.revision)
    one = contracts.change(archive, keeper, one.id, {"originals": "2"}, revision=one.revision)
    one = contracts.confirm(archive, owner, one.id, revision=one.revision, despite="其余证据待补")
    contracts.prove(archive, keeper, one.id, "parties", note="随正本")


def dossier(archive: Archive) -> None:
    keeper, _, owner, _ = _people(archive)
    made = dossiers.open_dossier(archive, keeper, Opening("ZH", "JF01", "A座1202", "某公司", owner="owner"))
    dossiers.put(archive, keeper, made.id, "01", _record(archive, "执照"))
    dossiers.owe(archive, keeper, made.id, "03", owner="owner", due_on="2026-05-01")
    asked = dossiers.ask_waiver(archive, keeper, made.id, "06", "无增配")
    dossiers.decide_waiver(archive, owner, made.id, asked.id, yes=True)


def document(archive: Archive) -> None:
    keeper, other, owner, boss = _people(archive)
    draft = Draft("HX-1", "A/0", "规程", "instruction", "DAS", owner="owner", why="首版")
    one = documents.draft(archive, other, _record(archive, "规程"), draft)
    one = documents.submit(archive, other, one.id, revision=one.revision)
    one = documents.review(archive, owner, one.id, revision=one.revision)
    one = documents.approve(archive, boss, one.id, revision=one.revision)
    one = documents.issue(archive, keeper, one.id, "", revision=one.revision)
    distributing.hand_out(archive, keeper, one.id, "owner", "办公室")


def selection(archive: Archive) -> None:
    keeper, *_ = _people(archive)
    selections.CHUNK = 1  # of this fork alone: each record is a commit
    one = selections.choose(archive, keeper, ids=[_record(archive, title) for title in ("合同", "执照")]).id
    selections.ask(archive, keeper, one, "describe", {"site": "YL02"})
    selections.work(archive, one)
    selections.confirm(archive, keeper, one)
    selections.work(archive, one)
    selections.undo(archive, keeper, one)
    selections.work(archive, one)


def errand(archive: Archive) -> None:
    keeper, *_ = _people(archive)
    errands.run(archive, errands.begin(archive, keeper, "evidence", {"from": "2026-03-01", "to": "2026-03-31"}).id)


def a_package(*_asked: object, progress: Callable[[int, int], None], **_more: object) -> Iterator[bytes]:
    """As evidence is packed, with nothing in it."""
    progress(1, 2)
    with zipfile.ZipFile(content := io.BytesIO(), "w") as package:
        package.writestr(evidence_packages.MANIFEST["zh"], '{"records": []}')
    yield content.getvalue()


WORK: tuple[Callable[[Archive], None], ...] = (air, stock, contract, dossier, document, selection, errand)


def gone_on_with(archive: Archive) -> None:
    """What was begun in pieces is taken up by whoever works next, and comes to its end."""
    keeper, *_ = _people(archive)
    for one in selections.mine(archive, keeper):
        if one.left:
            selections.work(archive, one.selection.id)
    assert not any(one.left for one in selections.mine(archive, keeper))
    for begun in errands.mine(archive, keeper, "evidence"):
        errands.run(archive, begun.id)
        _, _, pieces = errands.result(archive, keeper, begun.id)
        assert b"".join(pieces)


def state(home: Path) -> State:
    with sqlite3.connect(home / "catalogue.db") as raw:
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        rows = {name: sorted(_told(row) for row in raw.execute(f'SELECT * FROM "{name}"')) for name in names}
    raw.close()
    return rows


def _told(row: tuple[object, ...]) -> str:
    return CHANCE.sub("…", repr([len(one) if isinstance(one, bytes) else one for one in row]))


def in_a_fork(home: Path, work: Callable[[Archive], None], counter: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            archive = open_archive(home, now=Clock())
            outside_steps(lambda name: counter() if name == "commit" else None)
            work(archive)
            archive.close()
            status = 0
        except BaseException:  # noqa: BLE001 — a fork must never return into the test runner
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


@pytest.fixture(scope="module")
def office(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if homes.SERVER:
        pytest.skip("it counts the commits of SQLite")
    home = shutil.copytree(founded, tmp_path_factory.mktemp("office") / "home")
    prepared(home)
    return home


@pytest.mark.parametrize("work", WORK, ids=lambda work: work.__name__)
def test_a_kill_before_any_commit_leaves_what_the_commit_before_it_left(
    office: Path, tmp_path: Path, work: Callable[[Archive], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_packages, "pack", a_package)
    whole, log = shutil.copytree(office, tmp_path / "whole"), tmp_path / "states"

    def written_down() -> None:
        with log.open("a") as file:
            file.write(json.dumps(state(whole)) + "\n")

    assert in_a_fork(whole, work, written_down) == 0
    states = [json.loads(line) for line in log.read_text().splitlines()]
    assert len({json.dumps(one) for one in states}) >= 5
    for at, expected in enumerate(states, 1):
        home, seen = shutil.copytree(office, tmp_path / str(at)), 0

        def killed(at: int = at) -> None:
            nonlocal seen
            seen += 1
            if seen == at:
                os.kill(os.getpid(), signal.SIGKILL)

        assert os.WTERMSIG(in_a_fork(home, work, killed)) == signal.SIGKILL
        assert state(home) == expected
        archive = open_archive(home, now=Clock())
        gone_on_with(archive)
        with archive.read() as tx:
            assert list(tx.ledger.faults()) == []
        archive.close()
        shutil.rmtree(home)
