"""What time brings about: expiry, reminders, lapses, the queue; each once, and never after the return."""

from datetime import timedelta
from pathlib import Path

import pytest

from access.actors import OPERATOR
from access.loans import Form, State
from archive import chasing, config, counter, lending, notify, outbox, reservations, telling
from archive.app import Archive
from archive.backups import create, restore
from archive.backups.targets.local import LocalTarget
from archive.lending import Wish
from archive.notify import Message, Undelivered
from archive.worker import run_one
from indexer.reading import Reader
from tests.archive.test_counter import out
from tests.archive.test_lending import PURPOSE, a_secret, granted, states
from tests.builders import an_office
from tests.conftest import Clock


def kinds(archive: Archive, actor: object) -> list[str]:
    """What somebody was told, oldest first."""
    return [notice.kind for notice in reversed(telling.inbox(archive, actor))]  # type: ignore[arg-type]


def test_an_overdue_paper_climbs_the_ladder_one_rung_at_a_time(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    out(archive, office, record_id)
    told: list[tuple[float, str]] = []
    before = len(kinds(archive, office.borrower))

    for half_day in range(2 * 40):
        clock.advance(hours=12)
        chasing.sweep(archive)
        chasing.sweep(archive)
        now = kinds(archive, office.borrower)
        told += [((half_day + 1) / 2 - 3, kind) for kind in now[before:]]
        before = len(now)

    assert told == [
        (-1, "loan.due-soon"),
        (0, "loan.due"),
        (1, "loan.overdue"),
        (3, "loan.overdue"),
        (7, "loan.overdue"),
        (30, "loan.overdue"),
    ]
    assert kinds(archive, office.head)[1:] == ["loan.still-out"]
    assert kinds(archive, office.owner)[1:] == ["loan.still-out", "loan.still-out"]
    assert kinds(archive, office.keeper) == ["loan.still-out"]


def test_what_was_missed_while_nobody_swept_is_one_message_not_five(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    out(archive, office, record_id)
    clock.advance(days=3 + 8)

    for _ in range(3):
        chasing.sweep(archive)

    assert kinds(archive, office.borrower)[1:] == ["loan.overdue"]


def test_nobody_is_reminded_of_what_is_back(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    out(archive, office, record_id)
    counter.take_back(archive, office.keeper, record_id, pages=12, condition="good")
    clock.advance(days=50)

    chasing.sweep(archive)

    assert kinds(archive, office.borrower) == ["loan.ready"]


def test_after_a_renewal_the_ladder_begins_again_at_the_new_day(archive: Archive, clock: Clock) -> None:
    office = an_office(archive)
    record_id = a_secret(archive, level=1, department="SWB")
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.PAPER),), "", 3))
    lending.decide(archive, office.keeper, loan.id, yes=True)
    counter.issue(archive, office.keeper, record_id, pages=2, condition="good")
    clock.advance(days=2)
    chasing.sweep(archive)
    clock.advance(minutes=1)
    lending.renew(archive, office.borrower, loan.id)
    clock.advance(days=1)
    chasing.sweep(archive)
    clock.advance(days=2)
    chasing.sweep(archive)

    assert kinds(archive, office.borrower) == ["loan.ready", "loan.due-soon", "loan.renewed", "loan.due-soon"]


