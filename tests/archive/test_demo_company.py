"""The demo company is whole, invented and the same each time."""
# python-docx and openpyxl have no complete type information:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import csv
import io
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import docx
import openpyxl
import pytest
from pypdfium2 import PdfDocument

from archive.demo import company
from archive.demo.paper import FORMATS
from archive.demo.records import LAST_DAY, DemoRecord, demo_records
from archive.demo.templates import amount_in_words, templates

ROLES = {
    "document_controller",
    "records_liaison",
    "borrower",
    "class_owner",
    "dept_approver",
    "final_approver",
    "auditor",
    "security_officer",
    "sysadmin",
}
HANZI = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def records() -> tuple[DemoRecord, ...]:
    return demo_records()


@pytest.fixture(scope="module")
def contents(records: tuple[DemoRecord, ...]) -> dict[str, bytes]:
    """The bytes of each record's file, by file name."""
    return {record.file_name: record.content() for record in records}


def class_rows() -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO((files("archive") / "data" / "file_plan.csv").read_text("utf-8-sig")))
    return {row["code"]: row for row in rows}


def text_of(record: DemoRecord) -> str:
    return "\n".join(record.paper.lines())


# ---- people ---------------------------------------------------------------------------------------------------------


def test_every_role_is_held_and_no_other() -> None:
    assert {role for person in company.PEOPLE for role in person.roles} == ROLES


def test_people_are_told_apart_and_belong_to_known_places() -> None:
    departments = {department.code for department in company.DEPARTMENTS}
    sites = {site.code for site in company.SITES}

    for key in ("login", "name", "employee_no"):
        assert set(Counter(getattr(person, key) for person in company.PEOPLE).values()) == {1}
    assert all(person.department in departments for person in company.PEOPLE)
    assert all(person.sites and set(person.sites) <= sites for person in company.PEOPLE)


def test_the_three_administrators_are_three_people_without_a_part_in_lending() -> None:
    lending = {"document_controller", "borrower", "class_owner", "dept_approver", "final_approver"}
    for role in ("sysadmin", "security_officer", "auditor"):
        holders = [person for person in company.PEOPLE if role in person.roles]
        assert [person.roles for person in holders] == [(role,)]
        assert not lending & set(holders[0].roles)


def test_borrowers_differ_in_clearance_and_in_site() -> None:
    borrowers = [person for person in company.PEOPLE if "borrower" in person.roles]

    assert {person.clearance for person in borrowers} == {0, 1, 2}
    assert len({person.sites for person in borrowers}) == 3


# ---- records --------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_in_another_process(contents: dict[str, bytes]) -> None:
    expected = sha256(b"".join(contents.values())).hexdigest()
    program = (
        "import hashlib; from archive.demo.records import demo_records;"
        "print(hashlib.sha256(b''.join(r.content() for r in demo_records())).hexdigest())"
    )

    # Another hash seed and another time zone: neither the order of sets nor the clock may show.
    environment = os.environ | {
        "PYTHONHASHSEED": "7",
        "TZ": "Pacific/Auckland",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    printed = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )

    assert printed.stdout.strip() == expected


def test_another_seed_gives_other_papers(records: tuple[DemoRecord, ...]) -> None:
    others = {text_of(record) for record in demo_records(seed=7)}

    assert sum(text_of(record) in others for record in records) < len(records) / 20


def test_about_three_hundred_records_cover_every_class_site_and_year(records: tuple[DemoRecord, ...]) -> None:
    assert 280 <= len(records) <= 340
    assert {record.class_code for record in records} == set(class_rows())
    assert len(class_rows()) == 45
    assert min(Counter(record.site for record in records).values()) >= 100
    assert {record.document_date.year for record in records} == set(range(2019, 2027))
    assert all(date(2019, 1, 1) <= record.document_date <= LAST_DAY for record in records)


def test_levels_follow_the_file_plan_except_where_a_paper_is_more_secret(records: tuple[DemoRecord, ...]) -> None:
    defaults = {code: int(row["level"][0]) for code, row in class_rows().items()}
    counts = Counter(record.level for record in records)

    raised = {record.class_code for record in records if record.level > defaults[record.class_code]}
    assert not [record.title for record in records if record.level < defaults[record.class_code]]
    assert raised == {"GL04", "HT01", "FW02"}
    assert set(counts) == {0, 1, 2, 3}
    assert 5 <= counts[3] <= 15
    assert counts[1] > 100 < counts[2]


def test_no_two_files_have_the_same_name_or_bytes(records: tuple[DemoRecord, ...], contents: dict[str, bytes]) -> None:
    assert len({record.file_name.casefold() for record in records}) == len(records)
    assert len({sha256(content).digest() for content in contents.values()}) == len(records)


