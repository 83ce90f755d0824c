"""法规清单: laws, their standing, what took their place; whoever still relies on one that is gone is found (2.3).

What is shipped is where a company begins: only what somebody held against the text is marked as verified. A company's
own words take its place line by line, and every change is a version. The register says nothing of records, and
everybody who sees controlled documents sees it; which documents name a law is shown as far as they may be found.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import documents, fileplan, naming, records, sheets
from archive.app import Archive
from archive.documents import Row
from archive.errors import Conflict, Invalid, NotFound
from archive.model import new_id
from archive.model.documents import Edition
from archive.model.laws import RANKS, REVIEW_DAYS, REVIEW_DAYS_ELSE, STATUSES, Law, LawReview, LawVersion, named_in
from archive.tables import Transaction

SHIPPED = Path(__file__).parent / "data" / "laws.csv"
SHIPPED_AT = datetime(2026, 11, 28, tzinfo=UTC)
COLUMNS = (
    "code", "name", "aliases", "number", "issuer", "rank", "published_on", "effective_on", "ended_on", "status",
    "successor", "departments", "source", "verified_on",
)  # fmt: skip
REQUIRED = ("code", "name", "rank", "status")
DAYS = ("published_on", "effective_on", "ended_on", "verified_on")
TEXT_MAX = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """A law as the register shows it."""

    law: Law
    version: int
    """0: as it was shipped."""
    review: LawReview | None
    review_on: date
    cited_by: Sequence[tuple[Row, Edition]]
    """Editions in force that name it, as far as they may be found."""


@dataclass(frozen=True, slots=True)
class Shown:
    line: Line
    successor: Law | None
    before: Sequence[Law]
    """Those in whose place it came."""
    versions: Sequence[LawVersion]
    reviews: Sequence[LawReview]
    people: Mapping[str, str]
    may: frozenset[str]


def register(archive: Archive, actor: Actor, *, status: str = "", on: date | None = None) -> Sequence[Line]:
    """Those that are gone last, else by rank and name."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    day = on or fileplan.today(archive)
    citing = _citing(archive, actor, day)
    with archive.read() as tx:
        held, reviews = known(tx), tx.laws.reviews()
    lines = [_line(one, reviews.get(code, ()), citing.get(code, ())) for code, one in held.items()]
    return sorted(
        (line for line in lines if not status or line.law.status == status),
        key=lambda line: (line.law.gone(day), RANKS.index(line.law.rank), line.law.name),
    )


def show(archive: Archive, actor: Actor, code: str) -> Shown:
    rules.require(actor, Action.SEE_DOCUMENTS)
    citing = _citing(archive, actor, fileplan.today(archive))
    with archive.read() as tx:
        held = known(tx)
        if code not in held:
            raise NotFound("There is no such law in the register.", "no-such-law")
        one, reviews, versions = held[code], tx.laws.reviews().get(code, ()), tx.laws.versions(code)
        people = tx.people.names({each.reviewed_by for each in reviews} | {each.changed_by for each in versions})
    may = {"keep"} if rules.may(actor, Action.KEEP_DOCUMENTS) else set[str]()
    may |= {"review"} if rules.may(actor, Action.REVIEW_DOCUMENTS) else set[str]()
    return Shown(
        _line(one, reviews, citing.get(code, ())),
        held[one.law.successor].law if one.law.successor in held else None,
        [each.law for each in held.values() if each.law.successor == code],
        versions,
        reviews,
        people,
        frozenset(may),
    )


def state(archive: Archive, actor: Actor, said: Mapping[str, str], *, version: int, reason: str) -> Law:
    """Add a law, or say what became of one. `version` is the one that was seen, 0 for one that is new or as shipped."""
    rules.require(actor, Action.KEEP_DOCUMENTS)
    if not reason.strip():
        raise Invalid("Say why; it stays written.", "no-document-reason")
    with archive.write() as tx:
        held = known(tx)
        law = _law({name: naming.clean(said.get(name, "")) for name in COLUMNS})
        there = held.get(law.code)
        if (there.version if there else 0) != version:
            raise Conflict("Somebody else has changed it meanwhile: look at it again.", "revision")
        _keep(archive, tx, actor, [law], held, reason)
        return law


def load(archive: Archive, actor: Actor, table: bytes, *, reason: str) -> Sequence[str]:
    """Take laws from a CSV or Excel table with the columns of the export; all or none. Codes of those that changed."""
    rules.require(actor, Action.KEEP_DOCUMENTS)
    rows = sheets.rows(table)
    missing = set(REQUIRED) - set(rows[0] if rows else ())
    if missing:
        raise Invalid(f"The table of laws lacks the columns: {', '.join(sorted(missing))}.", "columns-missing")
    laws = [_law({name: naming.clean(row.get(name) or "") for name in COLUMNS}) for row in rows]
    with archive.write() as tx:
        held = known(tx)
        changed = [law for law in laws if law.code not in held or held[law.code].law != law]
        _keep(archive, tx, actor, changed, {**held, **{law.code: _shipped()[0] for law in laws}}, reason or "导入")
    return [law.code for law in changed]


def dump(archive: Archive, actor: Actor, *, workbook: bool = False) -> bytes:
    rows = [_as_row(line.law) for line in register(archive, actor)]
    return sheets.as_xlsx(COLUMNS, rows, title="laws") if workbook else sheets.as_csv(COLUMNS, rows)