def test_a_digital_loan_expires_by_itself_and_is_not_chased(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = granted(archive, office, record_id)
    clock.advance(days=3)

    assert chasing.sweep(archive) == 1
    assert chasing.sweep(archive) == 0
    clock.advance(days=30)
    chasing.sweep(archive)

    with archive.read() as tx:
        assert states(tx.loans.get(loan.id)) == [State.EXPIRED]
    assert kinds(archive, office.borrower) == ["loan.opened"]


def test_a_renewal_nobody_answered_ends_with_the_loan(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = granted(archive, office, record_id)
    lending.renew(archive, office.borrower, loan.id)
    clock.advance(days=3)

    chasing.sweep(archive)

    with archive.read() as tx:
        assert not tx.loans.get(loan.id).renewing
        assert tx.loans.open_asks() == []


def test_what_is_not_collected_lapses_and_goes_to_the_next(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    loan = granted(archive, office, record_id, Form.PAPER)
    reservations.reserve(archive, office.colleague, record_id)
    clock.advance(days=7)
    chasing.sweep(archive)
    with archive.read() as tx:
        assert states(tx.loans.get(loan.id)) == [State.APPROVED]
    clock.advance(minutes=1)

    chasing.sweep(archive)

    with archive.read() as tx:
        assert states(tx.loans.get(loan.id)) == [State.LAPSED]
    assert kinds(archive, office.borrower) == ["loan.ready", "loan.lapsed"]
    assert kinds(archive, office.colleague) == ["reservation.turn"]


def test_a_turn_that_is_not_taken_goes_to_the_next(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    out(archive, office, record_id)
    reservations.reserve(archive, office.colleague, record_id)
    clock.advance(minutes=1)
    reservations.reserve(archive, office.officer, record_id)
    counter.take_back(archive, office.keeper, record_id, pages=12, condition="good")

    clock.advance(days=3)
    chasing.sweep(archive)

    assert kinds(archive, office.officer) == ["reservation.turn"]
    lending.request(archive, office.officer, Wish(((record_id, Form.PAPER),), PURPOSE, 1))


def test_who_is_asked_and_does_not_answer_is_asked_again_after_one_three_and_seven_days(
    archive: Archive, clock: Clock
) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), PURPOSE, 3))

    for _ in range(20):
        clock.advance(hours=12)
        chasing.sweep(archive)

    assert kinds(archive, office.head) == ["loan.asked", *["loan.still-asked"] * 3]


# ---- Messages that leave the house ----


class Recorder:
    """A channel that keeps what it was told to send."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.fails = 0

    def send(self, message: Message) -> None:
        if self.fails:
            self.fails -= 1
            raise Undelivered("The mail server cannot be reached.")
        self.sent.append(message)


@pytest.fixture
def channel(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    archive.settings = _with(archive, channels={"log": {}})
    monkeypatch.setattr(notify, "open_channel", lambda *_: recorder)
    return recorder


def _with(archive: Archive, **changes: object):
    from dataclasses import replace

    return replace(archive.settings, **changes)  # type: ignore[arg-type]


def work(archive: Archive, reader: Reader) -> None:
    while run_one(archive, reader, "test/0"):
        pass


def test_a_message_leaves_once_however_often_its_job_runs(archive: Archive, reader: Reader, channel: Recorder) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), PURPOSE, 3))
    work(archive, reader)
    notice = telling.inbox(archive, office.head)[0]

    for _ in range(3):
        outbox.deliver(archive, notice.id, "log")

    assert [(m.person_id, m.kind) for m in channel.sent] == [(office.head.id, "loan.asked")]
    assert "JY-2026-000001" in channel.sent[0].text
    assert "机密" not in channel.sent[0].text


def test_what_surely_was_not_sent_is_tried_again(
    archive: Archive, reader: Reader, channel: Recorder, clock: Clock
) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    channel.fails = 2
    lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), PURPOSE, 3))

    for _ in range(4):
        work(archive, reader)
        clock.advance(minutes=10)

    assert len(channel.sent) == 1


def test_a_reminder_that_waits_to_leave_is_dropped_when_the_paper_is_back(
    archive: Archive, reader: Reader, channel: Recorder, clock: Clock
) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    out(archive, office, record_id)
    work(archive, reader)
    channel.sent.clear()
    clock.advance(days=4)
    chasing.sweep(archive)

    counter.take_back(archive, office.keeper, record_id, pages=12, condition="good")
    work(archive, reader)

    assert channel.sent == []


def test_a_drill_says_nothing_to_anybody(archive: Archive, reader: Reader, channel: Recorder) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), PURPOSE, 3))
    archive.settings = _with(archive, notify=False)

    work(archive, reader)

    assert channel.sent == []
    assert [n.kind for n in telling.inbox(archive, office.head)] == ["loan.asked"]


def test_a_restored_copy_says_nothing_until_somebody_lets_it(archive: Archive, home: Path, tmp_path: Path) -> None:
    """Otherwise it would remind people of what the archive it was copied from has dealt with since."""
    settings_file = home / config.FILE_NAME
    settings_file.write_text(f"notify = true\n{settings_file.read_text()}\n[channels.log]\n")
    target = LocalTarget(tmp_path / "repository")
    create.run(archive, OPERATOR, target)

    done = restore.restore(target, archive.settings.keys, tmp_path / "copy", index=False)

    copy = config.load(tmp_path / "copy", {})
    assert (set(copy.channels), copy.notify) == ({"log"}, False)
    assert any("notify" in warning for warning in done.warnings)


def test_every_kind_of_notice_has_its_words_in_both_languages() -> None:
    for kind, said in telling.SENTENCES.items():
        assert set(said) == {"zh", "en"}, kind


def test_a_deadline_to_the_second(archive: Archive, clock: Clock) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    out(archive, office, record_id)
    clock.advance(days=2, seconds=-1)
    chasing.sweep(archive)
    assert kinds(archive, office.borrower) == ["loan.ready"]
    clock.at += timedelta(seconds=1)
    chasing.sweep(archive)
    assert kinds(archive, office.borrower) == ["loan.ready", "loan.due-soon"]
