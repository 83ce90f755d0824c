"""Long work goes on without whoever asked for it, once, and what comes of it is theirs alone."""

import io
import zipfile

import pytest

from access.actors import OPERATOR, Actor
from access.rules import Denied
from archive import errands, evidence_packages, people, worker
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.people import Rights
from indexer.reading import Reader
from tests.builders import a_person
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


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of two files is as long a work as any other."""

    def files(*_about: object) -> object:
        *_, progress, _refused = _about
        for done, name in enumerate(("a.txt", "b.txt"), 1):
            yield name, b"evidence"
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
    assert name == "evidence-2026-01-01-2026-12-31.zip"
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


def test_it_is_asked_for_within_ones_duties_and_for_a_period(archive: Archive, keeper: Actor) -> None:
    with pytest.raises(Invalid):
        errands.begin(archive, keeper, "evidence", {"from": "2026-02-01", "to": "2026-01-01"})
    with pytest.raises(Invalid):
        errands.begin(archive, keeper, "evidence", {})
    with pytest.raises(NotFound):
        errands.begin(archive, keeper, "anything", {})
    with pytest.raises(Denied):
        errands.begin(archive, a_person(archive, "runs", "sysadmin"), "evidence", YEAR)
