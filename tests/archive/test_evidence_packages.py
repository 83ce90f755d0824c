"""The evidence of a period goes out in one package that nobody can change unnoticed, within what its maker may find."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import date

import pytest

from access.actors import OPERATOR
from access.rules import Denied
from archive import evidence, evidence_packages
from archive.app import Archive
from archive.errors import Invalid
from archive.people import named
from tests.builders import a_person, a_record

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def packed(archive: Archive, login: str, language: str = "en") -> zipfile.ZipFile:
    parts = evidence_packages.pack(archive, named(archive, login), *YEAR, language=language)
    return zipfile.ZipFile(io.BytesIO(b"".join(parts)))


def test_every_file_has_its_digest_in_the_manifest_and_the_manifest_its_own_in_the_ledger(archive: Archive):
    a_person(archive, "keeper", "document_controller", clearance=2)

    package = packed(archive, "keeper")

    manifest = json.loads(package.read("manifest.json"))
    assert {one["file"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(package.read(name)).hexdigest()
        for name in package.namelist()
        if not name.startswith("manifest")
    }
    assert {"index.pdf", "records.csv", "printouts/loan_register.pdf", "printouts/loan_register.csv"} <= set(
        package.namelist()
    )
    assert package.read("index.pdf").startswith(b"%PDF")
    seal = hashlib.sha256(package.read("manifest.json")).hexdigest()
    assert package.read("manifest.sha256").decode().split() == [seal, "manifest.json"]
    with archive.read() as tx:
        line = tx.ledger.lines(limit=1)[0]
    assert line.action == "evidence.packed"
    assert (line.payload["sha256"], line.payload["files"]) == (seal, len(manifest["files"]))


def test_a_chinese_reader_gets_files_and_columns_with_chinese_names_and_finds_them_whole(archive: Archive):
    a_person(archive, "keeper", "document_controller", clearance=2)
    shown = a_record(archive, "甲", title="公开的法规", level=0, class_code="FG01", document_date="2026-03-01")

    package = packed(archive, "keeper", "zh")

    names = set(package.namelist())
    assert {"条款证据索引.pdf", "文件清单.csv", "报表/借阅登记簿.pdf", "校验清单.json", "校验清单.sha256"} <= names
    assert not any(re.match(r"[\x00-\x7f]+$", name.rpartition(".")[0]) for name in names)
    for name in names:
        if name.endswith(".csv"):
            lines = package.read(name).decode("utf-8-sig").splitlines()
            assert not re.search("[a-z]{3}", lines[0]), name
    rows = list(csv.DictReader(io.StringIO(package.read("文件清单.csv").decode("utf-8-sig"))))
    assert rows
    assert {row["项目"] for row in rows} == {"JF大厦"}, "a name and not a code"
    assert all(row["类目"] and not re.search("[a-z]", row["类目"]) for row in rows)
    manifest = json.loads(package.read("校验清单.json"))
    assert (manifest["made_by"], manifest["made_by_name"]) == (named(archive, "keeper").id, "keeper")
    assert all(re.search(r"\d\d:\d\d[+-]\d\d:\d\d$", row["收录时间"]) for row in rows), "a time says of which zone"
    assert all(re.search("[\u4e00-\u9fff]", one["title"] + one["said"]) for one in manifest["not_printed"])
    assert {one["file"] for one in manifest["files"]} == {name for name in names if not name.startswith("校验清单")}
    assert all(one["sha256"] == hashlib.sha256(package.read(one["file"])).hexdigest() for one in manifest["files"])
    seal = hashlib.sha256(package.read("校验清单.json")).hexdigest()
    assert package.read("校验清单.sha256").decode().split() == [seal, "校验清单.json"]
    whole = io.BytesIO(b"".join(evidence_packages.pack(archive, named(archive, "keeper"), *YEAR, language="zh")))
    assert evidence_packages.records_in(whole) == {shown}


def test_a_package_holds_no_record_and_no_printout_that_its_maker_may_not_see(archive: Archive):
    a_person(archive, "keeper", "document_controller", clearance=2)
    a_person(archive, "borrower", "borrower", clearance=1)
    shown = a_record(archive, "甲", title="公开的法规", level=0, class_code="FG01", document_date="2026-03-01")
    hidden = a_record(archive, "乙", title="绛珠仙草", level=3, class_code="FG01", document_date="2026-03-02")
    past = a_record(archive, "丙", title="去年的法规", level=0, class_code="FG01", document_date="2025-03-02")

    for login in ("keeper", "borrower"):
        package = packed(archive, login)
        rows = list(csv.DictReader(io.StringIO(package.read("records.csv").decode("utf-8-sig"))))
        assert {row["record"] for row in rows} == {shown}, login
        assert {row["level"] for row in rows} == {"public"}, "a word and not a number"
        assert set(json.loads(package.read("manifest.json"))["records"]) <= {shown, past}, login
        assert not any(
            word.encode() in package.read(name)
            for name in package.namelist()
            for word in (hidden, "绛珠仙草", past)
            if not name.endswith(".pdf")
        )
    why = {one["printout"]: one["why"] for one in json.loads(package.read("manifest.json"))["not_printed"]}
    assert why["loan_register"] == "not-yours"
    assert "printouts/loan_register.pdf" not in package.namelist()


def test_what_is_opened_or_taken_up_while_records_are_noted_is_the_archives_own(archive: Archive):
    noting = archive.noting(set())

    opened, reader = noting.names, noting.reader
    noting.take_up_engine()

    assert archive.names is opened
    assert archive.reader is reader, "and is closed with it"
    assert archive.settings is noting.settings


def test_the_trend_counts_the_records_of_each_of_the_last_years(archive: Archive):
    for day in ("2026-03-01", "2026-04-01", "2024-01-31", "2019-01-01"):
        a_record(archive, day, title="法规", level=0, class_code="FG01", document_date=day)

    found = evidence.index(archive, OPERATOR, year=2026)

    line = next(one for one in found.lines if "FG01" in one.proof.classes)
    assert dict(line.by_year)[2026] == 2
    assert (dict(line.by_year)[2024], dict(line.by_year)[2025], min(line.by_year)) == (1, 0, 2021)


def test_a_period_that_ends_before_it_begins_is_refused_before_anything_is_made(archive: Archive):
    a_person(archive, "xitong", "sysadmin")
    with pytest.raises(Invalid):
        evidence_packages.pack(archive, OPERATOR, YEAR[1], YEAR[0], language="en")
    with pytest.raises(Denied):
        evidence_packages.pack(archive, named(archive, "xitong"), *YEAR, language="en")
