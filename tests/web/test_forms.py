"""A form is filled in on its page as people do: what is wrong is said, nothing is lost, a second click does nothing."""

from collections.abc import Callable

from archive import filling, forms, returning
from archive.app import Archive
from tests.builders import a_person, a_record
from tests.web.conftest import Visitor


def test_a_form_is_filled_in_and_completed_on_its_pages(archive: Archive, signed_in: Callable[[str], Visitor]) -> None:
    a_person(archive, "keeper", "document_controller", clearance=2)
    visitor = signed_in("keeper")
    page = visitor.get("/forms/F01/fill").text
    assert "来访单位" in page
    once = page.split('name="once" value="')[1][:16]
    said = {"once": once, "site": "JF01", "version": "0", "f-来访单位": "云麓街道办", "f-来访人数": "六"}
    assert 'name="version" value="0"' in page

    wrong = visitor.post("/forms/F01/fill", said)
    assert wrong.status_code == 422
    assert "云麓街道办" in wrong.text
    assert wrong.text.count('aria-invalid="true"') == 1

    first = visitor.post("/forms/F01/fill", {**said, "f-来访人数": "6"})
    second = visitor.post("/forms/F01/fill", {**said, "f-来访人数": "6"})
    assert (first.status_code, first.headers["Location"]) == (303, second.headers["Location"])
    address = first.headers["Location"]
    assert "待补填" in visitor.get(address).text
    assert visitor.post(address, {"f-经验与不足": ""}).status_code == 422
    assert visitor.post(address, {"f-经验与不足": "提前到岗"}).status_code == 303
    assert visitor.post(address, {"f-经验与不足": "提前到岗"}).status_code == 422


def test_answers_stay_with_their_fields_when_the_form_has_changed_meanwhile(
    archive: Archive, signed_in: Callable[[str], Visitor]
) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=2)
    visitor = signed_in("keeper")
    gone = {"field": forms.show(archive, keeper, "F01").form.part(afterwards=False)[0].name}
    forms.change(archive, keeper, "F01", gone, version=0, reason="不再填写", remove=True)

    answer = visitor.post(
        "/forms/F01/fill", {"site": "JF01", "version": "0", "f-来访单位": "云麓街道办", "f-来访人数": "6"}
    )

    assert answer.status_code == 422
    assert 'value="6"' in answer.text.split('name="f-来访人数"')[1].split(">")[0]
    assert 'value="云麓街道办"' not in answer.text


def test_blanks_are_given_out_and_can_be_printed_again(archive: Archive, signed_in: Callable[[str], Visitor]) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=2)
    visitor = signed_in("keeper")

    given = visitor.post("/forms/F06/blanks", {"site": "JF01", "count": "2"})

    for _ in range(2):
        assert visitor.get(given.headers["Location"]).data.startswith(b"%PDF")
    assert len(filling.copies(archive, keeper, "F06")) == 2
    assert visitor.post("/forms/F06/blanks", {"site": "JF01", "count": "999"}).status_code == 422
    assert visitor.get("/forms/blanks.pdf").status_code == 404


def test_programs_fill_in_forms_too(archive: Archive, signed_in: Callable[[str], Visitor]) -> None:
    a_person(archive, "clerk", "borrower", sites=("JF01",))
    visitor = signed_in("clerk")
    headers = {"X-CSRFToken": visitor.form_token()}
    said = {"site": "JF01", "fields": {"房号": "A座1202", "检查日期": "2026-03-01", "门窗": "完好"}}

    made = visitor.client.post("/api/v1/forms/F06/copies", json=said, headers=headers)
    assert made.status_code == 201, made.text
    assert (made.json["state"], made.json["record"]) == ("open", None)
    of_before = visitor.client.post("/api/v1/forms/F06/copies", json={**said, "version": 7}, headers=headers)
    assert of_before.status_code == 409
    of_now = {**said, "version": visitor.get("/api/v1/forms/F06").json["version"]}
    assert visitor.client.post("/api/v1/forms/F06/copies", json=of_now, headers=headers).status_code == 201
    said["fields"]["门窗"] = "不知道"  # type: ignore[index]
    assert visitor.client.post("/api/v1/forms/F06/copies", json=said, headers=headers).status_code == 422


def test_a_blank_that_came_back_keeps_who_gave_it_out_and_who_took_it(
    archive: Archive, signed_in: Callable[[str], Visitor]
) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=2)
    (given,) = filling.give_out(archive, keeper, "F06", "JF01", 1, to="前台 小李")
    record_id = a_record(archive)
    with archive.write() as tx:
        (scan,) = tx.records.versions_of(record_id)
        returning.give(archive, tx, scan.id, ("F06", 0, given.serial))

    visitor = signed_in("keeper")
    row = visitor.get("/forms/F06?state=scan").text.split("<tbody>")[2].split("</tr>")[0]

    assert "<td>keeper</td><td>前台 小李</td>" in row
    assert "扫描" in row
    assert "<td>JF01</td>" not in row, "a site has a name"
    sheet = visitor.get(f"/forms/sheets/{given.serial}").text
    assert "keeper" in sheet.split("hit-facts")[1].split("</p>")[0]
    assert "前台 小李" in sheet
