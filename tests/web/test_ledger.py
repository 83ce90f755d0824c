"""The ledger as the auditor reads it: asked for in words, answered in words, each line kept as it was recorded."""

import csv
import io
import json
import re
from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask, g
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from access.actors import OPERATOR
from access.loans import Form
from archive import amendments, contracts, lending, people, records
from archive.app import Archive
from archive.auditing import NOTHING
from archive.lending import Wish
from archive.model import Event
from archive.people import NewPerson
from archive.tables.schema.columns import EPOCH
from tests.builders import PASSWORD, a_person, a_record, an_office, now
from tests.web.conftest import Visitor, browser_of
from web import ledger_details


@pytest.fixture
def auditor(archive: Archive, app: Flask) -> Visitor:
    a_person(archive, "auditor", "auditor", clearance=3)
    return browser_of(app, archive, "auditor")


def shown(page: str) -> str:
    """What a reader sees: no tags, and nothing of what is folded away."""
    page = re.sub(r"<(form|details)\b.*?</\1>", " ", page.partition("<main")[2], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_actions_are_chosen_by_their_words_one_or_a_whole_kind(archive: Archive, app: Flask, auditor: Visitor):
    office = an_office(archive)
    record_id = a_record(archive, level=2)
    records.text(archive, now(archive, office.owner), record_id)
    page = auditor.get("/ledger").text

    assert '<optgroup label="借阅">' in page
    assert '<option value="loan.requested">申请借阅</option>' in page
    one = auditor.get("/ledger?action=record.text-read").text
    assert len(re.findall(r"<tr><td class=\"figure\"", one)) == 1
    kind = shown(auditor.get("/ledger?action=accounts").text)
    assert "新建账号" in kind
    assert "收录文件" not in kind


def test_a_person_is_sought_by_name_and_two_of_one_name_by_login(archive: Archive, auditor: Visitor):
    for login, name in (("li", "李晓"), ("zhang1", "张伟"), ("zhang2", "张伟")):
        people.add(archive, OPERATOR, NewPerson(login, name, frozenset({"borrower"}), 1, "KFB", frozenset()), PASSWORD)

    page = auditor.get("/ledger").text
    assert '<option value="li">李晓' in page
    both = auditor.get("/ledger?who=张伟")
    assert both.status_code == 422
    assert 'id="who-problem"' in both.text
    nobody = auditor.get("/ledger?who=王五")
    assert nobody.status_code == 422
    assert 'value="王五"' in nobody.text, "what was typed is there to be put right"
    assert auditor.get("/ledger?who=李晓").status_code == 200
    assert auditor.get("/ledger?who=zhang1").status_code == 200
    assert auditor.get("/ledger/readings?login=李晓").status_code == 200
    assert 'id="login-problem"' in auditor.get("/ledger/readings?login=张伟").text


def test_a_subject_is_sought_by_number_title_or_name(archive: Archive, auditor: Visitor):
    office = an_office(archive)
    record_id = a_record(archive, title="消防泵房检修记录", level=2)
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), "应诉", 2))

    assert "申请借阅" in shown(auditor.get(f"/ledger?what={loan.number}").text)
    assert "收录文件" in shown(auditor.get("/ledger?what=泵房检修").text)
    assert "新建账号" in shown(auditor.get("/ledger?what=owner").text)
    absent = auditor.get("/ledger?what=JY-1999-0001")
    assert absent.status_code == 422
    assert 'id="what-problem"' in absent.text
    records.text(archive, now(archive, office.owner), record_id)
    assert "消防泵房检修记录" in auditor.get("/ledger/readings?record=泵房检修").text
    assert 'id="record-problem"' in auditor.get("/ledger/readings?record=没有这样的题名").text


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("from=昨天", "from"),
        ("to=2026-02-30", "to"),
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("action=no.such", "action"),
    ],
)
def test_what_cannot_be_right_is_said_beside_its_field(auditor: Visitor, asked: str, field: str):
    answer = auditor.get(f"/ledger?{asked}")

    assert answer.status_code == 422
    assert re.search(rf'id="{field}-problem"[^>]*>[^<]+<', answer.text)
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.text)
    assert auditor.get(f"/ledger/export.csv?{asked}").status_code == 422


