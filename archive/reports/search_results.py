"""检索结果清单: what a search finds, as a list to work with; descriptions only, within what its reader may find."""

from collections.abc import Mapping

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import records, search, selections
from archive.app import Archive
from archive.errors import Invalid
from archive.loan_sheets import LEVELS
from archive.model import Record
from archive.printing import Cell, Column, Printout, Table
from archive.reports import Asked, Say
from archive.search import SORTS, Question

TITLE = {"zh": "检索结果清单", "en": "Search results"}
GROUP = "use"
DUTY = Action.SAVE_SEARCHES
ASKED = (
    Asked("q", "检索式", "Question"),
    Asked("class", "类目代码", "Class codes"),
    Asked("level", "密级", "Levels"),
    Asked("site", "项目代码", "Site codes"),
    Asked("department", "部门代码", "Department codes"),
    Asked("format", "文件类型", "Kinds of file"),
    Asked("carrier", "载体", "Carriers"),
    Asked("year", "年度", "Years"),
    Asked("sort", "排序", "Order"),
    Asked("selection", "选定的档案", "Selection", "selection"),
)

ROWS_MAX = 5000
"""More is no list to work with; who needs more narrows the question."""


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    if asked["selection"]:
        found = selections.records_of(archive, actor, asked["selection"], Action.FIND)
        total = len(found)
    else:
        total, found = search.listed(archive, actor, _question(asked), most=ROWS_MAX)
    readable = rules.scope(actor, Action.READ)
    vocabulary = records.vocabulary(archive, actor)
    classes = {one.code: say(one.name_zh, one.name_en) for one in vocabulary.classes}
    places = {one.code: say(one.name, one.name_en or one.name) for one in (*vocabulary.sites, *vocabulary.departments)}

    def row(number: int, record: Record) -> tuple[Cell, ...]:
        return (
            number,
            record.archival_code,
            record.title,
            record.doc_number,
            record.document_date,
            " ".join(filter(None, (record.class_code, classes.get(record.class_code, "")))),
            say(*LEVELS[record.level]),
            places.get(record.site, record.site),
            places.get(record.department, record.department),
            say("；", "; ").join(record.parties),
            record.shelf_location,
            say("可阅", "yes") if readable.admits(record) else say("须借阅", "on loan only"),
            record.id,
        )

    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("档号", "Reference code"), 1.8),
        Column(say("题名", "Title"), 3.4),
        Column(say("文号", "Document number"), 1.5),
        Column(say("日期", "Date"), 0.9),
        Column(say("类目", "Class"), 1.6),
        Column(say("密级", "Level"), 0.8),
        Column(say("项目", "Site"), 0.9),
        Column(say("部门", "Department"), 0.9),
        Column(say("当事人", "Parties"), 1.8),
        Column(say("存放位置", "Shelf address"), 1.6),
        Column(say("阅览", "May be read"), 0.7),
        Column(say("标识", "Id"), 1.4),
    )
    rows = tuple(row(number, record) for number, record in enumerate(found, 1))
    shown = "  ".join(
        f"{say(one.zh, one.en)}: {asked[one.name]}" for one in ASKED if one.name != "selection" and asked[one.name]
    )
    about = [shown] if shown else []
    if total > len(rows):
        cut = say(f"共 {total} 件，仅列前 {len(rows)} 件", f"{total} in all; the first {len(rows)} are listed")
        about.append(cut)
        # In the list as well: as CSV it has nothing but rows.
        rows = (*rows, (None, "", cut, *("",) * (len(columns) - 3)))
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows),), tuple(about), landscape=True)


def _question(asked: Mapping[str, str]) -> Question:
    """Values beside each other, separated by commas, as in the address of a search."""
    given = {name: tuple(one for one in value.split(",") if one) for name, value in asked.items()}
    years = sorted(int(year) for year in given["year"] if year.isdecimal() and len(year) == 4)
    sort = asked["sort"] or ("relevance" if asked["q"].strip() else "arrival")
    if sort not in SORTS:
        raise Invalid(f"The order is one of: {', '.join(SORTS)}.", "bad-parameter")
    return Question(
        text=asked["q"],
        classes=given["class"],
        levels=tuple(int(level) for level in given["level"] if level in ("0", "1", "2", "3")),
        sites=given["site"],
        departments=given["department"],
        formats=given["format"],
        carriers=given["carrier"],
        year_from=years[0] if years else None,
        year_to=years[-1] if years else None,
        sort=sort,
    )
