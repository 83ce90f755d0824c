"""What is read off a document, and from where."""

import pytest

from archive import fileplan
from archive.suggesting import suggest
from indexer.text import Text

CLASSES = fileplan.parse(fileplan.SHIPPED.read_text("utf-8-sig"))

CONTRACT = """物 业 服 务 合 同
合同编号:JF01-SWB-2026-015
甲方(委托方):云麓花园业主委员会
乙方:槐序物业服务有限公司
根据《中华人民共和国民法典》,双方于平等自愿的基础上订立本合同。
服务期限自2026年4月1日起至2029年3月31日止。
签订日期:2026年3月15日
"""


def best(text: str, field: str, name: str = "scan001.pdf", **metadata: str) -> str:
    found = [s for s in suggest(Text(tuple(text.split("\f")), metadata=metadata), name, CLASSES) if s.field == field]
    return found[0].value if found else ""


def test_a_contract_gives_its_title_number_parties_and_date() -> None:
    assert best(CONTRACT, "title") == "物业服务合同"
    assert best(CONTRACT, "doc_number") == "JF01-SWB-2026-015"
    assert best(CONTRACT, "document_date") == "2026-03-15"
    parties = [s.value for s in suggest(Text((CONTRACT,)), "x.pdf", CLASSES) if s.field == "parties"]
    assert parties == ["云麓花园业主委员会", "槐序物业服务有限公司"]


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("前期物业服务合同", "HT01"),
        ("客户退租通知单", "KH04"),
        ("会务贵宾接待工作单", "FW03"),
        ("管理评审报告", "GL05"),
        ("库房温湿度日记录", "DA04"),
    ],
)
def test_the_class_is_suggested_from_what_the_file_plan_says(title: str, code: str) -> None:
    codes = [s.value for s in suggest(Text((title + "\n正文",)), f"{title}.docx", CLASSES) if s.field == "class_code"]

    assert code in codes[:3]


def test_full_width_digits_and_a_date_at_the_end_are_understood() -> None:
    text = "关于停水的通知\n请各位业主周知。\f特此通知\n物业服务中心\n２０２６年７月９日"

    assert best(text, "document_date") == "2026-07-09"


def test_full_width_signs_are_understood() -> None:
    text = "物业服务合同\n合同编号：HT－2026－018\n甲方（业主）：槐序物业服务有限公司\n"

    assert best(text, "doc_number") == "HT-2026-018"
    assert best(text, "parties") == "槐序物业服务有限公司"


def test_the_issuers_number_is_read_in_its_chinese_form() -> None:
    assert best("关于加强消防管理的通知\n京物业〔2026〕3号\n各部门:", "doc_number") == "京物业〔2026〕3号"


@pytest.mark.parametrize("text", ["", "\f\f", "12345", "。。。", "2026年13月45日", "甲方:", "x" * 10000])
def test_nothing_to_read_suggests_no_facts_and_breaks_nothing(text: str) -> None:
    fields = {s.field for s in suggest(Text(tuple(text.split("\f"))), "x.txt", CLASSES)}

    assert fields <= {"title"}


def test_every_suggestion_names_its_page_and_words() -> None:
    for suggestion in suggest(Text((CONTRACT,)), "scan.pdf", CLASSES):
        assert 0 <= suggestion.confidence <= 1
        if suggestion.page:
            assert suggestion.quote
