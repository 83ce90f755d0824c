"""A restore is rehearsed: into a scratch copy, opened, asked fixed questions, measured, reported, and removed.

What a backup is worth is known from this alone. The copy keeps silent: it has no channels, inboxes or schedules. The
report is signed with the key that signs snapshots, and filed as a record.
"""

import io
import json
import os
import shutil
import tempfile
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from access import rules
from access.actors import SERVICE, Actor
from access.rules import Action
from archive import intake, printing, processes
from archive.app import Archive
from archive.backups import keys, places, questions, restore, slots
from archive.backups.questions import Assertion
from archive.backups.repository import open_repository
from archive.backups.slots import Unlocking
from archive.config import BackupTarget
from archive.errors import OutOfSpace
from archive.intake import Claims
from archive.printing import Column, Facts, Printout, Table, Words
from archive.tables.backups import DRILL
from archive.threads import Progress

CLASS = "DA05"
"""备份、恢复演练、四性检测、审计锚定."""
SIGNED_AS = b"muniment drill\n"


@dataclass(frozen=True, slots=True)
class Drilled:
    archive: str
    place: str
    snapshot: str
    number: int
    taken_at: str
    began_at: str
    rpo_s: float
    """So much would have been lost."""
    rto_s: float
    """So long until questions could be answered again: restored, indexed, opened."""
    restore_s: float
    index_s: float
    objects: int
    bytes: int
    key: str
    """Which keys it was opened with: key-folder, or what opened a slot."""
    key_check: str
    assertions: tuple[Assertion, ...]
    signature: str = ""
    record: str = ""

    @property
    def passed(self) -> bool:
        return all(one.passed for one in self.assertions)


def rehearse(
    archive: Archive,
    actor: Actor,
    place: BackupTarget,
    *,
    unlocking: Unlocking | None = None,
    progress: Progress,
) -> Drilled:
    """Restore the newest snapshot of this place into a scratch copy and ask it what every copy is asked.

    With `unlocking`, the keys come from a slot of the repository, as they would if this machine had burnt. Raises
    what a restore raises, written down as a failed rehearsal; the scratch copy is removed in any case.
    """
    rules.require(actor, Action.RUN)
    with places.recorded(archive, place.name, DRILL, progress) as (row, told, _), ExitStack() as held:
        began = archive.now()
        target = places.opened(archive, place)
        work = Path(held.enter_context(tempfile.TemporaryDirectory(dir=_room(archive), prefix=f"{os.getpid()}-drill-")))
        folder, key = archive.settings.keys, "key-folder"
        if unlocking is not None:
            folder = work / "keys"
            key = slots.recover(target, unlocking, folder).kind
        repository = open_repository(target, keys.load(folder))
        snapshot = restore.chosen(repository, "")
        if shutil.disk_usage(work).free < 1.2 * (snapshot.object_bytes + 2 * snapshot.catalogue_bytes):
            raise OutOfSpace("There is no room for a rehearsal; set backup_drill_folder to a disk that has it.")
        restored = restore.restore(target, folder, work / "home", scratch=True, now=archive.now, progress=told)
        with closing(restore.opened(work / "home", archive.now)) as copy:
            assertions = tuple(questions.asked(archive, copy, restored, folder, slots.of_target(target)))
        with archive.read() as tx:
            archive_id = tx.meta.get("archive") or ""
        drilled = Drilled(
            archive=archive_id,
            place=place.name,
            snapshot=restored.snapshot,
            number=restored.number,
            taken_at=restored.taken_at,
            began_at=began.isoformat(timespec="seconds"),
            rpo_s=round((began - datetime.fromisoformat(restored.taken_at)).total_seconds(), 1),
            rto_s=round(restored.seconds + restored.index_seconds, 3),
            restore_s=restored.seconds,
            index_s=restored.index_seconds,
            objects=restored.objects,
            bytes=restored.bytes,
            key=key,
            key_check=keys.load(folder).checks,
            assertions=assertions,
        )
        drilled = _filed(archive, _signed(archive, drilled))
        row(
            snapshot=drilled.snapshot,
            number=drilled.number,
            taken_at=datetime.fromisoformat(drilled.taken_at),
            objects=drilled.objects,
            bytes=drilled.bytes,
            problems=sum(not one.passed for one in assertions),
            outcome="done" if drilled.passed else "failed",
            reason="" if drilled.passed else "The copy did not answer as it must; see the report.",
            details={"report": asdict(drilled)},
        )
    with archive.write() as tx:
        tx.ledger.add(
            archive.now(),
            actor.id,
            "drill.completed",
            "backup",
            drilled.snapshot,
            record=drilled.record,
            passed=drilled.passed,
            rto_s=round(drilled.rto_s),
            rpo_s=round(drilled.rpo_s),
            signature=drilled.signature,
        )
    return drilled