def test_a_line_is_read_in_words_and_kept_as_it_was_recorded(archive: Archive, auditor: Visitor):
    office = an_office(archive)
    record_id = a_record(archive, level=2, title="收购方案")
    lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), "应诉", 2))

    page = auditor.get("/ledger").text
    told = shown(page)

    assert "密级：普通商密" in told
    assert "借阅人：borrower" in told
    for code in ("record_class", "lifecycle", "sha256", "record.captured", "person.added", "['borrower']"):
        assert code not in told
    assert "record_class" in page, "the line as it was recorded stays at hand"
    rows = list(csv.reader(io.StringIO(auditor.get("/ledger/export.csv").text.lstrip("\ufeff"))))
    assert rows[0][:6] == ["序号", "时间", "人员", "用户名", "事项", "对象"]
    exact = rows[0].index("原记录")
    assert all(json.loads(row[exact]) is not None for row in rows[1:]), "what was hashed, letter by letter"


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("record.form-given-back", {"why": "2026-03-01T10:00 那天退回"}),
        ("ledger.clock-corrected", {"first": 1, "last": 2, "reason": "2026-03-01T10:00 对时服务停了"}),
        ("contract.sent-back", {"why": "expired"}),
        ("contract.sent-back", {"why": "operator"}),
    ],
)
def test_what_somebody_wrote_is_read_as_they_wrote_it(
    archive: Archive, auditor: Visitor, action: str, said: dict[str, object]
):
    with archive.write() as tx:
        tx.ledger.add(archive.now(), OPERATOR.id, action, "record", "every", **said)

    page = auditor.get("/ledger")

    assert page.status_code == 200
    assert str(said.get("why", said.get("reason"))) in shown(page.text)
    assert auditor.get("/ledger/export.csv").status_code == 200


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["2026-03-01T10:00", "2026-13-01T10:00:00+00:00", "0001-01-01T00:00:00+14:00", "operator"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
READ = sorted({*ledger_details.NAMES, *ledger_details.VALUES})


@pytest.mark.usefixtures("auditor")
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(READ), value=VALUES)
@example(field="parties", value=["giver"])
@example(field="parties", value={"giver": ["x"]})
@example(field="bytes", value="many")
@example(field="bytes", value=10**400)
@example(field="decision", value=[["keep"]])
@example(field="level", value=9)
@example(field="department", value=[[0]])
@example(field="declassification.to", value=[1])
def test_whatever_a_line_holds_it_is_read_without_an_error(archive: Archive, app: Flask, field: str, value: object):
    family, _, key = field.rpartition(".")
    action = family if "." in family else f"{family or 'record'}.filed"
    event = Event(1, EPOCH, "operator", action, "record", "every", "", {key: value}, "", "")
    with archive.read() as tx:
        person = next(one for one in tx.people.every() if one.login == "auditor")
    with app.test_request_context():
        g.person = person
        assert isinstance(ledger_details.in_a_line(event, NOTHING), str)


def an_amended_contract(archive: Archive, record_id: str, number: str) -> None:
    """A contract HT-… of this record, with an amendment BC-… whose paper is of level 3."""
    keeper = a_person(archive, "keeper", "document_controller", clearance=3, department="SWB")
    owner = a_person(archive, "owner", "class_owner", clearance=3, department="SWB")
    days = {"begins_on": "2026-01-01", "ends_on": "2026-12-31"}
    one = contracts.draft(archive, keeper, record_id, {"number": f"HT-{number}", **days})
    contracts.confirm(archive, owner, one.id, revision=one.revision, despite="其余证据待补")
    paper = a_record(archive, "paper", level=3, title="补充协议", name="b.txt")
    said = {"number": f"BC-{number}", "says": "价格", "effective_on": "2026-06-01"}
    amendments.draft(archive, keeper, one.id, paper, said)


@pytest.fixture
def low(archive: Archive, app: Flask) -> Visitor:
    """An auditor whose clearance is low."""
    a_person(archive, "low", "auditor", clearance=1)
    return browser_of(app, archive, "low")


def test_what_an_auditor_may_not_know_of_is_named_nowhere(archive: Archive, low: Visitor):
    an_office(archive)
    hidden = a_record(archive, level=3, title="收购方案")

    assert "超出您的密级" in shown(low.get("/ledger?action=records").text)
    for asked in (hidden, "收购方案", "收购"):
        answer = low.get(f"/ledger?what={asked}")
        assert answer.status_code == 422
        assert answer.text.count("收购方案") == (asked == "收购方案")
    assert "收购方案" not in low.get("/ledger/export.csv").text


