"""Every round comes round: once when it is due, whoever else looks, and again after what went wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from archive import rounds
from archive.app import Archive
from archive.errors import Misconfigured
from archive.rounds import loans
from tests.conftest import Clock


@pytest.mark.parametrize("name", rounds.names())
def test_a_round_has_a_schedule_and_runs_on_an_empty_archive_as_often_as_one_likes(archive: Archive, name: str) -> None:
    round_ = rounds.open_round(name)
    schedule = round_.schedule(archive.settings)
    assert schedule is None or isinstance(schedule, timedelta | str)
    if isinstance(schedule, str):
        assert rounds.next_time(schedule, archive.now()) > archive.now()

    for _ in range(2):
        round_.run(archive)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Only one round, which notes that it ran."""
    ran: list[str] = []
    monkeypatch.setattr(rounds, "names", lambda: ("loans",))
    monkeypatch.setattr(loans, "run", lambda archive: ran.append("ran"))
    monkeypatch.setattr(loans, "schedule", lambda settings: timedelta(hours=1))
    return ran


def test_a_round_is_run_when_it_is_due_and_not_before(archive: Archive, clock: Clock, runs: list[str]) -> None:
    assert rounds.run_due(archive) == 1
    assert rounds.run_due(archive) == 0
    clock.advance(minutes=59)
    assert rounds.run_due(archive) == 0
    clock.advance(minutes=1)
    assert rounds.run_due(archive) == 1
    # However long the archive stood still, it is made up for once.
    clock.advance(days=30)
    assert rounds.run_due(archive) == 1
    assert rounds.run_due(archive) == 0
    assert runs == ["ran"] * 3


def test_two_workers_do_not_run_the_same_round(archive: Archive, runs: list[str]) -> None:
    [name] = rounds.due(archive)
    with archive.write() as tx:
        assert tx.rounds.claim(name, archive.now(), "other/1/rounds", rounds.LEASE)

    assert rounds.due(archive) == []
    assert not rounds.go(archive, name, "here/2/rounds")
    assert runs == []


def test_what_failed_is_tried_again_soon_and_says_why(
    archive: Archive, clock: Clock, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(archive: Archive) -> None:
        raise Misconfigured("Nothing is where it should be.")

    with monkeypatch.context() as now:
        now.setattr(loans, "run", fail)
        rounds.run_due(archive)
    with archive.read() as tx:
        assert tx.rounds.get("loans").error == "Nothing is where it should be."

    clock.advance(seconds=rounds.AGAIN_AFTER.total_seconds())
    assert rounds.run_due(archive) == 1
    with archive.read() as tx:
        assert tx.rounds.get("loans").error == ""


def test_a_new_schedule_counts_at_once(archive: Archive, clock: Clock, runs: list[str], monkeypatch) -> None:
    rounds.run_due(archive)
    monkeypatch.setattr(loans, "schedule", lambda settings: "30 2 * * *")
    assert rounds.run_due(archive) == 0

    clock.advance(days=1)

    assert rounds.run_due(archive) == 1


@pytest.mark.parametrize("schedule", [timedelta(hours=1), "30 2 * * *"])
def test_what_a_clock_that_was_ahead_put_off_for_years_comes_round_when_it_is_right(
    archive: Archive, clock: Clock, runs: list[str], monkeypatch: pytest.MonkeyPatch, schedule: timedelta | str
) -> None:
    monkeypatch.setattr(loans, "schedule", lambda settings: schedule)
    rounds.run_due(archive)
    clock.advance(days=1000)
    rounds.run_due(archive)
    before = len(runs)
    clock.advance(days=-1000)
    rounds.run_due(archive)
    clock.advance(days=1)
    rounds.run_due(archive)
    assert len(runs) > before


def test_a_schedule_that_is_none_is_one_sentence() -> None:
    with pytest.raises(Misconfigured, match="cron expression"):
        rounds.next_time("every night", datetime(2026, 3, 1, tzinfo=UTC))
