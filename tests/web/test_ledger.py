"""The ledger as the auditor reads it: asked for in words, answered in words, each line kept as it was recorded."""

import csv
import io
import json
import re
from html import unescape

import pytest
from flask import Flask

from access.actors import OPERATOR
from access.loans import Form
from archive import lending, people, records
from archive.app import Archive
from archive.lending import Wish
from archive.people import NewPerson
from tests.builders import PASSWORD, a_person, a_record, an_office, now
from tests.web.conftest import Visitor, browser_of


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


def test_what_an_auditor_may_not_know_of_is_named_nowhere(archive: Archive, app: Flask):
    an_office(archive)
    a_person(archive, "low", "auditor", clearance=1)
    hidden = a_record(archive, level=3, title="收购方案")
    low = browser_of(app, archive, "low")

    assert "超出您的密级" in shown(low.get("/ledger?action=records").text)
    for asked in (hidden, "收购方案", "收购"):
        answer = low.get(f"/ledger?what={asked}")
        assert answer.status_code == 422
        assert answer.text.count("收购方案") == (asked == "收购方案")
    assert "收购方案" not in low.get("/ledger/export.csv").text
