"""The handbook of docs/ inside the product: chapters as HTML, found by their words, and the one that explains a page.

It understands what the handbook uses of Markdown and no more: headings, paragraphs, lists, tables, code, emphasis.
Everything is escaped first, so that nothing written there can become more than text.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

DOCS = Path(__file__).parent.parent / "docs"

EXPLAINS: Mapping[str, tuple[str, str]] = {
    "accession": ("入库与档号", "Filing"),
    "account": ("一、登录", "Rights"),
    "alerts": ("九、审计日志与锚定", "The ledger"),
    "backups": ("十、备份与恢复", "Backup and restore"),
    "classes": ("分类方案", "Filing"),
    "climate": ("十一、库房与库位", "Store-rooms"),
    "contracts": ("合同", "Contracts"),
    "declassifications": ("降密", "Rights"),
    "disposals": ("期满鉴定、冻结与销毁", "Filing"),
    "documents": ("受控文件与法规清单", "Controlled documents and laws"),
    "dossiers": ("卷宗", "Dossiers"),
    "drills": ("一分钟检索演练", "Retrieval drills"),
    "earlier": ("版本", "Versions"),
    "errands": ("十三、启用与日常维护", "Evidence"),
    "evidence": ("十三、启用与日常维护", "Evidence"),
    "faults": ("待办、日历与缺陷", "Tasks, calendar and faults"),
    "filing": ("四、待归档队列", "Filing"),
    "forms": ("表单", "Forms"),
    "grants": ("一段时间的授权", "Rights"),
    "handovers": ("八、交接", "Handing over"),
    "intake": ("三、投递文件", "Handing in"),
    "laws": ("受控文件与法规清单", "Controlled documents and laws"),
    "ledger": ("九、审计日志与锚定", "The ledger"),
    "loans": ("七、借阅", "Borrowing"),
    "matrix": ("借什么、谁批准", "Borrowing"),
    "measures": ("评审与措施", "Reviews and measures"),
    "notices": ("我的通知", "Notices"),
    "people": ("账号与授权", "Rights"),
    "policy": ("六、权限与密级", "Rights"),
    "properties": ("四性检测", "Four-property test"),
    "records": ("二、检索", "Searching"),
    "repairs": ("十一、库房与库位", "Store-rooms"),
    "reports": ("报表打印", "Printouts"),
    "rooms": ("十一、库房与库位", "Store-rooms"),
    "search": ("二、检索", "Searching"),
    "selections": ("成批处理", "Many at once"),
    "setup": ("十三、启用与日常维护", "Setting up"),
    "sheets": ("业务表", "House sheets"),
    "status": ("十三、启用与日常维护", "Running"),
    "stocktakes": ("十一、库房与库位", "Store-rooms"),
    "tasks": ("待办、日历与缺陷", "Tasks, calendar and faults"),
    "verify": ("十二、校验", "Verifying"),
}
"""Area of pages → how the heading that explains it begins, in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """`sections` are its smaller headings with their anchors."""

    number: int
    title: str
    html: Markup
    text: str
    sections: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A chapter that has all the words, with the line in which the first of them stands."""

    chapter: Chapter
    line: str


@cache
def chapters(language: str) -> Sequence[Chapter]:
    """The chapters of the handbook in this language; none where it was not installed."""
    file = DOCS / f"handbook.{language}.md"
    if not file.exists():
        return ()
    parts = re.split(r"^## ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return [_chapter(number, part) for number, part in enumerate(parts, 1)]


def find(language: str, words: str) -> Sequence[Hit]:
    """Chapters in which every one of these words stands, whatever its case."""
    wanted = words.casefold().split()
    found = [one for one in chapters(language) if wanted and all(word in one.text.casefold() for word in wanted)]
    return [Hit(one, next(line for line in one.text.splitlines() if wanted[0] in line.casefold())) for one in found]


def of_area(language: str, area: str) -> tuple[int, str] | None:
    """Number of the chapter and anchor that explain an area of pages; None for an area without one."""
    begins = EXPLAINS.get(area, ("", ""))[language == "en"]
    for chapter in chapters(language):
        if begins and chapter.title.startswith(begins):
            return chapter.number, ""
        for title, anchor in chapter.sections:
            if begins and title.startswith(begins):
                return chapter.number, anchor
    return None


@cache
def glossary() -> Sequence[Mapping[str, str]]:
    """Terms of the field with what they mean."""
    file = DOCS / "glossary.csv"
    if not file.exists():
        return ()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the field as a reader of one language is told it; `other` is what the other language calls it."""

    number: int
    name: str
    other: str
    other_language: str
    meaning: str


