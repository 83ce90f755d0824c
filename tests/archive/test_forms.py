"""The forms of the standard are data: found by any of their names, printed as blanks that bear a serial."""

import json

import pytest

from archive import forms, numbering, reports
from archive.app import Archive
from archive.errors import Invalid, NotFound
from tests.builders import a_person


def test_the_twenty_forms_are_there_and_each_belongs_to_a_class(archive: Archive) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)

    known = forms.every(archive, keeper)

    assert [one.code for one in known] == [f"F{n:02}" for n in range(1, 21)]
    names = [name for one in known for name in one.names]
    assert len(names) == len(set(names))
    with archive.read() as tx:
        classes = {one.code for one in tx.file_plan.every()}
    assert {one.class_code for one in known} <= classes
    assert all(len(one.fields) > 4 for one in known)


@pytest.mark.parametrize("name", ["F01", "f01", "会务贵宾接待工作单", "《会务贵宾来访工作单》"])
def test_a_form_is_found_by_any_of_its_names(archive: Archive, name: str) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)

    assert forms.called(archive, keeper, name).code == "F01"
    with pytest.raises(NotFound):
        forms.called(archive, keeper, "F99")


def test_blanks_bear_the_serials_that_were_given_out_and_no_others(archive: Archive) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    serials = numbering.reserve(archive, keeper, "FW03", "JF01", 3)

    asked = {"form": "F01", "serial": serials[1], "count": "5"}
    printed = reports.print_out(archive, keeper, "blank_form", asked, form="json", language="zh").content
    pdf = reports.print_out(archive, keeper, "blank_form", asked, form="pdf", language="zh").content

    tables = json.loads(printed)["tables"]
    assert len(tables) == 2
    assert [row["项目"] for row in tables[0]["rows"]][:2] == ["来访单位", "来访人数"]
    assert pdf.startswith(b"%PDF")
    for wrong in ("JF01-FW03-202001-0001", serials[0].replace("FW03", "KH04")):
        with pytest.raises(Invalid, match="serials"):
            reports.print_out(
                archive, keeper, "blank_form", {"form": "F01", "serial": wrong}, form="pdf", language="zh"
            )
