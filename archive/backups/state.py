"""How the backups are: when each place was served and found whole, what is late, which vital records are not safe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from access import rules
from access.actors import SERVICE, Actor
from access.rules import Action
from archive import processes
from archive.app import Archive
from archive.backups import slots
from archive.config import BackupTarget
from archive.errors import NotFound
from archive.tables import Transaction
from archive.tables.backups import DRILL, FORGET, REPAIR, RUN, STOPPED, VERIFY, BackupRun
from archive.tables.ledger import CLOCK_TOLERANCE
from archive.telling import tell

ALARMS = (
    "never",
    "clock",
    "overdue",
    "failed",
    "damaged",
    "not-all-copied",
    "uncovered",
    "behind",
    "no-way-back",
    "no-off-site",
    "drill-stale",
)
"""What can be wrong, worst first."""

URGENT = frozenset(ALARMS[:7])
TOLD = URGENT | {"behind", "drill-stale"}
"""What people are told of besides finding it on the page."""

NOTED = "backup-alarms"
STOP = "backup-stop "
"""Under this name and the id of a run the tables keep that no more of it is wanted, until it ends."""
HISTORY = timedelta(weeks=6)
HISTORY_MAX = 2000
UNCOVERED_MAX = 500
PROOFS_MAX = 20
"""So many of the newest lines about a slot are looked through for a proof."""
TOLD_FOR = timedelta(hours=20)
"""Whoever was told of an alarm is not told again sooner."""


@dataclass(frozen=True, slots=True)
class PlaceState:
    """One place. `safe_until` is the moment whose state can be had back for certain: copied, and found whole since."""

    place: BackupTarget
    last_run: BackupRun | None
    last_good: BackupRun | None
    last_verify: BackupRun | None
    damage: BackupRun | None
    """The check that found damage, until one that looked at least as closely finds none."""
    failed: BackupRun | None
    """The last backup, if it failed; what a person stopped neither failed nor mends what had."""
    running: BackupRun | None
    stopping: bool
    """A person wants no more of what is under way."""
    safe_until: datetime | None
    clean_since: datetime | None
    """What was destroyed before this can be opened from nothing that lies here."""


@dataclass(frozen=True, slots=True)
class Alarm:
    code: str
    place: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class State:
    at: datetime
    promise: timedelta
    """RPO: no more than this is ever to be lost."""
    places: tuple[PlaceState, ...]
    safe_until: datetime | None
    alarms: tuple[Alarm, ...]
    slots: tuple[slots.Slot, ...]
    proved: Mapping[str, datetime]
    """When each slot, by its id, was last proved to open the keys; those that never were are not in it."""
    vital: int
    """Vital records there are."""
    uncovered: tuple[str, ...]
    """Ids of vital records that are in no backup found whole; the first of them, if they are many."""
    last_drill: BackupRun | None
    history: Sequence[BackupRun]
    """What was done in the last weeks, the newest first."""

    @property
    def urgent(self) -> bool:
        return any(alarm.code in URGENT for alarm in self.alarms)


def of(archive: Archive, actor: Actor) -> State:
    rules.require(actor, Action.SEE_BACKUPS)
    return _state(archive)


def known_of(archive: Archive, actor: Actor, record_ids: Sequence[str]) -> Sequence[str]:
    """Of these records those that this person may know of."""
    with archive.read() as tx:
        known = tx.records.admitted(record_ids, rules.scope(actor, Action.FIND))
    return [record_id for record_id in record_ids if record_id in known]


def free_of(archive: Archive, since: datetime) -> bool:
    """Can what was destroyed at this moment be had from no backup any more, wherever one was made?"""
    with archive.read() as tx:
        places = [_place(tx, place) for place in archive.settings.backup_targets]
    used = [place for place in places if place.last_run is not None]
    return all(place.clean_since is not None and place.clean_since >= since for place in used)


def alarms(archive: Archive) -> Sequence[Alarm]:
    """What is wrong now, worst first."""
    return _state(archive).alarms


def noted(archive: Archive) -> Sequence[Alarm]:
    """What was wrong and urgent when it was last looked: for the head of every page, at no cost."""
    with archive.read() as tx:
        text = tx.meta.get(NOTED) or ""
    return [Alarm(*line.split(" ", 1)) for line in text.splitlines()]


def one(archive: Archive, actor: Actor, run_id: str) -> BackupRun:
    """One of the things that were done. Raises NotFound."""
    rules.require(actor, Action.SEE_BACKUPS)
    with archive.read() as tx:
        found = tx.backups.get(run_id)
    if found is None:
        raise NotFound("There is no such run.", "no-run")
    return found


def watch(archive: Archive) -> int:
    """Tell those who run the archive, and the security officer, what is wrong, once a day; how many were told."""
    state, at, told = _state(archive), archive.now(), 0
    pressing = [alarm for alarm in state.alarms if alarm.code in TOLD]
    with archive.write() as tx:
        tx.meta.put(NOTED, "\n".join(f"{alarm.code} {alarm.place}" for alarm in pressing))
    for alarm in pressing:
        name = f"backup-alarm-{alarm.code}-{sha256(alarm.place.encode()).hexdigest()[:8]}"
        with archive.write() as tx:
            last = tx.meta.get(name)
            if last and timedelta(0) <= at - datetime.fromisoformat(last) < TOLD_FOR:
                continue
            people = [person.id for person in tx.people.holding(["sysadmin", "security_officer"])]
            tell(archive, tx, people, f"backup.{alarm.code}", ("backup", alarm.place[:64]), place=alarm.place)
            tx.meta.put(name, at.isoformat())
            tx.ledger.add(at, SERVICE.id, "backup.alarm", "backup", alarm.place[:64], code=alarm.code)
            told += len(people)
    return told


def _state(archive: Archive) -> State:
    settings, at = archive.settings, archive.now()
    promise = timedelta(hours=settings.backup_rpo_hours)
    found = slots.every(settings.keys)
    with archive.read() as tx:
        places = tuple(_place(tx, place) for place in settings.backup_targets)
        safe = [place for place in places if place.safe_until is not None]
        safe_until = max((place.safe_until for place in safe if place.safe_until), default=None)
        missing = {address for place in safe if place.last_good for address in place.last_good.details["missing"]}
        classes = [code.strip() for code in settings.backup_vital_classes.split(",") if code.strip()]
        vital, uncovered = tx.backups.vital(classes, safe_until, missing, UNCOVERED_MAX)
        last_drill = tx.backups.newest(DRILL)
        history = tx.backups.of(RUN, VERIFY, REPAIR, FORGET, DRILL, since=at - HISTORY, limit=HISTORY_MAX)
        drill_failed = tx.backups.of(DRILL, limit=1)
        proofs = {slot.id: tx.ledger.lines(subject_id=slot.id, limit=PROOFS_MAX) for slot in found}
    proved = {
        slot_id: max(line.at for line in lines if line.action == "backup-key.proved")
        for slot_id, lines in proofs.items()
        if any(line.action == "backup-key.proved" for line in lines)
    }
    alarms: list[Alarm] = []
    if safe_until is None:
        alarms.append(Alarm("never"))
    elif at < safe_until - CLOCK_TOLERANCE:
        # As old as it looks young: by a clock that was set back, nothing would be overdue for as long.
        alarms.append(Alarm("clock"))
    elif at - safe_until > promise:
        alarms.append(Alarm("overdue"))
    else:
        # Of what is late everywhere it is said once.
        late = (one for one in places if one.safe_until is None or at - one.safe_until > promise)
        alarms += [Alarm("behind", one.place.name) for one in late]
    for place in places:
        alarms += _wrong_with(place)
    if uncovered and safe_until is not None:
        alarms.append(Alarm("uncovered", detail=str(len(uncovered))))
    if not found:
        alarms.append(Alarm("no-way-back"))
    if not any(place.place.off_site for place in places):
        alarms.append(Alarm("no-off-site"))
    stale = timedelta(days=settings.backup_drill_days)
    if last_drill is None or not _within(stale, last_drill.began_at, at) or drill_failed[0].outcome == "failed":
        alarms.append(Alarm("drill-stale"))
    return State(
        at=at,
        promise=promise,
        places=places,
        safe_until=safe_until,
        alarms=tuple(sorted(alarms, key=lambda alarm: ALARMS.index(alarm.code))),
        slots=found,
        proved=proved,
        vital=vital,
        uncovered=uncovered,
        last_drill=last_drill,
        history=history,
    )


def _within(span: timedelta, moment: datetime, at: datetime) -> bool:
    """Was it no longer ago than this? What is said to be still to come was not."""
    return -CLOCK_TOLERANCE <= at - moment <= span


def _place(tx: Transaction, place: BackupTarget) -> PlaceState:
    last_run = next(iter(tx.backups.of(RUN, place=place.name, limit=1)), None)
    tried = last_run
    if last_run is not None and last_run.outcome == STOPPED:
        tried = next((one for one in tx.backups.of(RUN, place=place.name) if one.outcome != STOPPED), None)
    under_way = (one for one in tx.backups.running() if one.place == place.name and not processes.gone(one.worker))
    running = next(under_way, None)
    checks = _checks(tx, place)
    last_verify, damage = (checks[0] if checks else None), _unsettled(checks)
    whole = next((run for run in checks if not run.problems), None)
    since = (last_verify.details.get("keystores_since") or "") if last_verify else ""
    return PlaceState(
        place=place,
        last_run=last_run,
        last_good=tx.backups.newest(RUN, place=place.name),
        last_verify=last_verify,
        damage=damage,
        failed=tried if tried is not None and tried.outcome == "failed" else None,
        running=running,
        stopping=running is not None and bool(tx.meta.get(STOP + running.id)),
        safe_until=whole.taken_at if whole is not None and damage is None else None,
        clean_since=datetime.fromisoformat(since) if since else None,
    )


def distrusted(archive: Archive, place: BackupTarget) -> frozenset[str]:
    """Packs of this place that were found damaged, and not found whole or repaired since."""
    with archive.read() as tx:
        checks = _checks(tx, place)
    found: set[str] = set()
    clean: list[BackupRun] = []
    for run in checks:
        if not run.problems:
            clean.append(run)
        elif not any(_looked_as_closely(later, run) for later in clean):
            found.update(run.details.get("damaged", ()))
    return frozenset(found)


def _checks(tx: Transaction, place: BackupTarget) -> Sequence[BackupRun]:
    """Those that came to their end, newest first. A repair has read every byte too."""
    return [run for run in tx.backups.of(VERIFY, REPAIR, place=place.name) if run.outcome == "done"]


def _unsettled(checks: Sequence[BackupRun]) -> BackupRun | None:
    """Of these checks, newest first, the last that found damage which none after it looked for and did not find."""
    clean: list[BackupRun] = []
    for run in checks:
        if not run.problems:
            clean.append(run)
        elif not any(_looked_as_closely(later, run) for later in clean):
            return run
    return None


def _looked_as_closely(later: BackupRun, run: BackupRun) -> bool:
    everything, share = run.details.get("all_bytes"), run.details.get("share")
    if later.details.get("all_bytes"):
        return True
    return not everything and (not share or later.details.get("share") == share)


def _wrong_with(state: PlaceState) -> Sequence[Alarm]:
    name, found = state.place.name, list[Alarm]()
    if state.failed is not None:
        found.append(Alarm("failed", name, state.failed.reason))
    if state.damage is not None:
        found.append(Alarm("damaged", name, str(state.damage.problems)))
    if state.last_good is not None and state.last_good.problems:
        found.append(Alarm("not-all-copied", name, str(state.last_good.problems)))
    return found
