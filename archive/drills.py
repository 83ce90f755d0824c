"""A retrieval drill (clause 2.1): items are drawn, a person is timed from question to page or shelf address.

Both ways: from a line of the catalogue to the thing, and from a place on a shelf to its line. What was drawn can
be drawn again: the seed, the number and the digest of what could be drawn are kept. The clock is the archive's; it
stops by itself when the right record is opened. The result is filed as a record.
"""

import hashlib
import io
import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from access import rules
from access.actors import SERVICE, Actor
from access.rules import DUTIES, Action, Scope
from archive import acting, intake, latency, printing
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.intake import Claims
from archive.model import Drill, DrillTask, Person, Record, new_id
from archive.printing import DATE_LINE, Column, Facts, Foot, Printout, Signatures, Table
from archive.tables import Transaction
from archive.tables.drills import NO_SUCH_DRILL

EACH_MAX = 20
LIMIT_S = 60
"""One minute: what the standard says."""
LEVEL_MAX = 2
"""Of level 3 not even the existence is shown; nothing of it is drawn."""
CLASS = "GL06"
"""Internal and external audits: where the result is filed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A drill as somebody may see it: the records that they may find at this moment, by id."""

    drill: Drill
    records: Mapping[str, Record]
    person: Person | None
    conductor: Person | None
    may_answer: bool
    may_close: bool


def begin(
    archive: Archive,
    actor: Actor,
    *,
    login: str = "",
    site: str = "",
    each: int = 5,
    seed: str = "",
    limit_s: int = LIMIT_S,
) -> Drill:
    """Draw `each` items each way for this person, or for whoever begins it.

    Raises Invalid for nobody, for numbers out of range, and when there is not enough to draw from; Conflict when the
    person is in a drill already.
    """
    rules.require(actor, Action.RUN_DRILLS)
    if not 1 <= each <= EACH_MAX or not 1 <= limit_s <= 3600:
        raise Invalid(f"A drill draws 1 to {EACH_MAX} items each way and allows 1 to 3600 seconds.", "bad-drill")
    seed = seed.strip()[:32] or secrets.token_hex(8)
    with archive.write() as tx:
        person = _person(tx, actor, login)
        if tx.drills.running(person.id) is not None:
            raise Conflict("This person is in a drill that has not been closed yet.", "drill-running")
        subject = acting.as_actor(person)
        find = rules.scope(actor, Action.FIND)
        reach = [
            record
            for record in tx.records.named()
            if _drawable(record, find, subject) and (not site or record.site == site)
        ]
        on_shelves = sorted(record.id for record in reach if record.shelf_location)
        everything = sorted(record.id for record in reach)
        if not everything:
            raise Invalid("There is nothing to draw from that both may find.", "nothing-to-draw")
        chance = random.Random(seed)  # noqa: S311 — the draw must be repeatable; nothing is kept secret with it
        drawn = [("catalogue", one) for one in chance.sample(everything, min(each, len(everything)))]
        drawn += [("shelf", one) for one in chance.sample(on_shelves, min(each, len(on_shelves)))]
        chance.shuffle(drawn)
        at = archive.now()
        drill = Drill(
            id=new_id(),
            number=f"YL-{at.astimezone().year}-{tx.counters.next(f'drill-{at.astimezone().year}'):04d}",
            conductor_id=actor.id,
            person_id=person.id,
            site=site,
            seed=seed,
            population=len(everything),
            population_digest=hashlib.sha256("\n".join(everything).encode()).hexdigest(),
            limit_s=limit_s,
            created_at=at,
            tasks=tuple(DrillTask(n, way, record_id) for n, (way, record_id) in enumerate(drawn, 1)),
        )
        tx.drills.add(drill)
        tx.ledger.add(
            at, actor.id, "drill.begun", "drill", drill.id, site=site, person=person.id, seed=seed, items=len(drawn)
        )
    return drill


def every(archive: Archive, actor: Actor) -> Sequence[Shown]:
    """All of them for those who conduct drills; one's own for everybody else."""
    rules.require(actor, Action.SAVE_SEARCHES)
    with archive.read() as tx:
        all_of_them = actor.roles & DUTIES[Action.RUN_DRILLS]
        return [_shown(tx, actor, drill) for drill in (tx.drills.latest() if all_of_them else tx.drills.of(actor.id))]


def one(archive: Archive, actor: Actor, drill_id: str) -> Shown:
    rules.require(actor, Action.SAVE_SEARCHES)
    with archive.read() as tx:
        return _shown(tx, actor, _mine(tx, actor, drill_id))


def start(archive: Archive, actor: Actor, drill_id: str) -> Drill:
    """The next question is asked: the clock runs from now. Raises Conflict while another one runs."""
    rules.require(actor, Action.SAVE_SEARCHES)
    with archive.write() as tx:
        drill = _answering(tx, actor, drill_id)
        if drill.running is not None:
            raise Conflict("A question is being answered.", "task-running")
        waiting = next((task for task in drill.tasks if task.started_at is None and not task.outcome), None)
        if waiting is None:
            raise Conflict("Every question of this drill has been answered.", "no-more-tasks")
        tx.drills.save_task(drill.id, replace(waiting, started_at=archive.now()))
        return tx.drills.get(drill.id)


