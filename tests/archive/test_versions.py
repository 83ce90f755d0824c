"""A record's file gets its next version; every version stays, one is current, and files inside become components."""

import io
import zipfile
from email.message import EmailMessage

import pytest

from access.actors import OPERATOR
from access.rules import Denied
from archive import checking, intake, records, search, versions
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.intake import Claims
from archive.search import Question
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.conftest import Clock


def add(archive: Archive, record_id: str, body: str, *, why: str = "", part: int = 1) -> str:
    return versions.add(
        archive, OPERATOR, record_id, io.BytesIO(body.encode()), "contract.txt", why=why, part=part, door="command"
    ).id


def found(archive: Archive, words: str) -> int:
    """As a phrase: a question in loose words is answered with what comes near."""
    return search.find(archive, OPERATOR, Question(f'"{words}"')).total


def test_a_new_file_becomes_the_next_version_and_the_one_that_is_found(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, "旧条款是银杏大道")
    settle(archive, reader)
    add(archive, record_id, "新条款是梧桐大道", why="甲方改了地址")
    settle(archive, reader)

    view = records.view(archive, OPERATOR, record_id)

    assert [(one.version, one.current, one.why) for one in view.versions] == [
        (2, True, "甲方改了地址"),
        (1, False, ""),
    ]
    assert [one.version for one in view.components] == [2]
    assert (found(archive, "梧桐大道"), found(archive, "银杏大道")) == (1, 0)


def test_every_version_can_be_fetched_byte_for_byte(archive: Archive) -> None:
    record_id = a_record(archive, "第一版")
    add(archive, record_id, "第二版")
    add(archive, record_id, "第三版")

    fetched = {
        one.version: b"".join(records.original(archive, OPERATOR, record_id, one.id)[1]).decode()
        for one in records.view(archive, OPERATOR, record_id).versions
    }

    assert fetched == {1: "第一版", 2: "第二版", 3: "第三版"}
    assert b"".join(records.original(archive, OPERATOR, record_id)[1]).decode() == "第三版"


def test_the_bytes_of_an_earlier_version_may_come_back(archive: Archive) -> None:
    record_id = a_record(archive, "第一版")
    add(archive, record_id, "第二版")
    add(archive, record_id, "第一版", why="改回去")

    assert [one.version for one in versions.of(archive, OPERATOR, record_id).versions] == [3, 2, 1]
    with pytest.raises(Conflict) as same:
        add(archive, record_id, "第一版")
    assert same.value.code == "same-version"


def test_a_file_can_be_added_beside_the_first(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, "合同正文")
    add(archive, record_id, "附件一海棠", part=0)
    settle(archive, reader)

    assert [(one.part, one.version) for one in records.view(archive, OPERATOR, record_id).components] == [
        (1, 1),
        (2, 1),
    ]
    assert found(archive, "海棠") == 1
    with pytest.raises(NotFound):
        add(archive, record_id, "x", part=7)


def test_a_new_version_counts_as_a_file_that_came_in(archive: Archive) -> None:
    record_id = a_record(archive, "第一版")
    add(archive, record_id, "第二版")

    assert intake.overview(archive, OPERATOR).counts["captured"] == 2


def test_a_new_version_that_cannot_be_read_costs_the_record_nothing(archive: Archive, reader: Reader) -> None:
    record_id = a_record(archive, "可读的第一版")
    settle(archive, reader)
    versions.add(archive, OPERATOR, record_id, io.BytesIO(b"%PDF-1.7 nothing else"), "v2.pdf")
    settle(archive, reader)

    view = records.view(archive, OPERATOR, record_id)

    assert view.record.lifecycle == "filed"
    assert view.components[0].cautions[0][0] == "unreadable"
    assert intake.overview(archive, OPERATOR).counts["quarantined"] == 0


def test_who_may_not_describe_a_record_adds_no_version(archive: Archive) -> None:
    record_id = a_record(archive, "正文", level=1)
    secret = a_record(archive, "核心机密", level=3)
    colleague = a_person(archive, "liaison", "records_liaison", department="SWB")
    elsewhere = a_person(archive, "elsewhere", "document_controller", clearance=3, sites=("YL02",))

    with pytest.raises(Denied):
        versions.add(archive, colleague, record_id, io.BytesIO(b"x"), "x.txt")
    with pytest.raises(NotFound):
        versions.add(archive, elsewhere, secret, io.BytesIO(b"x"), "x.txt")
    with pytest.raises(NotFound):
        versions.of(archive, elsewhere, secret)


def test_an_empty_file_is_no_version(archive: Archive) -> None:
    with pytest.raises(Invalid):
        versions.add(archive, OPERATOR, a_record(archive, "正文"), io.BytesIO(b""), "x.txt")


def a_letter(*attachments: tuple[str, bytes]) -> bytes:
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = "移交清单", "wang@example.com", "li@example.com"
    letter.set_content("请见附件。\n")
    for name, content in attachments:
        letter.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return letter.as_bytes()


