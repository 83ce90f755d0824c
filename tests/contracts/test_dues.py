"""Every source of dues says what it is, shows nothing to whoever has not its duty, and changes nothing."""

from datetime import timedelta

import pytest

from access.actors import OPERATOR, PEOPLE_ROLES
from access.rules import DUTIES, TOKEN_SCOPES
from archive import dues
from archive.app import Archive
from archive.dues import Span
from archive.errors import Invalid
from archive.people import named
from tests.builders import a_person, an_unfiled_record
from tests.conftest import Clock

CALENDARS = TOKEN_SCOPES["calendar"]


@pytest.mark.parametrize("name", dues.names())
def test_a_source_has_its_words_and_a_duty_that_calendars_may_be_made_for(name: str) -> None:
    source = dues.open_source(name)

    assert set(source.TITLE) == {"zh", "en"}
    assert all(source.TITLE.values())
    assert DUTIES[source.DUTY]
    assert CALENDARS is not None
    assert source.DUTY in CALENDARS


@pytest.mark.parametrize("name", dues.names())
def test_a_source_yields_dues_for_everybody_who_has_its_duty_and_changes_nothing(archive: Archive, name: str) -> None:
    source = dues.open_source(name)
    an_unfiled_record(archive, "来文", site="JF01")
    today = archive.now().date()
    for role in PEOPLE_ROLES:
        a_person(archive, role.value, role.value, clearance=3)
    with archive.read() as tx:
        before = tx.ledger.head()
    for role in PEOPLE_ROLES:
        actor = named(archive, role.value)
        assert (name in dues.kinds(actor, "zh")) == (role in DUTIES[source.DUTY])
        if role in DUTIES[source.DUTY]:
            for one in source.due(archive, actor, Span(today, today + timedelta(days=400)), lambda zh, en: zh):
                assert one.subject
                assert one.sentence
                assert one.link.startswith("/")
                assert one.person or one.duty is not None
    with archive.read() as tx:
        assert tx.ledger.head() == before


def test_overdue_comes_first_and_what_is_not_mine_is_left_out_when_asked(archive: Archive, clock: Clock) -> None:
    an_unfiled_record(archive, "早来的文", name="a.txt", site="JF01")
    clock.advance(days=20)
    an_unfiled_record(archive, "晚来的文", name="b.txt", site="JF01")
    clock.advance(days=15)
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)

    tasks = dues.every(archive, keeper, mine=True)

    assert [(task.kind, task.days) for task in tasks] == [("filing", -5), ("filing", 15)]
    assert [task.days for task in dues.every(archive, keeper, until=clock.at.date())] == [-5]
    # The shell sees all and owns nothing that a person does.
    assert len(dues.every(archive, OPERATOR)) == 2
    assert dues.every(archive, a_person(archive, "staff"), mine=False) == []


def test_a_kind_there_is_none_of_is_refused(archive: Archive) -> None:
    with pytest.raises(Invalid, match="no kind of due"):
        dues.every(archive, OPERATOR, kind="nothing")
