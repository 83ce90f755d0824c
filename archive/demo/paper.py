"""One document as plain blocks, and as the bytes of each file format; the same blocks give the same bytes."""
# python-docx, openpyxl and reportlab have no complete type information:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingModuleSource=false

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from indexer import fonts

# Excel's and Word's containers carry the moment of saving; one fixed moment makes them comparable.
_SAVED_AT = datetime(2026, 1, 1)


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Table:
    """Rows of equal length; the first names the columns."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Table | PageBreak


@dataclass(frozen=True)
class Paper:
    """What stands on a document, whatever file format carries it."""

    title: str
    number: str | None
    issuer: str
    day: date
    blocks: tuple[Block, ...]

    def lines(self) -> Iterator[str]:
        """Every line of text from the title to the date, cells of a row joined by a tab."""
        yield self.title
        if self.number:
            yield f"编号：{self.number}"
        for block in self.blocks:
            match block:
                case Heading(text) | Paragraph(text):
                    yield text
                case Table(rows):
                    yield from ("\t".join(row) for row in rows)
                case PageBreak():
                    pass
        yield self.issuer
        yield chinese_date(self.day)


def chinese_date(day: date) -> str:
    """2026年3月1日: no leading zeros, as people write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def render(paper: Paper, format: str) -> bytes:
    """The file content in one of the FORMATS."""
    return FORMATS[format](paper)


def suffix(format: str) -> str:
    """What the file name ends with, dot included."""
    return ".txt" if format == "gb18030" else f".{format}"


def _utf8(paper: Paper) -> bytes:
    return ("\n".join(paper.lines()) + "\n").encode("utf-8")


def _gb18030(paper: Paper) -> bytes:
    return ("\r\n".join(paper.lines()) + "\r\n").encode("gb18030")


def _markdown(paper: Paper) -> bytes:
    parts = [f"# {paper.title}"] + ([f"编号：{paper.number}"] if paper.number else [])
    for block in paper.blocks:
        match block:
            case Heading(text):
                parts.append(f"## {text}")
            case Paragraph(text):
                parts.append(text)
            case Table(rows):
                head, *body = ("| " + " | ".join(row) + " |" for row in rows)
                parts.append("\n".join((head, "|" + " --- |" * len(rows[0]), *body)))
            case PageBreak():
                parts.append("---")
    parts.append(f"{paper.issuer}  \n{chinese_date(paper.day)}")
    return ("\n\n".join(parts) + "\n").encode("utf-8")


def _html(paper: Paper) -> bytes:
    title = html.escape(paper.title)
    number = f"<p>编号：{html.escape(paper.number)}</p>\n" if paper.number else ""
    parts: list[str] = []
    for block in paper.blocks:
        match block:
            case Heading(text):
                parts.append(f"<h2>{html.escape(text)}</h2>")
            case Paragraph(text):
                parts.append(f"<p>{html.escape(text)}</p>")
            case Table(rows):
                cells = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows)
                parts.append("<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in cells) + "\n</table>")
            case PageBreak():
                parts.append("<hr>")
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body>\n<h1>{title}</h1>\n{number}{body}\n"
        f"<footer>{html.escape(paper.issuer)} {chinese_date(paper.day)}</footer>\n</body>\n</html>\n"
    ).encode()


