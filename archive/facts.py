"""The facts of a contract, an official letter and a room, read off a text: each with where it stands.

Everything here takes text in NFKC and hands back places in it; nothing knows records or tables.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

FIELDS = ("contract_number", "party_a", "party_b", "term_from", "term_to", "amount", "issuer", "room")
HEAD = 3000
"""Characters at the beginning of a text in which numbers, parties and a room are looked for."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A value for a field, how sure that is, and where it stands: page from 1, offsets in the page."""

    field: str
    value: str
    confidence: float
    page: int
    start: int
    end: int


_DAY = r"((?:19|20)\d\d)\s*[年.\-/]\s*(1[0-2]|0?[1-9])\s*[月.\-/]\s*(3[01]|[12]\d|0?[1-9])\s*日?"
_TERM = re.compile(rf"自?\s*{_DAY}\s*(?:0时)?\s*起?\s*(?:至|到|~|—+|-)\s*{_DAY}\s*(?:24时)?\s*(?:止|为止)?")
_BEGINS = re.compile(rf"自\s*{_DAY}\s*起")
_LASTS = re.compile(
    r"(?:期限|租期|有效期|服务期|合同期|为期)[^\n。;]{0,16}?([一二两三四五六七八九十]|\d{1,2})\s*个?\s*(年|月)"
)
_IN_FORCE = re.compile(r"期限|有效期|租期|合同期|服务期|起至|委托期|承租期|使用期")
_NUMERALS = {numeral: value for value, numeral in enumerate("一二三四五六七八九十", 1)} | {"两": 2}

_SUM = re.compile(
    r"(?:人民币|¥|￥|RMB)?\s*(?<![\d.,])(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,12}(?:\.\d{1,4})?)\s*(万元|亿元|元)"
)
_TOTAL = re.compile(r"(合同|协议)?(总价|总额|总金额|价款|金额|合计|总计|费用总|总费|中标价|成交价|标的)[^\n。]{0,14}$")
_RENT = re.compile(r"(租金|服务费|维保费|使用费|年费|酬金|报酬|费用)[^\n。]{0,14}$")
_PER = re.compile(r"(每平方米|每日|每小时|每次|每台|每天|以下|以上|罚款|违约金|押金|保证金|/平|单价)[^\n,。]{0,10}$")

_CONTRACT_NUMBER = re.compile(
    r"(?:合同|协议)\s*(?:编\s*号|号)\s*:?\s*([A-Za-z0-9\u4e00-\u9fff〔〕\[\]()·\-_/.#]{3,40})"
)
_NUMBER = re.compile(r"(?:^|\n)\s*(?:编\s*号|No\.?)\s*:\s*([A-Za-z0-9\u4e00-\u9fff〔〕\[\]()·\-_/.#]{3,40})")
_SIDE = re.compile(
    r"(?:^|[\n\t|,;。 ])(?:[^\n:,;。()]{0,10}\()?(甲|乙)\s*方\)?\s*(?:\([^)\n]{0,14}\)|[^\n:,;。()]{0,6})?\s*:[ \t]*"
    r"((?:(?!\s+[甲乙丙]\s*方)[^\n,;。|\t]){2,40})"
)
"""The other side may follow on the same line."""
_REMARK = re.compile(r"\((?![^()]*合伙\))[^()]{5,}\)?$")
"""What is said of a party behind its name, as for whom it acts; (有限合伙) and (北京) belong to a name."""
_NOBODY = re.compile(r"[\d\W_]+|.*(代表|签字|盖章|联系人|地址).*")
_ISSUER = re.compile(
    r"(?:发文(?:单位|机关|部门)|签发(?:单位|部门)|编制(?:单位|部门)|发布(?:单位|部门)|出具单位|填报(?:单位|部门)|报告单位"
    r"|来文单位|制表(?:单位|部门)|落款)\s*:\s*([^\n,;。:|\t]{2,30})"
)
_BODY = re.compile(r"(?:公司|中心|部|处|科|委员会|业委会|局|院|所|厅|办公室|办事处|大队|支队|银行|项目部|大会)$")
_SIGNATURE = re.compile(rf"(?:^|\n)([^\n]{{2,40}})\s*\n?\s*{_DAY}\s*(?:\n|$)")
_ROOM = re.compile(
    r"(?:[\u4e00-\u9fffA-Za-z]{0,8}?)((?:\d{1,3}|[一二三四五六七八九十]{1,3}|[A-Z])\s*(?:号楼|栋|幢|座)"
    r"(?:\s*(?:\d{1,2}|[一二三四五六七八九十])\s*单元|\s*[A-Z]\s*座)?\s*-?\s*\d{3,5}(?:\s*[室号](?!楼))?"
    r"|[A-Z]座\s*-?\s*\d{3,5}(?:室)?|(?<!\d)\d{3,5}室)"
)


def read(pages: Sequence[str]) -> Sequence[Fact]:
    """Every fact found in these pages, best first within each field; at most three of each."""
    found: list[Fact] = []
    for reader in _READERS:
        best: dict[str, Fact] = {}
        for fact in reader(pages):
            if fact.confidence > best[fact.value].confidence if fact.value in best else True:
                best[fact.value] = fact
        by_field: dict[str, list[Fact]] = {}
        for fact in sorted(best.values(), key=lambda one: -one.confidence):
            by_field.setdefault(fact.field, []).append(fact)
        found += (fact for facts in by_field.values() for fact in facts[:3])
    return found


