"""The contracts by which the demo company serves its two projects: their papers, on the templates of all papers, and
their way into the register."""

import random
from dataclasses import dataclass
from datetime import date

from archive import contracts, people
from archive.app import Archive
from archive.demo import company, paper
from archive.demo.templates import Client, Pen, fill, fill_body, templates
from archive.intake import Claims
from archive.model.contracts import Contract

DRAFTER, REVIEWER = "shenyanqiu", "zongwenbin"
PROVED = ("parties", "authority", "clauses", "seals", "annexes", "review")


@dataclass(frozen=True)
class Term:
    """One contract of a project: what it is written on, with whom, when signed, and from when until when."""

    template: str
    site: str
    number: str
    party: str
    signed_on: str
    begins_on: str
    ends_on: str
    shelf: str
    title: str = ""
    """Empty: as its template calls it."""


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """A signed contract, as a PDF."""

    name: str
    paper: paper.Paper
    claims: Claims

    def content(self) -> bytes:
        return paper.render(self.paper, "pdf")


def signed(term: Term) -> SignedPaper:
    """The paper of a contract, the same each time."""
    site = next(one for one in company.SITES if one.code == term.site)
    department = next(one for one in company.DEPARTMENTS if one.code == "SWB")
    day, begins, ends = (date.fromisoformat(one) for one in (term.signed_on, term.begins_on, term.ends_on))
    pen = Pen(
        random.Random(term.number),  # noqa: S311 — the same paper each time
        [one.code for one in company.SITES].index(term.site),
        site,
        department,
        day,
        Client(term.party, "", "", "", ""),
        called={"date:begins": paper.chinese_date(begins), "date:ends": paper.chinese_date(ends)},
    )
    template = next(one for one in templates() if one.name == term.template)
    title = term.title or fill(pen, template.head["title"])
    written = paper.Paper(title, term.number, "商务部", day, fill_body(pen, template.body))
    claims = Claims(
        title, template.class_code, 2, term.site, "SWB", doc_number=term.number, issuer="商务部",
        parties=(term.party, company.COMPANY), document_date=term.signed_on, shelf_location=term.shelf,
    )  # fmt: skip
    return SignedPaper(f"{title}.pdf", written, claims)


def register(archive: Archive, record_id: str, term: Term, *, after: str = "", proved: bool = True) -> Contract:
    """The contract stands in the register, confirmed; it follows another when that is named."""
    drafter, reviewer = people.named(archive, DRAFTER), people.named(archive, REVIEWER)
    said = {
        "party_a": term.party,
        "party_b": company.COMPANY,
        "signed_on": term.signed_on,
        "begins_on": term.begins_on,
        "ends_on": term.ends_on,
        "originals": "3",
        "subject": "物业服务，一级标准",
    }
    if after:
        made = contracts.renew(archive, drafter, after, record_id, said)
    else:
        made = contracts.draft(archive, drafter, record_id, said)
    for item in PROVED if proved else ():
        contracts.prove(archive, drafter, made.id, item, note="随合同正本装订，已核对")
    return contracts.confirm(archive, reviewer, made.id, revision=made.revision, despite="旧合同补录，其余证据待补")