def _docx(paper: Paper) -> bytes:
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = paper.title, paper.issuer, ""
    properties.created = properties.modified = datetime.combine(paper.day, datetime.min.time())
    document.sections[0].header.paragraphs[0].text = f"{paper.issuer}　{paper.number or ''}".strip()
    document.add_heading(paper.title, 0)
    if paper.number:
        document.add_paragraph(f"编号：{paper.number}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for block in paper.blocks:
        match block:
            case Heading(text):
                document.add_heading(text, 1)
            case Paragraph(text):
                document.add_paragraph(text)
            case Table(rows):
                table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
                # Asking a table for its cells one by one walks it anew each time.
                for cell, text in zip(table._cells, (text for row in rows for text in row), strict=True):  # pyright: ignore[reportPrivateUsage]
                    cell.text = text
            case PageBreak():
                document.add_page_break()
    for text in (paper.issuer, chinese_date(paper.day)):
        document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    file = io.BytesIO()
    document.save(file)
    return _pinned(file.getvalue())


def _xlsx(paper: Paper) -> bytes:
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    book.properties.title, book.properties.creator = paper.title, paper.issuer
    book.properties.created = datetime.combine(paper.day, datetime.min.time())
    sheet = book.active
    assert sheet is not None
    sheet.append([paper.title])
    sheet["A1"].font = Font(bold=True, size=14)
    if paper.number:
        sheet.append([f"编号：{paper.number}"])
    for block in paper.blocks:
        match block:
            case Heading(text) | Paragraph(text):
                sheet.append([text])
            case Table(rows):
                for row in rows:
                    sheet.append([_cell(text) for text in row])
            case PageBreak():
                sheet = book.create_sheet()
    sheet.append([paper.issuer, chinese_date(paper.day)])
    file = io.BytesIO()
    book.save(file)
    return _pinned(file.getvalue())


def _cell(text: str) -> str | int | float:
    """A number where the text is one, so that the spreadsheet can add it up."""
    plain = text.replace(",", "")
    if re.fullmatch(r"\d{1,9}", plain) and (plain == "0" or plain[0] != "0"):
        return int(plain)
    return float(plain) if re.fullmatch(r"\d{1,9}\.\d+", plain) else text


def _pinned(container: bytes) -> bytes:
    """The same zip container without traces of when it was written."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(container)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            data = source.read(member)
            if member.filename == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>%sZ" % _SAVED_AT.isoformat().encode(), data)
            info = zipfile.ZipInfo(member.filename, _SAVED_AT.timetuple()[:6])
            target.writestr(info, data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _pdf(paper: Paper) -> bytes:
    from reportlab.lib import colors
    from reportlab.lib.enums import TA_CENTER, TA_RIGHT
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer
    from reportlab.platypus import PageBreak as NewPage
    from reportlab.platypus import Paragraph as Text
    from reportlab.platypus import Table as Grid

    font = _pdf_font()
    plain = ParagraphStyle("plain", fontName=font, fontSize=11, leading=20, wordWrap="CJK", firstLineIndent=22)
    title = ParagraphStyle("title", plain, fontSize=18, leading=30, alignment=TA_CENTER, firstLineIndent=0)
    heading = ParagraphStyle("heading", plain, fontSize=13, leading=26, firstLineIndent=0)
    cell = ParagraphStyle("cell", plain, fontSize=9, leading=13, firstLineIndent=0)
    right = ParagraphStyle("right", plain, alignment=TA_RIGHT)

    def text(words: str, style: ParagraphStyle) -> Flowable:
        return Text(html.escape(words), style)

    width, _ = A4
    frame = width - 144
    story: list[Flowable] = [text(paper.title, title), Spacer(1, 10)]
    if paper.number:
        story.append(text(f"编号：{paper.number}", right))
    for block in paper.blocks:
        match block:
            case Heading(words):
                story.append(text(words, heading))
            case Paragraph(words):
                story.append(text(words, plain))
            case Table(rows):
                cells = [[text(words, cell) for words in row] for row in rows]
                lines = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
                story.append(Grid(cells, [frame / len(rows[0])] * len(rows[0]), style=lines, repeatRows=1))
            case PageBreak():
                story.append(NewPage())
    story += [Spacer(1, 20), text(paper.issuer, right), text(chinese_date(paper.day), right)]

    def page_furniture(canvas: Canvas, _: SimpleDocTemplate) -> None:
        canvas.setFont(font, 8)
        canvas.drawString(72, 40, paper.issuer)
        canvas.drawRightString(width - 72, 40, f"第{canvas.getPageNumber()}页")

    file = io.BytesIO()
    document = SimpleDocTemplate(
        file, pagesize=A4, leftMargin=72, rightMargin=72, title=paper.title, author=paper.issuer, invariant=1
    )
    document.build(story, onFirstPage=page_furniture, onLaterPages=page_furniture)
    return file.getvalue()


@cache
def _pdf_font() -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    name = "MunimentSans"
    pdfmetrics.registerFont(TTFont(name, str(fonts.REGULAR)))
    return name


FORMATS: dict[str, Callable[[Paper], bytes]] = {
    "docx": _docx,
    "pdf": _pdf,
    "xlsx": _xlsx,
    "txt": _utf8,
    "gb18030": _gb18030,
    "md": _markdown,
    "html": _html,
}
