"""A question is kept, asked again, and its owner is told of what is new: once, and never of what they may not find."""

from dataclasses import replace

import pytest

from access.actors import OPERATOR
from archive import notify, records, saved_searches, search, telling, traces
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.notify import Message
from archive.records import Description
from archive.search import Question
from indexer.reading import Reader
from tests.builders import a_person, a_record, an_unfiled_record, settle
from tests.conftest import Clock


def told(archive: Archive, actor: object) -> int:
    return len([one for one in telling.inbox(archive, actor) if one.kind == "search.news"])  # type: ignore[arg-type]


def titles(archive: Archive, actor: object, search_id: str) -> list[str]:
    question = saved_searches.news(archive, actor, search_id)  # type: ignore[arg-type]
    return [hit.record.title for hit in search.find(archive, actor, question).hits]  # type: ignore[arg-type]


def test_a_question_comes_back_as_it_was_asked(archive: Archive) -> None:
    actor = a_person(archive, "li")
    asked = Question("电梯 -演练", classes=("SB01",), levels=(0, 1), carriers=("paper",), year_from=2024, sort="newest")

    kept = saved_searches.save(archive, actor, " 电梯  资料 ", asked, alert="daily")

    assert kept.name == "电梯 资料"
    assert saved_searches.one(archive, actor, kept.id).question == asked
    assert [one.search.id for one in saved_searches.mine(archive, actor)] == [kept.id]


def test_a_saved_search_is_its_owners_alone(archive: Archive) -> None:
    actor, other = a_person(archive, "li"), a_person(archive, "wang", "document_controller", clearance=3)
    kept = saved_searches.save(archive, actor, "电梯", Question("电梯"))

    for deed in (saved_searches.one, saved_searches.news, saved_searches.forget):
        with pytest.raises(NotFound):
            deed(archive, other, kept.id)
    assert saved_searches.mine(archive, other) == []


def test_what_cannot_be_kept_is_refused_with_the_reason(archive: Archive) -> None:
    actor = a_person(archive, "li")
    saved_searches.save(archive, actor, "电梯", Question("电梯"))

    with pytest.raises(Conflict, match="this name"):
        saved_searches.save(archive, actor, "电梯", Question("扶梯"))
    for name, text, alert in (("", "电梯", "none"), ("只排除", "-电梯", "none"), ("何时", "电梯", "weekly")):
        with pytest.raises(Invalid):
            saved_searches.save(archive, actor, name, Question(text), alert=alert)


def test_the_owner_is_told_once_of_what_is_new_and_never_of_what_was_there(archive: Archive, reader: Reader) -> None:
    actor = a_person(archive, "li")
    a_record(archive, "旧", title="电梯旧合同")
    settle(archive, reader)
    saved_searches.watch(archive)
    kept = saved_searches.save(archive, actor, "电梯", Question("电梯"), alert="at-once")
    assert saved_searches.watch(archive) == 0

    a_record(archive, "正文说到电梯", title="新合同", name="new.txt")
    a_record(archive, "别的", title="别的", name="other.txt")
    assert saved_searches.watch(archive) == 0, "the index does not know it yet"
    settle(archive, reader)

    assert saved_searches.watch(archive) == 1
    assert saved_searches.watch(archive) == 0
    assert told(archive, actor) == 1
    assert saved_searches.one(archive, actor, kept.id).news == 1
    assert titles(archive, actor, kept.id) == ["新合同"]
    assert "新合同" not in telling.sentence(telling.inbox(archive, actor)[0], "zh")


def test_what_is_new_leaves_by_the_channels_too_once_and_says_no_title(
    archive: Archive, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Message] = []

    class Channel:
        def send(self, message: Message) -> None:
            sent.append(message)

    monkeypatch.setattr(notify, "open_channel", lambda *_: Channel())
    archive.settings = replace(archive.settings, channels={"email": {}})
    actor = a_person(archive, "li")
    saved_searches.watch(archive)
    saved_searches.save(archive, actor, "电梯", Question("电梯"), alert="at-once")
    a_record(archive, title="电梯合同")
    settle(archive, reader)

    for _ in range(2):
        saved_searches.watch(archive)
        settle(archive, reader)

    assert [(one.person_id, one.kind) for one in sent] == [(actor.id, "search.news")]
    assert "电梯合同" not in sent[0].text


def test_what_was_looked_at_is_new_no_more(archive: Archive, reader: Reader, clock: Clock) -> None:
    actor = a_person(archive, "li")
    saved_searches.watch(archive)
    kept = saved_searches.save(archive, actor, "电梯", Question("电梯"), alert="at-once")
    a_record(archive, title="电梯合同")
    settle(archive, reader)
    saved_searches.watch(archive)
    clock.advance(minutes=1)

    assert titles(archive, actor, kept.id) == ["电梯合同"]
    assert saved_searches.one(archive, actor, kept.id).news == 0