def test_nothing_looks_like_a_real_persons_number_or_address(records: tuple[DemoRecord, ...]) -> None:
    told = "\n".join(line for record in records for line in (record.title, record.doc_number or "", text_of(record)))

    assert not re.search(r"\d{15,}|\d{17}[\dXx]", told)  # identity cards, bank accounts
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", told)  # mobile telephones
    assert "@" not in told
    assert re.findall(r"\d{3,4}-\d{7,8}", told) == []
    assert len(re.findall(r"010-5550-\d{4}", told)) > 100


def test_every_gap_is_filled_and_every_body_is_a_page_of_chinese(records: tuple[DemoRecord, ...]) -> None:
    for record in records:
        said = "\n".join([record.title, record.file_name, record.issuer, *record.parties, text_of(record)])
        assert not re.search(r"[\[\]{}]|\|", said), record.title
        assert 200 <= len(HANZI.findall(said)) <= 2500, record.title


def test_the_filing_queue_holds_fifteen_papers_without_a_shelf(records: tuple[DemoRecord, ...]) -> None:
    queue = [record for record in records if not record.filed]

    assert len(queue) == 15
    assert not [record for record in queue if record.shelf_location or record.level == 3]


def test_paper_originals_have_an_address_in_the_room_of_their_site(records: tuple[DemoRecord, ...]) -> None:
    on_shelves = [record for record in records if record.shelf_location]

    assert len(on_shelves) > 50
    for record in on_shelves:
        room = {"JF01": "一号库房", "YL02": "二号库房"}[record.site]
        assert re.fullmatch(rf"{room}-\d\d柜-\d层-\d\d盒", record.shelf_location or "")


def test_some_dossiers_hold_all_that_belongs_to_a_tenant_or_an_owner(records: tuple[DemoRecord, ...]) -> None:
    kinds: dict[str, set[str]] = {}
    for record in records:
        if record.about:
            kinds.setdefault(record.about, set()).add(record.class_code)

    assert any({"HT04", "KH02", "KH04", "FW01"} <= classes for classes in kinds.values())
    assert any({"KH01", "KH03"} <= classes for classes in kinds.values())


def test_full_width_digits_and_traditional_characters_occur(records: tuple[DemoRecord, ...]) -> None:
    told = "\n".join(text_of(record) for record in records)

    assert re.search(r"[０-９]{2}", told)
    assert "巡邏時間" in told
    assert re.search(r"\d号楼[AB]座\d{3,4}", told)
    assert re.search(r"[^\d]\d-\d{3,4}[^\d]", told)


# ---- formats --------------------------------------------------------------------------------------------------------


def docx_text(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def xlsx_text(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return "\n".join(str(value) for sheet in book for row in sheet.values for value in row if value is not None)


def pdf_text(content: bytes) -> str:
    with PdfDocument(content) as document:
        assert len(document) >= 2
        return "\n".join(page.get_textpage().get_text_range() for page in document)


READERS: dict[str, Callable[[bytes], str]] = {
    "docx": docx_text,
    "xlsx": xlsx_text,
    "pdf": pdf_text,
    "txt": lambda content: content.decode("utf-8"),
    "gb18030": lambda content: content.decode("gb18030"),
    "md": lambda content: content.decode("utf-8"),
    "html": lambda content: content.decode("utf-8"),
}


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_every_file_opens_in_its_own_library_and_says_what_the_paper_says(
    format: str, records: tuple[DemoRecord, ...], contents: dict[str, bytes]
) -> None:
    of_format = [record for record in records if record.format == format]

    assert len(of_format) >= 5
    for record in of_format:
        # Lines wrap in a PDF; white space is not part of what is said.
        found = re.sub(r"\s", "", READERS[format](contents[record.file_name]))
        for line in (record.title, record.issuer):
            assert re.sub(r"\s", "", line) in found, record.title
        assert len(HANZI.findall(found)) >= len(HANZI.findall(text_of(record))) * 0.95, record.title


def test_templates_name_known_formats_departments_and_sites() -> None:
    departments = {department.code for department in company.DEPARTMENTS}
    sites = {site.code for site in company.SITES}

    assert len(templates()) > 100
    for template in templates():
        assert template.head["format"] in FORMATS, template.name
        assert template.head["department"] in departments, template.name
        assert set(template.head["sites"].split()) <= sites, template.name


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        (20, "贰拾元整"),
        (10_000, "壹万元整"),
        (20_300, "贰万零叁佰元整"),
        (100_000, "壹拾万元整"),
        (205_040, "贰拾万伍仟零肆拾元整"),
        (1_200_050, "壹佰贰拾万零伍拾元整"),
        (6_449_090, "陆佰肆拾肆万玖仟零玖拾元整"),
    ],
)
def test_amounts_are_said_in_the_characters_that_cannot_be_altered(yuan: int, words: str) -> None:
    assert amount_in_words(yuan) == words