def genuine(archive: Archive, actor: Actor, report: dict[str, Any]) -> bool:
    """Is this report, as it is kept in the tables, what was signed?"""
    rules.require(actor, Action.SEE_BACKUPS)
    held = keys.load(archive.settings.keys).signing
    if held is None:
        return False
    values: dict[str, Any] = {**report, "assertions": tuple(Assertion(**one) for one in report["assertions"])}
    drilled = Drilled(**values)
    return held.sign(SIGNED_AS + _text(drilled).encode()).hex() == drilled.signature


def _room(archive: Archive) -> Path:
    folder = archive.settings.backup_drill_folder
    if not folder:
        archive.settings.work.mkdir(exist_ok=True, mode=0o700)
        folder = archive.settings.work
    # A whole copy of the archive is not left lying because the rehearsal was killed.
    processes.clear(Path(folder), "drill")
    return Path(folder)


def _text(drilled: Drilled) -> str:
    """What is signed: everything but the signature and where the report was filed."""
    values = {name: value for name, value in asdict(drilled).items() if name not in ("signature", "record")}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _signed(archive: Archive, drilled: Drilled) -> Drilled:
    held = keys.load(archive.settings.keys).signing
    signature = "" if held is None else held.sign(SIGNED_AS + _text(drilled).encode()).hex()
    return replace(drilled, signature=signature)


def _filed(archive: Archive, drilled: Drilled) -> Drilled:
    """The report as a record of the archive; handed in by the service, as whoever is told may not capture."""
    with archive.read() as tx:
        site = next(iter(tx.organisation.sites())).code
    day = drilled.began_at[:10]
    claims = Claims(title=f"恢复演练报告 {day} {drilled.place}", class_code=CLASS, level=2, site=site, department="DAS")
    report = printing.render(_report(archive, drilled), "pdf")
    arrival = intake.hand_in(archive, SERVICE, io.BytesIO(report), f"drill-{day}-{drilled.number}.pdf", claims)
    return replace(drilled, record=arrival.record_id)


def _report(archive: Archive, drilled: Drilled) -> Printout:
    passed = "通过 passed" if drilled.passed else "未通过 FAILED"
    facts = (
        ("档案库 Archive", f"{archive.settings.company} {drilled.archive}"),
        ("结果 Result", passed),
        ("备份位置 Place", drilled.place),
        ("快照 Snapshot", f"{drilled.number}  {drilled.snapshot}"),
        ("快照时刻 Taken at", drilled.taken_at),
        ("演练开始 Began at", drilled.began_at),
        ("RPO", f"{drilled.rpo_s:.0f} s"),
        ("RTO", f"{drilled.rto_s:.0f} s  ({drilled.restore_s:.1f} + {drilled.index_s:.1f})"),
        ("对象 Objects", f"{drilled.objects}  {drilled.bytes / 1e6:.1f} MB"),
        ("密钥 Key", f"{drilled.key}  {drilled.key_check}"),
    )
    columns = (Column("检查项 Question", 1), Column("结果 Answer", 0.8), Column("说明 Detail", 3))
    rows = tuple(
        (one.name, "✓" if one.passed else "✗", f"{one.said('zh')} {one.said('en')}") for one in drilled.assertions
    )
    blocks = (
        Facts(facts),
        Table(columns, rows),
        Words("签名 Signature (Ed25519)", heading=True),
        Words(drilled.signature),
        Words(_text(drilled)),
    )
    return Printout("恢复演练报告 Restore drill", blocks)
