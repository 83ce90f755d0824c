"""Every report prints, in every form and language it can, for who may print it and for nobody else."""

import re
from contextlib import closing
from datetime import timedelta

import pytest
from pypdfium2 import PdfDocument

from access.actors import OPERATOR, PEOPLE_ROLES
from access.rules import DUTIES, Denied
from archive import choices, reports
from archive.app import Archive
from archive.errors import Invalid, NotFound
from archive.people import named
from tests.builders import a_person


@pytest.mark.parametrize("name", reports.names())
def test_a_report_says_what_it_is_and_what_it_is_asked_for(name: str) -> None:
    report = reports.open_report(name)

    assert set(report.TITLE) == {"zh", "en"}
    assert all(report.TITLE.values())
    assert DUTIES[report.DUTY]
    assert report.GROUP in reports.GROUPS
    kinds = {"text", "date", *reports.KINDS, *choices.CHOICES}
    assert all(one.kind in kinds and one.zh and one.en for one in report.ASKED)
    assert all(zh and en for one in report.ASKED for zh, en in one.options.values())


@pytest.mark.parametrize("name", reports.names())
def test_a_report_is_refused_to_everybody_whose_duty_it_is_not(archive: Archive, name: str) -> None:
    report = reports.open_report(name)
    asked = {one.name: "2026-01-01" for one in report.ASKED}
    for role in PEOPLE_ROLES:
        if role in DUTIES[report.DUTY]:
            continue
        a_person(archive, role.value, role.value, clearance=3)
        actor = named(archive, role.value)
        assert name not in reports.offered(actor, "zh")
        with pytest.raises(Denied):
            reports.print_out(archive, actor, name, asked, form="pdf", language="zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_printout_carries_its_code_and_is_written_down(archive: Archive, language: str) -> None:
    printed = reports.print_out(archive, OPERATOR, "people", {}, form="xlsx", language=language)

    assert printed.file_name.endswith(".xlsx")
    with archive.read() as tx:
        line = tx.ledger.recent(OPERATOR.id, archive.now() - timedelta(minutes=1), limit=1)[0]
    assert line.action == "report.printed"
    assert line.subject_id == "people"
    assert len(str(line.payload["sha256"])) == 64
    assert reports.code("0123456789abcdef" * 4) == "0123-4567-89AB-CDEF"


def test_an_empty_printout_says_so_and_is_signed_and_dated_in_the_language_of_its_reader(archive: Archive) -> None:
    def printed(name: str, language: str) -> str:
        content = reports.print_out(archive, OPERATOR, name, {}, form="pdf", language=language).content
        with closing(PdfDocument(content)) as document:
            return document[0].get_textpage().get_text_range()

    english, chinese = printed("gaps", "en"), printed("gaps", "zh")
    assert "There is nothing to list." in english
    assert "没有可列的内容" in chinese
    assert re.search("[年月日]", english) is None
    assert "年" in chinese
    assert "There is nothing to list." in printed("labels", "en")


@pytest.mark.parametrize("kind", choices.CHOICES)
def test_nobody_is_offered_a_choice_beyond_their_duty(archive: Archive, kind: str) -> None:
    """Roles that may see nothing of a kind are offered nothing, instead of being refused the page."""
    for role in PEOPLE_ROLES:
        a_person(archive, role.value, role.value, clearance=0)
        actor = named(archive, role.value)
        offered = choices.of(archive, actor, kind)
        if kind not in ("site", "department", "checklist", "form", "law", "fault"):
            assert not offered


def test_what_cannot_be_asked_is_refused_in_a_sentence(archive: Archive) -> None:
    with pytest.raises(NotFound, match="no report"):
        reports.print_out(archive, OPERATOR, "nothing", {}, form="pdf", language="zh")
    with pytest.raises(Invalid, match="not asked for"):
        reports.print_out(archive, OPERATOR, "people", {"colour": "red"}, form="pdf", language="zh")
    with pytest.raises(Invalid, match="status is one of"):
        reports.print_out(archive, OPERATOR, "laws", {"status": "old"}, form="pdf", language="zh")
    with pytest.raises(Invalid, match="no form"):
        reports.print_out(archive, OPERATOR, "people", {}, form="docx", language="zh")
