"""What every restored copy is asked, whoever rehearses, and how the answers are told in both languages."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from access import rules
from access.actors import OPERATOR, Actor, Role
from access.loans import Form, State
from access.rules import Action
from archive import search
from archive.app import Archive
from archive.backups import keys
from archive.backups.rebuilding import Restored
from archive.backups.slots import Slot
from archive.errors import ArchiveError

SAMPLE = 50
PHRASES = 5

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "counts": {
        "zh": "{records} 件档案，{objects} 个对象，已恢复 {restored} 个",
        "en": "{records} records, {objects} objects, {restored} restored",
    },
    "digests": {
        "zh": "{objects} 个对象中抽 {read} 个读出比对，{differ} 个不符",
        "en": "{read} of {objects} read and compared, {differ} differ",
    },
    "ledger": {"zh": "至第 {line} 行完整", "en": "whole up to line {line}"},
    "ledger-fault": {"zh": "第 {line} 行有误", "en": "line {line} is wrong"},
    "ledger-other": {
        "zh": "不是本档案库的审计日志：至第 {line} 行完整",
        "en": "not the ledger of this archive: whole up to line {line}",
    },
    "search": {"zh": "检索 {asked} 个词句，{lost} 个未找到", "en": "{asked} phrases asked, {lost} not found"},
    "loans": {
        "zh": "查询 {loans} 笔借阅、{secret} 件保密档案，{wrong} 处有误",
        "en": "{loans} loans and {secret} confidential records asked, {wrong} wrong",
    },
    "keys": {
        "zh": "备份库中有 {slots} 条密钥恢复途径，其中 {old} 条为旧密钥",
        "en": "{slots} slots in the repository, {old} with older keys",
    },
    "keys-alone": {
        "zh": "密钥目录可用；此外没有其他密钥恢复途径",
        "en": "key folder opens; there is no other way back to the keys",
    },
    "silence": {
        "zh": "不发消息，不跑定时任务，不收文件",
        "en": "no message, no schedule, no inbox of the archive",
    },
    "silence-broken": {"zh": "副本会对外发送", "en": "it would speak"},
    "error": {"zh": "{sentence}", "en": "{sentence}"},
}
"""What was answered → how it is said."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Assertion:
    """A question that is asked of every copy, and how it was answered."""

    name: str
    passed: bool
    answer: str
    """A key of ANSWERS."""
    figures: Mapping[str, int | str]

    def said(self, language: str) -> str:
        return ANSWERS[self.answer][language].format(**self.figures)


Answer = tuple[bool, str, Mapping[str, int | str]]
"""Is it good, which answer, its figures."""


def asked(live: Archive, copy: Archive, restored: Restored, folder: Path, found: Sequence[Slot]) -> Iterator[Assertion]:
    """Ask the copy everything. `folder` has the keys it was opened with, `found` are the slots in the repository."""
    every: Mapping[str, Callable[[], Answer]] = {
        "counts": lambda: _counts(copy, restored),
        "digests": lambda: _digests(copy),
        "ledger": lambda: _ledger(live, copy, restored),
        "search": lambda: _search(copy),
        "loans": lambda: _loans(copy),
        "keys": lambda: _keys(folder, found),
        "silence": lambda: _silence(copy),
    }
    for name, question in every.items():
        try:
            passed, answer, figures = question()
        except ArchiveError as error:
            passed, answer, figures = False, "error", {"sentence": str(error)}
        yield Assertion(name, passed, answer, figures)


def _counts(copy: Archive, restored: Restored) -> Answer:
    with copy.read() as tx:
        kept, records = tx.objects.totals()[0], sum(tx.records.by_lifecycle().values())
    # Objects destroyed since have their row and no key; so have those that were missing when the snapshot was made.
    there = restored.objects + restored.destroyed + len(restored.missing)
    return kept == there, "counts", {"records": records, "objects": kept, "restored": restored.objects}


def _digests(copy: Archive) -> Answer:
    with copy.read() as tx:
        some, count = _some((row for row in tx.objects.every() if row.kept and row.wrapped_key), SAMPLE)
    differ = sum(bool(copy.objects.intact(row)) for row in some)
    return not differ, "digests", {"objects": count, "read": len(some), "differ": differ}


def _ledger(live: Archive, copy: Archive, restored: Restored) -> Answer:
    with copy.read() as tx:
        fault = next(tx.ledger.faults(), None)
    with live.read() as tx:
        same = tx.ledger.digest_of(restored.ledger_seq) == restored.ledger_digest
    if fault is not None:
        return False, "ledger-fault", {"line": fault.seq}
    return same, "ledger" if same else "ledger-other", {"line": restored.ledger_seq}


def _search(copy: Archive) -> Answer:
    """The titles of records taken at random are known phrases: each must be found by its own words."""
    with copy.read() as tx:
        some, _ = _some(tx.records.ids(), PHRASES)
        titles = {record_id: tx.records.get(record_id).title for record_id in some}
    lost = 0
    for record_id, title in titles.items():
        answer = search.find(copy, OPERATOR, search.Question(title, size=100))
        lost += not (answer.total > 100 or any(hit.record.id == record_id for hit in answer.hits))
    return not lost, "search", {"asked": len(titles), "lost": lost}


def _loans(copy: Archive) -> Answer:
    """What is on loan is open to its borrower until it is due, and to nobody for having asked once."""
    at = copy.now()
    with copy.read() as tx:
        running = [
            (item, tx.people.get(loan.borrower_id))
            for loan in tx.loans.with_items_in([State.ACTIVE])
            for item in loan.items
            if item.state is State.ACTIVE and item.form is Form.DIGITAL and item.due_at is not None
        ][:SAMPLE]
        wrong = 0
        for item, person in running:
            if person is None or item.due_at is None:
                continue
            wrong += (item.record_id in tx.loans.open_for(person.id, at)) != (person.active and at < item.due_at)
            wrong += item.record_id in tx.loans.open_for(person.id, item.due_at + timedelta(seconds=1))
        every = (tx.records.get(record_id) for record_id in tx.records.ids())
        secret = list(islice((record for record in every if record.level >= 2), SAMPLE))
    stranger = Actor("stranger", "", frozenset({Role.BORROWER}), clearance=3, department="-", sites=frozenset({"-"}))
    wrong += sum(rules.scope(stranger, Action.READ).admits(record) for record in secret)
    return not wrong, "loans", {"loans": len(running), "secret": len(secret), "wrong": wrong}


def _keys(folder: Path, found: Sequence[Slot]) -> Answer:
    held = keys.load(folder)
    old = sum(one.generation != len(held.generations) for one in found)
    return not old, "keys" if found else "keys-alone", {"slots": len(found), "old": old}


def _silence(copy: Archive) -> Answer:
    loud = copy.settings.notify or copy.settings.rounds or bool(copy.settings.channels)
    return not loud, "silence-broken" if loud else "silence", {}


def _some(items: Iterable[T], count: int) -> tuple[list[T], int]:
    """So many of them at random, and how many there are; no more than that is ever in memory (Vitter's algorithm R)."""
    chance, chosen, seen = random.SystemRandom(), list[T](), 0
    for seen, item in enumerate(items, 1):
        if len(chosen) < count:
            chosen.append(item)
        elif (at := chance.randrange(seen)) < count:
            chosen[at] = item
    return chosen, seen
