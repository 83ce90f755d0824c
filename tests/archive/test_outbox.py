"""Messages leave the house once, when their reader wants them, and only to who may still know."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
import sqlalchemy as sa

from access.actors import OPERATOR, Actor
from access.loans import Form
from archive import dossiers, lending, notice_wishes, notify, outbox, people, reminding, rounds, telling
from archive.app import Archive
from archive.dossiers import Opening
from archive.errors import Conflict, Invalid
from archive.lending import Wish
from archive.model import Notice, new_id
from archive.model.notices import HERE, TEST, TOPIC_OF, TOPICS, Hours
from archive.notify import Message, Undelivered
from archive.people import Rights
from archive.rounds import digests
from archive.tables.schema.jobs import jobs
from archive.tables.schema.people import people as accounts
from archive.worker import run_one
from indexer.reading import Reader
from tests.archive.test_counter import out
from tests.archive.test_lending import PURPOSE, a_secret
from tests.builders import Office, a_person, an_office, an_unfiled_record
from tests.conftest import Clock


class Killed(BaseException):
    """The process ends here: nothing that stands after it is done."""


class Postman:
    """A channel that keeps what it was given."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.fails: BaseException | None = None

    def send(self, message: Message) -> None:
        if self.fails is not None:
            raise self.fails
        self.sent.append(message)

    @property
    def kinds(self) -> list[str]:
        return [message.kind for message in self.sent]


