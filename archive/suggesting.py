"""What a machine can read off a document to save typing: shown as suggestions, confirmed by a person.

Each suggestion names the page and the words it was read from. Nothing here changes a record.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from archive import facts, learning, naming
from archive.learning import Lessons
from archive.model import RecordClass, Suggestion
from indexer.text import Text

HEAD = 3000
"""Characters at the beginning of a text in which a title or a number is looked for."""
QUOTE = 60
LEARNED_MIN = 0.1
"""What is less likely than this is not worth a suggestion."""
CLASS_ENTERED_MIN = 0.8
"""A class less likely than this is offered and not entered for a person, who would take it for what somebody knew.

Of 321 papers of the demo company that were not learned from 306 reach it, and 2 of those are wrong; of the 15 others
11 are. What the file plan alone says never reaches it (tests/bench/bench_suggesting.py): its shares are no likelihoods.
"""

_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[年.\-/]\s*(1[0-2]|0?[1-9])\s*[月.\-/]\s*(3[01]|[12]\d|0?[1-9])\s*日?(?!\d)"
)
_SIGNED = re.compile(r"(签订|签署|签约|落款|日期|时间|编制|发布|印发)[^\n]{0,12}$")
_NUMBER = re.compile(
    r"(?:(?:合同|文件|协议|发文|档案|记录|表单)?编号|文号|No\.?)\s*:\s*([A-Za-z0-9\u4e00-\u9fff〔〕\[\]()·\-_/.]{3,40})"
    r"|([\u4e00-\u9fff]{1,8}[〔\[(](?:19|20)\d\d[〕\])]第?\d{1,5}号)"
)
_PARTY = re.compile(r"(甲|乙|丙)\s*方(?:\([^)\n]{0,12}\))?\s*:\s*((?:(?!\s+[甲乙丙]\s*方)[^\n,;。]){2,40})")
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")
_TITLE_STOP = re.compile(r"^(第?\s*\d+\s*页|page \d+|目\s*录|编号|日期|甲方|乙方)", re.IGNORECASE)


def suggest(
    text: Text, file_name: str, classes: Sequence[RecordClass], lessons: Lessons | None = None
) -> Sequence[Suggestion]:
    """What could be filled in, best first within each field. `lessons` is what was learned from filed records."""
    pages = normalised(text.pages)
    head = pages[0][:HEAD] if pages else ""
    found: list[Suggestion] = []
    found += _titles(text, head, file_name)
    found += _numbers(head)
    found += _parties(head)
    found += _dates(pages)
    found += _classes(head, file_name, classes, lessons)
    found += (
        Suggestion(fact.field, fact.value, min(fact.confidence, 1.0), fact.page, fact.start, fact.end)
        for fact in facts.read(pages)
    )
    return found


def normalised(pages: Sequence[str]) -> Sequence[str]:
    """The pages in the form in which places are counted."""
    return [unicodedata.normalize("NFKC", page) for page in pages]


def quoted(suggestions: Sequence[Suggestion], pages: Sequence[str]) -> Sequence[Suggestion]:
    """Each with the words it was read from. Only the sealed text has them; the catalogue knows where they stand."""
    pages = normalised(pages)
    return [
        replace(one, quote=pages[one.page - 1][one.start : one.end][:QUOTE].replace("\n", " ").strip())
        if 0 < one.page <= len(pages)
        else one
        for one in suggestions
    ]


def _titles(text: Text, head: str, file_name: str) -> Iterator[Suggestion]:
    first, at = "", 0
    for raw in head.split("\n")[:12]:
        if "\t" in raw.strip():
            # Several cells in a row are a table. The heads of a sheet's columns are no title, nor is what follows them.
            if text.page_names:
                break
        elif _is_title(_line(raw)):
            first = _line(raw)
            yield Suggestion("title", first, 0.7, 1, at, at + len(raw))
            break
        at += len(raw) + 1
    stated = _line(text.metadata.get("title", ""))
    if stated and stated != first and _is_title(stated):
        yield Suggestion("title", stated, 0.5, 0)
    named = naming.title_from(file_name)
    if named not in (first, stated):
        yield Suggestion("title", named, 0.4, 0)


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
        yield Suggestion("doc_number", match[1] or match[2], 0.8, 1, match.start(), match.end())


def _parties(head: str) -> Iterator[Suggestion]:
    seen: set[str] = set()
    for match in _PARTY.finditer(head):
        name = match[2].strip(" _(")
        if len(name) >= 2 and name not in seen and len(seen) < 4:
            seen.add(name)
            yield Suggestion("parties", name, 0.8, 1, match.start(), match.end())


def _dates(pages: Sequence[str]) -> Iterator[Suggestion]:
    """The date a document gives itself: one that is called so, else the last on its last page, else the first."""
    candidates: list[tuple[float, str, int, int, int]] = []
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
            candidates.append((weight, value, number, max(0, match.start() - 8), match.end()))
    best: dict[str, tuple[float, str, int, int, int]] = {}
    for candidate in candidates:
        if candidate[1] not in best or candidate[0] > best[candidate[1]][0]:
            best[candidate[1]] = candidate
    for weight, value, number, start, end in sorted(best.values(), key=lambda c: -c[0])[:2]:
        yield Suggestion("document_date", value, weight, number, start, end)


def _classes(
    head: str, file_name: str, classes: Sequence[RecordClass], lessons: Lessons | None
) -> Iterator[Suggestion]:
    """What controllers made of papers like this one; before anything was learned, what the file plan says."""
    known = {record_class.code for record_class in classes}
    stated = list(_stated(head, file_name, classes))
    learned = [(code, sure) for code, sure in (lessons.guess(learning.sample(file_name, head)) if lessons else ())]
    learned = [(code, sure) for code, sure in learned if code in known and sure >= LEARNED_MIN][:3]
    seen: set[str] = set()
    for code, sure in learned:
        seen.add(code)
        place = next(((one.page, one.start, one.end) for one in stated if one.value == code), (0, 0, 0))
        yield Suggestion("class_code", code, round(min(sure, 0.99), 2), *place)
    best = learned[0][1] if learned else 0.0
    for one in stated:
        if one.value not in seen and len(seen) < 3:
            seen.add(one.value)
            yield replace(one, confidence=round(one.confidence * (1 - best), 2))


def _stated(head: str, file_name: str, classes: Sequence[RecordClass]) -> Iterator[Suggestion]:
    """Classes whose name and required documents share the most words with the title and the beginning."""
    top = head[:200]
    titled = f"{naming.title_from(file_name)}\n{top}"
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
        at = top.find(quote)
        place = (1, at, at + len(quote)) if at >= 0 else (0, 0, 0)
        yield Suggestion("class_code", record_class.code, round(min(0.9, score / total), 2), *place)


def _grams(name: str) -> Iterator[str]:
    for run in _WORD.findall(name):
        for start in range(len(run) - 1):
            yield run[start : start + 2]
