"""The demo company: its sites, departments and people, all invented."""

from dataclasses import dataclass
from typing import Literal

COMPANY = "槐序物业服务有限公司"
COMPANY_EN = "Huaixu Property Services Co., Ltd."


@dataclass(frozen=True)
class DemoSite:
    """A managed site; it has a fonds of its own."""

    code: str
    name: str
    name_en: str
    fonds_code: str
    kind: Literal["office", "residential"]


@dataclass(frozen=True)
class DemoDepartment:
    """A department; the code is the department segment of a reference code."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class DemoPerson:
    """Somebody with an account; department and sites are codes, clearance is the highest level they may know."""

    login: str
    name: str
    employee_no: str
    department: str
    sites: tuple[str, ...]
    roles: tuple[str, ...]
    clearance: int


SITES: tuple[DemoSite, ...] = (
    DemoSite("JF01", "JF大厦", "JF Tower", "JF01", "office"),
    DemoSite("YL02", "云麓花园", "Yunlu Gardens", "YL02", "residential"),
)

DEPARTMENTS: tuple[DemoDepartment, ...] = (
    DemoDepartment("KFB", "客户服务部", "Customer Service"),
    DemoDepartment("GCB", "工程部", "Engineering"),
    DemoDepartment("AFB", "安防部", "Security"),
    DemoDepartment("CWB", "财务部", "Finance"),
    DemoDepartment("XRB", "行政人事部", "Administration and HR"),
    DemoDepartment("SWB", "商务部", "Commercial"),
    DemoDepartment("HJB", "环境管理部", "Environment"),
    DemoDepartment("PZB", "品质部", "Quality"),
    DemoDepartment("ZJB", "总经办", "General Manager's Office"),
    DemoDepartment("DAS", "档案室", "Records Office"),
    DemoDepartment("XXB", "信息部", "Information Technology"),
)

_BOTH = ("JF01", "YL02")

# The system administrator, the security officer and the auditor are three different people, and none of them lends.
PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson("shenyanqiu", "沈砚秋", "HX0101", "DAS", _BOTH, ("document_controller",), 3),
    DemoPerson("luoqinghe", "罗青禾", "HX0102", "DAS", ("YL02",), ("document_controller",), 2),
    DemoPerson("qiaoyining", "乔以宁", "HX0201", "KFB", ("JF01",), ("records_liaison", "borrower"), 1),
    DemoPerson("baizhiyuan", "柏知远", "HX0202", "KFB", _BOTH, ("class_owner", "dept_approver"), 2),
    DemoPerson("tanhuai", "谭淮", "HX0301", "GCB", _BOTH, ("class_owner", "dept_approver"), 2),
    DemoPerson("mizhaoyang", "糜朝阳", "HX0302", "GCB", ("JF01",), ("borrower",), 1),
    DemoPerson("jiangruoxi", "蒋若汐", "HX0401", "HJB", ("YL02",), ("borrower",), 0),
    DemoPerson("zongwenbin", "宗闻彬", "HX0501", "SWB", _BOTH, ("class_owner", "dept_approver"), 2),
    DemoPerson("yuxinmiao", "虞昕淼", "HX0502", "SWB", _BOTH, ("borrower",), 2),
    DemoPerson("fuzhengming", "傅铮铭", "HX0601", "CWB", ("YL02",), ("borrower",), 1),
    DemoPerson("shiruopan", "石若磐", "HX0901", "AFB", _BOTH, ("class_owner", "dept_approver"), 3),
    DemoPerson("wenshujun", "温书筠", "HX1001", "XRB", ("YL02",), ("records_liaison", "borrower"), 1),
    DemoPerson("mengjinglan", "孟静澜", "HX0001", "ZJB", _BOTH, ("final_approver",), 3),
    DemoPerson("gaoshouzheng", "高守正", "HX0701", "PZB", _BOTH, ("auditor",), 3),
    DemoPerson("qinmoyan", "秦默言", "HX0002", "ZJB", _BOTH, ("security_officer",), 3),
    DemoPerson("weiqichen", "魏启尘", "HX0801", "XXB", _BOTH, ("sysadmin",), 0),
)
