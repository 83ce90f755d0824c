"""Long work goes on without whoever asked for it, once, and what comes of it is theirs alone."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import errands, evidence_packages, people, reports, worker
from archive.app import Archive
from archive.backups import create, restore
from archive.backups.targets.local import LocalTarget
from archive.errors import Conflict, Invalid, NotFound, OutOfSpace
from archive.model import new_id
from archive.people import Rights
from archive.tables import Tables, parts
from archive.tables.errands import Errand
from archive.tables.jobs import ATTEMPTS_MAX
from indexer.reading import Reader
from tests.builders import a_person, a_record
from tests.conftest import Clock

YEAR = {"from": "2026-01-01", "to": "2026-12-31", "language": "zh"}


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=2)


def work(archive: Archive, reader: Reader) -> None:
    while worker.run_one(archive, reader, "here", ("run-errand",)):
        pass


def packed(archive: Archive) -> int:
    with archive.read() as tx:
        return sum(line.action == "evidence.packed" for line in tx.ledger.lines(limit=500))


def no_printouts(*_about: object) -> dict[str, str]:
    return {}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of two files is as long a work as any other."""

    def files(*_about: object) -> object:
        *_, progress, _refused = _about
        for done, name in enumerate(("a.txt", evidence_packages.RECORDS["zh"]), 1):
            yield name, b"record\r\n"
            progress(done, 2)  # type: ignore[operator]

    monkeypatch.setattr(evidence_packages, "_files", files)