@cache
def words(language: str) -> Mapping[str, Word]:
    """The Chinese word as the glossary has it → what is said of it in this language."""
    found: dict[str, Word] = {}
    for number, row in enumerate(glossary(), 1):
        zh, en = row["zh"], row["en"]
        found[zh] = (
            Word(number, zh, en, "en", row["meaning"])
            if language == "zh"
            else Word(number, en, zh, "zh-CN", row["definition"])
        )
    return found


def find_words(language: str, said: str) -> Sequence[Word]:
    """Those in whose names or meaning all of this stands; every word when nothing is said."""
    wanted = said.casefold().split()
    return [
        word
        for word in words(language).values()
        if all(part in f"{word.name} {word.other} {word.meaning}".casefold() for part in wanted)
    ]


def _chapter(number: int, part: str) -> Chapter:
    title, _, body = part.partition("\n")
    sections = [(heading, f"s{at}") for at, heading in enumerate(re.findall(r"^### (.+)$", body, re.MULTILINE), 1)]
    anchors = dict(sections)
    html = Markup("\n").join(_blocks(body, anchors))
    return Chapter(number, title.strip(), html, f"{title}\n{body}", sections)


def _blocks(body: str, anchors: Mapping[str, str]) -> Iterator[Markup]:
    for code, block in _cut(body):
        lines = block.splitlines()
        if code:
            yield Markup("<pre><code>{}</code></pre>").format("\n".join(lines[1:-1]))
        elif lines[0].startswith("### "):
            heading = lines[0][4:]
            yield Markup('<h2 id="{}">{}</h2>').format(anchors[heading], _inline(heading))
            if len(lines) > 1:
                yield from _blocks("\n".join(lines[1:]), anchors)
        elif lines[0].startswith("|"):
            yield _table(lines)
        elif re.match(r"(- |\d+\. )", lines[0]):
            yield _list(lines)
        else:
            yield Markup("<p>{}</p>").format(_inline(_joined(lines)))


def _cut(body: str) -> Iterator[tuple[bool, str]]:
    """Blocks between empty lines; a fenced piece of code is one block, whatever stands in it."""
    for part in re.split(r"(^```.*?^```$)", body, flags=re.MULTILINE | re.DOTALL):
        if part.startswith("```"):
            yield True, part
            continue
        for block in re.split(r"\n\s*\n", part):
            # A list or table may follow its sentence without an empty line.
            yield from ((False, piece) for piece in _pieces(block.strip("\n")) if piece.strip())


def _pieces(block: str) -> Iterator[str]:
    kept: list[str] = []
    kind = ""
    for line in block.splitlines():
        now = "list" if re.match(r"(- |\d+\. )", line) else "table" if line.startswith("|") else "text"
        if kind == "list" and line.startswith(" "):
            now = "list"
        if kept and now != kind:
            yield "\n".join(kept)
            kept = []
        kept.append(line)
        kind = now
    yield "\n".join(kept)


def _joined(lines: Sequence[str]) -> str:
    """One line of several. Chinese has no space where a line was broken."""
    return re.sub(r"(?<=[、-】“”！-～])\n|(?<=[㐀-鿿])\n(?=[、-】㐀-鿿“”！-～])", "", "\n".join(lines)).replace(
        "\n", " "
    )


def _list(lines: Sequence[str]) -> Markup:
    """Numbers stay as they are written."""
    items: list[str] = []
    for line in lines:
        if re.match(r"(- |\d+\. )", line):
            items.append(line.removeprefix("- "))
        else:
            items[-1] = _joined([items[-1], line.strip().removeprefix("- ")])
    inside = Markup("").join(Markup("<li>{}</li>").format(_inline(item)) for item in items)
    return Markup('<ul class="files">{}</ul>').format(inside)


def _table(lines: Sequence[str]) -> Markup:
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in lines]
    head = Markup("").join(Markup("<th>{}</th>").format(_inline(cell)) for cell in rows[0])
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(_inline(cell)) for cell in row))
        for row in rows[2:]
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)


_MARKS = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^)]+)\)")


def _inline(text: str) -> Markup:
    out, at = Markup(""), 0
    text = text.replace("\\|", "|")
    for found in _MARKS.finditer(text):
        out += escape(text[at : found.start()])
        code, strong, emphasis, label, _ = found.groups()
        if code is not None:
            out += Markup("<code>{}</code>").format(code)
        elif strong is not None:
            out += Markup("<b>{}</b>").format(_inline(strong))
        elif emphasis is not None:
            out += Markup("<em>{}</em>").format(_inline(emphasis))
        else:
            # Where the links of the files lead is not in the product: their words stay.
            out += _inline(label)
        at = found.end()
    return out + escape(text[at:])
