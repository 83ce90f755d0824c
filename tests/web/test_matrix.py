"""The approval matrix as people change it: one ticks and gives a reason, another puts it in force."""

import io
from collections.abc import Callable

from archive import approval_matrix, people
from archive.app import Archive
from tests.builders import an_office
from tests.web.conftest import Visitor

SignIn = Callable[[str], Visitor]


def entered(**changed: object) -> dict[str, object]:
    """The form of the page as it comes, with some fields changed."""
    fields: dict[str, object] = {}
    for number, row in enumerate(approval_matrix.shipped()):
        fields |= {f"posts-{number}": list(row.terms.posts), f"conditions-{number}": list(row.terms.conditions)}
        fields |= {f"days-{number}": row.terms.days_max, f"renewals-{number}": row.terms.renewals_max}
    return fields | changed


def test_two_people_change_the_matrix_on_its_page(archive: Archive, signed_in: SignIn) -> None:
    an_office(archive)
    officer, final, borrower = signed_in("officer"), signed_in("final"), signed_in("borrower")

    assert "/matrix/edit" not in borrower.get("/matrix").text
    assert borrower.get("/matrix/edit").status_code == 403
    too_loose = officer.post("/matrix/edit", {**entered(), "posts-4": [], "reason": "省事"})
    assert too_loose.status_code == 422
    assert "审批过松" in too_loose.text
    assert officer.post("/matrix/edit", {**entered(), "days-4": "三天", "reason": "错"}).status_code == 422
    assert officer.post("/matrix/edit", entered(**{"days-4": 5, "reason": "审计建议"})).status_code == 303
    assert "同意生效" not in officer.get("/matrix").text
    assert officer.post("/matrix/1/agree").status_code == 422
    assert "审计建议" in final.get("/matrix").text
    assert final.post("/matrix/1/agree").status_code == 303

    assert "现行：第 1 版" in borrower.get("/matrix").text
    assert borrower.get("/matrix?version=0").status_code == 200
    assert borrower.get("/matrix?version=7").status_code == 404


def test_the_matrix_goes_out_as_a_table_and_comes_back_changed(archive: Archive, signed_in: SignIn) -> None:
    an_office(archive)
    officer = signed_in("officer")
    table = officer.get("/matrix/table").data.decode("utf-8-sig")
    changed = table.replace("部门负责人；责任岗位,7,1,,普通商密", "部门负责人；责任岗位,5,1,,普通商密")
    assert changed != table

    file = (io.BytesIO(changed.encode()), "matrix.csv")
    answer = officer.post("/matrix/edit", {"table": file, "reason": "缩短期限"}, content_type="multipart/form-data")

    assert answer.status_code == 303
    shown = approval_matrix.show(archive, people.named(archive, "officer"))
    assert shown.waiting is not None
    assert [row.terms.days_max for row in shown.waiting.matrix][4] == 5
