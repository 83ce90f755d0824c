"""归档文件目录: what is in the archive of a site, year by year, in the order of its reference codes (DA/T 22)."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import registers
from archive.app import Archive
from archive.loan_sheets import LEVELS
from archive.printing import Column, Printout, Signatures, Table
from archive.reports import Asked, Say

TITLE = {"zh": "归档文件目录", "en": "Catalogue of the archive"}
GROUP = "arrange"
DUTY = Action.SEE_ARCHIVE
ASKED = (Asked("site", "项目", "Site", "site"), Asked("year", "年度", "Year", "year"))


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    lines = registers.catalogue(archive, actor, site=asked["site"], year=asked["year"])
    rows = tuple(
        (
            number,
            line.record.archival_code,
            line.record.doc_number,
            line.record.issuer,
            line.record.title,
            f"{line.record.document_date:%Y%m%d}" if line.record.document_date else "",
            say(*LEVELS[line.record.level]),
            line.pages,
            say(f"延长至 {line.extended_until:%Y-%m-%d}", f"extended until {line.extended_until:%Y-%m-%d}")
            if line.extended_until
            else "",
        )
        for number, line in enumerate(lines, 1)
    )
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("档号", "Reference code"), 2.4),
        Column(say("文号", "Document no."), 1.6),
        Column(say("责任者", "Issued by"), 1.6),
        Column(say("题名", "Title"), 4),
        Column(say("日期", "Date"), 0.9),
        Column(say("密级", "Level"), 0.9),
        Column(say("页数", "Pages"), 0.6, number=True),
        Column(say("备注", "Remarks"), 1.2),
    )
    about = tuple(
        filter(
            None,
            (
                say(f"全宗号 {asked['site']}", f"Site {asked['site']}") if asked["site"] else "",
                say(f"年度 {asked['year']}", f"Year {asked['year']}") if asked["year"] else "",
            ),
        )
    )
    signatures = Signatures((say("整理人", "Arranged by"), say("检查人", "Checked by")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows), signatures), about=about, landscape=True)