def test_once_a_day_is_in_the_morning_and_all_at_once(archive: Archive, reader: Reader, clock: Clock) -> None:
    actor = a_person(archive, "li")
    clock.at = clock.at.astimezone().replace(hour=10, minute=0).astimezone(clock.at.tzinfo)
    saved_searches.watch(archive)
    saved_searches.save(archive, actor, "电梯", Question("电梯"), alert="daily")
    for number in range(2):
        a_record(archive, f"电梯{number}", title=f"电梯合同{number}", name=f"{number}.txt")
    settle(archive, reader)

    assert saved_searches.watch(archive) == 0, "they were found today; they are told of tomorrow"
    clock.advance(hours=21)
    assert saved_searches.watch(archive) == 0, "it is seven in the morning"
    clock.advance(hours=2)
    assert saved_searches.watch(archive) == 1
    assert saved_searches.watch(archive) == 0
    assert told(archive, actor) == 1


def test_nobody_is_told_of_what_they_may_not_find(archive: Archive, reader: Reader) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    uncleared = a_person(archive, "uncleared", clearance=1)
    saved_searches.watch(archive)
    for actor in (keeper, uncleared):
        saved_searches.save(archive, actor, "电梯", Question("电梯"), alert="at-once")
    a_record(archive, "电梯", title="电梯事故", level=2)
    an_unfiled_record(archive, "电梯故障", site="JF01")
    settle(archive, reader)

    assert saved_searches.watch(archive) == 1
    assert (told(archive, keeper), told(archive, uncleared)) == (1, 0)


def test_a_body_match_counts_only_for_whoever_may_read_the_body(archive: Archive, reader: Reader) -> None:
    finder = a_person(archive, "finder", clearance=2)
    saved_searches.watch(archive)
    saved_searches.save(archive, finder, "词", Question("琥珀"), alert="at-once")
    a_record(archive, "正文里有琥珀", title="合同", level=2)
    settle(archive, reader)

    assert saved_searches.watch(archive) == 0
    assert told(archive, finder) == 0


def test_what_was_found_and_is_hidden_before_it_is_looked_at_is_new_to_nobody(archive: Archive, reader: Reader) -> None:
    actor = a_person(archive, "li", clearance=1)
    saved_searches.watch(archive)
    kept = saved_searches.save(archive, actor, "电梯", Question("电梯"), alert="at-once")
    record_id = a_record(archive, "电梯", title="电梯合同")
    settle(archive, reader)
    assert saved_searches.watch(archive) == 1

    stricter = Description("电梯合同", "HT02", 3, "JF01", "SWB")
    records.describe(archive, OPERATOR, record_id, stricter, revision=1, filing=False)
    settle(archive, reader)

    assert saved_searches.one(archive, actor, kept.id).news == 0
    assert titles(archive, actor, kept.id) == []


def test_filing_makes_new_for_those_who_could_not_see_it_before(archive: Archive, reader: Reader) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    actor = a_person(archive, "li", clearance=1)
    saved_searches.watch(archive)
    for one in (keeper, actor):
        saved_searches.save(archive, one, "电梯", Question("电梯"), alert="at-once")
    record_id = an_unfiled_record(archive, "电梯故障", site="JF01")
    settle(archive, reader)
    saved_searches.watch(archive)
    assert (told(archive, keeper), told(archive, actor)) == (1, 0)

    description = Description("电梯故障记录", "SB02", 1, "JF01", "GCB")
    records.describe(archive, keeper, record_id, description, revision=1, filing=True)
    settle(archive, reader)
    saved_searches.watch(archive)

    assert (told(archive, keeper), told(archive, actor)) == (1, 1)


def test_what_somebody_opened_is_shown_to_them_as_long_as_they_may_find_it(archive: Archive, clock: Clock) -> None:
    actor, other = a_person(archive, "li"), a_person(archive, "wang")
    first, second = a_record(archive, title="甲"), a_record(archive, "乙", title="乙", name="b.txt")
    for record_id, question in ((first, "甲方"), (second, ""), (first, "甲 方 ")):
        traces.opened(archive, actor, record_id, question=question)
        clock.advance(minutes=1)

    assert [one.record.title for one in traces.recent(archive, actor)] == ["甲", "乙"]
    assert traces.questions(archive, actor) == ["甲 方", "甲方"]
    assert traces.recent(archive, other) == []
    records.describe(archive, OPERATOR, first, Description("甲", "HT02", 3, "JF01", "SWB"), revision=1, filing=False)
    assert [one.record.title for one in traces.recent(archive, actor)] == ["乙"]
    traces.forget(archive, actor)
    assert (traces.recent(archive, actor), traces.questions(archive, actor)) == ([], [])


def test_only_the_latest_are_remembered(archive: Archive, clock: Clock) -> None:
    actor = a_person(archive, "li")
    record_id = a_record(archive)
    for number in range(traces.KEPT + 5):
        traces.opened(archive, actor, record_id, question=f"问题{number}")
        clock.advance(seconds=1)

    kept = traces.questions(archive, actor, limit=1000)

    assert (len(kept), kept[0], kept[-1]) == (traces.KEPT, f"问题{traces.KEPT + 4}", "问题5")


def test_opening_what_may_not_be_found_leaves_no_trace(archive: Archive) -> None:
    actor = a_person(archive, "li", clearance=1)
    hidden = a_record(archive, level=2)
    with pytest.raises(NotFound):
        traces.opened(archive, actor, hidden, question="合同")

    assert traces.questions(archive, actor) == []
