"""The inputs of a management review are ticked on its page, and what was entered wrongly stays to be put right."""

from collections.abc import Callable

from archive import measures, review_inputs
from archive.app import Archive
from tests.builders import a_person, a_record
from tests.web.conftest import Visitor


def test_inputs_are_ticked_and_the_review_is_closed_on_its_page(
    archive: Archive, signed_in: Callable[[str], Visitor]
) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=2)
    one = measures.plan(archive, keeper, "management", title="年度管理评审", on="2026-03-02", lead="keeper")
    visitor, address = signed_in("keeper"), f"/measures/{one.id}"
    assert f'href="{address}"' in visitor.get("/measures").text
    assert "请先登记召开日期" in visitor.get(address).text
    visitor.post(f"{address}/hold", {"day": "2026-03-02"})

    record, secret = a_record(archive, "上次评审的措施台账", title="措施台账"), a_record(archive, "核心", level=3)
    wrong = visitor.post(f"{address}/inputs/a", {"records": f"{record}\n{secret}", "note": "见附件"})
    assert wrong.status_code == 422
    assert f"{record}</textarea>" in wrong.text
    assert secret not in wrong.text
    assert "第 2 行" in wrong.text
    assert 'value="见附件"' in wrong.text

    ticked = visitor.post(f"{address}/inputs/a", {"records": f"http://x/records/{record}\r\n"})
    assert ticked.status_code == 303
    assert "措施台账" in visitor.get(address).text
    assert visitor.post(f"{address}/end", {}).status_code == 422
    closed = visitor.post(f"{address}/end", {"why": "资料待补"}, follow_redirects=True).text
    assert "资料待补" in closed
    assert "勾选" not in closed.split("</h1>")[1], "nothing is left to be ticked"
    assert len(review_inputs.show(archive, keeper, one.id).missing) == 11


def test_records_are_named_by_their_document_number_and_what_was_typed_stays(
    archive: Archive, signed_in: Callable[[str], Visitor]
) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=2)
    one = measures.plan(archive, keeper, "management", title="年度管理评审", on="2026-03-02", lead="keeper")
    visitor, address = signed_in("keeper"), f"/measures/{one.id}"
    a_record(archive, "措施", title="措施台账", doc_number="客服〔2026〕7号")
    a_record(archive, "核心", level=3, doc_number="客服〔2026〕7号")
    for body in ("甲", "乙"):
        a_record(archive, body, doc_number="客服〔2026〕8号")

    wrong = visitor.post(f"{address}/inputs/a", {"records": "客服〔2026〕7号\n客服〔2026〕8号\n没有的文号"})

    assert wrong.status_code == 422
    assert "客服〔2026〕7号\n客服〔2026〕8号\n没有的文号</textarea>" in wrong.text
    assert "第 2 行" in wrong.text, "two records bear this number"
    assert visitor.post(f"{address}/inputs/a", {"records": "客服〔2026〕7号"}).status_code == 303
    assert "措施台账" in visitor.get(address).text