@pytest.mark.usefixtures("short")
def test_it_is_made_without_its_asker_and_fetched_by_nobody_else(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    begun = errands.begin(archive, keeper, "evidence", YEAR)
    assert errands.begin(archive, keeper, "evidence", YEAR).id == begun.id, "what is under way is not begun twice"
    with pytest.raises(NotFound):
        errands.result(archive, keeper, begun.id)

    work(archive, reader)

    done = errands.one(archive, keeper, begun.id)
    assert (done.state, done.done, done.total) == ("done", 2, 2)
    name, _, pieces = errands.result(archive, keeper, begun.id)
    assert name == "条款证据包-2026-01-01-2026-12-31.zip"
    assert "a.txt" in zipfile.ZipFile(io.BytesIO(b"".join(pieces))).namelist()
    other = a_person(archive, "other", "document_controller", clearance=3)
    for ask in (errands.one, errands.stop, errands.result):
        with pytest.raises(NotFound):
            ask(archive, other, begun.id)


@pytest.mark.usefixtures("short")
def test_who_may_find_less_than_when_it_was_made_does_not_get_it(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    begun = errands.begin(archive, keeper, "evidence", YEAR)
    work(archive, reader)
    people.change_rights(
        archive, OPERATOR, "keeper", Rights(frozenset({"document_controller"}), 1, "KFB", keeper.sites)
    )

    with pytest.raises(Conflict, match="rights have changed"):
        errands.result(archive, people.named(archive, "keeper"), begun.id)


@pytest.mark.parametrize(("hidden", "code"), [("raised", "record-withdrawn"), ("destroyed", "records-changed")])
def test_with_a_record_in_it_that_may_not_be_found_any_more_nobody_gets_it(
    archive: Archive, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch, hidden: str, code: str
) -> None:
    stands = a_record(archive, "甲", title="法规", level=0, class_code="FG01", document_date="2026-03-01")
    a_record(archive, "乙", title="规章", level=0, class_code="FG01", document_date="2026-03-02")
    monkeypatch.setattr(reports, "offered", no_printouts)
    begun = errands.begin(archive, keeper, "evidence", YEAR)
    work(archive, reader)
    _, _, pieces = errands.result(archive, keeper, begun.id)
    assert stands.encode() in zipfile.ZipFile(io.BytesIO(b"".join(pieces))).read(evidence_packages.RECORDS["zh"])

    with archive.write() as tx:
        if hidden == "destroyed":
            tx.records.change(replace(tx.records.get(stands), lifecycle="archived", archival_code="FG01-0001"))
            tx.retention.destroy(stands, new_id)
        else:
            tx.records.change(replace(tx.records.get(stands), level=3))

    with pytest.raises(Conflict) as refused:
        errands.result(archive, keeper, begun.id)
    assert refused.value.code == code


def test_a_record_that_stands_in_a_printout_only_is_asked_about_too(
    archive: Archive, keeper: Actor, reader: Reader
) -> None:
    early = a_record(archive, "甲", title="绛珠仙草", level=0, class_code="FG01", document_date="2026-03-01")
    with archive.write() as tx:
        tx.records.change(replace(tx.records.get(early), lifecycle="archived", archival_code="FG01-0001"))
    begun = errands.begin(archive, keeper, "evidence", YEAR | {"from": "2026-06-01"})
    work(archive, reader)
    _, _, pieces = errands.result(archive, keeper, begun.id)
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as package:
        assert "绛珠仙草" not in package.read(evidence_packages.RECORDS["zh"]).decode()
        assert "绛珠仙草" in package.read("报表/归档文件目录.csv").decode("utf-8-sig")

    with archive.write() as tx:
        tx.records.change(replace(tx.records.get(early), level=3))

    with pytest.raises(Conflict) as refused:
        errands.result(archive, keeper, begun.id)
    assert refused.value.code == "record-withdrawn"


def test_it_is_asked_about_its_records_without_reading_one_of_them(
    archive: Archive, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [
        a_record(archive, title, title=title, level=0, class_code="FG01", document_date="2026-03-01")
        for title in "甲乙丙"
    ]
    monkeypatch.setattr(reports, "offered", no_printouts)
    monkeypatch.setattr(parts, "AT_ONCE", 2)
    begun = errands.begin(archive, keeper, "evidence", YEAR)
    work(archive, reader)
    read: set[str] = set()

    _, _, pieces = errands.result(archive.noting(read), keeper, begun.id)

    assert evidence_packages.records_in(io.BytesIO(b"".join(pieces))) == set(ids)
    assert not read


def test_what_a_program_before_made_without_saying_its_records_is_to_be_made_again(
    archive: Archive, keeper: Actor
) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as opened:
        opened.writestr(evidence_packages.MANIFEST["zh"], '{"files": []}')
    kept = archive.objects.keep(package)
    made = Errand(
        new_id(), keeper.id, "evidence", archive.now(), YEAR, 2, errands.rights_of(keeper), "done", digest=kept.digest
    )
    with archive.write() as tx:
        kept.declare(tx)
        tx.errands.add(made)

    with pytest.raises(Conflict, match="have it made again") as refused:
        errands.result(archive, keeper, made.id)
    assert refused.value.code == "records-changed"


@pytest.mark.usefixtures("short")
def test_it_is_stopped_in_its_midst_and_nothing_of_it_is_kept(
    archive: Archive, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = errands.begin(archive, keeper, "evidence", YEAR)
    pack = evidence_packages.pack

    def stopped(*about: object, progress: errands.Progress, **more: object) -> object:
        def told(done: int, total: int) -> None:
            errands.stop(archive, keeper, begun.id)
            progress(done, total)

        return pack(*about, progress=told, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(evidence_packages, "pack", stopped)
    work(archive, reader)

    assert errands.one(archive, keeper, begun.id).state == "stopped"
    assert packed(archive) == 0
    with pytest.raises(NotFound):
        errands.result(archive, keeper, begun.id)


@pytest.mark.usefixtures("short")
def test_work_that_was_cut_off_is_begun_anew_and_there_is_one_of_it(
    archive: Archive, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = errands.begin(archive, keeper, "evidence", YEAR)
    files = evidence_packages._files  # pyright: ignore[reportPrivateUsage]

    def cut_off(*about: object) -> object:
        yield next(iter(files(*about)))  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(evidence_packages, "_files", cut_off)
    with pytest.raises(KeyboardInterrupt):
        worker.run_one(archive, reader, "0/gone", ("run-errand",))
    monkeypatch.setattr(evidence_packages, "_files", files)
    with archive.write() as tx:
        tx.jobs.release("0/gone", archive.now())
    work(archive, reader)

    assert errands.one(archive, keeper, begun.id).state == "done"
    assert packed(archive) == 1


@pytest.mark.usefixtures("short")
def test_what_came_of_it_is_gone_after_a_day(archive: Archive, clock: Clock, keeper: Actor, reader: Reader) -> None:
    begun = errands.begin(archive, keeper, "evidence", YEAR)
    work(archive, reader)
    digest = errands.one(archive, keeper, begun.id).digest
    assert digest is not None
    clock.advance(days=2)

    errands.forget_old(archive)

    with archive.read() as tx:
        assert tx.objects.get(digest) is None
    with pytest.raises(NotFound):
        errands.one(archive, keeper, begun.id)


@pytest.mark.usefixtures("short")
def test_a_backup_holds_nothing_of_it_and_what_was_restored_moves_on(
    archive: Archive, keeper: Actor, reader: Reader, tmp_path: Path
) -> None:
    begun = errands.begin(archive, keeper, "evidence", YEAR)
    work(archive, reader)
    digest = errands.one(archive, keeper, begun.id).digest
    assert digest is not None
    with archive.read() as tx:
        kept = tx.objects.get(digest)
    assert kept is not None
    assert kept.kept, "else nothing checks it or mends it"
    target = LocalTarget(tmp_path / "repository")

    create.run(archive, OPERATOR, target)
    restore.restore(target, archive.settings.keys, tmp_path / "back", index=False)

    restored, other = Tables(f"sqlite:///{tmp_path}/back/catalogue.db"), Tables(f"sqlite:///{tmp_path}/other.db")
    other.migrate()
    with restored.write() as tx:
        assert tx.objects.get(digest) is None
        other.take_over(tx)
    restored.close()
    other.close()


@pytest.mark.usefixtures("short")
def test_of_what_was_cut_off_while_it_was_kept_nothing_remains(
    archive: Archive, clock: Clock, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is another package each time it is made, for it says when: the first one would lie there for ever."""
    begun = errands.begin(archive, keeper, "evidence", YEAR)
    written = archive.objects._write  # pyright: ignore[reportPrivateUsage]

    def cut_off(*about: object) -> int:
        written(*about)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(archive.objects, "_write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        worker.run_one(archive, reader, "0/gone", ("run-errand",))
    with pytest.raises(NotFound):
        errands.result(archive, keeper, begun.id)
    monkeypatch.setattr(archive.objects, "_write", written)
    with archive.write() as tx:
        tx.jobs.release("0/gone", archive.now())
    with archive.read() as tx:
        (half,) = [one for one in tx.objects.every() if not one.kept]
    clock.advance(minutes=5)
    work(archive, reader)

    with archive.read() as tx:
        assert tx.objects.get(half.digest) is None
        assert all(one.kept for one in tx.objects.every())
        assert half.address in {what for _, _, what in tx.retention.debris()}
    assert errands.one(archive, keeper, begun.id).state == "done"


@pytest.mark.usefixtures("short")
def test_of_what_found_no_room_nothing_remains(
    archive: Archive, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = errands.begin(archive, keeper, "evidence", YEAR)

    def full(*_about: object) -> int:
        raise OutOfSpace("The disk is full.")

    monkeypatch.setattr(archive.objects, "_write", full)
    work(archive, reader)

    assert errands.one(archive, keeper, begun.id).state == "failed"
    with archive.read() as tx:
        assert [one for one in tx.objects.every() if not one.kept] == []


@pytest.mark.usefixtures("short")
def test_work_that_cannot_be_done_says_so_and_is_begun_anew_when_asked_again(
    archive: Archive, clock: Clock, keeper: Actor, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = errands.begin(archive, keeper, "evidence", YEAR)

    def broken(*_about: object) -> object:
        raise RuntimeError

    monkeypatch.setattr(evidence_packages, "_files", broken)
    for _ in range(ATTEMPTS_MAX):
        work(archive, reader)
        clock.advance(minutes=6)

    failed = errands.one(archive, keeper, begun.id)
    assert (failed.state, failed.code) == ("failed", "error")
    assert errands.begin(archive, keeper, "evidence", YEAR).id != begun.id


@pytest.mark.usefixtures("short")
def test_what_was_forgotten_before_its_turn_came_is_no_fault(
    archive: Archive, clock: Clock, keeper: Actor, reader: Reader
) -> None:
    errands.begin(archive, keeper, "evidence", YEAR)
    clock.advance(days=2)
    errands.forget_old(archive)

    work(archive, reader)

    with archive.read() as tx:
        assert list(tx.jobs.dead()) == []
        assert not tx.jobs.waiting(clock.at + timedelta(days=1), ("run-errand",))


def test_it_is_asked_for_within_ones_duties_and_for_a_period(archive: Archive, keeper: Actor) -> None:
    with pytest.raises(Invalid):
        errands.begin(archive, keeper, "evidence", {"from": "2026-02-01", "to": "2026-01-01"})
    with pytest.raises(Invalid):
        errands.begin(archive, keeper, "evidence", {})
    for far in ({"from": "2026-01-01", "to": "9999-12-31"}, {"from": "0001-01-01", "to": "0001-01-02"}):
        with pytest.raises(Invalid):
            errands.begin(archive, keeper, "evidence", far)
    with pytest.raises(NotFound):
        errands.begin(archive, keeper, "anything", {})
    with pytest.raises(Denied):
        errands.begin(archive, a_person(archive, "runs", "sysadmin"), "evidence", YEAR)