def reached(archive: Archive, actor: Actor, record: Record, *, page: bool) -> tuple[Drill, DrillTask] | None:
    """Somebody opens a record: if it is what they were asked for, the clock stops.

    `page` says that they are shown its pages; otherwise its shelf address is the answer.
    """
    if not rules.scope(actor, Action.FIND).admits(record):
        return None
    with archive.read() as tx:
        drill = tx.drills.running(actor.id)
    if drill is None or drill.running is None or drill.running.record_id != record.id:
        return None
    with archive.write() as tx:
        drill = tx.drills.get(drill.id)
        task = drill.running
        if task is None or task.record_id != record.id or not (page or record.shelf_location):
            return None
        done = replace(task, stopped_at=archive.now(), outcome="page" if page else "shelf")
        tx.drills.save_task(drill.id, done)
        return tx.drills.get(drill.id), done


def give_up(archive: Archive, actor: Actor, drill_id: str) -> Drill:
    """The running question stays without an answer."""
    rules.require(actor, Action.SAVE_SEARCHES)
    with archive.write() as tx:
        drill = _answering(tx, actor, drill_id)
        if drill.running is None:
            raise Conflict("No question is being asked.", "no-task-running")
        tx.drills.save_task(drill.id, replace(drill.running, stopped_at=archive.now(), outcome="given-up"))
        return tx.drills.get(drill.id)


def close(archive: Archive, actor: Actor, drill_id: str, *, early: bool = False) -> Drill:
    """End the drill, print its report and file it as a record. A question that is running counts as not found; what was
    never asked counts for nothing, and is closed away only if that is meant (`early`).

    Safe to repeat: the report of one drill comes in once.
    """
    rules.require(actor, Action.RUN_DRILLS)
    at = archive.now()
    with archive.write() as tx:
        drill = _mine(tx, actor, drill_id)
        if drill.closed_at is None:
            if drill.asked < len(drill.tasks) and not early:
                raise Conflict("Some questions were never asked: say that you end it early.", "drill-not-over")
            if drill.running is not None:
                tx.drills.save_task(drill.id, replace(drill.running, stopped_at=at, outcome="given-up"))
            drill = replace(tx.drills.get(drill.id), closed_at=at)
            tx.drills.save(drill)
            counts = {"passed": drill.passed, "items": drill.asked, "drawn": len(drill.tasks)}
            tx.ledger.add(at, actor.id, "drill.closed", "drill", drill.id, site=drill.site, **counts)
    return drill if drill.record_id else _filed(archive, actor, drill)


def _filed(archive: Archive, actor: Actor, drill: Drill) -> Drill:
    """By a document controller it is filed at once; for everybody else it waits, described, in the filing queue."""
    zh = archive.settings.language == "zh"
    with archive.read() as tx:
        items = tx.records.many([task.record_id for task in drill.tasks])
        sites = [one.code for one in tx.organisation.sites()]
    said = printout(archive, drill, items, zh=zh)
    digest = printing.digest(said)
    shown = printing.shown(drill.closed_at)
    foot = Foot(f"{'打印：' if zh else 'Printed by '}{actor.name}  {shown}", digest[:16].upper())
    content = printing.render(replace(said, foot=foot), "pdf")
    claims = Claims(
        title=f"{said.title} {drill.number}",
        class_code=CLASS,
        level=max([1, *(record.level for record in items.values())]),
        site=drill.site or next((one for one in sites if one in actor.sites or not actor.sites), sites[0]),
        doc_number=drill.number,
        document_date=shown[:10],
    )
    hand = actor if actor.roles & DUTIES[Action.CAPTURE] else SERVICE
    name = f"{drill.number}.pdf"
    arrival = intake.hand_in(archive, hand, io.BytesIO(content), name, claims, door="api", once=f"drill:{drill.id}")
    with archive.write() as tx:
        drill = replace(tx.drills.get(drill.id), record_id=arrival.record_id)
        tx.drills.save(drill)
    return drill


