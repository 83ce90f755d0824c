"""管理评审输入: what a management review is given to look at, ticked one by one with the records that show it (1.9).

Which inputs those are is a sheet of the house (`archive.house_sheets.review_inputs`). What was ticked keeps the words
of the moment it was ticked, and a review that was closed asks for what was asked then. It is closed with every input
ticked, or with a reason for what is missing.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import house_sheets, measures, naming
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.house_sheets import review_inputs
from archive.house_sheets.review_inputs import Input
from archive.model import Record, may_be_id
from archive.model.measures import InputTick, Review
from archive.tables import Transaction

TEXT_MAX = 1000
RECORDS_MAX = 20
"""So many records show one input; more are a dossier of their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """One input of a review; who ticked it, and the records that show it, as far as this person may find them."""

    input: Input
    tick: InputTick | None
    records: Sequence[Record] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    review: Review
    lines: Sequence[Line]
    people: Mapping[str, str]
    may_keep: bool

    @property
    def missing(self) -> Sequence[Input]:
        return [one.input for one in self.lines if one.tick is None]


def show(archive: Archive, actor: Actor, review_id: str) -> Shown:
    """A management review with its inputs. Raises NotFound for an audit: it has none."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    with archive.read() as tx:
        review = _management(tx, actor, review_id)
        lines = _lines(tx, review)
        named = [record_id for one in lines if one.tick for record_id in one.tick.records]
        found = tx.records.admitted(named, rules.scope(actor, Action.FIND))
        people = tx.people.names({review.lead_id, review.closed_by, *(one.tick.ticked_by for one in lines if one.tick)})
    shown = [
        replace(one, records=[found[each] for each in one.tick.records if each in found]) if one.tick else one
        for one in lines
    ]
    return Shown(review, shown, people, rules.may(actor, Action.KEEP_MEASURES))


def tick(archive: Archive, actor: Actor, review_id: str, code: str, said: Sequence[str], *, note: str = "") -> None:
    """The review was given this input: `said` names the records that show it, as people call them, a line each.

    Ticked again it has these records besides. Raises Invalid where nothing shows it, NotFound with the first line that
    names no record.
    """
    rules.require(actor, Action.KEEP_MEASURES)
    with archive.write() as tx:
        review = _open(tx, actor, review_id)
        line = _line(tx, review, code)
        records = _named(tx, actor, said)
        before = line.tick.records if line.tick else ()
        every = tuple(dict.fromkeys((*before, *records)))
        if not records or len(every) > RECORDS_MAX:
            raise Invalid(f"Name 1 to {RECORDS_MAX} records that show this input.", "input-not-shown")
        said_before = line.tick.note if line.tick else ""
        words = naming.clean(note)[:TEXT_MAX] or said_before
        tx.measures.put_tick(InputTick(review_id, code, archive.now(), actor.id, words, every))
        tx.ledger.add(
            archive.now(), actor.id, "review.input-ticked", "review", review_id, site=review.site, input=code,
            records=records,
        )  # fmt: skip


def said_back(archive: Archive, actor: Actor, said: Sequence[str]) -> Sequence[str]:
    """These lines as they may be shown again: an id or address of what this person does not find leaves its line empty,
    whether there is such a record or not."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    shown: list[str] = []
    with archive.read() as tx:
        for one in said:
            known = not may_be_id(one.strip().rpartition("/")[2])
            with suppress(NotFound):
                known = bool(known or measures.record_named(tx, actor, one))
            shown.append(one if known else "")
    return shown


def untick(archive: Archive, actor: Actor, review_id: str, code: str) -> None:
    """It was ticked by mistake."""
    rules.require(actor, Action.KEEP_MEASURES)
    with archive.write() as tx:
        review = _open(tx, actor, review_id)
        if _line(tx, review, code).tick is None:
            raise NotFound("This input is not ticked.", "no-such-input")
        tx.measures.remove_tick(review_id, code)
        tx.ledger.add(
            archive.now(), actor.id, "review.input-unticked", "review", review_id, site=review.site, input=code
        )


def close(archive: Archive, actor: Actor, review_id: str, *, why: str = "") -> Review:
    """The review is over. Raises Invalid while inputs are missing and nobody says why, Conflict before it was held."""
    rules.require(actor, Action.KEEP_MEASURES)
    with archive.write() as tx:
        review = _open(tx, actor, review_id)
        if review.held_on is None:
            raise Conflict("Write down first on which day it was held.", "review-not-held")
        missing = [one.input.code for one in _lines(tx, review) if one.tick is None]
        reason = naming.clean(why)[:TEXT_MAX]
        if missing and not reason:
            raise Invalid("Not every input is ticked: say why the review is closed without them.", "inputs-missing")
        after = replace(review, closed_at=archive.now(), closed_by=actor.id, closed_why=reason if missing else "")
        tx.measures.save_review(after)
        tx.ledger.add(archive.now(), actor.id, "review.closed", "review", review_id, site=review.site, missing=missing)
        return after


# ---- Parts ----


def _named(tx: Transaction, actor: Actor, said: Sequence[str]) -> Sequence[str]:
    found: list[str] = []
    for number, one in enumerate(said, 1):
        try:
            found += filter(None, [measures.record_named(tx, actor, one)])
        except NotFound:
            raise NotFound(
                f"Line {number}: no record that you may see is called so, or more than one. Give its reference code or "
                "its address."
            ) from None
    return found


def _lines(tx: Transaction, review: Review) -> Sequence[Line]:
    """What is asked for, as it holds now or held when the review was closed, and whatever else was ticked."""
    ticks = {one.code: one for one in tx.measures.ticks(review.id)}
    sheets = house_sheets.held_at(
        tx,
        "review_inputs",
        [one.ticked_at for one in ticks.values()] + ([review.closed_at] if review.closed_at else []),
    )
    asked = sheets[review.closed_at] if review.closed_at else house_sheets.lines(tx, "review_inputs")
    now = {line["code"]: review_inputs.check(line) for line in asked}
    then = {
        code: review_inputs.check(line)
        for code, one in ticks.items()
        for line in sheets[one.ticked_at]
        if line["code"] == code
    }
    return [Line(each, ticks.get(code)) for code, each in {**now, **then}.items()]


def _line(tx: Transaction, review: Review, code: str) -> Line:
    found = next((one for one in _lines(tx, review) if one.input.code == code), None)
    if found is None:
        raise NotFound("This review asks for no such input.", "no-such-input")
    return found


def _management(tx: Transaction, actor: Actor, review_id: str) -> Review:
    review = measures.review_known(tx, actor, review_id)
    if review.kind != "management":
        raise NotFound("Only a management review has inputs.", "no-such-input")
    return review


def _open(tx: Transaction, actor: Actor, review_id: str) -> Review:
    review = _management(tx, actor, review_id)
    if review.closed_at is not None:
        raise Conflict("This review is closed.", "review-closed")
    return review
