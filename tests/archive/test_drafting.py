"""The filed paper of a contract becomes one draft in the register, with what was read off it."""

import io
from datetime import date

import pytest

from access.actors import OPERATOR, Actor
from archive import contracts, intake, records
from archive.app import Archive
from archive.errors import Conflict
from archive.intake import Claims
from archive.model.contracts import Contract
from archive.records import Description
from indexer.reading import Reader
from tests.builders import a_person, settle
from tests.samples import make

PAPER = """物业服务合同
合同编号：HT-2026-0137
甲方：云麓花园业主委员会
乙方：槐序物业服务有限公司
合同期限自2026年4月1日起至2029年3月31日止。
签订日期：2026年3月15日
"""


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")


def handed_in(
    archive: Archive, keeper: Actor, content: bytes, name: str = "合同.txt", claims: Claims | None = None
) -> str:
    return intake.hand_in(archive, keeper, io.BytesIO(content), name, claims or Claims(), door="upload").record_id


def filed(archive: Archive, keeper: Actor, record_id: str, class_code: str = "HT02") -> None:
    record = records.view(archive, keeper, record_id).record
    said = Description("云麓花园物业服务合同", class_code, 2, "YL02", "SWB", document_date="2026-03-01")
    records.describe(archive, keeper, record_id, said, revision=record.revision, filing=True)


def drafts(archive: Archive, record_id: str) -> list[Contract]:
    with archive.read() as tx:
        return list(tx.contracts.of_records([record_id]).values())


def test_a_paper_that_is_filed_is_drafted_once_with_what_was_read(
    archive: Archive, reader: Reader, keeper: Actor
) -> None:
    record_id = handed_in(archive, keeper, PAPER.encode())
    settle(archive, reader)
    assert drafts(archive, record_id) == []

    filed(archive, keeper, record_id)
    settle(archive, reader)

    (one,) = drafts(archive, record_id)
    assert (one.state, one.kind, one.site, one.drafted_by) == ("draft", "service", "YL02", keeper.id)
    assert (one.number, one.party_a, one.party_b) == ("HT-2026-0137", "云麓花园业主委员会", "槐序物业服务有限公司")
    assert (one.begins_on, one.ends_on) == (date(2026, 4, 1), date(2029, 3, 31))
    with archive.write() as tx:
        tx.jobs.add(archive.now(), "draft-contract", record=record_id, by=keeper.id)
    settle(archive, reader)
    assert drafts(archive, record_id) == [one]


def test_one_that_is_filed_before_it_is_read_is_drafted_when_it_was_read(
    archive: Archive, reader: Reader, keeper: Actor
) -> None:
    described = Claims("云麓花园物业服务合同", "HT02", 2, "YL02", "SWB")
    record_id = handed_in(archive, keeper, PAPER.encode(), claims=described)

    settle(archive, reader)

    assert [one.number for one in drafts(archive, record_id)] == ["HT-2026-0137"]


def test_the_draft_of_a_machine_becomes_the_renewal_of_a_contract(
    archive: Archive, reader: Reader, keeper: Actor
) -> None:
    described = Claims("云麓花园物业服务合同", "HT02", 2, "YL02", "SWB")
    first = handed_in(archive, keeper, PAPER.encode(), claims=described)
    second = handed_in(archive, keeper, PAPER.replace("2026-0137", "2029-0004").encode(), "续签.txt", described)
    settle(archive, reader)
    owner = a_person(archive, "owner", "class_owner", clearance=3)
    (one,), (drafted,) = drafts(archive, first), drafts(archive, second)
    one = contracts.confirm(archive, owner, one.id, revision=one.revision, despite="其余证据待补")

    term = {"begins_on": "2029-04-01", "ends_on": "2032-03-31"}
    renewed = contracts.renew(archive, owner, one.id, second, term)

    assert drafts(archive, second) == [renewed]
    assert (renewed.id, renewed.number) == (drafted.id, "HT-2029-0004")
    assert (renewed.predecessor_id, renewed.begins_on) == (one.id, date(2029, 4, 1))
    # Both have drafted it, so neither of them confirms it.
    assert renewed.drafters == (keeper.id, owner.id)
    with pytest.raises(Conflict):
        contracts.confirm(archive, owner, renewed.id, revision=renewed.revision, despite="其余证据待补")
    with pytest.raises(Conflict):
        contracts.renew(archive, keeper, one.id, second, term)


def test_what_the_shell_of_the_server_filed_is_drafted_for_whoever_takes_it_over(
    archive: Archive, reader: Reader, keeper: Actor
) -> None:
    described = Claims("云麓花园物业服务合同", "HT02", 2, "YL02", "SWB")
    record_id = handed_in(archive, OPERATOR, PAPER.encode(), claims=described)
    settle(archive, reader)
    (drafted,) = drafts(archive, record_id)
    assert (drafted.state, drafted.number, drafted.drafted_by) == ("draft", "HT-2026-0137", "operator")

    taken = contracts.draft(archive, keeper, record_id, {"subject": "物业服务"})

    assert drafts(archive, record_id) == [taken]
    assert (taken.number, taken.subject, taken.drafters) == ("HT-2026-0137", "物业服务", ("operator", keeper.id))


def test_a_scan_is_drafted_when_its_words_are_read_off_the_picture(
    archive: Archive, reader: Reader, keeper: Actor
) -> None:
    described = Claims("云麓花园物业服务合同", "HT02", 2, "YL02", "SWB")
    record_id = handed_in(archive, keeper, make.scanned(make.sheet(PAPER)), "扫描.pdf", described)

    settle(archive, reader)

    assert [one.number for one in drafts(archive, record_id)] == ["HT-2026-0137"]


@pytest.mark.parametrize(
    ("term", "dated"),
    [
        ("2014年4月1日起至2015年3月31日", "2026-02-01"),
        ("2029年4月1日起至2026年3月31日", ""),
        ("2026年4月1日起至2029年3月31日", "2062-01-01"),
    ],
)
def test_days_that_cannot_be_keep_no_paper_from_being_drafted(
    archive: Archive, reader: Reader, keeper: Actor, term: str, dated: str
) -> None:
    described = Claims("云麓花园物业服务合同", "HT02", 2, "YL02", "SWB", document_date=dated)
    paper = PAPER.replace("2026年4月1日起至2029年3月31日", term).replace("签订日期：2026年3月15日\n", "")
    record_id = handed_in(archive, keeper, paper.encode(), claims=described)

    settle(archive, reader)

    (one,) = drafts(archive, record_id)
    assert (one.number, one.signed_on, one.begins_on, one.ends_on) == ("HT-2026-0137", None, None, None)
    with archive.read() as tx:
        assert not tx.jobs.dead()


def test_what_is_no_contract_and_what_was_voided_is_not_drafted(
    archive: Archive, reader: Reader, keeper: Actor
) -> None:
    notice = handed_in(archive, keeper, "停水通知".encode(), "通知.txt")
    contract = handed_in(archive, keeper, PAPER.encode())
    settle(archive, reader)
    filed(archive, keeper, notice, "GL08")
    filed(archive, keeper, contract)
    settle(archive, reader)
    contracts.void(archive, keeper, drafts(archive, contract)[0].id)

    with archive.write() as tx:
        for record_id in (notice, contract):
            (component,) = tx.records.components_of([record_id])[record_id]
            tx.jobs.add(archive.now(), "read", component=component.id)
    settle(archive, reader)

    assert drafts(archive, notice) == []
    assert [one.state for one in drafts(archive, contract)] == ["void"]