def _contract_number(pages: Sequence[str]) -> Iterator[Fact]:
    for number, page in _first(pages):
        for match in _CONTRACT_NUMBER.finditer(page):
            if not any(sign.isdecimal() for sign in match[1]):
                continue  # the head of a column, and the head of the next
            yield Fact("contract_number", match[1].strip("-_."), 0.9, number, match.start(), match.end())
        # Between two sides, a number without a name is that of the contract.
        match = _NUMBER.search(page[:400])
        if match and {"甲", "乙"} <= {side[1] for side in _SIDE.finditer(page)}:
            yield Fact("contract_number", match[1].strip("-_."), 0.7, number, match.start(), match.end())


def _first_party(pages: Sequence[str]) -> Iterator[Fact]:
    yield from _side(pages, "甲", "party_a")


def _second_party(pages: Sequence[str]) -> Iterator[Fact]:
    yield from _side(pages, "乙", "party_b")


def _side(pages: Sequence[str], side: str, field: str) -> Iterator[Fact]:
    for number, page in _first(pages):
        for match in _SIDE.finditer(page):
            name = _REMARK.sub("", match[2].strip(" _(:").removesuffix("(盖章)")).strip()
            if match[1] == side and len(name) >= 2 and not _NOBODY.fullmatch(name):
                yield Fact(field, name, 0.85, number, match.start(2), match.end(2))


def _begins(pages: Sequence[str]) -> Iterator[Fact]:
    for confidence, first, _, number, start, end in _terms(pages):
        yield Fact("term_from", first.isoformat(), confidence, number, start, end)


def _ends(pages: Sequence[str]) -> Iterator[Fact]:
    for confidence, _, last, number, start, end in _terms(pages):
        if last is not None:
            yield Fact("term_to", last.isoformat(), confidence, number, start, end)


def _terms(pages: Sequence[str]) -> Iterator[tuple[float, date, date | None, int, int, int]]:
    """From and to, written out; or a day from which on, and how long."""
    for number, page in enumerate(pages, 1):
        for match in _TERM.finditer(page):
            first, last = _day(*match.group(1, 2, 3)), _day(*match.group(4, 5, 6))
            if first and last and first < last:
                around = page[max(0, match.start() - 20) : match.end()]
                called = bool(_IN_FORCE.search(around)) and (last - first).days > 27
                yield 0.9 if called else 0.5, first, last, number, match.start(), match.end()
        for match in _BEGINS.finditer(page):
            first = _day(*match.group(1, 2, 3))
            before, after = page[max(0, match.start() - 40) : match.start()], page[match.end() : match.end() + 30]
            lasts = _LASTS.search(before) or _LASTS.search(after)
            if first and lasts:
                count = _NUMERALS.get(lasts[1]) or int(lasts[1])
                months = count * 12 if lasts[2] == "年" else count
                yield 0.7, first, _after(first, months) - timedelta(days=1), number, match.start(), match.end()


def _amount(pages: Sequence[str]) -> Iterator[Fact]:
    for number, page in enumerate(pages[:20], 1):
        for match in _SUM.finditer(page):
            before = page[max(0, match.start() - 24) : match.start()]
            if _PER.search(before) or match[1].startswith("0"):
                continue
            weight = 0.85 if _TOTAL.search(before) else 0.6 if _RENT.search(before) else 0.0
            value = _money(match[1], match[2])
            if not weight or value is None:
                continue
            spelt_out = re.match(r"[^\n。]{0,3}\(?大写", page[match.end() : match.end() + 8])
            yield Fact(
                "amount", f"{value:.2f}", weight + (0.1 if spelt_out else 0.0), number, match.start(), match.end()
            )


def _issuer(pages: Sequence[str]) -> Iterator[Fact]:
    """Who is named as the issuer; else who stands above the date at the end."""
    for number, page in _ends_of(pages):
        for match in _ISSUER.finditer(page):
            yield Fact("issuer", match[1].strip(), 0.8, number, match.start(1), match.end(1))
    if pages:
        last, offset = pages[-1][-400:], max(0, len(pages[-1]) - 400)
        for match in _SIGNATURE.finditer(last):
            name = match[1].strip(" 　_")
            if _BODY.search(name) and ":" not in name and len(name) <= 30:
                yield Fact("issuer", name, 0.7, len(pages), offset + match.start(1), offset + match.end(1))


def _room(pages: Sequence[str]) -> Iterator[Fact]:
    for number, page in _first(pages):
        for match in _ROOM.finditer(page):
            early = match.start() < 200
            yield Fact("room", match[1].replace(" ", ""), 0.7 if early else 0.5, number, match.start(1), match.end(1))


_READERS: Sequence[Callable[[Sequence[str]], Iterator[Fact]]] = (
    _contract_number,
    _first_party,
    _second_party,
    _begins,
    _ends,
    _amount,
    _issuer,
    _room,
)


def _first(pages: Sequence[str]) -> Iterator[tuple[int, str]]:
    if pages:
        yield 1, pages[0][:HEAD]


def _ends_of(pages: Sequence[str]) -> Iterator[tuple[int, str]]:
    for number in sorted({1, len(pages)}) if pages else ():
        yield number, pages[number - 1][: HEAD * 3]


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _after(first: date, months: int) -> date:
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def _money(digits: str, unit: str) -> Decimal | None:
    try:
        value = Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return None
    value *= {"元": 1, "万元": 10_000, "亿元": 100_000_000}[unit]
    return value if 0 < value < 10**12 else None
