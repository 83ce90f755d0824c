"""管理评审、审核与纠正措施: what was reviewed, what was found, and what became of it (1.9, 3.1–3.3, F16).

A management review is held at least once a year. Nobody audits the department they belong to; whoever was to do
something does not close it. Each stands at a site, or at none: then it is the whole company's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from access import rules
from access.actors import Actor
from access.rules import Action, Denied
from archive import fileplan, naming, numbering
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Record, new_id
from archive.model.measures import GRADES, KINDS, Finding, Measure, Review, review_due, yearly
from archive.tables import Transaction
from archive.tables.measures import NO_SUCH_MEASURE, NO_SUCH_REVIEW

TEXT_MAX = 1000


@dataclass(frozen=True, slots=True)
class Board:
    """Everything of one's sites and of the whole company."""

    day: date
    reviews: Sequence[Review]
    findings: Sequence[Finding]
    measures: Sequence[Measure]
    records: Mapping[str, Record]
    """Those that show something, as far as this person may find them."""
    people: Mapping[str, str]
    may_keep: bool
    year: int

    @property
    def next_review(self) -> date | None:
        return review_due(self.reviews)

    def counts(self, kind: str) -> Mapping[str, Mapping[str, int]]:
        """Findings of the year by site: the number that clause 3.3 asks for."""
        return yearly({one.id: one for one in self.reviews}, self.findings, self.year, kind)


def board(archive: Archive, actor: Actor, *, year: int = 0, state: str = "") -> Board:
    rules.require(actor, Action.SEE_DOCUMENTS)
    today = fileplan.today(archive)
    with archive.read() as tx:
        reviews = [one for one in tx.measures.reviews() if _known(actor, one.site)]
        ids = {one.id for one in reviews}
        found = [one for one in tx.measures.findings() if one.review_id in ids and _known(actor, one.site)]
        measures = [one for one in tx.measures.every() if _known(actor, one.site) and (not state or one.state == state)]
        named = {one.record_id for one in (*reviews, *measures) if one.record_id}
        records = tx.records.admitted(list(named), rules.scope(actor, Action.FIND))
        people = tx.people.names(
            {one.lead_id for one in reviews}
            | {who for one in measures for who in (one.owner_id, one.done_by, one.closed_by)}
        )
    may = rules.may(actor, Action.KEEP_MEASURES)
    return Board(today, reviews, found, measures, records, people, may, year or today.year)


def plan(
    archive: Archive, actor: Actor, kind: str, *, title: str, on: str, lead: str, site: str = "", department: str = ""
) -> Review:
    """Plan a review or an audit. Raises Invalid where somebody would audit their own department."""
    rules.require(actor, Action.KEEP_MEASURES)
    day = _day(on)
    if kind not in KINDS or not naming.clean(title):
        raise Invalid(f"A review has a title and is one of: {', '.join(KINDS)}.", "bad-review")
    with archive.write() as tx:
        _site(tx, actor, site)
        account = tx.people.called(lead.strip())
        if account is None or not account.person.active:
            raise Invalid("There is nobody of that name.", "no-such-person")
        if kind != "management" and department and account.person.department == department:
            raise Invalid("Nobody audits the department they belong to.", "own-department")
        year = archive.now().astimezone().year
        made = Review(
            new_id(),
            f"SH-{year}-{tx.counters.next(f'review-{year}'):04}",
            kind,
            site,
            naming.clean(title)[:300],
            day,
            account.person.id,
            department[:20],
            archive.now(),
            actor.id,
        )
        tx.measures.add_review(made)
        tx.ledger.add(archive.now(), actor.id, "review.planned", "review", made.id, site=site, kind=kind)
        return made


def hold(archive: Archive, actor: Actor, review_id: str, *, on: str, record: str = "") -> Review:
    """Say on which day it was held, and in which record it is written down."""
    rules.require(actor, Action.KEEP_MEASURES)
    day = _day(on)
    if day > fileplan.today(archive):
        raise Invalid("It has not been held yet: that day lies ahead.", "not-held-yet")
    with archive.write() as tx:
        one = review_known(tx, actor, review_id)
        if one.held_on is not None:
            raise Conflict("That it was held is written down already.", "review-held")
        after = replace(one, held_on=day, record_id=record_named(tx, actor, record))
        tx.measures.save_review(after)
        tx.ledger.add(archive.now(), actor.id, "review.held", "review", review_id, site=one.site, on=day.isoformat())
        return after


def find(
    archive: Archive, actor: Actor, review_id: str, *, grade: str, clause: str, said: str, site: str = ""
) -> Finding:
    """Write down what an audit or a review found, at one site."""
    rules.require(actor, Action.KEEP_MEASURES)
    if grade not in GRADES or not said.strip():
        raise Invalid(f"A finding says what was found and is one of: {', '.join(GRADES)}.", "bad-finding")
    with archive.write() as tx:
        one = review_known(tx, actor, review_id)
        if one.closed_at is not None:
            raise Conflict("This review is closed.", "review-closed")
        where = site or one.site
        _site(tx, actor, where)
        made = Finding(
            new_id(),
            review_id,
            where,
            grade,
            naming.clean(clause)[:40],
            said.strip()[:TEXT_MAX],
            archive.now(),
            actor.id,
        )
        tx.measures.add_finding(made)
        tx.ledger.add(archive.now(), actor.id, "review.found", "review", review_id, site=where, grade=grade)
        return made