@pytest.fixture
def postman(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Postman:
    one = Postman()
    archive.settings = replace(archive.settings, channels={"email": {}}, address="https://archive.example.com")

    def opened(*_: object) -> Postman:
        return one

    monkeypatch.setattr(notify, "open_channel", opened)
    return one


@pytest.fixture
def office(archive: Archive) -> Office:
    return an_office(archive)


def work(archive: Archive, reader: Reader) -> None:
    digests.run(archive)
    while run_one(archive, reader, "test/0", ("tell", "tell-digest")):
        pass


def ask(archive: Archive, office: Office) -> str:
    return lending.request(archive, office.borrower, Wish(((a_secret(archive), Form.DIGITAL),), PURPOSE, 3)).id


def choose(archive: Archive, actor: Actor, hours: Hours | None = None, **ways: str) -> None:
    chosen = {(topic.replace("_", "-"), "email"): way for topic, way in ways.items()}
    notice_wishes.choose(archive, actor, chosen, hours or Hours())


def at(archive: Archive, clock: Clock, day: int, hour: int, minute: int = 0) -> None:
    """The clock of the server shows this hour of a day in March 2026; the 2nd is a Monday."""
    clock.at = datetime(2026, 3, day, hour, minute).astimezone(UTC)


def test_every_kind_of_notice_belongs_to_one_topic() -> None:
    told = [kind for topic in TOPICS for kind in topic.kinds]

    assert sorted([*told, TEST]) == sorted(telling.SENTENCES)
    assert len(told) == len(TOPIC_OF)


def test_a_message_says_where_to_go_and_no_title(
    archive: Archive, office: Office, postman: Postman, reader: Reader
) -> None:
    loan_id = ask(archive, office)

    work(archive, reader)

    [message] = postman.sent
    assert message.text == f"{message.subject} https://archive.example.com/loans/{loan_id}"
    assert "机密" not in message.text


def test_what_is_chosen_for_the_digest_comes_in_one_message_at_its_hour(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    at(archive, clock, 2, 10)
    choose(archive, office.head, Hours(digest_at=time(17, 30)), asked="digest")
    ask(archive, office)
    ask(archive, office)
    work(archive, reader)
    at(archive, clock, 2, 17, 29)
    work(archive, reader)
    assert postman.sent == []

    at(archive, clock, 2, 17, 30)
    work(archive, reader)

    [digest] = postman.sent
    assert (digest.kind, digest.person_id, digest.subject) == ("digest", office.head.id, "档案系统通知 2 条")
    assert digest.text.count("https://archive.example.com/loans/") == 2
    at(archive, clock, 3, 17, 30)
    work(archive, reader)
    assert len(postman.sent) == 1


def test_a_digest_that_was_missed_while_the_archive_stood_still_leaves_when_it_is_back(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    choose(archive, office.head, asked="digest")
    at(archive, clock, 2, 10)
    ask(archive, office)

    at(archive, clock, 5, 15)
    work(archive, reader)

    assert len(postman.sent) == 1


def test_on_a_day_with_nothing_there_is_no_digest(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    choose(archive, office.head, asked="digest")

    for day in range(3, 9):
        at(archive, clock, day, 8)
        work(archive, reader)

    assert postman.sent == []


def test_what_is_answered_meanwhile_is_not_in_the_digest(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    choose(archive, office.head, asked="digest")
    choose(archive, office.borrower, decided="off")
    at(archive, clock, 2, 10)
    loan_id = ask(archive, office)
    lending.decide(archive, office.head, loan_id, yes=False, reason="请先查阅公开版本")

    at(archive, clock, 3, 8)
    work(archive, reader)

    assert postman.sent == []


def test_what_somebody_does_not_want_does_not_leave_and_stands_on_their_page(
    archive: Archive, office: Office, postman: Postman, reader: Reader
) -> None:
    choose(archive, office.head, asked="off")

    ask(archive, office)
    work(archive, reader)

    assert postman.sent == []
    assert telling.unread(archive, office.head.id) == 1


def test_what_is_not_to_be_counted_stands_there_as_read(archive: Archive, office: Office) -> None:
    notice_wishes.choose(archive, office.head, {("asked", HERE): "off"}, Hours())

    ask(archive, office)

    assert telling.unread(archive, office.head.id) == 0
    assert [one.kind for one in telling.inbox(archive, office.head)] == ["loan.asked"]


def test_quiet_hours_go_over_midnight_and_end_with_one_message(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    choose(archive, office.head, Hours(quiet_from=time(22), quiet_until=time(7, 30)))
    for day, hour in ((2, 22), (2, 23), (3, 1), (3, 7)):
        at(archive, clock, day, hour)
        ask(archive, office)
        work(archive, reader)
    at(archive, clock, 3, 7, 29)
    work(archive, reader)
    assert postman.sent == []

    at(archive, clock, 3, 7, 30)
    work(archive, reader)

    assert [message.subject for message in postman.sent] == ["档案系统通知 4 条"]


def test_what_comes_in_quiet_hours_waits_for_one_wake_up_each(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    at(archive, clock, 2, 23)
    choose(archive, office.head, Hours(quiet_from=time(22), quiet_until=time(7, 30)))
    for _ in range(5):
        with archive.write() as tx:
            telling.tell(archive, tx, [office.head.id], "search.news", ("person", office.head.id))
        work(archive, reader)

    with archive.read() as tx:
        waiting = sa.select(sa.func.count()).where(jobs.c.kind == "tell", jobs.c.state == "waiting")
        assert tx.connection.execute(waiting).scalar_one() == 5


def test_quiet_hours_hold_on_the_days_they_begin_on(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    # From Sunday evening to Thursday evening: on the morning of Saturday somebody works.
    hours = Hours(quiet_from=time(22), quiet_until=time(7, 30), quiet_days=frozenset({6, 0, 1, 2, 3}))
    choose(archive, office.head, hours)
    at(archive, clock, 6, 23)  # Friday
    ask(archive, office)
    work(archive, reader)
    assert len(postman.sent) == 1
    at(archive, clock, 9, 1)  # the night to Monday
    ask(archive, office)
    work(archive, reader)

    assert len(postman.sent) == 1


def test_on_days_of_rest_nothing_rings_and_the_digest_waits(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    choose(archive, office.head, Hours(rest_days=frozenset({5, 6})), asked="digest")
    choose(archive, office.borrower, Hours(rest_days=frozenset({5, 6})))
    at(archive, clock, 6, 12)  # Friday
    ask(archive, office)
    at(archive, clock, 7, 12)
    lending.decide(archive, office.head, ask(archive, office), yes=True)
    for day, hour in ((7, 12), (8, 12), (8, 23)):
        at(archive, clock, day, hour)
        work(archive, reader)
    assert office.head.id not in {message.person_id for message in postman.sent}
    assert office.borrower.id not in {message.person_id for message in postman.sent}

    at(archive, clock, 9, 8)
    work(archive, reader)

    assert office.head.id in {message.person_id for message in postman.sent}


def test_what_is_urgent_rings_in_the_night(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    choose(archive, office.head, Hours(quiet_from=time(20), quiet_until=time(8), digest_at=time(9)))
    at(archive, clock, 2, 23)
    ask(archive, office)
    with archive.write() as tx:
        telling.tell(archive, tx, [office.head.id], "password.reset", ("person", office.head.id))

    work(archive, reader)

    assert postman.kinds == ["password.reset"]


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        (Hours(quiet_from=time(22)), "quiet-half"),
        (Hours(quiet_from=time(22), quiet_until=time(22)), "quiet-always"),
        (Hours(rest_days=frozenset(range(7))), "quiet-always"),
        (Hours(quiet_from=time(20), quiet_until=time(9)), "quiet-digest"),
        (Hours(digest_at=time(23), quiet_from=time(22), quiet_until=time(6)), "quiet-digest"),
    ],
)
def test_hours_that_clash_are_refused(archive: Archive, office: Office, hours: Hours, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        notice_wishes.choose(archive, office.head, {}, hours)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("topic", "channel", "way", "code"),
    [
        ("security", "email", "off", "not-to-be-silenced"),
        ("security", "email", "digest", "not-to-be-silenced"),
        ("security", HERE, "off", "not-to-be-silenced"),
        ("overdue", "email", "off", "not-to-be-silenced"),
        ("asked", "pigeon", "off", "no-such-choice"),
        ("asked", "email", "loud", "no-such-choice"),
        ("asked", HERE, "digest", "no-such-choice"),
        ("backups", "email", "now", "no-such-choice"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    archive: Archive, office: Office, postman: Postman, topic: str, channel: str, way: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        notice_wishes.choose(archive, office.borrower, {(topic, channel): way}, Hours())

    assert refused.value.code == code


def test_who_lost_the_right_before_it_is_sent_is_not_told(
    archive: Archive, office: Office, postman: Postman, reader: Reader
) -> None:
    ask(archive, office)
    rights = Rights(frozenset({"borrower"}), 3, "KFB", frozenset({"JF01", "YL02"}))
    people.change_rights(archive, office.officer, "head", rights)

    work(archive, reader)

    assert [kind for kind in postman.kinds if kind == "loan.asked"] == []


def test_who_may_not_find_the_dossier_any_more_is_not_told_of_it(
    archive: Archive, office: Office, postman: Postman, reader: Reader
) -> None:
    keeper = a_person(archive, "filer", "document_controller", clearance=3)
    bringer = a_person(archive, "bringer", "records_liaison", clearance=2)
    dossier_id = dossiers.open_dossier(archive, keeper, Opening("CYC", "JF01", "JD01", "承接查验", owner="bringer")).id
    dossiers.owe(archive, keeper, dossier_id, "03", owner="bringer", due_on="2026-03-20")
    dossiers.chase(archive, keeper, dossier_id, ["03"])
    assert {"dossier.owed", "dossier.chased"} <= {one.kind for one in telling.inbox(archive, bringer)}
    moved = Rights(frozenset({"records_liaison"}), 1, "KFB", frozenset({"YL02"}))
    people.change_rights(archive, office.officer, "bringer", moved)

    work(archive, reader)

    assert not any("/dossiers/" in message.text for message in postman.sent)


@pytest.mark.parametrize("sites", ["JF01", "YL02"])
def test_what_is_due_is_counted_anew_before_it_leaves_and_nothing_is_not_told(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock, sites: str
) -> None:
    filer = a_person(archive, "filer", "document_controller", clearance=3)
    an_unfiled_record(archive, "来文", site="JF01")
    clock.advance(days=25)
    reminding.sweep(archive)
    an_unfiled_record(archive, "又一份来文", name="2.txt", site="JF01")
    rights = Rights(frozenset({"document_controller"}), 3, "", frozenset({sites}))
    people.change_rights(archive, office.officer, "filer", rights)

    clock.advance(days=25)
    work(archive, reader)

    said = [line for m in postman.sent if m.person_id == filer.id for line in m.text.splitlines() if "待办" in line]
    assert [line.partition(" http")[0] for line in said] == (
        ["其他待办：1 项将于七日内到期，1 项已逾期。"] if sites == "JF01" else []
    )


def test_of_everything_that_is_told_it_is_said_what_is_asked_before_it_leaves() -> None:
    """A kind of subject that nobody opens is told to whoever has the duty, or is named harmless."""
    told = list(_told())
    assert len(told) > 40

    for subject, kind in told:
        duty = kind in outbox.DUTY or kind.startswith("backup.") or kind in outbox.HARMLESS
        assert duty or subject in outbox.OPENED or subject == outbox.COUNTED, (subject, kind)


def _told() -> Iterator[tuple[str, str]]:
    """(kind of the subject, kind of the notice) of every call that tells somebody."""
    for path in Path(telling.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("tell", "telling.tell"):
                kind, subject = call.args[3], call.args[4]
                assert isinstance(subject, ast.Tuple), path
                assert isinstance(subject.elts[0], ast.Constant), path
                yield str(subject.elts[0].value), ast.unparse(kind).removeprefix("f").strip("'\"")


ROOMS = ("dingtalk", "webhook", "wecom")


@pytest.mark.parametrize("room", ROOMS)
def test_in_a_room_it_is_said_that_there_is_something_and_not_what(
    archive: Archive, office: Office, postman: Postman, reader: Reader, room: str
) -> None:
    archive.settings = replace(archive.settings, channels={room: {}})
    ask(archive, office)
    ask(archive, office)

    work(archive, reader)

    said = [one for one in postman.sent if one.person_id == office.head.id]
    assert {(one.kind, one.subject) for one in said} == {("notices", "有 2 条新通知")}
    assert said[0].text == "有 2 条新通知 https://archive.example.com/notices"
    assert not any("JY-" in one.text + one.subject or "/loans/" in one.text for one in postman.sent)


@pytest.mark.parametrize("room", ROOMS)
def test_in_a_room_nobody_has_to_be_told_of_anything(
    archive: Archive, office: Office, postman: Postman, reader: Reader, room: str
) -> None:
    archive.settings = replace(archive.settings, channels={room: {}, "email": {}})

    notice_wishes.choose(archive, office.head, {("account", room): "off"}, Hours())

    assert notice_wishes.of(archive, office.head).ways["account", room] == "off"
    archive.settings = replace(archive.settings, channels={room: {}})
    with archive.write() as tx:
        telling.tell(archive, tx, [office.head.id], "password.reset", ("person", office.head.id))
    work(archive, reader)
    assert postman.sent == []
    assert telling.unread(archive, office.head.id) == 1


def test_who_has_left_is_not_told(archive: Archive, office: Office, postman: Postman, reader: Reader) -> None:
    ask(archive, office)
    people.deactivate(archive, OPERATOR, "head")

    work(archive, reader)

    assert office.head.id not in {message.person_id for message in postman.sent}


@pytest.mark.parametrize("way", ["now", "digest"])
def test_a_process_killed_while_it_sends_sends_nothing_twice_and_it_is_seen(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock, way: str
) -> None:
    choose(archive, office.head, asked=way)
    at(archive, clock, 2, 10)
    ask(archive, office)
    at(archive, clock, 3, 8)
    postman.fails = Killed()
    with pytest.raises(Killed):
        work(archive, reader)
    postman.fails = None
    # The lease of the job runs out, and another worker takes it.
    clock.advance(hours=1)

    work(archive, reader)
    clock.advance(days=1)
    work(archive, reader)

    assert postman.sent == []
    [post] = outbox.post(archive, office.keeper)
    assert (post.traffic.unclear, post.traffic.waiting) == (1, 0)
    assert telling.unread(archive, office.head.id) == 1


def test_a_process_killed_between_sending_and_writing_it_down_sends_nothing_twice(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.tables.notices import Notices

    def killed(*_: object) -> None:
        raise Killed

    ask(archive, office)
    with monkeypatch.context() as patched:
        patched.setattr(Notices, "sent", killed)
        with pytest.raises(Killed):
            work(archive, reader)
    assert len(postman.sent) == 1
    clock.advance(hours=1)

    work(archive, reader)

    assert len(postman.sent) == 1


def test_what_surely_was_not_sent_is_tried_again_and_those_who_run_it_see_when_it_was_given_up(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    postman.fails = Undelivered("The mail server cannot be reached.")
    ask(archive, office)
    for _ in range(10):
        work(archive, reader)
        clock.advance(hours=2)

    [post] = outbox.post(archive, office.keeper)
    assert (post.given_up, post.why, post.traffic.waiting) == (1, "The mail server cannot be reached.", 1)
    postman.fails = None
    # The next that leaves takes it along.
    ask(archive, office)
    work(archive, reader)
    assert [message.subject for message in postman.sent] == ["档案系统通知 2 条"]


def test_what_only_a_later_program_can_say_waits_for_it(
    archive: Archive, office: Office, postman: Postman, reader: Reader
) -> None:
    strange = Notice(new_id(), office.head.id, archive.now(), "kite.flown", "kite", "k1", {})
    with archive.write() as tx:
        tx.notices.add(strange)
        tx.notices.put_out(strange, "email", archive.now())
        tx.jobs.add(archive.now(), "tell", notice=strange.id, channel="email")
    ask(archive, office)

    work(archive, reader)

    assert [one.kind for one in postman.sent if one.person_id == office.head.id] == ["loan.asked"]
    with archive.read() as tx:
        assert [one.kind for one in tx.notices.waiting(office.head.id, "email")] == ["kite.flown"]


def test_what_was_unclear_long_ago_is_not_counted_for_ever(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    ask(archive, office)
    postman.fails = Killed()
    with pytest.raises(Killed):
        work(archive, reader)
    clock.advance(hours=1)
    assert [one.traffic.unclear for one in outbox.post(archive, office.keeper)] == [1]

    clock.advance(days=8)

    assert [one.traffic.unclear for one in outbox.post(archive, office.keeper)] == [0]


def test_everybody_who_is_told_here_of_an_overdue_paper_is_told_by_mail(
    archive: Archive, office: Office, postman: Postman, reader: Reader, clock: Clock
) -> None:
    """The rule that is asked once more before a message leaves keeps nobody from what is theirs to know."""
    from archive import chasing

    out(archive, office, a_secret(archive))
    for _ in range(40):
        clock.advance(days=1)
        chasing.sweep(archive)
        work(archive, reader)

    everybody = (office.borrower, office.head, office.owner, office.keeper)
    told = {
        one.id: any(n.kind in ("loan.overdue", "loan.still-out") for n in telling.inbox(archive, one))
        for one in everybody
    }
    assert all(told.values())
    assert set(told) <= {message.person_id for message in postman.sent}


def test_a_security_alarm_reaches_officer_and_auditor_by_mail(
    archive: Archive, office: Office, postman: Postman, reader: Reader
) -> None:
    auditor = a_person(archive, "auditor", "auditor")
    kinds = ("alert.raised", "emergency.opened", "ledger.clock-corrected", "restore.asked")
    with archive.write() as tx:
        for kind in kinds:
            telling.tell(archive, tx, [office.officer.id, auditor.id], kind, ("alert", "x"), until="")

    work(archive, reader)

    for one in (office.officer, auditor):
        [message] = [message for message in postman.sent if message.person_id == one.id]
        assert message.subject == "档案系统通知 4 条"


def test_a_test_message_leaves_at_once_and_not_twice_in_a_minute(
    archive: Archive, office: Office, postman: Postman, clock: Clock
) -> None:
    with pytest.raises(Conflict) as refused:
        outbox.test(archive, office.head, "email")
    assert refused.value.code == "no-address"
    with archive.write() as tx:
        tx.connection.execute(sa.update(accounts).values(email="zhang@example.com"))

    outbox.test(archive, office.head, "email")

    assert postman.kinds == [TEST]
    assert telling.unread(archive, office.head.id) == 0
    with pytest.raises(Conflict):
        outbox.test(archive, office.head, "email")
    clock.advance(minutes=2)
    postman.fails = Undelivered("The mail server cannot be reached.")
    with pytest.raises(Undelivered):
        outbox.test(archive, office.head, "email")


def test_the_round_of_digests_comes_by_itself(archive: Archive) -> None:
    assert "digests" in rounds.names()
