"""The records of the demo company: about three hundred papers of every class, the same for the same seed."""
# ruff: noqa: S311 (chance that can be repeated is the point here; nothing is kept secret with it)

import random
import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from archive.demo import company, paper
from archive.demo.templates import Client, Pen, Template, client, fill, fill_body, templates

LAST_DAY = date(2026, 6, 30)

_CLIENTS_PER_SITE = 12
_UNFILED = 15
_ROOM_NAMES = {"JF01": "一号库房", "YL02": "二号库房"}


@dataclass(frozen=True)
class DemoRecord:
    """A record as the archive would keep it, and the paper that its file is made of."""

    file_name: str
    title: str
    class_code: str
    level: int
    site: str
    department: str
    document_date: date
    doc_number: str | None
    issuer: str
    parties: tuple[str, ...]
    # The room or unit whose dossier the record belongs to.
    about: str | None
    # False: it waits in the filing queue.
    filed: bool
    # Where its paper original stands, when there is one.
    shelf_location: str | None
    paper: paper.Paper
    format: str

    def content(self) -> bytes:
        """The bytes of the file, made anew on each call."""
        return paper.render(self.paper, self.format)


def demo_records(seed: int = 2026) -> tuple[DemoRecord, ...]:
    """All demo records in the order of their dates."""
    clients = {
        site.code: tuple(client(random.Random(f"{seed}:{site.code}:{n}"), site.kind) for n in range(_CLIENTS_PER_SITE))
        for site in company.SITES
    }
    written = [record for template in templates() for record in _written(seed, template, clients)]
    chance = random.Random(f"{seed}:queue")
    late = [number for number, record in enumerate(written) if record.document_date.year >= 2025 and record.level < 3]
    queue = set(chance.sample(late, _UNFILED))
    names = Counter[str]()
    finished = (
        _named(_unfiled(record, chance) if number in queue else record, names) for number, record in enumerate(written)
    )
    return tuple(sorted(finished, key=lambda record: (record.document_date, record.file_name)))


def _written(seed: int, template: Template, clients: dict[str, tuple[Client, ...]]) -> Iterator[DemoRecord]:
    head = template.head
    sites = {site.code: site for site in company.SITES}
    departments = {department.code: department for department in company.DEPARTMENTS}
    turns = head["sites"].split()
    count = int(head["count"])
    for ordinal in range(count):
        chance = random.Random(f"{seed}:{template.name}:{ordinal}")
        site = sites[turns[ordinal % len(turns)]]
        department = departments[head["department"]]
        day = _day(chance, head["years"], ordinal, count)
        if head.get("day") == "month-end":
            day = day.replace(day=monthrange(day.year, day.month)[1])
        # The first clients of a site get one of each kind of paper, so that some dossiers are complete.
        customer = clients[site.code][ordinal // len(turns) % _CLIENTS_PER_SITE]
        pen = Pen(chance, ordinal, site, department, day, customer)
        title = fill(pen, head["title"])
        number = fill(pen, head["number"]) if "number" in head else None
        issuer = fill(pen, head.get("issuer", "{company}{site}{dept}"))
        # The body comes before the parties, so that both call the same things by the same names.
        blocks = fill_body(pen, template.body)
        yield DemoRecord(
            file_name=fill(pen, head.get("file", title)) + paper.suffix(head["format"]),
            title=title,
            class_code=template.class_code,
            level=int(head["level"]),
            site=site.code,
            department=department.code,
            document_date=day,
            doc_number=number,
            issuer=issuer,
            parties=tuple(fill(pen, party.strip()) for party in head.get("parties", "").split(";") if party),
            about=fill(pen, head["about"]) if "about" in head else None,
            filed=True,
            shelf_location=_shelf(chance, site.code) if head.get("paper") == "yes" else None,
            paper=paper.Paper(title, number, issuer, day, blocks),
            format=head["format"],
        )


def _day(chance: random.Random, years: str, ordinal: int, count: int) -> date:
    """A working day in the part of the years that falls to this one of so many records."""
    first, _, last = years.partition("-")
    begin, end = date(int(first), 1, 5), min(date(int(last), 12, 20), LAST_DAY)
    day = begin + timedelta(days=int((end - begin).days * (ordinal + chance.random()) / count))
    return day - timedelta(days=max(0, day.weekday() - 4))


def _shelf(chance: random.Random, site: str) -> str:
    cabinet, level, box = chance.randint(1, 12), chance.randint(1, 5), chance.randint(1, 8)
    return f"{_ROOM_NAMES[site]}-{cabinet:02d}柜-{level}层-{box:02d}盒"


def _unfiled(record: DemoRecord, chance: random.Random) -> DemoRecord:
    """The same paper as it lies in the queue: named by a scanner or a hurried colleague, without a shelf."""
    stem = chance.choice(("扫描件{:04d}", "新建文档({})", "IMG_{:04d}", "转发_{}")).format(chance.randint(1, 999))
    name = stem + paper.suffix(record.format)
    return replace(record, file_name=name, filed=False, shelf_location=None)


def _named(record: DemoRecord, names: Counter[str]) -> DemoRecord:
    """The same record under a file name that every file system takes and no other record has."""
    name = re.sub(r'[\\/:*?"<>|\s]+', "-", record.file_name)
    names[name] += 1
    if names[name] > 1:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem}({names[name]}){dot}{ending}"
    return replace(record, file_name=name)