@pytest.mark.parametrize("mentioned", [False, True], ids=["in no title", "in a title that may be known"])
def test_hidden_and_absent_are_one_answer(archive: Archive, low: Visitor, mentioned: bool):
    secret = a_record(archive, "secret", level=3, title="收购方案", doc_number="文-2026-777")
    an_amended_contract(archive, secret, "2026-777")
    if mentioned:
        for number in ("777", "778"):
            numbers = " ".join(f"{kind}-2026-{number}" for kind in ("HT", "BC", "文"))
            a_record(archive, number, title=f"关于 {numbers} 的说明", name=f"{number}.txt")

    for kind in ("HT", "BC", "文"):
        hidden, absent = (low.get(f"/ledger?what={kind}-2026-{number}") for number in ("777", "778"))
        assert hidden.status_code == absent.status_code == (200 if mentioned else 422), kind
        assert hidden.text.count('<td class="figure"') == absent.text.count('<td class="figure"'), kind


def test_the_number_of_an_amendment_is_told_to_who_may_know_of_its_paper(
    archive: Archive, auditor: Visitor, low: Visitor
):
    an_amended_contract(archive, a_record(archive), "2026-55")

    assert "BC-2026-55" in auditor.get("/ledger?action=contracts").text
    for page in ("/ledger?action=contracts", "/ledger/export.csv"):
        assert "BC-2026-55" not in low.get(page).text


def test_of_a_line_that_is_withheld_neither_place_nor_details_stand_there_and_it_says_so(
    archive: Archive, auditor: Visitor, low: Visitor
):
    a_record(archive, level=3, title="收购方案", site="YL02")
    question = "/ledger?action=record.captured"
    seen, masked = auditor.get(question).text, low.get(question).text

    row = masked[masked.index("<tbody>") : masked.index("</tbody>")]
    assert "YL02" in seen
    assert "YL02" not in row
    assert "{}" not in row
    assert "涉及对象、项目和详情超出您的密级，不予显示" in unescape(row)
    digest = re.findall(r"SHA-256 ([0-9a-f]{64})", seen)
    assert re.findall(r"SHA-256 ([0-9a-f]{64})", row) == digest
    table = list(csv.reader(io.StringIO(low.get("/ledger/export.csv?action=record.captured").text.lstrip("\ufeff"))))
    assert dict(zip(table[0], table[1], strict=True))["原记录"] == "超出您的密级"
    assert "YL02" not in table[1]


def test_a_line_about_nothing_in_particular_is_not_called_withheld(archive: Archive, auditor: Visitor):
    with archive.write() as tx:
        tx.ledger.add(archive.now(), OPERATOR.id, "sign-in.refused", "person", "", locked=False)

    assert "超出您的密级" not in shown(auditor.get("/ledger").text)


def test_a_deed_is_sought_exactly_and_one_of_an_earlier_version_too(archive: Archive, auditor: Visitor):
    with archive.write() as tx:
        for action in ("loan.returned", "loan.returned-damaged", "loan.handed-out"):
            tx.ledger.add(archive.now(), OPERATOR.id, action, "loan", "a" * 16)

    def found(asked: str) -> set[str]:
        return set(re.findall(r"· (loan\.[a-z-]+) ·", auditor.get(f"/ledger?action={asked}").text))

    assert found("loan.returned") == {"loan.returned"}
    assert found("loan.handed-out") == {"loan.handed-out"}
    assert found("loans") == {"loan.returned", "loan.returned-damaged", "loan.handed-out"}
    assert found("access") == set()
    for nothing in ("loan.", "loan.never-done"):
        assert auditor.get(f"/ledger?action={nothing}").status_code == 422


def test_the_address_of_a_record_is_understood_as_it_stands_in_the_browser(archive: Archive, auditor: Visitor):
    record_id = a_record(archive, level=2)
    for after in ("", "/", "?q=%E7%89%A9%E4%B8%9A", "#p2", "?q=a#p2"):
        address = quote(f"http://archive.example/records/{record_id}{after}", safe="")
        assert auditor.get(f"/ledger?what={address}").status_code == 200, after
        assert auditor.get(f"/ledger/readings?record={address}").status_code == 200, after
    assert auditor.get(f"/ledger?what={quote('http://[/records/x', safe='')}").status_code == 422


def test_in_the_table_only_what_begins_like_a_formula_gets_an_apostrophe(archive: Archive, auditor: Visitor):
    with archive.write() as tx:
        for why in ("=1+1", "\rno"):
            tx.ledger.add(archive.now(), OPERATOR.id, "sheet.changed", "sheet", why)

    rows = list(csv.reader(io.StringIO(auditor.get("/ledger/export.csv").text.lstrip("\ufeff"), newline="")))

    subjects = [row[rows[0].index("原记录对象标识")] for row in rows[1:]]
    assert {"'=1+1", "'\rno"} <= set(subjects)
    assert "'" not in {cell for row in rows for cell in row}