def printout(archive: Archive, drill: Drill, items: Mapping[str, Record], *, zh: bool) -> Printout:
    """一分钟检索演练报告, with the records that its reader may find."""

    def say(chinese: str, english: str) -> str:
        return chinese if zh else english

    with archive.read() as tx:
        names = tx.people.names([drill.person_id, drill.conductor_id])
        searched = latency.lately(archive, tx)
    ways = {"catalogue": say("目录→实物", "catalogue → thing"), "shelf": say("实物→目录", "shelf → catalogue")}
    found = {
        "page": say("找到页面", "page shown"),
        "shelf": say("找到架位", "shelf named"),
        "given-up": say("未找到", "not found"),
        "": say("未问", "not asked"),
    }
    hidden = say("（无权显示）", "(not shown)")

    def verdict(task: DrillTask) -> str:
        if not task.outcome:
            return ""
        if task.outcome in ("page", "shelf") and not drill.in_time(task):
            return say("超时", "too late")
        return say("合格", "passed") if drill.in_time(task) else say("不合格", "failed")

    rows = tuple(
        (
            task.position,
            ways[task.way],
            items[task.record_id].title if task.record_id in items else hidden,
            items[task.record_id].archival_code if task.record_id in items else "",
            items[task.record_id].shelf_location if task.record_id in items else "",
            printing.shown(task.started_at) if task.started_at else "",
            None if task.seconds is None else round(task.seconds, 1),
            found[task.outcome],
            verdict(task),
        )
        for task in drill.tasks
    )
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("方向", "Way"), 1.2),
        Column(say("题目", "Question"), 3.2),
        Column(say("档号", "Reference code"), 1.8),
        Column(say("存放位置", "Shelf address"), 1.6),
        Column(say("开始", "Began"), 1.4),
        Column(say("用时（秒）", "Seconds"), 0.8, number=True),
        Column(say("结果", "Outcome"), 1),
        Column(say("结论", "Verdict"), 0.8),
    )
    taken = sorted(task.seconds for task in drill.tasks if task.seconds is not None and task.started_at)
    facts = Facts(
        (
            (say("编号", "Number"), drill.number),
            (say("被测人员", "Person timed"), names.get(drill.person_id, drill.person_id)),
            (say("主持", "Conducted by"), names.get(drill.conductor_id, drill.conductor_id)),
            (say("时限", "Limit"), f"{drill.limit_s} s"),
            (say("抽样起始值", "Random start value"), drill.seed),
            (say("抽样总体", "Drawn from"), f"{drill.population}  SHA-256 {drill.population_digest[:16]}…"),
            (say("合格 / 已测", "Passed of those asked"), f"{drill.passed} / {drill.asked}"),
            (say("抽取", "Drawn"), f"{len(drill.tasks)}"),
            (say("用时 P50 / P95 / 最长", "Seconds P50 / P95 / most"), _spread(taken)),
            (
                say("近 30 日系统检索 P50 / P95 / P99", "Searches of 30 days P50 / P95 / P99"),
                f"{searched.p50_ms} / {searched.p95_ms} / {searched.p99_ms} ms ({searched.searches})",
            ),
        ),
        abreast=2,
    )
    signatures = Signatures((say("主持人", "Conductor"), say("被测人员", "Person timed")), say(*DATE_LINE))
    title = say("一分钟检索演练报告", "Retrieval drill report")
    return Printout(title, (facts, Table(columns, rows), signatures), landscape=True)


def _spread(seconds: Sequence[float]) -> str:
    if not seconds:
        return "–"

    def at(share: float) -> float:
        return seconds[min(len(seconds) - 1, max(0, -(-int(share * 100 * len(seconds)) // 100) - 1))]

    return f"{at(0.5):.1f} / {at(0.95):.1f} / {seconds[-1]:.1f}"


def _drawable(record: Record, find: Scope, subject: Actor) -> bool:
    """Filed, known to both, and to be answered by a page that the person may read or by a shelf address."""
    return (
        record.lifecycle in ("filed", "archived")
        and record.level <= LEVEL_MAX
        and find.admits(record)
        and rules.scope(subject, Action.FIND).admits(record)
        and (bool(record.shelf_location) or rules.scope(subject, Action.READ).admits(record))
    )


def _person(tx: Transaction, actor: Actor, login: str) -> Person:
    if login:
        account = tx.people.called(login)
        person = account.person if account is not None else None
    else:
        person = tx.people.get(actor.id)
    if person is None or not person.active or not acting.as_actor(person).roles & DUTIES[Action.SAVE_SEARCHES]:
        raise Invalid("Name somebody with an account who may search.", "no-such-person")
    return person


def _mine(tx: Transaction, actor: Actor, drill_id: str) -> Drill:
    """NotFound for those who neither conduct drills nor are timed in this one."""
    drill = tx.drills.get(drill_id)
    if actor.id not in (drill.person_id, drill.conductor_id) and not actor.roles & DUTIES[Action.RUN_DRILLS]:
        raise NotFound(NO_SUCH_DRILL)
    return drill


def _answering(tx: Transaction, actor: Actor, drill_id: str) -> Drill:
    drill = _mine(tx, actor, drill_id)
    if drill.person_id != actor.id:
        raise Conflict("Only whoever is timed may answer.", "not-your-drill")
    if drill.closed_at is not None:
        raise Conflict("This drill is closed.", "drill-closed")
    return drill


def _shown(tx: Transaction, actor: Actor, drill: Drill) -> Shown:
    ids = [task.record_id for task in drill.tasks]
    return Shown(
        drill=drill,
        records=tx.records.admitted(ids, rules.scope(actor, Action.FIND)),
        person=tx.people.get(drill.person_id),
        conductor=tx.people.get(drill.conductor_id),
        may_answer=drill.person_id == actor.id and drill.closed_at is None,
        may_close=bool(actor.roles & DUTIES[Action.RUN_DRILLS]) and drill.closed_at is None,
    )
