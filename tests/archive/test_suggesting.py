"""What is read off a document, and from where."""

import pytest

from access.actors import OPERATOR
from archive import fileplan, records, teaching
from archive.app import Archive
from archive.suggesting import quoted, suggest
from indexer.reading import Reader
from indexer.text import Text
from tests.builders import a_record, an_unfiled_record, settle

CLASSES = fileplan.parse(fileplan.SHIPPED.read_bytes())

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


def test_the_heads_of_a_sheets_columns_are_no_title() -> None:
    sheet = "房号\t业主姓名\t缴费日期\n1203\t张三\t2026-03-01\n每月末日汇总"
    titled = f"物业费收缴台账\n{sheet}"

    def title(page: str) -> str:
        found = suggest(Text((page,), page_names=("Sheet1",)), "三月收缴台账.xlsx", CLASSES)
        return next(one.value for one in found if one.field == "title")

    assert title(sheet) == "三月收缴台账"
    assert title(titled) == "物业费收缴台账"


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


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("槐序物业服务有限公司（受全体业主委托管理）", "槐序物业服务有限公司"),
        ("槐序物业服务有限公司（依据2022年11月7日的业主同意决议代为经营）", "槐序物业服务有限公司"),
        ("云栖会计师事务所（特殊普通合伙）", "云栖会计师事务所(特殊普通合伙)"),
        ("云栖置业（北京）有限公司（盖章）", "云栖置业(北京)有限公司"),
    ],
)
def test_what_is_said_of_a_party_is_no_part_of_its_name(said: str, name: str) -> None:
    assert best(f"停车位使用协议\n甲方：{said}\n乙方：项堃\n", "party_a") == name


@pytest.mark.parametrize("between", [" ", "  ", "\t", "　　", "\n"])
def test_both_parties_on_one_line_are_told_apart(between: str) -> None:
    text = f"委托合同\n甲方：槐序物业服务有限公司{between}乙方：云栖电梯工程有限公司\n第一条"

    found = suggest(Text((text,)), "a.txt", CLASSES)

    assert [s.value for s in found if s.field == "parties"] == ["槐序物业服务有限公司", "云栖电梯工程有限公司"]
    assert (best(text, "party_a"), best(text, "party_b")) == ("槐序物业服务有限公司", "云栖电梯工程有限公司")


@pytest.mark.parametrize("text", ["", "\f\f", "12345", "。。。", "2026年13月45日", "甲方:", "x" * 10000])
def test_nothing_to_read_suggests_no_facts_and_breaks_nothing(text: str) -> None:
    fields = {s.field for s in suggest(Text(tuple(text.split("\f"))), "x.txt", CLASSES)}

    assert fields <= {"title"}


def test_every_suggestion_names_its_page_and_words() -> None:
    for suggestion in quoted(suggest(Text((CONTRACT,)), "scan.pdf", CLASSES), [CONTRACT]):
        assert 0 <= suggestion.confidence <= 1
        if suggestion.page:
            assert suggestion.quote


# ---- Facts of contracts, letters and rooms ----

LEASE = """房屋租赁合同
合同编号：JF-ZL-2026-018
出租方（甲方）：云栖置业有限公司
承租方（乙方）：澄江信息咨询有限公司
甲方将JF大厦B座905室出租给乙方。租赁期限自2026年4月1日起至2029年3月31日止。
合同总价人民币1,036,800.00元（大写：壹佰零叁万陆仟捌佰元整），押金86400元，逾期每日支付500元。
"""


def test_the_heads_of_two_columns_are_no_number_of_a_contract() -> None:
    assert best("供方履约评价汇总表\n供方名称\n合同编号\n到期日\n结论", "contract_number") == ""
    assert best("维保费用汇总表\n合同编号 十二月 金额\n", "contract_number") == "", "nor a month beside it"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contract_number", "JF-ZL-2026-018"),
        ("party_a", "云栖置业有限公司"),
        ("party_b", "澄江信息咨询有限公司"),
        ("term_from", "2026-04-01"),
        ("term_to", "2029-03-31"),
        ("amount", "1036800.00"),
        ("room", "B座905室"),
    ],
)
def test_the_facts_of_a_contract_are_read(field: str, value: str) -> None:
    assert best(LEASE, field) == value


def test_a_term_of_years_from_a_day_has_an_end() -> None:
    assert best("协议\n本协议期限三年，自2026年3月1日起生效。", "term_to") == "2029-02-28"
    assert best("协议\n自2026年5月1日起，为期6个月。", "term_to") == "2026-10-31"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("合同总金额：12.5万元", "125000.00"),
        ("费用合计¥3,200元", "3200.00"),
        ("物业费每平方米3.50元", ""),
        ("违约金每日500元", ""),
        ("共计3层，面积1200平方米", ""),
    ],
)
def test_sums_are_told_from_rates_and_fines(text: str, value: str) -> None:
    assert best(text, "amount") == value


def test_the_issuer_is_named_or_signs_above_the_date() -> None:
    assert (
        best("关于停水的通知\n各位业主:\n周三停水。\n云麓花园物业服务中心\n2026年7月9日", "issuer")
        == "云麓花园物业服务中心"
    )
    assert best("月报\n编制部门：工程部\n正文", "issuer") == "工程部"


def test_a_date_is_no_term_and_an_impossible_one_nothing() -> None:
    assert best("会议于2026年3月2日召开，2026年3月9日散会。", "term_from") == ""
    assert best("期限自2026年13月1日起至2027年1月1日止", "term_from") == ""


# ---- What controllers filed is learned from ----


def test_what_was_filed_suggests_the_class_of_the_next_paper(archive: Archive, reader: Reader) -> None:
    for n in range(4):
        a_record(
            archive,
            f"白蚁防治服务记录第{n}次，药剂若干。",
            title=f"防治{n}",
            class_code="HJ01",
            name=f"白蚁防治{n}.txt",
        )
        a_record(archive, f"电梯困人演练总结第{n}次。", title=f"演练{n}", class_code="AQ01", name=f"困人演练{n}.txt")
    settle(archive, reader)
    teaching.learn(archive)

    record_id = an_unfiled_record(archive, "白蚁防治服务记录第九次，药剂若干。", name="扫描0001.txt")
    settle(archive, reader)

    suggested = [one for one in records.view(archive, OPERATOR, record_id).suggestions if one.field == "class_code"]
    assert suggested[0].value == "HJ01"
    assert suggested[0].confidence > 0.5


def test_nothing_is_learned_from_core_secrets_nor_from_what_waits(archive: Archive, reader: Reader) -> None:
    for code in ("HJ01", "AQ01"):
        a_record(archive, f"核心机密{code}", title=code, class_code=code, level=3, name=f"{code}.txt")
    an_unfiled_record(archive, "待归档的文件")
    settle(archive, reader)
    teaching.learn(archive)

    assert archive.lessons is None


def test_the_catalogue_keeps_no_words_of_a_text(archive: Archive, reader: Reader) -> None:
    """What was read is quoted from the sealed text when it is shown."""
    record_id = an_unfiled_record(archive, LEASE, name="scan.txt")
    settle(archive, reader)

    amount = next(one for one in records.view(archive, OPERATOR, record_id).suggestions if one.field == "amount")
    with archive.read() as tx:
        kept = next(one for one in tx.records.suggestions_of(record_id) if one.field == "amount")

    assert "1,036,800.00元" in amount.quote
    assert kept.quote == ""