@dataclass(frozen=True, slots=True)
class Wish:
    """What a measure is opened with; `owner` is the login of who sees to it."""

    about: str
    plan: str
    owner: str
    due_on: str
    site: str = ""
    cause: str = ""
    review_id: str = ""
    finding_id: str = ""


def open_measure(archive: Archive, actor: Actor, said: Wish) -> Measure:
    rules.require(actor, Action.KEEP_MEASURES)
    due = _day(said.due_on)
    if not said.about.strip() or not said.plan.strip():
        raise Invalid("Say what it is about and what is to be done.", "bad-measure")
    with archive.write() as tx:
        site = said.site
        if said.review_id:
            site = site or review_known(tx, actor, said.review_id).site
        _site(tx, actor, site)
        if said.finding_id and all(
            (one.id, one.review_id) != (said.finding_id, said.review_id) or not _known(actor, one.site)
            for one in tx.measures.findings()
        ):
            raise NotFound("This review has no such finding.", "no-such-finding")
        owner = tx.people.called(said.owner.strip())
        if owner is None or not owner.person.active or not _known(as_actor(owner.person), site):
            raise Invalid("There is nobody of that name who could do this.", "no-such-person")
        year = archive.now().astimezone().year
        made = Measure(
            new_id(),
            f"JZ-{year}-{tx.counters.next(f'measure-{year}'):04}",
            site,
            said.about.strip()[:TEXT_MAX],
            said.plan.strip()[:TEXT_MAX],
            owner.person.id,
            due,
            archive.now(),
            actor.id,
            said.review_id,
            said.finding_id,
            said.cause.strip()[:TEXT_MAX],
        )
        tx.measures.add(made)
        tx.ledger.add(
            archive.now(), actor.id, "measure.opened", "measure", made.id, site=site, owner=made.owner_id,
            due=due.isoformat(),
        )  # fmt: skip
        return made


def done(archive: Archive, actor: Actor, measure_id: str, *, evidence: str, record: str = "") -> Measure:
    """Its owner says that it is done, and by what one sees it."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    if not evidence.strip():
        raise Invalid("Say by what one sees that it is done.", "measure-not-shown")
    with archive.write() as tx:
        one = _measure(tx, actor, measure_id)
        if one.state != "open":
            raise Conflict("It is done already.", "measure-done")
        if actor.id != one.owner_id and not rules.may(actor, Action.KEEP_MEASURES):
            raise Denied(Action.KEEP_MEASURES, "not-your-measure", "Its owner says when it is done.")
        after = replace(
            one,
            done_at=archive.now(),
            done_by=actor.id,
            evidence=evidence.strip()[:TEXT_MAX],
            record_id=record_named(tx, actor, record),
        )
        return _saved(archive, tx, actor, after, "measure.done")


def close(archive: Archive, actor: Actor, measure_id: str, *, worked: bool, answer: str) -> Measure:
    """Somebody else looks whether it worked: it is closed, or open again. Raises Denied for who was to do it."""
    rules.require(actor, Action.KEEP_MEASURES)
    if not answer.strip():
        raise Invalid("Say what you looked at.", "no-reason")
    with archive.write() as tx:
        one = _measure(tx, actor, measure_id)
        if one.state != "done":
            raise Conflict("Only what is done is looked at.", "measure-not-done")
        if actor.id in (one.done_by, one.owner_id):
            raise Denied(Action.KEEP_MEASURES, "own-measure", "Nobody closes what they did or were to do.")
        said = answer.strip()[:TEXT_MAX]
        if worked:
            after = replace(one, closed_at=archive.now(), closed_by=actor.id, answer=said)
        else:
            after = replace(one, done_at=None, done_by="", evidence="", record_id="", answer=said)
        return _saved(archive, tx, actor, after, "measure.closed" if worked else "measure.sent-back")


# ---- Parts ----


def _saved(archive: Archive, tx: Transaction, actor: Actor, after: Measure, action: str) -> Measure:
    tx.measures.save(after)
    tx.ledger.add(archive.now(), actor.id, action, "measure", after.id, site=after.site)
    return after


def _known(actor: Actor, site: str) -> bool:
    return not site or site in actor.sites or bool(actor.roles & rules.EVERYWHERE)


def review_known(tx: Transaction, actor: Actor, review_id: str) -> Review:
    """Raises NotFound for one of a site this person has nothing to do with."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    one = tx.measures.review(review_id)
    if not _known(actor, one.site):
        raise NotFound(NO_SUCH_REVIEW, "no-such-review")
    return one


def _measure(tx: Transaction, actor: Actor, measure_id: str) -> Measure:
    one = tx.measures.get(measure_id)
    if not _known(actor, one.site):
        raise NotFound(NO_SUCH_MEASURE, "no-such-measure")
    return one


def _site(tx: Transaction, actor: Actor, site: str) -> None:
    if site and (not _known(actor, site) or site not in {one.code for one in tx.organisation.sites()}):
        raise Invalid("There is no such site.", "no-such-site")


def record_named(tx: Transaction, actor: Actor, said: str) -> str:
    """The id of the record that somebody named, by what people call it; empty for none."""
    if not said.strip():
        return ""
    return tx.records.found(numbering.meant(tx, actor, said), rules.scope(actor, Action.FIND)).id


def _day(said: str) -> date:
    day = naming.parsed_date(said)
    if day is None:
        raise Invalid("Say by when it is due.", "no-due-date")
    return day