def a_zip(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)
    return target.getvalue()


def hand_in(archive: Archive, name: str, content: bytes) -> str:
    return intake.hand_in(archive, OPERATOR, io.BytesIO(content), name, Claims(), door="command").record_id


def test_attachments_become_components_below_their_mail(archive: Archive, reader: Reader) -> None:
    inner = a_zip({"清单/丹桂.txt": "丹桂二十株".encode()})
    record_id = hand_in(archive, "mail.eml", a_letter(("玉兰.txt", "玉兰十株".encode()), ("树木.zip", inner)))
    settle(archive, reader)

    files = records.view(archive, OPERATOR, record_id).components

    assert [(one.depth, one.file_name, one.place) for one in files] == [
        (0, "mail.eml", ""),
        (1, "玉兰.txt", "玉兰.txt"),
        (1, "树木.zip", "树木.zip"),
        (2, "丹桂.txt", "清单/丹桂.txt"),
    ]
    assert found(archive, "玉兰十株") == found(archive, "丹桂二十株") == 1
    _, pieces = records.original(archive, OPERATOR, record_id, files[3].id)
    assert b"".join(pieces).decode() == "丹桂二十株"
    assert records.text_of(archive, OPERATOR, record_id, files[1].id) == ["玉兰十株"]


def test_reading_a_mail_again_bears_no_second_set_of_children(archive: Archive, reader: Reader) -> None:
    record_id = hand_in(archive, "mail.eml", a_letter(("玉兰.txt", "玉兰十株".encode())))
    settle(archive, reader)
    before = [one.id for one in records.view(archive, OPERATOR, record_id).components]
    with archive.write() as tx:
        tx.jobs.add(archive.now(), "read", component=before[0])
    settle(archive, reader)

    assert [one.id for one in records.view(archive, OPERATOR, record_id).components] == before


def test_the_same_attachment_comes_with_many_mails_and_is_kept_once(archive: Archive, reader: Reader) -> None:
    for n in range(3):
        hand_in(archive, f"{n}.eml", a_letter((f"{n}.txt", "同一个附件".encode())) + b"\n" * n)
    settle(archive, reader)

    assert found(archive, "同一个附件") == 3
    with archive.read() as tx:
        digests = [one.digest for one in tx.records.every_component() if one.parent_id]
    assert len(digests) == 3
    assert len(set(digests)) == 1


def test_what_came_as_an_attachment_first_is_captured_when_it_comes_by_itself(archive: Archive, reader: Reader) -> None:
    mail = hand_in(archive, "mail.eml", a_letter(("玉兰.txt", "玉兰十株".encode())))
    settle(archive, reader)

    alone = hand_in(archive, "玉兰.txt", "玉兰十株".encode())

    assert alone != mail
    assert intake.overview(archive, OPERATOR).counts["duplicate"] == 0


def test_an_attachment_that_cannot_be_read_costs_only_itself(archive: Archive, reader: Reader) -> None:
    record_id = hand_in(archive, "mail.eml", a_letter(("坏.pdf", b"%PDF-1.7 nothing else")))
    settle(archive, reader)

    view = records.view(archive, OPERATOR, record_id)

    assert view.record.lifecycle == "captured"
    assert [code for code, _ in view.components[1].cautions] == ["unreadable"]


def test_archives_in_archives_end_at_the_agreed_depth_and_say_so(archive: Archive, reader: Reader) -> None:
    content = a_zip({"最里面.txt": "最深的话".encode()})
    for depth in range(5):
        content = a_zip({f"{depth}.zip": content})
    record_id = hand_in(archive, "x.zip", content)
    settle(archive, reader)

    files = records.view(archive, OPERATOR, record_id).components

    assert max(one.depth for one in files) == 3
    assert "partly-unreadable" in [code for code, _ in files[-1].cautions]


def test_a_new_version_of_a_mail_takes_its_attachments_along(archive: Archive, reader: Reader) -> None:
    record_id = hand_in(archive, "mail.eml", a_letter(("旧.txt", "旧附件紫薇".encode())))
    settle(archive, reader)
    versions.add(archive, OPERATOR, record_id, io.BytesIO(a_letter(("新.txt", "新附件木槿".encode()))), "mail.eml")
    settle(archive, reader)

    assert [one.file_name for one in records.view(archive, OPERATOR, record_id).components] == ["mail.eml", "新.txt"]
    assert (found(archive, "木槿"), found(archive, "紫薇")) == (1, 0)
    old = versions.of(archive, OPERATOR, record_id).versions[-1]
    with archive.read() as tx:
        (inside,) = tx.records.inside(old.id)
    assert b"".join(records.original(archive, OPERATOR, record_id, inside.id)[1]).decode() == "旧附件紫薇"


def test_names_inside_lead_nowhere(archive: Archive, reader: Reader) -> None:
    record_id = hand_in(archive, "x.zip", a_zip({"../../etc/\u202e敏感.txt": "内容".encode()}))
    settle(archive, reader)

    child = records.view(archive, OPERATOR, record_id).components[1]

    assert child.file_name == "敏感.txt"
    assert not child.place.startswith(("/", ".."))


