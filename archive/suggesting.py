"""What a machine can read off a document to save typing: shown as suggestions, confirmed by a person.

Each suggestion names the page and the words it was read from. Nothing here changes a record.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from archive import naming
from archive.model import RecordClass, Suggestion
from indexer.text import Text

HEAD = 3000
"""Characters at the beginning of a text in which a title or a number is looked for."""
QUOTE = 60

_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[年.\-/]\s*(1[0-2]|0?[1-9])\s*[月.\-/]\s*(3[01]|[12]\d|0?[1-9])\s*日?(?!\d)"
)
_SIGNED = re.compile(r"(签订|签署|签约|落款|日期|时间|编制|发布|印发)[^\n]{0,12}$")
_NUMBER = re.compile(
    r"(?:(?:合同|文件|协议|发文|档案|记录|表单)?编号|文号|No\.?)\s*:\s*([A-Za-z0-9\u4e00-\u9fff〔〕\[\]()·\-_/.]{3,40})"
    r"|([\u4e00-\u9fff]{1,8}[〔\[(](?:19|20)\d\d[〕\])]第?\d{1,5}号)"
)
_PARTY = re.compile(r"(甲|乙|丙)\s*方(?:\([^)\n]{0,12}\))?\s*:\s*([^\n,;。]{2,40})")
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")
_TITLE_STOP = re.compile(r"^(第?\s*\d+\s*页|page \d+|目\s*录|编号|日期|甲方|乙方)", re.IGNORECASE)


def suggest(text: Text, file_name: str, classes: Sequence[RecordClass]) -> Sequence[Suggestion]:
    """What could be filled in, best first within each field."""
    pages = [unicodedata.normalize("NFKC", page) for page in text.pages]
    head = pages[0][:HEAD] if pages else ""
    found: list[Suggestion] = []
    found += _titles(text, head, file_name)
    found += _numbers(head)
    found += _parties(head)
    found += _dates(pages)
    found += _classes(head, file_name, classes)
    return found


def _titles(text: Text, head: str, file_name: str) -> Iterator[Suggestion]:
    first = next((line for line in map(_line, head.split("\n")[:12]) if _is_title(line)), "")
    if first:
        yield Suggestion("title", first, 0.7, 1, first[:QUOTE])
    stated = _line(text.metadata.get("title", ""))
    if stated and stated != first and _is_title(stated):
        yield Suggestion("title", stated, 0.5, 0, "")
    named = naming.title_from(file_name)
    if named not in (first, stated):
        yield Suggestion("title", named, 0.4, 0, "")


def _line(line: str) -> str:
    line = " ".join(line.strip("#*= \t").split())
    # Letter-spaced headings: 合 同 → 合同.
    return line.replace(" ", "") if re.fullmatch(r"(?:[\u4e00-\u9fff] )+[\u4e00-\u9fff]", line) else line


def _is_title(line: str) -> bool:
    return (
        4 <= len(line) <= 60 and not _TITLE_STOP.match(line) and len(_WORD.findall(line)) > 0 and line[-1] not in "。;,"
    )


def _numbers(head: str) -> Iterator[Suggestion]:
    for match in list(_NUMBER.finditer(head))[:2]:
        yield Suggestion("doc_number", match[1] or match[2], 0.8, 1, match[0][:QUOTE])


def _parties(head: str) -> Iterator[Suggestion]:
    seen: set[str] = set()
    for match in _PARTY.finditer(head):
        name = match[2].strip(" _(")
        if len(name) >= 2 and name not in seen and len(seen) < 4:
            seen.add(name)
            yield Suggestion("parties", name, 0.8, 1, match[0][:QUOTE])


def _dates(pages: Sequence[str]) -> Iterator[Suggestion]:
    """The date a document gives itself: one that is called so, else the last on its last page, else the first."""
    candidates: list[tuple[float, str, int, str]] = []
    looked_at = [(number, page) for number, page in enumerate(pages, 1) if number in (1, len(pages))]
    for number, page in looked_at:
        for match in _DATE.finditer(page):
            try:
                value = date(int(match[1]), int(match[2]), int(match[3])).isoformat()
            except ValueError:
                continue
            before = page[max(0, match.start() - 16) : match.start()]
            alone = page[match.end() : match.end() + 1] in ("", "\n")
            weight = 0.8 if _SIGNED.search(before) else 0.6 if alone else 0.3
            candidates.append((weight, value, number, (before[-8:] + match[0]).replace("\n", " ")))
    best: dict[str, tuple[float, str, int, str]] = {}
    for candidate in candidates:
        if candidate[0] > best.get(candidate[1], (0.0, "", 0, ""))[0]:
            best[candidate[1]] = candidate
    for weight, value, number, quote in sorted(best.values(), key=lambda c: -c[0])[:2]:
        yield Suggestion("document_date", value, weight, number, quote[:QUOTE])


def _classes(head: str, file_name: str, classes: Sequence[RecordClass]) -> Iterator[Suggestion]:
    """Classes whose name and required documents share the most words with the title and the beginning."""
    titled = f"{naming.title_from(file_name)}\n{head[:200]}"
    scored: list[tuple[float, RecordClass, str]] = []
    for record_class in classes:
        score, quote = 0.0, ""
        for document in record_class.required_documents:
            document = unicodedata.normalize("NFKC", document).rpartition(":")[2]
            document = re.sub(r"[《》]|\[.*?\]|\(.*?\)", "", document)
            if len(document) >= 2 and document in titled:
                score, quote = max((score, quote), (len(document) * 1.0, document))
        for word in _grams(record_class.name_zh):
            if word in titled:
                score += 0.8
                quote = quote or word
        if score:
            scored.append((score, record_class, quote))
    scored.sort(key=lambda one: -one[0])
    total = sum(score for score, _, _ in scored[:5]) or 1.0
    for score, record_class, quote in scored[:3]:
        yield Suggestion("class_code", record_class.code, round(min(0.9, score / total), 2), 1, quote[:QUOTE])


def _grams(name: str) -> Iterator[str]:
    for run in _WORD.findall(name):
        for start in range(len(run) - 1):
            yield run[start : start + 2]
