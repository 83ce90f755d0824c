"""Which characters these bytes are.

BOM, then UTF-16/32 without one, then strict UTF-8, then the better of GB18030 and Big5 by how common the
resulting characters are in Chinese; what is neither becomes Windows-1252. The order is the whole method:
a text that is valid UTF-8 is never anything else in practice.
"""

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)

# Labels that pages and files carry, and what their authors meant: GB18030 contains GBK contains GB2312.
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "cp950": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "unicode": "utf-16",
}

# The characters running Chinese is made of, simplified and traditional.
_FREQUENT = frozenset(
    "的一是不了在人有我他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用"
    "发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从今回很己最但现理明动感"
    "什由性开间长已内些问实次给名四关表手使机正高第向通月期号楼房屋业物管合同费收电水务员区层车位装修维安全本市县省条规"
    "應為這來個們說國時後會對過發無經當學進種將還與現關機業務員區層車號樓費電檔條規總體點東產質辦見長開問實動項設備從"
    "部工程服件款项元单位资料档案保存查阅登记人民共华北京海广东政府委责任义权利依据按照应须或及等内容情况日期时间序备注"
    "，。、；：？！“”‘’（）《》【】—…·　",
)
_SAMPLE_BYTES = 64 << 10
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Decoded:
    """`guessed` is true where neither a mark, a declaration nor strict UTF-8 settled the question."""

    text: str
    encoding: str
    guessed: bool


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """Any bytes at all become text; what cannot be decoded becomes U+FFFD."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(encoding, "replace"), encoding, False)
    wide = _wide(data[:_SAMPLE_BYTES])
    if wide is not None:
        return Decoded(data.decode(wide, "replace"), wide, True)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", False)
    except UnicodeDecodeError as error:
        # A long text cut in the middle of its last character is still UTF-8.
        if error.reason == "unexpected end of data" and error.start >= 30:
            return Decoded(data.decode("utf-8", "replace"), "utf-8", False)
    if _mostly_utf8(data[:_SAMPLE_BYTES]):
        return Decoded(data.decode("utf-8", "replace"), "utf-8", True)
    unmarked = _wide_chinese(data[:_SAMPLE_BYTES])
    if unmarked is not None:
        return Decoded(data.decode(unmarked, "replace"), unmarked, True)
    named = known(declared)
    if named is not None and named not in ("utf-8", "cp1252", "utf-16"):
        text = data.decode(named, "replace")
        if text.count("\ufffd") * 50 <= len(text):
            return Decoded(text, named, False)
    best = max(("utf-8", "gb18030", "big5hkscs", "cp1252"), key=lambda name: _likelihood(data[:_SAMPLE_BYTES], name))
    return Decoded(data.decode(best, "replace"), best, True)


def known(label: str | None) -> str | None:
    """The codec a label means, or None."""
    if not label:
        return None
    lowered = label.strip().lower()
    lowered = _ALIASES.get(lowered, lowered)
    try:
        b"a".decode(lowered, "replace")  # refuses codecs of another kind, such as base64
        return codecs.lookup(lowered).name
    except (LookupError, ValueError):
        return None


def declared_in(head: bytes) -> str | None:
    """What a page or file says about itself near its beginning (`charset=…`, `encoding="…"`)."""
    found = _DECLARED.search(head[: 64 << 10])
    return found.group(1).decode("ascii") if found else None


def looks_like_text(head: bytes, *, whole: bool) -> bool:
    """True when these first bytes of a file are characters of some encoding rather than a binary format."""
    if not head:
        return False
    if any(head.startswith(mark) for mark, _ in _BOMS):
        return True
    if _wide(head) is not None:
        return True
    body = head if whole or len(head) <= 8 else head[:-4]
    try:
        body.decode("utf-8")
        is_utf8 = True
    except UnicodeDecodeError as error:
        is_utf8 = not whole and error.start >= len(body) - 4
    if not is_utf8 and _wide_chinese(body) is not None:
        return True
    controls = len(_CONTROLS.findall(head))
    if b"\0" in head or controls > len(head) // 200:
        return False
    if is_utf8:
        return True
    best = max(_likelihood(body, name) for name in ("utf-8", "gb18030", "big5hkscs"))
    # Binary formats are full of control characters; a text in an old encoding we do not know has none.
    return best > 0.25 or not controls


_CONTROLS = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")


_WRITTEN = re.compile(r"[\t\r\n -~\u00a0-\u024f\u2000-\u30ff\u4e00-\u9fff\uff00-\uffee]")


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, told by where the zeros and the Chinese high bytes fall."""
    body = head[: len(head) // 4 * 4]
    if len(body) < 4 or b"\0" not in body:
        return None
    fourth = len(body) // 4
    zeros = [body[offset::4].count(0) for offset in range(4)]
    if fourth >= 2 and min(zeros[2], zeros[3]) == fourth and zeros[0] < fourth:
        return _plausible(body, "utf-32-le")
    if fourth >= 2 and min(zeros[0], zeros[1]) == fourth and zeros[3] < fourth:
        return _plausible(body, "utf-32-be")
    # A zero is half of a Latin character, but also of 一 (U+4E00), on the other side: so the likelier first.
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    orders = ("utf-16-le", "utf-16-be") if odd > even else ("utf-16-be", "utf-16-le")
    return next(filter(None, (_plausible(body, order) for order in orders)), None)


def _wide_chinese(sample: bytes) -> str | None:
    """UTF-16 without a mark in which there is no Latin character at all. Asked only of what is no UTF-8."""
    body = sample[: len(sample) // 2 * 2]
    for order in ("utf-16-le", "utf-16-be"):
        if len(body) >= 8 and _plausible(body, order):
            text = body.decode(order, "replace")
            if sum(char in _FREQUENT for char in text) >= 0.25 * len(text):
                return order
    return None


def _plausible(body: bytes, encoding: str) -> str | None:
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(body) - 4:
            return None
        text = body[: error.start].decode(encoding)
    good = len(_WRITTEN.findall(text))
    return encoding if text and good >= 0.95 * len(text) and "\0" not in text else None


def _mostly_utf8(sample: bytes) -> bool:
    """True when a few bad bytes stand among many well-formed sequences, which happen by chance nowhere else."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return 0 < broken * 20 <= len(_BEYOND_ASCII.findall(text)) - broken


_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


def _likelihood(sample: bytes, encoding: str) -> float:
    """0 … 2: how much the non-ASCII part of the sample looks like somebody wrote it in this encoding."""
    text = sample.decode(encoding, "replace")
    foreign = [char for char in text if char > "\x7f"]
    if not foreign:
        return 0.0
    if encoding == "cp1252":
        # The last resort: better than Chinese made of characters nobody uses, worse than any that reads.
        letters = sum(char.isalpha() for char in foreign)
        return 0.3 * letters / len(foreign)
    frequent = sum(char in _FREQUENT for char in foreign)
    common = sum(char in _LEVEL_ONE[encoding] for char in foreign)
    broken = foreign.count("\ufffd")
    return (frequent + 0.6 * common - 3 * broken) / len(foreign)


def _level_one(encoding: str, leads: range, trails: tuple[range, ...]) -> frozenset[str]:
    """The characters a standard's own authors put into its 'commonly used' rows."""
    table = (bytes((lead, trail)) for lead in leads for row in trails for trail in row)
    return frozenset("".join(pair.decode(encoding, "ignore") for pair in table))


_GB_LEVEL_ONE = _level_one("gb2312", range(0xB0, 0xD8), (range(0xA1, 0xFF),))
_BIG5_LEVEL_ONE = _level_one("big5", range(0xA4, 0xC7), (range(0x40, 0x7F), range(0xA1, 0xFF)))
COMMON = _GB_LEVEL_ONE | _BIG5_LEVEL_ONE
"""Characters in common use, simplified and traditional."""

_LEVEL_ONE = {
    "utf-8": COMMON,
    "gb18030": _GB_LEVEL_ONE,
    "big5hkscs": _BIG5_LEVEL_ONE,
}
