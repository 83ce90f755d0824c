"""What is typed is continued, and what is like a record is found, within what somebody may find and read."""

from typing import Any

from access.actors import OPERATOR, Actor
from archive import completing, records, search, similar, traces
from archive.app import Archive, open_archive
from archive.records import Description
from archive.search import Question
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.conftest import Clock


def proposed(archive: Archive, actor: object, typed: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in completing.complete(archive, actor, typed)]  # type: ignore[arg-type]


def test_titles_numbers_and_parties_are_proposed_by_character_and_by_sound(archive: Archive) -> None:
    actor = a_person(archive, "li")
    a_record(archive, title="JF大厦物业合同", doc_number="HT-2024-07", issuer="重庆绿源公司")

    for typed in ("物业", "wyht", "wuyehetong", "wuyeht", "物业ht", "JFds", "ＪＦ大"):
        assert ("title", "JF大厦物业合同") in proposed(archive, actor, typed), typed
    for typed in ("HT-2024", "ht2024", "2024-07"):
        assert ("number", "HT-2024-07") in proposed(archive, actor, typed), typed
    for typed in ("cqly", "绿源", "lvyuan", "chongqing"):
        assert ("party", "重庆绿源公司") in proposed(archive, actor, typed), typed
    assert proposed(archive, actor, "wyhtx") == []
    assert proposed(archive, actor, "  ") == []


def test_a_changed_title_is_proposed_at_once_and_the_old_one_no_more(archive: Archive) -> None:
    actor = a_person(archive, "li")
    record_id = a_record(archive, title="电梯合同")
    assert proposed(archive, actor, "dtht") == [("title", "电梯合同")]

    description = Description("扶梯合同", "HT02", 1, "JF01", "SWB")
    records.describe(archive, OPERATOR, record_id, description, revision=1, filing=False)

    assert proposed(archive, actor, "dtht") == []
    assert proposed(archive, actor, "ftht") == [("title", "扶梯合同")]


def test_own_questions_come_first_and_are_nobody_elses(archive: Archive, clock: Clock) -> None:
    actor, other = a_person(archive, "li"), a_person(archive, "wang")
    record_id = a_record(archive, title="电梯合同")
    traces.opened(archive, actor, record_id, question="电梯 年检")

    assert proposed(archive, actor, "电梯") == [("question", "电梯 年检"), ("title", "电梯合同")]
    assert proposed(archive, other, "电梯") == [("title", "电梯合同")]


def test_a_process_that_has_just_started_learns_the_names_before_somebody_asks(
    archive: Archive, reader: Reader
) -> None:
    completing.warm(archive)
    assert archive.names.seq >= 0, "there is no index yet, and no name is missing"
    actor = a_person(archive, "li")
    a_record(archive, title="电梯合同")
    settle(archive, reader)
    other = open_archive(archive.settings.home, now=archive.now)

    completing.warm(other)

    with other.read() as tx:
        assert other.names.seq == tx.ledger.head()[0]
    assert proposed(other, actor, "dtht") == [("title", "电梯合同")]
    other.close()


def test_what_was_mistyped_is_taken_for_what_sounds_the_same(archive: Archive) -> None:
    cleared, uncleared = a_person(archive, "li", clearance=2), a_person(archive, "wang", clearance=1)
    a_record(archive, title="电梯合同", level=2)

    assert completing.meant(archive, cleared, "电提何同") == "电梯合同"
    assert completing.meant(archive, uncleared, "电提何同") == ""
    assert completing.meant(archive, cleared, "完全不同") == ""


def test_what_was_mistyped_is_offered_as_it_stands_in_a_text_that_may_be_read(archive: Archive, reader: Reader) -> None:
    """An offer says that a word stands somewhere: so it is made only to whom asking for it would say the same."""
    reads = a_person(archive, "li", clearance=2, department="SWB")
    finds = a_person(archive, "wang", clearance=2)
    absent = a_person(archive, "zhao", clearance=1)
    record_id = a_record(archive, "屋面防水层起鼓，须更换卷材。", title="三月巡查", level=2)
    a_record(archive, "本月无异常。", title="四月巡查", level=1)
    settle(archive, reader)
    owner = a_person(archive, "owner", "class_owner", clearance=2, department="SWB")

    def offered(actor: Actor, text: str, **filters: Any) -> str:
        return completing.meant_in_texts(archive, actor, Question(text, **filters))

    assert offered(owner, "屋面防睡") == "屋面防水"
    assert search.find(archive, owner, Question("屋面防水")).hits[0].record.id == record_id
    for somebody in (reads, finds, absent):
        assert search.find(archive, somebody, Question("屋面防水")).total == 0, "the body is not theirs to read"
        assert offered(somebody, "屋面防睡") == ""
    assert offered(owner, "屋面防睡", levels=(1,)) == "", "an offer keeps the filters"
    assert offered(owner, "四月巡茶") == "四月巡查"
    with archive.write() as tx:
        tx.index_queue.add(record_id, archive.now())
    assert offered(owner, "屋面防睡") == "", "what has changed since is hidden until the index has caught up"


def test_similar_records_share_telling_words(archive: Archive, reader: Reader) -> None:
    actor = a_person(archive, "li")
    texts = ("曳引机限速器维保记录", "曳引机限速器检验报告", "绿化养护记录", "保洁检查记录", "消防演练记录")
    ids = [a_record(archive, text * 3, title=text, name=f"{n}.txt") for n, text in enumerate(texts)]
    settle(archive, reader)

    alike = similar.similar(archive, actor, ids[0])

    assert alike[0].record.id == ids[1]
    assert ids[0] not in {one.record.id for one in alike}
    assert all(similar.ALIKE_MIN <= one.alike <= 1 for one in alike)


def test_similarity_of_bodies_is_told_only_to_those_who_may_read_both(archive: Archive, reader: Reader) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    finder = a_person(archive, "finder", clearance=2)
    body = "琥珀色保险柜与绛珠仙草的故事"
    ids = [
        a_record(archive, body + title, title=title, level=level, name=f"{title}.txt")
        for title, level in (("甲件", 2), ("乙件", 2), ("丙件", 1))
    ]
    settle(archive, reader)

    assert {one.record.id for one in similar.similar(archive, keeper, ids[0])} == set(ids[1:])
    assert similar.similar(archive, finder, ids[0]) == [], "its body is not theirs to read"
    assert similar.similar(archive, finder, ids[2]) == [], "nor are the bodies of the others"
