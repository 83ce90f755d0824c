"""The printouts of the house (domain §8). One file per printout in this folder; the file name is its name.

A report module has

    TITLE       what it is called, in zh and en
    GROUP       in which of GROUPS it stands, as the page of printouts lists it
    DUTY        the action whose roles may print it; asked here, before anything is made
    ASKED       what it may be asked for: a tuple of Asked
    make(archive, actor, asked, say) -> Printout
                within what this actor may find. `say(zh, en)` is the word in the reader's language

and is a command (`muniment report NAME`), a page and an operation of the API. `tests/contracts/test_reports.py` holds
every module to these words.
"""

import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from access import rules
from access.actors import Actor
from access.rules import DUTIES, Action
from archive import handover_desk, naming, numbering, organisation, printing
from archive.app import Archive
from archive.errors import ArchiveError, Invalid, NotFound
from archive.printing import DATE_LINE, Block, Foot, Labels, Printout, Signatures, Table, Words

Say = Callable[[str, str], str]

NOTHING = ("没有可列的内容。", "There is nothing to list.")

GROUPS = ("receive", "arrange", "preserve", "use", "dispose", "statistics", "system")
"""接收、整理、保存、利用、鉴定与处置、统计、系统管理: the groups an archive inspector knows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Something a report is asked for. Empty means: not stated; `needed` ones have to be."""

    name: str
    zh: str
    en: str
    kind: str = "text"
    """text, date, one of KINDS (what people call it by, which is looked up), or one of `archive.choices`."""
    needed: bool = False
    options: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Code → zh and en of all that it can be; empty where it can be anything of its kind."""


def _month(_archive: Archive, _actor: Actor, said: str) -> str:
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", said) is None:
        raise Invalid(f"{said!r} is no month; write it as 2026-03.", "not-a-month")
    return said


def _year(_archive: Archive, _actor: Actor, said: str) -> str:
    return str(naming.parsed_year(said))


def _record(archive: Archive, actor: Actor, said: str) -> str:
    with archive.read() as tx:
        return numbering.meant(tx, actor, said)


def _records(archive: Archive, actor: Actor, said: str) -> str:
    return ",".join(_record(archive, actor, one) for one in re.split("[,，、]", said) if one.strip())


def _handover(archive: Archive, actor: Actor, said: str) -> str:
    return handover_desk.numbered(archive, actor, said.upper()) or said


def _person(archive: Archive, _actor: Actor, said: str) -> str:
    """The login of the one person who is called so."""
    with archive.read() as tx:
        called = [one.login for one in tx.people.every() if one.name == said]
    return called[0] if len(called) == 1 else said


def _place(archive: Archive, _actor: Actor, said: str) -> str:
    with archive.read() as tx:
        known = organisation.places(tx)
    return next((code for code, names in known.items() if said in names), said)


def _selection(_archive: Archive, _actor: Actor, said: str) -> str:
    """Chosen in a list, which leads here: nobody types it, so no form asks for it."""
    return said


KINDS: Mapping[str, Callable[[Archive, Actor, str], str]] = {
    "month": _month,
    "year": _year,
    "record": _record,
    "records": _records,
    "handover": _handover,
    "person": _person,
    "site": _place,
    "department": _place,
    "selection": _selection,
}
"""How what somebody typed becomes what a report knows it by; what nothing is called like stays as it was typed."""


class Report(Protocol):
    TITLE: Mapping[str, str]
    GROUP: str
    DUTY: Action
    ASKED: tuple[Asked, ...]

    def make(self, archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout: ...


@dataclass(frozen=True, slots=True)
class Printed:
    """A printout as bytes, with the name a file of it has."""

    content: bytes
    media_type: str
    file_name: str


@cache
def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def open_report(name: str) -> Report:
    """Raises NotFound."""
    if name not in names():
        raise NotFound(f"There is no report {name!r}; there are: {', '.join(names())}.")
    return cast("Report", import_module(f"{__name__}.{name}"))


def offered(actor: Actor, language: str) -> Mapping[str, str]:
    """Name → title of the reports that this actor may print."""
    reports = {name: open_report(name) for name in names()}
    return {name: report.TITLE[language] for name, report in reports.items() if actor.roles & DUTIES[report.DUTY]}


def print_out(
    archive: Archive, actor: Actor, name: str, asked: Mapping[str, str], *, form: str, language: str
) -> Printed:
    """The report as a file. That it was printed, and its digest, stand in the ledger afterwards.

    Raises NotFound, Invalid for what cannot be asked, and Denied.
    """
    report = open_report(name)
    rules.require(actor, report.DUTY)
    at = archive.now()
    said = report.make(archive, actor, _checked(archive, actor, report, asked), _say(language))
    digest = printing.digest(said)
    rows = said.counted
    if rows is None:
        rows = sum(len(table.rows) for table in said.blocks if isinstance(table, Table))
    say = _say(language)
    foot = Foot(
        printed=say("打印：", "Printed by ") + f"{actor.name}  {printing.shown(at)}",
        code=say("校验码 ", "Code ") + code(digest),
        page=say("第 {page} 页 / 共 {pages} 页", "Page {page} of {pages}"),
    )
    about = (*said.about, say(f"共 {rows} 行", f"{rows} row{'s' * (rows != 1)}")) if rows else said.about
    if archive.settings.company:
        about = (archive.settings.company, *about)
    blocks = tuple(_filled(block, say) for block in said.blocks) or (Words(say(*NOTHING)),)
    content = printing.render(replace(said, about=about, blocks=blocks, foot=foot), form)
    with archive.write() as tx:
        tx.ledger.add(at, actor.id, "report.printed", "report", name, form=form, sha256=digest)
    return Printed(content, printing.media_type(form), f"{name}-{at.astimezone():%Y%m%d}.{form}")


def _filled(block: Block, say: Say) -> Block:
    """What every sheet of the house has in the language of the reader."""
    if isinstance(block, Signatures) and block.date in DATE_LINE:
        return replace(block, date=say(*DATE_LINE))
    if isinstance(block, Table) and not block.rows:
        return replace(block, nothing=say(*NOTHING))
    if isinstance(block, Labels) and not block.stickers:
        return Words(say(*NOTHING))
    return block


def code(digest: str) -> str:
    """The beginning of a digest as people compare it."""
    return "-".join(digest[at : at + 4].upper() for at in range(0, 16, 4))


def _checked(archive: Archive, actor: Actor, report: Report, asked: Mapping[str, str]) -> Mapping[str, str]:
    known = {one.name: one for one in report.ASKED}
    unknown = asked.keys() - known.keys()
    if unknown:
        raise Invalid(f"This report is not asked for {min(unknown)!r}.", "bad-parameter")
    for one in report.ASKED:
        with _naming(one):
            _check(one, asked.get(one.name, ""))
    return {name: _meant(archive, actor, one, asked.get(name, "")) for name, one in known.items()}


def _check(one: Asked, value: str) -> None:
    if one.needed and not value:
        raise Invalid(f"Say {one.en.lower()} ({one.name}).", "bad-parameter")
    if value and one.options and value not in one.options:
        raise Invalid(f"{one.name} is one of: {', '.join(one.options)}.", "not-an-option")
    if value and one.kind == "date":
        try:
            date.fromisoformat(value)
        except ValueError:
            raise Invalid(f"{value!r} is no date; write it as 2026-03-01.", "not-a-date") from None


def _meant(archive: Archive, actor: Actor, one: Asked, said: str) -> str:
    with _naming(one):
        return KINDS[one.kind](archive, actor, said) if said and one.kind in KINDS else said


@contextmanager
def _naming(one: Asked) -> Generator[None]:
    """An error says which of the things asked it is about."""
    try:
        yield
    except ArchiveError as error:
        error.field = one.name
        raise


def _say(language: str) -> Say:
    def say(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    return say