def review(archive: Archive, actor: Actor, code: str, *, applies: bool, note: str, next_on: str = "") -> LawReview:
    """适用性评审: it binds somebody here or nobody, and what follows from it. Looked at again by a day."""
    rules.require(actor, Action.REVIEW_DOCUMENTS)
    if not note.strip():
        raise Invalid("Say whom it binds, or why nobody.", "no-document-reason")
    today = fileplan.today(archive)
    with archive.write() as tx:
        held = known(tx)
        if code not in held:
            raise NotFound("There is no such law in the register.", "no-such-law")
        following = naming.parsed_date(next_on) or today + _cycle(held[code].law)
        if following <= today:
            raise Invalid("The day must lie ahead.", "not-ahead")
        made = LawReview(new_id(), code, archive.now(), actor.id, applies, note.strip()[:TEXT_MAX], following)
        tx.laws.add_review(made)
        tx.ledger.add(
            made.reviewed_at, actor.id, "law.reviewed", "law", code, applies=applies, next_on=following.isoformat()
        )
        return made


def relying(archive: Archive, actor: Actor, on: date) -> Sequence[tuple[Row, Edition, Law, Law | None]]:
    """Editions in force on a day that name a law which is gone, each with what took its place."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    with archive.read() as tx:
        held = {code: one.law for code, one in known(tx).items()}
    return [
        (row, edition, held[code], held.get(held[code].successor))
        for code, some in sorted(_citing(archive, actor, on).items())
        if code in held and held[code].gone(on)
        for row, edition in some
    ]


def sweep(archive: Archive) -> int:
    """Editions whose text was read since are looked through for laws they name; how many. Safe to repeat."""
    with archive.read() as tx:
        editions = [one for one in tx.documents.editions() if one.effective_from is not None]
        done = tx.laws.read_already()
        files = tx.records.components_of([one.record_id for one in editions])
        held = [one.law for one in known(tx).values()]
    read = 0
    for one in editions:
        texts = [file for file in files.get(one.record_id, ()) if file.text_digest]
        digest = texts[0].text_digest if texts else None
        if digest is None or done.get(one.record_id) == digest:
            continue
        text = "\n".join(page for file in texts for page in records.pages_of(archive, file))
        with archive.write() as tx:
            tx.laws.cite(one.record_id, digest, named_in(text, held))
        read += 1
    return read


# ---- Parts ----


def _citing(archive: Archive, actor: Actor, day: date) -> Mapping[str, Sequence[tuple[Row, Edition]]]:
    """Code of a law → the editions in force on a day that name it, as far as this person may find them."""
    with archive.read() as tx:
        cited = tx.laws.citations()
    found: dict[str, list[tuple[Row, Edition]]] = {}
    for row in documents.register(archive, actor, on=day):
        if row.effective is not None:
            for code in cited.get(row.effective.record_id, ()):
                found.setdefault(code, []).append((row, row.effective))
    return found


def _line(one: LawVersion, reviews: Sequence[LawReview], cited: Sequence[tuple[Row, Edition]]) -> Line:
    newest = reviews[0] if reviews else None
    since = one.law.verified_on or one.changed_at.astimezone().date()
    return Line(one.law, one.version, newest, newest.next_on if newest else since + _cycle(one.law), cited)


def _cycle(law: Law) -> timedelta:
    return timedelta(days=REVIEW_DAYS.get(law.rank, REVIEW_DAYS_ELSE))


def _keep(
    archive: Archive, tx: Transaction, actor: Actor, laws: Sequence[Law], held: Mapping[str, LawVersion], reason: str
) -> None:
    at = archive.now()
    for law in laws:
        if law.successor and law.successor not in held:
            raise Invalid("There is no such law in the register.", "no-such-law")
        version = tx.laws.add_version(law, at, actor.id, reason.strip()[:TEXT_MAX])
        tx.laws.carry_asks(law.code, version)
        tx.ledger.add(at, actor.id, "law.stated", "law", law.code, status=law.status, successor=law.successor)
    # Names may be new: every text is looked through again.
    tx.laws.forget_citations()


def known(tx: Transaction) -> Mapping[str, LawVersion]:
    """Every law by its code: as it was stated, or else as it was shipped (version 0)."""
    return {one.law.code: one for one in _shipped()} | dict(tx.laws.newest())


@lru_cache(maxsize=1)
def _shipped() -> Sequence[LawVersion]:
    rows = csv.DictReader(io.StringIO(SHIPPED.read_text("utf-8-sig")))
    return [LawVersion(0, SHIPPED_AT, "", "shipped", _law(row)) for row in rows]


def _law(row: Mapping[str, str]) -> Law:
    code = naming.checked_code(row["code"]).upper()
    if not row["name"]:
        raise Invalid("A law has a code and a name.", "no-law-name")
    if row["status"] not in STATUSES or row["rank"] not in RANKS:
        raise Invalid(
            f"A law is one of: {', '.join(STATUSES)}; its rank one of: {', '.join(RANKS)}.", "no-such-standing"
        )
    if row["successor"].upper() == code:
        raise Invalid("A law does not take its own place.", "own-successor")
    said: dict[str, Any] = {
        name: row[name][:300] for name in ("number", "issuer", "rank", "status", "departments", "source")
    }
    said |= {name: naming.parsed_date(row[name]) for name in DAYS}
    aliases = tuple(filter(None, (one.strip() for one in row["aliases"].replace("；", ";").split(";"))))
    return Law(code, row["name"][:300], aliases, successor=row["successor"].upper()[:20], **said)


def _as_row(law: Law) -> Sequence[object]:
    return [";".join(law.aliases) if name == "aliases" else _cell(getattr(law, name)) for name in COLUMNS]


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