# ---- What came by itself and is the next version of something ----

DRAFT = "物业服务合同。" + "".join(f"第{n}条 双方约定第{n}项服务内容、标准与费用，按月考核。" for n in range(1, 25))


def waiting(archive: Archive, body: str, name: str) -> str:
    return intake.hand_in(
        archive, OPERATOR, io.BytesIO(body.encode()), name, Claims(site="JF01"), door="command"
    ).record_id


def test_the_next_draft_of_a_paper_is_proposed_as_its_version(archive: Archive, reader: Reader, clock: Clock) -> None:
    filed = a_record(archive, DRAFT, title="物业服务合同", name="物业服务合同.txt")
    clock.advance(hours=1)
    new = waiting(archive, DRAFT.replace("第7条 双方约定", "第7条 经协商一致，双方重新约定"), "物业服务合同.txt")
    settle(archive, reader)

    (proposal,) = versions.proposals(archive, OPERATOR, new)

    assert proposal.record.id == filed
    assert 0.6 < proposal.share <= 1  # an estimate from 64 places, under another key in every home


def test_papers_filled_into_the_same_form_are_not_versions_of_one_another(
    archive: Archive, reader: Reader, clock: Clock
) -> None:
    a_record(
        archive, f"编号：KH-2026-001\n{DRAFT}", title="收楼验房单（3-1203）", name="a.txt", doc_number="KH-2026-001"
    )
    clock.advance(hours=1)
    new = waiting(archive, f"编号：KH-2026-002\n{DRAFT}", "收楼验房单（3-1204）.txt")
    settle(archive, reader)

    assert versions.proposals(archive, OPERATOR, new) == []


def test_nothing_is_proposed_that_the_reader_may_not_describe(archive: Archive, reader: Reader, clock: Clock) -> None:
    a_record(archive, DRAFT, level=3, site="YL02", name="物业服务合同.txt")
    clock.advance(hours=1)
    new = waiting(archive, DRAFT + "。", "物业服务合同.txt")
    settle(archive, reader)
    keeper = a_person(archive, "keeper", "document_controller", clearance=2, sites=("JF01",))

    assert versions.proposals(archive, keeper, new) == []
    assert len(versions.proposals(archive, OPERATOR, new)) == 1


def test_what_waits_becomes_the_next_version_and_no_record_of_its_own(
    archive: Archive, reader: Reader, clock: Clock
) -> None:
    filed = a_record(archive, "旧条款银杏" + DRAFT, name="物业服务合同.txt")
    clock.advance(hours=1)
    new = waiting(archive, "新条款梧桐" + DRAFT, "物业服务合同.txt")
    settle(archive, reader)

    versions.adopt(archive, OPERATOR, new, filed, level=1, why="补充条款")
    settle(archive, reader)

    view = records.view(archive, OPERATOR, filed)
    assert [(one.version, one.why) for one in view.versions] == [(2, "补充条款"), (1, "")]
    assert (found(archive, "新条款梧桐"), found(archive, "旧条款银杏")) == (1, 0)
    with pytest.raises(NotFound):
        records.view(archive, OPERATOR, new)
    assert checking.verify(archive, OPERATOR).whole


def test_a_stricter_file_never_becomes_less_secret_in_silence(archive: Archive, reader: Reader) -> None:
    """What lies in an inbox waits at its level; which of the two holds is a person's word (INV-18)."""
    open_one = a_record(archive, DRAFT, level=1, name="a.txt")
    secret = a_record(archive, DRAFT + "甲", level=3, name="b.txt")
    first, second, third = (waiting(archive, DRAFT + str(n), f"{n}.txt") for n in range(3))
    settle(archive, reader)

    with pytest.raises(Conflict) as asked:
        versions.adopt(archive, OPERATOR, first, open_one)
    with pytest.raises(Invalid) as lowered:
        versions.adopt(archive, OPERATOR, first, open_one, level=0)

    assert (asked.value.code, lowered.value.code) == ("choose-level", "level-lowered")
    assert versions.adopt(archive, OPERATOR, first, open_one, level=1).level == 1
    assert versions.adopt(archive, OPERATOR, second, open_one, level=2).level == 2
    assert versions.adopt(archive, OPERATOR, third, secret).level == 3
    with archive.read() as tx:
        said = [line.payload for line in tx.ledger.until("record", open_one, None) if "waited_at" in line.payload]
    assert [(one["waited_at"], one["level"]) for one in said] == [(2, 1), (2, 2)]


def test_what_is_filed_stays_a_record(archive: Archive) -> None:
    filed, other = a_record(archive, "甲文件"), a_record(archive, "乙文件")

    with pytest.raises(Conflict) as refused:
        versions.adopt(archive, OPERATOR, other, filed)

    assert refused.value.code == "not-waiting"
